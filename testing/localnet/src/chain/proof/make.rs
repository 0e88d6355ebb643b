//! Making proofs, from a store that has the chain's blocks.

use std::collections::{HashMap, HashSet};

use anyhow::{bail, Context};
use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::RawBytes;

use crate::keys::blake2b_256;

use super::cbor::{cid_bytes, digest_of};
use super::walk::{count, first_of_each, walk, Executed};
use super::witness::{Digest, Source};
use super::{Claim, Conflict, MessageProof, ProofError, Trusted, VERSION};

/// Reads a store and keeps what it read, in order.
struct Recorder<'a, S> {
    store: &'a S,
    seen: HashSet<Digest>,
    blocks: Vec<RawBytes>,
    last: Vec<u8>,
}

impl<'a, S: Blockstore> Recorder<'a, S> {
    fn new(store: &'a S) -> Self {
        Self { store, seen: HashSet::new(), blocks: Vec::new(), last: Vec::new() }
    }
}

impl<S: Blockstore> Source for Recorder<'_, S> {
    fn load(&mut self, wanted: &Digest) -> Result<&[u8], ProofError> {
        let cid = Cid::try_from(&cid_bytes(wanted)[..]).map_err(|_| ProofError::ForeignLink)?;
        // A store that fails and one that lacks the block come to the same here.
        self.last = self.store.get(&cid).ok().flatten().ok_or(ProofError::WrongBlock)?;
        if self.seen.insert(*wanted) {
            self.blocks.push(RawBytes::new(self.last.clone()));
        }
        Ok(&self.last)
    }

    fn hash(&self, bytes: &[u8]) -> Digest {
        blake2b_256(bytes)
    }
}

impl MessageProof {
    /// A proof for the message that the chain knows as `message`, executed in the parents of `trusted`; with its events, if
    /// asked for and there are some.
    ///
    /// The store must have headers, messages, receipts and events of that tipset, and the block of the tipset key if that is
    /// what is trusted. Fails if the message is not there, or for the reasons a [`ProofError`] names.
    pub fn make<S: Blockstore>(store: &S, trusted: &Trusted, message: &Cid, events: bool) -> anyhow::Result<Self> {
        let wanted = digest_of(&message.to_bytes())?;
        let mut scratch = Recorder::new(store);
        let executed = Executed::load(&mut scratch, trusted).context("the tipset and its parents")?;
        let links = executed.links(&mut scratch).context("the tipset's messages")?;
        // Wherever else it stands, it was executed the first time.
        let Some(position) = links.iter().position(|link| *link == wanted) else {
            bail!("message {message} is not among the {} of this tipset", links.len())
        };
        let conflicts = conflicts(&mut scratch, &executed, &links)?;
        let mut claim = Claim { version: VERSION, position: position as u64, events: false, conflicts };
        let mut recorder = Recorder::new(store);
        let verified = walk(&mut recorder, trusted, &claim)?;
        if events && verified.receipt.events_root.is_some() {
            claim.events = true;
            recorder = Recorder::new(store);
            walk(&mut recorder, trusted, &claim).context("the message's events")?;
        }
        Ok(Self { claim, blocks: recorder.blocks })
    }
}

/// The messages that were dropped for another one of the same sender and nonce, if CIDs alone leave too many.
fn conflicts<S: Source>(source: &mut S, executed: &Executed, links: &[Digest]) -> Result<Vec<Conflict>, ProofError> {
    let kept = first_of_each(links);
    let mut conflicts = Vec::new();
    if count(&kept) == executed.receipts.count() {
        return Ok(conflicts);
    }
    let mut first = HashMap::new();
    for later in (0..links.len()).filter(|i| kept[*i]) {
        let message = executed.message(source, links, later as u64)?;
        let earlier = *first.entry((message.from, message.sequence)).or_insert(later);
        if earlier != later {
            conflicts.push(Conflict { earlier: earlier as u64, later: later as u64 });
        }
    }
    Ok(conflicts)
}
