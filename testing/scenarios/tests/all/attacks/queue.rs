//! Using the queue against others.

use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, World};

use super::{unbonded, Purse};

/// Mallory asks to leave, keeps liquid FIL reserved and those behind her waiting, and takes it back before her turn, again and again.
/// She loses her place each time, and all that her shares earn while they wait goes to the others.
#[test]
fn cancelling_exits_to_keep_others_waiting() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (mallory, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&mallory, fil(1_000)).ok();
    w.deposit(&bob, fil(500)).ok();
    let all = w.totals().liquid;
    w.pledge(miner, all).ok();
    let idle = w.seen.miners[&miner].money.unlocked();
    w.commit_sectors(miner, &idle);

    let hers = w.ticket(&mallory, fil(1_000));
    let his = w.ticket(&bob, fil(100));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    w.deposit(&keeper, fil(100)).ok();
    // Her turn: she cancels, and asks again at the end of the queue.
    let earned = w.find_ticket(hers).unwrap().rewards;
    assert!(earned > fil(40), "{earned}");
    let done = w.cancel_exit(&mallory, hers).answer::<pool::CancelExit>();
    assert!(done.forgone >= earned, "{} of {earned}", done.forgone);
    let again = w.ticket(&mallory, fil(1_000));
    assert!(again > his);
    // Bob is first now, and is served.
    let mut purse = Purse::of(&w, &bob);
    assert_eq!(w.finalize_exits(&keeper, 10).answer::<pool::FinalizeExits>().finalized, 1);
    purse.pays(w.claim_exit(&bob, his));
    assert!(purse.gained(&w) >= fil(100));
    // Had she not cancelled, she would have her 40; now she has what 1,000 of all shares get of them again.
    w.skip(8 * DAY);
    w.cancel_exit(&mallory, again).ok();
    let left = w.claim(&mallory).answer::<pool::ClaimRewards>().paid;
    assert!(left < earned.div_floor(20), "{left} of {earned}");
}

/// A ticket can't be refused its turn: whoever waits first is finalised by anybody's message, as far as FIL goes.
#[test]
fn blocking_the_head_of_the_queue() {
    let mut w = World::new();
    let (mallory, bob, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&mallory, fil(1_000)).ok();
    w.deposit(&bob, fil(100)).ok();
    let hers = w.ticket(&mallory, fil(1_000));
    let his = w.ticket(&bob, fil(100));
    assert_eq!(w.finalize_exits(&stranger, 10).answer::<pool::FinalizeExits>().finalized, 2);
    w.cancel_exit(&mallory, hers).refused(16, "finalised");
    // She need not claim for bob to claim.
    w.claim_exit(&bob, his).ok();
    assert_eq!(w.exit_demand().exits_owed, fil(1_000));
}

/// Forty cancelled tickets before bob's: they are gone over in as many steps as anybody pays for, and never again.
#[test]
fn littering_the_queue_with_cancelled_tickets() {
    let mut w = World::new();
    let (mallory, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&mallory, fil(10)).ok();
    w.deposit(&bob, fil(10)).ok();
    for _ in 0..40 {
        let ticket = w.ticket(&mallory, fil(1));
        w.cancel_exit(&mallory, ticket).ok();
    }
    w.ticket(&bob, fil(10));
    assert_eq!(w.finalize_exits(&keeper, 30).answer::<pool::FinalizeExits>().finalized, 0);
    assert_eq!(w.exit_demand().first, 30);
    assert_eq!(w.finalize_exits(&keeper, 11).answer::<pool::FinalizeExits>().finalized, 1);
    assert_eq!(w.exit_demand().first, 41);
}

/// Asking to leave before a loss is known saves nobody from it; cancelling afterwards does not either.
#[test]
fn waiting_out_a_loss_in_the_queue() {
    let (mut w, miner) = unbonded();
    let (alice, mallory, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    let mut purse = Purse::of(&w, &mallory);
    purse.pays(w.deposit(&mallory, fil(400)));
    w.pledge(miner, fil(900)).ok();
    let ticket = w.exit_demand().next;
    purse.pays(w.request_exit(&mallory, fil(400)));
    w.lose(miner, &fil(480));
    w.harvest(&keeper, miner).ok();
    // 1,920 behind 2,400: 0.8.
    purse.pays(w.cancel_exit(&mallory, ticket));
    purse.pays(w.redeem(&mallory, fil(400)));
    assert_eq!(fil(0) - purse.gained(&w), fil(80));
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(80));
}
