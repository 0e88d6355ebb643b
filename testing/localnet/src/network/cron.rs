//! Cron in null rounds.

use std::ops::Range;

use anyhow::Context;
use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::power::State as PowerState;

use super::execute::cron_message;
use super::{Network, NullRounds};
use crate::ids;
use crate::machine::{state_tree, Inline, Vm};
use crate::message::message_cid;
use crate::outcome::Outcome;

/// How many null rounds a machine runs before its state is written; it holds all blocks of the states between until then, a few
/// kilobytes each.
const ROUNDS_PER_MACHINE: ChainEpoch = 1_000;

impl Network {
    /// Runs cron in the null rounds between the head and `height`, each at its own epoch, with that epoch's time and supply;
    /// answers the state after them.
    ///
    /// One machine runs up to [`ROUNDS_PER_MACHINE`] rounds and writes the state once at their end: what lies between is read by
    /// nobody, and the messages don't see the difference.
    pub(super) fn run_null_rounds(
        &self,
        mut root: Cid,
        height: ChainEpoch,
        base_fee: &TokenAmount,
    ) -> anyhow::Result<Cid> {
        let mut next = self.next_cron(&root, self.epoch() + 1, height)?;
        while let Some(first) = next {
            let context = self.vm_context(&root, first, base_fee.clone())?;
            let mut vm = Vm::new(&self.store, &self.index, &root, &context)?;
            let last = match self.config.null_rounds {
                NullRounds::Every => height.min(first + ROUNDS_PER_MACHINE),
                NullRounds::WhenDue => first + 1,
            };
            vm.at_length(|vm| self.run_crons(vm, first..last))??;
            root = vm.flush()?;
            next = self.next_cron(&root, last, height)?;
        }
        Ok(root)
    }

    fn run_crons(&self, vm: &mut Inline<'_>, rounds: Range<ChainEpoch>) -> anyhow::Result<()> {
        for epoch in rounds {
            vm.move_to(epoch, self.timestamp_of(epoch), vm.circulating_supply()?);
            let message = cron_message(epoch);
            let outcome = Outcome::new(message_cid(&message), vm.apply_implicit(message)?);
            outcome.ok().with_context(|| format!("cron of epoch {epoch}"))?;
        }
        Ok(())
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
