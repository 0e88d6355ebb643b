//! Checking a message's signature as a node does before it lets the message in.

use anyhow::{anyhow, ensure};
use fvm_shared::address::{Address, Protocol};
use fvm_shared::crypto::signature::ops::{recover_secp_public_key, verify_bls_sig, verify_secp256k1_sig};
use k256::ecdsa::VerifyingKey;

use super::{eth_address, eth_transaction, keccak_256, to_delegated};
use crate::message::{message_cid, SignatureKind, SignedMessage};

/// Checks that the account with the key address `signer` signed the message.
///
/// `signer` is the message's sender, resolved to f1, f3 or f410 if it was given as an ID.
pub fn verify_message(signed: &SignedMessage, signer: &Address, chain_id: u64) -> anyhow::Result<()> {
    let expected = match signer.protocol() {
        Protocol::Secp256k1 => SignatureKind::Secp256k1,
        Protocol::BLS => SignatureKind::Bls,
        Protocol::Delegated => SignatureKind::Delegated,
        _ => return Err(anyhow!("{signer} is not the address of a key and cannot sign")),
    };
    let signature = &signed.signature;
    ensure!(
        signature.kind == expected,
        "{signer} signs with type {}, but the signature is of type {}",
        expected as u8,
        signature.kind as u8
    );
    let payload = message_cid(&signed.message).to_bytes();
    match signature.kind {
        SignatureKind::Secp256k1 => verify_secp256k1_sig(&signature.bytes, &payload, signer).map_err(|e| anyhow!(e)),
        SignatureKind::Bls => verify_bls_sig(&signature.bytes, &payload, signer).map_err(|e| anyhow!(e)),
        SignatureKind::Delegated => verify_delegated(signed, signer, chain_id),
    }
}

fn verify_delegated(signed: &SignedMessage, signer: &Address, chain_id: u64) -> anyhow::Result<()> {
    let bytes: &[u8; 65] = signed.signature.bytes.as_slice().try_into().map_err(|_| {
        anyhow!(
            "only EIP-1559 transactions are understood: their signature has 65 bytes, not {}",
            signed.signature.bytes.len()
        )
    })?;
    let mut message = signed.message.clone();
    // The transaction was made for the account's own address, however the message names it.
    message.from = *signer;
    let hash = keccak_256(&eth_transaction(&message, chain_id)?);
    let public = recover_secp_public_key(&hash, bytes)?;
    let recovered = to_delegated(&eth_address(&VerifyingKey::from_sec1_bytes(&public)?))?;
    ensure!(recovered == *signer, "the transaction was signed by {recovered}, not by {signer}");
    Ok(())
}
