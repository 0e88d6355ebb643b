//! Attacks on those who provide, with their numbers: each is carried out, and gains nothing.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::{AddLiquidity, BuyShares, RemoveLiquidity};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, RedeemReturn};
use peggy_scenarios::{atto, fil};

use super::*;

/// Rewards of the inventory wait at the pool: 400 shares, some 15 FIL. Eve brings 10,000 FIL, has them collected, and leaves: were
/// they not collected before she comes in, she would take 14 of the 15 along.
#[test]
fn adding_liquidity_while_rewards_wait_at_the_pool() {
    let (mut w, miner) = stocked();
    let (eve, keeper) = (w.cast.stranger.clone(), w.cast.keeper.clone());
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let waiting = w.liquidity_totals().rewards;
    assert!(waiting > fil(10), "{waiting}");
    let mut purse = Purse::of(&w, &eve);
    let lp = purse.pays(w.add_liquidity(&eve, fil(10_000))).answer::<AddLiquidity>().lp;
    purse.pays(w.collect(&eve));
    purse.pays(w.remove_liquidity(&eve, lp));
    let (gained, shares) = purse.gained(&w);
    let total = gained + shares;
    // Within the same epoch nothing was earned; in the next ones her part of the inventory earns as any share does.
    assert!(total <= milli(10), "{total}");
}

/// Inventory is out for redemption while nothing has come back: a provider who came in then would pay too little. There is no such
/// moment: the books change in one step, and whatever runs in between finds both sides.
#[test]
fn adding_liquidity_while_inventory_is_recycled() {
    let (mut w, _) = stocked();
    let eve = w.cast.stranger.clone();
    let mut purse = Purse::of(&w, &eve);
    let lp = purse.pays(w.add_liquidity(&eve, fil(1_000))).answer::<AddLiquidity>().lp;
    purse.pays(w.recycle(&eve, fil(400)));
    purse.pays(w.remove_liquidity(&eve, lp));
    let (gained, shares) = purse.gained(&w);
    assert!(gained <= TokenAmount::zero() && shares.is_zero(), "{gained} FIL, {shares} shares");
}

/// A loss will be healed by vesting rewards. At the price of now, 0.92, Eve's 1,000 FIL would buy 63% of liquidity, and 20 FIL of the
/// recovery of its 400 shares; at the entry price she gets none of it.
#[test]
fn adding_liquidity_at_the_price_of_a_loss_that_heals() {
    let (mut w, miner) = stocked();
    healing(&mut w, miner);
    let (eve, keeper) = (w.cast.stranger.clone(), w.cast.keeper.clone());
    let mut purse = Purse::of(&w, &eve);
    let lp = purse.pays(w.add_liquidity(&eve, fil(1_000))).answer::<AddLiquidity>().lp;
    heal(&mut w, miner);
    w.harvest(&keeper, miner).ok();
    let out = purse.pays(w.remove_liquidity(&eve, lp)).answer::<RemoveLiquidity>();
    let totals = w.totals();
    assert_eq!(totals.nav, totals.entry_nav);
    // All losses are healed: a share is worth a FIL again, and what else came was earned by shares she paid for.
    let price_of = |shares: &TokenAmount| {
        TokenAmount::from_atto(shares.atto() * totals.nav.atto() / (totals.shares.atto() + totals.dead.atto()))
    };
    let worth = price_of(&out.shares);
    assert!(worth <= out.shares, "{worth} for {} shares", out.shares);
    let fil_of_her_own = out.fil + worth;
    assert!(fil_of_her_own < fil(1_001), "{fil_of_her_own}");
}

/// The inventory was bought at a discount; who buys it pays the entry price, and the pool redeems at the price, which is never higher.
#[test]
fn buying_inventory_to_redeem_it_at_once() {
    let (mut w, miner) = stocked();
    let eve = w.cast.stranger.clone();
    let mut purse = Purse::of(&w, &eve);
    purse.pays(w.buy_shares(&eve, fil(200)));
    purse.pays(w.redeem(&eve, fil(200)));
    assert_eq!(purse.gained(&w), (fil(0), fil(0)));
    // While a loss heals it costs her 16 FIL: 200 shares at 1 are redeemed at 0.92.
    healing(&mut w, miner);
    let mut purse = Purse::of(&w, &eve);
    let bought = purse.pays(w.buy_shares(&eve, fil(200))).answer::<BuyShares>().shares;
    let got: RedeemReturn = purse.pays(w.redeem(&eve, bought)).decode();
    let (lost, _) = purse.gained(&w);
    assert_eq!(lost, &got.amount - fil(200));
    assert!(lost < fil(0), "{lost}");
}

/// Holders would gain if the providers' inventory were redeemed below the price it is about to have again.
#[test]
fn recycling_inventory_below_a_price_that_heals() {
    let (mut w, miner) = stocked();
    healing(&mut w, miner);
    let bob = w.cast.bob.clone();
    w.recycle(&bob, fil(400)).refused(108, "about to heal");
    heal(&mut w, miner);
    w.recycle(&bob, fil(100)).ok();
}

/// 400 shares at once bring 388.8 FIL. In 2, 4, 20, 40 pieces they bring less each time, down to 384.35.
#[test]
fn splitting_a_sale() {
    let (w, _) = stage();
    let alice = w.cast.alice.clone();
    let in_pieces = |pieces: i64| {
        let mut w = w.fork();
        let mut got = TokenAmount::zero();
        for _ in 0..pieces {
            got += w.sell(&alice, fil(400 / pieces)).paid();
        }
        got
    };
    let mut before = in_pieces(1);
    assert_eq!(before, milli(388_800));
    for pieces in [2, 4, 20, 40] {
        let got = in_pieces(pieces);
        assert!(got < before, "{got} in {pieces} pieces");
        before = got;
    }
    assert!(before > milli(384_354) && before < milli(384_355), "{before}");
}

/// Bringing FIL first makes the part of the inventory, and so the discount, smaller; but one's own FIL then buys one's own shares.
#[test]
fn lending_liquidity_to_ones_own_sale() {
    let (w, _) = stage();
    let eve = w.cast.alice.clone();
    for lent in [100, 1_000, 100_000] {
        let mut w = w.fork();
        let mut purse = Purse::of(&w, &eve);
        let lp = purse.pays(w.add_liquidity(&eve, fil(lent))).answer::<AddLiquidity>().lp;
        purse.pays(w.sell(&eve, fil(400)));
        purse.pays(w.remove_liquidity(&eve, lp));
        let (gained, shares) = purse.gained(&w);
        let sold = -shares;
        // What it sold in the end would have been paid as much by the others alone.
        let mut alone = super::stage().0;
        let due = alone.sell(&eve, sold.clone()).paid();
        assert!(gained <= due + atto(2), "lending {lent}: {gained} for {sold}, {} alone", alone.log.len());
    }
}

/// A loss nobody has measured yet: a sale at the old price would leave it to the providers.
#[test]
fn selling_at_the_price_before_a_loss() {
    let (mut w, miner) = stage();
    let eve = w.cast.alice.clone();
    w.skip(1);
    w.terminate_sectors(miner, &fil(0), &fil(0));
    w.lose(miner, &fil(500));
    assert_eq!(w.quote_sell(fil(500)).worth, fil(500));
    // 2,000 FIL for 2,500 shares: 400, and not 500.
    let paid = w.sell(&eve, fil(500)).paid();
    assert!(paid < fil(400), "{paid}");
}

/// Something done and undone.
type Trip = dyn Fn(&mut World, &mut Purse);

/// Sold and bought back, added and removed, in all orders: nothing is gained, and the discount is lost.
#[test]
fn failure_03_round_trips_never_gain() {
    let (w, _) = stocked();
    let eve = w.cast.bob.clone();
    let trips: [&Trip; 4] = [
        &|w, p| {
            let paid = p.pays(w.sell(&p.who.clone(), fil(100))).paid();
            p.pays(w.buy_shares(&p.who.clone(), paid));
        },
        &|w, p| {
            let bought = p.pays(w.buy_shares(&p.who.clone(), fil(100))).answer::<BuyShares>().shares;
            p.pays(w.sell(&p.who.clone(), bought));
        },
        &|w, p| {
            let lp = p.pays(w.add_liquidity(&p.who.clone(), fil(77))).answer::<AddLiquidity>().lp;
            let half = lp.div_floor(2u32);
            p.pays(w.remove_liquidity(&p.who.clone(), half.clone()));
            p.pays(w.remove_liquidity(&p.who.clone(), lp - half));
        },
        &|w, p| {
            let lp = p.pays(w.add_liquidity(&p.who.clone(), fil(300))).answer::<AddLiquidity>().lp;
            p.pays(w.buy_shares(&p.who.clone(), fil(50)));
            p.pays(w.remove_liquidity(&p.who.clone(), lp));
            p.pays(w.sell(&p.who.clone(), fil(50)));
        },
    ];
    for trip in trips {
        let mut w = w.fork();
        let mut purse = Purse::of(&w, &eve);
        trip(&mut w, &mut purse);
        let (gained, shares) = purse.gained(&w);
        // The price is 1.
        assert!(&gained + &shares <= fil(0), "{gained} FIL and {shares} shares");
        let totals = w.read::<pool::GetTotals>(w.wiring.pool, &());
        assert_eq!(totals.nav, totals.shares + totals.dead);
    }
}
