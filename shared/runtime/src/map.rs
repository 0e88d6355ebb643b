//! A HAMT with typed keys, a name for its errors and a width its user chose with a reason.

use std::marker::PhantomData;

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_hamt::{BytesKey, Config, Hamt};
use fvm_shared::ActorID;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::ActorError;

/// 8 children a node, up to two entries a bucket: the cheapest for one or two records of about a link's length (43 bytes) changed
/// among thousands, and the one whose paths differ least in depth (docs/decisions.md, "Two records a bucket").
pub const WIDTH_HOT: Config = Config { bit_width: 3, min_data_depth: 0, max_array_width: 2 };

/// 8 children a node, up to three entries a bucket: for thousands of records that are much shorter than a link, which are cheaper where
/// they are than in a node of their own.
pub const WIDTH_SHORT: Config = Config { bit_width: 3, min_data_depth: 0, max_array_width: 3 };

/// 32 children a node, up to three entries a bucket: few blocks for maps that hold tens of entries and are read more
/// than written.
pub const WIDTH_SMALL: Config = Config { bit_width: 5, min_data_depth: 0, max_array_width: 3 };

/// A key of a [`Map`].
pub trait MapKey: Sized {
    /// The bytes the key is stored under.
    fn to_key(&self) -> BytesKey;
    /// The key back from its bytes.
    fn from_key(bytes: &[u8]) -> Option<Self>;
}

impl MapKey for u64 {
    fn to_key(&self) -> BytesKey {
        key_of(*self)
    }
    fn from_key(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > 8 || bytes.last() == Some(&0) {
            return None;
        }
        let mut raw = [0; 8];
        raw[..bytes.len()].copy_from_slice(bytes);
        Some(Self::from_le_bytes(raw))
    }
}

impl MapKey for (ActorID, ActorID) {
    fn to_key(&self) -> BytesKey {
        let mut bytes = self.0.to_be_bytes().to_vec();
        bytes.extend(self.1.to_be_bytes());
        BytesKey(bytes)
    }
    fn from_key(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 16] = bytes.try_into().ok()?;
        let (a, b) = bytes.split_at(8);
        Some((u64::from_be_bytes(a.try_into().ok()?), u64::from_be_bytes(b.try_into().ok()?)))
    }
}

/// The shortest key of a number: little-endian without trailing zeros, because each byte is paid for.
pub fn key_of(id: u64) -> BytesKey {
    let bytes = id.to_le_bytes();
    let len = 8 - (id.leading_zeros() / 8) as usize;
    BytesKey(bytes[..len].to_vec())
}

/// A HAMT from `K` to `V`.
pub struct Map<BS: Blockstore, K, V> {
    hamt: Hamt<BS, V>,
    name: &'static str,
    key: PhantomData<K>,
}

impl<BS, K, V> Map<BS, K, V>
where
    BS: Blockstore,
    K: MapKey,
    V: Serialize + DeserializeOwned + PartialEq,
{
    /// An empty map.
    pub fn empty(store: BS, config: Config, name: &'static str) -> Self {
        Self { hamt: Hamt::new_with_config(store, config), name, key: PhantomData }
    }
    /// Writes an empty map and links to it.
    pub fn flush_empty(store: BS, config: Config, name: &'static str) -> Result<Cid, ActorError> {
        Self::empty(store, config, name).flush()
    }
    /// Loads a map by its root.
    pub fn load(root: &Cid, store: BS, config: Config, name: &'static str) -> Result<Self, ActorError> {
        let hamt = Hamt::load_with_config(root, store, config)
            .map_err(|e| ActorError::illegal_state(format!("cannot load {name}: {e}")))?;
        Ok(Self { hamt, name, key: PhantomData })
    }
    /// The value under `key`.
    pub fn get(&self, key: &K) -> Result<Option<&V>, ActorError> {
        self.hamt.get(&key.to_key()).map_err(|e| self.broken("read", e))
    }
    /// True if there is a value under `key`.
    pub fn contains(&self, key: &K) -> Result<bool, ActorError> {
        self.hamt.contains_key(&key.to_key()).map_err(|e| self.broken("read", e))
    }
    /// Sets the value under `key`, and returns the one that was there.
    pub fn set(&mut self, key: &K, value: V) -> Result<Option<V>, ActorError>
    where
        V: Clone,
    {
        let name = self.name;
        self.hamt.set(key.to_key(), value).map_err(|e| broken(name, "change", e))
    }
    /// Removes the value under `key`, and returns it.
    pub fn delete(&mut self, key: &K) -> Result<Option<V>, ActorError> {
        let name = self.name;
        Ok(self.hamt.delete(&key.to_key()).map_err(|e| broken(name, "change", e))?.map(|(_, v)| v))
    }
    /// Writes what changed, and returns the root.
    pub fn flush(&mut self) -> Result<Cid, ActorError> {
        let name = self.name;
        self.hamt.flush().map_err(|e| broken(name, "write", e))
    }
    /// Visits every entry. Only for maps whose size is bounded by a constant, and for tests.
    pub fn for_each(&self, mut f: impl FnMut(K, &V) -> Result<(), ActorError>) -> Result<(), ActorError> {
        for entry in &self.hamt {
            let (key, value) = entry.map_err(|e| self.broken("read", e))?;
            let key = K::from_key(key)
                .ok_or_else(|| ActorError::illegal_state(format!("{} holds a key that is none", self.name)))?;
            f(key, value)?;
        }
        Ok(())
    }

    fn broken(&self, what: &str, e: impl std::fmt::Display) -> ActorError {
        broken(self.name, what, e)
    }
}

fn broken(name: &str, what: &str, e: impl std::fmt::Display) -> ActorError {
    ActorError::illegal_state(format!("cannot {what} {name}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_keys_round_trip_and_are_minimal() {
        for id in [0, 1, 255, 256, 65_535, 1 << 32, u64::MAX] {
            assert_eq!(u64::from_key(&id.to_key().0), Some(id));
        }
        assert!(key_of(0).0.is_empty());
        assert_eq!(key_of(1000).0.len(), 2);
        // Two keys for one number would be two accounts for one person.
        assert_eq!(u64::from_key(&[1, 0]), None);
    }

    #[test]
    fn pair_keys_round_trip() {
        let pair = (1000, u64::MAX);
        assert_eq!(<(u64, u64)>::from_key(&pair.to_key().0), Some(pair));
        assert_eq!(<(u64, u64)>::from_key(&[1, 2, 3]), None);
    }
}
