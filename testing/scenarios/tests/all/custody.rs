//! How a miner comes into custody, and that it never leaves.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::miner::ChangeBeneficiaryParams;
use peggy_interfaces::owner_proxy as proxy;
use peggy_scenarios::world::encode;
use peggy_scenarios::{attempts, fil, World};

const CHANGE_BENEFICIARY: u64 = 30;
const WORKER_CHANGE_DELAY: ChainEpoch = 900;

#[test]
fn a_miner_is_handed_over_and_its_backing_becomes_bond() {
    let mut w = World::new();
    let miner = w.create_owned_miner(fil(500));
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    let operator = w.cast.operator.clone();
    let backing = w.take_owner(&operator, miner).answer::<proxy::TakeOwner>().backing;

    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!((w.owner_of(miner).owner, w.owner_of(miner).proposed), (own, None));
    assert_eq!(w.beneficiary_of(miner).active.beneficiary, own);
    let info = w.miner_info(miner);
    assert!(backing.is_positive() && backing < fil(500), "the network's deposit is locked: {backing}");
    assert_eq!(info.principal, backing);
    assert_eq!(&info.legacy_vesting + &backing, fil(500), "what vests was the operator's");
    let bond = w.bond();
    let [record] = bond.owners.as_slice() else { panic!("one owner, not {:?}", bond.owners) };
    assert_eq!((record.owner, &record.shares, &bond.shares), (w.id(&operator), &backing, &backing));
    assert_eq!(record.unlock_at, w.epoch() + w.setup.terms.bond_period);
}

#[test]
fn a_miner_is_born_in_custody() {
    let mut w = World::new();
    let operator = w.cast.operator.clone();
    let born = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>();
    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!(w.owner_of(born.miner).owner, own);
    assert_eq!(w.beneficiary_of(born.miner).active.beneficiary, own);
    assert_eq!(w.bond().shares, born.backing);
    let stranger = w.cast.stranger.clone();
    w.create_miner(&stranger, fil(300)).refused(18, "the operator");
}

#[test]
fn failure_20_a_beneficiary_term_stops_custody() {
    let mut w = World::new();
    let (owner, operator, stranger) = (w.cast.owner.clone(), w.cast.operator.clone(), w.cast.stranger.clone());
    let miner = w.create_owned_miner(fil(500));
    let nominate = |to: Address, quota: TokenAmount, expiration| {
        encode(&ChangeBeneficiaryParams { new_beneficiary: to, new_quota: quota, new_expiration: expiration })
    };

    // Pending: nominated, not yet agreed to.
    let params = nominate(stranger.address(), fil(10), 1_000_000);
    w.send("ChangeBeneficiary", &owner, miner, CHANGE_BENEFICIARY, params.clone(), TokenAmount::zero()).ok();
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, miner).refused(45, "beneficiary");

    // Active: the nominee agreed.
    w.send("ChangeBeneficiary", &stranger, miner, CHANGE_BENEFICIARY, params, TokenAmount::zero()).ok();
    assert_ne!(w.beneficiary_of(miner).active.beneficiary, w.owner_of(miner).owner);
    w.take_owner(&operator, miner).refused(45, "beneficiary");

    // Ended by both: now it can be taken.
    let back = nominate(owner.address(), TokenAmount::zero(), 0);
    for who in [&owner, &stranger] {
        w.send("ChangeBeneficiary", who, miner, CHANGE_BENEFICIARY, back.clone(), TokenAmount::zero());
    }
    w.take_owner(&operator, miner).ok();
}

#[test]
fn failure_21_custody_needs_a_proposal_to_this_proxy() {
    let mut w = World::new();
    let (operator, stranger) = (w.cast.operator.clone(), w.cast.stranger.clone());
    let miner = w.create_owned_miner(fil(200));
    w.take_owner(&operator, miner).refused(44, "has not proposed");
    w.propose_owner(miner, w.id(&stranger)).ok();
    w.take_owner(&operator, miner).refused(44, "has not proposed");
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    w.take_owner(&stranger, miner).refused(18, "the operator");
    w.take_owner(&operator, miner).ok();
    w.take_owner(&operator, miner).refused(42, "already");
    // Something that only pretends to be a miner is no miner.
    w.take_owner(&operator, w.wiring.pool).refused(43, "storage miner");
}

#[test]
fn no_second_miner_is_taken_once_outsiders_hold_shares() {
    let mut w = World::new();
    w.custody(fil(500));
    let (alice, operator) = (w.cast.alice.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(10)).ok();
    let second = w.create_owned_miner(fil(500));
    w.propose_owner(second, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, second).refused(47, "governance");
    // One that is born in custody has no history.
    w.create_miner(&operator, fil(300)).ok();
}

#[test]
fn the_worker_changes_after_the_networks_delay() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (operator, stranger, keeper) = (w.cast.operator.clone(), w.cast.stranger.clone(), w.cast.keeper.clone());
    let spare = w.cast.spare_worker.address();
    // What the former owner may have asked for is waited for.
    w.skip(WORKER_CHANGE_DELAY + 1);
    w.change_worker(&stranger, miner, spare, vec![]).refused(18, "the operator");
    w.change_worker(&operator, miner, spare, vec![keeper.address()]).ok();
    let pending = w.miner_info(miner).pending_worker.expect("a change is under way");
    assert_eq!(pending.worker, w.id_of(&spare));
    w.change_worker(&operator, miner, w.cast.worker.address(), vec![]).refused(49, "pending");
    w.confirm_worker(&stranger, miner).refused(49, "pending");
    w.skip(WORKER_CHANGE_DELAY);
    w.confirm_worker(&stranger, miner).ok();
    assert_eq!(w.miner_info(miner).pending_worker, None);
    let info = &w.seen.miners[&miner].info;
    assert_eq!(info.worker, Address::new_id(w.id_of(&spare)));
    assert_eq!(info.control_addresses, vec![Address::new_id(w.id(&keeper))]);
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
