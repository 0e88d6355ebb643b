//! Leaving at once at a discount, and those who provide the FIL for it.

use anyhow::Result;
use serde_json::Value;

use super::Stage;
use crate::expect::MARKET;
use crate::money::{atto_in, fil, Atto};

impl Stage {
    /// FIL becomes LP tokens. Nothing has been bought yet, so there are no rewards to bring in and no price to ask for.
    pub fn add_liquidity(&mut self, provider: &'static str, amount: &str) -> Result<()> {
        let answer = self.peggy.run_as(provider, &["lp", "add", amount])?;
        let value = fil(amount);
        self.book_in(provider, format!("liquidity of {provider}"), &value);
        let lp = self.expected()?.add_liquidity(provider, &value);
        self.checks.same(format!("LP tokens of {provider}"), &lp, &atto_in(&answer, "/lp")?);
        Ok(())
    }

    /// What the program says a sale would bring.
    pub fn quote(&mut self, shares: &str) -> Result<Value> {
        self.peggy.run(&["lp", "quote", shares])
    }

    /// Shares are sold at once. The pool has the miner measured on the way.
    pub fn sell(&mut self, holder: &'static str, shares: &str) -> Result<Atto> {
        let answer = self.peggy.run_as(holder, &["lp", "sell", shares])?;
        let epoch = self.executed(&answer)?;
        let (shares, paid) = (fil(shares), atto_in(&answer, "/paid")?);
        let expected = self.expected()?;
        expected.harvest(None, epoch);
        let due = expected.market.quote(&expected.inventory(), &shares).floor();
        expected.sell(holder, &shares, &paid, epoch);
        self.book_out(holder, format!("sold to liquidity by {holder}"), &paid);
        self.checks.same(format!("sale of {holder}"), &due, &paid);
        self.check_miner("after the sale")?;
        self.check_market()?;
        Ok(paid)
    }

    /// LP tokens become FIL and shares; what the shares earned comes in first. Answers both.
    pub fn remove_liquidity(&mut self, provider: &'static str, lp: &str) -> Result<(Atto, Atto)> {
        let answer = self.peggy.run_as(provider, &["lp", "remove", lp])?;
        let epoch = self.executed(&answer)?;
        let (paid, moved) = (atto_in(&answer, "/fil")?, atto_in(&answer, "/shares")?);
        let left = atto_in(&self.peggy.run(&["lp", "status"])?, "/fil")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let (due, off) = (expected.claimable(MARKET), expected.tolerance(MARKET));
        let collected = left + &paid - &expected.market.fil;
        expected.collect(&collected);
        let (fil, shares) = expected.remove_liquidity(provider, &atto_in(&answer, "/lp")?, epoch);
        self.book_out(provider, format!("liquidity taken out by {provider}"), &paid);
        self.checks.within("rewards of the shares liquidity has", &due, &collected, off.clone(), off);
        self.checks.same(format!("FIL to {provider}"), &fil, &paid);
        self.checks.same(format!("shares to {provider}"), &shares, &moved);
        self.check_market()?;
        Ok((paid, moved))
    }

    /// Liquidity's books.
    pub fn check_market(&mut self) -> Result<Value> {
        let status = self.peggy.run(&["lp", "status"])?;
        let expected = self.expected()?.clone();
        self.checks.same("FIL of liquidity", &expected.market.fil, &atto_in(&status, "/fil")?);
        self.checks.same("shares of liquidity", &expected.inventory(), &atto_in(&status, "/inventory")?);
        self.checks.same("LP tokens", &expected.market.supply(), &atto_in(&status, "/lp")?);
        Ok(status)
    }
}
