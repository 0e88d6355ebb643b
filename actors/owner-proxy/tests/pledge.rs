//! Pledge.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::owner_proxy::{Pledge, PledgeParams};
use peggy_interfaces::pool::{DrawPledge, DrawPledgeParams};

fn pledge_of(amount: TokenAmount) -> PledgeParams {
    PledgeParams { miner: id(MINER), amount }
}

fn expect_draw(h: &Proxy, amount: i64, answered: Result<(), ExitCode>, arrives: i64) {
    h.host.set_balance(POOL, fil(1_000));
    h.expect_bringing::<DrawPledge>(POOL, &DrawPledgeParams { amount: fil(amount) }, answered, fil(arrives));
}

#[test]
fn draws_sends_and_books() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.set_epoch(20);
    // It is measured first: a loss of 10, and no cut for anybody.
    h.expect_reading(MINER, &Health::of(90, 0, 0));
    h.expect_paid(MINER, &fil(0));
    h.expect_settle(&fil(0), None);
    expect_draw(&h, 40, Ok(()), 40);
    h.host.expect_pay(MINER, fil(40));
    h.call::<Pledge>(OPERATOR, &pledge_of(fil(40))).unwrap();
    h.check();
    assert_eq!(h.kinds(), ["harvested", "pledged"]);
    let m = h.miner(MINER);
    assert_eq!((m.principal, m.backing, m.impaired), (fil(140), fil(130), fil(10)));
    assert_eq!((h.totals().principal, m.measured_at), (fil(140), 20));
}

#[test]
fn a_reward_found_on_the_way_is_settled_whole() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 7, 0));
    h.expect_paid(MINER, &fil(7));
    h.expect_settle(&fil(7), None);
    expect_draw(&h, 40, Ok(()), 40);
    h.host.expect_pay(MINER, fil(40));
    h.call::<Pledge>(OPERATOR, &pledge_of(fil(40))).unwrap();
    h.check();
}

#[test]
fn not_to_a_miner_that_cannot_be_measured() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health::of(100, 0, 0));
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_FORBIDDEN), &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<Pledge>(OPERATOR, &pledge_of(fil(1))), 48);
    h.check();
}

#[test]
fn not_to_a_miner_whose_debt_would_eat_it() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.expect_reading(MINER, &Health { available: fil(-3), ..Health::of(100, 0, 0) });
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_INSUFFICIENT_FUNDS), &fil(0));
    h.expect_settle(&fil(0), None);
    assert_eq!(h.refused::<Pledge>(OPERATOR, &pledge_of(fil(1))), 53);
    h.check();
}

#[test]
fn what_the_pool_refuses_or_does_not_send_fails_all() {
    for (answer, arrives, code) in [(Err(ExitCode::new(66)), 0, 66), (Ok(()), 39, 50), (Ok(()), 41, 50)] {
        let h = Proxy::holding(&Health::of(100, 0, 0));
        h.expect_reading(MINER, &Health::of(100, 0, 0));
        h.expect_paid(MINER, &fil(0));
        h.expect_settle(&fil(0), None);
        expect_draw(&h, 40, answer, arrives);
        assert_eq!(h.refused::<Pledge>(OPERATOR, &pledge_of(fil(40))), code);
        h.check();
        assert_eq!(h.miner(MINER).principal, fil(100));
    }
}

#[test]
fn only_the_operator_only_positive_only_held() {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    for caller in [STRANGER, POOL, GOVERNANCE, DEPLOYER] {
        assert_eq!(h.refused::<Pledge>(caller, &pledge_of(fil(1))), 18);
    }
    assert_eq!(h.refused::<Pledge>(OPERATOR, &pledge_of(fil(0))), 52);
    assert_eq!(h.refused::<Pledge>(OPERATOR, &pledge_of(fil(-1))), 52);
    let foreign = PledgeParams { miner: id(STRANGER), amount: fil(1) };
    assert_eq!(h.refused::<Pledge>(OPERATOR, &foreign), 40);
}
