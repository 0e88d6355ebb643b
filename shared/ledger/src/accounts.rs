//! All accounts by ActorID.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::ActorID;
use peggy_runtime::{ActorError, Map, WIDTH_HOT};

use crate::{Account, RewardIndex};

const NAME: &str = "the accounts";

/// The accounts, loaded. One or two of thousands change in a message: hence [`WIDTH_HOT`].
pub struct Accounts<BS: Blockstore>(Map<BS, ActorID, Account>);

impl<BS: Blockstore> Accounts<BS> {
    /// Writes an empty ledger and links to it.
    pub fn create(store: BS) -> Result<Cid, ActorError> {
        Map::<_, ActorID, Account>::flush_empty(store, WIDTH_HOT, NAME)
    }
    /// Loads a ledger by its root.
    pub fn load(root: &Cid, store: BS) -> Result<Self, ActorError> {
        Map::load(root, store, WIDTH_HOT, NAME).map(Self)
    }
    /// An account; an empty one for who has none.
    pub fn get(&self, id: ActorID) -> Result<Account, ActorError> {
        Ok(self.0.get(&id)?.cloned().unwrap_or_default())
    }
    /// Replaces an account. One that holds nothing and can claim nothing is removed, and the fraction of an attoFIL it
    /// leaves goes back to all.
    pub fn put(&mut self, id: ActorID, account: Account, index: &mut RewardIndex) -> Result<(), ActorError> {
        match account.dust() {
            Some(dust) => {
                self.0.delete(&id)?;
                index.give_back(dust);
            }
            None => {
                self.0.set(&id, account)?;
            }
        }
        Ok(())
    }
    /// Writes what changed, and returns the root.
    pub fn flush(&mut self) -> Result<Cid, ActorError> {
        self.0.flush()
    }
    /// Visits every account. For tests and invariant checks only: its cost grows with holders.
    pub fn for_each(&self, f: impl FnMut(ActorID, &Account) -> Result<(), ActorError>) -> Result<(), ActorError> {
        self.0.for_each(f)
    }
}
