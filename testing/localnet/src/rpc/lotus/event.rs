//! Events and the filters they are found by.

use fvm_shared::clock::ChainEpoch;
use serde::{Deserialize, Serialize};

use super::TipsetKeyJson;
use crate::rpc::text::{bytes, AddressJson, CidJson};

/// One entry of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventEntryJson {
    /// 1 key indexed, 2 value indexed.
    pub flags: u64,
    /// Key.
    pub key: String,
    /// 0x51 CBOR, 0x55 raw.
    pub codec: u64,
    /// Value.
    #[serde(with = "bytes")]
    pub value: Vec<u8>,
}

/// An event as `ChainGetEvents` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventJson {
    /// ActorID.
    pub emitter: u64,
    /// Its entries.
    pub entries: Vec<EventEntryJson>,
}

/// An event as `GetActorEventsRaw` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorEventJson {
    /// Its entries.
    pub entries: Vec<EventEntryJson>,
    /// f4 address of the actor if it has one, else f0.
    pub emitter: AddressJson,
    /// Never here: this chain doesn't reorganise.
    pub reverted: bool,
    /// Height of the tipset that holds the message.
    pub height: ChainEpoch,
    /// That tipset.
    pub tipset_key: Vec<CidJson>,
    /// The message.
    pub msg_cid: CidJson,
}

/// One value a filter looks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventValueJson {
    /// Codec of the value.
    pub codec: u64,
    /// The value.
    #[serde(default, with = "bytes")]
    pub value: Vec<u8>,
}

/// Which events `GetActorEventsRaw` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventFilterJson {
    /// From one of these; from any if empty.
    pub addresses: Option<Vec<AddressJson>>,
    /// All of these keys, each with one of its values; no values: any.
    pub fields: Option<std::collections::BTreeMap<String, Vec<EventValueJson>>>,
    /// First height, inclusive.
    pub from_height: Option<ChainEpoch>,
    /// Last height, inclusive.
    pub to_height: Option<ChainEpoch>,
    /// One tipset, instead of heights.
    pub tipset_key: TipsetKeyJson,
}
