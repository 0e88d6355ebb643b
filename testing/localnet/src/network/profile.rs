//! Where a message's gas goes, and many messages at once for whoever needs a large state quickly.

use std::collections::BTreeMap;

use fvm::trace::ExecutionEvent;
use fvm_shared::message::Message;
use fvm_shared::ActorID;

use super::Network;
use crate::chain::BLOCK_GAS_LIMIT;
use crate::machine::Vm;
use crate::message::message_cid;
use crate::outcome::Outcome;

/// All charges of one name within one actor's executions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasShare {
    /// The actor that ran; `None` for what the message itself costs.
    pub actor: Option<ActorID>,
    /// The FVM's name of the charge.
    pub charge: String,
    /// How often it was charged.
    pub count: u64,
    /// The sum, in gas.
    pub gas: u64,
}

impl Network {
    /// What a message of an account would do if it came next, and where its gas would go, largest share first. Nothing is kept.
    pub fn profile(&self, message: Message) -> anyhow::Result<(Outcome, Vec<GasShare>)> {
        let cid = message_cid(&message);
        let size = super::call::signed_size(&message);
        let context = self.vm_context(&self.state_root, self.epoch() + 1, self.next_base_fee())?;
        let mut vm = Vm::traced(&self.store, &self.index, &self.state_root, &context)?;
        let mut ret = vm.apply(message, size)?;
        let shares = shares_of(std::mem::take(&mut ret.exec_trace));
        Ok((Outcome::new(cid, ret), shares))
    }

    /// Messages of the network itself, from any actor, one after the other at the epoch of the head, like
    /// [`Network::implicit`] but with one state written for all of them. Their effects are kept; the first failure is an error
    /// and keeps nothing.
    pub fn implicit_batch(&mut self, messages: Vec<Message>) -> anyhow::Result<Vec<Outcome>> {
        let mut vm = self.vm_at(self.epoch())?;
        let mut outcomes = Vec::with_capacity(messages.len());
        for mut message in messages {
            message.gas_limit = BLOCK_GAS_LIMIT;
            let cid = message_cid(&message);
            outcomes.push(Outcome::new(cid, vm.apply_implicit(message)?).ok()?);
        }
        let root = vm.flush()?;
        self.adopt(root);
        Ok(outcomes)
    }
}

/// Adds the charges up, by the actor that was running and the charge's name.
fn shares_of(trace: Vec<ExecutionEvent>) -> Vec<GasShare> {
    // A call that reaches no actor (a new account's, a refused one) runs in no frame of its own.
    let mut running: Vec<Option<ActorID>> = vec![None];
    let mut sums: BTreeMap<(Option<ActorID>, String), (u64, u64)> = BTreeMap::new();
    for event in trace {
        match event {
            ExecutionEvent::GasCharge(charge) => {
                let actor = running.last().copied().flatten();
                let sum = sums.entry((actor, charge.name.to_string())).or_default();
                sum.0 += 1;
                // Milligas would round each charge up; the sum is what counts.
                sum.1 += charge.total().as_milligas();
            }
            ExecutionEvent::Call { .. } => running.push(running.last().copied().flatten()),
            ExecutionEvent::InvokeActor { id, .. } => {
                if let Some(top) = running.last_mut() {
                    *top = Some(id);
                }
            }
            ExecutionEvent::CallReturn(..) | ExecutionEvent::CallError(_) => {
                running.pop();
            }
            _ => {}
        }
    }
    let mut shares: Vec<GasShare> = sums
        .into_iter()
        .map(|((actor, charge), (count, milligas))| GasShare { actor, charge, count, gas: milligas.div_ceil(1000) })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.gas));
    shares
}
