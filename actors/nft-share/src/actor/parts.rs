//! Positions in parts, and together again.
//!
//! A token stands for the same shares as long as it lives: parts and wholes are new tokens. Who buys token 7, or lends against it,
//! gets what it was when they looked, or nothing.

use frc53_nft::types::TokenID;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::nft_share::limits::MAX_PARTS;
use peggy_interfaces::nft_share::{MergeParams, MergeReturn, SplitParams, SplitReturn};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::token::owned;
use crate::actor::{change, check_tokens, notify};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::State;

/// Makes several tokens of one, of the same owner and beneficiary. Its owner. What has accrued stays owed to the beneficiary.
pub fn split<H: Host>(rt: &Runtime<H>, params: SplitParams) -> Result<SplitReturn, ActorError> {
    rt.accept_anyone();
    let (owner, token, pool) = (rt.caller(), params.token_id, State::view(rt)?.pool()?);
    for amount in &params.amounts {
        not_negative(amount, "a part")?;
    }
    let (parts, owed) = change(rt, pool, |books| {
        let position = owned(books, token, owner)?;
        let beneficiary = position.beneficiary;
        let amounts = check_parts(&position.account.shares, params.amounts)?;
        books.debit(owner, &[token], &position.account.shares)?;
        books.end(token, position)?;
        let mut parts = Vec::with_capacity(amounts.len());
        for shares in amounts {
            parts.push((books.mint(owner, beneficiary, &shares)?, shares));
        }
        Ok(parts)
    })?;
    emit::split(rt, owner, token, &parts, &owed)?;
    let token_ids: Vec<_> = parts.into_iter().map(|(token, _)| token).collect();
    notify(rt, owner, owner, &token_ids, RawBytes::default())?;
    Ok(SplitReturn { token_ids })
}

/// The amounts, and what they leave of the whole: two or more positive parts that are all of it.
fn check_parts(whole: &TokenAmount, mut amounts: Vec<TokenAmount>) -> Result<Vec<TokenAmount>, Error> {
    let bad = |why: String| Err(Error::BadParts(why));
    if amounts.len() > MAX_PARTS {
        return bad(format!("{} amounts are named; a position is split into at most {MAX_PARTS}", amounts.len()));
    }
    if let Some(amount) = amounts.iter().find(|amount| !amount.is_positive()) {
        return bad(format!("a part of {amount} shares is none; each must be more than 0"));
    }
    let sum = amounts.iter().fold(TokenAmount::zero(), |sum, amount| sum + amount);
    if sum > *whole {
        return bad(format!("the parts are {sum} shares together, but the position has {whole}"));
    }
    if sum < *whole {
        amounts.push(whole - sum);
    }
    if amounts.len() < 2 || amounts.len() > MAX_PARTS {
        return bad(format!("this makes {} part(s) with what is left, but it must be 2 to {MAX_PARTS}", amounts.len()));
    }
    Ok(amounts)
}

/// Makes one token of several of one beneficiary. Their owner. What has accrued stays owed to the beneficiary.
pub fn merge<H: Host>(rt: &Runtime<H>, params: MergeParams) -> Result<MergeReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    check_tokens(&params.token_ids, 2)?;
    let (owner, tokens) = (rt.caller(), params.token_ids);
    let ((token_id, shares), owed) = change(rt, pool, |books| {
        let mut shares = TokenAmount::zero();
        let mut whose = None;
        for token in &tokens {
            let position = owned(books, *token, owner)?;
            same_beneficiary(&mut whose, *token, position.beneficiary(), "call SetBeneficiary first")?;
            shares += &position.account.shares;
            books.end(*token, position)?;
        }
        books.debit(owner, &tokens, &shares)?;
        Ok((books.mint(owner, whose, &shares)?, shares))
    })?;
    emit::merged(rt, owner, &tokens, token_id, &shares, &owed)?;
    notify(rt, owner, owner, &[token_id], RawBytes::default())?;
    Ok(MergeReturn { token_id, shares })
}

/// Refuses a token of another beneficiary than those before it.
pub(super) fn same_beneficiary(
    whose: &mut Option<ActorID>,
    token: TokenID,
    beneficiary: ActorID,
    todo: &'static str,
) -> Result<(), Error> {
    match *whose.get_or_insert(beneficiary) {
        other if other != beneficiary => Err(Error::MixedBeneficiaries { token, beneficiary, other, todo }),
        _ => Ok(()),
    }
}
