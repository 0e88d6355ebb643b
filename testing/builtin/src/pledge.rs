//! What the network asks of a new miner, and what a termination costs at most (FIP-0077, FIP-0081, FIP-0098).
//!
//! The official formula extrapolates two smoothed estimates. On this network the estimate of the network's power never has a
//! velocity, and for that case the official formula is the midpoint rule below, exactly; with a velocity it is refused.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::StoragePower;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;
use peggy_runtime::ActorError;

use crate::reward::{FilterEstimate, PRECISION};
use crate::EPOCHS_IN_DAY;

/// Power whose initial pledge a new miner deposits: a tenth of the consensus minimum of 10 TiB (FIP-0077).
pub const CREATE_MINER_DEPOSIT_POWER: i64 = (10 << 40) / 10;

/// Days of expected reward in the initial pledge.
const PLEDGE_PROJECTION: ChainEpoch = 20 * EPOCHS_IN_DAY;
/// 3.51 days of expected reward is the fee for a continued fault.
const FAULT_PROJECTION: ChainEpoch = EPOCHS_IN_DAY * 351 / 100;
/// Below this square the official formula treats the velocity as zero.
const EPSILON: u128 = 302_231_454_903_657_293_676_544;

/// Reward that much power can expect over `duration` epochs, rounded down, never negative.
pub fn expected_reward(
    reward: &FilterEstimate,
    network_power: &FilterEstimate,
    power: &StoragePower,
    duration: ChainEpoch,
) -> Result<TokenAmount, ActorError> {
    if network_power.whole().is_zero() {
        return Ok(TokenAmount::from_atto(reward.whole()));
    }
    let velocity = &network_power.velocity;
    if (velocity * velocity) >> PRECISION > BigInt::from(EPSILON) {
        return Err(ActorError::illegal_state("the network's power estimate must not move on a local network"));
    }
    let duration: BigInt = BigInt::from(duration) << PRECISION;
    let half: BigInt = &duration >> 1;
    let middle: BigInt = ((&reward.velocity * half) >> PRECISION) + &reward.position;
    let ratio = (middle * duration).div_floor(&network_power.position);
    let expected: BigInt = (power * ratio) >> PRECISION;
    Ok(TokenAmount::from_atto(expected.max(BigInt::zero())))
}

/// What the network says about itself, for pledge computations.
#[derive(Debug, Clone)]
pub struct Network {
    /// Smoothed reward of an epoch.
    pub reward: FilterEstimate,
    /// Smoothed quality-adjusted power.
    pub power: FilterEstimate,
    /// Power aimed at, in bytes.
    pub baseline: StoragePower,
    /// FIL in circulation.
    pub circulating: TokenAmount,
    /// Epochs since FIP-0081's ramp began.
    pub since_ramp_start: ChainEpoch,
    /// Its length.
    pub ramp_duration: u64,
}

/// Pledge for `power` bytes: 20 days of expected reward, plus the power's share of 30% of the circulating supply (a mix of
/// the share in the baseline and in the network's power), at most 1 FIL per 32 GiB. Each part is rounded down.
pub fn initial_pledge(power: &StoragePower, network: &Network) -> Result<TokenAmount, ActorError> {
    let base = expected_reward(&network.reward, &network.power, power, PLEDGE_PROJECTION)?;
    let base = base.max(TokenAmount::from_atto(1));

    let skew = if network.since_ramp_start < 0 {
        0
    } else if network.ramp_duration == 0 || network.since_ramp_start as u64 >= network.ramp_duration {
        300
    } else {
        network.since_ramp_start as u64 * 300 / network.ramp_duration
    };
    let network_power = network.power.whole();
    let simple = network_power.max(power.clone());
    let baseline = simple.clone().max(network.baseline.clone());
    let share: BigInt = network.circulating.atto() * 3 * power;
    let by_baseline = (&share * (1000 - skew)).div_floor(&(baseline * 10_000));
    let by_power = (&share * skew).div_floor(&(simple * 10_000));

    let nominal = base + TokenAmount::from_atto(by_baseline + by_power);
    let cap_per_byte = TokenAmount::from_whole(1).div_floor(32_i64 << 30);
    Ok(nominal.min(TokenAmount::from_atto(cap_per_byte.atto() * power)))
}

/// The most the termination of sectors can cost, at an age of 140 days or more: 8.5% of their pledge, or 105% of the fault fee if that is more, but at
/// least 2% of the pledge.
pub fn max_termination_fee(
    reward: &FilterEstimate,
    network_power: &FilterEstimate,
    power: &StoragePower,
    pledge: &TokenAmount,
) -> Result<TokenAmount, ActorError> {
    let fault_fee = expected_reward(reward, network_power, power, FAULT_PROJECTION)?;
    let simple = (pledge * 85_u32).div_floor(1000_u32);
    let least = (pledge * 2_u32).div_floor(100_u32).max((fault_fee * 105_u32).div_floor(100_u32));
    Ok(simple.max(least))
}
