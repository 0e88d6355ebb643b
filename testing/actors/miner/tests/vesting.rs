//! The vesting table's arithmetic. Expected numbers were computed by hand from FIP-0004 and the official parameters.

use fvm_shared::econ::TokenAmount;
use localnet_miner::vesting::{
    locked_part, merge, quantize_up, schedule, take_vested, take_vested_and_unvested, VestingFund, REWARD_VESTING,
};

fn atto(amount: i64) -> TokenAmount {
    TokenAmount::from_atto(amount)
}
fn table(entries: &[(i64, i64)]) -> Vec<VestingFund> {
    entries.iter().map(|(epoch, amount)| VestingFund { epoch: *epoch, amount: atto(*amount) }).collect()
}

#[test]
fn three_quarters_are_locked_rounded_down() {
    assert_eq!(locked_part(&atto(100)), atto(75));
    assert_eq!(locked_part(&atto(7)), atto(5));
    assert_eq!(locked_part(&atto(1)), atto(0));
}

#[test]
fn epochs_round_up_to_the_grid() {
    assert_eq!(quantize_up(2880, 1440, 0), 2880);
    assert_eq!(quantize_up(2881, 1440, 0), 4320);
    assert_eq!(quantize_up(2980, 1440, 50), 4370);
    assert_eq!(quantize_up(10, 1440, -100), 1340);
    // The offset only counts modulo the unit.
    assert_eq!(quantize_up(2980, 1440, 50 + 7 * 1440), 4370);
}

#[test]
fn a_reward_on_the_grid_vests_in_180_equal_steps() {
    let steps = schedule(0, &atto(1800), 0, &REWARD_VESTING);
    assert_eq!(steps.len(), 180);
    assert!(steps.iter().enumerate().all(|(i, step)| step.epoch == 2880 * (i as i64 + 1) && step.amount == atto(10)));
}

#[test]
fn a_reward_off_the_grid_vests_by_elapsed_time() {
    let sum = TokenAmount::from_whole(1);
    let steps = schedule(100, &sum, 50, &REWARD_VESTING);
    // First step: the grid point after 100 + 2880, that is 50 + 3 * 1440; 4270 of 518,400 epochs have passed by then.
    assert_eq!(steps[0].epoch, 4370);
    assert_eq!(steps[0].amount, TokenAmount::from_atto(8_236_882_716_049_382_i64));
    assert_eq!(steps[1].epoch, 7250);
    assert_eq!(steps.iter().map(|step| &step.amount).sum::<TokenAmount>(), sum);
    assert_eq!(steps.last().map(|step| step.epoch), Some(4370 + 179 * 2880));
}

#[test]
fn a_tiny_reward_waits_for_the_step_that_rounds_to_one() {
    let steps = schedule(0, &atto(1), 0, &REWARD_VESTING);
    assert_eq!(steps.len(), 180);
    assert_eq!(steps[178].amount, atto(0));
    assert_eq!(steps[179], VestingFund { epoch: 518_400, amount: atto(1) });
}

#[test]
fn tables_merge_by_epoch() {
    let merged = merge(table(&[(10, 1), (30, 3)]), table(&[(10, 5), (20, 2), (40, 4)]));
    assert_eq!(merged, table(&[(10, 6), (20, 2), (30, 3), (40, 4)]));
}

#[test]
fn an_entry_matures_the_epoch_after_its_own() {
    let mut funds = table(&[(10, 1), (20, 2), (30, 3)]);
    assert_eq!(take_vested(&mut funds, 10), atto(0));
    assert_eq!(take_vested(&mut funds, 21), atto(3));
    assert_eq!(funds, table(&[(30, 3)]));
}

#[test]
fn penalties_take_what_vests_soonest() {
    let mut funds = table(&[(10, 1), (20, 2), (30, 3), (40, 4)]);
    assert_eq!(take_vested_and_unvested(&mut funds, 11, &atto(4)), (atto(1), atto(4)));
    assert_eq!(funds, table(&[(30, 1), (40, 4)]));
    // An entry used up exactly stays behind as zero, as on the network.
    assert_eq!(take_vested_and_unvested(&mut funds, 11, &atto(5)), (atto(0), atto(5)));
    assert_eq!(funds, table(&[(40, 0)]));
    assert_eq!(take_vested_and_unvested(&mut funds, 11, &atto(5)), (atto(0), atto(0)));
}
