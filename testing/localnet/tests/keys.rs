//! Keys and signatures against what other wallets make of the same secrets.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use peggy_localnet::keys::{eth_transaction, eth_transaction_hash, to_delegated, verify_message, InvokeParams};
use peggy_localnet::message::{params, unsigned};
use peggy_localnet::{Key, KeyKind};

const INVOKE_EVM: u64 = 3_844_450_837;
const CHAIN_ID: u64 = 314;

fn message(from: Address, to: Address, method: u64, params: RawBytes) -> Message {
    let mut message = unsigned(from, to, TokenAmount::from_whole(1), method, params);
    message.sequence = 200;
    message.gas_limit = 60_000;
    message.gas_fee_cap = TokenAmount::from_atto(60_000);
    message.gas_premium = TokenAmount::from_atto(60_000);
    message
}

#[test]
fn known_secrets_have_their_known_addresses() {
    // From the tests of Zondax' filecoin-signing-tools.
    let secret = STANDARD.decode("8VcW07ADswS4BV2cxi5rnIadVsyTDDhY1NfDH19T8Uo=").unwrap();
    let key = Key::from_secret(KeyKind::Secp256k1, &secret).unwrap();
    assert_eq!(key.address().to_string(), "f1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba");
    // The first account of every Ethereum development network.
    let secret = hex::decode("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80").unwrap();
    let key = Key::from_secret(KeyKind::Delegated, &secret).unwrap();
    let mut eth = [0u8; 20];
    eth.copy_from_slice(&hex::decode("f39fd6e51aad88f6f4ce6ab8827279cfffb92266").unwrap());
    assert_eq!(key.address(), to_delegated(&eth).unwrap());
}

#[test]
fn keys_survive_export_and_import() {
    for kind in [KeyKind::Secp256k1, KeyKind::Bls, KeyKind::Delegated] {
        let key = Key::generate(kind, &mut rand::thread_rng()).unwrap();
        let again = Key::import(&key.export()).unwrap();
        assert_eq!((again.kind(), again.address()), (kind, key.address()));
    }
    let key = Key::from_seed(KeyKind::Bls, b"seed").unwrap();
    let json = String::from_utf8(hex::decode(key.export()).unwrap()).unwrap();
    assert!(json.starts_with(r#"{"Type":"bls","PrivateKey":""#), "{json}");
    let legacy = json.replace("\"bls\"", "2");
    assert_eq!(Key::import(&legacy).unwrap().address(), key.address());
    for bad in ["", "zz", "7b7d", r#"{"Type":"rsa","PrivateKey":"AA=="}"#, r#"{"Type":"bls","PrivateKey":"AA=="}"#] {
        assert!(Key::import(bad).is_err(), "{bad}");
    }
}

#[test]
fn signatures_hold_for_their_message_and_account_only() {
    for kind in [KeyKind::Secp256k1, KeyKind::Bls, KeyKind::Delegated] {
        let key = Key::from_seed(kind, b"a").unwrap();
        let other = Key::from_seed(kind, b"b").unwrap();
        let to = Address::new_id(1004);
        let signed = key.sign(message(key.address(), to, INVOKE_EVM, RawBytes::default()), CHAIN_ID).unwrap();
        verify_message(&signed, &key.address(), CHAIN_ID).unwrap();
        assert!(verify_message(&signed, &other.address(), CHAIN_ID).is_err(), "{kind:?}: another account");
        let mut changed = signed.clone();
        changed.message.value = TokenAmount::from_whole(2);
        assert!(verify_message(&changed, &key.address(), CHAIN_ID).is_err(), "{kind:?}: another value");
        let mut short = signed.clone();
        short.signature.bytes.pop();
        assert!(verify_message(&short, &key.address(), CHAIN_ID).is_err(), "{kind:?}: a byte too few");
        let wrong_kind = Key::from_seed(KeyKind::Secp256k1, b"c").unwrap();
        if kind != KeyKind::Secp256k1 {
            assert!(verify_message(&signed, &wrong_kind.address(), CHAIN_ID).is_err(), "{kind:?}: another kind");
        }
    }
    let eth = Key::from_seed(KeyKind::Delegated, b"a").unwrap();
    let call = message(eth.address(), Address::new_id(1004), INVOKE_EVM, RawBytes::default());
    let signed = eth.sign(call, CHAIN_ID).unwrap();
    assert!(verify_message(&signed, &eth.address(), CHAIN_ID + 1).is_err(), "a transaction of another chain");
}

#[test]
fn transactions_are_encoded_as_lotus_encodes_them() {
    // Transactions from Lotus' tests: to f01004 on chain 314.
    let from = to_delegated(&[7; 20]).unwrap();
    let to = Address::new_id(1004);
    let calldata = hex::decode("f8b2cb4f000000000000000000000000ff00000000000000000000000000000000000064").unwrap();
    let call = message(from, to, INVOKE_EVM, params(&InvokeParams(calldata)).unwrap());
    assert_eq!(
        hex::encode(eth_transaction(&call, CHAIN_ID).unwrap()),
        "02f85282013a81c882ea6082ea6082ea6094ff000000000000000000000000000000000003ec880de0b6b3a7640000a4f8b2cb4f000000000000000000000000ff00000000000000000000000000000000000064c0"
    );
    let mut bare = unsigned(from, to, TokenAmount::default(), INVOKE_EVM, RawBytes::default());
    assert_eq!(
        hex::encode(eth_transaction(&bare, CHAIN_ID).unwrap()),
        "02df82013a8080808094ff000000000000000000000000000000000003ec8080c0"
    );
    // The hash is that of the signed transaction; both signatures are from the same tests.
    let signature = hex::decode("f411a73e33523b40c1a916e79e67746bd01a4a4fb4ecfa87b441375a215ddfb4551692c1553574fab4c227ca70cb1c121dc3a2ef82179a9c984bd7acc0880a3800").unwrap();
    let raw = hex::decode("02f86282013a8080808094ff000000000000000000000000000000000003ec8080c080a0f411a73e33523b40c1a916e79e67746bd01a4a4fb4ecfa87b441375a215ddfb4a0551692c1553574fab4c227ca70cb1c121dc3a2ef82179a9c984bd7acc0880a38").unwrap();
    let hash = eth_transaction_hash(&bare, CHAIN_ID, &signature).unwrap();
    assert_eq!(hash, peggy_localnet::keys::keccak_256(&raw));
    // keccak-256 itself: the hash of nothing, as every Ethereum tool has it.
    assert_eq!(
        hex::encode(peggy_localnet::keys::keccak_256(&[])),
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    );
    bare.method_num = 2;
    assert!(eth_transaction(&bare, CHAIN_ID).unwrap_err().to_string().contains("InvokeEVM"));
}

#[test]
fn what_no_transaction_can_say_is_refused() {
    let from = to_delegated(&[7; 20]).unwrap();
    let to = Address::new_id(1004);
    let cases = [
        ("a bare send", message(from, to, 0, RawBytes::default())),
        ("parameters that are no byte string", message(from, to, INVOKE_EVM, RawBytes::new(vec![0x80]))),
        ("an empty byte string", message(from, to, INVOKE_EVM, RawBytes::new(vec![0x40]))),
        ("bytes behind the byte string", message(from, to, INVOKE_EVM, RawBytes::new(vec![0x41, 1, 1]))),
        (
            "a sender without Ethereum address",
            message(Address::new_secp256k1(&[4; 65]).unwrap(), to, INVOKE_EVM, RawBytes::default()),
        ),
        (
            "a recipient without Ethereum address",
            message(from, Address::new_actor(b"x"), INVOKE_EVM, RawBytes::default()),
        ),
        ("another method of the address manager", message(from, Address::new_id(10), 2, RawBytes::default())),
    ];
    for (what, message) in cases {
        assert!(eth_transaction(&message, CHAIN_ID).is_err(), "{what}");
    }
}
