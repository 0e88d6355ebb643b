//! Each transition of a proposal.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::METHOD_SEND;
use peggy_interfaces::governance::{
    limits, Action, Activate, Cancel, Choice, GetConfig, GuardianPause, GuardianPauseParams, ProposalParams,
    SetSettings, Settings, State, Veto, DEFAULT_SETTINGS,
};
use peggy_interfaces::owner_proxy::GetConfig as ProxyConfig;
use peggy_interfaces::pool::{GetTerms, GetTotals};
use peggy_scenarios::council::{action, Council};
use peggy_scenarios::fil;

use super::*;

#[test]
fn an_ordinary_proposal_goes_all_the_way() {
    let mut c = council();
    let (alice, carol) = (c.key("alice"), c.key("carol"));
    let id = c.propose(&alice, vec![keeper_cut(&c, 7)]);
    assert_eq!((id, c.stage(id)), (1, State::Pending));
    c.reach(c.proposal(id).activate_from);
    let opened = c.activate(id).answer::<Activate>();
    assert_eq!((opened.supply, c.stage(id)), (fil(100), State::Active));
    c.vote(&alice, id, Choice::For).ok();
    // An Ethereum-style wallet votes by castVote(uint256,uint8).
    c.vote(&carol, id, Choice::Against).ok();
    let tally = c.proposal(id).tally;
    assert_eq!((tally.yes, tally.no), (fil(60), fil(10)));
    c.close(id);
    c.skip(1);
    assert_eq!(c.stage(id), State::Succeeded);
    c.queue(id).ok();
    assert_eq!(c.stage(id), State::Queued);
    c.wait(id);
    let done = c.execute(id).ok();
    assert_eq!(c.stage(id), State::Executed);
    let kinds: Vec<_> = done.events.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["executed", "keeper-cut-set"]);
    assert_eq!(c.read::<ProxyConfig>(c.wiring.owner_proxy, &()).keeper_cut.bps, Bps(7));
}

#[test]
fn a_critical_proposal_waits_two_weeks_and_changes_the_terms() {
    let mut c = council();
    let terms = set_terms(&c, |terms| terms.reward_period = 2 * DAY);
    let id = c.carry(&["alice"], vec![terms]);
    let queued = c.proposal(id).queued.unwrap();
    assert_eq!(queued.execute_from - queued.at, 14 * DAY);
    c.wait(id);
    c.execute(id).ok();
    assert_eq!(c.read::<GetTerms>(c.wiring.pool, &()).reward_period, 2 * DAY);
}

#[test]
fn everything_governance_may_set_it_sets_and_a_failing_action_undoes_the_others() {
    let mut c = council();
    let settings = Settings { voting_period: 2 * DAY, ..DEFAULT_SETTINGS };
    let all = |c: &Council| {
        vec![
            keeper_cut(c, 9),
            set_operator(c, "dave"),
            set_guardian(c, "bob"),
            action::<SetSettings>(c.wiring.governance, &settings),
            set_terms(c, |terms| terms.exit_cooldown = 5),
        ]
    };
    let mut failing = all(&c);
    failing.push(set_terms(&c, |terms| terms.exit_cooldown = limits::DAY * 365));
    let before: Vec<_> = c.wiring.all().map(|id| c.root_of(id)).to_vec();
    let id = c.carry(&["alice"], failing);
    c.wait(id);
    let governance = c.root_of(c.wiring.governance);
    c.execute(id).refused(70, "exit_cooldown");
    assert_eq!(c.root_of(c.wiring.governance), governance);
    for (id, root) in c.wiring.all().into_iter().zip(before).take(4) {
        assert_eq!(c.root_of(id), root, "f0{id} changed");
    }
    let good = all(&c);
    c.decide(&["alice"], good).ok();
    let config = c.read::<GetConfig>(c.wiring.governance, &());
    assert_eq!((config.guardian, config.settings), (Some(c.id(&c.key("bob"))), settings));
    assert_eq!(c.read::<ProxyConfig>(c.wiring.owner_proxy, &()).operator, c.id(&c.key("dave")));
    assert_eq!(c.read::<GetTerms>(c.wiring.pool, &()).exit_cooldown, 5);
}

#[test]
fn what_is_defeated_expired_or_cancelled_stays_so() {
    let mut c = council();
    let (alice, bob) = (c.key("alice"), c.key("bob"));
    let defeated = c.open(&alice, vec![keeper_cut(&c, 1)]);
    c.vote(&bob, defeated, Choice::For).ok();
    c.vote(&alice, defeated, Choice::Against).ok();
    c.close(defeated);
    c.queue(defeated).refused(121, "Defeated");
    c.recount(defeated, &alice).refused(121, "Defeated");

    let cancelled = c.propose(&bob, vec![keeper_cut(&c, 2)]);
    c.gov::<Cancel>(&alice, &ProposalParams { id: cancelled }).refused(133, "only its proposer");
    c.gov::<Cancel>(&bob, &ProposalParams { id: cancelled }).ok();
    c.skip(DAY);
    c.activate(cancelled).refused(121, "Canceled");

    let slept = c.propose(&bob, vec![keeper_cut(&c, 3)]);
    c.skip(16 * DAY);
    c.activate(slept).refused(121, "Expired");

    let late = c.carry(&["alice"], vec![keeper_cut(&c, 4)]);
    c.skip(17 * DAY);
    c.execute(late).refused(121, "Expired");
    assert_eq!(c.stage(late), State::Expired);
}

#[test]
fn a_third_of_the_votes_vetoes_and_two_thirds_outweigh_it() {
    let mut c = Council::with(&[("alice", 52), ("bob", 33), ("dave", 15)]);
    let (bob, dave) = (c.key("bob"), c.key("dave"));
    let id = c.carry(&["alice"], vec![slash(&c, 1)]);
    c.gov::<Veto>(&bob, &ProposalParams { id }).ok();
    assert_eq!(c.stage(id), State::Queued, "33 of 100 are no third");
    c.gov::<Veto>(&bob, &ProposalParams { id }).refused(126, "once only");
    c.gov::<Veto>(&dave, &ProposalParams { id }).ok();
    assert_eq!(c.stage(id), State::Canceled);
    let strong = c.carry(&["alice", "dave"], vec![set_terms(&c, |_| ())]);
    c.gov::<Veto>(&bob, &ProposalParams { id: strong }).ok();
    c.wait(strong);
    c.execute(strong).ok();
}

#[test]
fn failure_29_the_guardians_pause_ends_and_cannot_be_repeated_at_once() {
    let mut c = council();
    let (guardian, alice, bob) = (c.key("guardian"), c.key("alice"), c.key("bob"));
    for who in [&alice, &c.key("operator"), &c.key("deployer"), &c.key("stranger")] {
        c.gov::<GuardianPause>(who, &GuardianPauseParams { epochs: 10 }).refused(18, "guardian");
    }
    c.gov::<GuardianPause>(&guardian, &GuardianPauseParams { epochs: 7 * DAY }).ok();
    c.deposit(&alice, 1).refused(35, "paused");
    // Claims, votes and transfers go on.
    c.transfer(&alice, &bob, 1).ok();
    let again = GuardianPauseParams { epochs: 7 * DAY };
    c.gov::<GuardianPause>(&guardian, &again).refused(74, "");
    c.skip(7 * DAY);
    c.deposit(&alice, 1).ok();
    c.gov::<GuardianPause>(&guardian, &again).refused(74, "");
    c.skip(7 * DAY);
    c.gov::<GuardianPause>(&guardian, &again).ok();
    assert!(c.read::<GetTotals>(c.wiring.pool, &()).paused_until > c.epoch());
}

#[test]
fn governance_spends_its_own_fil_by_vote() {
    let mut c = council();
    let (stranger, dave) = (c.key("stranger"), c.key("dave"));
    let governance = c.wiring.governance;
    c.send("bare send", &stranger, governance, METHOD_SEND, RawBytes::default(), fil(5)).ok();
    let pay = |c: &Council, value| Action {
        to: c.key("dave").address(),
        method: METHOD_SEND,
        params: RawBytes::default(),
        value: fil(value),
    };
    let before = c.net.balance(&dave.address()).unwrap();
    let too_much = pay(&c, 6);
    c.decide(&["alice"], vec![too_much]).refused(19, "action 1 of 1");
    let all = pay(&c, 5);
    c.decide(&["alice"], vec![all]).ok();
    assert_eq!(c.net.balance(&dave.address()).unwrap() - before, fil(5));
    assert_eq!(c.net.balance(&Address::new_id(governance)).unwrap(), fil(0));
}

#[test]
fn failure_14_new_settings_leave_running_votes_alone() {
    let mut c = council();
    let alice = c.key("alice");
    let fast = Settings { voting_delay: 120, voting_period: 2 * DAY, ordinary_delay: DAY, ..DEFAULT_SETTINGS };
    let change = c.carry(&["alice"], vec![action::<SetSettings>(c.wiring.governance, &fast)]);
    let from = c.proposal(change).queued.unwrap().execute_from;
    c.reach(from - 3 * DAY);
    let running = c.open(&alice, vec![keeper_cut(&c, 3)]);
    let ends = c.proposal(running).ends;
    c.wait(change);
    c.execute(change).ok();
    let pinned = c.proposal(running);
    assert_eq!((pinned.ends, pinned.poll.unwrap().settings), (ends, DEFAULT_SETTINGS));
    c.vote(&alice, running, Choice::For).ok();
    c.close(running);
    c.queue(running).ok();
    let queued = c.proposal(running).queued.unwrap();
    assert_eq!(queued.execute_from - queued.at, 2 * DAY);
    let next = c.open(&alice, vec![keeper_cut(&c, 4)]);
    assert_eq!(c.proposal(next).poll.unwrap().settings, fast);
}

#[test]
fn votes_cost_transfers_nothing() {
    let base = council();
    let (alice, bob) = (base.key("alice"), base.key("bob"));
    let gas = |running: usize| {
        let mut c = base.fork();
        let ids: Vec<_> = (0..3).map(|n| c.propose(&alice, vec![keeper_cut(&c, n)])).collect();
        c.reach(c.proposal(3).activate_from);
        for id in ids {
            // As many messages and epochs in any case.
            if usize::try_from(id).unwrap() <= running {
                c.activate(id).ok();
                c.vote(&alice, id, Choice::For).ok();
            } else {
                c.skip(2);
            }
        }
        c.transfer(&alice, &bob, 1).ok().gas
    };
    assert_eq!((gas(0), gas(0)), (gas(1), gas(3)));
}
