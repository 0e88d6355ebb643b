//! What people do, by name. Each is one signed message unless its doc says otherwise.

mod bond;
mod exits;
mod govern;
mod holders;
mod miners;
mod network;
mod reads;

use fvm_shared::address::Address;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::MinerParams;

/// The proof type of the miners the tests make: 32 GiB sectors.
pub fn post_proof() -> i64 {
    RegisteredPoStProof::StackedDRGWindow32GiBV1P1.into()
}

fn of(miner: ActorID) -> MinerParams {
    MinerParams { miner: Address::new_id(miner) }
}
