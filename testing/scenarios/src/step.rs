//! What a step is, and what it left.

use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use peggy_localnet::Outcome as NetOutcome;
use peggy_runtime::Method;
use serde::de::DeserializeOwned;

use crate::events::Event;

/// A message of a test, before it is sent.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the test calls it.
    pub name: String,
    /// Who sends it.
    pub from: ActorID,
    /// To whom.
    pub to: ActorID,
    /// FIL sent along.
    pub value: TokenAmount,
    /// Method; 0 is a bare send.
    pub method: MethodNum,
    /// CBOR.
    pub params: RawBytes,
}

/// What became of a message.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the test called the step.
    pub name: String,
    /// 0 if it succeeded.
    pub code: u32,
    /// The sentence of the actor that failed; empty when the message succeeded.
    pub message: String,
    /// Where it failed.
    pub backtrace: String,
    /// What it answered.
    pub answer: RawBytes,
    /// Gas used.
    pub gas: u64,
    /// Gas burnt and tips paid by the sender, in attoFIL.
    pub gas_cost: TokenAmount,
    /// Part of it that was burnt.
    pub gas_burnt: TokenAmount,
    /// Events of the bundle's actors.
    pub events: Vec<Event>,
}

impl Outcome {
    /// From the network's own; `events` are read by the caller.
    pub fn new(name: &str, outcome: NetOutcome, events: Vec<Event>) -> Self {
        Self {
            name: name.to_owned(),
            code: outcome.exit_code().value(),
            message: outcome.message.clone(),
            backtrace: outcome.backtrace.clone(),
            answer: outcome.return_data().clone(),
            gas: outcome.gas_used(),
            gas_cost: &outcome.burnt + &outcome.miner_tip,
            gas_burnt: outcome.burnt.clone(),
            events,
        }
    }

    /// Whether it succeeded.
    pub fn is_ok(&self) -> bool {
        self.code == 0
    }

    /// Fails the test unless the message succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(
            self.is_ok(),
            "{} failed with exit code {}: {}\n{}",
            self.name,
            self.code,
            self.message,
            self.backtrace
        );
        self
    }

    /// Fails the test unless the message failed with this exit code and a sentence that holds these words.
    #[track_caller]
    pub fn refused(self, code: u32, words: &str) -> Self {
        assert_eq!(
            self.code, code,
            "{} should be refused with exit code {code}, got {}: {}\n{}",
            self.name, self.code, self.message, self.backtrace
        );
        assert!(
            self.message.contains(words),
            "{} was refused with '{}', which does not say '{words}'",
            self.name,
            self.message
        );
        self
    }

    /// Fails the test unless the message failed; whatever the code, it must come with a sentence and not be a trap.
    #[track_caller]
    pub fn failed(self) -> Self {
        assert!(!self.is_ok(), "{} should have failed", self.name);
        assert!(!self.message.is_empty(), "{} failed with {} and no sentence", self.name, self.code);
        self
    }

    /// The decoded answer of a message that succeeded.
    #[track_caller]
    pub fn decode<T: DeserializeOwned>(self) -> T {
        let name = self.name.clone();
        let done = self.ok();
        from_slice(done.answer.bytes()).unwrap_or_else(|e| panic!("answer of {name} does not decode: {e}"))
    }

    /// The decoded answer of a method that succeeded.
    #[track_caller]
    pub fn answer<M: Method>(self) -> M::Return {
        self.decode()
    }
}
