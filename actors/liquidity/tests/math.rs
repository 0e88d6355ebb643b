//! The formulas, by hand and against random numbers: nothing anybody does in pieces, or there and back, gains.
#![allow(clippy::unwrap_used)]

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::Settings;
use peggy_interfaces::pool::MeasuredPriceReturn;
use peggy_liquidity::math::{cost, lp_for, part, payment, shares_for, worth};
use peggy_math::Bps;
use proptest::prelude::*;

fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}
fn price(nav: u128, entry_nav: u128, priced: u128) -> MeasuredPriceReturn {
    MeasuredPriceReturn { nav: atto(nav), entry_nav: atto(entry_nav), priced: atto(priced) }
}
fn settings(base: u32, slope: u32, max: u32) -> Settings {
    Settings { base_bps: Bps(base), slope_bps: Bps(slope), max_bps: Bps(max) }
}

#[test]
fn payments_by_hand() {
    let one = price(1_000, 1_000, 1_000);
    let paid = |shares, fil, inventory, s| payment(&atto(shares), &atto(fil), &atto(inventory), &one, &s);
    // No discount at all.
    assert_eq!(paid(400, 600, 0, settings(0, 0, 0)), atto(400));
    // 1% flat.
    assert_eq!(paid(400, 600, 0, settings(100, 0, 100)), atto(396));
    // From 0% to 10% * 0.4: 2% on the mean.
    assert_eq!(paid(400, 600, 0, settings(0, 1_000, 1_000)), atto(392));
    // The same, but 3% at most at the end: 1.5% on the mean.
    assert_eq!(paid(400, 600, 0, settings(0, 1_000, 300)), atto(394));
    // Rounded down: 1% of 399 is 3.99.
    assert_eq!(paid(399, 601, 0, settings(100, 0, 100)), atto(395));
    // Nothing for nothing; nothing without FIL to measure against still has its discount.
    assert_eq!(paid(0, 600, 10, settings(100, 0, 100)), atto(0));
    assert_eq!(paid(0, 0, 0, settings(100, 0, 100)), atto(0));
    assert_eq!(paid(100, 0, 0, settings(0, 1_000, 1_000)), atto(95));
    let nothing = price(0, 0, 0);
    assert_eq!(payment(&atto(5), &atto(5), &atto(5), &nothing, &settings(0, 0, 0)), atto(0));
    assert_eq!((worth(&atto(5), &nothing), cost(&atto(5), &nothing)), (atto(0), atto(0)));
}

#[test]
fn failure_03_roundings_go_against_who_asks() {
    let thirds = price(1_000, 2_000, 3_000);
    assert_eq!((worth(&atto(100), &thirds), cost(&atto(100), &thirds)), (atto(33), atto(67)));
    assert_eq!(shares_for(&atto(100), &thirds).unwrap(), atto(150));
    assert_eq!(shares_for(&atto(99), &price(1, 1_000, 300)).unwrap(), atto(29));
    assert_eq!(part(&atto(10), &atto(1), &atto(3)), atto(3));
    assert_eq!(lp_for(&atto(10), &atto(10_000_000_000), &atto(30_000_000_001)).unwrap().provider, atto(3));
}

/// What the discount is as a real number would have it, in exact fractions of 10^4 * total.
fn unrounded(shares: u128, fil: u128, inventory: u128, p: &MeasuredPriceReturn, s: &Settings) -> (BigInt, BigInt) {
    let (n, d) = (p.nav.atto().clone(), p.priced.atto().clone());
    let total = BigInt::from(fil) * &d + BigInt::from(inventory + shares) * &n;
    let at = |i: u128| {
        let grown = BigInt::from(s.base_bps.0) * &total + BigInt::from(s.slope_bps.0) * BigInt::from(i) * &n;
        grown.min(BigInt::from(s.max_bps.0) * &total)
    };
    let lost = at(inventory) + at(inventory + shares);
    let whole = BigInt::from(20_000) * &total;
    (BigInt::from(shares) * &n * (&whole - lost), whole * d)
}

prop_compose! {
    fn any_price()(nav in 1u128..1 << 90, entry_extra in 0u128..1 << 80, priced in 1u128..1 << 90) -> MeasuredPriceReturn {
        price(nav, nav + entry_extra, priced)
    }
}
prop_compose! {
    fn any_settings()(max in 0u32..=2_500, base_part in 0u32..=100, slope in 0u32..=10_000) -> Settings {
        settings(max * base_part / 100, slope, max)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A sale in two, three, ... pieces is never paid more than at once, whatever the price, the settings and the cap on the discount.
    #[test]
    fn splitting_a_sale_never_gains(
        parts in prop::collection::vec(0u128..1 << 88, 2..6), fil in 0u128..1 << 90, inventory in 0u128..1 << 90,
        p in any_price(), s in any_settings(),
    ) {
        let (mut left, mut held, mut sold, mut got) = (atto(fil), atto(inventory), 0, TokenAmount::zero());
        for shares in parts {
            let paid = payment(&atto(shares), &left, &held, &p, &s);
            if paid > left {
                // Refused: there are as many pieces as were paid.
                break;
            }
            sold += shares;
            held += atto(shares);
            left -= &paid;
            got += paid;
        }
        let at_once = payment(&atto(sold), &atto(fil), &atto(inventory), &p, &s);
        prop_assert!(got <= at_once, "{got} in pieces, {at_once} at once");
    }

    /// Down by less than one attoFIL from the exact amount, never above what the shares are worth, never below what the maximum leaves.
    #[test]
    fn a_payment_is_exact_to_one_atto(
        shares in 0u128..1 << 90, fil in 0u128..1 << 90, inventory in 0u128..1 << 90, p in any_price(), s in any_settings(),
    ) {
        let paid = payment(&atto(shares), &atto(fil), &atto(inventory), &p, &s);
        let (above, below) = unrounded(shares, fil, inventory, &p, &s);
        if !below.is_zero() {
            prop_assert!(paid.atto() * &below <= above && above < (paid.atto() + BigInt::from(1)) * &below);
        }
        prop_assert!(paid <= worth(&atto(shares), &p));
    }

    /// Sold and bought back, or bought and sold: fewer shares or less FIL, never more.
    #[test]
    fn selling_and_buying_back_never_gains(
        shares in 1u128..1 << 90, fil in 0u128..1 << 90, inventory in 0u128..1 << 90, p in any_price(), s in any_settings(),
    ) {
        let paid = payment(&atto(shares), &atto(fil), &atto(inventory), &p, &s);
        if let Ok(back) = shares_for(&paid, &p) {
            prop_assert!(back <= atto(shares));
        }
        let value = atto(shares);
        if let Ok(bought) = shares_for(&value, &p) {
            if bought <= atto(inventory) {
                let left = atto(inventory) - &bought;
                let paid = payment(&bought, &(atto(fil) + &value), &left, &p, &s);
                prop_assert!(paid <= value);
            }
        }
    }

    /// Added and removed at once, whole or in two pieces: what comes out is worth no more than what went in.
    #[test]
    fn adding_and_removing_never_gains(
        value in 1u128..1 << 90, fil in 0u128..1 << 90, inventory in 0u128..1 << 90, supply in 1_000_000_000u128..1 << 90,
        cut in 0u128..=100, p in any_price(),
    ) {
        let entry_value = atto(fil) + cost(&atto(inventory), &p);
        let Ok(minted) = lp_for(&atto(value), &atto(supply), &entry_value) else { return Ok(()) };
        let (mut all, mut cash, mut held) = (atto(supply) + &minted.provider, atto(fil + value), atto(inventory));
        let (mut got_fil, mut got_shares) = (TokenAmount::zero(), TokenAmount::zero());
        let first = minted.provider.clone() * cut;
        let first = first.div_floor(100u64);
        for lp in [first.clone(), minted.provider - first] {
            let (f, s) = (part(&cash, &lp, &all), part(&held, &lp, &all));
            all -= lp;
            cash -= &f;
            held -= &s;
            got_fil += f;
            got_shares += s;
        }
        // At the entry price, which is the higher one.
        let out = got_fil.atto() * p.priced.atto() + got_shares.atto() * p.entry_nav.atto();
        prop_assert!(out <= BigInt::from(value) * p.priced.atto(), "brought {value}, took {got_fil} and {got_shares} shares");
    }
}
