//! Values as people write them in TOML: read by the same rules as on the command line.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_localnet::rpc::text::parse_address;
use serde::{de, Deserialize, Deserializer};

use crate::{amount, duration};

/// A type of its own for each, so that serde reads it from text.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident($type:ty), $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub $type);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                ($parse)(text.as_str()).map(Self).map_err(de::Error::custom)
            }
        }
    };
}

text!(
    /// An address, of any kind.
    Account(Address),
    |text: &str| parse_address(text).map_err(|e| format!("'{text}' is no Filecoin address: {e}"))
);
text!(
    /// An amount of FIL, such as `"1.5 FIL"`.
    Fil(TokenAmount),
    amount::parse
);
text!(
    /// Shares, such as `"1.5"`.
    Shares(TokenAmount),
    amount::parse_shares
);
text!(
    /// Bytes.
    Hex(Vec<u8>),
    |text: &str| hex::decode(text).map_err(|e| format!("'{text}' is no hexadecimal: {e}"))
);

/// Epochs, as a number or as text such as `"7 days"`.
#[derive(Clone, Copy, Debug)]
pub struct Epochs(pub ChainEpoch);

impl<'de> Deserialize<'de> for Epochs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "epochs are a number, or text as in \"7 days\"")]
        enum Either {
            Number(ChainEpoch),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(epochs) => Ok(Self(epochs)),
            Either::Text(text) => duration::parse(&text).map(Self).map_err(de::Error::custom),
        }
    }
}
