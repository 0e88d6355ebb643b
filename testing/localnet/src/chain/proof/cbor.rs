//! As much DAG-CBOR as the chain's own structures need, read strictly: shortest lengths, no indefinite ones, nothing left over.

use super::witness::Digest;
use super::ProofError;

/// CIDv1, DAG-CBOR, blake2b-256, 32 bytes: what comes before the hash in every CID of the chain's blocks.
const CID_PREFIX: [u8; 6] = [0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20];
const CID_LENGTH: usize = 38;
/// CBOR tag of a link, whose byte string begins with a zero.
const LINK_TAG: u64 = 42;

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// The hash in a CID of the chain.
pub(super) fn digest_of(cid: &[u8]) -> Result<Digest, ProofError> {
    let hash = cid.strip_prefix(&CID_PREFIX).ok_or(ProofError::ForeignLink)?;
    hash.try_into().map_err(|_| ProofError::ForeignLink)
}

/// The bytes of the CID with this hash.
pub(super) fn cid_bytes(digest: &Digest) -> [u8; CID_LENGTH] {
    let mut bytes = [0; CID_LENGTH];
    bytes[..CID_PREFIX.len()].copy_from_slice(&CID_PREFIX);
    bytes[CID_PREFIX.len()..].copy_from_slice(digest);
    bytes
}

/// Reads one block from front to end. `what` names it in errors.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    fn malformed(&self) -> ProofError {
        ProofError::Malformed(self.what)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], ProofError> {
        let count = usize::try_from(count).map_err(|_| self.malformed())?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(self.malformed())?;
        self.rest = rest;
        Ok(taken)
    }

    /// Major type and argument; arguments have their shortest form.
    fn head(&mut self) -> Result<(u8, u64), ProofError> {
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 31);
        let extra = match short {
            0..=23 => return Ok((major, u64::from(short))),
            24..=27 => 1u64 << (short - 24),
            _ => return Err(self.malformed()),
        };
        let argument = self.take(extra)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let least = if extra == 1 { 24 } else { 1u64 << (extra * 4) };
        if argument < least {
            return Err(self.malformed());
        }
        Ok((major, argument))
    }

    fn expect(&mut self, wanted: u8) -> Result<u64, ProofError> {
        let (major, argument) = self.head()?;
        if major == wanted {
            Ok(argument)
        } else {
            Err(self.malformed())
        }
    }

    pub fn unsigned(&mut self) -> Result<u64, ProofError> {
        self.expect(UNSIGNED)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], ProofError> {
        let length = self.expect(BYTES)?;
        self.take(length)
    }

    /// The length of an array, whose elements follow.
    pub fn array(&mut self) -> Result<u64, ProofError> {
        self.expect(ARRAY)
    }

    /// An array of exactly this many elements.
    pub fn tuple(&mut self, length: u64) -> Result<(), ProofError> {
        if self.array()? == length {
            Ok(())
        } else {
            Err(self.malformed())
        }
    }

    pub fn link(&mut self) -> Result<Digest, ProofError> {
        if self.expect(TAG)? != LINK_TAG {
            return Err(self.malformed());
        }
        digest_of(self.bytes()?.strip_prefix(&[0]).ok_or(ProofError::ForeignLink)?)
    }

    /// Any value, as its bytes.
    pub fn value(&mut self) -> Result<&'a [u8], ProofError> {
        let start = self.rest;
        // Counted instead of descended into: however deep a value is nested, it costs no stack.
        let mut open = 1u64;
        while open > 0 {
            open -= 1;
            let (major, argument) = self.head()?;
            let inside = match major {
                BYTES | TEXT => {
                    self.take(argument)?;
                    0
                }
                ARRAY => argument,
                MAP => argument.checked_mul(2).ok_or(self.malformed())?,
                TAG => 1,
                // False, true and null; the chain has no other simple values and no floating point.
                SIMPLE if !(20..=22).contains(&argument) => return Err(self.malformed()),
                _ => 0,
            };
            open = open.checked_add(inside).ok_or(self.malformed())?;
        }
        Ok(&start[..start.len() - self.rest.len()])
    }

    /// The end of the block.
    pub fn end(&self) -> Result<(), ProofError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.malformed())
        }
    }
}
