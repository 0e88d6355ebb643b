//! Miners that can't be measured: the queue waits for them for a day, and then goes on.

use fvm_shared::clock::ChainEpoch;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, World};

use super::{gets, sealed, serve};

/// Lets time pass until a message now would be in this epoch.
fn until(w: &mut World, epoch: ChainEpoch) {
    let left = epoch - 1 - w.epoch();
    assert!(left >= 0, "it is {} already", w.epoch());
    if left > 0 {
        w.skip(left);
    }
}

/// Failure 22: a miner that can't be measured holds the queue up for a day, then it is served at the booked values.
#[test]
fn failure_22_the_queue_waits_a_day_for_a_sick_miner_and_goes_on() {
    let (mut w, miner) = sealed();
    let (alice, keeper, dave) = (w.cast.alice.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    let ticket = w.ticket(&alice, fil(100));
    w.deposit(&dave, fil(300)).ok();
    w.hold_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    let since = w.epoch();
    w.finalize_exits(&keeper, 1).refused(67, "can't be measured");
    w.redeem(&alice, fil(1)).refused(67, "can't be measured");
    until(&mut w, since + DAY - 1);
    w.finalize_exits(&keeper, 1).refused(67, "can't be measured");
    assert_eq!(serve(&mut w), (1, fil(100)));
    assert_eq!(w.epoch(), since + DAY);
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(100));
    // Whoever is not in the queue still waits.
    w.redeem(&alice, fil(1)).refused(67, "can't be measured");
    w.deposit(&dave, fil(1)).refused(67, "can't be measured");
}

/// Losses that show although the miner is sick count; it can't hide them while people leave.
#[test]
fn after_the_wait_the_booked_losses_count() {
    let (mut w, miner) = sealed();
    let (alice, keeper, dave) = (w.cast.alice.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    w.slash_all();
    let ticket = w.ticket(&alice, fil(100));
    w.deposit(&dave, fil(300)).ok();
    w.hold_early_terminations(miner, true);
    w.lose(miner, &fil(180));
    w.harvest(&keeper, miner).ok();
    assert_eq!(w.totals().miners.impaired, fil(180), "increases are booked");
    w.skip(DAY);
    // 1,620 FIL behind 1,800 shares.
    assert_eq!(serve(&mut w), (1, fil(90)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(90));
}

/// The day is counted over all spells of sickness: a miner that is well for a moment does not begin it anew.
#[test]
fn failure_22_flickering_does_not_keep_the_queue_waiting() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    w.ticket(&alice, fil(100));
    w.ticket(&bob, fil(400));
    w.deposit(&dave, fil(400)).ok();
    for _ in 0..3 {
        w.hold_early_terminations(miner, true);
        w.harvest(&keeper, miner).ok();
        w.skip(DAY / 4);
        w.finalize_exits(&keeper, 5).refused(67, "can't be measured");
        w.hold_early_terminations(miner, false);
        w.harvest(&keeper, miner).ok();
        // Well, but nobody finalises now.
        w.skip(50);
    }
    w.hold_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    w.skip(DAY / 4);
    assert_eq!(serve(&mut w), (1, fil(400)));
    // It was served as far as FIL went, so the next spell is waited for.
    w.hold_early_terminations(miner, false);
    w.harvest(&keeper, miner).ok();
    assert_eq!(serve(&mut w), (0, fil(0)));
    w.deposit(&dave, fil(50)).ok();
    w.hold_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    w.finalize_exits(&keeper, 5).refused(67, "can't be measured");
}

/// Requests, cancellations and claims ask no miner anything.
#[test]
fn what_needs_no_price_is_open_while_a_miner_is_sick() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    let (ready, kept) = (w.ticket(&alice, fil(100)), w.ticket(&bob, fil(100)));
    w.deposit(&dave, fil(100)).ok();
    serve(&mut w);
    w.hold_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    w.skip(DAY / 2);
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ready)), fil(100));
    w.cancel_exit(&bob, kept).ok();
    w.request_exit(&bob, fil(20)).ok();
    w.claim(&bob).ok();
}

/// Measurements older than payments may rest on are renewed within the message.
#[test]
fn finalising_measures_first() {
    let (mut w, miner) = sealed();
    let (alice, dave) = (w.cast.alice.clone(), w.cast.dave.clone());
    w.slash_all();
    w.ticket(&alice, fil(100));
    w.deposit(&dave, fil(300)).ok();
    w.lose(miner, &fil(180));
    w.skip(DAY);
    // Nobody harvested: the loss is found by the message that pays.
    assert_eq!(serve(&mut w), (1, fil(90)));
    assert_eq!(w.miner_info(miner).measured_at, w.epoch());
}
