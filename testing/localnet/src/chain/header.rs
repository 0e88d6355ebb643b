//! Block headers: a CBOR tuple of 16 fields.

use cid::Cid;
use fvm_ipld_encoding::strict_bytes;
use fvm_shared::address::Address;
use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::message::{encode, Signature};
use crate::store::dag_cbor_cid;

/// What orders the blocks of a tipset and feeds the chain's randomness. On this network a hash, not a VRF: there is no
/// election to be won here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Ticket {
    /// The proof's bytes.
    #[serde(with = "strict_bytes")]
    pub vrf_proof: Vec<u8>,
}

/// How often the miner won in this epoch; each win earns a share of the block reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ElectionProof {
    /// Number of wins.
    pub win_count: i64,
    /// The proof's bytes (a hash here).
    #[serde(with = "strict_bytes")]
    pub vrf_proof: Vec<u8>,
}

/// An entry of the randomness beacon (a hash here, one per epoch).
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BeaconEntry {
    /// The beacon's round.
    pub round: u64,
    /// The beacon's bytes.
    #[serde(with = "strict_bytes")]
    pub data: Vec<u8>,
}

/// A winning proof of spacetime. Blocks of this network have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PoStProof {
    /// Registered proof type.
    pub post_proof: i64,
    /// The proof's bytes.
    #[serde(with = "strict_bytes")]
    pub proof_bytes: Vec<u8>,
}

/// A block, without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BlockHeader {
    /// ID address of the miner.
    pub miner: Address,
    /// Ticket; every block has one.
    pub ticket: Option<Ticket>,
    /// Proof of the election's win.
    pub election_proof: Option<ElectionProof>,
    /// New entries of the beacon since the parent.
    pub beacon_entries: Vec<BeaconEntry>,
    /// Winning proofs of spacetime.
    pub win_post_proof: Vec<PoStProof>,
    /// CIDs of the parent tipset's blocks.
    pub parents: Vec<Cid>,
    /// Weight of the chain up to the parents.
    #[serde(with = "bigint_ser")]
    pub parent_weight: BigInt,
    /// Epoch.
    pub height: ChainEpoch,
    /// State after executing the parents.
    pub parent_state_root: Cid,
    /// Receipts of the parents' messages.
    pub parent_message_receipts: Cid,
    /// Link to `[bls_root, secp_root]`.
    pub messages: Cid,
    /// Aggregate of the BLS messages' signatures.
    pub bls_aggregate: Option<Signature>,
    /// Unix time in seconds.
    pub timestamp: u64,
    /// The worker's signature over the header without this field.
    pub block_sig: Option<Signature>,
    /// Unused.
    pub fork_signaling: u64,
    /// Base fee at which this block's messages are executed.
    pub parent_base_fee: TokenAmount,
}

impl BlockHeader {
    /// The header's block on chain.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// The header's CID.
    pub fn cid(&self) -> Cid {
        dag_cbor_cid(&self.to_bytes())
    }

    /// What the worker signs.
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut unsigned = self.clone();
        unsigned.block_sig = None;
        unsigned.to_bytes()
    }
}
