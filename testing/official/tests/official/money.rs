//! The main job on the official actors: rewards by the real reward actor vest, are harvested and shared out; fines become losses
//! and heal.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::{owner_proxy as proxy, pool};
use peggy_scenarios::{fil, stories};

use crate::stage::{lose, pledged, unbonded, world, Stage, DAY};

#[test]
fn deposits_are_pledged_and_thirty_days_of_rewards_shared_out() {
    let mut w = world();
    let miner = w.custody(fil(1_000));
    let keeper = w.cast.keeper.clone();
    stories::deposits_are_pledged(&mut w, miner);
    assert_eq!(w.seen.miners[&miner].money.balance, fil(5_000), "pledged FIL arrived in the miner");

    let keeper_before = w.balance(w.id(&keeper));
    let (mut reward, mut earned) = (TokenAmount::zero(), TokenAmount::zero());
    for day in 1..=30 {
        earned += w.make_block(miner, 2);
        w.skip(DAY - 1);
        if day % 5 == 0 {
            let outcome = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
            assert!(outcome.reward.is_positive(), "day {day} brought nothing");
            reward += outcome.reward;
        }
    }
    assert!(w.balance(w.id(&keeper)) > keeper_before, "keeping pays, gas included");
    assert!(reward > earned.div_floor(4) && reward < earned, "a quarter at once, the rest vests: {reward} of {earned}");

    // All is released once no more comes for a while.
    w.skip(8 * DAY);
    stories::rewards_are_shared_out(&mut w);
}

/// A quarter of a reward is free at once; the rest vests over 180 days, in steps of a day's 180th.
#[test]
fn three_quarters_of_a_reward_vest_day_by_day() {
    let (mut w, miner) = pledged();
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miner).ok();
    let legacy = w.seen.miners[&miner].money.vesting();
    let reward = w.make_block(miner, 40);
    let locked = (&reward * 75u32).div_floor(100u32);
    assert_eq!(w.seen.miners[&miner].money.vesting() - &legacy, locked);
    let at_once = w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward;
    assert_eq!(at_once, &reward - &locked);

    let mut vested = TokenAmount::zero();
    for day in 1..=12i64 {
        w.skip(DAY);
        vested += w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward;
        // The first step is due between half a day and a day and a half after the reward, for all miners at the same hours.
        let (least, most) = ((&locked * (day - 2)).div_floor(180), (&locked * (day + 2)).div_floor(180) + &legacy);
        assert!(vested >= least && vested <= most, "{vested} after {day} days of {locked}");
    }
    assert_eq!(
        w.seen.miners[&miner].money.vesting() + &vested,
        locked + legacy,
        "what vests is what is not locked any more"
    );
}

#[test]
fn a_fine_is_taken_from_unvested_rewards_first() {
    let (mut w, miner) = pledged();
    let keeper = w.cast.keeper.clone();
    let reward = w.make_block(miner, 40);
    w.harvest(&keeper, miner).ok();
    let before = w.seen.miners[&miner].money.clone();
    w.make_bad_block(miner, &reward.div_floor(6));
    let after = &w.seen.miners[&miner].money;
    assert!(after.vesting() < before.vesting(), "half a reward's worth of fine shows");
    assert!(after.backing() >= before.backing() && after.debt.is_zero());
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired.is_zero() && w.totals().nav == w.totals().entry_nav);
}

#[test]
fn a_fine_impairs_and_rewards_heal_before_anybody_is_paid() {
    let (mut w, miner) = unbonded();
    let (bob, keeper) = (w.cast.bob.clone(), w.cast.keeper.clone());
    let loss = lose(&mut w, miner, &fil(200));
    assert!(loss > fil(190) && loss < fil(210), "{loss}");
    assert!(w.totals().miners.impaired.is_zero(), "nobody measured yet");
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!((&totals.miners.impaired, &totals.miners.impaired_net), (&loss, &loss));
    assert_eq!(totals.nav, &totals.liquid + &totals.miners.principal - &loss);

    // A quarter of the reward is free at once and heals; the rest vests, and entrants pay for it already.
    let reward = w.make_block(miner, 100);
    let outcome = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
    assert!(outcome.reward.is_zero(), "the loss comes first");
    let totals = w.totals();
    let free = &reward - (&reward * 75u32).div_floor(100u32);
    assert_eq!((totals.miners.impaired.clone(), totals.miners.impaired_net.clone()), (&loss - free, fil(0)));
    let priced = &totals.shares + &totals.dead;
    let bought = w.deposit(&bob, fil(100)).answer::<pool::Deposit>().shares;
    let expected = (fil(100).atto() * priced.atto()) / totals.entry_nav.atto();
    assert_eq!(bought.atto(), &expected, "the entry price counts what will heal");
    let back = w.redeem(&bob, bought).answer::<pool::Redeem>().amount;
    assert!(back < fil(100), "buying in just before a loss heals does not pay: {back}");

    // Three FIL a day vest. Once the loss is made good, and not before, there is something to share out.
    let mut days = 0;
    while w.totals().miners.impaired.is_positive() {
        assert!(w.totals().stream.is_zero(), "nobody is paid before");
        w.skip(DAY);
        w.harvest(&keeper, miner).ok();
        days += 1;
        assert!(days < 12, "{:?}", w.totals());
    }
    w.skip(DAY);
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward.is_positive());
    assert_eq!(w.totals().nav, w.totals().entry_nav);
}

#[test]
fn a_loss_can_not_be_run_from() {
    let (w, miner) = unbonded();
    stories::a_loss_can_not_be_run_from(w, miner, |w, miner| lose(w, miner, &fil(300)));
}

#[test]
fn debt_is_repaid_by_anybodys_message_and_no_fil_is_pledged_into_it() {
    let (mut w, miner) = unbonded();
    let (bob, stranger) = (w.cast.bob.clone(), w.cast.stranger.clone());
    w.make_bad_block(miner, &fil(3_000));
    let debt = w.seen.miners[&miner].money.debt.clone();
    assert!(debt > fil(7_000), "{debt}");
    w.pledge(miner, fil(10)).refused(53, "owes");
    w.repay_debt(&stranger, miner).ok();
    assert_eq!(w.seen.miners[&miner].money.debt, debt, "there is nothing to pay with");

    // All of the miner is gone, so what is left is what was never pledged.
    w.harvest(&bob, miner).ok();
    let totals = w.totals();
    assert_eq!(totals.nav, totals.liquid);

    // A part, and then all of it.
    w.donate(&bob, miner, fil(1_000)).ok();
    w.repay_debt(&stranger, miner).ok();
    assert_eq!(w.seen.miners[&miner].money.debt, &debt - fil(1_000));
    let burnt = w.balance(99);
    w.donate(&bob, miner, &debt + fil(2_000)).ok();
    w.repay_debt(&stranger, miner).ok();
    assert!(w.seen.miners[&miner].money.debt.is_zero());
    assert!(w.balance(99) >= burnt + debt - fil(1_000), "debt is burnt");
    w.harvest(&bob, miner).ok();
    assert!(w.totals().miners.impaired.is_zero() && w.totals().stream.is_positive(), "{:?}", w.totals());
    w.deposit(&bob, fil(1)).ok();
    w.pledge(miner, fil(10)).ok();
}

#[test]
fn a_total_loss_closes_deposits_and_nothing_else() {
    stories::a_total_loss(world(), |w, miner| w.make_bad_block(miner, &fil(2_000)));
}

#[test]
fn what_vests_from_before_custody_joins_the_bond_without_fees() {
    let mut w = world();
    let miner = w.create_owned_miner(fil(500));
    w.make_block(miner, 40);
    let (alice, keeper, operator) = (w.cast.alice.clone(), w.cast.keeper.clone(), w.cast.operator.clone());
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, miner).ok();
    w.deposit(&alice, fil(100)).ok();
    let legacy = w.miner_info(miner).legacy_vesting;
    assert!(legacy > fil(200), "{legacy}");
    let (bond, paid) = (w.bond().shares, w.balance(w.id(&keeper)));
    w.skip(12 * DAY);
    let outcome = w.harvest(&keeper, miner).ok();
    let grown = w.bond().shares - bond;
    assert!(grown > (&legacy * 10u32).div_floor(180u32) && grown < legacy, "{grown} of {legacy} in twelve days");
    assert_eq!(w.miner_info(miner).legacy_vesting, &legacy - &grown);
    assert_eq!(w.balance(w.id(&keeper)) + outcome.gas_cost, paid, "no cut of what was the operator's");
    assert!(w.totals().fees_owed.is_zero() && w.totals().stream.is_zero(), "no fees of it");
}

#[test]
fn failure_01_fil_sent_to_a_miner_moves_no_price() {
    let (mut w, miner) = pledged();
    let (bob, stranger) = (w.cast.bob.clone(), w.cast.stranger.clone());
    let totals = w.totals();
    w.donate(&stranger, miner, fil(300)).ok();
    assert_eq!(w.totals().nav, totals.nav);
    // It is a reward, like any FIL there beyond the principal.
    assert_eq!(w.harvest(&stranger, miner).answer::<proxy::Harvest>().reward, fil(300));
    // Its first part makes up for what still vests from before custody, at the price.
    assert_eq!(w.totals().nav - &totals.nav, w.totals().shares - &totals.shares);
    let shares = w.deposit(&bob, fil(5)).answer::<pool::Deposit>().shares;
    assert_eq!(w.redeem(&bob, shares).answer::<pool::Redeem>().amount, fil(5));
}

#[test]
fn a_deposit_with_an_old_measurement_has_every_miner_measured_first() {
    let (mut w, first) = pledged();
    let (bob, operator) = (w.cast.bob.clone(), w.cast.operator.clone());
    let second = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>().miner;
    w.make_block(first, 40);
    w.make_block(second, 40);
    w.skip(DAY + 1);
    w.deposit(&bob, fil(10)).ok();
    let now = w.epoch();
    for miner in [first, second] {
        assert_eq!(w.miner_info(miner).measured_at, now, "f0{miner}");
    }
    assert!(w.totals().stream.is_positive());
    assert_eq!(w.sync(&bob, 32).answer::<proxy::Sync>().measured, 2);
}

/// Early terminations that are not processed yet: official miners answer 18 to every withdrawal. By messages this lasts longer
/// than one message only with more than 25,000 sectors, so the miner's own flag is written by hand; the answer is its own.
#[test]
fn failure_22_early_terminations_hold_a_withdrawal_back() {
    let (mut w, miner) = pledged();
    let (keeper, alice, dave) = (w.cast.keeper.clone(), w.cast.alice.clone(), w.cast.dave.clone());
    let reward = w.make_block(miner, 4);
    let free = &reward - (&reward * 75u32).div_floor(100u32);
    w.flag_early_terminations(miner, true);
    let outcome = w.harvest(&keeper, miner).ok();
    assert!(outcome.events.iter().any(|e| e.kind == "miner-unsettled"), "{:?}", outcome.events);
    assert!(outcome.answer::<proxy::Harvest>().reward.is_zero());
    w.deposit(&alice, fil(5)).refused(67, "can't be measured");
    w.redeem(&alice, fil(5)).refused(67, "can't be measured");
    w.pledge(miner, fil(5)).refused(48, "can't be measured");
    w.claim(&alice).ok();
    w.transfer(&alice, dave.address(), fil(5)).ok();
    w.flag_early_terminations(miner, false);
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward >= free);
    assert_eq!(w.miner_info(miner).unsettled_since, None);
    w.deposit(&alice, fil(5)).ok();
}
