//! Constructor, wiring, settings, upgrade.

mod harness;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::METHOD_CONSTRUCTOR;
use harness::*;
use peggy_interfaces::owner_proxy::{
    ApproveMiner, GetConfig, GetMiner, GetWiring, Harvest, KeeperCut, ListMiners, MinerParams, ReturnPrincipal,
    ReturnPrincipalParams, SetKeeperCut, SetOperator, SetOperatorParams, Sweep, Sync, SyncParams, TakeOwner, Upgrade,
    Wire, WriteOff,
};
use peggy_math::Bps;
use peggy_owner_proxy::state::SCHEMA;
use peggy_runtime::mock::{code, MockHost};
use peggy_runtime::{encode, UpgradeParams, Wiring};

#[test]
fn only_init_constructs_once_without_fil_and_within_bounds() {
    let construct = |h: &Proxy, caller, keeper_cut, value| {
        refused(h.raw(caller, METHOD_CONSTRUCTOR, value, encode(&constructor(keeper_cut), "").unwrap()))
    };
    let h = Proxy { host: MockHost::new(PROXY) };
    assert_eq!(construct(&h, STRANGER, keeper_cut(), fil(0)), 18);
    assert_eq!(construct(&h, INIT, keeper_cut(), fil(1)), 26);
    // Neither deployer nor operator exists here.
    assert_eq!(construct(&h, INIT, keeper_cut(), fil(0)), 17);
    for cut in [KeeperCut { bps: Bps(101), cap: fil(1) }, KeeperCut { bps: Bps(1), cap: fil(-1) }] {
        assert_eq!(construct(&h, INIT, cut, fil(0)), 51);
    }
    assert_eq!(construct(&Proxy::unwired(), INIT, keeper_cut(), fil(0)), 20);
}

#[test]
fn failure_25_wiring_by_a_stranger_twice_or_in_the_wrong_place() {
    let h = Proxy::unwired();
    for caller in [STRANGER, OPERATOR, GOVERNANCE, POOL] {
        assert_eq!(h.refused::<Wire>(caller, &WIRING), 18);
    }
    let swapped = Wiring { owner_proxy: POOL, pool: PROXY, ..WIRING };
    let twice = Wiring { liquidity: POOL, ..WIRING };
    let missing = Wiring { governance: 9_999, ..WIRING };
    for wrong in [swapped, twice, missing] {
        assert_eq!(h.refused::<Wire>(DEPLOYER, &wrong), 34);
    }
    assert_eq!(h.call::<GetWiring>(STRANGER, &()).unwrap().deployer, Some(DEPLOYER));
    h.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(h.kinds(), ["wired"]);
    assert_eq!(h.refused::<Wire>(DEPLOYER, &WIRING), 33);
    let found = h.call::<GetWiring>(STRANGER, &()).unwrap();
    assert_eq!((found.schema, found.deployer, found.wiring), (SCHEMA, None, Some(WIRING)));
    h.check();
}

#[test]
fn failure_25_nothing_but_wire_works_before_wiring() {
    let h = Proxy::unwired();
    let miner = MinerParams { miner: id(MINER) };
    assert_eq!(h.refused::<TakeOwner>(OPERATOR, &miner), 32);
    assert_eq!(h.refused::<Harvest>(STRANGER, &miner), 32);
    assert_eq!(h.refused::<Sync>(STRANGER, &SyncParams { max_miners: 1 }), 32);
    assert_eq!(h.refused::<Sweep>(STRANGER, &()), 32);
    assert_eq!(h.refused::<SetKeeperCut>(DEPLOYER, &keeper_cut()), 32);
    assert_eq!(h.refused::<ApproveMiner>(GOVERNANCE, &miner), 32);
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner), 32);
    let back = ReturnPrincipalParams { miner: id(MINER), amount: fil(1) };
    assert_eq!(h.refused::<ReturnPrincipal>(OPERATOR, &back), 32);
    assert_eq!(h.refused::<GetMiner>(STRANGER, &miner), 32);
    assert_eq!(h.call::<GetConfig>(STRANGER, &()).unwrap_err().code().value(), 32);
    assert_eq!(h.call::<ListMiners>(STRANGER, &()).unwrap_err().code().value(), 32);
}

#[test]
fn governance_alone_sets() {
    let h = Proxy::new();
    let operator = SetOperatorParams { operator: id(STRANGER) };
    let cut = KeeperCut { bps: Bps(7), cap: fil(2) };
    for caller in [STRANGER, OPERATOR, DEPLOYER, POOL] {
        assert_eq!(h.refused::<SetOperator>(caller, &operator), 18);
        assert_eq!(h.refused::<SetKeeperCut>(caller, &cut), 18);
    }
    assert_eq!(h.refused::<SetKeeperCut>(GOVERNANCE, &KeeperCut { bps: Bps(101), cap: fil(2) }), 51);
    assert_eq!(h.refused::<SetOperator>(GOVERNANCE, &SetOperatorParams { operator: id(9_999) }), 17);
    h.call::<SetOperator>(GOVERNANCE, &operator).unwrap();
    h.call::<SetKeeperCut>(GOVERNANCE, &cut).unwrap();
    assert_eq!(h.kinds(), ["operator-set", "keeper-cut-set"]);
    let config = h.call::<GetConfig>(STRANGER, &()).unwrap();
    assert_eq!((config.operator, config.keeper_cut, config.miners, config.approved), (STRANGER, cut, 0, None));
    // The former operator is nobody now.
    assert_eq!(h.refused::<TakeOwner>(OPERATOR, &MinerParams { miner: id(MINER) }), 18);
    h.check();
}

#[test]
fn miners_are_listed_by_id() {
    let h = Proxy::new();
    h.take(3001, &Health::of(1, 0, 0));
    h.take(3000, &Health::of(2, 0, 0));
    let all = h.call::<ListMiners>(STRANGER, &()).unwrap();
    assert_eq!(all.iter().map(|m| m.miner).collect::<Vec<_>>(), [3000, 3001]);
    assert_eq!(all[0], h.miner(3000));
    h.host.add_actor(3002);
    assert_eq!(h.refused::<GetMiner>(STRANGER, &MinerParams { miner: id(3002) }), 40);
}

#[test]
fn governance_alone_upgrades_and_only_what_it_names() {
    let h = Proxy::holding(&Health::of(1, 0, 0));
    let good = UpgradeParams {
        new_code: code("new"),
        old_code: code(&format!("code of {PROXY}")),
        old_schema: SCHEMA,
        migration_params: RawBytes::default(),
    };
    for caller in [STRANGER, OPERATOR, DEPLOYER] {
        assert_eq!(h.refused::<Upgrade>(caller, &good), 18);
    }
    assert_eq!(h.refused::<Upgrade>(GOVERNANCE, &UpgradeParams { old_code: code("other"), ..good.clone() }), 36);
    assert_eq!(h.refused::<Upgrade>(GOVERNANCE, &UpgradeParams { old_schema: SCHEMA + 1, ..good.clone() }), 36);
    assert_eq!(h.host.upgraded_to(), None);
    h.call::<Upgrade>(GOVERNANCE, &good).unwrap();
    assert_eq!(h.host.upgraded_to(), Some(code("new")));
    // The code of today takes over a state of today.
    h.host.call(PROXY, 0, fil(0), |rt| peggy_owner_proxy::upgrade(rt, None)).unwrap();
}
