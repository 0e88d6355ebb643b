//! Principal goes out (Pledge) and comes home (ReturnPrincipal).

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::owner_proxy::{PledgeParams, ReturnPrincipalParams, ReturnPrincipalReturn};
use peggy_interfaces::pool::{DrawPledge, DrawPledgeParams};
use peggy_math::saturating_sub;
use peggy_runtime::{ActorError, Host, Runtime};

use super::harvest::harvest_miner;
use super::{held, require_operator, require_settled};
use crate::emit;
use crate::error::ProxyError;
use crate::state::State;

/// `Pledge`. The miner is harvested first (nobody gets a cut): depositors' FIL goes only to a miner that can be measured
/// completely now and has no fee debt left, which would burn it on arrival.
pub fn pledge<H: Host>(rt: &Runtime<H>, params: PledgeParams) -> Result<(), ActorError> {
    let (state, wiring) = require_operator(rt)?;
    let PledgeParams { miner, amount } = params;
    require_positive(&amount)?;
    let id = held(rt, &state, &miner)?;
    let done = harvest_miner(rt, &wiring, id, None, &TokenAmount::zero())?;
    require_settled(id, &done.books)?;
    if !done.books.debt.is_zero() {
        return Err(ProxyError::InDebt { miner: id, debt: done.books.debt }.into());
    }
    if done.closed {
        return Err(ProxyError::Over(id).into());
    }

    // The pool books liquid as pledged and pays by a bare send; only then do the books here say so, too, so that a
    // measurement the pool asks for in between still finds both sides equal.
    let before = rt.balance();
    call::<DrawPledge, H>(rt, wiring.pool, &DrawPledgeParams { amount: amount.clone() }, &TokenAmount::zero())?;
    let arrived = saturating_sub(&rt.balance(), &before);
    if arrived != amount {
        return Err(ProxyError::PledgeNotDelivered { asked: amount, arrived }.into());
    }
    let books = rt.transaction(|state: &mut State, store| {
        state.change_miner(store, id, |miner| {
            miner.book_pledge(&amount);
            Ok(miner.clone())
        })
    })?;
    rt.pay(id, &amount)?;
    emit::pledged(rt, id, &amount, &books)
}

/// `ReturnPrincipal`. A harvest without a keeper's cut that brings home as much idle principal as was asked for, or what
/// exits need if that is more. The miner must be measured completely: what is free in one that is not may be owed.
pub fn return_principal<H: Host>(
    rt: &Runtime<H>,
    params: ReturnPrincipalParams,
) -> Result<ReturnPrincipalReturn, ActorError> {
    let state: State = rt.state()?;
    let wiring = state.wiring()?;
    rt.require_caller(&[state.operator, wiring.governance], "the operator or governance")?;
    let ReturnPrincipalParams { miner, amount } = params;
    require_positive(&amount)?;
    let id = held(rt, &state, &miner)?;
    let done = harvest_miner(rt, &wiring, id, None, &amount)?;
    require_settled(id, &done.books)?;
    let returned = done.took.home;
    if returned.is_zero() {
        return Err(ProxyError::NothingIdle(id).into());
    }
    Ok(ReturnPrincipalReturn { returned })
}

fn require_positive(amount: &TokenAmount) -> Result<(), ActorError> {
    if amount.is_positive() {
        Ok(())
    } else {
        Err(ProxyError::NotPositive(amount.clone()).into())
    }
}
