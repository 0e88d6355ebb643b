//! The interface of `governance`: depositors change the rules and the code, nobody else (DESIGN.md 8).
//!
//! A vote is a share held at the end of the epoch before a proposal was activated, by itself or wrapped in an nft-share position.

mod proposals;
mod settings;
mod views;

pub use proposals::{
    Action, ActivateReturn, Choice, ConsentReturn, ExecuteReturn, ProposalParams, ProposeParams, ProposeReturn,
    QueueReturn, RecountParams, RecountReturn, VetoReturn, VoteParams, VoteReturn,
};
pub use settings::{limits, Settings, DEFAULT_SETTINGS};
pub use views::{
    BondConsent, Class, GetConfigReturn, GetReceiptParams, ListProposalsParams, ListProposalsReturn, Poll, Proposal,
    ProposalSummary, Queued, Receipt, Source, State, Tally,
};

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
    /// Who may pause intake; nobody if `None`. Must exist on chain.
    pub guardian: Option<Address>,
    /// Within their constant bounds.
    pub settings: Settings,
}

/// The new guardian.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SetGuardianParams {
    /// Must exist on chain; nobody if `None`.
    pub guardian: Option<Address>,
}

/// For how long intake is to be closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GuardianPauseParams {
    /// 1 to 20,160 epochs (7 days); pool and liquidity refuse another one for as long after it ended.
    pub epochs: ChainEpoch,
}

/// Whose intake was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GuardianPauseReturn {
    /// The pool's: deposits and pledges.
    pub pool: bool,
    /// That of liquidity: added FIL and bought shares.
    pub liquidity: bool,
}

methods! {
    with common;
    /// Puts calls to a vote. The caller needs the threshold of votes.
    "Propose" Propose [change] Anyone (ProposeParams) -> ProposeReturn;
    /// Opens the vote, after the voting delay: pins the votes, the bond and the settings as they are.
    "Activate" Activate [change] Anyone (ProposalParams) -> ActivateReturn;
    /// Casts all the caller's votes, once.
    "Vote" Vote [change] Anyone (VoteParams) -> VoteReturn;
    /// Cuts a cast vote, and a veto, down to what the voter still holds. Never raises one.
    "Recount" Recount [change] Anyone (RecountParams) -> RecountReturn;
    /// Agrees, as an owner of the bond, while the vote runs.
    "Consent" Consent [change] Anyone (ProposalParams) -> ConsentReturn;
    /// Makes a proposal that succeeded wait for its delay.
    "Queue" Queue [change] Anyone (ProposalParams) -> QueueReturn;
    /// Objects to a critical proposal during its delay: a third of the votes cancels it, unless two thirds are for it.
    "Veto" Veto [change] Anyone (ProposalParams) -> VetoReturn;
    /// Makes all calls of a queued proposal, or none, after its delay and within the grace period.
    "Execute" Execute [change] Anyone (ProposalParams) -> ExecuteReturn;
    /// What Ethereum-style wallets call: a fixed table of ABI methods, `castVote` and the like.
    "InvokeEVM" InvokeEVM [change] Anyone (Option<ByteBuf>) -> ByteBuf;
    /// Withdraws the caller's own proposal, until its vote is opened.
    "Cancel" Cancel [change] Anyone (ProposalParams) -> ();
    /// Closes the intake of pool and liquidity for a bounded time.
    "GuardianPause" GuardianPause [change] Guardian (GuardianPauseParams) -> GuardianPauseReturn;
    /// Names another guardian, or none.
    "SetGuardian" SetGuardian [change] Governance (SetGuardianParams) -> ();
    /// Sets delays and quorums of votes activated from now on, within their constant bounds.
    "SetSettings" SetSettings [change] Governance (Settings) -> ();
    /// A proposal with all that decides it.
    "GetProposal" GetProposal [read] Anyone (ProposalParams) -> Proposal;
    /// Proposals by ascending number, paged.
    "ListProposals" ListProposals [read] Anyone (ListProposalsParams) -> ListProposalsReturn;
    /// What an account did with its votes on a proposal; `None` if nothing.
    "GetReceipt" GetReceipt [read] Anyone (GetReceiptParams) -> Option<Receipt>;
    /// Guardian, settings, and how many proposals there are.
    "GetConfig" GetConfig [read] Anyone (()) -> GetConfigReturn;
}
