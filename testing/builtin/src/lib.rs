//! What the stand-ins for the network's builtin actors share: who lives at which ID, the wire types between them, and the
//! rules the official actors apply to every call.
//!
//! Facts (method numbers, parameter shapes, exit codes) are those of builtin-actors v18; the code is our own.

pub mod blocks;
mod guard;
pub mod init;
pub mod miner;
pub mod pledge;
pub mod power;
pub mod reward;
pub mod system;

pub use guard::{bare, call, internal_only, no_upgrade, require_system, require_type, with};

/// IDs the network fixes for its singletons.
pub mod ids {
    use fvm_shared::ActorID;

    /// Sends the network's implicit messages; holds the manifest.
    pub const SYSTEM: ActorID = 0;
    /// Creates actors, maps addresses to IDs.
    pub const INIT: ActorID = 1;
    /// Pays block rewards.
    pub const REWARD: ActorID = 2;
    /// Runs once per tipset.
    pub const CRON: ActorID = 3;
    /// Creates miners and runs their cron.
    pub const POWER: ActorID = 4;
    /// Namespace of f410 addresses.
    pub const EAM: ActorID = 10;
    /// What is sent here is burnt.
    pub const BURNT_FUNDS: ActorID = 99;
    /// The first ID that is given out.
    pub const FIRST_FREE: ActorID = 100;
}

/// Numbers of the builtin actor types, as `get_builtin_actor_type` answers them: the position in the manifest plus one.
pub mod types {
    /// f00.
    pub const SYSTEM: i32 = 1;
    /// f01.
    pub const INIT: i32 = 2;
    /// f03.
    pub const CRON: i32 = 3;
    /// An account with a secp256k1 or BLS key.
    pub const ACCOUNT: i32 = 4;
    /// f04.
    pub const POWER: i32 = 5;
    /// A storage miner.
    pub const MINER: i32 = 6;
    /// f05.
    pub const MARKET: i32 = 7;
    /// A payment channel.
    pub const PAYMENT_CHANNEL: i32 = 8;
    /// A multisig wallet.
    pub const MULTISIG: i32 = 9;
    /// f02.
    pub const REWARD: i32 = 10;
    /// f06.
    pub const VERIFIED_REGISTRY: i32 = 11;
    /// f07.
    pub const DATACAP: i32 = 12;
    /// An f4 address that was sent something before it acted.
    pub const PLACEHOLDER: i32 = 13;
    /// An Ethereum contract.
    pub const EVM: i32 = 14;
    /// f010.
    pub const EAM: i32 = 15;
    /// An account with an Ethereum key.
    pub const ETH_ACCOUNT: i32 = 16;
}

/// The lowest FRC-42 method number: everything below is for builtin actors among themselves.
pub const FIRST_EXPORTED: fvm_shared::MethodNum = 1 << 24;

/// Epochs of 30 seconds in a day.
pub const EPOCHS_IN_DAY: fvm_shared::clock::ChainEpoch = 2880;
