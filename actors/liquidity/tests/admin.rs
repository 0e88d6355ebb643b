//! Constructor, wiring, settings, pause, upgrade, errors.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::{RawBytes, DAG_CBOR};
use fvm_shared::METHOD_CONSTRUCTOR;
use harness::*;
use peggy_interfaces::liquidity::*;
use peggy_interfaces::{frc46, MethodInfo};
use peggy_liquidity::error::Error;
use peggy_liquidity::state::SCHEMA;
use peggy_math::Bps;
use peggy_runtime::mock::code;
use peggy_runtime::{encode, IpldBlock, UpgradeParams};

fn all_methods() -> impl Iterator<Item = &'static MethodInfo> {
    METHODS.iter().chain(frc46::METHODS)
}

#[test]
fn only_init_constructs_and_only_once() {
    let l = Liquidity::blank();
    let params = || encode(&constructor(), "constructor").unwrap();
    let construct = |who, value| l.raw(who, METHOD_CONSTRUCTOR, value, params()).map_err(|e| e.code().value());
    assert_eq!(construct(ALICE, none()), Err(18));
    assert_eq!(construct(INIT, fil(1)), Err(26));
    assert_eq!(construct(INIT, none()), Ok(None));
    assert_eq!(construct(INIT, none()), Err(20));
}

#[test]
fn failure_25_nothing_but_wire_works_before_wiring() {
    let l = Liquidity::unwired(&constructor()).unwrap();
    for m in all_methods().filter(|m| !["Wire", "GetWiring"].contains(&m.name)) {
        let data = (m.sample_params)();
        let params = (!data.is_empty()).then_some(IpldBlock { codec: DAG_CBOR, data });
        let e = l.raw(WIRING.governance, m.number, none(), params).unwrap_err();
        assert_eq!(e.code().value(), 32, "{}: {e}", m.name);
    }
    let w = l.call::<GetWiring>(ALICE, &()).unwrap();
    assert_eq!((w.deployer, w.wiring, w.schema), (Some(DEPLOYER), None, SCHEMA));
}

#[test]
fn failure_25_wired_once_by_the_deployer_in_its_own_place() {
    let l = Liquidity::unwired(&constructor()).unwrap();
    assert_eq!(refused(l.call::<Wire>(ALICE, &WIRING)), 18);
    let moved = Wiring { liquidity: POOL, pool: OWN, ..WIRING };
    assert_eq!(refused(l.call::<Wire>(DEPLOYER, &moved)), 34);
    l.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(refused(l.call::<Wire>(DEPLOYER, &WIRING)), 33);
    assert_eq!(refused(l.call::<SetSettings>(DEPLOYER, &settings())), 18);
    assert_eq!(refused(l.call::<Pause>(DEPLOYER, &PauseParams { epochs: 1 })), 18);
}

use peggy_interfaces::common::Wiring;

#[test]
fn settings_are_bounded_and_governances() {
    let with = |base, slope, max| Settings { base_bps: Bps(base), slope_bps: Bps(slope), max_bps: Bps(max) };
    let l = Liquidity::new();
    for bad in [with(0, 0, 2_501), with(0, 10_001, 2_500), with(801, 0, 800), with(u32::MAX, u32::MAX, u32::MAX)] {
        assert_eq!(refused(l.call::<SetSettings>(WIRING.governance, &bad)), 109, "{bad:?}");
        let params = ConstructorParams { settings: bad, ..constructor() };
        assert_eq!(Liquidity::unwired(&params).err().map(|e| e.code().value()), Some(109), "{bad:?}");
    }
    for good in [with(0, 0, 0), with(2_500, 10_000, 2_500), with(0, 10_000, 1)] {
        l.call::<SetSettings>(WIRING.governance, &good).unwrap();
        assert_eq!(l.state().settings, good);
    }
    assert_eq!(l.kinds(), ["wired", "settings", "settings", "settings"]);
    for stranger in [ALICE, DEPLOYER, POOL, WIRING.owner_proxy] {
        assert_eq!(refused(l.call::<SetSettings>(stranger, &with(1, 1, 1))), 18);
        assert_eq!(refused(l.call::<Pause>(stranger, &PauseParams { epochs: 1 })), 18);
    }
}

#[test]
fn failure_29_a_pause_ends_and_closes_nothing_but_intake() {
    let l = Liquidity::with(fil(100));
    l.sell(BOB, fil(10));
    let pause = |epochs| l.call::<Pause>(WIRING.governance, &PauseParams { epochs });
    for bad in [0, -1, 20_161, i64::MAX, i64::MIN] {
        assert_eq!(refused(pause(bad)), 110, "{bad}");
    }
    pause(20_160).unwrap();
    assert_eq!(refused(l.try_add(BOB, fil(1), none())), 35);
    assert_eq!(refused(l.try_buy(BOB, fil(1), none())), 35);
    // Everything that lets somebody out goes on.
    l.sell(BOB, fil(1));
    l.remove(ALICE, fil(1));
    l.recycle(fil(1)).unwrap();
    l.expect_collect();
    l.call::<Collect>(STRANGER, &()).unwrap();
    assert_eq!(refused(pause(10)), 110, "not again while it lasts");
    l.pass(20_160);
    l.add(BOB, fil(1));
    assert_eq!(refused(pause(10)), 110, "not again for as long");
    l.pass(20_160);
    pause(10).unwrap();
    pause(0).unwrap();
    l.buy(BOB, fil(1));
}

#[test]
fn names_are_bounded() {
    for (name, symbol) in [("", "P"), ("P", ""), (&*"n".repeat(65), "P"), ("P", &*"s".repeat(17))] {
        let params = ConstructorParams { name: name.into(), symbol: symbol.into(), ..constructor() };
        assert_eq!(Liquidity::unwired(&params).err().map(|e| e.code().value()), Some(111));
    }
}

#[test]
fn upgraded_by_governance_only() {
    let l = Liquidity::new();
    let params = UpgradeParams {
        new_code: code("new"),
        old_code: code(&format!("code of {OWN}")),
        old_schema: SCHEMA,
        migration_params: RawBytes::default(),
    };
    for caller in [DEPLOYER, STRANGER, POOL] {
        assert_eq!(refused(l.call::<Upgrade>(caller, &params)), 18);
    }
    l.call::<Upgrade>(WIRING.governance, &params).unwrap();
    assert_eq!(l.host.upgraded_to(), Some(code("new")));
    l.host.call(OWN, 0, none(), |rt| peggy_liquidity::upgrade(rt, None)).unwrap();
}

#[test]
fn declared_methods_are_handled_and_others_are_not() {
    let l = Liquidity::new();
    for m in all_methods() {
        let run = l.raw(STRANGER, m.number, none(), Some(IpldBlock { codec: DAG_CBOR, data: vec![0xff] }));
        let code = run.unwrap_err().code().value();
        assert_eq!(code, 21, "{}: garbage does not decode", m.name);
    }
    for unknown in [0, 2, 3, 1 << 24, u64::MAX] {
        assert_eq!(refused(l.raw(STRANGER, unknown, none(), None)), 22);
    }
}

#[test]
fn methods_that_take_no_fil_refuse_it() {
    let l = Liquidity::new();
    for m in all_methods().filter(|m| !m.payable) {
        assert_eq!(refused(l.raw(STRANGER, m.number, fil(1), None)), 26, "{}", m.name);
    }
}

#[test]
fn every_error_has_its_code() {
    let a = || fil(1);
    let codes = [
        (Error::BringsNothing { given: a() }, 100),
        (Error::BelowWanted { what: "x", got: a(), min: a() }, 101),
        (Error::NotEnoughFil { wanted: a(), available: a() }, 102),
        (Error::NotEnoughShares { wanted: a(), available: a() }, 103),
        (Error::NotASale, 104),
        (Error::WrongToken { kind: 1 }, 105),
        (Error::NoPrice, 106),
        (Error::FirstTooSmall { value: a(), locked: a() }, 107),
        (Error::AboutToHeal, 108),
        (Error::SettingOutOfBounds { setting: "x", value: 2, max: 1 }, 109),
        (Error::BadPause("why".into()), 110),
        (Error::BadName("why".into()), 111),
        (Error::WouldBeLost { what: "x", to: 1 }, 112),
        (Error::Paused { until: 1 }, 35),
        (Error::Negative { what: "x", amount: a() }, 16),
        (Error::OwnerAsOperator(1), 16),
        (Error::TooFewTokens { owner: 1, balance: a(), wanted: a() }, 19),
        (Error::TooLittleAllowance { owner: 1, operator: 2, allowance: a(), wanted: a() }, 19),
    ];
    check_codes(codes, 100..113);
}
