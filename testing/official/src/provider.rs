//! A storage provider as the official miner knows one: what the worker sends, and what the miner's state says.

use anyhow::{ensure, Context};
use fil_actor_miner_state::v18::{Deadline, DeadlineInfo, Partition, SectorOnChainInfo, State};
use fil_actors_shared::v18::runtime::Policy;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::SectorNumber;
use fvm_shared::{ActorID, MethodNum};
use peggy_localnet::{params, Key, Network, Outcome};
use serde::Serialize;

/// A miner and the key of its worker.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The miner.
    pub miner: ActorID,
    /// Its worker, or one of its control addresses.
    pub worker: Key,
}

/// Where a sector lies in the proving period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the deadline, 0 to 47.
    pub deadline: u64,
    /// Index of the partition within the deadline.
    pub partition: u64,
}

impl Provider {
    /// The provider behind `miner`.
    pub fn new(miner: ActorID, worker: Key) -> Self {
        Self { miner, worker }
    }

    /// The miner's address.
    pub fn address(&self) -> Address {
        Address::new_id(self.miner)
    }

    /// The miner's state.
    pub fn state(&self, net: &Network) -> anyhow::Result<State> {
        net.load_state(self.miner)
    }

    /// The deadline that a message sent now would be executed in.
    pub fn deadline_info(&self, net: &Network) -> anyhow::Result<DeadlineInfo> {
        Ok(self.state(net)?.deadline_info(&policy(), net.epoch() + 1))
    }

    /// A deadline's record, by index.
    pub fn deadline(&self, net: &Network, index: u64) -> anyhow::Result<Deadline> {
        let deadlines = self.state(net)?.load_deadlines(net.store())?;
        Ok(deadlines.load_deadline(net.store(), index)?)
    }

    /// The partitions of a deadline.
    pub fn partitions(&self, net: &Network, index: u64) -> anyhow::Result<Vec<Partition>> {
        let mut all = Vec::new();
        let deadline = self.deadline(net, index)?;
        deadline.partitions_amt(net.store())?.for_each(|_, partition| {
            all.push(partition.clone());
            Ok(())
        })?;
        Ok(all)
    }

    /// What was recorded of a committed sector; `None` if there never was one, or it was compacted away.
    pub fn sector(&self, net: &Network, number: SectorNumber) -> anyhow::Result<Option<SectorOnChainInfo>> {
        Ok(self.state(net)?.get_sector(net.store(), number)?)
    }

    /// Where a committed sector lies.
    pub fn place(&self, net: &Network, number: SectorNumber) -> anyhow::Result<Place> {
        let (deadline, partition) = self.state(net)?.find_sector(net.store(), number)?;
        Ok(Place { deadline, partition })
    }

    /// Whether a sector counts as faulty.
    pub fn is_faulty(&self, net: &Network, number: SectorNumber) -> anyhow::Result<bool> {
        Ok(self.partition_of(net, number)?.faults.get(number))
    }

    /// Whether a sector was ended before its time. Its record stays until the miner compacts its partitions.
    pub fn is_terminated(&self, net: &Network, number: SectorNumber) -> anyhow::Result<bool> {
        Ok(self.partition_of(net, number)?.terminated.get(number))
    }

    fn partition_of(&self, net: &Network, number: SectorNumber) -> anyhow::Result<Partition> {
        let place = self.place(net, number)?;
        let partitions = self.partitions(net, place.deadline)?;
        partitions.into_iter().nth(place.partition as usize).context("the sector's partition is gone")
    }

    /// What could be withdrawn: what the miner holds beyond pledge, deposits, vesting funds and debt.
    pub fn available(&self, net: &Network) -> anyhow::Result<TokenAmount> {
        self.state(net)?.get_available_balance(&net.balance(&self.address())?)
    }

    /// A signed message of the worker to its miner. What the miner refuses is an outcome, not an error.
    pub fn send<T: Serialize>(&self, net: &mut Network, method: MethodNum, of: &T) -> anyhow::Result<Outcome> {
        let worker = self.worker.clone();
        let encoded: RawBytes = params(of)?;
        net.send(&worker, self.address(), TokenAmount::default(), method, encoded)
    }

    /// Lets time pass until the head is at `epoch`, doing nothing. What is due in between goes wrong.
    pub fn idle_until(&self, net: &mut Network, epoch: ChainEpoch) -> anyhow::Result<()> {
        ensure!(epoch >= net.epoch(), "epoch {epoch} is past");
        if epoch > net.epoch() {
            net.advance(epoch - net.epoch())?;
        }
        Ok(())
    }
}

/// The rules of the published state machine, which for time and deadlines are those of every official bundle.
pub fn policy() -> Policy {
    Policy::default()
}
