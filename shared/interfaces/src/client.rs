//! Typed calls: parameters in, return out, the callee's exit code kept.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_runtime::{encode, ActorError, Host, Method, Runtime, Sent};

/// Calls a method and decodes what it returns; a failure keeps the callee's exit code.
pub fn call<M: Method, H: Host>(
    rt: &Runtime<H>,
    to: ActorID,
    params: &M::Params,
    value: &TokenAmount,
) -> Result<M::Return, ActorError> {
    decode::<M>(try_call::<M, H>(rt, to, params, value)?)
}

/// Calls a method whose failure is an answer to look at.
pub fn try_call<M: Method, H: Host>(
    rt: &Runtime<H>,
    to: ActorID,
    params: &M::Params,
    value: &TokenAmount,
) -> Result<Sent, ActorError> {
    rt.send(to, M::NUMBER, encode(params, M::NAME)?, value)
}

/// Calls a method in a way that lets nothing be changed.
pub fn query<M: Method, H: Host>(rt: &Runtime<H>, to: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
    decode::<M>(rt.query(to, M::NUMBER, encode(params, M::NAME)?)?)
}

fn decode<M: Method>(sent: Sent) -> Result<M::Return, ActorError> {
    if std::mem::size_of::<M::Return>() == 0 {
        sent.ok(M::NAME)?;
        // `()` reads as null; methods that return nothing return no block.
        return peggy_runtime::decode_params(None, M::NAME);
    }
    sent.decode(M::NAME)
}
