//! Losses that become final: what the operator's bond absorbs, and what governance writes off.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::owner_proxy::{MinerParams, WriteOffReturn};
use peggy_interfaces::pool::{Settle, SettleParams};
use peggy_runtime::{ActorError, Host, Runtime};

use super::harvest::harvest_miner;
use super::{held, require_governance, require_settled};
use crate::emit;
use crate::error::ProxyError;
use crate::state::{Miner, State};

/// `WriteOff`. The miner is harvested first (nobody gets a cut), so that what is written off is lost as of now, and what the
/// bond can still absorb of it is absorbed. Rewards that still vest will heal their part of the loss, which stays booked.
pub fn write_off<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<WriteOffReturn, ActorError> {
    let (state, wiring) = require_governance(rt)?;
    let id = held(rt, &state, &params.miner)?;
    let nothing = TokenAmount::zero();
    let found = harvest_miner(rt, &wiring, id, None, &nothing)?.books;
    require_settled(id, &found)?;
    let lost = found.impaired_net;
    if lost.is_zero() {
        return Err(ProxyError::NothingLost(id).into());
    }
    let (books, state) = rt.transaction(|state: &mut State, store| {
        let books = state.change_miner(store, id, |miner| {
            miner.write_off(&lost);
            miner.closing = true;
            Ok(miner.clone())
        })?;
        Ok((books, state.clone()))
    })?;
    emit::written_off(rt, id, &lost, "governance", &books)?;
    let params = SettleParams { lost: lost.clone(), ..state.report(Some((id, &books))) };
    settle(rt, &wiring, id, books, &params, &nothing)?;
    Ok(WriteOffReturn { written_off: lost })
}

/// Tells the pool a miner's books and hands over the FIL that came. What the pool's bond absorbs of the loss the pool has
/// taken off the principal in its books, and the same is done here before the message goes on. Returns the books afterwards.
pub(super) fn settle<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    id: ActorID,
    books: Miner,
    params: &SettleParams,
    value: &TokenAmount,
) -> Result<Miner, ActorError> {
    let absorbed = tell_pool(rt, wiring, params, value, &books.impaired)?;
    if absorbed.is_zero() {
        return Ok(books);
    }
    let books = rt.transaction(|state: &mut State, store| {
        state.change_miner(store, id, |miner| {
            if *miner != books {
                return Err(ProxyError::ChangedMeanwhile(id).into());
            }
            miner.write_off(&absorbed);
            Ok(miner.clone())
        })
    })?;
    emit::written_off(rt, id, &absorbed, "bond", &books)?;
    Ok(books)
}

/// Calls `Settle`. Returns what the bond absorbed, which can't be more than is `impaired`: a difference between the two
/// books would grow with every harvest, so it fails the message.
pub(super) fn tell_pool<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    params: &SettleParams,
    value: &TokenAmount,
    impaired: &TokenAmount,
) -> Result<TokenAmount, ActorError> {
    let written_off = call::<Settle, H>(rt, wiring.pool, params, value)?.written_off;
    if written_off.is_negative() || written_off > *impaired {
        return Err(ProxyError::BooksDiffer { written_off, impaired: impaired.clone() }.into());
    }
    Ok(written_off)
}
