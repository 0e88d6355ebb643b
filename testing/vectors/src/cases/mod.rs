//! What is recorded: situations, and the calls made in them. Only the recorder reads this; the replay reads the files.

mod account;
mod init;
mod malformed;
mod miner_beneficiary;
mod miner_money;
mod miner_people;
mod miner_views;
mod power;
mod situations;

use std::collections::BTreeMap;

use fvm_ipld_encoding::to_vec;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_localnet::{Key, KeyKind};
use serde::Serialize;

use crate::format::{Message, Situation, Step};
use crate::methods::{number, Number};

/// The first situation: the cast is there, nothing happened yet.
pub const FIRST: &str = "first";
/// The one all others go on from: the estimates of reward and power are those of the first, but do not move.
pub const START: &str = "start";

/// A call to be made, without its answer.
#[derive(Debug, Clone)]
pub struct Case {
    /// See [`crate::format::Call`].
    pub name: String,
    /// The state before.
    pub situation: String,
    /// Actor and method.
    pub calls: String,
    /// What is sent.
    pub message: Message,
}

/// All situations and calls.
#[derive(Debug, Default)]
pub struct Book {
    /// Parents first.
    pub situations: Vec<Situation>,
    /// In no order.
    pub cases: Vec<Case>,
}

/// Everything that is recorded.
pub fn book() -> anyhow::Result<Book> {
    let mut book = Book::default();
    situations::add(&mut book)?;
    miner_money::add(&mut book);
    miner_people::add(&mut book)?;
    miner_beneficiary::add(&mut book);
    miner_views::add(&mut book)?;
    power::add(&mut book)?;
    init::add(&mut book)?;
    account::add(&mut book)?;
    malformed::add(&mut book);
    Ok(book)
}

/// Names and `f0` addresses of everybody. The IDs follow from the order of genesis and of the first situation's steps.
pub fn cast() -> BTreeMap<String, String> {
    let ids: [(&str, ActorID); 29] = [
        ("system", 0),
        ("init", 1),
        ("reward", 2),
        ("cron", 3),
        ("power", 4),
        ("eam", 10),
        ("burnt", 99),
        ("faucet", 1000),
        ("owner", 1001),
        ("worker", 1002),
        ("miner", 1003),
        ("alice", 1004),
        ("bob", 1005),
        ("eve", 1006),
        ("worker2", 1007),
        ("worker3", 1008),
        // Put into the state: no message of the setup makes them.
        ("contract", CONTRACT),
        ("evm", 2001),
        ("multisig", 2002),
        ("placeholder", 2003),
        ("ethaccount", 2004),
        ("paych", 2005),
        // Without a state: their constructors were not called.
        ("unborn account", 2010),
        ("unborn power", 2011),
        ("unborn init", 2012),
        ("unborn miner", 2013),
        // Made by a later situation.
        ("miner of alice", 1009),
        ("miner of bob", 1010),
        ("miner of eve", 1011),
    ];
    ids.into_iter().map(|(name, id)| (name.to_owned(), Address::new_id(id).to_string())).collect()
}

/// ID of the actor with a user's code.
pub const CONTRACT: ActorID = 2000;

/// The key of somebody in the cast, or of nobody on chain.
pub fn key(kind: KeyKind, name: &str) -> anyhow::Result<Key> {
    Key::from_seed(kind, format!("vectors/{name}").as_bytes())
}

/// The `f0` address of somebody in the cast.
///
/// # Panics
/// If there is nobody of that name: a slip in this folder.
pub fn id(name: &str) -> Address {
    cast()[name].parse().expect("an address")
}

/// Whole FIL in attoFIL.
pub fn fil(whole: i64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

/// Hex of the CBOR of some parameters.
///
/// # Panics
/// If they do not encode: a slip in this folder.
pub fn p<T: Serialize>(params: &T) -> String {
    hex::encode(to_vec(params).expect("encodes"))
}

/// No parameters.
pub const NONE: &str = "";

impl Book {
    /// A situation that follows another.
    pub fn situation(&mut self, name: &str, after: Option<&str>, steps: Vec<Step>) {
        self.situations.push(Situation {
            name: name.to_owned(),
            after: after.map(ToOwned::to_owned),
            steps,
            state: BTreeMap::new(),
        });
    }

    /// A call of `actor.Method`: by its FRC-42 number if the caller has a user's code or there is no other, else by the one
    /// for builtin actors.
    pub fn call(&mut self, situation: &str, from: &str, method: &str, what: &str, params: impl Into<String>) {
        self.paid(situation, from, method, what, params, "0");
    }

    /// [`Self::call`] with attoFIL sent along.
    pub fn paid(
        &mut self,
        situation: &str,
        from: &str,
        method: &str,
        what: &str,
        params: impl Into<String>,
        value: &str,
    ) {
        let user = matches!(from, "contract" | "evm");
        let which = number(method, if user { Number::Exported } else { Number::Internal });
        self.push(situation, from, method, what, which, params.into(), value);
    }

    /// A call by the FRC-42 number.
    pub fn exported(&mut self, situation: &str, from: &str, method: &str, what: &str, params: impl Into<String>) {
        self.push(situation, from, method, what, number(method, Number::Exported), params.into(), "0");
    }

    /// A call by the number for builtin actors.
    pub fn internal(&mut self, situation: &str, from: &str, method: &str, what: &str, params: impl Into<String>) {
        self.push(situation, from, method, what, number(method, Number::Internal), params.into(), "0");
    }

    /// A call of a method that may have no name.
    #[allow(clippy::too_many_arguments)]
    pub fn push(
        &mut self,
        situation: &str,
        from: &str,
        method: &str,
        what: &str,
        number: u64,
        params: String,
        value: &str,
    ) {
        let (actor, _) = method.split_once('.').unwrap_or((method, ""));
        self.called(situation, from, actor, method, what, number, params, value);
    }

    /// A call of a method of an actor other than the kind's namesake (an account, for instance).
    #[allow(clippy::too_many_arguments)]
    pub fn called(
        &mut self,
        situation: &str,
        from: &str,
        to: &str,
        method: &str,
        what: &str,
        number: u64,
        params: String,
        value: &str,
    ) {
        let message =
            Message { from: from.to_owned(), to: to.to_owned(), method: number, value: value.to_owned(), params };
        self.cases.push(Case {
            name: format!("{method} {what}"),
            situation: situation.to_owned(),
            calls: method.to_owned(),
            message,
        });
    }
}

/// A step: a message that succeeds.
pub fn send(from: &str, to: &str, method: &str, value: &TokenAmount, params: impl Into<String>) -> Step {
    let user = matches!(from, "contract" | "evm");
    let method =
        if method.is_empty() { 0 } else { number(method, if user { Number::Exported } else { Number::Internal }) };
    Step::Send(Message {
        from: from.to_owned(),
        to: to.to_owned(),
        method,
        value: value.atto().to_string(),
        params: params.into(),
    })
}

/// A step: FIL without a method.
pub fn pay(from: &str, to: &str, value: &TokenAmount) -> Step {
    send(from, to, "", value, NONE)
}

/// A step: a field of a state is overwritten.
pub fn pin(actor: &str, field: &str, value: impl ToString) -> Step {
    Step::Pin { actor: actor.to_owned(), field: field.to_owned(), value: value.to_string() }
}

/// An amount as the files have it.
pub fn atto(amount: &TokenAmount) -> String {
    amount.atto().to_string()
}
