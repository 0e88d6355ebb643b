//! Tipsets: the blocks of one epoch that share their parents.

use anyhow::{ensure, Context};
use cid::Cid;
use fvm_ipld_encoding::strict_bytes;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use serde::{Deserialize, Serialize};

use super::BlockHeader;
use crate::keys::blake2b_256;
use crate::message::encode;
use crate::store::dag_cbor_cid;

/// The CIDs of a tipset's blocks, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TipsetKey(pub Vec<Cid>);

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct KeyBytes(#[serde(with = "strict_bytes")] Vec<u8>);

impl TipsetKey {
    /// The block that stands for the key: one CBOR byte string of the CIDs, concatenated (FIP-0054).
    pub fn to_block(&self) -> Vec<u8> {
        encode(&KeyBytes(self.0.iter().flat_map(Cid::to_bytes).collect()))
    }

    /// CID of the key (FIP-0054): what `tipset_cid` answers to actors.
    pub fn cid(&self) -> Cid {
        dag_cbor_cid(&self.to_block())
    }
}

/// Blocks of one epoch, ordered by ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tipset {
    blocks: Vec<BlockHeader>,
    key: TipsetKey,
}

impl Tipset {
    /// Puts blocks into their order and checks that they belong together.
    pub fn new(mut blocks: Vec<BlockHeader>) -> anyhow::Result<Self> {
        let first = blocks.first().context("a tipset has at least one block")?;
        for block in &blocks {
            ensure!(block.height == first.height, "the blocks of a tipset have one height");
            ensure!(block.parents == first.parents, "the blocks of a tipset have the same parents");
            ensure!(block.parent_state_root == first.parent_state_root, "the blocks of a tipset follow the same state");
            ensure!(block.parent_base_fee == first.parent_base_fee, "the blocks of a tipset have the same base fee");
        }
        // By the hash of the ticket, then by CID: as nodes order them.
        blocks.sort_by_cached_key(|b| (b.ticket.as_ref().map(|t| blake2b_256(&t.vrf_proof)), b.cid().to_bytes()));
        let key = TipsetKey(blocks.iter().map(BlockHeader::cid).collect());
        Ok(Self { blocks, key })
    }

    /// The blocks, in the order their messages are executed.
    pub fn blocks(&self) -> &[BlockHeader] {
        &self.blocks
    }

    /// The key.
    pub fn key(&self) -> &TipsetKey {
        &self.key
    }

    /// Epoch.
    pub fn height(&self) -> ChainEpoch {
        self.first().height
    }

    /// State this tipset's messages start from.
    pub fn parent_state(&self) -> Cid {
        self.first().parent_state_root
    }

    /// Receipts of the parent's messages.
    pub fn parent_receipts(&self) -> Cid {
        self.first().parent_message_receipts
    }

    /// Key of the parent.
    pub fn parents(&self) -> TipsetKey {
        TipsetKey(self.first().parents.clone())
    }

    /// Base fee this tipset's messages pay.
    pub fn base_fee(&self) -> &TokenAmount {
        &self.first().parent_base_fee
    }

    /// The earliest time any of the blocks claims, in Unix seconds; all are equal here.
    pub fn timestamp(&self) -> u64 {
        self.blocks.iter().map(|b| b.timestamp).min().unwrap_or_default()
    }

    /// The first block; `new` saw to it that there is one.
    pub fn first(&self) -> &BlockHeader {
        &self.blocks[0]
    }
}
