//! The vesting table: when locked rewards become the miner's own (pure functions).
//!
//! An entry has matured when its epoch is *before* the current one.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::EPOCHS_IN_DAY;
use num_traits::Zero;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// An amount that unlocks after an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VestingFund {
    /// The last epoch it is locked in.
    pub epoch: ChainEpoch,
    /// May be zero after penalties were taken from it.
    pub amount: TokenAmount,
}

/// Linear vesting in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VestSpec {
    /// Epochs before the clock starts.
    pub initial_delay: ChainEpoch,
    /// Epochs from then until all has vested.
    pub vest_period: ChainEpoch,
    /// Epochs between steps.
    pub step_duration: ChainEpoch,
    /// Steps happen at multiples of this, counted from the proving period's start.
    pub quantization: ChainEpoch,
}

/// How block rewards vest, and a new miner's deposit with them.
pub const REWARD_VESTING: VestSpec = VestSpec {
    initial_delay: 0,
    vest_period: 180 * EPOCHS_IN_DAY,
    step_duration: EPOCHS_IN_DAY,
    quantization: EPOCHS_IN_DAY / 2,
};

/// The part of a reward that is locked: three quarters, rounded down.
pub fn locked_part(reward: &TokenAmount) -> TokenAmount {
    (reward * 3_u32).div_floor(4_u32)
}

/// `epoch`, or the next epoch after it that is a multiple of `unit` away from `offset`.
pub fn quantize_up(epoch: ChainEpoch, unit: ChainEpoch, offset: ChainEpoch) -> ChainEpoch {
    let past = (epoch - offset).rem_euclid(unit);
    if past == 0 {
        epoch
    } else {
        epoch + unit - past
    }
}

/// The steps in which `sum`, locked now, will vest. Each step's total is rounded down, so the last one takes the rest; a
/// step of a tiny sum can be zero.
pub fn schedule(now: ChainEpoch, sum: &TokenAmount, period_start: ChainEpoch, spec: &VestSpec) -> Vec<VestingFund> {
    let begin = now + spec.initial_delay;
    let mut steps = Vec::new();
    let mut vested = TokenAmount::zero();
    let mut epoch = begin;
    while vested < *sum {
        epoch += spec.step_duration;
        let vest_epoch = quantize_up(epoch, spec.quantization, period_start);
        let elapsed = vest_epoch - begin;
        let target = if elapsed < spec.vest_period { (sum * elapsed).div_floor(spec.vest_period) } else { sum.clone() };
        steps.push(VestingFund { epoch: vest_epoch, amount: &target - &vested });
        vested = target;
    }
    steps
}

/// Both tables as one, by epoch; amounts of the same epoch are added up.
pub fn merge(old: Vec<VestingFund>, new: Vec<VestingFund>) -> Vec<VestingFund> {
    let mut merged: Vec<VestingFund> = Vec::with_capacity(old.len() + new.len());
    let mut all = old;
    all.extend(new);
    // A stable sort: entries of the same epoch end up side by side.
    all.sort_by_key(|fund| fund.epoch);
    for fund in all {
        match merged.last_mut() {
            Some(last) if last.epoch == fund.epoch => last.amount += fund.amount,
            _ => merged.push(fund),
        }
    }
    merged
}

/// Takes out what has matured, and returns its sum.
pub fn take_vested(table: &mut Vec<VestingFund>, now: ChainEpoch) -> TokenAmount {
    let matured = table.partition_point(|fund| fund.epoch < now);
    table.drain(..matured).map(|fund| fund.amount).sum()
}

/// Takes out what has matured, then up to `target` of what has not, soonest first. Returns both sums.
pub fn take_vested_and_unvested(
    table: &mut Vec<VestingFund>,
    now: ChainEpoch,
    target: &TokenAmount,
) -> (TokenAmount, TokenAmount) {
    let vested = take_vested(table, now);
    let mut missing = target.clone();
    let mut emptied = 0;
    for fund in table.iter_mut() {
        if fund.amount >= missing {
            // What is left of this entry stays, even if nothing.
            fund.amount -= &missing;
            missing = TokenAmount::zero();
            break;
        }
        missing -= &fund.amount;
        emptied += 1;
    }
    table.drain(..emptied);
    (vested, target - missing)
}
