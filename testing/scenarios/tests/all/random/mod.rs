//! Random sequences of commands: the world checks invariants and ledger after every step.
//!
//! `PEGGY_SEED=<number>` runs one seed; `PEGGY_LONG=1` runs many. A failure prints its seed and the shortest sequence of commands
//! found that still fails.

mod command;
mod run;

use std::collections::BTreeSet;

use peggy_interfaces::{frc46, liquidity, owner_proxy, pool};
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use command::{command, Command};
use run::{prelude, Run};

/// Commands a sequence has.
const STEPS: usize = 500;
/// Seeds that are always run.
const SEEDS: [u64; 3] = [1, 4, 20_260_131];

/// Methods that no command reaches, and where they are tried instead.
const ELSEWHERE: [&str; 3] = ["Wire", "Upgrade", "VotesAt"];

#[derive(Default)]
struct Tally {
    tried: u32,
    succeeded: u32,
    methods: BTreeSet<String>,
}

/// One sequence; panics inside the world become a failure that proptest shrinks.
fn run_seed(seed: u64) -> Tally {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 1, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let tally = std::cell::RefCell::new(Tally::default());
    let result = runner.run(&vec(command(), STEPS), |commands: Vec<Command>| {
        let mut run = Run::new(prelude());
        for command in &commands {
            run.step(command);
        }
        run.read_everything();
        run.everybody_leaves();
        let mut tally = tally.borrow_mut();
        tally.tried = run.tried;
        tally.succeeded = run.succeeded;
        tally.methods.clone_from(&run.methods);
        if run.succeeded * 2 < run.tried && commands.len() == STEPS {
            return Err(TestCaseError::fail(format!("only {} of {} messages succeeded", run.succeeded, run.tried)));
        }
        Ok(())
    });
    match result {
        Ok(()) => tally.into_inner(),
        Err(TestError::Fail(why, commands)) => {
            let commands: Vec<String> = commands.iter().map(|c| format!("    {c:?}")).collect();
            panic!("PEGGY_SEED={seed} fails: {why}\nshortest sequence found:\n{}", commands.join("\n"))
        }
        Err(e) => panic!("PEGGY_SEED={seed}: {e}"),
    }
}

/// Seconds since 1970, mixed: another one each time.
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_nanos() as u64 & 0xffff_ffff
}

fn seed_of_environment() -> Option<u64> {
    std::env::var("PEGGY_SEED").ok().map(|s| s.parse().expect("PEGGY_SEED is a number"))
}

#[test]
fn random_sequences_hold_the_invariants_and_reach_every_method() {
    if let Some(seed) = seed_of_environment() {
        let tally = run_seed(seed);
        println!("seed {seed}: {} of {} messages succeeded", tally.succeeded, tally.tried);
        return;
    }
    let mut methods = BTreeSet::new();
    for seed in SEEDS {
        let tally = run_seed(seed);
        println!("seed {seed}: {} of {} messages succeeded", tally.succeeded, tally.tried);
        methods.extend(tally.methods);
    }
    let all = [pool::METHODS, frc46::METHODS, owner_proxy::METHODS, liquidity::METHODS];
    let missing: Vec<&str> = all
        .into_iter()
        .flatten()
        .map(|m| m.name)
        .filter(|name| !methods.contains(*name) && !ELSEWHERE.contains(name))
        .collect();
    assert!(missing.is_empty(), "never succeeded in any sequence: {}", missing.join(", "));
}

#[test]
fn a_fresh_random_sequence_holds_the_invariants() {
    if seed_of_environment().is_some() {
        return;
    }
    let runs = if std::env::var_os("PEGGY_LONG").is_some() { 50 } else { 1 };
    for _ in 0..runs {
        let seed = fresh_seed();
        println!("fresh seed {seed}: replay with PEGGY_SEED={seed}");
        run_seed(seed);
    }
}
