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
    unknown(book);
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
