//! Prices rest on fresh measurements, and a miner that can't be measured closes what needs a price and nothing else.

use fvm_shared::econ::TokenAmount;
use localnet_builtin::miner::levers::Sick;
use num_traits::Zero;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::{miner, pool};
use peggy_runtime::Method;
use peggy_scenarios::{fil, Setup, World};

fn kinds(outcome: &peggy_scenarios::Outcome) -> Vec<&str> {
    outcome.events.iter().map(|e| e.kind.as_str()).collect()
}

#[test]
fn a_deposit_measures_when_the_last_measurement_is_too_old() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(500)).ok();
    w.pledge(miner, fil(400)).ok();
    w.award(miner, &fil(40));
    let fresh = w.deposit(&bob, fil(1)).ok();
    assert!(!kinds(&fresh).contains(&"harvested"), "measured a moment ago");
    w.skip(DAY + 10);
    let measured = w.deposit(&bob, fil(1)).ok();
    assert!(kinds(&measured).contains(&"harvested") && kinds(&measured).contains(&"settled"), "{:?}", kinds(&measured));
    assert_eq!(w.miner_info(miner).measured_at, w.epoch());
    assert!(w.totals().stream.is_positive(), "the reward came along");
}

#[test]
fn a_redemption_measures_in_the_same_epoch() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(500)).ok();
    w.pledge(miner, fil(400)).ok();
    w.skip(1);
    w.redeem(&alice, fil(1)).ok();
    assert_eq!(w.miner_info(miner).measured_at, w.epoch());
}

/// Failure 18: a message measures at most two miners; with more it says who is to be called.
#[test]
fn failure_18_three_stale_miners_need_a_sync() {
    let mut w = World::with(Setup::default());
    for _ in 0..3 {
        w.custody(fil(400));
    }
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(500)).ok();
    w.skip(DAY + 10);
    w.deposit(&bob, fil(5)).refused(66, "Sync");
    w.sync(&keeper, 1).ok();
    w.deposit(&bob, fil(5)).ok();
    w.skip(DAY + 10);
    assert_eq!(w.sync(&keeper, 32).answer::<peggy_interfaces::owner_proxy::Sync>().measured, 3);
    w.deposit(&bob, fil(5)).ok();
    // Paying out asks for this very epoch, which three miners in two messages can't give.
    w.redeem(&bob, fil(1)).refused(66, "Sync");
    let mut terms = w.setup.terms_params(&w.cast);
    terms.max_staleness_out = 120;
    w.set_terms(&terms).ok();
    w.sync(&keeper, 3).ok();
    w.redeem(&bob, fil(1)).ok();
}

/// Failure 22: early terminations are pending, so withdrawals are refused.
#[test]
fn failure_22_a_miner_that_refuses_withdrawals_closes_only_what_needs_a_price() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(500)).ok();
    w.pledge(miner, fil(100)).ok();
    w.award(miner, &fil(80));
    w.harvest(&keeper, miner).ok();
    w.hold_early_terminations(miner, true);
    w.skip(DAY);
    let outcome = w.harvest(&keeper, miner).ok();
    assert!(kinds(&outcome).contains(&"miner-unsettled"), "{:?}", kinds(&outcome));
    w.deposit(&bob, fil(5)).refused(67, "can't be measured");
    w.redeem(&alice, fil(5)).refused(67, "can't be measured");
    w.pledge(miner, fil(5)).refused(48, "measured");
    w.compound(&alice).refused(67, "can't be measured");
    assert!(w.claim(&alice).answer::<pool::ClaimRewards>().paid.is_positive());
    w.transfer(&alice, bob.address(), fil(5)).ok();
    w.hold_early_terminations(miner, false);
    w.harvest(&keeper, miner).ok();
    w.redeem(&bob, fil(5)).ok();
}

/// Failure 22: a withdrawal that brings less than asked is booked as what it brought.
#[test]
fn failure_22_a_withdrawal_that_falls_short_is_booked_as_it_is() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(500)).ok();
    w.award(miner, &fil(80));
    w.set_sick(miner, Some(Sick { withdraw_at_most: Some(fil(3)), ..Sick::default() }));
    let got = w.harvest(&keeper, miner).answer::<peggy_interfaces::owner_proxy::Harvest>();
    assert_eq!(got.reward, fil(3));
    assert!(w.miner_info(miner).harvestable > fil(10), "{:?}", w.miner_info(miner));
    w.set_sick(miner, None);
    let got = w.harvest(&keeper, miner).answer::<peggy_interfaces::owner_proxy::Harvest>();
    assert!(got.reward > fil(10), "the rest comes later: {}", got.reward);
}

/// Failure 22: getters that abort.
#[test]
fn failure_22_a_miner_whose_getters_abort_is_unsettled() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(500)).ok();
    for method in [
        miner::GetAvailableBalance::NUMBER,
        miner::GetVestingFunds::NUMBER,
        miner::InitialPledge::NUMBER,
        miner::RepayDebt::NUMBER,
        miner::WithdrawBalance::NUMBER,
    ] {
        w.set_sick(miner, Some(Sick { abort: vec![(method, 20)], ..Sick::default() }));
        w.skip(1);
        let outcome = w.harvest(&keeper, miner).ok();
        assert!(kinds(&outcome).contains(&"miner-unsettled"), "{method}: {:?}", kinds(&outcome));
        w.redeem(&alice, fil(1)).refused(67, "can't be measured");
        w.set_sick(miner, None);
        w.harvest(&keeper, miner).ok();
        w.redeem(&alice, fil(1)).ok();
    }
    assert_eq!(w.totals().miners.unsettled, 0);
    assert_eq!(w.totals().miners.impaired, TokenAmount::zero());
}
