//! Reading chain and state.

use std::sync::Arc;

use anyhow::{anyhow, Context};
use cid::Cid;
use fvm::externs::Rand as _;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::event::StampedEvent;
use fvm_shared::state::ActorState;
use fvm_shared::ActorID;
use num_traits::Zero;
use serde::de::DeserializeOwned;

use super::{ExecutedTipset, Network};
use crate::chain::{load_events, BlockHeader, TipsetKey};
use crate::ids;
use crate::machine::state_tree;
use crate::message::SignedMessage;
use crate::outcome::Outcome;

/// A message that is on chain together with the receipt its execution left.
#[derive(Clone, Debug)]
pub struct MessageLookup {
    /// The message.
    pub message: SignedMessage,
    /// What it did.
    pub outcome: Outcome,
    /// The tipset that holds it.
    pub included: Arc<ExecutedTipset>,
    /// The child, whose header holds the receipt; nodes call it the executing tipset. `None` until it exists.
    pub executing: Option<Arc<ExecutedTipset>>,
}

impl Network {
    /// The tipset at `height`, or the last one before if that round was null. `None` above the head.
    pub fn tipset_by_height(&self, height: ChainEpoch) -> Option<&Arc<ExecutedTipset>> {
        if height > self.epoch() {
            return None;
        }
        let after = self.chain.partition_point(|t| t.height() <= height);
        after.checked_sub(1).and_then(|i| self.chain.get(i))
    }

    /// The first tipset above `height`.
    pub fn tipset_after(&self, height: ChainEpoch) -> Option<&Arc<ExecutedTipset>> {
        self.chain.get(self.chain.partition_point(|t| t.height() <= height))
    }

    /// The tipset with this key.
    pub fn tipset(&self, key: &TipsetKey) -> Option<&Arc<ExecutedTipset>> {
        self.chain.iter().rev().find(|t| t.tipset.key() == key)
    }

    /// What the VM answers to an actor that asks for the ticket of an epoch.
    pub fn chain_randomness(&self, epoch: ChainEpoch) -> anyhow::Result<[u8; 32]> {
        self.index.get_chain_randomness(epoch)
    }

    /// What the VM answers to an actor that asks for the beacon of an epoch.
    pub fn beacon_randomness(&self, epoch: ChainEpoch) -> anyhow::Result<[u8; 32]> {
        self.index.get_beacon_randomness(epoch)
    }

    /// All tipsets, genesis first.
    pub fn tipsets(&self) -> &[Arc<ExecutedTipset>] {
        &self.chain
    }

    /// The header with this CID.
    pub fn block(&self, cid: &Cid) -> Option<&BlockHeader> {
        self.chain.iter().rev().find_map(|t| {
            let at = t.tipset.key().0.iter().position(|c| c == cid)?;
            t.tipset.blocks().get(at)
        })
    }

    /// What became of a message that was executed.
    pub fn outcome(&self, cid: &Cid) -> Option<&Outcome> {
        let (tipset, index) = self.locations.get(cid)?;
        self.chain.get(*tipset)?.outcomes.get(*index)
    }

    /// A message on chain, with receipt and tipsets (`StateSearchMsg`). Unsigned CIDs of signed messages are not found.
    pub fn search_message(&self, cid: &Cid) -> Option<MessageLookup> {
        let (tipset, index) = *self.locations.get(cid)?;
        let included = self.chain.get(tipset)?;
        Some(MessageLookup {
            message: included.messages.get(index)?.clone(),
            outcome: included.outcomes.get(index)?.clone(),
            included: included.clone(),
            executing: self.chain.get(tipset + 1).cloned(),
        })
    }

    /// The events behind a receipt's root.
    pub fn events(&self, root: &Cid) -> anyhow::Result<Vec<StampedEvent>> {
        load_events(&self.store, root)
    }

    /// The ID of an address, in the present state.
    pub fn resolve(&self, address: &Address) -> anyhow::Result<Option<ActorID>> {
        self.resolve_in(&self.state_root, address)
    }

    /// The ID of an address in the state `root`.
    pub fn resolve_in(&self, root: &Cid, address: &Address) -> anyhow::Result<Option<ActorID>> {
        Ok(state_tree(&self.store, root)?.lookup_id(address)?)
    }

    /// An actor in the present state.
    pub fn actor(&self, address: &Address) -> anyhow::Result<Option<ActorState>> {
        self.actor_in(&self.state_root, address)
    }

    /// An actor in the state `root`.
    pub fn actor_in(&self, root: &Cid, address: &Address) -> anyhow::Result<Option<ActorState>> {
        let tree = state_tree(&self.store, root)?;
        match tree.lookup_id(address)? {
            Some(id) => Ok(tree.get_actor(id)?),
            None => Ok(None),
        }
    }

    /// An actor in the present state, by ID.
    pub fn actor_by_id(&self, id: ActorID) -> anyhow::Result<Option<ActorState>> {
        Ok(state_tree(&self.store, &self.state_root)?.get_actor(id)?)
    }

    /// Balance of an address; zero if there is no such actor.
    pub fn balance(&self, address: &Address) -> anyhow::Result<TokenAmount> {
        Ok(self.actor(address)?.map_or_else(TokenAmount::zero, |a| a.balance))
    }

    /// The decoded state of an actor.
    pub fn load_state<T: DeserializeOwned>(&self, id: ActorID) -> anyhow::Result<T> {
        let actor = self.actor_by_id(id)?.ok_or_else(|| anyhow!("there is no actor f0{id}"))?;
        self.store.load(&actor.state).with_context(|| format!("state of f0{id}"))
    }

    /// Every actor of the present state, by ascending ID.
    pub fn actors(&self) -> anyhow::Result<Vec<(ActorID, ActorState)>> {
        let mut all = Vec::new();
        state_tree(&self.store, &self.state_root)?.for_each(|address, actor| {
            all.push((address.id()?, actor.clone()));
            Ok(())
        })?;
        all.sort_by_key(|(id, _)| *id);
        Ok(all)
    }

    /// Sum of all balances. Always the whole supply: FIL is neither made nor lost, only moved.
    pub fn total_fil(&self) -> anyhow::Result<TokenAmount> {
        Ok(self.actors()?.into_iter().map(|(_, a)| a.balance).sum())
    }

    /// The address whose key signs for an account: f1, f3 or f410. `None` if the actor is not an account.
    pub fn account_key(&self, id: ActorID) -> anyhow::Result<Option<Address>> {
        let Some(actor) = self.actor_by_id(id)? else { return Ok(None) };
        let manifest = self.manifest()?;
        let is = |name: &str| manifest.iter().any(|(n, code)| n == name && *code == actor.code);
        if is("account") {
            let (address,): (Address,) = self.store.load(&actor.state)?;
            return Ok(Some(address));
        }
        // A placeholder becomes an Ethereum account with its first message.
        let ethereum = is("ethaccount") || (is("placeholder") && actor.sequence == 0);
        Ok(actor.delegated_address.filter(|_| ethereum))
    }

    /// Names and codes of the network's own actors.
    pub fn manifest(&self) -> anyhow::Result<Vec<(String, Cid)>> {
        let (data,): (Cid,) = self.load_state(ids::SYSTEM)?;
        self.store.load(&data)
    }
}
