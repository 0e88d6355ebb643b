//! Events: what an indexer needs to rebuild every balance (DESIGN.md 3.7, FIP-0049, FIP-0083).

use fvm_ipld_encoding::{to_vec, CBOR};
use fvm_shared::econ::TokenAmount;
use fvm_shared::event::{ActorEvent, Entry, Flags};
use fvm_shared::ActorID;
use serde::Serialize;

/// An event being put together. The first entry is `$type`; ActorIDs of parties are indexed by key and value, everything
/// else is not, for each indexed byte costs gas.
#[derive(Debug, Clone)]
pub struct Event {
    entries: Vec<Entry>,
    /// Set when a value did not encode; emitting the event then fails the message.
    broken: bool,
}

impl Event {
    /// Starts an event; `kind` is kebab-case.
    #[inline(never)]
    pub fn new(kind: &str) -> Self {
        Self { entries: Vec::with_capacity(6), broken: false }.entry("$type", &kind, Flags::FLAG_INDEXED_ALL)
    }

    /// A party, indexed.
    #[must_use]
    #[inline(never)]
    pub fn party(self, key: &str, id: ActorID) -> Self {
        self.entry(key, &id, Flags::FLAG_INDEXED_ALL)
    }

    /// An amount in attoFIL or in the smallest unit of a token.
    #[must_use]
    #[inline(never)]
    pub fn amount(self, key: &str, amount: &TokenAmount) -> Self {
        self.entry(key, amount, Flags::empty())
    }

    /// Any other value.
    #[must_use]
    pub fn with<T: Serialize>(self, key: &str, value: &T) -> Self {
        self.entry(key, value, Flags::empty())
    }

    fn entry<T: Serialize + ?Sized>(self, key: &str, value: &T, flags: Flags) -> Self {
        self.push(key, to_vec(value).ok(), flags)
    }

    #[inline(never)]
    fn push(mut self, key: &str, value: Option<Vec<u8>>, flags: Flags) -> Self {
        match value {
            Some(value) => self.entries.push(Entry { flags, key: key.to_owned(), codec: CBOR, value }),
            None => self.broken = true,
        }
        self
    }

    /// The finished event; `None` if a value did not encode.
    pub(crate) fn finish(self) -> Option<ActorEvent> {
        (!self.broken).then_some(ActorEvent { entries: self.entries })
    }
}
