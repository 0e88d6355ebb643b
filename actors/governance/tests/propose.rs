//! Propose, Activate, Cancel.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::METHOD_SEND;
use harness::*;
use peggy_interfaces::governance::{State as Stage, *};
use peggy_interfaces::owner_proxy::{ApproveMiner, MinerParams, ReturnPrincipal, ReturnPrincipalParams, WriteOff};
use peggy_interfaces::pool::{GetBond, Pause, PauseParams, VoteSnapshot};
use peggy_runtime::Method;

fn proposal(actions: Vec<Action>) -> ProposeParams {
    ProposeParams { title: "A change".into(), description: String::new(), actions }
}

#[test]
fn proposing_takes_the_threshold() {
    let gov = Gov::new();
    assert_eq!(refused(gov.propose(STRANGER, vec![keeper_cut()])), 124);
    // 0.1% of 100 shares is a tenth of a share; of a little more it is rounded up.
    gov.world.borrow_mut().shares.insert(STRANGER, TokenAmount::from_nano(100_000_000));
    assert_eq!(refused(gov.propose(STRANGER, vec![keeper_cut()])), 124);
    gov.hold(BOB, 20);
    gov.hold_position(CAROL, 9);
    gov.propose(STRANGER, vec![keeper_cut()]).unwrap();
    // Positions count like shares.
    gov.propose(CAROL, vec![keeper_cut()]).unwrap();
    assert_eq!(gov.kinds(), ["proposed", "proposed"]);
}

#[test]
fn nobody_proposes_where_nobody_holds() {
    let gov = Gov::wired();
    assert_eq!(refused(gov.propose(ALICE, vec![keeper_cut()])), 124);
}

#[test]
fn failure_8_the_actors_of_the_bundle_neither_propose_nor_vote_nor_veto() {
    let gov = Gov::new();
    let active = gov.active(vec![slash()]);
    for actor in WIRING.all() {
        assert_eq!(refused(gov.propose(actor, vec![keeper_cut()])), 128);
        assert_eq!(refused(gov.vote(actor, active, Choice::For)), 128);
    }
    gov.vote(ALICE, active, Choice::For).unwrap();
    gov.close(active);
    gov.queue(active).unwrap();
    for actor in WIRING.all() {
        assert_eq!(refused(gov.veto(actor, active)), 128);
    }
}

#[test]
fn sizes_are_bounded() {
    let gov = Gov::new();
    let long = |bytes| "x".repeat(bytes);
    let with_params = |bytes| {
        let mut action = slash();
        action.params = RawBytes::new(vec![0; bytes]);
        action
    };
    let title = |title: String| ProposeParams { title, ..proposal(vec![slash()]) };
    let text = |description| ProposeParams { description, ..proposal(vec![slash()]) };
    for (params, wanted) in [
        (proposal(vec![]), 129),
        (proposal(vec![slash(); 11]), 130),
        (proposal(vec![with_params(32 * 1024 + 1)]), 130),
        (proposal(vec![with_params(16 * 1024), with_params(16 * 1024 + 1)]), 130),
        (proposal(vec![with_params(64 * 1024)]), 130),
        (title(String::new()), 131),
        (title(long(129)), 130),
        (text(long(8 * 1024 + 1)), 130),
    ] {
        assert_eq!(refused(gov.propose_as(ALICE, params)), wanted);
    }
    gov.propose_as(ALICE, proposal(vec![slash(); 10])).unwrap();
    gov.propose_as(ALICE, proposal(vec![with_params(16 * 1024), with_params(16 * 1024)])).unwrap();
    gov.propose_as(ALICE, title(long(128))).unwrap();
    gov.propose_as(ALICE, text(long(8 * 1024))).unwrap();
}

#[test]
fn actions_that_can_never_be_right_are_refused() {
    let gov = Gov::new();
    let to_self = |method| Action { to: id(OWN), method, params: RawBytes::default(), value: fil(0) };
    let bare = Action { to: id(ALICE), method: METHOD_SEND, params: RawBytes::default(), value: fil(1) };
    for bad in [
        vec![Action { value: fil(-1), ..bare.clone() }],
        vec![Action { params: RawBytes::new(vec![0x80]), ..bare.clone() }],
        // Governance votes with nothing, executes nothing, pays itself nothing.
        vec![to_self(Vote::NUMBER)],
        vec![to_self(Execute::NUMBER)],
        vec![to_self(Veto::NUMBER)],
        vec![to_self(Propose::NUMBER)],
        vec![to_self(METHOD_SEND)],
        vec![to_self(Wire::NUMBER)],
        vec![Action { value: fil(1), ..action::<SetGuardian>(OWN, &SetGuardianParams { guardian: None }) }],
        vec![upgrade_of(OWN), keeper_cut()],
        vec![Action { params: RawBytes::new(vec![0x80]), ..upgrade_of(WIRING.pool) }],
    ] {
        assert_eq!(refused(gov.propose(ALICE, bad.clone())), 129, "{bad:?}");
    }
    assert_eq!(refused(gov.propose(ALICE, vec![Action { to: id(9_999), ..bare.clone() }])), 17);
    assert_eq!(refused(gov.propose(ALICE, vec![Action { to: Address::new_actor(b"nobody"), ..bare.clone() }])), 17);
    gov.propose(ALICE, vec![bare, keeper_cut(), upgrade_of(WIRING.pool), upgrade_of(OWN)]).unwrap();
}

#[test]
fn a_short_list_is_ordinary_and_everything_else_is_critical() {
    let gov = Gov::new();
    let class = |actions: Vec<Action>| {
        let class = gov.get(gov.pending(actions)).class;
        (class.critical, class.bond, class.upgrade)
    };
    let send = |to| Action { to: id(to), method: METHOD_SEND, params: RawBytes::default(), value: fil(1) };
    let with_value = |action| Action { value: fil(1), ..action };
    let miner = || MinerParams { miner: id(ALICE) };
    let home =
        action::<ReturnPrincipal>(WIRING.owner_proxy, &ReturnPrincipalParams { miner: id(ALICE), amount: fil(1) });
    let guardian = action::<SetGuardian>(OWN, &SetGuardianParams { guardian: None });
    let pause_liquidity = action::<Pause>(WIRING.liquidity, &PauseParams { epochs: 1 });
    for ordinary in [set_operator(), keeper_cut(), home, send(ALICE), send(WIRING.pool)] {
        assert_eq!(class(vec![ordinary.clone()]), (false, true, false), "{ordinary:?}");
    }
    for exempt in [pause(), pause_liquidity.clone(), guardian.clone()] {
        assert_eq!(class(vec![exempt.clone()]), (false, false, false), "{exempt:?}");
    }
    assert_eq!(class(vec![pause(), pause_liquidity, guardian]), (false, false, false));
    assert_eq!(class(vec![pause(), keeper_cut()]), (false, true, false), "one action of concern is enough");
    for critical in [
        slash(),
        action::<WriteOff>(WIRING.owner_proxy, &miner()),
        action::<ApproveMiner>(WIRING.owner_proxy, &miner()),
        action::<SetSettings>(OWN, &DEFAULT_SETTINGS),
        // What is ordinary elsewhere, or without FIL.
        Action { to: id(WIRING.pool), ..set_operator() },
        Action { to: id(ALICE), ..pause() },
        Action { to: id(WIRING.owner_proxy), ..pause() },
        Action { to: id(ALICE), ..upgrade_of(WIRING.pool) },
        with_value(keeper_cut()),
        with_value(pause()),
    ] {
        assert_eq!(class(vec![critical.clone()]), (true, true, false), "{critical:?}");
        assert!(class(vec![pause(), critical.clone()]).0, "{critical:?} hidden behind an ordinary action");
    }
    for actor in WIRING.all() {
        assert_eq!(class(vec![upgrade_of(actor)]), (true, true, true));
    }
}

#[test]
fn failure_24_an_alias_of_an_actor_is_that_actor() {
    let gov = Gov::new();
    let robust = Address::new_actor(b"the pool's other name");
    gov.host.add_address(WIRING.pool, robust);
    let own = Address::new_actor(b"governance's other name");
    gov.host.add_address(OWN, own);
    let upgrade = gov.pending(vec![Action { to: robust, ..upgrade_of(WIRING.pool) }]);
    let proposed = gov.get(upgrade);
    assert!(proposed.class.critical && proposed.class.upgrade);
    assert_eq!(proposed.actions[0].to, id(WIRING.pool));
    assert_eq!(refused(gov.propose(ALICE, vec![Action { to: own, method: Vote::NUMBER, ..pause() }])), 129);
    // A method of the whitelist is ordinary for the actor itself under any name, and for no other.
    let ordinary = gov.pending(vec![Action { to: robust, ..pause() }]);
    assert!(!gov.get(ordinary).class.critical);
}

#[test]
fn failure_15_numbers_say_nothing_and_equal_proposals_are_two() {
    let gov = Gov::new();
    let first = gov.propose(ALICE, vec![keeper_cut()]).unwrap();
    let copy = gov.propose(BOB, vec![keeper_cut()]).unwrap();
    assert_eq!((first, copy), (1, 2));
    assert_eq!(refused(gov.cancel(BOB, first)), 133, "a copy gives no power over the original");
    gov.cancel(BOB, copy).unwrap();
    assert_eq!((gov.stage(first), gov.stage(copy)), (Stage::Pending, Stage::Canceled));
    // Nothing can be done to a number before there is a proposal behind it.
    assert_eq!(refused(gov.activate(3)), 120);
    assert_eq!(refused(gov.vote(ALICE, 3, Choice::For)), 120);
    assert_eq!(refused(gov.cancel(ALICE, 0)), 120);
    assert_eq!(gov.refused::<GetProposal>(ALICE, &ProposalParams { id: u64::MAX }), 120);
}

#[test]
fn votes_open_after_the_delay_and_within_the_grace_period() {
    let gov = Gov::new();
    let early = gov.pending(vec![keeper_cut()]);
    assert_eq!(refused(gov.activate(early)), 122);
    gov.pass(DAY - 1);
    assert_eq!(refused(gov.activate(early)), 122);
    assert_eq!(refused(gov.vote(ALICE, early, Choice::For)), 121);
    gov.pass(1);
    let open = gov.activate(early).unwrap();
    assert_eq!(open, ActivateReturn { ends: gov.epoch() + 5 * DAY, supply: fil(100) });
    assert_eq!(refused(gov.activate(early)), 121, "once only");

    let late = gov.pending(vec![keeper_cut()]);
    gov.pass(DAY + 14 * DAY);
    assert_eq!(gov.stage(late), Stage::Pending);
    gov.pass(1);
    assert_eq!(gov.stage(late), Stage::Expired);
    assert_eq!(refused(gov.activate(late)), 121);
    assert_eq!(refused(gov.cancel(ALICE, late)), 121);
}

#[test]
fn failure_14_settings_pinned_at_activation_govern_the_vote() {
    let gov = Gov::new();
    let running = gov.active(vec![slash()]);
    let pending = gov.pending(vec![slash()]);
    let faster = Settings {
        threshold: peggy_math::Bps(200),
        voting_delay: 120,
        voting_period: 2 * DAY,
        quorum: peggy_math::Bps(5_000),
        ordinary_delay: DAY,
        critical_delay: 7 * DAY,
        grace_period: 3 * DAY,
    };
    gov.call::<SetSettings>(OWN, &faster).unwrap();
    // The running vote keeps its end, its delay and its grace period.
    assert_eq!(gov.get(running).poll.unwrap().settings, DEFAULT_SETTINGS);
    gov.vote(ALICE, running, Choice::For).unwrap();
    gov.pass(2 * DAY + 1);
    assert_eq!(gov.stage(running), Stage::Active);
    gov.close(running);
    gov.pass(14 * DAY - 1);
    let wait = gov.queue(running).unwrap();
    assert_eq!(wait.execute_from, gov.epoch() + 14 * DAY);
    assert_eq!(wait.execute_until, wait.execute_from + 14 * DAY);
    // The other one was made under the old delay, and is voted on under the new settings.
    let opened = gov.get(pending);
    assert_eq!(opened.activate_from, opened.created + DAY);
    assert_eq!(gov.stage(pending), Stage::Expired);
    let next = gov.pending(vec![slash()]);
    gov.pass(120);
    gov.activate(next).unwrap();
    assert_eq!(gov.get(next).poll.unwrap().settings, faster);
}

#[test]
fn failure_13_what_is_held_when_the_vote_opens_counts_and_nothing_later() {
    let gov = Gov::new();
    let running = gov.active(vec![keeper_cut()]);
    gov.hold(STRANGER, 1_000);
    assert_eq!(refused(gov.vote(STRANGER, running, Choice::Against)), 125);
    assert_eq!(gov.vote(ALICE, running, Choice::For).unwrap(), fil(60));
    assert_eq!(gov.get(running).poll.unwrap().supply, fil(100));
}

#[test]
fn nothing_opens_while_a_source_of_votes_does_not_answer() {
    let gov = Gov::new();
    let waiting = gov.pending(vec![keeper_cut()]);
    gov.pass(DAY);
    let id = ProposalParams { id: waiting };
    gov.expect_failing_query::<VoteSnapshot>(WIRING.pool, 22);
    assert_eq!(gov.refused::<Activate>(STRANGER, &id), 22);
    gov.expect_snapshot(WIRING.pool);
    gov.expect_failing_query::<VoteSnapshot>(WIRING.nft_share, 33);
    assert_eq!(gov.refused::<Activate>(STRANGER, &id), 33);
    gov.expect_now(None);
    gov.expect_failing_query::<GetBond>(WIRING.pool, 20);
    assert_eq!(gov.refused::<Activate>(STRANGER, &id), 20);
    assert_eq!(gov.stage(waiting), Stage::Pending);
    gov.activate(waiting).unwrap();
}

#[test]
fn failure_8_positions_that_claim_more_than_is_wrapped_do_not_count() {
    let gov = Gov::new();
    // nft-share says its positions are 40 shares, the pool holds 10 for it.
    gov.world.borrow_mut().positions.insert(CAROL, fil(40));
    let odd = gov.active(vec![keeper_cut()]);
    let poll = gov.get(odd).poll.unwrap();
    assert_eq!(poll.sources.len(), 1);
    assert_eq!(poll.supply, fil(100));
    assert_eq!(refused(gov.vote(CAROL, odd, Choice::For)), 125);
}

#[test]
fn only_the_pool_is_asked_while_nothing_is_wrapped() {
    let gov = Gov::wired();
    gov.hold(ALICE, 5);
    let simple = gov.active(vec![keeper_cut()]);
    let poll = gov.get(simple).poll.unwrap();
    assert_eq!(poll.sources.iter().map(|s| s.actor).collect::<Vec<_>>(), [WIRING.pool]);
    gov.vote(ALICE, simple, Choice::For).unwrap();
}

#[test]
fn only_the_proposer_cancels_and_only_before_the_vote() {
    let gov = Gov::new();
    let mine = gov.pending(vec![keeper_cut()]);
    for who in [BOB, STRANGER, GUARDIAN, DEPLOYER, OPERATOR, OWN] {
        assert_eq!(refused(gov.cancel(who, mine)), 133);
    }
    gov.cancel(ALICE, mine).unwrap();
    assert_eq!(gov.kinds(), ["proposed", "canceled"]);
    assert_eq!(refused(gov.cancel(ALICE, mine)), 121);
    gov.pass(DAY);
    assert_eq!(refused(gov.activate(mine)), 121);
    let open = gov.active(vec![keeper_cut()]);
    assert_eq!(refused(gov.cancel(ALICE, open)), 121);
}

#[test]
fn lists_are_paged() {
    let gov = Gov::new();
    for _ in 0..7 {
        gov.pending(vec![keeper_cut()]);
    }
    gov.cancel(ALICE, 3).unwrap();
    let page = |from, limit| gov.call::<ListProposals>(STRANGER, &ListProposalsParams { from, limit }).unwrap();
    let ids = |page: &ListProposalsReturn| page.proposals.iter().map(|p| p.id).collect::<Vec<_>>();
    let first = page(0, 3);
    assert_eq!((ids(&first), first.next), (vec![1, 2, 3], Some(4)));
    assert_eq!(first.proposals[2].state, Stage::Canceled);
    let second = page(4, 3);
    assert_eq!((ids(&second), second.next), (vec![4, 5, 6], Some(7)));
    let last = page(7, u32::MAX);
    assert_eq!((ids(&last), last.next), (vec![7], None));
    assert_eq!(page(8, 5), ListProposalsReturn { proposals: vec![], next: None });
    assert_eq!(page(u64::MAX, 5), ListProposalsReturn { proposals: vec![], next: None });
    assert_eq!(page(2, 0), ListProposalsReturn { proposals: vec![], next: Some(2) });
}

#[test]
fn failure_18_a_page_is_never_longer_than_its_bound() {
    let gov = Gov::wired();
    gov.hold(ALICE, 5);
    for _ in 0..=limits::MAX_PAGE {
        gov.expect_now(Some(ALICE));
        let params = peggy_runtime::encode(&proposal(vec![keeper_cut()]), "").unwrap();
        gov.raw(ALICE, Propose::NUMBER, fil(0), params).unwrap();
    }
    let page = gov.call::<ListProposals>(ALICE, &ListProposalsParams { from: 1, limit: u32::MAX }).unwrap();
    assert_eq!(page.proposals.len(), limits::MAX_PAGE as usize);
    assert_eq!(page.next, Some(u64::from(limits::MAX_PAGE) + 1));
    assert_eq!(gov.check().cores.len(), limits::MAX_PAGE as usize + 1);
}
