//! The chain's formats, written down a second time from the specification and from what Forest 0.39 (`forest-filecoin`:
//! `blocks/header.rs`, `shim/executor.rs`, `chain_sync/validation.rs`) and Lotus (`chain/types`, `chain/store`) read and write.
//!
//! Everything is decoded into generic IPLD values and read field by field; CIDs are plain blake2b-256. Nothing here uses the
//! network's own types, encoders or arrays, so that a mistake there can't hide.

use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::bigint::{BigInt, Sign};
use ipld_core::ipld::Ipld;

/// Gives the block with a CID.
pub trait Blocks {
    fn bytes(&self, cid: &Cid) -> Vec<u8>;
}

pub fn blake2b(bytes: &[u8]) -> [u8; 32] {
    blake2b_simd::Params::new().hash_length(32).hash(bytes).as_bytes().try_into().unwrap()
}

/// CIDv1, DAG-CBOR (0x71), blake2b-256 (0xb220), 32 bytes.
pub fn cid_of(bytes: &[u8]) -> Cid {
    let mut cid = vec![0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20];
    cid.extend(blake2b(bytes));
    Cid::try_from(cid.as_slice()).unwrap()
}

pub fn encode(value: &Ipld) -> Vec<u8> {
    fvm_ipld_encoding::to_vec(value).unwrap()
}

/// Decodes a block, which must be what the value encodes to, bit for bit.
pub fn decode(bytes: &[u8]) -> Ipld {
    let value: Ipld = fvm_ipld_encoding::from_slice(bytes).unwrap();
    assert_eq!(encode(&value), bytes, "a block in another form than its own");
    value
}

/// The block with this CID, whose hash is checked, as a value.
pub fn load(blocks: &impl Blocks, cid: &Cid) -> Ipld {
    let bytes = blocks.bytes(cid);
    assert_eq!(cid_of(&bytes), *cid, "a block under a foreign CID");
    decode(&bytes)
}

pub fn list(value: &Ipld) -> &[Ipld] {
    let Ipld::List(list) = value else { panic!("not a list: {value:?}") };
    list
}

pub fn tuple<const N: usize>(value: &Ipld) -> &[Ipld; N] {
    list(value).try_into().expect("a tuple of another length")
}

pub fn bytes(value: &Ipld) -> &[u8] {
    let Ipld::Bytes(bytes) = value else { panic!("not bytes: {value:?}") };
    bytes
}

pub fn link(value: &Ipld) -> Cid {
    let Ipld::Link(cid) = value else { panic!("not a link: {value:?}") };
    *cid
}

pub fn int(value: &Ipld) -> i128 {
    let Ipld::Integer(number) = value else { panic!("not a number: {value:?}") };
    *number
}

pub fn nullable(value: &Ipld) -> Option<&Ipld> {
    (*value != Ipld::Null).then_some(value)
}

/// A big integer: sign byte and magnitude, most significant byte first; zero is empty.
pub fn big(value: &Ipld) -> BigInt {
    match bytes(value) {
        [] => BigInt::from(0),
        [sign, magnitude @ ..] => {
            assert!(*sign <= 1 && magnitude.first().is_some_and(|b| *b != 0), "a number in another form than its own");
            BigInt::from_bytes_be(if *sign == 0 { Sign::Plus } else { Sign::Minus }, magnitude)
        }
    }
}

fn address(value: &Ipld) -> Address {
    let parsed = Address::from_bytes(bytes(value)).unwrap();
    assert_eq!(parsed.to_bytes(), bytes(value));
    parsed
}

/// A block header, the fields the checks are about.
pub struct Header {
    pub miner: Address,
    /// Bytes of the ticket's proof.
    pub ticket: Vec<u8>,
    pub wins: i128,
    pub parents: Vec<Cid>,
    pub weight: BigInt,
    pub height: i128,
    pub state: Cid,
    pub receipts: Cid,
    pub messages: Cid,
    /// Kind of signature, signature.
    pub aggregate: Option<Vec<u8>>,
    pub timestamp: i128,
    pub signature: Option<Vec<u8>>,
    pub base_fee: BigInt,
    whole: Vec<Ipld>,
}

impl Header {
    pub fn read(value: &Ipld) -> Self {
        let fields: &[Ipld; 16] = tuple(value);
        let [miner, ticket, election, beacons, proofs, parents, weight, height, state, receipts, messages, aggregate, timestamp, signature, fork, base_fee] =
            fields;
        for beacon in list(beacons) {
            let [round, data] = tuple(beacon);
            assert!(int(round) >= 0 && !bytes(data).is_empty());
        }
        for proof in list(proofs) {
            let [kind, data] = tuple(proof);
            assert!(int(kind) >= 0 && !bytes(data).is_empty());
        }
        assert_eq!(int(fork), 0);
        Self {
            miner: address(miner),
            ticket: bytes(&tuple::<1>(ticket)[0]).to_vec(),
            // [wins, proof]; genesis of mainnet has null.
            wins: nullable(election).map_or(0, |e| int(&tuple::<2>(e)[0])),
            parents: list(parents).iter().map(link).collect(),
            weight: big(weight),
            height: int(height),
            state: link(state),
            receipts: link(receipts),
            messages: link(messages),
            aggregate: nullable(aggregate).map(|a| bytes(a).to_vec()),
            timestamp: int(timestamp),
            signature: nullable(signature).map(|s| bytes(s).to_vec()),
            base_fee: big(base_fee),
            whole: fields.to_vec(),
        }
    }

    /// What the worker signs: the header with null for the signature.
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut unsigned = self.whole.clone();
        unsigned[13] = Ipld::Null;
        encode(&Ipld::List(unsigned))
    }

    /// The header with another root of receipts.
    pub fn with_receipts(&self, parents: &[Cid], receipts: Cid) -> Vec<u8> {
        let mut other = self.whole.clone();
        other[5] = Ipld::List(parents.iter().map(|cid| Ipld::Link(*cid)).collect());
        other[9] = Ipld::Link(receipts);
        encode(&Ipld::List(other))
    }
}

/// A message: ten fields.
#[derive(Clone)]
pub struct Message {
    /// The CID under which the chain knows it.
    pub cid: Cid,
    /// What its sender signed: the CID of the unsigned message.
    pub unsigned: Cid,
    pub from: Address,
    pub nonce: i128,
    pub gas_limit: i128,
    pub fee_cap: BigInt,
    pub premium: BigInt,
    /// Kind and bytes; `None` for BLS.
    pub signature: Option<Vec<u8>>,
}

impl Message {
    /// Reads the block `cid`, of a message or of `[message, signature]`.
    pub fn read(blocks: &impl Blocks, cid: &Cid, signed: bool) -> Self {
        let block = load(blocks, cid);
        let (message, signature) = if signed {
            let [message, signature] = tuple(&block);
            (message, Some(bytes(signature).to_vec()))
        } else {
            (&block, None)
        };
        let [version, to, from, nonce, value, gas_limit, fee_cap, premium, method, params] = tuple(message);
        assert_eq!(int(version), 0);
        address(to);
        assert!(int(method) >= 0 && big(value) >= BigInt::from(0));
        bytes(params);
        Self {
            cid: *cid,
            unsigned: cid_of(&encode(message)),
            from: address(from),
            nonce: int(nonce),
            gas_limit: int(gas_limit),
            fee_cap: big(fee_cap),
            premium: big(premium),
            signature,
        }
    }
}

/// A block's messages: `[bls_root, secp_root]`, each an array of links of the first version.
pub fn messages(blocks: &impl Blocks, meta: &Cid) -> [Vec<Message>; 2] {
    let value = load(blocks, meta);
    let [bls, secp] = tuple(&value);
    [(bls, false), (secp, true)].map(|(root, signed)| {
        array(blocks, &link(root), None).iter().map(|cid| Message::read(blocks, &link(cid), signed)).collect()
    })
}

/// The entries of an array, which must be the one and only form of a list with these entries. `width` is that of the third
/// version, `None` stands for the first.
pub fn array(blocks: &impl Blocks, root: &Cid, width: Option<u32>) -> Vec<Ipld> {
    let value = load(blocks, root);
    let (height, count, node) = match (width, list(&value)) {
        (None, [height, count, node]) => (int(height), int(count), node),
        (Some(width), [bits, height, count, node]) if int(bits) == i128::from(width) => (int(height), int(count), node),
        _ => panic!("not the root of an array: {value:?}"),
    };
    let mut entries = Vec::new();
    entries_below(blocks, node, height, &mut entries);
    assert_eq!(entries.len() as i128, count);
    assert_eq!(array_root(&entries, width), *root, "a list in another form than its own");
    entries
}

fn entries_below(blocks: &impl Blocks, node: &Ipld, height: i128, entries: &mut Vec<Ipld>) {
    let [_, links, values] = tuple(node);
    if height == 0 {
        assert!(list(links).is_empty());
        entries.extend(list(values).iter().cloned());
    }
    for child in list(links) {
        entries_below(blocks, &load(blocks, &link(child)), height - 1, entries);
    }
}

/// The root of the array with these entries, built from the leaves up.
pub fn array_root(entries: &[Ipld], width: Option<u32>) -> Cid {
    let bits = width.unwrap_or(3);
    let wide = 1usize << bits;
    let node = |links: Vec<Ipld>, values: Vec<Ipld>| {
        let mut bitmap = vec![0u8; wide.div_ceil(8)];
        for place in 0..links.len() + values.len() {
            bitmap[place / 8] |= 1 << (place % 8);
        }
        Ipld::List(vec![Ipld::Bytes(bitmap), Ipld::List(links), Ipld::List(values)])
    };
    let mut level: Vec<Ipld> = entries.chunks(wide).map(|chunk| node(Vec::new(), chunk.to_vec())).collect();
    if level.is_empty() {
        level.push(node(Vec::new(), Vec::new()));
    }
    let mut height = 0;
    while level.len() > 1 {
        let links: Vec<Ipld> = level.iter().map(|node| Ipld::Link(cid_of(&encode(node)))).collect();
        level = links.chunks(wide).map(|chunk| node(chunk.to_vec(), Vec::new())).collect();
        height += 1;
    }
    let mut root: Vec<Ipld> = width.iter().map(|bits| Ipld::Integer(i128::from(*bits))).collect();
    root.extend([Ipld::Integer(height), Ipld::Integer(entries.len() as i128), level.remove(0)]);
    cid_of(&encode(&Ipld::List(root)))
}

/// CID of a tipset key: that of one byte string of the CIDs (FIP-0054).
pub fn key_cid(cids: &[Cid]) -> Cid {
    cid_of(&encode(&Ipld::Bytes(cids.iter().flat_map(Cid::to_bytes).collect())))
}
