//! Random sequences of what people do with governance, on the real VM. After every message the invariants are checked: tallies are the
//! sums of receipts and never more than there are votes, what was pinned stays, what is over stays so, nothing is executed twice.
//!
//! `PEGGY_SEED=<number>` runs one seed; `PEGGY_LONG=1` runs many.

use std::collections::BTreeSet;

use peggy_interfaces::governance::{Cancel, Choice, Consent, ProposalParams, State, Veto};
use peggy_scenarios::council::Council;
use peggy_scenarios::World;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;

const STEPS: usize = 200;
const SEEDS: [u64; 2] = [6, 20_260_220];
const PEOPLE: [&str; 5] = ["alice", "bob", "carol", "dave", "operator"];

#[derive(Clone, Debug)]
enum Command {
    Propose(usize, u8),
    /// Of proposals, the last but so many.
    Activate(usize),
    Vote(usize, usize, u8),
    Recount(usize, usize),
    Consent(usize),
    Veto(usize, usize),
    Queue(usize),
    Execute(usize),
    Cancel(usize, usize),
    Transfer(usize, usize, i64),
    Deposit(usize, i64),
    Pass(i64),
}

fn command() -> impl Strategy<Value = Command> {
    use Command::*;
    let who = || 0..PEOPLE.len();
    let back = || 0usize..3;
    prop_oneof![
        3 => (who(), 0u8..6).prop_map(|(who, what)| Propose(who, what)),
        4 => back().prop_map(Activate),
        20 => (0..3usize, back(), 0u8..5).prop_map(|(who, id, how)| Vote(who, id, how)),
        3 => (who(), back()).prop_map(|(who, id)| Recount(who, id)),
        1 => back().prop_map(Consent),
        2 => (who(), back()).prop_map(|(who, id)| Veto(who, id)),
        4 => back().prop_map(Queue),
        4 => back().prop_map(Execute),
        1 => (who(), back()).prop_map(|(who, id)| Cancel(who, id)),
        2 => (who(), who(), 1i64..30).prop_map(|(a, b, n)| Transfer(a, b, n)),
        1 => (who(), 1i64..30).prop_map(|(who, n)| Deposit(who, n)),
        6 => prop_oneof![Just(1), Just(DAY), Just(DAY), Just(2 * DAY), Just(5 * DAY)].prop_map(Pass),
    ]
}

fn base() -> Council {
    let mut world = World::new();
    world.custody(fil(40));
    let mut c = Council::of(world);
    for (name, shares) in [("alice", 60), ("bob", 30), ("carol", 10)] {
        let key = c.key(name);
        c.deposit(&key, shares).ok();
    }
    c
}

/// What there is to vote on.
fn proposed(c: &Council, what: u8) -> Vec<Action> {
    match what {
        0 => vec![set_guardian(c, "bob")],
        1 => vec![set_operator(c, "operator")],
        2 => vec![set_terms(c, |terms| terms.exit_cooldown = 3)],
        3 => vec![slash(c, 1)],
        4 => vec![keeper_cut(c, 200)],
        n => vec![keeper_cut(c, n.into()), set_guardian(c, "guardian")],
    }
}

/// Runs a command; says whether it succeeded. Refusals must be sentences, not traps.
fn step(c: &mut Council, command: &Command) -> bool {
    let person = |c: &Council, at: usize| c.key(PEOPLE[at]);
    let newest = c.last.stages.len() as u64;
    let stages = c.last.stages.clone();
    // Mostly one for which it is time; sometimes any.
    let id = |back: usize, wanted: State| {
        let fitting = stages.iter().rev().find(|(_, stage)| **stage == wanted).map(|(id, _)| *id);
        fitting.filter(|_| back > 0).unwrap_or(newest.saturating_sub(back as u64))
    };
    let on = |back: usize, wanted| ProposalParams { id: id(back, wanted) };
    let outcome = match *command {
        Command::Propose(who, what) if PEOPLE[who] != "carol" => {
            let actions = proposed(c, what);
            c.try_propose(&person(c, who), actions)
        }
        Command::Activate(back) => c.activate(id(back, State::Pending)),
        Command::Vote(who, back, how) => {
            // For more often than not, so that something is decided.
            let choice = Choice::try_from(how).unwrap_or(Choice::For);
            c.vote(&person(c, who), id(back, State::Active), choice)
        }
        Command::Recount(who, back) => c.recount(id(back, State::Queued), &person(c, who)),
        Command::Consent(back) => c.gov::<Consent>(&person(c, 4), &on(back, State::Active)),
        Command::Veto(who, back) if PEOPLE[who] != "carol" => c.gov::<Veto>(&person(c, who), &on(back, State::Queued)),
        Command::Cancel(who, back) if PEOPLE[who] != "carol" => {
            c.gov::<Cancel>(&person(c, who), &on(back, State::Pending))
        }
        Command::Queue(back) => c.queue(id(back, State::Succeeded)),
        Command::Execute(back) => c.execute(id(back, State::Queued)),
        Command::Transfer(from, to, shares) if PEOPLE[from] != "carol" => {
            let (from, to) = (person(c, from), person(c, to));
            c.transfer(&from, &to, shares)
        }
        Command::Deposit(who, fil) => c.deposit(&person(c, who), fil),
        Command::Pass(epochs) => {
            c.skip(epochs);
            return true;
        }
        // An Ethereum-style wallet has no such message.
        Command::Propose(..) | Command::Veto(..) | Command::Cancel(..) | Command::Transfer(..) => return false,
    };
    if !outcome.is_ok() {
        let code = outcome.code;
        assert!(code >= 16 && ![20, 23, 24].contains(&code), "{command:?}: {code} {}", outcome.message);
        assert!(outcome.message.contains(' '), "{command:?}: {code} without a sentence");
    }
    outcome.is_ok()
}

fn run_seed(seed: u64) -> BTreeSet<State> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 1, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let reached = std::cell::RefCell::new(BTreeSet::new());
    let base = base();
    let result = runner.run(&vec(command(), STEPS), |commands| {
        let mut c = base.fork();
        let mut reached = reached.borrow_mut();
        for command in &commands {
            step(&mut c, command);
            reached.extend(c.last.stages.values().copied());
        }
        Ok(())
    });
    if let Err(e) = result {
        panic!("PEGGY_SEED={seed} fails: {e}");
    }
    reached.into_inner()
}

#[test]
fn random_governance_holds_the_invariants() {
    if let Ok(seed) = std::env::var("PEGGY_SEED") {
        run_seed(seed.parse().expect("PEGGY_SEED is a number"));
        return;
    }
    let runs = if std::env::var_os("PEGGY_LONG").is_some() { 40 } else { 0 };
    let mut reached = BTreeSet::new();
    for seed in SEEDS.into_iter().chain(1_000..1_000 + runs) {
        reached.extend(run_seed(seed));
    }
    for state in [State::Pending, State::Active, State::Defeated, State::Succeeded, State::Queued, State::Executed] {
        assert!(reached.contains(&state), "no sequence reached {state:?}, only {reached:?}");
    }
}
