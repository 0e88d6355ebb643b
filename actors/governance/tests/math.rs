//! The formulas, against their definitions in whole numbers.

use fvm_shared::econ::TokenAmount;
use peggy_governance::math::{bond_content, carried, count, late, quorum, quorum_reached, threshold, uncount, vetoed};
use peggy_interfaces::governance::{limits, Choice, Class, Poll, Receipt, Settings, Tally, DEFAULT_SETTINGS};
use peggy_math::Bps;
use proptest::prelude::*;

fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}

fn poll(supply: u128, bond: u128, quorum: u32) -> Poll {
    Poll {
        opened: 0,
        settings: Settings { quorum: Bps(quorum), ..DEFAULT_SETTINGS },
        sources: Vec::new(),
        supply: atto(supply),
        bond: atto(bond),
        bond_owners: Vec::new(),
    }
}

fn class(critical: bool, bond: bool) -> Class {
    Class { critical, bond, upgrade: false }
}

fn tally(yes: u128, no: u128, abstain: u128, veto: u128, consent: u128) -> Tally {
    Tally { yes: atto(yes), no: atto(no), abstain: atto(abstain), veto: atto(veto), consent: atto(consent) }
}

#[test]
fn parts_of_votes_round_up() {
    assert_eq!(quorum(&poll(101, 0, 1_000)), atto(11));
    assert_eq!(quorum(&poll(0, 0, 1_000)), atto(0));
    assert_eq!(threshold(&DEFAULT_SETTINGS, &atto(1)), atto(1));
    assert_eq!(threshold(&DEFAULT_SETTINGS, &atto(2_001)), atto(3));
}

#[test]
fn nothing_carries_without_votes() {
    for critical in [false, true] {
        for bond in [false, true] {
            assert!(!carried(class(critical, bond), &poll(0, 0, 400), &tally(0, 0, 0, 0, 0)));
            assert!(!carried(class(critical, bond), &poll(0, 9, 400), &tally(0, 0, 0, 0, 9)));
        }
    }
}

proptest! {
    #[test]
    fn as_defined(
        supply in 0u128..1_000, yes in 0u128..1_000, no in 0u128..1_000, abstain in 0u128..1_000, veto in 0u128..1_000,
        bond in 0u128..1_000, consent in 0u128..1_000, bps in 400u32..5_000, critical: bool, of_concern: bool,
    ) {
        let (class, poll, tally) = (class(critical, of_concern), poll(supply, bond, bps), tally(yes, no, abstain, veto, consent));
        let reached =
            if critical { yes * 2 > supply } else { (yes + abstain) * 10_000 >= supply * u128::from(bps) };
        prop_assert_eq!(quorum_reached(class, &poll, &tally), reached);
        let content = !of_concern || bond == 0 || yes > bond || consent * 2 > bond;
        prop_assert_eq!(bond_content(class, &poll, &tally), content);
        prop_assert_eq!(carried(class, &poll, &tally), reached && yes > no && content);
        prop_assert_eq!(vetoed(&poll, &tally), veto * 3 >= supply && yes * 3 < supply * 2);
    }

    #[test]
    fn more_votes_for_it_never_defeat(
        supply in 1u128..1_000, yes in 0u128..1_000, no in 0u128..1_000, more in 0u128..1_000, bond in 0u128..1_000, critical: bool,
    ) {
        let (class, poll) = (class(critical, true), poll(supply, bond, 1_000));
        let (before, after) = (tally(yes, no, 0, 0, 0), tally(yes + more, no, 0, 0, 0));
        prop_assert!(!carried(class, &poll, &before) || carried(class, &poll, &after));
    }

    #[test]
    fn only_what_turns_in_the_last_day_is_late(yes in 0u128..20, more in 0u128..20, before_end in 0i64..6_000) {
        let (class, poll) = (class(false, false), poll(100, 0, 1_000));
        let (a, b) = (tally(yes, 0, 0, 0, 0), tally(yes + more, 0, 0, 0, 0));
        let turned = yes < 10 && yes + more >= 10;
        prop_assert_eq!(late(class, &poll, &a, &b, 10_000, 10_000 - before_end), turned && before_end < limits::LATE);
    }

    #[test]
    fn what_is_counted_can_be_uncounted(receipts in proptest::collection::vec((0u8..4, 0u128..100, 0u128..100), 0..20)) {
        let receipts: Vec<_> = receipts.into_iter().map(|(choice, votes, veto)| Receipt {
            choice: Choice::try_from(choice).ok(), votes: atto(votes), veto: atto(veto),
        }).collect();
        let mut tally = Tally::default();
        for receipt in &receipts {
            count(&mut tally, receipt);
        }
        for receipt in &receipts {
            uncount(&mut tally, receipt);
        }
        prop_assert_eq!(tally, Tally::default());
    }
}
