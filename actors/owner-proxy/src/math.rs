//! What a miner is worth and what can be taken from it. Pure: no runtime, no state.
//!
//! Amounts are attoFIL. Nothing here divides, except the keeper's cut, which rounds down.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::KeeperCut;
use peggy_math::{saturating_sub, Rounding};

/// What a miner answers, read in one message after `RepayDebt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The miner's balance.
    pub balance: TokenAmount,
    /// `GetAvailableBalance`: balance less locked, initial pledge, precommit deposits and fee debt.
    pub available: TokenAmount,
    /// `GetVestingFunds`, matured entries that were not unlocked yet included.
    pub vesting_funds: Vec<(ChainEpoch, TokenAmount)>,
    /// `InitialPledge`.
    pub initial_pledge: TokenAmount,
}

/// A miner as the figures show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// What is pledged, deposited for precommits, or free: `max(0, balance - vesting - debt)`. Rewards still vesting are
    /// not backing. Precommit deposits are: leaving them out would make the price dip whenever sectors are sealed.
    pub backing: TokenAmount,
    /// Rewards still locked.
    pub vesting: TokenAmount,
    /// What a withdrawal can take: free, and matured but not unlocked yet.
    pub available: TokenAmount,
    /// Fee debt nothing unlocked covers.
    pub debt: TokenAmount,
}

impl Measurement {
    /// Works out a measurement; `None` if the figures contradict each other, which a miner of the network never does.
    pub fn of(figures: &Figures, epoch: ChainEpoch) -> Option<Self> {
        let Figures { balance, available, vesting_funds, initial_pledge } = figures;
        let (mut matured, mut vesting) = (TokenAmount::zero(), TokenAmount::zero());
        for (at, amount) in vesting_funds {
            if amount.is_negative() {
                return None;
            }
            // The miner unlocks an entry in the epoch after the one it names.
            *(if *at < epoch { &mut matured } else { &mut vesting }) += amount;
        }
        let free = available.clone().max(TokenAmount::zero());
        // What is neither vesting, pledged nor free is deposited for precommits, and never less than nothing.
        let deposits = balance - &vesting - &matured - initial_pledge - &free;
        if initial_pledge.is_negative() || deposits.is_negative() {
            return None;
        }
        // After RepayDebt debt is left only when nothing unlocked is; then the available balance is just its negative.
        let debt = (-available.clone()).max(TokenAmount::zero());
        Some(Self { backing: saturating_sub(balance, &(&vesting + &debt)), vesting, available: free + matured, debt })
    }
}

/// Principal not covered by backing, and principal not covered by backing and rewards still vesting.
pub fn impairment(principal: &TokenAmount, backing: &TokenAmount, vesting: &TokenAmount) -> (TokenAmount, TokenAmount) {
    (saturating_sub(principal, backing), saturating_sub(principal, &(backing + vesting)))
}

/// What a harvest takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Backing beyond the principal, as far as it is available.
    pub reward: TokenAmount,
    /// Principal that is available, as far as somebody wants it home.
    pub home: TokenAmount,
}

impl Plan {
    /// All that can be taken: `reward = min(available, max(0, backing - principal))`, and as `home` the idle principal,
    /// `min(available - reward, principal)`. Free rewards that heal a loss count as principal: that is what they became.
    pub fn at_most(principal: &TokenAmount, measured: &Measurement) -> Self {
        let reward = saturating_sub(&measured.backing, principal).min(measured.available.clone());
        let home = (&measured.available - &reward).min(principal.clone());
        Self { reward, home }
    }

    /// The same with no more principal than `wanted`.
    pub fn wanting(self, wanted: &TokenAmount) -> Self {
        Self { home: self.home.min(wanted.clone()).max(TokenAmount::zero()), ..self }
    }

    /// What is asked of the miner.
    pub fn total(&self) -> TokenAmount {
        &self.reward + &self.home
    }

    /// How FIL that arrived divides when it may be less than was asked: reward first, for what is owed to holders now
    /// comes before what can come home later. FIL beyond the plan is not part of it.
    pub fn split(&self, arrived: &TokenAmount) -> Self {
        let reward = self.reward.clone().min(arrived.clone());
        let home = (arrived - &reward).min(self.home.clone());
        Self { reward, home }
    }
}

/// `min(reward * bps, cap)`, rounded down. `reward` is without the part that was the operator's before custody.
pub fn keeper_cut(cut: &KeeperCut, reward: &TokenAmount) -> TokenAmount {
    cut.bps.of(reward, Rounding::Down).min(cut.cap.clone())
}

/// What can still be the operator's from before custody. Penalties eat unvested rewards, and rewards heal a loss before
/// anybody is paid: whatever is not there any more, beyond the principal, is not owed to the operator either. Otherwise
/// common rewards would pay back what the operator's miner lost.
pub fn legacy_left(
    legacy: &TokenAmount,
    principal: &TokenAmount,
    backing: &TokenAmount,
    vesting: &TokenAmount,
) -> TokenAmount {
    saturating_sub(&(backing + vesting), principal).min(legacy.clone())
}
