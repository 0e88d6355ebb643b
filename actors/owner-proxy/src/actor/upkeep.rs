//! What an owner does for a miner besides money: worker, control addresses, debt, peer data.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{
    ChangeMultiaddrsParams, ChangePeerIDParams, ChangeWorkerAddressParams, MinerParams, PendingWorker,
};
use peggy_interfaces::{call, miner, query};
use peggy_runtime::{ActorError, Host, Runtime};

use super::{held, open_to_anyone, require_operator};
use crate::emit;
use crate::error::ProxyError;
use crate::state::{Miner, State};

/// Epochs from asking for a new worker to when it can be confirmed (builtin-actors v18: chain finality).
pub const WORKER_CHANGE_DELAY: ChainEpoch = 900;

/// `ChangeWorkerAddress`. The miner ignores a new worker while another change is pending and shows nothing of it, so the
/// proxy keeps count: a change that is due is confirmed first, one that is not is waited for. Right after custody one of
/// the former owner's may be pending; then only control addresses can be changed, with the worker left as it is.
pub fn change_worker_address<H: Host>(rt: &Runtime<H>, params: ChangeWorkerAddressParams) -> Result<(), ActorError> {
    let (state, _) = require_operator(rt)?;
    let id = held(rt, &state, &params.miner)?;
    let worker = rt.resolve(&params.new_worker, "the new worker")?;
    let mut controls = Vec::with_capacity(params.control_addresses.len());
    for address in &params.control_addresses {
        controls.push(rt.resolve(address, "the control address")?);
    }
    let books = state.miner(rt.store(), id)?;
    settle_pending(rt, id, &books)?;

    let change = miner::ChangeWorkerAddressParams {
        new_worker: Address::new_id(worker),
        new_control_addresses: controls.iter().copied().map(Address::new_id).collect(),
    };
    call::<miner::ChangeWorkerAddress, H>(rt, id, &change, &TokenAmount::zero())?;

    let pending = if is_worker_already(rt, id, worker, &controls)? {
        None
    } else if let Some(until) = foreign_until(&books, rt.epoch()) {
        return Err(ProxyError::WorkerChangePending { miner: id, until }.into());
    } else {
        Some(PendingWorker { worker, effective_at: rt.epoch() + WORKER_CHANGE_DELAY })
    };
    emit::worker_change(rt, id, worker, &controls, pending.as_ref())?;
    rt.transaction(|state: &mut State, store| {
        state.change_miner(store, id, |miner| {
            miner.pending_worker = pending;
            Ok(())
        })
    })
}

/// Confirms a change that is due; refuses (49) while ours is not. Saves nothing about ours: the caller does.
fn settle_pending<H: Host>(rt: &Runtime<H>, id: ActorID, books: &Miner) -> Result<(), ActorError> {
    match &books.pending_worker {
        Some(pending) if rt.epoch() < pending.effective_at => {
            Err(ProxyError::WorkerChangePending { miner: id, until: pending.effective_at }.into())
        }
        None if books.foreign_worker_until.is_none() || foreign_until(books, rt.epoch()).is_some() => Ok(()),
        _ => confirm(rt, id, books),
    }
}

/// Until when a change of the former owner's may be pending, if it still may.
fn foreign_until(books: &Miner, epoch: ChainEpoch) -> Option<ChainEpoch> {
    books.foreign_worker_until.filter(|until| epoch < *until)
}

/// The control addresses were just replaced, so an address that is not among them and still controls the miner is its
/// worker. If it is among them nothing can be told apart, and the change counts as pending.
fn is_worker_already<H: Host>(
    rt: &Runtime<H>,
    id: ActorID,
    worker: ActorID,
    controls: &[ActorID],
) -> Result<bool, ActorError> {
    if controls.contains(&worker) || worker == rt.receiver() {
        return Ok(false);
    }
    query::<miner::IsControllingAddress, H>(rt, id, &Address::new_id(worker))
}

/// `ConfirmChangeWorkerAddress`.
pub fn confirm_change_worker_address<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<(), ActorError> {
    let (state, _) = open_to_anyone(rt)?;
    let id = held(rt, &state, &params.miner)?;
    let books = state.miner(rt.store(), id)?;
    match &books.pending_worker {
        Some(pending) if rt.epoch() < pending.effective_at => {
            Err(ProxyError::WorkerChangePending { miner: id, until: pending.effective_at }.into())
        }
        _ => confirm(rt, id, &books),
    }
}

/// Has the miner confirm what is due, and forgets what can't be pending any more.
fn confirm<H: Host>(rt: &Runtime<H>, id: ActorID, books: &Miner) -> Result<(), ActorError> {
    let foreign_left = foreign_until(books, rt.epoch());
    rt.transaction(|state: &mut State, store| {
        state.change_miner(store, id, |miner| {
            miner.pending_worker = None;
            miner.foreign_worker_until = foreign_left;
            Ok(())
        })
    })?;
    call::<miner::ConfirmChangeWorkerAddress, H>(rt, id, &(), &TokenAmount::zero())?;
    emit::worker_confirmed(rt, id, books.pending_worker.as_ref().map(|p| p.worker))
}

/// `RepayDebt`. Books nothing: every measurement repays first anyway.
pub fn repay_debt<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<(), ActorError> {
    let (state, _) = open_to_anyone(rt)?;
    let id = held(rt, &state, &params.miner)?;
    call::<miner::RepayDebt, H>(rt, id, &(), &TokenAmount::zero())?;
    emit::debt_repaid(rt, id)
}

/// `ChangePeerID`.
pub fn change_peer_id<H: Host>(rt: &Runtime<H>, params: ChangePeerIDParams) -> Result<(), ActorError> {
    let (state, _) = require_operator(rt)?;
    let id = held(rt, &state, &params.miner)?;
    let params = miner::ChangePeerIDParams { new_id: params.peer_id };
    call::<miner::ChangePeerID, H>(rt, id, &params, &TokenAmount::zero())?;
    emit::peer_id_changed(rt, id)
}

/// `ChangeMultiaddrs`.
pub fn change_multiaddrs<H: Host>(rt: &Runtime<H>, params: ChangeMultiaddrsParams) -> Result<(), ActorError> {
    let (state, _) = require_operator(rt)?;
    let id = held(rt, &state, &params.miner)?;
    let params = miner::ChangeMultiaddrsParams { new_multi_addrs: params.multiaddrs };
    call::<miner::ChangeMultiaddrs, H>(rt, id, &params, &TokenAmount::zero())?;
    emit::multiaddrs_changed(rt, id)
}
