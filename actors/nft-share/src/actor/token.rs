//! The token (FRC-53): names, owners, transfers. Semantics are those of the reference implementation; accruals stay with whoever was
//! the beneficiary.

use frc53_nft::types::{TokenID, TransferFromParams, TransferParams, TransferReturn};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{balance, change, check_party, check_tokens, notify};
use crate::books::{self, Books};
use crate::emit;
use crate::error::Error;
use crate::metadata;
use crate::state::{Position, State};

/// FRC-53 name.
pub fn name<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.name)
}

/// FRC-53 symbol.
pub fn symbol<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.symbol)
}

/// A token as JSON with a picture, made when asked for: there is nothing to host, and nothing to change behind the owner's back.
pub fn metadata<H: Host>(rt: &Runtime<H>, token: TokenID) -> Result<String, ActorError> {
    let state = State::view(rt)?;
    let position = books::find(&state.positions(rt.store())?, token, state.next_token)?;
    let config = state.config(rt.store())?;
    Ok(metadata::json(&config.name, &config.symbol, state.pool()?, token, &position))
}

/// How many tokens there are.
pub fn total_supply<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<u64, ActorError> {
    Ok(State::view(rt)?.supply)
}

/// Who owns a token.
pub fn owner_of<H: Host>(rt: &Runtime<H>, token: TokenID) -> Result<ActorID, ActorError> {
    let state = State::view(rt)?;
    Ok(books::find(&state.positions(rt.store())?, token, state.next_token)?.owner)
}

/// How many tokens an address owns; none for one that is not on chain.
pub fn balance_of<H: Host>(rt: &Runtime<H>, address: Address) -> Result<u64, ActorError> {
    let state = State::view(rt)?;
    match rt.host().resolve(&address) {
        Some(id) => balance(rt, &state, id),
        None => Ok(0),
    }
}

/// Moves the caller's tokens, then calls the recipient's hook. Anyone. An unknown recipient is created. Without tokens it is a
/// message to the recipient's hook.
pub fn transfer<H: Host>(rt: &Runtime<H>, params: TransferParams) -> Result<TransferReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    check_tokens(&params.token_ids, 0)?;
    let from = rt.caller();
    let to = recipient(rt, pool, &params.to)?;
    move_tokens(rt, pool, (from, to), params.token_ids, params.operator_data, |_, _, _| Ok(()))
}

/// Moves an owner's tokens, then calls the recipient's hook. Whoever the owner approved, for all its tokens or for each of these; the
/// owner itself is no operator of its own unless it says so.
pub fn transfer_from<H: Host>(rt: &Runtime<H>, params: TransferFromParams) -> Result<TransferReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    check_tokens(&params.token_ids, 0)?;
    let from = rt.resolve(&params.from, "the owner")?;
    let to = recipient(rt, pool, &params.to)?;
    let operator = rt.caller();
    move_tokens(rt, pool, (from, to), params.token_ids, params.operator_data, |books, token, position| {
        books.require_approved(operator, token, position)
    })
}

fn recipient<H: Host>(rt: &Runtime<H>, pool: ActorID, to: &Address) -> Result<ActorID, ActorError> {
    let id = rt.resolve_or_create(to, "the recipient")?;
    check_party(rt, pool, id, "the recipient")?;
    Ok(id)
}

/// Moves tokens of `from` that `allowed` accepts: what has accrued becomes owed to the beneficiaries there were, the new owner is
/// the beneficiary, approvals end.
fn move_tokens<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    (from, to): (ActorID, ActorID),
    token_ids: Vec<TokenID>,
    operator_data: RawBytes,
    allowed: impl Fn(&mut Books<H>, TokenID, &Position) -> Result<(), ActorError>,
) -> Result<TransferReturn, ActorError> {
    let mut balances = None;
    if !token_ids.is_empty() {
        let (there, owed) = change(rt, pool, |books| {
            let mut shares = TokenAmount::zero();
            for token in &token_ids {
                let mut position = owned(books, *token, from)?;
                allowed(books, *token, &position)?;
                books.settle(&mut position)?;
                shares += &position.account.shares;
                let moved = Position { owner: to, beneficiary: None, operators: Vec::new(), ..position };
                books.put(*token, moved)?;
            }
            books.debit(from, &token_ids, &shares)?;
            books.credit(to, &token_ids, &shares)?;
            Ok((books.balance(from)?, books.balance(to)?))
        })?;
        balances = Some(there);
        emit::transferred(rt, (from, to), &token_ids, &owed)?;
    }
    let saved = rt.host().root();
    notify(rt, rt.caller(), to, &token_ids, operator_data)?;
    // Those known, unless the hook changed them.
    let (from_balance, to_balance) = match balances {
        Some(balances) if rt.host().root() == saved => balances,
        _ => {
            let state = State::view(rt)?;
            (balance(rt, &state, from)?, balance(rt, &state, to)?)
        }
    };
    Ok(TransferReturn { from_balance, to_balance, token_ids })
}

/// A position that must be this owner's.
pub(super) fn owned<H: Host>(books: &Books<H>, token: TokenID, claimed: ActorID) -> Result<Position, ActorError> {
    let position = books.position(token)?;
    if position.owner != claimed {
        return Err(Error::NotOwner { token, owner: position.owner, claimed }.into());
    }
    Ok(position)
}
