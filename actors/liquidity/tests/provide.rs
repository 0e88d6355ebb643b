//! Adding and removing liquidity, collecting rewards.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::liquidity::*;
use peggy_interfaces::{frc46, pool};
use peggy_liquidity::state::State;
use peggy_runtime::{encode, Method};

const LOCKED: u128 = limits::LOCKED_LP as u128;

#[test]
fn the_first_gets_its_fil_in_tokens_less_the_locked_ones() {
    let l = Liquidity::new();
    assert_eq!(l.add(ALICE, fil(100)), fil(100) - atto(LOCKED));
    assert_eq!(l.lp_of(ALICE), fil(100) - atto(LOCKED));
    assert_eq!(l.lp_of(OWN), atto(LOCKED));
    assert_eq!(l.call::<frc46::TotalSupply>(BOB, &()).unwrap(), fil(100));
    assert_eq!(l.state().fil, fil(100));
    assert_eq!(l.kinds(), ["wired", "liquidity-added", "liquidity-locked"]);
    // The next get theirs at 1:1, and nothing is locked again.
    assert_eq!(l.add(BOB, fil(50)), fil(50));
    assert_eq!(l.kinds(), ["liquidity-added"]);
}

#[test]
fn the_first_must_bring_more_than_is_locked() {
    let l = Liquidity::new();
    for small in [0, 1, LOCKED - 1, LOCKED] {
        assert_eq!(refused(l.try_add(ALICE, atto(small), none())), 107, "{small}");
    }
    assert_eq!(l.add(ALICE, atto(LOCKED + 1)), atto(1));
}

#[test]
fn minima_hold() {
    let l = Liquidity::with(fil(100));
    l.sell(BOB, fil(10));
    assert_eq!(refused(l.try_add(BOB, fil(10), fil(10))), 101);
    assert_eq!(refused(l.try_add(BOB, fil(10), -fil(1))), 16);
    assert_eq!(refused(l.try_add(BOB, none(), none())), 100);
    let remove = |lp, min_fil, min_shares| {
        l.expect_collect();
        refused(l.call::<RemoveLiquidity>(ALICE, &RemoveLiquidityParams { lp, min_fil, min_shares }))
    };
    assert_eq!(remove(fil(10), fil(10), none()), 101);
    assert_eq!(remove(fil(10), none(), fil(2)), 101);
    assert_eq!(remove(none(), none(), none()), 100);
    assert_eq!(remove(atto(1), none(), none()), 100, "less than one attoFIL and one share");
    for (lp, min_fil, min_shares) in [(-fil(1), none(), none()), (fil(1), -fil(1), none()), (fil(1), none(), -fil(1))] {
        assert_eq!(remove(lp, min_fil, min_shares), 16);
    }
    assert_eq!(remove(fil(100), none(), none()), 19, "the locked ones are nobody's to remove");
}

#[test]
fn removal_is_pro_rata_in_kind_after_collecting() {
    let l = Liquidity::with(fil(100));
    l.add(BOB, fil(100));
    let paid = l.sell(CAROL, fil(40));
    l.earn(fil(3));
    let got = l.remove(BOB, fil(50));
    assert_eq!(got.shares, fil(10));
    assert_eq!(got.fil, (fil(203) - paid).div_floor(4));
    assert_eq!(l.rewards.borrow().clone(), none());
    assert!(l.kinds().ends_with(&["collected".into(), "liquidity-removed".into()]));
}

#[test]
fn an_lp_can_take_out_everything_that_is_its() {
    let l = Liquidity::with(fil(100));
    l.sell(BOB, fil(60));
    let got = l.remove(ALICE, l.lp_of(ALICE));
    // The part of the locked tokens stays behind, rounded up: 10^-11 of everything.
    assert!(got.shares > fil(60) - atto(LOCKED) && got.shares < fil(60));
    assert_eq!(l.lp_of(ALICE), none());
    let state = l.state();
    assert_eq!(state.lp.supply, atto(LOCKED));
    assert_eq!(state.inventory + got.shares, fil(60));
    // It goes on with whoever comes next.
    l.add(CAROL, fil(7));
    l.sell(BOB, fil(1));
    l.remove(CAROL, l.lp_of(CAROL));
}

#[test]
fn removal_needs_no_price() {
    let l = Liquidity::with(fil(100));
    l.sell(BOB, fil(60));
    // The harness expects no `MeasuredPrice` in a removal, so a pool without one (a miner unsettled, an old measurement) is not asked.
    l.remove(ALICE, fil(10));
    // All FIL gone: only shares come out. All inventory gone: only FIL.
    let l = Liquidity::with(fil(100));
    l.remove(ALICE, fil(99));
    l.set_price(500, 500);
    let shares = fil(1);
    l.sell(BOB, shares);
    l.set_price(1_000, 1_000);
    l.remove(ALICE, l.lp_of(ALICE));
}

#[test]
fn adding_to_an_inventory_needs_a_price_and_to_none_does_not() {
    let l = Liquidity::with(fil(100));
    // The harness expects no `MeasuredPrice` without inventory.
    l.add(BOB, fil(1));
    l.sell(CAROL, fil(10));
    for no_price in [66, 67] {
        l.expect_collect();
        l.expect_no_price(no_price);
        assert_eq!(refused(l.pay::<AddLiquidity>(BOB, fil(1), &AddLiquidityParams { min_lp: none() })), no_price);
    }
}

#[test]
fn inventory_counts_at_the_entry_price() {
    // 100 FIL, 10 of them for 10 shares; then a loss of a tenth that vesting rewards will heal.
    let l = Liquidity::with(fil(100));
    let paid = l.sell(CAROL, fil(10));
    l.set_price(900, 1_000);
    let cash = fil(100) - paid;
    let lp = l.add(BOB, fil(10));
    // At the price it would have been 10 * 100 / (cash + 9).
    let at_entry = fil(10).atto() * fil(100).atto() / (cash + fil(10)).atto();
    assert_eq!(*lp.atto(), at_entry);
}

#[test]
fn collecting_first_keeps_old_rewards_with_those_who_earned_them() {
    let l = Liquidity::with(fil(100));
    l.sell(CAROL, fil(10));
    l.earn(fil(20));
    l.add(BOB, fil(100));
    let value = l.state().fil + fil(10) - fil(100);
    // Bob's tokens are worth what he brought, to rounding: none of the 20.
    let got = l.remove(BOB, l.lp_of(BOB));
    let worth = got.fil + got.shares;
    assert!(worth <= fil(100) && worth > fil(100) - atto(5), "{worth}");
    assert!(value > fil(119));
}

#[test]
fn anyone_collects() {
    let l = Liquidity::with(fil(100));
    l.earn(fil(2));
    l.expect_collect();
    assert_eq!(l.call::<Collect>(STRANGER, &()).unwrap().collected, fil(2));
    assert_eq!(l.state().fil, fil(102));
    l.expect_collect();
    assert_eq!(l.call::<Collect>(STRANGER, &()).unwrap().collected, none());
}

#[test]
fn failure_05_add_collect_remove_in_one_message_gains_nothing() {
    let l = Liquidity::with(fil(100));
    l.sell(CAROL, fil(50));
    l.earn(fil(30));
    let value = |got: RemoveLiquidityReturn| got.fil + got.shares;
    let lp = l.add(BOB, fil(1_000));
    l.expect_collect();
    l.call::<Collect>(BOB, &()).unwrap();
    assert!(value(l.remove(BOB, lp)) <= fil(1_000));
}

#[test]
fn failure_01_donated_fil_moves_no_price() {
    let l = Liquidity::with(fil(100));
    l.donate(fil(1_000));
    assert_eq!(l.state().fil, fil(100));
    assert_eq!(l.add(BOB, fil(10)), fil(10));
    assert_eq!(l.remove(BOB, fil(10)).fil, fil(10));
}

#[test]
fn failure_01_inflating_a_unit_costs_a_thousand_million_times_what_it_takes() {
    // The attacker is first, and burns all its tokens: a thousand FIL for the locked units alone.
    let l = Liquidity::with(fil(1_000));
    let burn = frc46_token::token::types::BurnParams { amount: l.lp_of(ALICE) };
    l.call::<frc46::Burn>(ALICE, &burn).unwrap();
    assert_eq!(l.state().lp.supply, atto(LOCKED));
    // A unit is worth 10^12 attoFIL now; that is the most anybody loses, a millionth of a FIL, and nobody gets it but the locked.
    let brought = fil(1) + atto(999_999_999_999);
    let lp = l.add(BOB, brought.clone());
    assert_eq!(lp, atto(1_000_000));
    assert!(brought - l.remove(BOB, lp).fil < atto(1_000_000_000_000));
    assert_eq!(l.lp_of(ALICE), none());
    // Less than a unit is refused, not taken.
    assert_eq!(refused(l.try_add(BOB, atto(999_999_999_999), none())), 100);
}

#[test]
fn worthless_inventory_closes_adding_and_not_removing() {
    // Everything was sold for shares, and the shares are worth nothing.
    let l = Liquidity::with(fil(100));
    l.call::<SetSettings>(
        WIRING.governance,
        &Settings { base_bps: peggy_math::Bps(0), slope_bps: peggy_math::Bps(0), max_bps: peggy_math::Bps(0) },
    )
    .unwrap();
    l.sell(BOB, fil(100));
    assert_eq!(l.state().fil, none());
    l.set_price(0, 0);
    assert_eq!(refused(l.try_add(BOB, fil(10), none())), 106);
    assert_eq!(l.remove(ALICE, fil(50)).shares, fil(50));
    // Worth next to nothing: tokens would be made without bound.
    *l.price.borrow_mut() = pool::MeasuredPriceReturn { nav: atto(1), entry_nav: atto(1), priced: fil(1_000) };
    assert_eq!(refused(l.try_add(BOB, fil(1_000_000), none())), 106);
}

#[test]
fn failure_09_a_hook_that_fails_blocks_its_own_removal_only() {
    let l = Liquidity::with(fil(100));
    l.add(BOB, fil(100));
    l.sell(CAROL, fil(20));
    let before = l.state();
    l.expect_collect();
    l.host.expect_pay(BOB, math_part(&l, fil(10)));
    let to = Liquidity::hand_over_params(BOB, &fil(1));
    l.expect::<frc46::Transfer>(POOL, &to, Err(ExitCode::new(40)));
    let params = RemoveLiquidityParams { lp: fil(10), min_fil: none(), min_shares: none() };
    assert_eq!(refused(l.call::<RemoveLiquidity>(BOB, &params)), 40);
    assert_eq!(l.state(), before);
    l.remove(ALICE, fil(10));
}

fn math_part(l: &Liquidity, lp: fvm_shared::econ::TokenAmount) -> fvm_shared::econ::TokenAmount {
    let state = l.state();
    peggy_liquidity::math::part(&state.fil, &lp, &state.lp.supply)
}

#[test]
fn failure_10_re_entry_from_the_shares_hook_finds_everything_done() {
    // During the transfer of shares the provider calls back: its tokens are burnt, FIL and inventory are as they will stay.
    let l = Liquidity::with(fil(100));
    l.add(BOB, fil(100));
    l.sell(CAROL, fil(20));
    let state = l.state();
    let fil_out = math_part(&l, fil(100));
    l.expect_collect();
    l.host.expect_pay(BOB, fil_out.clone());
    let transfer = frc46_token::token::types::TransferReturn {
        from_balance: none(),
        to_balance: none(),
        recipient_data: fvm_ipld_encoding::RawBytes::default(),
    };
    let expected = peggy_runtime::mock::Expected {
        to: id(POOL),
        method: frc46::Transfer::NUMBER,
        params: None,
        value: none(),
        answer: Ok((ExitCode::OK, encode(&transfer, "").unwrap())),
    };
    let left = &state.fil - &fil_out;
    l.host.expect_reentry(expected, move |host| {
        let again = RemoveLiquidityParams { lp: fil(1), min_fil: none(), min_shares: none() };
        let claim = pool::ClaimRewardsParams { to: id(OWN), amount: None };
        host.expect(answer::<pool::ClaimRewards>(POOL, &claim, Ok(pool::PaidReturn { paid: none() })));
        let params = encode(&again, "").unwrap();
        let run = host.call(BOB, RemoveLiquidity::NUMBER, none(), |rt| peggy_liquidity::invoke(rt, params));
        assert_eq!(run.unwrap_err().code().value(), 19, "its tokens are gone");
        let now = host.call(BOB, 0, none(), |rt| rt.state::<State>().map(|s| (s.fil, s.inventory))).unwrap();
        assert_eq!(now, (left, fil(10)));
    });
    let params = RemoveLiquidityParams { lp: fil(100), min_fil: none(), min_shares: none() };
    let got = l.call::<RemoveLiquidity>(BOB, &params).unwrap();
    assert_eq!((got.fil, got.shares), (fil_out, fil(10)));
}
