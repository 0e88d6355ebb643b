//! Random sequences of everything that moves principal, on three miners, against a ledger of the test's own.

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use harness::*;
use peggy_interfaces::owner_proxy::{
    Harvest, MinerParams, Pledge, PledgeParams, ReturnPrincipal, ReturnPrincipalParams, WriteOff,
};
use peggy_interfaces::pool::{DrawPledge, DrawPledgeParams};
use proptest::prelude::*;

const MINERS: [ActorID; 3] = [3000, 3001, 3002];

/// How the miner answers a harvest, and what the pool says.
#[derive(Debug, Clone)]
struct Found {
    pledge: i64,
    free: i64,
    vesting: i64,
    /// It refuses the withdrawal.
    refuses: bool,
    unmet: i64,
    /// Percent of the impairment the bond absorbs.
    absorbed: i64,
}

#[derive(Debug, Clone)]
enum Step {
    Harvest,
    Return(i64),
    WriteOff,
    Pledge(i64),
}

fn found() -> impl Strategy<Value = Found> {
    // Often nothing at all is left, so that miners written off get to leave.
    let some = |range: std::ops::Range<i64>| prop_oneof![1 => Just(0), 2 => range];
    let amounts = (some(0..150), some(-40..90), some(0..60));
    (amounts, prop::bool::weighted(0.2), 0i64..80, 0i64..=100).prop_map(|(amounts, refuses, unmet, absorbed)| {
        let (pledge, free, vesting) = amounts;
        Found { pledge, free, vesting, refuses, unmet, absorbed }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Harvest),
        2 => (1i64..60).prop_map(Step::Return),
        1 => Just(Step::WriteOff),
        2 => (1i64..60).prop_map(Step::Pledge),
    ]
}

/// What the test itself knows of a miner: whole FIL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    principal: i64,
    impaired: i64,
    net: i64,
    unsettled: bool,
    closing: bool,
    gone: bool,
}

/// What one harvest does to it, by DESIGN.md 4 in the order of its sentences.
struct Course {
    reward: i64,
    home: i64,
    asked: bool,
    absorbed: i64,
}

fn course(known: &mut Known, found: &Found, wanted: i64) -> Course {
    let debt = (-found.free).max(0);
    let available = found.free.max(0);
    // The balance is pledge + free + vesting; debt left over is owed out of the pledge.
    let backing = (found.pledge + available - debt).max(0);
    let reward = available.min((backing - known.principal).max(0));
    let idle = (available - reward).min(known.principal);
    let asked = wanted < idle;
    let home = idle.min(if asked { found.unmet.max(wanted) } else { wanted });
    let paid = !found.refuses;
    let (reward_got, home_got) = if paid { (reward, home) } else { (0, 0) };
    known.principal -= home_got;
    let left = backing - reward_got - home_got;
    let impaired = (known.principal - left).max(0);
    let net = (known.principal - left - found.vesting).max(0);
    if paid {
        (known.impaired, known.net, known.unsettled) = (impaired, net, false);
        known.gone = known.closing && known.principal == 0 && left == 0 && found.vesting == 0 && debt == 0;
    } else {
        known.impaired = known.impaired.max(impaired);
        known.net = known.net.max(net).min(known.impaired);
        known.unsettled = true;
    }
    let absorbed = known.impaired * found.absorbed / 100;
    known.principal -= absorbed;
    known.impaired -= absorbed;
    known.net = (known.net - absorbed).max(0);
    Course { reward, home, asked, absorbed }
}

fn expect_course(h: &Proxy, miner: ActorID, found: &Found, course: &Course) {
    let debt = (-found.free).max(0);
    let health = Health {
        balance: fil(found.pledge + found.free.max(0) + found.vesting),
        available: fil(found.free),
        vesting: vec![(1_000_000, fil(found.vesting))],
        pledge: fil(found.pledge),
    };
    h.expect_reading(miner, &health);
    if course.asked {
        h.expect_demand(&fil(found.unmet));
    }
    let total = course.reward + course.home;
    let (answer, arrives) = match (found.refuses, debt) {
        (true, _) => (Err(ExitCode::USR_FORBIDDEN), 0),
        (false, 0) => (Ok(fil(total)), total),
        (false, _) => (Err(ExitCode::USR_INSUFFICIENT_FUNDS), 0),
    };
    h.expect_withdrawal(miner, &fil(total), answer, &fil(arrives));
    h.expect_settle_absorbing(&fil(arrives), None, &fil(course.absorbed));
}

/// Runs a step and answers the exit code it must have had.
fn run(h: &Proxy, miner: ActorID, step: &Step, found: &Found, known: &mut Known) -> u32 {
    let before = known.clone();
    let wanted = if let Step::Return(amount) = step { *amount } else { 0 };
    let course = course(known, found, wanted);
    expect_course(h, miner, found, &course);
    let params = MinerParams { miner: id(miner) };
    let refused = match step {
        _ if known.unsettled && !matches!(step, Step::Harvest) => 48,
        Step::Return(_) if course.home == 0 => 55,
        Step::WriteOff if known.net == 0 => 57,
        Step::Pledge(_) if found.free < 0 => 53,
        Step::Pledge(_) if known.gone => 58,
        _ => 0,
    };
    let outcome = match step {
        Step::Harvest => h.call::<Harvest>(POOL, &params).map(|_| ()),
        Step::Return(amount) => {
            let params = ReturnPrincipalParams { miner: id(miner), amount: fil(*amount) };
            h.call::<ReturnPrincipal>(OPERATOR, &params).map(|got| assert_eq!(got.returned, fil(course.home)))
        }
        Step::WriteOff => {
            let lost = known.net;
            if refused == 0 {
                h.expect_settle(&fil(0), None);
                (known.principal, known.impaired) = (known.principal - lost, known.impaired - lost);
                (known.net, known.closing) = (0, true);
            }
            h.call::<WriteOff>(GOVERNANCE, &params).map(|got| assert_eq!(got.written_off, fil(lost)))
        }
        Step::Pledge(amount) => {
            if refused == 0 {
                h.host.set_balance(POOL, fil(1_000));
                h.expect_bringing::<DrawPledge>(POOL, &DrawPledgeParams { amount: fil(*amount) }, Ok(()), fil(*amount));
                h.host.expect_pay(miner, fil(*amount));
                known.principal += amount;
            }
            h.call::<Pledge>(OPERATOR, &PledgeParams { miner: id(miner), amount: fil(*amount) })
        }
    };
    let code = outcome.map_or_else(|e| e.code().value(), |()| 0);
    assert_eq!(code, refused, "{step:?} with {found:?} on {before:?}");
    if code != 0 {
        *known = before;
    }
    code
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_books_are_those_of_a_ledger_kept_apart(
        steps in prop::collection::vec((0usize..3, step(), found()), 1..40),
    ) {
        let h = Proxy::new();
        for miner in MINERS {
            h.take(miner, &Health::of(50, 0, 0));
        }
        let mut known = vec![Known { principal: 50, ..Known::default() }; MINERS.len()];
        for (epoch, (which, step, found)) in (20i64..).zip(&steps) {
            let (miner, known_now) = (MINERS[*which], &mut known[*which]);
            if known_now.gone {
                continue;
            }
            h.host.set_epoch(epoch);
            run(&h, miner, step, found, known_now);
            // Whatever happened, every expected call came, the state is sound and no FIL stayed here.
            h.check();
            prop_assert_eq!(h.balance(PROXY), TokenAmount::default());
            prop_assert_eq!(h.state().holds(miner), !known_now.gone);
            let sum = |part: fn(&Known) -> i64| fil(known.iter().map(part).sum());
            let totals = h.totals();
            prop_assert_eq!(totals.principal, sum(|k| k.principal));
            prop_assert_eq!(totals.impaired, sum(|k| k.impaired));
            prop_assert_eq!(totals.impaired_net, sum(|k| k.net));
            let unsettled = known.iter().filter(|k| k.unsettled && k.principal > 0).count();
            prop_assert_eq!(totals.unsettled as usize, unsettled);
        }
    }
}
