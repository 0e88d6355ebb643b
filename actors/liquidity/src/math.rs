//! Every formula. Pure: no runtime, no state.
//!
//! The pool answers what `priced` shares are worth to who leaves (`nav`) and cost who enters (`entry_nav`); what some of them are is
//! worked out here, in [`worth`], [`cost`] and [`shares_for`], and nowhere else.

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::{limits, Settings};
use peggy_interfaces::pool::MeasuredPriceReturn;
use peggy_math::{mul_div, mul_div_tokens, Rounding, BPS_WHOLE};

use crate::error::Error;

/// LP tokens stay below 2^120: about 2^29 for every attoFIL there will ever be. Only providing after nearly total losses could come
/// near; it is refused before numbers grow without bound.
const MAX_LP_BITS: u64 = 120;

/// What `shares` are worth to who leaves: `floor(shares * nav / priced)`, in attoFIL. Zero if there are no shares at all.
pub fn worth(shares: &TokenAmount, price: &MeasuredPriceReturn) -> TokenAmount {
    mul_div_tokens(shares, &price.nav, &price.priced, Rounding::Down).unwrap_or_default()
}

/// What `shares` cost who enters: `ceil(shares * entry_nav / priced)`, in attoFIL. Zero if there are no shares at all.
pub fn cost(shares: &TokenAmount, price: &MeasuredPriceReturn) -> TokenAmount {
    mul_div_tokens(shares, &price.entry_nav, &price.priced, Rounding::Up).unwrap_or_default()
}

/// Shares for `value` at the entry price: `floor(value * priced / entry_nav)`. Errors: no price (106), nothing for the value (100).
pub fn shares_for(value: &TokenAmount, price: &MeasuredPriceReturn) -> Result<TokenAmount, Error> {
    let shares = mul_div_tokens(value, &price.priced, &price.entry_nav, Rounding::Down).ok_or(Error::NoPrice)?;
    if shares.is_zero() {
        return Err(Error::BringsNothing { given: value.clone() });
    }
    Ok(shares)
}

/// What is paid for `shares` that come on top of `inventory`, with `fil` at hand:
/// `floor(shares * nav / priced * (1 - (d(u0) + d(u1)) / 2))`, where `d(u) = min(base + slope * u, max)`, and `u0`, `u1` are the parts
/// that inventory without and with the trade's shares has of FIL and all shares together. Zero without a price.
///
/// One rounding, down, against the seller; everything before it is exact. **Splitting never gains**: `d` is concave in the
/// inventory, so the mean of its ends, taken over parts, is no smaller than over the whole; and each part is measured against less
/// than the whole is, since later shares have not arrived and earlier payments have left, which makes its `u` no smaller.
pub fn payment(
    shares: &TokenAmount,
    fil: &TokenAmount,
    inventory: &TokenAmount,
    price: &MeasuredPriceReturn,
    settings: &Settings,
) -> TokenAmount {
    let (nav, priced) = (price.nav.atto(), price.priced.atto());
    // In units of attoFIL / priced: what the trade's shares, the inventory before it, and everything with it are worth.
    let trade = shares.atto() * nav;
    let before = inventory.atto() * nav;
    let total = fil.atto() * priced + &before + &trade;
    let bps = |inventory: &BigInt| {
        let grown = BigInt::from(settings.base_bps.0) * &total + BigInt::from(settings.slope_bps.0) * inventory;
        grown.min(BigInt::from(settings.max_bps.0) * &total)
    };
    // The sum of both discounts by `total`, in basis points: of 20,000.
    let both = bps(&before) + bps(&(&before + &trade));
    let whole = BigInt::from(2 * BPS_WHOLE) * &total;
    let kept = &whole - both;
    mul_div(&trade, &kept, &(whole * priced), Rounding::Down).map_or_else(TokenAmount::zero, TokenAmount::from_atto)
}

/// LP tokens made by a provider's FIL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// The provider's.
    pub provider: TokenAmount,
    /// Nobody's, for ever: of the first provider's only.
    pub locked: TokenAmount,
}

/// LP tokens for `value`, where there are `supply` worth `entry_value` so far: `floor(value * supply / entry_value)`.
///
/// The first provider gets one for each attoFIL, less [`limits::LOCKED_LP`], which nobody ever takes out: so the supply never falls
/// below them, and to make one unit worth `x` attoFIL costs whoever tries a thousand million times as much as a later provider can
/// lose by its rounding. Errors: too little to be the first (107), no price (106), nothing for the value (100).
pub fn lp_for(value: &TokenAmount, supply: &TokenAmount, entry_value: &TokenAmount) -> Result<Minted, Error> {
    if supply.is_zero() {
        let locked = TokenAmount::from_atto(limits::LOCKED_LP);
        if *value <= locked {
            return Err(Error::FirstTooSmall { value: value.clone(), locked });
        }
        return Ok(Minted { provider: value - &locked, locked });
    }
    let provider = mul_div_tokens(value, supply, entry_value, Rounding::Down).ok_or(Error::NoPrice)?;
    if (&provider + supply).atto().bits() > MAX_LP_BITS {
        return Err(Error::NoPrice);
    }
    if provider.is_zero() {
        return Err(Error::BringsNothing { given: value.clone() });
    }
    Ok(Minted { provider, locked: TokenAmount::zero() })
}

/// The part of `whole` that `lp` of `all` LP tokens are: `floor(whole * lp / all)`.
pub fn part(whole: &TokenAmount, lp: &TokenAmount, all: &TokenAmount) -> TokenAmount {
    mul_div_tokens(whole, lp, all, Rounding::Down).unwrap_or_default()
}
