//! The operator's bond: first to lose.

use std::collections::BTreeMap;

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::apply::{same, Done, Follow};
use super::books::{BondBook, Ledger, FINE};
use crate::events::Event;
use crate::observe::{n, Miner};

impl Follow<'_> {
    /// Shares at the entry price as it was before, for principal, legacy FIL or FIL of the operator's own.
    pub(super) fn bonded(&mut self, e: &Event) -> Done {
        let (owner, value, shares) = (e.id("owner")?, n(&e.amount("value")?), n(&e.amount("shares")?));
        let expected = self.ledger.shares_for(&value).ok_or("there is no entry price")?;
        self.ledger.enter();
        if e.has("miner") {
            let miner = e.id("miner")?;
            if let Some(backing) = self.message.taken.remove(&miner) {
                same("value", &backing, &value)?;
                self.ledger.miners.entry(miner).or_default().principal += &value;
            } else {
                let legacy = self.message.legacy.remove(&miner).ok_or("nothing was there to bond")?;
                same("value", &legacy, &value)?;
                self.ledger.liquid += &value;
            }
        } else {
            same("value", &n(&self.step.value), &value)?;
            self.ledger.liquid += &value;
        }
        let unlock = self.ledger.bond_in(owner, &shares, self.after.epoch);
        self.ledger.moved();
        same("unlock", &unlock.into(), &e.get::<ChainEpoch>("unlock")?.into())?;
        same("shares", &expected, &shares)
    }

    /// A loss takes bond shares of its worth, rounded up, the present operator's first; if there are too few, all of them. What they
    /// were worth is given up of the miner's principal.
    pub(super) fn bond_burnt(&mut self, e: &Event) -> Done {
        let miner = e.id("miner")?;
        let loss = self.message.losses.remove(&miner).ok_or("no loss was measured")?;
        let bonded = self.ledger.bonded();
        let needed = (&loss.by * &loss.priced).div_ceil(&loss.nav);
        let (burnt, off) = if needed <= bonded {
            (needed, loss.by)
        } else {
            let worth = (&bonded * &loss.nav).div_floor(&loss.priced).min(loss.by.clone());
            self.ledger.peg.broken |= worth < loss.by;
            (bonded, worth)
        };
        let mut told = BTreeMap::new();
        for (owner, part) in e.get::<Vec<(ActorID, TokenAmount)>>("shares")? {
            told.insert(owner, n(&part));
        }
        let parts = self.ledger.bond_out(&burnt, self.after.proxy.operator);
        self.ledger.miners.get_mut(&miner).ok_or(format!("f0{miner} was never taken"))?.write_off(&off);
        self.ledger.moved();
        if off.is_positive() {
            self.message.absorbed.insert(miner, off.clone());
        }
        if told != parts {
            return Err(format!("the bond's owners lost {told:?}, expected {parts:?}"));
        }
        same("amount", &off, &n(&e.amount("amount")?))
    }

    /// Losses no bond bore: there was none that was worth anything.
    pub(super) fn finish_losses(&mut self) {
        for (miner, loss) in std::mem::take(&mut self.message.losses) {
            self.ledger.peg.broken = true;
            let worthless = loss.bonded.is_zero() || !loss.nav.is_positive();
            self.findings.require(
                worthless,
                format_args!("f0{miner} lost {}, and {} bond shares did not bear it", loss.by, loss.bonded),
            );
        }
    }

    /// At the price, once unlocked, with all miners measured in this epoch and well, out of what neither exits nor the reserve need.
    pub(super) fn bond_withdrawn(&mut self, e: &Event) -> Done {
        let (owner, shares, amount) = (e.id("owner")?, n(&e.amount("shares")?), n(&e.amount("amount")?));
        let (expected, stays) = (self.ledger.worth(&shares), self.ledger.demand() + self.ledger.reserve());
        let record = self.ledger.bond.iter_mut().find(|r| r.owner == owner).ok_or("it has no part in the bond")?;
        record.shares -= &shares;
        let (enough, unlocked) = (!record.shares.is_negative(), record.unlock <= self.after.epoch);
        self.ledger.liquid -= &amount;
        self.ledger.moved();
        self.pay(owner, &amount);
        let needed = self.ledger.pledged() * self.ledger.terms.min_bond_bps.0;
        let measured = |m: &Miner| {
            let record = &m.record;
            record.principal.is_zero() || (record.measured_at == self.after.epoch && record.unsettled_since.is_none())
        };
        for (holds, what) in [
            (enough, "fewer shares were there"),
            (unlocked, "it is locked still"),
            (self.ledger.impaired().is_zero(), "a loss is open"),
            (self.after.miners.values().all(measured), "a miner was not measured in this epoch"),
            (self.ledger.liquid >= stays, "exits or the reserve need it"),
            (self.ledger.worth(&self.ledger.bonded()) * 10_000 >= needed, "the rest is too small for what is pledged"),
        ] {
            holds.then_some(()).ok_or(what)?;
        }
        same("amount", &expected, &amount)
    }

    /// Bond shares become dead.
    pub(super) fn bond_slashed(&mut self, e: &Event) -> Done {
        let (owner, shares) = (e.id("owner")?, n(&e.amount("shares")?));
        let record = self.ledger.bond.iter_mut().find(|r| r.owner == owner).ok_or("it has no part in the bond")?;
        record.shares -= &shares;
        let enough = !record.shares.is_negative();
        self.ledger.dead += &shares;
        self.ledger.moved();
        enough.then_some(()).ok_or("fewer shares were there".to_owned())
    }

    pub(super) fn legacy_owed(&mut self, e: &Event) -> Done {
        let (owner, amount) = (e.id("owner")?, n(&e.amount("amount")?));
        let left: BigInt = self.message.legacy.values().sum();
        same("amount", &left, &amount)?;
        self.message.legacy.clear();
        self.ledger.rewards_owed += &amount;
        *self.ledger.due.entry(owner).or_default() += amount << FINE;
        Ok(())
    }
}

impl Ledger {
    /// Bond shares join an owner's; answers from when on they can be withdrawn: the mean over all of them, rounded up.
    fn bond_in(&mut self, owner: ActorID, shares: &BigInt, now: ChainEpoch) -> ChainEpoch {
        let unlock = now + self.terms.bond_period;
        let Some(record) = self.bond.iter_mut().find(|record| record.owner == owner) else {
            self.bond.push(BondBook { owner, shares: shares.clone(), unlock });
            return unlock;
        };
        let weighted = &record.shares * record.unlock + shares * unlock;
        record.shares += shares;
        if record.shares.is_positive() {
            record.unlock = i64::try_from(weighted.div_ceil(&record.shares)).expect("a mean of epochs");
        }
        record.unlock
    }

    /// Takes bond shares, of `first` before all others; answers how many of whom.
    fn bond_out(&mut self, shares: &BigInt, first: ActorID) -> BTreeMap<ActorID, BigInt> {
        let mut left = shares.clone();
        let mut parts = BTreeMap::new();
        let mut order: Vec<_> = (0..self.bond.len()).collect();
        order.sort_by_key(|at| self.bond[*at].owner != first);
        for at in order {
            let record = &mut self.bond[at];
            let part = left.clone().min(record.shares.clone());
            if part.is_positive() {
                record.shares -= &part;
                left -= &part;
                parts.insert(record.owner, part);
            }
        }
        parts
    }
}
