//! What goes wrong here and nowhere else: exit codes 40 to 59.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::{MAX_KEEPER_CUT, MAX_MINERS};
use peggy_runtime::ActorError;
use thiserror::Error;

/// An error of the owner-proxy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProxyError {
    /// 40
    #[error("f0{0} is not a miner this proxy holds; ListMiners names those it does")]
    NotHeld(ActorID),
    /// 41
    #[error("this proxy holds {MAX_MINERS} miners already, which is the most it can")]
    TooManyMiners,
    /// 42
    #[error("this proxy holds f0{0} already")]
    AlreadyHeld(ActorID),
    /// 43
    #[error("f0{0} does not run the network's own storage miner code")]
    NotAMiner(ActorID),
    /// 44
    #[error("f0{miner}'s owner has not proposed this proxy: it must call ChangeOwnerAddress with f0{proxy} first")]
    NotProposed { miner: ActorID, proxy: ActorID },
    /// 45
    #[error("f0{0} has a beneficiary other than its owner, or a change of beneficiary under way; its owner must end that first")]
    ForeignBeneficiary(ActorID),
    /// 46
    #[error("f0{0} does not answer with this proxy as its only owner and beneficiary; nothing was taken")]
    CustodyNotConfirmed(ActorID),
    /// 47
    #[error(
        "the pool has holders besides the operator's bond: another miner's history needs their approval, by governance (ApproveMiner)"
    )]
    NeedsApproval,
    /// 48
    #[error("f0{miner} can't be measured completely ({reason}); wait until it can")]
    Unsettled { miner: ActorID, reason: String },
    /// 49
    #[error("a change of f0{miner}'s worker is pending, or may be; try again from epoch {until} on")]
    WorkerChangePending { miner: ActorID, until: ChainEpoch },
    /// 50
    #[error("the pool was asked for {asked}, but {arrived} arrived")]
    PledgeNotDelivered { asked: TokenAmount, arrived: TokenAmount },
    /// 51
    #[error("the keeper's cut must be at most {} bps with a cap that is not negative", MAX_KEEPER_CUT.0)]
    KeeperCutOutOfBounds,
    /// 52
    #[error("the amount must be positive, and is {0}")]
    NotPositive(TokenAmount),
    /// 53
    #[error("f0{miner} owes {debt} in fees it can't pay; what is pledged now would be burnt: send it FIL and call RepayDebt")]
    InDebt { miner: ActorID, debt: TokenAmount },
    /// 54
    #[error("f0{0}'s books changed while it was being measured")]
    ChangedMeanwhile(ActorID),
    /// 55
    #[error("f0{0} has no idle principal: all of it is pledged, deposited for precommits, or lost; it comes free as sectors expire")]
    NothingIdle(ActorID),
    /// 56
    #[error("the pool wrote off {written_off}, but only {impaired} of principal was impaired: the two books differ")]
    BooksDiffer { written_off: TokenAmount, impaired: TokenAmount },
    /// 57
    #[error("f0{0} has no loss to write off: its backing and the rewards still vesting cover its principal")]
    NothingLost(ActorID),
    /// 58
    #[error("f0{0} was written off and nothing is left in it; the next harvest takes it off the list: pledge to another miner")]
    Over(ActorID),
}

impl ProxyError {
    /// The exit code of the message that fails so.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::new(match self {
            Self::NotHeld(_) => 40,
            Self::TooManyMiners => 41,
            Self::AlreadyHeld(_) => 42,
            Self::NotAMiner(_) => 43,
            Self::NotProposed { .. } => 44,
            Self::ForeignBeneficiary(_) => 45,
            Self::CustodyNotConfirmed(_) => 46,
            Self::NeedsApproval => 47,
            Self::Unsettled { .. } => 48,
            Self::WorkerChangePending { .. } => 49,
            Self::PledgeNotDelivered { .. } => 50,
            Self::KeeperCutOutOfBounds => 51,
            Self::NotPositive(_) => 52,
            Self::InDebt { .. } => 53,
            Self::ChangedMeanwhile(_) => 54,
            Self::NothingIdle(_) => 55,
            Self::BooksDiffer { .. } => 56,
            Self::NothingLost(_) => 57,
            Self::Over(_) => 58,
        })
    }
}

impl From<ProxyError> for ActorError {
    fn from(e: ProxyError) -> Self {
        Self::new(e.exit_code(), e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_own_code_within_40_to_59() {
        let amount = TokenAmount::default;
        let all = [
            ProxyError::NotHeld(1),
            ProxyError::TooManyMiners,
            ProxyError::AlreadyHeld(1),
            ProxyError::NotAMiner(1),
            ProxyError::NotProposed { miner: 1, proxy: 2 },
            ProxyError::ForeignBeneficiary(1),
            ProxyError::CustodyNotConfirmed(1),
            ProxyError::NeedsApproval,
            ProxyError::Unsettled { miner: 1, reason: String::new() },
            ProxyError::WorkerChangePending { miner: 1, until: 2 },
            ProxyError::PledgeNotDelivered { asked: amount(), arrived: amount() },
            ProxyError::KeeperCutOutOfBounds,
            ProxyError::NotPositive(amount()),
            ProxyError::InDebt { miner: 1, debt: amount() },
            ProxyError::ChangedMeanwhile(1),
            ProxyError::NothingIdle(1),
            ProxyError::BooksDiffer { written_off: amount(), impaired: amount() },
            ProxyError::NothingLost(1),
            ProxyError::Over(1),
        ];
        assert!(all.iter().all(|error| error.to_string().len() > 20));
        peggy_harness::check_codes(all.into_iter().zip(40..), 40..59);
    }
}
