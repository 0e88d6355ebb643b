//! Calls to other actors, and how they answer.

use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use peggy_interfaces::receiver;
use peggy_runtime::mock::Expected;
use peggy_runtime::{encode, Method};

use crate::{id, none};

/// A call of a method with these parameters and no FIL: it returns something, or fails with this exit code.
pub fn answer<M: Method>(to: ActorID, params: &M::Params, answer: Result<M::Return, ExitCode>) -> Expected {
    let answer = match answer {
        Ok(value) => (ExitCode::OK, encode(&value, M::NAME).unwrap()),
        Err(code) => (code, None),
    };
    let params = Some(encode(params, M::NAME).unwrap());
    Expected { to: id(to), method: M::NUMBER, params, value: none(), answer: Ok(answer) }
}

/// The call of a receiver hook, whatever it is told.
pub fn hook(to: ActorID, exit_code: ExitCode) -> Expected {
    let method = receiver::Receive::NUMBER;
    Expected { to: id(to), method, params: None, value: none(), answer: Ok((exit_code, None)) }
}
