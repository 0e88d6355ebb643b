//! The reward actor's wire types and state.

use fvm_shared::address::Address;
use fvm_shared::bigint::bigint_ser;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::StoragePower;
use fvm_shared::MethodNum;
use num_bigint::BigInt;
use num_traits::Zero;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Pays one block's reward (system only).
pub const AWARD_BLOCK_REWARD: MethodNum = 2;
/// Estimates for pledge computations.
pub const THIS_EPOCH_REWARD: MethodNum = 3;
/// Tells the network's power (power actor only).
pub const UPDATE_NETWORK_KPI: MethodNum = 4;
/// Lever: sets the reward of an epoch. Parameter: a bare amount in attoFIL for all of an epoch's expected leaders.
pub const SET_EPOCH_REWARD: MethodNum = frc42_dispatch::method_hash!("LocalnetSetEpochReward");

/// Blocks expected per epoch; one win pays this fraction of the epoch's reward.
pub const EXPECTED_LEADERS: u64 = 5;
/// Penalties the network reports count this many times.
pub const PENALTY_MULTIPLIER: u64 = 3;

/// Fixed-point numbers of the estimates have this many bits after the point.
pub const PRECISION: u32 = 128;

/// A smoothed value and its change per epoch, both Q.128.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct FilterEstimate {
    /// The value.
    #[serde(with = "bigint_ser")]
    pub position: BigInt,
    /// Its change per epoch.
    #[serde(with = "bigint_ser")]
    pub velocity: BigInt,
}

impl FilterEstimate {
    /// A value that doesn't change.
    pub fn constant(value: BigInt) -> Self {
        Self { position: value << PRECISION, velocity: BigInt::zero() }
    }
    /// The value as a whole number, rounded down.
    pub fn whole(&self) -> BigInt {
        &self.position >> PRECISION
    }
}

/// Of `AwardBlockReward`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct AwardBlockRewardParams {
    /// Who made the block.
    pub miner: Address,
    /// What the block's bad messages cost, before the multiplier.
    pub penalty: TokenAmount,
    /// Tips of the block's messages; the value sent along.
    pub gas_reward: TokenAmount,
    /// Elections won in the epoch.
    pub win_count: i64,
}

/// What `ThisEpochReward` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ThisEpochRewardReturn {
    /// Smoothed reward of an epoch.
    pub this_epoch_reward_smoothed: FilterEstimate,
    /// Power the network aims at, in bytes.
    #[serde(with = "bigint_ser")]
    pub this_epoch_baseline_power: StoragePower,
}

/// The official state without the minting schedule: here the reward is whatever the lever says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Reward of one epoch, shared by [`EXPECTED_LEADERS`] wins.
    pub this_epoch_reward: TokenAmount,
    /// The same as an estimate; it never moves by itself.
    pub this_epoch_reward_smoothed: FilterEstimate,
    /// In bytes; never moves.
    #[serde(with = "bigint_ser")]
    pub this_epoch_baseline_power: StoragePower,
    /// Last epoch the power actor reported in.
    pub epoch: ChainEpoch,
    /// All block rewards paid, without gas rewards.
    pub total_storage_power_reward: TokenAmount,
}

impl State {
    /// Reward and baseline as the official actor has them in its first epochs.
    pub fn genesis() -> Self {
        let mut state = Self {
            this_epoch_reward: TokenAmount::zero(),
            this_epoch_reward_smoothed: FilterEstimate::default(),
            this_epoch_baseline_power: BigInt::from(2_888_888_880_000_000_000_u128),
            epoch: 0,
            total_storage_power_reward: TokenAmount::zero(),
        };
        state.set_reward(TokenAmount::from_atto(36_266_260_308_195_979_333_u128));
        state
    }

    /// What the lever does.
    pub fn set_reward(&mut self, reward: TokenAmount) {
        self.this_epoch_reward_smoothed = FilterEstimate::constant(reward.atto().clone());
        self.this_epoch_reward = reward;
    }
}
