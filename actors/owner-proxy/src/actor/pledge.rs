//! Pledge.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::owner_proxy::PledgeParams;
use peggy_interfaces::pool::{DrawPledge, DrawPledgeParams};
use peggy_math::saturating_sub;
use peggy_runtime::{ActorError, Host, Runtime};

use super::harvest::harvest_miner;
use super::{held, require_operator};
use crate::emit;
use crate::error::ProxyError;
use crate::state::State;

/// `Pledge`. The miner is harvested first (nobody gets a cut): depositors' FIL goes only to a miner that can be measured
/// completely now and has no fee debt left, which would burn it on arrival.
pub fn pledge<H: Host>(rt: &Runtime<H>, params: PledgeParams) -> Result<(), ActorError> {
    let (state, wiring) = require_operator(rt)?;
    let PledgeParams { miner, amount } = params;
    if !amount.is_positive() {
        return Err(ProxyError::NotPositive(amount).into());
    }
    let id = held(rt, &state, &miner)?;
    let (_, books) = harvest_miner(rt, &wiring, id, None)?;
    if let Some(since) = books.unsettled_since {
        return Err(ProxyError::Unsettled { miner: id, reason: format!("since epoch {since}") }.into());
    }
    if !books.debt.is_zero() {
        return Err(ProxyError::InDebt { miner: id, debt: books.debt }.into());
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
