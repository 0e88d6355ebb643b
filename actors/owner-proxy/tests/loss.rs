//! Losses that become final: what the bond absorbs and what governance writes off.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::losses::{expect_loss, lost, miner, totals};
use harness::*;
use peggy_interfaces::miner;
use peggy_interfaces::owner_proxy::{
    ConfirmChangeWorkerAddress, Harvest, Pledge, PledgeParams, SetOperator, SetOperatorParams, Sweep, WriteOff,
};
use peggy_interfaces::pool::{DrawPledge, DrawPledgeParams, MinerTotals, SettleParams};

fn books(h: &Proxy) -> (TokenAmount, TokenAmount, TokenAmount) {
    let m = h.miner(MINER);
    (m.principal, m.impaired, m.impaired_net)
}

// --- the bond ----------------------------------------------------------------------------------------------------

#[test]
fn what_the_bond_absorbs_is_written_off_in_the_same_message() {
    // 30 were lost, of which 10 that vest will heal. Whatever part the pool absorbs, the books here follow.
    for (absorbed, impaired, net) in [(0, 30, 20), (1, 29, 19), (20, 10, 0), (25, 5, 0), (30, 0, 0)] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        expect_loss(&h, &Health::of(70, 0, 10), report(fil(20), totals(100, 30, 20)), absorbed);
        assert_eq!(h.harvest(STRANGER).unwrap().backing, fil(70));
        h.check();
        assert_eq!(books(&h), (fil(100 - absorbed), fil(impaired), fil(net)));
        assert_eq!(h.totals(), totals(100 - absorbed, impaired, net));
        let events = if absorbed == 0 { vec!["harvested"] } else { vec!["harvested", "written-off"] };
        assert_eq!(h.kinds(), events);
    }
}

#[test]
fn later_rewards_heal_only_what_was_not_absorbed() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(70, 0, 10), report(fil(20), totals(100, 30, 20)), 20);
    h.harvest(STRANGER).unwrap();
    // The 10 came free and heal; 4 more are everybody's.
    h.expect_reading(MINER, &Health::of(70, 14, 0));
    h.expect_demand(&fil(0));
    h.expect_paid(MINER, &fil(4));
    h.expect_settle(&fil(4), Some(report(fil(0), totals(80, 0, 0))));
    assert_eq!(h.harvest(POOL).unwrap().reward, fil(4));
    h.check();
    assert_eq!(books(&h), (fil(80), fil(0), fil(0)));
}

#[test]
fn more_than_was_lost_can_not_be_absorbed() {
    for absorbed in [31, 100, 1_000, -1] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        expect_loss(&h, &Health::of(70, 0, 10), report(fil(20), totals(100, 30, 20)), absorbed);
        assert_eq!(h.harvest(STRANGER).unwrap_err().code().value(), 56);
        h.check();
        assert_eq!(books(&h), (fil(100), fil(0), fil(0)));
    }
    // Nothing is lost by FIL that came by itself.
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.set_balance(PROXY, fil(3));
    h.expect_settle_absorbing(&fil(3), None, &fil(1));
    assert_eq!(h.refused::<Sweep>(STRANGER, &()), 56);
    h.check();
}

#[test]
fn books_that_change_while_the_pool_settles_fail_the_message() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.set_epoch(10 + DELAY);
    h.expect_reading(MINER, &Health::of(70, 0, 0));
    h.expect_paid(MINER, &fil(0));
    // The pool never calls back here; should it one day, a change of these very books must not be overwritten.
    h.host.expect_reentry(Proxy::settle(&fil(0), None, &fil(30)), |host| {
        let params = peggy_runtime::encode(&miner(MINER), "").unwrap();
        let method = <ConfirmChangeWorkerAddress as peggy_runtime::Method>::NUMBER;
        host.call(STRANGER, method, fil(0), |rt| peggy_owner_proxy::invoke(rt, params)).unwrap();
    });
    h.expect::<miner::ConfirmChangeWorkerAddress>(MINER, &(), Ok(()));
    assert_eq!(h.harvest(STRANGER).unwrap_err().code().value(), 54);
    h.check();
}

#[test]
fn the_pool_hears_of_the_miners_own_loss_and_of_the_present_operator() {
    let h = Proxy::new();
    h.take(3000, &Health::of(50, 0, 0));
    h.take(MINER, &Health::of(100, 0, 0));
    let lost = MinerTotals { principal: fil(150), impaired: fil(9), impaired_net: fil(9), ..totals(150, 9, 9) };
    h.expect_reading(3000, &Health::of(41, 0, 0));
    h.expect_paid(3000, &fil(0));
    h.expect_settle(&fil(0), Some(SettleParams { miner: Some(3000), ..report(fil(9), lost) }));
    h.call::<Harvest>(STRANGER, &miner(3000)).unwrap();

    h.call::<SetOperator>(GOVERNANCE, &SetOperatorParams { operator: id(STRANGER) }).unwrap();
    // This one lost 5, of which 3 vest. The other's loss is not its own.
    let told = SettleParams { operator: STRANGER, ..report(fil(2), totals(150, 14, 11)) };
    expect_loss(&h, &Health::of(95, 0, 3), told, 2);
    h.harvest(STRANGER).unwrap();
    h.check();
    assert_eq!(books(&h), (fil(98), fil(3), fil(0)));
    assert_eq!(h.miner(3000).impaired, fil(9));
}

#[test]
fn a_loss_seen_while_unsettled_is_absorbed_once() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    let sick = MinerTotals { oldest_measurement: None, unsettled: 1, ..totals(100, 20, 15) };
    let see = |told, absorbed| {
        h.expect_reading(MINER, &Health::of(80, 0, 5));
        h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_FORBIDDEN), &fil(0));
        h.expect_settle_absorbing(&fil(0), Some(told), &fil(absorbed));
        h.harvest(STRANGER).unwrap();
        h.check();
    };
    see(report(fil(15), sick.clone()), 15);
    assert_eq!(books(&h), (fil(85), fil(5), fil(0)));
    see(report(fil(0), MinerTotals { principal: fil(85), impaired: fil(5), impaired_net: fil(0), ..sick }), 0);
    assert_eq!(books(&h), (fil(85), fil(5), fil(0)));
    // It can be measured again, and the 5 that vested are there.
    h.expect_reading(MINER, &Health::of(80, 5, 0));
    h.expect_demand(&fil(0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), Some(report(fil(0), totals(85, 0, 0))));
    h.harvest(STRANGER).unwrap();
    h.check();
    assert_eq!(books(&h), (fil(85), fil(0), fil(0)));
}

#[test]
fn a_pledge_adds_to_what_is_left_after_the_bond() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(90, 0, 0), report(fil(10), totals(100, 10, 10)), 10);
    h.host.set_balance(POOL, fil(1_000));
    h.expect_bringing::<DrawPledge>(POOL, &DrawPledgeParams { amount: fil(40) }, Ok(()), fil(40));
    h.host.expect_pay(MINER, fil(40));
    h.call::<Pledge>(OPERATOR, &PledgeParams { miner: id(MINER), amount: fil(40) }).unwrap();
    h.check();
    assert_eq!(books(&h), (fil(130), fil(0), fil(0)));
    assert_eq!(h.kinds(), ["harvested", "written-off", "pledged"]);
}

#[test]
fn the_operators_legacy_heals_before_the_bond_does_and_is_not_given_back() {
    let h = Proxy::holding(&Health::of(100, 0, 20));
    // 50 were lost before the 20 had vested: they heal, and are nobody's reward any more. The bond absorbs the rest.
    expect_loss(&h, &Health::of(50, 0, 20), report(fil(30), totals(100, 50, 30)), 30);
    h.harvest(STRANGER).unwrap();
    assert_eq!((h.miner(MINER).legacy_vesting, books(&h)), (fil(0), (fil(70), fil(20), fil(0))));
    // They came free, and 5 more: everybody's, as is the keeper's cut.
    h.expect_reading(MINER, &Health::of(50, 25, 0));
    h.expect_demand(&fil(0));
    h.expect_paid(MINER, &fil(5));
    h.host.expect_pay(STRANGER, milli(50));
    h.expect_settle(&milli(4_950), Some(report(fil(0), totals(70, 0, 0))));
    h.harvest(STRANGER).unwrap();
    h.check();
}

// --- WriteOff ----------------------------------------------------------------------------------------------------

#[test]
fn governance_writes_off_what_nothing_will_heal() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    // 40 are lost; 10 that vest will heal their part.
    expect_loss(&h, &Health::of(60, 0, 10), report(fil(30), totals(100, 40, 30)), 0);
    h.expect_settle(&fil(0), Some(lost(30, totals(70, 10, 0))));
    let written = h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap();
    assert_eq!(written.written_off, fil(30));
    h.check();
    assert_eq!(h.kinds(), ["harvested", "written-off"]);
    assert_eq!(books(&h), (fil(70), fil(10), fil(0)));
    assert!(h.miner(MINER).closing);

    // Harvests go on: the 10 heal, and what comes beyond them is reward again.
    h.expect_reading(MINER, &Health::of(60, 13, 0));
    h.expect_demand(&fil(0));
    h.expect_paid(MINER, &fil(3));
    h.expect_settle(&fil(3), Some(report(fil(0), totals(70, 0, 0))));
    assert_eq!(h.harvest(POOL).unwrap().reward, fil(3));
    h.check();

    // And so do losses.
    expect_loss(&h, &Health::of(55, 0, 0), report(fil(15), totals(70, 15, 15)), 0);
    h.expect_settle(&fil(0), Some(lost(15, totals(55, 0, 0))));
    assert_eq!(h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap().written_off, fil(15));
    h.check();
}

#[test]
fn governance_writes_off_only_what_the_bond_does_not_absorb() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(60, 0, 0), report(fil(40), totals(100, 40, 40)), 12);
    h.expect_settle(&fil(0), Some(lost(28, totals(60, 0, 0))));
    assert_eq!(h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap().written_off, fil(28));
    h.check();
    assert_eq!(h.kinds(), ["harvested", "written-off", "written-off"]);
    assert_eq!(books(&h), (fil(60), fil(0), fil(0)));
}

#[test]
fn nothing_lost_nothing_written_off() {
    // All is there; what is missing will vest; the bond absorbs all.
    let cases = [
        (Health::of(100, 0, 0), report(fil(0), totals(100, 0, 0)), 0),
        (Health::of(60, 0, 40), report(fil(0), totals(100, 40, 0)), 0),
        (Health::of(60, 0, 0), report(fil(40), totals(100, 40, 40)), 40),
    ];
    for (health, told, absorbed) in cases {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        expect_loss(&h, &health, told, absorbed);
        assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(MINER)), 57);
        h.check();
        assert!(!h.miner(MINER).closing && h.kinds().is_empty());
    }
}

#[test]
fn failure_22_an_unsettled_miner_is_not_written_off() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(60, 0, 0));
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_FORBIDDEN), &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(MINER)), 48);
    h.check();
    assert_eq!(books(&h), (fil(100), fil(0), fil(0)));
}

#[test]
fn governance_alone_writes_off_and_only_what_is_held() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    for caller in [STRANGER, OPERATOR, POOL, DEPLOYER, MINER] {
        assert_eq!(h.refused::<WriteOff>(caller, &miner(MINER)), 18);
    }
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(STRANGER)), 40);
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(9_999)), 17);
}

#[test]
fn a_pool_that_refuses_a_loss_changes_nothing() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(60, 0, 0), report(fil(40), totals(100, 40, 40)), 0);
    // It absorbed what it was just told is lost for good.
    h.expect_settle_absorbing(&fil(0), Some(lost(40, totals(60, 0, 0))), &fil(1));
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(MINER)), 56);
    h.check();
    assert_eq!(books(&h), (fil(100), fil(0), fil(0)));
}
