//! Whatever comes early, late, twice, from the wrong hands, or with what can never be right.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::METHOD_SEND;
use peggy_interfaces::governance::{
    Action, Choice, Execute, ProposalParams, ProposeParams, SetGuardian, SetGuardianParams, SetSettings, State,
    Upgrade, Veto, Vote, VoteParams, Wire, DEFAULT_SETTINGS,
};
use peggy_runtime::Method;
use peggy_scenarios::council::action;
use peggy_scenarios::deploy;
use peggy_scenarios::world::encode;
use test_forwarder::{CallParams, CallSpec, ConfigureParams, Script, CALL, CONFIGURE};

use super::*;

#[test]
fn early_late_twice_or_with_nothing() {
    let mut c = council();
    let (alice, bob, stranger) = (c.key("alice"), c.key("bob"), c.key("stranger"));
    c.try_propose(&stranger, vec![keeper_cut(&c, 1)]).refused(124, "votes");
    let id = c.propose(&alice, vec![slash(&c, 1)]);
    c.activate(id).refused(122, "from epoch");
    c.vote(&alice, id, Choice::For).refused(121, "Pending");
    c.queue(id).refused(121, "Pending");
    c.execute(id).refused(121, "Pending");
    c.recount(id, &alice).refused(121, "Pending");
    c.reach(c.proposal(id).activate_from);
    c.activate(id).ok();
    c.activate(id).refused(121, "Active");
    c.vote(&stranger, id, Choice::For).refused(125, "no votes");
    c.vote(&alice, id, Choice::For).ok();
    c.vote(&alice, id, Choice::Against).refused(126, "once only");
    c.recount(id, &bob).refused(127, "not voted");
    c.queue(id).refused(121, "Active");
    c.gov::<Veto>(&bob, &ProposalParams { id }).refused(121, "Active");
    c.close(id);
    c.vote(&bob, id, Choice::Against).refused(121, "Succeeded");
    c.execute(id).refused(121, "Succeeded");
    c.queue(id).ok();
    c.queue(id).refused(121, "Queued");
    c.execute(id).refused(122, "from epoch");
    c.wait(id);
    c.gov::<Veto>(&bob, &ProposalParams { id }).refused(123, "ended");
    for other in [0, 2, u64::MAX] {
        c.activate(other).refused(120, "no proposal");
        c.execute(other).refused(120, "no proposal");
    }
}

#[test]
fn eleven_actions_and_64_kib_of_parameters_are_too_many() {
    let mut c = council();
    let alice = c.key("alice");
    c.try_propose(&alice, vec![keeper_cut(&c, 1); 11]).refused(130, "list of actions");
    let big = Action { params: RawBytes::new(vec![0; 64 << 10]), ..slash(&c, 1) };
    c.try_propose(&alice, vec![big]).refused(130, "together");
    c.try_propose(&alice, vec![]).refused(129, "none");
    let most = Action { params: RawBytes::new(vec![0; 16 << 10]), ..slash(&c, 1) };
    c.try_propose(&alice, vec![most.clone(), most]).ok();
    let long = ProposeParams { title: "t".repeat(129), description: String::new(), actions: vec![keeper_cut(&c, 1)] };
    c.gov::<peggy_interfaces::governance::Propose>(&alice, &long).refused(130, "title");
}

#[test]
fn governance_does_nothing_on_its_own_behalf() {
    let mut c = council();
    let alice = c.key("alice");
    let own = c.wiring.governance;
    let id = ProposalParams { id: 1 };
    let vote = VoteParams { id: 1, choice: Choice::For, reason: None };
    for refused in [
        action::<Vote>(own, &vote),
        action::<Execute>(own, &id),
        action::<Veto>(own, &id),
        action::<Wire>(own, &c.wiring),
        Action { to: Address::new_id(own), method: METHOD_SEND, params: RawBytes::default(), value: fil(1) },
    ] {
        c.try_propose(&alice, vec![refused]).refused(129, "action 1");
    }
    let nobody = c.net.new_key(peggy_localnet::KeyKind::Secp256k1).unwrap().address();
    c.try_propose(&alice, vec![Action { to: nobody, ..slash(&c, 1) }]).refused(17, "target of action 1");
    for who in ["deployer", "operator", "guardian", "alice", "stranger"] {
        let who = c.key(who);
        c.gov::<SetSettings>(&who, &DEFAULT_SETTINGS).refused(18, "governance");
        c.gov::<SetGuardian>(&who, &SetGuardianParams { guardian: None }).refused(18, "governance");
        let upgrade = c.upgrade(own, c.codes.actors[4], b"");
        let upgrade = upgrade.params.deserialize().unwrap();
        c.gov::<Upgrade>(&who, &upgrade).refused(18, "governance");
    }
}

#[test]
fn failure_16_an_action_that_calls_back_executes_nothing_twice() {
    let mut c = council();
    let (deployer, stranger) = (c.key("deployer"), c.key("stranger"));
    let code = c.install("test_forwarder");
    let contract = deploy::create(&mut c.net, &deployer, code, RawBytes::default()).unwrap();
    // Whatever is called on it, the contract executes proposals 1 and 2.
    let hook = 1 << 24;
    let again = |id| {
        let params = encode(&ProposalParams { id });
        CallSpec::new(Address::new_id(c.wiring.governance), Execute::NUMBER, params).may_fail()
    };
    let script = Script { times: 5, ..Script::call_back(hook, vec![again(1), again(2)]) };
    let configure = encode(&ConfigureParams { scripts: vec![script] });
    c.send("Configure", &stranger, contract, CONFIGURE, configure, fil(0)).ok();
    let call_back = Action { to: Address::new_id(contract), method: hook, params: RawBytes::default(), value: fil(0) };
    let id = c.carry(&["alice"], vec![call_back, keeper_cut(&c, 11)]);
    let other = c.carry(&["alice"], vec![keeper_cut(&c, 12)]);
    assert_eq!((id, other), (1, 2));
    c.wait(id);
    let done = c.execute(id).ok();
    assert_eq!(c.stage(id), State::Executed);
    let cuts = done.events.iter().filter(|e| e.kind == "keeper-cut-set").count();
    assert!(cuts <= 2, "{cuts}");
    let executed: Vec<u64> =
        done.events.iter().filter(|e| e.kind == "executed").map(|e| e.get("id").unwrap()).collect();
    assert_eq!(executed.iter().filter(|n| **n == id).count(), 1, "{executed:?}");
    c.execute(id).refused(121, "Executed");
}

#[test]
fn a_contract_votes_like_anybody_and_once() {
    let mut c = council();
    let (deployer, stranger, alice, bob) = (c.key("deployer"), c.key("stranger"), c.key("alice"), c.key("bob"));
    let code = c.install("test_forwarder");
    let contract = deploy::create(&mut c.net, &deployer, code, RawBytes::default()).unwrap();
    let params = frc46_token::token::types::TransferParams {
        to: Address::new_id(contract),
        amount: fil(30),
        operator_data: RawBytes::default(),
    };
    c.call::<peggy_interfaces::frc46::Transfer>(&bob, c.wiring.pool, &params).ok();
    let id = c.open(&alice, vec![keeper_cut(&c, 1)]);
    let vote = |choice| {
        let params = encode(&VoteParams { id, choice, reason: None });
        CallSpec::new(Address::new_id(c.wiring.governance), Vote::NUMBER, params).may_fail()
    };
    let calls = encode(&CallParams { calls: vec![vote(Choice::Against), vote(Choice::For)] });
    let results = c.send("Call", &stranger, contract, CALL, calls, fil(0)).decode::<test_forwarder::CallReturn>();
    assert_eq!(results.results.iter().map(|r| r.exit_code).collect::<Vec<_>>(), [0, 126]);
    assert_eq!(c.proposal(id).tally.no, fil(30));
    c.vote(&bob, id, Choice::For).refused(125, "no votes");
}
