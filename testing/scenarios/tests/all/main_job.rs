//! The main job: outsiders' FIL is pledged to a miner in custody, and its rewards are shared out by ratio.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, stories, World};

#[test]
fn deposits_are_pledged_and_sixty_days_of_rewards_shared_out() {
    let mut w = World::new();
    let miner = w.custody(fil(1_000));
    let keeper = w.cast.keeper.clone();
    stories::deposits_are_pledged(&mut w, miner);
    w.commit_sectors(miner, &fil(4_200));

    let keeper_before = w.balance(w.id(&keeper));
    let mut reward = TokenAmount::zero();
    for day in 1..=60 {
        w.award(miner, &fil(12));
        w.skip(DAY);
        if day % 6 == 0 {
            let outcome = w.harvest(&keeper, miner).answer::<peggy_interfaces::owner_proxy::Harvest>();
            assert!(outcome.reward.is_positive(), "day {day} brought nothing");
            reward += outcome.reward;
        }
    }
    assert!(w.balance(w.id(&keeper)) > keeper_before, "keeping pays, gas included");
    assert!(reward > fil(60 * 12 / 4), "at least the quarter that is free at once, got {reward}");

    // All is released once no more comes for a while.
    w.skip(30 * DAY);
    stories::rewards_are_shared_out(&mut w);
}

/// Failure 7: remainders are carried, not lost: 7 attoFIL over 3 holders, again and again.
#[test]
fn failure_07_remainders_are_not_lost() {
    let mut setup = peggy_scenarios::Setup { fees: [0, 0, 0], ..Default::default() };
    setup.keeper_cut.bps = peggy_math::Bps(0);
    let mut w = World::with(setup);
    let holders = [w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone()];
    for holder in &holders {
        w.deposit(holder, fil(1)).ok();
    }
    let (stranger, proxy) = (w.cast.stranger.clone(), w.wiring.owner_proxy);
    let mut sent = TokenAmount::zero();
    for _ in 0..10 {
        w.donate(&stranger, proxy, TokenAmount::from_atto(7)).ok();
        w.sweep(&stranger).ok();
        sent += TokenAmount::from_atto(7);
        w.skip(8 * DAY);
    }
    let mut paid = TokenAmount::zero();
    for holder in &holders {
        paid += w.claim(holder).answer::<pool::ClaimRewards>().paid;
    }
    // 70 over three: 23 each, and a third stays owed to each; 3 more make 24 and a third.
    assert_eq!((sent, paid), (TokenAmount::from_atto(70), TokenAmount::from_atto(69)));
    w.donate(&stranger, proxy, TokenAmount::from_atto(3)).ok();
    w.sweep(&stranger).ok();
    w.skip(8 * DAY);
    for holder in &holders {
        assert_eq!(w.claim(holder).answer::<pool::ClaimRewards>().paid, TokenAmount::from_atto(1));
    }
    assert_eq!(w.seen.pool.state.totals.rewards_owed, TokenAmount::from_atto(1));
}

/// Failure 1: FIL sent to the pool or to a miner by a bare send moves no price.
#[test]
fn failure_01_a_donation_moves_no_price() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    // The first depositor holds dust and donates a fortune, hoping that the next one gets nothing for its FIL.
    w.deposit(&alice, peggy_scenarios::micro_fil(1)).ok();
    w.donate(&alice, w.wiring.pool, fil(10_000)).ok();
    assert_eq!(w.deposit(&bob, fil(5)).answer::<pool::Deposit>().shares, fil(5));
    let totals = w.totals();
    assert_eq!((totals.untracked, &totals.nav), (fil(10_000), &totals.entry_nav));
    w.donate(&stranger, miner, fil(300)).ok();
    assert_eq!(w.totals().nav, totals.nav);
    // To a miner it is a reward, like any FIL there beyond the principal.
    w.harvest(&stranger, miner).ok();
    assert_eq!(w.totals().nav, totals.nav);
    let got = w.redeem(&bob, fil(5)).answer::<pool::Redeem>().amount;
    assert_eq!(got, fil(5));
}

/// Failure 4: the last holder can leave, and the pool starts again.
#[test]
fn failure_04_the_last_holder_leaves_and_another_comes() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(7)).ok();
    assert_eq!(w.redeem(&alice, fil(7)).answer::<pool::Redeem>().amount, fil(7));
    assert!(w.totals().shares.is_zero() && w.totals().liquid.is_zero());
    assert_eq!(w.deposit(&bob, fil(3)).answer::<pool::Deposit>().shares, fil(3));
}

/// Failure 3: whole or split, in one epoch a deposit and its redemption never gain.
#[test]
fn failure_03_round_trips_never_gain() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.slash_all();
    w.deposit(&alice, fil(1_000)).ok();
    w.pledge(miner, fil(900)).ok();
    // An odd loss that no bond bears gives an odd price.
    w.lose(miner, &TokenAmount::from_atto(123_456_789_012_345_678i64));
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miner).ok();
    let odd = TokenAmount::from_atto(3_333_333_333_333_333_333i64);
    for parts in [1i64, 2, 7] {
        let shares = w.deposit(&bob, odd.clone()).answer::<pool::Deposit>().shares;
        let mut back = TokenAmount::zero();
        let piece = shares.div_floor(parts);
        for part in 0..parts {
            let amount = if part == parts - 1 { w.shares(&bob) } else { piece.clone() };
            back += w.redeem(&bob, amount).answer::<pool::Redeem>().amount;
        }
        assert!(back <= odd, "{odd} in, {back} out in {parts} parts");
        assert!(&odd - &back <= TokenAmount::from_atto(2 * parts + 2), "{odd} in, only {back} out in {parts} parts");
    }
}

/// Failure 2: what nobody owns any more is not priced into the shares of whoever comes next, nor given to them.
#[test]
fn failure_02_a_surplus_without_holders_is_nobodys() {
    let mut w = World::new();
    let (alice, bob, operator) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(10)).ok();
    w.burn(&alice, fil(4)).ok();
    assert_eq!(w.redeem(&alice, fil(6)).answer::<pool::Redeem>().amount, fil(6), "burning moved no price");
    assert_eq!((w.totals().shares, w.totals().dead, w.totals().liquid), (fil(0), fil(4), fil(4)));
    assert_eq!(w.deposit(&bob, fil(3)).answer::<pool::Deposit>().shares, fil(3));
    assert_eq!(w.redeem(&bob, fil(3)).answer::<pool::Redeem>().amount, fil(3), "the surplus is not the next one's");
    // The same when a miner's backing makes the first shares.
    let born = w.create_miner(&operator, fil(200)).answer::<peggy_interfaces::owner_proxy::CreateMiner>();
    assert_eq!(w.bond().shares, born.backing);
    assert_eq!(w.totals().dead, fil(4));
}

/// Failure 2: a loss everybody took while leaving heals afterwards. What comes back is nobody's, not the next depositor's.
#[test]
fn failure_02_a_loss_that_heals_without_holders_is_nobodys() {
    // The network's deposit and nothing more: no backing, so no bond that would hold shares.
    let mut look = World::new();
    let deposit = look.create_owned_miner(fil(500));
    look.propose_owner(deposit, look.wiring.owner_proxy).ok();
    let operator = look.cast.operator.clone();
    look.take_owner(&operator, deposit).ok();
    let deposit = look.miner_info(deposit).legacy_vesting;

    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    let miner = w.create_miner(&operator, deposit).answer::<peggy_interfaces::owner_proxy::CreateMiner>().miner;
    assert!(w.totals().shares.is_zero());
    w.deposit(&alice, fil(10)).ok();
    w.pledge(miner, fil(9)).ok();
    let vesting = w.seen.miners[&miner].money.vesting();
    w.fine(miner, &(vesting + fil(9)));
    assert_eq!(w.redeem(&alice, fil(10)).answer::<pool::Redeem>().amount, fil(1));
    w.donate(&bob, miner, fil(9)).ok();
    w.harvest(&bob, miner).ok();
    assert_eq!((w.totals().shares, w.totals().nav), (fil(0), fil(9)));
    assert_eq!(w.deposit(&bob, fil(3)).answer::<pool::Deposit>().shares, fil(3));
    assert_eq!(w.totals().dead, fil(9));
    assert_eq!(w.redeem(&bob, fil(1)).answer::<pool::Redeem>().amount, fil(1));
}

/// Failure 6: what was earned stays with whoever held the shares when it was released; to oneself nothing moves.
#[test]
fn failure_06_transfers_move_shares_and_no_rewards() {
    let mut w = World::with(peggy_scenarios::Setup { fees: [0, 0, 0], ..Default::default() });
    let (alice, bob, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(7)).ok();
    w.sweep(&stranger).ok();
    w.skip(8 * DAY);
    w.transfer(&alice, alice.address(), fil(10)).ok();
    w.transfer(&alice, alice.address(), fil(11)).refused(19, "fewer than");
    w.transfer(&alice, bob.address(), fil(10)).ok();
    assert!(w.account(&bob).rewards.is_zero(), "shares bought late bring nothing from before");
    w.donate(&stranger, w.wiring.owner_proxy, fil(3)).ok();
    w.sweep(&stranger).ok();
    w.skip(8 * DAY);
    let near = |paid: &TokenAmount, whole: i64| fil(whole) - paid <= TokenAmount::from_atto(1);
    let (of_alice, of_bob) =
        (w.claim(&alice).answer::<pool::ClaimRewards>().paid, w.claim(&bob).answer::<pool::ClaimRewards>().paid);
    assert!(near(&of_alice, 7) && near(&of_bob, 3), "{of_alice} and {of_bob}");
}
