//! DAG-CBOR in and out. Each type is compiled once, whoever reads or writes it: an actor's code is paid for by the byte when it
//! is installed, and most of it would otherwise be copies of these.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{CBOR, DAG_CBOR};
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::ActorError;

/// What no parameters at all read as: CBOR null, which `()` and `Option` decode from.
const NULL: &[u8] = &[0xf6];
/// An empty array, which other tools send where there are no parameters.
const EMPTY: &[u8] = &[0x80];

#[inline(never)]
pub(crate) fn from_bytes<T: DeserializeOwned>(data: &[u8]) -> Result<T, fvm_ipld_encoding::Error> {
    fvm_ipld_encoding::from_slice(data)
}

#[inline(never)]
pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, fvm_ipld_encoding::Error> {
    fvm_ipld_encoding::to_vec(value)
}

#[cold]
#[inline(never)]
pub(crate) fn no_decode(what: &str, e: fvm_ipld_encoding::Error) -> ActorError {
    ActorError::serialization(format!("{what} does not decode: {}", e.description))
}

#[cold]
#[inline(never)]
pub(crate) fn no_encode(what: &str, e: fvm_ipld_encoding::Error) -> ActorError {
    ActorError::serialization(format!("{what} does not encode: {}", e.description))
}

/// Decodes parameters. Methods without any (`()`) accept no block, or an empty array or null.
pub fn decode_params<T: DeserializeOwned>(params: Option<IpldBlock>, method: &str) -> Result<T, ActorError> {
    let none = params.is_none();
    let data = params_data(params, std::mem::size_of::<T>() == 0, method)?;
    from_bytes(&data).map_err(|e| bad_params(method, none, e))
}

#[inline(never)]
fn params_data(params: Option<IpldBlock>, takes_none: bool, method: &str) -> Result<Vec<u8>, ActorError> {
    match params {
        None => Ok(NULL.to_vec()),
        Some(block) if block.codec != DAG_CBOR && block.codec != CBOR => Err(ActorError::serialization(format!(
            "parameters of {method} must be CBOR (codec 0x51 or 0x71), not codec {:#x}",
            block.codec
        ))),
        Some(block) if takes_none && block.data == EMPTY => Ok(NULL.to_vec()),
        Some(block) => Ok(block.data),
    }
}

#[cold]
#[inline(never)]
fn bad_params(method: &str, none: bool, e: fvm_ipld_encoding::Error) -> ActorError {
    if none {
        return ActorError::serialization(format!("{method} needs parameters; none were given"));
    }
    no_decode(&format!("what was given as parameters of {method}"), e)
}

/// Encodes a return value or parameters; `()` is no block.
pub fn encode<T: Serialize>(value: &T, method: &str) -> Result<Option<IpldBlock>, ActorError> {
    if std::mem::size_of::<T>() == 0 {
        return Ok(None);
    }
    match to_bytes(value) {
        Ok(data) => Ok(Some(IpldBlock { codec: DAG_CBOR, data })),
        Err(e) => Err(no_encode(method, e)),
    }
}
