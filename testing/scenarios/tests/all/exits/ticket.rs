//! The life of a ticket.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, GetTicket, TicketParams};
use peggy_scenarios::{atto, fil, Setup, World};

use super::{gets, pledged, sealed, serve};

#[test]
fn new_deposits_serve_the_queue_the_last_ticket_in_part() {
    let (mut w, _) = sealed();
    let (alice, dave) = (w.cast.alice.clone(), w.cast.dave.clone());
    let ticket = w.ticket(&alice, fil(100));
    assert_eq!((w.shares(&alice), w.totals().queued, w.totals().shares), (fil(500), fil(100), fil(1_500)));
    assert_eq!(serve(&mut w), (0, fil(0)), "nothing is liquid");

    w.deposit(&dave, fil(40)).ok();
    let demand = w.exit_demand();
    assert_eq!((demand.shares, demand.demand, demand.unmet), (fil(100), fil(100), fil(60)));
    assert_eq!(serve(&mut w), (0, fil(40)), "a part of it");
    let now = w.find_ticket(ticket).unwrap();
    assert_eq!((now.shares, now.owed, now.owner), (fil(60), fil(40), w.id(&alice)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(40));

    w.deposit(&dave, fil(100)).ok();
    assert_eq!(serve(&mut w), (1, fil(60)));
    assert_eq!((w.exit_demand().first, w.exit_demand().exits_owed, w.totals().liquid), (1, fil(60), fil(40)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(60));
    assert_eq!(w.find_ticket(ticket), None);
    assert_eq!((w.shares(&alice), w.totals().nav), (fil(500), fil(1_540)));
}

#[test]
fn tickets_earn_like_any_shares_until_they_are_finalised() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    // What accrued before the request stays on the account.
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let before = w.account(&alice).rewards;
    let ticket = w.ticket(&alice, fil(300));
    assert!(before.is_positive() && w.account(&alice).rewards >= before);
    assert!(w.find_ticket(ticket).unwrap().rewards.is_zero());
    w.claim(&alice).ok();

    // From now on 300 shares in the queue and 300 on the account earn alike.
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let (earned, like) = (w.find_ticket(ticket).unwrap().rewards, w.account(&alice).rewards);
    assert!(earned > fil(10) && (&earned - &like).atto().magnitude() <= atto(1).atto().magnitude(), "{earned} {like}");

    w.deposit(&dave, fil(300)).ok();
    assert_eq!(serve(&mut w), (1, fil(300)));
    let at_the_end = w.find_ticket(ticket).unwrap().rewards;
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    assert_eq!(w.find_ticket(ticket).unwrap().rewards, at_the_end, "finalised shares earn no more");
    let got = gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket));
    assert_eq!(got, fil(300) + &at_the_end, "what its shares earned comes with the last of it");
    assert!(w.account(&bob).rewards.is_positive());
}

/// Failure 12: a loss while a ticket waits is the ticket's as much as everybody's.
#[test]
fn failure_12_a_loss_during_the_queue_is_borne_by_tickets_alike() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone(), w.cast.dave.clone());
    // The bond's 500 shares are nobody's and bear their part, so that others lose at all.
    w.slash_all();
    let ticket = w.ticket(&alice, fil(300));
    w.lose(miner, &fil(150));
    w.harvest(&keeper, miner).ok();
    // 1,350 FIL behind 1,500 shares: each is worth 0.9.
    assert_eq!(w.exit_demand().demand, fil(270));
    w.deposit(&dave, fil(1_000)).ok();
    assert_eq!(serve(&mut w), (1, fil(270)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(270));
    let stays = w.redeem(&bob, fil(100)).answer::<pool::Redeem>().amount;
    assert_eq!(stays, fil(90), "who waited and who stayed lost alike");

    // A loss after it was finalised is no more of the ticket's.
    let ticket = w.ticket(&alice, fil(100));
    assert_eq!(serve(&mut w), (1, fil(90)));
    w.lose(miner, &fil(500));
    w.harvest(&keeper, miner).ok();
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(90));
}

/// Failure 12: everybody waits, then a loss comes: the last ticket gets what is left, to the attoFIL.
#[test]
fn failure_12_the_last_ticket_gets_what_the_loss_left() {
    let (mut w, miner) = pledged();
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.slash_all();
    let (of_alice, of_bob) = (w.ticket(&alice, fil(600)), w.ticket(&bob, fil(400)));
    assert_eq!(w.totals().queued, w.totals().shares, "all there are");
    let odd = TokenAmount::from_atto(333_333_333_333_333_333_333i128);
    w.lose(miner, &odd);
    w.harvest(&keeper, miner).ok();
    w.harvest(&keeper, miner).ok();
    let (finished, paid) = serve(&mut w);
    assert_eq!(finished, 2);
    let got =
        gets(&mut w, &alice, |w| w.claim_exit(&alice, of_alice)) + gets(&mut w, &bob, |w| w.claim_exit(&bob, of_bob));
    assert_eq!(got, paid);
    // 1,000 of 1,500 parts of what is left; the other 500 are dead.
    let fair = TokenAmount::from_atto((fil(1_500) - odd).atto() * 1_000 / 1_500);
    assert!(got <= fair && fair - got <= atto(2));
    assert!(w.totals().shares.is_zero() && w.totals().queued.is_zero());
}

#[test]
fn cancelling_gives_shares_back_and_what_they_earned_to_all() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    let ticket = w.ticket(&alice, fil(300));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let earned = w.find_ticket(ticket).unwrap().rewards;
    assert!(earned > fil(10));
    w.claim(&bob).ok();
    let done = w.cancel_exit(&alice, ticket).answer::<pool::CancelExit>();
    assert_eq!((done.shares, &done.forgone), (fil(300), &earned));
    assert_eq!((w.shares(&alice), w.totals().queued, w.find_ticket(ticket)), (fil(600), fil(0), None));
    assert!(w.seen.pool.stream().amount >= earned, "it is released to all again");
    // Bob gets his 400 of 1,500 parts of it.
    w.skip(30 * DAY);
    let again = w.claim(&bob).answer::<pool::ClaimRewards>().paid;
    assert!(again >= (earned * 400u32).div_floor(1_500u32) - atto(1), "{again}");
}

#[test]
fn a_cancelled_rest_leaves_the_finalised_part_to_claim() {
    let (mut w, _) = sealed();
    let (alice, dave) = (w.cast.alice.clone(), w.cast.dave.clone());
    let ticket = w.ticket(&alice, fil(100));
    w.deposit(&dave, fil(30)).ok();
    serve(&mut w);
    assert_eq!(w.cancel_exit(&alice, ticket).answer::<pool::CancelExit>().shares, fil(70));
    assert_eq!(w.shares(&alice), fil(570));
    w.cancel_exit(&alice, ticket).refused(16, "finalised");
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(30));
    w.claim_exit(&alice, ticket).refused(17, "no ticket");
    // The queue goes over it.
    let next = w.ticket(&alice, fil(10));
    w.deposit(&dave, fil(10)).ok();
    assert_eq!(serve(&mut w), (1, fil(10)));
    w.claim_exit(&alice, next).ok();
}

#[test]
fn the_cooldown_is_waited_for_and_holds_back_those_behind() {
    let mut setup = Setup::default();
    setup.terms.exit_cooldown = 100;
    let mut w = World::with(setup);
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(10)).ok();
    w.deposit(&bob, fil(10)).ok();
    let first = w.ticket(&alice, fil(5));
    let requested = w.epoch();
    w.skip(60);
    w.ticket(&bob, fil(5));
    let seen = w.read::<GetTicket>(w.wiring.pool, &TicketParams { ticket: first });
    assert_eq!((seen.requested_at, seen.ready_at), (requested, requested + 100));
    assert_eq!(serve(&mut w), (0, fil(0)));
    w.skip(requested + 99 - w.epoch());
    w.finalize_exits(&keeper, 10).ok();
    assert_eq!(w.epoch(), requested + 100, "a message takes an epoch");
    assert_eq!(w.exit_demand().exits_owed, fil(5), "alice's cooldown is over, bob's is not");
    w.skip(60);
    assert_eq!(serve(&mut w), (1, fil(5)));
    // The terms of the moment count: a shorter cooldown frees who waits already.
    w.ticket(&alice, fil(5));
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&pool::TermsParams { exit_cooldown: 0, ..terms }).ok();
    assert_eq!(serve(&mut w), (1, fil(5)));
}

#[test]
fn an_ethereum_style_wallet_leaves_by_the_queue() {
    let mut w = World::new();
    let (carol, alice) = (w.cast.carol.clone(), w.cast.alice.clone());
    w.deposit(&carol, fil(10)).ok();
    let ticket = w.ticket(&carol, fil(4));
    w.claim_exit(&carol, ticket).ok();
    assert_eq!(serve(&mut w), (1, fil(4)));
    assert_eq!(gets(&mut w, &carol, |w| w.claim_exit(&carol, ticket)), fil(4));
    w.claim_exit(&carol, ticket).refused(17, "no ticket");
    w.claim_exit(&alice, ticket).refused(17, "no ticket");
    assert_eq!(w.shares(&carol), fil(6));
}

#[test]
fn a_claim_is_paid_to_whom_the_owner_names() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(10)).ok();
    let ticket = w.ticket(&alice, fil(4));
    serve(&mut w);
    let before = w.balance(w.id(&bob));
    w.claim_exit_to(&alice, ticket, bob.address()).ok();
    assert_eq!(w.balance(w.id(&bob)) - before, fil(4));
}

#[test]
fn tickets_are_listed_page_by_page() {
    let mut w = World::new();
    let (alice, bob, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(30)).ok();
    w.deposit(&bob, fil(30)).ok();
    for n in 0..10 {
        let who = if n % 3 == 0 { &bob } else { &alice };
        w.request_exit(who, fil(2)).ok();
    }
    w.cancel_exit(&alice, 4).ok();
    let page = |owner: Option<&peggy_localnet::Key>, from, limit| {
        let request = pool::ListTicketsParams { owner: owner.map(peggy_localnet::Key::address), from, limit };
        let page = w.read::<pool::ListTickets>(w.wiring.pool, &request);
        (page.tickets.iter().map(|t| t.ticket).collect::<Vec<_>>(), page.next)
    };
    assert_eq!(page(None, 0, 1_000), (vec![0, 1, 2, 3, 5, 6, 7, 8, 9], None));
    assert_eq!(page(None, 3, 3), (vec![3, 5], Some(6)), "numbers that are looked at count, gone or not");
    assert_eq!(page(Some(&bob), 0, 1_000), (vec![0, 3, 6, 9], None));
    assert_eq!(page(Some(&bob), 1, 5), (vec![3], Some(6)));
    assert_eq!(page(Some(&stranger), 0, 1_000), (vec![], None));
    assert_eq!(page(None, u64::MAX, 1_000), (vec![], None));
    let mut all = Vec::new();
    let mut from = Some(0);
    while let Some(at) = from {
        let (some, next) = page(None, at, 2);
        all.extend(some);
        from = next;
    }
    assert_eq!(all, vec![0, 1, 2, 3, 5, 6, 7, 8, 9]);
    assert!(TokenAmount::zero() < w.exit_demand().demand);
}
