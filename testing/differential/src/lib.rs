//! Compares the miner stand-in, run by the VM, with `fil_actor_miner_state::v18::State`, the published state machine of the
//! official miner: the same operations on both, the same money after each.
//!
//! [`official::Official`] restates, around the published functions, what each official method does with them and in which order;
//! [`stand_in::StandIn`] is the network with the stand-in's wasm. [`sequence`] makes up operations that suit the state they meet,
//! carries them out on both sides and compares [`seen::Seen`].

pub mod amounts;
pub mod generate;
pub mod official;
mod official_cron;
mod official_owner;
pub mod operation;
pub mod seen;
pub mod sequence;
pub mod stand_in;
