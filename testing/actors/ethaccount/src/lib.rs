//! Stand-in for accounts of Ethereum keys. The VM puts it in place of a placeholder when the key signs its first message;
//! it accepts any FRC-42 call.

use fvm_shared::address::Payload;
use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::{bare, ids, internal_only, require_system, FIRST_EXPORTED};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => bare(rt, params, constructor),
        method if method >= FIRST_EXPORTED => Ok(None),
        method => Err(ActorError::unhandled(format!("an Ethereum account has no method {method}"))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    require_system(rt)?;
    match rt.host().delegated_address(rt.receiver()).map(|address| *address.payload()) {
        Some(Payload::Delegated(address)) if address.namespace() == ids::EAM => Ok(()),
        _ => Err(ActorError::illegal_argument("an Ethereum account lives at an f410 address")),
    }
}
