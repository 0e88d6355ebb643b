//! The network as a whole: real VM, real wasm of the stand-ins (`make wasm` builds them).

mod accounts;
mod blocks;
mod code;
mod miners;

use std::sync::OnceLock;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_localnet::genesis::TOTAL_SUPPLY_FIL;
use peggy_localnet::{Config, Network};

pub fn fil(whole: u64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

/// A network of one's own; genesis is made once.
pub fn network() -> Network {
    static GENESIS: OnceLock<std::sync::Mutex<Network>> = OnceLock::new();
    let genesis = GENESIS.get_or_init(|| std::sync::Mutex::new(Network::new(Config::default()).expect("genesis")));
    genesis.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fork().expect("fork")
}

/// FIL is neither made nor lost.
pub fn check_supply(network: &Network) {
    assert_eq!(network.total_fil().unwrap(), fil(TOTAL_SUPPLY_FIL));
}
