//! The bond leaves last: unlocked, measured, well, and only as far as nobody else needs it.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, TermsParams};
use peggy_math::Bps;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{atto, fil, World};

use super::bonded;

/// The bond's lock is over, and 200 FIL are liquid.
fn unlocked() -> (World, ActorID) {
    let (mut w, miner) = bonded();
    let operator = w.cast.operator.clone();
    wait(&mut w);
    w.return_principal(&operator, miner, fil(200)).ok();
    (w, miner)
}

fn wait(w: &mut World) {
    let unlock: ChainEpoch = w.bond().owners.iter().map(|record| record.unlock_at).max().expect("an owner");
    if unlock > w.epoch() {
        w.skip(unlock - w.epoch());
    }
}

#[test]
fn an_unlocked_bond_is_paid_at_the_price() {
    let (mut w, _) = unlocked();
    let operator = w.cast.operator.clone();
    let before = w.balance(w.id(&operator));
    let done = w.withdraw_bond(&operator, fil(150)).ok();
    assert_eq!(w.balance(w.id(&operator)) + &done.gas_cost - before, fil(150));
    assert_eq!((w.bond().shares, w.totals().liquid, w.totals().nav), (fil(350), fil(50), fil(1_350)));
}

#[test]
fn a_locked_bond_stays() {
    let (mut w, miner) = bonded();
    let operator = w.cast.operator.clone();
    w.return_principal(&operator, miner, fil(200)).ok();
    // Most of it came long ago, so more has to come for it to be locked.
    w.top_up_bond(&operator, fil(1_000)).ok();
    w.withdraw_bond(&operator, fil(1)).refused(79, "locked until");
    let unlock = w.bond().owners[0].unlock_at;
    w.skip(unlock - 2 - w.epoch());
    w.withdraw_bond(&operator, fil(1)).refused(79, "locked until");
    w.withdraw_bond(&operator, fil(1)).ok();
    assert_eq!(w.epoch(), unlock);
    // A top-up locks the rest again, by its weight.
    w.top_up_bond(&operator, fil(499)).ok();
    w.withdraw_bond(&operator, fil(1)).refused(79, "locked until");
}

#[test]
fn amounts_and_owners_are_checked() {
    let (mut w, _) = unlocked();
    let (operator, alice) = (w.cast.operator.clone(), w.cast.alice.clone());
    w.withdraw_bond(&alice, fil(1)).refused(17, "no part in the bond");
    w.withdraw_bond(&operator, fil(501)).refused(19, "fewer than");
    w.withdraw_bond(&operator, fil(0)).refused(64, "nothing");
    w.withdraw_bond(&operator, -fil(1)).refused(16, "negative");
    w.withdraw_bond_min(&operator, fil(10), fil(10) + atto(1)).refused(65, "less than");
    w.withdraw_bond_min(&operator, fil(10), fil(10)).ok();
}

#[test]
fn exits_and_the_reserve_come_first() {
    let (mut w, _) = unlocked();
    let (operator, alice, keeper) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.keeper.clone());
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { reserve_bps: Bps(400), ..terms }).ok();
    w.ticket(&alice, fil(100));
    // Of 200, 100 are alice's and 60 the reserve.
    w.withdraw_bond(&operator, fil(41)).refused(68, "at hand");
    w.withdraw_bond(&operator, fil(40)).ok();
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().amount, fil(100));
}

#[test]
fn what_is_pledged_keeps_its_bond() {
    let (mut w, _) = unlocked();
    let operator = w.cast.operator.clone();
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { min_bond_bps: Bps(3_000), ..terms }).ok();
    // 30% of 1,300 pledged.
    w.withdraw_bond(&operator, fil(110) + atto(1)).refused(69, "the bond is worth");
    w.withdraw_bond(&operator, fil(110)).ok();
}

/// Attack: the operator knows of a loss nobody has measured, and withdraws the bond before anybody does.
#[test]
fn withdrawing_before_a_loss_is_measured_gains_nothing() {
    let (mut w, miner) = unlocked();
    let operator = w.cast.operator.clone();
    w.lose(miner, &fil(400));
    assert_eq!(w.totals().miners.impaired, fil(0), "nobody knows");
    // The message measures first: 100 of 500 are left of the bond.
    w.withdraw_bond(&operator, fil(101)).refused(19, "fewer than");
    assert_eq!(w.withdraw_bond(&operator, fil(100)).answer::<pool::WithdrawBond>().amount, fil(100));
    let totals = w.totals();
    assert_eq!((totals.nav, totals.shares), (fil(1_000), fil(1_000)), "alice's 1,000 are all there");
}

/// The same with a loss larger than the bond: nothing is left to withdraw.
#[test]
fn a_bond_that_a_loss_took_can_not_be_withdrawn() {
    let (mut w, miner) = unlocked();
    let operator = w.cast.operator.clone();
    w.lose(miner, &fil(600));
    w.withdraw_bond(&operator, fil(1)).failed();
    w.harvest(&operator, miner).ok();
    assert_eq!((w.bond().shares, w.totals().miners.impaired), (fil(0), fil(100)));
    // What it puts in afterwards stays until the loss is healed.
    w.top_up_bond(&operator, fil(90)).ok();
    wait(&mut w);
    w.harvest(&operator, miner).ok();
    w.withdraw_bond(&operator, fil(1)).refused(79, "impaired");
    w.donate(&operator, miner, fil(100)).ok();
    w.withdraw_bond(&operator, fil(100)).ok();
}

/// Attack: hiding the loss by keeping the miner from being measured, or by measuring only the others.
#[test]
fn a_miner_that_is_not_measured_holds_the_bond() {
    let (mut w, miner) = unlocked();
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    w.hold_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    w.withdraw_bond(&operator, fil(1)).refused(67, "can't be measured");
    w.skip(30 * DAY);
    w.withdraw_bond(&operator, fil(1)).refused(67, "can't be measured");
    w.hold_early_terminations(miner, false);
    w.harvest(&keeper, miner).ok();
    w.withdraw_bond(&operator, fil(1)).ok();

    // Three miners: two are measured within the message, and of the third nothing is known.
    let (mut w, _) = unlocked();
    for _ in 0..2 {
        w.create_miner(&operator, fil(200)).ok();
    }
    wait(&mut w);
    w.skip(1);
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { max_staleness_out: 120, ..terms }).ok();
    w.sync(&keeper, 3).ok();
    // Good enough for a payment, not for the bond.
    let alice = w.cast.alice.clone();
    w.redeem(&alice, fil(1)).ok();
    w.skip(1);
    w.withdraw_bond(&operator, fil(1)).refused(66, "Sync");
    // In one block with a sync of all three it works.
    let sync = proxy::SyncParams { max_miners: 3 };
    let (proxy_id, pool_id) = (w.wiring.owner_proxy, w.wiring.pool);
    let request = pool::WithdrawBondParams { shares: fil(1), min_amount: TokenAmount::zero() };
    let call = |from, to, method, params| peggy_localnet::Call {
        from,
        to: fvm_shared::address::Address::new_id(to),
        value: TokenAmount::zero(),
        method,
        params,
        gas_limit: None,
    };
    let mut net = w.net.fork().unwrap();
    // The worker's BLS message comes first in a block.
    let worker = w.cast.worker.clone();
    let outcomes = net.execute_batch(vec![
        call(worker, proxy_id, proxy::Sync::NUMBER, encode(&sync)),
        call(operator.clone(), pool_id, pool::WithdrawBond::NUMBER, encode(&request)),
    ]);
    for outcome in outcomes.unwrap() {
        outcome.ok().unwrap();
    }
}

/// Nobody is left: the bond can go to its last share, and there is nothing to bond any more.
#[test]
fn the_last_one_out_is_the_bond() {
    let (mut w, miner) = unlocked();
    let (operator, alice, keeper) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.keeper.clone());
    let ticket = w.ticket(&alice, fil(1_000));
    w.harvest(&keeper, miner).ok();
    w.finalize_exits(&keeper, 1).ok();
    w.claim_exit(&alice, ticket).ok();
    w.return_principal(&operator, miner, fil(10_000)).ok();
    assert_eq!(w.withdraw_bond(&operator, fil(500)).answer::<pool::WithdrawBond>().amount, fil(500));
    let totals = w.totals();
    assert!(totals.shares.is_zero() && totals.nav.is_zero() && w.bond().owners.is_empty());
}
