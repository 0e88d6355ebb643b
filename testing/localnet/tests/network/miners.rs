//! Miners, their rewards, and the levers.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use localnet_builtin::miner::exported::{GET_AVAILABLE_BALANCE, GET_VESTING_FUNDS, INITIAL_PLEDGE};
use localnet_builtin::miner::{levers, GetVestingFundsReturn};
use num_traits::Zero;
use peggy_localnet::{ids, params, Network};

use crate::{check_supply, fil, id, network};

const DAY: i64 = 2880;

fn amount(network: &Network, method: u64) -> TokenAmount {
    network.query(id(network.genesis().miner), method, RawBytes::default()).unwrap().decode().unwrap()
}

fn vesting(network: &Network) -> Vec<(i64, TokenAmount)> {
    let answer = network.query(id(network.genesis().miner), GET_VESTING_FUNDS, RawBytes::default()).unwrap();
    answer.decode::<GetVestingFundsReturn>().unwrap().vesting_funds
}

#[test]
fn a_block_reward_vests_for_three_quarters_over_180_days() {
    let mut network = network();
    let miner = network.genesis().miner;
    network.set_producers(Vec::new());
    // With its first sectors a miner's cron begins. What the creation's deposit left vesting has run out by then.
    network.control().add_pledge(miner, &fil(1)).unwrap();
    network.advance(200 * DAY).unwrap();
    assert_eq!(vesting(&network), []);
    let before = amount(&network, GET_AVAILABLE_BALANCE);
    let balance = network.balance(&id(miner)).unwrap();
    network.control().award_amount(miner, &fil(1000)).unwrap();
    assert_eq!(network.balance(&id(miner)).unwrap(), &balance + fil(1000));
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), &before + fil(250));
    let locked: TokenAmount = vesting(&network).into_iter().map(|(_, a)| a).sum();
    assert_eq!(locked, fil(750));

    let started = std::time::Instant::now();
    network.advance(90 * DAY).unwrap();
    let half = amount(&network, GET_AVAILABLE_BALANCE) - &before;
    assert!(half > fil(600) && half < fil(640), "about half of 750 after half the time: {half}");
    network.advance(91 * DAY).unwrap();
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), before + fil(1000), "cron unlocked it all");
    assert_eq!(vesting(&network), []);
    assert!(started.elapsed().as_secs() < 60, "half a year takes seconds, not {:?}", started.elapsed());
    check_supply(&network);
}

#[test]
fn blocks_are_rewarded_as_the_lever_says() {
    let mut network = network();
    let miner = network.genesis().miner;
    network.control().set_block_reward(&fil(7)).unwrap();
    let before = network.balance(&id(miner)).unwrap();
    network.mine().unwrap();
    assert_eq!(network.balance(&id(miner)).unwrap(), before + fil(7));
}

#[test]
fn sectors_lock_and_release_their_pledge() {
    let mut network = network();
    network.set_producers(Vec::new());
    let miner = network.genesis().miner;
    let before = amount(&network, GET_AVAILABLE_BALANCE);
    let mut control = network.control();
    control.add_pledge(miner, &fil(300)).unwrap();
    control.add_precommit_deposit(miner, &fil(100)).unwrap();
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), &before - fil(400));
    assert_eq!(amount(&network, INITIAL_PLEDGE), fil(300));
    let mut control = network.control();
    control.prove_commit(miner, fil(100), fil(120)).unwrap();
    control.expire_sector(miner, &fil(300)).unwrap();
    assert_eq!(amount(&network, INITIAL_PLEDGE), fil(120));
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), before - fil(120));
    let refused = network.control().add_pledge(miner, &fil(1_000_000)).unwrap_err();
    assert!(refused.to_string().contains("exit code 19"), "{refused}");
    check_supply(&network);
}

#[test]
fn fines_take_unvested_rewards_first_and_debt_is_left_when_nothing_else_is() {
    let mut network = network();
    network.set_producers(Vec::new());
    let miner = network.genesis().miner;
    network.control().award_amount(miner, &fil(1000)).unwrap();
    let unvested: TokenAmount = vesting(&network).into_iter().map(|(_, a)| a).sum();
    let before = amount(&network, GET_AVAILABLE_BALANCE);
    let burnt = network.balance(&id(ids::BURNT_FUNDS)).unwrap();
    network.control().fine(miner, &fil(100)).unwrap();
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), before);
    let left: TokenAmount = vesting(&network).into_iter().map(|(_, a)| a).sum();
    assert_eq!(left, unvested - fil(100));
    assert_eq!(network.balance(&id(ids::BURNT_FUNDS)).unwrap(), burnt + fil(100));
    network.control().add_debt(miner, &fil(50)).unwrap();
    assert_eq!(amount(&network, GET_AVAILABLE_BALANCE), before - fil(50));
    check_supply(&network);
}

#[test]
fn no_signed_message_reaches_a_lever() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let owner = network.genesis().owner.clone();
    let miner = network.genesis().miner;
    let pledge = params(&fil(1)).unwrap();
    let targets = [
        (miner, levers::ADD_PLEDGE),
        (miner, levers::FINE),
        (miner, levers::ADD_DEBT),
        (miner, levers::EXPIRE_SECTOR),
        (ids::REWARD, localnet_builtin::reward::SET_EPOCH_REWARD),
    ];
    for (actor, lever) in targets {
        for from in [&key, &owner] {
            let outcome = network.send(from, id(actor), TokenAmount::zero(), lever, pledge.clone()).unwrap();
            assert_eq!(outcome.exit_code(), ExitCode::USR_FORBIDDEN, "{actor} {lever}");
        }
    }
    // Nor does one that claims to come from the system actor: it has no key.
    let forged = peggy_localnet::message::unsigned(id(ids::SYSTEM), id(miner), fil(0), levers::FINE, pledge);
    let forged = network.estimate_gas(&forged, &TokenAmount::zero());
    assert!(forged.is_err());
}
