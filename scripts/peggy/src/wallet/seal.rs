//! Argon2id and XSalsa20Poly1305, as Forest's key store has it.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use crypto_secretbox::aead::{Aead, KeyInit};
use crypto_secretbox::{Nonce, XSalsa20Poly1305};
use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::failure::OrFail;
use crate::{Failure, Result};

/// Memory in KiB, passes and lanes: above OWASP's minimum, a quarter of a second on a small machine.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// No file makes this program use more memory than this.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;

/// Encrypted bytes and how the key follows from the passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    data: String,
}

/// Encrypts under a fresh salt and nonce.
pub fn seal(plain: &[u8], passphrase: &str) -> Result<Sealed> {
    let mut salt = [0u8; 16];
    let mut nonce = [0u8; 24];
    let mut random = rand::rngs::OsRng;
    random.fill_bytes(&mut salt);
    random.fill_bytes(&mut nonce);
    let key = derive(passphrase, &salt, MEMORY_KIB, PASSES, LANES)?;
    let data = XSalsa20Poly1305::new(&key.into())
        .encrypt(Nonce::from_slice(&nonce), plain)
        .map_err(|_| Failure::usage("the key could not be encrypted"))?;
    Ok(Sealed {
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: LANES,
        salt: STANDARD.encode(salt),
        nonce: STANDARD.encode(nonce),
        data: STANDARD.encode(data),
    })
}

impl Sealed {
    /// Decrypts.
    pub fn open(&self, passphrase: &str) -> Result<Vec<u8>> {
        let decode = |text: &str| STANDARD.decode(text).or_usage("the wallet is damaged");
        let nonce: [u8; 24] = decode(&self.nonce)?
            .try_into()
            .map_err(|_| Failure::usage("the wallet is damaged: a nonce has 24 bytes"))?;
        if self.memory_kib > MAX_MEMORY_KIB {
            return Err(Failure::usage("the wallet asks for more memory than is sensible"));
        }
        let key = derive(passphrase, &decode(&self.salt)?, self.memory_kib, self.passes, self.lanes)?;
        XSalsa20Poly1305::new(&key.into())
            .decrypt(Nonce::from_slice(&nonce), decode(&self.data)?.as_slice())
            .map_err(|_| Failure::usage("the passphrase is wrong, or the wallet is damaged"))
    }
}

fn derive(passphrase: &str, salt: &[u8], memory_kib: u32, passes: u32, lanes: u32) -> Result<[u8; 32]> {
    let wrong = |e: argon2::Error| Failure::usage(format!("the wallet's key derivation is not possible: {e}"));
    let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(wrong)?;
    let mut key = [0u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(wrong)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tampering_is_noticed() {
        let sealed = seal(b"secret", "pass").unwrap();
        assert_eq!(sealed.open("pass").unwrap(), b"secret");
        assert!(sealed.open("").is_err());
        let mut bent = sealed.clone();
        let mut data = STANDARD.decode(&bent.data).unwrap();
        data[3] ^= 1;
        bent.data = STANDARD.encode(data);
        assert!(bent.open("pass").is_err());
        let mut greedy = sealed.clone();
        greedy.memory_kib = u32::MAX;
        assert!(greedy.open("pass").is_err());
        assert_ne!(seal(b"secret", "pass").unwrap(), sealed, "salt and nonce are fresh");
    }
}
