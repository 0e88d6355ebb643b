//! The chain's arrays (AMTs), as lists without gaps: messages, receipts, events.
//!
//! A node is `[bitmap, [link], [value]]`. The root is `[height, count, node]` in the first version, whose nodes hold 8 children,
//! and `[width in bits, height, count, node]` in the third (specification, "AMT"). A list that was filled from the front has
//! exactly one form for each length, and any other is refused here, so that an index can't mean two things.

use super::cbor::Reader;
use super::witness::{Digest, Source};
use super::ProofError;

/// Bits of an index a node of the first version decides.
const WIDTH_V0: u64 = 3;
/// The same for events.
const WIDTH_EVENTS: u64 = 5;

/// The root of a list.
pub(super) struct Array {
    width: u64,
    height: u64,
    count: u64,
    root: Node,
    what: &'static str,
}

struct Node {
    links: Vec<Digest>,
    values: Vec<Vec<u8>>,
}

impl Array {
    /// The root of messages or receipts.
    pub fn v0(source: &mut impl Source, root: &Digest, what: &'static str) -> Result<Self, ProofError> {
        let mut reader = Reader::new(source.load(root)?, what);
        reader.tuple(3)?;
        Self::read(reader, WIDTH_V0, what)
    }

    /// The root of events.
    pub fn events(source: &mut impl Source, root: &Digest) -> Result<Self, ProofError> {
        let what = "list of events";
        let mut reader = Reader::new(source.load(root)?, what);
        reader.tuple(4)?;
        if reader.unsigned()? != WIDTH_EVENTS {
            return Err(ProofError::Malformed(what));
        }
        Self::read(reader, WIDTH_EVENTS, what)
    }

    fn read(mut reader: Reader<'_>, width: u64, what: &'static str) -> Result<Self, ProofError> {
        let (height, count) = (reader.unsigned()?, reader.unsigned()?);
        // The lowest tree that holds them all. Heights beyond a u64 of entries have no span.
        let fits = match span(width, height) {
            None => false,
            Some(below) => {
                (height == 0 || count > below) && span(width, height.saturating_add(1)).is_none_or(|all| count <= all)
            }
        };
        if !fits {
            return Err(ProofError::Malformed(what));
        }
        let root = Node::read(&mut reader, width, height, count, what)?;
        reader.end()?;
        Ok(Self { width, height, count, root, what })
    }

    /// How many entries there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The entry at `index`.
    pub fn get(&self, source: &mut impl Source, index: u64) -> Result<Vec<u8>, ProofError> {
        let malformed = ProofError::Malformed(self.what);
        if index >= self.count {
            return Err(ProofError::NoSuchMessage);
        }
        let (mut height, mut entries, mut offset) = (self.height, self.count, index);
        let mut below: Option<Node> = None;
        while height > 0 {
            let node = below.as_ref().unwrap_or(&self.root);
            let size = span(self.width, height).ok_or(malformed)?;
            let child = offset / size;
            let link = *usize::try_from(child).ok().and_then(|i| node.links.get(i)).ok_or(malformed)?;
            entries = size.min(entries - child * size);
            offset %= size;
            height -= 1;
            below = Some(Node::load(source, &link, self.width, height, entries, self.what)?);
        }
        let node = below.as_ref().unwrap_or(&self.root);
        let value = usize::try_from(offset).ok().and_then(|i| node.values.get(i));
        value.cloned().ok_or(malformed)
    }

    /// All entries, in order.
    pub fn all(&self, source: &mut impl Source) -> Result<Vec<Vec<u8>>, ProofError> {
        let mut values = Vec::new();
        self.collect(source, &self.root, self.height, self.count, &mut values)?;
        Ok(values)
    }

    fn collect(
        &self,
        source: &mut impl Source,
        node: &Node,
        height: u64,
        entries: u64,
        values: &mut Vec<Vec<u8>>,
    ) -> Result<(), ProofError> {
        values.extend(node.values.iter().cloned());
        let mut left = entries;
        for link in &node.links {
            let size = span(self.width, height).ok_or(ProofError::Malformed(self.what))?.min(left);
            left -= size;
            let child = Node::load(source, link, self.width, height - 1, size, self.what)?;
            self.collect(source, &child, height - 1, size, values)?;
        }
        Ok(())
    }
}

impl Node {
    fn load(
        source: &mut impl Source,
        link: &Digest,
        width: u64,
        height: u64,
        entries: u64,
        what: &'static str,
    ) -> Result<Self, ProofError> {
        let mut reader = Reader::new(source.load(link)?, what);
        let node = Self::read(&mut reader, width, height, entries, what)?;
        reader.end()?;
        Ok(node)
    }

    /// A node with `entries` entries below it: values if it is a leaf (height 0), else links, the first ones all taken.
    fn read(
        reader: &mut Reader<'_>,
        width: u64,
        height: u64,
        entries: u64,
        what: &'static str,
    ) -> Result<Self, ProofError> {
        let children = entries.div_ceil(span(width, height).ok_or(ProofError::Malformed(what))?);
        let (links, values) = if height == 0 { (0, children) } else { (children, 0) };
        reader.tuple(3)?;
        if reader.bytes()? != bitmap(width, children) {
            return Err(ProofError::Malformed(what));
        }
        reader.tuple(links)?;
        let links = (0..links).map(|_| reader.link()).collect::<Result<_, _>>()?;
        reader.tuple(values)?;
        let values = (0..values).map(|_| reader.value().map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
        Ok(Self { links, values })
    }
}

/// How many entries a child of a node at `height` has room for.
fn span(width: u64, height: u64) -> Option<u64> {
    let bits = u32::try_from(width.checked_mul(height)?).ok()?;
    1u64.checked_shl(bits)
}

/// The bitmap of a node whose first `children` places are taken: least significant bit first, at least a byte.
fn bitmap(width: u64, children: u64) -> Vec<u8> {
    (0..(1u64 << width).div_ceil(8))
        .map(|byte| (0..8).fold(0, |b, bit| b | u8::from(byte * 8 + bit < children) << bit))
        .collect()
}
