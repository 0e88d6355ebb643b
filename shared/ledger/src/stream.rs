//! Rewards on their way to holders, a little each epoch.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// What is left to release, linearly until `end`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Stream {
    /// attoFIL not yet released.
    pub amount: TokenAmount,
    /// Everything before this epoch is released.
    pub updated_at: ChainEpoch,
    /// When nothing will be left. Means nothing while `amount` is zero.
    pub end: ChainEpoch,
}

impl Stream {
    /// Takes out what is due at `now`: `amount * elapsed / left`, rounded down; all at the end. While nobody is there to get it
    /// (`anyone` false) the stream stands still: its end moves along, and whoever comes first does not find it due.
    pub fn release(&mut self, now: ChainEpoch, anyone: bool) -> TokenAmount {
        let elapsed = now.saturating_sub(self.updated_at);
        if elapsed <= 0 {
            return TokenAmount::zero();
        }
        let left = self.end.saturating_sub(self.updated_at);
        self.updated_at = now;
        if self.amount.is_zero() {
            return TokenAmount::zero();
        }
        if !anyone {
            self.end = self.end.saturating_add(elapsed);
            return TokenAmount::zero();
        }
        if elapsed >= left {
            return std::mem::take(&mut self.amount);
        }
        let due = TokenAmount::from_atto(self.amount.atto() * elapsed / left);
        self.amount -= &due;
        due
    }

    /// Adds a reward at `now`, after [`Stream::release`]. It all ends after the amount-weighted mean of the time left and a full
    /// `period`, rounded *down*: a reward too small to move the mean by an epoch does not put the release off.
    pub fn merge(&mut self, reward: &TokenAmount, now: ChainEpoch, period: ChainEpoch) {
        if !reward.is_positive() {
            return;
        }
        let left = if self.amount.is_zero() { 0 } else { self.end.saturating_sub(now).max(0) };
        let weighted = self.amount.atto() * left + reward.atto() * period;
        self.amount += reward;
        // The mean lies between two epochs counts, so it fits one.
        let mean = i64::try_from(weighted / self.amount.atto()).unwrap_or(period);
        self.end = now.saturating_add(mean);
        self.updated_at = now;
    }
}
