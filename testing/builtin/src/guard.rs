//! The rules every builtin actor applies before and after its methods.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{to_vec, CBOR};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, MethodNum};
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::{ids, types, FIRST_EXPORTED};

/// Refuses (18) a method number below 2^24 to callers whose code is not builtin, Ethereum contracts included.
pub fn internal_only<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    if rt.method() >= FIRST_EXPORTED {
        return Ok(());
    }
    let code = rt.host().code_of(rt.caller());
    match code.and_then(|code| rt.host().builtin_type(&code)) {
        None | Some(types::EVM) => Err(ActorError::forbidden(format!(
            "caller f0{} of method {} must be built-in; others call the FRC-42 number of the method",
            rt.caller(),
            rt.method()
        ))),
        Some(_) => Ok(()),
    }
}

/// Refuses (18) every caller but the system actor, that is everything but an implicit message of the network itself.
pub fn require_system<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    rt.require_caller(&[ids::SYSTEM], "the network itself, by an implicit message,")
}

/// Refuses (18) every caller whose code is not of this builtin type.
pub fn require_type<H: Host>(rt: &Runtime<H>, builtin_type: i32, who: &str) -> Result<(), ActorError> {
    let code = rt.host().code_of(rt.caller());
    if code.and_then(|code| rt.host().builtin_type(&code)) == Some(builtin_type) {
        return rt.require_caller(&[rt.caller()], who);
    }
    Err(ActorError::forbidden(format!("only {who} may call this; the caller is f0{}", rt.caller())))
}

/// A method with parameters. None given answers 16, ones that do not decode 21.
pub fn with<H: Host, P: DeserializeOwned, R: Serialize>(
    rt: &Runtime<H>,
    params: Option<IpldBlock>,
    method: impl FnOnce(&Runtime<H>, P) -> Result<R, ActorError>,
) -> Result<Option<IpldBlock>, ActorError> {
    let block = params.ok_or_else(|| {
        ActorError::illegal_argument(format!("method {} needs parameters; none were given", rt.method()))
    })?;
    let params = block
        .deserialize::<P>()
        .or_serialization(&format!("the parameters of method {} do not decode", rt.method()))?;
    reply(&method(rt, params)?)
}

/// A method without parameters. Any given answers 16.
pub fn bare<H: Host, R: Serialize>(
    rt: &Runtime<H>,
    params: Option<IpldBlock>,
    method: impl FnOnce(&Runtime<H>) -> Result<R, ActorError>,
) -> Result<Option<IpldBlock>, ActorError> {
    if params.is_some() {
        return Err(ActorError::illegal_argument(format!("method {} takes no parameters", rt.method())));
    }
    reply(&method(rt)?)
}

fn reply<R: Serialize>(value: &R) -> Result<Option<IpldBlock>, ActorError> {
    // `()` returns no block at all, not an encoded null.
    if std::mem::size_of::<R>() == 0 {
        return Ok(None);
    }
    let data = to_vec(value).or_serialization("the result does not encode")?;
    Ok(Some(IpldBlock { codec: CBOR, data }))
}

/// Calls another actor with CBOR parameters; its failure becomes this one's, with the same exit code.
pub fn call<H: Host, P: Serialize>(
    rt: &Runtime<H>,
    to: ActorID,
    method: MethodNum,
    params: &P,
    value: &TokenAmount,
) -> Result<Option<IpldBlock>, ActorError> {
    let params = reply(params)?;
    rt.send(to, method, params, value)?.ok(&format!("method {method} of f0{to}"))
}

/// The `upgrade` entry point of actors that only a network upgrade replaces.
pub fn no_upgrade<H: Host>(_: &Runtime<H>, _: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    Err(ActorError::new(ExitCode::USR_FORBIDDEN, "builtin actors are replaced by network upgrades only"))
}
