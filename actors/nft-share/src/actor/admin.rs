//! Constructor, wiring, upgrade.

use peggy_interfaces::common::GetWiringReturn;
use peggy_interfaces::nft_share::limits::{MAX_NAME, MAX_SYMBOL};
use peggy_interfaces::nft_share::{ConstructorParams, DEFAULT_NAME, DEFAULT_SYMBOL};
use peggy_runtime::{lifecycle, ActorError, Host, Runtime, UpgradeParams, Wiring};

use crate::error::Error;
use crate::shell::{Shell, SHELL_SCHEMA};
use crate::state::{Config, State, SCHEMA};

/// Makes an actor without positions. Called by init only.
pub fn construct<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    check_name("name", &params.name, MAX_NAME)?;
    check_name("symbol", &params.symbol, MAX_SYMBOL)?;
    let deployer = Some(rt.resolve(&params.deployer, "the deployer")?);
    let config = Config { deployer, wiring: None, name: params.name, symbol: params.symbol };
    rt.create(&State::create(&config, rt.epoch(), rt.store())?)
}

/// Names and symbols go into JSON and SVG as they are, so they must be harmless there.
fn check_name(what: &str, name: &str, max: usize) -> Result<(), Error> {
    if name.is_empty() || name.len() > max {
        let bytes = name.len();
        return Err(Error::BadName(format!("the collection's {what} has {bytes} bytes, but must have 1 to {max}")));
    }
    match name.chars().find(|c| !(' '..='~').contains(c) || "\"\\<>&".contains(*c)) {
        Some(c) => Err(Error::BadName(format!(
            "the collection's {what} has the character {c:?}; it must be printable ASCII without \" \\ < > &"
        ))),
        None => Ok(()),
    }
}

/// Names the five actors. The deployer only, once.
pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring) -> Result<(), ActorError> {
    let config = rt.state::<State>()?.config(rt.store())?;
    lifecycle::check_wire(rt, config.deployer, &wiring, wiring.nft_share)?;
    rt.transaction(|state: &mut State, store| {
        let config = Config { deployer: None, wiring: Some(wiring), ..config };
        state.config = config.save(store)?;
        state.pool = Some(wiring.pool);
        Ok(())
    })?;
    rt.emit(lifecycle::wired(&wiring))
}

/// Swaps the code. Governance only.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
    let config = State::view(rt)?.config(rt.store())?;
    let wiring = config.wiring.ok_or_else(lifecycle::not_wired)?;
    rt.require_caller(&[wiring.governance], "governance")?;
    lifecycle::upgrade(rt, params)
}

/// Who is who. Answers before wiring, too.
pub fn get_wiring<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetWiringReturn, ActorError> {
    let config = rt.state::<State>()?.config(rt.store())?;
    Ok(GetWiringReturn { schema: SCHEMA, deployer: config.deployer, wiring: config.wiring })
}

/// Takes over state written by older code: the shell of the first release, which had wiring and nothing else, or this layout.
pub fn migrate<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let Ok(shell) = rt.state::<Shell>() else {
        return lifecycle::accept_upgrade::<State, H>(rt, SCHEMA);
    };
    if shell.schema != SHELL_SCHEMA {
        return lifecycle::accept_upgrade::<State, H>(rt, SCHEMA);
    }
    // The network calls this entry point only from within this actor's own upgrade.
    rt.accept_anyone();
    // The shell had no name; it gets the one new deployments get by default.
    let (name, symbol) = (DEFAULT_NAME.to_owned(), DEFAULT_SYMBOL.to_owned());
    let config = Config { deployer: shell.deployer, wiring: shell.wiring, name, symbol };
    rt.migrate(&State::create(&config, rt.epoch(), rt.store())?)
}
