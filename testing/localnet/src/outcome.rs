//! What became of a message.

use cid::Cid;
use fvm::call_manager::backtrace::{Cause, Frame};
use fvm::executor::{ApplyFailure, ApplyRet};
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::event::StampedEvent;
use fvm_shared::receipt::Receipt;
use serde::de::DeserializeOwned;

use anyhow::{bail, Context};

/// The result of one message.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// CID of the message on chain; that of the unsigned message if it was never sent.
    pub cid: Cid,
    /// The receipt as it is on chain.
    pub receipt: Receipt,
    /// The sentence the actor that failed gave; empty when the message succeeded.
    pub message: String,
    /// The whole way the error took through the actors, as nodes print it; empty when the message succeeded.
    pub backtrace: String,
    /// Events, in order; also in the store under the receipt's root.
    pub events: Vec<StampedEvent>,
    /// What the miner got.
    pub miner_tip: TokenAmount,
    /// What the message's inclusion costs the miner, if it could not even be started.
    pub penalty: TokenAmount,
    /// Base fee burnt, and burnt for asking for far too much gas.
    pub burnt: TokenAmount,
}

impl Outcome {
    pub(crate) fn new(cid: Cid, ret: ApplyRet) -> Self {
        let (message, backtrace) = ret.failure_info.as_ref().map_or_else(Default::default, failure_text);
        Self {
            cid,
            receipt: ret.msg_receipt,
            message,
            backtrace,
            events: ret.events,
            miner_tip: ret.miner_tip,
            penalty: ret.penalty,
            burnt: &ret.base_fee_burn + &ret.over_estimation_burn,
        }
    }

    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        self.receipt.exit_code
    }

    /// Whether the message did what it should.
    pub fn is_ok(&self) -> bool {
        self.receipt.exit_code.is_success()
    }

    /// Gas used.
    pub fn gas_used(&self) -> u64 {
        self.receipt.gas_used
    }

    /// The bytes the method answered.
    pub fn return_data(&self) -> &RawBytes {
        &self.receipt.return_data
    }

    /// This outcome if the message succeeded, else an error with exit code and sentence.
    pub fn ok(self) -> anyhow::Result<Self> {
        if !self.is_ok() {
            bail!("message failed with exit code {}: {}", self.receipt.exit_code.value(), self.message)
        }
        Ok(self)
    }

    /// The decoded answer of a message that succeeded.
    pub fn decode<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        if !self.is_ok() {
            bail!("message failed with exit code {}: {}", self.receipt.exit_code.value(), self.message)
        }
        from_slice(self.receipt.return_data.bytes()).context("the answer does not decode as expected")
    }
}

/// The sentence of the actor whose failure became the message's, and the whole backtrace.
///
/// Frames come innermost first, and those of calls whose failure a caller put up with are still among them. The failure that
/// counts is the one that was passed on with its exit code up to the outermost frame.
fn failure_text(failure: &ApplyFailure) -> (String, String) {
    let sentence = match failure {
        ApplyFailure::PreValidation(text) => text.clone(),
        ApplyFailure::MessageBacktrace(trace) => match (origin(&trace.frames), &trace.cause) {
            (Some(frame), _) if !frame.message.is_empty() => frame.message.clone(),
            (_, Some(Cause::Syscall { message, .. })) => message.clone(),
            (_, Some(Cause::Fatal { error_msg, .. })) => error_msg.clone(),
            _ => String::new(),
        },
    };
    (sentence, failure.to_string())
}

/// Where the failure of the outermost frame began.
fn origin(frames: &[Frame]) -> Option<&Frame> {
    let code = frames.last()?.code;
    frames.iter().rev().take_while(|frame| frame.code == code).last()
}
