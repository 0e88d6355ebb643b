//! Several miners, what keepers get, and FIL that reaches the proxy by itself.

use peggy_interfaces::owner_proxy::{self as proxy, KeeperCut};
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_math::Bps;
use peggy_scenarios::{fil, micro_fil, Setup, World};

#[test]
fn several_miners_earn_for_all() {
    let mut w = World::new();
    let operator = w.cast.operator.clone();
    let first = w.custody(fil(500));
    let second = w.create_miner(&operator, fil(400)).answer::<proxy::CreateMiner>().miner;
    let third = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>().miner;
    w.skip(181 * DAY);
    let keeper = w.cast.keeper.clone();
    w.sync(&keeper, 32).ok();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(900)).ok();
    w.deposit(&bob, fil(300)).ok();
    for (miner, amount) in [(first, 300), (second, 200), (third, 100)] {
        w.pledge(miner, fil(amount)).ok();
        w.award(miner, &fil(amount / 10));
    }
    w.skip(DAY);
    // The third is fined, and the bond bears it; the others' rewards go on.
    let (bond, principal) = (w.bond().shares, w.miner_info(third).principal);
    w.lose(third, &fil(200));
    let synced = w.sync(&keeper, 32).answer::<proxy::Sync>().measured;
    assert_eq!(synced, 3);
    let totals = w.totals();
    assert!(totals.stream.is_positive() && totals.miners.impaired.is_zero());
    let listed = w.read::<proxy::ListMiners>(w.wiring.owner_proxy, &());
    assert_eq!(listed.iter().map(|m| m.miner).collect::<Vec<_>>(), vec![first, second, third]);
    let lost = principal - &listed[2].principal;
    assert!(lost > fil(190) && lost <= fil(200), "less what was free of the reward: {lost}");
    assert_eq!(w.bond().shares, bond - lost);
    w.harvest(&keeper, w.wiring.pool).refused(40, "not a miner this proxy holds");
}

#[test]
fn the_least_recently_tried_are_synced_first() {
    let mut w = World::new();
    let miners = [w.custody(fil(300)), w.custody(fil(300)), w.custody(fil(300))];
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miners[0]).ok();
    w.sync(&keeper, 1).ok();
    let tried = |w: &World| miners.map(|m| w.miner_info(m).tried_at);
    let at = tried(&w);
    assert!(at[1] > at[0] && at[0] > at[2], "{at:?}");
    w.sync(&keeper, 2).ok();
    let at = tried(&w);
    assert!(at[2] == at[0] && at[0] > at[1], "{at:?}");
}

#[test]
fn keepers_get_their_cut_up_to_its_cap() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.deposit(&alice, fil(100)).ok();
    let id = w.id(&keeper);
    let earn = |w: &mut World, reward: i64| {
        w.award(miner, &fil(reward));
        let before = w.balance(id);
        let outcome = w.harvest(&keeper, miner).ok();
        w.balance(id) + outcome.gas_cost - before
    };
    // 0.5% of the quarter that is free at once.
    assert_eq!(earn(&mut w, 40), micro_fil(50_000));
    w.set_keeper_cut(&KeeperCut { bps: Bps(100), cap: micro_fil(30_000) }).ok();
    assert_eq!(earn(&mut w, 40), micro_fil(30_000));
    w.set_keeper_cut(&KeeperCut { bps: Bps(0), cap: fil(1) }).ok();
    assert!(earn(&mut w, 40).is_zero());
    w.set_keeper_cut(&KeeperCut { bps: Bps(101), cap: fil(1) }).refused(51, "100 bps");
}

#[test]
fn what_reaches_the_proxy_by_itself_is_swept_to_the_pool_as_reward() {
    let mut w = World::new();
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(4)).ok();
    assert_eq!(w.sweep(&stranger).answer::<proxy::Sweep>().amount, fil(4));
    // 15% of fees.
    assert_eq!((w.seen.pool.stream().amount.clone(), w.totals().fees_owed), (micro_fil(3_400_000), micro_fil(600_000)));
    assert!(w.sweep(&stranger).answer::<proxy::Sweep>().amount.is_zero());
    w.skip(8 * DAY);
    // The index rounds down.
    let paid = w.claim(&alice).answer::<pool::ClaimRewards>().paid;
    assert!(micro_fil(3_400_000) - &paid <= peggy_scenarios::atto(1), "{paid}");
}

/// Tiny harvests can't put a release off: the mean of the times left is rounded down.
#[test]
fn dust_does_not_delay_the_stream() {
    let mut w = World::with(Setup { fees: [0, 0, 0], ..Setup::default() });
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(5)).ok();
    w.sweep(&stranger).ok();
    let end = w.totals().stream_end;
    for _ in 0..10 {
        w.skip(DAY / 2);
        w.donate(&stranger, w.wiring.owner_proxy, peggy_scenarios::atto(1)).ok();
        w.sweep(&stranger).ok();
        assert!(w.totals().stream_end <= end, "dust moved the end from {end} to {}", w.totals().stream_end);
    }
}
