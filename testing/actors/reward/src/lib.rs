//! Stand-in for the reward actor: pays block rewards as the official one, but the reward of an epoch is what the
//! network's control interface last said, not what a minting schedule gives.

use fvm_shared::bigint::bigint_ser::BigIntDe;
use fvm_shared::econ::TokenAmount;
use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::miner::{ApplyRewardParams, APPLY_REWARDS};
use localnet_builtin::reward::{
    AwardBlockRewardParams, State, ThisEpochRewardReturn, AWARD_BLOCK_REWARD, EXPECTED_LEADERS, PENALTY_MULTIPLIER,
    SET_EPOCH_REWARD, THIS_EPOCH_REWARD, UPDATE_NETWORK_KPI,
};
use localnet_builtin::{bare, call, ids, internal_only, require_system, with};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => with(rt, params, constructor),
        AWARD_BLOCK_REWARD => with(rt, params, award_block_reward),
        THIS_EPOCH_REWARD => bare(rt, params, this_epoch_reward),
        UPDATE_NETWORK_KPI => with(rt, params, update_network_kpi),
        SET_EPOCH_REWARD => with(rt, params, set_epoch_reward),
        method => Err(ActorError::unhandled(format!("the reward actor has no method {method}"))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>, power: Option<BigIntDe>) -> Result<(), ActorError> {
    require_system(rt)?;
    if power.is_none() {
        return Err(ActorError::illegal_argument("the constructor takes the network's power, not null"));
    }
    rt.create(&State::genesis())
}

/// Pays a block's reward: the epoch's reward * wins / 5, rounded down, plus the block's tips, to the miner's
/// `ApplyRewards`, along with thrice the penalty. If the miner refuses, the sum is burnt.
fn award_block_reward<H: Host>(rt: &Runtime<H>, params: AwardBlockRewardParams) -> Result<(), ActorError> {
    require_system(rt)?;
    let negative = |what: &str, amount: &TokenAmount| {
        Err(ActorError::illegal_argument(format!("the {what} can't be negative: {amount}")))
    };
    if params.penalty.is_negative() {
        return negative("penalty", &params.penalty);
    }
    if params.gas_reward.is_negative() {
        return negative("gas reward", &params.gas_reward);
    }
    let balance = rt.balance();
    if balance < params.gas_reward {
        return Err(ActorError::illegal_state(format!(
            "the gas reward of {} is more than the actor holds, {balance}",
            params.gas_reward
        )));
    }
    if params.win_count <= 0 {
        return Err(ActorError::illegal_argument(format!("{} wins make no block", params.win_count)));
    }
    let miner = rt
        .host()
        .resolve(&params.miner)
        .ok_or_else(|| ActorError::not_found(format!("there is no miner {}", params.miner)))?;

    let penalty = &params.penalty * PENALTY_MULTIPLIER;
    let total = rt.transaction(|state: &mut State, _| {
        let block_reward = (&state.this_epoch_reward * params.win_count).div_floor(EXPECTED_LEADERS);
        // When the actor runs dry it pays what it has left.
        let total = (&params.gas_reward + &block_reward).min(balance);
        state.total_storage_power_reward += &total - &params.gas_reward;
        Ok(total)
    })?;

    let apply = ApplyRewardParams { reward: total.clone(), penalty };
    if call(rt, miner, APPLY_REWARDS, &apply, &total).is_err() {
        rt.pay(ids::BURNT_FUNDS, &total)?;
    }
    Ok(())
}

fn this_epoch_reward<H: Host>(rt: &Runtime<H>) -> Result<ThisEpochRewardReturn, ActorError> {
    rt.accept_anyone();
    let state: State = rt.state()?;
    Ok(ThisEpochRewardReturn {
        this_epoch_reward_smoothed: state.this_epoch_reward_smoothed,
        this_epoch_baseline_power: state.this_epoch_baseline_power,
    })
}

fn update_network_kpi<H: Host>(rt: &Runtime<H>, power: Option<BigIntDe>) -> Result<(), ActorError> {
    rt.require_caller(&[ids::POWER], "the power actor")?;
    if power.is_none() {
        return Err(ActorError::illegal_argument("the network's power can't be null"));
    }
    let epoch = rt.epoch();
    rt.transaction(|state: &mut State, _| {
        state.epoch = epoch;
        Ok(())
    })
}

fn set_epoch_reward<H: Host>(rt: &Runtime<H>, reward: TokenAmount) -> Result<(), ActorError> {
    require_system(rt)?;
    if reward.is_negative() {
        return Err(ActorError::illegal_argument(format!("a reward can't be negative: {reward}")));
    }
    rt.transaction(|state: &mut State, _| {
        state.set_reward(reward);
        Ok(())
    })
}
