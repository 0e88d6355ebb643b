//! From five codes and a configuration to five wired actors, one recorded step at a time.

pub mod codes;
pub mod config;
pub mod governance;
pub mod steps;
pub mod verify;

/// The actors, in the order they are installed, created and wired.
pub const ACTORS: [&str; 5] = ["owner-proxy", "pool", "nft-share", "liquidity", "governance"];
