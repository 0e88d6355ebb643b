//! Rewards and fees leave the pool.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool::{ClaimRewardsParams, PaidReturn};
use peggy_ledger::Account;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::not_the_pool;
use crate::emit;
use crate::error::not_negative;
use crate::state::State;

/// Pays the caller's accrued rewards to anyone it names: all, or `amount` if that is less. Anyone. Needs no price, so it is
/// never closed. Rounded down; the fraction of an attoFIL left keeps for the next time.
pub fn claim<H: Host>(rt: &Runtime<H>, params: ClaimRewardsParams) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    if let Some(amount) = &params.amount {
        not_negative(amount, "amount")?;
    }
    let to = rt.resolve(&params.to, "the recipient")?;
    not_the_pool(rt, to, "FIL")?;
    let (owner, now) = (rt.caller(), rt.epoch());
    let paid = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut accounts = state.accounts(store)?;
        let mut account = accounts.get(owner)?;
        let paid = take(state, &mut account, owner, params.amount.as_ref(), store)?;
        accounts.put(owner, account, &mut state.rewards)?;
        state.accounts = accounts.flush()?;
        Ok(paid)
    })?;
    rt.pay(to, &paid)?;
    emit::claimed(rt, owner, to, &paid)?;
    Ok(PaidReturn { paid })
}

/// Takes what an owner's account, and then its part of the bond, can claim, up to `at_most`, off both and off the books. The account
/// is the caller's to put back.
pub(super) fn take<H: Host>(
    state: &mut State,
    account: &mut Account,
    owner: ActorID,
    at_most: Option<&TokenAmount>,
    store: Store<'_, H>,
) -> Result<TokenAmount, ActorError> {
    let index = &state.rewards.index.clone();
    let limited = |there: TokenAmount, taken: &TokenAmount| match at_most {
        Some(limit) => there.min(limit - taken),
        None => there,
    };
    let mut taken = limited(account.claimable(index), &TokenAmount::zero());
    account.paid(&taken);
    if state.bond.owners.contains(&owner) {
        let mut cold = state.cold(store)?;
        for record in cold.bonds.iter_mut().filter(|b| b.owner == owner) {
            let more = limited(record.account.claimable(index), &taken);
            record.account.paid(&more);
            taken += more;
        }
        cold.prune_bonds(&mut state.bond, &mut state.rewards);
        state.cold = cold.save(store)?;
    }
    state.totals.rewards_owed -= &taken;
    Ok(taken)
}

/// Pays the caller the fees it is owed, also from before the terms changed. Anyone; nothing owed pays nothing.
pub fn claim_fees<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    let (recipient, now) = (rt.caller(), rt.epoch());
    let paid = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut cold = state.cold(store)?;
        let mut fees = cold.fees(store)?;
        let paid = fees.delete(&recipient)?.unwrap_or_default();
        cold.fees = fees.flush()?;
        state.cold = cold.save(store)?;
        state.totals.fees_owed -= &paid;
        Ok(paid)
    })?;
    rt.pay(recipient, &paid)?;
    emit::fees_claimed(rt, recipient, &paid)?;
    Ok(PaidReturn { paid })
}
