//! What most methods begin and end with.

use fvm_ipld_encoding::CBOR;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use localnet_builtin::miner::BALANCE_INVARIANTS_BROKEN;
use localnet_builtin::power::UPDATE_PLEDGE_TOTAL;
use localnet_builtin::{call, ids};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime, Store};

use crate::info::{forbidden, MinerInfo};
use crate::state::State;

/// The state, for getters. Fails if a lever made this method fail.
pub fn view<H: Host>(rt: &Runtime<H>) -> Result<(State, MinerInfo), ActorError> {
    rt.accept_anyone();
    let state: State = rt.state()?;
    check_health(rt, &state)?;
    let info = state.info(&rt.store())?;
    Ok((state, info))
}

/// Changes the state. Whom to let is for `f` to check: it depends on the state. Fails if a lever made this method fail.
pub fn change<H: Host, T>(
    rt: &Runtime<H>,
    f: impl FnOnce(&mut State, Store<'_, H>) -> Result<T, ActorError>,
) -> Result<T, ActorError> {
    rt.accept_anyone();
    rt.transaction(|state: &mut State, store| {
        check_health(rt, state)?;
        f(state, store)
    })
}

/// Changes the info.
pub fn change_info<H: Host>(
    rt: &Runtime<H>,
    f: impl FnOnce(&mut MinerInfo, Address) -> Result<(), ActorError>,
) -> Result<(), ActorError> {
    change(rt, |state, store| {
        let mut info = state.info(&store)?;
        f(&mut info, caller(rt))?;
        state.save_info(&store, &info)
    })
}

/// Exit code by which a handler says that a lever's answer takes its place; it never leaves the actor.
const ANSWERED: ExitCode = ExitCode::new(u32::MAX);

fn check_health<H: Host>(rt: &Runtime<H>, state: &State) -> Result<(), ActorError> {
    let Some(sick) = &state.sick else {
        return Ok(());
    };
    if let Some((method, code)) = sick.abort.iter().find(|(method, _)| *method == rt.method()) {
        return Err(ActorError::new(ExitCode::new(*code), format!("method {method} was made to fail by a lever")));
    }
    if sick.answer.iter().any(|(method, _)| *method == rt.method()) {
        return Err(ActorError::new(ANSWERED, "answered by a lever"));
    }
    Ok(())
}

/// What a lever has the method answer, if that is why it failed.
pub fn or_lie<H: Host>(
    rt: &Runtime<H>,
    result: Result<Option<IpldBlock>, ActorError>,
) -> Result<Option<IpldBlock>, ActorError> {
    match result {
        Err(e) if e.code() == ANSWERED => {
            let state: State = rt.state()?;
            let answers = state.sick.map(|sick| sick.answer).unwrap_or_default();
            let answer = answers.into_iter().find(|(method, _)| *method == rt.method());
            Ok(answer.map(|(_, data)| IpldBlock { codec: CBOR, data: data.into() }))
        }
        other => other,
    }
}

/// The caller's ID address.
pub fn caller<H: Host>(rt: &Runtime<H>) -> Address {
    Address::new_id(rt.caller())
}

/// Refuses (18) a caller that is not listed.
pub fn only(caller: Address, allowed: &[Address], who: &str) -> Result<(), ActorError> {
    if allowed.contains(&caller) {
        Ok(())
    } else {
        Err(forbidden(caller, who))
    }
}

/// Sends FIL to where nobody gets it back.
pub fn burn<H: Host>(rt: &Runtime<H>, amount: &TokenAmount) -> Result<(), ActorError> {
    rt.pay(ids::BURNT_FUNDS, amount)
}

/// Reports to the power actor what was locked (or, negative, unlocked).
pub fn notify_pledge_changed<H: Host>(rt: &Runtime<H>, delta: &TokenAmount) -> Result<(), ActorError> {
    if delta.is_zero() {
        return Ok(());
    }
    call(rt, ids::POWER, UPDATE_PLEDGE_TOTAL, delta, &TokenAmount::zero()).map(|_| ())
}

/// Fails (1000) if the balance doesn't cover what is locked.
pub fn check_balance<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let state: State = rt.state()?;
    state.balance_shortfall(&rt.balance()).map_err(|e| ActorError::new(BALANCE_INVARIANTS_BROKEN, e.message()))
}
