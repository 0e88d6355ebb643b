//! Deposits, redemptions, prices, limits.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::address::Address;
use fvm_shared::error::ExitCode;
use harness::*;
use num_traits::Zero;
use peggy_interfaces::pool::*;
use peggy_math::Bps;
use proptest::prelude::*;

#[test]
fn shares_are_one_to_one_at_par_and_redeem_to_the_same() {
    let pool = Pool::new();
    assert_eq!(pool.deposit(ALICE, fil(10)), fil(10));
    assert_eq!(pool.deposit(BOB, fil(5)), fil(5));
    assert_eq!(pool.totals().nav, fil(15));
    assert_eq!(pool.redeem(ALICE, fil(10)), fil(10));
    assert_eq!(pool.redeem(BOB, fil(5)), fil(5));
    assert!(pool.check().balances.values().all(Zero::is_zero), "nobody has anything");
}

#[test]
fn failure_01_donations_move_no_price() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1));
    pool.donate(fil(1_000));
    assert_eq!(pool.deposit(BOB, fil(1)), fil(1));
    assert_eq!(pool.redeem(ALICE, fil(1)), fil(1));
    assert_eq!(pool.totals().untracked, fil(1_000));
}

#[test]
fn failure_02_what_nobody_owns_is_not_the_next_ones() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(60));
    // A loss; Alice leaves at the price of the loss, taking all that is liquid; then the loss heals.
    pool.impair(fil(60), fil(60));
    assert_eq!(pool.redeem(ALICE, fil(100)), fil(40));
    pool.impair(fil(0), fil(0));
    assert_eq!(pool.totals().nav, fil(60));
    assert_eq!(pool.deposit(BOB, fil(10)), fil(10));
    let totals = pool.totals();
    assert_eq!((totals.dead, totals.shares), (fil(60), fil(10)));
    assert_eq!(pool.redeem(BOB, fil(10)), fil(10), "not an attoFIL of the 60");
}

#[test]
fn failure_02_dead_shares_do_not_close_an_empty_pool() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(99));
    pool.call::<peggy_interfaces::frc46::Burn>(ALICE, &frc46_token::token::types::BurnParams { amount: fil(100) })
        .unwrap();
    pool.impair(fil(99), fil(99));
    assert_eq!(pool.deposit(BOB, fil(10)), fil(10));
    assert_eq!(pool.redeem(BOB, fil(10)), fil(10));
}

#[test]
fn entrants_pay_for_losses_that_vesting_heals_and_leavers_bear_them() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(50));
    pool.impair(fil(40), fil(10));
    let totals = pool.totals();
    assert_eq!((totals.nav, totals.entry_nav), (fil(60), fil(90)));
    // 9 FIL at an entry price of 0.9.
    assert_eq!(pool.deposit(BOB, fil(9)), fil(10));
    // 10 shares at (60 + 9) / 110.
    assert_eq!(pool.redeem(BOB, fil(10)), atto(6_272_727_272_727_272_727));
}

#[test]
fn failure_03_rounding_is_against_who_asks() {
    let pool = Pool::new();
    pool.deposit(ALICE, atto(1_000));
    pool.pledge(atto(1_000));
    pool.impair(atto(1), atto(1));
    // 999 attoFIL back 1,000 shares: one attoFIL buys 1.001 shares, and one share is worth 0.999 attoFIL.
    assert_eq!(pool.deposit(BOB, atto(1)), atto(1));
    let (code, message) = pool.refusal::<Redeem>(BOB, fil(0), &RedeemParams { shares: atto(1), min_amount: fil(0) });
    assert_eq!(code, 64, "{message}");
}

#[test]
fn failure_04_the_last_holder_leaves_with_everything() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(3));
    pool.deposit(BOB, fil(7));
    pool.pledge(fil(9));
    pool.impair(fil(2), fil(2));
    let books = MinerTotals { principal: fil(9), ..pool.books() };
    pool.settle(fil(7), fil(7), books).unwrap();
    assert_eq!(pool.redeem(ALICE, fil(3)), atto(2_400_000_000_000_000_000));
    assert_eq!(pool.redeem(BOB, fil(7)), atto(5_600_000_000_000_000_000));
    assert!(pool.totals().liquid.is_zero());
}

#[test]
fn failure_05_deposit_harvest_redeem_brings_no_reward() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.deposit(BOB, fil(100));
    pool.reward(fil(50));
    assert!(pool.account(BOB).rewards.is_zero(), "nothing is released within the epoch");
    assert_eq!(pool.redeem(BOB, fil(100)), fil(100));
    assert!(pool.account(BOB).rewards.is_zero());
    pool.pass(20_160);
    // All of it, but the fees and what did not divide evenly: less than shares / 2^64 attoFIL.
    let short = fil(45) - pool.account(ALICE).rewards;
    assert!(short >= fil(0) && short <= atto(100_000_000_000_000_000_000u128 >> 64) + atto(1), "{short}");
}

#[test]
fn lost_assets_close_deposits_and_minimum_shares_are_kept() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.pledge(fil(10));
    pool.impair(fil(10), fil(10));
    let (code, message) = pool.refusal::<Deposit>(BOB, fil(1), &deposit_params());
    assert_eq!(code, 63, "{message}");
    pool.impair(fil(0), fil(0));
    let params = DepositParams { recipient: None, min_shares: fil(2) };
    let (code, message) = pool.refusal::<Deposit>(BOB, fil(1), &params);
    assert_eq!(code, 65, "{message}");
    assert_eq!(pool.refused::<Deposit>(BOB, &deposit_params()), 64);
    let params = DepositParams { recipient: None, min_shares: -fil(2) };
    assert_eq!(pool.refusal::<Deposit>(BOB, fil(1), &params).0, 16);
}

#[test]
fn a_share_worth_almost_nothing_does_not_let_numbers_explode() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1_000_000 - 1));
    pool.pledge(fil(1_000_000 - 1));
    let lost = fil(1_000_000 - 1) - atto(1);
    pool.impair(lost.clone(), lost);
    assert_eq!(pool.refusal::<Deposit>(BOB, fil(1), &deposit_params()).0, 63);
}

#[test]
fn limits_of_the_terms_hold() {
    let terms =
        TermsParams { min_deposit: fil(2), cap: fil(100), max_idle: fil(50), reserve_bps: Bps(1_000), ..easy_terms() };
    let pool = Pool::with_terms(terms);
    let deposit = |value| pool.refusal::<Deposit>(ALICE, value, &deposit_params());
    let (code, message) = deposit(fil(1));
    assert_eq!((code, message.contains('2')), (60, true), "{message}");
    let (code, message) = deposit(fil(101));
    assert_eq!(code, 61, "{message}");
    // 56 FIL less a reserve of 5.6 are 50.4 idle.
    let (code, message) = deposit(fil(56));
    assert_eq!(code, 62, "{message}");
    pool.deposit(ALICE, fil(55));
    let (code, message) = pool.refusal::<DrawPledge>(WIRING.owner_proxy, fil(0), &DrawPledgeParams { amount: fil(50) });
    assert_eq!(code, 68, "{message}");
    pool.pledge(atto(49_500_000_000_000_000_000));
}

#[test]
fn recipients_are_created_and_their_hook_is_called() {
    let pool = Pool::new();
    // On chain under an f1 address, too (failure 24): the same account.
    let f1 = Address::new_secp256k1(&[4; 65]).unwrap();
    pool.host.add_address(BOB, f1);
    pool.expect_hook(BOB, ExitCode::OK);
    let params = DepositParams { recipient: Some(f1), min_shares: fil(0) };
    pool.pay::<Deposit>(ALICE, fil(3), &params).unwrap();
    assert_eq!(pool.account(BOB).shares, fil(3));
    pool.expect_hook(BOB, ExitCode::USR_FORBIDDEN);
    let (code, message) = pool.refusal::<Deposit>(ALICE, fil(3), &params);
    assert_eq!(code, 18, "a hook that refuses undoes the deposit: {message}");
    let params = DepositParams { recipient: Some(id(WIRING.pool)), min_shares: fil(0) };
    assert_eq!(pool.refusal::<Deposit>(ALICE, fil(3), &params).0, 76);
}

#[test]
fn failure_10_a_hook_on_mint_finds_the_new_shares_and_can_use_them() {
    let pool = std::rc::Rc::new(Pool::new());
    let callee = pool.clone();
    pool.host.expect_reentry(hook(BOB, ExitCode::OK), move |_| {
        assert_eq!(callee.account(BOB).shares, fil(4));
        assert_eq!(callee.redeem(BOB, fil(4)), fil(4));
    });
    let params = DepositParams { recipient: Some(id(BOB)), min_shares: fil(0) };
    assert_eq!(pool.pay::<Deposit>(ALICE, fil(4), &params).unwrap().shares, fil(4));
    assert!(pool.account(BOB).shares.is_zero());
    assert!(pool.totals().liquid.is_zero());
}

#[test]
fn old_measurements_are_renewed_within_the_message() {
    let pool = std::rc::Rc::new(Pool::new());
    pool.deposit(ALICE, fil(10));
    pool.pledge(fil(4));
    pool.pass(2_880);
    pool.deposit(BOB, fil(1));
    pool.pass(1);
    // Too old for a deposit, and the proxy can't help.
    pool.host.expect(sync(ExitCode::USR_ILLEGAL_STATE));
    let (code, message) = pool.refusal::<Deposit>(BOB, fil(1), &deposit_params());
    assert_eq!(code, 66);
    assert!(message.contains("Sync"), "{message}");
    // It can: it re-enters, and the deposit goes on with the new books.
    let callee = pool.clone();
    pool.host.expect_reentry(sync(ExitCode::OK), move |_| {
        callee.impair(fil(2), fil(2));
    });
    assert_eq!(pool.deposit(BOB, fil(9)), atto(11u128 * 9_000_000_000_000_000_000 / 9));
    // While anything is impaired, a deposit needs a measurement of its own epoch.
    pool.pass(1);
    pool.host.expect(sync(ExitCode::OK));
    assert_eq!(pool.refusal::<Deposit>(BOB, fil(1), &deposit_params()).0, 66);
}

#[test]
fn redemptions_need_a_measurement_of_this_epoch_and_nobody_unsettled() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.pass(5_000);
    assert_eq!(pool.redeem(ALICE, fil(1)), fil(1), "nothing pledged, nothing to measure");
    pool.pledge(fil(4));
    pool.pass(1);
    pool.host.expect(sync(ExitCode::OK));
    let params = RedeemParams { shares: fil(1), min_amount: fil(0) };
    assert_eq!(pool.refused::<Redeem>(ALICE, &params), 66);
    pool.impair(fil(0), fil(0));
    assert_eq!(pool.redeem(ALICE, fil(1)), fil(1));
    let params = RedeemParams { shares: fil(1), min_amount: fil(2) };
    assert_eq!(pool.refused::<Redeem>(ALICE, &params), 65);
    let params = RedeemParams { shares: fil(8), min_amount: fil(0) };
    assert_eq!(pool.refused::<Redeem>(ALICE, &params), 68, "4 are liquid");
    let params = RedeemParams { shares: fil(9), min_amount: fil(0) };
    assert_eq!(pool.refused::<Redeem>(ALICE, &params), 19);
    pool.settle(fil(0), fil(0), MinerTotals { unsettled: 1, ..pool.books() }).unwrap();
    let params = RedeemParams { shares: fil(1), min_amount: fil(0) };
    assert_eq!(pool.refused::<Redeem>(ALICE, &params), 67);
    assert_eq!(pool.refusal::<Deposit>(ALICE, fil(1), &deposit_params()).0, 67);
    assert_eq!(pool.refused::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount: fil(1) }), 67);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Invariant 6: at any price, deposit then redeem never gains, whole or split, with donations in between.
    #[test]
    fn deposit_then_redeem_never_gains(
        first in 1u128..1_000_000_000_000_000_000_000,
        lost in 0u32..1_000,
        net in 0u32..1_000,
        value in 1u128..1_000_000_000_000_000_000_000,
        cut in 0u128..100,
    ) {
        let pool = Pool::new();
        pool.deposit(ALICE, atto(first));
        let half = atto(first / 2);
        pool.pledge(half.clone());
        let impaired = atto(first / 2 * u128::from(lost) / 1_000);
        pool.impair(impaired.clone(), atto(first / 2 * u128::from(lost) / 1_000 * u128::from(net) / 1_000));
        let before = pool.totals();
        let Ok(returned) = pool.pay::<Deposit>(BOB, atto(value), &deposit_params()) else { return Ok(()) };
        pool.donate(atto(value));
        let after = pool.totals();
        // Nobody else's shares lost value: NAV after * priced before >= NAV before * priced after.
        let price = |nav: &fvm_shared::econ::TokenAmount, by: &fvm_shared::econ::TokenAmount| nav.atto() * by.atto();
        prop_assert!(price(&after.nav, &before.shares) >= price(&before.nav, &after.shares));
        let part = atto(u128::try_from(returned.shares.atto()).unwrap() * cut / 100);
        let mut out = fil(0);
        for shares in [part.clone(), returned.shares - part] {
            let worth = pool.call::<PreviewRedeem>(BOB, &PreviewRedeemParams { shares: shares.clone() }).unwrap().amount;
            if worth.is_positive() && worth <= pool.totals().liquid {
                out += pool.redeem(BOB, shares);
            }
        }
        prop_assert!(out <= atto(value));
    }
}
