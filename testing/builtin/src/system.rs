//! The system actor's state.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use peggy_runtime::ActorError;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// What the VM reads to find the code of the builtin actors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Link to `Vec<(String, Cid)>`: names and codes, in the order of [`crate::types`].
    pub builtin_actors: Cid,
}

impl State {
    /// The state of a network with this manifest.
    pub fn genesis(store: &impl Blockstore, manifest: &[(String, Cid)]) -> Result<Self, ActorError> {
        Ok(Self { builtin_actors: crate::blocks::put(store, &manifest, "the manifest")? })
    }
}
