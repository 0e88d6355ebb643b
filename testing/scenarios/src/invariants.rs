//! What must hold after every step (DESIGN.md 10), recomputed from raw state.

use std::collections::BTreeSet;

use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use localnet_miner::info::MinerInfo;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use peggy_interfaces::common;
use peggy_localnet::genesis::TOTAL_SUPPLY_FIL;
use peggy_localnet::{ids, Network};
use peggy_runtime::{Findings, Method, Wiring};

use crate::events::Event;
use crate::lp_invariants;
use crate::observe::{self, Observed};
use crate::observe_nft;
use crate::step::{Outcome, Step};

/// What holds at any time.
pub fn standing(seen: &Observed, wiring: &Wiring, net: &Network) -> Findings {
    let mut f = Findings::new();
    let books = |cid: &Cid| net.store().load(cid);
    f.merge("owner-proxy", peggy_owner_proxy::testing::check_state_invariants(&seen.proxy, books));
    f.merge("pool", pool_state(seen, wiring, net));
    f.merge("nft-share", observe_nft::check(seen, wiring, net));
    f.merge("liquidity", lp_invariants::standing(seen, wiring, net));
    f.within("FIL", |f| fil(seen, wiring, f));
    f.within("shares", |f| shares(seen, f));
    f.within("rewards", |f| rewards(seen, f));
    f.within("miners", |f| miners(seen, wiring, f));
    f
}

/// The pool's own check, and that its summary is what was read here by other means.
fn pool_state(seen: &Observed, wiring: &Wiring, net: &Network) -> Findings {
    let balance = seen.balance(wiring.pool);
    let (summary, mut f) =
        peggy_pool::testing::check_state_invariants(&seen.pool.state, net.store(), wiring.pool, &balance, seen.epoch);
    f.require(summary.tracked == seen.pool.tracked(), format_args!("its check finds {} tracked", summary.tracked));
    f
}

/// FIL is conserved over all actors, and the pool has what it owes.
fn fil(seen: &Observed, wiring: &Wiring, f: &mut Findings) {
    let total = seen.total_fil();
    let expected = TokenAmount::from_whole(TOTAL_SUPPLY_FIL);
    f.require(total == expected, format_args!("all actors together have {total}, not {expected}"));
    let (has, owes) = (seen.balance(wiring.pool), seen.pool.tracked());
    f.require(has >= owes, format_args!("the pool has {has} and owes {owes}"));
    let totals = &seen.pool.state.totals;
    for (what, amount) in [
        ("shares", &totals.shares),
        ("dead", &totals.dead),
        ("liquid", &totals.liquid),
        ("rewards owed", &totals.rewards_owed),
        ("fees owed", &totals.fees_owed),
        ("stream", &seen.pool.stream().amount),
    ] {
        f.require(!amount.is_negative(), format_args!("{what} is negative: {amount}"));
    }
    let fees: TokenAmount = seen.pool.fees.values().cloned().sum();
    f.require(fees == totals.fees_owed, format_args!("fee accounts sum to {fees}, not {}", totals.fees_owed));
    let exits: TokenAmount = seen.pool.tickets.values().map(|t| t.owed.clone()).sum();
    let owed = &seen.pool.queue.owed;
    f.require(exits == *owed, format_args!("tickets are owed {exits}, not {owed}"));
}

/// Balances and bond make up the supply.
fn shares(seen: &Observed, f: &mut Findings) {
    let state = &seen.pool.state;
    let held: TokenAmount = seen.pool.accounts.values().map(|h| h.shares.clone()).sum();
    let bonded: TokenAmount = seen.pool.bonds.values().map(|h| h.shares.clone()).sum();
    let queued: TokenAmount = seen.pool.tickets.values().map(|t| t.account.shares.clone()).sum();
    f.require(bonded == state.bond.shares, format_args!("bond records sum to {bonded}, not {}", state.bond.shares));
    let waits = &state.totals.queued;
    f.require(queued == *waits, format_args!("tickets sum to {queued}, not {waits}"));
    let sum = &held + &bonded + &queued;
    f.require(sum == state.totals.shares, format_args!("balances sum to {sum}, not {}", state.totals.shares));
    for (who, holding) in &seen.pool.accounts {
        f.require(sane(&holding.shares, &holding.pending), format_args!("f0{who} has {holding:?}"));
    }
    for (who, bond) in &seen.pool.bonds {
        f.require(sane(&bond.shares, &bond.pending), format_args!("f0{who} has {bond:?} in the bond"));
    }
    for (number, ticket) in &seen.pool.tickets {
        let sane = sane(&ticket.account.shares, &ticket.account.pending) && !ticket.owed.is_negative();
        f.require(sane, format_args!("ticket {number} is {ticket:?}"));
    }
    for ((owner, operator), left) in &seen.pool.allowances {
        f.require(left.is_positive(), format_args!("allowance of f0{operator} over f0{owner} is {left}"));
    }
}

fn sane(shares: &TokenAmount, pending: &BigInt) -> bool {
    !shares.is_negative() && !pending.is_negative()
}

/// What is owed to holders by name, and the fraction the index carries, is what was released and not paid: to the last bit.
fn rewards(seen: &Observed, f: &mut Findings) {
    let pool = &seen.pool;
    let pending: BigInt = pool.accounts.values().map(|h| &h.pending).sum::<BigInt>()
        + pool.bonds.values().map(|b| &b.pending).sum::<BigInt>()
        + pool.tickets.values().map(|t| &t.account.pending).sum::<BigInt>();
    let owed = seen.pool.state.totals.rewards_owed.atto() << 64;
    let carry = &seen.pool.state.rewards.carry;
    f.require(!carry.is_negative(), format_args!("carry is {carry}"));
    f.require(owed == &pending + carry, format_args!("2^64 times: owed {owed}, pending {pending}, carried {carry}"));
}

/// Miners that left the proxy's list are its own for ever.
pub fn custody(net: &Network, miners: &BTreeSet<ActorID>, wiring: &Wiring) -> Findings {
    let mut f = Findings::new();
    for id in miners {
        match observe::info_of(net, *id) {
            Ok(info) => in_custody(*id, &info, wiring, &mut f),
            Err(e) => f.add(format_args!("f0{id}: {e:#}")),
        }
    }
    f
}

fn in_custody(id: ActorID, info: &MinerInfo, wiring: &Wiring, f: &mut Findings) {
    let proxy = Address::new_id(wiring.owner_proxy);
    f.require(info.owner == proxy, format_args!("f0{id} is owned by {}", info.owner));
    f.require(info.beneficiary == proxy, format_args!("f0{id} pays {}", info.beneficiary));
    f.require(info.pending_owner_address.is_none(), format_args!("f0{id} has a pending owner"));
    f.require(info.pending_beneficiary_term.is_none(), format_args!("f0{id} has a pending beneficiary"));
}

/// The proxy is owner and beneficiary of every miner, and its books are the pool's.
fn miners(seen: &Observed, wiring: &Wiring, f: &mut Findings) {
    let mut sums = [TokenAmount::zero(), TokenAmount::zero(), TokenAmount::zero()];
    for (id, miner) in &seen.miners {
        in_custody(*id, &miner.info, wiring, f);
        let record = &miner.record;
        for (sum, part) in sums.iter_mut().zip([&record.principal, &record.impaired, &record.impaired_net]) {
            *sum += part;
        }
    }
    let totals = &seen.pool.state.totals.miners;
    let known = [&totals.principal, &totals.impaired, &totals.impaired_net];
    for ((what, sum), known) in ["pledged", "impaired", "impaired net"].iter().zip(&sums).zip(known) {
        f.require(sum == known, format_args!("{what}: records sum to {sum}, the pool has {known}"));
    }
}

/// What holds of every step.
pub fn transition(before: &Observed, after: &Observed, done: Option<(&Step, &Outcome)>, wiring: &Wiring) -> Findings {
    let mut f = Findings::new();
    f.require(after.epoch >= before.epoch, "time went back");
    for id in before.miners.keys().filter(|id| !after.miners.contains_key(id)) {
        // Only from the list, and only with an event that says so; the proxy stays its owner.
        let closed = |e: &Event| e.kind == "miner-closed" && e.id("miner") == Ok(*id);
        let said = done.is_some_and(|(_, outcome)| outcome.events.iter().any(closed));
        f.require(said, format_args!("f0{id} left custody"));
    }
    let index = |o: &Observed| o.pool.state.rewards.index.clone();
    f.require(index(after) >= index(before), "the reward index fell");
    f.merge("liquidity", lp_invariants::transition(before, after, wiring));
    match done {
        Some((step, outcome)) if outcome.is_ok() => {
            if step.method != common::Upgrade::NUMBER {
                codes_stay(before, after, wiring, &mut f);
            }
            f.within("price", |f| price(before, after, &outcome.events, f));
        }
        Some((step, outcome)) => {
            f.require(outcome.events.is_empty(), "a failed message left events");
            nothing_changed(before, after, Some(step), &mut f);
        }
        None => {
            for id in wiring.all() {
                let same = before.actors.get(&id).map(|a| (a.code, a.state))
                    == after.actors.get(&id).map(|a| (a.code, a.state));
                f.require(same, format_args!("f0{id} changed without a message"));
            }
        }
    }
    f
}

/// Nothing changes when a message fails, but the sender's nonce and the gas it pays.
fn nothing_changed(before: &Observed, after: &Observed, step: Option<&Step>, f: &mut Findings) {
    // Cron changes these in every epoch; the market only where a bundle brings it.
    let network = [ids::SYSTEM, ids::INIT, ids::REWARD, ids::CRON, ids::POWER, ids::MARKET, ids::BURNT_FUNDS];
    for (id, actor) in &after.actors {
        // Cron may have run on a miner in the same tipset.
        if network.contains(id) || actor.code == after.miner_code {
            continue;
        }
        let Some(old) = before.actors.get(id) else {
            f.add(format_args!("f0{id} was made by a failed message"));
            continue;
        };
        if step.is_some_and(|s| s.from == *id) {
            f.require(actor.balance <= old.balance, format_args!("the sender f0{id} got richer by failing"));
            continue;
        }
        f.require(actor == old, format_args!("f0{id} changed although the message failed"));
    }
}

fn codes_stay(before: &Observed, after: &Observed, wiring: &Wiring, f: &mut Findings) {
    for id in wiring.all() {
        let code = |o: &Observed| o.actors.get(&id).map(|a| a.code);
        f.require(code(before) == code(after), format_args!("the code of f0{id} changed without Upgrade"));
    }
}

/// The price never falls but by a loss, and never rises but by a recovery or by somebody who entered while a loss was healing;
/// roundings favour those who stay.
fn price(before: &Observed, after: &Observed, events: &[Event], f: &mut Findings) {
    let (b, a) = (&before.pool, &after.pool);
    if b.state.totals.shares.is_zero() || a.state.totals.shares.is_zero() {
        return;
    }
    // nav / priced, compared across the product of the denominators.
    let gain = a.nav() * b.priced() - b.nav() * a.priced();
    let (loss_b, loss_a) = (&b.state.totals.miners, &a.state.totals.miners);
    // What governance writes off is lost as much as what is impaired.
    let given_up =
        events.iter().filter(|e| e.kind == "written-off" && e.get::<String>("by") == Ok("governance".into()));
    let given_up: TokenAmount = given_up.filter_map(|e| e.amount("amount").ok()).sum();
    let lost = &loss_a.impaired + given_up;
    if lost <= loss_b.impaired {
        f.require(
            !gain.is_negative(),
            format_args!("it fell without a loss: {} / {} to {} / {}", b.nav(), b.priced(), a.nav(), a.priced()),
        );
    }
    // Invariant 9: while there is a bond it bears all losses, so nothing makes the price of other shares fall.
    let borne = b.state.bond.shares.is_positive() && a.state.bond.shares.is_positive();
    if borne && !events.iter().any(|e| e.kind == "bonded") {
        f.require(
            !gain.is_negative(),
            format_args!("it fell below the bond: {} / {} to {} / {}", b.nav(), b.priced(), a.nav(), a.priced()),
        );
    }
    let healing = loss_b.impaired != loss_b.impaired_net || loss_a.impaired != loss_a.impaired_net;
    if lost >= loss_b.impaired && !healing {
        let rounding = (a.nav() + b.nav() + a.priced() + b.priced()) * events.len().max(1);
        f.require(
            gain <= rounding,
            format_args!("it rose without a recovery: {} / {} to {} / {}", b.nav(), b.priced(), a.nav(), a.priced()),
        );
    }
}
