//! The methods on the mock host: who may, what it does to the money, which code a refusal has.

mod common;

use common::{deposit, fil, Miner, CONTRACT, MINER, OWNER, STRANGER, WORKER};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use localnet_builtin::ids;
use localnet_builtin::miner::levers::{self, ProveCommit, Sick, TerminateSector};
use localnet_builtin::miner::{
    exported as x, internal as i, ApplyRewardParams, ChangeBeneficiaryParams, ChangePeerIdParams,
    ChangeWorkerAddressParams, GetBeneficiaryReturn, GetOwnerReturn, GetVestingFundsReturn, WithdrawBalanceParams,
    APPLY_REWARDS,
};
use localnet_builtin::power::ENROLL_CRON_EVENT;
use num_traits::Zero;
use peggy_runtime::mock::Expected;

fn withdraw(amount: TokenAmount) -> WithdrawBalanceParams {
    WithdrawBalanceParams { amount_requested: amount }
}

fn expect_cron(miner: &Miner) {
    miner.host.expect(Expected {
        to: Address::new_id(ids::POWER),
        method: ENROLL_CRON_EVENT,
        params: None,
        value: TokenAmount::zero(),
        answer: Ok((ExitCode::OK, None)),
    });
}

#[test]
fn a_new_miner_locks_its_deposit_like_a_reward() {
    let miner = Miner::new();
    let funds: GetVestingFundsReturn = miner.ask(x::GET_VESTING_FUNDS);
    assert_eq!(funds.vesting_funds.iter().map(|(_, amount)| amount).sum::<TokenAmount>(), deposit());
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(0));
    let owner: GetOwnerReturn = miner.ask(x::GET_OWNER);
    assert_eq!((owner.owner, owner.proposed), (Address::new_id(OWNER), None));
}

#[test]
fn too_small_a_deposit_makes_no_miner() {
    let miner = Miner::unborn();
    miner.expect_network();
    let refused = miner.construct(deposit() - TokenAmount::from_atto(1)).expect_err("too little");
    assert_eq!(refused.code(), ExitCode::USR_INSUFFICIENT_FUNDS);
}

#[test]
fn contracts_reach_exported_numbers_only() {
    let miner = Miner::new();
    let refused = miner.code_of(CONTRACT, i::WITHDRAW_BALANCE, &withdraw(fil(0)));
    assert_eq!(refused, ExitCode::USR_FORBIDDEN);
    let refused = miner.bare(CONTRACT, i::GET_BENEFICIARY).expect_err("not for contracts");
    assert_eq!(refused.code(), ExitCode::USR_FORBIDDEN);
    assert!(refused.message().contains("must be built-in"), "{refused}");
    miner.bare(CONTRACT, x::GET_BENEFICIARY).expect("is for everybody");
    miner.bare(STRANGER, i::GET_BENEFICIARY).expect("accounts are builtin");
    assert_eq!(miner.bare(STRANGER, 77).expect_err("unknown").code(), ExitCode::USR_UNHANDLED_MESSAGE);
}

#[test]
fn a_withdrawal_pays_the_beneficiary_what_there_is() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    assert_eq!(miner.code_of(STRANGER, x::WITHDRAW_BALANCE, &withdraw(fil(1))), ExitCode::USR_FORBIDDEN);
    assert_eq!(miner.code_of(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(-1))), ExitCode::USR_ILLEGAL_ARGUMENT);
    miner.host.expect_pay(OWNER, fil(10));
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(11))).expect("pays 10");
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(11))).expect("pays nothing");
    miner.host.verify();
    assert_eq!((miner.balance_of(OWNER), miner.balance_of(MINER)), (fil(10), deposit()));
}

#[test]
fn a_withdrawal_unlocks_what_has_matured() {
    let miner = Miner::new();
    let funds: GetVestingFundsReturn = miner.ask(x::GET_VESTING_FUNDS);
    let (epoch, amount) = funds.vesting_funds[0].clone();
    miner.host.set_epoch(epoch + 1);
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(0), "not unlocked yet");
    miner.host.expect_pay(OWNER, amount.clone());
    miner.expect_pledge_change(&-amount);
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(100))).expect("pays");
    miner.host.verify();
}

#[test]
fn the_beneficiary_takes_its_quota_and_no_more() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    let term =
        ChangeBeneficiaryParams { new_beneficiary: Address::new_id(STRANGER), new_quota: fil(4), new_expiration: 1000 };
    miner.call(OWNER, x::CHANGE_BENEFICIARY, &term).expect("proposes");
    miner.call(STRANGER, x::CHANGE_BENEFICIARY, &term).expect("approves");
    miner.host.expect_pay(STRANGER, fil(3));
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(3))).expect("pays the beneficiary");
    miner.host.expect_pay(STRANGER, fil(1));
    miner.call(STRANGER, x::WITHDRAW_BALANCE, &withdraw(fil(3))).expect("pays the rest of the quota");
    assert_eq!(miner.code_of(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(1))), ExitCode::USR_FORBIDDEN);
    let said: GetBeneficiaryReturn = miner.ask(x::GET_BENEFICIARY);
    assert_eq!(said.active.term.used_quota, fil(4));
    miner.host.verify();
}

#[test]
fn rewards_lock_three_quarters_and_pay_the_penalty_out_of_unvested_first() {
    let miner = Miner::new();
    let params = ApplyRewardParams { reward: fil(100), penalty: fil(5) };
    let refused = miner.send(OWNER, APPLY_REWARDS, encoded(&params), fil(100)).expect_err("not the reward actor");
    assert_eq!(refused.code(), ExitCode::USR_FORBIDDEN);

    miner.expect_pledge_change(&fil(70));
    miner.host.expect_pay(ids::BURNT_FUNDS, fil(5));
    miner.send(ids::REWARD, APPLY_REWARDS, encoded(&params), fil(100)).expect("takes it");
    miner.host.verify();
    // A quarter is free at once; the penalty came out of what vests.
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(25));
    let funds: GetVestingFundsReturn = miner.ask(x::GET_VESTING_FUNDS);
    assert_eq!(funds.vesting_funds.iter().map(|(_, amount)| amount).sum::<TokenAmount>(), deposit() + fil(70));
}

fn encoded<T: serde::Serialize>(value: &T) -> Option<fvm_ipld_encoding::ipld_block::IpldBlock> {
    fvm_ipld_encoding::ipld_block::IpldBlock::serialize_cbor(value).expect("encodes")
}

#[test]
fn levers_are_for_the_network_only() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    for caller in [OWNER, WORKER, CONTRACT, ids::REWARD, ids::POWER, ids::INIT] {
        for lever in [
            levers::ADD_PLEDGE,
            levers::ADD_PRECOMMIT_DEPOSIT,
            levers::EXPIRE_PRECOMMIT,
            levers::EXPIRE_SECTOR,
            levers::FINE,
            levers::ADD_DEBT,
        ] {
            assert_eq!(miner.code_of(caller, lever, &fil(1)), ExitCode::USR_FORBIDDEN);
        }
        let prove = ProveCommit { deposit: fil(0), pledge: fil(0) };
        assert_eq!(miner.code_of(caller, levers::PROVE_COMMIT, &prove), ExitCode::USR_FORBIDDEN);
        let terminate = TerminateSector { pledge: fil(0), fee: fil(0) };
        assert_eq!(miner.code_of(caller, levers::TERMINATE_SECTOR, &terminate), ExitCode::USR_FORBIDDEN);
        assert_eq!(miner.code_of(caller, levers::SET_EARLY_TERMINATIONS, &true), ExitCode::USR_FORBIDDEN);
        assert_eq!(miner.code_of(caller, levers::SET_SICK, &None::<Sick>), ExitCode::USR_FORBIDDEN);
    }
}

#[test]
fn a_pledge_is_locked_until_its_sector_expires() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    assert_eq!(miner.code_of(ids::SYSTEM, levers::ADD_PLEDGE, &fil(11)), ExitCode::USR_INSUFFICIENT_FUNDS);
    miner.expect_pledge_change(&fil(8));
    expect_cron(&miner);
    miner.call(ids::SYSTEM, levers::ADD_PLEDGE, &fil(8)).expect("pledges");
    assert_eq!(miner.ask::<TokenAmount>(x::INITIAL_PLEDGE), fil(8));
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(2));
    miner.expect_pledge_change(&-fil(8));
    miner.call(ids::SYSTEM, levers::EXPIRE_SECTOR, &fil(8)).expect("expires");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(10));
    miner.host.verify();
}

#[test]
fn a_precommit_deposit_becomes_pledge_or_is_lost() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    expect_cron(&miner);
    miner.call(ids::SYSTEM, levers::ADD_PRECOMMIT_DEPOSIT, &fil(4)).expect("precommits");
    miner.expect_pledge_change(&fil(3));
    let prove = ProveCommit { deposit: fil(2), pledge: fil(3) };
    miner.call(ids::SYSTEM, levers::PROVE_COMMIT, &prove).expect("proves");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(10 - 2 - 3));
    // Lost: burnt, and taken out of what vests; the deposit itself is free again.
    miner.host.expect_pay(ids::BURNT_FUNDS, fil(2));
    miner.expect_pledge_change(&-fil(2));
    miner.call(ids::SYSTEM, levers::EXPIRE_PRECOMMIT, &fil(2)).expect("expires");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(10 - 3));
    miner.host.verify();
}

#[test]
fn debt_blocks_withdrawals_until_it_is_paid() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    miner.call(ids::SYSTEM, levers::ADD_DEBT, &fil(12)).expect("owes");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), -fil(2));
    assert_eq!(miner.code_of(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(0))), ExitCode::USR_INSUFFICIENT_FUNDS);
    assert_eq!(miner.bare(STRANGER, x::REPAY_DEBT).expect_err("a stranger").code(), ExitCode::USR_FORBIDDEN);
    miner.expect_pledge_change(&-fil(12));
    miner.host.expect_pay(ids::BURNT_FUNDS, fil(12));
    miner.bare(WORKER, x::REPAY_DEBT).expect("pays out of the deposit");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(10));
    miner.host.verify();
}

#[test]
fn a_fine_beyond_everything_leaves_debt() {
    let miner = Miner::new();
    miner.host.expect_pay(ids::BURNT_FUNDS, deposit());
    miner.expect_pledge_change(&-deposit());
    miner.call(ids::SYSTEM, levers::FINE, &fil(100)).expect("fines");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), deposit() - fil(100));
    miner.host.verify();
}

#[test]
fn early_terminations_block_withdrawals() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    miner.call(ids::SYSTEM, levers::SET_EARLY_TERMINATIONS, &true).expect("holds back");
    assert_eq!(miner.code_of(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(0))), ExitCode::USR_FORBIDDEN);
    miner.call(ids::SYSTEM, levers::SET_EARLY_TERMINATIONS, &false).expect("goes on");
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(0))).expect("is free");
}

#[test]
fn a_sick_miner_aborts_lies_and_pays_less() {
    let miner = Miner::new();
    miner.receive(&fil(10));
    let lie = GetOwnerReturn { owner: Address::new_id(STRANGER), proposed: None };
    let sick = Sick {
        abort: vec![(x::GET_AVAILABLE_BALANCE, 24)],
        answer: vec![(x::GET_OWNER, RawBytes::serialize(&lie).expect("encodes"))],
        withdraw_at_most: Some(fil(3)),
    };
    miner.call(ids::SYSTEM, levers::SET_SICK, &Some(sick)).expect("falls ill");
    let aborted = miner.bare(CONTRACT, x::GET_AVAILABLE_BALANCE).expect_err("aborts");
    assert_eq!(aborted.code(), ExitCode::new(24));
    assert_eq!(miner.ask::<GetOwnerReturn>(x::GET_OWNER), lie);
    miner.host.expect_pay(OWNER, fil(3));
    miner.call(OWNER, x::WITHDRAW_BALANCE, &withdraw(fil(10))).expect("pays less");
    miner.call(ids::SYSTEM, levers::SET_SICK, &None::<Sick>).expect("recovers");
    assert_eq!(miner.ask::<TokenAmount>(x::GET_AVAILABLE_BALANCE), fil(7));
    assert_eq!(miner.ask::<GetOwnerReturn>(x::GET_OWNER).owner, Address::new_id(OWNER));
    let impossible = Sick { abort: vec![(x::GET_OWNER, 7)], ..Sick::default() };
    assert_eq!(miner.code_of(ids::SYSTEM, levers::SET_SICK, &Some(impossible)), ExitCode::USR_ILLEGAL_ARGUMENT);
}

#[test]
fn a_worker_change_waits_for_finality_and_overwrites_the_control_addresses() {
    let miner = Miner::new();
    miner.host.add_address(STRANGER, Address::new_bls(&[8; 48]).expect("an f3 address"));
    let params = ChangeWorkerAddressParams {
        new_worker: Address::new_bls(&[8; 48]).expect("an f3 address"),
        new_control_addresses: vec![Address::new_id(STRANGER)],
    };
    assert_eq!(miner.code_of(WORKER, x::CHANGE_WORKER_ADDRESS, &params), ExitCode::USR_FORBIDDEN);
    miner.call(OWNER, x::CHANGE_WORKER_ADDRESS, &params).expect("schedules");
    let peer = ChangePeerIdParams { new_id: vec![1] };
    miner.call(STRANGER, x::CHANGE_PEER_ID, &peer).expect("is a control address");
    miner.host.set_epoch(899);
    miner.bare(OWNER, x::CONFIRM_CHANGE_WORKER_ADDRESS).expect("too early, but no error");
    miner.call(WORKER, x::CHANGE_PEER_ID, &peer).expect("is still the worker");
    miner.host.set_epoch(900);
    miner.bare(OWNER, x::CONFIRM_CHANGE_WORKER_ADDRESS).expect("confirms");
    assert_eq!(miner.code_of(WORKER, x::CHANGE_PEER_ID, &peer), ExitCode::USR_FORBIDDEN);
}
