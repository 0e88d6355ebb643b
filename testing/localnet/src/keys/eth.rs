//! Ethereum transactions as Filecoin knows them (FIP-0055, FRC-0055): an f410 account signs the EIP-1559 transaction that says the
//! same as the message.

use anyhow::{anyhow, bail, ensure, Context};
use fvm_ipld_encoding::{from_slice, strict_bytes};
use fvm_shared::address::{Address, Payload};
use fvm_shared::bigint::Sign;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::{ActorID, MethodNum};
use k256::ecdsa::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::keccak_256;

/// The Ethereum Address Manager, whose namespace f410 addresses are in.
pub const EAM_ACTOR_ID: ActorID = 10;

/// `method_hash!("InvokeEVM")`: what a transaction with a recipient becomes.
const INVOKE_EVM: MethodNum = 3_844_450_837;
/// The EAM's method for a transaction without recipient.
const CREATE_EXTERNAL: MethodNum = 4;
/// First byte of an EIP-1559 transaction.
const EIP_1559: u8 = 2;

/// The data of a transaction as the message's parameters carry it: one CBOR byte string.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvokeParams(#[serde(with = "strict_bytes")] pub Vec<u8>);

/// The 20 bytes Ethereum knows a public key by.
pub fn eth_address(key: &VerifyingKey) -> [u8; 20] {
    let point = key.to_encoded_point(false);
    let hash = keccak_256(&point.as_bytes()[1..]);
    let mut address = [0u8; 20];
    address.copy_from_slice(&hash[12..]);
    address
}

/// The f410 address of an Ethereum address.
pub fn to_delegated(address: &[u8; 20]) -> anyhow::Result<Address> {
    Ok(Address::new_delegated(EAM_ACTOR_ID, address)?)
}

/// The Ethereum form of a Filecoin address: f410 as it is, an ID behind 0xff and eleven zeros; others have none.
fn from_filecoin(address: &Address) -> anyhow::Result<[u8; 20]> {
    let mut bytes = [0u8; 20];
    match address.payload() {
        Payload::ID(id) => {
            bytes[0] = 0xff;
            bytes[12..].copy_from_slice(&id.to_be_bytes());
        }
        Payload::Delegated(d) if d.namespace() == EAM_ACTOR_ID && d.subaddress().len() == 20 => {
            bytes.copy_from_slice(d.subaddress());
        }
        _ => bail!("{address} has no Ethereum form: an Ethereum-style wallet reaches f0 and f410 addresses only"),
    }
    Ok(bytes)
}

/// The unsigned EIP-1559 transaction a message stands for, ready to be hashed and signed.
///
/// Only what such a wallet can say has one: InvokeEVM on a recipient, or the EAM's CreateExternal, with no parameters or a CBOR
/// byte string that is not empty.
pub fn eth_transaction(message: &Message, chain_id: u64) -> anyhow::Result<Vec<u8>> {
    let fields = transaction_fields(message, chain_id)?;
    Ok(envelope(&fields))
}

/// The hash by which Ethereum tools know the signed transaction. `signature` is r, s, v (65 bytes).
pub fn eth_transaction_hash(message: &Message, chain_id: u64, signature: &[u8]) -> anyhow::Result<[u8; 32]> {
    ensure!(signature.len() == 65, "a transaction's signature has 65 bytes, not {}", signature.len());
    let mut fields = transaction_fields(message, chain_id)?;
    fields.push(rlp_bytes(trim(&signature[64..])));
    fields.push(rlp_bytes(trim(&signature[..32])));
    fields.push(rlp_bytes(trim(&signature[32..64])));
    Ok(keccak_256(&envelope(&fields)))
}

fn transaction_fields(message: &Message, chain_id: u64) -> anyhow::Result<Vec<Vec<u8>>> {
    ensure!(message.version == 0, "message version {} is not supported, only 0 is", message.version);
    from_filecoin(&message.from).context("the sender is no Ethereum-style account")?;
    let data = transaction_data(message)?;
    let to = if message.to == Address::new_id(EAM_ACTOR_ID) {
        ensure!(
            message.method_num == CREATE_EXTERNAL,
            "of the EAM's methods a transaction reaches only CreateExternal ({CREATE_EXTERNAL})"
        );
        Vec::new()
    } else {
        ensure!(
            message.method_num == INVOKE_EVM,
            "an Ethereum-style wallet can call InvokeEVM ({INVOKE_EVM}) only, not method {}",
            message.method_num
        );
        from_filecoin(&message.to)?.to_vec()
    };
    Ok(vec![
        rlp_u64(chain_id),
        rlp_u64(message.sequence),
        rlp_amount(&message.gas_premium)?,
        rlp_amount(&message.gas_fee_cap)?,
        rlp_u64(message.gas_limit),
        rlp_bytes(&to),
        rlp_amount(&message.value)?,
        rlp_bytes(&data),
        rlp_list(&[]),
    ])
}

/// The call data inside the parameters.
fn transaction_data(message: &Message) -> anyhow::Result<Vec<u8>> {
    if message.params.is_empty() {
        return Ok(Vec::new());
    }
    let InvokeParams(data) = from_slice(message.params.bytes())
        .map_err(|e| anyhow!("the parameters of a transaction must be one CBOR byte string: {e}"))?;
    ensure!(!data.is_empty(), "an empty byte string is not allowed here: leave the parameters out");
    Ok(data)
}

fn envelope(fields: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![EIP_1559];
    bytes.extend(rlp_list(fields));
    bytes
}

/// Numbers have no leading zeros in RLP.
fn trim(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    &bytes[first..]
}

fn rlp_u64(value: u64) -> Vec<u8> {
    rlp_bytes(trim(&value.to_be_bytes()))
}

fn rlp_amount(amount: &TokenAmount) -> anyhow::Result<Vec<u8>> {
    let (sign, bytes) = amount.atto().to_bytes_be();
    ensure!(sign != Sign::Minus, "negative amounts have no Ethereum form");
    Ok(rlp_bytes(trim(&bytes)))
}

fn rlp_bytes(bytes: &[u8]) -> Vec<u8> {
    if let [byte @ 0..=0x7f] = bytes {
        return vec![*byte];
    }
    let mut out = rlp_length(0x80, bytes.len());
    out.extend_from_slice(bytes);
    out
}

fn rlp_list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    let mut out = rlp_length(0xc0, payload.len());
    out.extend(payload);
    out
}

/// Up to 55 bytes the length is in the first byte; beyond, the first byte says how many bytes the length takes.
fn rlp_length(base: u8, len: usize) -> Vec<u8> {
    if len <= 55 {
        return vec![base + len as u8];
    }
    let be = (len as u64).to_be_bytes();
    let digits = trim(&be);
    let mut out = vec![base + 55 + digits.len() as u8];
    out.extend_from_slice(digits);
    out
}
