//! The methods. Here those every actor has, and the settings; the others by topic.

pub mod custody;
pub mod harvest;
pub mod loss;
pub mod measure;
pub mod pledge;
pub mod upkeep;
pub mod views;

use fvm_shared::address::Address;
use fvm_shared::ActorID;
use peggy_interfaces::common::{GetWiringReturn, UpgradeParams, Wiring};
use peggy_interfaces::owner_proxy::{ConstructorParams, KeeperCut, SetOperatorParams, MAX_KEEPER_CUT};
use peggy_runtime::{lifecycle, ActorError, Host, Runtime};

use crate::emit;
use crate::error::ProxyError;
use crate::state::{Miner, State};

/// The constructor: nobody is anybody yet but deployer and operator, who must exist.
pub fn construct<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    check_keeper_cut(&params.keeper_cut)?;
    let deployer = rt.resolve(&params.deployer, "the deployer")?;
    let operator = rt.resolve(&params.operator, "the operator")?;
    rt.create(&State::new(deployer, operator, params.keeper_cut))
}

/// `Wire`.
pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring) -> Result<(), ActorError> {
    lifecycle::check_wire(rt, rt.state::<State>()?.deployer, &wiring, wiring.owner_proxy)?;
    rt.transaction(|state: &mut State, _| {
        state.deployer = None;
        state.wiring = Some(wiring);
        Ok(())
    })?;
    rt.emit(lifecycle::wired(&wiring))
}

/// `Upgrade`.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
    require_governance(rt)?;
    lifecycle::upgrade(rt, params)
}

/// `GetWiring`; answers before wiring, too.
pub fn get_wiring<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetWiringReturn, ActorError> {
    let State { schema, deployer, wiring, .. } = rt.state()?;
    Ok(GetWiringReturn { schema, deployer, wiring })
}

/// `SetOperator`.
pub fn set_operator<H: Host>(rt: &Runtime<H>, params: SetOperatorParams) -> Result<(), ActorError> {
    require_governance(rt)?;
    let operator = rt.resolve(&params.operator, "the operator")?;
    rt.transaction(|state: &mut State, _| {
        state.operator = operator;
        Ok(())
    })?;
    emit::operator_set(rt, operator)
}

/// `SetKeeperCut`.
pub fn set_keeper_cut<H: Host>(rt: &Runtime<H>, params: KeeperCut) -> Result<(), ActorError> {
    require_governance(rt)?;
    check_keeper_cut(&params)?;
    emit::keeper_cut_set(rt, &params)?;
    rt.transaction(|state: &mut State, _| {
        state.keeper_cut = params;
        Ok(())
    })
}

fn check_keeper_cut(cut: &KeeperCut) -> Result<(), ActorError> {
    if cut.bps > MAX_KEEPER_CUT || cut.cap.is_negative() {
        return Err(ProxyError::KeeperCutOutOfBounds.into());
    }
    Ok(())
}

/// Lets governance pass, and returns the state as it is now.
fn require_governance<H: Host>(rt: &Runtime<H>) -> Result<(State, Wiring), ActorError> {
    let state: State = rt.state()?;
    let wiring = state.wiring()?;
    rt.require_caller(&[wiring.governance], "governance")?;
    Ok((state, wiring))
}

/// Lets the operator pass, and returns the state as it is now.
fn require_operator<H: Host>(rt: &Runtime<H>) -> Result<(State, Wiring), ActorError> {
    let state: State = rt.state()?;
    let wiring = state.wiring()?;
    rt.require_caller(&[state.operator], "the operator")?;
    Ok((state, wiring))
}

/// Lets anyone pass, and returns the state as it is now.
fn open_to_anyone<H: Host>(rt: &Runtime<H>) -> Result<(State, Wiring), ActorError> {
    let state: State = rt.state()?;
    let wiring = state.wiring()?;
    rt.accept_anyone();
    Ok((state, wiring))
}

/// Refuses (48) a miner whose last measurement was incomplete.
fn require_settled(id: ActorID, books: &Miner) -> Result<(), ActorError> {
    match books.unsettled_since {
        Some(since) => Err(ProxyError::Unsettled { miner: id, reason: format!("since epoch {since}") }.into()),
        None => Ok(()),
    }
}

/// The ID of a miner this proxy holds.
fn held<H: Host>(rt: &Runtime<H>, state: &State, miner: &Address) -> Result<ActorID, ActorError> {
    let id = rt.resolve(miner, "the miner")?;
    if state.holds(id) {
        Ok(id)
    } else {
        Err(ProxyError::NotHeld(id).into())
    }
}
