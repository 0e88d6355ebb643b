//! The formulas of DESIGN.md 4, by numbers worked out by hand and by properties.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::owner_proxy::KeeperCut;
use peggy_math::Bps;
use peggy_owner_proxy::math::{impairment, keeper_cut, legacy_left, Figures, Measurement, Plan};
use proptest::prelude::*;

fn atto(n: i64) -> TokenAmount {
    TokenAmount::from_atto(n)
}

#[test]
fn backing_is_all_but_what_vests_and_what_is_owed() {
    // 1,000 pledged, 50 deposited for precommits, 40 free, 10 matured, 30 vesting.
    let figures = Figures {
        balance: atto(1_130),
        available: atto(40),
        vesting_funds: vec![(9, atto(10)), (10, atto(30))],
        initial_pledge: atto(1_000),
    };
    let measured = Measurement::of(&figures, 10).unwrap();
    assert_eq!(measured.backing, atto(1_100));
    assert_eq!((measured.vesting, measured.available, measured.debt), (atto(30), atto(50), atto(0)));

    // All that was unlocked is gone, and 70 are still owed.
    let broke = Figures { balance: atto(1_050), available: atto(-70), vesting_funds: vec![], ..figures };
    let measured = Measurement::of(&broke, 10).unwrap();
    assert_eq!((measured.backing, measured.available, measured.debt), (atto(980), atto(0), atto(70)));
}

#[test]
fn backing_is_never_negative() {
    let figures = Figures { balance: atto(5), available: atto(-70), vesting_funds: vec![], initial_pledge: atto(5) };
    assert_eq!(Measurement::of(&figures, 10).unwrap().backing, atto(0));
}

#[test]
fn principal_comes_home_only_as_wanted_and_after_the_reward() {
    let measured = Measurement { backing: atto(120), vesting: atto(0), available: atto(50), debt: atto(0) };
    let plan = |principal, wanted| Plan::at_most(&atto(principal), &measured).wanting(&atto(wanted));
    assert_eq!(plan(100, 0), Plan { reward: atto(20), home: atto(0) });
    assert_eq!(plan(100, 7), Plan { reward: atto(20), home: atto(7) });
    assert_eq!(plan(100, 1_000), Plan { reward: atto(20), home: atto(30) });
    assert_eq!(plan(5, 1_000), Plan { reward: atto(50), home: atto(0) });
    // With a loss nothing is reward, but principal may still come home.
    assert_eq!(plan(200, 9), Plan { reward: atto(0), home: atto(9) });
    // Rewards that healed a loss and are free are principal like any other.
    assert_eq!(plan(120, 1_000), Plan { reward: atto(0), home: atto(50) });
    assert_eq!(plan(100, -3), Plan { reward: atto(20), home: atto(0) });
    let less = plan(100, 1_000).split(&atto(25));
    assert_eq!(less, Plan { reward: atto(20), home: atto(5) });
}

#[test]
fn the_keepers_cut_rounds_down_and_is_capped() {
    let cut = KeeperCut { bps: Bps(50), cap: atto(10) };
    assert_eq!(keeper_cut(&cut, &atto(399)), atto(1));
    assert_eq!(keeper_cut(&cut, &atto(199)), atto(0));
    assert_eq!(keeper_cut(&cut, &atto(1_000_000)), atto(10));
}

#[test]
fn legacy_shrinks_with_what_is_there() {
    let left = |principal, backing, vesting| legacy_left(&atto(50), &atto(principal), &atto(backing), &atto(vesting));
    assert_eq!(left(100, 100, 50), atto(50));
    assert_eq!(left(100, 100, 20), atto(20));
    // 30 of the 50 vesting will heal the loss first.
    assert_eq!(left(100, 70, 50), atto(20));
    assert_eq!(left(100, 10, 50), atto(0));
    assert_eq!(left(100, 100, 5_000), atto(50));
}

proptest! {
    #[test]
    fn nothing_is_taken_that_is_not_there(
        principal in 0i64..1_000, pledge in 0i64..1_000, free in -500i64..1_000, matured in 0i64..500,
        vesting in 0i64..500, demand in 0i64..2_000, arrives in 0i64..3_000,
    ) {
        let figures = Figures {
            balance: atto(pledge + free.max(0) + matured + vesting),
            available: atto(free),
            vesting_funds: vec![(1, atto(matured)), (100, atto(vesting))],
            initial_pledge: atto(pledge),
        };
        let m = Measurement::of(&figures, 50).unwrap();
        let plan = Plan::at_most(&atto(principal), &m).wanting(&atto(demand));
        prop_assert!(plan.total() <= m.available);
        prop_assert!(plan.home <= atto(principal.min(demand)));
        // A reward never makes a loss, nor deepens one.
        let (before, before_net) = impairment(&atto(principal), &m.backing, &m.vesting);
        let after = &m.backing - &plan.total();
        let (impaired, impaired_net) = impairment(&(atto(principal) - &plan.home), &after, &m.vesting);
        prop_assert!(impaired == before && impaired_net == before_net);
        prop_assert!(plan.reward == atto(0) || before == atto(0));
        let got = plan.split(&atto(arrives));
        prop_assert!(got.total() == plan.total().min(atto(arrives)));
    }
}
