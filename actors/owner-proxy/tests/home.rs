//! Principal comes home: as far as exits need it in every harvest, and on demand by ReturnPrincipal.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use harness::*;
use peggy_interfaces::miner;
use peggy_interfaces::owner_proxy::{
    HarvestReturn, ReturnPrincipal, ReturnPrincipalParams, ReturnPrincipalReturn, Sync, SyncParams,
};
use peggy_interfaces::pool::{ExitDemand, MinerTotals, SettleParams};

/// The pool hears that this much came home, and that this much principal is left, all of it covered.
fn came_home(home: i64, principal_left: i64) -> SettleParams {
    let oldest_measurement = (principal_left > 0).then_some(10);
    let totals = MinerTotals { principal: fil(principal_left), oldest_measurement, ..MinerTotals::default() };
    SettleParams { home: fil(home), ..report(fil(0), totals) }
}

fn ask_back(miner: ActorID, amount: TokenAmount) -> ReturnPrincipalParams {
    ReturnPrincipalParams { miner: id(miner), amount }
}

#[test]
fn idle_principal_comes_home_as_far_as_exits_need_it() {
    for (unmet, home) in [(0, 0), (12, 12), (30, 30), (31, 30), (1_000_000, 30)] {
        let h = Proxy::holding(&Health::of(70, 30, 0));
        h.expect_reading(MINER, &Health::of(70, 30, 0));
        h.expect_demand(&fil(unmet));
        h.expect_paid(MINER, &fil(home));
        h.expect_settle(&fil(home), Some(came_home(home, 100 - home)));
        let got = h.harvest(STRANGER).unwrap();
        assert_eq!(got, HarvestReturn { reward: fil(0), home: fil(home), backing: fil(100 - home) });
        h.check();
        let m = h.miner(MINER);
        assert_eq!((m.principal, m.impaired, m.harvestable), (fil(100 - home), fil(0), fil(0)));
    }
}

#[test]
fn the_pool_is_not_asked_when_nothing_could_come_home() {
    // All that is free is reward; all is pledged; nothing unlocked is left, and fees are owed.
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 8, 50));
    h.expect_paid(MINER, &fil(8));
    h.expect_settle(&fil(8), None);
    h.harvest(POOL).unwrap();
    h.expect_reading(MINER, &Health::of(100, 0, 50));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    h.harvest(POOL).unwrap();
    h.expect_reading(MINER, &Health { available: fil(-30), ..Health::of(100, 0, 0) });
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_INSUFFICIENT_FUNDS), &fil(0));
    h.expect_settle(&fil(0), None);
    h.harvest(POOL).unwrap();
    h.check();
}

#[test]
fn the_keepers_cut_is_of_the_reward_alone() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    // Sectors expired: 30 are free, of which 8 are beyond the principal.
    h.expect_reading(MINER, &Health::of(78, 30, 0));
    h.expect_demand(&fil(500));
    h.expect_paid(MINER, &fil(30));
    h.host.expect_pay(STRANGER, milli(80));
    h.expect_settle(&milli(29_920), Some(came_home(22, 78)));
    let got = h.harvest(STRANGER).unwrap();
    assert_eq!(got, HarvestReturn { reward: fil(8), home: fil(22), backing: fil(78) });
    h.check();
}

#[test]
fn failure_22_principal_that_does_not_come_stays_principal() {
    // 8 of reward and 22 of principal were asked for; what came is reward first.
    for (arrives, reward, home) in [(0, 0, 0), (5, 5, 0), (8, 8, 0), (10, 8, 2), (29, 8, 21)] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &Health::of(78, 30, 0));
        h.expect_demand(&fil(22));
        h.expect_withdrawal(MINER, &fil(30), Ok(fil(arrives)), &fil(arrives));
        h.expect_settle(&fil(arrives), Some(came_home(home, 100 - home)));
        let got = h.harvest(POOL).unwrap();
        assert_eq!((got.reward, got.home), (fil(reward), fil(home)));
        h.check();
        let m = h.miner(MINER);
        assert_eq!((m.principal, m.backing), (fil(100 - home), fil(108 - arrives)));
    }
}

#[test]
fn failure_22_a_miner_that_lies_about_principal_is_believed_in_nothing() {
    for (says, arrives, home) in [(30, 10, 2), (30, 0, 0), (0, 30, 22), (40, 30, 22)] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &Health::of(78, 30, 0));
        h.expect_demand(&fil(22));
        h.expect_withdrawal(MINER, &fil(30), Ok(fil(says)), &fil(arrives));
        let totals = MinerTotals { principal: fil(100 - home), unsettled: 1, ..MinerTotals::default() };
        let params = SettleParams { home: fil(home), ..report(fil(0), totals) };
        h.expect_settle(&fil(arrives), Some(params));
        assert_eq!(h.harvest(POOL).unwrap().home, fil(home));
        h.check();
        assert_eq!(h.kinds(), ["miner-unsettled", "harvested"]);
    }
}

#[test]
fn nothing_comes_home_from_a_miner_that_cannot_be_measured() {
    let h = Proxy::holding(&Health::of(70, 30, 0));
    // RepayDebt fails: the figures may be read, and count for nothing but losses.
    h.host.set_balance(MINER, fil(100));
    h.expect::<miner::RepayDebt>(MINER, &(), Err(ExitCode::USR_ILLEGAL_STATE));
    h.expect_query::<miner::GetAvailableBalance>(MINER, &(), Ok(fil(30)));
    h.expect_query::<miner::GetVestingFunds>(MINER, &(), Ok(miner::GetVestingFundsReturn { vesting_funds: vec![] }));
    h.expect_query::<miner::InitialPledge>(MINER, &(), Ok(fil(70)));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.harvest(STRANGER).unwrap().home, fil(0));
    h.check();
    assert_eq!(h.miner(MINER).principal, fil(100));
}

#[test]
fn principal_comes_home_from_a_loss_without_changing_it() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    // 40 were lost; 30 of rewards came free since and heal: they are principal now, and may come home as such.
    h.expect_reading(MINER, &Health::of(60, 30, 0));
    h.expect_demand(&fil(25));
    h.expect_paid(MINER, &fil(25));
    let totals = MinerTotals {
        principal: fil(75),
        impaired: fil(10),
        impaired_net: fil(10),
        oldest_measurement: Some(10),
        unsettled: 0,
    };
    h.expect_settle(&fil(25), Some(SettleParams { home: fil(25), ..report(fil(10), totals) }));
    h.harvest(STRANGER).unwrap();
    h.check();
    let m = h.miner(MINER);
    assert_eq!((m.principal, m.backing, m.impaired), (fil(75), fil(65), fil(10)));
}

#[test]
fn a_miner_whose_principal_all_came_home_stays() {
    let h = Proxy::holding(&Health::of(0, 100, 0));
    h.expect_reading(MINER, &Health::of(0, 100, 0));
    h.expect_demand(&fil(300));
    h.expect_paid(MINER, &fil(100));
    h.expect_settle(&fil(100), Some(came_home(100, 0)));
    h.harvest(STRANGER).unwrap();
    // Empty, and harvested again: it was not written off, so it may be pledged to again.
    h.expect_reading(MINER, &Health::of(0, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), Some(came_home(0, 0)));
    h.harvest(STRANGER).unwrap();
    h.check();
    assert!(h.state().holds(MINER));
}

#[test]
fn several_miners_send_home_what_is_needed_together() {
    let h = Proxy::new();
    h.take(3000, &Health::of(10, 20, 0));
    h.take(3001, &Health::of(10, 20, 0));
    h.take(3002, &Health::of(10, 20, 0));
    h.host.set_epoch(20);
    // 25 are needed; the pool says each time what still is. The second miner is sick.
    h.expect_reading(3000, &Health::of(10, 20, 0));
    h.expect_demand(&fil(25));
    h.expect_paid(3000, &fil(20));
    h.expect_settle(&fil(20), None);
    h.expect_reading(3001, &Health::of(10, 20, 0));
    h.expect_demand(&fil(5));
    h.expect_withdrawal(3001, &fil(5), Err(ExitCode::USR_FORBIDDEN), &fil(0));
    h.expect_settle(&fil(0), None);
    h.expect_reading(3002, &Health::of(10, 20, 0));
    h.expect_demand(&fil(5));
    h.expect_paid(3002, &fil(5));
    h.expect_settle(&fil(5), None);
    assert_eq!(h.call::<Sync>(POOL, &SyncParams { max_miners: 3 }).unwrap().measured, 3);
    h.check();
    let principal = |miner| h.miner(miner).principal;
    assert_eq!((principal(3000), principal(3001), principal(3002)), (fil(10), fil(30), fil(25)));
    assert_eq!((h.totals().principal, h.totals().unsettled), (fil(65), 1));
}

#[test]
fn a_pool_that_does_not_answer_fails_the_message() {
    let h = Proxy::holding(&Health::of(70, 30, 0));
    h.expect_reading(MINER, &Health::of(70, 30, 0));
    h.expect_query::<ExitDemand>(POOL, &(), Err(ExitCode::new(77)));
    assert_eq!(h.harvest(STRANGER).unwrap_err().code().value(), 77);
    // A demand below nothing asks for nothing.
    h.expect_reading(MINER, &Health::of(70, 30, 0));
    h.expect_demand(&fil(-5));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), Some(came_home(0, 100)));
    h.harvest(STRANGER).unwrap();
    h.check();
}

// --- ReturnPrincipal ---------------------------------------------------------------------------------------------

#[test]
fn operator_and_governance_ask_principal_back() {
    for caller in [OPERATOR, GOVERNANCE] {
        // (asked, unmet demand if the pool must be asked, what comes home of the 30 that are idle)
        for (asked, unmet, home) in [
            (20, Some(0), 20),
            (20, Some(5), 20),
            (20, Some(25), 25),
            (1, Some(99), 30),
            (30, None, 30),
            (31, None, 30),
        ] {
            let h = Proxy::holding(&Health::of(70, 30, 0));
            h.expect_reading(MINER, &Health::of(70, 30, 0));
            if let Some(unmet) = unmet {
                h.expect_demand(&fil(unmet));
            }
            h.expect_paid(MINER, &fil(home));
            h.expect_settle(&fil(home), Some(came_home(home, 100 - home)));
            let got = h.call::<ReturnPrincipal>(caller, &ask_back(MINER, fil(asked))).unwrap();
            assert_eq!(got, ReturnPrincipalReturn { returned: fil(home) });
            h.check();
            assert_eq!(h.kinds(), ["harvested"]);
            assert_eq!(h.miner(MINER).principal, fil(100 - home));
        }
    }
}

#[test]
fn a_reward_on_the_way_is_settled_whole_and_is_not_principal() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(78, 30, 0));
    h.expect_paid(MINER, &fil(30));
    h.expect_settle(&fil(30), Some(came_home(22, 78)));
    let got = h.call::<ReturnPrincipal>(OPERATOR, &ask_back(MINER, fil(1_000))).unwrap();
    assert_eq!(got.returned, fil(22));
    h.check();
}

#[test]
fn nothing_idle_is_said_and_changes_nothing() {
    let debt = Health { available: fil(-30), ..Health::of(100, 0, 0) };
    for (health, free, answer) in [
        (Health::of(100, 0, 0), 0, Ok(fil(0))),
        // What is free is reward.
        (Health::of(100, 4, 0), 4, Ok(fil(4))),
        (debt, 0, Err(ExitCode::USR_INSUFFICIENT_FUNDS)),
    ] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.host.set_epoch(20);
        h.expect_reading(MINER, &health);
        h.expect_withdrawal(MINER, &fil(free), answer, &fil(free));
        h.expect_settle(&fil(free), None);
        assert_eq!(h.refused::<ReturnPrincipal>(OPERATOR, &ask_back(MINER, fil(5))), 55);
        h.check();
        assert!(h.kinds().is_empty());
        assert_eq!(h.miner(MINER).measured_at, 10);
    }
}

#[test]
fn failure_22_principal_of_an_unsettled_miner_stays_where_it_is() {
    let h = Proxy::holding(&Health::of(70, 30, 0));
    h.expect_reading(MINER, &Health::of(70, 30, 0));
    h.expect_withdrawal(MINER, &fil(30), Err(ExitCode::USR_FORBIDDEN), &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<ReturnPrincipal>(GOVERNANCE, &ask_back(MINER, fil(30))), 48);
    h.check();
    assert_eq!(h.miner(MINER).unsettled_since, None);
}

#[test]
fn only_operator_and_governance_only_positive_only_held() {
    let h = Proxy::holding(&Health::of(70, 30, 0));
    for caller in [STRANGER, POOL, DEPLOYER, OLD_OWNER, MINER] {
        assert_eq!(h.refused::<ReturnPrincipal>(caller, &ask_back(MINER, fil(1))), 18);
    }
    for amount in [0, -1] {
        assert_eq!(h.refused::<ReturnPrincipal>(OPERATOR, &ask_back(MINER, fil(amount))), 52);
    }
    assert_eq!(h.refused::<ReturnPrincipal>(OPERATOR, &ask_back(STRANGER, fil(1))), 40);
    assert_eq!(h.refused::<ReturnPrincipal>(GOVERNANCE, &ask_back(9_999, fil(1))), 17);
}
