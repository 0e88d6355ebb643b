//! Liquidity a second time: FIL, inventory and LP tokens, by its events and by sums of the tests' own.

use std::collections::BTreeMap;

use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_interfaces::liquidity::Settings;
use peggy_runtime::{Findings, Wiring};

use super::apply::{same, Done, Follow};
use super::books::Ledger;
use crate::events::Event;
use crate::observe::{n, Observed};

/// LP tokens the first provider leaves behind.
const LOCKED: u64 = 1_000_000_000;

/// Liquidity's books.
#[derive(Clone, Debug)]
pub struct LiquidityBook {
    /// The actor.
    pub id: ActorID,
    /// FIL of the providers.
    pub fil: BigInt,
    /// Shares of the providers.
    pub inventory: BigInt,
    /// LP tokens by holder; the locked ones are its own.
    pub lp: BTreeMap<ActorID, BigInt>,
    /// FIL that reached it and is in no books: bare sends, and what the pool paid until an event books it.
    pub unbooked: BigInt,
    /// The discount in force: settings, not sums.
    pub settings: Settings,
}

impl LiquidityBook {
    /// Empty books.
    pub fn new(wiring: &Wiring, seen: &Observed) -> Self {
        Self {
            id: wiring.liquidity,
            fil: BigInt::zero(),
            inventory: BigInt::zero(),
            lp: BTreeMap::new(),
            unbooked: BigInt::zero(),
            settings: seen.liquidity.state.settings,
        }
    }

    fn supply(&self) -> BigInt {
        self.lp.values().sum()
    }

    /// Changes somebody's LP tokens; false if there are too few.
    fn change(&mut self, who: ActorID, by: &BigInt) -> bool {
        let held = self.lp.entry(who).or_default();
        *held += by;
        let enough = !held.is_negative();
        if held.is_zero() {
            self.lp.remove(&who);
        }
        enough
    }

    /// FIL the pool paid gets into the books; false if it had not come.
    fn book(&mut self, amount: &BigInt) -> bool {
        self.unbooked -= amount;
        self.fil += amount;
        !self.unbooked.is_negative()
    }
}

impl Ledger {
    /// What a sale is paid: in exact fractions until the end, and then down.
    fn sale(&self, shares: &BigInt) -> BigInt {
        let book = &self.liquidity;
        let (nav, priced) = (self.nav(false), self.priced());
        // Inventory before and after the trade, and the whole after it, in attoFIL times all shares.
        let (empty, full) = (&book.inventory * &nav, (&book.inventory + shares) * &nav);
        let whole = &book.fil * &priced + &full;
        if whole.is_zero() || priced.is_zero() {
            return BigInt::zero();
        }
        let Settings { base_bps, slope_bps, max_bps } = book.settings;
        let at = |held: &BigInt| (base_bps.0 * &whole + slope_bps.0 * held).min(max_bps.0 * &whole);
        let (bps, of) = (at(&empty) + at(&full), BigInt::from(20_000) * &whole);
        (shares * &nav * (&of - bps)).div_floor(&(priced * of))
    }

    /// What shares cost who enters, rounded up.
    fn cost(&self, shares: &BigInt) -> BigInt {
        let priced = self.priced();
        if priced.is_zero() {
            return BigInt::zero();
        }
        (shares * self.nav(true)).div_ceil(&priced)
    }

    pub(super) fn compare_liquidity(&self, seen: &Observed, f: &mut Findings) {
        let (book, state) = (&self.liquidity, &seen.liquidity.state);
        let mut same = |what: &str, ours: &BigInt, theirs: &BigInt| {
            f.require(ours == theirs, format_args!("liquidity's {what}: expected {ours}, the chain has {theirs}"));
        };
        same("FIL", &book.fil, state.fil.atto());
        same("inventory", &book.inventory, state.inventory.atto());
        same("LP tokens", &book.supply(), state.lp.supply.atto());
        same("balance", &(&book.fil + &book.unbooked), seen.balance(book.id).atto());
        let at_the_pool = self.shares.get(&book.id).cloned().unwrap_or_default();
        same("shares at the pool", &book.inventory, &at_the_pool);
        let theirs: BTreeMap<_, _> = seen.liquidity.lp.iter().map(|(who, lp)| (*who, n(lp))).collect();
        f.require(book.lp == theirs, format_args!("LP tokens: expected {:?}, the chain has {theirs:?}", book.lp));
        f.require(book.settings == state.settings, format_args!("the discount is {:?}", state.settings));
    }
}

impl Follow<'_> {
    /// An event of liquidity.
    pub(super) fn liquidity_event(&mut self, e: &Event) -> Done {
        match e.kind.as_str() {
            "liquidity-added" => self.liquidity_added(e),
            "liquidity-locked" => self.liquidity_locked(e),
            "liquidity-removed" => self.liquidity_removed(e),
            "collected" => {
                let booked = self.ledger.liquidity.book(&n(&e.amount("amount")?));
                booked.then_some(()).ok_or_else(|| "the pool did not pay as much".to_owned())
            }
            "sold" => self.sold(e),
            "bought" => self.bought(e),
            "recycled" => self.recycled(e),
            "transfer" => {
                let (from, to, amount) = (e.id("from")?, e.id("to")?, n(&e.amount("amount")?));
                let enough = self.ledger.liquidity.change(from, &-amount.clone());
                self.ledger.liquidity.change(to, &amount);
                enough.then_some(()).ok_or_else(|| "fewer LP tokens were there".to_owned())
            }
            "burnt" => {
                let enough = self.ledger.liquidity.change(e.id("owner")?, &-n(&e.amount("amount")?));
                enough.then_some(()).ok_or_else(|| "fewer LP tokens were there".to_owned())
            }
            "settings" => {
                self.ledger.liquidity.settings = e.get("settings")?;
                Ok(())
            }
            "wired" | "upgraded" | "paused" | "allowance" => Ok(()),
            other => Err(format!("the ledger does not know events of liquidity called {other}")),
        }
    }

    /// FIL leaves liquidity.
    fn liquidity_pays(&mut self, to: ActorID, amount: &BigInt) {
        let id = self.ledger.liquidity.id;
        self.ledger.liquidity.fil -= amount;
        *self.message.paid.entry(id).or_default() -= amount;
        self.pay(to, amount);
    }

    /// FIL reaches liquidity with a call. What the message itself brought is counted already; a contract pays with its own.
    fn liquidity_gets(&mut self, from: ActorID, amount: &BigInt) {
        let id = self.ledger.liquidity.id;
        self.ledger.liquidity.fil += amount;
        *self.message.paid.entry(id).or_default() += amount;
        if from != self.step.from {
            *self.message.paid.entry(from).or_default() -= amount;
        }
    }

    fn liquidity_added(&mut self, e: &Event) -> Done {
        let (provider, value, lp) = (e.id("provider")?, n(&e.amount("value")?), n(&e.amount("lp")?));
        let book = &self.ledger.liquidity;
        let supply = book.supply();
        let expected = if supply.is_zero() {
            &value - BigInt::from(LOCKED)
        } else {
            let there = &book.fil + self.ledger.cost(&book.inventory);
            if !there.is_positive() {
                return Err("what is there is worth nothing".to_owned());
            }
            (&value * supply).div_floor(&there)
        };
        self.liquidity_gets(provider, &value);
        self.ledger.liquidity.change(provider, &lp);
        same("lp", &expected, &lp)
    }

    /// Once, right after the first provider's.
    fn liquidity_locked(&mut self, e: &Event) -> Done {
        let lp = n(&e.amount("lp")?);
        let book = &mut self.ledger.liquidity;
        let first = &book.supply() + &lp == book.fil && book.lp.len() == 1;
        book.change(book.id, &lp);
        same("lp", &LOCKED.into(), &lp)?;
        first.then_some(()).ok_or_else(|| "only the first provider leaves some".to_owned())
    }

    fn liquidity_removed(&mut self, e: &Event) -> Done {
        let (provider, lp) = (e.id("provider")?, n(&e.amount("lp")?));
        let (fil, shares) = (n(&e.amount("fil")?), n(&e.amount("shares")?));
        let book = &mut self.ledger.liquidity;
        let all = book.supply();
        if !book.change(provider, &-lp.clone()) {
            return Err("fewer LP tokens were there".to_owned());
        }
        let part = |whole: &BigInt| (whole * &lp).div_floor(&all);
        let expected = (part(&book.fil), part(&book.inventory));
        book.inventory -= &shares;
        self.liquidity_pays(provider, &fil);
        same("fil", &expected.0, &fil)?;
        same("shares", &expected.1, &shares)
    }

    /// The pool's transfer was seen before.
    fn sold(&mut self, e: &Event) -> Done {
        let (shares, paid) = (n(&e.amount("shares")?), n(&e.amount("paid")?));
        let expected = self.ledger.sale(&shares);
        self.ledger.liquidity.inventory += &shares;
        self.liquidity_pays(e.id("recipient")?, &paid);
        if self.ledger.liquidity.fil.is_negative() {
            return Err("less FIL was there".to_owned());
        }
        same("paid", &expected, &paid)
    }

    /// The pool's transfer comes after it.
    fn bought(&mut self, e: &Event) -> Done {
        let (value, shares) = (n(&e.amount("value")?), n(&e.amount("shares")?));
        let expected = self.ledger.shares_for(&value).ok_or("shares are worth nothing")?;
        self.ledger.liquidity.inventory -= &shares;
        self.liquidity_gets(e.id("buyer")?, &value);
        if self.ledger.liquidity.inventory.is_negative() {
            return Err("fewer shares were there".to_owned());
        }
        same("shares", &expected, &shares)
    }

    /// The pool's redemption was seen before, and its amount checked.
    fn recycled(&mut self, e: &Event) -> Done {
        let (shares, fil) = (n(&e.amount("shares")?), n(&e.amount("fil")?));
        let book = &mut self.ledger.liquidity;
        book.inventory -= &shares;
        let booked = book.book(&fil) && !book.inventory.is_negative();
        booked.then_some(()).ok_or_else(|| "the pool did not redeem as much".to_owned())
    }
}
