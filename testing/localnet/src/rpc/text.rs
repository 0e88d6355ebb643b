//! How Lotus writes the chain's basic types in JSON; each module is a serde `with`.

use std::fmt;

use cid::Cid;
use fvm_shared::address::{Address, Network};
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// Reads an address of either prefix: `f` and `t` name the same actor.
pub fn parse_address(text: &str) -> Result<Address, fvm_shared::address::Error> {
    let network = if text.starts_with('t') { Network::Testnet } else { Network::Mainnet };
    network.parse_address(text)
}

/// A CID as `{"/": "bafy..."}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CidJson(pub Cid);

impl fmt::Display for CidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Cid> for CidJson {
    fn from(cid: Cid) -> Self {
        Self(cid)
    }
}

#[derive(Serialize, Deserialize)]
struct Link {
    #[serde(rename = "/")]
    text: String,
}

impl Serialize for CidJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Link { text: self.0.to_string() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CidJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let link = Link::deserialize(deserializer)?;
        let cid = link.text.parse().map_err(|e| de::Error::custom(format!("'{}' is not a CID: {e}", link.text)))?;
        Ok(Self(cid))
    }
}

/// An address as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressJson(pub Address);

impl fmt::Display for AddressJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Address> for AddressJson {
    fn from(address: Address) -> Self {
        Self(address)
    }
}

impl Serialize for AddressJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AddressJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let address =
            parse_address(&text).map_err(|e| de::Error::custom(format!("'{text}' is not an address: {e}")))?;
        Ok(Self(address))
    }
}

/// Amounts and other large numbers as decimal text.
pub mod atto {
    use fvm_shared::bigint::BigInt;
    use fvm_shared::econ::TokenAmount;
    use serde::{de, Deserialize, Deserializer, Serializer};

    /// Writes attoFIL.
    pub fn serialize<S: Serializer>(amount: &TokenAmount, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount.atto())
    }

    /// Reads attoFIL; nothing, null and an empty text are zero.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenAmount, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()) else {
            return Ok(TokenAmount::default());
        };
        let number: BigInt =
            text.parse().map_err(|e| de::Error::custom(format!("'{text}' is not a whole number of attoFIL: {e}")))?;
        Ok(TokenAmount::from_atto(number))
    }
}

/// Bytes as standard base64; `null` and `""` are no bytes.
pub mod bytes {
    use base64::engine::general_purpose::STANDARD;
    use base64::Engine as _;
    use serde::{de, Deserialize, Deserializer, Serializer};

    /// Writes base64, `null` if there are none (as Lotus does).
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        if bytes.is_empty() {
            return serializer.serialize_none();
        }
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    /// Reads base64.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
        STANDARD.decode(&text).map_err(|e| de::Error::custom(format!("not standard base64: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_round_trip() {
        let text = r#"{"/":"bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2"}"#;
        let cid: CidJson = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&cid).unwrap(), text);
        assert!(serde_json::from_str::<CidJson>(r#"{"/":"nonsense"}"#).is_err());
    }

    #[test]
    fn both_prefixes_name_the_same_actor() {
        assert_eq!(parse_address("t01234"), parse_address("f01234"));
        assert!(parse_address("x01234").is_err());
    }

    #[test]
    fn empty_bytes_in_every_spelling() {
        #[derive(Deserialize)]
        struct Holder {
            #[serde(default, with = "bytes")]
            data: Vec<u8>,
        }
        for text in [r#"{"data":null}"#, r#"{"data":""}"#, "{}"] {
            assert!(serde_json::from_str::<Holder>(text).unwrap().data.is_empty(), "{text}");
        }
        assert_eq!(serde_json::from_str::<Holder>(r#"{"data":"AQI="}"#).unwrap().data, [1, 2]);
    }
}
