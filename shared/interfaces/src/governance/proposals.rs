//! What the methods on a proposal take and return.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::MethodNum;
use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// A call governance is to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Action {
    /// Must exist on chain; kept by its ID.
    pub to: Address,
    /// FRC-42 number, or 0 for a bare send.
    pub method: MethodNum,
    /// CBOR, sent with codec 0x51; empty for none. A bare send has none.
    pub params: RawBytes,
    /// attoFIL of governance's own.
    pub value: TokenAmount,
}

/// A proposal to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ProposeParams {
    /// 1 to 128 bytes.
    pub title: String,
    /// At most 8 KiB.
    pub description: String,
    /// 1 to 10, with at most 32 KiB of parameters together. Made in this order.
    pub actions: Vec<Action>,
}

/// The proposal made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ProposeReturn {
    /// Its number; numbers ascend from 1.
    pub id: u64,
    /// True if it is critical.
    pub critical: bool,
    /// Its vote can be opened from this epoch on.
    pub activate_from: ChainEpoch,
}

/// A proposal by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ProposalParams {
    /// From `Propose`.
    pub id: u64,
}

/// An open vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ActivateReturn {
    /// The last epoch in which votes are taken.
    pub ends: ChainEpoch,
    /// All votes there are.
    pub supply: TokenAmount,
}

/// What votes say, by OpenZeppelin's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Choice {
    /// 0
    Against,
    /// 1
    For,
    /// 2: counts for the quorum only.
    Abstain,
}

impl From<Choice> for u8 {
    fn from(choice: Choice) -> Self {
        choice as Self
    }
}

impl TryFrom<u8> for Choice {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::Against),
            1 => Ok(Self::For),
            2 => Ok(Self::Abstain),
            _ => Err("a vote is 0 (against), 1 (for) or 2 (abstain)"),
        }
    }
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VoteParams {
    /// The proposal.
    pub id: u64,
    /// What all the caller's votes say.
    pub choice: Choice,
    /// Goes into the event only; at most 1 KiB.
    pub reason: Option<String>,
}

/// Votes cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VoteReturn {
    /// Shares held at the snapshot, wrapped ones included.
    pub votes: TokenAmount,
}

/// Whose vote to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RecountParams {
    /// The proposal.
    pub id: u64,
    /// Who voted or vetoed.
    pub voter: Address,
}

/// What still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RecountReturn {
    /// Of the vote.
    pub votes: TokenAmount,
    /// Of the veto.
    pub veto: TokenAmount,
}

/// Who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConsentReturn {
    /// Bond shares of all owners that agreed.
    pub consented: TokenAmount,
    /// True if they are the majority of the bond.
    pub enough: bool,
}

/// A proposal that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct QueueReturn {
    /// It can be executed from this epoch on; an upgrade also waits for exits.
    pub execute_from: ChainEpoch,
    /// The last epoch in which it can be executed.
    pub execute_until: ChainEpoch,
}

/// A veto counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VetoReturn {
    /// Votes of all vetoes.
    pub veto: TokenAmount,
    /// True if they cancelled the proposal.
    pub canceled: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExecuteReturn {
    /// Calls made: all of them.
    pub actions: u32,
}
