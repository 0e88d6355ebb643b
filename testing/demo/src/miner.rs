//! What the network's rules say a miner has and can pay: block rewards, a quarter at once and the rest over 180 days.
//!
//! Written from FIP-0004 and the network's constants, sharing nothing with the actors.

use std::collections::BTreeMap;

use fvm_shared::bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;

use crate::money::Atto;

/// Epochs in a day.
pub const DAY: i64 = 2_880;
/// Locked rewards vest over this.
const VESTING: i64 = 180 * DAY;
/// Steps of vesting happen at multiples of this, counted from the miner's own proving period.
const STEP_GRID: i64 = DAY / 2;

/// A miner as the rules have it.
#[derive(Clone, Debug, Default)]
pub struct Miner {
    /// Where this miner's grid of vesting steps lies.
    grid_offset: i64,
    /// Last locked epoch -> amount.
    vesting: BTreeMap<i64, Atto>,
    /// Beyond the principal and not locked.
    free: Atto,
    /// What depositors and the operator put in, and what of a loss is not booked yet.
    pub principal: Atto,
    /// What sectors lock of the principal.
    sectors: Atto,
    /// What a fine took of the principal, until the next measurement books it.
    lost: Atto,
}

impl Miner {
    /// A miner as it is handed over at `now`: what is locked still vests, everything else becomes principal.
    pub fn handed_over(balance: &Atto, vesting: BTreeMap<i64, Atto>, now: i64) -> Self {
        let grid_offset = vesting.keys().next().map_or(0, |epoch| epoch.rem_euclid(STEP_GRID));
        let mut miner = Self { grid_offset, vesting, ..Self::default() };
        miner.unlock(now);
        miner.free = Atto::zero();
        miner.principal = balance - miner.locked();
        miner
    }

    /// A block reward: three quarters, rounded down, are locked and vest a 180th a day.
    pub fn award(&mut self, reward: &Atto, now: i64) {
        let locked = (reward * 3u32).div_floor(&BigInt::from(4));
        self.free += reward - &locked;
        let mut vested = Atto::zero();
        let mut day = now;
        while vested < locked {
            day += DAY;
            let past = (day - self.grid_offset).rem_euclid(STEP_GRID);
            let step = if past == 0 { day } else { day + STEP_GRID - past };
            let elapsed = (step - now).min(VESTING);
            let target = (&locked * elapsed).div_floor(&BigInt::from(VESTING));
            *self.vesting.entry(step).or_default() += &target - &vested;
            vested = target;
        }
    }

    /// All that can be taken at `now` beyond the principal.
    pub fn harvest(&mut self, now: i64) -> Atto {
        self.unlock(now);
        std::mem::take(&mut self.free)
    }

    /// Rewards that still vest. Those that matured since the last harvest are not counted.
    pub fn locked(&self) -> Atto {
        self.vesting.values().sum()
    }

    /// What the miner's balance must be.
    pub fn balance(&self) -> Atto {
        &self.principal - &self.lost + &self.free + self.locked()
    }

    /// Sectors lock this much.
    pub fn commit(&mut self, pledge: &Atto) {
        self.sectors += pledge;
    }

    /// Sectors end in time and free this much.
    pub fn expire(&mut self, pledge: &Atto) {
        self.sectors -= pledge;
    }

    /// A fine that is larger than all that still vests: that goes first, then what lies free, then principal no sector locks.
    ///
    /// # Panics
    /// If the fine is smaller, or if so much is not there and would be left as debt: this story has neither.
    pub fn fine(&mut self, amount: &Atto, now: i64) {
        self.unlock(now);
        assert!(*amount >= self.locked(), "the story's fine takes all that vests");
        let rest = amount - self.locked();
        self.vesting.clear();
        let from_free = rest.clone().min(self.free.clone());
        self.free -= &from_free;
        self.lost += rest - from_free;
        assert!(self.lost <= &self.principal - &self.sectors, "the story's fine leaves no debt");
    }

    /// A measurement finds what was lost of the principal. Answers it.
    pub fn book_loss(&mut self) -> Atto {
        let lost = std::mem::take(&mut self.lost);
        self.principal -= &lost;
        lost
    }

    /// Principal that no sector locks comes home, at most this much. Answers how much does.
    pub fn come_home(&mut self, wanted: &Atto) -> Atto {
        let home = wanted.clone().min(&self.principal - &self.sectors);
        self.principal -= &home;
        home
    }

    /// What lies free beyond the principal, as of the last change.
    pub fn free(&self) -> &Atto {
        &self.free
    }

    /// An amount is locked through the epoch it names.
    pub fn unlock(&mut self, now: i64) {
        let still_locked = self.vesting.split_off(&now);
        let matured = std::mem::replace(&mut self.vesting, still_locked);
        self.free += matured.values().sum::<Atto>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::fil;

    #[test]
    fn a_reward_vests_in_180_steps_and_to_the_last_atto() {
        let mut miner = Miner::default();
        let reward = fil("4.000000000000000001");
        miner.award(&reward, 0);
        // A quarter, and the attoFIL that three quarters did not have.
        assert_eq!(miner.harvest(0), fil("1.000000000000000001"));
        assert_eq!(miner.vesting.len(), 180);
        // Locked through day 1, free after it.
        assert_eq!(miner.harvest(DAY), Atto::zero());
        assert_eq!(miner.harvest(DAY + 1), fil("3") / 180u32);
        assert_eq!(miner.harvest(VESTING + 1), fil("3") - fil("3") / 180u32);
        assert_eq!(miner.balance(), Atto::zero());
    }

    #[test]
    fn a_fine_takes_what_vests_before_it_takes_principal() {
        let mut miner = Miner { principal: fil("100"), ..Miner::default() };
        miner.commit(&fil("60"));
        miner.award(&fil("4"), 0);
        // Three FIL vest and one is free, so six are of the principal.
        miner.fine(&fil("10"), 0);
        assert_eq!((miner.locked(), miner.free(), miner.balance()), (Atto::zero(), &Atto::zero(), fil("94")));
        assert_eq!((miner.book_loss(), miner.principal.clone()), (fil("6"), fil("94")));
        assert_eq!((miner.come_home(&fil("50")), miner.balance()), (fil("34"), fil("60")));
        miner.expire(&fil("60"));
        assert_eq!((miner.come_home(&fil("16")), miner.balance()), (fil("16"), fil("44")));
    }

    #[test]
    fn steps_lie_on_the_miners_own_grid() {
        let first = BTreeMap::from([(100 + STEP_GRID, fil("1"))]);
        let mut miner = Miner::handed_over(&fil("11"), first, 50);
        assert_eq!((miner.principal.clone(), miner.locked()), (fil("10"), fil("1")));
        miner.award(&fil("4"), 200);
        // A day after 200 is 3080, and the next step of this grid after that is 4420.
        assert!(miner.vesting.keys().all(|epoch| epoch.rem_euclid(STEP_GRID) == 100));
        assert!(miner.vesting.contains_key(&4_420));
    }
}
