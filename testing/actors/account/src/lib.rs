//! Stand-in for accounts: knows its key's address, checks signatures, and accepts any FRC-42 call, which is what lets it
//! receive tokens.

use fvm_ipld_encoding::strict_bytes;
use fvm_shared::address::{Address, Protocol};
use fvm_shared::{MethodNum, METHOD_CONSTRUCTOR};
use localnet_builtin::{bare, internal_only, require_system, with, FIRST_EXPORTED};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// The address of the account's key.
pub const PUBKEY_ADDRESS: MethodNum = 2;
/// Checks a signature of the account's key.
pub const AUTHENTICATE_MESSAGE: MethodNum = frc42_dispatch::method_hash!("AuthenticateMessage");

/// As the VM reads it to find the key behind an ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// f1 or f3.
    pub address: Address,
}

/// Of `AuthenticateMessage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct AuthenticateMessageParams {
    /// Raw signature, without a type byte.
    #[serde(with = "strict_bytes")]
    pub signature: Vec<u8>,
    /// What was signed.
    #[serde(with = "strict_bytes")]
    pub message: Vec<u8>,
}

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => with(rt, params, constructor),
        PUBKEY_ADDRESS => bare(rt, params, pubkey_address),
        AUTHENTICATE_MESSAGE => with(rt, params, authenticate_message),
        method if method >= FIRST_EXPORTED => Ok(None),
        method => Err(ActorError::unhandled(format!("an account has no method {method}"))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>, address: Address) -> Result<(), ActorError> {
    require_system(rt)?;
    if !matches!(address.protocol(), Protocol::Secp256k1 | Protocol::BLS) {
        return Err(ActorError::illegal_argument(format!("an account needs an f1 or f3 address, not {address}")));
    }
    rt.create(&State { address })
}

fn pubkey_address<H: Host>(rt: &Runtime<H>) -> Result<Address, ActorError> {
    rt.accept_anyone();
    Ok(rt.state::<State>()?.address)
}

fn authenticate_message<H: Host>(rt: &Runtime<H>, params: AuthenticateMessageParams) -> Result<bool, ActorError> {
    rt.accept_anyone();
    let address = rt.state::<State>()?.address;
    // Burnt funds are an account too, but one without a key.
    if !matches!(address.protocol(), Protocol::Secp256k1 | Protocol::BLS) {
        return Err(ActorError::illegal_state(format!("the account of {address} has no key that could sign")));
    }
    if !signed_by(&address, &params)? {
        return Err(ActorError::illegal_argument(format!("this is no signature of {address} over the message")));
    }
    Ok(true)
}

#[cfg(target_arch = "wasm32")]
fn signed_by(address: &Address, params: &AuthenticateMessageParams) -> Result<bool, ActorError> {
    use fvm_shared::crypto::signature::{Signature, SignatureType};
    let sig_type = match address.protocol() {
        Protocol::BLS => SignatureType::BLS,
        _ => SignatureType::Secp256k1,
    };
    let signature = Signature { sig_type, bytes: params.signature.clone() };
    fvm_sdk::crypto::verify_signature(&signature, address, &params.message)
        .map_err(|e| ActorError::illegal_argument(format!("the signature can't be checked: {e}")))
}

/// Only the VM checks signatures; outside of it the method refuses rather than guesses.
#[cfg(not(target_arch = "wasm32"))]
fn signed_by(_: &Address, _: &AuthenticateMessageParams) -> Result<bool, ActorError> {
    Err(ActorError::illegal_argument("signatures are checked by the VM only"))
}
