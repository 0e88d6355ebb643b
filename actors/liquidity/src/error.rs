//! Every refusal of liquidity, as a sentence with its numbers, and its exit code.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_runtime::{lifecycle, ActorError};
use thiserror::Error;

/// Why liquidity refuses. What FRC-46 knows answers with the codes of the reference implementation (16, 19), everything else with
/// codes of its own (100 to 119); what the pool refuses (66, 67, 68) keeps the pool's code. Amounts read as FIL, whole shares or whole
/// LP tokens.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Too little for the smallest unit of anything.
    #[error("{given} would bring nothing: it is worth less than the smallest unit; use more")]
    BringsNothing { given: TokenAmount },
    /// The caller set a limit.
    #[error("this would bring {got} {what}, less than the {min} asked for; look at the quote and ask for less")]
    BelowWanted { what: &'static str, got: TokenAmount, min: TokenAmount },
    /// A sale for more than there is.
    #[error(
        "these shares would be paid {wanted} FIL, and {available} are at hand; sell fewer, or use the pool's exit queue"
    )]
    NotEnoughFil { wanted: TokenAmount, available: TokenAmount },
    /// More than there is in the inventory.
    #[error("{wanted} shares are more than the {available} in the inventory; ask for fewer")]
    NotEnoughShares { wanted: TokenAmount, available: TokenAmount },
    /// Shares arrived, and nothing says for what.
    #[error(
        "shares sent here are sold, so operator_data must be SellParams: [min_out, recipient or null]; this is something else"
    )]
    NotASale,
    /// The hook was called for another kind of token.
    #[error("only FRC-46 shares of the pool are bought here, not tokens of receiver type {kind}")]
    WrongToken { kind: u32 },
    /// Everything there is is worth nothing.
    #[error("what is here is worth nothing at the pool's price, so there is no price to come in at")]
    NoPrice,
    /// The first provider leaves something behind.
    #[error("the first provider leaves {locked} LP tokens behind for ever, so it brings more than as many FIL; this is {value}")]
    FirstTooSmall { value: TokenAmount, locked: TokenAmount },
    /// Redeeming now would take a loss that is healing.
    #[error(
        "vesting rewards are about to heal a loss, and redeeming now would make the providers bear it; wait until the pool's \
         price and entry price are the same"
    )]
    AboutToHeal,
    /// A setting outside its bounds.
    #[error("{setting} is {value}, but may be {max} at most")]
    SettingOutOfBounds { setting: &'static str, value: u32, max: u32 },
    /// A pause breaks its bounds.
    #[error("{0}")]
    BadPause(String),
    /// Name or symbol.
    #[error("{0}")]
    BadName(String),
    /// To this actor or the pool.
    #[error("{what} would go to f0{to} itself and be nobody's; name another recipient")]
    WouldBeLost { what: &'static str, to: ActorID },
    /// Intake is paused.
    #[error("adding liquidity and buying shares are paused until epoch {until}; sales and removals are not")]
    Paused { until: ChainEpoch },
    /// An amount below zero.
    #[error("{what} is {amount}, but can't be negative")]
    Negative { what: &'static str, amount: TokenAmount },
    /// FRC-46: an operator is somebody else.
    #[error("f0{0} is the owner: an operator is somebody else; use the method without `From`")]
    OwnerAsOperator(ActorID),
    /// FRC-46: fewer LP tokens than that.
    #[error("f0{owner} holds {balance} LP tokens, fewer than {wanted}")]
    TooFewTokens { owner: ActorID, balance: TokenAmount, wanted: TokenAmount },
    /// FRC-46: no such allowance.
    #[error(
        "f0{operator} may move {allowance} LP tokens of f0{owner}, less than {wanted}; the owner calls IncreaseAllowance"
    )]
    TooLittleAllowance { owner: ActorID, operator: ActorID, allowance: TokenAmount, wanted: TokenAmount },
}

impl Error {
    /// The exit code. No two of liquidity's own share one.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::BringsNothing { .. } => ExitCode::new(100),
            Self::BelowWanted { .. } => ExitCode::new(101),
            Self::NotEnoughFil { .. } => ExitCode::new(102),
            Self::NotEnoughShares { .. } => ExitCode::new(103),
            Self::NotASale => ExitCode::new(104),
            Self::WrongToken { .. } => ExitCode::new(105),
            Self::NoPrice => ExitCode::new(106),
            Self::FirstTooSmall { .. } => ExitCode::new(107),
            Self::AboutToHeal => ExitCode::new(108),
            Self::SettingOutOfBounds { .. } => ExitCode::new(109),
            Self::BadPause(_) => ExitCode::new(110),
            Self::BadName(_) => ExitCode::new(111),
            Self::WouldBeLost { .. } => ExitCode::new(112),
            Self::Paused { .. } => lifecycle::PAUSED,
            Self::Negative { .. } | Self::OwnerAsOperator(_) => ExitCode::USR_ILLEGAL_ARGUMENT,
            Self::TooFewTokens { .. } | Self::TooLittleAllowance { .. } => ExitCode::USR_INSUFFICIENT_FUNDS,
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

/// Refuses less than the caller asked for.
pub fn at_least(min: &TokenAmount, got: &TokenAmount, what: &'static str) -> Result<(), Error> {
    if got < min {
        return Err(Error::BelowWanted { what, got: got.clone(), min: min.clone() });
    }
    Ok(())
}
