//! Who may move tokens for their owner (FRC-53). Lists are short by constant bounds: everybody who touches the record pays for them.

use frc53_nft::types::{
    ApproveForAllParams, ApproveParams, IsApprovedForAllParams, RevokeForAllParams, RevokeParams, TokenID,
};
use fvm_shared::ActorID;
use peggy_interfaces::nft_share::limits::{MAX_ACCOUNT_OPERATORS, MAX_TOKEN_OPERATORS};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::check_tokens;
use crate::books;
use crate::emit;
use crate::error::Error;
use crate::state::State;

/// Lets an operator move or burn some of the caller's tokens, until they are transferred. Their owner. An unknown operator is
/// created.
pub fn approve<H: Host>(rt: &Runtime<H>, params: ApproveParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    check_tokens(&params.token_ids, 0)?;
    let operator = rt.resolve_or_create(&params.operator, "the operator")?;
    each(rt, &params.token_ids, |token, operators| {
        include(operators, operator, MAX_TOKEN_OPERATORS, || format!("token {token}"))
    })?;
    emit::approval(rt, rt.caller(), operator, &params.token_ids, true)
}

/// Ends such approvals; where there is none nothing happens. Their owner. An operator that is not on chain has none.
pub fn revoke<H: Host>(rt: &Runtime<H>, params: RevokeParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    check_tokens(&params.token_ids, 0)?;
    let Some(operator) = rt.host().resolve(&params.operator) else { return State::view(rt).map(|_| ()) };
    each(rt, &params.token_ids, |_, operators| {
        exclude(operators, operator);
        Ok(())
    })?;
    emit::approval(rt, rt.caller(), operator, &params.token_ids, false)
}

/// Lets an operator move or burn all tokens of the caller, those to come included. Anyone.
pub fn approve_for_all<H: Host>(rt: &Runtime<H>, params: ApproveForAllParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    let operator = rt.resolve_or_create(&params.operator, "the operator")?;
    let owner = rt.caller();
    account(rt, owner, |operators| {
        include(operators, operator, MAX_ACCOUNT_OPERATORS, || format!("the account of f0{owner}"))
    })?;
    emit::approval_for_all(rt, owner, operator, true)
}

/// Ends such an approval. Approvals of single tokens stay.
pub fn revoke_for_all<H: Host>(rt: &Runtime<H>, params: RevokeForAllParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    let Some(operator) = rt.host().resolve(&params.operator) else { return State::view(rt).map(|_| ()) };
    let owner = rt.caller();
    account(rt, owner, |operators| {
        exclude(operators, operator);
        Ok(())
    })?;
    emit::approval_for_all(rt, owner, operator, false)
}

/// Whether an operator may move all tokens of an owner. Nobody is its own operator.
pub fn is_approved_for_all<H: Host>(rt: &Runtime<H>, params: IsApprovedForAllParams) -> Result<bool, ActorError> {
    let state = State::view(rt)?;
    let (Some(owner), Some(operator)) = (rt.host().resolve(&params.owner), rt.host().resolve(&params.operator)) else {
        return Ok(false);
    };
    let holder = state.holders(rt.store())?.get(&owner)?.cloned().unwrap_or_default();
    Ok(holder.operators.binary_search(&operator).is_ok())
}

/// Changes the operators of each of the caller's tokens. Nothing accrues or moves by it, so the pool is not asked.
fn each<H: Host>(
    rt: &Runtime<H>,
    tokens: &[TokenID],
    change: impl Fn(TokenID, &mut Vec<ActorID>) -> Result<(), Error>,
) -> Result<(), ActorError> {
    let (owner, now) = (rt.caller(), rt.epoch());
    rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut positions = state.positions(store)?;
        for token in tokens {
            let mut position = books::find(&positions, *token, state.next_token)?;
            if position.owner != owner {
                return Err(Error::NotOwner { token: *token, owner: position.owner, claimed: owner }.into());
            }
            change(*token, &mut position.operators)?;
            positions.set(*token, position)?;
        }
        state.positions = positions.flush()?;
        Ok(())
    })
}

/// Changes the operators of an account. A record that holds nothing else is kept for them, and removed with the last.
fn account<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    change: impl FnOnce(&mut Vec<ActorID>) -> Result<(), Error>,
) -> Result<(), ActorError> {
    let now = rt.epoch();
    rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut holders = state.holders(store)?;
        let mut holder = holders.get(&owner)?.cloned().unwrap_or_default();
        change(&mut holder.operators)?;
        if holder.is_idle() {
            state.spare += &holder.owed;
            holders.delete(&owner)?;
        } else {
            holders.set(&owner, holder)?;
        }
        state.holders = holders.flush()?;
        Ok(())
    })
}

fn include(
    operators: &mut Vec<ActorID>,
    operator: ActorID,
    max: usize,
    what: impl FnOnce() -> String,
) -> Result<(), Error> {
    let Err(at) = operators.binary_search(&operator) else { return Ok(()) };
    if operators.len() >= max {
        return Err(Error::TooManyOperators { what: what(), max });
    }
    operators.insert(at, operator);
    Ok(())
}

fn exclude(operators: &mut Vec<ActorID>, operator: ActorID) {
    if let Ok(at) = operators.binary_search(&operator) {
        operators.remove(at);
    }
}
