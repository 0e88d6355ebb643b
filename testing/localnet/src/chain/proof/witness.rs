//! Where the blocks come from: the verifier's come out of the proof, the prover's out of a store.

use std::collections::BTreeMap;

use fvm_ipld_encoding::RawBytes;

use super::ProofError;

/// A blake2b-256 hash: all that differs between the CIDs of the chain's blocks.
pub(super) type Digest = [u8; 32];

/// Gives blocks by hash.
pub(super) trait Source {
    /// The block with this hash.
    fn load(&mut self, wanted: &Digest) -> Result<&[u8], ProofError>;

    /// The hash of what is no block: a ticket.
    fn hash(&self, bytes: &[u8]) -> Digest;
}

/// The blocks of a proof, taken in order; each is hashed once.
pub(super) struct Replay<'a, H> {
    rest: std::slice::Iter<'a, RawBytes>,
    seen: BTreeMap<Digest, &'a [u8]>,
    hash: H,
}

impl<'a, H: Fn(&[u8]) -> Digest> Replay<'a, H> {
    pub fn new(blocks: &'a [RawBytes], hash: H) -> Self {
        Self { rest: blocks.iter(), seen: BTreeMap::new(), hash }
    }

    /// Every block must have been of use.
    pub fn finish(mut self) -> Result<(), ProofError> {
        if self.rest.next().is_some() {
            return Err(ProofError::SurplusBlocks);
        }
        Ok(())
    }
}

impl<H: Fn(&[u8]) -> Digest> Source for Replay<'_, H> {
    fn load(&mut self, wanted: &Digest) -> Result<&[u8], ProofError> {
        // Blocks of one tipset often hold the same messages, and then share nodes.
        if let Some(known) = self.seen.get(wanted) {
            return Ok(known);
        }
        let next = self.rest.next().ok_or(ProofError::WrongBlock)?.bytes();
        if (self.hash)(next) != *wanted {
            return Err(ProofError::WrongBlock);
        }
        self.seen.insert(*wanted, next);
        Ok(next)
    }
    fn hash(&self, bytes: &[u8]) -> Digest {
        (self.hash)(bytes)
    }
}
