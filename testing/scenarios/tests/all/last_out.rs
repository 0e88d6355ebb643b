//! The last holder leaves with all that is theirs: what came in has gone out, or is named.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::TermsParams;
use peggy_localnet::Key;
use peggy_scenarios::{fil, World};

use crate::exits::{gets, serve};

/// A bond of 500, alice's 600, bob's 400 and carol's 100, 1,400 of all of it with a miner that earns.
fn busy() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob, carol) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone());
    w.set_terms(&TermsParams { fees: vec![], ..w.setup.terms_params(&w.cast) }).ok();
    w.deposit(&alice, fil(600)).ok();
    w.deposit(&bob, fil(400)).ok();
    w.deposit(&carol, fil(100)).ok();
    let all = w.totals().liquid - fil(200);
    w.pledge(miner, all).ok();
    (w, miner)
}

/// All rewards there ever will be are harvested and released.
fn ripen(w: &mut World, miner: ActorID) {
    let keeper = w.cast.keeper.clone();
    w.skip(181 * DAY);
    w.harvest(&keeper, miner).ok();
    w.skip(31 * DAY);
}

/// Everybody exits by the queue and claims; answers what each got in all.
fn everybody_leaves(w: &mut World, miner: ActorID) -> Vec<TokenAmount> {
    let keeper = w.cast.keeper.clone();
    let holders: Vec<Key> = [&w.cast.alice, &w.cast.bob, &w.cast.carol].into_iter().cloned().collect();
    let tickets: Vec<u64> = holders.iter().map(|who| w.ticket(who, w.shares(who))).collect();
    w.harvest(&keeper, miner).ok();
    assert_eq!(serve(w).0, 3, "{:?}", w.exit_demand());
    let mut got = Vec::new();
    for (who, ticket) in holders.iter().zip(tickets) {
        got.push(gets(w, who, |w| w.claim_exit(who, ticket)) + gets(w, who, |w| w.claim(who)));
        assert!(w.shares(who).is_zero() && w.account(who).rewards.is_zero());
    }
    got
}

/// The bond goes last, with what it earned.
fn bond_leaves(w: &mut World, miner: ActorID) -> TokenAmount {
    let operator = w.cast.operator.clone();
    w.return_principal(&operator, miner, fil(1_000_000)).ok();
    let shares = w.bond_of(&operator);
    gets(w, &operator, |w| w.withdraw_bond(&operator, shares)) + gets(w, &operator, |w| w.claim(&operator))
}

/// Failure 4: without losses everybody gets what they brought and their part of the rewards, and the pool is empty.
#[test]
fn failure_04_everybody_leaves_with_all_that_is_theirs() {
    let (mut w, miner) = busy();
    w.award(miner, &fil(1_600));
    let cut = fil(1);
    ripen(&mut w, miner);
    let got = everybody_leaves(&mut w, miner);
    let bond = bond_leaves(&mut w, miner);
    // 1,599 FIL of rewards over 1,600 shares.
    for (amount, principal) in got.iter().zip([600, 400, 100]).chain([(&bond, 500)]) {
        let fair = TokenAmount::from_atto((fil(1_600) - &cut).atto() * principal / 1_600) + fil(principal);
        let off = (amount - &fair).atto().clone();
        // The index has 64 binary digits: with 1,600 shares it is short by less than 87 attoFIL.
        assert!(off <= 0.into() && off >= (-87).into(), "{amount} for {principal}, {fair} would be exact");
    }
    empty_but_for_dust(&w);
}

/// Failure 4: with a loss the bond bore, everybody else does as if nothing had happened.
#[test]
fn failure_04_everybody_leaves_after_a_loss_the_bond_bore() {
    let (mut w, miner) = busy();
    w.lose(miner, &fil(350));
    ripen(&mut w, miner);
    let got = everybody_leaves(&mut w, miner);
    assert_eq!(got, vec![fil(600), fil(400), fil(100)]);
    assert_eq!(bond_leaves(&mut w, miner), fil(150));
    empty_but_for_dust(&w);
}

/// Failure 4: with a loss beyond the bond, all lose alike, and the last one is not left with the shortfall.
#[test]
fn failure_04_everybody_leaves_after_a_loss_beyond_the_bond() {
    let (mut w, miner) = busy();
    // 1,600 before; 500 of the loss are the bond's, 550 of the rest are half of what is left.
    w.lose(miner, &fil(1_050));
    ripen(&mut w, miner);
    assert_eq!(w.totals().nav, fil(550));
    let got = everybody_leaves(&mut w, miner);
    assert_eq!(got, vec![fil(300), fil(200), fil(50)]);
    assert!(w.bond().owners.is_empty());
    let totals = w.totals();
    // What is impaired is nobody's claim any more; should it heal, the next one does not get it.
    assert_eq!((totals.shares, totals.liquid, totals.nav), (fil(0), fil(0), fil(0)));
    w.donate(&w.cast.stranger.clone(), miner, fil(600)).ok();
    let (keeper, dave) = (w.cast.keeper.clone(), w.cast.dave.clone());
    w.harvest(&keeper, miner).ok();
    w.deposit(&dave, fil(10)).ok();
    let ticket = w.ticket(&dave, fil(10));
    w.harvest(&keeper, miner).ok();
    assert_eq!(serve(&mut w), (1, fil(10)));
    // And a little of the reward of 50.
    let got = gets(&mut w, &dave, |w| w.claim_exit(&dave, ticket));
    assert!(got >= fil(10) && got < fil(11), "{got}");
}

/// Failure 4: the last holder's shares at an odd price, whole and in parts, at once and by the queue.
#[test]
fn failure_04_the_last_share_at_an_odd_price_gets_the_last_attofil() {
    let (mut w, miner) = busy();
    w.slash_all();
    let odd = TokenAmount::from_atto(777_777_777_777_777_777_777i128);
    w.lose(miner, &odd);
    let (alice, bob, carol) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone());
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    w.harvest(&keeper, miner).ok();
    w.redeem(&carol, fil(100)).ok();
    let ticket = w.ticket(&bob, fil(400));
    w.return_principal(&operator, miner, fil(10_000)).ok();
    serve(&mut w);
    w.claim_exit(&bob, ticket).ok();
    for part in [fil(1), fil(99), fil(333), fil(167)] {
        w.redeem(&alice, part).ok();
    }
    let totals = w.totals();
    assert!(totals.shares.is_zero() && totals.exits_owed.is_zero());
    // What is left backs the 500 dead shares at the same price, and the roundings.
    let fair = TokenAmount::from_atto((fil(1_600) - odd).atto() * 500 / 1_600);
    let off = (&totals.nav - fair).atto().clone();
    assert!(off >= 0.into() && off <= 10.into(), "{off} attoFIL more than what backs the dead");
}

/// Nothing is owed to anybody, nothing is left to release, and the pool has only attoFIL that belong to no account.
fn empty_but_for_dust(w: &World) {
    let totals = w.totals();
    assert!(totals.shares.is_zero() && totals.queued.is_zero() && totals.exits_owed.is_zero() && totals.dead.is_zero());
    assert!(totals.miners.principal.is_zero() && totals.liquid.is_zero() && totals.fees_owed.is_zero());
    let dust = w.balance(w.wiring.pool);
    assert!(dust <= TokenAmount::from_atto(100), "{dust} are left");
    assert_eq!(dust, totals.rewards_owed + totals.stream, "and they are named");
}

/// The miner itself is empty, too, and stays in custody for whoever comes next.
#[test]
fn after_the_last_one_another_begins_anew() {
    let (mut w, miner) = busy();
    ripen(&mut w, miner);
    everybody_leaves(&mut w, miner);
    bond_leaves(&mut w, miner);
    let (dave, operator) = (w.cast.dave.clone(), w.cast.operator.clone());
    w.deposit(&dave, fil(50)).ok();
    assert_eq!(w.shares(&dave), fil(50));
    w.pledge(miner, fil(50)).ok();
    w.award(miner, &fil(400));
    assert_eq!(w.harvest(&operator, miner).answer::<proxy::Harvest>().reward, fil(100));
    w.skip(8 * DAY);
    assert!(gets(&mut w, &dave, |w| w.claim(&dave)) > fil(98));
}
