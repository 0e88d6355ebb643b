//! A miner in custody that seals: deposits, pledges, terminations, faults and lost precommits by the worker's own messages, and
//! what they do to the price.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::{owner_proxy as proxy, pool};
use peggy_localnet::Network;
use peggy_official::sectors::CHALLENGE_DELAY;
use peggy_official::Provider;
use peggy_scenarios::{fil, World};

use crate::stage::{pledged, unbonded, Stage, DAY};

/// Price of a share as nominator and denominator.
fn price(w: &World) -> (TokenAmount, TokenAmount) {
    let totals = w.totals();
    (totals.nav, totals.shares + totals.dead)
}

fn same_price(before: &(TokenAmount, TokenAmount), w: &World) {
    let now = price(w);
    assert_eq!(before.0.atto() * now.1.atto(), now.0.atto() * before.1.atto(), "{before:?} became {now:?}");
}

fn provider(w: &World, miner: ActorID) -> Provider {
    Provider::new(miner, w.cast.worker.clone())
}

/// What the worker does, as a step of the world.
fn works(w: &mut World, name: &str, work: impl FnOnce(&mut Network) -> anyhow::Result<()>) {
    w.lever(name, work);
}

/// A miner in custody with ten sectors, and no bond that would bear its losses.
fn sealed() -> (World, ActorID, Provider) {
    let (mut w, miner) = unbonded();
    let provider = provider(&w, miner);
    works(&mut w, "ten sectors are sealed", |net| provider.commit(net, 0..10));
    (w, miner, provider)
}

#[test]
fn deposits_of_precommits_and_pledges_of_sectors_move_no_price() {
    let (mut w, miner) = pledged();
    let (keeper, alice) = (w.cast.keeper.clone(), w.cast.alice.clone());
    let provider = provider(&w, miner);
    w.harvest(&keeper, miner).ok();
    let before = price(&w);

    works(&mut w, "precommit", |net| provider.precommit(net, 0..10)?.ok().map(|_| ()));
    let deposits = w.seen.miners[&miner].money.deposits.clone();
    assert!(deposits.is_positive());
    w.harvest(&keeper, miner).ok();
    same_price(&before, &w);
    assert!(w.totals().miners.impaired.is_zero(), "a deposit is still the miner's");
    // Nobody could buy a dip: what a deposit buys is redeemed at what it cost.
    let shares = w.deposit(&alice, fil(10)).answer::<pool::Deposit>().shares;
    let back = w.redeem(&alice, shares).answer::<pool::Redeem>().amount;
    assert!(fil(10) - &back <= TokenAmount::from_atto(2), "{back}");

    w.skip(CHALLENGE_DELAY);
    works(&mut w, "prove", |net| provider.prove_commit(net, 0..10)?.ok().map(|_| ()));
    let money = w.seen.miners[&miner].money.clone();
    assert!(money.deposits.is_zero() && money.pledge.is_positive(), "{money:?}");
    w.harvest(&keeper, miner).ok();
    same_price(&before, &w);
    assert!(w.totals().miners.impaired.is_zero());
}

/// Pledged FIL is locked in sectors: rewards are paid out beside it, and nothing of it.
#[test]
fn rewards_of_a_miner_with_sectors_are_harvested_and_its_pledge_is_not() {
    let (mut w, miner, provider) = sealed();
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miner).ok();
    let pledge = w.seen.miners[&miner].money.pledge.clone();
    let mut harvested = TokenAmount::zero();
    for _ in 0..3 {
        w.make_block(miner, 4);
        let until = w.epoch() + DAY;
        works(&mut w, "a day of proofs", |net| provider.prove_until(net, until));
        harvested += w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward;
    }
    assert!(harvested > fil(20), "a quarter of three times 29 FIL, and what vested: {harvested}");
    let seen = &w.seen.miners[&miner];
    assert_eq!(seen.money.pledge, pledge, "all sectors are alive");
    assert_eq!(seen.money.backing(), seen.record.principal, "what is pledged stays");
    assert!(w.totals().miners.impaired.is_zero());
}

#[test]
fn a_termination_fee_is_a_loss_that_rewards_heal() {
    let (mut w, miner, provider) = sealed();
    let (keeper, alice) = (w.cast.keeper.clone(), w.cast.alice.clone());
    w.harvest(&keeper, miner).ok();
    let before = w.seen.miners[&miner].money.clone();
    works(&mut w, "five sectors are terminated", |net| provider.terminate(net, &[0, 1, 2, 3, 4])?.ok().map(|_| ()));
    let after = w.seen.miners[&miner].money.clone();
    assert!(after.pledge.is_positive() && after.pledge < before.pledge, "the pledge of five is released");
    assert!(!after.early_terminations, "a message's own terminations are processed in it");
    let fee = &before.balance - &after.balance;
    assert!(fee.is_positive(), "{fee}");

    // Vesting rewards pay first; there is next to nothing of them.
    let outcome = w.harvest(&keeper, miner).ok();
    assert!(outcome.events.iter().all(|e| e.kind != "miner-unsettled"));
    let totals = w.totals();
    let cushion = before.vesting();
    assert!(totals.miners.impaired <= fee && totals.miners.impaired >= &fee - &cushion, "{totals:?}");
    assert!(totals.miners.impaired.is_positive() && totals.nav < &totals.liquid + &totals.miners.principal);
    let got = w.redeem(&alice, fil(10)).answer::<pool::Redeem>().amount;
    assert!(got < fil(10), "who leaves now bears the loss: {got}");

    w.make_block(miner, 4);
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired.is_zero() && w.totals().stream.is_positive(), "{:?}", w.totals());
}

/// Proofs that don't come: sectors become faulty, and every further day costs a fee.
#[test]
fn missed_proofs_cost_fees_and_the_worker_recovers_the_sectors() {
    let (mut w, miner, provider) = sealed();
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miner).ok();
    let before = w.seen.miners[&miner].money.clone();
    w.skip(3 * DAY);
    let faulty = (0..10).filter(|number| provider.is_faulty(&w.net, *number).unwrap()).count();
    assert_eq!(faulty, 10);
    let after = w.seen.miners[&miner].money.clone();
    assert_eq!(after.pledge, before.pledge, "faulty sectors keep their pledge");
    let fee = &before.balance - &after.balance + &after.debt;
    assert!(fee.is_positive(), "{after:?}");
    w.harvest(&keeper, miner).ok();
    let impaired = w.totals().miners.impaired;
    assert!(impaired.is_positive() && impaired <= fee, "{impaired} of {fee}");
    w.pledge(miner, fil(1)).ok();

    // Recovered: no fee from the next proof on.
    let numbers: Vec<u64> = (0..10).collect();
    for number in numbers {
        works(&mut w, "recovery", |net| provider.declare_recovered(net, &[number])?.ok().map(|_| ()));
    }
    let until = w.epoch() + 2 * DAY;
    works(&mut w, "two days of proofs", |net| provider.prove_until(net, until));
    let faulty = (0..10).filter(|number| provider.is_faulty(&w.net, *number).unwrap()).count();
    assert_eq!(faulty, 0);
    let healthy = w.seen.miners[&miner].money.clone();
    let until = w.epoch() + DAY;
    works(&mut w, "a day of proofs", |net| provider.prove_until(net, until));
    // Proved sectors pay the network's small daily fee (FIP-0100) once nothing vests that it could be taken from; a fault's is far more.
    let daily = &healthy.balance - &w.seen.miners[&miner].money.balance;
    assert!(!daily.is_negative() && &daily * 1_000 < fee, "{daily} a day after faults that cost {fee}");
    w.make_block(miner, 100);
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired < impaired);
}

/// A worker that is changed loses the miner at once, and the new one can go on.
#[test]
fn the_new_worker_seals_and_the_old_one_can_not() {
    let (mut w, miner, provider) = sealed();
    let (operator, spare) = (w.cast.operator.clone(), w.cast.spare_worker.clone());
    w.skip(901);
    w.change_worker(&operator, miner, spare.address(), vec![]).ok();
    w.skip(900);
    w.confirm_worker(&operator, miner).ok();
    let new = Provider::new(miner, spare);
    let mut refused = None;
    works(&mut w, "the old worker tries", |net| {
        refused = Some(provider.precommit(net, 10..12)?.exit_code().value());
        Ok(())
    });
    assert_eq!(refused, Some(18));
    works(&mut w, "the new worker precommits", |net| new.precommit(net, 10..12)?.ok().map(|_| ()));
    assert!(w.seen.miners[&miner].money.deposits.is_positive());
}

/// A precommit that is never proved: its deposit is burnt a month later, and that is a loss like any other. Other sectors are proved all
/// the while: where the network's power is estimated at zero, official miners are fined for faults they don't have.
#[test]
fn the_deposit_of_a_precommit_that_is_never_proved_is_a_loss() {
    let (mut w, miner, provider) = sealed();
    let keeper = w.cast.keeper.clone();
    works(&mut w, "ten more are precommitted", |net| provider.precommit(net, 10..20)?.ok().map(|_| ()));
    w.harvest(&keeper, miner).ok();
    let before = w.seen.miners[&miner].money.clone();
    assert!(before.deposits.is_positive() && w.totals().miners.impaired.is_zero());
    let until = w.epoch() + 32 * DAY;
    works(&mut w, "a month of proofs", |net| provider.prove_until(net, until));
    let after = w.seen.miners[&miner].money.clone();
    assert_eq!((&after.pledge, after.deposits), (&before.pledge, TokenAmount::zero()));
    // Sectors that are proved cost a small daily fee.
    let lost = before.balance - after.balance;
    assert!(lost >= before.deposits && lost < &before.deposits + fil(1), "{lost} of {}", before.deposits);
    w.harvest(&keeper, miner).ok();
    let impaired = w.totals().miners.impaired;
    assert!(impaired.is_positive() && impaired <= lost, "{impaired} of {lost}");
    w.make_block(miner, 400);
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired.is_zero() && w.totals().stream.is_positive(), "{:?}", w.totals());
}
