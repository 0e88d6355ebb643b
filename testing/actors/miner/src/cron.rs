//! What happens at the end of a deadline.

use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::econ::TokenAmount;
use localnet_builtin::miner::{CronEventPayload, DeferredCronEventParams, CRON_PROVING_DEADLINE};
use localnet_builtin::power::{EnrollCronEventParams, ENROLL_CRON_EVENT};
use localnet_builtin::{call, ids};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::state::State;
use crate::steps::{burn, check_balance, notify_pledge_changed};

/// A call the miner asked for (power actor).
pub fn on_deferred_cron_event<H: Host>(rt: &Runtime<H>, params: DeferredCronEventParams) -> Result<(), ActorError> {
    rt.require_caller(&[ids::POWER], "the power actor")?;
    let payload: CronEventPayload = from_slice(&params.event_payload).or_state("the cron payload does not decode")?;
    if payload.event_type == CRON_PROVING_DEADLINE {
        handle_deadline(rt)?;
    }
    check_balance(rt)
}

/// Puts a due worker in office, collects debt, unlocks what has vested.
fn handle_deadline<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let (now, balance) = (rt.epoch(), rt.balance());
    let done = rt.transaction(|state: &mut State, store| {
        if state.cron_at.is_some_and(|at| at <= now) {
            state.cron_at = None;
        }
        // A call asked for before the miner's cron stopped; the official miner is not called any more then.
        if !state.deadline_cron_active {
            return Ok(None);
        }
        let mut info = state.info(&store)?;
        if info.process_pending_worker(now) {
            state.save_info(&store, &info)?;
        }
        let (to_burn, given_up) = state.repay_partial_debt_in_priority_order(&store, now, &balance)?;
        let vested = state.unlock_vested_funds(&store, now)?;
        state.deadline_cron_active = state.continue_deadline_cron();
        Ok(Some((to_burn, given_up + vested)))
    })?;
    let Some((to_burn, unlocked)) = done else {
        return Ok(());
    };
    burn(rt, &to_burn)?;
    notify_pledge_changed(rt, &-unlocked)?;
    schedule(rt)
}

/// Asks to be called when cron has something to do, unless that was asked for already.
pub fn schedule<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let state: State = rt.state()?;
    let Some(wanted) = state.next_cron(&state.info(&rt.store())?, rt.epoch()) else {
        return Ok(());
    };
    if state.cron_at.is_some_and(|at| at <= wanted) {
        return Ok(());
    }
    rt.transaction(|state: &mut State, _| {
        state.cron_at = Some(wanted);
        Ok(())
    })?;
    let payload = RawBytes::serialize(CronEventPayload { event_type: CRON_PROVING_DEADLINE })
        .or_serialization("the cron payload")?;
    let params = EnrollCronEventParams { event_epoch: wanted, payload };
    call(rt, ids::POWER, ENROLL_CRON_EVENT, &params, &TokenAmount::zero()).map(|_| ())
}
