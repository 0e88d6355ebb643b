//! Code no actor should be upgraded to. Its migration destroys the state, and then traps; or, if the migration parameters are one byte
//! of value 1, claims that all is well. It has no methods.

use peggy_runtime::{decode_params, ActorError, Host, IpldBlock, Runtime, UpgradeParams};

peggy_runtime::entry_points!(invoke, upgrade);

/// Handles nothing.
pub fn invoke<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    Err(ActorError::unhandled(format!("this code has no methods, so not {}", rt.method())))
}

/// Destroys the state.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    let params: UpgradeParams = decode_params(params, "upgrade")?;
    rt.accept_anyone();
    rt.migrate(&(2u64, "nothing is left of the state"))?;
    if params.migration_params.bytes() == [1] {
        return Ok(None);
    }
    std::process::abort()
}
