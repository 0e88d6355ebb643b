//! The functions of the stand-in's state alone, natively: cheap enough for hundreds of thousands of calls with inputs no miner
//! would meet.

use fil_actor_miner_state::v18 as published;
use fil_actors_shared::v18::reward::FilterEstimate as PublishedEstimate;
use fil_actors_shared::v18::runtime::Policy;
use fvm_ipld_blockstore::MemoryBlockstore;
use fvm_ipld_encoding::{from_slice, to_vec, BytesDe};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_builtin::miner::{BeneficiaryTerm, PendingBeneficiaryChange};
use localnet_builtin::pledge;
use localnet_builtin::reward::FilterEstimate;
use localnet_miner::info::{MinerInfo, WorkerKeyChange};
use localnet_miner::state::State;
use localnet_miner::vesting;
use num_bigint::BigInt;
use num_traits::Zero;
use peggy_differential::official::code;
use peggy_runtime::ActorError;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const KINDS: usize = 8;

fn amount(rng: &mut StdRng) -> TokenAmount {
    match rng.gen_range(0..4) {
        0 => TokenAmount::from_atto(rng.gen_range(0..1_000u64)),
        1 => TokenAmount::from_atto(rng.gen::<u64>()),
        2 => TokenAmount::from_atto(rng.gen_range(0..10u128.pow(20))),
        _ => TokenAmount::from_atto(rng.gen_range(0..10u128.pow(19))),
    }
}

fn epochs(rng: &mut StdRng) -> i64 {
    match rng.gen_range(0..5) {
        0 => rng.gen_range(0..3),
        1 => rng.gen_range(0..3_000),
        2 => 1_440,
        3 => rng.gen_range(0..200),
        _ if rng.gen_bool(0.05) => 500_000,
        _ => 2_880,
    }
}

fn ours<T>(result: Result<T, ActorError>) -> Result<T, u32> {
    result.map_err(|e| e.code().value())
}

fn theirs<T>(result: anyhow::Result<T>) -> Result<T, u32> {
    result.map_err(|e| {
        e.downcast_ref::<fil_actors_shared::v18::ActorError>().map_or(code::STATE, |e| e.exit_code().value())
    })
}

/// What a function answers, as a list.
fn one(result: Result<TokenAmount, u32>) -> Result<Vec<TokenAmount>, u32> {
    result.map(|amount| vec![amount])
}
fn two(result: Result<(TokenAmount, TokenAmount), u32>) -> Result<Vec<TokenAmount>, u32> {
    result.map(|(a, b)| vec![a, b])
}
fn none(result: Result<(), u32>) -> Result<Vec<TokenAmount>, u32> {
    result.map(|()| vec![])
}

/// Both states, in one store, and the balance both are told.
struct Pair {
    store: MemoryBlockstore,
    ours: State,
    theirs: published::State,
    balance: TokenAmount,
    now: i64,
}

impl Pair {
    fn new(rng: &mut StdRng) -> Self {
        let store = MemoryBlockstore::new();
        let now = rng.gen_range(0..10_000);
        let start = now - rng.gen_range(0..2_880);
        let proof = RegisteredPoStProof::StackedDRGWindow32GiBV1P1;
        let info = MinerInfo::new(100, 101, vec![], vec![], vec![], proof).unwrap();
        let ours = State::new(&store, &info, start).unwrap();
        let theirs = published::State::new(&Policy::default(), &store, ours.info, start, 0).unwrap();
        Self { store, ours, theirs, balance: TokenAmount::zero(), now }
    }

    /// Calls one function on both; answers whether it succeeded.
    fn call(&mut self, rng: &mut StdRng, kind: usize) -> bool {
        let (store, now) = (&self.store, self.now);
        let sum = amount(rng);
        let signed = if rng.gen() { -sum.clone() } else { sum.clone() };
        if kind == 0 || (matches!(kind, 5 | 6) && signed.is_positive()) {
            self.balance += &sum;
        }
        let (a, b) = (&mut self.ours, &mut self.theirs);
        let (answer, expected) = match kind {
            0 => {
                let lock = vesting::locked_part(&sum);
                let (their_lock, spec) = published::locked_reward_from_reward(sum);
                assert_eq!(lock, their_lock);
                (
                    one(ours(a.add_locked_funds(store, now, &lock, &vesting::REWARD_VESTING))),
                    one(theirs(b.add_locked_funds(store, now, &lock, spec))),
                )
            }
            1 => (one(ours(a.unlock_vested_funds(store, now))), one(theirs(b.unlock_vested_funds(store, now)))),
            2 => {
                let fee = if rng.gen() { sum.div_floor(100) } else { sum };
                (none(ours(a.apply_penalty(&fee))), none(theirs(b.apply_penalty(&fee))))
            }
            3 => (
                two(ours(a.repay_partial_debt_in_priority_order(store, now, &self.balance))),
                two(theirs(b.repay_partial_debt_in_priority_order(store, now, &self.balance))),
            ),
            4 => (one(ours(a.repay_debts(&self.balance))), one(theirs(b.repay_debts(&self.balance)))),
            5 => (none(ours(a.add_initial_pledge(&signed))), none(theirs(b.add_initial_pledge(&signed)))),
            6 => (none(ours(a.add_pre_commit_deposit(&signed))), none(theirs(b.add_pre_commit_deposit(&signed)))),
            _ => {
                let first = a.vesting_table(store).unwrap().first().map(|fund| fund.amount.clone());
                let target = first.filter(|_| rng.gen()).unwrap_or(sum);
                (
                    two(ours(a.unlock_vested_and_unvested_funds(store, now, &target))),
                    two(theirs(b.unlock_vested_and_unvested_funds(store, now, &target))),
                )
            }
        };
        assert_eq!(answer, expected);
        if let (Ok(paid), 3 | 4) = (&answer, kind) {
            self.balance -= &paid[0];
        }
        answer.is_ok()
    }

    fn compare(&self) {
        let (a, b) = (&self.ours, &self.theirs);
        assert_eq!(a.pre_commit_deposits, b.pre_commit_deposits);
        assert_eq!(a.locked_funds, b.locked_funds);
        assert_eq!(a.fee_debt, b.fee_debt);
        assert_eq!(a.initial_pledge, b.initial_pledge);
        assert_eq!(a.continue_deadline_cron(), b.continue_deadline_cron());
        assert_eq!(to_vec(&a.vesting_funds).unwrap(), to_vec(&b.vesting_funds).unwrap());
        let table: Vec<_> = a.vesting_table(&self.store).unwrap().into_iter().map(|f| (f.epoch, f.amount)).collect();
        let expected = b.vesting_funds.load(&self.store).unwrap();
        assert_eq!(table, expected.into_iter().map(|f| (f.epoch, f.amount)).collect::<Vec<_>>());
        assert_eq!(ours(a.unlocked_balance(&self.balance)), theirs(b.get_unlocked_balance(&self.balance)));
        assert_eq!(ours(a.available_balance(&self.balance)), theirs(b.get_available_balance(&self.balance)));
        assert_eq!(ours(a.balance_shortfall(&self.balance)), theirs(b.check_balance_invariants(&self.balance)));
    }
}

#[test]
fn every_function_of_the_state_answers_and_leaves_what_the_published_one_does() {
    let mut tally = [(0u32, 0u32); KINDS];
    for seed in 0..100 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut pair = Pair::new(&mut rng);
        for _ in 0..200 {
            pair.now += epochs(&mut rng);
            let kind = rng.gen_range(0..KINDS);
            tally[kind].0 += 1;
            tally[kind].1 += u32::from(pair.call(&mut rng, kind));
            pair.compare();
        }
    }
    assert!(tally.iter().all(|(tried, done)| done * 4 > *tried), "too few succeeded: {tally:?}");
}

#[test]
fn a_miners_info_has_the_published_bytes() {
    for proof in [RegisteredPoStProof::StackedDRGWindow32GiBV1P1, RegisteredPoStProof::StackedDRGWindow64GiBV1P1] {
        let controls = vec![Address::new_id(7), Address::new_id(1 << 40)];
        let multiaddrs = vec![BytesDe(vec![9, 8]), BytesDe(vec![])];
        let mut info = MinerInfo::new(100, 101, controls, vec![1, 2, 3], multiaddrs.clone(), proof).unwrap();
        let fresh = published::MinerInfo::new(100, 101, vec![7, 1 << 40], vec![1, 2, 3], multiaddrs, proof).unwrap();
        assert_eq!(to_vec(&info).unwrap(), to_vec(&fresh).unwrap());

        info.pending_worker_key = Some(WorkerKeyChange { new_worker: Address::new_id(5), effective_at: 900 });
        info.consensus_fault_elapsed = 77;
        info.pending_owner_address = Some(Address::new_id(6));
        let (quota, used) = (TokenAmount::from_whole(5), TokenAmount::from_atto(1));
        info.beneficiary_term = BeneficiaryTerm { quota: quota.clone(), used_quota: used, expiration: 12 };
        info.pending_beneficiary_term = Some(PendingBeneficiaryChange {
            new_beneficiary: Address::new_id(8),
            new_quota: quota,
            new_expiration: -1,
            approved_by_beneficiary: true,
            approved_by_nominee: false,
        });
        let bytes = to_vec(&info).unwrap();
        let read: published::MinerInfo = from_slice(&bytes).unwrap();
        assert_eq!(to_vec(&read).unwrap(), bytes);
        assert_eq!(read.pending_beneficiary_term.unwrap().new_expiration, -1);
        assert_eq!(read.beneficiary_term.quota, TokenAmount::from_whole(5));
        assert_eq!(read.consensus_fault_elapsed, 77);
    }
}

#[test]
fn what_a_beneficiary_may_still_take_is_what_the_published_term_says() {
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..2_000 {
        let small = |rng: &mut StdRng| TokenAmount::from_atto(rng.gen_range(0..20u32));
        let (quota, used_quota) = (small(&mut rng), small(&mut rng));
        let (expiration, now) = (rng.gen_range(0..5), rng.gen_range(0..5));
        let expected = published::BeneficiaryTerm::new(quota.clone(), used_quota.clone(), expiration).available(now);
        let term = BeneficiaryTerm { quota, used_quota, expiration };
        assert_eq!(localnet_miner::beneficiary::remaining(&term, now), expected);
    }
}

#[test]
fn pledge_and_termination_fee_follow_the_published_formulas() {
    let mut rng = StdRng::seed_from_u64(9);
    for _ in 0..10_000 {
        let reward = BigInt::from(rng.gen_range(0..200 * 10u128.pow(18)));
        let bits = rng.gen_range(1..80);
        let network = if rng.gen_range(0..20) == 0 { 0 } else { rng.gen_range(1..1u128 << bits) };
        let bits = rng.gen_range(1..70);
        // No sector has no power: dividing by it is the callers' to avoid.
        let power = BigInt::from(rng.gen_range(1..(1u128 << bits) + 1));
        let baseline = BigInt::from(rng.gen_range(1..1u128 << 65));
        let circulating = TokenAmount::from_whole(rng.gen_range(0..2_000_000_000u64));
        let (since_ramp_start, ramp_duration) = (rng.gen_range(-10..20_000), rng.gen_range(0..10_000));

        let their_reward = PublishedEstimate::new(reward.clone(), BigInt::zero());
        let their_power = PublishedEstimate::new(network.into(), BigInt::zero());
        let now = pledge::Network {
            reward: FilterEstimate::constant(reward),
            power: FilterEstimate::constant(network.into()),
            baseline: baseline.clone(),
            circulating: circulating.clone(),
            since_ramp_start,
            ramp_duration,
        };
        let expected = published::initial_pledge_for_power(
            &power,
            &baseline,
            &their_reward,
            &their_power,
            &circulating,
            since_ramp_start,
            ramp_duration,
        );
        assert_eq!(pledge::initial_pledge(&power, &now).unwrap(), expected);

        let held = amount(&mut rng);
        let fault_fee = published::pledge_penalty_for_continued_fault(&their_reward, &their_power, &power);
        // The most is reached at this age.
        let age = published::TERMINATION_LIFETIME_CAP * 2_880;
        let expected = published::pledge_penalty_for_termination(&held, age, &fault_fee);
        assert_eq!(pledge::max_termination_fee(&now.reward, &now.power, &power, &held).unwrap(), expected);
    }
}
