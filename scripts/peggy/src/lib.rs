//! The `peggy` program as a library, so that the demo and tests use its parts: the node's client, wallets, typed calls.
//!
//! Everything it knows of the network it knows by JSON-RPC; only `peggy localnet` contains a network.

pub mod amount;
pub mod cli;
pub mod commands;
pub mod deploy;
pub mod deployment;
pub mod duration;
pub mod eth;
pub mod failure;
pub mod fresh;
pub mod output;
pub mod price;
pub mod queue;
pub mod rpc;
pub mod send;
pub mod session;
pub mod text;
pub mod wallet;

pub use failure::{Failure, Kind, Result};
