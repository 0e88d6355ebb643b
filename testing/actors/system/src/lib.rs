//! Stand-in for the system actor: its state is the manifest the VM loads; nobody calls it.

use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::{bare, internal_only, require_system, system::State};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => bare(rt, params, constructor),
        method => Err(ActorError::unhandled(format!("the system actor has no method {method}"))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    require_system(rt)?;
    rt.create(&State::genesis(&rt.store(), &[])?)
}
