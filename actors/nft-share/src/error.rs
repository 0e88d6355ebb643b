//! Every refusal of nft-share, as a sentence, and its exit code.

use frc53_nft::types::TokenID;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_runtime::ActorError;
use thiserror::Error;

/// Why nft-share refuses. Codes of its own are 80 to 99.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Never made, or ended.
    #[error("there is no token {0}: it was never minted, or was burnt, split or merged; ListOwnedTokens has those there are")]
    NoSuchToken(TokenID),
    /// Somebody else's.
    #[error("token {token} belongs to f0{owner}, not to f0{claimed}")]
    NotOwner { token: TokenID, owner: ActorID, claimed: ActorID },
    /// No approval.
    #[error("f0{operator} is not approved for token {token}; its owner calls Approve or ApproveForAll")]
    NotApproved { operator: ActorID, token: TokenID },
    /// A list of tokens that can't be.
    #[error("{0}")]
    BadTokens(String),
    /// A list of operators is full.
    #[error("{what} has {max} operators already, the most there can be; revoke one first")]
    TooManyOperators { what: String, max: usize },
    /// A position of nothing.
    #[error("a position needs shares; none came")]
    NoShares,
    /// Not the pool's shares.
    #[error("{0}")]
    WrongToken(String),
    /// `operator_data` that is no `MintParams`.
    #[error("operator_data of shares sent here is empty or MintParams [owner, beneficiary, operator_data], but: {0}")]
    BadMintParams(String),
    /// It would be lost there.
    #[error("{what} can't be f0{id}, {who}; name another")]
    NotThere { what: &'static str, id: ActorID, who: &'static str },
    /// More than one beneficiary.
    #[error("token {token} has the beneficiary f0{beneficiary}, those before it f0{other}; {todo}")]
    MixedBeneficiaries { token: TokenID, beneficiary: ActorID, other: ActorID, todo: &'static str },
    /// Parts that make no whole.
    #[error("{0}")]
    BadParts(String),
    /// Name or symbol.
    #[error("{0}")]
    BadName(String),
    /// A cursor of another state, or none at all.
    #[error("the cursor does not belong to the tokens as they are now; begin again with an empty one")]
    BadCursor,
    /// A page of nothing.
    #[error("limit is 0; a page has at least 1 entry")]
    NoLimit,
    /// An amount below zero.
    #[error("{what} is {amount}, but can't be negative")]
    Negative { what: &'static str, amount: TokenAmount },
}

impl Error {
    /// The exit code. No two of nft-share's own share one.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::NoSuchToken(_) => ExitCode::new(80),
            Self::NotOwner { .. } => ExitCode::new(81),
            Self::NotApproved { .. } => ExitCode::new(82),
            Self::BadTokens(_) => ExitCode::new(83),
            Self::TooManyOperators { .. } => ExitCode::new(84),
            Self::NoShares => ExitCode::new(85),
            Self::WrongToken(_) => ExitCode::new(86),
            Self::BadMintParams(_) => ExitCode::new(87),
            Self::NotThere { .. } => ExitCode::new(88),
            Self::MixedBeneficiaries { .. } => ExitCode::new(89),
            Self::BadParts(_) => ExitCode::new(90),
            Self::BadName(_) => ExitCode::new(91),
            Self::BadCursor => ExitCode::new(92),
            Self::NoLimit => ExitCode::new(93),
            Self::Negative { .. } => ExitCode::USR_ILLEGAL_ARGUMENT,
        }
    }
}

impl From<Error> for ActorError {
    fn from(e: Error) -> Self {
        Self::new(e.code(), e.to_string())
    }
}

/// Refuses a negative amount.
pub fn not_negative(amount: &TokenAmount, what: &'static str) -> Result<(), Error> {
    if amount.is_negative() {
        return Err(Error::Negative { what, amount: amount.clone() });
    }
    Ok(())
}
