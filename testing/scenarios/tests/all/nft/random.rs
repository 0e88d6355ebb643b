//! Random sequences over pool and nft-share together. After every step all invariants hold, and the ledger, which follows events with
//! arithmetic of its own, agrees with the chain on every position and debt.

use fvm_shared::econ::TokenAmount;
use peggy_localnet::Key;
use peggy_scenarios::nft_actions::mint_data;
use peggy_scenarios::{fil, micro_fil};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::Stage;

#[derive(Debug, Clone)]
enum Step {
    Deposit(usize, i64),
    Redeem(usize, i64),
    Claim(usize),
    Share(usize, usize, i64),
    Mint(usize, usize, i64),
    MintByDeposit(usize, usize, i64),
    Transfer(usize, usize),
    Beneficiary(usize, usize),
    ClaimTokens(usize, Option<i64>),
    ClaimOwed(usize),
    Split(usize, i64),
    Merge(usize, usize),
    Unwrap(usize, usize),
    Reward(i64),
    Loss(i64),
    Harvest,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3usize;
    let amount = prop_oneof![3 => 1..40_000_000i64, 1 => 1..10i64];
    let token = any::<usize>();
    prop_oneof![
        2 => (who.clone(), amount.clone()).prop_map(|(w, a)| Step::Deposit(w, a)),
        1 => (who.clone(), amount.clone()).prop_map(|(w, a)| Step::Redeem(w, a)),
        1 => who.clone().prop_map(Step::Claim),
        1 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::Share(a, b, n)),
        4 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::Mint(a, b, n)),
        1 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::MintByDeposit(a, b, n)),
        3 => (token, who.clone()).prop_map(|(t, w)| Step::Transfer(t, w)),
        2 => (token, who.clone()).prop_map(|(t, w)| Step::Beneficiary(t, w)),
        2 => (token, proptest::option::of(1..5_000_000i64)).prop_map(|(t, n)| Step::ClaimTokens(t, n)),
        1 => who.clone().prop_map(Step::ClaimOwed),
        2 => (token, amount.clone()).prop_map(|(t, n)| Step::Split(t, n)),
        2 => (token, token).prop_map(|(a, b)| Step::Merge(a, b)),
        2 => (token, who).prop_map(|(t, w)| Step::Unwrap(t, w)),
        2 => (1..400i64).prop_map(Step::Reward),
        1 => (1..60i64).prop_map(Step::Loss),
        2 => Just(Step::Harvest),
        3 => (1..3_000i64).prop_map(Step::Wait),
    ]
}

/// Takes a step. Whether it succeeds is the rules' business; [`World`](peggy_scenarios::World) checks that nothing changed if it does not, and that
/// every refusal has a sentence is checked here.
fn take(s: &mut Stage, step: Step) {
    let people: [Key; 3] = [s.alice.clone(), s.bob.clone(), s.dave.clone()];
    let address = |who: usize| people[who].address();
    let keeper = s.w.cast.keeper.clone();
    // A token that exists, with its owner's key.
    let pick = |s: &Stage, n: usize| {
        let tokens: Vec<_> = s.w.seen.nft.positions.iter().map(|(token, p)| (*token, p.owner)).collect();
        let (token, owner) = *tokens.get(n % tokens.len().max(1))?;
        people.iter().find(|key| s.w.id(key) == owner).map(|key| (token, key.clone()))
    };
    let outcome = match step {
        Step::Deposit(who, n) => s.w.deposit(&people[who], micro_fil(n)),
        Step::Redeem(who, n) => s.w.redeem(&people[who], micro_fil(n)),
        Step::Claim(who) => s.w.claim(&people[who]),
        Step::Share(from, to, n) => s.w.transfer(&people[from], address(to), micro_fil(n)),
        Step::Mint(who, other, n) => {
            let data = mint_data(Some(address(other)), (n % 2 == 0).then(|| address(who)));
            s.w.nft_mint_for(&people[who], micro_fil(n), data)
        }
        Step::MintByDeposit(who, other, n) => s.w.nft_deposit(&people[who], micro_fil(n), Some(address(other)), None),
        Step::Transfer(n, to) => {
            let Some((token, owner)) = pick(s, n) else { return };
            s.w.nft_transfer(&owner, address(to), &[token])
        }
        Step::Beneficiary(n, to) => {
            let Some((token, owner)) = pick(s, n) else { return };
            s.w.nft_beneficiary(&owner, address(to), &[token])
        }
        Step::ClaimTokens(n, limit) => {
            let Some((token, _)) = pick(s, n) else { return };
            s.w.nft_claim(&keeper, &[token], limit.map(micro_fil))
        }
        Step::ClaimOwed(who) => s.w.nft_claim_owed(&people[who], address((who + 1) % 3), None),
        Step::Split(n, by) => {
            let Some((token, owner)) = pick(s, n) else { return };
            s.w.nft_split(&owner, token, &[micro_fil(by)])
        }
        Step::Merge(a, b) => {
            let (Some((first, owner)), Some((second, _))) = (pick(s, a), pick(s, b)) else { return };
            s.w.nft_merge(&owner, &[first, second])
        }
        Step::Unwrap(n, to) => {
            let Some((token, owner)) = pick(s, n) else { return };
            s.w.nft_unwrap(&owner, Some(address(to)), &[token])
        }
        Step::Reward(n) => return s.w.award(s.miner, &fil(n)),
        Step::Loss(n) => return s.w.fine(s.miner, &fil(n)),
        Step::Harvest => s.w.harvest(&keeper, s.miner),
        Step::Wait(epochs) => return s.w.skip(epochs),
    };
    assert!(outcome.is_ok() || !outcome.message.is_empty(), "{} failed without a sentence", outcome.name);
}

fn run(steps: Vec<Step>, base: &Stage) -> Result<(), TestCaseError> {
    let mut s = Stage {
        w: base.w.fork(),
        miner: base.miner,
        contracts: base.contracts,
        alice: base.alice.clone(),
        bob: base.bob.clone(),
        dave: base.dave.clone(),
    };
    for step in steps {
        take(&mut s, step);
    }
    // Whoever wants to leave can: every position, and all that is owed.
    for (token, position) in s.w.seen.nft.positions.clone() {
        let people = [s.alice.clone(), s.bob.clone(), s.dave.clone()];
        let owner = people.iter().find(|key| s.w.id(key) == position.owner).expect("one of the three").clone();
        s.w.nft_burn(&owner, &[token]).ok();
    }
    for key in [s.alice.clone(), s.bob.clone(), s.dave.clone()] {
        s.w.nft_claim_owed(&key, key.address(), None).ok();
    }
    let nft = s.w.wiring.nft_share;
    prop_assert!(s.w.read::<peggy_interfaces::frc46::BalanceOf>(s.w.wiring.pool, &s.nft()) == TokenAmount::default());
    prop_assert!(s.w.balance(nft) == TokenAmount::default(), "FIL never stops in nft-share");
    Ok(())
}

#[test]
fn random_sequences_over_pool_and_nft_share_hold_all_invariants() {
    let base = Stage::new();
    let cases = std::env::var("PEGGY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let config = Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner.run(&proptest::collection::vec(step(), 10..50), |steps| run(steps, &base)).unwrap();
}
