//! Harvest, Sync, Sweep.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::owner_proxy::{
    HarvestReturn, KeeperCut, MinerParams, SweepReturn, SyncParams, SyncReturn, MAX_MINERS,
};
use peggy_interfaces::pool::{Settle, SettleParams};
use peggy_runtime::{ActorError, Host, Runtime};

use super::{held, measure, open_to_anyone};
use crate::emit;
use crate::error::ProxyError;
use crate::math::{keeper_cut, Measurement, Plan};
use crate::state::{Harvested, Miner, State};

/// `Harvest`.
pub fn harvest<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<HarvestReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let miner = held(rt, &state, &params.miner)?;
    let (took, books) = harvest_miner(rt, &wiring, miner, keeper(rt, &wiring))?;
    Ok(HarvestReturn { reward: took.reward, home: took.home, backing: books.backing })
}

/// `Sync`.
pub fn sync<H: Host>(rt: &Runtime<H>, params: SyncParams) -> Result<SyncReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let max = MAX_MINERS.min(params.max_miners as usize);
    let miners = state.longest_untried(max);
    for miner in &miners {
        harvest_miner(rt, &wiring, *miner, keeper(rt, &wiring))?;
    }
    Ok(SyncReturn { measured: miners.len() as u32 })
}

/// `Sweep`. Between messages the proxy keeps no FIL of anybody, so all that is here came by itself.
pub fn sweep<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<SweepReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let amount = rt.balance();
    if !amount.is_zero() {
        emit::swept(rt, &amount)?;
        let nothing = TokenAmount::zero();
        let params = SettleParams { miner: None, home: nothing.clone(), legacy: nothing, totals: state.totals() };
        call::<Settle, H>(rt, wiring.pool, &params, &amount)?;
    }
    Ok(SweepReturn { amount })
}

/// The pool brings its books up to date for its own depositors; that earns no keeper's cut.
fn keeper<H: Host>(rt: &Runtime<H>, wiring: &Wiring) -> Option<ActorID> {
    (rt.caller() != wiring.pool).then(|| rt.caller())
}

/// Measures a miner, takes what can be taken, books it, pays the keeper, settles with the pool. Never fails because of the
/// miner. Returns what arrived and the books afterwards.
pub(super) fn harvest_miner<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    id: ActorID,
    keeper: Option<ActorID>,
) -> Result<(Harvested, Miner), ActorError> {
    let before: Miner = rt.state::<State>()?.miner(rt.store(), id)?;
    let tried = try_miner(rt, id, &before.principal)?;

    let epoch = rt.epoch();
    let (took, books, totals, cut_terms) = rt.transaction(|state: &mut State, store| {
        let (took, books) = state.change_miner(store, id, |miner| {
            // The miner ran: whatever it could have made others do here, it must not have touched what was measured.
            if *miner != before {
                return Err(ProxyError::ChangedMeanwhile(id).into());
            }
            let Tried { measured, plan, arrived, fault } = &tried;
            let took = match (measured, fault) {
                (Some(measured), None) => miner.book(measured, plan, arrived, epoch),
                (measured, _) => miner.book_unsettled(measured.as_ref(), plan, arrived, epoch),
            };
            Ok((took, miner.clone()))
        })?;
        Ok((took, books, state.totals(), state.keeper_cut.clone()))
    })?;

    let cut = pay_keeper(rt, keeper, &cut_terms, &took)?;
    if let Some(reason) = &tried.fault {
        emit::unsettled(rt, id, reason)?;
    }
    emit::harvested(rt, id, &took, &cut, &books)?;
    let value = &took.reward + &took.home - &cut;
    let params = SettleParams { miner: Some(id), home: took.home.clone(), legacy: took.legacy.clone(), totals };
    call::<Settle, H>(rt, wiring.pool, &params, &value)?;
    Ok((took, books))
}

/// What a miner answered, and what arrived from it.
struct Tried {
    measured: Option<Measurement>,
    plan: Plan,
    arrived: TokenAmount,
    fault: Option<String>,
}

fn try_miner<H: Host>(rt: &Runtime<H>, id: ActorID, principal: &TokenAmount) -> Result<Tried, ActorError> {
    let reading = measure::read(rt, id)?;
    let nothing = Plan { reward: TokenAmount::zero(), home: TokenAmount::zero() };
    match (reading.measured, reading.fault) {
        (Some(measured), None) => {
            // No exit can be requested yet, so none is unmet and no principal comes home; the pool will be asked here.
            let exit_demand = TokenAmount::zero();
            let plan = Plan::of(principal, &measured, &exit_demand);
            let withdrawal = measure::withdraw(rt, id, &plan.total(), &measured.debt)?;
            Ok(Tried { measured: Some(measured), plan, arrived: withdrawal.arrived, fault: withdrawal.fault })
        }
        (measured, fault) => Ok(Tried { measured, plan: nothing, arrived: TokenAmount::zero(), fault }),
    }
}

/// The cut is taken from what was earned under custody only: the rest was the operator's already.
fn pay_keeper<H: Host>(
    rt: &Runtime<H>,
    keeper: Option<ActorID>,
    terms: &KeeperCut,
    took: &Harvested,
) -> Result<TokenAmount, ActorError> {
    let Some(keeper) = keeper else { return Ok(TokenAmount::zero()) };
    let cut = keeper_cut(terms, &(&took.reward - &took.legacy));
    rt.pay(keeper, &cut)?;
    Ok(cut)
}
