//! Whose bond it is: top-ups, several owners after changes of operator, slashing.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_localnet::KeyKind;
use peggy_scenarios::{atto, fil, World};

use super::bonded;

#[test]
fn the_operator_alone_tops_up_at_the_entry_price() {
    let (mut w, _) = bonded();
    let (operator, alice, stranger) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.stranger.clone());
    for other in [&alice, &stranger] {
        w.top_up_bond(other, fil(10)).refused(18, "the operator");
    }
    w.top_up_bond(&operator, fil(0)).refused(64, "nothing");
    w.top_up_bond_min(&operator, fil(10), fil(10) + atto(1)).refused(65, "less than");
    let liquid = w.totals().liquid;
    assert_eq!(w.top_up_bond_min(&operator, fil(10), fil(10)).answer::<pool::TopUpBond>().shares, fil(10));
    assert_eq!((w.bond_of(&operator), w.totals().liquid - liquid), (fil(510), fil(10)));
    assert!(w.shares(&operator).is_zero(), "bond shares are no shares of an account");
    w.transfer(&operator, alice.address(), fil(1)).refused(19, "fewer than");
    w.redeem(&operator, fil(1)).refused(19, "fewer than");
    w.request_exit(&operator, fil(1)).refused(19, "fewer than");
    w.burn(&operator, fil(1)).refused(19, "fewer than");
}

/// When an owner's part can be withdrawn is the mean over what came when, by shares, rounded up.
#[test]
fn what_is_topped_up_is_locked_for_a_period_by_its_weight() {
    let mut w = World::new();
    let operator = w.cast.operator.clone();
    let period = w.setup.terms.bond_period;
    let unlock = |w: &World| w.bond().owners[0].unlock_at;
    w.top_up_bond(&operator, fil(100)).ok();
    let first = w.epoch() + period;
    assert_eq!(unlock(&w), first);
    w.skip(30 * DAY);
    w.top_up_bond(&operator, fil(100)).ok();
    let second = w.epoch() + period;
    assert_eq!(unlock(&w), (first + second + 1) / 2);
    // A little does not lock everything anew, and is not forgotten.
    let before = unlock(&w);
    w.skip(60 * DAY);
    w.top_up_bond(&operator, atto(1)).ok();
    assert_eq!(unlock(&w), before + 1);
    w.skip(DAY);
    w.top_up_bond(&operator, fil(200)).ok();
    let third = w.epoch() + period;
    assert!((unlock(&w) - (before + 1 + third) / 2).abs() <= 1);
}

#[test]
fn the_present_operators_part_bears_first_after_a_change() {
    let (mut w, miner) = bonded();
    let (first, second, keeper) = (w.cast.operator.clone(), w.cast.dave.clone(), w.cast.keeper.clone());
    w.set_operator(second.address()).ok();
    w.top_up_bond(&first, fil(1)).refused(18, "the operator");
    w.top_up_bond(&second, fil(100)).ok();
    assert_eq!((w.bond_of(&first), w.bond_of(&second)), (fil(500), fil(100)));
    w.lose(miner, &fil(30));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond_of(&first), w.bond_of(&second)), (fil(500), fil(70)));
    w.lose(miner, &fil(100));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond_of(&first), w.bond_of(&second)), (fil(470), fil(0)), "then the others'");
    // The first is back, and bears first again.
    w.set_operator(first.address()).ok();
    w.top_up_bond(&first, fil(30)).ok();
    w.lose(miner, &fil(40));
    w.harvest(&keeper, miner).ok();
    assert_eq!(w.bond_of(&first), fil(460));
    assert_eq!(w.totals().nav, w.totals().shares);
}

#[test]
fn eight_owners_there_can_be_and_each_keeps_its_own() {
    let mut w = World::new();
    let mut operators = vec![w.cast.operator.clone()];
    for _ in 0..8 {
        operators.push(w.net.create_account(KeyKind::Secp256k1, fil(1_000)).expect("an account"));
    }
    for operator in &operators[..8] {
        w.set_operator(operator.address()).ok();
        w.top_up_bond(operator, fil(10)).ok();
    }
    w.set_operator(operators[8].address()).ok();
    w.top_up_bond(&operators[8], fil(10)).refused(73, "8 owners");
    assert_eq!((w.bond().shares, w.bond().owners.len()), (fil(80), 8));
    // Once one is gone there is room.
    w.slash_bond(&operators[3], fil(10)).ok();
    w.top_up_bond(&operators[8], fil(5)).ok();
    assert_eq!((w.bond_of(&operators[3]), w.bond_of(&operators[8])), (fil(0), fil(5)));
    assert_eq!(w.bond().shares, fil(75));
}

#[test]
fn slashing_punishes_and_moves_no_price() {
    let (mut w, miner) = bonded();
    let (operator, alice, stranger) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.stranger.clone());
    let request = pool::SlashBondParams { owner: operator.address(), shares: fil(1) };
    for other in [&operator, &alice] {
        w.call::<pool::SlashBond>(other, w.wiring.pool, &request, TokenAmount::zero()).refused(18, "governance");
    }
    w.slash_bond(&stranger, fil(1)).refused(17, "no part in the bond");
    w.slash_bond(&operator, fil(501)).refused(19, "fewer than");
    w.slash_bond(&operator, fil(0)).refused(64, "nothing");
    let before = w.totals();
    w.slash_bond(&operator, fil(200)).ok();
    let after = w.totals();
    assert_eq!((w.bond().shares, after.dead.clone(), after.shares.clone()), (fil(300), fil(200), fil(1_300)));
    assert_eq!((after.nav, &after.shares + &after.dead), (before.nav, &before.shares + &before.dead));
    // What it earned before stays its owner's; alice's part of what comes grows, for the dead earn nothing.
    let keeper = w.cast.keeper.clone();
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let (bond, other) = (w.account(&operator).rewards, w.account(&alice).rewards);
    assert!(bond.is_positive() && other > &bond * 3u32);
}

/// Neither the bond's shares nor those that wait to leave vote.
#[test]
fn the_bond_and_the_queue_have_no_votes() {
    let (mut w, _) = bonded();
    let (alice, bob, operator) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.operator.clone());
    w.ticket(&alice, fil(300));
    w.skip(1);
    w.deposit(&bob, fil(5)).ok();
    let previous = &w.seen.pool.state.previous;
    assert_eq!((previous.epoch, previous.supply.clone()), (w.epoch(), fil(700)));
    assert!(!w.seen.pool.accounts.contains_key(&w.id(&operator)) || w.shares(&operator).is_zero());
    assert!(w.shares(&alice) == fil(700));
}
