//! FRC-46 allowances of the LP token.

use frc46_token::token::types::{
    DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams, RevokeAllowanceParams,
};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::{broken_token, State};

/// How much an operator may move for an owner; nothing for addresses not on chain.
pub fn allowance<H: Host>(rt: &Runtime<H>, params: GetAllowanceParams) -> Result<TokenAmount, ActorError> {
    let (state, _) = State::view(rt)?;
    match (rt.host().resolve(&params.owner), rt.host().resolve(&params.operator)) {
        (Some(owner), Some(operator)) => state.allowance(owner, operator, rt.store()),
        _ => Ok(TokenAmount::zero()),
    }
}

/// Lets an operator move more of the caller's LP tokens.
pub fn increase<H: Host>(rt: &Runtime<H>, params: IncreaseAllowanceParams) -> Result<TokenAmount, ActorError> {
    not_negative(&params.increase, "increase")?;
    change(rt, &params.operator, &params.increase)
}

/// Lets an operator move less of the caller's LP tokens, down to nothing at most.
pub fn decrease<H: Host>(rt: &Runtime<H>, params: DecreaseAllowanceParams) -> Result<TokenAmount, ActorError> {
    not_negative(&params.decrease, "decrease")?;
    change(rt, &params.operator, &-params.decrease)
}

/// Lets an operator move nothing of the caller's any more. One that is not on chain can move nothing anyway.
pub fn revoke<H: Host>(rt: &Runtime<H>, params: RevokeAllowanceParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    let Some(operator) = rt.host().resolve(&params.operator) else {
        return State::view(rt).map(|_| ());
    };
    let owner = rt.caller();
    rt.transaction(|state: &mut State, store| {
        state.wiring()?;
        state.lp.revoke_allowance(&store, owner, operator).map_err(broken_token)
    })?;
    emit::allowance(rt, owner, operator, &TokenAmount::zero())
}

/// Changes the caller's allowance of an operator, which is created if it is not on chain yet, as in the reference implementation.
fn change<H: Host>(rt: &Runtime<H>, operator: &Address, delta: &TokenAmount) -> Result<TokenAmount, ActorError> {
    rt.accept_anyone();
    State::view(rt)?;
    let operator = rt.resolve_or_create(operator, "the operator")?;
    let owner: ActorID = rt.caller();
    if operator == owner {
        return Err(Error::OwnerAsOperator(owner).into());
    }
    let allowance = rt.transaction(|state: &mut State, store| {
        state.lp.change_allowance_by(&store, owner, operator, delta).map_err(broken_token)
    })?;
    emit::allowance(rt, owner, operator, &allowance)?;
    Ok(allowance)
}
