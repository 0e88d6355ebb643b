//! What people do with positions, each beside what is expected of it.

use anyhow::{anyhow, Result};

use super::Stage;
use crate::money::{atto_in, fil, Atto};

impl Stage {
    /// Shares become a position: from here on they earn under its own name.
    pub fn mint_position(&mut self, owner: &'static str, name: &'static str, shares: &str) -> Result<u64> {
        let answer = self.peggy.run_as(owner, &["nft", "mint", shares])?;
        let epoch = self.executed(&answer)?;
        self.expected()?.transfer(owner, name, &fil(shares), epoch);
        answer["tokens"][0].as_u64().ok_or_else(|| anyhow!("no token in {answer}"))
    }

    /// A position changes hands: what it earned so far stays under its first name, the rest comes under the second.
    pub fn sell_position(
        &mut self,
        from: (&'static str, &'static str),
        to: (&'static str, &'static str),
        token: u64,
    ) -> Result<()> {
        let address = self.address(to.0)?;
        let answer = self.peggy.run_as(from.0, &["nft", "transfer", &token.to_string(), "--to", &address])?;
        let epoch = self.executed(&answer)?;
        let shares = self.expected()?.shares.get(from.1).cloned().unwrap_or_default();
        self.expected()?.transfer(from.1, to.1, &shares, epoch);
        Ok(())
    }

    /// Somebody claims all that its positions, kept or sold, earned for it: one message, for there is one kind here.
    pub fn claim_positions(&mut self, who: &'static str, name: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(who, &["nft", "claim"])?;
        let payment = answer["payments"][0].clone();
        let (epoch, paid) = (self.executed(&payment)?, atto_in(&payment, "/paid")?);
        let expected = self.expected()?;
        expected.release(epoch);
        let (due, off) = (expected.claimable(name), expected.tolerance(name));
        *expected.claimed.entry(name).or_default() += &paid;
        self.flow(who).paid += &paid;
        self.checks.within(format!("rewards of {name} paid to {who}"), &due, &paid, off.clone(), off);
        Ok(paid)
    }

    /// A token stands for the shares it was made of.
    pub fn check_position(&mut self, owner: &str, name: &str, token: u64, shares: &Atto) -> Result<()> {
        let (_, found) = self.position(owner, name)?;
        let shown = self.peggy.run(&["nft", "show", &token.to_string()])?;
        self.checks.same(format!("shares of {name}"), shares, &found);
        self.checks.same(format!("shares of token {token}"), shares, &atto_in(&shown, "/shares")?);
        Ok(())
    }

    /// What somebody is owed from positions, kept or sold, and the shares in them.
    pub fn position(&self, owner: &str, name: &str) -> Result<(Atto, Atto)> {
        let list = self.peggy.run(&["nft", "list", &self.address(owner)?])?;
        let mut sums = (atto_in(&list, "/owed")?, Atto::default());
        for position in list["positions"].as_array().ok_or_else(|| anyhow!("{name}: no positions in {list}"))? {
            sums.0 += atto_in(position, "/accrued")?;
            sums.1 += atto_in(position, "/shares")?;
        }
        Ok(sums)
    }
}
