//! Constructor, wiring, terms, pause, upgrade, errors.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::METHOD_CONSTRUCTOR;
use harness::*;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::pool::*;
use peggy_interfaces::{frc46, MethodInfo};
use peggy_math::Bps;
use peggy_pool::error::Error;
use peggy_runtime::{encode, IpldBlock, UpgradeParams};

fn all_methods() -> impl Iterator<Item = &'static MethodInfo> {
    METHODS.iter().chain(frc46::METHODS)
}

fn block(data: Vec<u8>) -> Option<IpldBlock> {
    (!data.is_empty()).then_some(IpldBlock { codec: fvm_ipld_encoding::DAG_CBOR, data })
}

#[test]
fn only_init_constructs_and_only_once() {
    let pool = Pool::blank();
    let params = || encode(&constructor(easy_terms()), "constructor").unwrap();
    let construct = |who, value| pool.raw(who, METHOD_CONSTRUCTOR, value, params()).map_err(|e| e.code().value());
    assert_eq!(construct(ALICE, fil(0)), Err(18));
    assert_eq!(construct(INIT, fil(1)), Err(26));
    assert_eq!(construct(INIT, fil(0)), Ok(None));
    assert_eq!(construct(INIT, fil(0)), Err(20));
}

#[test]
fn failure_25_nothing_but_wire_works_before_wiring() {
    let pool = Pool::unwired(easy_terms()).unwrap();
    for m in all_methods().filter(|m| !["Wire", "GetWiring"].contains(&m.name)) {
        let e = pool.raw(WIRING.owner_proxy, m.number, fil(0), block((m.sample_params)())).unwrap_err();
        // Parameters may be refused for themselves first, and a stranger's call-back target needs creating; nothing goes through.
        assert!([32, 16, 17, 75, 76].contains(&e.code().value()), "{}: {e}", m.name);
    }
    let e = pool.raw(ALICE, <Deposit as peggy_runtime::Method>::NUMBER, fil(1), encode(&deposit_params(), "").unwrap());
    assert_eq!(e.unwrap_err().code().value(), 32);
    let w = pool.call::<GetWiring>(ALICE, &()).unwrap();
    assert_eq!((w.deployer, w.wiring, w.schema), (Some(DEPLOYER), None, 1));
}

#[test]
fn failure_25_wiring_is_the_deployers_once_and_right() {
    let pool = Pool::unwired(easy_terms()).unwrap();
    assert_eq!(pool.refused::<Wire>(ALICE, &WIRING), 18);
    let wrong = Wiring { pool: WIRING.owner_proxy, owner_proxy: WIRING.pool, ..WIRING };
    assert_eq!(pool.refused::<Wire>(DEPLOYER, &wrong), 34);
    let twice = Wiring { governance: WIRING.liquidity, ..WIRING };
    assert_eq!(pool.refused::<Wire>(DEPLOYER, &twice), 34);
    let nobody = Wiring { governance: 777_777, ..WIRING };
    assert_eq!(pool.refused::<Wire>(DEPLOYER, &nobody), 34);
    pool.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(pool.refused::<Wire>(DEPLOYER, &WIRING), 33);
    // The deployer has no rights any more.
    assert_eq!(pool.refused::<SetTerms>(DEPLOYER, &easy_terms()), 18);
    assert_eq!(pool.refused::<Pause>(DEPLOYER, &PauseParams { epochs: 1 }), 18);
}

#[test]
fn failure_23_fees_that_break_a_rule() {
    let pool = Pool::new();
    let fee = |label: &str, who, bps| FeeParams { label: label.into(), recipient: id(who), bps: Bps(bps) };
    let refused =
        |fees: Vec<FeeParams>| pool.refused::<SetTerms>(WIRING.governance, &TermsParams { fees, ..easy_terms() });
    assert_eq!(refused(vec![fee("a", ALICE, 3_000), fee("b", BOB, 2_001)]), 71, "over half");
    assert_eq!(refused(vec![fee("a", ALICE, u32::MAX), fee("b", BOB, u32::MAX)]), 71, "overflow");
    assert_eq!(refused(vec![fee("a", ALICE, 1), fee("a", ALICE, 1)]), 71, "twice under one label");
    assert_eq!(refused(vec![fee("a", 888_888, 1)]), 17, "nobody");
    assert_eq!(refused(vec![fee("", ALICE, 1)]), 71);
    assert_eq!(refused(vec![fee(&"x".repeat(33), ALICE, 1)]), 71);
    assert_eq!(refused(vec![fee("a", ALICE, 0)]), 71);
    assert_eq!(refused((0..17).map(|n| fee(&n.to_string(), ALICE, 1)).collect()), 71);
    let fees: Vec<_> = (0..16).map(|n| fee(&n.to_string(), ALICE, 312)).collect();
    pool.call::<SetTerms>(WIRING.governance, &TermsParams { fees, ..easy_terms() }).unwrap();
    // The constructor holds to the same rules.
    let bad = TermsParams { fees: vec![fee("a", ALICE, 5_001)], ..easy_terms() };
    assert_eq!(Pool::unwired(bad).err().map(|e| e.code().value()), Some(71));
}

#[test]
fn every_term_is_bounded() {
    let pool = Pool::new();
    let t = easy_terms;
    let bad = [
        TermsParams { min_deposit: fil(1_001), ..t() },
        TermsParams { min_deposit: -atto(1), ..t() },
        TermsParams { min_ticket: fil(1_001), ..t() },
        TermsParams { min_ticket: -atto(1), ..t() },
        TermsParams { cap: -atto(1), ..t() },
        TermsParams { max_idle: -atto(1), ..t() },
        TermsParams { reserve_bps: Bps(5_001), ..t() },
        TermsParams { reward_period: 2_879, ..t() },
        TermsParams { reward_period: 86_401, ..t() },
        TermsParams { exit_cooldown: -1, ..t() },
        TermsParams { exit_cooldown: 20_161, ..t() },
        TermsParams { max_staleness_in: -1, ..t() },
        TermsParams { max_staleness_in: 20_161, ..t() },
        TermsParams { max_staleness_out: -1, ..t() },
        TermsParams { max_staleness_out: 121, ..t() },
        TermsParams { min_bond_bps: Bps(5_001), ..t() },
        TermsParams { bond_period: 259_199, ..t() },
        TermsParams { bond_period: i64::MAX, ..t() },
    ];
    for terms in bad {
        let (code, message) = pool.refusal::<SetTerms>(WIRING.governance, fil(0), &terms);
        assert_eq!(code, 70, "{message}");
    }
    pool.call::<SetTerms>(WIRING.governance, &TermsParams { reward_period: 2_880, ..t() }).unwrap();
    assert_eq!(pool.call::<GetTerms>(ALICE, &()).unwrap().reward_period, 2_880);
}

#[test]
fn failure_29_a_pause_ends_by_itself_and_blocks_intake_only() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(fil(10));
    let pause = |epochs| pool.refused::<Pause>(WIRING.governance, &PauseParams { epochs });
    assert_eq!(pause(20_161), 74);
    assert_eq!(pause(-1), 74);
    assert_eq!(pause(i64::MAX), 74);
    assert_eq!(pause(0), 74, "nothing to end");
    pool.call::<Pause>(WIRING.governance, &PauseParams { epochs: 20_160 }).unwrap();
    assert_eq!(pool.totals().paused_until, START + 20_160);
    assert_eq!(pool.refusal::<Deposit>(BOB, fil(1), &deposit_params()).0, 35);
    assert_eq!(pool.refused::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount: fil(1) }), 35);
    pool.pass(100);
    assert_eq!(pool.refused::<Compound>(ALICE, &()), 35);
    assert!(pool.claim(ALICE).is_positive());
    pool.redeem(ALICE, fil(1));
    pool.transfer(ALICE, BOB, fil(1)).unwrap();
    pool.reward(fil(1));
    assert_eq!(pause(1), 74, "not while one runs");
    pool.pass(20_060);
    pool.deposit(BOB, fil(1));
    assert_eq!(pause(1), 74, "not again so soon");
    pool.pass(20_159);
    assert_eq!(pause(1), 74);
    pool.pass(1);
    pool.call::<Pause>(WIRING.governance, &PauseParams { epochs: 5 }).unwrap();
    pool.call::<Pause>(WIRING.governance, &PauseParams { epochs: 0 }).unwrap();
    pool.deposit(BOB, fil(1));
}

#[test]
fn upgrades_name_what_they_replace() {
    let pool = Pool::new();
    let code = peggy_runtime::mock::code;
    let old_code = code("code of 1002");
    let params = UpgradeParams {
        new_code: code("new"),
        old_code,
        old_schema: 1,
        migration_params: fvm_ipld_encoding::RawBytes::default(),
    };
    assert_eq!(pool.refused::<Upgrade>(ALICE, &params), 18);
    assert_eq!(pool.refused::<Upgrade>(WIRING.governance, &UpgradeParams { old_schema: 2, ..params.clone() }), 36);
    assert_eq!(
        pool.refused::<Upgrade>(WIRING.governance, &UpgradeParams { old_code: code("x"), ..params.clone() }),
        36
    );
    pool.call::<Upgrade>(WIRING.governance, &params).unwrap();
    assert_eq!(pool.host.upgraded_to(), Some(params.new_code));
    assert!(pool.host.call(ALICE, 0, fil(0), |rt| peggy_pool::upgrade(rt, None)).is_ok());
}

#[test]
fn failure_27_garbage_is_refused_by_every_method_and_changes_nothing() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    for m in all_methods() {
        let takes_any = m.name == "InvokeEVM";
        let garbage: [Vec<u8>; 6] = [
            vec![0xff],
            vec![0x1c],
            vec![0x82, 0x01],
            vec![0xa1, 0x01, 0x02],
            vec![0x18],
            vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ];
        for data in garbage {
            let e = pool.raw(ALICE, m.number, fil(0), block(data.clone())).unwrap_err();
            assert_eq!(e.code().value(), 21, "{} {data:?}: {e}", m.name);
        }
        if !(m.sample_params)().is_empty() && !takes_any {
            let e = pool.raw(ALICE, m.number, fil(0), None).unwrap_err();
            assert_eq!(e.code().value(), 21, "{} without parameters: {e}", m.name);
        }
        if !m.payable {
            let e = pool.raw(ALICE, m.number, fil(1), block((m.sample_params)())).unwrap_err();
            assert_eq!(e.code().value(), 26, "{} with FIL: {e}", m.name);
        }
    }
    let e = pool.raw(ALICE, 2, fil(0), None).unwrap_err();
    assert_eq!(e.code().value(), 22);
    pool.check();
}

#[test]
fn failure_27_huge_numbers_are_refused() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    let huge = fvm_shared::econ::TokenAmount::from_atto(fvm_shared::bigint::BigInt::from(1) << 1_000);
    assert_eq!(pool.refused::<Redeem>(ALICE, &RedeemParams { shares: huge.clone(), min_amount: fil(0) }), 19);
    assert_eq!(pool.refused::<Redeem>(ALICE, &RedeemParams { shares: fil(1), min_amount: huge.clone() }), 65);
    assert_eq!(
        pool.refusal::<Deposit>(ALICE, fil(1), &DepositParams { recipient: None, min_shares: huge.clone() }).0,
        65
    );
    assert_eq!(pool.refused::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount: huge.clone() }), 68);
    assert_eq!(pool.refused::<SetTerms>(WIRING.governance, &TermsParams { cap: huge.clone(), ..easy_terms() }), 70);
    let books = MinerTotals { principal: huge.clone(), ..MinerTotals::default() };
    let params = SettleParams { miner: None, ..settle_params(books) };
    assert_eq!(pool.refused::<Settle>(WIRING.owner_proxy, &params), 72);
    let params = ClaimRewardsParams { to: id(ALICE), amount: Some(huge) };
    assert!(pool.call::<ClaimRewards>(ALICE, &params).unwrap().paid.is_zero());
}

#[test]
fn every_error_has_its_code_and_its_sentence() {
    let a = || fil(1);
    let codes = [
        (Error::BelowMinimum { value: a(), min_deposit: a() }, 60),
        (Error::CapReached { nav: a(), cap: a(), room: a() }, 61),
        (Error::TooMuchIdle { idle: a(), max_idle: a(), room: a() }, 62),
        (Error::NoPrice { shares: a(), nav: a() }, 63),
        (Error::BringsNothing { given: a() }, 64),
        (Error::BelowWanted { got: a(), min: a() }, 65),
        (Error::Stale { measured_at: 1, needed: 2 }, 66),
        (Error::Unsettled { miners: 1 }, 67),
        (Error::NotEnoughLiquid { wanted: a(), available: a() }, 68),
        (Error::BondTooSmall { bond: a(), needed: a() }, 69),
        (Error::TermOutOfBounds { term: "x", value: "1".into(), min: "2".into(), max: "3".into() }, 70),
        (Error::BadFees("why".into()), 71),
        (Error::BooksDiffer("why".into()), 72),
        (Error::TooManyBondOwners, 73),
        (Error::BadPause("why".into()), 74),
        (Error::BadCalldata("why".into()), 75),
        (Error::ToThePool { what: "x", pool: 1 }, 76),
        (Error::BadName("why".into()), 77),
        (Error::TicketTooSmall { shares: a(), min_ticket: a() }, 78),
        (Error::BondLocked("why".into()), 79),
        (Error::Paused { until: 1 }, 35),
        (Error::Negative { what: "x", amount: a() }, 16),
        (Error::OwnerAsOperator(1), 16),
        (Error::AlreadyFinalized(1), 16),
        (Error::NoSuchTicket(1), 17),
        (Error::NoBond(1), 17),
        (Error::NotYourTicket { ticket: 1, caller: 1 }, 18),
        (Error::TooFewShares { owner: 1, balance: a(), wanted: a() }, 19),
        (Error::TooLittleAllowance { owner: 1, operator: 2, allowance: a(), wanted: a() }, 19),
    ];
    check_codes(codes, 60..80);
}

#[test]
fn names_are_bounded() {
    for (name, symbol) in [("", "P"), ("P", ""), (&*"n".repeat(65), "P"), ("P", &*"s".repeat(17))] {
        let pool = Pool::blank();
        let params = ConstructorParams { name: name.into(), symbol: symbol.into(), ..constructor(easy_terms()) };
        let params = encode(&params, "constructor").unwrap();
        assert_eq!(pool.raw(INIT, METHOD_CONSTRUCTOR, fil(0), params).unwrap_err().code().value(), 77);
    }
}
