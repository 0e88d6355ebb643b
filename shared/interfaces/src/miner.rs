//! The part of the storage miner actor that an owner which is an actor can use (builtin-actors v18). By FRC-42 numbers:
//! user actors are refused the small ones (exit 18).

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

/// As the official miner answers `GetOwner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetOwnerReturn {
    /// The owner, an ID address.
    pub owner: Address,
    /// The owner proposed and not yet confirmed.
    pub proposed: Option<Address>,
}

/// What a beneficiary other than the owner may still withdraw (FIP-0029).
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BeneficiaryTerm {
    /// In all, in attoFIL.
    pub quota: TokenAmount,
    /// Of which withdrawn.
    pub used_quota: TokenAmount,
    /// Epoch of its end.
    pub expiration: ChainEpoch,
}

/// The beneficiary in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ActiveBeneficiary {
    /// Who withdrawals are paid to, an ID address.
    pub beneficiary: Address,
    /// Its term; all zero when it is the owner.
    pub term: BeneficiaryTerm,
}

/// A change of beneficiary under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PendingBeneficiaryChange {
    /// The nominee.
    pub new_beneficiary: Address,
    /// Its quota.
    pub new_quota: TokenAmount,
    /// Its expiration.
    pub new_expiration: ChainEpoch,
    /// The beneficiary in force agreed.
    pub approved_by_beneficiary: bool,
    /// The nominee agreed.
    pub approved_by_nominee: bool,
}

/// As the official miner answers `GetBeneficiary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetBeneficiaryReturn {
    /// In force.
    pub active: ActiveBeneficiary,
    /// Under way.
    pub proposed: Option<PendingBeneficiaryChange>,
}

/// The one-field tuple `WithdrawBalance` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct WithdrawBalanceParams {
    /// attoFIL; the miner may pay less.
    pub amount_requested: TokenAmount,
}

/// Parameters of `ChangeWorkerAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeWorkerAddressParams {
    /// The new worker.
    pub new_worker: Address,
    /// Replaces all control addresses.
    pub new_control_addresses: Vec<Address>,
}

/// Parameters of `ChangePeerID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangePeerIDParams {
    /// libp2p peer ID.
    pub new_id: ByteBuf,
}

/// Parameters of `ChangeMultiaddrs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeMultiaddrsParams {
    /// libp2p addresses.
    pub new_multi_addrs: Vec<ByteBuf>,
}

/// Parameters of `ChangeBeneficiary`. Peggy never sends it; hostile tests do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeBeneficiaryParams {
    /// The nominee.
    pub new_beneficiary: Address,
    /// Its quota.
    pub new_quota: TokenAmount,
    /// Its expiration.
    pub new_expiration: ChainEpoch,
}

/// As the official miner answers `GetVestingFunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetVestingFundsReturn {
    /// Epoch and attoFIL. An entry has matured when its epoch is before the current one.
    pub vesting_funds: Vec<(ChainEpoch, TokenAmount)>,
}

methods! {
    /// The owner, and the one proposed.
    "GetOwner" GetOwner [read] Anyone (()) -> GetOwnerReturn;
    /// The beneficiary, and a change under way.
    "GetBeneficiary" GetBeneficiary [read] Anyone (()) -> GetBeneficiaryReturn;
    /// Balance less locked, initial pledge, precommit deposits and fee debt; negative when debt is not covered.
    "GetAvailableBalance" GetAvailableBalance [read] Anyone (()) -> TokenAmount;
    /// The vesting table, matured entries that were not unlocked yet included.
    "GetVestingFunds" GetVestingFunds [read] Anyone (()) -> GetVestingFundsReturn;
    /// Sum of initial pledges, in attoFIL.
    "InitialPledge" InitialPledge [read] Anyone (()) -> TokenAmount;
    /// Whether an address is the owner, the worker or a control address.
    "IsControllingAddress" IsControllingAddress [read] Anyone (Address) -> bool;
    /// Proposes (owner) or confirms (the one proposed) an owner, by ID address.
    "ChangeOwnerAddress" ChangeOwnerAddress [change] Anyone (Address) -> ();
    /// Pays the beneficiary; answers what was paid.
    "WithdrawBalance" WithdrawBalance [change] Anyone (WithdrawBalanceParams) -> TokenAmount;
    /// Burns what is available against the fee debt.
    "RepayDebt" RepayDebt [change] Anyone (()) -> ();
    /// Changes worker (after the network's delay) and control addresses (at once).
    "ChangeWorkerAddress" ChangeWorkerAddress [change] Anyone (ChangeWorkerAddressParams) -> ();
    /// Confirms a change of worker that is due; does nothing otherwise.
    "ConfirmChangeWorkerAddress" ConfirmChangeWorkerAddress [change] Anyone (()) -> ();
    /// Changes the peer ID.
    "ChangePeerID" ChangePeerID [change] Anyone (ChangePeerIDParams) -> ();
    /// Changes the multiaddresses.
    "ChangeMultiaddrs" ChangeMultiaddrs [change] Anyone (ChangeMultiaddrsParams) -> ();
    /// Proposes or approves a beneficiary (FIP-0029).
    "ChangeBeneficiary" ChangeBeneficiary [change] Anyone (ChangeBeneficiaryParams) -> ();
}
