//! The miner actor's method numbers and wire types, and the levers of the network's control interface.

use fvm_ipld_encoding::{strict_bytes, BytesDe};
use fvm_shared::address::Address;
use fvm_shared::bigint::bigint_ser;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::{RegisteredPoStProof, StoragePower};
use fvm_shared::MethodNum;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::reward::FilterEstimate;

/// Official numbers below 2^24: for builtin callers only.
pub mod internal {
    use fvm_shared::MethodNum;

    /// `ControlAddresses`.
    pub const CONTROL_ADDRESSES: MethodNum = 2;
    /// `ChangeWorkerAddress`.
    pub const CHANGE_WORKER_ADDRESS: MethodNum = 3;
    /// `ChangePeerID`.
    pub const CHANGE_PEER_ID: MethodNum = 4;
    /// `WithdrawBalance`.
    pub const WITHDRAW_BALANCE: MethodNum = 16;
    /// `ChangeMultiaddrs`.
    pub const CHANGE_MULTIADDRS: MethodNum = 18;
    /// `ConfirmChangeWorkerAddress`.
    pub const CONFIRM_CHANGE_WORKER_ADDRESS: MethodNum = 21;
    /// `RepayDebt`.
    pub const REPAY_DEBT: MethodNum = 22;
    /// `ChangeOwnerAddress`.
    pub const CHANGE_OWNER_ADDRESS: MethodNum = 23;
    /// `ChangeBeneficiary`.
    pub const CHANGE_BENEFICIARY: MethodNum = 30;
    /// `GetBeneficiary`.
    pub const GET_BENEFICIARY: MethodNum = 31;
}

/// Official FRC-42 numbers: for everybody.
pub mod exported {
    use frc42_dispatch::method_hash;
    use fvm_shared::MethodNum;

    /// `ChangeWorkerAddress`.
    pub const CHANGE_WORKER_ADDRESS: MethodNum = method_hash!("ChangeWorkerAddress");
    /// `ChangePeerID`.
    pub const CHANGE_PEER_ID: MethodNum = method_hash!("ChangePeerID");
    /// `WithdrawBalance`.
    pub const WITHDRAW_BALANCE: MethodNum = method_hash!("WithdrawBalance");
    /// `ChangeMultiaddrs`.
    pub const CHANGE_MULTIADDRS: MethodNum = method_hash!("ChangeMultiaddrs");
    /// `ConfirmChangeWorkerAddress`.
    pub const CONFIRM_CHANGE_WORKER_ADDRESS: MethodNum = method_hash!("ConfirmChangeWorkerAddress");
    /// `RepayDebt`.
    pub const REPAY_DEBT: MethodNum = method_hash!("RepayDebt");
    /// `ChangeOwnerAddress`.
    pub const CHANGE_OWNER_ADDRESS: MethodNum = method_hash!("ChangeOwnerAddress");
    /// `ChangeBeneficiary`.
    pub const CHANGE_BENEFICIARY: MethodNum = method_hash!("ChangeBeneficiary");
    /// `GetBeneficiary`.
    pub const GET_BENEFICIARY: MethodNum = method_hash!("GetBeneficiary");
    /// `GetOwner`.
    pub const GET_OWNER: MethodNum = method_hash!("GetOwner");
    /// `IsControllingAddress`.
    pub const IS_CONTROLLING_ADDRESS: MethodNum = method_hash!("IsControllingAddress");
    /// `GetSectorSize`.
    pub const GET_SECTOR_SIZE: MethodNum = method_hash!("GetSectorSize");
    /// `GetAvailableBalance`.
    pub const GET_AVAILABLE_BALANCE: MethodNum = method_hash!("GetAvailableBalance");
    /// `GetVestingFunds`.
    pub const GET_VESTING_FUNDS: MethodNum = method_hash!("GetVestingFunds");
    /// `GetPeerID`.
    pub const GET_PEER_ID: MethodNum = method_hash!("GetPeerID");
    /// `GetMultiaddrs`.
    pub const GET_MULTIADDRS: MethodNum = method_hash!("GetMultiaddrs");
    /// `MaxTerminationFee`.
    pub const MAX_TERMINATION_FEE: MethodNum = method_hash!("MaxTerminationFee");
    /// `InitialPledge`.
    pub const INITIAL_PLEDGE: MethodNum = method_hash!("InitialPledge");
}

/// Cron's call (power only).
pub const ON_DEFERRED_CRON_EVENT: MethodNum = 12;
/// A block reward and its penalty (reward only).
pub const APPLY_REWARDS: MethodNum = 14;

/// Exit code when the miner's balance no longer covers what it holds locked.
pub const BALANCE_INVARIANTS_BROKEN: fvm_shared::error::ExitCode = fvm_shared::error::ExitCode::new(1000);

/// Of the constructor (init only).
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Owns it.
    pub owner: Address,
    /// Signs its blocks and proofs.
    pub worker: Address,
    /// Sign its messages; at most 10.
    pub control_addresses: Vec<Address>,
    /// Fixes the sector size.
    pub window_post_proof_type: RegisteredPoStProof,
    /// libp2p identity.
    #[serde(with = "strict_bytes")]
    pub peer_id: Vec<u8>,
    /// libp2p addresses.
    pub multi_addresses: Vec<BytesDe>,
}

/// What `ControlAddresses` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ControlAddressesReturn {
    /// ID address.
    pub owner: Address,
    /// ID address.
    pub worker: Address,
    /// ID addresses.
    pub control_addresses: Vec<Address>,
}

/// Of `ChangeWorkerAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeWorkerAddressParams {
    /// An account with a BLS key.
    pub new_worker: Address,
    /// Replaces all control addresses.
    pub new_control_addresses: Vec<Address>,
}

/// Of `ChangePeerID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangePeerIdParams {
    /// At most 128 bytes.
    #[serde(with = "strict_bytes")]
    pub new_id: Vec<u8>,
}

/// Of `ChangeMultiaddrs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeMultiaddrsParams {
    /// At most 1024 bytes in all.
    pub new_multi_addrs: Vec<BytesDe>,
}

/// Of `WithdrawBalance`. It returns the amount withdrawn, bare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct WithdrawBalanceParams {
    /// The most to withdraw.
    pub amount_requested: TokenAmount,
}

/// Of `ApplyRewards`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ApplyRewardParams {
    /// The value sent along.
    pub reward: TokenAmount,
    /// Becomes fee debt, and is paid at once as far as possible.
    pub penalty: TokenAmount,
}

/// Of `OnDeferredCronEvent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DeferredCronEventParams {
    /// What the miner enrolled.
    #[serde(with = "strict_bytes")]
    pub event_payload: Vec<u8>,
    /// Estimate.
    pub reward_smoothed: FilterEstimate,
    /// Estimate.
    pub quality_adj_power_smoothed: FilterEstimate,
}

/// What a miner enrols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CronEventPayload {
    /// One of the constants below.
    pub event_type: i64,
}

/// End of a proving deadline.
pub const CRON_PROVING_DEADLINE: i64 = 1;
/// Early terminations are worked off.
pub const CRON_EARLY_TERMINATIONS: i64 = 2;

/// How much a beneficiary may take, and until when (FIP-0029).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BeneficiaryTerm {
    /// In all.
    pub quota: TokenAmount,
    /// So far.
    pub used_quota: TokenAmount,
    /// First epoch in which it may no more.
    pub expiration: ChainEpoch,
}

/// A change of beneficiary that waits for approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PendingBeneficiaryChange {
    /// ID address.
    pub new_beneficiary: Address,
    /// Its quota.
    pub new_quota: TokenAmount,
    /// Its expiration.
    pub new_expiration: ChainEpoch,
    /// The present one agrees, or has nothing to say.
    pub approved_by_beneficiary: bool,
    /// The new one agrees.
    pub approved_by_nominee: bool,
}

/// Of `ChangeBeneficiary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeBeneficiaryParams {
    /// Any address.
    pub new_beneficiary: Address,
    /// Positive, or zero if the new beneficiary is the owner.
    pub new_quota: TokenAmount,
    /// Zero if the new beneficiary is the owner.
    pub new_expiration: ChainEpoch,
}

/// The beneficiary at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ActiveBeneficiary {
    /// ID address.
    pub beneficiary: Address,
    /// Meaningless while it is the owner.
    pub term: BeneficiaryTerm,
}

/// What `GetBeneficiary` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetBeneficiaryReturn {
    /// At present.
    pub active: ActiveBeneficiary,
    /// Waiting.
    pub proposed: Option<PendingBeneficiaryChange>,
}

/// What `GetOwner` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetOwnerReturn {
    /// ID address.
    pub owner: Address,
    /// ID address of a new owner that has not confirmed yet.
    pub proposed: Option<Address>,
}

/// What `GetVestingFunds` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetVestingFundsReturn {
    /// Epoch and amount, in order; an entry can be unlocked *after* its epoch.
    pub vesting_funds: Vec<(ChainEpoch, TokenAmount)>,
}

/// What `GetPeerID` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetPeerIdReturn {
    /// libp2p identity.
    #[serde(with = "strict_bytes")]
    pub peer_id: Vec<u8>,
}

/// What `GetMultiaddrs` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetMultiaddrsReturn {
    /// libp2p addresses.
    pub multi_addrs: Vec<BytesDe>,
}

/// Of `MaxTerminationFee`. It returns the fee, bare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MaxTerminationFeeParams {
    /// Quality-adjusted, in bytes.
    #[serde(with = "bigint_ser")]
    pub power: StoragePower,
    /// In all.
    pub initial_pledge: TokenAmount,
}

/// Methods of the stand-in that no official miner has. They answer 18 to everybody but the system actor, so only an
/// implicit message of the local network's control interface reaches them, never a user's.
pub mod levers {
    use frc42_dispatch::method_hash;
    use fvm_ipld_encoding::RawBytes;
    use fvm_shared::econ::TokenAmount;
    use fvm_shared::MethodNum;
    use serde_tuple::{Deserialize_tuple, Serialize_tuple};

    /// Commits sectors with this pledge (a bare amount). Fee debt is paid first; 19 if the unlocked balance is too small.
    pub const ADD_PLEDGE: MethodNum = method_hash!("LocalnetAddPledge");
    /// Precommits sectors with this deposit (a bare amount). Fee debt is paid first; 19 if the available balance is too small.
    pub const ADD_PRECOMMIT_DEPOSIT: MethodNum = method_hash!("LocalnetAddPrecommitDeposit");
    /// Turns precommitted sectors into committed ones ([`ProveCommit`]).
    pub const PROVE_COMMIT: MethodNum = method_hash!("LocalnetProveCommit");
    /// Lets precommits expire: their deposit (a bare amount) is lost.
    pub const EXPIRE_PRECOMMIT: MethodNum = method_hash!("LocalnetExpirePrecommit");
    /// Lets sectors expire on time: their pledge (a bare amount) is free again.
    pub const EXPIRE_SECTOR: MethodNum = method_hash!("LocalnetExpireSector");
    /// Processes the early termination of sectors ([`TerminateSector`]).
    pub const TERMINATE_SECTOR: MethodNum = method_hash!("LocalnetTerminateSector");
    /// Fines the miner (a bare amount), as for a fault: unvested rewards pay first, then the unlocked balance; what is left
    /// stays as debt.
    pub const FINE: MethodNum = method_hash!("LocalnetFine");
    /// Adds fee debt (a bare amount) without collecting any.
    pub const ADD_DEBT: MethodNum = method_hash!("LocalnetAddDebt");
    /// Holds early terminations back, or no more (a bare bool). While they are, withdrawals answer 18.
    pub const SET_EARLY_TERMINATIONS: MethodNum = method_hash!("LocalnetSetEarlyTerminations");
    /// Makes the miner misbehave ([`Sick`]), or behave again (null).
    pub const SET_SICK: MethodNum = method_hash!("LocalnetSetSick");

    /// Of [`PROVE_COMMIT`].
    #[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
    pub struct ProveCommit {
        /// Released.
        pub deposit: TokenAmount,
        /// Locked instead.
        pub pledge: TokenAmount,
    }

    /// Of [`TERMINATE_SECTOR`].
    #[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
    pub struct TerminateSector {
        /// Released.
        pub pledge: TokenAmount,
        /// Collected like a fine.
        pub fee: TokenAmount,
    }

    /// Faults no healthy miner has. They concern the methods for owners and for everybody, by the number they are called by;
    /// cron, levers and `MaxTerminationFee` stay healthy.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
    pub struct Sick {
        /// These method numbers abort with these exit codes (16 or more).
        pub abort: Vec<(MethodNum, u32)>,
        /// These method numbers do nothing but return this CBOR: lies.
        pub answer: Vec<(MethodNum, RawBytes)>,
        /// `WithdrawBalance` pays, and says it pays, no more than this.
        pub withdraw_at_most: Option<TokenAmount>,
    }
}
