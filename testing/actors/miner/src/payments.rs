//! Rewards in, withdrawals and debts out.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use localnet_builtin::ids;
use localnet_builtin::miner::{ApplyRewardParams, WithdrawBalanceParams};
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::beneficiary;
use crate::cron::schedule;
use crate::steps::{burn, caller, change, check_balance, notify_pledge_changed, only};
use crate::vesting::{locked_part, REWARD_VESTING};

/// Takes a block reward, locks three quarters of it, and pays the penalty and older debt as far as possible (reward actor).
pub fn apply_rewards<H: Host>(rt: &Runtime<H>, params: ApplyRewardParams) -> Result<(), ActorError> {
    if params.reward.is_negative() {
        return Err(ActorError::illegal_argument("a reward can't be negative"));
    }
    if params.penalty.is_negative() {
        return Err(ActorError::illegal_argument("a penalty can't be negative"));
    }
    let (now, balance) = (rt.epoch(), rt.balance());
    let (pledge_delta, to_burn) = change(rt, |state, store| {
        rt.require_caller(&[ids::REWARD], "the reward actor")?;
        let lock = locked_part(&params.reward);
        let unlocked = state.unlocked_balance(&balance)?;
        if unlocked < lock {
            return Err(ActorError::insufficient_funds(format!("can't lock {lock}: only {unlocked} is unlocked")));
        }
        let vested = state.add_locked_funds(&store, now, &lock, &REWARD_VESTING)?;
        state.apply_penalty(&params.penalty)?;
        let (to_burn, given_up) = state.repay_partial_debt_in_priority_order(&store, now, &balance)?;
        Ok((lock - vested - given_up, to_burn))
    })?;
    notify_pledge_changed(rt, &pledge_delta)?;
    burn(rt, &to_burn)?;
    check_balance(rt)?;
    schedule(rt)
}

/// Pays up to the amount asked for to the beneficiary, whoever of owner and beneficiary calls. 18 while early
/// terminations are pending or the beneficiary's quota is used up, 19 while there is more debt than can be paid.
pub fn withdraw_balance<H: Host>(rt: &Runtime<H>, params: WithdrawBalanceParams) -> Result<TokenAmount, ActorError> {
    if params.amount_requested.is_negative() {
        return Err(ActorError::illegal_argument(format!(
            "the amount to withdraw can't be negative: {}",
            params.amount_requested
        )));
    }
    let (now, balance, requested) = (rt.epoch(), rt.balance(), params.amount_requested);
    let (to, amount, vested, to_burn) = change(rt, |state, store| {
        let mut info = state.info(&store)?;
        only(caller(rt), &[info.owner, info.beneficiary], "the owner and the beneficiary")?;
        if state.early_terminations {
            return Err(ActorError::forbidden("nothing can be withdrawn while early terminations are not processed"));
        }
        let vested = state.unlock_vested_funds(&store, now)?;
        let available = state.available_balance(&balance)?;
        let to_burn = state.repay_debts(&balance)?;
        let mut amount = available.min(requested);
        if info.beneficiary != info.owner {
            let quota = beneficiary::remaining(&info.beneficiary_term, now);
            if quota.is_zero() {
                return Err(ActorError::forbidden(format!(
                    "the beneficiary's quota of {} is used up ({}) or expired at epoch {}",
                    info.beneficiary_term.quota, info.beneficiary_term.used_quota, info.beneficiary_term.expiration
                )));
            }
            amount = amount.min(quota);
        }
        if let Some(most) = state.sick.as_ref().and_then(|sick| sick.withdraw_at_most.clone()) {
            amount = amount.min(most);
        }
        if info.beneficiary != info.owner && amount.is_positive() {
            info.beneficiary_term.used_quota += &amount;
            state.save_info(&store, &info)?;
        }
        Ok((info.beneficiary, amount, vested, to_burn))
    })?;
    let to: ActorID = to.id().or_state("the beneficiary is no ID address")?;
    rt.pay(to, &amount)?;
    burn(rt, &to_burn)?;
    notify_pledge_changed(rt, &-vested)?;
    check_balance(rt)?;
    Ok(amount)
}

/// Pays fee debt as far as possible, out of unvested rewards first (owner, worker or control address).
pub fn repay_debt<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let (now, balance) = (rt.epoch(), rt.balance());
    let (to_burn, given_up) = change(rt, |state, store| {
        only(caller(rt), &state.info(&store)?.controlling(), "owner, worker and control addresses")?;
        state.repay_partial_debt_in_priority_order(&store, now, &balance)
    })?;
    notify_pledge_changed(rt, &-given_up)?;
    burn(rt, &to_burn)?;
    check_balance(rt)
}
