//! Shares come in for FIL, and go out for FIL.

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::call;
use peggy_interfaces::liquidity::{
    BuySharesParams, BuySharesReturn, RecycleParams, RecycleReturn, SellParams, SellReturn,
};
use peggy_interfaces::pool::{Redeem, RedeemParams};
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::actor::{hand_over, measured_price, not_lost};
use crate::emit;
use crate::error::{at_least, not_negative, Error};
use crate::math;
use crate::state::State;

/// Buys the shares that just arrived, for FIL at the price less the discount. Only the pool's receiver hook.
///
/// Trust: every actor could send these bytes; only the pool is believed that shares arrived, because only it moves them, and only of
/// its own kind of token. Shares without `SellParams` are refused, so the inventory is what was bought here and nobody can donate to
/// it. A failure undoes the transfer. Open in a pause; closed (66, 67) without a measured price.
pub fn receive<H: Host>(rt: &Runtime<H>, params: UniversalReceiverParams) -> Result<SellReturn, ActorError> {
    let (_, wiring) = State::view(rt)?;
    rt.require_caller(&[wiring.pool], "the pool, when shares of its own arrive,")?;
    if params.type_ != FRC46_TOKEN_TYPE {
        return Err(Error::WrongToken { kind: params.type_ }.into());
    }
    let received: FRC46TokenReceived = params.payload.deserialize().or_serialization("the hook's payload")?;
    let sale: SellParams = received.operator_data.deserialize().map_err(|_| Error::NotASale)?;
    not_negative(&sale.min_out, "min_out")?;
    let seller = received.from;
    let recipient = match &sale.recipient {
        Some(address) => rt.resolve(address, "the recipient of the FIL")?,
        None => seller,
    };
    not_lost(rt, wiring.pool, recipient, "FIL")?;
    let price = measured_price(rt, wiring.pool)?;
    let shares = &received.amount;
    let paid = rt.transaction(|state: &mut State, _| {
        let paid = math::payment(shares, &state.fil, &state.inventory, &price, &state.settings);
        if !paid.is_positive() {
            return Err(Error::BringsNothing { given: shares.clone() }.into());
        }
        at_least(&sale.min_out, &paid, "FIL")?;
        if paid > state.fil {
            return Err(Error::NotEnoughFil { wanted: paid, available: state.fil.clone() }.into());
        }
        state.inventory += shares;
        state.fil -= &paid;
        Ok(paid)
    })?;
    emit::sold(rt, seller, recipient, shares, &paid)?;
    rt.pay(recipient, &paid)?;
    Ok(SellReturn { paid })
}

/// Sells inventory for the value sent, at the entry price: shares rounded down. Anyone; closed by a pause, and (66, 67) without a
/// measured price. What the shares earned before stays with the providers.
pub fn buy_shares<H: Host>(rt: &Runtime<H>, params: BuySharesParams) -> Result<BuySharesReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.min_shares, "min_shares")?;
    let (before, wiring) = State::view(rt)?;
    before.require_open(rt.epoch())?;
    let recipient = match &params.recipient {
        Some(address) => rt.resolve_or_create(address, "the recipient")?,
        None => rt.caller(),
    };
    not_lost(rt, wiring.pool, recipient, "shares")?;
    let price = measured_price(rt, wiring.pool)?;
    let value = rt.value();
    let shares = rt.transaction(|state: &mut State, _| {
        let shares = math::shares_for(value, &price)?;
        at_least(&params.min_shares, &shares, "shares")?;
        if shares > state.inventory {
            return Err(Error::NotEnoughShares { wanted: shares, available: state.inventory.clone() }.into());
        }
        state.inventory -= &shares;
        state.fil += value;
        Ok(shares)
    })?;
    emit::bought(rt, rt.caller(), recipient, value, &shares)?;
    hand_over(rt, wiring.pool, recipient, &shares)?;
    Ok(BuySharesReturn { shares })
}

/// Redeems inventory at the pool's price, as far as the pool's liquid FIL allows. Anyone.
///
/// Refused while vesting rewards are about to heal a loss (the entry price is above the price): whoever else holds shares could
/// otherwise have the providers bear it. The books change in one step, after the pool has paid, so that there is no moment at which
/// shares are gone and the FIL for them is not there yet: a provider who came in at such a moment would get its part for nothing.
/// Nothing in between runs anybody's code; if it did and took inventory, the check here would refuse.
pub fn recycle<H: Host>(rt: &Runtime<H>, params: RecycleParams) -> Result<RecycleReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.shares, "shares")?;
    let (before, wiring) = State::view(rt)?;
    let shares = &params.shares;
    let enough = |state: &State| {
        if *shares > state.inventory {
            let available = state.inventory.clone();
            return Err(Error::NotEnoughShares { wanted: shares.clone(), available });
        }
        Ok(())
    };
    enough(&before)?;
    let price = measured_price(rt, wiring.pool)?;
    if price.nav < price.entry_nav {
        return Err(Error::AboutToHeal.into());
    }
    let redeem = RedeemParams { shares: shares.clone(), min_amount: math::worth(shares, &price) };
    let fil = call::<Redeem, H>(rt, wiring.pool, &redeem, &TokenAmount::zero())?.amount;
    rt.transaction(|state: &mut State, _| {
        enough(state)?;
        state.inventory -= shares;
        state.fil += &fil;
        Ok(())
    })?;
    emit::recycled(rt, shares, &fil)?;
    Ok(RecycleReturn { fil })
}
