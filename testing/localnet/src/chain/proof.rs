//! Proof that a message was executed, and with which receipt, for whoever knows one CID of the chain.
//!
//! What is trusted is the tipset *after* the one that holds the message (its key's CID, as an actor gets it from `tipset_cid`, or
//! one of its blocks): its header names its parents, and the root of their messages' receipts. Everything else is in the proof
//! and checked by hashing. Consensus vouches for what a block in an accepted tipset says; the proof leans on these rules, which
//! nodes enforce on every block (Filecoin specification, "Message", "Tipset" and "Block validation"):
//!
//! - The child's `parents` are the blocks of the parent tipset, by ticket; its `parent_message_receipts` is the root of the
//!   receipts of the messages *executed* there, in order of execution.
//! - Messages are executed block by block, a block's BLS messages before its signed ones, each with its own receipt. A message
//!   whose sender and nonce came before is dropped, and has none.
//! - In each block, a sender's nonces go up by one from the sender's nonce in the parent state.
//!
//! A message's place in the blocks is thus not its receipt's index: dropped duplicates shift everything behind them, and nobody
//! may choose what was dropped. The verifier never takes the prover's word for it, but counts. The root of the receipts says how
//! many messages were executed, the roots of the message lists how many there are:
//!
//! 1. Equal: nothing was dropped, and the place is the index. The lists' roots suffice.
//! 2. More messages: a message with the same CID as an earlier one was certainly dropped. If that explains the difference,
//!    nothing else was. This takes the lists' nodes, but no message besides the one proven.
//! 3. Still more: two messages of one sender with the same nonce (one replaced the other at some nodes). The proof shows both;
//!    the later one was certainly dropped.
//!
//! In each step what is left contains everything that was executed, in order; as soon as the numbers agree, it is exactly that.
//! Where they never agree there is no proof: only if the two messages of step 3 name their sender by different addresses (an ID
//! and a key), which only a look into the state could tell.
//!
//! The verifying half (this file's `verify` and the modules below but `make`) knows neither network nor store and takes the hash
//! function as an argument, so that an actor can use it as it is, with the hashing syscall.

mod array;
mod cbor;
mod make;
mod walk;
mod witness;

use cid::Cid;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::event::StampedEvent;
use fvm_shared::message::Message;
use fvm_shared::receipt::Receipt;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};
use thiserror::Error;

use witness::Replay;

/// The format's version, first in every proof.
const VERSION: u64 = 1;

/// What the verifier knows of the chain: the tipset whose parents hold the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// CID of the tipset's key (FIP-0054), as an actor gets it from `tipset_cid`.
    ///
    /// For the epoch of a null round that syscall answers with the tipset before, so look at
    /// [`VerifiedMessage::executed_before`] if the epoch matters.
    TipsetKey(Cid),
    /// CID of any one of the tipset's blocks.
    Block(Cid),
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProofError {
    /// The bytes are no proof.
    #[error("these bytes are not a proof of version {VERSION}")]
    NotAProof,
    /// A CID of another codec or hash than Filecoin's blocks have.
    #[error("a link is not the blake2b-256 CID of a DAG-CBOR block")]
    ForeignLink,
    /// A block is not in the proof, or not in its place.
    #[error("the proof lacks the block that a link asks for")]
    WrongBlock,
    /// More blocks than needed: there is one proof of one message only.
    #[error("the proof holds blocks that prove nothing")]
    SurplusBlocks,
    /// A block has another form than its place requires.
    #[error("a block of the proof is no {0}")]
    Malformed(&'static str),
    /// The parents do not stand in the order of execution, or not below the child.
    #[error("the blocks are not those of one tipset in its order")]
    NotATipset,
    /// There is no such message.
    #[error("the tipset has no message at this position")]
    NoSuchMessage,
    /// The message is a duplicate and was not executed.
    #[error("the message was dropped as a duplicate and has no receipt")]
    Dropped,
    /// A claimed pair of messages is not of one sender with one nonce, or was settled before.
    #[error("two messages of which one is claimed to be dropped do not exclude each other")]
    NotInConflict,
    /// Events are claimed to be shown for a message that emitted none.
    #[error("the message emitted no events that could be shown")]
    NoEvents,
    /// It can't be told which messages were executed.
    #[error("{messages} messages are left for {receipts} receipts: which of them were executed is not shown")]
    Ambiguous {
        /// Messages that may have been executed.
        messages: u64,
        /// Messages that were.
        receipts: u64,
    },
}

/// A message that was executed, and what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedMessage {
    /// The CID under which the chain knows the message. The same message can be proven again and again: who pays for proofs keeps
    /// these.
    pub cid: Cid,
    /// The message, with addresses as its sender wrote them: one actor has several. It did what it says only if the receipt's exit
    /// code is zero.
    pub message: Message,
    /// Its receipt.
    pub receipt: Receipt,
    /// The receipt's index, which is the message's place in the order of execution.
    pub index: u64,
    /// Its events; `None` if there are some and the proof is without them.
    pub events: Option<Vec<StampedEvent>>,
    /// Epoch of the tipset that holds the message.
    pub height: ChainEpoch,
    /// Epoch of the trusted tipset, which has the receipt.
    pub executed_before: ChainEpoch,
}

/// Two messages of one sender with one nonce, by position: the later one was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
struct Conflict {
    earlier: u64,
    later: u64,
}

/// What is claimed, apart from the blocks that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
struct Claim {
    version: u64,
    /// Among all messages of all blocks of the tipset, in order, duplicates included.
    position: u64,
    /// Whether the events are shown too.
    events: bool,
    /// By ascending `later`.
    conflicts: Vec<Conflict>,
}

/// A proof that a message was executed; see the [module](self).
///
/// In DAG-CBOR `[version, position, events, [[earlier, later]], [block]]`. The blocks stand in the order in which the verifier
/// first needs them, each once, so that a message has one proof and no byte of it is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageProof {
    claim: Claim,
    blocks: Vec<RawBytes>,
}

impl MessageProof {
    /// Checks the proof against what is trusted, with nothing else to look at.
    ///
    /// `blake2b_256` is the hash function: in an actor the syscall.
    pub fn verify(
        &self,
        trusted: &Trusted,
        blake2b_256: impl Fn(&[u8]) -> [u8; 32],
    ) -> Result<VerifiedMessage, ProofError> {
        let mut source = Replay::new(&self.blocks, blake2b_256);
        let verified = walk::walk(&mut source, trusted, &self.claim)?;
        source.finish()?;
        Ok(verified)
    }

    /// The proof as DAG-CBOR.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofError> {
        let Claim { version, position, events, conflicts } = &self.claim;
        to_vec(&(version, position, events, conflicts, &self.blocks)).map_err(|_| ProofError::NotAProof)
    }

    /// Reads a proof; other bytes than [`Self::to_bytes`] gives are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        let (version, position, events, conflicts, blocks) = from_slice(bytes).map_err(|_| ProofError::NotAProof)?;
        let proof = Self { claim: Claim { version, position, events, conflicts }, blocks };
        // DAG-CBOR decoders forgive longer forms of a number; a proof has one form.
        if version != VERSION || proof.to_bytes()? != bytes {
            return Err(ProofError::NotAProof);
        }
        Ok(proof)
    }

    /// How many replaced messages the proof shows; see step 3 of the [module](self)'s doc.
    pub fn conflict_count(&self) -> usize {
        self.claim.conflicts.len()
    }

    /// How many blocks of the chain the proof holds.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }
}
