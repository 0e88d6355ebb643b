//! What it answers about itself. Nothing here measures or changes anything: prices are of the pool's last measurement.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use peggy_interfaces::liquidity::{GetTotalsReturn, QuoteBuyParams, QuoteBuyReturn, QuoteSellParams, QuoteSellReturn};
use peggy_interfaces::pool::{self, GetAccount, GetAccountParams, GetTotals, MeasuredPriceReturn};
use peggy_interfaces::query;
use peggy_runtime::{ActorError, Host, Runtime, Wiring};

use crate::error::not_negative;
use crate::math;
use crate::state::State;

/// The price of the last measurement, and when that was.
fn last_price<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
) -> Result<(MeasuredPriceReturn, Option<ChainEpoch>), ActorError> {
    let pool::GetTotalsReturn { nav, entry_nav, shares, dead, miners, .. } =
        query::<GetTotals, H>(rt, wiring.pool, &())?;
    Ok((MeasuredPriceReturn { nav, entry_nav, priced: shares + dead }, miners.oldest_measurement))
}

/// What a sale would bring at the last measurement: rounded down, as the sale itself.
pub fn quote_sell<H: Host>(rt: &Runtime<H>, params: QuoteSellParams) -> Result<QuoteSellReturn, ActorError> {
    not_negative(&params.shares, "shares")?;
    let (state, wiring) = State::view(rt)?;
    let (price, measured_at) = last_price(rt, &wiring)?;
    Ok(QuoteSellReturn {
        amount: math::payment(&params.shares, &state.fil, &state.inventory, &price, &state.settings),
        worth: math::worth(&params.shares, &price),
        available: state.fil,
        measured_at,
    })
}

/// What FIL would buy at the last measurement: rounded down, as the purchase itself. Does not look at pauses.
pub fn quote_buy<H: Host>(rt: &Runtime<H>, params: QuoteBuyParams) -> Result<QuoteBuyReturn, ActorError> {
    not_negative(&params.value, "value")?;
    let (state, wiring) = State::view(rt)?;
    let (price, measured_at) = last_price(rt, &wiring)?;
    Ok(QuoteBuyReturn { shares: math::shares_for(&params.value, &price)?, available: state.inventory, measured_at })
}

/// The books.
pub fn totals<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetTotalsReturn, ActorError> {
    let (state, wiring) = State::view(rt)?;
    let (price, measured_at) = last_price(rt, &wiring)?;
    let own = GetAccountParams { account: Address::new_id(rt.receiver()) };
    let rewards = query::<GetAccount, H>(rt, wiring.pool, &own)?.rewards;
    let cash = &state.fil + &rewards;
    Ok(GetTotalsReturn {
        value: &cash + math::worth(&state.inventory, &price),
        entry_value: cash + math::cost(&state.inventory, &price),
        fil: state.fil,
        inventory: state.inventory,
        rewards,
        lp: state.lp.supply,
        settings: state.settings,
        paused_until: state.paused_until.unwrap_or_default(),
        measured_at,
    })
}
