//! The first 40 epochs of mainnet: 49 blocks with all their messages, as they lie in the snapshot that comes with the published
//! Forest crate (forest-filecoin 0.39.0, `src/genesis/export40.car`; states left out). Facts of a public chain: three blocks a
//! tipset, null rounds, a hundred messages a block, and nearly all of them in every block of the tipset.

use std::collections::{BTreeMap, HashMap};

use cid::Cid;
use fvm_ipld_encoding::from_slice;
use fvm_shared::message::Message;
use peggy_localnet::chain::{load_message_cids, message_meta, BlockHeader, Tipset};
use peggy_localnet::message::{encode, message_cid};
use peggy_localnet::store::dag_cbor_cid;
use peggy_localnet::{Signature, SignatureKind, SignedMessage, Store};

use crate::verify::{verify_chain, Found};
use crate::wire::{Blocks, Message as WireMessage};

/// What every node calls the genesis of mainnet.
const GENESIS: &str = "bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2";

pub struct Mainnet {
    pub head: Vec<Cid>,
    pub blocks: HashMap<Cid, Vec<u8>>,
}

impl Blocks for Mainnet {
    fn bytes(&self, cid: &Cid) -> Vec<u8> {
        self.blocks.get(cid).unwrap_or_else(|| panic!("no block {cid}")).clone()
    }
}

impl Mainnet {
    pub fn load() -> Self {
        let file = include_bytes!("fixtures/mainnet-40-epochs.car");
        let reader = fvm_ipld_car::CarReader::new(&file[..]).unwrap();
        let head = reader.header.roots.clone();
        let blocks = reader.map(|block| block.map(|b| (b.cid, b.data))).collect::<Result<_, _>>().unwrap();
        Self { head, blocks }
    }

    pub fn chain(&self) -> Vec<Found> {
        verify_chain(self, &self.head, |sender| *sender)
    }

    pub fn store(&self) -> Store {
        let store = Store::in_memory();
        for bytes in self.blocks.values() {
            store.put_dag_cbor(bytes).unwrap();
        }
        store
    }
}

#[test]
fn the_checks_hold_on_mainnet() {
    let mainnet = Mainnet::load();
    let chain = mainnet.chain();
    assert_eq!(chain[0].cids[0].to_string(), GENESIS);
    let blocks: usize = chain.iter().map(|t| t.blocks.len()).sum();
    let heights: Vec<_> = chain.iter().map(|t| t.blocks[0].height).collect();
    assert_eq!((blocks, chain.len(), heights.last()), (49, 33, Some(&39)));
    assert!(!heights.contains(&4) && !heights.contains(&24), "null rounds");
    let messages: usize = chain.iter().map(|t| t.all().count()).sum();
    let executed: usize = chain.iter().map(|t| t.executed(|a| *a).len()).sum();
    assert!(messages > 2 * executed && executed > 200, "{executed} of {messages}");
}

#[test]
fn headers_of_mainnet_come_out_of_our_types_bit_for_bit() {
    let mainnet = Mainnet::load();
    for tipset in mainnet.chain() {
        let mut ours = Vec::new();
        for (cid, theirs) in tipset.cids.iter().zip(&tipset.blocks) {
            let bytes = mainnet.bytes(cid);
            let header: BlockHeader = from_slice(&bytes).unwrap();
            assert_eq!((header.to_bytes(), header.cid()), (bytes, *cid));
            assert_eq!(header.signing_bytes(), theirs.signing_bytes());
            assert_eq!((header.miner, i128::from(header.height)), (theirs.miner, theirs.height));
            ours.push(header);
        }
        // The order in which the child names them is the one we would put them in.
        ours.reverse();
        assert_eq!(Tipset::new(ours).unwrap().key().0, tipset.cids);
    }
}

/// A message of mainnet in our types, checked to be the same bytes under the same CID.
fn ours(mainnet: &Mainnet, message: &WireMessage) -> SignedMessage {
    let bytes = mainnet.bytes(&message.cid);
    let signed = if message.signature.is_some() {
        from_slice::<SignedMessage>(&bytes).unwrap()
    } else {
        let message: Message = from_slice(&bytes).unwrap();
        // In the block's aggregate; nobody asks for it here.
        SignedMessage { message, signature: Signature { kind: SignatureKind::Bls, bytes: Vec::new() } }
    };
    let again = if signed.is_bls() { encode(&signed.message) } else { encode(&signed) };
    assert_eq!((again.len(), dag_cbor_cid(&again)), (signed.chain_length(), message.cid));
    assert_eq!((signed.cid(), message_cid(&signed.message)), (message.cid, message.unsigned));
    assert_eq!((signed.message.from, i128::from(signed.message.sequence)), (message.from, message.nonce));
    signed
}

#[test]
fn the_message_roots_of_mainnet_follow_from_its_messages() {
    let mainnet = Mainnet::load();
    let store = mainnet.store();
    let mut lengths = BTreeMap::new();
    for tipset in mainnet.chain() {
        for (block, messages) in tipset.blocks.iter().zip(&tipset.messages) {
            let all: Vec<_> = messages.iter().flatten().map(|m| ours(&mainnet, m)).collect();
            *lengths.entry(all.len()).or_insert(0) += 1;
            // In a store of its own, so that nothing is there before.
            assert_eq!(message_meta(&Store::in_memory(), &all).unwrap(), block.messages);
            let lists = load_message_cids(&store, &block.messages).unwrap();
            let cids = |of: &[WireMessage]| of.iter().map(|m| m.cid).collect::<Vec<_>>();
            assert_eq!((lists.bls, lists.secp), (cids(&messages[0]), cids(&messages[1])));
        }
    }
    // Of three levels of nodes, too.
    assert!(lengths.contains_key(&0) && lengths.contains_key(&101), "{lengths:?}");
}
