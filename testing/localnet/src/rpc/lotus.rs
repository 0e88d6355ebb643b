//! The JSON shapes of Lotus' API, for server and client alike: everything optional on the way in, complete on the way out.

mod chain;
mod event;

use anyhow::ensure;
use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::message::Message;
use fvm_shared::receipt::Receipt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::{atto, bytes, AddressJson, CidJson};
use crate::message::{message_cid, Signature, SignatureKind, SignedMessage};

pub use chain::{ApiMessageJson, BlockHeaderJson, BlockMessagesJson, TipsetJson};
pub use event::{ActorEventJson, EventEntryJson, EventFilterJson, EventJson, EventValueJson};

/// A tipset key as the API takes it: `null` and `[]` are the head.
pub type TipsetKeyJson = Option<Vec<CidJson>>;

/// What `Version` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionJson {
    /// Program and version.
    pub version: String,
    /// Version of the API, a byte each for major, minor, patch.
    #[serde(rename = "APIVersion")]
    pub api_version: u32,
    /// Seconds between epochs.
    pub block_delay: u64,
    /// The key that signed the node's release; none here.
    #[serde(default)]
    pub agent: String,
}

/// An unsigned message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageJson {
    /// Always 0.
    #[serde(default)]
    pub version: u64,
    /// Recipient.
    pub to: AddressJson,
    /// Sender.
    pub from: AddressJson,
    /// Sequence number of the sender.
    #[serde(default)]
    pub nonce: u64,
    /// attoFIL.
    #[serde(default, with = "atto")]
    pub value: TokenAmount,
    /// Most gas it may use; 0 has it estimated.
    #[serde(default)]
    pub gas_limit: i64,
    /// Most attoFIL per unit of gas.
    #[serde(default, with = "atto")]
    pub gas_fee_cap: TokenAmount,
    /// attoFIL per unit of gas for the miner.
    #[serde(default, with = "atto")]
    pub gas_premium: TokenAmount,
    /// Method number.
    #[serde(default)]
    pub method: u64,
    /// CBOR parameters.
    #[serde(default, with = "bytes")]
    pub params: Vec<u8>,
    /// CID of the unsigned message; not read.
    #[serde(rename = "CID", default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<CidJson>,
}

impl From<&Message> for MessageJson {
    fn from(message: &Message) -> Self {
        Self {
            version: message.version,
            to: message.to.into(),
            from: message.from.into(),
            nonce: message.sequence,
            value: message.value.clone(),
            gas_limit: i64::try_from(message.gas_limit).unwrap_or(i64::MAX),
            gas_fee_cap: message.gas_fee_cap.clone(),
            gas_premium: message.gas_premium.clone(),
            method: message.method_num,
            params: message.params.to_vec(),
            cid: Some(message_cid(message).into()),
        }
    }
}

impl MessageJson {
    /// The message as the chain knows it.
    pub fn to_message(&self) -> anyhow::Result<Message> {
        ensure!(self.gas_limit >= 0, "a gas limit can't be negative");
        Ok(Message {
            version: self.version,
            from: self.from.0,
            to: self.to.0,
            sequence: self.nonce,
            value: self.value.clone(),
            method_num: self.method,
            params: RawBytes::new(self.params.clone()),
            gas_limit: self.gas_limit as u64,
            gas_fee_cap: self.gas_fee_cap.clone(),
            gas_premium: self.gas_premium.clone(),
        })
    }
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignatureJson {
    /// 1 secp256k1, 2 BLS, 3 delegated.
    #[serde(rename = "Type")]
    pub kind: u8,
    /// The scheme's bytes.
    #[serde(with = "bytes")]
    pub data: Vec<u8>,
}

impl From<&Signature> for SignatureJson {
    fn from(signature: &Signature) -> Self {
        Self { kind: signature.kind as u8, data: signature.bytes.clone() }
    }
}

/// A message with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignedMessageJson {
    /// What is to be done.
    pub message: MessageJson,
    /// By whose authority.
    pub signature: SignatureJson,
    /// CID on chain; not read.
    #[serde(rename = "CID", default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<CidJson>,
}

impl From<&SignedMessage> for SignedMessageJson {
    fn from(signed: &SignedMessage) -> Self {
        Self {
            message: (&signed.message).into(),
            signature: (&signed.signature).into(),
            cid: Some(signed.cid().into()),
        }
    }
}

impl SignedMessageJson {
    /// The message as the chain knows it.
    pub fn to_signed(&self) -> anyhow::Result<SignedMessage> {
        let kind = SignatureKind::try_from(self.signature.kind)?;
        Ok(SignedMessage {
            message: self.message.to_message()?,
            signature: Signature { kind, bytes: self.signature.data.clone() },
        })
    }
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiptJson {
    /// 0 is success.
    pub exit_code: u32,
    /// What the method returned.
    #[serde(default, with = "bytes", rename = "Return")]
    pub return_data: Vec<u8>,
    /// Gas.
    pub gas_used: i64,
    /// Root of the events' array, if there were any.
    #[serde(default)]
    pub events_root: Option<CidJson>,
}

impl From<&Receipt> for ReceiptJson {
    fn from(receipt: &Receipt) -> Self {
        Self {
            exit_code: receipt.exit_code.value(),
            return_data: receipt.return_data.to_vec(),
            gas_used: receipt.gas_used as i64,
            events_root: receipt.events_root.map(Into::into),
        }
    }
}

/// Where a message was executed and what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MsgLookupJson {
    /// The message; another one than asked for if it was replaced.
    pub message: CidJson,
    /// Its receipt.
    pub receipt: ReceiptJson,
    /// Decoded answer; always null here.
    #[serde(default)]
    pub return_dec: Value,
    /// The tipset that executed the message: the child of the one that holds it.
    pub tip_set: Vec<CidJson>,
    /// Height of that tipset.
    pub height: ChainEpoch,
}

/// An actor's head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ActorJson {
    /// Code.
    pub code: CidJson,
    /// State.
    pub head: CidJson,
    /// Next sequence number.
    pub nonce: u64,
    /// attoFIL.
    #[serde(with = "atto")]
    pub balance: TokenAmount,
    /// f4 address, if it has one.
    #[serde(default)]
    pub delegated_address: Option<AddressJson>,
}

/// What a message cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GasCostJson {
    /// The message.
    pub message: Option<CidJson>,
    /// As text, unlike in receipts.
    #[serde(with = "atto")]
    pub gas_used: TokenAmount,
    /// Burnt.
    #[serde(with = "atto")]
    pub base_fee_burn: TokenAmount,
    /// Burnt.
    #[serde(with = "atto")]
    pub over_estimation_burn: TokenAmount,
    /// From the miner.
    #[serde(with = "atto")]
    pub miner_penalty: TokenAmount,
    /// To the miner.
    #[serde(with = "atto")]
    pub miner_tip: TokenAmount,
    /// Back to the sender.
    #[serde(with = "atto")]
    pub refund: TokenAmount,
    /// All together.
    #[serde(with = "atto")]
    pub total_cost: TokenAmount,
}

/// What `StateCall` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvocResultJson {
    /// The message.
    pub msg_cid: CidJson,
    /// The message.
    pub msg: MessageJson,
    /// What would be its receipt.
    pub msg_rct: ReceiptJson,
    /// Nothing is paid for a call.
    #[serde(default)]
    pub gas_cost: GasCostJson,
    /// What called what; not recorded here.
    #[serde(default)]
    pub execution_trace: Value,
    /// Why it failed, actor by actor; empty if it did not.
    #[serde(default)]
    pub error: String,
    /// Nanoseconds it took.
    #[serde(default)]
    pub duration: i64,
}

/// Limits of `GasEstimateMessageGas`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendSpecJson {
    /// Most attoFIL for gas; 0 is the node's default.
    #[serde(with = "atto")]
    pub max_fee: TokenAmount,
    /// Not used here.
    pub msg_uuid: Option<String>,
    /// Has the fee cap use up `max_fee`.
    pub maximize_fee_cap: bool,
}

/// The exit code as Lotus prints it: `SysErrOutOfGas(7)`, or the bare number for an actor's own codes.
pub fn exit_code_text(code: ExitCode) -> String {
    let name = match code.value() {
        0 => "Ok",
        1 => "SysErrSenderInvalid",
        2 => "SysErrSenderStateInvalid",
        4 => "SysErrIllegalInstruction",
        5 => "SysErrInvalidReceiver",
        6 => "SysErrInsufficientFunds",
        7 => "SysErrOutOfGas",
        9 => "SysErrIllegalExitCode",
        10 => "SysErrFatal",
        11 => "SysErrMissingReturn",
        16 => "ErrIllegalArgument",
        17 => "ErrNotFound",
        18 => "ErrForbidden",
        19 => "ErrInsufficientFunds",
        20 => "ErrIllegalState",
        21 => "ErrSerialization",
        22 => "ErrUnhandledMessage",
        23 => "ErrUnspecified",
        24 => "ErrAssertionFailed",
        25 => "ErrReadOnly",
        26 => "ErrNotPayable",
        other => return other.to_string(),
    };
    format!("{name}({})", code.value())
}

/// CIDs as a tipset key.
pub fn key_json(cids: &[Cid]) -> Vec<CidJson> {
    cids.iter().copied().map(CidJson).collect()
}

#[cfg(test)]
mod tests {
    use fvm_shared::address::Address;

    use super::*;

    #[test]
    fn partial_messages_are_understood() {
        let message: MessageJson =
            serde_json::from_str(r#"{"To":"t01000","From":"f099","Value":"12","Params":""}"#).unwrap();
        let message = message.to_message().unwrap();
        assert_eq!(message.to, Address::new_id(1000));
        assert_eq!(message.value, TokenAmount::from_atto(12));
        assert_eq!((message.version, message.sequence, message.method_num), (0, 0, 0));
    }

    #[test]
    fn messages_are_written_as_lotus_does() {
        let message: MessageJson =
            serde_json::from_str(r#"{"To":"f01000","From":"f099","Method":2,"Params":"AQI="}"#).unwrap();
        let text = serde_json::to_value(MessageJson::from(&message.to_message().unwrap())).unwrap();
        assert_eq!(text["Value"], "0");
        assert_eq!(text["Params"], "AQI=");
        assert_eq!(text["GasLimit"], 0);
        assert!(text["CID"]["/"].as_str().unwrap().starts_with("bafy2bza"));
    }

    #[test]
    fn filters_may_be_empty() {
        assert_eq!(serde_json::from_str::<EventFilterJson>("{}").unwrap(), EventFilterJson::default());
        let filter = r#"{"fields":{"$type":[{"codec":81,"value":"Z2RlcG9zaXQ="}]},"fromHeight":1,"addresses":null}"#;
        assert_eq!(serde_json::from_str::<EventFilterJson>(filter).unwrap().from_height, Some(1));
    }

    #[test]
    fn exit_codes_read_as_in_lotus() {
        assert_eq!(exit_code_text(ExitCode::SYS_INSUFFICIENT_FUNDS), "SysErrInsufficientFunds(6)");
        assert_eq!(exit_code_text(ExitCode::new(60)), "60");
    }
}
