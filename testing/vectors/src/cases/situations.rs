//! The states calls are made in.

use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_builtin::miner::{
    ApplyRewardParams, ChangeBeneficiaryParams, ChangeWorkerAddressParams, WithdrawBalanceParams,
};
use localnet_builtin::power::{CreateMinerParams, UpdateClaimedPowerParams};
use peggy_localnet::KeyKind;

use super::{fil, id, key, p, pay, pin, send, Book, FIRST, NONE, START};
use crate::format::Step;

pub fn withdraw(amount: &TokenAmount) -> String {
    p(&WithdrawBalanceParams { amount_requested: amount.clone() })
}
pub fn apply(reward: &TokenAmount, penalty: &TokenAmount) -> String {
    p(&ApplyRewardParams { reward: reward.clone(), penalty: penalty.clone() })
}
pub fn beneficiary(who: &Address, quota: &TokenAmount, expiration: i64) -> String {
    p(&ChangeBeneficiaryParams { new_beneficiary: *who, new_quota: quota.clone(), new_expiration: expiration })
}
pub fn worker(who: &Address, control: &[Address]) -> String {
    p(&ChangeWorkerAddressParams { new_worker: *who, new_control_addresses: control.to_vec() })
}

fn reward(amount: &TokenAmount, penalty: &TokenAmount) -> Step {
    send("reward", "miner", "miner.ApplyRewards", amount, apply(amount, penalty))
}

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    start(book)?;
    money(book);
    people(book);
    beneficiaries(book);
    powers(book);
    for (name, after) in CRON {
        book.situation(name, Some(after), vec![pin("miner", "deadline_cron_active", true)]);
    }
    Ok(())
}

/// Situations in which cron looks after the miner, and those they go on from.
pub const CRON: &[(&str, &str)] = &[
    ("cron", START),
    ("cron, rewarded", "rewarded"),
    ("cron, the epoch of a vesting step", "the epoch of a vesting step"),
    ("cron, a step vested", "a step vested"),
    ("cron, three steps vested", "three steps vested"),
    ("cron, emptied", "emptied"),
    ("cron, in debt", "in debt"),
    ("cron, debt partly covered", "debt partly covered"),
    ("cron, debt covered", "debt covered"),
    ("cron, debt and vesting funds", "debt and vesting funds"),
    ("cron, debt and vested funds", "debt and vested funds"),
    ("cron, debt above vesting funds", "debt above vesting funds"),
    ("cron, pledged", "pledged"),
    ("cron, under water", "under water"),
    ("cron, worker proposed", "worker proposed"),
    ("cron, an epoch too early for the worker", "an epoch too early for the worker"),
    ("cron, the worker's epoch", "the worker's epoch"),
];

/// Miners with little and with much power.
fn powers(book: &mut Book) {
    let none = fil(0);
    let claim = |miner: &str, tib: i64| {
        let params = UpdateClaimedPowerParams {
            raw_byte_delta: BigInt::from(tib << 40),
            quality_adjusted_delta: BigInt::from(10 * (tib << 40)),
        };
        send(miner, "power", "power.UpdateClaimedPower", &none, p(&params))
    };
    let create = |from: &str| {
        let params = CreateMinerParams {
            owner: id(from),
            worker: id("worker2"),
            window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
            peer: vec![],
            multiaddrs: vec![],
        };
        send(from, "power", "power.CreateMiner", &fil(50), p(&params))
    };
    book.situation("little power", Some(START), vec![claim("miner", 1), Step::Pass(1)]);
    book.situation("power at the minimum", Some(START), vec![claim("miner", 10), Step::Pass(1)]);
    book.situation(
        "three miners with much power",
        Some(START),
        vec![
            create("alice"),
            create("bob"),
            create("eve"),
            claim("miner", 1),
            claim("miner of alice", 11),
            claim("miner of bob", 12),
            claim("miner of eve", 13),
            Step::Pass(1),
        ],
    );
    book.situation(
        "four miners with much power",
        Some("three miners with much power"),
        vec![create("multisig"), claim("f01012", 10), Step::Pass(1)],
    );
}

/// The pledge at which the rewarded miner has nothing left: its 1,100 FIL less what is locked.
const AT_WATER: u128 = 993_000_000_502_184_017_920;

/// Accounts, and actors of other kinds.
fn start(book: &mut Book) -> anyhow::Result<()> {
    let mut steps = Vec::new();
    for (name, kind, amount) in [
        ("alice", KeyKind::Secp256k1, 10_000),
        ("bob", KeyKind::Secp256k1, 1_000),
        ("eve", KeyKind::Secp256k1, 1_000),
        ("worker2", KeyKind::Bls, 10),
        ("worker3", KeyKind::Bls, 10),
    ] {
        steps.push(pay("faucet", &key(kind, name)?.address().to_string(), &fil(amount)));
    }
    for (name, code) in [
        ("contract", "user"),
        ("evm", "evm"),
        ("multisig", "multisig"),
        ("placeholder", "placeholder"),
        ("ethaccount", "ethaccount"),
        ("paych", "paymentchannel"),
    ] {
        steps.push(Step::Actor { id: id(name).to_string(), code: code.to_owned() });
        steps.push(pay("faucet", name, &fil(1_000)));
    }
    // What a network has of other miners: a miner reports the release of its first deposit, but nobody reported its lock-up.
    let pledge = fil(100_000_000);
    steps.push(pin("power", "total_pledge_collateral", pledge.atto()));
    steps.push(pin("power", "this_epoch_pledge_collateral", pledge.atto()));
    for (name, code) in [
        ("unborn account", "account"),
        ("unborn power", "storagepower"),
        ("unborn init", "init"),
        ("unborn miner", "storageminer"),
    ] {
        steps.push(Step::Actor { id: id(name).to_string(), code: code.to_owned() });
    }
    book.situation(FIRST, None, steps);
    book.situation(
        START,
        Some(FIRST),
        vec![
            pin("power", "this_epoch_qa_power_smoothed", 750_000_i64 << 30),
            pin("reward", "this_epoch_reward_smoothed", 36_266_260_308_195_979_333_i128),
        ],
    );
    book.situation(
        "power has FIL",
        Some(START),
        vec![pay("faucet", "power", &fil(100)), pay("faucet", "eam", &fil(100))],
    );
    book.situation("unborn miner has FIL", Some(START), vec![pay("faucet", "unborn miner", &fil(100))]);
    Ok(())
}

fn money(book: &mut Book) {
    let none = fil(0);
    book.situation("rewarded", Some(START), vec![reward(&fil(100), &none)]);
    book.situation(
        "rewarded twice",
        Some("rewarded"),
        vec![reward(&TokenAmount::from_atto(12_345_678_901_u64), &none)],
    );
    // The first entry of this miner's vesting table is for epoch 3,958: it is locked until the next one.
    book.situation("the epoch of a vesting step", Some("rewarded"), vec![Step::Pass(3_958)]);
    book.situation("a step vested", Some("the epoch of a vesting step"), vec![Step::Pass(1)]);
    book.situation("three steps vested", Some("a step vested"), vec![Step::Pass(6_000)]);
    book.situation("vested and unlocked", Some("a step vested"), vec![reward(&fil(7), &none)]);
    book.situation("penalised", Some("rewarded"), vec![reward(&fil(10), &fil(30))]);
    book.situation(
        "emptied",
        Some(START),
        vec![send("owner", "miner", "miner.WithdrawBalance", &none, withdraw(&fil(5_000)))],
    );
    // All that was locked is gone too; what is left is debt.
    book.situation("in debt", Some("emptied"), vec![reward(&none, &fil(200))]);
    book.situation("debt partly covered", Some("in debt"), vec![pay("alice", "miner", &fil(100))]);
    book.situation("debt covered", Some("in debt"), vec![pay("alice", "miner", &fil(300))]);
    let debt = TokenAmount::from_atto(5_000_000_000_000_000_001_u64);
    book.situation("debt and vesting funds", Some("rewarded"), vec![pin("miner", "fee_debt", debt.atto())]);
    book.situation("debt and vested funds", Some("a step vested"), vec![pin("miner", "fee_debt", debt.atto())]);
    book.situation(
        "debt at the epoch of a vesting step",
        Some("the epoch of a vesting step"),
        vec![pin("miner", "fee_debt", debt.atto())],
    );
    book.situation("debt above vesting funds", Some("rewarded"), vec![pin("miner", "fee_debt", fil(300).atto())]);
    book.situation("debt and nothing free", Some("emptied"), vec![pin("miner", "fee_debt", fil(1).atto())]);
    book.situation(
        "pledged",
        Some("rewarded"),
        vec![pin("miner", "initial_pledge", fil(500).atto()), pin("miner", "pre_commit_deposits", fil(100).atto())],
    );
    book.situation("under water", Some("rewarded"), vec![pin("miner", "initial_pledge", fil(5_000).atto())]);
    book.situation("under water in debt", Some("under water"), vec![pin("miner", "fee_debt", fil(3).atto())]);
    book.situation("at water", Some("rewarded"), vec![pin("miner", "initial_pledge", AT_WATER)]);
    book.situation("an attoFIL under water", Some("rewarded"), vec![pin("miner", "initial_pledge", AT_WATER + 1)]);
    book.situation("terminating", Some("rewarded"), vec![pin("miner", "early_terminations", true)]);
    let eib = 1_i64 << 60;
    book.situation(
        "large network",
        Some(START),
        vec![
            pin("power", "this_epoch_qa_power_smoothed", 20 * i128::from(eib)),
            pin("reward", "this_epoch_reward_smoothed", fil(60).atto()),
            pin("reward", "this_epoch_baseline_power", 40 * i128::from(eib)),
        ],
    );
    book.situation(
        "odd network",
        Some(START),
        vec![
            pin("power", "this_epoch_qa_power_smoothed", 77_777_777_777_777_777_777_i128),
            pin("reward", "this_epoch_reward_smoothed", 33_333_333_333_333_333_333_i128),
            pin("reward", "this_epoch_baseline_power", 155_555_555_555_555_555_555_i128),
        ],
    );
    book.situation("network without power", Some(START), vec![pin("power", "this_epoch_qa_power_smoothed", 0)]);
    book.situation("pledge of nobody", Some("a step vested"), vec![pin("power", "total_pledge_collateral", 0)]);
}

fn people(book: &mut Book) {
    let none = fil(0);
    let change_owner = |from: &str, to: &str| send(from, "miner", "miner.ChangeOwnerAddress", &none, p(&id(to)));
    book.situation("owner proposed", Some(START), vec![change_owner("owner", "alice")]);
    book.situation("owner changed", Some("owner proposed"), vec![change_owner("alice", "alice")]);
    book.situation("contract proposed as owner", Some(START), vec![change_owner("owner", "contract")]);
    book.situation(
        "contract owns",
        Some("contract proposed as owner"),
        vec![change_owner("contract", "contract"), reward(&fil(100), &none)],
    );
    book.situation("evm contract proposed as owner", Some(START), vec![change_owner("owner", "evm")]);
    let change = |control: &[Address]| {
        send("owner", "miner", "miner.ChangeWorkerAddress", &none, worker(&id("worker2"), control))
    };
    book.situation(
        "controlled",
        Some(START),
        vec![send(
            "owner",
            "miner",
            "miner.ChangeWorkerAddress",
            &none,
            worker(&id("worker"), &[id("bob"), id("contract")]),
        )],
    );
    book.situation("worker proposed", Some(START), vec![change(&[id("bob")])]);
    book.situation("an epoch too early for the worker", Some("worker proposed"), vec![Step::Pass(899)]);
    book.situation("the worker's epoch", Some("worker proposed"), vec![Step::Pass(900)]);
    book.situation("after the worker's epoch", Some("the worker's epoch"), vec![Step::Pass(5)]);
    book.situation(
        "worker changed",
        Some("the worker's epoch"),
        vec![send("owner", "miner", "miner.ConfirmChangeWorkerAddress", &none, NONE)],
    );
}

fn beneficiaries(book: &mut Book) {
    let none = fil(0);
    let change = |from: &str, to: &str, quota: i64, expiration: i64| {
        send(from, "miner", "miner.ChangeBeneficiary", &none, beneficiary(&id(to), &fil(quota), expiration))
    };
    let take = |from: &str, amount: i64| send(from, "miner", "miner.WithdrawBalance", &none, withdraw(&fil(amount)));
    book.situation("beneficiary proposed", Some("rewarded"), vec![change("owner", "alice", 10, 100)]);
    book.situation("beneficiary", Some("beneficiary proposed"), vec![change("alice", "alice", 10, 100)]);
    book.situation("beneficiary used part", Some("beneficiary"), vec![take("alice", 4)]);
    book.situation("beneficiary used all", Some("beneficiary"), vec![take("alice", 50)]);
    book.situation("an epoch before the term ends", Some("beneficiary used part"), vec![Step::Pass(99)]);
    book.situation("beneficiary's term ended", Some("beneficiary used part"), vec![Step::Pass(100)]);
    book.situation("next beneficiary proposed", Some("beneficiary used part"), vec![change("owner", "bob", 20, 200)]);
    book.situation(
        "next beneficiary approved by itself",
        Some("next beneficiary proposed"),
        vec![change("bob", "bob", 20, 200)],
    );
    book.situation(
        "next beneficiary approved by the present one",
        Some("next beneficiary proposed"),
        vec![change("alice", "bob", 20, 200)],
    );
    book.situation(
        "same beneficiary proposed again",
        Some("beneficiary used part"),
        vec![change("owner", "alice", 3, 300)],
    );
    book.situation(
        "beneficiary to be the owner again",
        Some("beneficiary used part"),
        vec![change("owner", "owner", 0, 0)],
    );
    book.situation(
        "quota below what was used",
        Some("same beneficiary proposed again"),
        vec![change("alice", "alice", 3, 300)],
    );
    book.situation(
        "beneficiary and debt",
        Some("beneficiary used part"),
        vec![pin("miner", "fee_debt", fil(1).atto())],
    );
    book.situation(
        "contract as beneficiary",
        Some("rewarded"),
        vec![change("owner", "contract", 10, 100), change("contract", "contract", 10, 100)],
    );
    book.situation(
        "owner proposed beside a beneficiary",
        Some("beneficiary used part"),
        vec![send("owner", "miner", "miner.ChangeOwnerAddress", &none, p(&id("bob")))],
    );
    book.situation(
        "owner and beneficiary proposed",
        Some("beneficiary proposed"),
        vec![send("owner", "miner", "miner.ChangeOwnerAddress", &none, p(&id("bob")))],
    );
}
