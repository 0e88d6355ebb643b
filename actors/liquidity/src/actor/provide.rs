//! What providers do: bring FIL, and take out their part of FIL and inventory.
//!
//! Trust: the pool is the one actor whose answers are believed (what a share is worth, what rewards it paid). It is named by the
//! wiring, and only governance can change its code.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::{
    AddLiquidityParams, AddLiquidityReturn, CollectReturn, RemoveLiquidityParams, RemoveLiquidityReturn,
};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{collect, hand_over, measured_price};
use crate::emit;
use crate::error::{at_least, not_negative, Error};
use crate::math;
use crate::state::State;

/// Turns the value sent into LP tokens of the caller, rounded down. Anyone; closed by a pause.
///
/// Rewards that wait at the pool are collected first: they are the providers' who are there already. An inventory is counted at
/// the entry price, so that nobody comes in cheaply just before vesting rewards heal a loss; without one no price is needed. As in
/// the pool, the caller's receiver hook is not called: it asked for these tokens.
pub fn add<H: Host>(rt: &Runtime<H>, params: AddLiquidityParams) -> Result<AddLiquidityReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.min_lp, "min_lp")?;
    let (before, wiring) = State::view(rt)?;
    before.require_open(rt.epoch())?;
    let collected = collect(rt, wiring.pool)?;
    let price = if before.inventory.is_zero() { None } else { Some(measured_price(rt, wiring.pool)?) };
    let (provider, own, value) = (rt.caller(), rt.receiver(), rt.value());
    let minted = rt.transaction(|state: &mut State, store| {
        state.fil += &collected;
        let inventory = match &price {
            Some(price) => math::cost(&state.inventory, price),
            None if state.inventory.is_zero() => TokenAmount::zero(),
            None => return Err(ActorError::assertion("there is inventory, and no price")),
        };
        let minted = math::lp_for(value, &state.lp.supply, &(&state.fil + inventory))?;
        at_least(&params.min_lp, &minted.provider, "LP tokens")?;
        state.mint(own, &minted.locked, store)?;
        state.mint(provider, &minted.provider, store)?;
        state.fil += value;
        Ok(minted)
    })?;
    emit::added(rt, provider, value, &minted.provider)?;
    if !minted.locked.is_zero() {
        emit::locked(rt, &minted.locked)?;
    }
    Ok(AddLiquidityReturn { lp: minted.provider })
}

/// Turns the caller's LP tokens into their part of FIL and of inventory, each rounded down. A holder of LP tokens.
///
/// Needs no price, and nothing closes it: not a pause, not an old measurement, not a miner that can't be measured. FIL goes out by a
/// bare send; shares by a transfer of the pool, which calls the caller's receiver hook when everything is done.
pub fn remove<H: Host>(rt: &Runtime<H>, params: RemoveLiquidityParams) -> Result<RemoveLiquidityReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.lp, "lp")?;
    not_negative(&params.min_fil, "min_fil")?;
    not_negative(&params.min_shares, "min_shares")?;
    let (_, wiring) = State::view(rt)?;
    let collected = collect(rt, wiring.pool)?;
    let provider = rt.caller();
    let (fil, shares) = rt.transaction(|state: &mut State, store| {
        state.fil += &collected;
        let all = state.lp.supply.clone();
        state.burn(provider, &params.lp, store)?;
        let fil = math::part(&state.fil, &params.lp, &all);
        let shares = math::part(&state.inventory, &params.lp, &all);
        if fil.is_zero() && shares.is_zero() {
            return Err(Error::BringsNothing { given: params.lp.clone() }.into());
        }
        at_least(&params.min_fil, &fil, "FIL")?;
        at_least(&params.min_shares, &shares, "shares")?;
        state.fil -= &fil;
        state.inventory -= &shares;
        Ok((fil, shares))
    })?;
    emit::removed(rt, provider, &params.lp, &fil, &shares)?;
    rt.pay(provider, &fil)?;
    hand_over(rt, wiring.pool, provider, &shares)?;
    Ok(RemoveLiquidityReturn { fil, shares })
}

/// Brings in the inventory's rewards. Anyone. Until then sales count without them.
pub fn collect_rewards<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<CollectReturn, ActorError> {
    rt.accept_anyone();
    let (_, wiring) = State::view(rt)?;
    let collected = collect(rt, wiring.pool)?;
    rt.transaction(|state: &mut State, _| {
        state.fil += &collected;
        Ok(())
    })?;
    Ok(CollectReturn { collected })
}
