//! Rewards vest over 180 days. This is the longest test: cron runs at each of more than half a million epochs.

use fil_actor_miner_state::v18::State as MinerState;
use fvm_shared::econ::TokenAmount;
use peggy_official::sectors::DAY;

/// Three quarters of a reward are locked and come free in 180 equal steps, and then nothing is left.
#[test]
fn a_reward_vests_in_equal_steps_over_180_days() {
    let mut net = peggy_official::network().unwrap();
    net.set_producers(Vec::new());
    let miner = net.genesis().miner;
    let state = |net: &peggy_localnet::Network| net.load_state::<MinerState>(miner).unwrap();
    let balance = |net: &peggy_localnet::Network| net.actor_by_id(miner).unwrap().unwrap().balance;

    let (locked, held) = (state(&net).locked_funds, balance(&net));
    net.control().award(miner, 10).unwrap();
    let reward = balance(&net) - &held;
    let locked_of_it = state(&net).locked_funds - &locked;
    assert_eq!(locked_of_it, TokenAmount::from_atto(reward.atto() * 3 / 4));
    let whole = state(&net).locked_funds;
    let start = net.epoch();

    // Half of it after half of the time, to within two days' steps: vesting is rounded to half-days and processed by deadlines.
    peggy_official::progress("90 days of vesting", &mut net, start + 90 * DAY).unwrap();
    let half = state(&net).locked_funds;
    let step = TokenAmount::from_atto(whole.atto() / 180);
    let off = if &half * 2 > whole { &half * 2 - &whole } else { &whole - &half * 2 };
    assert!(off <= &step * 4, "{half} of {whole} are locked after 90 days");

    peggy_official::progress("180 days of vesting", &mut net, start + 182 * DAY).unwrap();
    assert!(state(&net).locked_funds.is_zero());
    assert_eq!(balance(&net), held + reward);
    // Everything is there to be withdrawn.
    assert_eq!(state(&net).get_available_balance(&balance(&net)).unwrap(), balance(&net));
}
