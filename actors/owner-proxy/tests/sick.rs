//! Miners that refuse, lie, or answer nonsense: a harvest books what can be known and goes on.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::miner;
use peggy_interfaces::pool::MinerTotals;
use peggy_runtime::mock::Expected;
use peggy_runtime::{IpldBlock, Method};

const REFUSED: ExitCode = ExitCode::USR_FORBIDDEN;

/// The pool hears of `impaired` and `impaired_net`, and that the miner is unsettled.
fn expect_unsettled(h: &Proxy, impaired: i64, impaired_net: i64) {
    let totals = MinerTotals {
        principal: fil(100),
        impaired: fil(impaired),
        impaired_net: fil(impaired_net),
        oldest_measurement: None,
        unsettled: 1,
    };
    h.expect_settle(&fil(0), Some(report(fil(impaired_net), totals)));
}

fn harvest_goes_on(h: &Proxy) {
    let got = h.harvest(STRANGER).unwrap();
    assert_eq!((got.reward, got.home), (fil(0), fil(0)));
    h.check();
}

#[test]
fn early_terminations_leave_it_unsettled_and_only_losses_count() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.set_epoch(20);
    h.expect_reading(MINER, &Health::of(80, 0, 5));
    h.expect_withdrawal(MINER, &fil(0), Err(REFUSED), &fil(0));
    expect_unsettled(&h, 20, 15);
    harvest_goes_on(&h);
    assert_eq!(h.kinds(), ["miner-unsettled", "harvested"]);
    let m = h.miner(MINER);
    assert_eq!((m.unsettled_since, m.measured_at, m.tried_at, m.backing), (Some(20), 10, 20, fil(100)));

    // It looks better, but that does not count while it is unsettled; the first epoch stays.
    h.host.set_epoch(30);
    h.expect_reading(MINER, &Health::of(95, 0, 0));
    h.expect_withdrawal(MINER, &fil(0), Err(REFUSED), &fil(0));
    expect_unsettled(&h, 20, 15);
    harvest_goes_on(&h);
    assert_eq!(h.miner(MINER).unsettled_since, Some(20));

    // Settled again: now it counts.
    h.host.set_epoch(40);
    h.expect_reading(MINER, &Health::of(95, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    harvest_goes_on(&h);
    let m = h.miner(MINER);
    assert_eq!((m.impaired, m.unsettled_since, m.measured_at), (fil(5), None, 40));
}

#[test]
fn debt_that_cannot_be_paid_is_booked() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    let health = Health { available: fil(-30), ..Health::of(100, 0, 0) };
    h.expect_reading(MINER, &health);
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_INSUFFICIENT_FUNDS), &fil(0));
    let totals = MinerTotals {
        principal: fil(100),
        impaired: fil(30),
        impaired_net: fil(30),
        oldest_measurement: Some(10),
        unsettled: 0,
    };
    h.expect_settle(&fil(0), Some(report(fil(30), totals)));
    harvest_goes_on(&h);
    assert_eq!(h.kinds(), ["harvested"]);
}

#[test]
fn debt_nobody_knows_of_leaves_it_unsettled() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 0, 0));
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_INSUFFICIENT_FUNDS), &fil(0));
    expect_unsettled(&h, 0, 0);
    harvest_goes_on(&h);
}

#[test]
fn failure_22_a_withdrawal_that_aborts_blocks_nothing() {
    for code in [REFUSED, ExitCode::USR_ILLEGAL_STATE, ExitCode::SYS_ILLEGAL_INSTRUCTION, ExitCode::SYS_OUT_OF_GAS] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &Health::of(100, 8, 0));
        h.expect_withdrawal(MINER, &fil(8), Err(code), &fil(0));
        expect_unsettled(&h, 0, 0);
        harvest_goes_on(&h);
    }
}

#[test]
fn failure_22_a_withdrawal_may_pay_less_than_asked() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 8, 0));
    h.expect_withdrawal(MINER, &fil(8), Ok(fil(3)), &fil(3));
    h.expect_settle(&fil(3), None);
    let got = h.harvest(POOL).unwrap();
    assert_eq!((got.reward, got.backing), (fil(3), fil(105)));
    h.check();
    let m = h.miner(MINER);
    assert_eq!((m.harvestable, m.unsettled_since), (fil(5), None));
}

#[test]
fn failure_22_a_withdrawal_that_lies_pays_nobody_what_did_not_come() {
    for (says, arrives) in [(8, 0), (8, 5), (0, 5), (20, 8)] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &Health::of(100, 8, 0));
        h.expect_withdrawal(MINER, &fil(8), Ok(fil(says)), &fil(arrives));
        h.expect_settle(&fil(arrives), None);
        let got = h.harvest(POOL).unwrap();
        assert_eq!(got.reward, fil(arrives));
        assert_eq!(h.miner(MINER).unsettled_since, Some(10));
        h.check();
    }
}

#[test]
fn more_than_asked_is_left_for_sweep() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 8, 0));
    h.expect_withdrawal(MINER, &fil(8), Ok(fil(9)), &fil(9));
    h.expect_settle(&fil(8), None);
    assert_eq!(h.harvest(POOL).unwrap().reward, fil(8));
    h.expect_settle(&fil(1), None);
    let swept = h.call::<peggy_interfaces::owner_proxy::Sweep>(STRANGER, &()).unwrap();
    assert_eq!(swept.amount, fil(1));
    h.check();
}

#[test]
fn a_repayment_that_aborts_still_shows_losses() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(60, 0, 0));
    h.host.forget_expected();
    h.expect::<miner::RepayDebt>(MINER, &(), Err(ExitCode::USR_ILLEGAL_STATE));
    h.expect_query::<miner::GetAvailableBalance>(MINER, &(), Ok(fil(0)));
    h.expect_query::<miner::GetVestingFunds>(MINER, &(), Ok(miner::GetVestingFundsReturn { vesting_funds: vec![] }));
    h.expect_query::<miner::InitialPledge>(MINER, &(), Ok(fil(60)));
    expect_unsettled(&h, 40, 40);
    harvest_goes_on(&h);
}

#[test]
fn getters_that_abort_leave_it_unsettled() {
    let failed = Err(ExitCode::USR_ILLEGAL_STATE);
    for failing in 0..3 {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect::<miner::RepayDebt>(MINER, &(), Ok(()));
        match failing {
            0 => h.expect_query::<miner::GetAvailableBalance>(MINER, &(), failed.map(|()| fil(0))),
            _ => h.expect_query::<miner::GetAvailableBalance>(MINER, &(), Ok(fil(0))),
        }
        let none = miner::GetVestingFundsReturn { vesting_funds: vec![] };
        match failing {
            0 => {}
            1 => h.expect_query::<miner::GetVestingFunds>(MINER, &(), failed.map(|()| none)),
            _ => {
                h.expect_query::<miner::GetVestingFunds>(MINER, &(), Ok(none));
                h.expect_query::<miner::InitialPledge>(MINER, &(), failed.map(|()| fil(0)));
            }
        }
        expect_unsettled(&h, 0, 0);
        harvest_goes_on(&h);
    }
}

#[test]
fn garbage_leaves_it_unsettled() {
    for data in [None, Some(vec![]), Some(vec![0xff]), Some(vec![0x83, 1, 2, 3]), Some(vec![0x61, b'x'])] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect::<miner::RepayDebt>(MINER, &(), Ok(()));
        h.host.expect_query(Expected {
            to: id(MINER),
            method: miner::GetAvailableBalance::NUMBER,
            params: Some(None),
            value: fil(0),
            answer: Ok((ExitCode::OK, data.map(|data| IpldBlock { codec: 0x71, data }))),
        });
        expect_unsettled(&h, 0, 0);
        harvest_goes_on(&h);
    }
}

#[test]
fn figures_that_contradict_each_other_leave_it_unsettled() {
    let sane = Health::of(100, 8, 5);
    let contradictions = [
        Health { available: fil(500), ..sane.clone() },
        Health { pledge: fil(-1), ..sane.clone() },
        Health { pledge: fil(1_000), ..sane.clone() },
        Health { vesting: vec![(30, fil(1_000))], ..sane.clone() },
        Health { vesting: vec![(30, fil(-5))], ..sane.clone() },
        Health { balance: TokenAmount::from_atto(1), ..sane },
    ];
    for health in contradictions {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &health);
        expect_unsettled(&h, 0, 0);
        harvest_goes_on(&h);
    }
}

#[test]
fn one_sick_miner_does_not_keep_the_others_from_being_synced() {
    use peggy_interfaces::owner_proxy::{Sync, SyncParams};
    let h = Proxy::new();
    h.take(3000, &Health::of(10, 0, 0));
    h.take(3001, &Health::of(10, 0, 0));
    h.host.set_epoch(20);
    h.expect::<miner::RepayDebt>(3000, &(), Err(ExitCode::SYS_ILLEGAL_INSTRUCTION));
    h.expect_query::<miner::GetAvailableBalance>(3000, &(), Err(ExitCode::SYS_ILLEGAL_INSTRUCTION));
    h.expect_settle(&fil(0), None);
    h.expect_reading(3001, &Health::of(10, 2, 0));
    h.expect_paid(3001, &fil(2));
    h.expect_settle(&fil(2), None);
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 32 }).unwrap().measured, 2);
    let totals = h.totals();
    assert_eq!((totals.unsettled, totals.oldest_measurement), (1, Some(20)));
    h.check();
}
