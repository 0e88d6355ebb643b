//! From a method number and bytes to a handler, and back.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::MethodNum;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::codec::{decode_params, encode};
use crate::{ActorError, Host, Runtime};

/// One method of an actor's interface, as declared in `peggy_interfaces`.
pub trait Method {
    /// FRC-42 name.
    const NAME: &'static str;
    /// FRC-42 number of the name.
    const NUMBER: MethodNum;
    /// Takes FIL; others refuse it (26), so none gets lost.
    const PAYABLE: bool;
    /// Changes nothing.
    const READ: bool;
    /// Parameters.
    type Params: Serialize + DeserializeOwned;
    /// What it returns.
    type Return: Serialize + DeserializeOwned;
}

/// Decodes the parameters, runs the handler under the method's rules, encodes what it returns.
pub fn handle<M: Method, H: Host>(
    rt: &Runtime<H>,
    params: Option<IpldBlock>,
    handler: impl FnOnce(&Runtime<H>, M::Params) -> Result<M::Return, ActorError>,
) -> Result<Option<IpldBlock>, ActorError> {
    begin(rt, M::NAME, M::PAYABLE, M::READ)?;
    let params = decode_params(params, M::NAME)?;
    encode(&handler(rt, params)?, M::NAME)
}

#[inline(never)]
fn begin<H: Host>(rt: &Runtime<H>, name: &str, payable: bool, read: bool) -> Result<(), ActorError> {
    if read {
        rt.read_only();
    }
    if !payable && !rt.value().is_zero() {
        return Err(ActorError::not_payable(format!("{name} takes no FIL; {} was sent", rt.value())));
    }
    Ok(())
}

/// The wasm entry points of an actor. `$invoke` and `$upgrade` are generic functions
/// `fn<H: Host>(&Runtime<H>, Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError>`; the constructor is method 1.
#[macro_export]
macro_rules! entry_points {
    ($invoke:path, $upgrade:path) => {
        /// Runs one message. Called by the FVM.
        #[cfg(target_arch = "wasm32")]
        #[export_name = "invoke"]
        #[allow(unsafe_code)]
        pub extern "C" fn exported_invoke(params: u32) -> u32 {
            $crate::fvm_host::run(params, $invoke)
        }

        /// Takes over state written by older code. Called by the FVM, only from within `upgrade_actor`.
        #[cfg(target_arch = "wasm32")]
        #[export_name = "upgrade"]
        #[allow(unsafe_code)]
        pub extern "C" fn exported_upgrade(params: u32, _upgrade_info: u32) -> u32 {
            $crate::fvm_host::run(params, $upgrade)
        }
    };
}

/// Chooses the handler by method number; an unknown number answers 22, any method before wiring is the handler's to refuse.
#[macro_export]
macro_rules! dispatch {
    ($rt:expr, $params:expr, $actor:literal, { $($method:ty => $handler:expr),* $(,)? }) => {
        match $rt.method() {
            $(<$method as $crate::Method>::NUMBER => $crate::handle::<$method, _>($rt, $params, $handler),)*
            number => Err($crate::ActorError::unhandled(format!(concat!($actor, " has no method {}"), number))),
        }
    };
}
