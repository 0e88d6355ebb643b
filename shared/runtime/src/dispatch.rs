//! From a method number and bytes to a handler, and back.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{CBOR, DAG_CBOR};
use fvm_shared::MethodNum;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::{ActorError, Host, ResultExt, Runtime};

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
    if M::READ {
        rt.read_only();
    }
    if !M::PAYABLE && !rt.value().is_zero() {
        return Err(ActorError::not_payable(format!("{} takes no FIL; {} was sent", M::NAME, rt.value())));
    }
    let params = decode_params(params, M::NAME)?;
    encode(&handler(rt, params)?, M::NAME)
}

/// Decodes parameters. Methods without any (`()`) accept no block, or an empty array or null.
pub fn decode_params<T: DeserializeOwned>(params: Option<IpldBlock>, method: &str) -> Result<T, ActorError> {
    // No parameters at all reads as CBOR null, which is what `()` decodes from.
    let Some(block) = params else {
        return fvm_ipld_encoding::from_slice(&[0xf6])
            .map_err(|_| ActorError::serialization(format!("{method} needs parameters; none were given")));
    };
    if block.codec != DAG_CBOR && block.codec != CBOR {
        return Err(ActorError::serialization(format!(
            "parameters of {method} must be CBOR (codec 0x51 or 0x71), not codec {:#x}",
            block.codec
        )));
    }
    if std::mem::size_of::<T>() == 0 && block.data.as_slice() == [0x80] {
        return fvm_ipld_encoding::from_slice(&[0xf6]).or_serialization("no parameters");
    }
    fvm_ipld_encoding::from_slice(&block.data)
        .map_err(|e| ActorError::serialization(format!("parameters of {method} do not decode: {e}")))
}

/// Encodes a return value; `()` returns no block.
pub fn encode<T: Serialize>(value: &T, method: &str) -> Result<Option<IpldBlock>, ActorError> {
    if std::mem::size_of::<T>() == 0 {
        return Ok(None);
    }
    let data = fvm_ipld_encoding::to_vec(value)
        .map_err(|e| ActorError::serialization(format!("what {method} returns does not encode: {e}")))?;
    Ok(Some(IpldBlock { codec: DAG_CBOR, data }))
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
