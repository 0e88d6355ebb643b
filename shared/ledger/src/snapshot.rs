//! Balances as they stood at the end of the previous epoch, without a copy of anything.
//!
//! State is content-addressed: the root of the accounts *is* a snapshot of them. Remembering one root costs a transfer
//! nothing, and whoever keeps a link to it keeps it readable (DESIGN.md 5, "Votes cost transfers nothing").

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_runtime::{ActorError, Host, Store};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Version of the layout of [`Snapshot`] and of the accounts it links to.
pub const SNAPSHOT_SCHEMA: u64 = 1;

/// The accounts before the first write of the last epoch that had one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Previous {
    /// The last epoch with a write.
    pub epoch: ChainEpoch,
    /// The accounts as of the end of the epoch before it.
    pub accounts: Cid,
    /// The votable supply then.
    pub supply: TokenAmount,
}

impl Previous {
    /// Called before every change, with the accounts and supply as they are: the first one in an epoch keeps them.
    pub fn roll(&mut self, now: ChainEpoch, accounts: &Cid, supply: impl FnOnce() -> TokenAmount) {
        if self.epoch < now {
            *self = Self { epoch: now, accounts: *accounts, supply: supply() };
        }
    }
}

/// The block a vote rests on. Whoever keeps its CID can ask for any balance in it, for as long as code reads its schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Snapshot {
    /// [`SNAPSHOT_SCHEMA`] of the code that wrote it.
    pub schema: u64,
    /// Root of the accounts.
    pub accounts: Cid,
    /// The epoch at whose end they stood so.
    pub epoch: ChainEpoch,
}

impl Snapshot {
    /// Writes the block and links to it.
    pub fn save<H: Host>(accounts: Cid, epoch: ChainEpoch, store: Store<'_, H>) -> Result<Cid, ActorError> {
        store.save(&Self { schema: SNAPSHOT_SCHEMA, accounts, epoch }, "the snapshot")
    }

    /// Reads the block behind a caller's link. Trust: anybody can make a block that claims anything, and gets answers about
    /// it; they matter only to a caller that kept the link it was given.
    pub fn load<H: Host>(cid: &Cid, store: Store<'_, H>) -> Result<Self, ActorError> {
        let snapshot: Self = store.load(cid, "the snapshot").map_err(|e| {
            ActorError::illegal_argument(format!("{cid} is no snapshot of this actor: {}", e.message()))
        })?;
        if snapshot.schema != SNAPSHOT_SCHEMA {
            return Err(ActorError::illegal_argument(format!(
                "the snapshot has schema {}; this code reads schema {SNAPSHOT_SCHEMA}",
                snapshot.schema
            )));
        }
        Ok(snapshot)
    }
}
