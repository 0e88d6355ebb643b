//! Checks a pool's state against itself, from the raw blocks.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::bigint::BigInt;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::{Signed, Zero};
use peggy_interfaces::pool::limits;
use peggy_ledger::Accounts;
use peggy_runtime::{Findings, WIDTH_HOT, WIDTH_SMALL};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

use crate::queue::{Queue, Ticket};
use crate::state::{Allowances, Cold, Config, Custody, FeeAccounts, State, MAX_BOND_OWNERS, SCHEMA};

/// What a pool holds, recomputed from its accounts, for checks across actors.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Shares by holder; the bond's under the pool's own ID.
    pub balances: BTreeMap<ActorID, TokenAmount>,
    /// attoFIL each could claim now, by holder, bond owners' parts included.
    pub claimable: BTreeMap<ActorID, TokenAmount>,
    /// attoFIL of fees by recipient.
    pub fees: BTreeMap<ActorID, TokenAmount>,
    /// The exit queue's tickets by number.
    pub tickets: BTreeMap<u64, Ticket>,
    /// Everything the pool owes or holds for somebody: what its balance must cover.
    pub tracked: TokenAmount,
    /// With the miners.
    pub pledged: TokenAmount,
}

/// Checks invariants 1 to 3 of DESIGN.md 10 and the pool's own, and returns all that is wrong. `balance` is the pool's FIL, `now` the
/// current epoch, `pool` its ID.
pub fn check_state_invariants<BS: Blockstore>(
    state: &State,
    store: &BS,
    pool: ActorID,
    balance: &TokenAmount,
    now: ChainEpoch,
) -> (Summary, Findings) {
    let (mut f, mut sum) = (Findings::new(), Summary::default());
    let t = &state.totals;
    f.require(state.schema == SCHEMA, format_args!("schema is {}", state.schema));
    let (stream, bond) = (&state.stream.amount, &state.bond.shares);
    let amounts = [&t.shares, &t.queued, &t.dead, &t.liquid, &t.rewards_owed, &t.fees_owed, stream, bond];
    f.require(amounts.iter().all(|a| !a.is_negative()), "an amount is negative");
    f.require(!t.miners.impaired_net.is_negative(), "net impairment is negative");
    f.require(t.miners.impaired_net <= t.miners.impaired, "net impairment exceeds impairment");
    f.require(t.miners.impaired <= t.miners.principal, "impairment exceeds principal");
    f.require(state.stream.updated_at <= now, "the stream is ahead of time");
    f.require(state.stream.amount.is_zero() || state.stream.end > state.stream.updated_at, "the stream is overdue");
    f.require(state.previous.epoch <= now, "the previous epoch is in the future");

    sum.tracked = &t.liquid + &t.rewards_owed + &t.fees_owed + &state.stream.amount;
    sum.pledged = t.miners.principal.clone();
    let config = load::<Config, _>(store, &state.config, &mut f, "config");
    if let Some(config) = config {
        f.require(config.wiring.is_some() == state.wired, "wired says other than the wiring");
        f.require(config.deployer.is_none() == state.wired, "a deployer is left after wiring");
        let bps: u32 = config.terms.fees.iter().map(|fee| fee.bps.0).sum();
        f.require(bps <= limits::MAX_FEE_SUM.0, format_args!("fees are {bps} bps"));
    }
    let cold = load::<Cold, _>(store, &state.cold, &mut f, "cold");
    let mut pending = check_accounts(state, store, pool, &mut f, &mut sum);
    if let Some(cold) = cold {
        pending += check_cold(state, &cold, store, pool, &mut f, &mut sum);
        pending += check_queue(state, &cold.queue, store, now, &mut f, &mut sum);
    }
    let held = sum.balances.values().fold(t.queued.clone(), |a, b| a + b);
    f.require(held == t.shares, format_args!("balances and queue are {held}, shares {}", t.shares));
    // Exact: what was released and not paid is pending with somebody, or carried.
    let accounted = pending + &state.rewards.carry;
    f.require(
        t.rewards_owed.atto() << 64 == accounted,
        format_args!("rewards owed are {}, accounts and carry have {accounted} / 2^64", t.rewards_owed),
    );
    f.require(*balance >= sum.tracked, format_args!("solvency: {balance} at hand, {} tracked", sum.tracked));
    let claimable = sum.claimable.values().fold(TokenAmount::zero(), |a, b| a + b);
    f.require(claimable <= t.rewards_owed, format_args!("{claimable} claimable, {} owed", t.rewards_owed));
    (sum, f)
}

fn load<T: DeserializeOwned, BS: Blockstore>(store: &BS, cid: &Cid, f: &mut Findings, what: &str) -> Option<T> {
    let block = f.expect(store.get(cid), what).flatten();
    f.require(block.is_some(), format_args!("{what} is not there"));
    f.expect(fvm_ipld_encoding::from_slice(&block?), what)
}

/// Sums up holders' accounts; returns what is pending, in multiples of 2^-64.
fn check_accounts<BS: Blockstore>(
    state: &State,
    store: &BS,
    pool: ActorID,
    f: &mut Findings,
    sum: &mut Summary,
) -> BigInt {
    let mut pending = BigInt::zero();
    let index = &state.rewards.index;
    let Some(accounts) = f.expect(Accounts::load(&state.accounts, store), "accounts") else { return pending };
    let visited = accounts.for_each(|id, account| {
        f.require(id != pool, "the pool has an account like a holder's");
        f.require(!account.shares.is_negative(), format_args!("f0{id} has {} shares", account.shares));
        let owed = account.pending(index);
        f.require(!owed.is_negative(), format_args!("f0{id} has {owed} pending"));
        f.require(
            account.shares.is_positive() || account.claimable(index).is_positive(),
            format_args!("f0{id} is kept and empty"),
        );
        pending += owed;
        sum.balances.insert(id, account.shares.clone());
        sum.claimable.insert(id, account.claimable(index));
        Ok(())
    });
    f.expect(visited, "accounts");
    pending
}

/// Sums up the exit queue; returns what is pending of its tickets.
fn check_queue<BS: Blockstore>(
    state: &State,
    queue: &Queue,
    store: &BS,
    now: ChainEpoch,
    f: &mut Findings,
    sum: &mut Summary,
) -> BigInt {
    let (mut pending, mut waiting, mut owed) = (BigInt::zero(), TokenAmount::zero(), TokenAmount::zero());
    let index = &state.rewards.index;
    sum.tracked += &queue.owed;
    f.require(
        queue.first <= queue.next,
        format_args!("the queue begins at {} and ends at {}", queue.first, queue.next),
    );
    f.require(queue.wait.since.is_none_or(|since| since <= now), "the queue waits since the future");
    f.require(
        queue.wait.since.is_some() == (state.totals.miners.unsettled > 0) || state.totals.miners.principal.is_zero(),
        "the queue's clock does not say whether a miner is unsettled",
    );
    let Some(tickets) = f.expect(queue.tickets(store), "tickets") else { return pending };
    let visited = tickets.for_each(|number, ticket| {
        let Ticket { account, owed: due, requested_at, .. } = ticket;
        f.require(number < queue.next, format_args!("ticket {number} was never issued"));
        f.require(
            number >= queue.first || account.shares.is_zero(),
            format_args!("ticket {number} waits before the first, {}", queue.first),
        );
        let earned = account.pending(index);
        let sane = !account.shares.is_negative() && !earned.is_negative() && !due.is_negative();
        f.require(sane, format_args!("ticket {number} is {ticket:?}, with {earned} pending"));
        let kept = account.shares.is_positive() || due.is_positive() || account.claimable(index).is_positive();
        f.require(kept, format_args!("ticket {number} is kept and empty"));
        f.require(*requested_at <= now, format_args!("ticket {number} is of the future"));
        pending += earned;
        waiting += &account.shares;
        owed += due;
        *sum.claimable.entry(ticket.owner).or_default() += account.claimable(index);
        sum.tickets.insert(number, ticket.clone());
    });
    f.expect(visited, "tickets");
    let queued = &state.totals.queued;
    f.require(waiting == *queued, format_args!("tickets have {waiting} shares, the books say {queued}"));
    f.require(owed == queue.owed, format_args!("tickets are owed {owed}, the queue says {}", queue.owed));
    pending
}

/// Sums up bond and fees; returns what is pending of the bond.
fn check_cold<BS: Blockstore>(
    state: &State,
    cold: &Cold,
    store: &BS,
    pool: ActorID,
    f: &mut Findings,
    sum: &mut Summary,
) -> BigInt {
    let (mut pending, mut bonded) = (BigInt::zero(), TokenAmount::zero());
    let index = &state.rewards.index;
    let owners: Vec<_> = cold.bonds.iter().map(|b| b.owner).collect();
    f.require(
        owners == state.bond.owners,
        format_args!("bond owners are {owners:?}, the head has {:?}", state.bond.owners),
    );
    f.require(owners.len() <= MAX_BOND_OWNERS, "too many bond owners");
    for record in &cold.bonds {
        let owed = record.account.pending(index);
        f.require(!owed.is_negative(), format_args!("bond of f0{}: {owed} pending", record.owner));
        pending += owed;
        bonded += &record.account.shares;
        *sum.claimable.entry(record.owner).or_default() += record.account.claimable(index);
    }
    f.require(bonded == state.bond.shares, format_args!("bonds are {bonded}, the head has {}", state.bond.shares));
    sum.balances.insert(pool, bonded);

    let fees = FeeAccounts::load(&cold.fees, store, WIDTH_SMALL, "the fee accounts");
    if let Some(fees) = f.expect(fees, "fees") {
        let visited = fees.for_each(|id, owed| {
            f.require(owed.is_positive(), format_args!("f0{id} is owed {owed} of fees"));
            sum.fees.insert(id, owed.clone());
            Ok(())
        });
        f.expect(visited, "fees");
    }
    let owed = sum.fees.values().fold(TokenAmount::zero(), |a, b| a + b);
    f.require(
        owed == state.totals.fees_owed,
        format_args!("fees are {owed}, the books say {}", state.totals.fees_owed),
    );

    let allowances = Allowances::load(&cold.allowances, store, WIDTH_HOT, "the allowances");
    if let Some(allowances) = f.expect(allowances, "allowances") {
        let visited = allowances.for_each(|(owner, operator), amount| {
            f.require(amount.is_positive(), format_args!("f0{operator} may move {amount} of f0{owner}"));
            f.require(owner != operator, format_args!("f0{owner} allows itself"));
            Ok(())
        });
        f.expect(visited, "allowances");
    }
    let custody = Custody::load(&cold.custody, store, WIDTH_SMALL, "the miners' origins");
    if let Some(custody) = f.expect(custody, "custody") {
        f.expect(custody.for_each(|_, _| Ok(())), "custody");
    }
    pending
}
