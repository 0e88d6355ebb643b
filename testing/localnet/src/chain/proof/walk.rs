//! The way from what is trusted to message and receipt. The prover goes it too, and keeps the blocks it needed.

use std::collections::BTreeSet;

use cid::Cid;
use fvm_ipld_encoding::from_slice;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::event::StampedEvent;
use fvm_shared::message::Message;
use fvm_shared::receipt::Receipt;

use super::array::Array;
use super::cbor::{cid_bytes, digest_of, Reader};
use super::witness::{Digest, Source};
use super::{Claim, Conflict, ProofError, Trusted, VerifiedMessage};

const BLOCK: &str = "block header";
const KEY: &str = "tipset key";
/// Bytes of a CID.
const CID_LENGTH: usize = 38;
const MESSAGE: &str = "message";
const RECEIPT: &str = "receipt";

/// What is of interest in a block header.
struct Header {
    ticket: Vec<u8>,
    parents: Vec<Digest>,
    height: ChainEpoch,
    receipts: Digest,
    messages: Digest,
}

/// One of a block's two lists of messages.
pub(super) struct List {
    array: Array,
    /// Whether its messages carry their signature.
    signed: bool,
}

/// The messages of a tipset, and the receipts its child has for them.
pub(super) struct Executed {
    /// In order of execution.
    pub lists: Vec<List>,
    pub receipts: Array,
    pub height: ChainEpoch,
    pub child_height: ChainEpoch,
}

/// Checks `claim`, on blocks that `source` vouches for.
pub(super) fn walk(source: &mut impl Source, trusted: &Trusted, claim: &Claim) -> Result<VerifiedMessage, ProofError> {
    let executed = Executed::load(source, trusted)?;
    let (index, link) = executed.index(source, claim)?;
    let (list, _) = executed.place(claim.position)?;
    let message = load_message(source, &link, list.signed)?;
    let receipt = executed.receipts.get(source, index)?;
    let receipt: Receipt = from_slice(&receipt).map_err(|_| ProofError::Malformed(RECEIPT))?;
    let events = match (&receipt.events_root, claim.events) {
        (None, false) => Some(Vec::new()),
        // The claim has one form.
        (None, true) => return Err(ProofError::NoEvents),
        (Some(_), false) => None,
        (Some(root), true) => Some(load_events(source, root)?),
    };
    let cid = Cid::try_from(&cid_bytes(&link)[..]).map_err(|_| ProofError::ForeignLink)?;
    let (height, executed_before) = (executed.height, executed.child_height);
    Ok(VerifiedMessage { cid, message, receipt, index, events, height, executed_before })
}

impl Executed {
    pub fn load(source: &mut impl Source, trusted: &Trusted) -> Result<Self, ProofError> {
        let child = match trusted {
            Trusted::Block(cid) => digest_of(&cid.to_bytes())?,
            // Every block of a tipset says the same of its parents; the first one is as good as any.
            Trusted::TipsetKey(cid) => first_of_key(source.load(&digest_of(&cid.to_bytes())?)?)?,
        };
        let child = Header::read(source.load(&child)?)?;
        let mut blocks = Vec::new();
        let mut order = Vec::new();
        for parent in &child.parents {
            let block = Header::read(source.load(parent)?)?;
            order.push((source.hash(&block.ticket), *parent));
            blocks.push(block);
        }
        let height = blocks.first().ok_or(ProofError::NotATipset)?.height;
        // By the hash of the ticket, then by CID. Nodes execute them in this order, however the child names them.
        let ordered = order.windows(2).all(|pair| pair[0] < pair[1]);
        if !ordered || height >= child.height || blocks.iter().any(|b| b.height != height) {
            return Err(ProofError::NotATipset);
        }
        let receipts = Array::v0(source, &child.receipts, "list of receipts")?;
        let mut lists = Vec::new();
        for block in &blocks {
            let mut meta = Reader::new(source.load(&block.messages)?, "pair of message lists");
            meta.tuple(2)?;
            let (bls, secp) = (meta.link()?, meta.link()?);
            meta.end()?;
            for (root, signed) in [(bls, false), (secp, true)] {
                lists.push(List { array: Array::v0(source, &root, "list of messages")?, signed });
            }
        }
        Ok(Self { lists, receipts, height, child_height: child.height })
    }

    /// All messages of all blocks, duplicates included.
    pub fn total(&self) -> u64 {
        self.lists.iter().map(|l| l.array.count()).fold(0, u64::saturating_add)
    }

    /// The list a position is in, and the index there.
    fn place(&self, position: u64) -> Result<(&List, u64), ProofError> {
        let mut left = position;
        for list in &self.lists {
            match left.checked_sub(list.array.count()) {
                None => return Ok((list, left)),
                Some(rest) => left = rest,
            }
        }
        Err(ProofError::NoSuchMessage)
    }

    /// The hashes of all messages, duplicates included.
    pub fn links(&self, source: &mut impl Source) -> Result<Vec<Digest>, ProofError> {
        let mut links = Vec::new();
        for list in &self.lists {
            for value in list.array.all(source)? {
                links.push(read_link(&value)?);
            }
        }
        Ok(links)
    }

    /// The message at a position.
    pub fn message(&self, source: &mut impl Source, links: &[Digest], at: u64) -> Result<Message, ProofError> {
        let link = usize::try_from(at).ok().and_then(|i| links.get(i)).ok_or(ProofError::NoSuchMessage)?;
        load_message(source, link, self.place(at)?.0.signed)
    }

    /// The index of the claimed message's receipt, and the message's hash. The module's doc says why this is sound.
    fn index(&self, source: &mut impl Source, claim: &Claim) -> Result<(u64, Digest), ProofError> {
        let (messages, receipts) = (self.total(), self.receipts.count());
        if messages == receipts {
            if !claim.conflicts.is_empty() {
                return Err(ProofError::NotInConflict);
            }
            let (list, offset) = self.place(claim.position)?;
            return Ok((claim.position, read_link(&list.array.get(source, offset)?)?));
        }
        let links = self.links(source)?;
        let mut kept = first_of_each(&links);
        for (i, conflict) in claim.conflicts.iter().enumerate() {
            // One order, so that there is one proof.
            if claim.conflicts[..i].last().is_some_and(|before| before.later >= conflict.later) {
                return Err(ProofError::NotInConflict);
            }
            self.settle(source, &links, &mut kept, conflict)?;
        }
        let left = count(&kept);
        if left != receipts {
            return Err(ProofError::Ambiguous { messages: left, receipts });
        }
        let position = usize::try_from(claim.position).map_err(|_| ProofError::NoSuchMessage)?;
        let link = links.get(position).ok_or(ProofError::NoSuchMessage)?;
        if !kept[position] {
            return Err(ProofError::Dropped);
        }
        Ok((count(&kept[..position]), *link))
    }

    /// Drops the later of two messages that are both left, if sender and nonce are the same.
    fn settle(
        &self,
        source: &mut impl Source,
        links: &[Digest],
        kept: &mut [bool],
        conflict: &Conflict,
    ) -> Result<(), ProofError> {
        let at = |position: u64| usize::try_from(position).ok().filter(|i| kept.get(*i) == Some(&true));
        let (Some(earlier), Some(later)) = (at(conflict.earlier), at(conflict.later)) else {
            return Err(ProofError::NotInConflict);
        };
        let one = self.message(source, links, conflict.earlier)?;
        let other = self.message(source, links, conflict.later)?;
        if earlier >= later || (one.from, one.sequence) != (other.from, other.sequence) {
            return Err(ProofError::NotInConflict);
        }
        kept[later] = false;
        Ok(())
    }
}

impl Header {
    /// Reads a header: a tuple of 16 fields, of which most are passed over.
    fn read(bytes: &[u8]) -> Result<Self, ProofError> {
        let mut reader = Reader::new(bytes, BLOCK);
        reader.tuple(16)?;
        reader.value()?; // miner
        reader.tuple(1)?;
        let ticket = reader.bytes()?.to_vec();
        for _election_beacon_proofs in 0..3 {
            reader.value()?;
        }
        // Genesis alone has a parent of another kind; nothing was executed before it.
        let parents = (0..reader.array()?).map(|_| reader.link()).collect::<Result<_, _>>()?;
        reader.value()?; // weight
        let height = ChainEpoch::try_from(reader.unsigned()?).map_err(|_| ProofError::Malformed(BLOCK))?;
        reader.value()?; // state
        let (receipts, messages) = (reader.link()?, reader.link()?);
        for _aggregate_time_signature_fork_fee in 0..5 {
            reader.value()?;
        }
        reader.end()?;
        Ok(Self { ticket, parents, height, receipts, messages })
    }
}

/// The first block of a tipset key: a byte string of CIDs, one after the other (FIP-0054).
fn first_of_key(bytes: &[u8]) -> Result<Digest, ProofError> {
    let mut reader = Reader::new(bytes, KEY);
    let cids = reader.bytes()?;
    reader.end()?;
    let first = cids.get(..CID_LENGTH).ok_or(ProofError::Malformed(KEY))?;
    digest_of(first)
}

fn read_link(value: &[u8]) -> Result<Digest, ProofError> {
    let mut reader = Reader::new(value, "link to a message");
    let link = reader.link()?;
    reader.end()?;
    Ok(link)
}

/// A message, from the block of the unsigned one or that of message and signature.
fn load_message(source: &mut impl Source, link: &Digest, signed: bool) -> Result<Message, ProofError> {
    let bytes = source.load(link)?;
    let mut reader = Reader::new(bytes, MESSAGE);
    let message = if signed {
        reader.tuple(2)?;
        let message = reader.value()?;
        reader.bytes()?;
        message
    } else {
        reader.value()?
    };
    reader.end()?;
    from_slice(message).map_err(|_| ProofError::Malformed(MESSAGE))
}

fn load_events(source: &mut impl Source, root: &Cid) -> Result<Vec<StampedEvent>, ProofError> {
    let array = Array::events(source, &digest_of(&root.to_bytes())?)?;
    let values = array.all(source)?;
    values.iter().map(|v| from_slice(v).map_err(|_| ProofError::Malformed("event"))).collect()
}

/// Which of them come for the first time.
pub(super) fn first_of_each(links: &[Digest]) -> Vec<bool> {
    let mut seen = BTreeSet::new();
    links.iter().map(|link| seen.insert(link)).collect()
}

pub(super) fn count(kept: &[bool]) -> u64 {
    kept.iter().filter(|k| **k).count() as u64
}
