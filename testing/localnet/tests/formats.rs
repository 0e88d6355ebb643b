//! The chain's formats against bytes and CIDs that other implementations publish.

use std::str::FromStr;

use cid::Cid;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes};
use fvm_shared::address::{Address, Protocol};
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::event::{ActorEvent, Entry, Flags, StampedEvent};
use fvm_shared::message::Message;
use fvm_shared::receipt::Receipt;
use peggy_localnet::chain::{
    load_events, load_message_cids, load_receipts, message_meta, next_base_fee, put_events, receipts_root, BeaconEntry,
    BlockHeader, ElectionProof, PoStProof, Ticket, Tipset, TipsetKey,
};
use peggy_localnet::message::{encode, message_cid, unsigned};
use peggy_localnet::store::dag_cbor_cid;
use peggy_localnet::{Signature, SignatureKind, SignedMessage, Store};

/// Lotus' interoperability vector of a block header, without the block's signature. Its aggregate is an empty signature of type 0,
/// which no block of any network has; here its type byte is 2 (BLS).
const HEADER: &str = "905501d04cb15021bf6bd003073d79e2238d4e61f1ad2281430102038200420a0b818205410c818200410781d82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619cc430003e802d82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619ccd82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619ccd82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619cc410201f60345003b9aca00";

fn cid(text: &str) -> Cid {
    Cid::from_str(text).unwrap()
}

/// An f1 address is the hash of a public key, here of one that is none.
fn f1_of(public_key: &[u8]) -> Address {
    let hash = blake2b_simd::Params::new().hash_length(20).hash(public_key);
    let mut bytes = vec![Protocol::Secp256k1 as u8];
    bytes.extend(hash.as_bytes());
    Address::from_bytes(&bytes).unwrap()
}

fn header() -> BlockHeader {
    let link = cid("bafy2bzaceaxyj7xq27gc2747adjcirpxx52tt7owqx6z6kckun7tqivvoym4y");
    BlockHeader {
        miner: f1_of(b"address0"),
        ticket: Some(Ticket { vrf_proof: vec![1, 2, 3] }),
        election_proof: Some(ElectionProof { win_count: 0, vrf_proof: vec![0x0a, 0x0b] }),
        beacon_entries: vec![BeaconEntry { round: 5, data: vec![0x0c] }],
        win_post_proof: vec![PoStProof { post_proof: 0, proof_bytes: vec![7] }],
        parents: vec![link],
        parent_weight: BigInt::from(1000),
        height: 2,
        parent_state_root: link,
        parent_message_receipts: link,
        messages: link,
        bls_aggregate: Some(Signature { kind: SignatureKind::Bls, bytes: Vec::new() }),
        timestamp: 1,
        block_sig: Some(Signature { kind: SignatureKind::Bls, bytes: vec![3] }),
        fork_signaling: 3,
        parent_base_fee: TokenAmount::from_atto(1_000_000_000u64),
    }
}

#[test]
fn a_header_has_the_bytes_lotus_gives_it() {
    let header = header();
    assert_eq!(hex::encode(header.signing_bytes()), HEADER);
    let decoded: BlockHeader = from_slice(&header.to_bytes()).unwrap();
    assert_eq!(decoded, header);
    assert_eq!(decoded.cid(), dag_cbor_cid(&header.to_bytes()));
}

#[test]
fn a_tipset_key_has_the_cid_lotus_gives_it() {
    let empty = TipsetKey::default();
    assert_eq!(empty.cid(), cid("bafy2bzacea456askyutsf7uk4ta2q5aojrlcji4mhaqokbfalgvoq4ueeh4l2"));
    let one = TipsetKey(vec![cid("bafy2bzacecesrkxghscnq7vatble2hqdvwat6ed23vdu4vvo3uuggsoaya7ki")]);
    assert_eq!(one.cid(), cid("bafy2bzacealem6larzxhf7aggj3cozcefqez3jlksx2tuxehwdil27otcmy4q"));
}

#[test]
fn empty_lists_have_the_cids_every_network_knows() {
    // Of any block on mainnet without messages, and of its child.
    let store = Store::in_memory();
    let messages = message_meta(&store, &[]).unwrap();
    assert_eq!(messages, cid("bafy2bzacecmda75ovposbdateg7eyhwij65zklgyijgcjwynlklmqazpwlhba"));
    let receipts = receipts_root(&store, &[]).unwrap();
    assert_eq!(receipts, cid("bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6"));
}

fn message(nonce: u64) -> Message {
    let mut message =
        unsigned(Address::new_id(100), Address::new_id(101), TokenAmount::from_whole(1), 0, RawBytes::default());
    message.sequence = nonce;
    message
}

fn signed(nonce: u64, kind: SignatureKind) -> SignedMessage {
    SignedMessage { message: message(nonce), signature: Signature { kind, bytes: vec![nonce as u8; 65] } }
}

#[test]
fn messages_are_listed_by_kind_and_stored() {
    let store = Store::in_memory();
    // More than one node of the array (8 entries) holds.
    let mut all: Vec<_> = (0..20).map(|n| signed(n, SignatureKind::Secp256k1)).collect();
    all.extend((20..30).map(|n| signed(n, SignatureKind::Bls)));
    all.push(signed(30, SignatureKind::Delegated));
    let lists = load_message_cids(&store, &message_meta(&store, &all).unwrap()).unwrap();
    let (bls, secp): (Vec<_>, Vec<_>) = all.iter().partition(|m| m.is_bls());
    assert_eq!(lists.bls, bls.iter().map(|m| m.cid()).collect::<Vec<_>>());
    assert_eq!(lists.secp, secp.iter().map(|m| m.cid()).collect::<Vec<_>>());
    // A BLS message is stored without its signature, the others with it.
    let stored: Message = store.load(&lists.bls[3]).unwrap();
    assert_eq!(stored, bls[3].message);
    assert_eq!(lists.bls[3], message_cid(&bls[3].message));
    let stored: SignedMessage = store.load(&lists.secp[20]).unwrap();
    assert_eq!(&stored, secp[20]);
}

#[test]
fn a_signature_is_one_byte_string_and_unknown_kinds_are_refused() {
    let bytes = to_vec(&Signature { kind: SignatureKind::Delegated, bytes: vec![9, 8] }).unwrap();
    assert_eq!(bytes, [0x43, 3, 9, 8]);
    assert!(from_slice::<Signature>(&[0x43, 4, 9, 8]).is_err());
    assert!(from_slice::<Signature>(&[0x40]).is_err());
}

#[test]
fn receipts_and_events_come_back_and_a_wrong_root_is_noticed() {
    let store = Store::in_memory();
    let event = |n: u64| StampedEvent {
        emitter: n,
        event: ActorEvent::from(vec![Entry {
            flags: Flags::FLAG_INDEXED_ALL,
            key: "$type".into(),
            codec: 0x51,
            value: encode(&n),
        }]),
    };
    // More than one node of the array (32 entries) holds.
    let events: Vec<_> = (0..40).map(event).collect();
    let array = fvm_ipld_amt::Amt::new_from_iter_with_bit_width(&store, 5, events.clone()).unwrap();
    let receipt = |events_root| Receipt {
        exit_code: ExitCode::OK,
        return_data: RawBytes::new(vec![1]),
        gas_used: 7,
        events_root,
    };
    let with_events = receipt(Some(array));
    put_events(&store, &with_events, &events).unwrap();
    assert_eq!(load_events(&store, &array).unwrap(), events);
    assert!(put_events(&store, &with_events, &events[1..]).is_err());
    assert!(put_events(&store, &receipt(None), &events).is_err());

    let receipts = vec![receipt(None), with_events];
    let root = receipts_root(&store, &receipts).unwrap();
    assert_eq!(load_receipts(&store, &root).unwrap(), receipts);
    // Four fields, the last one null without events.
    assert_eq!(to_vec(&receipts[0]).unwrap(), [0x84, 0x00, 0x41, 0x01, 0x07, 0xf6]);
}

#[test]
fn blocks_that_do_not_belong_together_make_no_tipset() {
    let mut sibling = header();
    sibling.ticket = Some(Ticket { vrf_proof: vec![4] });
    let tipset = Tipset::new(vec![header(), sibling.clone()]).unwrap();
    let same = Tipset::new(vec![sibling.clone(), header()]).unwrap();
    assert_eq!(tipset, same, "the order is that of the tickets, not that of arrival");
    sibling.height = 3;
    assert!(Tipset::new(vec![header(), sibling.clone()]).is_err());
    sibling.height = 2;
    sibling.parents.clear();
    assert!(Tipset::new(vec![header(), sibling]).is_err());
    assert!(Tipset::new(Vec::new()).is_err());
}

#[test]
fn the_base_fee_follows_the_premium_at_four_fifths_of_a_block() {
    let atto = |n: u64| TokenAmount::from_atto(n);
    // Current base fee, premium at the target, next base fee: Lotus' table for FIP-0115.
    for (current, premium, next) in [
        (100, 0, 100),
        (100, 13, 100),
        (100, 14, 101),
        (100, 26, 113),
        (801, 0, 700),
        (801, 100, 800),
        (801, 200, 900),
        (801, 201, 901),
        (808, 1, 708),
        (808, 202, 909),
        (808, 203, 909),
    ] {
        let mut full = message(0);
        full.gas_limit = 10_000_000_000;
        full.gas_fee_cap = atto(1_000_000);
        full.gas_premium = atto(premium);
        assert_eq!(next_base_fee(&atto(current), [&full]), atto(next), "{current} {premium}");
    }
    // A block that is not full to four fifths does not raise it, whatever it offers.
    let mut small = message(0);
    small.gas_limit = 7_999_999_999;
    small.gas_fee_cap = atto(1_000_000);
    small.gas_premium = atto(1_000_000);
    assert_eq!(next_base_fee(&atto(801), [&small]), atto(700));
    // The one that reaches the mark decides, and the same message in two blocks counts once.
    let mut cheap = message(1);
    cheap.gas_limit = 1;
    cheap.gas_fee_cap = atto(1_000_000);
    cheap.gas_premium = atto(101);
    assert_eq!(next_base_fee(&atto(801), [&small, &small, &cheap]), atto(801));
}
