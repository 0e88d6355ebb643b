//! What sectors, proofs and faults do to a miner's money, without sectors, proofs and faults. For the network's control
//! interface only ([`localnet_builtin::miner::levers`]).

use fvm_shared::econ::TokenAmount;
use localnet_builtin::miner::levers::{ProveCommit, Sick, TerminateSector};
use localnet_builtin::require_system;
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::cron::schedule;
use crate::state::State;
use crate::steps::{burn, check_balance, notify_pledge_changed};

/// Burnt, and change of what is locked.
type Effect = (TokenAmount, TokenAmount);

fn pull<H: Host>(
    rt: &Runtime<H>,
    f: impl FnOnce(&mut State, Store<'_, H>) -> Result<Effect, ActorError>,
) -> Result<(), ActorError> {
    require_system(rt)?;
    let (to_burn, pledge_delta) = rt.transaction(f)?;
    burn(rt, &to_burn)?;
    notify_pledge_changed(rt, &pledge_delta)?;
    check_balance(rt)?;
    schedule(rt)
}

fn not_negative(amount: &TokenAmount) -> Result<(), ActorError> {
    if amount.is_negative() {
        return Err(ActorError::illegal_argument(format!("an amount can't be negative: {amount}")));
    }
    Ok(())
}

/// Pays fee debt as if sealing had asked for it, then checks that `needed` is there.
fn lock_up(
    state: &mut State,
    balance: &TokenAmount,
    needed: &TokenAmount,
    what: &str,
) -> Result<TokenAmount, ActorError> {
    not_negative(needed)?;
    let to_burn = state.repay_debts(balance)?;
    require_free(&(state.unlocked_balance(balance)? - &to_burn), needed, what)?;
    Ok(to_burn)
}

fn require_free(free: &TokenAmount, needed: &TokenAmount, what: &str) -> Result<(), ActorError> {
    if free < needed {
        return Err(ActorError::insufficient_funds(format!("{free} is too little for the {what} of {needed}")));
    }
    Ok(())
}

pub fn add_pledge<H: Host>(rt: &Runtime<H>, pledge: TokenAmount) -> Result<(), ActorError> {
    let balance = rt.balance();
    pull(rt, |state, _| {
        let to_burn = lock_up(state, &balance, &pledge, "initial pledge")?;
        state.add_initial_pledge(&pledge)?;
        state.deadline_cron_active = true;
        Ok((to_burn, pledge))
    })
}

pub fn add_precommit_deposit<H: Host>(rt: &Runtime<H>, deposit: TokenAmount) -> Result<(), ActorError> {
    let balance = rt.balance();
    pull(rt, |state, _| {
        let to_burn = lock_up(state, &balance, &deposit, "precommit deposit")?;
        state.add_pre_commit_deposit(&deposit)?;
        state.deadline_cron_active = true;
        Ok((to_burn, TokenAmount::zero()))
    })
}

pub fn prove_commit<H: Host>(rt: &Runtime<H>, params: ProveCommit) -> Result<(), ActorError> {
    let balance = rt.balance();
    pull(rt, |state, _| {
        not_negative(&params.deposit)?;
        not_negative(&params.pledge)?;
        state.add_pre_commit_deposit(&-params.deposit)?;
        // Unlike precommitting, proving does not ask for fee debt to be paid first.
        require_free(&state.unlocked_balance(&balance)?, &params.pledge, "initial pledge")?;
        state.add_initial_pledge(&params.pledge)?;
        Ok((TokenAmount::zero(), params.pledge))
    })
}

pub fn expire_precommit<H: Host>(rt: &Runtime<H>, deposit: TokenAmount) -> Result<(), ActorError> {
    pull(rt, |state, store| {
        not_negative(&deposit)?;
        state.add_pre_commit_deposit(&-deposit.clone())?;
        collect(rt, state, store, &deposit)
    })
}

pub fn expire_sector<H: Host>(rt: &Runtime<H>, pledge: TokenAmount) -> Result<(), ActorError> {
    pull(rt, |state, _| {
        not_negative(&pledge)?;
        state.add_initial_pledge(&-pledge.clone())?;
        Ok((TokenAmount::zero(), -pledge))
    })
}

pub fn terminate_sector<H: Host>(rt: &Runtime<H>, params: TerminateSector) -> Result<(), ActorError> {
    pull(rt, |state, store| {
        not_negative(&params.pledge)?;
        state.add_initial_pledge(&-params.pledge.clone())?;
        let (to_burn, delta) = collect(rt, state, store, &params.fee)?;
        Ok((to_burn, delta - params.pledge))
    })
}

pub fn fine<H: Host>(rt: &Runtime<H>, amount: TokenAmount) -> Result<(), ActorError> {
    pull(rt, |state, store| collect(rt, state, store, &amount))
}

fn collect<H: Host>(
    rt: &Runtime<H>,
    state: &mut State,
    store: Store<'_, H>,
    penalty: &TokenAmount,
) -> Result<Effect, ActorError> {
    not_negative(penalty)?;
    state.apply_penalty(penalty)?;
    let (to_burn, given_up) = state.repay_partial_debt_in_priority_order(&store, rt.epoch(), &rt.balance())?;
    Ok((to_burn, -given_up))
}

pub fn add_debt<H: Host>(rt: &Runtime<H>, amount: TokenAmount) -> Result<(), ActorError> {
    pull(rt, |state, _| {
        not_negative(&amount)?;
        state.apply_penalty(&amount)?;
        Ok((TokenAmount::zero(), TokenAmount::zero()))
    })
}

pub fn set_early_terminations<H: Host>(rt: &Runtime<H>, pending: bool) -> Result<(), ActorError> {
    pull(rt, |state, _| {
        state.early_terminations = pending;
        Ok((TokenAmount::zero(), TokenAmount::zero()))
    })
}

pub fn set_sick<H: Host>(rt: &Runtime<H>, sick: Option<Sick>) -> Result<(), ActorError> {
    if let Some((_, code)) = sick.iter().flat_map(|sick| &sick.abort).find(|(_, code)| *code < 16) {
        return Err(ActorError::illegal_argument(format!("no actor can abort with code {code}: 16 or more")));
    }
    pull(rt, |state, _| {
        state.sick = sick;
        Ok((TokenAmount::zero(), TokenAmount::zero()))
    })
}
