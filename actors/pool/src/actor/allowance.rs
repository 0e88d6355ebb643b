//! FRC-46 allowances.

use frc46_token::token::types::{
    DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams, RevokeAllowanceParams,
};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_math::saturating_sub;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::State;

/// How much an operator may move for an owner; nothing for addresses not on chain.
pub fn allowance<H: Host>(rt: &Runtime<H>, params: GetAllowanceParams) -> Result<TokenAmount, ActorError> {
    let state = State::view(rt)?;
    match (rt.host().resolve(&params.owner), rt.host().resolve(&params.operator)) {
        (Some(owner), Some(operator)) => between(&state, owner, operator, rt.store()),
        _ => Ok(TokenAmount::zero()),
    }
}

/// Lets an operator move more of the caller's shares.
pub fn increase<H: Host>(rt: &Runtime<H>, params: IncreaseAllowanceParams) -> Result<TokenAmount, ActorError> {
    not_negative(&params.increase, "increase")?;
    change(rt, &params.operator, |now| now + &params.increase)
}

/// Lets an operator move less of the caller's shares, down to nothing at most.
pub fn decrease<H: Host>(rt: &Runtime<H>, params: DecreaseAllowanceParams) -> Result<TokenAmount, ActorError> {
    not_negative(&params.decrease, "decrease")?;
    change(rt, &params.operator, |now| saturating_sub(now, &params.decrease))
}

/// Lets an operator move nothing of the caller's any more. One that is not on chain can move nothing anyway.
pub fn revoke<H: Host>(rt: &Runtime<H>, params: RevokeAllowanceParams) -> Result<(), ActorError> {
    if rt.host().resolve(&params.operator).is_none() {
        return State::view(rt).map(|_| ());
    }
    change(rt, &params.operator, |_| TokenAmount::zero()).map(|_| ())
}

/// The operator is created if it is not on chain yet, as in the reference implementation.
fn change<H: Host>(
    rt: &Runtime<H>,
    operator: &Address,
    new: impl FnOnce(&TokenAmount) -> TokenAmount,
) -> Result<TokenAmount, ActorError> {
    rt.accept_anyone();
    let operator = rt.resolve_or_create(operator, "the operator")?;
    let (owner, now) = (rt.caller(), rt.epoch());
    if operator == owner {
        return Err(Error::OwnerAsOperator(owner).into());
    }
    let amount = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let before = between(state, owner, operator, store)?;
        let after = new(&before);
        set(state, owner, operator, &after, store)?;
        Ok(after)
    })?;
    emit::allowance(rt, owner, operator, &amount)?;
    Ok(amount)
}

/// Uses an allowance, and returns what is left of it. As in the reference implementation, an operator without any is refused even
/// when it moves nothing.
pub(super) fn spend<H: Host>(
    state: &mut State,
    owner: ActorID,
    operator: ActorID,
    wanted: &TokenAmount,
    store: Store<'_, H>,
) -> Result<TokenAmount, ActorError> {
    let allowance = between(state, owner, operator, store)?;
    if allowance.is_zero() || allowance < *wanted {
        return Err(Error::TooLittleAllowance { owner, operator, allowance, wanted: wanted.clone() }.into());
    }
    let left = allowance - wanted;
    set(state, owner, operator, &left, store)?;
    Ok(left)
}

/// What `operator` may move for `owner`.
pub(super) fn between<H: Host>(
    state: &State,
    owner: ActorID,
    operator: ActorID,
    store: Store<'_, H>,
) -> Result<TokenAmount, ActorError> {
    let allowances = state.cold(store)?.allowances(store)?;
    Ok(allowances.get(&(owner, operator))?.cloned().unwrap_or_default())
}

fn set<H: Host>(
    state: &mut State,
    owner: ActorID,
    operator: ActorID,
    amount: &TokenAmount,
    store: Store<'_, H>,
) -> Result<(), ActorError> {
    let mut cold = state.cold(store)?;
    let mut allowances = cold.allowances(store)?;
    // Nothing is kept for an allowance of nothing.
    if amount.is_zero() {
        allowances.delete(&(owner, operator))?;
    } else {
        allowances.set(&(owner, operator), amount.clone())?;
    }
    cold.allowances = allowances.flush()?;
    state.cold = cold.save(store)?;
    Ok(())
}
