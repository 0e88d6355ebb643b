//! Blocks, tipsets and what they hold.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MessageJson, SignatureJson, SignedMessageJson};
use crate::rpc::text::{atto, AddressJson, CidJson};

/// A block, without its messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockHeaderJson {
    /// Miner.
    pub miner: AddressJson,
    /// `{VRFProof}`.
    pub ticket: Option<Value>,
    /// `{WinCount, VRFProof}`.
    pub election_proof: Option<Value>,
    /// `[{Round, Data}]`.
    pub beacon_entries: Vec<Value>,
    /// `[{PoStProof, ProofBytes}]`.
    #[serde(rename = "WinPoStProof")]
    pub win_post_proof: Vec<Value>,
    /// Parents' blocks.
    pub parents: Vec<CidJson>,
    /// Decimal text.
    pub parent_weight: String,
    /// Epoch.
    pub height: ChainEpoch,
    /// State after the parents.
    pub parent_state_root: CidJson,
    /// Receipts of the parents' messages.
    pub parent_message_receipts: CidJson,
    /// Link to both message lists.
    pub messages: CidJson,
    /// Aggregate signature of the BLS messages.
    #[serde(rename = "BLSAggregate")]
    pub bls_aggregate: Option<SignatureJson>,
    /// Unix seconds.
    pub timestamp: u64,
    /// The worker's signature.
    pub block_sig: Option<SignatureJson>,
    /// Unused.
    pub fork_signaling: u64,
    /// attoFIL per unit of gas.
    #[serde(with = "atto")]
    pub parent_base_fee: TokenAmount,
}

/// A tipset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TipsetJson {
    /// Its key.
    pub cids: Vec<CidJson>,
    /// Its blocks, in the order of the key.
    pub blocks: Vec<BlockHeaderJson>,
    /// Epoch.
    pub height: ChainEpoch,
}

/// A message and its CID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ApiMessageJson {
    /// CID on chain.
    pub cid: CidJson,
    /// The message.
    pub message: MessageJson,
}

/// The messages of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockMessagesJson {
    /// Unsigned, in order.
    pub bls_messages: Vec<MessageJson>,
    /// Signed, in order.
    pub secpk_messages: Vec<SignedMessageJson>,
    /// CIDs of both, in order.
    pub cids: Vec<CidJson>,
}
