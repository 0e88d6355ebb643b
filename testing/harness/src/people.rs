//! Who is there in every test, and amounts in short.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_runtime::mock::MockHost;
use peggy_runtime::Wiring;

/// The five actors.
pub const WIRING: Wiring = Wiring { owner_proxy: 1001, pool: 1002, nft_share: 1003, liquidity: 1004, governance: 1005 };
/// The only one that calls constructors.
pub const INIT: ActorID = 1;
/// May wire, and nothing else.
pub const DEPLOYER: ActorID = 100;
/// Runs the miners.
pub const OPERATOR: ActorID = 110;
/// One of the people.
pub const ALICE: ActorID = 201;
/// Another.
pub const BOB: ActorID = 202;
/// A third.
pub const CAROL: ActorID = 203;
/// Has no rights and nothing of its own; asks the questions.
pub const STRANGER: ActorID = 299;
/// The first epoch of a test, unless its harness says otherwise.
pub const START: ChainEpoch = 100_000;

/// A host for the actor `own` with everybody on chain, `others` too. The actor itself has no FIL yet and no state.
pub fn host_of(own: ActorID, others: &[ActorID]) -> MockHost {
    let host = MockHost::new(own);
    let people = [INIT, DEPLOYER, OPERATOR, ALICE, BOB, CAROL, STRANGER];
    for id in people.iter().chain(others).chain(&WIRING.all()) {
        host.add_actor(*id);
        host.set_balance(*id, fil(1_000_000));
    }
    host.set_balance(own, none());
    host.set_epoch(START);
    host
}

/// Whole FIL, shares or LP tokens.
pub fn fil(n: i64) -> TokenAmount {
    TokenAmount::from_whole(n)
}
/// Thousandths of a FIL.
pub fn milli(n: i64) -> TokenAmount {
    TokenAmount::from_nano(n * 1_000_000)
}
/// The smallest units.
pub fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}
/// No FIL at all.
pub fn none() -> TokenAmount {
    TokenAmount::zero()
}
/// The address that names an actor by its ID.
pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}
