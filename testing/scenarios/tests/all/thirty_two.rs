//! As many miners as a proxy holds: what fresh measurements of all of them take, and one that is sick among them.

use std::sync::OnceLock;

use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, TermsParams};
use peggy_scenarios::{fil, World};

/// 32 miners with principal, alice's 1,000 liquid.
fn full() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    let full = || {
        let mut w = World::new();
        let (operator, alice) = (w.cast.operator.clone(), w.cast.alice.clone());
        for _ in 0..proxy::MAX_MINERS {
            w.create_miner(&operator, fil(200)).ok();
        }
        w.create_miner(&operator, fil(200)).refused(41, "32");
        w.deposit(&alice, fil(1_000)).ok();
        w
    };
    WORLD.get_or_init(full).fork()
}

fn miners(w: &World) -> Vec<ActorID> {
    w.seen.miners.keys().copied().collect()
}

/// One Sync measures all of them within a message, and a payment in the same epoch may rest on it only in the same block; with
/// the terms' tolerance of up to an hour it may for as long.
#[test]
fn payments_rest_on_a_sync_of_all_for_as_long_as_the_terms_say() {
    let mut w = full();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.ticket(&alice, fil(100));
    w.skip(DAY);
    w.finalize_exits(&keeper, 1).refused(66, "Sync");
    w.redeem(&alice, fil(1)).refused(66, "Sync");
    let synced = w.sync(&keeper, 32).ok();
    assert_eq!(synced.clone().answer::<proxy::Sync>().measured, 32);
    assert!(synced.gas < peggy_localnet::chain::BLOCK_GAS_LIMIT / 2, "{}", synced.gas);
    w.finalize_exits(&keeper, 1).refused(66, "Sync");
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { max_staleness_out: 120, ..terms }).ok();
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().finalized, 1);
    w.redeem(&alice, fil(1)).ok();
    w.skip(115);
    w.redeem(&alice, fil(1)).ok();
    w.skip(10);
    w.redeem(&alice, fil(1)).refused(66, "Sync");
}

/// A few at a time: each Sync takes those measured longest ago, and so do the messages that pay.
#[test]
fn measurements_are_renewed_a_few_at_a_time() {
    let mut w = full();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { max_staleness_out: 120, ..terms }).ok();
    w.skip(DAY);
    for _ in 0..3 {
        w.sync(&keeper, 10).ok();
    }
    // Two are left, and the redemption measures them itself.
    w.redeem(&alice, fil(1)).ok();
    let oldest = w.totals().miners.oldest_measurement.unwrap();
    assert!(w.epoch() - oldest <= 120);
}

/// One sick miner of 32 keeps prices closed, and nothing else; the others go on earning, and the queue goes on after a day.
#[test]
fn one_sick_miner_of_thirty_two_holds_exits_up_for_a_day() {
    let mut w = full();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let ids = miners(&w);
    let terms = w.setup.terms_params(&w.cast);
    w.set_terms(&TermsParams { max_staleness_out: 120, ..terms }).ok();
    let ticket = w.ticket(&alice, fil(100));
    w.hold_early_terminations(ids[17], true);
    w.sync(&keeper, 32).ok();
    assert_eq!(w.totals().miners.unsettled, 1);
    w.finalize_exits(&keeper, 1).refused(67, "1 miner");
    w.award(ids[3], &fil(40));
    assert!(w.harvest(&keeper, ids[3]).answer::<proxy::Harvest>().reward >= fil(10));
    w.skip(DAY);
    w.finalize_exits(&keeper, 1).refused(66, "Sync");
    w.sync(&keeper, 32).ok();
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().finalized, 1);
    w.claim_exit(&alice, ticket).ok();
}
