//! The part of the storage power actor that Peggy calls (builtin-actors v18).

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

/// The singleton's ID.
pub const POWER_ACTOR_ID: ActorID = 4;

/// Parameters of `CreateMiner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreateMinerParams {
    /// Owner of the new miner.
    pub owner: Address,
    /// A BLS account.
    pub worker: Address,
    /// `RegisteredPoStProof` of the sector size.
    pub window_post_proof_type: i64,
    /// libp2p peer ID.
    pub peer: ByteBuf,
    /// libp2p addresses.
    pub multiaddrs: Vec<ByteBuf>,
}

/// The new miner's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreateMinerReturn {
    /// f0 address.
    pub id_address: Address,
    /// f2 address.
    pub robust_address: Address,
}

methods! {
    /// Creates a miner; the value pays the network's deposit (FIP-0077).
    "CreateMiner" CreateMiner [payable] Anyone (CreateMinerParams) -> CreateMinerReturn;
}
