//! Losses and who bears them; the exit queue and whom it pays.

use num_traits::Zero;

use super::Expected;
use crate::money::Atto;

/// A place in the queue. Its shares are a holder of their own, by the ticket's name, until they are finalised.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// What this story calls it.
    pub name: &'static str,
    /// Whose it is.
    pub owner: &'static str,
    /// The pool's number.
    pub number: u64,
    /// Finalised and not paid.
    pub owed: Atto,
}

impl Expected {
    /// What a fine took is found by a measurement: the bond bears it, and what the operator had from before custody is lost, too.
    pub(super) fn book_loss(&mut self) {
        let lost = self.miner.book_loss();
        *self.shares.entry(self.bond).or_default() -= &lost;
        self.written_off += lost;
        let there = self.miner.free() + self.miner.locked();
        self.legacy_left = self.legacy_left.clone().min(there);
    }

    /// The operator puts FIL of its own into the bond.
    pub fn top_up(&mut self, value: &Atto, now: i64) {
        self.deposit(self.bond, value, now);
    }

    /// Shares move into the queue.
    pub fn request_exit(&mut self, owner: &'static str, name: &'static str, number: u64, shares: &Atto, now: i64) {
        self.transfer(owner, name, shares, now);
        self.tickets.push(Ticket { name, owner, number, owed: Atto::zero() });
    }

    /// Shares of a ticket that still wait.
    pub fn waiting(&self, ticket: &Ticket) -> Atto {
        self.shares.get(ticket.name).cloned().unwrap_or_default()
    }

    /// All shares that wait: the FIL they need.
    pub fn demand(&self) -> Atto {
        self.tickets.iter().map(|ticket| self.waiting(ticket)).sum()
    }

    /// What of it is not at hand.
    pub fn unmet(&self) -> Atto {
        (self.demand() - &self.liquid).max(Atto::zero())
    }

    /// Tickets are paid in order while FIL lasts, the last one in part. Answers what they are owed in addition.
    pub fn finalize(&mut self, now: i64) -> Atto {
        self.release(now);
        let mut all = Atto::zero();
        for at in 0..self.tickets.len() {
            let paid = self.waiting(&self.tickets[at]).min(self.liquid.clone());
            self.liquid -= &paid;
            let ticket = &mut self.tickets[at];
            ticket.owed += &paid;
            *self.shares.entry(ticket.name).or_default() -= &paid;
            all += paid;
        }
        all
    }

    /// FIL owed to finalised tickets.
    pub fn exits_owed(&self) -> Atto {
        self.tickets.iter().map(|ticket| &ticket.owed).sum()
    }

    /// A ticket is paid what it is owed. Answers that.
    pub fn claim_exit(&mut self, name: &str, now: i64) -> Atto {
        self.release(now);
        let ticket = self.tickets.iter_mut().find(|ticket| ticket.name == name);
        ticket.map(|ticket| std::mem::take(&mut ticket.owed)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::books;
    use crate::money::{fil, Atto};

    #[test]
    fn the_bond_bears_a_loss() {
        let mut books = books();
        books.deposit("alice", &fil("10"), 0);
        books.miner.fine(&fil("4"), 0);
        assert_eq!(books.shares["bond"], fil("30"), "not measured yet");
        books.harvest(None, 0);
        assert_eq!((&books.shares["bond"], &books.shares["alice"]), (&fil("26"), &fil("10")));
        assert_eq!((&books.written_off, &books.miner.principal), (&fil("4"), &fil("26")));
    }

    #[test]
    fn the_queue_is_served_in_order_and_brings_principal_home() {
        let mut books = books();
        books.deposit("alice", &fil("10"), 0);
        books.deposit("bob", &fil("5"), 0);
        books.pledge(&fil("13"));
        books.miner.commit(&fil("40"));
        books.request_exit("alice", "alice's ticket", 0, &fil("8"), 0);
        books.request_exit("bob", "bob's ticket", 1, &fil("5"), 0);
        assert_eq!((books.demand(), books.unmet()), (fil("13"), fil("11")));
        // Three of the principal are free.
        assert_eq!(books.harvest(None, 0).home, fil("3"));
        assert_eq!((books.finalize(0), books.unmet()), (fil("5"), fil("8")));
        books.miner.expire(&fil("40"));
        assert_eq!((books.harvest(None, 0).home, books.finalize(0)), (fil("8"), fil("8")));
        assert_eq!(books.claim_exit("alice's ticket", 0), fil("8"));
        assert_eq!((books.exits_owed(), books.liquid.clone()), (fil("5"), Atto::from(0)));
    }
}
