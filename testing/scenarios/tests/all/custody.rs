//! How a miner comes into custody, and that it never leaves.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::miner::ChangeBeneficiaryParams;
use peggy_scenarios::stories::{self, CHANGE_BENEFICIARY, WORKER_CHANGE_DELAY};
use peggy_scenarios::world::encode;
use peggy_scenarios::{attempts, fil, World};

#[test]
fn a_miner_is_handed_over_and_its_backing_becomes_bond() {
    stories::handed_over(World::new());
}

#[test]
fn a_miner_is_born_in_custody() {
    stories::born_in_custody(World::new());
}

#[test]
fn failure_20_a_beneficiary_term_stops_custody() {
    stories::a_beneficiary_term_stops_custody(World::new());
}

#[test]
fn failure_21_custody_needs_a_proposal_to_this_proxy() {
    stories::custody_needs_a_proposal(World::new());
}

#[test]
fn no_second_miner_is_taken_once_outsiders_hold_shares() {
    let mut w = World::new();
    w.custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    stories::no_second_miner_without_approval(w);
}

#[test]
fn the_worker_changes_after_the_networks_delay() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    stories::the_worker_changes(w, miner);
}

/// Lifetime custody: every method, as every role, with samples and with parameters that aim at the miner. The world looks at the
/// miner's owner, beneficiary and what is proposed for them after each.
#[test]
fn every_method_as_every_role_leaves_the_miner_in_custody() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(100)).ok();
    w.skip(WORKER_CHANGE_DELAY + 1);
    let reached = attempts::on_the_proxy(&mut w, miner);
    assert!(reached > 40, "only {reached} of the attempts got through, so they prove little");
    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!(w.owner_of(miner).owner, own);
    assert_eq!(w.beneficiary_of(miner).active.beneficiary, own);
}

/// Nobody but the proxy can ask the miner for what only its owner may.
#[test]
fn the_former_owner_has_no_rights_over_a_miner_in_custody() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let owner = w.cast.owner.clone();
    let change = encode(&Address::new_id(w.id(&owner)));
    w.send("ChangeOwnerAddress", &owner, miner, 23, change, TokenAmount::zero()).failed();
    let withdraw = encode(&peggy_interfaces::miner::WithdrawBalanceParams { amount_requested: fil(1) });
    w.send("WithdrawBalance", &owner, miner, 16, withdraw, TokenAmount::zero()).failed();
    let take = ChangeBeneficiaryParams { new_beneficiary: owner.address(), new_quota: fil(1), new_expiration: 99_999 };
    w.send("ChangeBeneficiary", &owner, miner, CHANGE_BENEFICIARY, encode(&take), TokenAmount::zero()).failed();
}
