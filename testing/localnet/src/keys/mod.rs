//! Wallet keys: secp256k1 (f1), BLS (f3) and Ethereum (f410) ones.

mod eth;
mod export;
mod verify;

use anyhow::{anyhow, Context};
use bls_signatures::Serialize as _;
use fvm_shared::address::Address;
use fvm_shared::message::Message;
use k256::ecdsa::SigningKey;
use rand::{CryptoRng, RngCore};

pub use eth::{eth_address, eth_transaction, eth_transaction_hash, to_delegated, InvokeParams, EAM_ACTOR_ID};
pub use verify::verify_message;

use crate::message::{message_cid, Signature, SignatureKind, SignedMessage};

/// The three kinds of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// f1: the usual wallet.
    Secp256k1,
    /// f3: workers of miners must be of this kind.
    Bls,
    /// f410: a wallet that signs Ethereum transactions.
    Delegated,
}

/// A private key and the address it controls.
#[derive(Clone)]
pub struct Key {
    kind: KeyKind,
    secret: Vec<u8>,
    address: Address,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.address)
    }
}

impl Key {
    /// A new key from a source of randomness fit for keys.
    pub fn generate<R: RngCore + CryptoRng>(kind: KeyKind, rng: &mut R) -> anyhow::Result<Self> {
        let mut seed = [0u8; 32];
        rng.fill_bytes(&mut seed);
        Self::from_seed(kind, &seed)
    }

    /// The same key for the same seed. A seed that is public gives a key that is public: for local networks and tests only.
    pub fn from_seed(kind: KeyKind, seed: &[u8]) -> anyhow::Result<Self> {
        let digest = blake2b_256(seed);
        match kind {
            KeyKind::Bls => Self::from_secret(kind, &bls_signatures::PrivateKey::new(digest).as_bytes()),
            // Not every 32 bytes are a secp256k1 scalar (about 1 in 2^128 are not): an error is honest and never seen.
            KeyKind::Secp256k1 | KeyKind::Delegated => Self::from_secret(kind, &digest),
        }
    }

    /// A key from its 32 secret bytes (BLS: little-endian scalar, as wallets export it).
    pub fn from_secret(kind: KeyKind, secret: &[u8]) -> anyhow::Result<Self> {
        let address = match kind {
            KeyKind::Bls => {
                let key = bls_key(secret)?;
                Address::new_bls(&key.public_key().as_bytes())?
            }
            KeyKind::Secp256k1 => {
                let public = secp_key(secret)?.verifying_key().to_encoded_point(false);
                Address::new_secp256k1(public.as_bytes())?
            }
            KeyKind::Delegated => to_delegated(&eth_address(secp_key(secret)?.verifying_key()))?,
        };
        Ok(Self { kind, secret: secret.to_vec(), address })
    }

    /// What kind of key it is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The address the key controls.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The secret bytes.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// Signs a message as wallets do. `chain_id` is part of what an Ethereum-style key signs and of nothing else.
    pub fn sign(&self, message: Message, chain_id: u64) -> anyhow::Result<SignedMessage> {
        let signature = match self.kind {
            KeyKind::Delegated => {
                let hash = keccak_256(&eth_transaction(&message, chain_id)?);
                Signature { kind: SignatureKind::Delegated, bytes: sign_prehash(&self.secret, &hash)? }
            }
            KeyKind::Secp256k1 | KeyKind::Bls => self.sign_bytes(&message_cid(&message).to_bytes())?,
        };
        Ok(SignedMessage { message, signature })
    }

    /// Signs arbitrary bytes (blocks, for instance). Ethereum-style keys sign only transactions.
    pub fn sign_bytes(&self, data: &[u8]) -> anyhow::Result<Signature> {
        match self.kind {
            KeyKind::Secp256k1 => {
                Ok(Signature { kind: SignatureKind::Secp256k1, bytes: sign_prehash(&self.secret, &blake2b_256(data))? })
            }
            KeyKind::Bls => {
                Ok(Signature { kind: SignatureKind::Bls, bytes: bls_key(&self.secret)?.sign(data).as_bytes() })
            }
            KeyKind::Delegated => Err(anyhow!("an Ethereum-style key signs transactions only")),
        }
    }
}

/// 65 bytes r, s, v with s in the lower half, as Filecoin and Ethereum want it.
fn sign_prehash(secret: &[u8], hash: &[u8; 32]) -> anyhow::Result<Vec<u8>> {
    let (signature, recovery) = secp_key(secret)?.sign_prehash_recoverable(hash)?;
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(recovery.to_byte());
    Ok(bytes)
}

fn secp_key(secret: &[u8]) -> anyhow::Result<SigningKey> {
    SigningKey::from_slice(secret)
        .context("not a secp256k1 private key: 32 bytes of a number below the group order are needed")
}

fn bls_key(secret: &[u8]) -> anyhow::Result<bls_signatures::PrivateKey> {
    bls_signatures::PrivateKey::from_bytes(secret)
        .map_err(|e| anyhow!("not a BLS private key, 32 little-endian bytes are needed: {e}"))
}

/// blake2b with 32 bytes of output.
pub fn blake2b_256(data: &[u8]) -> [u8; 32] {
    let mut digest = [0u8; 32];
    digest.copy_from_slice(blake2b_simd::Params::new().hash_length(32).hash(data).as_bytes());
    digest
}

/// The hash of Ethereum.
pub fn keccak_256(data: &[u8]) -> [u8; 32] {
    use multihash_codetable::{Code, MultihashDigest};
    let mut digest = [0u8; 32];
    digest.copy_from_slice(Code::Keccak256.digest(data).digest());
    digest
}
