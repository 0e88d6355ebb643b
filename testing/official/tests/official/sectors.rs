//! Sectors from precommit to termination by the worker's messages, with the money of each step.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_localnet::{ids, Network};
use peggy_official::sectors::{CHALLENGE_DELAY, DAY, LIFE};
use peggy_official::Provider;

/// The first miner with 20,000 FIL to pledge and some rewards, and nobody making blocks.
fn provider() -> (Network, Provider) {
    let mut net = peggy_official::network().unwrap();
    let genesis = net.genesis();
    let provider = Provider::new(genesis.miner, genesis.worker.clone());
    net.set_producers(Vec::new());
    net.fund(provider.address(), TokenAmount::from_whole(20_000)).unwrap();
    // What the messages cost.
    net.fund(provider.worker.address(), TokenAmount::from_whole(10)).unwrap();
    net.control().award(provider.miner, 50).unwrap();
    (net, provider)
}

/// Where the miner's money is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Money {
    balance: TokenAmount,
    deposits: TokenAmount,
    pledge: TokenAmount,
    vesting: TokenAmount,
    debt: TokenAmount,
    burnt: TokenAmount,
}

fn money(net: &Network, provider: &Provider) -> Money {
    let state = provider.state(net).unwrap();
    Money {
        balance: net.balance(&provider.address()).unwrap(),
        deposits: state.pre_commit_deposits,
        pledge: state.initial_pledge,
        vesting: state.locked_funds,
        debt: state.fee_debt,
        burnt: net.actor_by_id(ids::BURNT_FUNDS).unwrap().unwrap().balance,
    }
}

fn sleep_proving(net: &mut Network, provider: &Provider, epochs: i64) {
    let until = net.epoch() + epochs;
    provider.prove_until(net, until).unwrap();
}

#[test]
fn a_sector_from_precommit_to_termination() {
    let (mut net, provider) = provider();
    let before = money(&net, &provider);

    provider.precommit(&mut net, 0..2).unwrap().ok().unwrap();
    let precommitted = money(&net, &provider);
    assert!(precommitted.deposits > TokenAmount::zero());
    assert!(precommitted.pledge.is_zero());
    assert_eq!(precommitted.balance, before.balance);
    // Proving at once is refused: the challenge is not known yet.
    assert!(!provider.prove_commit(&mut net, 0..2).unwrap().is_ok());

    net.advance(CHALLENGE_DELAY).unwrap();
    provider.prove_commit(&mut net, 0..2).unwrap().ok().unwrap();
    let proved = money(&net, &provider);
    assert!(proved.deposits.is_zero());
    let sector = provider.sector(&net, 0).unwrap().unwrap();
    assert_eq!(proved.pledge, &sector.initial_pledge * 2);
    assert_eq!(proved.balance, before.balance);

    // Two days in good order: nothing is fined, and nothing but the daily fee of each sector (FIP-0100) is paid.
    sleep_proving(&mut net, &provider, 2 * DAY);
    assert!(!provider.is_faulty(&net, 0).unwrap());
    let kept = money(&net, &provider);
    assert_eq!(kept.pledge, proved.pledge);
    assert!(kept.debt.is_zero());
    let fees = proved.balance - &kept.balance;
    assert_eq!(fees, &sector.daily_fee * 2 * 2);

    provider.terminate(&mut net, &[0]).unwrap().ok().unwrap();
    let ended = money(&net, &provider);
    assert!(provider.is_terminated(&net, 0).unwrap());
    assert!(!provider.is_terminated(&net, 1).unwrap());
    // Processed in the same message: nothing is pending, the pledge is free and the fee burnt.
    assert!(provider.state(&net).unwrap().early_terminations.is_empty());
    assert_eq!(ended.pledge, sector.initial_pledge);
    let fee = &kept.balance - &ended.balance;
    assert!(fee > TokenAmount::zero());
    assert!(ended.burnt >= &kept.burnt + &fee);
    // It came out of what was vesting, as far as that goes.
    assert_eq!(&kept.vesting - &ended.vesting, fee.clone().min(kept.vesting));
    // Sectors end once.
    assert!(!provider.terminate(&mut net, &[0]).unwrap().is_ok());
    assert_eq!(net.total_fil().unwrap(), TokenAmount::from_whole(2_000_000_000));
}

#[test]
fn a_declared_fault_costs_a_fee_each_day_until_it_is_recovered() {
    let (mut net, provider) = provider();
    provider.commit(&mut net, 0..3).unwrap();
    sleep_proving(&mut net, &provider, DAY + 60);
    let fee = provider.sector(&net, 0).unwrap().unwrap().daily_fee;

    provider.declare_faults(&mut net, &[0]).unwrap().ok().unwrap();
    assert!(provider.is_faulty(&net, 0).unwrap());
    let healthy = money(&net, &provider);
    sleep_proving(&mut net, &provider, DAY);
    let sick = money(&net, &provider);
    assert_eq!(sick.pledge, healthy.pledge);
    // More than the daily fees of the three sectors.
    assert!(&healthy.balance - &sick.balance > &fee * 3);
    assert!(!provider.is_faulty(&net, 1).unwrap());

    // The proof that shows the recovery is looked at by the verifier, unlike others.
    provider.declare_recovered(&mut net, &[0]).unwrap().ok().unwrap();
    sleep_proving(&mut net, &provider, DAY);
    assert!(!provider.is_faulty(&net, 0).unwrap());
    let well = money(&net, &provider);
    sleep_proving(&mut net, &provider, DAY);
    // No fines any more. The daily fee is no more than half the expected reward, which a network as small as this one soon
    // estimates to be nothing: then the fee is nothing too.
    assert!(&well.balance - &money(&net, &provider).balance <= &fee * 3);
}

#[test]
fn sectors_that_are_not_proved_become_faulty() {
    let (mut net, provider) = provider();
    provider.commit(&mut net, 0..2).unwrap();
    sleep_proving(&mut net, &provider, DAY + 60);
    assert!(!provider.is_faulty(&net, 0).unwrap());
    let until = net.epoch() + DAY + 60;
    provider.idle_until(&mut net, until).unwrap();
    assert!(provider.is_faulty(&net, 0).unwrap());
    assert!(provider.is_faulty(&net, 1).unwrap());
}

#[test]
fn non_interactive_proofs_need_no_deposit() {
    let (mut net, provider) = provider();
    let before = money(&net, &provider);
    provider.commit_at_once(&mut net, 0..10).unwrap().ok().unwrap();
    let after = money(&net, &provider);
    let sector = provider.sector(&net, 9).unwrap().unwrap();
    assert!(after.deposits.is_zero());
    assert_eq!(after.pledge, &sector.initial_pledge * 10);
    assert_eq!(after.balance, before.balance);
    assert_eq!(sector.expiration, sector.activation - 1 + LIFE);
    sleep_proving(&mut net, &provider, DAY + 60);
    assert!(!provider.is_faulty(&net, 9).unwrap());
    // A number can't be used again.
    assert!(!provider.commit_at_once(&mut net, 0..1).unwrap().is_ok());
}
