//! The init actor: gives out IDs, creates actors, and (unlike the official one) makes user code runnable.
//!
//! Not only a stand-in: a network for Peggy needs it, for the official init has no `InstallCode` and its `Exec` refuses user
//! code (DESIGN.md 2).

mod actor;

use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::init::{EXEC, EXEC4, EXEC_EXPORTED, INSTALL_CODE, INSTALL_CODE_EXPORTED};
use localnet_builtin::{internal_only, with};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => with(rt, params, actor::constructor),
        EXEC | EXEC_EXPORTED => with(rt, params, actor::exec),
        EXEC4 => with(rt, params, actor::exec4),
        INSTALL_CODE | INSTALL_CODE_EXPORTED => with(rt, params, actor::install_code),
        method => Err(ActorError::unhandled(format!("the init actor has no method {method}"))),
    }
}
