//! Constructor, wiring, upgrade, settings, guardian.

use std::fmt::Display;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::common::GetWiringReturn;
use peggy_interfaces::governance::{
    limits, ConstructorParams, GuardianPauseParams, GuardianPauseReturn, SetGuardianParams, Settings,
};
use peggy_interfaces::{pool, try_call};
use peggy_runtime::{lifecycle, ActorError, Host, Runtime, UpgradeParams, Wiring};

use crate::emit;
use crate::error::Error;
use crate::state::{Config, State, SCHEMA};

/// Called by init only. The guardian, if there is one, must exist.
pub fn construct<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    check_settings(&params.settings)?;
    let deployer = rt.resolve(&params.deployer, "the deployer")?;
    let config = Config { guardian: resolve_guardian(rt, params.guardian.as_ref())?, settings: params.settings };
    rt.create(&State::create(deployer, &config, rt.store())?)
}

/// `Wire`.
pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring) -> Result<(), ActorError> {
    lifecycle::check_wire(rt, rt.state::<State>()?.deployer, &wiring, wiring.governance)?;
    rt.transaction(|state: &mut State, _| {
        state.deployer = None;
        state.wiring = Some(wiring);
        Ok(())
    })?;
    rt.emit(lifecycle::wired(&wiring))
}

/// `Upgrade`, as all five actors have it. Governance itself is upgraded by `Execute`, in its own frame: a call it makes to itself
/// passes the check of the caller here, and is then refused by the network.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
    require_self(rt)?;
    lifecycle::upgrade(rt, params)
}

/// `GetWiring`; answers before wiring, too.
pub fn get_wiring<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetWiringReturn, ActorError> {
    let State { deployer, wiring, .. } = rt.state()?;
    Ok(GetWiringReturn { schema: SCHEMA, deployer, wiring })
}

/// `SetGuardian`: an action of a proposal.
pub fn set_guardian<H: Host>(rt: &Runtime<H>, params: SetGuardianParams) -> Result<(), ActorError> {
    require_self(rt)?;
    let guardian = resolve_guardian(rt, params.guardian.as_ref())?;
    change_config(rt, |config| config.guardian = guardian)?;
    emit::guardian_set(rt, guardian)
}

/// `SetSettings`: an action of a proposal. Votes that were opened keep the settings they were opened with.
pub fn set_settings<H: Host>(rt: &Runtime<H>, settings: Settings) -> Result<(), ActorError> {
    require_self(rt)?;
    check_settings(&settings)?;
    emit::settings_set(rt, &settings)?;
    change_config(rt, |config| config.settings = settings)
}

/// `GuardianPause`: passed on to pool and liquidity, which bound how long and how often. One of them may be paused already or not be
/// due again; it fails only if both refuse.
pub fn guardian_pause<H: Host>(
    rt: &Runtime<H>,
    params: GuardianPauseParams,
) -> Result<GuardianPauseReturn, ActorError> {
    let (state, wiring) = State::view(rt)?;
    let guardian = state.config(rt.store())?.guardian;
    rt.require_caller(guardian.as_slice(), "the guardian")?;
    let epochs = params.epochs;
    // Ending a pause early is not the guardian's to decide.
    within("a pause", &epochs, &1, &pool::limits::MAX_PAUSE)?;
    let pause = |actor| try_call::<pool::Pause, H>(rt, actor, &pool::PauseParams { epochs }, &TokenAmount::zero());
    let (at_pool, at_liquidity) = (pause(wiring.pool)?, pause(wiring.liquidity)?);
    let done =
        GuardianPauseReturn { pool: at_pool.exit_code.is_success(), liquidity: at_liquidity.exit_code.is_success() };
    if !done.pool && !done.liquidity {
        at_pool.ok("the pause of the pool, as that of liquidity,")?;
    }
    emit::guardian_paused(rt, epochs, &done)?;
    Ok(done)
}

fn change_config<H: Host>(rt: &Runtime<H>, change: impl FnOnce(&mut Config)) -> Result<(), ActorError> {
    rt.transaction(|state: &mut State, store| {
        let mut config = state.config(store)?;
        change(&mut config);
        state.config = config.save(store)?;
        Ok(())
    })
}

fn require_self<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let (_, wiring) = State::view(rt)?;
    rt.require_caller(&[wiring.governance], "governance, by a proposal,")
}

fn resolve_guardian<H: Host>(rt: &Runtime<H>, guardian: Option<&Address>) -> Result<Option<ActorID>, ActorError> {
    guardian.map(|address| rt.resolve(address, "the guardian")).transpose()
}

/// Checks every setting against its constant bounds.
pub fn check_settings(s: &Settings) -> Result<(), Error> {
    within("threshold", &s.threshold.0, &limits::MIN_THRESHOLD.0, &limits::MAX_THRESHOLD.0)?;
    within("voting_delay", &s.voting_delay, &limits::MIN_VOTING_DELAY, &limits::MAX_VOTING_DELAY)?;
    within("voting_period", &s.voting_period, &limits::MIN_VOTING_PERIOD, &limits::MAX_VOTING_PERIOD)?;
    within("quorum", &s.quorum.0, &limits::MIN_QUORUM.0, &limits::MAX_QUORUM.0)?;
    within("ordinary_delay", &s.ordinary_delay, &limits::MIN_ORDINARY_DELAY, &limits::MAX_DELAY)?;
    let long = limits::MIN_CRITICAL_DELAY.max(s.ordinary_delay);
    within("critical_delay", &s.critical_delay, &long, &limits::MAX_DELAY)?;
    within("grace_period", &s.grace_period, &limits::MIN_GRACE_PERIOD, &limits::MAX_GRACE_PERIOD)
}

fn within<T: PartialOrd + Display>(what: &'static str, value: &T, min: &T, max: &T) -> Result<(), Error> {
    if value < min || value > max {
        let (value, min, max) = (value.to_string(), min.to_string(), max.to_string());
        return Err(Error::OutOfBounds { what, value, min, max });
    }
    Ok(())
}
