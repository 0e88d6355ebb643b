//! TakeOwner, ApproveMiner and CreateMiner: how a miner comes here, to stay.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::miner::{
    ChangeOwnerAddress, ConfirmChangeWorkerAddress, GetBeneficiary, GetBeneficiaryReturn, GetOwner, GetOwnerReturn,
};
use peggy_interfaces::owner_proxy::{CreateMinerParams, CreateMinerReturn, MinerParams, TakeOwnerReturn};
use peggy_interfaces::pool::{CreditBond, CreditBondParams, GetBond, GetTotals};
use peggy_interfaces::{call, power, query};
use peggy_runtime::{ActorError, Host, Runtime};

use super::upkeep::WORKER_CHANGE_DELAY;
use super::{measure, require_governance, require_operator};
use crate::emit;
use crate::error::ProxyError;
use crate::math::Measurement;
use crate::state::{Miner, State};

/// The number of the storage miner among the network's builtin actor types (builtin-actors v18: the sixth of the manifest).
pub const STORAGE_MINER_TYPE: i32 = 6;

/// `TakeOwner`.
pub fn take_owner<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<TakeOwnerReturn, ActorError> {
    let (state, wiring) = require_operator(rt)?;
    let id = rt.resolve(&params.miner, "the miner")?;
    state.check_room_for(Some(id))?;
    require_miner_code(rt, id)?;
    if state.approved != Some(id) {
        require_no_outside_holders(rt, &wiring)?;
    }
    require_clean_handover(rt, id)?;

    call::<ChangeOwnerAddress, H>(rt, id, &Address::new_id(rt.receiver()), &TokenAmount::zero())?;
    require_custody(rt, id)?;
    call::<ConfirmChangeWorkerAddress, H>(rt, id, &(), &TokenAmount::zero())?;

    // A change of worker the former owner asked for, and which was not due yet, may still be pending.
    let foreign_worker_until = Some(rt.epoch() + WORKER_CHANGE_DELAY);
    let backing = book(rt, &wiring, "miner-taken", id, foreign_worker_until)?;
    Ok(TakeOwnerReturn { backing })
}

/// `ApproveMiner`. One at a time: a later approval replaces one that was not used. It names a miner and no more; its
/// backing is measured, and its handover checked, when it is taken.
pub fn approve_miner<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<(), ActorError> {
    let (state, _) = require_governance(rt)?;
    let id = rt.resolve(&params.miner, "the miner")?;
    if state.holds(id) {
        return Err(ProxyError::AlreadyHeld(id).into());
    }
    require_miner_code(rt, id)?;
    rt.transaction(|state: &mut State, _| {
        state.approved = Some(id);
        Ok(())
    })?;
    emit::approved(rt, id)
}

/// `CreateMiner`. The network locks its deposit as if it were a reward; it was the operator's, and so it is when it has
/// vested (`legacy_vesting`). What the value has beyond the deposit is backing.
pub fn create_miner<H: Host>(rt: &Runtime<H>, params: CreateMinerParams) -> Result<CreateMinerReturn, ActorError> {
    let (state, wiring) = require_operator(rt)?;
    state.check_room_for(None)?;
    let CreateMinerParams { worker, window_post_proof_type, peer_id, multiaddrs } = params;
    let owner = Address::new_id(rt.receiver());
    let params = power::CreateMinerParams { owner, worker, window_post_proof_type, peer: peer_id, multiaddrs };
    let born = call::<power::CreateMiner, H>(rt, power::POWER_ACTOR_ID, &params, rt.value())?;
    let id = rt.resolve(&born.id_address, "the miner created")?;
    require_miner_code(rt, id)?;
    require_custody(rt, id)?;
    let backing = book(rt, &wiring, "miner-created", id, None)?;
    Ok(CreateMinerReturn { miner: id, backing })
}

/// Other code could lie about everything from its owner to its balance.
fn require_miner_code<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    let builtin_type = rt.host().code_of(id).and_then(|code| rt.host().builtin_type(&code));
    if builtin_type == Some(STORAGE_MINER_TYPE) {
        Ok(())
    } else {
        Err(ProxyError::NotAMiner(id).into())
    }
}

/// Another miner brings its history (faults to come, debts not seen yet) to everyone who holds shares. Once anybody but the
/// bond holds any, none comes that governance did not approve. Shares that wait in the exit queue bear losses and count.
fn require_no_outside_holders<H: Host>(rt: &Runtime<H>, wiring: &Wiring) -> Result<(), ActorError> {
    let shares = query::<GetTotals, H>(rt, wiring.pool, &())?.shares;
    let bond = query::<GetBond, H>(rt, wiring.pool, &())?.shares;
    if shares > bond {
        return Err(ProxyError::NeedsApproval.into());
    }
    Ok(())
}

/// Before anything is confirmed: this proxy was proposed, and nobody but the owner can have a claim on withdrawals.
fn require_clean_handover<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    let own = Address::new_id(rt.receiver());
    let GetOwnerReturn { owner, proposed } = query::<GetOwner, H>(rt, id, &())?;
    if proposed != Some(own) {
        return Err(ProxyError::NotProposed { miner: id, proxy: rt.receiver() }.into());
    }
    let GetBeneficiaryReturn { active, proposed } = query::<GetBeneficiary, H>(rt, id, &())?;
    if active.beneficiary != owner || proposed.is_some() {
        return Err(ProxyError::ForeignBeneficiary(id).into());
    }
    Ok(())
}

/// Reads back that this proxy is the owner and the beneficiary, and that no change of either is under way.
fn require_custody<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<(), ActorError> {
    let own = Address::new_id(rt.receiver());
    let owner = query::<GetOwner, H>(rt, id, &())?;
    let beneficiary = query::<GetBeneficiary, H>(rt, id, &())?;
    let ours = owner == GetOwnerReturn { owner: own, proposed: None }
        && beneficiary.active.beneficiary == own
        && beneficiary.proposed.is_none();
    if ours {
        Ok(())
    } else {
        Err(ProxyError::CustodyNotConfirmed(id).into())
    }
}

/// Measures a miner just taken, books its backing as principal and credits it to the operator's bond. Here, unlike in a
/// harvest, an incomplete measurement fails the message: it would set the price the operator pays.
fn book<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    event: &str,
    id: ActorID,
    foreign_worker_until: Option<i64>,
) -> Result<TokenAmount, ActorError> {
    let operator = rt.caller();
    let measured = measure_completely(rt, id)?;
    let miner = Miner::taken(&measured, rt.epoch(), foreign_worker_until);
    let totals = rt.transaction(|state: &mut State, store| {
        state.add_miner(store, id, &miner)?;
        state.approved = state.approved.filter(|approved| *approved != id);
        Ok(state.totals())
    })?;
    emit::custody(rt, event, id, operator, &miner)?;
    let backing = miner.principal;
    if !backing.is_zero() {
        let params = CreditBondParams { owner: operator, miner: id, backing: backing.clone(), totals };
        call::<CreditBond, H>(rt, wiring.pool, &params, &TokenAmount::zero())?;
    }
    Ok(backing)
}

fn measure_completely<H: Host>(rt: &Runtime<H>, id: ActorID) -> Result<Measurement, ActorError> {
    let unsettled = |reason: Option<String>| ProxyError::Unsettled { miner: id, reason: reason.unwrap_or_default() };
    let reading = measure::read(rt, id)?;
    let measured = match (reading.measured, reading.fault) {
        (Some(measured), None) => measured,
        (_, fault) => return Err(unsettled(fault).into()),
    };
    // The probe: early terminations would bring fees nobody knows yet.
    let probe = measure::withdraw(rt, id, &TokenAmount::zero(), &measured.debt)?;
    match probe.fault {
        None => Ok(measured),
        fault => Err(unsettled(fault).into()),
    }
}
