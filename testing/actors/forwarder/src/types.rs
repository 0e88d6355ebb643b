//! Methods, parameters, returns and state.

use frc42_dispatch::method_hash;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Makes calls within one message: [`CallParams`] -> [`CallReturn`]. Takes FIL.
pub const CALL: MethodNum = method_hash!("Call");
/// Replaces all scripts and empties the log: [`ConfigureParams`].
pub const CONFIGURE: MethodNum = method_hash!("Configure");
/// What was received since the last `Configure`: [`GetLogReturn`].
pub const GET_LOG: MethodNum = method_hash!("GetLog");
/// Emits events: [`EmitParams`] -> nothing. Anyone may.
pub const EMIT: MethodNum = method_hash!("Emit");
/// The universal receiver hook (FRC-46): the method most scripts are for.
pub const RECEIVE: MethodNum = method_hash!("Receive");

/// The log keeps no more entries.
pub const MAX_LOG: usize = 64;

/// Of the constructor, which can also be called without parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Alone may `Call` and `Configure`. Anyone may if null.
    pub admin: Option<Address>,
}

/// A call to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CallSpec {
    /// Whom.
    pub to: Address,
    /// By which method.
    pub method: MethodNum,
    /// CBOR; empty for none.
    pub params: RawBytes,
    /// attoFIL to send along; null for all that came with the message.
    pub value: Option<TokenAmount>,
    /// If the call fails, the whole message does, with its exit code.
    pub must_succeed: bool,
}

impl CallSpec {
    /// A call without FIL that must succeed.
    pub fn new(to: Address, method: MethodNum, params: RawBytes) -> Self {
        Self { to, method, params, value: Some(TokenAmount::default()), must_succeed: true }
    }
    /// The same call with FIL.
    pub fn with_value(self, value: TokenAmount) -> Self {
        Self { value: Some(value), ..self }
    }
    /// The same call, but it may fail.
    pub fn may_fail(self) -> Self {
        Self { must_succeed: false, ..self }
    }
}

/// Of [`CALL`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CallParams {
    /// In this order.
    pub calls: Vec<CallSpec>,
}

/// Of [`EMIT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct EmitParams {
    /// How many events, each with its number as the value of "number".
    pub count: u64,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CallResult {
    /// Of the callee; if the network refused the call, the code it stands for (19 too little FIL, 17 no such actor).
    pub exit_code: u32,
    /// What it returned.
    pub data: RawBytes,
}

/// What [`CALL`] returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CallReturn {
    /// One for each call.
    pub results: Vec<CallResult>,
}

/// What to do when a method is called. Without a script a method is accepted and returns nothing, as accounts do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Script {
    /// Any FRC-42 number, but for the three above.
    pub method: MethodNum,
    /// Made first.
    pub calls: Vec<CallSpec>,
    /// The calls are made this many times only, so that a re-entering call does not do so for ever.
    pub times: u64,
    /// Then the method fails with this code (16 or more), unless it is 0.
    pub exit_code: u32,
    /// Otherwise it returns this CBOR; nothing if empty.
    pub answer: RawBytes,
}

impl Script {
    /// Fails the method.
    pub fn reject(method: MethodNum, exit_code: u32) -> Self {
        Self { method, calls: Vec::new(), times: 0, exit_code, answer: RawBytes::default() }
    }
    /// Answers the method.
    pub fn answer(method: MethodNum, answer: RawBytes) -> Self {
        Self { method, calls: Vec::new(), times: 0, exit_code: 0, answer }
    }
    /// Makes calls, once, then accepts.
    pub fn call_back(method: MethodNum, calls: Vec<CallSpec>) -> Self {
        Self { method, calls, times: 1, exit_code: 0, answer: RawBytes::default() }
    }
}

/// Of [`CONFIGURE`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConfigureParams {
    /// At most one for a method counts, the first.
    pub scripts: Vec<Script>,
}

/// A call that was received (not one that was read-only, or failed afterwards).
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Received {
    /// Method.
    pub method: MethodNum,
    /// Who called.
    pub caller: ActorID,
    /// attoFIL that came along.
    pub value: TokenAmount,
    /// CBOR.
    pub params: RawBytes,
    /// How the script's calls ended.
    pub results: Vec<CallResult>,
}

/// What [`GET_LOG`] returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetLogReturn {
    /// In the order in which they ended, the first [`MAX_LOG`] only.
    pub received: Vec<Received>,
}

/// State.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Alone may `Call` and `Configure`.
    pub admin: Option<ActorID>,
    /// By method.
    pub scripts: Vec<Script>,
    /// Received calls.
    pub log: Vec<Received>,
}
