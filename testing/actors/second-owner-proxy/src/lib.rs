//! `owner-proxy` with a state of another layout, for tests of upgrades.

test_second::second_version!(peggy_owner_proxy);
