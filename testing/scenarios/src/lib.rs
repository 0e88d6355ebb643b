//! End-to-end scenarios: a [`World`] is the embedded network with the bundle deployed on it by real signed messages.
//!
//! Every step a test takes through the world is followed by [`invariants`] recomputed from raw state, and by a comparison with
//! [`ledger`], which keeps the books a second time with its own arithmetic.

pub mod abi;
pub mod actions;
pub mod attempts;
pub mod council;
pub mod deploy;
pub mod events;
pub mod invariants;
pub mod ledger;
pub mod lp_actions;
pub mod lp_invariants;
pub mod money;
pub mod nft_actions;
pub mod observe;
pub mod observe_liquidity;
pub mod observe_miner;
pub mod observe_nft;
pub mod observe_pool;
pub mod step;
pub mod stories;
pub mod tickets;
pub mod world;

pub use deploy::Setup;
pub use money::{atto, fil, micro_fil};
pub use step::Outcome;
pub use world::World;
