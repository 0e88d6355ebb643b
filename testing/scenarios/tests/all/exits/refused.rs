//! Bad tickets: none, dust, too much, somebody else's, twice.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{self, GetTicket, TicketParams};
use peggy_scenarios::{atto, fil, micro_fil, Setup, World};

use super::{gets, sealed, serve};

/// Failure 11: nothing and dust get no place in the queue.
#[test]
fn failure_11_zero_and_dust_tickets_are_refused() {
    let mut w = World::new();
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.request_exit(&alice, fil(0)).refused(78, "at least");
    w.request_exit(&alice, atto(1)).refused(78, "at least");
    w.request_exit(&alice, fil(1) - atto(1)).refused(78, "at least");
    w.request_exit(&alice, -fil(1)).refused(16, "negative");
    w.request_exit(&alice, fil(10) + atto(1)).refused(19, "fewer than");
    w.request_exit(&stranger, fil(1)).refused(19, "fewer than");
    w.request_exit(&stranger, fil(0)).refused(78, "at least");
    w.request_exit(&alice, fil(1)).ok();
}

/// Failure 11: who holds less than the minimum can leave with all of it, and holds nobody up, not even worth less than an attoFIL.
#[test]
fn failure_11_a_dust_ticket_of_all_somebody_has_holds_nobody_up() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    w.transfer(&alice, dave.address(), atto(1)).ok();
    let dust = w.ticket(&dave, atto(1));
    let behind = w.ticket(&bob, fil(100));
    // At 0.9 the first ticket is worth nothing at all.
    w.slash_all();
    w.lose(miner, &fil(150));
    w.harvest(&keeper, miner).ok();
    let (finished, _) = serve(&mut w);
    assert_eq!((finished, w.totals().liquid), (1, fil(0)), "nothing is what it costs");
    w.donate(&keeper, miner, fil(150)).ok();
    w.deposit(&keeper, fil(200)).ok();
    assert_eq!(serve(&mut w).0, 1);
    assert!(gets(&mut w, &bob, |w| w.claim_exit(&bob, behind)) >= fil(90));
    // It is finalised or gone; nothing is left that could be claimed twice.
    let left = w.find_ticket(dust);
    assert!(left.is_none_or(|t| t.shares.is_zero() && t.owed.is_zero()));
}

/// A ticket of the very last share of a pool.
#[test]
fn a_ticket_of_the_last_share_leaves_an_empty_pool() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, micro_fil(1)).ok();
    w.redeem(&alice, micro_fil(1) - atto(1)).ok();
    assert_eq!(w.totals().shares, atto(1));
    let ticket = w.ticket(&alice, atto(1));
    assert_eq!(serve(&mut w), (1, atto(1)));
    assert_eq!((w.totals().shares, w.totals().liquid), (fil(0), fil(0)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), atto(1));
    assert_eq!(w.deposit(&bob, fil(3)).answer::<pool::Deposit>().shares, fil(3));
}

#[test]
fn a_ticket_is_paid_once() {
    let mut w = World::new();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    let ticket = w.ticket(&alice, fil(4));
    assert_eq!(
        gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)),
        fil(0),
        "it waits, and pays what there is: nothing"
    );
    serve(&mut w);
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(4));
    w.claim_exit(&alice, ticket).refused(17, "no ticket");
    w.cancel_exit(&alice, ticket).refused(17, "no ticket");
    assert_eq!(w.totals().exits_owed, fil(0));
}

#[test]
fn a_ticket_is_its_owners_alone() {
    let mut w = World::new();
    let (alice, bob, deployer) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.deployer.clone());
    let operator = w.cast.operator.clone();
    w.deposit(&alice, fil(10)).ok();
    let (waits, ready) = (w.ticket(&alice, fil(4)), 0);
    assert_eq!(waits, ready);
    for thief in [&bob, &deployer, &operator] {
        w.cancel_exit(thief, waits).refused(18, "its owner");
        w.claim_exit(thief, waits).refused(18, "its owner");
    }
    serve(&mut w);
    for thief in [&bob, &deployer, &operator] {
        w.cancel_exit(thief, waits).refused(18, "its owner");
        w.claim_exit(thief, waits).refused(18, "its owner");
    }
    let [proxy, .., governance] = w.wiring.all();
    for id in [proxy, governance] {
        let request = pool::ClaimExitParams { ticket: waits, to: Address::new_id(id) };
        w.act_as::<pool::ClaimExit>(id, w.wiring.pool, &request, TokenAmount::zero()).refused(18, "its owner");
    }
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, waits)), fil(4));
}

#[test]
fn tickets_that_are_not_there_are_refused() {
    let mut w = World::new();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    for number in [0, 1, 7, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
        w.claim_exit(&alice, number).refused(17, "no ticket");
        w.cancel_exit(&alice, number).refused(17, "no ticket");
        w.try_read::<GetTicket>(w.wiring.pool, &TicketParams { ticket: number }).refused(17, "no ticket");
    }
}

#[test]
fn claims_go_to_somebody_who_can_be_paid() {
    let mut w = World::new();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    let ticket = w.ticket(&alice, fil(4));
    serve(&mut w);
    w.claim_exit_to(&alice, ticket, Address::new_id(w.wiring.pool)).refused(76, "another recipient");
    w.claim_exit_to(&alice, ticket, Address::new_id(987_654_321)).refused(17, "");
    let nobody = w.net.new_key(peggy_localnet::KeyKind::Secp256k1).unwrap().address();
    w.claim_exit_to(&alice, ticket, nobody).refused(17, "");
    w.claim_exit(&alice, ticket).ok();
}

#[test]
fn finalising_an_empty_pool_or_an_empty_queue_does_nothing() {
    let mut w = World::new();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let done = |w: &mut World, max| {
        let done = w.finalize_exits(&keeper, max).answer::<pool::FinalizeExits>();
        (done.finalized, done.shares, done.amount)
    };
    let nothing = (0, fil(0), fil(0));
    for max in [0, 1, u32::MAX] {
        assert_eq!(done(&mut w, max), nothing);
    }
    w.deposit(&alice, fil(10)).ok();
    assert_eq!(done(&mut w, 10), nothing);
    w.request_exit(&alice, fil(5)).ok();
    assert_eq!(done(&mut w, 0), nothing, "asked to look at none");
    assert_eq!(done(&mut w, 1), (1, fil(5), fil(5)));
    assert_eq!(done(&mut w, u32::MAX), nothing);
    // Cancelled ones count among those looked at.
    let tickets: Vec<_> = (0..3).map(|_| w.ticket(&alice, fil(1))).collect();
    w.cancel_exit(&alice, tickets[0]).ok();
    w.cancel_exit(&alice, tickets[1]).ok();
    assert_eq!(done(&mut w, 1), nothing);
    assert_eq!(done(&mut w, 2), (1, fil(1), fil(1)));
}

/// When what backs shares is lost there is no price to leave at, and no ticket is wasted on it.
#[test]
fn nothing_is_finalised_at_a_price_of_nothing() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.slash_all();
    w.deposit(&alice, fil(100)).ok();
    w.pledge(miner, fil(100)).ok();
    let ticket = w.ticket(&alice, fil(100));
    w.fine(miner, &fil(5_000));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.totals().nav, w.exit_demand().demand), (fil(0), fil(0)));
    w.finalize_exits(&keeper, 1).refused(63, "no price");
    w.claim_exit(&alice, ticket).ok();
    // It can be taken back, and waits on if it is not.
    let twin = w.fork();
    w.cancel_exit(&alice, ticket).ok();
    assert_eq!(w.shares(&alice), fil(100));
    let mut w = twin;
    w.donate(&keeper, miner, fil(10_000)).ok();
    w.harvest(&keeper, miner).ok();
    serve(&mut w);
    assert!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)) >= fil(100));
}

#[test]
fn a_minimum_for_tickets_is_bounded() {
    let mut w = World::with(Setup::default());
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&pool::TermsParams { min_ticket: fil(1_001), ..terms.clone() }).refused(70, "must be");
    w.set_terms(&pool::TermsParams { min_ticket: -fil(1), ..terms.clone() }).refused(70, "must be");
    w.set_terms(&pool::TermsParams { exit_cooldown: 20_161, ..terms.clone() }).refused(70, "must be");
    w.set_terms(&pool::TermsParams { min_ticket: fil(0), ..terms }).ok();
    // Without a minimum a ticket is still for something.
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(1)).ok();
    w.request_exit(&alice, fil(0)).refused(78, "at least");
    w.request_exit(&alice, atto(1)).ok();
}
