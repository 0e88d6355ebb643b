//! The exit queue: tickets by number, first come first served.
//!
//! Numbers ascend, so the tickets are an AMT: a request appends, and finalising walks neighbours, which share blocks. Nothing here grows
//! with the queue but the depth of that tree.

use cid::Cid;
use fvm_ipld_amt::Amt;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::bigint::BigInt;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool::TicketInfo;
use peggy_ledger::{Account, RewardIndex};
use peggy_runtime::{ActorError, Host, ResultExt, Store};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::error::Error;

/// 8 children a node: a request changes one ticket of thousands, and each byte written is paid for.
const BIT_WIDTH: u32 = 3;

/// Epochs the queue waits for miners that can't be measured, counted together, before it goes on with the booked values: a day.
pub const MAX_WAIT: ChainEpoch = 2_880;

/// The queue, and what it owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Queue {
    /// [`Ticket`]s by number.
    pub tickets: Cid,
    /// The first ticket that may wait; all before it are finalised, cancelled or gone.
    pub first: u64,
    /// The number of the next ticket.
    pub next: u64,
    /// attoFIL of finalised tickets, not claimed.
    pub owed: TokenAmount,
    /// How long it has waited for miners.
    pub wait: Wait,
}

/// Shares that want out, and FIL that waits to be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Ticket {
    /// Who can claim or cancel.
    pub owner: ActorID,
    /// Shares not finalised, and what all its shares earned in the queue.
    pub account: Account,
    /// attoFIL of shares finalised, not claimed.
    pub owed: TokenAmount,
    /// When it was requested.
    pub requested_at: ChainEpoch,
}

impl Ticket {
    /// As the views show it.
    pub fn info(self, ticket: u64, index: &BigInt, cooldown: ChainEpoch) -> TicketInfo {
        TicketInfo {
            ticket,
            owner: self.owner,
            rewards: self.account.claimable(index),
            shares: self.account.shares,
            owed: self.owed,
            requested_at: self.requested_at,
            ready_at: self.requested_at.saturating_add(cooldown),
        }
    }
}

/// A clock that runs while a miner is unsettled. It is set back only when the queue was served as far as liquid FIL went: a miner
/// that is settled for a moment does not make everybody wait from the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Wait {
    /// Since when a miner is unsettled; `None` if none is.
    pub since: Option<ChainEpoch>,
    /// Epochs waited before that.
    pub spent: ChainEpoch,
}

impl Wait {
    /// Starts or stops the clock.
    pub fn note(&mut self, unsettled: bool, now: ChainEpoch) {
        match (unsettled, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(_)) => *self = Self { since: None, spent: self.waited(now) },
            _ => {}
        }
    }
    /// Epochs waited so far.
    pub fn waited(&self, now: ChainEpoch) -> ChainEpoch {
        self.spent.saturating_add(self.since.map_or(0, |since| now.saturating_sub(since).max(0)))
    }
}

impl Queue {
    /// An empty queue.
    pub fn create<H: Host>(store: Store<'_, H>) -> Result<Self, ActorError> {
        let tickets =
            Amt::<Ticket, _>::new_with_bit_width(store, BIT_WIDTH).flush().or_state("cannot write the tickets")?;
        Ok(Self { tickets, first: 0, next: 0, owed: TokenAmount::zero(), wait: Wait::default() })
    }
    /// Loads the tickets.
    pub fn tickets<BS: Blockstore>(&self, store: BS) -> Result<Tickets<BS>, ActorError> {
        Amt::load(&self.tickets, store).map(Tickets).or_state("cannot load the tickets")
    }
}

/// The tickets, loaded.
pub struct Tickets<BS: Blockstore>(Amt<Ticket, BS>);

impl<BS: Blockstore> Tickets<BS> {
    /// A ticket, if there is one of this number.
    pub fn find(&self, number: u64) -> Result<Option<Ticket>, ActorError> {
        // Numbers beyond what the tree can ever hold are nobody's, not an error of the tree.
        if number > fvm_ipld_amt::MAX_INDEX {
            return Ok(None);
        }
        Ok(self.0.get(number).or_state("cannot read the tickets")?.cloned())
    }
    /// A ticket (17 if there is none).
    pub fn get(&self, number: u64) -> Result<Ticket, ActorError> {
        Ok(self.find(number)?.ok_or(Error::NoSuchTicket(number))?)
    }
    /// A ticket of `owner`'s (18 if it is somebody else's).
    pub fn get_of(&self, owner: ActorID, number: u64) -> Result<Ticket, ActorError> {
        let ticket = self.get(number)?;
        if ticket.owner != owner {
            return Err(Error::NotYourTicket { ticket: number, caller: owner }.into());
        }
        Ok(ticket)
    }
    /// Puts a ticket back. One that holds nothing and is owed nothing is removed, and the fraction of an attoFIL it leaves goes
    /// back to all.
    pub fn put(&mut self, number: u64, ticket: Ticket, index: &mut RewardIndex) -> Result<(), ActorError> {
        match ticket.account.dust().filter(|_| ticket.owed.is_zero()) {
            Some(dust) => {
                self.0.delete(number).or_state("cannot change the tickets")?;
                index.give_back(dust);
                Ok(())
            }
            None => self.0.set(number, ticket).or_state("cannot change the tickets"),
        }
    }
    /// Writes what changed, and returns the root.
    pub fn flush(&mut self) -> Result<Cid, ActorError> {
        self.0.flush().or_state("cannot write the tickets")
    }
    /// Visits every ticket. For tests and invariant checks only: its cost grows with the queue.
    pub fn for_each(&self, mut f: impl FnMut(u64, &Ticket)) -> Result<(), ActorError> {
        let visited = self.0.for_each(|number, ticket| {
            f(number, ticket);
            Ok(())
        });
        visited.or_state("cannot read the tickets")
    }
}
