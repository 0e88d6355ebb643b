//! What is told of any network, on the stand-ins and on the official actors alike: the same steps, the same sentences, the same sums.
//! A network's own tests add what only it can do.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use peggy_interfaces::miner::ChangeBeneficiaryParams;
use peggy_interfaces::{owner_proxy as proxy, pool};

use crate::world::encode;
use crate::{fil, World};

/// `storageminer.ChangeBeneficiary` for accounts.
pub const CHANGE_BENEFICIARY: u64 = 30;
/// Epochs a miner waits with another worker.
pub const WORKER_CHANGE_DELAY: ChainEpoch = 900;

/// `a : b` is `x : y`, to within what rounding can do to either side.
pub fn in_ratio(a: &TokenAmount, b: &TokenAmount, x: i64, y: i64) {
    let off: BigInt = a.atto() * y - b.atto() * x;
    assert!(off.abs() <= BigInt::from(1_000_000i64) * (x + y), "{a} to {b} is not {x} to {y}");
}

/// A miner is handed over and its backing becomes the operator's bond.
pub fn handed_over(mut w: World) {
    let miner = w.create_owned_miner(fil(500));
    w.propose_owner(miner, w.wiring.owner_proxy).ok();
    let operator = w.cast.operator.clone();
    let backing = w.take_owner(&operator, miner).answer::<proxy::TakeOwner>().backing;

    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!((w.owner_of(miner).owner, w.owner_of(miner).proposed), (own, None));
    assert_eq!(w.beneficiary_of(miner).active.beneficiary, own);
    let info = w.miner_info(miner);
    assert!(info.legacy_vesting.is_positive(), "the network's deposit is locked");
    assert_eq!(&info.legacy_vesting + &backing, fil(500), "what vests was the operator's");
    assert_eq!((info.principal, info.vesting), (backing.clone(), info.legacy_vesting));
    let bond = w.bond();
    let [record] = bond.owners.as_slice() else { panic!("one owner, not {:?}", bond.owners) };
    assert_eq!((record.owner, &record.shares, &bond.shares), (w.id(&operator), &backing, &backing));
    assert_eq!(record.unlock_at, w.epoch() + w.setup.terms.bond_period);
}

/// A miner is born in custody, by the operator's message only.
pub fn born_in_custody(mut w: World) {
    let (operator, stranger) = (w.cast.operator.clone(), w.cast.stranger.clone());
    let born = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>();
    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!(w.owner_of(born.miner).owner, own);
    assert_eq!(w.beneficiary_of(born.miner).active.beneficiary, own);
    assert_eq!(w.bond().shares, born.backing);
    assert_eq!(&born.backing + w.miner_info(born.miner).vesting, fil(300));
    w.create_miner(&stranger, fil(300)).refused(18, "the operator");
    // Too little for the network's deposit: the power actor's refusal comes through and nothing is made.
    w.create_miner(&operator, TokenAmount::zero()).failed();
}

/// Failure 20: a beneficiary term, pending or active, stops custody.
pub fn a_beneficiary_term_stops_custody(mut w: World) {
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
        w.send("ChangeBeneficiary", who, miner, CHANGE_BENEFICIARY, back.clone(), TokenAmount::zero()).ok();
    }
    w.take_owner(&operator, miner).ok();
}

/// Failure 21: custody needs a proposal to this proxy, and a miner.
pub fn custody_needs_a_proposal(mut w: World) {
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

/// With depositors in the pool, another miner's history needs their approval; one that is born in custody has none.
pub fn no_second_miner_without_approval(mut w: World) {
    let operator = w.cast.operator.clone();
    let second = w.create_owned_miner(fil(500));
    w.propose_owner(second, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, second).refused(47, "governance");
    w.create_miner(&operator, fil(300)).ok();
}

/// The worker of a miner in custody changes after the network's delay, which the former owner may have begun.
pub fn the_worker_changes(mut w: World, miner: ActorID) {
    let (operator, stranger, keeper) = (w.cast.operator.clone(), w.cast.stranger.clone(), w.cast.keeper.clone());
    let spare = w.cast.spare_worker.address();
    // What the former owner may have asked for is waited for.
    w.change_worker(&operator, miner, spare, vec![]).failed();
    w.skip(WORKER_CHANGE_DELAY + 1);
    w.change_worker(&stranger, miner, spare, vec![]).refused(18, "the operator");
    w.change_worker(&operator, miner, spare, vec![keeper.address()]).ok();
    let pending = w.miner_info(miner).pending_worker.expect("a change is under way");
    assert_eq!(pending.worker, w.id_of(&spare));
    let change = w.seen.miners[&miner].info.pending_worker_key.clone().expect("the miner knows of it");
    assert_eq!((change.effective_at, change.new_worker), (pending.effective_at, Address::new_id(pending.worker)));
    w.change_worker(&operator, miner, w.cast.worker.address(), vec![]).refused(49, "pending");
    w.confirm_worker(&stranger, miner).refused(49, "pending");
    w.skip(WORKER_CHANGE_DELAY);
    w.confirm_worker(&stranger, miner).ok();
    assert_eq!(w.miner_info(miner).pending_worker, None);
    let info = &w.seen.miners[&miner].info;
    assert_eq!(info.worker, Address::new_id(w.id_of(&spare)));
    assert_eq!(info.control_addresses, vec![Address::new_id(w.id(&keeper))]);
}

/// Alice, Bob and Carol (with an Ethereum-style wallet) deposit 3,000, 1,500 and 500, of which 4,000 are pledged.
pub fn deposits_are_pledged(w: &mut World, miner: ActorID) {
    let (alice, bob, carol) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone());
    assert_eq!(w.deposit(&alice, fil(3_000)).answer::<pool::Deposit>().shares, fil(3_000));
    w.deposit(&bob, fil(1_500)).ok();
    w.deposit(&carol, fil(500)).ok();
    assert_eq!(w.shares(&carol), fil(500), "an Ethereum-style wallet deposits by a plain transaction");
    w.pledge(miner, fil(4_000)).ok();
    assert_eq!(w.totals().liquid, fil(1_000));
}

/// After [`deposits_are_pledged`] and rewards that are all released: claims and fees in proportion, a transfer, a redemption at a price
/// of one.
pub fn rewards_are_shared_out(w: &mut World) {
    let (alice, bob, carol, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone(), w.cast.dave.clone());
    let operator = w.cast.operator.clone();
    let paid_alice = w.claim(&alice).answer::<pool::ClaimRewards>().paid;
    let paid_bob = w.claim(&bob).answer::<pool::ClaimRewards>().paid;
    let before = w.balance(w.id(&carol));
    let claimed = w.claim(&carol).ok();
    let paid_carol = w.balance(w.id(&carol)) + claimed.gas_cost - before;
    let paid_operator = w.claim(&operator).answer::<pool::ClaimRewards>().paid;
    in_ratio(&paid_alice, &paid_bob, 2, 1);
    in_ratio(&paid_alice, &paid_carol, 6, 1);
    assert!(paid_operator.is_positive() && w.bond().shares.is_positive(), "the bond earns as all shares do");
    let left = &w.seen.pool.state.totals.rewards_owed;
    assert!(*left < TokenAmount::from_nano(1), "all rewards were paid, {left} are left");

    // Fees: 10%, 3% and 2% of what reached the pool.
    let (dataset, device) = (w.cast.dataset.clone(), w.cast.device.clone());
    let fee_operator = w.claim_fees(&operator).answer::<pool::ClaimFees>().paid;
    let fee_dataset = w.claim_fees(&dataset).answer::<pool::ClaimFees>().paid;
    let fee_device = w.claim_fees(&device).answer::<pool::ClaimFees>().paid;
    in_ratio(&fee_operator, &fee_dataset, 10, 3);
    in_ratio(&fee_dataset, &fee_device, 3, 2);
    assert!(w.claim_fees(&dataset).answer::<pool::ClaimFees>().paid.is_zero(), "fees are paid once");

    // The measurement may be too old by now: the redemption has the proxy ask the miner first.
    w.transfer(&alice, dave.address(), fil(1_000)).ok();
    assert_eq!((w.shares(&alice), w.shares(&dave)), (fil(2_000), fil(1_000)));
    let before = w.balance(w.id(&dave));
    let redeemed = w.redeem(&dave, fil(1_000)).ok();
    let after = w.balance(w.id(&dave)) + redeemed.gas_cost;
    assert_eq!(after, before + fil(1_000), "no loss: shares are worth what they cost");
    assert!(w.totals().untracked.is_zero(), "every attoFIL is somebody's by name");
}

/// A loss nobody measured yet can't be run from: `lose` says what it was.
pub fn a_loss_can_not_be_run_from(mut w: World, miner: ActorID, lose: impl FnOnce(&mut World, ActorID) -> TokenAmount) {
    let alice = w.cast.alice.clone();
    let fair = w.totals();
    let loss = lose(&mut w, miner);
    // The redemption measures first, so it is paid at the price after the loss.
    let got = w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount;
    let expected = (fil(100).atto() * (&fair.nav - loss).atto()) / (&fair.shares + &fair.dead).atto();
    assert_eq!(got.atto(), &expected);
}

/// A total loss closes deposits and redemptions, and nothing else.
pub fn a_total_loss(mut w: World, lose_all: impl FnOnce(&mut World, ActorID)) {
    let miner = w.custody(fil(500));
    w.slash_all();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(100)).ok();
    w.pledge(miner, fil(100)).ok();
    lose_all(&mut w, miner);
    w.harvest(&bob, miner).ok();
    assert!(w.totals().nav.is_zero());
    w.deposit(&bob, fil(1)).refused(63, "no price");
    w.redeem(&alice, fil(1)).failed();
    w.transfer(&alice, bob.address(), fil(50)).ok();
    w.claim(&alice).ok();
    // FIL that pays the debt brings the price back.
    w.donate(&bob, miner, fil(10_000)).ok();
    w.harvest(&bob, miner).ok();
    assert!(w.totals().miners.impaired.is_zero(), "{:?}", w.totals());
    w.deposit(&bob, fil(1)).ok();
}
