//! How an official miner comes into custody, and that it never leaves.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::miner::{self, ChangeBeneficiaryParams, ChangeWorkerAddressParams, WithdrawBalanceParams};
use peggy_interfaces::owner_proxy as proxy;
use peggy_runtime::Method;
use peggy_scenarios::step::Step;
use peggy_scenarios::stories::{self, CHANGE_BENEFICIARY, WORKER_CHANGE_DELAY};
use peggy_scenarios::world::encode;
use peggy_scenarios::{attempts, fil, World};

use crate::stage::{pledged, world};

const CHANGE_OWNER: u64 = 23;

#[test]
fn a_miner_is_handed_over_and_its_backing_becomes_bond() {
    stories::handed_over(world());
}

#[test]
fn a_miner_is_born_in_custody() {
    stories::born_in_custody(world());
}

#[test]
fn failure_20_a_beneficiary_term_stops_custody() {
    stories::a_beneficiary_term_stops_custody(world());
}

/// A beneficiary whose quota is used up is still another beneficiary to the official miner until the owner ends it.
#[test]
fn failure_20_a_beneficiary_with_nothing_left_stops_custody_too() {
    let mut w = world();
    let (owner, operator, stranger) = (w.cast.owner.clone(), w.cast.operator.clone(), w.cast.stranger.clone());
    let miner = w.create_owned_miner(fil(500));
    let params = encode(&ChangeBeneficiaryParams {
        new_beneficiary: stranger.address(),
        new_quota: fil(10),
        new_expiration: 1_000_000,
    });
    for who in [&owner, &stranger] {
        w.send("ChangeBeneficiary", who, miner, CHANGE_BENEFICIARY, params.clone(), TokenAmount::zero()).ok();
    }
    let all = encode(&WithdrawBalanceParams { amount_requested: fil(10) });
    // The world's books follow the bundle's payments, not those of somebody else's miner: only the state is looked at.
    let to = Address::new_id(miner);
    w.net.send(&owner, to, TokenAmount::zero(), 16, all).unwrap().ok().unwrap();
    assert_eq!(w.beneficiary_of(miner).active.term.used_quota, fil(10));
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, miner).refused(45, "beneficiary");
}

#[test]
fn failure_21_custody_needs_a_proposal_to_this_proxy() {
    stories::custody_needs_a_proposal(world());
}

#[test]
fn no_second_miner_is_taken_once_outsiders_hold_shares() {
    stories::no_second_miner_without_approval(pledged().0);
}

/// Lifetime custody: every method of the proxy, as every role. The world looks at the miner's owner, beneficiary and what is
/// proposed for them after each.
#[test]
fn every_method_of_the_proxy_as_every_role_leaves_the_miner_in_custody() {
    let (mut w, miner) = pledged();
    w.skip(WORKER_CHANGE_DELAY + 1);
    let reached = attempts::on_the_proxy(&mut w, miner);
    assert!(reached > 40, "only {reached} of the attempts got through, so they prove little");
    still_ours(&w, miner);
}

fn still_ours(w: &World, miner: u64) {
    let own = Address::new_id(w.wiring.owner_proxy);
    let (owner, beneficiary) = (w.owner_of(miner), w.beneficiary_of(miner));
    assert_eq!((owner.owner, owner.proposed), (own, None));
    assert_eq!((beneficiary.active.beneficiary, beneficiary.proposed), (own, None));
}

/// Every method of the miner itself that rules it, under both of its numbers, as everybody but the proxy: former owner, worker,
/// control address, operator, keeper, beneficiary to be, the pool, governance. What belongs to the owner is refused with 18.
#[test]
fn nobody_else_rules_a_miner_in_custody() {
    let (mut w, miner) = pledged();
    let (operator, control) = (w.cast.operator.clone(), w.cast.keeper.clone());
    w.skip(WORKER_CHANGE_DELAY + 1);
    let worker = w.cast.worker.address();
    w.change_worker(&operator, miner, worker, vec![control.address()]).ok();
    let names = ["owner", "worker", "control", "operator", "stranger", "alice", "deployer"];
    let keys = [
        w.cast.owner.clone(),
        w.cast.worker.clone(),
        control,
        operator,
        w.cast.stranger.clone(),
        w.cast.alice.clone(),
        w.cast.deployer.clone(),
    ];
    for (name, key) in names.iter().zip(&keys) {
        let own = Address::new_id(w.id(key));
        for (what, numbers, params) in owners_methods(own, key.address()) {
            for number in numbers {
                let step = format!("{what} ({number}) by {name}");
                let outcome = w.send(&step, key, miner, number, params.clone(), TokenAmount::zero());
                assert_eq!(outcome.code, 18, "{step}: {}", outcome.message);
            }
        }
    }
    for from in [w.wiring.pool, w.wiring.governance, w.wiring.liquidity, w.wiring.nft_share] {
        for (what, numbers, params) in owners_methods(Address::new_id(from), Address::new_id(from)) {
            for number in numbers {
                let name = format!("{what} ({number}) by f0{from}");
                let (to, value) = (miner, TokenAmount::zero());
                let step = Step { name: name.clone(), from, to, value, method: number, params: params.clone() };
                assert_eq!(w.send_as(step).code, 18, "{name}");
            }
        }
    }
    still_ours(&w, miner);
}

/// What an owner may do, with parameters that would bring the miner to `who`.
fn owners_methods(who: Address, worker: Address) -> Vec<(&'static str, [u64; 2], RawBytes)> {
    let term = ChangeBeneficiaryParams { new_beneficiary: who, new_quota: fil(100), new_expiration: 9_999_999 };
    let withdraw = WithdrawBalanceParams { amount_requested: fil(1) };
    let change = ChangeWorkerAddressParams { new_worker: worker, new_control_addresses: vec![who] };
    let mut methods = vec![
        ("ChangeOwnerAddress", [CHANGE_OWNER, miner::ChangeOwnerAddress::NUMBER], encode(&who)),
        ("ChangeBeneficiary", [CHANGE_BENEFICIARY, miner::ChangeBeneficiary::NUMBER], encode(&term)),
        ("WithdrawBalance", [16, miner::WithdrawBalance::NUMBER], encode(&withdraw)),
        ("ConfirmChangeWorkerAddress", [21, miner::ConfirmChangeWorkerAddress::NUMBER], RawBytes::default()),
    ];
    // Only a BLS account can be a worker; with another the official miner fails before it asks who calls.
    if worker.protocol() == fvm_shared::address::Protocol::BLS {
        methods.push(("ChangeWorkerAddress", [3, miner::ChangeWorkerAddress::NUMBER], encode(&change)));
    }
    methods
}

/// Every method number the official miner has, with garbage and with an address: whatever it answers, custody stays.
#[test]
fn no_method_of_the_miner_leads_out_of_custody() {
    let (mut w, miner) = pledged();
    let keys = [w.cast.worker.clone(), w.cast.owner.clone(), w.cast.stranger.clone()];
    for key in &keys {
        let address = encode(&Address::new_id(w.id(key)));
        for number in 1..=36 {
            for params in [RawBytes::default(), address.clone(), RawBytes::new(vec![0x80])] {
                w.send(&format!("miner method {number}"), key, miner, number, params, TokenAmount::zero());
            }
        }
    }
    still_ours(&w, miner);
}

#[test]
fn the_worker_changes_after_the_networks_delay() {
    let (w, miner) = pledged();
    stories::the_worker_changes(w, miner);
}

/// What the proxy's preparation against the official miner's silence is for: a change by the former owner that is pending at
/// custody takes effect before ours can.
#[test]
fn a_change_of_worker_by_the_former_owner_is_waited_for() {
    let mut w = world();
    let miner = w.create_owned_miner(fil(500));
    let (owner, operator, stranger) = (w.cast.owner.clone(), w.cast.operator.clone(), w.cast.stranger.clone());
    let spare = w.cast.spare_worker.address();
    let change = ChangeWorkerAddressParams { new_worker: spare, new_control_addresses: vec![] };
    w.send("ChangeWorkerAddress", &owner, miner, 3, encode(&change), TokenAmount::zero()).ok();
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, miner).ok();
    let first = w.cast.worker.address();
    w.change_worker(&operator, miner, first, vec![stranger.address()]).ok();
    assert_eq!(w.seen.miners[&miner].info.control_addresses, vec![Address::new_id(w.id(&stranger))]);
    w.skip(WORKER_CHANGE_DELAY + 1);
    w.confirm_worker(&stranger, miner).ok();
    assert_eq!(w.seen.miners[&miner].info.worker, Address::new_id(w.id_of(&spare)));
    w.change_worker(&operator, miner, first, vec![]).ok();
    w.skip(WORKER_CHANGE_DELAY);
    w.confirm_worker(&stranger, miner).ok();
    assert_eq!(w.seen.miners[&miner].info.worker, Address::new_id(w.id_of(&first)));
}

#[test]
fn the_operator_says_how_the_miner_is_reached() {
    use fvm_ipld_encoding::strict_bytes::ByteBuf;
    let (mut w, miner) = pledged();
    let (operator, stranger, to) = (w.cast.operator.clone(), w.cast.stranger.clone(), w.wiring.owner_proxy);
    let at = Address::new_id(miner);
    let peer = proxy::ChangePeerIDParams { miner: at, peer_id: ByteBuf(b"another peer".to_vec()) };
    let addrs = proxy::ChangeMultiaddrsParams { miner: at, multiaddrs: vec![ByteBuf(vec![4, 127, 0, 0, 1])] };
    w.call::<proxy::ChangePeerID>(&stranger, to, &peer, TokenAmount::zero()).refused(18, "the operator");
    w.call::<proxy::ChangePeerID>(&operator, to, &peer, TokenAmount::zero()).ok();
    w.call::<proxy::ChangeMultiaddrs>(&operator, to, &addrs, TokenAmount::zero()).ok();
    let info = &w.seen.miners[&miner].info;
    assert_eq!(info.peer_id, b"another peer");
    assert_eq!(info.multi_address.iter().map(|a| a.0.clone()).collect::<Vec<_>>(), vec![vec![4, 127, 0, 0, 1]]);
    // The official miner's limit comes through.
    let long = proxy::ChangePeerIDParams { miner: at, peer_id: ByteBuf(vec![7; 129]) };
    w.call::<proxy::ChangePeerID>(&operator, to, &long, TokenAmount::zero()).failed();
}
