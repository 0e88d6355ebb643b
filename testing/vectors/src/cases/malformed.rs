//! Parameters that are none, and numbers that are nobody's: the same for every method.

use super::{Book, NONE, START};
use crate::methods::{Method, Number, METHODS};

pub fn add(book: &mut Book) {
    for method in METHODS {
        let (_, name) = method.name.split_once('.').unwrap_or_default();
        if name == "Constructor" {
            continue;
        }
        params(book, method);
        numbers(book, method);
    }
    amounts(book);
    addresses(book);
    unknown(book);
}

/// Amounts that are written as no amount should be.
fn amounts(book: &mut Book) {
    let too_long = format!("81588100{}", "ff".repeat(128));
    let longest = format!("81588000{}", "ff".repeat(127));
    for (params, what) in [
        ("8140", "an amount of no bytes"),
        ("814100", "an amount of a sign only"),
        ("814101", "an amount of a minus only"),
        ("81420000", "an amount of zero with a digit"),
        ("81420100", "an amount of minus zero"),
        ("8143000001", "an amount with a leading zero"),
        ("81420201", "an amount with an unknown sign"),
        (too_long.as_str(), "an amount of 129 bytes"),
        (longest.as_str(), "an amount of 128 bytes"),
        ("8101", "a number for an amount"),
        ("816131", "a text for an amount"),
        ("81c2420001", "a tagged number for an amount"),
        ("81f6", "null for an amount"),
        ("8181420001", "an amount in a list"),
        ("82420001420001", "a field too many"),
        ("8142000100", "a byte after the end"),
        ("9f420001ff", "a list without length"),
        ("98014 20001", "a length written too long"),
        ("81580200 01", "an amount's length written too long"),
        ("420001", "an amount without a list"),
        ("a1616142 0001", "a map for the list"),
    ] {
        book.call("rewarded", "owner", "miner.WithdrawBalance", &format!("with {what}"), params.replace(' ', ""));
    }
    for (params, what) in
        [("8242000140", "no penalty's bytes"), ("81420001", "a field too few"), ("83420001404 0", "a field too many")]
    {
        book.call(START, "reward", "miner.ApplyRewards", &format!("with {what}"), params.replace(' ', ""));
    }
}

/// Addresses that are written as no address should be.
fn addresses(book: &mut Book) {
    let long_varint = format!("4b00{}01", "80".repeat(9));
    let overflow = format!("4c00{}01", "80".repeat(10));
    let short_secp = format!("5401{}", "11".repeat(19));
    let long_secp = format!("5601{}", "11".repeat(21));
    let short_bls = format!("582f03{}", "11".repeat(46));
    let zero_bls = format!("583103c0{}", "00".repeat(47));
    for (params, what) in [
        ("40", "no bytes"),
        ("4100", "an ID without digits"),
        ("43008000", "an ID written too long"),
        (long_varint.as_str(), "an ID of ten digits"),
        (overflow.as_str(), "an ID beyond 64 bits"),
        ("4300e9", "fewer bytes than announced"),
        ("4300e907", "the owner's ID"),
        ("4400e90700", "a byte after the ID"),
        ("4300e90700", "a byte after the end"),
        (short_secp.as_str(), "a short f1 address"),
        (long_secp.as_str(), "a long f1 address"),
        (short_bls.as_str(), "a short f3 address"),
        (zero_bls.as_str(), "the f3 address of the point at infinity"),
        ("43040a07", "an f4 address"),
        ("420501", "an unknown protocol"),
        ("68663031303031", "an address as text"),
        ("814300e907", "a list with an address"),
        ("1903e9", "a number"),
    ] {
        for method in ["miner.ChangeOwnerAddress", "miner.IsControllingAddress"] {
            book.call(START, "owner", method, &format!("with {what} for an address"), params);
        }
    }
}

fn to(method: &Method) -> (&'static str, &'static str) {
    match method.name.split_once('.') {
        Some(("account", _)) => ("bob", "alice"),
        Some((actor, _)) => ("owner", actor),
        None => ("owner", method.name),
    }
}

fn params(book: &mut Book, method: &Method) {
    let (from, to) = to(method);
    let number = crate::methods::number(method.name, Number::Internal);
    let mut call = |what: &str, params: &str| {
        book.called(START, from, to, method.name, what, number, params.to_owned(), "0");
    };
    if !method.params {
        call("with parameters it does not take", "80");
        call("with null as parameters", "f6");
        return;
    }
    call("without parameters", NONE);
    call("with an empty list", "80");
    call("with null as parameters", "f6");
    call("with a break byte", "ff");
    call("with a list that ends too soon", "83");
    call("with a text", "6161");
    call("with a map", "a0");
}

/// The number of a builtin actor's method called by those who are none, and by an account of Ethereum's kind, which is one.
fn numbers(book: &mut Book, method: &Method) {
    let (_, to) = to(method);
    let Some(number) = method.internal else { return };
    for (from, who) in [
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
        ("ethaccount", "an Ethereum account"),
        ("placeholder", "a placeholder"),
        ("multisig", "a multisig"),
    ] {
        let what = format!("by the builtin actors' number, without parameters, by {who}");
        book.called(START, from, to, method.name, &what, number, String::new(), "0");
    }
}

fn unknown(book: &mut Book) {
    for actor in ["miner", "power", "init"] {
        for (number, what) in [
            (77, "a number below 2^24"),
            ((1 << 24) - 1, "the highest number for builtin actors"),
            (1 << 24, "the lowest number for everybody"),
            (crate::methods::RECEIVE, "the receiver hook"),
            (u64::MAX, "the highest number"),
        ] {
            for (from, who) in [("owner", "an account"), ("contract", "a contract"), ("evm", "an Ethereum contract")] {
                let method = format!("{actor}.other");
                book.called(START, from, actor, &method, &format!("{what} by {who}"), number, String::new(), "0");
            }
        }
        let method = format!("{actor}.Send");
        book.called(START, "alice", actor, &method, "of FIL", 0, String::new(), "1000000000000000000");
        book.called(START, "contract", actor, &method, "of FIL by a contract", 0, String::new(), "1000000000000000000");
    }
}
