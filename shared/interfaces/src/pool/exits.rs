//! The exit queue: parameters and answers.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Shares that want out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RequestExitParams {
    /// At least the terms' `min_ticket`, or all the caller has.
    pub shares: TokenAmount,
}

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RequestExitReturn {
    /// The ticket's number; numbers ascend from 0 in the order of requests.
    pub ticket: u64,
}

/// A ticket by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TicketParams {
    /// From `RequestExit`.
    pub ticket: u64,
}

/// What came back from the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CancelExitReturn {
    /// Shares back on the owner's account.
    pub shares: TokenAmount,
    /// attoFIL they earned in the queue, which went into the reward stream.
    pub forgone: TokenAmount,
}

/// How far to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct FinalizeExitsParams {
    /// At most this many tickets are looked at, cancelled ones included.
    pub max_tickets: u32,
}

/// How far it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct FinalizeExitsReturn {
    /// Tickets finalised whole.
    pub finalized: u32,
    /// Shares turned into FIL, a last ticket's part included.
    pub shares: TokenAmount,
    /// attoFIL owed to tickets in addition.
    pub amount: TokenAmount,
}

/// Which ticket is paid to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ClaimExitParams {
    /// A ticket of the caller's.
    pub ticket: u64,
    /// Paid by a bare send. Must exist on chain.
    pub to: Address,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TicketInfo {
    /// Its number.
    pub ticket: u64,
    /// Whose it is.
    pub owner: ActorID,
    /// Shares not finalised yet.
    pub shares: TokenAmount,
    /// attoFIL of finalised shares, not claimed.
    pub owed: TokenAmount,
    /// attoFIL its shares earned in the queue, not claimed.
    pub rewards: TokenAmount,
    /// When it was requested.
    pub requested_at: ChainEpoch,
    /// It can be finalised from this epoch on, by the terms now.
    pub ready_at: ChainEpoch,
}

/// Which tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListTicketsParams {
    /// Only this owner's; everybody's if `None`.
    pub owner: Option<Address>,
    /// The first number to look at.
    pub from: u64,
    /// How many numbers to look at, at most 1,000.
    pub limit: u32,
}

/// A page of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListTicketsReturn {
    /// By ascending number; without cancelled and paid ones.
    pub tickets: Vec<TicketInfo>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
}

/// What the queue needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExitDemandReturn {
    /// Shares that wait.
    pub shares: TokenAmount,
    /// What they are worth at the price of the last measurement, in attoFIL.
    pub demand: TokenAmount,
    /// The part of it that liquid FIL does not cover: what harvests bring home of principal.
    pub unmet: TokenAmount,
    /// attoFIL owed to finalised tickets, not claimed.
    pub exits_owed: TokenAmount,
    /// The first ticket that waits; `next` if none does. All before it are finalised, cancelled or paid.
    pub first: u64,
    /// The number the next ticket gets.
    pub next: u64,
}
