//! Losses without a bond that bears them: fines become impairment, entrants pay for what will heal, and rewards heal a loss before
//! anybody is paid.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, stories, World};

/// A world with 1,000 FIL pledged of alice's 2,000. The bond was slashed before: its shares are nobody's, and bear no more than others.
fn pledged_world() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    w.slash_all();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(2_000)).ok();
    w.pledge(miner, fil(1_000)).ok();
    (w, miner)
}

#[test]
fn a_fine_impairs_and_rewards_heal_before_anybody_is_paid() {
    let (mut w, miner) = pledged_world();
    let (bob, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(200));
    assert_eq!(w.totals().miners.impaired, TokenAmount::zero(), "nobody measured yet");
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!((totals.miners.impaired.clone(), totals.miners.impaired_net.clone()), (fil(200), fil(200)));
    assert_eq!(totals.nav, &totals.liquid + &totals.miners.principal - fil(200));

    // A quarter of the reward is free at once and heals; the rest vests, and entrants pay for it already.
    w.award(miner, &fil(400));
    let outcome = w.harvest(&keeper, miner).answer::<peggy_interfaces::owner_proxy::Harvest>();
    assert!(outcome.reward.is_zero(), "the loss comes first");
    let totals = w.totals();
    assert_eq!((totals.miners.impaired.clone(), totals.miners.impaired_net.clone()), (fil(100), fil(0)));
    assert_eq!(totals.entry_nav, &totals.nav + fil(100));
    let priced = &totals.shares + &totals.dead;
    let bought = w.deposit(&bob, fil(100)).answer::<pool::Deposit>().shares;
    let expected = (fil(100).atto() * priced.atto()) / totals.entry_nav.atto();
    assert_eq!(bought.atto(), &expected, "the entry price counts what will heal");
    let back = w.redeem(&bob, bought).answer::<pool::Redeem>().amount;
    assert!(back < fil(100), "buying in just before a loss heals does not pay: {back}");

    // Once the rest has vested the price is whole again, and only what is beyond it was shared out.
    let before = w.totals().stream;
    for _ in 0..19 {
        w.skip(10 * DAY);
        w.harvest(&keeper, miner).ok();
    }
    let totals = w.totals();
    assert!(totals.miners.impaired.is_zero() && totals.nav == totals.entry_nav);
    assert!(totals.rewards_owed + totals.stream > before);
}

#[test]
fn a_loss_can_not_be_run_from() {
    let (w, miner) = pledged_world();
    stories::a_loss_can_not_be_run_from(w, miner, |w, miner| {
        w.lose(miner, &fil(300));
        fil(300)
    });
}

#[test]
fn while_impaired_a_deposit_needs_a_measurement_of_this_epoch() {
    let (mut w, miner) = pledged_world();
    let (bob, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(300));
    w.harvest(&keeper, miner).ok();
    w.skip(5);
    // It has healed since the last measurement; who comes in now pays for that.
    w.donate(&keeper, miner, fil(300)).ok();
    assert_eq!(w.totals().miners.impaired, fil(300), "not yet measured again");
    let totals = w.totals();
    let bought = w.deposit(&bob, fil(50)).answer::<pool::Deposit>().shares;
    let whole = &totals.liquid + &totals.miners.principal;
    assert_eq!(bought.atto(), &((fil(50).atto() * (&totals.shares + &totals.dead).atto()) / whole.atto()));
    assert!(w.totals().miners.impaired.is_zero());
}

#[test]
fn a_total_loss_closes_deposits_and_nothing_else() {
    stories::a_total_loss(World::new(), |w, miner| w.fine(miner, &fil(5_000)));
}

#[test]
fn no_fil_is_pledged_to_a_miner_in_debt() {
    let (mut w, miner) = pledged_world();
    w.fine(miner, &fil(9_000));
    w.pledge(miner, fil(10)).refused(53, "owes");
    assert_eq!(w.totals().liquid, fil(1_000));
}

/// What vested before custody was the operator's: it comes into the bond without fees, unless penalties ate it.
#[test]
fn what_vests_from_before_custody_joins_the_bond() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(100)).ok();
    let legacy = w.miner_info(miner).legacy_vesting;
    assert!(legacy.is_positive());
    let bond = w.bond().shares;
    let paid = w.balance(w.id(&keeper));
    w.skip(60 * DAY);
    let outcome = w.harvest(&keeper, miner).ok();
    let grown = w.bond().shares - bond;
    assert!(grown.is_positive() && grown < legacy, "about a third has vested: {grown} of {legacy}");
    assert_eq!(w.miner_info(miner).legacy_vesting, &legacy - &grown);
    assert_eq!(w.balance(w.id(&keeper)) + outcome.gas_cost, paid, "no cut of what was the operator's");
    assert!(w.totals().fees_owed.is_zero() && w.totals().stream.is_zero(), "no fees of it");
}
