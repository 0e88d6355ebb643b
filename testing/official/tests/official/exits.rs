//! Leaving, and losing money, on the official actors: principal comes home from the real miner, the bond bears real fines.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool;
use peggy_localnet::Key;
use peggy_official::Provider;
use peggy_scenarios::{fil, Outcome, World};

use crate::stage::{lose, pledged, unbonded, Stage, DAY};

/// What somebody got by a message, gas left out.
fn gets(w: &mut World, who: &Key, act: impl FnOnce(&mut World) -> Outcome) -> TokenAmount {
    let id = w.id(who);
    let before = w.balance(id);
    let outcome = act(w).ok();
    w.balance(id) + outcome.gas_cost - before
}

fn serve(w: &mut World) -> (u32, TokenAmount) {
    let keeper = w.cast.keeper.clone();
    let done = w.finalize_exits(&keeper, 100).answer::<pool::FinalizeExits>();
    (done.finalized, done.amount)
}

fn exact_price_of_one(w: &World) {
    let totals = w.totals();
    assert_eq!(totals.nav, totals.shares + totals.dead);
}

/// Alice has 2,000, of which 1,000 are with the miner, idle: it brings home what the queue needs, by an official withdrawal.
#[test]
fn idle_principal_of_an_official_miner_serves_the_queue() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let (first, second) = (w.ticket(&alice, fil(1_000)), w.ticket(&alice, fil(300)));
    let liquid = w.totals().liquid;
    let home = w.harvest(&keeper, miner).answer::<proxy::Harvest>().home;
    assert_eq!(home, fil(1_300) - liquid);
    assert_eq!(serve(&mut w), (2, fil(1_300)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, second)), fil(300));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, first)), fil(1_000));
    exact_price_of_one(&w);
    // And by ReturnPrincipal, as much as there is.
    let operator = w.cast.operator.clone();
    w.return_principal(&operator, miner, fil(100)).ok();
    assert_eq!(w.totals().liquid, fil(100));
}

/// A fine of an official miner is taken from vesting rewards first, then from what backs shares: the bond bears that, and the price of
/// all other shares does not move.
#[test]
fn the_bond_bears_a_fine_of_an_official_miner() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.harvest(&keeper, miner).ok();
    let (bond, principal) = (w.bond().shares, w.miner_info(miner).principal);
    assert!(bond > fil(100), "{bond}");
    let loss = lose(&mut w, miner, &fil(50));
    assert!(loss > fil(40) && loss < fil(60), "{loss}");
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond().shares, w.miner_info(miner).principal), (&bond - &loss, &principal - &loss));
    assert!(w.totals().miners.impaired.is_zero());
    exact_price_of_one(&w);
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(100));
    // The next reward is everybody's.
    w.make_block(miner, 4);
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward.is_positive());
    assert_eq!(w.bond().shares, bond - loss);
}

/// A loss nobody measured yet is found by the message that pays exits.
#[test]
fn exits_from_an_official_miner_are_paid_after_its_fine() {
    let (mut w, miner) = unbonded();
    let alice = w.cast.alice.clone();
    let fair = w.totals();
    let ticket = w.ticket(&alice, fil(100));
    let loss = lose(&mut w, miner, &fil(300));
    let (finished, paid) = serve(&mut w);
    let expected = (fil(100).atto() * (&fair.nav - &loss).atto()) / (&fair.shares + &fair.dead).atto();
    assert_eq!((finished, paid.atto()), (1, &expected));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), paid);
    // Beyond the bond it is everybody's until governance says it is lost for good.
    let before = w.totals();
    assert_eq!(w.write_off(miner).answer::<proxy::WriteOff>().written_off, before.miners.impaired_net);
    assert_eq!((w.totals().nav, w.totals().shares), (before.nav, before.shares));
}

/// Failure 22: official miners answer 18 to withdrawals while early terminations are pending; the queue waits for a day.
#[test]
fn failure_22_the_queue_waits_a_day_for_pending_terminations() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let ticket = w.ticket(&alice, fil(100));
    w.flag_early_terminations(miner, true);
    w.harvest(&keeper, miner).ok();
    w.finalize_exits(&keeper, 1).refused(67, "can't be measured");
    w.skip(DAY);
    assert_eq!(serve(&mut w), (1, fil(100)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(100));
}

/// Terminated sectors free their pledge, less a fee, which on a network of so little power can be all of it. What is left comes home.
#[test]
fn what_terminated_sectors_of_an_official_miner_free_serves_the_queue() {
    let (mut w, miner, provider) = sealed(60);
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let pledge = w.seen.miners[&miner].money.pledge.clone();
    let wanted = w.shares(&alice);
    let ticket = w.ticket(&alice, wanted);
    w.harvest(&keeper, miner).ok();
    serve(&mut w);
    let missing = w.exit_demand().unmet;
    assert!(missing.is_positive(), "some of it is locked in sectors");
    let numbers: Vec<u64> = (0..30).collect();
    w.lever("thirty sectors are terminated", |net| provider.terminate(net, &numbers)?.ok().map(|_| ()));
    let money = w.seen.miners[&miner].money.clone();
    assert!(money.pledge < pledge && !money.early_terminations);
    let home = w.harvest(&keeper, miner).answer::<proxy::Harvest>().home;
    assert_eq!(home, money.free().min(missing));
    // The fee is a loss: the bond's, and beyond it everybody's, whoever waits included.
    let (_, paid) = serve(&mut w);
    assert_eq!(w.exit_demand().exits_owed, w.find_ticket(ticket).unwrap().owed);
    assert!(paid <= home);
}

/// A miner with sectors, and hardly more idle in it than alice holds: a fine has taken most of the bond.
fn sealed(sectors: u64) -> (World, ActorID, Provider) {
    let (mut w, miner) = pledged();
    let (liquid, keeper) = (w.totals().liquid, w.cast.keeper.clone());
    w.pledge(miner, liquid).ok();
    let most = w.bond().shares - fil(20);
    lose(&mut w, miner, &most);
    w.harvest(&keeper, miner).ok();
    assert!(w.bond().shares > fil(10) && w.bond().shares < fil(30), "{}", w.bond().shares);
    let provider = Provider::new(miner, w.cast.worker.clone());
    w.lever("sectors are sealed", |net| provider.commit_at_once_for(net, 0..sectors, 181 * DAY)?.ok().map(|_| ()));
    (w, miner, provider)
}

/// Half a year of proofs; the sectors expire, everybody leaves, and the bond last: every attoFIL is out or named.
#[test]
fn failure_04_everybody_leaves_when_the_sectors_of_an_official_miner_expire() {
    let (mut w, miner, provider) = sealed(60);
    let (alice, operator, keeper) = (w.cast.alice.clone(), w.cast.operator.clone(), w.cast.keeper.clone());
    let locked = w.seen.miners[&miner].money.pledge.clone();
    let ticket = w.ticket(&alice, w.shares(&alice));
    w.harvest(&keeper, miner).ok();
    serve(&mut w);
    assert!(w.find_ticket(ticket).unwrap().shares.is_positive(), "some of it is locked in sectors: {locked}");
    let until = w.epoch() + 183 * DAY;
    w.lever("half a year of proofs", |net| provider.prove_until(net, until));
    assert!(w.seen.miners[&miner].money.pledge.is_zero(), "all have expired");
    w.harvest(&keeper, miner).ok();
    serve(&mut w);
    let due = w.find_ticket(ticket).unwrap();
    assert!(due.shares.is_zero(), "{:?}", w.exit_demand());
    gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket));
    w.claim(&alice).ok();
    // Daily fees were losses, and the bond bore them.
    exact_price_of_one(&w);
    w.return_principal(&operator, miner, fil(1_000_000)).ok();
    let bond = w.bond_of(&operator);
    assert_eq!(gets(&mut w, &operator, |w| w.withdraw_bond(&operator, bond.clone())), bond);
    let totals = w.totals();
    assert!(totals.shares.is_zero() && totals.nav.is_zero() && totals.exits_owed.is_zero());
}
