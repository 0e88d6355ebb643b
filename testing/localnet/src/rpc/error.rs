//! Errors as Lotus numbers them, and positional parameters.

use fvm_shared::address::Address;
use fvm_shared::error::ExitCode;
use jsonrpsee::types::{ErrorObjectOwned, Params, ParamsSequence};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::lotus::exit_code_text;
use super::text::AddressJson;
use crate::outcome::Outcome;

/// Lotus' code for any error without a number of its own.
const GENERAL: i32 = 1;
/// A message would run out of gas.
const OUT_OF_GAS: i32 = 2;
/// A message would fail.
const EXECUTION_REVERTED: i32 = 3;
/// JSON-RPC: wrong parameters.
const INVALID_PARAMS: i32 = -32602;

/// An error on its way to the client.
#[derive(Debug)]
pub struct Error {
    code: i32,
    message: String,
    data: Option<String>,
}

impl Error {
    /// An error with Lotus' general code.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: GENERAL, message: message.into(), data: None }
    }

    /// No such actor, in Lotus' words, which clients look for.
    pub fn actor_not_found(address: &Address) -> Self {
        Self::new(format!("resolution lookup failed ({address}): resolve address {address}: actor not found"))
    }

    /// A message that would fail, in Lotus' words.
    pub fn reverted(outcome: &Outcome) -> Self {
        let exit_code = outcome.exit_code();
        if exit_code == ExitCode::SYS_OUT_OF_GAS {
            return Self { code: OUT_OF_GAS, message: "call ran out of gas".to_owned(), data: None };
        }
        let message = format!(
            "message execution failed (exit=[{}], vm error=[{}])",
            exit_code_text(exit_code),
            outcome.backtrace.trim_end()
        );
        Self {
            code: EXECUTION_REVERTED,
            message,
            data: Some(format!("0x{}", hex::encode(outcome.return_data().bytes()))),
        }
    }

    /// What jsonrpsee sends.
    pub fn into_object(self) -> ErrorObjectOwned {
        ErrorObjectOwned::owned(self.code, self.message, self.data)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::new(format!("{error:#}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new(format!("the answer does not encode: {error}"))
    }
}

/// Positional parameters, taken one by one.
pub struct Args<'a> {
    sequence: ParamsSequence<'a>,
    taken: usize,
}

impl<'a> Args<'a> {
    pub fn new(params: &'a Params<'_>) -> Self {
        Self { sequence: params.sequence(), taken: 0 }
    }

    /// The next parameter, which must be there.
    pub fn next<T: DeserializeOwned>(&mut self, what: &str) -> Result<T, Error> {
        match self.optional::<T>(what)? {
            Some(value) => Ok(value),
            None => Err(invalid(format!("parameter {} ({what}) is missing", self.taken))),
        }
    }

    /// The next parameter; `None` if it is null or was left out.
    pub fn optional<T: DeserializeOwned>(&mut self, what: &str) -> Result<Option<T>, Error> {
        self.taken += 1;
        let value: Option<Value> =
            self.sequence.optional_next().map_err(|e| invalid(format!("parameters are not a list: {e}")))?;
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
        let number = self.taken;
        serde_json::from_value(value).map(Some).map_err(|e| invalid(format!("parameter {number} ({what}): {e}")))
    }

    /// The next parameter as an address.
    pub fn address(&mut self) -> Result<Address, Error> {
        Ok(self.next::<AddressJson>("address")?.0)
    }
}

fn invalid(message: String) -> Error {
    Error { code: INVALID_PARAMS, message, data: None }
}
