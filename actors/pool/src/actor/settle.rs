//! What the owner-proxy does with the pool: draws FIL to pledge, books measurements and what they brought.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{DrawPledgeParams, SettleParams};
use peggy_math::{saturating_sub, Rounding};
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::{bond, deposit};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::{Config, State, Totals};

/// Checks that the owner-proxy calls, and returns the configuration.
pub(super) fn from_proxy<H: Host>(rt: &Runtime<H>) -> Result<Config, ActorError> {
    let config = State::view(rt)?.config(rt.store())?;
    rt.require_caller(&[config.wiring()?.owner_proxy], "the owner-proxy")?;
    Ok(config)
}

/// Moves FIL from liquid to pledged and sends it to the proxy by a bare send. The owner-proxy only. Never goes below the reserve, and
/// needs a bond worth its part of all that will be pledged, rounded up.
pub fn draw_pledge<H: Host>(rt: &Runtime<H>, params: DrawPledgeParams) -> Result<(), ActorError> {
    let config = from_proxy(rt)?;
    let (amount, now) = (&params.amount, rt.epoch());
    not_negative(amount, "amount")?;
    rt.transaction(|state: &mut State, _| {
        state.begin(now)?;
        deposit::check_not_paused(&config, now)?;
        math::check_settled(&state.totals.miners)?;
        let available = saturating_sub(&state.totals.liquid, &math::reserve(&state.totals, &config.terms));
        if *amount > available {
            return Err(Error::NotEnoughLiquid { wanted: amount.clone(), available }.into());
        }
        state.totals.liquid -= amount;
        let miners = &mut state.totals.miners;
        miners.principal += amount;
        // FIL that leaves now is measured now: without principal there was nothing that could have been measured before.
        if amount.is_positive() {
            miners.oldest_measurement.get_or_insert(now);
        }
        let needed = config.terms.min_bond_bps.of(&miners.principal, Rounding::Up);
        let bond = math::amount_for(&state.bond.shares, &state.totals);
        if bond < needed {
            return Err(Error::BondTooSmall { bond, needed }.into());
        }
        Ok(())
    })?;
    let proxy = rt.caller();
    rt.pay(proxy, amount)?;
    emit::drawn(rt, amount)
}

/// Books a measurement and the FIL that came with it. The owner-proxy only. `home` is principal coming back, `legacy` was the
/// operator's before custody and goes into the bond; the rest is reward: fees by bps, each rounded down, and what is left joins
/// the stream.
pub fn settle<H: Host>(rt: &Runtime<H>, params: SettleParams) -> Result<(), ActorError> {
    let config = from_proxy(rt)?;
    not_negative(&params.home, "home")?;
    not_negative(&params.legacy, "legacy")?;
    let reward = rt.value() - &params.home - &params.legacy;
    if reward.is_negative() {
        let (value, SettleParams { home, legacy, .. }) = (rt.value(), &params);
        let what = format!("{value} FIL came, less than the {home} of principal and {legacy} of legacy it names");
        return Err(Error::BooksDiffer(what).into());
    }
    let now = rt.epoch();
    let (legacy, fees, rest, stream_end) = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        book_home(&mut state.totals, &params, now)?;
        let legacy = bond::book_legacy(state, &params, store)?;
        let (fees, rest) = book_reward(state, &reward, &config, store)?;
        state.stream.merge(&rest, now, config.terms.reward_period);
        Ok((legacy, fees, rest, state.stream.end))
    })?;
    if let Some(legacy) = legacy {
        legacy.emit(rt, &params.legacy)?;
    }
    emit::settled(rt, &params, &fees, &rest, stream_end)
}

/// Principal that came home, and the proxy's books in place of the old ones.
fn book_home(totals: &mut Totals, params: &SettleParams, now: i64) -> Result<(), Error> {
    math::check_books(&params.totals, &(&totals.miners.principal - &params.home), now)?;
    totals.liquid += &params.home;
    totals.miners = params.totals.clone();
    Ok(())
}

/// Books each recipient's fee. Returns them, and what is left of the reward.
fn book_reward<H: Host>(
    state: &mut State,
    reward: &TokenAmount,
    config: &Config,
    store: Store<'_, H>,
) -> Result<(Vec<(ActorID, TokenAmount)>, TokenAmount), ActorError> {
    let (parts, rest) = math::split_reward(reward, &config.terms.fees);
    let parts: Vec<_> =
        config.terms.fees.iter().map(|f| f.recipient).zip(parts).filter(|(_, p)| p.is_positive()).collect();
    if parts.is_empty() {
        return Ok((parts, rest));
    }
    let mut cold = state.cold(store)?;
    let mut fees = cold.fees(store)?;
    for (recipient, part) in &parts {
        let owed = fees.get(recipient)?.cloned().unwrap_or_default() + part;
        fees.set(recipient, owed)?;
        state.totals.fees_owed += part;
    }
    cold.fees = fees.flush()?;
    state.cold = cold.save(store)?;
    Ok((parts, rest))
}
