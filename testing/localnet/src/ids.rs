//! The IDs of the network's own actors.

use fvm_shared::ActorID;

/// Sends what the network itself sends.
pub const SYSTEM: ActorID = 0;
/// Creates actors, installs code, maps addresses to IDs.
pub const INIT: ActorID = 1;
/// Pays block rewards.
pub const REWARD: ActorID = 2;
/// Runs at the end of every epoch.
pub const CRON: ActorID = 3;
/// Creates miners and keeps their cron events.
pub const POWER: ActorID = 4;
/// Storage deals; only in bundles that bring it.
pub const MARKET: ActorID = 5;
/// Verified deals; only in bundles that bring it.
pub const VERIFIED_REGISTRY: ActorID = 6;
/// The token of verified deals; only in bundles that bring it.
pub const DATACAP: ActorID = 7;
/// Ethereum addresses.
pub const EAM: ActorID = 10;
/// Would govern the verified registry; nobody is behind it here.
pub const VERIFIED_REGISTRY_ROOT: ActorID = 80;
/// What is sent here is gone.
pub const BURNT_FUNDS: ActorID = 99;
