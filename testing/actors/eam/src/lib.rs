//! Stand-in for the Ethereum address manager. The VM needs it for its ID, which is the namespace of f410 addresses, and its
//! code in the manifest. There are no Ethereum contracts on this network: creating one is refused as an unknown method (22).

use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::{bare, ids, require_system};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    match rt.method() {
        METHOD_CONSTRUCTOR => bare(rt, params, constructor),
        method => Err(ActorError::unhandled(format!(
            "the address manager has no method {method}: this network runs no Ethereum contracts"
        ))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    if rt.receiver() != ids::EAM {
        return Err(ActorError::forbidden(format!("the address manager lives at f0{}", ids::EAM)));
    }
    require_system(rt)
}
