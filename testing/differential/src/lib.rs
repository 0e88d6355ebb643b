//! Compares the miner stand-in, run by the VM, with `fil_actor_miner_state::v18::State`, the published state machine of the
//! official miner: the same operations on both, the same money after each.
