//! Queue, Veto, Execute.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::METHOD_SEND;
use harness::*;
use peggy_interfaces::governance::{State as Stage, *};
use peggy_interfaces::pool::{GetBond, VoteSnapshot, VotesAt};
use peggy_runtime::mock::code;
use peggy_runtime::{encode, Host, Method};

fn send(value: i64) -> Action {
    Action { to: id(CAROL), method: METHOD_SEND, params: RawBytes::default(), value: fil(value) }
}

#[test]
fn ordinary_waits_short_and_critical_waits_long() {
    let gov = Gov::new();
    for (actions, delay) in [(vec![keeper_cut()], 2 * DAY), (vec![keeper_cut(), slash()], 14 * DAY)] {
        let proposal = gov.active(actions);
        assert_eq!(refused(gov.queue(proposal)), 121, "while the vote runs");
        assert_eq!(refused(gov.execute(proposal)), 121);
        gov.vote(ALICE, proposal, Choice::For).unwrap();
        gov.close(proposal);
        assert_eq!(refused(gov.execute(proposal)), 121, "before it was queued");
        let wait = gov.queue(proposal).unwrap();
        assert_eq!(wait.execute_from, gov.epoch() + delay);
        assert_eq!(refused(gov.queue(proposal)), 121, "once only");
        gov.at(wait.execute_from - 1);
        assert_eq!(refused(gov.execute(proposal)), 122);
        gov.at(wait.execute_from);
        let actions = gov.get(proposal).actions.len() as u32;
        assert_eq!(gov.execute(proposal).unwrap(), ExecuteReturn { actions });
        assert_eq!(gov.stage(proposal), Stage::Executed);
    }
}

#[test]
fn failure_19_nothing_is_queued_or_executed_after_its_grace_period() {
    let gov = Gov::new();
    let slept = gov.succeeded(vec![keeper_cut()]);
    gov.pass(14 * DAY - 1);
    assert_eq!(gov.stage(slept), Stage::Succeeded);
    gov.pass(1);
    assert_eq!(gov.stage(slept), Stage::Expired);
    assert_eq!(refused(gov.queue(slept)), 121);

    let late = gov.due(vec![keeper_cut()]);
    let until = gov.get(late).queued.unwrap().execute_until;
    assert_eq!(until, gov.epoch() + 14 * DAY);
    gov.at(until + 1);
    assert_eq!(gov.stage(late), Stage::Expired);
    assert_eq!(refused(gov.execute(late)), 121);
    assert_eq!(refused(gov.recount(late, ALICE)), 121);

    let last_moment = gov.due(vec![keeper_cut()]);
    gov.at(gov.get(last_moment).queued.unwrap().execute_until);
    gov.execute(last_moment).unwrap();
}

#[test]
fn failure_16_executed_once_and_marked_before_the_first_call() {
    let gov = Gov::new();
    let proposal = gov.due(vec![slash(), keeper_cut()]);
    let params = encode(&ProposalParams { id: proposal }, "").unwrap();
    let again = params.clone();
    gov.host.expect_reentry(called(&slash(), 0), move |host| {
        let run = host.call(WIRING.pool, Execute::NUMBER, fil(0), |rt| peggy_governance::invoke(rt, again));
        assert_eq!(run.unwrap_err().code().value(), 121);
    });
    gov.expect_action(&keeper_cut(), 0);
    gov.host.take_events();
    gov.call::<Execute>(STRANGER, &ProposalParams { id: proposal }).unwrap();
    assert_eq!(gov.kinds(), ["executed"]);
    assert_eq!(refused(gov.raw(STRANGER, Execute::NUMBER, fil(0), params)), 121);
}

#[test]
fn all_actions_or_none() {
    let gov = Gov::new();
    let proposal = gov.due(vec![keeper_cut(), slash(), pause()]);
    gov.host.take_events();
    for (first, second, wanted) in [(51, None, 51), (0, Some(19), 19), (0, Some(7), 23)] {
        gov.expect_action(&keeper_cut(), first);
        if let Some(second) = second {
            gov.expect_action(&slash(), second);
        }
        let e = gov.call::<Execute>(STRANGER, &ProposalParams { id: proposal }).unwrap_err();
        assert_eq!(e.code().value(), wanted, "{e}");
        assert!(e.message().contains("of 3 (method"), "{e}");
        assert_eq!(gov.stage(proposal), Stage::Queued);
        assert!(gov.kinds().is_empty());
    }
    // What failed may work later.
    gov.execute(proposal).unwrap();
}

#[test]
fn governance_spends_its_own_fil_and_not_more() {
    let gov = Gov::new();
    let (some, much) = (gov.due(vec![send(4)]), gov.pending(vec![send(7)]));
    assert!(!gov.get(much).class.critical);
    gov.host.set_balance(OWN, fil(10));
    gov.execute(some).unwrap();
    assert_eq!((&gov.host).balance_of(OWN), Some(fil(6)));
    gov.pass(DAY);
    gov.activate(much).unwrap();
    gov.vote(ALICE, much, Choice::For).unwrap();
    gov.close(much);
    let wait = gov.queue(much).unwrap();
    gov.at(wait.execute_from);
    assert_eq!(refused(gov.execute(much)), 19);
    assert_eq!(gov.stage(much), Stage::Queued);
    gov.host.set_balance(OWN, fil(7));
    gov.execute(much).unwrap();
}

#[test]
fn a_third_vetoes_a_critical_proposal_during_its_delay() {
    let gov = Gov::wired();
    for (who, shares) in [(ALICE, 100), (BOB, 60), (CAROL, 20), (STRANGER, 20)] {
        gov.hold(who, shares);
    }
    let proposal = gov.active(vec![slash()]);
    assert_eq!(refused(gov.veto(CAROL, proposal)), 121);
    gov.vote(ALICE, proposal, Choice::For).unwrap();
    gov.vote(CAROL, proposal, Choice::For).unwrap();
    gov.close(proposal);
    assert_eq!(refused(gov.veto(CAROL, proposal)), 121, "before the delay");
    gov.queue(proposal).unwrap();
    // 60 of 200 are no third; 80 are. Who voted for it may think better of it.
    assert_eq!(gov.veto(BOB, proposal).unwrap(), VetoReturn { veto: fil(60), canceled: false });
    assert_eq!(refused(gov.veto(BOB, proposal)), 126);
    assert_eq!(refused(gov.veto(GUARDIAN, proposal)), 125);
    gov.host.take_events();
    assert_eq!(gov.veto(CAROL, proposal).unwrap(), VetoReturn { veto: fil(80), canceled: true });
    assert_eq!(gov.kinds(), ["vetoed", "canceled"]);
    assert_eq!(gov.stage(proposal), Stage::Canceled);
    let receipt = gov.receipt(proposal, CAROL).unwrap();
    assert_eq!((receipt.choice, receipt.votes, receipt.veto), (Some(Choice::For), fil(20), fil(20)));
    gov.pass(14 * DAY);
    assert_eq!(refused(gov.execute(proposal)), 121);
    assert_eq!(refused(gov.veto(STRANGER, proposal)), 121);
}

#[test]
fn two_thirds_for_it_outweigh_any_veto_for_as_long_as_they_hold() {
    let gov = Gov::wired();
    for (who, shares) in [(ALICE, 100), (BOB, 100), (CAROL, 100)] {
        gov.hold(who, shares);
    }
    let proposal = gov.active(vec![slash()]);
    gov.vote(ALICE, proposal, Choice::For).unwrap();
    gov.vote(BOB, proposal, Choice::For).unwrap();
    gov.close(proposal);
    gov.queue(proposal).unwrap();
    assert_eq!(gov.veto(CAROL, proposal).unwrap(), VetoReturn { veto: fil(100), canceled: false });
    // One share of the two thirds is gone: the veto stands.
    gov.hold(BOB, 99);
    gov.host.take_events();
    gov.recount(proposal, BOB).unwrap();
    assert_eq!(gov.kinds(), ["recounted", "canceled"]);
    assert_eq!(gov.stage(proposal), Stage::Canceled);
}

#[test]
fn vetoes_are_votes_of_then_that_are_still_held() {
    let gov = Gov::new();
    let proposal = gov.queued(vec![slash()]);
    gov.hold(STRANGER, 500);
    assert_eq!(refused(gov.veto(STRANGER, proposal)), 125, "bought since");
    gov.hold(BOB, 0);
    assert_eq!(refused(gov.veto(BOB, proposal)), 125, "sold since");
    gov.hold(ALICE, 10);
    assert_eq!(gov.veto(ALICE, proposal).unwrap().veto, fil(10));
    gov.hold(ALICE, 4);
    let left = gov.recount(proposal, ALICE).unwrap();
    assert_eq!((left.votes, left.veto), (fil(4), fil(4)));
}

#[test]
fn ordinary_proposals_and_ended_delays_know_no_veto() {
    let gov = Gov::new();
    let ordinary = gov.queued(vec![keeper_cut()]);
    assert_eq!(refused(gov.veto(ALICE, ordinary)), 135);
    let due = gov.due(vec![slash()]);
    assert_eq!(refused(gov.veto(ALICE, due)), 123);
    gov.at(gov.epoch() - 1);
    gov.veto(CAROL, due).unwrap();
}

// --- upgrades ---

/// An upgrade of a source of votes that succeeds, and what governance asks the new code.
fn expect_upgrade(gov: &Gov, source: u64, pinned: &[Source]) {
    gov.expect_action(&upgrade_of(source), 0);
    let (fresh, _) = gov.expect_snapshot(source);
    gov.expect_votes(&[(source, fresh)], ALICE);
    if let Some(pinned) = pinned.iter().find(|pinned| pinned.actor == source) {
        gov.expect_votes(&[(source, pinned.snapshot)], ALICE);
    }
    if source == WIRING.pool {
        gov.expect_bond();
        gov.expect_exits();
    }
}

fn execute_upgrade(gov: &Gov, proposal: u64) -> u32 {
    gov.call::<Execute>(STRANGER, &ProposalParams { id: proposal }).map_or_else(|e| e.code().value(), |_| 0)
}

#[test]
fn failure_17_an_upgrade_waits_for_the_exits_requested_before_it_was_queued() {
    let gov = Gov::new();
    gov.exits(3, 7);
    let proposal = gov.due(vec![upgrade_of(WIRING.owner_proxy)]);
    let wait = gov.get(proposal).queued.unwrap();
    assert_eq!(wait.exits_before, Some(7));
    // Later tickets are not waited for, those before are.
    for first in [3, 6] {
        gov.exits(first, 20);
        gov.expect_exits();
        assert_eq!(execute_upgrade(&gov, proposal), 137);
    }
    gov.exits(7, 20);
    gov.expect_exits();
    gov.expect_action(&upgrade_of(WIRING.owner_proxy), 0);
    assert_eq!(execute_upgrade(&gov, proposal), 0);
}

#[test]
fn failure_17_but_at_most_ninety_days_more_and_the_grace_period_begins_then() {
    let gov = Gov::new();
    gov.exits(0, 1);
    let proposal = gov.due(vec![upgrade_of(WIRING.liquidity)]);
    let wait = gov.get(proposal).queued.unwrap();
    assert_eq!(wait.execute_until, wait.execute_from + (90 + 14) * DAY);
    gov.at(wait.execute_from + 90 * DAY - 1);
    gov.expect_exits();
    assert_eq!(execute_upgrade(&gov, proposal), 137);
    gov.at(wait.execute_from + 90 * DAY);
    gov.expect_action(&upgrade_of(WIRING.liquidity), 0);
    assert_eq!(execute_upgrade(&gov, proposal), 0);
    // Nobody waited: there is nothing to put it off for.
    gov.exits(1, 1);
    let proposal = gov.queued(vec![upgrade_of(WIRING.liquidity)]);
    let wait = gov.get(proposal).queued.unwrap();
    assert_eq!((wait.exits_before, wait.execute_until), (None, wait.execute_from + 14 * DAY));
}

#[test]
fn failure_17_a_refused_upgrade_leaves_the_proposal_queued() {
    let gov = Gov::new();
    let proposal = gov.due(vec![keeper_cut(), upgrade_of(WIRING.owner_proxy)]);
    let before = gov.state();
    for refusal in [36, 20, 16] {
        gov.expect_action(&keeper_cut(), 0);
        gov.expect_action(&upgrade_of(WIRING.owner_proxy), refusal);
        assert_eq!(execute_upgrade(&gov, proposal), refusal);
        assert_eq!(gov.state(), before);
    }
}

#[test]
fn an_upgrade_after_which_nobody_could_vote_is_refused() {
    let gov = Gov::new();
    let proposal = gov.due(vec![upgrade_of(WIRING.pool)]);
    let pinned = gov.get(proposal).poll.unwrap().sources;
    let before = gov.state();
    gov.expect_action(&upgrade_of(WIRING.pool), 0);
    gov.expect_failing_query::<VoteSnapshot>(WIRING.pool, 22);
    assert_eq!(execute_upgrade(&gov, proposal), 136);
    // It no longer reads the snapshot this proposal was voted on with.
    gov.expect_action(&upgrade_of(WIRING.pool), 0);
    let (fresh, _) = gov.expect_snapshot(WIRING.pool);
    gov.expect_votes(&[(WIRING.pool, fresh)], ALICE);
    gov.expect_failing_query::<VotesAt>(WIRING.pool, 16);
    assert_eq!(execute_upgrade(&gov, proposal), 136);
    // It forgot the bond.
    gov.expect_action(&upgrade_of(WIRING.pool), 0);
    let (fresh, _) = gov.expect_snapshot(WIRING.pool);
    gov.expect_votes(&[(WIRING.pool, fresh), (WIRING.pool, pinned[0].snapshot)], ALICE);
    gov.expect_failing_query::<GetBond>(WIRING.pool, 22);
    assert_eq!(execute_upgrade(&gov, proposal), 136);
    assert_eq!(gov.state(), before);

    expect_upgrade(&gov, WIRING.pool, &pinned);
    assert_eq!(execute_upgrade(&gov, proposal), 0);
}

#[test]
fn nft_share_must_answer_after_its_upgrade_too() {
    let gov = Gov::new();
    let proposal = gov.due(vec![upgrade_of(WIRING.nft_share)]);
    let pinned = gov.get(proposal).poll.unwrap().sources;
    gov.expect_action(&upgrade_of(WIRING.nft_share), 0);
    gov.expect_failing_query::<VoteSnapshot>(WIRING.nft_share, 22);
    assert_eq!(execute_upgrade(&gov, proposal), 136);
    expect_upgrade(&gov, WIRING.nft_share, &pinned);
    assert_eq!(execute_upgrade(&gov, proposal), 0);
}

#[test]
fn governance_swaps_its_own_code_last_and_in_its_own_frame() {
    let gov = Gov::new();
    let proposal = gov.due(vec![keeper_cut(), upgrade_of(OWN)]);
    gov.expect_action(&keeper_cut(), 0);
    gov.host.take_events();
    // Not one call to itself: the swap is a system call.
    assert_eq!(execute_upgrade(&gov, proposal), 0);
    assert_eq!(gov.host.upgraded_to(), Some(code("new")));
    assert_eq!(gov.kinds(), ["executed", "upgraded"]);
    assert_eq!(gov.stage(proposal), Stage::Executed);
}

#[test]
fn failure_17_governance_too_upgrades_only_from_the_code_and_schema_it_names() {
    let gov = Gov::new();
    let mut params: peggy_runtime::UpgradeParams = upgrade_of(OWN).params.deserialize().unwrap();
    params.old_code = code("other");
    let wrong_code = action::<Upgrade>(OWN, &params);
    params = upgrade_of(OWN).params.deserialize().unwrap();
    params.old_schema = 7;
    let wrong_schema = action::<Upgrade>(OWN, &params);
    for wrong in [wrong_code, wrong_schema] {
        let proposal = gov.due(vec![wrong]);
        assert_eq!(execute_upgrade(&gov, proposal), 36);
        assert_eq!(gov.stage(proposal), Stage::Queued);
        assert_eq!(gov.host.upgraded_to(), None);
    }
}
