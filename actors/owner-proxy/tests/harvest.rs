//! Harvest, Sync, Sweep with healthy miners.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::miner;
use peggy_interfaces::owner_proxy::{Harvest, HarvestReturn, MinerParams, Sweep, Sync, SyncParams};
use peggy_interfaces::pool::{MinerTotals, SettleParams};
use peggy_owner_proxy::state::PATIENCE;

fn settled(reward_legacy: TokenAmount, principal: i64, measured: i64) -> SettleParams {
    let totals =
        MinerTotals { principal: fil(principal), oldest_measurement: Some(measured), ..MinerTotals::default() };
    SettleParams { legacy: reward_legacy, ..report(fil(0), totals) }
}

#[test]
fn takes_the_reward_and_pays_the_keeper() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.set_epoch(20);
    h.expect_reading(MINER, &Health::of(100, 8, 50));
    h.expect_paid(MINER, &fil(8));
    // 1% of 8 FIL.
    h.host.expect_pay(STRANGER, milli(80));
    h.expect_settle(&milli(7_920), Some(settled(fil(0), 100, 20)));
    let got = h.harvest(STRANGER).unwrap();
    assert_eq!(got, HarvestReturn { reward: fil(8), home: fil(0), backing: fil(100) });
    h.check();
    assert_eq!(h.kinds(), ["harvested"]);
    let m = h.miner(MINER);
    assert_eq!((m.vesting, m.harvestable, m.measured_at, m.tried_at), (fil(50), fil(0), 20, 20));
}

#[test]
fn the_keepers_cut_is_capped_and_the_pool_gets_none() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 500, 0));
    h.expect_paid(MINER, &fil(500));
    h.host.expect_pay(STRANGER, fil(1));
    h.expect_settle(&fil(499), None);
    h.harvest(STRANGER).unwrap();

    h.expect_reading(MINER, &Health::of(100, 5, 0));
    h.expect_paid(MINER, &fil(5));
    h.expect_settle(&fil(5), None);
    h.harvest(POOL).unwrap();
    h.check();
}

#[test]
fn what_vested_before_custody_is_the_operators_and_free_of_cuts() {
    let h = Proxy::holding(&Health::of(100, 0, 10));
    h.expect_reading(MINER, &Health::of(100, 4, 6));
    h.expect_paid(MINER, &fil(4));
    h.expect_settle(&fil(4), Some(settled(fil(4), 100, 10)));
    h.harvest(STRANGER).unwrap();
    assert_eq!(h.miner(MINER).legacy_vesting, fil(6));

    // 8 more matured, of which at most 6 can be from before.
    h.expect_reading(MINER, &Health::of(100, 8, 20));
    h.expect_paid(MINER, &fil(8));
    h.host.expect_pay(STRANGER, milli(20));
    h.expect_settle(&milli(7_980), Some(settled(fil(6), 100, 10)));
    h.harvest(STRANGER).unwrap();
    assert_eq!(h.miner(MINER).legacy_vesting, fil(0));
    h.check();
}

#[test]
fn penalties_eat_what_vested_before_custody() {
    let h = Proxy::holding(&Health::of(100, 0, 10));
    h.expect_reading(MINER, &Health::of(100, 0, 3));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    h.harvest(STRANGER).unwrap();
    assert_eq!(h.miner(MINER).legacy_vesting, fil(3));
    h.check();
}

#[test]
fn a_loss_is_booked_and_healed_before_anybody_is_paid() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    // 30 were lost; 20 vest.
    h.expect_reading(MINER, &Health::of(70, 0, 20));
    h.expect_paid(MINER, &fil(0));
    let totals = MinerTotals {
        principal: fil(100),
        impaired: fil(30),
        impaired_net: fil(10),
        oldest_measurement: Some(10),
        unsettled: 0,
    };
    h.expect_settle(&fil(0), Some(report(fil(10), totals)));
    h.harvest(STRANGER).unwrap();
    h.check();

    // 35 came: 30 heal, 5 are reward. What healed is principal, and idle.
    h.expect_reading(MINER, &Health::of(70, 35, 0));
    h.expect_demand(&fil(0));
    h.expect_paid(MINER, &fil(5));
    h.host.expect_pay(STRANGER, milli(50));
    h.expect_settle(&milli(4_950), Some(settled(fil(0), 100, 10)));
    let got = h.harvest(STRANGER).unwrap();
    assert_eq!((got.reward, got.backing), (fil(5), fil(100)));
    h.check();
}

#[test]
fn an_entry_matures_the_epoch_after_the_one_it_names() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    let health = Health {
        balance: fil(112),
        available: fil(0),
        vesting: vec![(19, fil(5)), (20, fil(4)), (21, fil(3))],
        pledge: fil(100),
    };
    h.host.set_epoch(20);
    h.expect_reading(MINER, &health);
    h.expect_paid(MINER, &fil(5));
    h.host.expect_pay(STRANGER, milli(50));
    h.expect_settle(&milli(4_950), None);
    h.harvest(STRANGER).unwrap();
    assert_eq!(h.miner(MINER).vesting, fil(7));
    h.check();
}

#[test]
fn sync_starts_with_the_one_tried_longest_ago() {
    let h = Proxy::new();
    for (epoch, miner) in [(10, 3002), (11, 3000), (12, 3001)] {
        h.host.set_epoch(epoch);
        h.take(miner, &Health::of(1, 0, 0));
    }
    h.host.set_epoch(20);
    for miner in [3002, 3000] {
        h.expect_reading(miner, &Health::of(1, 0, 0));
        h.expect_paid(miner, &fil(0));
        h.expect_settle(&fil(0), None);
    }
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 2 }).unwrap().measured, 2);
    assert_eq!(h.totals().oldest_measurement, Some(12));
    h.check();
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 0 }).unwrap().measured, 0);
}

#[test]
fn sync_measures_first_what_a_price_rests_on() {
    let h = Proxy::new();
    // A sick miner and an empty one, taken before all others.
    h.take(3000, &Health::of(5, 0, 0));
    h.take(3001, &Health::of(0, 0, 0));
    h.take(3002, &Health::of(1, 0, 0));
    h.take(3003, &Health::of(1, 0, 0));
    let sick = |h: &Proxy| {
        h.expect::<miner::RepayDebt>(3000, &(), Err(ExitCode::USR_ILLEGAL_STATE));
        h.expect_query::<miner::GetAvailableBalance>(3000, &(), Err(ExitCode::USR_ILLEGAL_STATE));
        h.expect_settle(&fil(0), None);
    };
    sick(&h);
    h.call::<Harvest>(STRANGER, &MinerParams { miner: id(3000) }).unwrap();
    let well = |miner, health: Health| {
        h.expect_reading(miner, &health);
        h.expect_paid(miner, &fil(0));
        h.expect_settle(&fil(0), None);
    };
    // The two that matter come first, although the others were tried longer ago: for a whole day.
    for epoch in [11, 500, 10 + PATIENCE + 1] {
        h.host.set_epoch(epoch);
        well(3002, Health::of(1, 0, 0));
        well(3003, Health::of(1, 0, 0));
        assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 2 }).unwrap().measured, 2);
        assert_eq!(h.totals().oldest_measurement, Some(epoch));
    }
    // But they are not left out for ever.
    h.host.set_epoch(10 + PATIENCE + 2);
    sick(&h);
    well(3001, Health::of(0, 0, 0));
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 2 }).unwrap().measured, 2);
    h.check();
}

#[test]
fn sync_reaches_all_of_32_a_few_at_a_time() {
    let h = Proxy::new();
    for n in 0..32 {
        h.take(MINER + n, &Health::of(1, 0, 0));
    }
    h.host.set_epoch(30);
    for n in 0..16 {
        assert_eq!(h.totals().oldest_measurement, Some(10), "after {n} calls");
        for miner in [MINER + 2 * n, MINER + 2 * n + 1] {
            h.expect_reading(miner, &Health::of(1, 0, 0));
            h.expect_paid(miner, &fil(0));
            h.expect_settle(&fil(0), None);
        }
        assert_eq!(h.call::<Sync>(STRANGER, &SyncParams { max_miners: 2 }).unwrap().measured, 2);
    }
    assert_eq!(h.totals().oldest_measurement, Some(30));
    h.check();
}

#[test]
fn sync_of_everything_does_32() {
    let h = Proxy::new();
    for n in 0..32 {
        h.take(MINER + n, &Health::of(1, 0, 0));
    }
    h.host.set_epoch(30);
    for n in 0..32 {
        h.expect_reading(MINER + n, &Health::of(1, 1, 0));
        h.expect_paid(MINER + n, &fil(1));
        h.expect_settle(&fil(1), None);
    }
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: u32::MAX }).unwrap().measured, 32);
    let totals = h.totals();
    assert_eq!((totals.principal, totals.oldest_measurement), (fil(32), Some(30)));
    h.check();
}

#[test]
fn sweep_passes_on_what_came_by_itself() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    assert_eq!(h.call::<Sweep>(STRANGER, &()).unwrap().amount, fil(0));
    h.host.set_balance(PROXY, fil(3));
    let params = SettleParams { miner: None, ..report(fil(0), h.totals()) };
    h.expect_settle(&fil(3), Some(params));
    assert_eq!(h.call::<Sweep>(STRANGER, &()).unwrap().amount, fil(3));
    h.check();
    assert_eq!(h.kinds(), ["swept"]);
}

#[test]
fn unknown_miners_are_not_harvested() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.add_actor(3000);
    assert_eq!(h.refused::<Harvest>(STRANGER, &MinerParams { miner: id(3000) }), 40);
    assert_eq!(h.refused::<Harvest>(STRANGER, &MinerParams { miner: id(3001) }), 17);
}
