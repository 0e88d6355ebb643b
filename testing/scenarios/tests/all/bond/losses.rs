//! Losses take the bond's shares before anybody else's, and are written off.

use fvm_shared::econ::TokenAmount;
use num_bigint::BigInt;
use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_math::Bps;
use peggy_scenarios::{atto, fil, Setup, World};

use super::bonded;

#[test]
fn a_loss_is_the_bonds_and_rewards_are_everybodys_at_once() {
    let (mut w, miner) = bonded();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(120));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!((w.bond().shares, totals.shares), (fil(380), fil(1_380)));
    assert_eq!((totals.nav.clone(), totals.miners.impaired.clone()), (fil(1_380), fil(0)), "written off for good");
    assert_eq!(w.miner_info(miner).principal, fil(1_380));
    w.return_principal(&w.cast.operator.clone(), miner, fil(100)).ok();
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(100), "alice lost nothing");
    // The next reward is shared out: nothing has to heal first.
    w.award(miner, &fil(40));
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward, fil(10));
    assert_eq!(w.bond().shares, fil(380), "and it does not pay the bond back");
}

/// Odd losses, one after the other: the price of all other shares stays 1 to the last attoFIL until the bond is gone.
#[test]
fn the_price_stays_one_until_the_bond_is_gone() {
    let (mut w, miner) = bonded();
    let keeper = w.cast.keeper.clone();
    let odd = TokenAmount::from_atto(47_619_047_619_047_619_047i128);
    for n in 1..=10i64 {
        w.lose(miner, &odd);
        w.harvest(&keeper, miner).ok();
        let totals = w.totals();
        assert_eq!(totals.nav, totals.shares.clone() + &totals.dead, "a price of exactly 1");
        assert_eq!(w.bond().shares, fil(500) - &odd * n);
    }
    // Some 23.8 are left; a loss of 47.6 takes them and half of it goes on to alice.
    let left = w.bond().shares;
    w.lose(miner, &odd);
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert!(w.bond().shares.is_zero());
    assert_eq!(totals.miners.impaired, &odd - &left);
    assert_eq!(totals.shares, fil(1_000));
    assert_eq!(totals.nav, fil(1_000) - (&odd - left));
}

#[test]
fn a_loss_larger_than_the_bond_takes_all_of_it_and_the_rest_of_everybody() {
    let (mut w, miner) = bonded();
    let keeper = w.cast.keeper.clone();
    w.lose(miner, &fil(800));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert!(w.bond().shares.is_zero() && w.bond().owners.is_empty());
    assert_eq!(
        (totals.shares.clone(), totals.nav.clone(), totals.miners.impaired.clone()),
        (fil(1_000), fil(700), fil(300))
    );
    assert_eq!(w.miner_info(miner).principal, fil(1_000), "500 are written off");
    // What is impaired heals before anybody is paid.
    w.award(miner, &fil(1_200));
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward.is_zero());
    assert_eq!(w.totals().nav, fil(1_000));
}

/// The bond bears what rewards still vesting could heal, too: they are everybody's then.
#[test]
fn a_loss_that_vesting_would_heal_is_borne_by_the_bond() {
    let (mut w, miner) = bonded();
    let (bob, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(300));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    // 100 were free and made good a part; 300 vest, and 200 are missing now.
    let totals = w.totals();
    assert_eq!((w.bond().shares, totals.miners.impaired.clone()), (fil(300), fil(0)));
    assert_eq!((totals.entry_nav, totals.nav.clone()), (totals.nav, fil(1_300)));
    assert_eq!(w.deposit(&bob, fil(10)).answer::<pool::Deposit>().shares, fil(10));
    w.skip(181 * DAY);
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward, fil(300));
    assert_eq!(w.bond().shares, fil(300));
}

#[test]
fn two_miners_share_one_bond() {
    let (mut w, first) = bonded();
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    let second = w.create_miner(&operator, fil(400)).answer::<proxy::CreateMiner>().miner;
    w.return_principal(&operator, first, fil(300)).ok();
    w.pledge(second, fil(300)).ok();
    let bond = w.bond().shares;
    w.lose(first, &fil(60));
    w.lose(second, &fil(90));
    w.sync(&keeper, 2).ok();
    assert_eq!((w.bond().shares, w.totals().miners.impaired), (bond - fil(150), fil(0)));
    assert_eq!(w.totals().nav, w.totals().shares);
}

/// What was lost before there was a bond is not the bond's.
#[test]
fn a_bond_bears_no_loss_from_before_it() {
    let (mut w, miner) = bonded();
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    w.lose(miner, &fil(800));
    w.harvest(&keeper, miner).ok();
    let shares = w.top_up_bond(&operator, fil(70)).answer::<pool::TopUpBond>().shares;
    assert_eq!(shares, fil(100), "at the price of everybody, 0.7");
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond().shares, w.totals().miners.impaired), (fil(100), fil(300)));
    // A further loss is: 35 FIL are 50 shares, and the price stays 0.7.
    w.lose(miner, &fil(35));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond().shares, w.totals().miners.impaired), (fil(50), fil(300)));
    let totals = w.totals();
    assert_eq!(totals.nav.atto() * BigInt::from(10), totals.shares.atto() * BigInt::from(7));
}

/// The message that tops the bond up may be the one that finds a loss: it finds it first. Found by a random sequence (seed 499529857).
#[test]
fn a_bond_bears_no_loss_that_its_own_message_finds() {
    let (mut w, miner) = bonded();
    let operator = w.cast.operator.clone();
    w.slash_all();
    w.lose(miner, &fil(100));
    assert!(w.totals().miners.impaired.is_zero(), "nobody measured yet");
    w.skip(DAY + 1);
    let shares = w.top_up_bond(&operator, fil(50)).answer::<pool::TopUpBond>().shares;
    let totals = w.totals();
    assert_eq!(totals.miners.impaired, fil(100), "the message measured");
    assert_eq!(w.bond().shares, shares);
    assert!(shares > fil(50), "at the price after the loss, {shares}");
}

#[test]
fn pledging_needs_a_bond_of_its_part() {
    let mut setup = Setup::default();
    setup.terms.min_bond_bps = Bps(2_000);
    let mut w = World::with(setup);
    let miner = w.vested_custody(fil(500));
    let (alice, operator) = (w.cast.alice.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(5_000)).ok();
    let idle = w.miner_info(miner).principal;
    // 500 FIL of bond are a fifth of 2,500.
    w.pledge(miner, fil(2_500) - &idle + atto(1)).refused(69, "the bond is worth");
    w.pledge(miner, fil(2_500) - &idle).ok();
    w.pledge(miner, fil(1)).refused(69, "the bond is worth");
    w.top_up_bond(&operator, fil(1)).ok();
    w.pledge(miner, fil(5)).ok();
    w.pledge(miner, atto(1)).refused(69, "the bond is worth");
    // After a loss it is too small for more, and nothing else is closed.
    w.lose(miner, &fil(100));
    w.harvest(&operator, miner).ok();
    w.top_up_bond(&operator, fil(50)).ok();
    w.pledge(miner, fil(1)).refused(69, "the bond is worth");
    w.redeem(&alice, fil(10)).ok();
    w.deposit(&alice, fil(10)).ok();
}

/// The bond earns for its owner, before and after a loss.
#[test]
fn bond_shares_earn_what_all_shares_earn() {
    let (mut w, miner) = bonded();
    let (operator, alice, keeper) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.keeper.clone());
    w.claim(&operator).ok();
    w.claim(&alice).ok();
    let earn = |w: &mut World| {
        w.award(miner, &fil(400));
        w.harvest(&keeper, miner).ok();
        w.skip(8 * DAY);
        let of = |w: &mut World, who| w.claim(who).answer::<pool::ClaimRewards>().paid;
        (of(w, &operator), of(w, &alice))
    };
    let in_ratio = |w: &World, bond: &TokenAmount, other: &TokenAmount| {
        let off = bond.atto() * fil(1_000).atto() - other.atto() * w.bond().shares.atto();
        off.magnitude() <= (fil(1_000).atto() * BigInt::from(8)).magnitude()
    };
    let (bond, other) = earn(&mut w);
    assert!(in_ratio(&w, &bond, &other) && bond > fil(20), "{bond} and {other}");
    // The fine takes what still vests with it.
    w.lose(miner, &fil(250));
    w.harvest(&keeper, miner).ok();
    w.claim(&operator).ok();
    w.claim(&alice).ok();
    let (bond, other) = earn(&mut w);
    assert!(w.bond().shares < fil(270));
    assert!(in_ratio(&w, &bond, &other) && bond > fil(10), "{bond} and {other}");
}
