//! Vote, Consent, Recount, and what carries a proposal.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::address::Address;
use harness::*;
use peggy_interfaces::governance::{State as Stage, *};
use peggy_interfaces::pool::{VotesAt, VotesAtParams, VotesAtReturn};
use peggy_math::Bps;

#[test]
fn votes_are_shares_wherever_they_are_and_cast_once() {
    let gov = Gov::new();
    gov.hold_position(ALICE, 5);
    let vote = gov.active(vec![keeper_cut()]);
    assert_eq!(gov.vote(ALICE, vote, Choice::For).unwrap(), fil(65), "shares and positions together");
    assert_eq!(gov.vote(CAROL, vote, Choice::Abstain).unwrap(), fil(10));
    assert_eq!(gov.vote(BOB, vote, Choice::Against).unwrap(), fil(30));
    for choice in [Choice::For, Choice::Against, Choice::Abstain] {
        assert_eq!(refused(gov.vote(ALICE, vote, choice)), 126);
    }
    assert_eq!(refused(gov.vote(STRANGER, vote, Choice::For)), 125, "with nothing");
    let tally = gov.get(vote).tally;
    assert_eq!((tally.yes, tally.no, tally.abstain), (fil(65), fil(30), fil(10)));
    let receipt = gov.receipt(vote, ALICE).unwrap();
    assert_eq!((receipt.choice, receipt.votes), (Some(Choice::For), fil(65)));
    assert_eq!(gov.receipt(vote, STRANGER), None);
    assert_eq!(gov.kinds(), ["proposed", "activated", "voted", "voted", "voted"]);
}

#[test]
fn votes_are_taken_to_the_last_epoch_and_not_after() {
    let gov = Gov::new();
    let vote = gov.active(vec![keeper_cut()]);
    let ends = gov.get(vote).ends.unwrap();
    gov.at(ends);
    gov.vote(BOB, vote, Choice::Against).unwrap();
    gov.at(ends + 1);
    assert_eq!(refused(gov.vote(ALICE, vote, Choice::For)), 121);
    assert_eq!(gov.stage(vote), Stage::Defeated);
}

#[test]
fn a_reason_is_bounded_and_only_in_the_event() {
    let gov = Gov::new();
    let vote = gov.active(vec![keeper_cut()]);
    let with = |bytes| VoteParams { id: vote, choice: Choice::For, reason: Some("r".repeat(bytes)) };
    gov.expect_then(vote, ALICE);
    assert_eq!(gov.refused::<Vote>(ALICE, &with(1_025)), 130);
    gov.host.take_events();
    gov.expect_then(vote, ALICE);
    gov.call::<Vote>(ALICE, &with(1_024)).unwrap();
    let event = gov.host.take_events().remove(0);
    assert_eq!(event.entries.last().unwrap().key, "reason");
}

#[test]
fn a_source_that_fails_or_lies_about_a_vote_costs_nobody_else_anything() {
    let gov = Gov::new();
    let vote = gov.active(vec![keeper_cut()]);
    let pinned = gov.get(vote).poll.unwrap().sources;
    let params = VoteParams { id: vote, choice: Choice::For, reason: None };
    // A snapshot that is missing, or of a schema the code no longer reads: the pool's own words and code.
    gov.expect_failing_query::<VotesAt>(WIRING.pool, 16);
    assert_eq!(gov.refused::<Vote>(ALICE, &params), 16);
    // More votes than there are.
    let asked = VotesAtParams { snapshot: pinned[0].snapshot, account: id(STRANGER) };
    gov.expect_query::<VotesAt>(WIRING.pool, &asked, Ok(VotesAtReturn { votes: fil(101) }));
    let asked = VotesAtParams { snapshot: pinned[1].snapshot, ..asked };
    gov.expect_query::<VotesAt>(WIRING.nft_share, &asked, Ok(VotesAtReturn { votes: fil(0) }));
    assert_eq!(gov.refused::<Vote>(STRANGER, &params), 138);
    gov.vote(ALICE, vote, Choice::For).unwrap();
}

fn outcome(gov: &Gov, actions: Vec<Action>, votes: &[(u64, Choice)], consents: &[u64]) -> Stage {
    let vote = gov.active(actions);
    for (who, choice) in votes {
        gov.vote(*who, vote, *choice).unwrap();
    }
    for who in consents {
        gov.consent(*who, vote).unwrap();
    }
    gov.close(vote);
    gov.stage(vote)
}

#[test]
fn ordinary_takes_the_quorum_and_more_for_than_against() {
    use Choice::{Abstain, Against, For};
    use Stage::{Defeated, Succeeded};
    let gov = Gov::wired();
    // The quorum is 10% of 1,000 shares.
    for (who, shares) in [(ALICE, 100), (BOB, 99), (CAROL, 1), (STRANGER, 800)] {
        gov.hold(who, shares);
    }
    for (votes, wanted) in [
        (vec![], Defeated),
        (vec![(BOB, For)], Defeated),
        (vec![(ALICE, For)], Succeeded),
        (vec![(BOB, For), (CAROL, Abstain)], Succeeded),
        (vec![(BOB, For), (CAROL, Against)], Defeated),
        (vec![(ALICE, Abstain)], Defeated),
        (vec![(ALICE, Against)], Defeated),
        (vec![(ALICE, For), (BOB, Against)], Succeeded),
        (vec![(ALICE, For), (BOB, Against), (CAROL, Against)], Defeated),
        (vec![(STRANGER, Against), (ALICE, For)], Defeated),
    ] {
        assert_eq!(outcome(&gov, vec![keeper_cut()], &votes, &[]), wanted, "{votes:?}");
    }
}

#[test]
fn critical_takes_more_than_half_of_all_votes() {
    use Choice::{Abstain, Against, For};
    let gov = Gov::wired();
    for (who, shares) in [(ALICE, 50), (BOB, 49), (CAROL, 1)] {
        gov.hold(who, shares);
    }
    for (votes, wanted) in [
        (vec![(ALICE, For)], Stage::Defeated),
        (vec![(ALICE, For), (CAROL, Abstain)], Stage::Defeated),
        (vec![(ALICE, For), (CAROL, For)], Stage::Succeeded),
        (vec![(ALICE, For), (CAROL, For), (BOB, Against)], Stage::Succeeded),
        (vec![(BOB, For)], Stage::Defeated),
    ] {
        assert_eq!(outcome(&gov, vec![slash()], &votes, &[]), wanted, "{votes:?}");
    }
}

#[test]
fn neither_dust_governs_a_bond_nor_a_bond_governs_holders() {
    use Choice::For;
    let gov = Gov::wired();
    gov.hold(ALICE, 1);
    gov.bond(OPERATOR, 1_000);
    // All votes there are, and next to nothing beside the bond.
    for actions in [vec![set_operator()], vec![keeper_cut()], vec![slash()], vec![upgrade_of(WIRING.pool)]] {
        assert_eq!(outcome(&gov, actions.clone(), &[(ALICE, For)], &[]), Stage::Defeated, "{actions:?}");
        assert_eq!(outcome(&gov, actions.clone(), &[(ALICE, For)], &[OPERATOR]), Stage::Succeeded, "{actions:?}");
        // The bond alone, however large, carries nothing: it has no votes.
        assert_eq!(outcome(&gov, actions, &[], &[OPERATOR]), Stage::Defeated);
    }
    // A pause is no concern of the bond's.
    assert_eq!(outcome(&gov, vec![pause()], &[(ALICE, For)], &[]), Stage::Succeeded);
    // Hidden behind a pause it still is one.
    assert_eq!(outcome(&gov, vec![pause(), set_operator()], &[(ALICE, For)], &[]), Stage::Defeated);
}

#[test]
fn votes_that_exceed_the_bond_need_no_consent() {
    use Choice::For;
    let gov = Gov::wired();
    gov.hold(ALICE, 100);
    gov.hold(BOB, 1);
    gov.bond(OPERATOR, 100);
    assert_eq!(outcome(&gov, vec![slash()], &[(ALICE, For)], &[]), Stage::Defeated, "as many are not more");
    assert_eq!(outcome(&gov, vec![slash()], &[(ALICE, For), (BOB, For)], &[]), Stage::Succeeded);
}

#[test]
fn consent_is_the_majority_of_bond_shares_pinned_when_the_vote_opened() {
    use Choice::For;
    let gov = Gov::wired();
    gov.hold(ALICE, 10);
    gov.bond(OPERATOR, 50);
    gov.bond(BOB, 30);
    gov.bond(CAROL, 20);
    assert_eq!(outcome(&gov, vec![slash()], &[(ALICE, For)], &[OPERATOR]), Stage::Defeated, "half is no majority");
    assert_eq!(outcome(&gov, vec![slash()], &[(ALICE, For)], &[BOB, CAROL]), Stage::Defeated);
    assert_eq!(outcome(&gov, vec![slash()], &[(ALICE, For)], &[OPERATOR, CAROL]), Stage::Succeeded);

    let vote = gov.active(vec![slash()]);
    gov.bond(STRANGER, 1_000);
    assert_eq!(refused(gov.consent(STRANGER, vote)), 134, "bought into the bond too late");
    assert_eq!(refused(gov.consent(ALICE, vote)), 134);
    let agreed = gov.consent(BOB, vote).unwrap();
    assert_eq!(agreed, ConsentReturn { consented: fil(30), enough: false });
    assert_eq!(refused(gov.consent(BOB, vote)), 126);
    assert!(gov.consent(OPERATOR, vote).unwrap().enough);
    gov.close(vote);
    assert_eq!(refused(gov.consent(CAROL, vote)), 121, "what is defeated stays so");
    assert_eq!(gov.stage(vote), Stage::Defeated);
}

#[test]
fn a_quorum_reached_in_the_last_day_extends_the_vote_by_a_day_once() {
    use Choice::{Against, For};
    let gov = Gov::new();
    for (actions, who) in [(vec![keeper_cut()], BOB), (vec![slash()], ALICE)] {
        let vote = gov.active(actions);
        let ends = gov.get(vote).ends.unwrap();
        gov.at(ends - DAY + 1);
        gov.host.take_events();
        gov.vote(who, vote, For).unwrap();
        assert_eq!(gov.kinds(), ["voted", "vote-extended"]);
        let extended = gov.get(vote);
        assert_eq!((extended.ends, extended.extended), (Some(ends + DAY), true));
        // Not again, whatever turns.
        gov.at(ends + DAY);
        gov.vote(if who == ALICE { BOB } else { ALICE }, vote, Against).unwrap();
        gov.vote(CAROL, vote, For).unwrap();
        assert_eq!(gov.get(vote).ends, Some(ends + DAY));
    }
    // Reached before the last day, nothing is extended, not even by more votes.
    let vote = gov.active(vec![keeper_cut()]);
    let ends = gov.get(vote).ends.unwrap();
    gov.at(ends - DAY);
    gov.vote(ALICE, vote, For).unwrap();
    gov.at(ends);
    gov.vote(BOB, vote, For).unwrap();
    assert_eq!(gov.get(vote).ends, Some(ends));
}

#[test]
fn a_vote_or_consent_that_turns_the_outcome_at_the_last_minute_extends_it_too() {
    use Choice::{Against, For};
    let gov = Gov::new();
    // The quorum was there, the majority was against.
    let vote = gov.active(vec![keeper_cut()]);
    gov.vote(BOB, vote, Against).unwrap();
    gov.vote(CAROL, vote, For).unwrap();
    let ends = gov.get(vote).ends.unwrap();
    gov.at(ends);
    gov.vote(ALICE, vote, For).unwrap();
    assert_eq!(gov.get(vote).ends, Some(ends + DAY));
    // All that was missing was the bond's consent.
    gov.bond(OPERATOR, 1_000);
    let vote = gov.active(vec![keeper_cut()]);
    gov.vote(ALICE, vote, For).unwrap();
    let ends = gov.get(vote).ends.unwrap();
    gov.at(ends);
    gov.consent(OPERATOR, vote).unwrap();
    assert_eq!(gov.get(vote).ends, Some(ends + DAY));
}

#[test]
fn failure_13_votes_rented_and_returned_are_cut_to_what_is_left() {
    use Choice::For;
    let gov = Gov::new();
    let vote = gov.active(vec![slash()]);
    gov.vote(ALICE, vote, For).unwrap();
    assert_eq!(gov.recount(vote, ALICE).unwrap().votes, fil(60), "nothing changed");
    gov.host.take_events();
    gov.recount(vote, ALICE).unwrap();
    assert!(gov.kinds().is_empty());
    // Given back.
    gov.hold(ALICE, 25);
    assert_eq!(gov.recount(vote, ALICE).unwrap().votes, fil(25));
    assert_eq!(gov.kinds(), ["recounted"]);
    // Never raised again.
    gov.hold(ALICE, 500);
    assert_eq!(gov.recount(vote, ALICE).unwrap().votes, fil(25));
    assert_eq!(gov.get(vote).tally.yes, fil(25));
    gov.hold(ALICE, 0);
    assert_eq!(gov.recount(vote, ALICE).unwrap().votes, fil(0));
    assert_eq!(refused(gov.vote(ALICE, vote, For)), 126, "and not cast twice");
    assert_eq!(refused(gov.recount(vote, BOB)), 127);
    let nobody = RecountParams { id: vote, voter: Address::new_actor(b"nobody") };
    assert_eq!(gov.refused::<Recount>(STRANGER, &nobody), 17);
}

#[test]
fn wrapping_and_unwrapping_cost_no_vote() {
    let gov = Gov::new();
    let vote = gov.active(vec![keeper_cut()]);
    gov.vote(ALICE, vote, Choice::For).unwrap();
    gov.vote(CAROL, vote, Choice::For).unwrap();
    gov.hold(ALICE, 0);
    gov.hold_position(ALICE, 60);
    gov.hold_position(CAROL, 0);
    gov.hold(CAROL, 10);
    assert_eq!(gov.recount(vote, ALICE).unwrap().votes, fil(60));
    assert_eq!(gov.recount(vote, CAROL).unwrap().votes, fil(10));
}

#[test]
fn a_recount_can_defeat_what_succeeded_or_waits_but_revives_nothing() {
    use Choice::{Against, For};
    let gov = Gov::new();
    let waiting = gov.queued(vec![slash()]);
    let succeeded = gov.succeeded(vec![slash()]);
    let gone = gov.active(vec![keeper_cut()]);
    gov.vote(ALICE, gone, Against).unwrap();
    gov.vote(BOB, gone, For).unwrap();
    gov.close(gone);
    gov.hold(ALICE, 1);
    gov.recount(waiting, ALICE).unwrap();
    gov.recount(succeeded, ALICE).unwrap();
    assert_eq!((gov.stage(waiting), gov.stage(succeeded)), (Stage::Defeated, Stage::Defeated));
    assert_eq!(refused(gov.queue(succeeded)), 121);
    assert_eq!(refused(gov.execute(waiting)), 121);
    // The opponents of this one believe it dead, and may leave.
    assert_eq!(gov.stage(gone), Stage::Defeated);
    assert_eq!(refused(gov.recount(gone, ALICE)), 121);
    // Nor do votes of those who are for it bring a defeated one back.
    assert_eq!(refused(gov.recount(waiting, BOB)), 121);
}

#[test]
fn failure_14_a_lower_quorum_revives_nothing() {
    let gov = Gov::wired();
    gov.hold(ALICE, 5);
    gov.hold(BOB, 95);
    let dead = gov.active(vec![keeper_cut()]);
    gov.vote(ALICE, dead, Choice::For).unwrap();
    gov.close(dead);
    assert_eq!(gov.stage(dead), Stage::Defeated);
    let low = Settings { quorum: Bps(400), ..DEFAULT_SETTINGS };
    gov.call::<SetSettings>(OWN, &low).unwrap();
    assert_eq!(gov.stage(dead), Stage::Defeated);
}
