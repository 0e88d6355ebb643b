//! Selling, buying, recycling, quotes.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use harness::*;
use peggy_interfaces::liquidity::*;
use peggy_interfaces::pool::{self, GetAccount, GetAccountParams, GetAccountReturn, MinerTotals};

#[test]
fn a_sale_is_paid_at_once_less_the_mean_discount() {
    // 60 FIL; 40 shares at 1 FIL: inventory goes from nothing to 40 of 100. Discounts of 1% and 1% + 9% * 0.4 = 4.6%: 2.8%.
    let l = Liquidity::with(fil(60));
    assert_eq!(l.sell(BOB, fil(40)), milli(40_000 - 1_120));
    let state = l.state();
    assert_eq!((state.fil, state.inventory), (milli(60_000 - 38_880), fil(40)));
    assert!(l.kinds().ends_with(&["sold".into()]));
}

#[test]
fn the_price_is_that_of_who_leaves() {
    let l = Liquidity::with(fil(60));
    l.set_price(900, 1_000);
    // 40 shares are worth 36 of 96: 1% and 1% + 9% * 0.375 = 4.375%, together 2.6875%.
    assert_eq!(
        l.sell(BOB, fil(40)),
        atto(36 * 1_000_000_000_000_000_000 / 100_000 * (100_000 - 2_687) - 180_000_000_000_000)
    );
}

#[test]
fn the_discount_stops_at_its_maximum() {
    // 1% at first, and 8% as soon as 7% of everything are inventory.
    let l = Liquidity::with(fil(100));
    let steep = Settings { slope_bps: peggy_math::Bps(10_000), ..settings() };
    l.call::<SetSettings>(WIRING.governance, &steep).unwrap();
    assert_eq!(l.sell(BOB, fil(80)), milli(80_000 - 3_600));
    assert_eq!(l.sell(BOB, fil(10)), milli(9_200));
}

#[test]
fn minimum_missed_and_bad_amounts() {
    let l = Liquidity::with(fil(60));
    let due = l.due(&fil(40));
    assert_eq!(refused(l.try_sell(BOB, fil(40), &due + atto(1))), 101);
    l.try_sell(BOB, fil(40), due).unwrap();
    assert_eq!(refused(l.try_sell(BOB, fil(1), -fil(1))), 16);
    assert_eq!(refused(l.try_sell(BOB, none(), none())), 100);
    // One attoshare is worth less than one attoFIL after the discount.
    assert_eq!(refused(l.try_sell(BOB, atto(1), none())), 100);
}

#[test]
fn fil_exhausted() {
    let l = Liquidity::with(fil(60));
    assert_eq!(refused(l.try_sell(BOB, fil(70), none())), 102);
    // Selling as many as are paid for leaves nothing but what is too little.
    l.sell(BOB, fil(61));
    assert_eq!(refused(l.try_sell(BOB, fil(10), none())), 102);
    assert_eq!(refused(Liquidity::new().try_sell(BOB, fil(1), none())), 102);
}

#[test]
fn old_measurements_and_unsettled_miners_close_sales_and_purchases() {
    let l = Liquidity::with(fil(60));
    l.sell(BOB, fil(10));
    for no_price in [66, 67] {
        l.expect_no_price(no_price);
        let arrival = Liquidity::arrival(BOB, fil(1), Liquidity::sale(none(), None));
        assert_eq!(refused(l.call::<Receive>(POOL, &arrival)), no_price);
        l.expect_no_price(no_price);
        let buy = BuySharesParams { min_shares: none(), recipient: None };
        assert_eq!(refused(l.pay::<BuyShares>(BOB, fil(1), &buy)), no_price);
        l.expect_no_price(no_price);
        assert_eq!(refused(l.call::<Recycle>(BOB, &RecycleParams { shares: fil(1) })), no_price);
    }
}

#[test]
fn failure_01_a_fake_token_calling_the_hook_is_refused() {
    let l = Liquidity::with(fil(60));
    let arrival = Liquidity::arrival(BOB, fil(40), Liquidity::sale(none(), None));
    for fake in [BOB, STRANGER, OWN, WIRING.nft_share, WIRING.governance, WIRING.owner_proxy] {
        assert_eq!(refused(l.call::<Receive>(fake, &arrival)), 18, "f0{fake}");
    }
    // Another kind of token, even through the pool.
    let mut other = arrival;
    other.type_ += 1;
    assert_eq!(refused(l.call::<Receive>(POOL, &other)), 105);
    other.type_ -= 1;
    other.payload = RawBytes::new(vec![0x80]);
    assert_eq!(refused(l.call::<Receive>(POOL, &other)), 21);
}

#[test]
fn failure_01_shares_without_a_sale_are_refused() {
    let l = Liquidity::with(fil(60));
    for data in [vec![], vec![0x80], vec![0xf6], vec![0xff, 1], b"hello".to_vec(), vec![0x81, 0x40]] {
        let arrival = Liquidity::arrival(BOB, fil(1), RawBytes::new(data.clone()));
        assert_eq!(refused(l.call::<Receive>(POOL, &arrival)), 104, "{data:?}");
    }
    assert_eq!(l.state().inventory, none());
}

#[test]
fn the_recipient_is_whom_the_sale_names() {
    let l = Liquidity::with(fil(60));
    let sell_to = |recipient: Option<Address>| {
        let data = RawBytes::serialize(SellParams { min_out: none(), recipient }).unwrap();
        Liquidity::arrival(BOB, fil(1), data)
    };
    let key = Address::new_secp256k1(&[4; 65]).unwrap();
    assert_eq!(refused(l.call::<Receive>(POOL, &sell_to(Some(key)))), 17, "not on chain");
    assert_eq!(refused(l.call::<Receive>(POOL, &sell_to(Some(id(777_777))))), 17);
    l.host.add_address(CAROL, key);
    l.expect_price();
    l.host.expect_pay(CAROL, l.due(&fil(1)));
    l.call::<Receive>(POOL, &sell_to(Some(key))).unwrap();
    for lost in [OWN, POOL] {
        assert_eq!(refused(l.call::<Receive>(POOL, &sell_to(Some(id(lost))))), 112);
    }
    // Shares the pool made (a deposit for this actor) have nobody to pay by themselves.
    let made = Liquidity::arrival(POOL, fil(1), Liquidity::sale(none(), None));
    assert_eq!(refused(l.call::<Receive>(POOL, &made)), 112);
}

#[test]
fn inventory_is_sold_at_the_entry_price() {
    let l = Liquidity::with(fil(60));
    l.sell(BOB, fil(40));
    l.set_price(900, 950);
    let before = l.state().fil;
    assert_eq!(l.buy(CAROL, fil(19)), fil(20));
    let state = l.state();
    assert_eq!((state.fil, state.inventory), (before + fil(19), fil(20)));
    assert_eq!(refused(l.try_buy(CAROL, fil(19), fil(20) + atto(1))), 101);
    assert_eq!(refused(l.try_buy(CAROL, fil(19), -fil(1))), 16);
    assert_eq!(refused(l.try_buy(CAROL, fil(19) + atto(1), none())), 103, "more than there is");
    assert_eq!(refused(l.try_buy(CAROL, none(), none())), 100);
    l.buy(CAROL, fil(19));
    assert_eq!(refused(l.try_buy(CAROL, fil(1), none())), 103, "nothing left");
    l.set_price(0, 0);
    assert_eq!(refused(l.try_buy(CAROL, fil(1), none())), 106);
}

#[test]
fn bought_shares_go_to_whom_the_buyer_names() {
    let l = Liquidity::with(fil(60));
    l.sell(BOB, fil(40));
    l.expect_price();
    l.expect_hand_over(BOB, &fil(1));
    let to = |recipient| BuySharesParams { min_shares: none(), recipient: Some(id(recipient)) };
    l.pay::<BuyShares>(CAROL, fil(1), &to(BOB)).unwrap();
    for lost in [OWN, POOL] {
        assert_eq!(refused(l.pay::<BuyShares>(CAROL, fil(1), &to(lost))), 112);
    }
    assert_eq!(refused(l.pay::<BuyShares>(CAROL, fil(1), &to(777_777))), 17);
}

#[test]
fn anyone_recycles_inventory_at_the_price() {
    let l = Liquidity::with(fil(60));
    l.sell(BOB, fil(40));
    l.set_price(900, 900);
    let before = l.state().fil;
    assert_eq!(l.recycle(fil(10)).unwrap(), fil(9));
    let state = l.state();
    assert_eq!((state.fil, state.inventory), (before + fil(9), fil(30)));
    assert_eq!(refused(l.recycle(fil(31))), 103);
    assert_eq!(refused(l.recycle(-fil(1))), 16);
    // What the pool refuses stays as it is: too little liquid, nothing for the shares.
    for refusal in [68, 64] {
        l.expect_price();
        l.expect_redeem(&fil(1), Err(refusal));
        assert_eq!(refused(l.call::<Recycle>(BOB, &RecycleParams { shares: fil(1) })), refusal);
    }
}

#[test]
fn nobody_makes_the_providers_sell_a_loss_that_heals() {
    let l = Liquidity::with(fil(60));
    l.sell(BOB, fil(40));
    l.set_price(900, 901);
    assert_eq!(refused(l.recycle(fil(10))), 108);
    l.set_price(901, 901);
    l.recycle(fil(10)).unwrap();
}

// --- reads ---

fn pool_totals(l: &Liquidity) -> pool::GetTotalsReturn {
    let price = l.price.borrow().clone();
    let miners = MinerTotals { oldest_measurement: Some(77), ..MinerTotals::default() };
    pool::GetTotalsReturn {
        shares: price.priced - fil(1),
        queued: none(),
        dead: fil(1),
        liquid: none(),
        miners,
        nav: price.nav,
        entry_nav: price.entry_nav,
        rewards_owed: none(),
        fees_owed: none(),
        exits_owed: none(),
        stream: none(),
        stream_end: 0,
        untracked: none(),
        paused_until: 0,
    }
}

#[test]
fn quotes_say_what_trades_do() {
    let l = Liquidity::with(fil(60));
    l.set_price(900, 950);
    l.expect_query::<pool::GetTotals>(POOL, &(), Ok(pool_totals(&l)));
    let quote = l.call::<QuoteSell>(STRANGER, &QuoteSellParams { shares: fil(40) }).unwrap();
    assert_eq!((quote.worth, quote.available, quote.measured_at), (fil(36), fil(60), Some(77)));
    assert_eq!(l.sell(BOB, fil(40)), quote.amount);
    l.expect_query::<pool::GetTotals>(POOL, &(), Ok(pool_totals(&l)));
    let quote = l.call::<QuoteBuy>(STRANGER, &QuoteBuyParams { value: fil(19) }).unwrap();
    assert_eq!((quote.available, quote.measured_at), (fil(40), Some(77)));
    assert_eq!(l.buy(CAROL, fil(19)), quote.shares);
    assert_eq!(refused(l.call::<QuoteSell>(STRANGER, &QuoteSellParams { shares: -fil(40) })), 16);
    assert_eq!(refused(l.call::<QuoteBuy>(STRANGER, &QuoteBuyParams { value: -fil(40) })), 16);
}

#[test]
fn totals_are_the_books() {
    let l = Liquidity::with(fil(60));
    let paid = l.sell(BOB, fil(10));
    l.set_price(900, 950);
    l.expect_query::<pool::GetTotals>(POOL, &(), Ok(pool_totals(&l)));
    let own = GetAccountParams { account: id(OWN) };
    let account = GetAccountReturn { shares: fil(10), rewards: fil(2), fees: none() };
    l.expect_query::<GetAccount>(POOL, &own, Ok(account));
    let totals = l.call::<GetTotals>(STRANGER, &()).unwrap();
    let cash = fil(60) - paid;
    let wanted = GetTotalsReturn {
        fil: cash.clone(),
        inventory: fil(10),
        rewards: fil(2),
        lp: fil(60),
        value: &cash + fil(2) + fil(9),
        entry_value: cash + fil(2) + milli(9_500),
        settings: settings(),
        paused_until: 0,
        measured_at: Some(77),
    };
    assert_eq!(totals, wanted);
}
