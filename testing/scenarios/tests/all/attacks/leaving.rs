//! Leaving at a price that is too good.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::fil;

use super::{unbonded, Purse};

/// Sectors were terminated, and the fee is known to who looks. Redemptions and exits measure before they pay.
#[test]
fn leaving_on_an_old_price_after_a_termination() {
    let (mut w, miner) = unbonded();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.commit_sectors(miner, &fil(1_400));
    w.harvest(&keeper, miner).ok();
    w.skip(10);
    w.terminate_sectors(miner, &fil(300), &fil(200));
    assert_eq!(w.totals().nav, fil(2_000), "as far as anybody measured");
    // 1,800 behind 2,000 shares.
    let mut purse = Purse::of(&w, &alice);
    purse.pays(w.redeem(&alice, fil(100)));
    assert_eq!(purse.gained(&w), fil(90));
    let ticket = w.ticket(&alice, fil(100));
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().amount, fil(90));
    w.claim_exit(&alice, ticket).ok();
}

/// Terminations that are not processed yet will cost a fee nobody knows: nobody leaves before it is known, but by the queue after a
/// day of waiting, which everybody can join.
#[test]
fn leaving_before_a_termination_is_processed() {
    let (mut w, miner) = unbonded();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.hold_early_terminations(miner, true);
    // The redemption finds it out itself.
    w.redeem(&alice, fil(100)).refused(67, "can't be measured");
    w.harvest(&keeper, miner).ok();
    w.redeem(&alice, fil(100)).refused(67, "can't be measured");
    w.request_exit(&alice, fil(100)).ok();
    w.finalize_exits(&keeper, 1).refused(67, "can't be measured");
    w.skip(DAY / 2);
    w.terminate_sectors(miner, &fil(0), &fil(200));
    w.hold_early_terminations(miner, false);
    w.harvest(&keeper, miner).ok();
    assert_eq!(w.finalize_exits(&keeper, 1).answer::<pool::FinalizeExits>().amount, fil(90));
}

/// A fine the miner can't pay becomes debt and moves no FIL: the balance looks untouched, and the loss is booked all the same.
#[test]
fn hiding_a_loss_behind_fee_debt() {
    let (mut w, miner) = unbonded();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let idle = w.seen.miners[&miner].money.unlocked();
    w.commit_sectors(miner, &idle);
    let (balance, pledge) = (w.balance(miner), w.seen.miners[&miner].money.pledge.clone());
    w.lose(miner, &fil(300));
    let money = &w.seen.miners[&miner].money;
    assert_eq!((w.balance(miner), &money.pledge, &money.debt), (balance, &pledge, &fil(300)), "nothing shows but debt");
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.totals().miners.impaired, w.totals().nav), (fil(300), fil(1_700)));
    assert_eq!(w.redeem(&alice, fil(100)).answer::<pool::Redeem>().amount, fil(85));
    // More debt than there is of anything: no more than all is lost.
    w.fine(miner, &fil(1_000_000));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert_eq!(totals.miners.impaired, totals.miners.principal);
    assert_eq!(totals.nav, totals.liquid);
}

/// Shares worth an odd price are redeemed in many parts, or exit in many tickets: rounding never favours who asks.
#[test]
fn splitting_an_exit_gains_nothing() {
    let (world, miner) = unbonded();
    let odd = TokenAmount::from_atto(123_456_789_012_345_678_901i128);
    let paid = |parts: u32, queue: bool| {
        let mut w = world.fork();
        let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
        w.lose(miner, &odd);
        w.harvest(&keeper, miner).ok();
        let mut purse = Purse::of(&w, &alice);
        let each = fil(210).div_floor(parts);
        let mut tickets = Vec::new();
        for part in 0..parts {
            let shares = if part + 1 == parts { fil(210) - &each * (parts - 1) } else { each.clone() };
            if queue {
                tickets.push(w.exit_demand().next);
                purse.pays(w.request_exit(&alice, shares));
            } else {
                purse.pays(w.redeem(&alice, shares));
            }
        }
        w.finalize_exits(&keeper, 100).ok();
        for ticket in tickets {
            purse.pays(w.claim_exit(&alice, ticket));
        }
        purse.gained(&w)
    };
    let whole = paid(1, false);
    for parts in [2, 7, 13] {
        assert!(paid(parts, false) <= whole, "redeemed in {parts}");
    }
    for parts in [1, 2, 7] {
        assert!(paid(parts, true) <= whole, "queued in {parts}");
    }
}
