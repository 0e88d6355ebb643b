//! Events as an indexer reads them.

use fvm_ipld_encoding::from_slice;
use fvm_shared::econ::TokenAmount;
use fvm_shared::event::{Flags, StampedEvent};
use fvm_shared::ActorID;
use serde::de::DeserializeOwned;

/// The codec of every entry: plain CBOR.
const CBOR: u64 = 0x51;

/// One event, with its values still encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The actor it comes from.
    pub emitter: ActorID,
    /// The value of `$type`.
    pub kind: String,
    entries: Vec<(String, Vec<u8>)>,
}

impl Event {
    /// Reads an event and checks the rules every event of the bundle follows (DESIGN.md 3.7).
    pub fn read(stamped: &StampedEvent) -> Result<Self, String> {
        let mut entries = Vec::new();
        let mut bytes = 0;
        for entry in &stamped.event.entries {
            bytes += entry.key.len() + entry.value.len();
            if entry.codec != CBOR {
                return Err(format!("entry {} has codec {:#x}, not CBOR", entry.key, entry.codec));
            }
            if entry.key.is_empty() || entry.key.len() > 31 {
                return Err(format!("entry key '{}' is not 1 to 31 bytes long", entry.key));
            }
            if entries.iter().any(|(key, _)| *key == entry.key) {
                return Err(format!("entry {} is there twice", entry.key));
            }
            entries.push((entry.key.clone(), entry.value.clone()));
        }
        if entries.len() > 255 || bytes > 8 << 10 {
            return Err("the event is larger than 255 entries or 8 KiB".to_owned());
        }
        let first = stamped.event.entries.first().filter(|e| e.key == "$type" && e.flags == Flags::FLAG_INDEXED_ALL);
        let kind: String = first
            .and_then(|e| from_slice(&e.value).ok())
            .ok_or("the first entry is not an indexed text called $type")?;
        let kebab = kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !kebab || kind.is_empty() {
            return Err(format!("$type '{kind}' is not kebab-case"));
        }
        Ok(Self { emitter: stamped.emitter, kind, entries })
    }

    /// A value, decoded.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, String> {
        let (_, value) = self.entries.iter().find(|(k, _)| k == key).ok_or_else(|| {
            let keys: Vec<_> = self.entries.iter().map(|(k, _)| k.as_str()).collect();
            format!("event {} has no entry {key}, only {}", self.kind, keys.join(", "))
        })?;
        from_slice(value).map_err(|e| format!("entry {key} of event {}: {e}", self.kind))
    }

    /// Whether there is such an entry.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(k, _)| k == key)
    }

    /// An amount.
    pub fn amount(&self, key: &str) -> Result<TokenAmount, String> {
        self.get(key)
    }

    /// An ActorID.
    pub fn id(&self, key: &str) -> Result<ActorID, String> {
        self.get(key)
    }
}
