//! Keys as wallets exchange them: hex of `{"Type":"secp256k1","PrivateKey":"<base64>"}`.

use anyhow::{bail, Context};
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde_json::{json, Value};

use super::{Key, KeyKind};

impl Key {
    /// The key in the wallets' exchange format. Whoever reads it owns the account.
    pub fn export(&self) -> String {
        let name = match self.kind {
            KeyKind::Secp256k1 => "secp256k1",
            KeyKind::Bls => "bls",
            KeyKind::Delegated => "delegated",
        };
        // Lotus writes the type first; some readers compare the text.
        let text = format!("{{\"Type\":{},\"PrivateKey\":{}}}", json!(name), json!(STANDARD.encode(&self.secret)));
        hex::encode(text)
    }

    /// Reads the exchange format, in hex or as bare JSON; old wallets wrote the type as a number.
    pub fn import(exported: &str) -> anyhow::Result<Self> {
        let exported = exported.trim();
        let text = if exported.starts_with('{') {
            exported.as_bytes().to_vec()
        } else {
            hex::decode(exported).context("not an exported key: expected the hexadecimal text a wallet exports")?
        };
        let value: Value = serde_json::from_slice(&text).context("not an exported key: the text is not JSON")?;
        let kind = match &value["Type"] {
            Value::String(name) if name == "secp256k1" => KeyKind::Secp256k1,
            Value::String(name) if name == "bls" => KeyKind::Bls,
            Value::String(name) if name == "delegated" => KeyKind::Delegated,
            Value::Number(n) if n.as_u64() == Some(1) => KeyKind::Secp256k1,
            Value::Number(n) if n.as_u64() == Some(2) => KeyKind::Bls,
            other => bail!("key type {other} is unknown: expected \"secp256k1\", \"bls\" or \"delegated\""),
        };
        let Some(encoded) = value["PrivateKey"].as_str() else {
            bail!("not an exported key: the field PrivateKey is missing")
        };
        let secret = STANDARD.decode(encoded).context("the private key is not base64")?;
        Self::from_secret(kind, &secret)
    }
}
