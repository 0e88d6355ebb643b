//! Every refusal of governance, as a sentence with its numbers, and its exit code (120 to 139).

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_interfaces::governance::State;
use peggy_runtime::ActorError;
use thiserror::Error;

/// An upgrade would leave a source of votes that does not answer. A code of its own, whatever the source answered.
pub const LOSES_VOTES: ExitCode = ExitCode::new(136);

/// Why governance refuses. Votes read as whole shares.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// 120
    #[error("there is no proposal {id}; numbers go from 1 to {count}")]
    NoProposal { id: u64, count: u64 },
    /// 121
    #[error("proposal {id} is {state:?}, but must be {}", any_of(allowed))]
    WrongState { id: u64, state: State, allowed: Vec<State> },
    /// 122
    #[error("{what} from epoch {from} on; it is {now}")]
    TooEarly { what: &'static str, from: ChainEpoch, now: ChainEpoch },
    /// 123
    #[error("{what} ended at epoch {ended}; it is {now}")]
    TooLate { what: &'static str, ended: ChainEpoch, now: ChainEpoch },
    /// 124
    #[error("proposing takes {needed} votes, held since the epoch before; the caller has {votes}")]
    BelowThreshold { votes: TokenAmount, needed: TokenAmount },
    /// 125
    #[error("f0{voter} has no votes on proposal {id}: it held no shares when the vote was opened, or holds none now")]
    NoVotes { id: u64, voter: ActorID },
    /// 126
    #[error("f0{who} has {what} on proposal {id} already, and that is once only")]
    Already { id: u64, who: ActorID, what: &'static str },
    /// 127
    #[error("f0{voter} has not voted on proposal {id}, so there is nothing to count again")]
    NeverVoted { id: u64, voter: ActorID },
    /// 128
    #[error("f0{0} is an actor of the bundle: what it holds is others', who vote with it themselves")]
    OfTheBundle(ActorID),
    /// 129
    #[error("action {number}: {why}")]
    BadAction { number: usize, why: &'static str },
    /// 130
    #[error("{what} has length {length}, and may have {max} at most")]
    TooLong { what: &'static str, length: usize, max: usize },
    /// 131
    #[error("a proposal has a title")]
    NoTitle,
    /// 132
    #[error("{what} is {value}, but must be {min} to {max}")]
    OutOfBounds { what: &'static str, value: String, min: String, max: String },
    /// 133
    #[error("proposal {id} is f0{proposer}'s, and only its proposer can cancel it; the caller is f0{caller}")]
    NotTheProposer { id: u64, proposer: ActorID, caller: ActorID },
    /// 134
    #[error("f0{who} owned no part of the bond when the vote on proposal {id} was opened")]
    NotABondOwner { id: u64, who: ActorID },
    /// 135
    #[error("proposal {id} is ordinary; only a critical one can be vetoed")]
    NotCritical { id: u64 },
    /// 137
    #[error(
        "exits requested before this upgrade was queued come first: ticket {first} waits, and tickets up to {before} are waited for \
         until epoch {until}; call FinalizeExits of the pool"
    )]
    ExitsFirst { first: u64, before: u64, until: ChainEpoch },
    /// 138
    #[error("{cast} votes would be cast of {supply} there are; a source of votes contradicts the pool")]
    TooManyVotes { cast: TokenAmount, supply: TokenAmount },
    /// 139
    #[error("{0}")]
    BadCalldata(String),
}

impl Error {
    /// The exit code. No two share one.
    pub fn code(&self) -> ExitCode {
        ExitCode::new(match self {
            Self::NoProposal { .. } => 120,
            Self::WrongState { .. } => 121,
            Self::TooEarly { .. } => 122,
            Self::TooLate { .. } => 123,
            Self::BelowThreshold { .. } => 124,
            Self::NoVotes { .. } => 125,
            Self::Already { .. } => 126,
            Self::NeverVoted { .. } => 127,
            Self::OfTheBundle(_) => 128,
            Self::BadAction { .. } => 129,
            Self::TooLong { .. } => 130,
            Self::NoTitle => 131,
            Self::OutOfBounds { .. } => 132,
            Self::NotTheProposer { .. } => 133,
            Self::NotABondOwner { .. } => 134,
            Self::NotCritical { .. } => 135,
            Self::ExitsFirst { .. } => 137,
            Self::TooManyVotes { .. } => 138,
            Self::BadCalldata(_) => 139,
        })
    }
}

impl From<Error> for ActorError {
    fn from(e: Error) -> Self {
        Self::new(e.code(), e.to_string())
    }
}

/// Refuses what is longer than `max`.
pub fn not_longer(what: &'static str, length: usize, max: usize) -> Result<(), Error> {
    if length > max {
        return Err(Error::TooLong { what, length, max });
    }
    Ok(())
}

fn any_of(states: &[State]) -> String {
    let names: Vec<_> = states.iter().map(|state| format!("{state:?}")).collect();
    names.join(" or ")
}
