//! Follows a message's events, checking every figure in them against the ledger's own sums.

use std::collections::BTreeMap;

use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, METHOD_SEND};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_interfaces::owner_proxy;
use peggy_runtime::{Findings, Method};

use super::books::{Ledger, MinerBook, FINE};
use crate::events::Event;
use crate::observe::{n, Money, Observed};
use crate::step::{Outcome, Step};

/// Events that move no money and no share; nothing follows from them here.
const OTHER_KINDS: [&str; 11] = [
    "wired",
    "upgraded",
    "paused",
    "miner-unsettled",
    "worker-change",
    "worker-confirmed",
    "debt-repaid",
    "peer-id-changed",
    "multiaddrs-changed",
    "operator-set",
    "allowance",
];

/// What the events of one message make expected of it later in the same message.
#[derive(Debug, Default)]
struct Message {
    /// FIL on its way to the pool, by miner, with the part that was the operator's before custody.
    underway: BTreeMap<Option<ActorID>, (BigInt, BigInt)>,
    /// Legacy FIL harvested, not yet bonded.
    legacy: BTreeMap<ActorID, BigInt>,
    /// Miners taken, not yet bonded.
    taken: BTreeMap<ActorID, BigInt>,
    /// FIL drawn from the pool, not yet pledged.
    drawn: BigInt,
    /// FIL that left the bundle, by who got it.
    paid: BTreeMap<ActorID, BigInt>,
    /// FIL that left or reached a miner by pledges and withdrawals.
    miners: BTreeMap<ActorID, BigInt>,
}

type Done = Result<(), String>;

/// One message, followed.
pub struct Follow<'a> {
    ledger: &'a mut Ledger,
    after: &'a Observed,
    step: &'a Step,
    message: Message,
    findings: Findings,
}

impl Ledger {
    /// Follows what happened between two looks at the chain.
    pub fn follow(&mut self, before: &Observed, after: &Observed, done: Option<(&Step, &Outcome)>) -> Findings {
        let Some((step, outcome)) = done else { return Findings::new() };
        if !outcome.is_ok() {
            return Findings::new();
        }
        // When the chain released is its own business; how much, and to whom, is worked out here.
        if after.pool.stream().updated_at == after.epoch {
            self.release(after.epoch);
        }
        if step.method == METHOD_SEND && step.to == self.pool {
            self.donated += n(&step.value);
        }
        let mut follow = Follow { ledger: self, after, step, message: Message::default(), findings: Findings::new() };
        for event in &outcome.events {
            if let Err(what) = follow.event(event) {
                follow.findings.add(format_args!("event {}: {what}", event.kind));
            }
        }
        follow.finish(before, outcome);
        follow.findings
    }
}

impl Follow<'_> {
    fn event(&mut self, e: &Event) -> Done {
        match e.kind.as_str() {
            "harvested" => self.harvested(e),
            "settled" => self.settled(e),
            "miner-taken" | "miner-created" => self.taken(e),
            "bonded" => self.bonded(e),
            "legacy-owed" => self.legacy_owed(e),
            "surplus" => self.surplus(e),
            "deposited" => self.deposited(e),
            "compounded" => self.compounded(e),
            "redeemed" => self.redeemed(e),
            "transfer" => self.transfer(e),
            "burnt" => self.burnt(e),
            "claimed" => self.claimed(e),
            "fees-claimed" => self.fees_claimed(e),
            "pledge-drawn" => self.drawn(e),
            "pledged" => self.pledged(e),
            "swept" => self.swept(e),
            "terms" | "keeper-cut-set" => {
                self.ledger.take_terms(self.after);
                Ok(())
            }
            other if OTHER_KINDS.contains(&other) => Ok(()),
            other => Err(format!("the ledger does not know events called {other}")),
        }
    }

    fn money(&self, miner: ActorID) -> Result<&Money, String> {
        self.after.miners.get(&miner).map(|m| &m.money).ok_or(format!("f0{miner} is not in custody"))
    }

    fn pay(&mut self, who: ActorID, amount: &BigInt) {
        *self.message.paid.entry(who).or_default() += amount;
    }

    /// A reward beyond the principal, or nothing; a measurement worked out from the miner's own state.
    fn harvested(&mut self, e: &Event) -> Done {
        let (miner, keeper) = (e.id("miner")?, e.id("keeper")?);
        let (reward, home, cut) = (n(&e.amount("reward")?), n(&e.amount("home")?), n(&e.amount("keeper-cut")?));
        let money = self.money(miner)?.clone();
        let settled = self.after.miners[&miner].record.unsettled_since.is_none();
        let pledged_later =
            if self.step.method == owner_proxy::Pledge::NUMBER { self.after_pledge(miner) } else { BigInt::zero() };
        let book = self.ledger.miners.get_mut(&miner).ok_or(format!("f0{miner} was never taken"))?;

        let legacy = reward.clone().min(book.legacy.clone());
        same("legacy", &legacy, &n(&e.amount("legacy")?))?;
        same("home", &BigInt::zero(), &home)?;
        let free = n(&money.free()) - &pledged_later;
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

        let (bps, cap) = &self.ledger.keeper_cut;
        let no_cut = keeper == self.ledger.pool || self.step.method == owner_proxy::Pledge::NUMBER;
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
        self.message.underway.insert(Some(miner), (&reward + &home - &cut, legacy));
        Ok(())
    }

    /// What a `Pledge` adds to a miner after harvesting it, in the same message.
    fn after_pledge(&self, miner: ActorID) -> BigInt {
        let before = self.ledger.miners.get(&miner).map_or(BigInt::zero(), |b| b.principal.clone());
        n(&self.after.miners[&miner].record.principal) - before
    }

    fn settled(&mut self, e: &Event) -> Done {
        let miner = if e.has("miner") { Some(e.id("miner")?) } else { None };
        let (value, legacy) = self.message.underway.remove(&miner).ok_or("nothing was on its way to the pool")?;
        let home = n(&e.amount("home")?);
        let reward = value - &home - &legacy;
        if reward.is_negative() {
            return Err(format!("home {home} and legacy {legacy} exceed what arrived"));
        }
        let before = self.ledger.fees.clone();
        let stream = self.ledger.stream.amount.clone();
        self.ledger.reward(&reward, self.after.epoch);
        self.ledger.liquid += &home;

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

    fn taken(&mut self, e: &Event) -> Done {
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

    /// Shares at the entry price as it was before, for principal or legacy FIL.
    fn bonded(&mut self, e: &Event) -> Done {
        let (owner, miner) = (e.id("owner")?, e.id("miner")?);
        let (value, shares) = (n(&e.amount("value")?), n(&e.amount("shares")?));
        let expected = self.ledger.shares_for(&value).ok_or("there is no entry price")?;
        if let Some(backing) = self.message.taken.remove(&miner) {
            same("value", &backing, &value)?;
            self.ledger.miners.entry(miner).or_default().principal += &value;
        } else {
            let legacy = self.message.legacy.remove(&miner).ok_or("nothing was there to bond")?;
            same("value", &legacy, &value)?;
            self.ledger.liquid += &value;
        }
        *self.ledger.bond.entry(owner).or_default() += &shares;
        self.ledger.moved();
        same("shares", &expected, &shares)
    }

    fn legacy_owed(&mut self, e: &Event) -> Done {
        let (owner, amount) = (e.id("owner")?, n(&e.amount("amount")?));
        let left: BigInt = self.message.legacy.values().sum();
        same("amount", &left, &amount)?;
        self.message.legacy.clear();
        self.ledger.rewards_owed += &amount;
        *self.ledger.due.entry(owner).or_default() += amount << FINE;
        Ok(())
    }

    /// Before the first shares, assets nobody owns become dead shares at 1:1, and dead shares without assets are forgotten.
    fn surplus(&mut self, e: &Event) -> Done {
        let ledger = &mut *self.ledger;
        if !ledger.supply().is_zero() {
            return Err("there are shares, so nothing is surplus".to_owned());
        }
        ledger.dead = ledger.nav(true).max(BigInt::zero());
        same("dead", &ledger.dead, &n(&e.amount("dead")?))
    }

    fn deposited(&mut self, e: &Event) -> Done {
        let (recipient, value, shares) = (e.id("recipient")?, n(&e.amount("value")?), n(&e.amount("shares")?));
        let expected = self.ledger.shares_for(&value).ok_or("shares are worth nothing")?;
        self.ledger.liquid += &value;
        self.ledger.change(recipient, &shares);
        same("shares", &expected, &shares)
    }

    fn compounded(&mut self, e: &Event) -> Done {
        let (owner, value, shares) = (e.id("owner")?, n(&e.amount("value")?), n(&e.amount("shares")?));
        self.take_due(owner, &value)?;
        let expected = self.ledger.shares_for(&value).ok_or("shares are worth nothing")?;
        self.ledger.liquid += &value;
        self.ledger.change(owner, &shares);
        same("shares", &expected, &shares)
    }

    fn take_due(&mut self, owner: ActorID, amount: &BigInt) -> Done {
        self.ledger.rewards_owed -= amount;
        let slack = self.ledger.slack();
        let due = self.ledger.due.entry(owner).or_default();
        *due -= amount << FINE;
        if *due < -slack {
            return Err(format!("f0{owner} was given {amount}, {} more than it earned", -due.clone() >> FINE));
        }
        Ok(())
    }

    fn redeemed(&mut self, e: &Event) -> Done {
        let (owner, shares, amount) = (e.id("owner")?, n(&e.amount("shares")?), n(&e.amount("amount")?));
        let expected = self.ledger.worth(&shares);
        self.ledger.liquid -= &amount;
        self.pay(owner, &amount);
        if !self.ledger.change(owner, &-shares) {
            return Err("fewer shares were there".to_owned());
        }
        same("amount", &expected, &amount)
    }

    fn transfer(&mut self, e: &Event) -> Done {
        let (from, to, amount) = (e.id("from")?, e.id("to")?, n(&e.amount("amount")?));
        let enough = self.ledger.change(from, &-amount.clone());
        self.ledger.change(to, &amount);
        enough.then_some(()).ok_or("fewer shares were there".to_owned())
    }

    fn burnt(&mut self, e: &Event) -> Done {
        let (owner, amount) = (e.id("owner")?, n(&e.amount("amount")?));
        self.ledger.dead += &amount;
        self.ledger.change(owner, &-amount).then_some(()).ok_or("fewer shares were there".to_owned())
    }

    fn claimed(&mut self, e: &Event) -> Done {
        let amount = n(&e.amount("amount")?);
        self.pay(e.id("to")?, &amount);
        self.take_due(e.id("owner")?, &amount)
    }

    fn fees_claimed(&mut self, e: &Event) -> Done {
        let (recipient, amount) = (e.id("recipient")?, n(&e.amount("amount")?));
        self.pay(recipient, &amount);
        let owed = self.ledger.fees.remove(&recipient).unwrap_or_default();
        same("fees", &owed, &amount)
    }

    fn drawn(&mut self, e: &Event) -> Done {
        let amount = n(&e.amount("amount")?);
        self.ledger.liquid -= &amount;
        self.message.drawn += amount;
        if self.ledger.liquid.is_negative() {
            return Err("more was drawn than is liquid".to_owned());
        }
        Ok(())
    }

    fn pledged(&mut self, e: &Event) -> Done {
        let (miner, amount) = (e.id("miner")?, n(&e.amount("amount")?));
        same("amount", &std::mem::take(&mut self.message.drawn), &amount)?;
        self.ledger.miners.entry(miner).or_default().principal += &amount;
        *self.message.miners.entry(miner).or_default() += amount;
        Ok(())
    }

    fn swept(&mut self, e: &Event) -> Done {
        self.message.underway.insert(None, (n(&e.amount("amount")?), BigInt::zero()));
        Ok(())
    }

    /// What the events left open, and whether FIL went where they say.
    fn finish(&mut self, before: &Observed, outcome: &Outcome) {
        let left = &self.message;
        let swept_nothing = left.underway.get(&None).is_some_and(|(value, _)| value.is_zero());
        let open = left.underway.len() - usize::from(swept_nothing);
        self.findings
            .require(open == 0, format_args!("FIL was on its way to the pool and not settled: {:?}", left.underway));
        self.findings.require(left.drawn.is_zero(), format_args!("{} was drawn and not pledged", left.drawn));
        self.findings.require(left.legacy.is_empty(), format_args!("legacy FIL was not booked: {:?}", left.legacy));
        let worthless = left.taken.values().all(Zero::is_zero);
        self.findings.require(worthless, format_args!("custody was not credited: {:?}", left.taken));
        self.check_flows(before, outcome);
    }

    /// Every actor's balance changed by what was sent to it less what it sent. Left out are only those the network itself
    /// pays and burns with, miners' debts, and a contract that was called: what that does is its own business.
    fn check_flows(&mut self, before: &Observed, outcome: &Outcome) {
        let system = [0, 1, 2, 3, 4, 99];
        let bundle = [self.ledger.pool, self.ledger.proxy];
        for (id, actor) in &self.after.actors {
            if system.contains(id) || bundle.contains(id) {
                continue;
            }
            let foreign_contract = *id == self.step.to && self.step.method != METHOD_SEND;
            let mut expected = self.message.paid.get(id).cloned().unwrap_or_default();
            if *id == self.step.from {
                expected -= n(&self.step.value) + n(&outcome.gas_cost);
            }
            if *id == self.step.to && self.step.method == METHOD_SEND {
                expected += n(&self.step.value);
            }
            expected += self.message.miners.get(id).cloned().unwrap_or_default();
            let change = actor.balance.atto() - before.balance(*id).atto();
            if actor.code == self.after.miner_code {
                // It may have burnt debt, or been born with the operator's FIL.
                let born = !before.miners.contains_key(id);
                self.findings.require(
                    born || change <= expected,
                    format_args!("miner f0{id} has {change} more, expected {expected}"),
                );
            } else if !foreign_contract {
                self.findings
                    .require(change == expected, format_args!("f0{id} has {change} more, expected {expected}"));
            }
        }
    }
}

fn same(what: &str, ours: &BigInt, theirs: &BigInt) -> Done {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what} is {theirs}, expected {ours}"))
}
