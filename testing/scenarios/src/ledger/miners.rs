//! What the proxy does with miners: custody, pledges, measurements and what they bring.

use std::collections::BTreeMap;

use fvm_ipld_encoding::from_slice;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_interfaces::owner_proxy;
use peggy_runtime::Method;

use super::apply::{same, Done, Follow, Loss, Underway};
use super::books::MinerBook;
use crate::events::Event;
use crate::observe::{n, Money};

impl Follow<'_> {
    /// A reward beyond the principal, or nothing; a measurement worked out from the miner's own state.
    pub(super) fn harvested(&mut self, e: &Event) -> Done {
        let (miner, keeper) = (e.id("miner")?, e.id("keeper")?);
        let (reward, home, cut) = (n(&e.amount("reward")?), n(&e.amount("home")?), n(&e.amount("keeper-cut")?));
        // One that is closed by this message has nothing left in it, which its own event is held to.
        let held = self.after.miners.get(&miner);
        let money = held.map_or_else(Money::nothing, |m| m.money.clone());
        let settled = held.is_none_or(|m| m.record.unsettled_since.is_none());
        let pledged_later =
            if self.step.method == owner_proxy::Pledge::NUMBER { self.pledged_later(miner)? } else { BigInt::zero() };
        let free = n(&money.free()) - &pledged_later;
        self.home(miner, &home, &free, settled && !money.sick)?;
        let (nav, priced, lost) = (self.ledger.nav(false), self.ledger.priced(), self.ledger.impaired());
        let book = self.ledger.miners.get_mut(&miner).ok_or(format!("f0{miner} was never taken"))?;

        let legacy = reward.clone().min(book.legacy.clone());
        same("legacy", &legacy, &n(&e.amount("legacy")?))?;
        book.principal -= &home;
        self.ledger.liquid += &home;
        let backing = n(&money.backing()) - &pledged_later;
        if settled {
            // All of the surplus that was free was taken, and nothing else.
            let surplus = (&backing - &book.principal).max(BigInt::zero());
            if !money.sick && !surplus.clone().min(free.clone()).is_zero() {
                return Err(format!("{surplus} of surplus, {free} of it free, was left in f0{miner}"));
            }
            if reward.is_positive() && backing < book.principal {
                return Err(format!("{reward} was taken from f0{miner} as reward although its backing was short"));
            }
        }
        book.legacy -= &legacy;
        // Early terminations keep a withdrawal from being answered, but not the getters.
        let readable = !money.sick;
        book.measure(settled, readable, &backing, &n(&money.vesting()));
        let by = self.ledger.impaired() - lost;
        if by.is_positive() {
            let bonded = self.ledger.bonded();
            self.message.losses.insert(miner, Loss { by, nav, priced, bonded });
        }

        let (bps, cap) = &self.ledger.keeper_cut;
        let uncut = [owner_proxy::Pledge::NUMBER, owner_proxy::ReturnPrincipal::NUMBER, owner_proxy::WriteOff::NUMBER];
        let no_cut = keeper == self.ledger.pool || uncut.contains(&self.step.method);
        let expected = if no_cut {
            BigInt::zero()
        } else {
            ((&reward - &legacy) * *bps).div_floor(&BigInt::from(10_000)).min(cap.clone())
        };
        same("keeper's cut", &expected, &cut)?;
        self.pay(keeper, &cut);
        *self.message.miners.entry(miner).or_default() -= &reward + &home;
        if legacy.is_positive() {
            *self.message.legacy.entry(miner).or_default() += &legacy;
        }
        self.message.underway.insert(Some(miner), Underway { value: &reward + &home - &cut, legacy, home });
        Ok(())
    }

    /// Principal comes home as far as the queue needs it, or as was asked for, and the miner has it free.
    fn home(&self, miner: ActorID, home: &BigInt, free_after: &BigInt, complete: bool) -> Done {
        let principal = &self.ledger.miners.get(&miner).ok_or(format!("f0{miner} was never taken"))?.principal;
        let mut wanted = (self.ledger.demand() - &self.ledger.liquid).max(BigInt::zero());
        if self.step.method == owner_proxy::ReturnPrincipal::NUMBER {
            let asked: owner_proxy::ReturnPrincipalParams = from_slice(self.step.params.bytes()).map_err(text)?;
            wanted = wanted.max(n(&asked.amount));
        }
        let expected = (free_after + home).min(principal.clone()).min(wanted);
        if complete {
            return same("home", &expected, home);
        }
        // A sick miner may pay less, never more.
        (*home <= expected).then_some(()).ok_or(format!("home is {home}, expected at most {expected}"))
    }

    /// What a `Pledge` adds to a miner after harvesting it, in the same message.
    fn pledged_later(&self, miner: ActorID) -> Result<BigInt, String> {
        let asked: owner_proxy::PledgeParams = from_slice(self.step.params.bytes()).map_err(text)?;
        let this = asked.miner.id().is_ok_and(|id| id == miner);
        Ok(if this { n(&asked.amount) } else { BigInt::zero() })
    }

    pub(super) fn settled(&mut self, e: &Event) -> Done {
        let miner = if e.has("miner") { Some(e.id("miner")?) } else { None };
        let underway = self.message.underway.remove(&miner).ok_or("nothing was on its way to the pool")?;
        let Underway { value, legacy, home } = underway;
        same("home", &home, &n(&e.amount("home")?))?;
        let reward = value - &home - &legacy;
        if reward.is_negative() {
            return Err(format!("home {home} and legacy {legacy} exceed what arrived"));
        }
        let before = self.ledger.fees.clone();
        let stream = self.ledger.stream.amount.clone();
        self.ledger.reward(&reward, self.after.epoch);

        same("rest", &(&self.ledger.stream.amount - stream), &n(&e.amount("rest")?))?;
        let mut told: BTreeMap<ActorID, BigInt> = BTreeMap::new();
        for (recipient, fee) in e.get::<Vec<(ActorID, TokenAmount)>>("fees")? {
            *told.entry(recipient).or_default() += n(&fee);
        }
        for (recipient, fee) in &self.ledger.fees {
            let grew = fee - before.get(recipient).cloned().unwrap_or_default();
            same("fee", &grew, &told.get(recipient).cloned().unwrap_or_default())?;
        }
        if !self.ledger.stream.amount.is_zero() {
            same("stream end", &self.ledger.stream.end.into(), &BigInt::from(e.get::<i64>("stream-end")?))?;
        }
        Ok(())
    }

    pub(super) fn taken(&mut self, e: &Event) -> Done {
        let miner = e.id("miner")?;
        let money = self.money(miner)?;
        let backing = n(&money.backing());
        let vesting = n(&money.vesting());
        same("principal", &backing, &n(&e.amount("principal")?))?;
        same("legacy vesting", &vesting, &n(&e.amount("legacy-vesting")?))?;
        let held = self.ledger.miners.insert(miner, MinerBook { legacy: vesting, ..MinerBook::default() });
        self.message.taken.insert(miner, backing);
        held.map_or(Ok(()), |_| Err(format!("f0{miner} was held already")))
    }

    /// A miner leaves the list once a loss of it was written off and nothing is left in it.
    pub(super) fn closed(&mut self, e: &Event) -> Done {
        let miner = e.id("miner")?;
        let book = self.ledger.miners.remove(&miner).ok_or(format!("f0{miner} was never taken"))?;
        let empty = book.principal.is_zero() && book.impaired.is_zero() && book.legacy.is_zero();
        empty.then_some(()).ok_or(format!("f0{miner} was closed with {book:?}"))
    }

    /// Principal given up: what the bond bore of a loss, or what governance says is lost.
    pub(super) fn written_off(&mut self, e: &Event) -> Done {
        let (miner, amount) = (e.id("miner")?, n(&e.amount("amount")?));
        if let Some(absorbed) = self.message.absorbed.remove(&miner) {
            let bond = e.get::<String>("by")? == "bond";
            bond.then_some(()).ok_or("the bond bore it, and it says otherwise")?;
            return same("amount", &absorbed, &amount);
        }
        let book = self.ledger.miners.get_mut(&miner).ok_or(format!("f0{miner} was never taken"))?;
        let lost = book.impaired_net.clone();
        book.write_off(&lost);
        // The pool is told in a message of its own, without FIL.
        self.message.underway.insert(Some(miner), Underway::default());
        let governs = self.step.method == owner_proxy::WriteOff::NUMBER && e.get::<String>("by")? == "governance";
        governs.then_some(()).ok_or("only governance and the bond write off")?;
        same("amount", &lost, &amount)
    }

    pub(super) fn drawn(&mut self, e: &Event) -> Done {
        let amount = n(&e.amount("amount")?);
        let stays = self.ledger.demand() + self.ledger.reserve();
        let bond = self.ledger.worth(&self.ledger.bonded());
        self.ledger.liquid -= &amount;
        self.message.drawn += amount;
        if self.ledger.liquid < stays {
            return Err(format!("{stays} are for exits and the reserve, and only {} are left", self.ledger.liquid));
        }
        let needed = (self.ledger.pledged() + &self.message.drawn) * self.ledger.terms.min_bond_bps.0;
        if bond * 10_000 < needed {
            return Err("the bond is too small for what is pledged".to_owned());
        }
        Ok(())
    }

    pub(super) fn pledged(&mut self, e: &Event) -> Done {
        let (miner, amount) = (e.id("miner")?, n(&e.amount("amount")?));
        same("amount", &std::mem::take(&mut self.message.drawn), &amount)?;
        self.ledger.miners.entry(miner).or_default().principal += &amount;
        *self.message.miners.entry(miner).or_default() += amount;
        Ok(())
    }

    pub(super) fn swept(&mut self, e: &Event) -> Done {
        self.message.underway.insert(None, Underway { value: n(&e.amount("amount")?), ..Underway::default() });
        Ok(())
    }
}

fn text(e: impl std::fmt::Display) -> String {
    e.to_string()
}
