//! Moving the price.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool;
use peggy_scenarios::fil;

use super::{unbonded, Purse};

/// Mallory burns half of her shares, so that the other half should be worth more: burnt shares stay in the price.
#[test]
fn burning_shares_moves_no_price() {
    let (mut w, _) = unbonded();
    let (mallory, helper) = (w.cast.bob.clone(), w.cast.dave.clone());
    let mut purse = Purse::of(&w, &mallory);
    purse.pays(w.deposit(&mallory, fil(400)));
    w.transfer(&mallory, helper.address(), fil(200)).ok();
    let before = w.totals();
    w.burn(&helper, fil(200)).ok();
    let after = w.totals();
    assert_eq!((&after.nav, &after.shares + &after.dead), (&before.nav, &before.shares + &before.dead));
    // Were they forgotten, her 200 would be worth 218 FIL.
    let got = w.redeem(&mallory, fil(200)).answer::<pool::Redeem>().amount;
    assert_eq!(got, fil(200));
    // Nor does it make anybody's entry dearer or cheaper.
    assert_eq!(w.deposit(&helper, fil(10)).answer::<pool::Deposit>().shares, fil(10));
}

/// The same in the queue: tickets of others are worth what they were.
#[test]
fn burning_does_not_touch_the_queue() {
    let (mut w, miner) = unbonded();
    let (alice, mallory, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&mallory, fil(400)).ok();
    let ticket = w.ticket(&alice, fil(300));
    w.lose(miner, &fil(240));
    w.harvest(&keeper, miner).ok();
    let demand = w.exit_demand().demand;
    w.burn(&mallory, fil(399)).ok();
    assert_eq!((w.exit_demand().demand, demand), (fil(270), fil(270)));
    w.finalize_exits(&keeper, 1).ok();
    let mut purse = Purse::of(&w, &alice);
    purse.pays(w.claim_exit(&alice, ticket));
    assert_eq!(purse.gained(&w), fil(270));
}

/// FIL sent to pool, proxy or miner is no part of the price before it is a reward, which is released over days.
#[test]
fn donating_moves_no_price() {
    let (mut w, miner) = unbonded();
    let (alice, mallory) = (w.cast.alice.clone(), w.cast.bob.clone());
    let mut purse = Purse::of(&w, &mallory);
    purse.pays(w.deposit(&mallory, fil(1_000)));
    for to in [w.wiring.pool, w.wiring.owner_proxy, miner] {
        purse.pays(w.donate(&mallory, to, fil(100)));
    }
    w.sweep(&alice).ok();
    purse.pays(w.redeem(&mallory, fil(1_000)));
    w.claim(&mallory).ok();
    let lost: TokenAmount = fil(0) - purse.gained(&w);
    assert!(lost > fil(299), "gifts are gifts: {lost} of 300");
}
