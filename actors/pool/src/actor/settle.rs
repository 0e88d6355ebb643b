//! What the owner-proxy does with the pool: draws FIL to pledge, books measurements and what they brought.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{DrawPledgeParams, MinerTotals, SettleParams, SettleReturn};
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::bond::Absorbed;
use crate::actor::legacy::Legacy;
use crate::actor::{bond, deposit, legacy};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::{Cold, Config, State, Totals};

/// Checks that the owner-proxy calls, and returns the configuration.
pub(super) fn from_proxy<H: Host>(rt: &Runtime<H>) -> Result<Config, ActorError> {
    let config = State::view(rt)?.config(rt.store())?;
    rt.require_caller(&[config.wiring()?.owner_proxy], "the owner-proxy")?;
    Ok(config)
}

/// Moves FIL from liquid to pledged and sends it to the proxy by a bare send. The owner-proxy only. Takes nothing that the exit queue
/// needs, never goes below the reserve, and needs a bond worth its part of all that will be pledged, rounded up.
pub fn draw_pledge<H: Host>(rt: &Runtime<H>, params: DrawPledgeParams) -> Result<(), ActorError> {
    let config = from_proxy(rt)?;
    let (amount, now) = (&params.amount, rt.epoch());
    not_negative(amount, "amount")?;
    rt.transaction(|state: &mut State, _| {
        state.begin(now)?;
        deposit::check_not_paused(&config, now)?;
        math::check_settled(&state.totals.miners)?;
        let available = math::beyond_exits_and_reserve(&state.totals, &config.terms);
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
        Ok(bond::check_enough(state, &config)?)
    })?;
    let proxy = rt.caller();
    rt.pay(proxy, amount)?;
    emit::drawn(rt, amount)
}

/// Books a measurement and the FIL that came with it. The owner-proxy only. `home` is principal coming back, `legacy` was the
/// operator's before custody and goes into the bond; the rest is reward: fees by bps, each rounded down, and what is left joins
/// the stream. A loss takes the bond's shares before anybody else's, and what it bore is returned.
pub fn settle<H: Host>(rt: &Runtime<H>, params: SettleParams) -> Result<SettleReturn, ActorError> {
    let config = from_proxy(rt)?;
    let reward = check_amounts(rt.value(), &params)?;
    let now = rt.epoch();
    let done = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut cold = state.cold(store)?;
        let cold_before = cold.clone();
        let before = state.totals.clone();
        book_miners(&mut state.totals, &params, now)?;
        cold.queue.wait.note(params.totals.unsettled > 0, now);
        let absorbed = bond::absorb(state, &mut cold, &before, &params)?;
        let legacy = legacy::book(state, &mut cold, &params, now + config.terms.bond_period, store)?;
        let (fees, rest) = book_reward(state, &mut cold, &reward, &config, store)?;
        state.stream.merge(&rest, now, config.terms.reward_period);
        if cold != cold_before {
            state.cold = cold.save(store)?;
        }
        Ok(Done { absorbed, legacy, fees, rest, stream_end: state.stream.end, miners: state.totals.miners.clone() })
    })?;
    if let Some(absorbed) = &done.absorbed {
        emit::bond_burnt(rt, params.miner, absorbed)?;
    }
    if let Some(legacy) = &done.legacy {
        legacy.emit(rt, &params.legacy)?;
    }
    emit::settled(rt, &params, &done)?;
    Ok(SettleReturn { written_off: done.absorbed.map(|a| a.amount).unwrap_or_default() })
}

/// What `Settle` did.
pub struct Done {
    absorbed: Option<Absorbed>,
    legacy: Option<Legacy>,
    /// What each recipient is owed in addition.
    pub(crate) fees: Vec<(ActorID, TokenAmount)>,
    /// What joined the stream.
    pub(crate) rest: TokenAmount,
    /// When the stream ends now.
    pub(crate) stream_end: ChainEpoch,
    /// The proxy's books as the pool has them now.
    pub(crate) miners: MinerTotals,
}

/// No part of the value is negative, and together they are no more than the value. Returns what is reward.
fn check_amounts(value: &TokenAmount, params: &SettleParams) -> Result<TokenAmount, Error> {
    let SettleParams { home, legacy, lost, miner_impaired_net, totals, .. } = params;
    for (what, amount) in
        [("home", home), ("legacy", legacy), ("lost", lost), ("miner_impaired_net", miner_impaired_net)]
    {
        not_negative(amount, what)?;
    }
    let reward = value - home - legacy;
    if reward.is_negative() {
        let what = format!("{value} FIL came, less than the {home} of principal and {legacy} of legacy it names");
        return Err(Error::BooksDiffer(what));
    }
    if *miner_impaired_net > totals.impaired_net {
        let what = format!("{miner_impaired_net} of one miner is more than {} of all", totals.impaired_net);
        return Err(Error::BooksDiffer(what));
    }
    Ok(reward)
}

/// Principal that came home or is lost, and the proxy's books in place of the old ones.
fn book_miners(totals: &mut Totals, params: &SettleParams, now: ChainEpoch) -> Result<(), Error> {
    let SettleParams { home, lost, .. } = params;
    math::check_books(&params.totals, &(&totals.miners.principal - home - lost), now)?;
    totals.liquid += home;
    totals.miners = params.totals.clone();
    Ok(())
}

/// Books each recipient's fee. Returns them, and what is left of the reward.
fn book_reward<H: Host>(
    state: &mut State,
    cold: &mut Cold,
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
    let mut fees = cold.fees(store)?;
    for (recipient, part) in &parts {
        let owed = fees.get(recipient)?.cloned().unwrap_or_default() + part;
        fees.set(recipient, owed)?;
        state.totals.fees_owed += part;
    }
    cold.fees = fees.flush()?;
    Ok((parts, rest))
}
