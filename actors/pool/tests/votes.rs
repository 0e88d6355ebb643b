//! Vote snapshots (failure 13).
#![allow(clippy::unwrap_used)]

mod harness;

use cid::Cid;
use harness::*;
use peggy_interfaces::pool::*;

fn votes(pool: &Pool, snapshot: Cid, who: u64) -> fvm_shared::econ::TokenAmount {
    pool.call::<VotesAt>(STRANGER, &VotesAtParams { snapshot, account: id(who) }).unwrap().votes
}

#[test]
fn failure_13_only_what_was_held_at_the_end_of_the_previous_epoch_counts() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.pass(1);
    // All within one epoch: bought, borrowed, moved on.
    pool.deposit(BOB, fil(90));
    pool.transfer(BOB, CAROL, fil(90)).unwrap();
    let now = pool.call::<VoteSnapshot>(STRANGER, &()).unwrap();
    assert_eq!((now.epoch, &now.supply), (START, &fil(10)));
    assert_eq!(votes(&pool, now.snapshot, ALICE), fil(10));
    assert!(votes(&pool, now.snapshot, BOB).is_zero() && votes(&pool, now.snapshot, CAROL).is_zero());
    // In the next epoch it counts, and what happens then does not change it.
    pool.pass(1);
    let next = pool.call::<VoteSnapshot>(STRANGER, &()).unwrap();
    pool.transfer(CAROL, BOB, fil(90)).unwrap();
    assert_eq!(pool.call::<VoteSnapshot>(STRANGER, &()).unwrap(), next, "the same before and after the first write");
    assert_eq!((next.epoch, next.supply), (START + 1, fil(100)));
    assert_eq!(votes(&pool, next.snapshot, CAROL), fil(90));
    assert!(votes(&pool, next.snapshot, BOB).is_zero());
    // Old snapshots answer for as long as anybody keeps them.
    pool.pass(100_000);
    pool.transfer(ALICE, BOB, fil(10)).unwrap();
    assert_eq!(votes(&pool, now.snapshot, ALICE), fil(10));
}

#[test]
fn bond_and_liquidity_have_no_votes() {
    let pool = Pool::new();
    pool.credit(OPERATOR, MINER, fil(50)).unwrap();
    pool.deposit(ALICE, fil(10));
    pool.transfer(ALICE, WIRING.liquidity, fil(4)).unwrap();
    pool.pass(1);
    let snapshot = pool.call::<VoteSnapshot>(STRANGER, &()).unwrap();
    assert_eq!(snapshot.supply, fil(6));
    assert_eq!(votes(&pool, snapshot.snapshot, ALICE), fil(6));
    // What liquidity gets within the epoch does not count against it yet.
    pool.transfer(ALICE, WIRING.liquidity, fil(1)).unwrap();
    assert_eq!(pool.call::<VoteSnapshot>(STRANGER, &()).unwrap(), snapshot);
    for who in [WIRING.liquidity, WIRING.pool, OPERATOR] {
        assert!(votes(&pool, snapshot.snapshot, who).is_zero());
    }
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1));
    let state = pool.state();
    for snapshot in [peggy_runtime::mock::code("nothing"), state.cold, state.accounts] {
        let (code, message) = pool.refusal::<VotesAt>(ALICE, fil(0), &VotesAtParams { snapshot, account: id(ALICE) });
        assert_eq!(code, 16, "{message}");
    }
}
