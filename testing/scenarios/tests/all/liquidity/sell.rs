//! Sales and purchases.

use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::{BuyShares, Recycle};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::{frc46, pool};
use peggy_scenarios::{atto, fil, World};
use test_forwarder::{ConfigureParams, Script, CONFIGURE, RECEIVE};

use super::*;

#[test]
fn a_sale_is_one_message_and_paid_at_once() {
    let (mut w, _) = stage();
    let alice = w.cast.alice.clone();
    let quote = w.quote_sell(fil(400));
    assert_eq!((quote.amount.clone(), quote.worth, quote.available), (milli(388_800), fil(400), fil(600)));
    let mut purse = Purse::of(&w, &alice);
    let done = purse.pays(w.sell_for(&alice, fil(400), quote.amount.clone(), None));
    assert!(done.gas < 45_000_000, "{} gas", done.gas);
    assert_eq!(purse.gained(&w), (quote.amount.clone(), fil(-400)));
    let totals = w.liquidity_totals();
    assert_eq!((totals.fil, totals.inventory), (fil(600) - quote.amount, fil(400)));
}

#[test]
fn the_minimum_is_kept_and_a_missed_one_leaves_the_shares() {
    let (mut w, _) = stage();
    let alice = w.cast.alice.clone();
    let due = w.quote_sell(fil(400)).amount;
    w.sell_for(&alice, fil(400), &due + atto(1), None).refused(101, "less than the");
    assert_eq!(w.shares(&alice), fil(1_000));
    w.sell_for(&alice, fil(400), due, None).ok();
    w.sell(&alice, TokenAmount::zero()).refused(100, "bring nothing");
    w.sell_for(&alice, fil(1), fil(-1), None).refused(16, "negative");
    w.sell(&alice, fil(601)).refused(19, "fewer than");
}

#[test]
fn fil_and_inventory_run_out() {
    let (mut w, _) = stage();
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    w.buy_shares(&bob, fil(1)).refused(103, "in the inventory");
    w.sell(&alice, fil(700)).refused(102, "are at hand");
    w.sell(&alice, fil(600)).ok();
    // What is left does not pay for a hundred more.
    w.sell(&bob, fil(100)).refused(102, "are at hand");
    w.buy_shares(&bob, fil(601)).refused(103, "in the inventory");
    assert_eq!(w.buy_shares(&bob, fil(600)).answer::<BuyShares>().shares, fil(600));
    assert_eq!(w.liquidity_totals().inventory, fil(0));
    // All that was taken off by the discount is dave's, but for the locked part.
    let all = w.lp_of(&dave);
    let mut purse = Purse::of(&w, &dave);
    purse.pays(w.remove_liquidity(&dave, all));
    let (got, shares) = purse.gained(&w);
    assert!(got > fil(600) && shares.is_zero(), "{got} FIL, {shares} shares");
}

#[test]
fn a_sale_is_paid_to_whom_it_names() {
    let (mut w, _) = stage();
    let (alice, carol) = (w.cast.alice.clone(), w.cast.carol.clone());
    let before = w.balance(w.id(&carol));
    let paid = w.sell_for(&alice, fil(10), fil(9), Some(carol.address())).paid();
    assert_eq!(w.balance(w.id(&carol)), before + paid);
    let nobody = fvm_shared::address::Address::new_secp256k1(&[9; 65]).unwrap();
    w.sell_for(&alice, fil(10), fil(9), Some(nobody)).refused(17, "no actor");
    for lost in [w.wiring.pool, w.wiring.liquidity] {
        w.sell_for(&alice, fil(10), fil(9), Some(address(lost))).refused(112, "another recipient");
    }
}

/// A contract is paid by a bare send: whatever its code would do, it does not run.
#[test]
fn a_sale_is_paid_to_a_contract_without_running_it() {
    let (mut w, _) = stage();
    let contract = contract(&mut w);
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    let scripts = vec![Script::reject(0, 55), Script::reject(RECEIVE, 55)];
    let params = peggy_scenarios::world::encode(&ConfigureParams { scripts });
    w.send("Configure", &stranger, contract, CONFIGURE, params, TokenAmount::zero()).ok();
    let paid = w.sell_for(&alice, fil(10), fil(9), Some(address(contract))).paid();
    assert_eq!(w.balance(contract), paid);
}

#[test]
fn shares_that_are_no_sale_stay_where_they_are() {
    let (mut w, _) = stage();
    let (alice, liquidity) = (w.cast.alice.clone(), address(w.wiring.liquidity));
    w.transfer(&alice, liquidity, fil(1)).refused(104, "operator_data must be SellParams");
    w.deposit_for(&alice, fil(1), Some(liquidity), TokenAmount::zero()).refused(104, "SellParams");
    let request = TransferParams { to: liquidity, amount: fil(1), operator_data: RawBytes::new(b"hello".to_vec()) };
    w.call::<frc46::Transfer>(&alice, w.wiring.pool, &request, TokenAmount::zero()).refused(104, "SellParams");
    assert_eq!(w.liquidity_totals().inventory, fil(0));
}

/// An operator sells for an owner, within the allowance: the owner is paid.
#[test]
fn an_operator_sells_for_an_owner() {
    let (mut w, _) = stage();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.increase_allowance(&alice, bob.address(), fil(10)).ok();
    let TransferParams { to, amount, operator_data } = w.sale(fil(10), fil(9), None);
    let request = frc46_token::token::types::TransferFromParams { from: alice.address(), to, amount, operator_data };
    let before = w.balance(w.id(&alice));
    w.call::<frc46::TransferFrom>(&bob, w.wiring.pool, &request, TokenAmount::zero()).ok();
    assert!(w.balance(w.id(&alice)) > before + fil(9));
}

#[test]
fn inventory_is_bought_at_the_entry_price_for_oneself_or_another() {
    let (mut w, miner) = stocked();
    healing(&mut w, miner);
    let (bob, carol) = (w.cast.bob.clone(), w.cast.carol.clone());
    let quote = w.quote_buy(fil(100));
    assert_eq!(quote.shares, fil(100), "at 1, not at 0.92");
    w.buy_shares_for(&bob, fil(100), fil(100) + atto(1), None).refused(101, "less than the");
    let before = w.shares(&carol);
    w.buy_shares_for(&bob, fil(100), fil(100), Some(carol.address())).ok();
    assert_eq!(w.shares(&carol), before + fil(100));
}

#[test]
fn anyone_recycles_inventory_as_far_as_liquid_goes() {
    let (mut w, _) = stocked();
    let stranger = w.cast.stranger.clone();
    let before = w.liquidity_totals();
    assert_eq!(w.recycle(&stranger, fil(300)).answer::<Recycle>().fil, fil(300));
    let after = w.liquidity_totals();
    assert_eq!((after.fil, after.inventory), (before.fil + fil(300), fil(100)));
    w.recycle(&stranger, fil(101)).refused(103, "in the inventory");
    w.recycle(&stranger, TokenAmount::zero()).refused(64, "bring nothing");
    // Nothing liquid at the pool: not now.
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    let liquid = w.totals().liquid;
    let shares = w.shares(&alice).min(liquid.clone());
    w.redeem(&alice, shares).ok();
    let left = w.totals().liquid;
    if left.is_positive() {
        w.redeem(&bob, left).ok();
    }
    w.recycle(&stranger, fil(100)).refused(68, "at hand");
}

/// The rewards of shares in the inventory are the providers'.
#[test]
fn what_the_inventory_earns_is_the_providers() {
    let (mut w, miner) = stocked();
    let (keeper, dave) = (w.cast.keeper.clone(), w.cast.dave.clone());
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    w.harvest(&keeper, miner).ok();
    let waiting = w.liquidity_totals().rewards;
    assert!(waiting > fil(10), "400 of 2,500 shares, of some 99 FIL: {waiting}");
    let before = w.liquidity_totals();
    let collected = w.collect(&keeper).answer::<peggy_interfaces::liquidity::Collect>().collected;
    assert!(collected >= waiting);
    assert_eq!(w.liquidity_totals().fil, before.fil + &collected);
    let all = w.lp_of(&dave);
    w.remove_liquidity(&dave, all).ok();
    assert!(w.account(&dave).shares > fil(399));
}

/// A fine found within the message that sells: the price is the one after it.
#[test]
fn a_sale_measures_first() {
    let (mut w, miner) = stage();
    let alice = w.cast.alice.clone();
    w.skip(1);
    w.lose(miner, &fil(250));
    assert_eq!(w.quote_sell(fil(100)).worth, fil(100), "as far as anybody measured");
    // 2,250 FIL for 2,500 shares: 90 FIL, of 690. Less 1% and 1% + 9% * 90 / 690.
    let paid = w.sell(&alice, fil(100)).paid();
    assert!(paid > milli(88_500) && paid < milli(88_600), "{paid}");
    assert_eq!(w.miner_info(miner).measured_at, w.epoch());
}

#[test]
fn redeeming_pays_more_and_is_not_always_there() {
    // What liquidity is for: the pool's own liquid FIL is gone, the discount is known.
    let (mut w, miner) = stage();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    let liquid = w.totals().liquid;
    w.pledge(miner, liquid).ok();
    w.redeem(&alice, fil(100)).refused(68, "at hand");
    assert!(w.sell(&alice, fil(100)).paid() > fil(97));
    let world: World = w.fork();
    assert_eq!(world.read::<pool::ExitDemand>(world.wiring.pool, &()).shares, fil(0));
    assert_eq!(w.shares(&bob), fil(1_000));
}
