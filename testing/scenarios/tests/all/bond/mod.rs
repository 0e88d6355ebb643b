//! The operator's bond: first to lose, last to leave.

mod losses;
mod owners;
mod withdraw;

use fvm_shared::ActorID;
use peggy_scenarios::{fil, World};

/// A bond of 500 that vested long ago, alice's 1,000, all of it pledged to one miner.
fn bonded() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(1_000)).ok();
    let liquid = w.totals().liquid;
    w.pledge(miner, liquid).ok();
    assert_eq!((w.totals().nav, w.bond().shares), (fil(1_500), fil(500)));
    (w, miner)
}
