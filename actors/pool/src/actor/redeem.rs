//! Shares become FIL at once, and the price they do it at.

use fvm_shared::clock::ChainEpoch;
use peggy_interfaces::pool::{MeasuredPriceReturn, RedeemParams, RedeemReturn};
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::with_fresh;
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::State;

/// Burns the caller's shares for FIL at the price, rounded down, out of liquid FIL beyond what the exit queue needs. The holder of shares. What has accrued on
/// them stays claimable. Not closed by a pause.
pub fn redeem<H: Host>(rt: &Runtime<H>, params: RedeemParams) -> Result<RedeemReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.shares, "shares")?;
    not_negative(&params.min_amount, "min_amount")?;
    let (owner, now, shares) = (rt.caller(), rt.epoch(), &params.shares);
    let amount = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            let mut accounts = state.accounts(store)?;
            let mut account = accounts.get(owner)?;
            if !account.take(&state.rewards.parcel(shares)) {
                let balance = account.shares;
                return Err(Error::TooFewShares { owner, balance, wanted: shares.clone() }.into());
            }
            check_price(state, store, now)?;
            let amount = math::amount_for(shares, &state.totals);
            if !amount.is_positive() {
                return Err(Error::BringsNothing { given: shares.clone() }.into());
            }
            if amount < params.min_amount {
                return Err(Error::BelowWanted { got: amount, min: params.min_amount.clone() }.into());
            }
            let available = math::beyond_exits(&state.totals);
            if amount > available {
                return Err(Error::NotEnoughLiquid { wanted: amount, available }.into());
            }
            accounts.put(owner, account, &mut state.rewards)?;
            state.accounts = accounts.flush()?;
            state.totals.liquid -= &amount;
            state.totals.shares -= shares;
            Ok(amount)
        })
    })?;
    rt.pay(owner, &amount)?;
    emit::redeemed(rt, owner, shares, &amount)?;
    Ok(RedeemReturn { amount })
}

/// The price, for those who trade shares within this message. Anyone. Measures first if the last measurement is too old for a
/// payment; refuses (67) while a miner can't be measured.
pub fn measured_price<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<MeasuredPriceReturn, ActorError> {
    rt.accept_anyone();
    let now = rt.epoch();
    with_fresh(rt, || {
        let state = State::view(rt)?;
        check_price(&state, rt.store(), now)?;
        let totals = state.totals;
        Ok(MeasuredPriceReturn { nav: totals.nav(), entry_nav: totals.entry_nav(), priced: totals.priced() })
    })
}

/// There is a price to pay at: every miner settled, measured recently enough.
fn check_price<H: Host>(state: &State, store: Store<'_, H>, now: ChainEpoch) -> Result<(), ActorError> {
    let miners = &state.totals.miners;
    math::check_settled(miners)?;
    // Without principal there is nothing to measure, and no need to read the terms.
    if miners.oldest_measurement.is_some() {
        math::check_fresh(miners, now, state.config(store)?.terms.max_staleness_out)?;
    }
    Ok(())
}
