//! The terms of a pool, and the constants that bound them.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_math::Bps;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// What no vote can exceed.
pub mod limits {
    use super::{Bps, ChainEpoch};

    /// Fee recipients, at most.
    pub const MAX_FEES: usize = 16;
    /// Bytes of a fee's label, at most.
    pub const MAX_LABEL: usize = 32;
    /// All fees together, at most.
    pub const MAX_FEE_SUM: Bps = Bps(5_000);
    /// Share of NAV kept liquid, at most.
    pub const MAX_RESERVE: Bps = Bps(5_000);
    /// Share of pledged that must be bonded, at most.
    pub const MAX_MIN_BOND: Bps = Bps(5_000);
    /// Days as epochs of 30 seconds.
    pub const DAY: ChainEpoch = 2_880;
    /// Shortest reward period: a day.
    pub const MIN_REWARD_PERIOD: ChainEpoch = DAY;
    /// Longest reward period: 30 days.
    pub const MAX_REWARD_PERIOD: ChainEpoch = 30 * DAY;
    /// Longest exit cooldown: 7 days.
    pub const MAX_EXIT_COOLDOWN: ChainEpoch = 7 * DAY;
    /// Oldest measurement a deposit may rely on: 7 days.
    pub const MAX_STALENESS_IN: ChainEpoch = 7 * DAY;
    /// Oldest measurement a payment may rely on: an hour.
    pub const MAX_STALENESS_OUT: ChainEpoch = 120;
    /// Shortest time a bond stays locked: 90 days.
    pub const MIN_BOND_PERIOD: ChainEpoch = 90 * DAY;
    /// Longest time a bond stays locked: 5 years.
    pub const MAX_BOND_PERIOD: ChainEpoch = 5 * 365 * DAY;
    /// Largest minimum deposit or ticket, in whole FIL.
    pub const MAX_MINIMUM_FIL: i64 = 1_000;
    pub use peggy_runtime::lifecycle::MAX_PAUSE;
}

/// A fee as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct FeeParams {
    /// What it is for, such as `operator`, `dataset`, `device`. 1 to 32 bytes.
    pub label: String,
    /// Must exist on chain.
    pub recipient: Address,
    /// Part of every reward, rounded down.
    pub bps: Bps,
}

/// A fee in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Fee {
    /// What it is for.
    pub label: String,
    /// Who gets it.
    pub recipient: ActorID,
    /// Part of every reward, rounded down.
    pub bps: Bps,
}

/// Terms as they are proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TermsParams {
    /// At most 16; no recipient twice under one label; at most 5,000 bps together.
    pub fees: Vec<FeeParams>,
    /// Smallest deposit, in attoFIL.
    pub min_deposit: TokenAmount,
    /// Smallest exit ticket, in shares.
    pub min_ticket: TokenAmount,
    /// Deposits close when NAV reaches this many attoFIL.
    pub cap: TokenAmount,
    /// Deposits close when liquid FIL beyond reserve and exit demand reaches this many attoFIL.
    pub max_idle: TokenAmount,
    /// Part of NAV that stays liquid when pledging.
    pub reserve_bps: Bps,
    /// Epochs over which a reward is released: 2,880 to 86,400.
    pub reward_period: ChainEpoch,
    /// Epochs from an exit request to its earliest finalisation: 0 to 20,160.
    pub exit_cooldown: ChainEpoch,
    /// Epochs a measurement stays good for deposits: 0 to 20,160.
    pub max_staleness_in: ChainEpoch,
    /// Epochs a measurement stays good for payments: 0 to 120.
    pub max_staleness_out: ChainEpoch,
    /// Bond needed, as part of what will be pledged.
    pub min_bond_bps: Bps,
    /// Epochs a bond stays locked: at least 259,200.
    pub bond_period: ChainEpoch,
}

/// Terms in force; fields as in [`TermsParams`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Terms {
    /// Recipients by ActorID.
    pub fees: Vec<Fee>,
    /// attoFIL.
    pub min_deposit: TokenAmount,
    /// Shares.
    pub min_ticket: TokenAmount,
    /// attoFIL.
    pub cap: TokenAmount,
    /// attoFIL.
    pub max_idle: TokenAmount,
    /// Part of NAV.
    pub reserve_bps: Bps,
    /// Epochs.
    pub reward_period: ChainEpoch,
    /// Epochs.
    pub exit_cooldown: ChainEpoch,
    /// Epochs.
    pub max_staleness_in: ChainEpoch,
    /// Epochs.
    pub max_staleness_out: ChainEpoch,
    /// Part of pledged.
    pub min_bond_bps: Bps,
    /// Epochs.
    pub bond_period: ChainEpoch,
}
