//! Harvest, Sync, Sweep.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::owner_proxy::{
    HarvestReturn, KeeperCut, MinerParams, SweepReturn, SyncParams, SyncReturn, MAX_MINERS,
};
use peggy_interfaces::pool::{ExitDemand, SettleParams};
use peggy_interfaces::query;
use peggy_runtime::{ActorError, Host, Runtime};

use super::{held, loss, measure, open_to_anyone};
use crate::emit;
use crate::error::ProxyError;
use crate::math::{keeper_cut, Measurement, Plan};
use crate::state::{Harvested, Miner, State};

/// `Harvest`.
pub fn harvest<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<HarvestReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let miner = held(rt, &state, &params.miner)?;
    let Done { took, books, .. } = harvest_miner(rt, &wiring, miner, keeper(rt, &wiring), &TokenAmount::zero())?;
    Ok(HarvestReturn { reward: took.reward, home: took.home, backing: books.backing })
}

/// `Sync`. Fails because of no miner: a sick one is tried like the others, and left unsettled.
pub fn sync<H: Host>(rt: &Runtime<H>, params: SyncParams) -> Result<SyncReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let max = MAX_MINERS.min(params.max_miners as usize);
    let miners = state.longest_untried(max);
    for miner in &miners {
        harvest_miner(rt, &wiring, *miner, keeper(rt, &wiring), &TokenAmount::zero())?;
    }
    Ok(SyncReturn { measured: miners.len() as u32 })
}

/// `Sweep`. Between messages the proxy keeps no FIL of anybody, so all that is here came by itself.
pub fn sweep<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<SweepReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let amount = rt.balance();
    if !amount.is_zero() {
        emit::swept(rt, &amount)?;
        // No miner was measured, so there is no new loss to absorb.
        loss::tell_pool(rt, &wiring, &state.report(None), &amount, &TokenAmount::zero())?;
    }
    Ok(SweepReturn { amount })
}

/// The pool brings its books up to date for its own depositors; that earns no keeper's cut.
fn keeper<H: Host>(rt: &Runtime<H>, wiring: &Wiring) -> Option<ActorID> {
    (rt.caller() != wiring.pool).then(|| rt.caller())
}

/// What a harvest came to.
pub(super) struct Done {
    /// What arrived.
    pub took: Harvested,
    /// The miner's books afterwards.
    pub books: Miner,
    /// It was over, and left the list.
    pub closed: bool,
}

/// Measures a miner, takes what can be taken (of principal what exits need, or `wanted` if that is more), books it, pays the
/// keeper, settles with the pool. Never fails because of the miner.
pub(super) fn harvest_miner<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    id: ActorID,
    keeper: Option<ActorID>,
    wanted: &TokenAmount,
) -> Result<Done, ActorError> {
    let before: Miner = rt.state::<State>()?.miner(rt.store(), id)?;
    let tried = try_miner(rt, wiring, id, &before.principal, wanted)?;

    let epoch = rt.epoch();
    let (took, books, state) = rt.transaction(|state: &mut State, store| {
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
        if books.is_over() {
            state.close_miner(id);
        }
        Ok((took, books, state.clone()))
    })?;

    let cut = pay_keeper(rt, keeper, &state.keeper_cut, &took)?;
    if let Some(reason) = &tried.fault {
        emit::unsettled(rt, id, reason)?;
    }
    emit::harvested(rt, id, &took, &cut, &books)?;
    let closed = books.is_over();
    if closed {
        emit::closed(rt, id)?;
    }
    let value = &took.reward + &took.home - &cut;
    let report = state.report(Some((id, &books)));
    let params = SettleParams { home: took.home.clone(), legacy: took.legacy.clone(), ..report };
    let books = loss::settle(rt, wiring, id, books, &params, &value)?;
    Ok(Done { took, books, closed })
}

/// What a miner answered, and what arrived from it.
struct Tried {
    measured: Option<Measurement>,
    plan: Plan,
    arrived: TokenAmount,
    fault: Option<String>,
}

fn try_miner<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    id: ActorID,
    principal: &TokenAmount,
    wanted: &TokenAmount,
) -> Result<Tried, ActorError> {
    let reading = measure::read(rt, id)?;
    let nothing = Plan { reward: TokenAmount::zero(), home: TokenAmount::zero() };
    match (reading.measured, reading.fault) {
        (Some(measured), None) => {
            let most = Plan::at_most(principal, &measured);
            let wanted = wanted_home(rt, wiring, &most.home, wanted)?;
            let plan = most.wanting(&wanted);
            let withdrawal = measure::withdraw(rt, id, &plan.total(), &measured.debt)?;
            Ok(Tried { measured: Some(measured), plan, arrived: withdrawal.arrived, fault: withdrawal.fault })
        }
        (measured, fault) => Ok(Tried { measured, plan: nothing, arrived: TokenAmount::zero(), fault }),
    }
}

/// How much of the idle principal somebody wants home. The pool is asked only when its answer can matter, so that the usual
/// harvest, which finds nothing idle, costs no call more. It answers by its books before this miner is settled: with what
/// exits were worth at the last price, and without the operator's legacy that comes now. Either makes the demand too high
/// rather than too low, and what came home beyond it is liquid and can be pledged again.
fn wanted_home<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    idle: &TokenAmount,
    wanted: &TokenAmount,
) -> Result<TokenAmount, ActorError> {
    if wanted >= idle {
        return Ok(wanted.clone());
    }
    let unmet = query::<ExitDemand, H>(rt, wiring.pool, &())?.unmet;
    Ok(unmet.max(wanted.clone()))
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
