//! Owner, worker, control addresses, peer.

use fvm_ipld_encoding::BytesDe;
use fvm_shared::address::Address;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_builtin::miner::{ChangeMultiaddrsParams, ChangePeerIdParams, ConstructorParams};
use peggy_localnet::KeyKind;

use crate::methods::{number, Number};

use super::situations::worker;
use super::{atto, fil, id, key, p, Book, NONE, START};

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    owners(book)?;
    workers(book)?;
    confirmations(book);
    peers(book);
    constructor(book);
    Ok(())
}

fn owners(book: &mut Book) -> anyhow::Result<()> {
    let m = "miner.ChangeOwnerAddress";
    for (to, what) in [
        ("alice", "an account"),
        ("owner", "oneself"),
        ("worker", "the worker"),
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
        ("multisig", "a multisig"),
        ("placeholder", "a placeholder"),
        ("ethaccount", "an Ethereum account"),
        ("miner", "the miner itself"),
        ("burnt", "burnt funds"),
        ("power", "the power actor"),
    ] {
        book.call(START, "owner", m, &format!("to {what}"), p(&id(to)));
    }
    book.call(START, "owner", m, "to an ID nobody has", p(&Address::new_id(99_999)));
    book.call(START, "owner", m, "to an account by its key", p(&key(KeyKind::Secp256k1, "alice")?.address()));
    book.call(START, "owner", m, "to a BLS account by its key", p(&key(KeyKind::Bls, "worker2")?.address()));
    book.call(START, "owner", m, "to a key nobody has", p(&key(KeyKind::Secp256k1, "nobody")?.address()));
    book.call(START, "owner", m, "to an Ethereum address", p(&key(KeyKind::Delegated, "nobody")?.address()));
    book.call(START, "owner", m, "to an actor address", p(&Address::new_actor(b"nobody")));
    for (from, who) in [
        ("alice", "somebody else"),
        ("worker", "the worker"),
        ("contract", "a contract"),
        ("system", "the system actor"),
    ] {
        book.call(START, from, m, &format!("by {who}"), p(&id("alice")));
    }
    book.internal(START, "contract", m, "by a contract, by the builtin actors' number", p(&id("contract")));
    // While there is a proposal.
    let s = "owner proposed";
    book.call(s, "owner", m, "to another, by the owner", p(&id("bob")));
    book.call(s, "owner", m, "to the same again, by the owner", p(&id("alice")));
    book.call(s, "owner", m, "taken back, by naming the owner", p(&id("owner")));
    book.call(s, "alice", m, "confirmed by the proposed owner", p(&id("alice")));
    book.call(s, "alice", m, "confirmed with another's address", p(&id("bob")));
    book.call(s, "alice", m, "confirmed with the owner's address", p(&id("owner")));
    book.call(s, "alice", m, "confirmed with one's key", p(&key(KeyKind::Secp256k1, "alice")?.address()));
    book.call(s, "bob", m, "confirmed by somebody else", p(&id("alice")));
    book.call(s, "bob", m, "confirmed by somebody else for oneself", p(&id("bob")));
    book.call(s, "worker", m, "confirmed by the worker", p(&id("alice")));
    book.call("contract proposed as owner", "contract", m, "confirmed by a contract", p(&id("contract")));
    book.internal(
        "contract proposed as owner",
        "contract",
        m,
        "confirmed by a contract, by the builtin actors' number",
        p(&id("contract")),
    );
    book.call("evm contract proposed as owner", "evm", m, "confirmed by an Ethereum contract", p(&id("evm")));
    book.internal(
        "evm contract proposed as owner",
        "evm",
        m,
        "confirmed by an Ethereum contract, by the builtin actors' number",
        p(&id("evm")),
    );
    book.call("owner changed", "owner", m, "by a former owner", p(&id("owner")));
    book.call("owner changed", "alice", m, "by a new owner", p(&id("owner")));
    book.call("contract owns", "contract", m, "by a contract that owns the miner", p(&id("alice")));
    book.call("contract owns", "owner", m, "by the owner before the contract", p(&id("owner")));
    book.call("owner proposed beside a beneficiary", "bob", m, "confirmed beside a beneficiary", p(&id("bob")));
    book.call("owner and beneficiary proposed", "bob", m, "confirmed beside a proposed beneficiary", p(&id("bob")));
    book.paid(START, "owner", m, "with FIL", p(&id("alice")), &atto(&fil(1)));
    Ok(())
}

fn workers(book: &mut Book) -> anyhow::Result<()> {
    let m = "miner.ChangeWorkerAddress";
    for (to, what) in [
        ("worker2", "another BLS account"),
        ("worker", "the present one"),
        ("alice", "an account that is not BLS"),
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
        ("ethaccount", "an Ethereum account"),
        ("multisig", "a multisig"),
        ("placeholder", "a placeholder"),
        ("miner", "the miner itself"),
        ("burnt", "burnt funds"),
        ("power", "the power actor"),
    ] {
        book.call(START, "owner", m, &format!("to {what}"), worker(&id(to), &[]));
    }
    book.call(START, "owner", m, "to a BLS account by its key", worker(&key(KeyKind::Bls, "worker2")?.address(), &[]));
    book.call(START, "owner", m, "to a BLS key nobody has", worker(&key(KeyKind::Bls, "nobody")?.address(), &[]));
    book.call(
        START,
        "owner",
        m,
        "to an account that is not BLS by its key",
        worker(&key(KeyKind::Secp256k1, "alice")?.address(), &[]),
    );
    book.call(START, "owner", m, "to an ID nobody has", worker(&Address::new_id(99_999), &[]));
    let control = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Vec<_>>();
    for (names, what) in [
        (vec!["bob"], "one"),
        (vec!["bob", "eve"], "two"),
        (vec!["bob", "bob"], "the same twice"),
        (vec!["contract", "evm", "multisig", "miner"], "any kind of actor"),
        (vec!["owner", "worker"], "owner and worker"),
    ] {
        book.call(
            START,
            "owner",
            m,
            &format!("with control addresses: {what}"),
            worker(&id("worker"), &control(&names)),
        );
    }
    book.call(START, "owner", m, "with ten control addresses", worker(&id("worker"), &[id("bob"); 10]));
    book.call(START, "owner", m, "with eleven control addresses", worker(&id("worker"), &[id("bob"); 11]));
    book.call(
        START,
        "owner",
        m,
        "with a control address by its key",
        worker(&id("worker"), &[key(KeyKind::Secp256k1, "bob")?.address()]),
    );
    book.call(
        START,
        "owner",
        m,
        "with a control address nobody has",
        worker(&id("worker"), &[key(KeyKind::Secp256k1, "nobody")?.address()]),
    );
    book.call(START, "owner", m, "with a control ID nobody has", worker(&id("worker"), &[Address::new_id(99_999)]));
    for (from, who) in [("worker", "the worker"), ("alice", "somebody else"), ("contract", "a contract")] {
        book.call(START, from, m, &format!("by {who}"), worker(&id("worker2"), &[]));
    }
    book.call(START, "alice", m, "by somebody else, to an account that is not BLS", worker(&id("alice"), &[]));
    book.call("controlled", "bob", m, "by a control address", worker(&id("worker2"), &[]));
    book.call("controlled", "owner", m, "without control addresses any more", worker(&id("worker"), &[]));
    book.call("owner proposed", "alice", m, "by a proposed owner", worker(&id("worker2"), &[]));
    book.call(
        "contract owns",
        "contract",
        m,
        "by a contract that owns the miner",
        worker(&id("worker2"), &[id("bob")]),
    );
    book.internal(
        "contract owns",
        "contract",
        m,
        "by the owning contract, by the builtin actors' number",
        worker(&id("worker2"), &[]),
    );
    // While one is proposed.
    let s = "worker proposed";
    book.call(s, "owner", m, "to a third one while a second is proposed", worker(&id("worker3"), &[id("eve")]));
    book.call(s, "owner", m, "to the proposed one again", worker(&id("worker2"), &[]));
    book.call(s, "owner", m, "to the present one while another is proposed", worker(&id("worker"), &[]));
    book.call(
        "the worker's epoch",
        "owner",
        m,
        "to a third one when the second's epoch has come",
        worker(&id("worker3"), &[]),
    );
    book.call("worker changed", "owner", m, "back to the first one", worker(&id("worker"), &[]));
    Ok(())
}

fn confirmations(book: &mut Book) {
    let m = "miner.ConfirmChangeWorkerAddress";
    for situation in [
        START,
        "worker proposed",
        "an epoch too early for the worker",
        "the worker's epoch",
        "after the worker's epoch",
        "worker changed",
        "owner changed",
    ] {
        book.call(situation, "owner", m, "by the owner", NONE);
    }
    for (from, who) in [
        ("worker", "the worker"),
        ("worker2", "the proposed worker"),
        ("bob", "a control address"),
        ("alice", "somebody else"),
        ("contract", "a contract"),
    ] {
        book.call("the worker's epoch", from, m, &format!("by {who}"), NONE);
    }
    book.call("contract owns", "contract", m, "by a contract that owns the miner", NONE);
    book.call("owner proposed", "alice", m, "by a proposed owner", NONE);
}

fn peers(book: &mut Book) {
    let m = "miner.ChangePeerID";
    let peer = |length: usize| p(&ChangePeerIdParams { new_id: vec![7; length] });
    for (length, what) in
        [(0, "to nothing"), (1, "to one byte"), (128, "to the most bytes"), (129, "to one byte too many")]
    {
        book.call(START, "owner", m, what, peer(length));
    }
    book.call(START, "alice", m, "to too many bytes, by somebody else", peer(129));
    let a = "miner.ChangeMultiaddrs";
    let multiaddrs = |lengths: &[usize]| {
        p(&ChangeMultiaddrsParams { new_multi_addrs: lengths.iter().map(|l| BytesDe(vec![9; *l])).collect() })
    };
    for (lengths, what) in [
        (vec![], "to none"),
        (vec![3], "to one"),
        (vec![3, 4], "to two"),
        (vec![1024], "to the most bytes"),
        (vec![512, 512], "to the most bytes in two"),
        (vec![1024, 1], "to one byte too many"),
        (vec![1025], "to one byte too many in one"),
        (vec![3, 0], "with an empty one"),
    ] {
        book.call(START, "owner", a, what, multiaddrs(&lengths));
    }
    for (method, params) in [(m, peer(4)), (a, multiaddrs(&[4]))] {
        for (situation, from, who) in [
            (START, "worker", "the worker"),
            (START, "alice", "somebody else"),
            (START, "contract", "a contract"),
            ("controlled", "bob", "a control address"),
            ("controlled", "contract", "a contract as control address"),
            ("contract owns", "contract", "a contract that owns the miner"),
            ("owner proposed", "alice", "a proposed owner"),
            ("worker proposed", "worker2", "a proposed worker"),
            ("beneficiary", "alice", "the beneficiary"),
        ] {
            book.call(situation, from, method, &format!("by {who}"), params.clone());
        }
    }
}

fn constructor(book: &mut Book) {
    let params = p(&ConstructorParams {
        owner: id("alice"),
        worker: id("worker2"),
        control_addresses: vec![],
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        peer_id: vec![],
        multi_addresses: vec![],
    });
    for (from, who) in [("owner", "the owner"), ("system", "the system actor"), ("power", "the power actor")] {
        book.call(START, from, "miner.Constructor", &format!("by {who}"), params.clone());
    }
    book.call(START, "contract", "miner.Constructor", "by a contract", params.clone());
    book.call(START, "init", "miner.Constructor", "of a miner that is there already", params);
    let number = number("miner.Constructor", Number::Internal);
    let mut construct = |situation: &str, from: &str, what: &str, params: &ConstructorParams| {
        book.called(situation, from, "unborn miner", "miner.Constructor", what, number, p(params), "0");
    };
    let right = ConstructorParams {
        owner: id("alice"),
        worker: id("worker2"),
        control_addresses: vec![id("bob"), id("eve")],
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow64GiBV1P1,
        peer_id: vec![1],
        multi_addresses: vec![BytesDe(vec![2])],
    };
    let full = "unborn miner has FIL";
    construct(full, "init", "of a new miner", &right);
    construct(full, "power", "of a new miner by the power actor", &right);
    construct(START, "init", "of a new miner without FIL", &right);
    let many = ConstructorParams { control_addresses: vec![id("bob"); 10], ..right.clone() };
    construct(full, "init", "of a new miner with ten control addresses", &many);
    let many = ConstructorParams { control_addresses: vec![id("bob"); 11], ..right.clone() };
    construct(full, "init", "of a new miner with eleven control addresses", &many);
    let nobody = ConstructorParams { control_addresses: vec![Address::new_id(99_999)], ..right };
    construct(full, "init", "of a new miner with a control ID nobody has", &nobody);
}
