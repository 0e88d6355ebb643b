//! What the pool answers about itself. Nothing here measures or changes anything: amounts are as of the last measurement, rewards
//! as of this epoch.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{
    GetAccountParams, GetAccountReturn, GetBondReturn, GetTotalsReturn, PreviewDepositParams, PreviewDepositReturn,
    PreviewRedeemParams, PreviewRedeemReturn, RewardIndexReturn, Terms,
};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::token::balance;
use crate::error::not_negative;
use crate::math;
use crate::state::State;

/// The state as it would be if somebody touched it now: rewards due are released.
fn now<H: Host>(rt: &Runtime<H>) -> Result<State, ActorError> {
    let mut state = State::view(rt)?;
    state.begin(rt.epoch())?;
    Ok(state)
}

/// The terms.
pub fn terms<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<Terms, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.terms)
}

/// The books.
pub fn totals<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetTotalsReturn, ActorError> {
    let state = now(rt)?;
    let paused_until = state.config(rt.store())?.paused_until.unwrap_or_default();
    let State { totals, stream, .. } = state;
    let tracked = &totals.liquid + &totals.rewards_owed + &totals.fees_owed + &stream.amount;
    Ok(GetTotalsReturn {
        nav: totals.nav(),
        entry_nav: totals.entry_nav(),
        untracked: rt.balance() - tracked,
        shares: totals.shares,
        dead: totals.dead,
        liquid: totals.liquid,
        miners: totals.miners,
        rewards_owed: totals.rewards_owed,
        fees_owed: totals.fees_owed,
        exits_owed: TokenAmount::zero(),
        stream: stream.amount,
        stream_end: stream.end,
        paused_until,
    })
}

/// An account: shares, and what it could claim now, its part of the bond included. All zero for an address not on chain.
pub fn account<H: Host>(rt: &Runtime<H>, params: GetAccountParams) -> Result<GetAccountReturn, ActorError> {
    let state = now(rt)?;
    let zero = TokenAmount::zero;
    let Some(id) = rt.host().resolve(&params.account) else {
        return Ok(GetAccountReturn { shares: zero(), rewards: zero(), fees: zero() });
    };
    let index = &state.rewards.index;
    let cold = state.cold(rt.store())?;
    let own = state.accounts(rt.store())?.get(id)?.claimable(index);
    let bonded = cold.bonds.iter().filter(|b| b.owner == id).map(|b| b.account.claimable(index));
    Ok(GetAccountReturn {
        shares: balance(rt, &state, id)?,
        rewards: bonded.fold(own, |sum, more| sum + more),
        fees: cold.fees(rt.store())?.get(&id)?.cloned().unwrap_or_default(),
    })
}

/// The operator's bond.
pub fn bond<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetBondReturn, ActorError> {
    let state = State::view(rt)?;
    let bonds = state.cold(rt.store())?.bonds;
    let owners = bonds.into_iter().map(|b| (b.owner, b.account.shares)).collect();
    Ok(GetBondReturn { shares: state.bond.shares, owners })
}

/// What a deposit would bring at the last measurement: rounded down, as the deposit itself. Does not look at pauses and limits.
pub fn preview_deposit<H: Host>(
    rt: &Runtime<H>,
    params: PreviewDepositParams,
) -> Result<PreviewDepositReturn, ActorError> {
    not_negative(&params.amount, "amount")?;
    let mut totals = State::view(rt)?.totals;
    math::settle_surplus(&mut totals);
    let shares = math::shares_for(&params.amount, &totals)?;
    Ok(PreviewDepositReturn { shares, measured_at: totals.miners.oldest_measurement })
}

/// What a redemption would bring at the last measurement: rounded down, as the redemption itself.
pub fn preview_redeem<H: Host>(
    rt: &Runtime<H>,
    params: PreviewRedeemParams,
) -> Result<PreviewRedeemReturn, ActorError> {
    not_negative(&params.shares, "shares")?;
    let totals = State::view(rt)?.totals;
    let amount = math::amount_for(&params.shares, &totals);
    Ok(PreviewRedeemReturn { amount, available: totals.liquid, measured_at: totals.miners.oldest_measurement })
}

/// The reward index of this epoch.
pub fn reward_index<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<RewardIndexReturn, ActorError> {
    Ok(RewardIndexReturn { index: now(rt)?.rewards.index })
}
