//! Positions become shares again.

use frc46_token::token::types::TransferParams;
use frc53_nft::types::{BurnFromParams, TokenID};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::nft_share::{UnwrapParams, UnwrapReturn};
use peggy_interfaces::{call, frc46};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::token::owned;
use crate::actor::{balance, change, check_party, check_tokens};
use crate::books::Books;
use crate::emit;
use crate::state::{Position, State};

/// Ends the caller's positions and sends it their shares. Their owner. What has accrued stays owed to their beneficiaries. Returns how
/// many tokens the caller still owns.
pub fn burn<H: Host>(rt: &Runtime<H>, token_ids: Vec<TokenID>) -> Result<u64, ActorError> {
    rt.accept_anyone();
    let (owner, pool) = (rt.caller(), State::view(rt)?.pool()?);
    check_tokens(&token_ids, 1)?;
    end(rt, pool, (owner, owner), &token_ids, |_, _, _| Ok(()))?;
    // After the hook of the shares' recipient, which may have moved tokens.
    balance(rt, &State::view(rt)?, owner)
}

/// [`burn`] for an operator the owner approved. The shares go to the owner, so an approval to burn is none to take them.
pub fn burn_from<H: Host>(rt: &Runtime<H>, params: BurnFromParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    check_tokens(&params.token_ids, 1)?;
    let owner = rt.resolve(&params.from, "the owner")?;
    let operator = rt.caller();
    end(rt, pool, (owner, owner), &params.token_ids, |books, token, position| {
        books.require_approved(operator, token, position)
    })
    .map(|_| ())
}

/// [`burn`] with a choice of who gets the shares. Their owner. An unknown recipient is created.
pub fn unwrap<H: Host>(rt: &Runtime<H>, params: UnwrapParams) -> Result<UnwrapReturn, ActorError> {
    rt.accept_anyone();
    let (owner, pool) = (rt.caller(), State::view(rt)?.pool()?);
    check_tokens(&params.token_ids, 1)?;
    let to = match &params.to {
        Some(address) => rt.resolve_or_create(address, "the recipient")?,
        None => owner,
    };
    check_party(rt, pool, to, "the recipient")?;
    let shares = end(rt, pool, (owner, to), &params.token_ids, |_, _, _| Ok(()))?;
    Ok(UnwrapReturn { shares })
}

/// Ends positions of `owner` that `allowed` accepts, saves that, then has the pool move their shares, in one transfer whose hook
/// may call back.
fn end<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    (owner, to): (ActorID, ActorID),
    tokens: &[TokenID],
    allowed: impl Fn(&mut Books<H>, TokenID, &Position) -> Result<(), ActorError>,
) -> Result<TokenAmount, ActorError> {
    let (shares, owed) = change(rt, pool, |books| {
        let mut shares = TokenAmount::zero();
        for token in tokens {
            let position = owned(books, *token, owner)?;
            allowed(books, *token, &position)?;
            shares += &position.account.shares;
            books.end(*token, position)?;
        }
        books.debit(owner, tokens, &shares)?;
        books.release(&shares)?;
        Ok(shares)
    })?;
    emit::burnt(rt, (owner, to), tokens, &shares, &owed)?;
    let params = TransferParams { to: Address::new_id(to), amount: shares.clone(), operator_data: RawBytes::default() };
    call::<frc46::Transfer, H>(rt, pool, &params, &TokenAmount::zero())
        .map_err(|e| e.context(format!("giving {shares} shares to f0{to}")))?;
    Ok(shares)
}
