//! Deposits, claims, redemptions, transfers.

use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_traits::Zero;

use super::apply::{same, Done, Follow};
use super::books::FINE;
use crate::events::Event;
use crate::observe::n;

impl Follow<'_> {
    /// Before the first shares, assets nobody owns become dead shares at 1:1, and dead shares without assets are forgotten.
    pub(super) fn surplus(&mut self, e: &Event) -> Done {
        let ledger = &mut *self.ledger;
        if !ledger.supply().is_zero() {
            return Err("there are shares, so nothing is surplus".to_owned());
        }
        ledger.dead = ledger.nav(true).max(BigInt::zero());
        same("dead", &ledger.dead, &n(&e.amount("dead")?))
    }

    pub(super) fn deposited(&mut self, e: &Event) -> Done {
        let (recipient, value, shares) = (e.id("recipient")?, n(&e.amount("value")?), n(&e.amount("shares")?));
        let expected = self.ledger.shares_for(&value).ok_or("shares are worth nothing")?;
        self.ledger.enter();
        self.ledger.liquid += &value;
        self.ledger.change(recipient, &shares);
        same("shares", &expected, &shares)
    }

    pub(super) fn compounded(&mut self, e: &Event) -> Done {
        let (owner, value, shares) = (e.id("owner")?, n(&e.amount("value")?), n(&e.amount("shares")?));
        self.take_due(owner, &value)?;
        let expected = self.ledger.shares_for(&value).ok_or("shares are worth nothing")?;
        self.ledger.enter();
        self.ledger.liquid += &value;
        self.ledger.change(owner, &shares);
        same("shares", &expected, &shares)
    }

    pub(super) fn take_due(&mut self, owner: ActorID, amount: &BigInt) -> Done {
        self.ledger.rewards_owed -= amount;
        let slack = self.ledger.slack();
        let due = self.ledger.due.entry(owner).or_default();
        *due -= amount << FINE;
        if *due < -slack {
            return Err(format!("f0{owner} was given {amount}, {} more than it earned", -due.clone() >> FINE));
        }
        Ok(())
    }

    pub(super) fn redeemed(&mut self, e: &Event) -> Done {
        let (owner, shares, amount) = (e.id("owner")?, n(&e.amount("shares")?), n(&e.amount("amount")?));
        let expected = self.ledger.worth(&shares);
        let demand = self.ledger.demand();
        self.ledger.liquid -= &amount;
        if self.ledger.liquid < demand {
            return Err(format!("{amount} are not there beyond the {demand} exits need"));
        }
        self.pay(owner, &amount);
        if !self.ledger.change(owner, &-shares) {
            return Err("fewer shares were there".to_owned());
        }
        same("amount", &expected, &amount)
    }

    pub(super) fn transfer(&mut self, e: &Event) -> Done {
        let (from, to, amount) = (e.id("from")?, e.id("to")?, n(&e.amount("amount")?));
        let enough = self.ledger.change(from, &-amount.clone());
        self.ledger.change(to, &amount);
        enough.then_some(()).ok_or("fewer shares were there".to_owned())
    }

    pub(super) fn burnt(&mut self, e: &Event) -> Done {
        let (owner, amount) = (e.id("owner")?, n(&e.amount("amount")?));
        self.ledger.dead += &amount;
        self.ledger.change(owner, &-amount).then_some(()).ok_or("fewer shares were there".to_owned())
    }

    pub(super) fn claimed(&mut self, e: &Event) -> Done {
        let amount = n(&e.amount("amount")?);
        self.pay(e.id("to")?, &amount);
        self.take_due(e.id("owner")?, &amount)
    }

    pub(super) fn fees_claimed(&mut self, e: &Event) -> Done {
        let (recipient, amount) = (e.id("recipient")?, n(&e.amount("amount")?));
        self.pay(recipient, &amount);
        let owed = self.ledger.fees.remove(&recipient).unwrap_or_default();
        same("fees", &owed, &amount)
    }
}
