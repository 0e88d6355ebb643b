//! An embedded Filecoin network: the real FVM executing real wasm, on a real chain of blocks, in one process.
//!
//! [`Network`] is the way in. Consensus is left out: the network makes its own blocks, when it is told to.

pub mod bundle;
pub mod chain;
mod control;
mod externs;
pub mod genesis;
pub mod ids;
pub mod keys;
mod machine;
mod mempool;
pub mod message;
pub mod network;
mod outcome;
pub mod rpc;
pub mod store;

pub use bundle::Bundle;
pub use control::Control;
pub use keys::{Key, KeyKind};
pub use machine::NETWORK_VERSION;
pub use mempool::{PushError, MAX_MESSAGE_BYTES};
pub use message::{params, Signature, SignatureKind, SignedMessage};
pub use network::{Call, Config, ExecutedTipset, GasShare, MessageLookup, Network, NullRounds, Producer, Snapshot};
pub use outcome::Outcome;
pub use store::Store;
