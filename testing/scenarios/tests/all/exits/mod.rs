//! Leaving by the queue: shares wait for liquid FIL, first come first served, earn and bear losses until it is their turn.

mod home;
mod many;
mod order;
mod refused;
mod sick;
mod ticket;

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_localnet::Key;
use peggy_scenarios::{fil, Outcome, World};

/// A bond of 500, alice's 600 and bob's 400 pledged to a miner in which nothing vests. No FIL is liquid, none is locked in sectors.
pub fn pledged() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(600)).ok();
    w.deposit(&bob, fil(400)).ok();
    // What vested from before custody came out of the miner as liquid FIL of the bond's.
    let liquid = w.totals().liquid;
    w.pledge(miner, liquid).ok();
    assert_eq!((w.totals().nav, w.totals().liquid, w.bond().shares), (fil(1_500), fil(0), fil(500)));
    (w, miner)
}

/// The same with all of it locked in sectors, so that nothing can come home.
pub fn sealed() -> (World, ActorID) {
    let (mut w, miner) = pledged();
    let idle = w.seen.miners[&miner].money.unlocked();
    w.commit_sectors(miner, &idle);
    (w, miner)
}

/// What somebody got by a message, gas left out.
pub fn gets(w: &mut World, who: &Key, act: impl FnOnce(&mut World) -> Outcome) -> TokenAmount {
    let id = w.id(who);
    let before = w.balance(id);
    let outcome = act(w).ok();
    w.balance(id) + outcome.gas_cost - before
}

/// What finalising as far as it goes pays, and how many tickets it finishes.
pub fn serve(w: &mut World) -> (u32, TokenAmount) {
    let keeper = w.cast.keeper.clone();
    let done = w.finalize_exits(&keeper, 1_000).answer::<peggy_interfaces::pool::FinalizeExits>();
    (done.finalized, done.amount)
}
