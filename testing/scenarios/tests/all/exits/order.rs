//! First come, first served; and the queue comes before whoever wants liquid FIL for something else.

use peggy_interfaces::pool::{self, TermsParams};
use peggy_localnet::KeyKind;
use peggy_math::Bps;
use peggy_scenarios::{fil, Setup, World};

use super::{gets, pledged, sealed, serve};

#[test]
fn tickets_are_served_in_the_order_of_requests() {
    let (mut w, _) = sealed();
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    let tickets = [w.ticket(&alice, fil(50)), w.ticket(&bob, fil(200)), w.ticket(&alice, fil(10))];
    w.deposit(&dave, fil(150)).ok();
    let keeper = w.cast.keeper.clone();
    // One at a time, however far liquid FIL would go.
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().finalized, 1);
    let owed = |w: &World| tickets.map(|n| w.find_ticket(n).map(|t| t.owed).unwrap_or_default());
    assert_eq!(owed(&w), [fil(50), fil(0), fil(0)]);
    // The second gets what is left, the third waits, although it would fit.
    assert_eq!(serve(&mut w), (0, fil(100)));
    assert_eq!(owed(&w), [fil(50), fil(100), fil(0)]);
    w.deposit(&dave, fil(105)).ok();
    assert_eq!(serve(&mut w), (1, fil(105)));
    assert_eq!(owed(&w), [fil(50), fil(200), fil(5)]);
    // Claims come in any order.
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, tickets[2])), fil(5));
    assert_eq!(gets(&mut w, &bob, |w| w.claim_exit(&bob, tickets[1])), fil(200));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, tickets[0])), fil(50));
}

#[test]
fn liquid_fil_the_queue_needs_is_nobody_elses() {
    let (mut w, miner) = sealed();
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    w.ticket(&alice, fil(100));
    w.deposit(&dave, fil(150)).ok();
    // 50 of 150 are free.
    w.redeem(&bob, fil(51)).refused(68, "at hand");
    w.pledge(miner, fil(51)).refused(68, "at hand");
    w.redeem(&bob, fil(20)).ok();
    w.pledge(miner, fil(30)).ok();
    w.redeem(&bob, fil(1)).refused(68, "at hand");
    w.pledge(miner, fil(1)).refused(68, "at hand");
    assert_eq!(
        w.read::<pool::PreviewRedeem>(w.wiring.pool, &pool::PreviewRedeemParams { shares: fil(1) }).available,
        fil(0)
    );
    assert_eq!(serve(&mut w), (1, fil(100)));
    assert_eq!(w.totals().liquid, fil(0));
}

#[test]
fn pledges_leave_the_reserve_and_what_exits_need() {
    let mut setup = Setup::default();
    setup.terms.reserve_bps = Bps(1_000);
    let mut w = World::with(setup);
    let miner = w.vested_custody(fil(500));
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    let liquid = w.totals().liquid;
    w.deposit(&alice, fil(1_500)).ok();
    w.ticket(&alice, fil(300));
    // 10% of 2,000 and 300 stay.
    let most = liquid + fil(1_500) - fil(500);
    w.pledge(miner, &most + fil(1)).refused(68, "at hand");
    w.pledge(miner, most).ok();
    assert_eq!(w.totals().liquid, fil(500));
    // The reserve is for redemptions.
    w.redeem(&alice, fil(200)).ok();
    w.redeem(&alice, fil(1)).refused(68, "at hand");
    assert_eq!(serve(&mut w), (1, fil(300)));
    assert!(w.totals().liquid == fil(0) && w.shares(&bob) == fil(0));
}

#[test]
fn what_exits_need_does_not_lie_idle() {
    let mut setup = Setup::default();
    setup.terms.max_idle = fil(100);
    let mut w = World::with(setup);
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(80)).ok();
    w.deposit(&bob, fil(21)).refused(62, "wait to be pledged");
    w.ticket(&alice, fil(50));
    w.deposit(&bob, fil(70)).ok();
    w.deposit(&bob, fil(1)).refused(62, "wait to be pledged");
    serve(&mut w);
    w.deposit(&bob, fil(1)).refused(62, "wait to be pledged");
}

#[test]
fn many_small_holders_leave_one_after_the_other() {
    let (mut w, _) = pledged();
    let holders: Vec<_> =
        (0..12).map(|_| w.net.create_account(KeyKind::Secp256k1, fil(100)).expect("an account")).collect();
    for (n, holder) in holders.iter().enumerate() {
        w.deposit(holder, fil(1) + peggy_scenarios::atto(n as i64)).ok();
    }
    let tickets: Vec<_> = holders.iter().map(|holder| w.ticket(holder, w.shares(holder))).collect();
    let (finished, _) = serve(&mut w);
    assert_eq!(finished, 12);
    for (holder, ticket) in holders.iter().zip(tickets).rev() {
        let got = gets(&mut w, holder, |w| w.claim_exit(holder, ticket));
        assert!(got >= fil(1) && w.shares(holder) == fil(0));
    }
    assert_eq!(w.exit_demand().exits_owed, fil(0));
}

/// Terms can be changed while people wait: what they must have been to get in is not asked again.
#[test]
fn a_higher_minimum_or_a_pause_strands_nobody() {
    let mut w = World::new();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    let ticket = w.ticket(&alice, fil(2));
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { min_ticket: fil(5), ..terms }).ok();
    w.pause(100).ok();
    w.request_exit(&alice, fil(4)).refused(78, "at least");
    assert_eq!(serve(&mut w), (1, fil(2)));
    w.claim_exit(&alice, ticket).ok();
    // All that is left may be less than the minimum.
    w.redeem(&alice, fil(4)).ok();
    let last = w.ticket(&alice, fil(4));
    assert_eq!(serve(&mut w), (1, fil(4)));
    w.claim_exit(&alice, last).ok();
}
