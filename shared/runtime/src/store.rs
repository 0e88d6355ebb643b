//! The host's blocks as an IPLD blockstore.

use cid::Cid;
use fvm_ipld_blockstore::{Block, Blockstore};
use fvm_ipld_encoding::{DAG_CBOR, IPLD_RAW};
use fvm_shared::error::ErrorNumber;
use multihash_codetable::Code;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::{codec, ActorError, Host};

/// A handle to the blocks this actor can reach. Cheap to copy.
pub struct Store<'a, H: Host>(pub(crate) &'a H);

impl<H: Host> Clone for Store<'_, H> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<H: Host> Copy for Store<'_, H> {}

impl<H: Host> Store<'_, H> {
    /// Reads a DAG-CBOR block. `what` names it in the error.
    pub fn load<T: DeserializeOwned>(self, cid: &Cid, what: &str) -> Result<T, ActorError> {
        decode(&self.block(cid, what)?, what)
    }

    /// Writes a DAG-CBOR block and links to it.
    pub fn save<T: Serialize>(self, value: &T, what: &str) -> Result<Cid, ActorError> {
        match codec::to_bytes(value) {
            Ok(data) => self.put_block(&data, what),
            Err(e) => Err(codec::no_encode(what, e)),
        }
    }

    #[inline(never)]
    pub(crate) fn block(self, cid: &Cid, what: &str) -> Result<Vec<u8>, ActorError> {
        self.0.block_get(cid).map_err(|e| ActorError::illegal_state(format!("{what} is not there: {e}")))
    }

    #[inline(never)]
    pub(crate) fn put_block(self, data: &[u8], what: &str) -> Result<Cid, ActorError> {
        self.0.block_put(DAG_CBOR, data).map_err(|e| ActorError::from_syscall(e, format_args!("cannot write {what}")))
    }
}

/// Decodes what a block of this actor's holds.
pub(crate) fn decode<T: DeserializeOwned>(data: &[u8], what: &str) -> Result<T, ActorError> {
    codec::from_bytes(data).map_err(|e| broken(what, e))
}

/// State that does not decode is the actor's own fault, not its caller's.
#[cold]
#[inline(never)]
fn broken(what: &str, e: fvm_ipld_encoding::Error) -> ActorError {
    ActorError::illegal_state(format!("{what} does not decode: {}", e.description))
}

impl<H: Host> Blockstore for Store<'_, H> {
    fn get(&self, cid: &Cid) -> anyhow::Result<Option<Vec<u8>>> {
        match self.0.block_get(cid) {
            Ok(data) => Ok(Some(data)),
            Err(ErrorNumber::NotFound) => Ok(None),
            Err(e) => Err(anyhow::anyhow!("cannot read block {cid}: {e}")),
        }
    }

    fn put_keyed(&self, cid: &Cid, block: &[u8]) -> anyhow::Result<()> {
        let written =
            self.0.block_put(cid.codec(), block).map_err(|e| anyhow::anyhow!("cannot write block {cid}: {e}"))?;
        anyhow::ensure!(written == *cid, "block {cid} hashes to {written}");
        Ok(())
    }

    fn put<D: AsRef<[u8]>>(&self, code: Code, block: &Block<D>) -> anyhow::Result<Cid> {
        anyhow::ensure!(code == Code::Blake2b256, "only blake2b-256 is used on chain");
        anyhow::ensure!(
            matches!(block.codec, DAG_CBOR | IPLD_RAW) || block.codec == fvm_ipld_encoding::CBOR,
            "codec {} is not used on chain",
            block.codec
        );
        self.0.block_put(block.codec, block.data.as_ref()).map_err(|e| anyhow::anyhow!("cannot write a block: {e}"))
    }
}
