//! Cron in null rounds.

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::power::State as PowerState;

use super::execute::run_cron;
use super::{Network, NullRounds};
use crate::ids;
use crate::machine::{state_tree, Vm};

impl Network {
    /// Runs cron in the null rounds between the head and `height`, each at its own epoch; answers the state after them.
    pub(super) fn run_null_rounds(
        &self,
        mut root: Cid,
        height: ChainEpoch,
        base_fee: &TokenAmount,
    ) -> anyhow::Result<Cid> {
        let mut epoch = self.epoch() + 1;
        while let Some(next) = self.next_cron(&root, epoch, height)? {
            let context = self.vm_context(next, base_fee.clone())?;
            let mut vm = Vm::new(&self.store, &self.index, &root, &context)?;
            run_cron(&mut vm, next)?;
            root = vm.flush()?;
            epoch = next + 1;
        }
        Ok(root)
    }

    /// The first epoch in `from..before` whose cron has something to do.
    fn next_cron(&self, root: &Cid, from: ChainEpoch, before: ChainEpoch) -> anyhow::Result<Option<ChainEpoch>> {
        if from >= before {
            return Ok(None);
        }
        match self.config.null_rounds {
            NullRounds::Every => Ok(Some(from)),
            NullRounds::WhenDue => self.next_due(root, from, before),
        }
    }

    /// Looks into the power stand-in's queue. An actor whose state looks different is not ours: then every round runs cron.
    fn next_due(&self, root: &Cid, from: ChainEpoch, before: ChainEpoch) -> anyhow::Result<Option<ChainEpoch>> {
        let Some(power) = state_tree(&self.store, root)?.get_actor(ids::POWER)? else { return Ok(Some(from)) };
        let Ok(state) = self.store.load::<PowerState>(&power.state) else { return Ok(Some(from)) };
        Ok(state.next_due().map(|due| due.max(from)).filter(|due| *due < before))
    }
}
