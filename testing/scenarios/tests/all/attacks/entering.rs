//! Buying shares for less than they are worth.

use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{atto, fil, Setup, World};

use super::{unbonded, Purse};

/// 100 FIL are missing, and 300 vest that will make them good. Who enters now pays the price of then, and who was there gets it.
#[test]
fn entering_before_vesting_rewards_heal_a_loss() {
    let (mut w, miner) = unbonded();
    let (alice, eve, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.set_terms(&pool::TermsParams { fees: vec![], ..w.setup.terms_params(&w.cast) }).ok();
    w.lose(miner, &fil(200));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!((totals.miners.impaired, totals.miners.impaired_net), (fil(100), fil(0)));
    assert_eq!((totals.nav, totals.entry_nav), (fil(1_900), fil(2_000)));
    // At the price she would get 1,052 shares for her 1,000 FIL, and 52 FIL of the recovery.
    let mut purse = Purse::of(&w, &eve);
    let bought = purse.pays(w.deposit(&eve, fil(1_000))).answer::<pool::Deposit>().shares;
    assert_eq!(bought, fil(1_000));
    // A loss has healed once enough has vested; up to then nobody is paid.
    while !w.totals().miners.impaired.is_zero() {
        w.skip(10 * DAY);
        w.harvest(&keeper, miner).ok();
    }
    purse.pays(w.redeem(&eve, bought));
    assert_eq!(purse.gained(&w), fil(0), "not an attoFIL of the recovery");
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(100), "it was alice's");
}

/// The same in one epoch: whatever she does, she pays for the recovery and loses by leaving before it.
#[test]
fn entering_and_leaving_before_a_recovery_costs() {
    let (mut w, miner) = unbonded();
    let (eve, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(200));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    let mut purse = Purse::of(&w, &eve);
    purse.pays(w.deposit(&eve, fil(1_000)));
    purse.pays(w.redeem(&eve, fil(1_000)));
    // 1,000 of 3,000 shares of 2,900 FIL.
    let lost = fil(0) - purse.gained(&w);
    assert!(lost > fil(33) && lost < fil(34), "{lost}");
}

/// Sealing locks deposits for precommits; they are still there, so the price does not dip.
#[test]
fn entering_during_a_precommit_dip() {
    let (mut w, miner) = unbonded();
    let (eve, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.precommit(miner, &fil(900));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!((totals.nav.clone(), totals.miners.impaired.clone()), (fil(2_000), fil(0)));
    // Were they left out, 1,000 FIL would buy 1,818 shares now, worth 1,428 FIL once sealed.
    let mut purse = Purse::of(&w, &eve);
    let bought = purse.pays(w.deposit(&eve, fil(1_000))).answer::<pool::Deposit>().shares;
    assert_eq!(bought, fil(1_000));
    w.lever("the sectors are proved", |net| net.control().prove_commit(miner, fil(900), fil(900)));
    w.harvest(&keeper, miner).ok();
    purse.pays(w.redeem(&eve, bought));
    assert_eq!(purse.gained(&w), fil(0));
}

/// A loss has healed, and the last measurement still shows it: a deposit made at that price would buy the recovery.
#[test]
fn entering_at_the_price_of_a_loss_that_has_healed() {
    let (mut w, miner) = unbonded();
    let (eve, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.donate(&keeper, miner, fil(400)).ok();
    w.skip(100);
    assert_eq!(w.totals().nav, fil(1_600), "as far as anybody measured");
    let mut purse = Purse::of(&w, &eve);
    let bought = purse.pays(w.deposit(&eve, fil(800))).answer::<pool::Deposit>().shares;
    assert_eq!(bought, fil(800), "the deposit measures while anything is impaired: 1,000 shares are not to be had");
    purse.pays(w.redeem(&eve, bought));
    assert_eq!(purse.gained(&w), fil(0));
}

/// The first depositor holds a share of dust and donates, so that the next one's FIL buys nothing. Donations are nobody's.
#[test]
fn inflating_the_price_of_a_share() {
    let mut w = World::with(Setup::default());
    let (mallory, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&mallory, peggy_scenarios::micro_fil(1)).ok();
    w.redeem(&mallory, peggy_scenarios::micro_fil(1) - atto(1)).ok();
    w.donate(&mallory, w.wiring.pool, fil(10_000)).ok();
    w.donate(&mallory, w.wiring.owner_proxy, fil(10_000)).ok();
    w.sweep(&mallory).ok();
    let bought = w.deposit(&bob, fil(5)).answer::<pool::Deposit>().shares;
    assert_eq!(bought, fil(5));
    assert_eq!(w.redeem(&bob, bought).answer::<pool::Redeem>().amount, fil(5));
}
