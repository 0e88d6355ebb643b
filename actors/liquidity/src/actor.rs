//! The methods, one file per topic, and the calls to the pool they share.

pub mod admin;
pub mod allowance;
pub mod provide;
pub mod token;
pub mod trade;
pub mod views;

use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::frc46::Transfer;
use peggy_interfaces::pool::{ClaimRewards, ClaimRewardsParams, MeasuredPrice, MeasuredPriceReturn};
use peggy_interfaces::{call, try_call};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::emit;
use crate::error::Error;

/// The pool's price, measured within this message if need be. Call it before any state is loaded: it may re-enter owner-proxy and
/// pool. Fails with the pool's own code while there is no price (66, 67).
fn measured_price<H: Host>(rt: &Runtime<H>, pool: ActorID) -> Result<MeasuredPriceReturn, ActorError> {
    call::<MeasuredPrice, H>(rt, pool, &(), &TokenAmount::zero())
}

/// Has the pool pay what the inventory earned, and returns how much that is. The caller books it: nothing else does, because it
/// arrives by a bare send, which runs no code here.
fn collect<H: Host>(rt: &Runtime<H>, pool: ActorID) -> Result<TokenAmount, ActorError> {
    let params = ClaimRewardsParams { to: Address::new_id(rt.receiver()), amount: None };
    let paid = call::<ClaimRewards, H>(rt, pool, &params, &TokenAmount::zero())?.paid;
    if !paid.is_zero() {
        emit::collected(rt, &paid)?;
    }
    Ok(paid)
}

/// Sends inventory to `to`, whose receiver hook runs. Everything must be saved before.
fn hand_over<H: Host>(rt: &Runtime<H>, pool: ActorID, to: ActorID, shares: &TokenAmount) -> Result<(), ActorError> {
    if shares.is_zero() {
        return Ok(());
    }
    let params = TransferParams { to: Address::new_id(to), amount: shares.clone(), operator_data: RawBytes::default() };
    let sent = try_call::<Transfer, H>(rt, pool, &params, &TokenAmount::zero())?;
    sent.ok(&format!("sending shares to f0{to}")).map(|_| ())
}

/// Refuses to send FIL, shares or LP tokens to where they would be nobody's.
fn not_lost<H: Host>(rt: &Runtime<H>, pool: ActorID, to: ActorID, what: &'static str) -> Result<(), Error> {
    if to == rt.receiver() || to == pool {
        return Err(Error::WouldBeLost { what, to });
    }
    Ok(())
}
