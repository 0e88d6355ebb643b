//! Single facts other implementations publish: headers, messages and signatures of Filecoin's serialization vectors as Forest 0.39
//! carries them (`src/blocks/tests/serialization-vectors`), a block of mainnet from Lotus' API documentation
//! (`api/docgen/tipset.json`, height 4,863,283), tipset keys of Lotus (`chain/types/tipset_key_test.go`), and array roots of
//! `fvm_ipld_amt` (`tests/amt_tests.rs`, shared with the Go implementation).

use std::str::FromStr;

use base64::Engine;
use cid::Cid;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::{set_current_network, Address, Network};
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use ipld_core::ipld::Ipld;
use peggy_localnet::chain::{BeaconEntry, BlockHeader, ElectionProof, PoStProof, Ticket, TipsetKey};
use peggy_localnet::message::{encode, message_cid};
use peggy_localnet::{Key, KeyKind, Signature, SignatureKind};
use serde_json::Value;

use crate::wire::{array_root, cid_of, decode, key_cid, Header};

fn vectors() -> Value {
    serde_json::from_str(include_str!("fixtures/vectors.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn data(value: &Value) -> Vec<u8> {
    value.as_str().map_or_else(Vec::new, |text| base64::engine::general_purpose::STANDARD.decode(text).unwrap())
}

fn cid(value: &Value) -> Cid {
    Cid::from_str(text(value.get("/").unwrap_or(value))).unwrap()
}

fn address(value: &Value) -> Address {
    // These are addresses of a test network; they differ in the first letter only.
    Address::from_str(&text(value).replacen('t', "f", 1)).unwrap()
}

fn atto(value: &Value) -> TokenAmount {
    TokenAmount::from_atto(BigInt::from_str(text(value)).unwrap())
}

fn signature(value: &Value) -> Signature {
    assert_eq!(value["Type"], 2);
    Signature { kind: SignatureKind::Bls, bytes: data(&value["Data"]) }
}

/// A header of the JSON-RPC API in our types.
fn header(json: &Value) -> BlockHeader {
    let each = |name: &str| json[name].as_array().unwrap().clone();
    let election = &json["ElectionProof"];
    BlockHeader {
        miner: address(&json["Miner"]),
        ticket: Some(Ticket { vrf_proof: data(&json["Ticket"]["VRFProof"]) }),
        election_proof: Some(ElectionProof {
            win_count: election["WinCount"].as_i64().unwrap(),
            vrf_proof: data(&election["VRFProof"]),
        }),
        beacon_entries: each("BeaconEntries")
            .iter()
            .map(|e| BeaconEntry { round: e["Round"].as_u64().unwrap(), data: data(&e["Data"]) })
            .collect(),
        win_post_proof: each("WinPoStProof")
            .iter()
            .map(|p| PoStProof { post_proof: p["PoStProof"].as_i64().unwrap(), proof_bytes: data(&p["ProofBytes"]) })
            .collect(),
        parents: each("Parents").iter().map(cid).collect(),
        parent_weight: BigInt::from_str(text(&json["ParentWeight"])).unwrap(),
        height: json["Height"].as_i64().unwrap(),
        parent_state_root: cid(&json["ParentStateRoot"]),
        parent_message_receipts: cid(&json["ParentMessageReceipts"]),
        messages: cid(&json["Messages"]),
        bls_aggregate: Some(signature(&json["BLSAggregate"])),
        timestamp: json["Timestamp"].as_u64().unwrap(),
        block_sig: Some(signature(&json["BlockSig"])),
        fork_signaling: json["ForkSignaling"].as_u64().unwrap(),
        parent_base_fee: atto(&json["ParentBaseFee"]),
    }
}

fn message(json: &Value) -> Message {
    Message {
        version: json["Version"].as_u64().unwrap(),
        to: address(&json["To"]),
        from: address(&json["From"]),
        sequence: json["Nonce"].as_u64().unwrap(),
        value: atto(&json["Value"]),
        gas_limit: json["GasLimit"].as_u64().unwrap(),
        gas_fee_cap: atto(&json["GasFeeCap"]),
        gas_premium: atto(&json["GasPremium"]),
        method_num: json["Method"].as_u64().unwrap(),
        params: RawBytes::new(data(&json["Params"])),
    }
}

#[test]
fn headers_have_the_bytes_and_cids_of_other_nodes() {
    set_current_network(Network::Mainnet);
    let vectors = vectors();
    let headers = vectors["headers"].as_array().unwrap();
    assert_eq!(headers.len(), 6);
    for vector in headers {
        let ours = header(&vector["json"]);
        assert_eq!(ours.cid(), cid(&vector["cid"]));
        // The block of mainnet is published without its bytes.
        if let Some(bytes) = vector["cbor"].as_str() {
            assert_eq!(hex::encode(ours.to_bytes()), bytes);
        }
        assert_eq!(from_slice::<BlockHeader>(&ours.to_bytes()).unwrap(), ours);
        // The second implementation reads the same.
        let theirs = Header::read(&decode(&ours.to_bytes()));
        assert_eq!((theirs.parents, theirs.weight), (ours.parents.clone(), ours.parent_weight.clone()));
        assert_eq!((theirs.height, theirs.timestamp), (i128::from(ours.height), i128::from(ours.timestamp)));
        assert_eq!(cid_of(&ours.to_bytes()), ours.cid());
    }
}

#[test]
fn messages_have_the_bytes_and_cids_of_other_nodes() {
    let vectors = vectors();
    let messages = vectors["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 21);
    for vector in messages {
        assert_eq!(hex::encode(encode(&message(&vector["json"]))), text(&vector["cbor"]));
    }
    for vector in vectors["signed"].as_array().unwrap() {
        let unsigned = message(&vector["json"]);
        let key = Key::from_secret(KeyKind::Bls, &data(&vector["key"])).unwrap();
        assert_eq!(key.address(), unsigned.from);
        let signed = key.sign(unsigned, 0).unwrap();
        assert_eq!(signed.signature.bytes, data(&vector["signature"]));
        assert_eq!(signed.cid(), cid(&vector["cid"]));
    }
    // Lotus' message of `TestMessageJson`.
    let hai = Message {
        version: 0,
        to: Address::new_id(4),
        from: Address::new_id(0),
        sequence: 34,
        value: TokenAmount::default(),
        method_num: 6,
        params: RawBytes::new(b"hai".to_vec()),
        gas_limit: 123,
        gas_fee_cap: TokenAmount::from_atto(234),
        gas_premium: TokenAmount::from_atto(234),
    };
    assert_eq!(message_cid(&hai).to_string(), "bafy2bzaced5rdpz57e64sc7mdwjn3blicglhpialnrph2dlbufhf6iha63dmc");
}

#[test]
fn tipset_keys_have_the_cids_of_other_nodes() {
    // Blocks that are none: the hashes of "a", "b" and "c".
    let blocks: Vec<Cid> = [b"a", b"b", b"c"].iter().map(|letter| cid_of(*letter)).collect();
    assert_eq!(blocks[2].to_string(), "bafy2bzacedwviarjtjraqakob5pslltmuo5n3xev3nt5zylezofkbbv5jclyu");
    for (count, expected) in [
        (0, "bafy2bzacea456askyutsf7uk4ta2q5aojrlcji4mhaqokbfalgvoq4ueeh4l2"),
        (1, "bafy2bzacealem6larzxhf7aggj3cozcefqez3jlksx2tuxehwdil27otcmy4q"),
        (3, "bafy2bzacecbnwngwfvxuciumcfudiaoqozisp3hus5im5lg4urrwlxbueissu"),
    ] {
        assert_eq!(TipsetKey(blocks[..count].to_vec()).cid().to_string(), expected);
        assert_eq!(key_cid(&blocks[..count]).to_string(), expected);
    }
}

#[test]
fn arrays_have_the_roots_of_other_nodes() {
    let root = |entry: &[u8], count, width| array_root(&vec![Ipld::Bytes(entry.to_vec()); count], width).to_string();
    // The third version, with eight children a node.
    assert_eq!(root(b"cat", 1, Some(3)), "bafy2bzacecmxrjeri2ojuy3riae2mpbnztx2hqggqgkcrxao2nwpga77j2vqe");
    assert_eq!(root(b"", 0, Some(3)), "bafy2bzacedijw74yui7otvo63nfl3hdq2vdzuy7wx2tnptwed6zml4vvz7wee");
    assert_eq!(root(b"foo foo bar", 5000, Some(3)), "bafy2bzacecfquuqzqzlox25aynodzw2qhxijdzfvno6tibyes3kb6nd3f7uxa");
    // The first one, of receipts and messages, empty on every network; of others, mainnet's messages are.
    assert_eq!(root(b"", 0, None), "bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6");
}
