//! Where the network keeps its blocks: one cheaply cloned handle over any thread-safe blockstore.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock};

use anyhow::{anyhow, Context};
use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::{CborStore, DAG_CBOR};
use multihash_codetable::{Code, MultihashDigest};
use serde::de::DeserializeOwned;
use serde::Serialize;

/// What a backing store must be: a blockstore that several threads may use at once.
///
/// A persistent store only has to implement [`Blockstore`]; everything above it sees a [`Store`].
pub trait SharedBlockstore: Blockstore + Send + Sync + 'static {}

impl<T: Blockstore + Send + Sync + 'static> SharedBlockstore for T {}

/// A handle on the network's blocks. Clones share the same blocks.
///
/// The VM wraps it into a write buffer of its own and passes on only what a new state root reaches.
#[derive(Clone)]
pub struct Store(Arc<dyn SharedBlockstore>);

impl Store {
    /// A handle on `backing`.
    pub fn new(backing: impl SharedBlockstore) -> Self {
        Self(Arc::new(backing))
    }

    /// A store that is gone with the process.
    pub fn in_memory() -> Self {
        Self::new(MemoryStore::default())
    }

    /// Stores `value` as DAG-CBOR under its blake2b-256 CID.
    pub fn put_value<T: Serialize>(&self, value: &T) -> anyhow::Result<Cid> {
        self.put_cbor(value, Code::Blake2b256)
    }

    /// Stores bytes that already are DAG-CBOR.
    pub fn put_dag_cbor(&self, bytes: &[u8]) -> anyhow::Result<Cid> {
        let cid = dag_cbor_cid(bytes);
        self.put_keyed(&cid, bytes)?;
        Ok(cid)
    }

    /// Loads and decodes the block `cid`; a missing block is an error that names it.
    pub fn load<T: DeserializeOwned>(&self, cid: &Cid) -> anyhow::Result<T> {
        self.get_cbor(cid)
            .with_context(|| format!("block {cid} does not decode"))?
            .ok_or_else(|| anyhow!("block {cid} is not in the store"))
    }
}

/// The CID a DAG-CBOR block has everywhere on Filecoin.
pub fn dag_cbor_cid(bytes: &[u8]) -> Cid {
    Cid::new_v1(DAG_CBOR, Code::Blake2b256.digest(bytes))
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Blockstore for Store {
    fn get(&self, k: &Cid) -> anyhow::Result<Option<Vec<u8>>> {
        self.0.get(k)
    }

    fn put_keyed(&self, k: &Cid, block: &[u8]) -> anyhow::Result<()> {
        self.0.put_keyed(k, block)
    }

    fn has(&self, k: &Cid) -> anyhow::Result<bool> {
        self.0.has(k)
    }
}

/// Blocks in a map. Content addressing means blocks are only ever added, so old state roots stay readable.
#[derive(Default)]
struct MemoryStore(RwLock<HashMap<Cid, Arc<[u8]>>>);

impl Blockstore for MemoryStore {
    fn get(&self, k: &Cid) -> anyhow::Result<Option<Vec<u8>>> {
        let blocks = self.0.read().map_err(|_| anyhow!("block map is poisoned"))?;
        Ok(blocks.get(k).map(|block| block.to_vec()))
    }

    fn put_keyed(&self, k: &Cid, block: &[u8]) -> anyhow::Result<()> {
        let mut blocks = self.0.write().map_err(|_| anyhow!("block map is poisoned"))?;
        blocks.entry(*k).or_insert_with(|| block.into());
        Ok(())
    }

    fn has(&self, k: &Cid) -> anyhow::Result<bool> {
        let blocks = self.0.read().map_err(|_| anyhow!("block map is poisoned"))?;
        Ok(blocks.contains_key(k))
    }
}
