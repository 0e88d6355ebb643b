//! Calls that miners asked for.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use localnet_builtin::miner::{DeferredCronEventParams, ON_DEFERRED_CRON_EVENT};
use localnet_builtin::power::{CronEvent, EnrollCronEventParams, State};
use localnet_builtin::reward::{ThisEpochRewardReturn, THIS_EPOCH_REWARD, UPDATE_NETWORK_KPI};
use localnet_builtin::{call, ids, require_type, types};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{network_power, Power};

/// A miner asks to be called in or after an epoch.
pub fn enroll_cron_event<H: Host>(rt: &Runtime<H>, params: EnrollCronEventParams) -> Result<(), ActorError> {
    require_type(rt, types::MINER, "a miner")?;
    if params.event_epoch < 0 {
        return Err(ActorError::illegal_argument(format!("epoch {} is before the first", params.event_epoch)));
    }
    let miner = rt.caller();
    rt.transaction(|state: &mut State, _| {
        // Epochs whose cron has run are never looked at again.
        let epoch = params.event_epoch.max(state.first_cron_epoch);
        state.enroll(CronEvent { epoch, miner, payload: params.payload });
        Ok(())
    })
}

/// Runs what is due, drops miners whose call fails, and brings the network's totals up to date (cron only).
pub fn on_epoch_tick_end<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    rt.require_caller(&[ids::CRON], "the cron actor")?;
    let reward: ThisEpochRewardReturn =
        rt.send(ids::REWARD, THIS_EPOCH_REWARD, None, &TokenAmount::zero())?.decode("ThisEpochReward")?;
    run_due(rt, &reward)?;
    let raw_power = rt.transaction(|state: &mut State, _| {
        state.this_epoch_pledge_collateral = state.total_pledge_collateral.clone();
        (state.this_epoch_raw_byte_power, state.this_epoch_quality_adj_power) = network_power(state);
        Ok(state.this_epoch_raw_byte_power.clone())
    })?;
    call(rt, ids::REWARD, UPDATE_NETWORK_KPI, &Power(raw_power), &TokenAmount::zero()).map(|_| ())
}

fn run_due<H: Host>(rt: &Runtime<H>, reward: &ThisEpochRewardReturn) -> Result<(), ActorError> {
    let epoch = rt.epoch();
    let (due, power) = rt.transaction(|state: &mut State, _| {
        let mut due = state.take_due(epoch);
        due.retain(|event| state.claim(event.miner).is_some());
        state.first_cron_epoch = epoch + 1;
        Ok((due, state.this_epoch_qa_power_smoothed.clone()))
    })?;

    let mut failed: Vec<ActorID> = Vec::new();
    for event in due {
        let params = DeferredCronEventParams {
            event_payload: event.payload.to_vec(),
            reward_smoothed: reward.this_epoch_reward_smoothed.clone(),
            quality_adj_power_smoothed: power.clone(),
        };
        if call(rt, event.miner, ON_DEFERRED_CRON_EVENT, &params, &TokenAmount::zero()).is_err() {
            failed.push(event.miner);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    rt.transaction(|state: &mut State, _| {
        let before = state.claims.len();
        state.claims.retain(|claim| !failed.contains(&claim.miner));
        state.miner_count -= (before - state.claims.len()) as i64;
        Ok(())
    })
}
