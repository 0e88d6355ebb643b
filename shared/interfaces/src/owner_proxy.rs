//! The interface of `owner-proxy`, the actor that alone holds the miners (DESIGN.md 4).

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_math::Bps;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

/// The most a keeper can get of what it harvests: 1%.
pub const MAX_KEEPER_CUT: Bps = Bps(100);
/// The most miners one proxy holds.
pub const MAX_MINERS: usize = 32;

/// What a keeper gets for a harvest: `min(reward * bps, cap)`, rounded down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct KeeperCut {
    /// At most [`MAX_KEEPER_CUT`].
    pub bps: Bps,
    /// At most this much a harvest, in attoFIL.
    pub cap: TokenAmount,
}

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
    /// Who runs the miners.
    pub operator: Address,
    /// What keepers get.
    pub keeper_cut: KeeperCut,
}

/// A miner by any of its addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerParams {
    /// The miner.
    pub miner: Address,
}

/// What custody of a miner brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TakeOwnerReturn {
    /// Measured backing, in attoFIL, credited to the operator's bond.
    pub backing: TokenAmount,
}

/// As `storagepower.CreateMiner`, without the owner: that is the proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreateMinerParams {
    /// A BLS account that signs for the miner.
    pub worker: Address,
    /// `RegisteredPoStProof` of the sector size.
    pub window_post_proof_type: i64,
    /// libp2p peer ID; may be empty.
    pub peer_id: ByteBuf,
    /// libp2p addresses; may be none.
    pub multiaddrs: Vec<ByteBuf>,
}

/// The miner that was born.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreateMinerReturn {
    /// Its ID.
    pub miner: ActorID,
    /// Measured backing, in attoFIL, credited to the operator's bond.
    pub backing: TokenAmount,
}

/// How much goes to which miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PledgeParams {
    /// The miner.
    pub miner: Address,
    /// attoFIL drawn from the pool.
    pub amount: TokenAmount,
}

/// What a harvest brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct HarvestReturn {
    /// attoFIL of reward that left the miner, the keeper's cut included.
    pub reward: TokenAmount,
    /// attoFIL of principal that came home.
    pub home: TokenAmount,
    /// Backing after the harvest.
    pub backing: TokenAmount,
}

/// How much principal to take from which miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ReturnPrincipalParams {
    /// The miner.
    pub miner: Address,
    /// attoFIL at most.
    pub amount: TokenAmount,
}

/// What came home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ReturnPrincipalReturn {
    /// attoFIL of principal that are liquid now.
    pub returned: TokenAmount,
}

/// What was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct WriteOffReturn {
    /// attoFIL of principal that are a final loss now.
    pub written_off: TokenAmount,
}

/// How many miners to harvest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SyncParams {
    /// At most this many, those tried longest ago first.
    pub max_miners: u32,
}

/// How many miners were harvested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SyncReturn {
    /// Miners tried.
    pub measured: u32,
}

/// FIL that reached the proxy by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SweepReturn {
    /// attoFIL passed on to the pool as reward.
    pub amount: TokenAmount,
}

/// As the miner's `ChangeWorkerAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeWorkerAddressParams {
    /// The miner.
    pub miner: Address,
    /// A BLS account; takes effect after the network's delay, by `ConfirmChangeWorkerAddress`.
    pub new_worker: Address,
    /// All control addresses from now on: the old ones are overwritten.
    pub control_addresses: Vec<Address>,
}

/// As the miner's `ChangePeerID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangePeerIDParams {
    /// The miner.
    pub miner: Address,
    /// libp2p peer ID.
    pub peer_id: ByteBuf,
}

/// As the miner's `ChangeMultiaddrs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ChangeMultiaddrsParams {
    /// The miner.
    pub miner: Address,
    /// libp2p addresses.
    pub multiaddrs: Vec<ByteBuf>,
}

/// The new operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SetOperatorParams {
    /// Must exist on chain.
    pub operator: Address,
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetConfigReturn {
    /// Who runs the miners.
    pub operator: ActorID,
    /// What keepers get.
    pub keeper_cut: KeeperCut,
    /// How many miners are held.
    pub miners: u32,
    /// A miner governance approved, which `TakeOwner` has not taken yet.
    pub approved: Option<ActorID>,
}

/// A miner's books as of its last measurement; amounts in attoFIL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerInfo {
    /// The miner.
    pub miner: ActorID,
    /// What was put in and neither came home nor was written off.
    pub principal: TokenAmount,
    /// Principal not covered by backing.
    pub impaired: TokenAmount,
    /// Principal not covered by backing and rewards still vesting.
    pub impaired_net: TokenAmount,
    /// Pledged, deposited for precommits, or free, as measured.
    pub backing: TokenAmount,
    /// Rewards not yet vested, as measured.
    pub vesting: TokenAmount,
    /// Reward a harvest would have taken at the last measurement and did not.
    pub harvestable: TokenAmount,
    /// Epoch of the last complete measurement.
    pub measured_at: ChainEpoch,
    /// Epoch of custody.
    pub custody_at: ChainEpoch,
    /// Rewards that still vest for the operator, from before custody.
    pub legacy_vesting: TokenAmount,
    /// Epoch of the last harvest tried.
    pub tried_at: ChainEpoch,
    /// Since when a complete measurement fails; `None` when settled.
    pub unsettled_since: Option<ChainEpoch>,
    /// A change of worker under way: the new worker and the epoch from which it can be confirmed.
    pub pending_worker: Option<PendingWorker>,
    /// Governance wrote a loss of it off: it leaves the list once nothing is left in it.
    pub closing: bool,
}

/// A change of worker the network makes wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PendingWorker {
    /// The new worker.
    pub worker: ActorID,
    /// It can be confirmed from this epoch on.
    pub effective_at: ChainEpoch,
}

methods! {
    with common;
    /// Confirms the hand-over of a miner whose owner proposed this proxy, and credits what backs it to the operator's bond.
    "TakeOwner" TakeOwner [change] Operator (MinerParams) -> TakeOwnerReturn;
    /// Creates a miner owned by the proxy from birth; the value pays the network's deposit, and more stays with the miner.
    "CreateMiner" CreateMiner [payable] Operator (CreateMinerParams) -> CreateMinerReturn;
    /// Draws FIL from the pool and sends it to a settled miner, as principal.
    "Pledge" Pledge [change] Operator (PledgeParams) -> ();
    /// Measures a miner, withdraws its rewards, books everything with the pool; pays the caller the keeper's cut.
    "Harvest" Harvest [change] Anyone (MinerParams) -> HarvestReturn;
    /// Harvests the miners tried longest ago.
    "Sync" Sync [change] Anyone (SyncParams) -> SyncReturn;
    /// Brings idle principal of a miner home, beyond what exits need.
    "ReturnPrincipal" ReturnPrincipal [change] OperatorOrGovernance (ReturnPrincipalParams) -> ReturnPrincipalReturn;
    /// Passes FIL that reached the proxy by itself (such as deal income) to the pool as reward.
    "Sweep" Sweep [change] Anyone (()) -> SweepReturn;
    /// Changes worker and control addresses; confirms a due change first, refuses while one is pending.
    "ChangeWorkerAddress" ChangeWorkerAddress [change] Operator (ChangeWorkerAddressParams) -> ();
    /// Confirms a change of worker that is due.
    "ConfirmChangeWorkerAddress" ConfirmChangeWorkerAddress [change] Anyone (MinerParams) -> ();
    /// Has a miner pay its fee debt out of what is available to it.
    "RepayDebt" RepayDebt [change] Anyone (MinerParams) -> ();
    /// Changes the peer ID.
    "ChangePeerID" ChangePeerID [change] Operator (ChangePeerIDParams) -> ();
    /// Changes the multiaddresses.
    "ChangeMultiaddrs" ChangeMultiaddrs [change] Operator (ChangeMultiaddrsParams) -> ();
    /// Allows one `TakeOwner` of a miner although others than the bond hold shares.
    "ApproveMiner" ApproveMiner [change] Governance (MinerParams) -> ();
    /// Makes principal beyond a miner's backing and vesting rewards a final loss. The miner stays harvestable.
    "WriteOff" WriteOff [change] Governance (MinerParams) -> WriteOffReturn;
    /// Names another operator.
    "SetOperator" SetOperator [change] Governance (SetOperatorParams) -> ();
    /// Sets what keepers get.
    "SetKeeperCut" SetKeeperCut [change] Governance (KeeperCut) -> ();
    /// The settings.
    "GetConfig" GetConfig [read] Anyone (()) -> GetConfigReturn;
    /// A miner's books.
    "GetMiner" GetMiner [read] Anyone (MinerParams) -> MinerInfo;
    /// All miners' books, at most 32, by ascending ID.
    "ListMiners" ListMiners [read] Anyone (()) -> Vec<MinerInfo>;
}
