//! Every formula of the pool. Pure: no runtime, no state but the [`Totals`] given.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_integer::Integer;
use num_traits::Zero;
use peggy_interfaces::pool::{Fee, MinerTotals, Terms};
use peggy_math::{mul_div_tokens, saturating_sub, Rounding};

use crate::error::Error;
use crate::state::Totals;

/// All shares together stay below 2^120: about 2^29 for every attoFIL there will ever be. Only deposits after nearly total losses
/// could come near; they are closed before numbers grow without bound.
const MAX_SHARES_BITS: u64 = 120;

/// Shares for `value` at the entry price: `floor(value * (shares + dead) / entry NAV)`, 1:1 in an empty pool.
///
/// Rounded down, against the depositor. Call [`settle_surplus`] before. Errors: shares without price (63), nothing for the
/// value (64).
pub fn shares_for(value: &TokenAmount, totals: &Totals) -> Result<TokenAmount, Error> {
    let priced = totals.priced();
    let shares = if priced.is_zero() {
        value.clone()
    } else {
        let no_price = || Error::NoPrice { shares: priced.clone(), nav: totals.nav() };
        if !totals.nav().is_positive() {
            return Err(no_price());
        }
        let shares = mul_div_tokens(value, &priced, &totals.entry_nav(), Rounding::Down).ok_or_else(no_price)?;
        if (&shares + &priced).atto().bits() > MAX_SHARES_BITS {
            return Err(no_price());
        }
        shares
    };
    if !shares.is_positive() {
        return Err(Error::BringsNothing { given: value.clone() });
    }
    Ok(shares)
}

/// While nobody has shares, assets belong to nobody: roundings, losses that healed, what backed burnt shares. Before the
/// first deposit they become dead shares at 1:1, so that whoever comes first gets what it pays for and none of them
/// (failure 2), and shares start at a price of 1 again. Returns the dead shares if they changed.
pub fn settle_surplus(totals: &mut Totals) -> Option<TokenAmount> {
    if !totals.shares.is_zero() {
        return None;
    }
    let surplus = saturating_sub(&totals.entry_nav(), &TokenAmount::zero());
    let before = std::mem::replace(&mut totals.dead, surplus);
    (totals.dead != before).then(|| totals.dead.clone())
}

/// attoFIL for `shares` at the price: `floor(shares * NAV / (shares + dead))`, against who leaves. Zero without shares.
pub fn amount_for(shares: &TokenAmount, totals: &Totals) -> TokenAmount {
    mul_div_tokens(shares, &totals.nav(), &totals.priced(), Rounding::Down).unwrap_or_default()
}

/// attoFIL the exit queue needs at the price, rounded down. Its tickets are paid one by one, each rounded down, so never more.
pub fn exit_demand(totals: &Totals) -> TokenAmount {
    amount_for(&totals.queued, totals)
}

/// Liquid attoFIL beyond what the exit queue needs.
pub fn beyond_exits(totals: &Totals) -> TokenAmount {
    saturating_sub(&totals.liquid, &exit_demand(totals))
}

/// Liquid attoFIL beyond what the exit queue needs and the reserve.
pub fn beyond_exits_and_reserve(totals: &Totals, terms: &Terms) -> TokenAmount {
    saturating_sub(&beyond_exits(totals), &reserve(totals, terms))
}

/// What liquid FIL pays of `shares` in the queue: the shares and their attoFIL, each rounded down. All of them if it pays them all.
/// `None` if it does not pay the smallest part of a share. Call it only while there is a price.
pub fn payable_exit(shares: &TokenAmount, totals: &Totals) -> Option<(TokenAmount, TokenAmount)> {
    let whole = amount_for(shares, totals);
    if whole <= totals.liquid {
        return Some((shares.clone(), whole));
    }
    let part = mul_div_tokens(&totals.liquid, &totals.priced(), &totals.nav(), Rounding::Down)?;
    let amount = amount_for(&part, totals);
    part.is_positive().then_some((part, amount))
}

/// What the bond bears of a loss of `loss` attoFIL, by the books from before it: bond shares destroyed, rounded up, and attoFIL written
/// off. All of the loss if the bond is worth it; else all of the bond, and its worth rounded down. The net assets fall by the
/// loss either way, and shares worth at least what is written off go: the price of all other shares stays (invariant 9).
pub fn absorbed(loss: &TokenAmount, bond: &TokenAmount, before: &Totals) -> (TokenAmount, TokenAmount) {
    match mul_div_tokens(loss, &before.priced(), &before.nav(), Rounding::Up) {
        Some(shares) if shares <= *bond => (shares, loss.clone()),
        // More than the bond, or shares without a price, which bear nothing.
        Some(_) => (bond.clone(), amount_for(bond, before).min(loss.clone())),
        None => (TokenAmount::zero(), TokenAmount::zero()),
    }
}

/// Books after `amount` of a miner's principal is written off: gone from what is pledged and from what is impaired alike, so the net
/// assets stay. `miner_net` is the miner's own part of `impaired_net`, which can't shrink by more than itself.
pub fn write_off(miners: &mut MinerTotals, amount: &TokenAmount, miner_net: &TokenAmount) {
    miners.principal -= amount;
    miners.impaired -= amount;
    miners.impaired_net -= amount.clone().min(miner_net.clone());
    if miners.principal.is_zero() {
        // Nothing is left that could be measured.
        (miners.oldest_measurement, miners.unsettled) = (None, 0);
    }
}

/// From when on a part of the bond can be withdrawn after `more` shares joined `there`: the mean of both epochs weighted by shares,
/// rounded up.
pub fn unlock_at(there: &TokenAmount, old: ChainEpoch, more: &TokenAmount, new: ChainEpoch) -> ChainEpoch {
    let all = there + more;
    if !all.is_positive() {
        return new;
    }
    let weighted = there.atto() * old + more.atto() * new;
    // Between two epochs, so it fits one; never earlier than the exact mean.
    i64::try_from(Integer::div_ceil(&weighted, all.atto())).unwrap_or(new)
}

/// Liquid attoFIL that must stay when pledging: the reserve, rounded up.
pub fn reserve(totals: &Totals, terms: &Terms) -> TokenAmount {
    terms.reserve_bps.of(&totals.nav(), Rounding::Up)
}

/// Checks a deposit against the terms: minimum, cap, what may lie idle.
pub fn check_intake(value: &TokenAmount, totals: &Totals, terms: &Terms) -> Result<(), Error> {
    if *value < terms.min_deposit {
        return Err(Error::BelowMinimum { value: value.clone(), min_deposit: terms.min_deposit.clone() });
    }
    let before = totals.nav();
    let nav = &before + value;
    if nav > terms.cap {
        let room = saturating_sub(&terms.cap, &before);
        return Err(Error::CapReached { nav, cap: terms.cap.clone(), room });
    }
    let demand = exit_demand(totals);
    let idle = |liquid: &TokenAmount, nav: &TokenAmount| {
        saturating_sub(liquid, &(terms.reserve_bps.of(nav, Rounding::Up) + &demand))
    };
    let after = idle(&(&totals.liquid + value), &nav);
    if after > terms.max_idle {
        // The reserve grows with the deposit, so there may be room for a little more than this.
        let room = saturating_sub(&terms.max_idle, &idle(&totals.liquid, &before));
        return Err(Error::TooMuchIdle { idle: after, max_idle: terms.max_idle.clone(), room });
    }
    Ok(())
}

/// Refuses a measurement older than `max_staleness` epochs, and an incomplete one. Without principal there is nothing to measure.
pub fn check_fresh(miners: &MinerTotals, now: ChainEpoch, max_staleness: ChainEpoch) -> Result<(), Error> {
    let needed = now.saturating_sub(max_staleness);
    match miners.oldest_measurement {
        Some(measured_at) if measured_at < needed => Err(Error::Stale { measured_at, needed }),
        _ => Ok(()),
    }
}

/// Refuses while a miner with principal can't be measured.
pub fn check_settled(miners: &MinerTotals) -> Result<(), Error> {
    match miners.unsettled {
        0 => Ok(()),
        miners => Err(Error::Unsettled { miners }),
    }
}

/// How old a measurement a deposit may rest on: of this very epoch while anything is impaired, lest anybody buy in at a loss that
/// has healed already.
pub fn staleness_in(miners: &MinerTotals, terms: &Terms) -> ChainEpoch {
    if miners.impaired.is_zero() {
        terms.max_staleness_in
    } else {
        0
    }
}

/// Splits a reward: each recipient's fee, rounded down, and what is left for holders.
pub fn split_reward(reward: &TokenAmount, fees: &[Fee]) -> (Vec<TokenAmount>, TokenAmount) {
    let parts: Vec<_> = fees.iter().map(|fee| fee.bps.of(reward, Rounding::Down)).collect();
    let rest = parts.iter().fold(reward.clone(), |rest, part| rest - part);
    (parts, rest)
}

/// The proxy's books must be sane in themselves and have the principal the pool expects.
pub fn check_books(reported: &MinerTotals, pledged: &TokenAmount, now: ChainEpoch) -> Result<(), Error> {
    let differ = |what: String| Err(Error::BooksDiffer(what));
    if reported.principal != *pledged {
        return differ(format!("it reports {} FIL of principal, and {pledged} are pledged", reported.principal));
    }
    if reported.impaired_net.is_negative()
        || reported.impaired_net > reported.impaired
        || reported.impaired > reported.principal
    {
        return differ(format!(
            "impaired is {}, net {}, of {} principal: each must be at least zero and at most the next",
            reported.impaired, reported.impaired_net, reported.principal
        ));
    }
    match reported.oldest_measurement {
        Some(epoch) if epoch > now => differ(format!("it reports a measurement of epoch {epoch}, and it is {now}")),
        None if reported.principal.is_positive() && reported.unsettled == 0 => {
            differ(format!("it reports {} FIL of principal and no measurement", reported.principal))
        }
        _ => Ok(()),
    }
}
