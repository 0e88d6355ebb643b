//! The chain's formats: what a node would find byte by byte on a real network.

mod base_fee;
mod header;
pub mod proof;
mod roots;
mod tipset;

pub use base_fee::next_base_fee;
pub use header::{BeaconEntry, BlockHeader, ElectionProof, PoStProof, Ticket};
pub use roots::{
    load_events, load_message_cids, load_receipts, message_meta, put_events, receipts_root, BlockMessages,
};
pub use tipset::{Tipset, TipsetKey};

/// Seconds between epochs.
pub const EPOCH_SECONDS: u64 = 30;
/// Most gas the messages of a block may ask for together.
pub const BLOCK_GAS_LIMIT: u64 = 10_000_000_000;
