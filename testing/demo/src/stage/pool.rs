//! What people do with the pool and the miner, each beside what is expected of it.

use anyhow::Result;

use super::{Stage, OPERATOR};
use crate::expect::{Expected, Shared, Terms};
use crate::miner::{Miner, DAY};
use crate::money::{atto_in, fil, Atto};

impl Stage {
    /// Custody: from here on everything is expected before it is looked at.
    pub fn take_custody(&mut self, terms: Terms, put_in: &Atto) -> Result<()> {
        let miner = self.address("miner")?;
        let vesting = self.node.vesting(&miner)?;
        let answer = self.peggy.run_as(OPERATOR, &["miner", "take", &miner])?;
        let epoch = self.executed(&answer)?;
        let expected = Expected::at_custody(terms, Miner::handed_over(put_in, vesting, epoch), OPERATOR, epoch);
        self.checks.same("backing credited to the bond", &expected.miner.principal, &atto_in(&answer, "/backing")?);
        self.expect(expected);
        Ok(())
    }

    /// A deposit.
    pub fn deposit(&mut self, holder: &'static str, amount: &str) -> Result<()> {
        let answer = self.peggy.run_as(holder, &["deposit", amount])?;
        let epoch = self.executed(&answer)?;
        let value = fil(amount);
        self.book_in(holder, format!("deposit of {holder}"), &value);
        self.expected()?.deposit(holder, &value, epoch);
        self.checks.same(format!("shares of {holder}'s deposit"), &value, &atto_in(&answer, "/shares")?);
        Ok(())
    }

    /// The operator pledges; the miner is measured, and harvested, on the way.
    pub fn pledge(&mut self, amount: &str) -> Result<()> {
        let miner = self.address("miner")?;
        let answer = self.peggy.run_as(OPERATOR, &["miner", "pledge", &miner, amount])?;
        let epoch = self.executed(&answer)?;
        let expected = self.expected()?;
        expected.harvest(None, epoch);
        expected.pledge(&fil(amount));
        self.check_miner("after the pledge")
    }

    /// A day passes, and ends with a block reward.
    pub fn day(&mut self, reward: &Atto) -> Result<()> {
        self.node.advance(DAY)?;
        let miner = self.address("miner")?;
        let epoch = self.node.award(&miner, reward)?;
        self.awarded += reward;
        self.expected()?.miner.award(reward, epoch);
        Ok(())
    }

    /// A keeper harvests.
    pub fn harvest(&mut self, keeper: &'static str) -> Result<Shared> {
        let miner = self.address("miner")?;
        let answer = self.peggy.run_as(keeper, &["miner", "harvest", &miner])?;
        let epoch = self.executed(&answer)?;
        let shared = self.expected()?.harvest(Some(keeper), epoch);
        self.flow(keeper).paid += &shared.cut;
        self.checks.same(
            format!("harvest of {keeper} at epoch {epoch}"),
            &shared.reward,
            &atto_in(&answer, "/reward")?,
        );
        self.checks.same(format!("principal home at epoch {epoch}"), &shared.home, &atto_in(&answer, "/home")?);
        self.check_miner(&format!("after the harvest at epoch {epoch}"))?;
        Ok(shared)
    }

    /// Shares change hands.
    pub fn transfer(&mut self, from: &'static str, to: &'static str, shares: &str) -> Result<()> {
        let address = self.address(to)?;
        let answer = self.peggy.run_as(from, &["transfer", &address, shares])?;
        let epoch = self.executed(&answer)?;
        self.expected()?.transfer(from, to, &fil(shares), epoch);
        Ok(())
    }

    /// Somebody claims rewards.
    pub fn claim(&mut self, holder: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(holder, &["claim"])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let (due, off) = (expected.claimable(holder), expected.tolerance(holder));
        *expected.claimed.entry(holder).or_default() += &paid;
        self.flow(holder).paid += &paid;
        self.checks.within(format!("rewards paid to {holder} at epoch {epoch}"), &due, &paid, off.clone(), off);
        Ok(paid)
    }

    /// Somebody redeems. The pool has the miner measured first, and harvested, for nobody's cut.
    pub fn redeem(&mut self, holder: &'static str, shares: &str) -> Result<()> {
        let answer = self.peggy.run_as(holder, &["redeem", shares])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.harvest(None, epoch);
        expected.redeem(holder, &fil(shares), epoch);
        self.book_out(holder, format!("redeemed by {holder}"), &paid);
        self.checks.same(format!("redemption of {holder}"), &fil(shares), &paid);
        self.check_miner("after the redemption")
    }

    /// Somebody claims fees.
    pub fn claim_fees(&mut self, recipient: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(recipient, &["claim-fees"])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let due = expected.fees_owed(recipient);
        *expected.fees_paid.entry(recipient).or_default() += &paid;
        self.flow(recipient).paid += &paid;
        self.checks.same(format!("fees paid to {recipient}"), &due, &paid);
        Ok(paid)
    }

    /// The miner's balance is what the network's rules say.
    pub(super) fn check_miner(&mut self, when: &str) -> Result<()> {
        let found = self.node.balance(&self.address("miner")?)?;
        let expected = self.expected()?.miner.balance();
        self.checks.same(format!("the miner's balance {when}"), &expected, &found);
        Ok(())
    }
}
