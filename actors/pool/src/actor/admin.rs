//! Constructor, wiring, upgrade, terms, pause.

use std::fmt::Display;

use fvm_shared::ActorID;
use peggy_interfaces::common::GetWiringReturn;
use peggy_interfaces::frc46::{MAX_NAME, MAX_SYMBOL};
use peggy_interfaces::pool::{limits, ConstructorParams, Fee, FeeParams, PauseParams, Terms, TermsParams};
use peggy_math::Bps;
use peggy_runtime::{lifecycle, ActorError, Host, Runtime, UpgradeParams, Wiring};

use crate::emit;
use crate::error::Error;
use crate::state::{Config, State, SCHEMA};
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;

/// Makes an empty pool. Called by init only.
pub fn construct<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    check_name("name", &params.name, MAX_NAME)?;
    check_name("symbol", &params.symbol, MAX_SYMBOL)?;
    let config = Config {
        deployer: Some(rt.resolve(&params.deployer, "the deployer")?),
        wiring: None,
        name: params.name,
        symbol: params.symbol,
        terms: check_terms(rt, params.terms)?,
        paused_until: None,
    };
    rt.create(&State::create(&config, rt.epoch(), rt.store())?)
}

/// Names the five actors. The deployer only, once.
pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring) -> Result<(), ActorError> {
    let config = rt.state::<State>()?.config(rt.store())?;
    lifecycle::check_wire(rt, config.deployer, &wiring, wiring.pool)?;
    rt.transaction(|state: &mut State, store| {
        let config = Config { deployer: None, wiring: Some(wiring), ..config };
        state.config = config.save(store)?;
        state.wired = true;
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
    let config = rt.state::<State>()?.config(rt.store())?;
    Ok(GetWiringReturn { schema: SCHEMA, deployer: config.deployer, wiring: config.wiring })
}

/// Sets the terms. Governance only. What old recipients are owed stays theirs, and the running stream keeps its end.
pub fn set_terms<H: Host>(rt: &Runtime<H>, params: TermsParams) -> Result<(), ActorError> {
    let config = governed(rt)?;
    let terms = check_terms(rt, params)?;
    let config = Config { terms: terms.clone(), ..config };
    rt.transaction(|state: &mut State, store| {
        state.config = config.save(store)?;
        Ok(())
    })?;
    emit::terms(rt, &terms)
}

/// Closes intake for a bounded time, or (zero epochs) opens it again. Governance only.
pub fn pause<H: Host>(rt: &Runtime<H>, params: PauseParams) -> Result<(), ActorError> {
    let mut config = governed(rt)?;
    let now = rt.epoch();
    let until = lifecycle::next_pause(config.paused_until, now, params.epochs).map_err(Error::BadPause)?;
    config.paused_until = Some(until);
    rt.transaction(|state: &mut State, store| {
        state.config = config.save(store)?;
        Ok(())
    })?;
    emit::paused(rt, until)
}

/// Checks that governance calls, and returns the configuration.
pub(super) fn governed<H: Host>(rt: &Runtime<H>) -> Result<Config, ActorError> {
    let config = State::view(rt)?.config(rt.store())?;
    rt.require_caller(&[config.wiring()?.governance], "governance")?;
    Ok(config)
}

fn check_name(what: &str, name: &str, max: usize) -> Result<(), Error> {
    if name.is_empty() || name.len() > max {
        return Err(Error::BadName(format!("the token's {what} has {} bytes, but must have 1 to {max}", name.len())));
    }
    Ok(())
}

/// Checks every term against its constant bounds, and resolves fee recipients, who must exist.
fn check_terms<H: Host>(rt: &Runtime<H>, p: TermsParams) -> Result<Terms, ActorError> {
    let most = TokenAmount::from_whole(limits::MAX_MINIMUM_FIL);
    let none = TokenAmount::zero;
    within("min_deposit", &p.min_deposit, &none(), &most)?;
    within("min_ticket", &p.min_ticket, &none(), &most)?;
    // More FIL than there will ever be: no limit at all.
    let unlimited = TokenAmount::from_whole(i64::MAX);
    within("cap", &p.cap, &none(), &unlimited)?;
    within("max_idle", &p.max_idle, &none(), &unlimited)?;
    within("reserve_bps", &p.reserve_bps.0, &0, &limits::MAX_RESERVE.0)?;
    within("reward_period", &p.reward_period, &limits::MIN_REWARD_PERIOD, &limits::MAX_REWARD_PERIOD)?;
    within("exit_cooldown", &p.exit_cooldown, &0, &limits::MAX_EXIT_COOLDOWN)?;
    within("max_staleness_in", &p.max_staleness_in, &0, &limits::MAX_STALENESS_IN)?;
    within("max_staleness_out", &p.max_staleness_out, &0, &limits::MAX_STALENESS_OUT)?;
    within("min_bond_bps", &p.min_bond_bps.0, &0, &limits::MAX_MIN_BOND.0)?;
    within("bond_period", &p.bond_period, &limits::MIN_BOND_PERIOD, &limits::MAX_BOND_PERIOD)?;
    Ok(Terms {
        fees: check_fees(p.fees, |fee| rt.resolve(&fee.recipient, "the fee recipient"))?,
        min_deposit: p.min_deposit,
        min_ticket: p.min_ticket,
        cap: p.cap,
        max_idle: p.max_idle,
        reserve_bps: p.reserve_bps,
        reward_period: p.reward_period,
        exit_cooldown: p.exit_cooldown,
        max_staleness_in: p.max_staleness_in,
        max_staleness_out: p.max_staleness_out,
        min_bond_bps: p.min_bond_bps,
        bond_period: p.bond_period,
    })
}

fn within<T: PartialOrd + Display>(term: &'static str, value: &T, min: &T, max: &T) -> Result<(), Error> {
    if value < min || value > max {
        let (value, min, max) = (value.to_string(), min.to_string(), max.to_string());
        return Err(Error::TermOutOfBounds { term, value, min, max });
    }
    Ok(())
}

/// At most 16 fees, labels of 1 to 32 bytes, no recipient twice under one label (whichever of its addresses is used), at most
/// 5,000 bps together.
fn check_fees(
    fees: Vec<FeeParams>,
    resolve: impl Fn(&FeeParams) -> Result<ActorID, ActorError>,
) -> Result<Vec<Fee>, ActorError> {
    let bad = |why: String| Err(Error::BadFees(why).into());
    if fees.len() > limits::MAX_FEES {
        return bad(format!("there are {}, and at most {} can be", fees.len(), limits::MAX_FEES));
    }
    let mut checked: Vec<Fee> = Vec::with_capacity(fees.len());
    let mut sum = Bps(0);
    for fee in fees {
        if fee.label.is_empty() || fee.label.len() > limits::MAX_LABEL {
            return bad(format!(
                "a label has 1 to {} bytes; `{}` has {}",
                limits::MAX_LABEL,
                fee.label,
                fee.label.len()
            ));
        }
        sum = Bps(sum.0.saturating_add(fee.bps.0));
        if fee.bps.0 == 0 || sum > limits::MAX_FEE_SUM {
            return bad(format!(
                "each is at least 1 bps, and together they are at most {} bps; with `{}` of {} they would be {}",
                limits::MAX_FEE_SUM.0,
                fee.label,
                fee.bps.0,
                sum.0
            ));
        }
        let recipient = resolve(&fee)?;
        if checked.iter().any(|f| f.label == fee.label && f.recipient == recipient) {
            return bad(format!("f0{recipient} is named twice under `{}`", fee.label));
        }
        checked.push(Fee { label: fee.label, recipient, bps: fee.bps });
    }
    Ok(checked)
}
