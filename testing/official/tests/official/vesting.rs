//! Rewards vest day by day, by the miner's own cron at the end of deadlines.
//!
//! Twenty days, not 180: on a network without proved sectors the smoothed estimate of its power becomes exactly zero after some 25
//! days, and the official miner then takes a whole epoch's reward for the fault fee of no sectors at all, at every deadline, until
//! the power actor refuses and the miner's cron is given up. Real networks have power.

use fil_actor_miner_state::v18::State as MinerState;
use fvm_shared::econ::TokenAmount;
use peggy_localnet::Network;
use peggy_official::sectors::DAY;
use peggy_official::Provider;

/// Three quarters of a reward are locked, in 180 steps. After twenty days just those are free that were due, to the attoFIL.
#[test]
fn a_reward_vests_step_by_step() {
    let mut net = peggy_official::network().unwrap();
    net.set_producers(Vec::new());
    let provider = Provider::new(net.genesis().miner, net.genesis().worker.clone());
    let state = |net: &Network| net.load_state::<MinerState>(provider.miner).unwrap();
    let balance = |net: &Network| net.balance(&provider.address()).unwrap();
    net.fund(provider.address(), TokenAmount::from_whole(100)).unwrap();
    net.fund(provider.worker.address(), TokenAmount::from_whole(1)).unwrap();
    let (locked, held) = (state(&net).locked_funds, balance(&net));
    net.control().award(provider.miner, 10).unwrap();
    let reward = balance(&net) - &held;
    assert_eq!(state(&net).locked_funds - locked, TokenAmount::from_atto(reward.atto() * 3 / 4));
    // A miner without sectors or precommits has no cron: then its rewards come free with the next message that asks.
    assert!(!state(&net).deadline_cron_active);
    provider.precommit(&mut net, 0..1).unwrap().ok().unwrap();
    assert!(state(&net).deadline_cron_active);

    let table = state(&net).vesting_funds.load(net.store()).unwrap();
    assert_eq!(table.len(), 180);
    // A third of a day after a step: the deadline that follows it is over.
    let until = table[0].epoch + 19 * DAY + DAY / 3;
    peggy_official::progress("twenty days of vesting", &mut net, until).unwrap();
    let due: TokenAmount = table.iter().take_while(|step| step.epoch < until).map(|step| &step.amount).sum();
    let left: TokenAmount = table.iter().skip(20).map(|step| &step.amount).sum();
    assert_eq!(state(&net).locked_funds, left);
    assert_eq!(left + due, table.iter().map(|step| &step.amount).sum::<TokenAmount>());
    assert_eq!(balance(&net), held + reward, "nothing left the miner");
}
