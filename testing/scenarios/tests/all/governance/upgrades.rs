//! Upgrades of all five actors by proposal: to a second version with another state layout, to code that traps, lies or is not there.

use std::collections::BTreeMap;

use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use multihash_codetable::{Code, MultihashDigest};
use peggy_interfaces::common::{GetWiring, Upgrade, UpgradeParams};
use peggy_interfaces::frc46::{BalanceOf, TotalSupply};
use peggy_interfaces::governance::{Choice, Execute, ProposalParams, State};
use peggy_interfaces::pool::{
    ExitDemand, FinalizeExits, FinalizeExitsParams, GetAccount, GetAccountParams, RequestExit, RequestExitParams,
};
use peggy_scenarios::council::{action, Council};
use peggy_scenarios::World;
use test_second::SecondState;

use super::*;

/// Names and crates of the second versions, in the order of the wiring.
const SECOND: [&str; 5] =
    ["second_owner_proxy", "second_pool", "second_nft_share", "second_liquidity", "second_governance"];

/// What every holder has.
fn balances(c: &Council) -> BTreeMap<&'static str, fvm_shared::econ::TokenAmount> {
    let of = |name: &&'static str| (*name, c.read::<BalanceOf>(c.wiring.pool, &c.key(name).address()));
    ["alice", "bob", "carol", "operator", "stranger"].iter().map(of).collect()
}

/// Holders, a bond, a miner that earned.
fn at_work() -> Council {
    let mut world = World::new();
    let miner = world.custody(fil(40));
    for (name, shares) in [("alice", 60), ("bob", 30), ("carol", 10)] {
        let key = match name {
            "alice" => world.cast.alice.clone(),
            "bob" => world.cast.bob.clone(),
            _ => world.cast.carol.clone(),
        };
        world.deposit(&key, fil(shares)).ok();
    }
    world.pledge(miner, fil(40)).ok();
    world.award(miner, &fil(8));
    let keeper = world.cast.keeper.clone();
    world.harvest(&keeper, miner).ok();
    Council::of(world)
}

#[test]
fn each_actor_is_upgraded_to_another_layout_and_keeps_everything() {
    let base = at_work();
    for (at, krate) in SECOND.into_iter().enumerate() {
        let mut c = base.fork();
        let actor = c.wiring.all()[at];
        let second = c.install(krate);
        let (held, supply) = (balances(&c), c.read::<TotalSupply>(c.wiring.pool, &()));
        let fil_before = c.net.balance(&Address::new_id(actor)).unwrap();
        // What is in the first layout just before it is migrated.
        let schema = c.read::<GetWiring>(actor, &()).schema;
        let proposal = c.carry(&["alice"], vec![c.upgrade(actor, second, b"note")]);
        c.wait(proposal);
        let before = c.root_of(actor);
        c.execute(proposal).ok();

        assert_eq!(c.code_of(actor), second, "{krate}");
        let state: SecondState = c.net.load_state(actor).unwrap();
        assert_eq!((state.schema, state.note.bytes()), (schema + 1, b"note".as_slice()), "{krate}");
        if actor == c.wiring.governance {
            assert_ne!(state.first, before, "{krate}: the proposal is marked executed in what was migrated");
        } else {
            assert_eq!((state.first, state.changes), (before, 0), "{krate}");
        }
        assert_eq!(c.read::<GetWiring>(actor, &()).schema, schema + 1);
        assert_eq!(balances(&c), held, "{krate}");
        assert_eq!(c.read::<TotalSupply>(c.wiring.pool, &()), supply, "{krate}");
        assert_eq!(c.net.balance(&Address::new_id(actor)).unwrap(), fil_before, "{krate}");
        assert_eq!(c.stage(proposal), State::Executed, "{krate}");
        // It works, and the next vote is about it.
        let (alice, bob) = (c.key("alice"), c.key("bob"));
        c.transfer(&alice, &bob, 1).ok();
        let next = c.carry(&["alice"], vec![keeper_cut(&c, 3)]);
        c.wait(next);
        c.execute(next).ok();
        // Back to the first version it does not go: that can't read the second layout.
        let back = c.carry(&["alice"], vec![c.upgrade(actor, c.codes.actors[at], b"back")]);
        c.wait(back);
        c.execute(back).refused(36, "");
        assert_eq!(c.code_of(actor), second, "{krate}");
    }
}

#[test]
fn failure_17_a_refused_upgrade_leaves_code_state_and_proposal_as_they_were() {
    let mut base = council();
    let broken = base.install("second_broken");
    let seconds = SECOND.map(|krate| base.install(krate));
    let missing = Cid::new_v1(fvm_ipld_encoding::IPLD_RAW, Code::Blake2b256.digest(b"never installed"));
    for (at, actor) in base.wiring.all().into_iter().enumerate() {
        let mut c = base.fork();
        let (old, schema) = (c.codes.actors[at], c.read::<GetWiring>(actor, &()).schema);
        let with = |new_code, old_code, old_schema, note: &[u8]| {
            let migration_params = RawBytes::new(note.to_vec());
            action::<Upgrade>(actor, &UpgradeParams { new_code, old_code, old_schema, migration_params })
        };
        let stranger_code = seconds[(at + 1) % 5];
        let attempts = [
            // Its migration destroys the state and traps; refuses; is another actor's; is not installed; names other code or schema.
            (with(broken, old, schema, b""), None),
            (with(seconds[at], old, schema, b""), Some(16)),
            (with(stranger_code, old, schema, b"x"), Some(36)),
            (with(missing, old, schema, b"x"), None),
            (with(seconds[at], broken, schema, b"x"), Some(36)),
            (with(seconds[at], old, schema + 1, b"x"), Some(36)),
        ];
        let alice = c.key("alice");
        let ids: Vec<_> = attempts.iter().map(|(attempt, _)| c.propose(&alice, vec![attempt.clone()])).collect();
        c.reach(c.proposal(ids[5]).activate_from);
        for id in &ids {
            c.activate(*id).ok();
            c.vote(&alice, *id, Choice::For).ok();
        }
        c.close(ids[5]);
        for id in &ids {
            c.queue(*id).ok();
        }
        c.wait(ids[5]);
        for (id, (_, code)) in ids.iter().zip(attempts) {
            let roots = c.wiring.all().map(|id| (c.root_of(id), c.code_of(id)));
            let outcome = c.execute(*id);
            assert!(!outcome.is_ok(), "f0{actor}, proposal {id}");
            if let Some(code) = code {
                assert_eq!(outcome.code, code, "f0{actor}, proposal {id}: {}", outcome.message);
            }
            assert_eq!(c.wiring.all().map(|id| (c.root_of(id), c.code_of(id))), roots, "f0{actor}, proposal {id}");
            assert_eq!(c.stage(*id), State::Queued);
        }
    }
}

#[test]
fn a_source_of_votes_that_would_no_longer_answer_is_not_upgraded() {
    let mut base = council();
    let broken = base.install("second_broken");
    for source in [base.wiring.pool, base.wiring.nft_share] {
        let mut c = base.fork();
        // Its migration says that all is well.
        let id = c.carry(&["alice"], vec![c.upgrade(source, broken, &[1])]);
        c.wait(id);
        let (root, code) = (c.root_of(source), c.code_of(source));
        c.execute(id).refused(136, "can't be voted with");
        assert_eq!((c.root_of(source), c.code_of(source)), (root, code));
    }
}

#[test]
fn votes_pinned_before_an_upgrade_of_the_pool_count_after_it() {
    let mut c = council();
    let (alice, bob) = (c.key("alice"), c.key("bob"));
    let second = c.install("second_pool");
    let upgrade = c.carry(&["alice"], vec![c.upgrade(c.wiring.pool, second, b"x")]);
    let from = c.proposal(upgrade).queued.unwrap().execute_from;
    c.reach(from - 3 * DAY);
    let running = c.open(&alice, vec![keeper_cut(&c, 8)]);
    c.vote(&alice, running, Choice::For).ok();
    c.wait(upgrade);
    c.execute(upgrade).ok();
    assert_eq!(c.stage(running), State::Active);
    // Bob votes with the snapshot of the first version, asked of the second.
    assert_eq!(c.vote(&bob, running, Choice::For).answer::<peggy_interfaces::governance::Vote>().votes, fil(30));
    assert_eq!(c.recount(running, &alice).answer::<peggy_interfaces::governance::Recount>().votes, fil(60));
    c.close(running);
    c.queue(running).ok();
    c.wait(running);
    c.execute(running).ok();
}

#[test]
fn failure_17_who_asked_to_leave_before_an_upgrade_was_queued_leaves_first() {
    let mut world = World::new();
    let miner = world.custody(fil(40));
    let (alice, bob) = (world.cast.alice.clone(), world.cast.bob.clone());
    world.deposit(&alice, fil(70)).ok();
    world.deposit(&bob, fil(30)).ok();
    world.pledge(miner, fil(90)).ok();
    let mut c = Council::of(world);
    let second = c.install("second_owner_proxy");
    let id = c.open(&alice, vec![c.upgrade(c.wiring.owner_proxy, second, b"x")]);
    c.vote(&alice, id, Choice::For).ok();
    c.call::<RequestExit>(&bob, c.wiring.pool, &RequestExitParams { shares: fil(30) }).ok();
    c.close(id);
    c.queue(id).ok();
    let queued = c.proposal(id).queued.unwrap();
    assert_eq!(queued.exits_before, Some(1));
    // A later ticket is not waited for.
    c.call::<RequestExit>(&alice, c.wiring.pool, &RequestExitParams { shares: fil(1) }).ok();
    c.wait(id);
    c.execute(id).refused(137, "FinalizeExits");
    // FIL comes, Bob leaves.
    let dave = c.key("dave");
    c.deposit(&dave, 25).ok();
    c.call::<FinalizeExits>(&dave, c.wiring.pool, &FinalizeExitsParams { max_tickets: 1 }).ok();
    assert_eq!(c.read::<ExitDemand>(c.wiring.pool, &()).first, 1);
    c.execute(id).ok();
    assert_eq!(c.code_of(c.wiring.owner_proxy), second);
}

#[test]
fn failure_17_but_nobody_can_hold_an_upgrade_up_for_ever() {
    let mut world = World::new();
    let miner = world.custody(fil(40));
    let (alice, bob) = (world.cast.alice.clone(), world.cast.bob.clone());
    world.deposit(&alice, fil(70)).ok();
    world.deposit(&bob, fil(30)).ok();
    world.pledge(miner, fil(95)).ok();
    let mut c = Council::of(world);
    let second = c.install("second_liquidity");
    c.call::<RequestExit>(&bob, c.wiring.pool, &RequestExitParams { shares: fil(30) }).ok();
    let id = c.carry(&["alice"], vec![c.upgrade(c.wiring.liquidity, second, b"x")]);
    c.wait(id);
    c.skip(90 * DAY - 1);
    c.execute(id).refused(137, "until epoch");
    c.execute(id).ok();
}

#[test]
fn governance_cannot_be_upgraded_by_a_call_to_itself() {
    let mut c = council();
    let second = c.install("second_governance");
    let alice = c.key("alice");
    let own = c.wiring.governance;
    // First in the list it is refused when it is proposed; hidden behind a contract it is not governance that calls.
    c.try_propose(&alice, vec![c.upgrade(own, second, b"x"), keeper_cut(&c, 1)]).refused(129, "last");
    let id = c.carry(&["alice"], vec![keeper_cut(&c, 2), c.upgrade(own, second, b"x")]);
    c.wait(id);
    let params = ProposalParams { id };
    let outcome = c.gov::<Execute>(&alice, &params).ok();
    assert!(outcome.answer.is_empty(), "the frame ended in the new code");
    let kinds: Vec<_> = outcome.events.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["executed", "keeper-cut-set", "upgraded"]);
    assert_eq!(c.code_of(own), second);
}

#[test]
fn accounts_read_the_same_before_and_after() {
    let mut c = at_work();
    let alice = c.key("alice");
    let account = |c: &Council| {
        let params = GetAccountParams { account: alice.address() };
        c.read::<GetAccount>(c.wiring.pool, &params)
    };
    let second = c.install("second_pool");
    let id = c.carry(&["alice"], vec![c.upgrade(c.wiring.pool, second, b"x")]);
    c.wait(id);
    c.skip(20 * DAY / 2);
    let before = account(&c);
    c.execute(id).ok();
    let after = account(&c);
    assert_eq!(before.shares, after.shares);
    assert!(after.rewards >= before.rewards, "what was owed still is");
}
