//! Events, one function each. All amounts in attoFIL.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::{KeeperCut, PendingWorker};
use peggy_runtime::{ActorError, Event, Host, Runtime};

use crate::state::{Harvested, Miner};

/// The books of a miner as they are now. Does not prove that the miner is worth that now: only a harvest measures.
fn books(event: Event, miner: &Miner) -> Event {
    event
        .amount("principal", &miner.principal)
        .amount("impaired", &miner.impaired)
        .amount("impaired-net", &miner.impaired_net)
        .amount("backing", &miner.backing)
        .amount("vesting", &miner.vesting)
        .amount("legacy-vesting", &miner.legacy_vesting)
}

/// A miner is held from now on, for ever.
pub fn custody<H: Host>(
    rt: &Runtime<H>,
    kind: &str,
    id: ActorID,
    by: ActorID,
    miner: &Miner,
) -> Result<(), ActorError> {
    rt.emit(books(Event::new(kind).party("miner", id).party("operator", by), miner))
}

/// FIL of depositors went to a miner.
pub fn pledged<H: Host>(rt: &Runtime<H>, id: ActorID, amount: &TokenAmount, miner: &Miner) -> Result<(), ActorError> {
    rt.emit(books(Event::new("pledged").party("miner", id).amount("amount", amount), miner))
}

/// A miner was tried: what arrived from it, what the keeper got of that, and its books afterwards.
pub fn harvested<H: Host>(
    rt: &Runtime<H>,
    id: ActorID,
    took: &Harvested,
    cut: &TokenAmount,
    miner: &Miner,
) -> Result<(), ActorError> {
    let event = Event::new("harvested")
        .party("miner", id)
        .party("keeper", rt.caller())
        .amount("reward", &took.reward)
        .amount("home", &took.home)
        .amount("legacy", &took.legacy)
        .amount("keeper-cut", cut);
    rt.emit(books(event, miner))
}

/// Principal became a final loss, and the miner's books afterwards. `by` says who bore it: the operator's `bond`, which lost
/// shares of that worth, or everybody alike, as `governance` decided.
pub fn written_off<H: Host>(
    rt: &Runtime<H>,
    id: ActorID,
    amount: &TokenAmount,
    by: &str,
    miner: &Miner,
) -> Result<(), ActorError> {
    rt.emit(books(Event::new("written-off").party("miner", id).amount("amount", amount).with("by", &by), miner))
}

/// A miner that had been written off is empty and left the list. Its owner stays this proxy, for ever.
pub fn closed<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("miner-closed").party("miner", id))
}

/// Governance allows one `TakeOwner` of this miner, in place of any it allowed before.
pub fn approved<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("miner-approved").party("miner", id))
}

/// A miner could not be measured completely. The reason is in the words of whoever failed, for people to read.
pub fn unsettled<H: Host>(rt: &Runtime<H>, id: ActorID, reason: &str) -> Result<(), ActorError> {
    rt.emit(Event::new("miner-unsettled").party("miner", id).with("reason", &reason))
}

/// FIL that reached the proxy by itself went to the pool. Says nothing about who sent it.
pub fn swept<H: Host>(rt: &Runtime<H>, amount: &TokenAmount) -> Result<(), ActorError> {
    rt.emit(Event::new("swept").amount("amount", amount))
}

/// Worker and control addresses were changed; the worker itself only once confirmed, if it is `pending`.
pub fn worker_change<H: Host>(
    rt: &Runtime<H>,
    id: ActorID,
    worker: ActorID,
    controls: &[ActorID],
    pending: Option<&PendingWorker>,
) -> Result<(), ActorError> {
    rt.emit(
        Event::new("worker-change")
            .party("miner", id)
            .party("worker", worker)
            .with("control-addresses", &controls)
            .with("effective-at", &pending.map(|p| p.effective_at)),
    )
}

/// The miner was told to confirm whatever change of worker was due.
pub fn worker_confirmed<H: Host>(rt: &Runtime<H>, id: ActorID, worker: Option<ActorID>) -> Result<(), ActorError> {
    rt.emit(Event::new("worker-confirmed").party("miner", id).with("worker", &worker))
}

/// The miner was told to pay its fee debt, if it had any.
pub fn debt_repaid<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("debt-repaid").party("miner", id))
}

/// The peer ID was changed.
pub fn peer_id_changed<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("peer-id-changed").party("miner", id))
}

/// The multiaddresses were changed.
pub fn multiaddrs_changed<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("multiaddrs-changed").party("miner", id))
}

/// Another operator, from now on.
pub fn operator_set<H: Host>(rt: &Runtime<H>, operator: ActorID) -> Result<(), ActorError> {
    rt.emit(Event::new("operator-set").party("operator", operator))
}

/// What keepers get, from now on.
pub fn keeper_cut_set<H: Host>(rt: &Runtime<H>, cut: &KeeperCut) -> Result<(), ActorError> {
    rt.emit(Event::new("keeper-cut-set").with("bps", &cut.bps).amount("cap", &cut.cap))
}
