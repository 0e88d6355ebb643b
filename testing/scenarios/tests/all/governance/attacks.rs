//! Votes that were rented, and bonds against holders.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::governance::{Action, Choice, Consent, ProposalParams, Recount, State, Veto};
use peggy_interfaces::pool::{GetBond, Redeem, RedeemParams};
use peggy_runtime::Method;
use peggy_scenarios::council::{action, robust_address, Council};
use peggy_scenarios::world::encode;
use peggy_scenarios::{deploy, fil, World};
use test_forwarder::{CallParams, CallSpec, CALL};

use super::council;
use super::{keeper_cut, set_guardian, set_operator, set_terms, slash};

/// Holders beside an operator's bond; what is left of the world is the council's.
fn beside_bond(bond: i64, holders: &[(&str, i64)]) -> Council {
    let mut world = World::new();
    world.custody(fil(bond));
    let mut c = Council::of(world);
    for (name, shares) in holders {
        let key = c.key(name);
        c.deposit(&key, *shares).ok();
    }
    let found = c.read::<GetBond>(c.wiring.pool, &()).shares;
    assert!(found > TokenAmount::zero(), "there is a bond of {found}");
    c
}

#[test]
fn failure_13_shares_rented_around_activation_and_returned_before_execution_carry_nothing() {
    let mut c = Council::with(&[("alice", 10), ("dave", 12)]);
    let (alice, bob, dave) = (c.key("alice"), c.key("bob"), c.key("dave"));
    // Bob proposes what is good for him alone, with shares lent by Dave for the vote, and more that he bought for it.
    c.transfer(&dave, &bob, 12).ok();
    c.deposit(&bob, 30).ok();
    c.skip(1);
    let id = c.open(&bob, vec![set_operator(&c, "bob")]);
    c.vote(&bob, id, Choice::For).ok();
    c.vote(&alice, id, Choice::Against).ok();
    c.close(id);
    c.queue(id).ok();
    // All given back and redeemed during the delay.
    c.transfer(&bob, &dave, 12).ok();
    let redeem = RedeemParams { shares: fil(30), min_amount: TokenAmount::zero() };
    c.call::<Redeem>(&bob, c.wiring.pool, &redeem).ok();
    let left = c.recount(id, &bob).answer::<Recount>();
    assert!(left.votes.is_zero());
    c.wait(id);
    c.execute(id).refused(121, "Defeated");
    assert_eq!(c.stage(id), State::Defeated);
}

#[test]
fn failure_13_shares_bought_in_the_epoch_of_activation_have_no_vote() {
    let mut c = council();
    let (alice, dave) = (c.key("alice"), c.key("dave"));
    let id = c.propose(&alice, vec![keeper_cut(&c, 5)]);
    c.reach(c.proposal(id).activate_from);
    c.activate(id).ok();
    c.deposit(&dave, 1_000).ok();
    c.skip(10);
    c.vote(&dave, id, Choice::For).refused(125, "no votes");
    c.deposit(&alice, 500).ok();
    assert_eq!(c.vote(&alice, id, Choice::For).answer::<peggy_interfaces::governance::Vote>().votes, fil(60));
    assert_eq!(c.proposal(id).poll.unwrap().supply, fil(100));
}

#[test]
fn failure_13_a_flash_loan_within_one_message_has_no_vote_and_saves_none() {
    let mut c = council();
    let (deployer, stranger, alice) = (c.key("deployer"), c.key("stranger"), c.key("alice"));
    let code = c.install("test_forwarder");
    let contract = deploy::create(&mut c.net, &deployer, code, RawBytes::default()).unwrap();
    let id = c.propose(&alice, vec![keeper_cut(&c, 5)]);
    c.reach(c.proposal(id).activate_from);
    let (pool, governance) = (c.wiring.pool, c.wiring.governance);
    let to = Address::new_id;
    let deposit = encode(&peggy_interfaces::pool::DepositParams { recipient: None, min_shares: TokenAmount::zero() });
    let vote = encode(&peggy_interfaces::governance::VoteParams { id, choice: Choice::For, reason: None });
    let calls = vec![
        CallSpec::new(to(pool), peggy_interfaces::pool::Deposit::NUMBER, deposit).with_value(fil(900)),
        CallSpec::new(to(governance), peggy_interfaces::governance::Activate::NUMBER, encode(&ProposalParams { id })),
        CallSpec::new(to(governance), peggy_interfaces::governance::Vote::NUMBER, vote).may_fail(),
    ];
    let outcome = c.send("Call", &stranger, contract, CALL, encode(&CallParams { calls }), fil(900)).ok();
    let results = outcome.decode::<test_forwarder::CallReturn>().results;
    assert_eq!(results.iter().map(|r| r.exit_code).collect::<Vec<_>>(), [0, 0, 125]);
    assert_eq!(c.proposal(id).poll.unwrap().supply, fil(100));
    // A contract that held its shares before votes like anybody.
    let other = c.open(&alice, vec![keeper_cut(&c, 6)]);
    let vote = encode(&peggy_interfaces::governance::VoteParams { id: other, choice: Choice::For, reason: None });
    let calls = vec![CallSpec::new(to(governance), peggy_interfaces::governance::Vote::NUMBER, vote)];
    c.send("Call", &stranger, contract, CALL, encode(&CallParams { calls }), TokenAmount::zero()).ok();
    assert_eq!(c.proposal(other).tally.yes, fil(900));
}

#[test]
fn dust_beside_a_large_bond_carries_neither_an_upgrade_nor_an_operator() {
    let mut c = beside_bond(500, &[("alice", 1)]);
    let (alice, operator) = (c.key("alice"), c.key("operator"));
    let second = c.install("second_pool");
    let upgrade = c.upgrade(c.wiring.pool, second, b"x");
    for actions in [vec![upgrade], vec![set_operator(&c, "alice")], vec![keeper_cut(&c, 1)], vec![slash(&c, 1)]] {
        let id = c.open(&alice, actions);
        c.vote(&alice, id, Choice::For).ok();
        c.close(id);
        c.queue(id).refused(121, "Defeated");
    }
    // A guardian is no concern of the bond's.
    let id = c.carry(&["alice"], vec![set_guardian(&c, "alice")]);
    c.wait(id);
    c.execute(id).ok();
    // With the consent of the bond's owner it goes through.
    let id = c.open(&alice, vec![keeper_cut(&c, 2)]);
    c.vote(&alice, id, Choice::For).ok();
    c.gov::<Consent>(&c.key("stranger"), &ProposalParams { id }).refused(134, "no part of the bond");
    c.gov::<Consent>(&operator, &ProposalParams { id }).ok();
    c.gov::<Consent>(&operator, &ProposalParams { id }).refused(126, "once only");
    c.close(id);
    c.queue(id).ok();
    c.wait(id);
    c.execute(id).ok();
}

#[test]
fn a_large_bond_alone_carries_nothing() {
    let mut c = beside_bond(500, &[("alice", 1)]);
    let (alice, operator) = (c.key("alice"), c.key("operator"));
    c.try_propose(&operator, vec![set_terms(&c, |_| ())]).refused(124, "votes");
    let id = c.open(&alice, vec![set_terms(&c, |_| ())]);
    c.vote(&operator, id, Choice::For).refused(125, "no votes");
    c.gov::<Consent>(&operator, &ProposalParams { id }).ok();
    c.close(id);
    c.queue(id).refused(121, "Defeated");
}

#[test]
fn a_whale_that_outvotes_holders_beside_a_larger_bond_can_neither_slash_nor_upgrade() {
    let mut c = beside_bond(500, &[("alice", 20), ("dave", 200)]);
    let (alice, dave) = (c.key("alice"), c.key("dave"));
    let bond = c.read::<GetBond>(c.wiring.pool, &()).shares;
    assert!(bond > fil(200));
    let second = c.install("second_pool");
    let upgrade = c.upgrade(c.wiring.pool, second, b"x");
    for actions in [vec![slash(&c, 100)], vec![upgrade], vec![set_operator(&c, "dave")]] {
        let id = c.open(&dave, actions);
        c.vote(&dave, id, Choice::For).ok();
        c.vote(&alice, id, Choice::Against).ok();
        c.close(id);
        c.queue(id).refused(121, "Defeated");
    }
    // One that outweighs the bond can slash it, and gets nothing by it: no price moves.
    c.deposit(&dave, 400).ok();
    c.skip(1);
    let before = c.read::<peggy_interfaces::pool::GetTotals>(c.wiring.pool, &());
    let id = c.carry(&["dave"], vec![slash(&c, 100)]);
    c.wait(id);
    c.execute(id).ok();
    let after = c.read::<peggy_interfaces::pool::GetTotals>(c.wiring.pool, &());
    assert_eq!((&after.nav, &after.shares + &after.dead), (&before.nav, &before.shares + &before.dead));
    assert_eq!(after.shares, before.shares - fil(100));
}

#[test]
fn failure_24_aliases_of_an_actor_slip_past_no_list() {
    let mut c = beside_bond(500, &[("alice", 60)]);
    let alice = c.key("alice");
    let f2 = robust_address(&c, c.wiring.pool);
    let id = c.propose(&alice, vec![Action { to: f2, ..slash(&c, 1) }]);
    let proposal = c.proposal(id);
    assert!(proposal.class.critical && proposal.class.bond);
    assert_eq!(proposal.actions[0].to, Address::new_id(c.wiring.pool));
    let own = robust_address(&c, c.wiring.governance);
    let vote = action::<Veto>(c.wiring.governance, &ProposalParams { id: 1 });
    c.try_propose(&alice, vec![Action { to: own, ..vote }]).refused(129, "action 1");
}
