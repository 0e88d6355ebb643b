//! Blocks in any store: on chain, in the network's state tree, or in a test.

use cid::Cid;
use fvm_ipld_blockstore::{Block, Blockstore};
use fvm_ipld_encoding::{to_vec, DAG_CBOR};
use multihash_codetable::Code;
use peggy_runtime::{ActorError, ResultExt};
use serde::de::DeserializeOwned;
use serde::Serialize;

/// Writes a DAG-CBOR block and links to it. `what` names it in the error.
pub fn put<T: Serialize>(store: &impl Blockstore, value: &T, what: &str) -> Result<Cid, ActorError> {
    let data = to_vec(value).or_serialization(what)?;
    store.put(Code::Blake2b256, &Block { codec: DAG_CBOR, data }).or_state(&format!("cannot write {what}"))
}

/// Reads a DAG-CBOR block. `what` names it in the error.
pub fn get<T: DeserializeOwned>(store: &impl Blockstore, cid: &Cid, what: &str) -> Result<T, ActorError> {
    let data = store
        .get(cid)
        .or_state(&format!("cannot read {what}"))?
        .ok_or_else(|| ActorError::illegal_state(format!("{what} is not there")))?;
    fvm_ipld_encoding::from_slice(&data).or_state(&format!("{what} does not decode"))
}
