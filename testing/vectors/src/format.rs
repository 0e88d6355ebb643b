//! The files: what a situation, a call and an answer look like in JSON.
//!
//! Amounts are attoFIL as decimal strings, bytes are hex, addresses are names of the cast or `f0` addresses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was recorded with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Which bundle, for people.
    pub bundle: String,
    /// CID of the bundle's manifest: the root of its CAR file.
    pub manifest: String,
    /// Rules of the VM.
    pub network_version: u32,
}

/// `situations.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situations {
    /// What was recorded with.
    pub source: Source,
    /// Names used instead of addresses.
    pub cast: BTreeMap<String, String>,
    /// Each after the one it goes on from.
    pub situations: Vec<Situation>,
}

/// A state of the network, and the way there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// Unique.
    pub name: String,
    /// The situation it goes on from; none for genesis.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<String>,
    /// In this order.
    pub steps: Vec<Step>,
    /// What the state is then, as far as it differs from the one it goes on from.
    pub state: Facts,
}

/// Facts about a state, by name; null is what is not there any more.
pub type Facts = BTreeMap<String, Option<String>>;

/// One step towards a situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// An implicit message that succeeds.
    Send(Message),
    /// Epochs pass, with cron in each, without block rewards.
    Pass(i64),
    /// An actor that no message brings about is put into the state.
    Actor {
        /// Its `f0` address.
        id: String,
        /// Its code's name in the manifest, or `user` for code that is not in it.
        code: String,
    },
    /// A field of an actor's state is overwritten.
    Pin {
        /// Whose.
        actor: String,
        /// Its official name.
        field: String,
        /// Its value.
        value: String,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Sender.
    pub from: String,
    /// Receiver.
    pub to: String,
    /// Number.
    pub method: u64,
    /// attoFIL sent along.
    #[serde(skip_serializing_if = "is_zero", default = "zero")]
    pub value: String,
    /// CBOR in hex; empty for none. A builtin code's name in angle brackets stands for its CID.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub params: String,
}

fn zero() -> String {
    "0".to_owned()
}
fn is_zero(value: &str) -> bool {
    value == "0"
}

/// A file of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// What was recorded with.
    pub source: Source,
    /// Sorted by actor, method, situation and name.
    pub calls: Vec<Call>,
}

/// One call and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Which call, and what is special about it; unique in all files.
    pub name: String,
    /// The state before.
    pub situation: String,
    /// Actor and method.
    pub calls: String,
    /// What was sent.
    pub message: Message,
    /// What came of it.
    pub answer: Answer,
}

/// What came of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Exit code.
    pub exit: u32,
    /// Return bytes in hex.
    #[serde(rename = "return", skip_serializing_if = "String::is_empty", default)]
    pub data: String,
    /// attoFIL each actor gained (or, negative, lost).
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub moved: BTreeMap<String, String>,
    /// What the call changed in the actors' states.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub after: Facts,
}

/// The files of calls, by the actor called.
pub const FILES: [&str; 4] = ["account", "init", "miner", "power"];
