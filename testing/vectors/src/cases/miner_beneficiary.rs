//! The beneficiary (FIP-0029).

use super::situations::beneficiary;
use super::{fil, id, key, Book, START};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_localnet::KeyKind;

pub fn add(book: &mut Book) {
    proposals(book);
    approvals(book);
    while_there_is_one(book);
}

fn proposals(book: &mut Book) {
    let m = "miner.ChangeBeneficiary";
    let quota = fil(10);
    for (to, what) in [
        ("alice", "an account"),
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
        ("miner", "the miner itself"),
        ("burnt", "burnt funds"),
        ("placeholder", "a placeholder"),
    ] {
        book.call("rewarded", "owner", m, &format!("to {what}"), beneficiary(&id(to), &quota, 100));
    }
    for (to, quota, expiration, what) in [
        ("alice", fil(0), 100, "without quota"),
        ("alice", fil(-1), 100, "with a negative quota"),
        ("alice", TokenAmount::from_atto(1), 100, "with the least quota"),
        ("alice", quota.clone(), 0, "with a term that is over"),
        ("alice", quota.clone(), -1, "with a term before the chain began"),
        ("alice", quota.clone(), i64::MAX, "with an endless term"),
        ("owner", fil(0), 0, "to the owner who is it already"),
        ("owner", fil(1), 0, "to the owner with a quota"),
        ("owner", fil(0), 1, "to the owner with a term"),
        ("owner", fil(-1), 0, "to the owner with a negative quota"),
        ("owner", fil(0), -1, "to the owner with a term before the chain began"),
    ] {
        book.call("rewarded", "owner", m, what, beneficiary(&id(to), &quota, expiration));
    }
    for (from, who) in [
        ("alice", "the one who wants to be it"),
        ("worker", "the worker"),
        ("contract", "a contract"),
        ("system", "the system actor"),
    ] {
        book.call("rewarded", from, m, &format!("by {who}"), beneficiary(&id("alice"), &quota, 100));
    }
    book.call("rewarded", "owner", m, "to an ID nobody has", beneficiary(&Address::new_id(99_999), &quota, 100));
    if let Ok(key) = key(KeyKind::Secp256k1, "alice") {
        book.call("rewarded", "owner", m, "to an account by its key", beneficiary(&key.address(), &quota, 100));
    }
    if let Ok(key) = key(KeyKind::Secp256k1, "nobody") {
        book.call("rewarded", "owner", m, "to a key nobody has", beneficiary(&key.address(), &quota, 100));
        book.call(
            "rewarded",
            "alice",
            m,
            "to a key nobody has, by somebody else",
            beneficiary(&key.address(), &quota, 100),
        );
    }
    book.call(
        "contract owns",
        "contract",
        m,
        "by a contract that owns the miner",
        beneficiary(&id("alice"), &quota, 100),
    );
    book.internal(
        "contract owns",
        "contract",
        m,
        "by the owning contract, by the builtin actors' number",
        beneficiary(&id("alice"), &quota, 100),
    );
    book.call("controlled", "bob", m, "by a control address", beneficiary(&id("bob"), &quota, 100));
    book.call(START, "owner", m, "to the owner when nothing happened yet", beneficiary(&id("owner"), &fil(0), 0));
}

fn approvals(book: &mut Book) {
    let m = "miner.ChangeBeneficiary";
    let s = "beneficiary proposed";
    for (from, to, quota, expiration, what) in [
        ("alice", "alice", 10, 100, "approved by the proposed one"),
        ("alice", "alice", 11, 100, "approved with another quota"),
        ("alice", "alice", 10, 101, "approved with another term"),
        ("alice", "bob", 10, 100, "approved with another's address"),
        ("alice", "owner", 0, 0, "approved with the owner's address"),
        ("bob", "alice", 10, 100, "approved by somebody else"),
        ("worker", "alice", 10, 100, "approved by the worker"),
        ("owner", "alice", 10, 100, "proposed again by the owner"),
        ("owner", "bob", 20, 200, "replaced by another proposal"),
        ("owner", "owner", 0, 0, "taken back by naming the owner"),
    ] {
        book.call(s, from, m, what, beneficiary(&id(to), &fil(quota), expiration));
    }
}

fn while_there_is_one(book: &mut Book) {
    let m = "miner.ChangeBeneficiary";
    for (situation, from, to, quota, expiration, what) in [
        ("beneficiary used part", "alice", "alice", 20, 200, "by the beneficiary without a proposal"),
        ("beneficiary used part", "owner", "bob", 20, 200, "to a next one"),
        ("beneficiary used part", "owner", "alice", 3, 300, "to the same with less"),
        ("beneficiary used part", "owner", "owner", 0, 0, "back to the owner"),
        ("beneficiary used all", "owner", "owner", 0, 0, "back to the owner, the quota used up"),
        ("beneficiary used all", "owner", "bob", 20, 200, "to a next one, the quota used up"),
        ("beneficiary used all", "owner", "alice", 20, 200, "to the same again, the quota used up"),
        ("beneficiary's term ended", "owner", "owner", 0, 0, "back to the owner, the term over"),
        ("beneficiary's term ended", "owner", "bob", 20, 200, "to a next one, the term over"),
        ("an epoch before the term ends", "owner", "owner", 0, 0, "back to the owner, an epoch before the term ends"),
        ("beneficiary to be the owner again", "alice", "owner", 0, 0, "back to the owner, approved by the beneficiary"),
        ("beneficiary to be the owner again", "bob", "owner", 0, 0, "back to the owner, approved by somebody else"),
        ("next beneficiary proposed", "alice", "bob", 20, 200, "to a next one, approved by the present one first"),
        ("next beneficiary proposed", "bob", "bob", 20, 200, "to a next one, approved by the next one first"),
        ("next beneficiary proposed", "worker", "bob", 20, 200, "to a next one, approved by the worker"),
        (
            "next beneficiary approved by itself",
            "alice",
            "bob",
            20,
            200,
            "to a next one, approved by the present one last",
        ),
        ("next beneficiary approved by itself", "bob", "bob", 20, 200, "to a next one, approved by the next one twice"),
        ("next beneficiary approved by itself", "alice", "bob", 21, 200, "to a next one, approved with another quota"),
        (
            "next beneficiary approved by itself",
            "owner",
            "bob",
            20,
            200,
            "to a next one, proposed again after an approval",
        ),
        (
            "next beneficiary approved by the present one",
            "bob",
            "bob",
            20,
            200,
            "to a next one, approved by the next one last",
        ),
        (
            "next beneficiary approved by the present one",
            "alice",
            "bob",
            20,
            200,
            "to a next one, approved by the present one twice",
        ),
        ("same beneficiary proposed again", "alice", "alice", 3, 300, "to the same with less, approved"),
        ("quota below what was used", "owner", "owner", 0, 0, "back to the owner, the quota below what was used"),
        (
            "quota below what was used",
            "owner",
            "alice",
            30,
            300,
            "to the same with more, the quota below what was used",
        ),
        ("owner changed", "owner", "alice", 10, 100, "by a former owner"),
        ("owner and beneficiary proposed", "bob", "alice", 10, 100, "approved by a proposed owner"),
        ("contract as beneficiary", "owner", "owner", 0, 0, "back to the owner from a contract"),
    ] {
        book.call(situation, from, m, what, beneficiary(&id(to), &fil(quota), expiration));
    }
}
