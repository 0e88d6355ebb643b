//! Every actor's interface, one module each: method numbers, parameters, returns. No logic.
//!
//! Methods are called by FRC-42 numbers, so each actor can be upgraded on its own. Parameters and returns are DAG-CBOR
//! tuples; amounts are attoFIL, or the smallest unit of a token with 18 decimals; epochs are chain epochs (30 s).
#![warn(missing_docs)]

mod client;
mod method;
#[cfg(not(target_arch = "wasm32"))]
pub mod sample;

pub mod common;
pub mod frc46;
pub mod frc53;
pub mod governance;
pub mod init;
pub mod liquidity;
pub mod miner;
pub mod nft_share;
pub mod owner_proxy;
pub mod pool;
pub mod power;
pub mod receiver;

pub use client::{call, query, try_call};
pub use method::{Caller, MethodInfo};

/// The interfaces of the five actors of the bundle, by the actor's name.
pub fn bundle() -> [(&'static str, &'static [MethodInfo]); 5] {
    [
        ("owner-proxy", owner_proxy::METHODS),
        ("pool", pool::METHODS),
        ("nft-share", nft_share::METHODS),
        ("liquidity", liquidity::METHODS),
        ("governance", governance::METHODS),
    ]
}
