//! The host an actor runs on, and the one set of guards every actor uses.
//!
//! [`Host`] is the raw list of operations the network offers. It has two implementations: `FvmHost` (wasm32 only) and
//! `MockHost` (everything else). [`Runtime`] stands on either and holds everything an actor may rely on: caller checks,
//! transactions, sends, events. It exists once, so what the unit tests check is what the chain runs.

mod codec;
mod dispatch;
mod error;
mod event;
mod host;
mod invariants;
pub mod lifecycle;
mod map;
mod runtime;
mod store;

#[cfg(target_arch = "wasm32")]
pub mod fvm_host;
#[cfg(not(target_arch = "wasm32"))]
pub mod mock;

pub use codec::{decode_params, encode};
pub use dispatch::{handle, Method};
pub use error::{ActorError, ResultExt};
pub use event::Event;
pub use host::{Host, MessageInfo};
pub use invariants::Findings;
pub use lifecycle::{UpgradeParams, Wiring};
pub use map::{key_of, Map, MapKey, WIDTH_HOT, WIDTH_SHORT, WIDTH_SMALL};
pub use runtime::{Runtime, Sent};
pub use store::Store;

#[doc(hidden)]
pub use fvm_ipld_encoding::ipld_block::IpldBlock;
