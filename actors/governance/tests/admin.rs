//! Constructor, wiring, settings, guardian, upgrade, errors.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::error::ExitCode;
use fvm_shared::METHOD_CONSTRUCTOR;
use harness::*;
use peggy_governance::error::Error;
use peggy_governance::state::SCHEMA;
use peggy_interfaces::governance::{State as Stage, *};
use peggy_interfaces::pool::{Pause, PauseParams};
use peggy_math::Bps;
use peggy_runtime::mock::code;
use peggy_runtime::{encode, IpldBlock, Wiring};

fn block(data: Vec<u8>) -> Option<IpldBlock> {
    (!data.is_empty()).then_some(IpldBlock { codec: fvm_ipld_encoding::DAG_CBOR, data })
}

#[test]
fn only_init_constructs_once_without_fil_within_bounds() {
    let gov = Gov::blank();
    let construct = |who, value, params: &ConstructorParams| {
        gov.raw(who, METHOD_CONSTRUCTOR, value, encode(params, "").unwrap()).map_err(|e| e.code().value())
    };
    assert_eq!(construct(ALICE, fil(0), &constructor()), Err(18));
    assert_eq!(construct(INIT, fil(1), &constructor()), Err(26));
    assert_eq!(construct(INIT, fil(0), &ConstructorParams { deployer: id(9_999), ..constructor() }), Err(17));
    assert_eq!(construct(INIT, fil(0), &ConstructorParams { guardian: Some(id(9_999)), ..constructor() }), Err(17));
    let settings = Settings { quorum: Bps(1), ..DEFAULT_SETTINGS };
    assert_eq!(construct(INIT, fil(0), &ConstructorParams { settings, ..constructor() }), Err(132));
    let nobody = ConstructorParams { guardian: None, ..constructor() };
    assert_eq!(construct(INIT, fil(0), &nobody), Ok(None));
    assert_eq!(construct(INIT, fil(0), &nobody), Err(20));
    gov.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(gov.call::<GetConfig>(STRANGER, &()).unwrap().guardian, None);
    assert_eq!(gov.refused::<GuardianPause>(STRANGER, &GuardianPauseParams { epochs: 1 }), 18);
}

#[test]
fn failure_25_wired_once_by_the_deployer_and_useless_before() {
    let gov = Gov::unwired();
    for m in METHODS.iter().filter(|m| !["Wire", "GetWiring", "InvokeEVM"].contains(&m.name)) {
        let e = gov.raw(ALICE, m.number, fil(0), block((m.sample_params)())).unwrap_err();
        assert_eq!(e.code().value(), 32, "{}: {e}", m.name);
    }
    let moved = Wiring { governance: STRANGER, ..WIRING };
    for who in [STRANGER, OPERATOR, GUARDIAN, OWN] {
        assert_eq!(gov.refused::<Wire>(who, &WIRING), 18);
    }
    assert_eq!(gov.refused::<Wire>(DEPLOYER, &moved), 34);
    let found = gov.call::<GetWiring>(STRANGER, &()).unwrap();
    assert_eq!((found.schema, found.deployer, found.wiring), (SCHEMA, Some(DEPLOYER), None));
    gov.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(gov.kinds(), ["wired"]);
    assert_eq!(gov.refused::<Wire>(DEPLOYER, &WIRING), 33);
    let found = gov.call::<GetWiring>(STRANGER, &()).unwrap();
    assert_eq!((found.deployer, found.wiring), (None, Some(WIRING)));
}

#[test]
fn every_method_is_handled_takes_no_fil_and_unknown_ones_are_not() {
    let gov = Gov::new();
    for m in METHODS {
        assert!(!m.payable);
        assert_eq!(refused(gov.raw(ALICE, m.number, fil(1), block((m.sample_params)()))), 26, "{}", m.name);
    }
    for unknown in [0, 2, 3, 1 << 24, u64::MAX] {
        assert_eq!(refused(gov.raw(ALICE, unknown, fil(0), None)), 22);
    }
}

#[test]
fn failure_27_garbage_is_refused_by_every_method() {
    let gov = Gov::new();
    for m in METHODS.iter().filter(|m| m.params != "()" && m.name != "InvokeEVM") {
        for garbage in [vec![], vec![0xff], vec![0x80], vec![0xa0], vec![0x9b; 9], vec![0x1b; 9]] {
            assert_eq!(refused(gov.raw(ALICE, m.number, fil(0), block(garbage.clone()))), 21, "{} {garbage:?}", m.name);
        }
    }
    // A vote that is none of the three, in well-formed CBOR.
    let vote = block(vec![0x83, 0x01, 0x03, 0xf6]);
    assert_eq!(refused(gov.raw(ALICE, <Vote as peggy_runtime::Method>::NUMBER, fil(0), vote)), 21);
}

#[test]
fn settings_are_governances_own_and_bounded() {
    let gov = Gov::new();
    for who in [DEPLOYER, OPERATOR, GUARDIAN, ALICE, WIRING.pool, WIRING.owner_proxy] {
        assert_eq!(gov.refused::<SetSettings>(who, &DEFAULT_SETTINGS), 18);
        assert_eq!(gov.refused::<SetGuardian>(who, &SetGuardianParams { guardian: None }), 18);
    }
    let day = limits::DAY;
    let with = |change: fn(&mut Settings)| {
        let mut settings = DEFAULT_SETTINGS;
        change(&mut settings);
        settings
    };
    for bad in [
        with(|s| s.threshold = Bps(0)),
        with(|s| s.threshold = Bps(limits::MAX_THRESHOLD.0 + 1)),
        with(|s| s.voting_delay = limits::MIN_VOTING_DELAY - 1),
        with(|s| s.voting_delay = limits::MAX_VOTING_DELAY + 1),
        with(|s| s.voting_period = 2 * limits::DAY - 1),
        with(|s| s.voting_period = limits::MAX_VOTING_PERIOD + 1),
        with(|s| s.quorum = Bps(limits::MIN_QUORUM.0 - 1)),
        with(|s| s.quorum = Bps(limits::MAX_QUORUM.0 + 1)),
        with(|s| s.ordinary_delay = limits::DAY - 1),
        with(|s| s.ordinary_delay = s.critical_delay + 1),
        with(|s| s.critical_delay = limits::MIN_CRITICAL_DELAY - 1),
        with(|s| s.critical_delay = limits::MAX_DELAY + 1),
        with(|s| s.grace_period = limits::MIN_GRACE_PERIOD - 1),
        with(|s| s.grace_period = limits::MAX_GRACE_PERIOD + 1),
        with(|s| s.voting_period = i64::MAX),
        with(|s| s.voting_period = i64::MIN),
    ] {
        assert_eq!(gov.refused::<SetSettings>(OWN, &bad), 132, "{bad:?}");
    }
    let good = Settings {
        threshold: Bps(1),
        voting_delay: 120,
        voting_period: 2 * day,
        quorum: Bps(400),
        ordinary_delay: day,
        critical_delay: 7 * day,
        grace_period: 3 * day,
    };
    gov.call::<SetSettings>(OWN, &good).unwrap();
    gov.call::<SetGuardian>(OWN, &SetGuardianParams { guardian: Some(id(BOB)) }).unwrap();
    assert_eq!(gov.kinds(), ["settings-set", "guardian-set"]);
    let config = gov.call::<GetConfig>(STRANGER, &()).unwrap();
    assert_eq!(config, GetConfigReturn { guardian: Some(BOB), settings: good, proposals: 0 });
    assert_eq!(gov.refused::<SetGuardian>(OWN, &SetGuardianParams { guardian: Some(id(9_999)) }), 17);
    gov.call::<SetGuardian>(OWN, &SetGuardianParams { guardian: None }).unwrap();
    assert_eq!(gov.call::<GetConfig>(STRANGER, &()).unwrap().guardian, None);
}

fn expect_pauses(gov: &Gov, epochs: i64, answers: [u32; 2]) {
    for (to, answer) in [WIRING.pool, WIRING.liquidity].into_iter().zip(answers) {
        let answer = if answer == 0 { Ok(()) } else { Err(ExitCode::new(answer)) };
        gov.expect::<Pause>(to, &PauseParams { epochs }, answer);
    }
}

#[test]
fn failure_29_the_guardian_pauses_and_nothing_else_and_not_again() {
    let gov = Gov::new();
    for who in [DEPLOYER, OPERATOR, ALICE, OWN, WIRING.pool] {
        assert_eq!(gov.refused::<GuardianPause>(who, &GuardianPauseParams { epochs: 10 }), 18);
    }
    // Zero would end a pause; that, and more than a week, is not the guardian's.
    for epochs in [0, -1, 20_161, i64::MAX, i64::MIN] {
        assert_eq!(gov.refused::<GuardianPause>(GUARDIAN, &GuardianPauseParams { epochs }), 132);
    }
    expect_pauses(&gov, 20_160, [0, 0]);
    let done = gov.call::<GuardianPause>(GUARDIAN, &GuardianPauseParams { epochs: 20_160 }).unwrap();
    assert_eq!(done, GuardianPauseReturn { pool: true, liquidity: true });
    assert_eq!(gov.kinds(), ["guardian-paused"]);
    // Pool and liquidity say no to another one so soon; their word stands.
    expect_pauses(&gov, 20_160, [74, 114]);
    assert_eq!(gov.refused::<GuardianPause>(GUARDIAN, &GuardianPauseParams { epochs: 20_160 }), 74);
    assert!(gov.kinds().is_empty());
    // One of them paused by vote before does not keep the guardian from the other.
    expect_pauses(&gov, 5, [74, 0]);
    let done = gov.call::<GuardianPause>(GUARDIAN, &GuardianPauseParams { epochs: 5 }).unwrap();
    assert_eq!(done, GuardianPauseReturn { pool: false, liquidity: true });
}

#[test]
fn upgraded_by_itself_only() {
    let gov = Gov::new();
    let params: peggy_runtime::UpgradeParams = upgrade_of(OWN).params.deserialize().unwrap();
    for who in [DEPLOYER, OPERATOR, GUARDIAN, ALICE, WIRING.pool] {
        assert_eq!(gov.refused::<Upgrade>(who, &params), 18);
    }
    assert_eq!(gov.host.upgraded_to(), None);
    // The code of today takes over a state of today, and no other.
    gov.host.call(OWN, 0, fil(0), |rt| peggy_governance::upgrade(rt, None)).unwrap();
    gov.host
        .call(OWN, 0, fil(0), |rt| {
            rt.accept_anyone();
            rt.migrate(&(SCHEMA + 1, code("x")))
        })
        .unwrap();
    let e = gov.host.call(OWN, 0, fil(0), |rt| peggy_governance::upgrade(rt, None)).unwrap_err();
    assert_eq!(e.code().value(), 36);
}

#[test]
fn every_error_has_a_code_of_its_own_within_the_range() {
    let none = fil(0);
    let all = [
        (Error::NoProposal { id: 1, count: 0 }, 120),
        (Error::WrongState { id: 1, state: Stage::Active, allowed: vec![Stage::Queued] }, 121),
        (Error::TooEarly { what: "it", from: 2, now: 1 }, 122),
        (Error::TooLate { what: "it", ended: 1, now: 2 }, 123),
        (Error::BelowThreshold { votes: none.clone(), needed: none.clone() }, 124),
        (Error::NoVotes { id: 1, voter: 1 }, 125),
        (Error::Already { id: 1, who: 1, what: "voted" }, 126),
        (Error::NeverVoted { id: 1, voter: 1 }, 127),
        (Error::OfTheBundle(1), 128),
        (Error::BadAction { number: 1, why: "why" }, 129),
        (Error::TooLong { what: "it", length: 2, max: 1 }, 130),
        (Error::NoTitle, 131),
        (Error::OutOfBounds { what: "it", value: "1".into(), min: "2".into(), max: "3".into() }, 132),
        (Error::NotTheProposer { id: 1, proposer: 1, caller: 2 }, 133),
        (Error::NotABondOwner { id: 1, who: 1 }, 134),
        (Error::NotCritical { id: 1 }, 135),
        (Error::ExitsFirst { first: 1, before: 2, until: 3 }, 137),
        (Error::TooManyVotes { cast: none.clone(), supply: none }, 138),
        (Error::BadCalldata("what".into()), 139),
    ];
    // 136 is that of `LOSES_VOTES`.
    check_codes(all, (120..136).chain(137..140));
    assert_eq!(peggy_governance::error::LOSES_VOTES.value(), 136);
}
