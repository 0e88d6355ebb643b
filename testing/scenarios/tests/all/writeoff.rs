//! What governance writes off, and which miners it lets in.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{self as proxy, MinerParams};
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, World};

/// Alice's 1,000 and a bond of 500 with a miner; 300 of it are lost beyond the bond.
fn lossy() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(1_000)).ok();
    let liquid = w.totals().liquid;
    w.pledge(miner, &liquid - fil(200)).ok();
    w.lose(miner, &fil(800));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.totals().nav, w.totals().miners.impaired), (fil(700), fil(300)));
    (w, miner)
}

#[test]
fn a_loss_written_off_moves_no_price_and_lets_rewards_flow() {
    let (mut w, miner) = lossy();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.award(miner, &fil(40));
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward.is_zero(), "a quarter of it heals");
    let before = w.totals();
    assert_eq!((before.nav.clone(), before.entry_nav.clone()), (fil(710), fil(740)), "30 vest and will heal, too");
    // What vesting will heal is not written off.
    let done = w.write_off(miner).answer::<proxy::WriteOff>();
    assert_eq!(done.written_off, fil(260));
    let after = w.totals();
    assert_eq!((after.nav, after.entry_nav, after.shares), (before.nav, before.entry_nav, before.shares));
    assert_eq!((after.miners.impaired, after.miners.impaired_net), (fil(30), fil(0)));
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(71));
    // Nothing has to heal any more once that has vested.
    w.skip(181 * DAY);
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired.is_zero());
    w.award(miner, &fil(40));
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward, fil(10));
}

#[test]
fn only_governance_writes_off_and_only_what_is_lost() {
    let (mut w, miner) = lossy();
    let (operator, alice) = (w.cast.operator.clone(), w.cast.alice.clone());
    let of = MinerParams { miner: Address::new_id(miner) };
    for other in [&operator, &alice] {
        w.call::<proxy::WriteOff>(other, w.wiring.owner_proxy, &of, TokenAmount::zero()).refused(18, "governance");
    }
    let healthy = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>().miner;
    w.write_off(healthy).refused(57, "no loss");
    w.write_off(w.wiring.pool).refused(40, "not a miner");
    w.hold_early_terminations(miner, true);
    w.write_off(miner).refused(48, "can't be measured");
    w.hold_early_terminations(miner, false);
    w.write_off(miner).ok();
    w.write_off(miner).refused(57, "no loss");
}

/// It is measured first: the bond bears what it can, and governance writes off the rest as of now.
#[test]
fn the_bond_bears_before_governance_writes_off() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(1_000)).ok();
    let liquid = w.totals().liquid;
    w.pledge(miner, liquid).ok();
    w.lose(miner, &fil(100));
    w.write_off(miner).refused(57, "no loss");
    assert_eq!(w.bond().shares, fil(500), "refused: nothing is booked");
    w.lose(miner, &fil(600));
    assert_eq!(w.write_off(miner).answer::<proxy::WriteOff>().written_off, fil(200));
    assert_eq!((w.bond().shares, w.totals().nav, w.totals().miners.impaired), (fil(0), fil(800), fil(0)));
    assert_eq!(w.miner_info(miner).principal, fil(800));
}

/// A miner written off stays harvestable, leaves the list when nothing is left in it, and stays the proxy's for ever.
#[test]
fn an_empty_miner_leaves_the_list_and_stays_in_custody() {
    let (mut w, miner) = lossy();
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    w.write_off(miner).ok();
    assert!(w.miner_info(miner).closing);
    w.award(miner, &fil(40));
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward, fil(10), "still harvested");
    w.skip(181 * DAY);
    w.return_principal(&operator, miner, fil(10_000)).ok();
    w.harvest(&keeper, miner).refused(40, "not a miner this proxy holds");
    assert!(w.read::<proxy::ListMiners>(w.wiring.owner_proxy, &()).is_empty());
    let own = Address::new_id(w.wiring.owner_proxy);
    assert_eq!((w.owner_of(miner).owner, w.beneficiary_of(miner).active.beneficiary), (own, own));
    assert_eq!((w.totals().liquid, w.totals().miners.principal), (fil(700), fil(0)));
    // There is room for another, and a price without measurements.
    let alice = w.cast.alice.clone();
    w.redeem(&alice, fil(100)).ok();
    w.create_miner(&operator, fil(300)).ok();
}

/// Governance lets in a miner with a history, once; without it none comes while outsiders hold shares.
#[test]
fn an_approved_miner_is_taken_once() {
    let mut w = World::new();
    w.vested_custody(fil(500));
    let (alice, operator) = (w.cast.alice.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(100)).ok();
    let (second, third) = (w.create_owned_miner(fil(400)), w.create_owned_miner(fil(300)));
    for miner in [second, third] {
        w.propose_owner(miner, w.wiring.owner_proxy).ok();
        w.take_owner(&operator, miner).refused(47, "ApproveMiner");
    }
    let of = MinerParams { miner: Address::new_id(second) };
    w.call::<proxy::ApproveMiner>(&operator, w.wiring.owner_proxy, &of, TokenAmount::zero()).refused(18, "governance");
    w.approve_miner(w.wiring.pool).refused(43, "storage miner");
    w.approve_miner(third).ok();
    w.approve_miner(second).ok();
    w.take_owner(&operator, third).refused(47, "ApproveMiner");
    let (nav, shares) = (w.totals().nav, w.totals().shares);
    let backing = w.take_owner(&operator, second).answer::<proxy::TakeOwner>().backing;
    assert!(backing.is_positive());
    assert_eq!((w.totals().nav, w.totals().shares), (nav + &backing, shares + &backing));
    w.approve_miner(second).refused(42, "already");
    w.take_owner(&operator, third).refused(47, "ApproveMiner");
    // Everybody is gone but the bond: approval is nobody's business again.
    w.redeem(&alice, fil(100)).ok();
    w.take_owner(&operator, third).ok();
}

/// Shares that wait to leave bear losses, so a miner with a history is their business, too.
#[test]
fn who_waits_in_the_queue_is_still_asked() {
    let mut w = World::new();
    w.vested_custody(fil(500));
    let (alice, operator) = (w.cast.alice.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(100)).ok();
    w.ticket(&alice, fil(100));
    let second = w.create_owned_miner(fil(400));
    w.propose_owner(second, w.wiring.owner_proxy).ok();
    w.take_owner(&operator, second).refused(47, "ApproveMiner");
}
