//! FIL becomes shares.

use frc46_token::receiver::FRC46TokenReceived;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{DepositParams, DepositReturn, MinerTotals};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{call_hook, not_the_pool, rewards, with_fresh};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::{Config, State};

/// Turns the value sent into shares at the entry price, rounded down. Anyone.
///
/// A recipient other than the caller has its receiver hook called, as FRC-46 asks of a mint, after everything is saved. The
/// caller's own is not: it asked for these shares and gets their number back, and a contract without a hook could
/// not deposit at all (docs/decisions.md).
pub fn deposit<H: Host>(rt: &Runtime<H>, params: DepositParams) -> Result<DepositReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.min_shares, "min_shares")?;
    let recipient = match &params.recipient {
        Some(address) => rt.resolve_or_create(address, "the recipient")?,
        None => rt.caller(),
    };
    not_the_pool(rt, recipient, "shares")?;
    let (value, now) = (rt.value(), rt.epoch());
    let (shares, dead) = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            let config = state.config(store)?;
            check_open(state, &config, now)?;
            math::check_intake(value, &state.totals, &config.terms)?;
            let dead = math::settle_surplus(&mut state.totals);
            let shares = priced(value, state, &params.min_shares)?;
            let mut accounts = state.accounts(store)?;
            let mut account = accounts.get(recipient)?;
            account.add(&state.rewards.parcel(&shares));
            accounts.put(recipient, account, &mut state.rewards)?;
            state.accounts = accounts.flush()?;
            state.totals.liquid += value;
            state.totals.shares += &shares;
            Ok((shares, dead))
        })
    })?;
    emit::surplus(rt, dead.as_ref())?;
    emit::deposited(rt, recipient, value, &shares)?;
    if recipient != rt.caller() {
        call_hook(
            rt,
            FRC46TokenReceived {
                from: rt.receiver(),
                to: recipient,
                operator: rt.caller(),
                amount: shares.clone(),
                operator_data: RawBytes::default(),
                token_data: RawBytes::default(),
            },
        )?;
    }
    Ok(DepositReturn { shares })
}

/// Turns the caller's rewards into shares: claim and deposit in one, under the rules of a deposit, the smallest amount included.
/// Anyone.
pub fn compound<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<DepositReturn, ActorError> {
    rt.accept_anyone();
    let (owner, now) = (rt.caller(), rt.epoch());
    let (value, shares, dead) = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            let config = state.config(store)?;
            check_open(state, &config, now)?;
            let mut accounts = state.accounts(store)?;
            let mut account = accounts.get(owner)?;
            let value = rewards::take(state, &mut account, owner, None, store)?;
            math::check_intake(&value, &state.totals, &config.terms)?;
            let dead = math::settle_surplus(&mut state.totals);
            let shares = priced(&value, state, &TokenAmount::zero())?;
            account.add(&state.rewards.parcel(&shares));
            accounts.put(owner, account, &mut state.rewards)?;
            state.accounts = accounts.flush()?;
            state.totals.liquid += &value;
            state.totals.shares += &shares;
            Ok((value, shares, dead))
        })
    })?;
    emit::surplus(rt, dead.as_ref())?;
    emit::compounded(rt, owner, &value, &shares)?;
    Ok(DepositReturn { shares })
}

/// Intake is open: not paused, every miner settled, measured recently enough.
fn check_open(state: &State, config: &Config, now: ChainEpoch) -> Result<(), Error> {
    check_not_paused(config, now)?;
    check_price(&state.totals.miners, config, now)
}

/// There is a price to buy at: every miner settled, measured recently enough.
pub(super) fn check_price(miners: &MinerTotals, config: &Config, now: ChainEpoch) -> Result<(), Error> {
    math::check_settled(miners)?;
    math::check_fresh(miners, now, math::staleness_in(miners, &config.terms))
}

/// Refuses intake during a pause.
pub(super) fn check_not_paused(config: &Config, now: ChainEpoch) -> Result<(), Error> {
    match config.paused_until {
        Some(until) if now < until => Err(Error::Paused { until }),
        _ => Ok(()),
    }
}

pub(super) fn priced(value: &TokenAmount, state: &State, min_shares: &TokenAmount) -> Result<TokenAmount, Error> {
    let shares = math::shares_for(value, &state.totals)?;
    if shares < *min_shares {
        return Err(Error::BelowWanted { got: shares, min: min_shares.clone() });
    }
    Ok(shares)
}
