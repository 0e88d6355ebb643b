//! Every refusal of the pool, as a sentence with its numbers, and its exit code.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_runtime::{lifecycle, ActorError};
use thiserror::Error;

/// The measurement is too old for this. Pinned by name: deposits and redemptions answer it by having the proxy measure.
pub const STALE: ExitCode = ExitCode::new(66);

/// Why the pool refuses. What FRC-46 knows answers with the codes of the reference implementation (16, 19), everything else with
/// codes of the pool's own (60 to 79). Amounts read as FIL or whole shares.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Less than the terms ask for.
    #[error("a deposit brings at least {min_deposit} FIL; this one is {value}")]
    BelowMinimum { value: TokenAmount, min_deposit: TokenAmount },
    /// The pool is full.
    #[error("deposits are closed: net assets would be {nav} FIL, and the cap is {cap}; send at most {room}")]
    CapReached { nav: TokenAmount, cap: TokenAmount, room: TokenAmount },
    /// Too much waits to be pledged.
    #[error(
        "deposits are closed: {idle} FIL would wait to be pledged, and at most {max_idle} may; send at most {room}"
    )]
    TooMuchIdle { idle: TokenAmount, max_idle: TokenAmount, room: TokenAmount },
    /// There is no price to sell at.
    #[error(
        "deposits are closed: {shares} shares are left and what backs them is lost ({nav} FIL), so they have no price"
    )]
    NoPrice { shares: TokenAmount, nav: TokenAmount },
    /// Too little for one share, or for one attoFIL.
    #[error("{given} would bring nothing: at today's price it is less than the smallest unit; use more")]
    BringsNothing { given: TokenAmount },
    /// The caller set a limit.
    #[error("this would bring {got}, less than the {min} asked for; look at the preview and ask for less")]
    BelowWanted { got: TokenAmount, min: TokenAmount },
    /// Measured too long ago.
    #[error(
        "the last measurement is of epoch {measured_at}, and this needs one of epoch {needed} or later; call Sync of the \
         owner-proxy, then try again"
    )]
    Stale { measured_at: ChainEpoch, needed: ChainEpoch },
    /// A measurement is incomplete.
    #[error("{miners} miner(s) can't be measured now, so there is no price; call Harvest of the owner-proxy until it succeeds")]
    Unsettled { miners: u32 },
    /// Not enough at hand.
    #[error("{wanted} FIL is more than the {available} at hand for this; ask for less, or wait for deposits")]
    NotEnoughLiquid { wanted: TokenAmount, available: TokenAmount },
    /// The operator has too little at stake.
    #[error("the bond is worth {bond} FIL; pledging this needs {needed}")]
    BondTooSmall { bond: TokenAmount, needed: TokenAmount },
    /// A term outside its constant bounds.
    #[error("{term} is {value}, but must be {min} to {max}")]
    TermOutOfBounds { term: &'static str, value: String, min: String, max: String },
    /// The list of fees breaks a rule.
    #[error("fees: {0}")]
    BadFees(String),
    /// Proxy and pool disagree about money.
    #[error("the proxy's books don't fit the pool's: {0}")]
    BooksDiffer(String),
    /// The bond's records are bounded.
    #[error("the bond has {} owners already, the most there can be", crate::state::MAX_BOND_OWNERS)]
    TooManyBondOwners,
    /// A pause breaks its bounds.
    #[error("{0}")]
    BadPause(String),
    /// Ethereum calldata that is none of the table.
    #[error("{0}")]
    BadCalldata(String),
    /// Shares or FIL sent to the pool itself would belong to nobody.
    #[error("{what} would go to the pool itself (f0{pool}) and be lost; name another recipient")]
    ToThePool { what: &'static str, pool: ActorID },
    /// Name or symbol.
    #[error("{0}")]
    BadName(String),
    /// Intake is paused.
    #[error("deposits and pledges are paused until epoch {until}; claims, redemptions and transfers are not")]
    Paused { until: ChainEpoch },
    /// Too little for a place in the queue.
    #[error("an exit ticket is for at least {min_ticket} shares, or for all you hold; this one is for {shares}")]
    TicketTooSmall { shares: TokenAmount, min_ticket: TokenAmount },
    /// The bond stays where it is.
    #[error("the bond can't be withdrawn now: {0}")]
    BondLocked(String),
    /// Never issued, cancelled, or paid.
    #[error("there is no ticket {0}: it was never issued, or it was cancelled or paid already; see ListTickets")]
    NoSuchTicket(u64),
    /// A ticket of somebody else.
    #[error("ticket {ticket} is not f0{caller}'s; only its owner may do this")]
    NotYourTicket { ticket: u64, caller: ActorID },
    /// Finalised, so there is nothing left to cancel.
    #[error("ticket {0} is finalised: nothing of it waits any more; call ClaimExit")]
    AlreadyFinalized(u64),
    /// No part of the bond.
    #[error("f0{0} has no part in the bond")]
    NoBond(ActorID),
    /// An amount below zero.
    #[error("{what} is {amount}, but can't be negative")]
    Negative { what: &'static str, amount: TokenAmount },
    /// FRC-46: an operator is somebody else.
    #[error("f0{0} is the owner: an operator is somebody else; use the method without `From`")]
    OwnerAsOperator(ActorID),
    /// FRC-46: fewer shares than that.
    #[error("f0{owner} holds {balance} shares, fewer than {wanted}")]
    TooFewShares { owner: ActorID, balance: TokenAmount, wanted: TokenAmount },
    /// FRC-46: no such allowance.
    #[error(
        "f0{operator} may move {allowance} shares of f0{owner}, less than {wanted}; the owner calls IncreaseAllowance"
    )]
    TooLittleAllowance { owner: ActorID, operator: ActorID, allowance: TokenAmount, wanted: TokenAmount },
}

impl Error {
    /// The exit code. No two of the pool's own share one.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::BelowMinimum { .. } => ExitCode::new(60),
            Self::CapReached { .. } => ExitCode::new(61),
            Self::TooMuchIdle { .. } => ExitCode::new(62),
            Self::NoPrice { .. } => ExitCode::new(63),
            Self::BringsNothing { .. } => ExitCode::new(64),
            Self::BelowWanted { .. } => ExitCode::new(65),
            Self::Stale { .. } => STALE,
            Self::Unsettled { .. } => ExitCode::new(67),
            Self::NotEnoughLiquid { .. } => ExitCode::new(68),
            Self::BondTooSmall { .. } => ExitCode::new(69),
            Self::TermOutOfBounds { .. } => ExitCode::new(70),
            Self::BadFees(_) => ExitCode::new(71),
            Self::BooksDiffer(_) => ExitCode::new(72),
            Self::TooManyBondOwners => ExitCode::new(73),
            Self::BadPause(_) => ExitCode::new(74),
            Self::BadCalldata(_) => ExitCode::new(75),
            Self::ToThePool { .. } => ExitCode::new(76),
            Self::BadName(_) => ExitCode::new(77),
            Self::TicketTooSmall { .. } => ExitCode::new(78),
            Self::BondLocked(_) => ExitCode::new(79),
            Self::Paused { .. } => lifecycle::PAUSED,
            Self::Negative { .. } | Self::OwnerAsOperator(_) | Self::AlreadyFinalized(_) => {
                ExitCode::USR_ILLEGAL_ARGUMENT
            }
            Self::NoSuchTicket(_) | Self::NoBond(_) => ExitCode::USR_NOT_FOUND,
            Self::NotYourTicket { .. } => ExitCode::USR_FORBIDDEN,
            Self::TooFewShares { .. } | Self::TooLittleAllowance { .. } => ExitCode::USR_INSUFFICIENT_FUNDS,
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
