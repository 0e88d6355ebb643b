//! What is open when: old measurements, unsettled miners, pauses.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::liquidity::Settings;
use peggy_interfaces::pool::limits::DAY;
use peggy_math::Bps;
use peggy_scenarios::{fil, Setup, World};

use super::*;

#[test]
fn an_unsettled_miner_closes_what_needs_a_price_and_nothing_else() {
    let (mut w, miner) = stocked();
    let (alice, bob, dave, keeper) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone(), w.cast.keeper.clone());
    w.hold_early_terminations(miner, true);
    w.skip(1);
    w.harvest(&keeper, miner).ok();
    w.sell(&alice, fil(10)).refused(67, "can't be measured");
    w.buy_shares(&bob, fil(10)).refused(67, "can't be measured");
    w.recycle(&bob, fil(10)).refused(67, "can't be measured");
    w.add_liquidity(&bob, fil(10)).refused(67, "can't be measured");
    // Taking out what is one's needs no price, and reads answer with the last one.
    w.remove_liquidity(&dave, fil(100)).ok();
    w.collect(&bob).ok();
    w.move_lp(&dave, bob.address(), fil(100)).ok();
    assert_eq!(w.quote_sell(fil(10)).worth, fil(10));
    w.hold_early_terminations(miner, false);
    w.harvest(&keeper, miner).ok();
    w.sell(&alice, fil(10)).ok();
    w.add_liquidity(&bob, fil(10)).ok();
}

/// Three miners can't be measured within a message.
#[test]
fn measurements_too_old_close_trades_until_somebody_syncs() {
    let mut w = World::with(Setup::default());
    for _ in 0..3 {
        w.custody(fil(400));
    }
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(500)).ok();
    // Without inventory no price is needed.
    w.add_liquidity(&bob, fil(100)).ok();
    w.skip(DAY);
    w.sell(&alice, fil(10)).refused(66, "Sync");
    let mut terms = w.setup.terms_params(&w.cast);
    terms.max_staleness_out = 120;
    w.set_terms(&terms).ok();
    w.sync(&keeper, 3).ok();
    w.sell(&alice, fil(10)).ok();
    w.skip(121);
    w.buy_shares(&alice, fil(1)).refused(66, "Sync");
    w.add_liquidity(&alice, fil(1)).refused(66, "Sync");
    w.recycle(&alice, fil(1)).refused(66, "Sync");
    w.remove_liquidity(&bob, fil(50)).ok();
}

#[test]
fn failure_29_a_pause_closes_intake_only_and_ends() {
    let (mut w, _) = stocked();
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    w.pause_liquidity(100).ok();
    w.add_liquidity(&bob, fil(1)).refused(35, "paused until");
    w.buy_shares(&bob, fil(1)).refused(35, "paused until");
    w.sell(&alice, fil(10)).ok();
    w.remove_liquidity(&dave, fil(10)).ok();
    w.recycle(&bob, fil(10)).ok();
    w.skip(100);
    w.add_liquidity(&bob, fil(1)).ok();
    w.buy_shares(&bob, fil(1)).ok();
    w.pause_liquidity(100).refused(110, "the next pause can begin");
}

#[test]
fn only_governance_sets_the_discount_and_only_within_its_bounds() {
    let (mut w, _) = stocked();
    let set = |base, slope, max| Settings { base_bps: Bps(base), slope_bps: Bps(slope), max_bps: Bps(max) };
    w.set_discount(&set(0, 0, 2_501)).refused(109, "max_bps");
    w.set_discount(&set(0, 10_001, 100)).refused(109, "slope_bps");
    w.set_discount(&set(101, 0, 100)).refused(109, "base_bps");
    let (alice, liquidity) = (w.cast.alice.clone(), w.wiring.liquidity);
    for who in [&w.cast.operator.clone(), &w.cast.deployer.clone(), &alice] {
        let tried =
            w.call::<peggy_interfaces::liquidity::SetSettings>(who, liquidity, &set(1, 1, 1), TokenAmount::zero());
        tried.refused(18, "governance");
    }
    w.set_discount(&set(2_500, 0, 2_500)).ok();
    assert_eq!(w.quote_sell(fil(4)).amount, fil(3));
    w.set_discount(&set(0, 0, 0)).ok();
    assert_eq!(w.sell(&alice, fil(4)).paid(), fil(4));
}
