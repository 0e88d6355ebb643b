//! The exit queue, first come first served.

use std::collections::VecDeque;

use fvm_ipld_encoding::from_slice;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_interfaces::pool::{FinalizeExits, FinalizeExitsParams};
use peggy_runtime::Method;

use super::apply::{same, Done, Exit, Follow};
use super::books::{Ledger, TicketBook, FINE};
use crate::events::Event;
use crate::observe::n;

impl Follow<'_> {
    pub(super) fn exit_requested(&mut self, e: &Event) -> Done {
        let (owner, number, shares) = (e.id("owner")?, e.get::<u64>("ticket")?, n(&e.amount("shares")?));
        let ledger = &mut *self.ledger;
        let held = ledger.shares.get(&owner).cloned().unwrap_or_default();
        let ticket =
            TicketBook { owner, shares: shares.clone(), requested_at: self.after.epoch, ..TicketBook::default() };
        ledger.tickets.insert(number, ticket);
        same("ticket", &ledger.next_ticket.into(), &number.into())?;
        ledger.next_ticket += 1;
        if !ledger.change(owner, &-shares.clone()) {
            return Err("fewer shares were there".to_owned());
        }
        let large = shares.is_positive() && (shares >= n(&ledger.terms.min_ticket) || shares == held);
        large.then_some(()).ok_or(format!("{shares} of {held} is too little for a ticket"))
    }

    /// The shares come back; what they earned goes to all who stay.
    pub(super) fn exit_cancelled(&mut self, e: &Event) -> Done {
        let (owner, number, shares) = (e.id("owner")?, e.get::<u64>("ticket")?, n(&e.amount("shares")?));
        let forgone = n(&e.amount("forgone")?);
        let (ledger, now) = (&mut *self.ledger, self.after.epoch);
        let slack = ledger.slack();
        let ticket = ledger.tickets.get_mut(&number).ok_or("there is no such ticket")?;
        same("owner", &ticket.owner.into(), &owner.into())?;
        let waiting = std::mem::take(&mut ticket.shares);
        all_of("forgone", &mut ticket.due, &forgone, &slack)?;
        ledger.rewards_owed -= &forgone;
        ledger.stream_in(forgone, now);
        ledger.change(owner, &waiting);
        if !ledger.stream.amount.is_zero() {
            same("stream end", &ledger.stream.end.into(), &e.get::<i64>("stream-end")?.into())?;
        }
        same("shares", &waiting, &shares)
    }

    /// The next ticket, at the price now, as far as liquid FIL goes.
    pub(super) fn exit_finalized(&mut self, e: &Event) -> Done {
        let (owner, number) = (e.id("owner")?, e.get::<u64>("ticket")?);
        let told = Exit { ticket: number, shares: n(&e.amount("shares")?), amount: n(&e.amount("amount")?) };
        let expected = self.expect_exits()?.pop_front().ok_or("nothing more could be finalised")?;
        let ticket = self.ledger.tickets.get_mut(&number).ok_or("there is no such ticket")?;
        same("owner", &ticket.owner.into(), &owner.into())?;
        ticket.shares -= &told.shares;
        ticket.owed += &told.amount;
        let whole = ticket.shares.is_zero();
        self.ledger.liquid -= &told.amount;
        self.ledger.moved();
        if whole {
            self.ledger.first_ticket = number + 1;
        }
        (told == expected).then_some(()).ok_or(format!("it is {told:?}, expected {expected:?}"))
    }

    /// What the message should finalise, worked out once, by the books as they are when it begins to.
    fn expect_exits(&mut self) -> Result<&mut VecDeque<Exit>, String> {
        if self.message.exits.is_none() {
            // A contract may call it within its own message; how far it asks to go is not seen then.
            let mut max = u32::MAX;
            if self.step.method == FinalizeExits::NUMBER {
                let asked: FinalizeExitsParams = from_slice(self.step.params.bytes()).map_err(|e| e.to_string())?;
                max = asked.max_tickets;
            }
            self.message.exits = Some(self.ledger.clone().served(max, self.after.epoch));
        }
        self.message.exits.as_mut().ok_or_else(|| "worked out a moment ago".to_owned())
    }

    /// All that could be finalised was.
    pub(super) fn finish_exits(&mut self) {
        if self.step.method == FinalizeExits::NUMBER && self.step.to == self.ledger.pool {
            match self.expect_exits().map(std::mem::take) {
                Ok(left) => {
                    self.findings.require(left.is_empty(), format_args!("not finalised, but could be: {left:?}"));
                }
                Err(e) => self.findings.add(e),
            }
        }
        self.ledger.first_ticket = self.after.pool.queue.first;
    }

    /// What is finalised is paid; with the last of it all the ticket's shares earned.
    pub(super) fn exit_claimed(&mut self, e: &Event) -> Done {
        let (owner, to, number) = (e.id("owner")?, e.id("to")?, e.get::<u64>("ticket")?);
        let (amount, rewards) = (n(&e.amount("amount")?), n(&e.amount("rewards")?));
        self.pay(to, &(&amount + &rewards));
        let slack = self.ledger.slack();
        self.ledger.rewards_owed -= &rewards;
        let ticket = self.ledger.tickets.get_mut(&number).ok_or("there is no such ticket")?;
        same("owner", &ticket.owner.into(), &owner.into())?;
        let owed = std::mem::take(&mut ticket.owed);
        if ticket.shares.is_zero() {
            all_of("rewards", &mut ticket.due, &rewards, &slack)?;
        } else {
            same("rewards", &BigInt::zero(), &rewards)?;
        }
        same("amount", &owed, &amount)
    }

    /// Forgets tickets and parts of the bond that hold nothing and can claim nothing.
    pub(super) fn tidy(&mut self) {
        let (least, seen) = ((BigInt::from(1) << FINE) + self.ledger.slack(), &self.after.pool);
        self.ledger.tickets.retain(|number, ticket| {
            let empty = ticket.shares.is_zero() && ticket.owed.is_zero() && ticket.due < least;
            !empty || seen.tickets.contains_key(number)
        });
        self.ledger.bond.retain(|record| !record.shares.is_zero() || seen.bonds.contains_key(&record.owner));
    }
}

impl Ledger {
    /// Serves the queue as the rules say, and answers what became of whom.
    fn served(mut self, max: u32, now: i64) -> VecDeque<Exit> {
        let mut exits = VecDeque::new();
        // Numbers without a ticket are looked at, too.
        let end = self.next_ticket.min(self.first_ticket + u64::from(max));
        for number in self.first_ticket..end {
            let (nav, priced) = (self.nav(false), self.priced());
            let cooldown = self.terms.exit_cooldown;
            let Some(ticket) = self.tickets.get_mut(&number).filter(|t| t.shares.is_positive()) else { continue };
            if ticket.requested_at + cooldown > now {
                break;
            }
            let mut shares = ticket.shares.clone();
            let mut amount = (&shares * &nav).div_floor(&priced);
            if amount > self.liquid {
                shares = (&self.liquid * &priced).div_floor(&nav);
                amount = (&shares * &nav).div_floor(&priced);
            }
            if shares.is_zero() {
                break;
            }
            ticket.shares -= &shares;
            self.liquid -= &amount;
            let whole = ticket.shares.is_zero();
            exits.push_back(Exit { ticket: number, shares, amount });
            if !whole {
                break;
            }
        }
        exits
    }
}

/// Takes `paid` off what was earned: all whole attoFIL of it, as far as the chain's rounding goes.
fn all_of(what: &str, due: &mut BigInt, paid: &BigInt, slack: &BigInt) -> Done {
    *due -= paid << FINE;
    let right = *due >= -slack && *due < (BigInt::from(1) << FINE) + slack;
    right.then_some(()).ok_or_else(|| format!("{what} is {paid}, expected {}", (paid + (&*due >> FINE))))
}
