//! What the VM asks the node for.

use std::sync::{Arc, RwLock};

use anyhow::{anyhow, bail, Context};
use cid::Cid;
use fvm::externs::{Chain, Consensus, Externs, Rand};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::consensus::ConsensusFault;

use crate::chain::Tipset;
use crate::keys::blake2b_256;

/// What the VM may need of each tipset.
#[derive(Clone, Debug)]
struct Entry {
    height: ChainEpoch,
    key: Cid,
    ticket: [u8; 32],
    beacon: [u8; 32],
}

/// The tipsets so far, shared between the network and the VMs it starts.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChainIndex(Arc<RwLock<Vec<Entry>>>);

impl ChainIndex {
    /// Adds a tipset on top.
    pub fn push(&self, tipset: &Tipset) -> anyhow::Result<()> {
        let block = tipset.first();
        let ticket = block.ticket.as_ref().map_or(&[][..], |t| &t.vrf_proof);
        let beacon = block.beacon_entries.last().map_or(&[][..], |b| &b.data);
        let entry = Entry {
            height: tipset.height(),
            key: tipset.key().cid(),
            ticket: blake2b_256(ticket),
            beacon: blake2b_256(beacon),
        };
        self.0.write().map_err(|_| anyhow!("chain index is poisoned"))?.push(entry);
        Ok(())
    }

    /// A copy that later tipsets of this one are not added to.
    pub fn fork(&self) -> anyhow::Result<Self> {
        let entries = self.0.read().map_err(|_| anyhow!("chain index is poisoned"))?.clone();
        Ok(Self(Arc::new(RwLock::new(entries))))
    }

    /// Forgets all but the first `len` tipsets.
    pub fn truncate(&self, len: usize) -> anyhow::Result<()> {
        self.0.write().map_err(|_| anyhow!("chain index is poisoned"))?.truncate(len);
        Ok(())
    }

    /// The tipset of `epoch`, or the one before if that round was null.
    fn at(&self, epoch: ChainEpoch) -> anyhow::Result<Entry> {
        let entries = self.0.read().map_err(|_| anyhow!("chain index is poisoned"))?;
        let after = entries.partition_point(|e| e.height <= epoch);
        let entry = after.checked_sub(1).and_then(|i| entries.get(i));
        entry.cloned().with_context(|| format!("there is no tipset at epoch {epoch} or before"))
    }
}

impl Externs for ChainIndex {}

impl Rand for ChainIndex {
    fn get_chain_randomness(&self, round: ChainEpoch) -> anyhow::Result<[u8; 32]> {
        Ok(self.at(round)?.ticket)
    }

    fn get_beacon_randomness(&self, round: ChainEpoch) -> anyhow::Result<[u8; 32]> {
        Ok(self.at(round)?.beacon)
    }
}

impl Consensus for ChainIndex {
    fn verify_consensus_fault(
        &self,
        _h1: &[u8],
        _h2: &[u8],
        _extra: &[u8],
    ) -> anyhow::Result<(Option<ConsensusFault>, i64)> {
        bail!("this network has no consensus and so no consensus faults")
    }
}

impl Chain for ChainIndex {
    fn get_tipset_cid(&self, epoch: ChainEpoch) -> anyhow::Result<Cid> {
        Ok(self.at(epoch)?.key)
    }
}
