//! Rewards leave, and beneficiaries change. FIL never stops here: the pool pays whom it is told to.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::nft_share::{AccountParams, ClaimOwedParams, ClaimParams, SetBeneficiaryParams};
use peggy_interfaces::pool::{ClaimRewards, ClaimRewardsParams, PaidReturn};
use peggy_math::saturating_sub;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::parts::same_beneficiary;
use crate::actor::token::owned;
use crate::actor::{change, check_party, check_tokens};
use crate::emit;
use crate::error::not_negative;
use crate::state::State;

/// Names who gets what tokens accrue from now on. Their owner. What has accrued stays owed to who was the beneficiary. An unknown
/// beneficiary is created.
pub fn set_beneficiary<H: Host>(rt: &Runtime<H>, params: SetBeneficiaryParams) -> Result<(), ActorError> {
    rt.accept_anyone();
    let (owner, pool) = (rt.caller(), State::view(rt)?.pool()?);
    check_tokens(&params.token_ids, 1)?;
    let beneficiary = rt.resolve_or_create(&params.beneficiary, "the beneficiary")?;
    check_party(rt, pool, beneficiary, "the beneficiary")?;
    let ((), owed) = change(rt, pool, |books| {
        for token in &params.token_ids {
            let mut position = owned(books, *token, owner)?;
            books.settle(&mut position)?;
            position.beneficiary = Some(beneficiary).filter(|id| *id != owner);
            books.put(*token, position)?;
        }
        Ok(())
    })?;
    emit::beneficiary(rt, owner, beneficiary, &params.token_ids, &owed)
}

/// Pays what tokens of one beneficiary have accrued, or `amount` if that is less, to the beneficiary. Anyone, since nobody else can
/// get it: keepers may claim for wallets that can't. Rounded down for each token; the fractions stay with them.
pub fn claim<H: Host>(rt: &Runtime<H>, params: ClaimParams) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    check_tokens(&params.token_ids, 1)?;
    if let Some(amount) = &params.amount {
        not_negative(amount, "amount")?;
    }
    let ((beneficiary, taken, sum), _) = change(rt, pool, |books| {
        // At most what the pool has for this actor: fractions it took back leave it short by an attoFIL.
        let there = books.at_pool();
        let mut left = params.amount.map_or(there.clone(), |amount| there.min(amount));
        let mut sum = TokenAmount::zero();
        let mut whose = None;
        let mut taken = Vec::with_capacity(params.token_ids.len());
        for token in params.token_ids {
            let mut position = books.position(token)?;
            same_beneficiary(&mut whose, token, position.beneficiary(), "claim for each in a message of its own")?;
            let amount = books.take_accrued(&mut position, Some(&left));
            if amount.is_zero() {
                continue;
            }
            books.put(token, position)?;
            left -= &amount;
            sum += &amount;
            taken.push((token, amount));
        }
        books.paid(&sum);
        let beneficiary = whose.ok_or_else(|| ActorError::assertion("a claim for no token"))?;
        Ok((beneficiary, taken, sum))
    })?;
    emit::claimed(rt, beneficiary, &taken, &sum)?;
    pay(rt, pool, (beneficiary, beneficiary), sum)
}

/// Pays what the caller is owed, or `amount` if that is less, to anyone it names. Anyone; nothing owed pays nothing.
pub fn claim_owed<H: Host>(rt: &Runtime<H>, params: ClaimOwedParams) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    if let Some(amount) = &params.amount {
        not_negative(amount, "amount")?;
    }
    let to = rt.resolve(&params.to, "the recipient")?;
    check_party(rt, pool, to, "the recipient")?;
    pay_owed(rt, pool, (rt.caller(), to), params.amount.as_ref())
}

/// Pays an account all it is owed. Anyone: the money goes nowhere else.
pub fn push_owed<H: Host>(rt: &Runtime<H>, params: AccountParams) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    let pool = State::view(rt)?.pool()?;
    let account = rt.resolve(&params.account, "the account")?;
    pay_owed(rt, pool, (account, account), None)
}

fn pay_owed<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    (account, to): (ActorID, ActorID),
    amount: Option<&TokenAmount>,
) -> Result<PaidReturn, ActorError> {
    let (sum, _) = change(rt, pool, |books| {
        let there = books.at_pool();
        let limit = amount.map_or(there.clone(), |amount| there.min(amount.clone()));
        let sum = books.take_owed(account, Some(&limit))?;
        books.paid(&sum);
        Ok(sum)
    })?;
    emit::owed_claimed(rt, account, to, &sum)?;
    pay(rt, pool, (account, to), sum)
}

/// Has the pool pay `amount` of this actor's rewards to `to`, after the books say so. What it does not pay, though it should, is owed to
/// `account` again.
fn pay<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    (account, to): (ActorID, ActorID),
    amount: TokenAmount,
) -> Result<PaidReturn, ActorError> {
    if amount.is_zero() {
        return Ok(PaidReturn { paid: amount });
    }
    let params = ClaimRewardsParams { to: Address::new_id(to), amount: Some(amount.clone()) };
    let paid = call::<ClaimRewards, H>(rt, pool, &params, &TokenAmount::zero())?.paid;
    let short = saturating_sub(&amount, &paid);
    if short.is_positive() {
        change(rt, pool, |books| books.owe_back(account, &short))?;
        emit::owed_back(rt, account, &short)?;
    }
    Ok(PaidReturn { paid })
}
