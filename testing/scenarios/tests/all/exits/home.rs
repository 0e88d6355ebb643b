//! Principal comes home: what the queue needs with every harvest, and what the operator or governance wants.

use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::fil;

use super::{gets, pledged, sealed, serve};

#[test]
fn a_harvest_brings_home_what_the_queue_needs_and_no_more() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    let ticket = w.ticket(&alice, fil(300));
    let done = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
    assert_eq!((done.home, done.reward), (fil(300), fil(0)));
    assert_eq!((w.totals().liquid, w.exit_demand().unmet), (fil(300), fil(0)));
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().home, fil(0), "nothing more is needed");
    assert_eq!(serve(&mut w), (1, fil(300)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, ticket)), fil(300));
    assert_eq!((w.miner_info(miner).principal, w.totals().nav), (fil(1_200), fil(1_200)));
}

/// Collateral is locked for months: exits wait for sectors to expire, and are served as they do.
#[test]
fn sectors_expire_and_the_queue_is_served() {
    let (mut w, miner) = sealed();
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    let tickets = [w.ticket(&alice, fil(250)), w.ticket(&bob, fil(250))];
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().home, fil(0));
    assert_eq!(serve(&mut w), (0, fil(0)));
    w.skip(100 * DAY);
    w.expire_sectors(miner, &fil(300));
    // The measurement FinalizeExits asks for is a harvest: the principal comes home within it.
    assert_eq!(serve(&mut w), (1, fil(300)));
    assert_eq!(gets(&mut w, &alice, |w| w.claim_exit(&alice, tickets[0])), fil(250));
    w.skip(100 * DAY);
    w.expire_sectors(miner, &fil(500));
    assert_eq!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().home, fil(200));
    assert_eq!(serve(&mut w), (1, fil(200)));
    assert_eq!(gets(&mut w, &bob, |w| w.claim_exit(&bob, tickets[1])), fil(250));
    assert_eq!(w.miner_info(miner).principal, fil(1_000));
}

/// Rewards and principal come in one withdrawal, and are told apart.
#[test]
fn rewards_and_principal_come_together() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.ticket(&alice, fil(300));
    w.award(miner, &fil(80));
    let done = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
    assert_eq!((done.reward, done.home), (fil(20), fil(300)));
    assert_eq!(w.totals().liquid, fil(300));
}

/// After a loss that no bond bore, free rewards heal principal first; what of principal is free still comes home.
#[test]
fn principal_comes_home_from_an_impaired_miner() {
    let (mut w, miner) = pledged();
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.slash_all();
    w.lose(miner, &fil(150));
    w.ticket(&alice, fil(100));
    let done = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
    // Asked for at the price from before the measurement: 100; the queue needs 90 after it.
    assert_eq!((done.reward, done.home), (fil(0), fil(100)));
    assert_eq!(serve(&mut w), (1, fil(90)));
    assert_eq!(w.totals().liquid, fil(10));
}

#[test]
fn idle_principal_returns_when_the_operator_or_governance_says_so() {
    let (mut w, miner) = pledged();
    let (operator, stranger) = (w.cast.operator.clone(), w.cast.stranger.clone());
    w.return_principal(&stranger, miner, fil(1)).refused(18, "operator or governance");
    w.return_principal(&operator, miner, fil(0)).refused(52, "");
    let done = w.return_principal(&operator, miner, fil(200)).answer::<proxy::ReturnPrincipal>();
    assert_eq!((done.returned, w.totals().liquid), (fil(200), fil(200)));
    let request = proxy::ReturnPrincipalParams { miner: fvm_shared::address::Address::new_id(miner), amount: fil(50) };
    w.govern::<proxy::ReturnPrincipal>(w.wiring.owner_proxy, &request).ok();
    // More than is idle brings what is.
    w.commit_sectors(miner, &fil(1_000));
    let done = w.return_principal(&operator, miner, fil(9_999)).answer::<proxy::ReturnPrincipal>();
    assert_eq!((done.returned, w.miner_info(miner).principal), (fil(250), fil(1_000)));
    w.return_principal(&operator, miner, fil(1)).refused(55, "no idle principal");
    w.hold_early_terminations(miner, true);
    w.return_principal(&operator, miner, fil(1)).refused(48, "can't be measured");
    // Nobody gained or lost by it.
    assert_eq!((w.totals().nav, w.totals().shares), (fil(1_500), fil(1_500)));
}

/// Two miners, one of them sick: the other one serves the queue.
#[test]
fn a_healthy_miner_serves_the_queue_while_another_is_sick() {
    let (mut w, sick) = pledged();
    let (operator, alice, keeper) = (w.cast.operator.clone(), w.cast.alice.clone(), w.cast.keeper.clone());
    let healthy = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>().miner;
    w.return_principal(&operator, sick, fil(400)).ok();
    w.pledge(healthy, fil(400)).ok();
    w.hold_early_terminations(sick, true);
    w.harvest(&keeper, sick).ok();
    let ticket = w.ticket(&alice, fil(100));
    assert_eq!(w.harvest(&keeper, healthy).answer::<proxy::Harvest>().home, fil(100));
    w.finalize_exits(&keeper, 5).refused(67, "can't be measured");
    w.hold_early_terminations(sick, false);
    w.sync(&keeper, 2).ok();
    assert_eq!(serve(&mut w), (1, fil(100)));
    w.claim_exit(&alice, ticket).ok();
}
