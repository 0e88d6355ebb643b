//! Miners that leave the list: only those governance wrote off, and only once nothing is left in them.

mod harness;

use fvm_shared::error::ExitCode;
use harness::losses::{expect_loss, lost, miner, totals};
use harness::*;
use peggy_interfaces::owner_proxy::{GetMiner, Harvest, ListMiners, Pledge, PledgeParams, Sync, SyncParams, WriteOff};
use peggy_interfaces::pool::{MinerTotals, SettleParams};

/// A miner of 100 FIL that has lost all, written off.
fn written_off() -> Proxy {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(0, 0, 0), report(fil(100), totals(100, 100, 100)), 0);
    h.expect_settle(&fil(0), Some(lost(100, totals(0, 0, 0))));
    h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap();
    h.check();
    h.host.take_events();
    h
}

#[test]
fn an_empty_miner_leaves_once_it_was_written_off() {
    let h = written_off();
    let m = h.miner(MINER);
    assert!(m.closing && m.principal == fil(0));
    // It is still there, and harvestable, until a harvest finds nothing in it.
    h.expect_reading(MINER, &Health::of(0, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), Some(report(fil(0), totals(0, 0, 0))));
    let got = h.harvest(STRANGER).unwrap();
    assert_eq!((got.reward, got.home, got.backing), (fil(0), fil(0), fil(0)));
    h.check();
    assert_eq!(h.kinds(), ["harvested", "miner-closed"]);
    assert!(h.call::<ListMiners>(STRANGER, &()).unwrap().is_empty());
    assert_eq!(h.refused::<Harvest>(STRANGER, &miner(MINER)), 40);
    assert_eq!(h.refused::<GetMiner>(STRANGER, &miner(MINER)), 40);
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 32 }).unwrap().measured, 0);
    h.check();
}

#[test]
fn it_stays_while_anything_is_in_it_or_owed_by_it() {
    let left = [
        // Something vests; something is pledged; fees are owed; it can't be measured.
        (Health::of(0, 0, 1), Ok(fil(0))),
        (Health::of(1, 0, 0), Ok(fil(0))),
        (Health { available: fil(-1), ..Health::of(0, 0, 0) }, Err(ExitCode::USR_INSUFFICIENT_FUNDS)),
        (Health::of(0, 0, 0), Err(ExitCode::USR_FORBIDDEN)),
    ];
    for (health, answer) in left {
        let h = written_off();
        h.expect_reading(MINER, &health);
        h.expect_withdrawal(MINER, &fil(0), answer, &fil(0));
        h.expect_settle(&fil(0), None);
        h.harvest(STRANGER).unwrap();
        h.check();
        assert!(h.state().holds(MINER) && h.miner(MINER).closing);
        assert!(!h.kinds().contains(&"miner-closed".to_owned()));
    }
}

#[test]
fn it_leaves_with_the_last_that_was_in_it() {
    // A reward nobody expected.
    let h = written_off();
    h.expect_reading(MINER, &Health::of(0, 2, 0));
    h.expect_paid(MINER, &fil(2));
    h.expect_settle(&fil(2), Some(report(fil(0), totals(0, 0, 0))));
    h.harvest(POOL).unwrap();
    h.check();
    assert!(!h.state().holds(MINER));

    // What the miner keeps back stays, and so does the miner.
    let h = written_off();
    h.expect_reading(MINER, &Health::of(0, 2, 0));
    h.expect_withdrawal(MINER, &fil(2), Ok(fil(1)), &fil(1));
    h.expect_settle(&fil(1), None);
    h.harvest(POOL).unwrap();
    h.check();
    assert!(h.state().holds(MINER));

    // The last of the principal.
    let h = Proxy::holding(&Health::of(100, 0, 0));
    expect_loss(&h, &Health::of(60, 0, 0), report(fil(40), totals(100, 40, 40)), 0);
    h.expect_settle(&fil(0), Some(lost(40, totals(60, 0, 0))));
    h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap();
    h.expect_reading(MINER, &Health::of(0, 60, 0));
    h.expect_demand(&fil(60));
    h.expect_paid(MINER, &fil(60));
    h.expect_settle(&fil(60), Some(SettleParams { home: fil(60), ..report(fil(0), totals(0, 0, 0)) }));
    h.harvest(STRANGER).unwrap();
    h.check();
    assert!(!h.state().holds(MINER));
}

#[test]
fn a_fresh_miner_with_nothing_in_it_never_leaves() {
    let h = Proxy::new();
    h.take(MINER, &Health::of(0, 0, 0));
    for epoch in [20, 100_000] {
        h.host.set_epoch(epoch);
        h.expect_reading(MINER, &Health::of(0, 0, 0));
        h.expect_paid(MINER, &fil(0));
        h.expect_settle(&fil(0), None);
        h.harvest(STRANGER).unwrap();
    }
    // Nor can governance send it away: it lost nothing.
    h.expect_reading(MINER, &Health::of(0, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<WriteOff>(GOVERNANCE, &miner(MINER)), 57);
    h.check();
    assert!(h.state().holds(MINER));
}

#[test]
fn nothing_is_pledged_to_a_miner_that_is_over() {
    let h = written_off();
    h.expect_reading(MINER, &Health::of(0, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<Pledge>(OPERATOR, &PledgeParams { miner: id(MINER), amount: fil(1) }), 58);
    h.check();
    assert!(h.state().holds(MINER));
}

#[test]
fn a_sync_goes_on_when_a_miner_leaves_and_its_place_is_free() {
    let h = Proxy::new();
    for n in 0..31 {
        h.take(3_000 + n, &Health::of(1, 0, 0));
    }
    h.take(MINER, &Health::of(100, 0, 0));
    let told = |principal, lost| MinerTotals { principal: fil(principal), ..totals(131, lost, lost) };
    expect_loss(&h, &Health::of(0, 0, 0), report(fil(100), told(131, 100)), 0);
    h.expect_settle(&fil(0), Some(lost(100, told(31, 0))));
    h.call::<WriteOff>(GOVERNANCE, &miner(MINER)).unwrap();
    h.host.set_epoch(10 + 3_000);
    for n in 0..31 {
        h.expect_reading(3_000 + n, &Health::of(1, 0, 0));
        h.expect_paid(3_000 + n, &fil(0));
        h.expect_settle(&fil(0), None);
    }
    h.expect_reading(MINER, &Health::of(0, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 32 }).unwrap().measured, 32);
    h.check();
    assert!(!h.state().holds(MINER));
    h.take(4_000, &Health::of(1, 0, 0));
    assert_eq!(h.state().turns.len(), 32);
}
