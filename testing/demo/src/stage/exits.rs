//! Fines and who bears them; the bond; the exit queue.

use anyhow::{ensure, Context as _, Result};
use serde_json::Value;

use super::{Stage, OPERATOR};
use crate::money::{atto_in, fil, Atto};

impl Stage {
    /// The network fines the miner. Nobody has measured it yet.
    pub fn fine(&mut self, amount: &Atto) -> Result<()> {
        let miner = self.address("miner")?;
        let epoch = self.node.fine(&miner, amount)?;
        self.fined += amount;
        self.expected()?.miner.fine(amount, epoch);
        self.check_miner("after the fine")
    }

    /// The program must refuse this, with this exit code of an actor, and cost nothing. Answers the sentence.
    pub fn refused(&mut self, who: &str, arguments: &[&str], exit_code: u64) -> Result<String> {
        let (code, sentence) = self.peggy.refused_as(who, arguments)?;
        ensure!(
            code == Some(exit_code),
            "'{}' was refused with {code:?}, not {exit_code}: {sentence}",
            arguments.join(" ")
        );
        Ok(sentence)
    }

    /// The operator puts FIL of its own into the bond.
    pub fn top_up(&mut self, amount: &str) -> Result<()> {
        let answer = self.peggy.run_as(OPERATOR, &["bond", "top-up", amount])?;
        let epoch = self.executed(&answer)?;
        let value = fil(amount);
        self.book_in(OPERATOR, "the operator's top-up of the bond", &value);
        self.expected()?.top_up(&value, epoch);
        self.checks.same("shares of the top-up", &value, &atto_in(&answer, "/shares")?);
        self.check_bond()
    }

    /// The bond is what its owner brought less what it bore, and so is the price of everybody's shares: one.
    pub fn check_bond(&mut self) -> Result<()> {
        let expected = self.expected()?.shares.get(OPERATOR).cloned().unwrap_or_default();
        let status = self.peggy.run(&["status"])?;
        self.checks.same("shares in the bond", &expected, &atto_in(&status, "/bond/shares")?);
        self.checks.same("net assets = shares", &atto_in(&status, "/pool/shares")?, &atto_in(&status, "/pool/nav")?);
        self.checks.same("nothing stays impaired", &Atto::default(), &atto_in(&status, "/pool/impaired")?);
        Ok(())
    }

    /// Shares go into the queue, as the ticket of this name.
    pub fn request_exit(&mut self, holder: &'static str, ticket: &'static str, shares: &str) -> Result<()> {
        let answer = self.peggy.run_as(holder, &["exit", "request", shares])?;
        let epoch = self.executed(&answer)?;
        let number = answer["ticket"].as_u64().context("a ticket without a number")?;
        let shares = atto_in(&answer, "/shares")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let has = expected.shares.get(holder).cloned().unwrap_or_default();
        ensure!(shares <= has, "{holder} asked for more shares out than there are");
        expected.request_exit(holder, ticket, number, &shares, epoch);
        Ok(())
    }

    /// Anybody finalises. The pool has the miner measured first, which brings principal home.
    pub fn finalize_exits(&mut self, who: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(who, &["exit", "finalize"])?;
        let epoch = self.executed(&answer)?;
        let expected = self.expected()?;
        expected.harvest(None, epoch);
        let due = expected.finalize(epoch);
        self.checks.same(format!("exits finalised at epoch {epoch}"), &due, &atto_in(&answer, "/amount")?);
        self.check_miner("after finalising")?;
        self.check_queue()?;
        Ok(due)
    }

    /// Every ticket, and the queue as a whole, is what it must be.
    pub fn check_queue(&mut self) -> Result<Value> {
        let list = self.peggy.run(&["exit", "list", "--all"])?;
        let expected = self.expected()?.clone();
        self.checks.same("waiting in the queue", &expected.demand(), &atto_in(&list, "/queue/shares")?);
        self.checks.same("what the queue needs", &expected.demand(), &atto_in(&list, "/queue/demand")?);
        self.checks.same("what of it is not at hand", &expected.unmet(), &atto_in(&list, "/queue/unmet")?);
        self.checks.same("exits owed", &expected.exits_owed(), &atto_in(&list, "/queue/exits_owed")?);
        for shown in list["tickets"].as_array().into_iter().flatten() {
            let ticket = expected.tickets.iter().find(|ticket| Some(ticket.number) == shown["ticket"].as_u64());
            let ticket = ticket.with_context(|| format!("nobody knows of {shown}"))?;
            self.checks.same(
                format!("shares of {}", ticket.name),
                &expected.waiting(ticket),
                &atto_in(shown, "/shares")?,
            );
            self.checks.same(format!("owed to {}", ticket.name), &ticket.owed, &atto_in(shown, "/owed")?);
        }
        Ok(list)
    }

    /// The owner of a ticket that is finalised whole is paid: what it is owed, and what its shares earned in the queue. Answers both.
    pub fn claim_exit(&mut self, ticket: &'static str) -> Result<(Atto, Atto)> {
        let found = self.expected()?.tickets.iter().find(|t| t.name == ticket).cloned();
        let found = found.with_context(|| format!("there is no {ticket}"))?;
        let answer = self.peggy.run_as(found.owner, &["exit", "claim", &found.number.to_string()])?;
        let epoch = self.executed(&answer)?;
        let expected = self.expected()?;
        let owed = expected.claim_exit(ticket, epoch);
        let (due, off) = (expected.claimable(ticket), expected.tolerance(ticket));
        let rewards = atto_in(&answer, "/paid")? - &owed;
        *expected.claimed.entry(ticket).or_default() += &rewards;
        self.book_out(found.owner, format!("exit of {}", found.owner), &owed);
        self.flow(found.owner).paid += &rewards;
        self.checks.within(format!("rewards paid to {ticket}"), &due, &rewards, off.clone(), off);
        Ok((owed, rewards))
    }
}
