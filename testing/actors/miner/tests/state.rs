//! Debt, penalties, locks and cron on the bare state.

use fvm_ipld_blockstore::MemoryBlockstore;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_miner::info::{MinerInfo, WorkerKeyChange};
use localnet_miner::state::State;
use localnet_miner::vesting::REWARD_VESTING;
use num_traits::Zero;

fn fil(whole: u64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}
fn info() -> MinerInfo {
    MinerInfo::new(100, 101, vec![], vec![], vec![], RegisteredPoStProof::StackedDRGWindow32GiBV1P1).expect("valid")
}
fn miner(store: &MemoryBlockstore) -> State {
    State::new(store, &info(), 0).expect("stores")
}

#[test]
fn unvested_rewards_pay_first_then_the_unlocked_balance_and_the_rest_stays_debt() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    state.add_locked_funds(&store, 0, &fil(180), &REWARD_VESTING).expect("locks");
    state.add_initial_pledge(&fil(50)).expect("pledges");
    let balance = fil(180 + 50 + 7);

    state.apply_penalty(&fil(200)).expect("penalizes");
    let (burn, given_up) = state.repay_partial_debt_in_priority_order(&store, 1, &balance).expect("pays");
    assert_eq!((burn, given_up), (fil(187), fil(180)));
    assert_eq!(state.fee_debt, fil(13));
    assert_eq!((state.locked_funds, state.initial_pledge), (fil(0), fil(50)));
}

#[test]
fn a_small_penalty_comes_out_of_the_first_entry() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    state.add_locked_funds(&store, 0, &fil(180), &REWARD_VESTING).expect("locks");
    let tail = state.vesting_funds.clone().expect("a table").tail;
    state.apply_penalty(&fil(1)).expect("penalizes");
    let (burn, given_up) = state.repay_partial_debt_in_priority_order(&store, 1, &fil(180)).expect("pays");
    assert_eq!((burn, given_up), (fil(1), fil(1)));
    // The first entry is used up: it stays as zero, but is not shown.
    let funds = state.vesting_funds.clone().expect("a table");
    assert_eq!((funds.head.amount, funds.tail), (fil(0), tail));
    let shown = state.vesting_table(&store).expect("reads");
    assert_eq!((shown.len(), shown[0].epoch), (179, 2 * 2880));
    assert_eq!(state.locked_funds, fil(179));
}

#[test]
fn matured_entries_count_only_once_unlocked() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    state.add_locked_funds(&store, 0, &fil(180), &REWARD_VESTING).expect("locks");
    assert_eq!(state.available_balance(&fil(180)).expect("covered"), fil(0));
    assert_eq!(state.unlock_vested_funds(&store, 2880).expect("unlocks"), fil(0));
    assert_eq!(state.unlock_vested_funds(&store, 2881).expect("unlocks"), fil(1));
    assert_eq!(state.available_balance(&fil(180)).expect("covered"), fil(1));
}

#[test]
fn debts_are_repaid_in_full_or_not_at_all() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    state.add_initial_pledge(&fil(10)).expect("pledges");
    state.apply_penalty(&fil(5)).expect("penalizes");
    let refused = state.repay_debts(&fil(14)).expect_err("too little");
    assert_eq!(refused.code(), ExitCode::USR_INSUFFICIENT_FUNDS);
    assert_eq!(state.fee_debt, fil(5));
    assert_eq!(state.available_balance(&fil(14)).expect("covered"), TokenAmount::zero() - fil(1));
    assert_eq!(state.repay_debts(&fil(15)).expect("pays"), fil(5));
    assert_eq!(state.fee_debt, fil(0));
}

#[test]
fn locks_never_become_negative_and_must_be_covered() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    assert_eq!(state.add_initial_pledge(&-fil(1)).expect_err("negative").code(), ExitCode::USR_ILLEGAL_STATE);
    assert_eq!(state.add_pre_commit_deposit(&-fil(1)).expect_err("negative").code(), ExitCode::USR_ILLEGAL_STATE);
    assert_eq!(state.apply_penalty(&-fil(1)).expect_err("negative").code(), ExitCode::USR_ILLEGAL_STATE);
    state.add_pre_commit_deposit(&fil(3)).expect("deposits");
    assert!(state.balance_shortfall(&fil(2)).is_err());
    assert!(state.balance_shortfall(&fil(3)).is_ok());
    assert!(state.unlocked_balance(&fil(2)).is_err());
}

#[test]
fn cron_is_asked_for_at_the_deadline_where_something_happens() {
    let store = MemoryBlockstore::new();
    let mut state = miner(&store);
    let mut info = info();
    state.add_locked_funds(&store, 10, &fil(180), &REWARD_VESTING).expect("locks");
    assert_eq!(state.next_cron(&info, 10), None, "no sectors, no cron");

    state.deadline_cron_active = true;
    // The first entry (epoch 4320) matures in 4321, within the deadline that ends with 4379.
    assert_eq!(state.next_cron(&info, 10), Some(4379));
    info.pending_worker_key =
        Some(WorkerKeyChange { new_worker: fvm_shared::address::Address::new_id(7), effective_at: 959 });
    assert_eq!(state.next_cron(&info, 10), Some(959));
    state.fee_debt = fil(1);
    assert_eq!(state.next_cron(&info, 10), Some(59));
    assert_eq!(state.next_cron(&info, 59), Some(119));
}

#[test]
fn cron_is_asked_for_once_more_when_nothing_is_left_to_look_after() {
    let store = MemoryBlockstore::new();
    let (mut state, info) = (miner(&store), info());
    state.deadline_cron_active = true;
    // Cron stops itself at the end of the deadline; until then a reward would still be looked after.
    assert_eq!(state.next_cron(&info, 10), Some(59));
    state.add_initial_pledge(&fil(1)).expect("pledges");
    assert_eq!(state.next_cron(&info, 10), None);
}
