//! What governance answers about proposals.

use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use super::{Action, Choice, Settings};

/// Where a proposal is, by OpenZeppelin Governor's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum State {
    /// 0: its vote was not opened yet.
    Pending,
    /// 1: votes are taken.
    Active,
    /// 2: withdrawn by its proposer, or vetoed.
    Canceled,
    /// 3: not enough votes for it, or not enough left after a recount.
    Defeated,
    /// 4: can be queued.
    Succeeded,
    /// 5: waits for its delay, or can be executed.
    Queued,
    /// 6: was not activated, queued or executed in time.
    Expired,
    /// 7: all its actions were done.
    Executed,
}

impl From<State> for u8 {
    fn from(state: State) -> Self {
        state as Self
    }
}

impl TryFrom<u8> for State {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Ok(match number {
            0 => Self::Pending,
            1 => Self::Active,
            2 => Self::Canceled,
            3 => Self::Defeated,
            4 => Self::Succeeded,
            5 => Self::Queued,
            6 => Self::Expired,
            7 => Self::Executed,
            _ => return Err("a state is 0 to 7"),
        })
    }
}

/// What kind of proposal it is, by its actions; fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Class {
    /// Some action is not ordinary: needs more than half of all votes, the long delay, and can be vetoed.
    pub critical: bool,
    /// Needs more votes than there are bond shares, or the consent of the bond's owners. Only pauses and `SetGuardian` don't.
    pub bond: bool,
    /// Some action swaps code: execution waits for earlier exits.
    pub upgrade: bool,
}

/// A source of votes, as pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Source {
    /// Pool or nft-share.
    pub actor: ActorID,
    /// Its link to what everybody held.
    pub snapshot: Cid,
    /// At the end of this epoch.
    pub epoch: ChainEpoch,
    /// Votes it can answer for. Those of nft-share are part of the pool's.
    pub supply: TokenAmount,
}

/// What was pinned when the vote was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Poll {
    /// The epoch in which it was opened.
    pub opened: ChainEpoch,
    /// The settings it goes by.
    pub settings: Settings,
    /// Where votes come from: the pool, and nft-share unless nothing is wrapped.
    pub sources: Vec<Source>,
    /// V: all votes there are, the pool's supply.
    pub supply: TokenAmount,
    /// B: all bond shares.
    pub bond: TokenAmount,
    /// Whose bond shares they are.
    pub bond_owners: Vec<BondConsent>,
}

/// An owner of bond shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BondConsent {
    /// Who.
    pub owner: ActorID,
    /// Bond shares when the vote was opened.
    pub shares: TokenAmount,
}

/// Votes so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Tally {
    /// For it.
    pub yes: TokenAmount,
    /// Against it.
    pub no: TokenAmount,
    /// Neither.
    pub abstain: TokenAmount,
    /// Of vetoes, during the delay.
    pub veto: TokenAmount,
    /// Bond shares of the owners that agreed.
    pub consent: TokenAmount,
}

/// A proposal that succeeded and waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Queued {
    /// When it was queued.
    pub at: ChainEpoch,
    /// It can be executed from this epoch on.
    pub execute_from: ChainEpoch,
    /// The last epoch in which it can be executed.
    pub execute_until: ChainEpoch,
    /// Of an upgrade: exit tickets below this number are waited for.
    pub exits_before: Option<u64>,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Proposal {
    /// Its number.
    pub id: u64,
    /// Who made it.
    pub proposer: ActorID,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Its actions, targets by ID.
    pub actions: Vec<Action>,
    /// What its actions make it.
    pub class: Class,
    /// Where it is, in this epoch.
    pub state: State,
    /// When it was made.
    pub created: ChainEpoch,
    /// Its vote can be opened from this epoch on.
    pub activate_from: ChainEpoch,
    /// The last epoch in which its vote can be opened.
    pub activate_until: ChainEpoch,
    /// The last epoch in which votes are taken; `None` before it was opened.
    pub ends: Option<ChainEpoch>,
    /// True if a late quorum extended the vote.
    pub extended: bool,
    /// What was pinned; `None` before it was opened.
    pub poll: Option<Poll>,
    /// Votes so far.
    pub tally: Tally,
    /// The wait; `None` before it was queued.
    pub queued: Option<Queued>,
    /// True if the votes carry it as they are now.
    pub carried: bool,
}

/// A proposal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ProposalSummary {
    /// Its number.
    pub id: u64,
    /// Who made it.
    pub proposer: ActorID,
    /// Its title.
    pub title: String,
    /// What its actions make it.
    pub class: Class,
    /// Where it is, in this epoch.
    pub state: State,
    /// Votes so far.
    pub tally: Tally,
}

/// Which proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListProposalsParams {
    /// The first number to look at.
    pub from: u64,
    /// How many, at most 50.
    pub limit: u32,
}

/// A page of proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListProposalsReturn {
    /// By ascending number.
    pub proposals: Vec<ProposalSummary>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
}

/// Whose receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetReceiptParams {
    /// The proposal.
    pub id: u64,
    /// The voter, by any of its addresses.
    pub voter: Address,
}

/// What an account did with its votes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Receipt {
    /// What it voted; `None` if it only vetoed.
    pub choice: Option<Choice>,
    /// Votes that count.
    pub votes: TokenAmount,
    /// Votes of its veto that count.
    pub veto: TokenAmount,
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetConfigReturn {
    /// Who may pause intake.
    pub guardian: Option<ActorID>,
    /// For votes opened from now on.
    pub settings: Settings,
    /// How many proposals there are; the newest has this number.
    pub proposals: u64,
}
