//! Lists (FRC-53, "enumerable"), a page at a time. Cursors are the reference implementation's: they name the root they were made for, and are
//! refused once that changed.

use cid::Cid;
use frc53_nft::state::Cursor;
use frc53_nft::types::{
    ActorIDSet, ListAccountOperatorsParams, ListAccountOperatorsReturn, ListOperatorTokensParams,
    ListOperatorTokensReturn, ListOwnedTokensParams, ListOwnedTokensReturn, ListTokenOperatorsParams,
    ListTokenOperatorsReturn, ListTokensParams, ListTokensReturn, TokenID, TokenSet,
};
use fvm_ipld_bitfield::BitField;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::ActorID;
use peggy_interfaces::nft_share::limits::MAX_PAGE;
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::books;
use crate::error::Error;
use crate::state::{Holder, State};
use crate::tokens;

/// All tokens, ascending.
pub fn tokens<H: Host>(rt: &Runtime<H>, params: ListTokensParams) -> Result<ListTokensReturn, ActorError> {
    let state = State::view(rt)?;
    let from = start(&params.cursor, &state.positions)?;
    let mut found = Vec::new();
    let next = state.positions(rt.store())?.page(from, page(params.limit)?, |token, _| {
        found.push(token);
        true
    })?;
    Ok(ListTokensReturn { tokens: set(found)?, next_cursor: cursor(&state.positions, next)? })
}

/// An owner's tokens, ascending; none of anybody else's is looked at.
pub fn owned<H: Host>(rt: &Runtime<H>, params: ListOwnedTokensParams) -> Result<ListOwnedTokensReturn, ActorError> {
    let state = State::view(rt)?;
    let from = start(&params.cursor, &state.holders)?;
    let limit = page(params.limit)?;
    let holder = holder(rt, &state, rt.host().resolve(&params.owner))?;
    let (found, next) = tokens::list(&holder, from, limit, rt.store())?;
    Ok(ListOwnedTokensReturn { tokens: set(found)?, next_cursor: cursor(&state.holders, next)? })
}

/// Who is approved for a token by itself.
pub fn token_operators<H: Host>(
    rt: &Runtime<H>,
    params: ListTokenOperatorsParams,
) -> Result<ListTokenOperatorsReturn, ActorError> {
    let state = State::view(rt)?;
    let from = start(&params.cursor, &state.positions)?;
    let position = books::find(&state.positions(rt.store())?, params.token_id, state.next_token)?;
    let (operators, next) = slice(&position.operators, from, page(params.limit)?)?;
    Ok(ListTokenOperatorsReturn { operators, next_cursor: cursor(&state.positions, next)? })
}

/// Tokens an operator is approved for by themselves. There is no index of these, so a page is of tokens looked at, not found.
pub fn operator_tokens<H: Host>(
    rt: &Runtime<H>,
    params: ListOperatorTokensParams,
) -> Result<ListOperatorTokensReturn, ActorError> {
    let state = State::view(rt)?;
    let from = start(&params.cursor, &state.positions)?;
    let limit = page(params.limit)?;
    let mut found = Vec::new();
    let mut next = None;
    if let Some(operator) = rt.host().resolve(&params.operator) {
        next = state.positions(rt.store())?.page(from, limit, |token, position| {
            if position.operators.binary_search(&operator).is_ok() {
                found.push(token);
            }
            true
        })?;
    }
    Ok(ListOperatorTokensReturn { tokens: set(found)?, next_cursor: cursor(&state.positions, next)? })
}

/// Who is approved for all tokens of an owner.
pub fn account_operators<H: Host>(
    rt: &Runtime<H>,
    params: ListAccountOperatorsParams,
) -> Result<ListAccountOperatorsReturn, ActorError> {
    let state = State::view(rt)?;
    let from = start(&params.cursor, &state.holders)?;
    let holder = holder(rt, &state, rt.host().resolve(&params.owner))?;
    let (operators, next) = slice(&holder.operators, from, page(params.limit)?)?;
    Ok(ListAccountOperatorsReturn { operators, next_cursor: cursor(&state.holders, next)? })
}

/// A holder; one without anything for who has no record or is not on chain.
pub(super) fn holder<H: Host>(rt: &Runtime<H>, state: &State, id: Option<ActorID>) -> Result<Holder, ActorError> {
    match id {
        Some(id) => Ok(state.holders(rt.store())?.get(&id)?.cloned().unwrap_or_default()),
        None => Ok(Holder::default()),
    }
}

/// How many entries a page has at most.
pub(super) fn page(limit: u64) -> Result<u64, Error> {
    match limit {
        0 => Err(Error::NoLimit),
        limit => Ok(limit.min(MAX_PAGE)),
    }
}

/// Where a cursor points. Refuses one of another state.
fn start(cursor: &RawBytes, root: &Cid) -> Result<u64, Error> {
    if cursor.is_empty() {
        return Ok(0);
    }
    match cursor.deserialize::<Cursor>() {
        Ok(cursor) if cursor.root == *root => Ok(cursor.index),
        _ => Err(Error::BadCursor),
    }
}

fn cursor(root: &Cid, next: Option<u64>) -> Result<Option<RawBytes>, ActorError> {
    next.map(|index| RawBytes::serialize(Cursor { root: *root, index })).transpose().or_serialization("a cursor")
}

/// Tokens as the standard's set. No ID reaches the one value it can't hold.
fn set(tokens: Vec<TokenID>) -> Result<TokenSet, ActorError> {
    BitField::try_from_bits(tokens).or_state("a set of tokens")
}

/// Operators from the `from`th on.
fn slice(operators: &[ActorID], from: u64, limit: u64) -> Result<(ActorIDSet, Option<u64>), ActorError> {
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(operators.len());
    let to = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(from).min(operators.len());
    let next = (to < operators.len()).then_some(to as u64);
    Ok((BitField::try_from_bits(operators[from..to].to_vec()).or_state("a set of operators")?, next))
}
