//! The exit queue: order, price, partial service, waiting, cancelling, claiming.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::pool::*;
use peggy_pool::queue::MAX_WAIT;
use proptest::prelude::*;

/// Alice and Bob have 100 FIL each, of which 150 are pledged.
fn pledged() -> Pool {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.deposit(BOB, fil(100));
    pool.pledge(fil(150));
    pool
}

/// Principal comes home.
fn bring_home(pool: &Pool, amount: i64) {
    pool.settle(fil(amount), fil(amount), pool.books()).unwrap();
}

#[test]
fn exits_are_served_in_order_and_the_last_one_in_part() {
    let pool = pledged();
    assert_eq!((pool.request(ALICE, fil(60)), pool.request(BOB, fil(30))), (0, 1));
    let demand = pool.demand();
    assert_eq!((demand.demand, demand.unmet), (fil(90), fil(40)));
    let done = pool.finalize(10);
    assert_eq!((done.finalized, done.shares, done.amount), (0, fil(50), fil(50)), "50 are liquid");
    assert_eq!((pool.ticket(0).owed, pool.ticket(0).shares), (fil(50), fil(10)));
    assert_eq!(pool.claim_exit(ALICE, 0), fil(50), "a part can be claimed");
    bring_home(&pool, 25);
    let done = pool.finalize(10);
    assert_eq!((done.finalized, done.amount), (1, fil(25)));
    assert_eq!((pool.ticket(0).owed, pool.ticket(1).owed), (fil(10), fil(15)));
    bring_home(&pool, 25);
    pool.finalize(10);
    assert_eq!((pool.claim_exit(ALICE, 0), pool.claim_exit(BOB, 1)), (fil(10), fil(30)));
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.queued, totals.liquid, totals.exits_owed), (fil(110), fil(0), fil(10), fil(0)));
    let demand = pool.demand();
    assert_eq!((demand.first, demand.next), (2, 2));
}

#[test]
fn the_queue_comes_before_pledges_redemptions_and_idle_limits() {
    let pool = Pool::with_terms(TermsParams { max_idle: fil(60), ..easy_terms() });
    pool.deposit(ALICE, fil(60));
    pool.request(ALICE, fil(50));
    let draw = |amount| pool.refusal::<DrawPledge>(WIRING.owner_proxy, fil(0), &DrawPledgeParams { amount });
    assert_eq!(draw(fil(11)).0, 68);
    pool.deposit(BOB, fil(20));
    pool.pledge(fil(30));
    let redeem = |shares| pool.refusal::<Redeem>(BOB, fil(0), &RedeemParams { shares, min_amount: fil(0) });
    assert_eq!(redeem(atto(1)).0, 68, "all that is liquid is the queue's");
    assert_eq!(pool.call::<PreviewRedeem>(BOB, &PreviewRedeemParams { shares: fil(1) }).unwrap().available, fil(0));
    // What waits for the queue does not lie idle.
    let (code, message) = pool.refusal::<Deposit>(CAROL, fil(61), &deposit_params());
    assert_eq!(code, 62, "{message}");
    pool.deposit(CAROL, fil(60));
    pool.redeem(BOB, fil(20));
}

#[test]
fn failure_12_tickets_bear_losses_and_earn_until_finalised() {
    let pool = pledged();
    pool.deposit(CAROL, fil(100));
    pool.pledge(fil(100));
    let ticket = pool.request(ALICE, fil(100));
    pool.reward(fil(30));
    pool.pass(20_160);
    // A third of 300 shares' 27 FIL; then a loss of 60 of 300.
    pool.impair(fil(60), fil(60));
    assert_eq!(pool.demand().demand, fil(80));
    bring_home(&pool, 190);
    pool.finalize(1);
    let rewards = pool.ticket(ticket).rewards;
    assert!(rewards <= fil(9) && rewards > fil(9) - atto(10), "{rewards}");
    // Once finalised it neither earns nor loses.
    pool.impair(fil(0), fil(0));
    pool.reward(fil(10));
    pool.pass(20_160);
    assert_eq!(pool.claim_exit(ALICE, ticket), fil(80) + rewards);
    assert!(pool.account(ALICE).shares.is_zero());
}

#[test]
fn failure_12_the_last_ticket_takes_all_that_is_left() {
    let pool = pledged();
    pool.impair(fil(50), fil(50));
    pool.request(ALICE, fil(100));
    pool.request(BOB, fil(100));
    bring_home(&pool, 100);
    assert_eq!(pool.finalize(2).finalized, 2);
    assert_eq!((pool.claim_exit(ALICE, 0), pool.claim_exit(BOB, 1)), (fil(75), fil(75)));
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.liquid, pool.balance(WIRING.pool)), (fil(0), fil(0), fil(0)));
    assert_eq!(totals.nav, fil(0));
}

#[test]
fn failure_11_zero_and_dust_tickets() {
    let pool = Pool::with_terms(TermsParams { min_ticket: fil(5), ..easy_terms() });
    pool.deposit(ALICE, fil(20));
    pool.deposit(BOB, fil(3));
    let request = |who, shares| pool.refused::<RequestExit>(who, &RequestExitParams { shares });
    assert_eq!(request(ALICE, fil(0)), 78);
    assert_eq!(request(STRANGER, fil(0)), 78, "all of nothing");
    assert_eq!(request(ALICE, fil(5) - atto(1)), 78);
    assert_eq!(request(ALICE, -fil(5)), 16);
    assert_eq!(request(ALICE, fil(21)), 19);
    // All one has is never too little: who has less than the minimum could not leave otherwise.
    pool.request(BOB, fil(3));
    pool.request(ALICE, fil(5));
    assert_eq!(pool.finalize(2).finalized, 2);
}

#[test]
fn failure_11_a_ticket_worth_nothing_is_passed_over_by_paying_nothing() {
    let pool = pledged();
    // Shares are worth a tenth, so one attoshare rounds to nothing.
    pool.transfer(BOB, CAROL, atto(1)).unwrap();
    pool.request(CAROL, atto(1));
    pool.request(ALICE, fil(10));
    pool.impair(fil(150), fil(150));
    let done = pool.finalize(2);
    assert_eq!(done.finalized, 2);
    assert!(done.amount < fil(3) && done.amount > fil(2), "{}", done.amount);
    assert_eq!(pool.refused::<ClaimExit>(CAROL, &ClaimExitParams { ticket: 0, to: id(CAROL) }), 17);
}

#[test]
fn cancelling_gives_the_shares_back_and_the_rewards_to_all() {
    let pool = pledged();
    let ticket = pool.request(ALICE, fil(100));
    pool.reward(fil(40));
    pool.pass(20_160);
    let rewards = pool.ticket(ticket).rewards;
    assert!(rewards > fil(17));
    let stream = pool.totals().stream;
    let back = pool.call::<CancelExit>(ALICE, &TicketParams { ticket }).unwrap();
    assert_eq!((back.shares, &back.forgone), (fil(100), &rewards));
    assert_eq!(pool.totals().stream, stream + rewards);
    let account = pool.account(ALICE);
    assert_eq!((account.shares, account.rewards), (fil(100), fil(0)));
    assert!(pool.totals().queued.is_zero());
    for who in [ALICE, BOB] {
        assert_eq!(pool.refused::<CancelExit>(who, &TicketParams { ticket }), 17);
    }
    assert_eq!(pool.finalize(5).finalized, 0, "a cancelled ticket is passed over");
    assert_eq!(pool.demand().first, 1);
}

#[test]
fn cancelling_a_part_leaves_what_is_finalised() {
    let pool = pledged();
    let ticket = pool.request(ALICE, fil(100));
    pool.finalize(1);
    assert_eq!(pool.call::<CancelExit>(ALICE, &TicketParams { ticket }).unwrap().shares, fil(50));
    let again = pool.refusal::<CancelExit>(ALICE, fil(0), &TicketParams { ticket });
    assert_eq!(again.0, 16, "{}", again.1);
    assert_eq!(pool.claim_exit(ALICE, ticket), fil(50));
    assert_eq!(pool.account(ALICE).shares, fil(50));
}

#[test]
fn tickets_are_their_owners_and_are_paid_once() {
    let pool = pledged();
    let ticket = pool.request(ALICE, fil(10));
    let claim = |who, to| pool.refused::<ClaimExit>(who, &ClaimExitParams { ticket, to: id(to) });
    pool.finalize(1);
    assert_eq!(claim(BOB, BOB), 18);
    assert_eq!(pool.refused::<CancelExit>(BOB, &TicketParams { ticket }), 18);
    assert_eq!(claim(ALICE, WIRING.pool), 76);
    assert_eq!(claim(ALICE, 77_777), 17);
    assert_eq!(pool.refused::<ClaimExit>(ALICE, &ClaimExitParams { ticket: u64::MAX, to: id(ALICE) }), 17);
    // To whom the owner names, by a bare send.
    pool.host.expect_pay(CAROL, fil(10));
    pool.call::<ClaimExit>(ALICE, &ClaimExitParams { ticket, to: id(CAROL) }).unwrap();
    assert_eq!(claim(ALICE, ALICE), 17);
}

#[test]
fn a_waiting_ticket_pays_nothing_and_stays() {
    let pool = pledged();
    pool.request(BOB, fil(60));
    let ticket = pool.request(ALICE, fil(10));
    assert!(pool.claim_exit(ALICE, ticket).is_zero());
    assert_eq!(pool.ticket(ticket).shares, fil(10));
}

#[test]
fn a_cooldown_stops_the_queue_until_it_is_over() {
    let pool = Pool::with_terms(TermsParams { exit_cooldown: 100, ..easy_terms() });
    pool.deposit(ALICE, fil(10));
    let ticket = pool.request(ALICE, fil(10));
    assert_eq!(pool.ticket(ticket).ready_at, START + 100);
    pool.pass(99);
    assert_eq!(pool.finalize(1).finalized, 0);
    pool.pass(1);
    assert_eq!(pool.finalize(1).finalized, 1);
}

#[test]
fn finalising_nothing_is_no_error() {
    let pool = Pool::new();
    assert_eq!(pool.finalize(10).finalized, 0);
    pool.deposit(ALICE, fil(10));
    pool.pledge(fil(10));
    pool.request(ALICE, fil(10));
    assert_eq!(pool.finalize(0).finalized, 0);
    assert_eq!(pool.finalize(10).amount, fil(0), "nothing is liquid");
}

#[test]
fn exits_are_paid_at_a_price_of_this_epoch() {
    let pool = pledged();
    pool.request(ALICE, fil(10));
    pool.pass(1);
    let params = FinalizeExitsParams { max_tickets: 1 };
    pool.host.expect(sync(ExitCode::OK));
    assert_eq!(pool.refused::<FinalizeExits>(BOB, &params), 66, "the proxy could not measure all");
    // A termination in between: the proxy measures within the message, and the exit is paid at what it found.
    let pool = std::rc::Rc::new(pool);
    let callee = pool.clone();
    pool.host.expect_reentry(sync(ExitCode::OK), move |_| {
        callee.impair(fil(100), fil(100));
    });
    assert_eq!(pool.finalize(1).amount, fil(5));
}

#[test]
fn failure_22_a_miner_that_cannot_be_measured_makes_exits_wait_a_day_at_most() {
    let pool = pledged();
    pool.request(ALICE, fil(10));
    let finalize = || {
        let params = FinalizeExitsParams { max_tickets: 1 };
        let done = pool.call::<FinalizeExits>(BOB, &params);
        done.map(|done| done.finalized).map_err(|e| e.code().value())
    };
    pool.unsettle(1);
    assert_eq!(finalize(), Err(67));
    pool.pass(MAX_WAIT - 100);
    // Settled for a moment, in which nobody is served, does not start the clock again.
    pool.unsettle(0);
    pool.pass(1_000);
    pool.unsettle(1);
    pool.pass(99);
    assert_eq!(finalize(), Err(67));
    pool.pass(1);
    // The books are as fresh as they can be: unsettled miners are not among the measured ones.
    let books = MinerTotals { oldest_measurement: None, unsettled: 1, ..pool.books() };
    pool.settle(fil(0), fil(0), books).unwrap();
    assert_eq!(finalize(), Ok(1));
    // Served with everything measured: the next ticket may have to wait again.
    pool.unsettle(0);
    pool.request(ALICE, fil(10));
    assert_eq!(finalize(), Ok(1));
    pool.unsettle(1);
    pool.request(ALICE, fil(10));
    assert_eq!(finalize(), Err(67));
    // Leaving and claiming need no price.
    pool.claim_exit(ALICE, 0);
    pool.call::<CancelExit>(ALICE, &TicketParams { ticket: 2 }).unwrap();
}

#[test]
fn serving_one_of_many_does_not_start_the_clock_of_waiting_again() {
    let pool = pledged();
    for who in [ALICE, BOB] {
        pool.request(who, fil(10));
    }
    pool.unsettle(1);
    pool.pass(MAX_WAIT);
    pool.unsettle(0);
    assert_eq!(pool.finalize(1).finalized, 1);
    pool.unsettle(1);
    let books = MinerTotals { oldest_measurement: None, unsettled: 1, ..pool.books() };
    pool.settle(fil(0), fil(0), books).unwrap();
    assert_eq!(pool.finalize(1).finalized, 1);
}

#[test]
fn shares_without_a_price_wait() {
    let pool = pledged();
    pool.request(BOB, fil(50));
    pool.finalize(1);
    pool.request(ALICE, fil(10));
    pool.impair(fil(150), fil(150));
    let params = FinalizeExitsParams { max_tickets: 1 };
    assert_eq!(pool.refused::<FinalizeExits>(BOB, &params), 63, "they would go for nothing");
    // It heals, and they are paid.
    pool.impair(fil(75), fil(75));
    bring_home(&pool, 10);
    assert_eq!(pool.finalize(1).amount, fil(5));
}

#[test]
fn tickets_are_listed_in_pages() {
    let pool = pledged();
    for n in 1..=5 {
        pool.request(if n % 2 == 0 { BOB } else { ALICE }, fil(n));
    }
    pool.call::<CancelExit>(ALICE, &TicketParams { ticket: 2 }).unwrap();
    let list = |owner: Option<u64>, from, limit| {
        let page = pool.call::<ListTickets>(CAROL, &ListTicketsParams { owner: owner.map(id), from, limit }).unwrap();
        (page.tickets.iter().map(|t| t.ticket).collect::<Vec<_>>(), page.next)
    };
    assert_eq!(list(None, 0, 3), (vec![0, 1], Some(3)));
    assert_eq!(list(None, 3, 1_000), (vec![3, 4], None));
    assert_eq!(list(Some(BOB), 0, 1_000), (vec![1, 3], None));
    assert_eq!(list(Some(CAROL), 0, 2), (vec![], Some(2)));
    assert_eq!(list(None, u64::MAX, 1_000), (vec![], None));
    for limit in [0, 1_001] {
        let params = ListTicketsParams { owner: None, from: 0, limit };
        assert_eq!(pool.refused::<ListTickets>(CAROL, &params), 16);
    }
}

#[test]
fn queued_shares_do_not_vote() {
    let pool = pledged();
    pool.request(ALICE, fil(40));
    pool.pass(1);
    let snapshot = pool.call::<VoteSnapshot>(CAROL, &()).unwrap();
    assert_eq!(snapshot.supply, fil(160));
    let votes = |who| {
        let params = VotesAtParams { snapshot: snapshot.snapshot, account: id(who) };
        pool.call::<VotesAt>(CAROL, &params).unwrap().votes
    };
    assert_eq!((votes(ALICE), votes(BOB)), (fil(60), fil(100)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However shares are split into tickets, and however liquid FIL comes, a ticket brings no more than its shares are worth, and all
    /// together what everybody's are worth, but for an attoFIL a step.
    #[test]
    fn splitting_tickets_never_gains(parts in prop::collection::vec(1u64..40, 1..6), steps in prop::collection::vec(1u64..60, 1..8)) {
        let whole = pledged();
        whole.impair(fil(37), fil(11));
        let split = pledged();
        split.impair(fil(37), fil(11));
        let shares: u64 = parts.iter().sum::<u64>().min(100);
        let mut left = shares;
        for part in parts {
            let part = part.min(left);
            if part > 0 {
                split.request(ALICE, fil(part as i64));
                left -= part;
            }
        }
        whole.request(ALICE, fil(shares as i64));
        for step in steps {
            for pool in [&whole, &split] {
                let step = fil(step as i64).min(pool.totals().miners.principal - pool.totals().miners.impaired);
                pool.settle(step.clone(), step, pool.books()).unwrap();
                pool.finalize(10);
            }
        }
        let paid = |pool: &Pool| {
            let page = pool.call::<ListTickets>(BOB, &ListTicketsParams { owner: None, from: 0, limit: 10 }).unwrap();
            page.tickets.iter().map(|t| t.owed.clone()).sum::<fvm_shared::econ::TokenAmount>()
        };
        let (whole, split) = (paid(&whole), paid(&split));
        prop_assert!(split <= &whole + atto(10) && whole <= &split + atto(20), "{whole} whole, {split} split");
    }
}
