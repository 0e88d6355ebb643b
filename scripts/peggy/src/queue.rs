//! The pool's exit queue, read page by page.

use std::collections::BTreeMap;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero as _;
use peggy_interfaces::pool::{ExitDemand, ExitDemandReturn, ListTickets, ListTicketsParams, TicketInfo};

use crate::rpc::Client;
use crate::Result;

/// Tickets a question looks at.
const PAGE: u32 = 1_000;

/// The queue, and some of its tickets.
#[derive(Clone, Debug)]
pub struct Queue {
    /// How long it is.
    pub demand: ExitDemandReturn,
    /// Those that were asked for, in order; finalised ones that were not paid yet are among them.
    pub tickets: Vec<Placed>,
}

/// A ticket and its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The ticket.
    pub ticket: TicketInfo,
    /// Its place among those that wait, from 1; `None` once it is finalised.
    pub place: Option<Place>,
}

/// Where a ticket stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// From 1.
    pub number: u64,
    /// Shares that come before it.
    pub ahead: TokenAmount,
}

impl Queue {
    /// Reads the tickets of one owner, or everybody's.
    pub fn read(client: &Client, pool: ActorID, owner: Option<Address>) -> Result<Self> {
        let demand = client.query::<ExitDemand>(pool, &())?;
        let tickets = pages(client, pool, owner, 0, demand.next)?;
        let end = tickets.iter().rev().find(|t| waits(t)).map_or(0, |last| last.ticket + 1);
        let waiting = pages(client, pool, None, demand.first, end)?;
        let places = places(waiting.iter());
        let placed = |ticket: TicketInfo| Placed { place: places.get(&ticket.ticket).cloned(), ticket };
        Ok(Self { demand, tickets: tickets.into_iter().map(placed).collect() })
    }
}

fn waits(ticket: &TicketInfo) -> bool {
    ticket.shares.is_positive()
}

/// Tickets with numbers from `from` to before `end`.
fn pages(client: &Client, pool: ActorID, owner: Option<Address>, from: u64, end: u64) -> Result<Vec<TicketInfo>> {
    let mut tickets = Vec::new();
    let mut from = Some(from);
    while let Some(start) = from.filter(|start| *start < end) {
        let page = client.query::<ListTickets>(pool, &ListTicketsParams { owner, from: start, limit: PAGE })?;
        tickets.extend(page.tickets.into_iter().filter(|ticket| ticket.ticket < end));
        // A page that does not lead on would be asked for for ever.
        from = page.next.filter(|next| *next > start);
    }
    Ok(tickets)
}

/// Who stands where, of tickets in order from the first that waits.
fn places<'a>(tickets: impl Iterator<Item = &'a TicketInfo>) -> BTreeMap<u64, Place> {
    let mut ahead = TokenAmount::zero();
    let mut places = BTreeMap::new();
    for (ticket, number) in tickets.filter(|ticket| waits(ticket)).zip(1..) {
        places.insert(ticket.ticket, Place { number, ahead: ahead.clone() });
        ahead += &ticket.shares;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(number: u64, shares: i64) -> TicketInfo {
        let atto = TokenAmount::from_atto;
        TicketInfo {
            ticket: number,
            owner: 100,
            shares: atto(shares),
            owed: atto(0),
            rewards: atto(0),
            requested_at: 0,
            ready_at: 0,
        }
    }

    #[test]
    fn places_count_those_that_wait() {
        let tickets = [ticket(3, 0), ticket(4, 10), ticket(7, 5), ticket(8, 1)];
        let places = places(tickets.iter());
        assert!(!places.contains_key(&3), "finalised");
        let of = |n: u64| (places[&n].number, places[&n].ahead.atto().clone());
        assert_eq!([of(4), of(7), of(8)], [(1, 0.into()), (2, 10.into()), (3, 15.into())]);
    }
}
