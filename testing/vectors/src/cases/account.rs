//! Accounts.

use fvm_shared::address::Address;
use peggy_localnet::{Key, KeyKind};

use super::{atto, fil, id, key, Book, NONE, START};
use crate::methods::{number, Number, RECEIVE};

fn call(book: &mut Book, from: &str, to: &str, method: &str, what: &str, params: impl Into<String>) {
    let number = number(method, Number::Internal);
    book.called(START, from, to, method, what, number, params.into(), "0");
}

/// `[signature, message]` in CBOR.
fn signed(key: &Key, said: &[u8], claimed: &[u8]) -> anyhow::Result<Vec<u8>> {
    authenticate(&key.sign_bytes(said)?.bytes, claimed)
}
fn authenticate(signature: &[u8], message: &[u8]) -> anyhow::Result<Vec<u8>> {
    use fvm_ipld_encoding::BytesSer;
    Ok(fvm_ipld_encoding::to_vec(&(BytesSer(signature), BytesSer(message)))?)
}

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    let (alice, worker2) = (key(KeyKind::Secp256k1, "alice")?, key(KeyKind::Bls, "worker2")?);
    let m = "account.PubkeyAddress";
    for (from, to, what) in [
        ("bob", "alice", "of a secp256k1 account"),
        ("bob", "worker2", "of a BLS account"),
        ("alice", "alice", "of oneself"),
        ("miner", "worker", "asked by a miner"),
        ("contract", "alice", "asked by a contract"),
        ("evm", "alice", "asked by an Ethereum contract"),
        ("ethaccount", "alice", "asked by an Ethereum account"),
        ("bob", "burnt", "of burnt funds"),
    ] {
        call(book, from, to, m, what, NONE);
    }
    let m = "account.AuthenticateMessage";
    let said = b"said by its owner";
    for (name, key) in [("alice", &alice), ("worker2", &worker2)] {
        let kind = if name == "alice" { "secp256k1" } else { "BLS" };
        let right = signed(key, said, said)?;
        for (from, who) in [("bob", "an account"), ("contract", "a contract"), ("evm", "an Ethereum contract")] {
            call(book, from, name, m, &format!("with a right {kind} signature, asked by {who}"), hex::encode(&right));
        }
        call(
            book,
            "bob",
            name,
            m,
            &format!("with a {kind} signature of something else"),
            hex::encode(signed(key, b"else", said)?),
        );
        let signature = key.sign_bytes(said)?.bytes;
        call(
            book,
            "bob",
            name,
            m,
            &format!("with a short {kind} signature"),
            hex::encode(authenticate(&signature[1..], said)?),
        );
        let long = [signature.as_slice(), &[0]].concat();
        call(book, "bob", name, m, &format!("with a long {kind} signature"), hex::encode(authenticate(&long, said)?));
        call(book, "bob", name, m, &format!("without a {kind} signature"), hex::encode(authenticate(&[], said)?));
        let zeroes = vec![0; signature.len()];
        call(
            book,
            "bob",
            name,
            m,
            &format!("with zeroes for a {kind} signature"),
            hex::encode(authenticate(&zeroes, said)?),
        );
        call(
            book,
            "bob",
            name,
            m,
            &format!("with a {kind} signature over nothing"),
            hex::encode(signed(key, b"", b"")?),
        );
    }
    call(
        book,
        "bob",
        "alice",
        m,
        "with somebody else's signature",
        hex::encode(signed(&key(KeyKind::Secp256k1, "bob")?, said, said)?),
    );
    call(book, "bob", "alice", m, "with a signature of the other kind", hex::encode(signed(&worker2, said, said)?));
    call(book, "bob", "burnt", m, "at burnt funds", hex::encode(signed(&alice, said, said)?));
    let m = "account.Constructor";
    let address = hex::encode(fvm_ipld_encoding::to_vec(&alice.address())?);
    for (from, who) in [("alice", "itself"), ("bob", "an account"), ("init", "the init actor")] {
        call(book, from, "alice", m, &format!("by {who}"), address.clone());
    }
    call(book, "contract", "alice", m, "by a contract", address.clone());
    call(book, "system", "alice", m, "of an account that is there already", address);
    call(book, "system", "alice", m, "with an ID address", hex::encode(fvm_ipld_encoding::to_vec(&id("alice"))?));
    call(
        book,
        "system",
        "alice",
        m,
        "with an actor address",
        hex::encode(fvm_ipld_encoding::to_vec(&Address::new_actor(b"x"))?),
    );
    let bls = hex::encode(fvm_ipld_encoding::to_vec(&worker2.address())?);
    let secp = hex::encode(fvm_ipld_encoding::to_vec(&alice.address())?);
    let nobody = hex::encode(fvm_ipld_encoding::to_vec(&id("alice"))?);
    let unborn = "unborn account";
    call(book, "system", unborn, m, "of a new secp256k1 account", secp.clone());
    call(book, "system", unborn, m, "of a new BLS account", bls);
    call(book, "system", unborn, m, "of a new account with an ID address", nobody);
    call(book, "init", unborn, m, "of a new account by the init actor", secp);
    others(book);
    Ok(())
}

/// Numbers without a name, and the receiver hook.
fn others(book: &mut Book) {
    for (from, who) in [("bob", "an account"), ("contract", "a contract"), ("evm", "an Ethereum contract")] {
        for (params, what) in [(NONE, "nothing"), ("820042beef", "a token"), ("ff", "bytes that are no CBOR")] {
            book.called(
                START,
                from,
                "alice",
                "account.Receive",
                &format!("of {what} from {who}"),
                RECEIVE,
                params.to_owned(),
                "0",
            );
        }
        for (number, what) in [
            (3, "method 3"),
            (4, "method 4"),
            ((1 << 24) - 1, "the highest number for builtin actors"),
            (1 << 24, "the lowest number for everybody"),
            (u64::MAX, "the highest number"),
        ] {
            book.called(START, from, "alice", "account.other", &format!("{what} by {who}"), number, String::new(), "0");
        }
    }
    book.called(START, "bob", "alice", "account.Receive", "of FIL", RECEIVE, String::new(), &atto(&fil(1)));
    book.called(START, "bob", "alice", "account.Send", "of FIL", 0, String::new(), &atto(&fil(1)));
    book.called(START, "bob", "alice", "account.Send", "of FIL with parameters", 0, "f6".to_owned(), &atto(&fil(1)));
    book.called(START, "bob", "alice", "account.Send", "of more than there is", 0, String::new(), &atto(&fil(100_000)));
    book.called(START, "bob", "alice", "account.Send", "of negative FIL", 0, String::new(), &atto(&fil(-1)));
}
