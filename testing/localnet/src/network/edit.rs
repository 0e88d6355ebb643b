//! Writing into the state past all messages, for tests that need a state no message leads to.

use fvm_shared::state::ActorState;
use fvm_shared::ActorID;

use super::Network;
use crate::machine::state_tree;

impl Network {
    /// Puts an actor into the present state, in place of the one with that ID if there is one. Nothing is checked: neither that
    /// the code is known nor that the sum of all balances stays the supply.
    pub fn put_actor(&mut self, id: ActorID, actor: ActorState) -> anyhow::Result<()> {
        let mut tree = state_tree(&self.store, &self.state_root)?;
        tree.set_actor(id, actor);
        let root = tree.flush()?;
        self.adopt(root);
        Ok(())
    }
}
