//! The power actor's wire types and state.

use fvm_ipld_encoding::{strict_bytes, BytesDe, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::bigint::bigint_ser;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::{RegisteredPoStProof, StoragePower};
use fvm_shared::{ActorID, MethodNum};
use num_bigint::BigInt;
use num_traits::Zero;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::reward::FilterEstimate;

/// Creates a miner; the value pays its deposit.
pub const CREATE_MINER: MethodNum = 2;
/// A miner changes its claimed power.
pub const UPDATE_CLAIMED_POWER: MethodNum = 3;
/// A miner asks to be called at an epoch.
pub const ENROLL_CRON_EVENT: MethodNum = 4;
/// Runs what is due (cron only).
pub const ON_EPOCH_TICK_END: MethodNum = 5;
/// A miner reports what it locked or released.
pub const UPDATE_PLEDGE_TOTAL: MethodNum = 6;
/// Estimates for pledge computations.
pub const CURRENT_TOTAL_POWER: MethodNum = 9;
/// [`CREATE_MINER`], for user actors.
pub const CREATE_MINER_EXPORTED: MethodNum = frc42_dispatch::method_hash!("CreateMiner");
/// Raw power of the network.
pub const NETWORK_RAW_POWER: MethodNum = frc42_dispatch::method_hash!("NetworkRawPower");
/// Raw power of a miner.
pub const MINER_RAW_POWER: MethodNum = frc42_dispatch::method_hash!("MinerRawPower");
/// Number of miners.
pub const MINER_COUNT: MethodNum = frc42_dispatch::method_hash!("MinerCount");
/// Number of miners that may win blocks.
pub const MINER_CONSENSUS_COUNT: MethodNum = frc42_dispatch::method_hash!("MinerConsensusCount");
/// Both powers of a miner.
pub const MINER_POWER: MethodNum = frc42_dispatch::method_hash!("MinerPower");
/// Lever: sets the network's smoothed quality-adjusted power. Parameter: bytes as a bare big integer
/// ([`fvm_shared::bigint::bigint_ser::BigIntSer`]).
pub const SET_NETWORK_POWER: MethodNum = frc42_dispatch::method_hash!("LocalnetSetNetworkPower");
/// Lever: sets a miner's claimed power. Parameters: [`SetMinerPowerParams`].
pub const SET_MINER_POWER: MethodNum = frc42_dispatch::method_hash!("LocalnetSetMinerPower");

/// Of `CreateMiner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreateMinerParams {
    /// Owns it.
    pub owner: Address,
    /// Signs its blocks and proofs; an account with a BLS key.
    pub worker: Address,
    /// Fixes the sector size.
    pub window_post_proof_type: RegisteredPoStProof,
    /// libp2p identity.
    #[serde(with = "strict_bytes")]
    pub peer: Vec<u8>,
    /// libp2p addresses.
    pub multiaddrs: Vec<BytesDe>,
}

/// What `CreateMiner` returns.
pub type CreateMinerReturn = crate::init::ExecReturn;

/// Of `EnrollCronEvent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct EnrollCronEventParams {
    /// When to call.
    pub event_epoch: ChainEpoch,
    /// What to say then.
    pub payload: RawBytes,
}

/// Of `UpdateClaimedPower`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct UpdateClaimedPowerParams {
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_delta: StoragePower,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub quality_adjusted_delta: StoragePower,
}

/// Of the lever `LocalnetSetMinerPower`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SetMinerPowerParams {
    /// Whose power.
    pub miner: ActorID,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_power: StoragePower,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub quality_adj_power: StoragePower,
}

/// What `CurrentTotalPower` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CurrentTotalPowerReturn {
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_power: StoragePower,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub quality_adj_power: StoragePower,
    /// All pledged and locked FIL.
    pub pledge_collateral: TokenAmount,
    /// Estimate.
    pub quality_adj_power_smoothed: FilterEstimate,
    /// FIP-0081.
    pub ramp_start_epoch: i64,
    /// FIP-0081.
    pub ramp_duration_epochs: u64,
}

/// What `MinerRawPower` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerRawPowerReturn {
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_power: StoragePower,
    /// May win blocks.
    pub meets_consensus_minimum: bool,
}

/// What `MinerPower` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerPowerReturn {
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_power: StoragePower,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub quality_adj_power: StoragePower,
}

/// A miner as the power actor knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Claim {
    /// Its ID.
    pub miner: ActorID,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub raw_byte_power: StoragePower,
    /// In bytes.
    #[serde(with = "bigint_ser")]
    pub quality_adj_power: StoragePower,
}

/// A call a miner asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CronEvent {
    /// When.
    pub epoch: ChainEpoch,
    /// Whom.
    pub miner: ActorID,
    /// With which words.
    pub payload: RawBytes,
}

/// The official state's fields as far as anything here reads them. Claims and queue are plain lists: a local network has
/// few miners, and whoever drives it wants to see at a glance when something is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// All pledged and locked FIL, as the miners reported it.
    pub total_pledge_collateral: TokenAmount,
    /// The same as of the last cron.
    pub this_epoch_pledge_collateral: TokenAmount,
    /// Raw power as of the last cron, in bytes.
    #[serde(with = "bigint_ser")]
    pub this_epoch_raw_byte_power: StoragePower,
    /// Quality-adjusted power as of the last cron, in bytes.
    #[serde(with = "bigint_ser")]
    pub this_epoch_quality_adj_power: StoragePower,
    /// Estimate; moved by the lever only.
    pub this_epoch_qa_power_smoothed: FilterEstimate,
    /// Miners ever created and not dropped.
    pub miner_count: i64,
    /// First epoch whose events have not been run.
    pub first_cron_epoch: ChainEpoch,
    /// Sorted by epoch; among equals in the order of asking.
    pub cron_event_queue: Vec<CronEvent>,
    /// Sorted by miner.
    pub claims: Vec<Claim>,
}

impl State {
    /// No miners; the network's power estimate is the official actor's first one (750,000 GiB). The pledge begins at what a
    /// network has of other miners: a miner reports its deposit's release but never its lock-up (FIP-0077), so without them
    /// the sum would become negative, which the actor refuses.
    pub fn genesis() -> Self {
        Self {
            total_pledge_collateral: TokenAmount::from_whole(100_000_000),
            this_epoch_pledge_collateral: TokenAmount::from_whole(100_000_000),
            this_epoch_raw_byte_power: BigInt::zero(),
            this_epoch_quality_adj_power: BigInt::zero(),
            this_epoch_qa_power_smoothed: FilterEstimate::constant(BigInt::from(750_000_u64) << 30),
            miner_count: 0,
            first_cron_epoch: 0,
            cron_event_queue: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// The next epoch in which cron has something to do for a miner. Epochs before it can be skipped as null rounds
    /// without anything happening late.
    pub fn next_due(&self) -> Option<ChainEpoch> {
        self.cron_event_queue.first().map(|event| event.epoch)
    }

    /// The claim of a miner.
    pub fn claim(&self, miner: ActorID) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.miner == miner)
    }

    /// The claim of a miner, to change.
    pub fn claim_mut(&mut self, miner: ActorID) -> Option<&mut Claim> {
        self.claims.iter_mut().find(|claim| claim.miner == miner)
    }

    /// Puts an event behind all that are due no later.
    pub fn enroll(&mut self, event: CronEvent) {
        let at = self.cron_event_queue.partition_point(|queued| queued.epoch <= event.epoch);
        self.cron_event_queue.insert(at, event);
    }

    /// Takes out all events due up to `epoch`, in order.
    pub fn take_due(&mut self, epoch: ChainEpoch) -> Vec<CronEvent> {
        let due = self.cron_event_queue.partition_point(|queued| queued.epoch <= epoch);
        self.cron_event_queue.drain(..due).collect()
    }
}
