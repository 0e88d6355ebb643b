//! Messages as they lie on chain: signature, size, CID.

use std::borrow::Cow;

use anyhow::Context;
use cid::Cid;
use fvm_ipld_encoding::{strict_bytes, to_vec, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::MethodNum;
use num_traits::Zero;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::store::dag_cbor_cid;

/// How a message was signed. `fvm_shared` knows only the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SignatureKind {
    /// 65 bytes r, s, v over the blake2b-256 of the message CID.
    Secp256k1 = 1,
    /// 96 bytes over the message CID.
    Bls = 2,
    /// 65 bytes r, s, v over the keccak-256 of the equivalent Ethereum transaction.
    Delegated = 3,
}

impl TryFrom<u8> for SignatureKind {
    type Error = anyhow::Error;

    fn try_from(byte: u8) -> anyhow::Result<Self> {
        match byte {
            1 => Ok(Self::Secp256k1),
            2 => Ok(Self::Bls),
            3 => Ok(Self::Delegated),
            other => anyhow::bail!("signature type {other} is unknown: 1 is secp256k1, 2 is BLS, 3 is delegated"),
        }
    }
}

/// A signature; in CBOR one byte string of the kind followed by the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Which scheme.
    pub kind: SignatureKind,
    /// The scheme's bytes.
    pub bytes: Vec<u8>,
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(self.bytes.len() + 1);
        bytes.push(self.kind as u8);
        bytes.extend_from_slice(&self.bytes);
        strict_bytes::Serialize::serialize(&bytes, serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: Cow<'de, [u8]> = strict_bytes::Deserialize::deserialize(deserializer)?;
        let (kind, data) = bytes.split_first().ok_or_else(|| de::Error::custom("empty signature"))?;
        let kind = SignatureKind::try_from(*kind).map_err(de::Error::custom)?;
        Ok(Self { kind, bytes: data.to_vec() })
    }
}

/// A message with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SignedMessage {
    /// What is to be done.
    pub message: Message,
    /// By whose authority.
    pub signature: Signature,
}

impl SignedMessage {
    /// Whether blocks carry it in the BLS list (unsigned, the signature is in the block's aggregate).
    pub fn is_bls(&self) -> bool {
        self.signature.kind == SignatureKind::Bls
    }

    /// The CID under which the chain knows the message: that of the unsigned message if it is BLS.
    pub fn cid(&self) -> Cid {
        if self.is_bls() {
            message_cid(&self.message)
        } else {
            dag_cbor_cid(&encode(self))
        }
    }

    /// Bytes the message takes on chain; inclusion gas is charged for them.
    pub fn chain_length(&self) -> usize {
        if self.is_bls() {
            encode(&self.message).len()
        } else {
            encode(self).len()
        }
    }
}

/// CID of an unsigned message, which is also what wallets sign.
pub fn message_cid(message: &Message) -> Cid {
    dag_cbor_cid(&encode(message))
}

/// The DAG-CBOR bytes of a message or signed message.
///
/// Encoding these into memory cannot fail: they hold no maps, floats or lengths that are not known beforehand.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    to_vec(value).expect("messages always encode")
}

/// CBOR parameters for a method.
pub fn params<T: Serialize>(value: &T) -> anyhow::Result<RawBytes> {
    RawBytes::serialize(value).context("parameters do not encode")
}

/// A message without nonce, gas or fees, to be completed by whoever sends it.
pub fn unsigned(from: Address, to: Address, value: TokenAmount, method_num: MethodNum, params: RawBytes) -> Message {
    Message {
        version: 0,
        from,
        to,
        sequence: 0,
        value,
        method_num,
        params,
        gas_limit: 0,
        gas_fee_cap: TokenAmount::zero(),
        gas_premium: TokenAmount::zero(),
    }
}
