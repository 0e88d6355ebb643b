//! Constructor, wiring, upgrade, settings, pause.

use frc46_token::token::state::TokenState;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::common::GetWiringReturn;
use peggy_interfaces::frc46::{MAX_NAME, MAX_SYMBOL};
use peggy_interfaces::liquidity::{limits, ConstructorParams, PauseParams, Settings};
use peggy_math::Bps;
use peggy_runtime::{lifecycle, ActorError, Host, Runtime, UpgradeParams, Wiring};

use crate::emit;
use crate::error::Error;
use crate::state::{broken_token, State, SCHEMA};

/// Makes it, without FIL and without inventory. Called by init only.
pub fn construct<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    check_name("name", &params.name, MAX_NAME)?;
    check_name("symbol", &params.symbol, MAX_SYMBOL)?;
    check_settings(&params.settings)?;
    rt.create(&State {
        schema: SCHEMA,
        deployer: Some(rt.resolve(&params.deployer, "the deployer")?),
        wiring: None,
        name: params.name,
        symbol: params.symbol,
        settings: params.settings,
        paused_until: None,
        fil: TokenAmount::zero(),
        inventory: TokenAmount::zero(),
        lp: TokenState::new(&rt.store()).map_err(broken_token)?,
    })
}

/// Names the five actors. The deployer only, once.
pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring) -> Result<(), ActorError> {
    lifecycle::check_wire(rt, rt.state::<State>()?.deployer, &wiring, wiring.liquidity)?;
    rt.transaction(|state: &mut State, _| {
        state.deployer = None;
        state.wiring = Some(wiring);
        Ok(())
    })?;
    rt.emit(lifecycle::wired(&wiring))
}

/// Swaps the code. Governance only.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
    governed(rt)?;
    lifecycle::upgrade(rt, params)
}

/// Who is who. Answers before wiring, too.
pub fn get_wiring<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetWiringReturn, ActorError> {
    let State { schema, deployer, wiring, .. } = rt.state()?;
    Ok(GetWiringReturn { schema, deployer, wiring })
}

/// Sets the discount, within its constant bounds. Governance only. Whoever sells names the least it accepts, so nobody is paid less
/// by a change than it agreed to.
pub fn set_settings<H: Host>(rt: &Runtime<H>, settings: Settings) -> Result<(), ActorError> {
    governed(rt)?;
    check_settings(&settings)?;
    rt.transaction(|state: &mut State, _| {
        state.settings = settings;
        Ok(())
    })?;
    emit::settings(rt, &settings)
}

/// Closes `AddLiquidity` and `BuyShares` for a bounded time, or (zero epochs) opens them again. Governance only.
pub fn pause<H: Host>(rt: &Runtime<H>, params: PauseParams) -> Result<(), ActorError> {
    let last = governed(rt)?.paused_until;
    let until = lifecycle::next_pause(last, rt.epoch(), params.epochs).map_err(Error::BadPause)?;
    rt.transaction(|state: &mut State, _| {
        state.paused_until = Some(until);
        Ok(())
    })?;
    emit::paused(rt, until)
}

/// Checks that governance calls, and returns the state as it is.
fn governed<H: Host>(rt: &Runtime<H>) -> Result<State, ActorError> {
    let (state, wiring) = State::view(rt)?;
    rt.require_caller(&[wiring.governance], "governance")?;
    Ok(state)
}

fn check_name(what: &str, name: &str, max: usize) -> Result<(), Error> {
    if name.is_empty() || name.len() > max {
        return Err(Error::BadName(format!(
            "the LP token's {what} has {} bytes, but must have 1 to {max}",
            name.len()
        )));
    }
    Ok(())
}

/// `base_bps <= max_bps <= MAX_DISCOUNT`, `slope_bps <= MAX_SLOPE`.
fn check_settings(settings: &Settings) -> Result<(), Error> {
    let Settings { base_bps, slope_bps, max_bps } = *settings;
    at_most("max_bps", max_bps, limits::MAX_DISCOUNT)?;
    at_most("slope_bps", slope_bps, limits::MAX_SLOPE)?;
    at_most("base_bps", base_bps, max_bps)
}

fn at_most(setting: &'static str, Bps(value): Bps, Bps(max): Bps) -> Result<(), Error> {
    if value > max {
        return Err(Error::SettingOutOfBounds { setting, value, max });
    }
    Ok(())
}
