//! Random sequences: the stand-in in the VM, the published state natively, the same money after every step.
//!
//! `PEGGY_SEED=<number>` runs one sequence; `PEGGY_LONG=1` runs a thousand.

use fvm_shared::econ::TokenAmount;
use peggy_differential::official::Official;
use peggy_differential::sequence::{both_sides, compare, run, Tally};
use peggy_differential::stand_in::{Birthplace, PEER_ID};

/// Operations of a sequence.
const STEPS: usize = 50;
/// First seeds of two series that are always run, and the sequences of each.
const SERIES: [(u64, u64); 2] = [(1, 20), (20_260_131, 20)];
/// Sequences from a fresh seed on: together with the others 50, or 1,000 in long runs.
const FRESH: u64 = 10;
const FRESH_LONG: u64 = 960;

fn seed_of_environment() -> Option<u64> {
    std::env::var("PEGGY_SEED").ok().map(|s| s.parse().expect("PEGGY_SEED is a number"))
}

/// Nanoseconds since 1970, cut: another one each time.
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_nanos() as u64 & 0xffff_ffff
}

fn run_series(first: u64, count: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in first..first + count {
        match run(seed, STEPS) {
            Ok(one) => tally.merge(&one),
            Err(difference) => panic!("{difference}"),
        }
    }
    println!("seeds {first}..{}: {tally}", first + count);
    tally
}

#[test]
fn random_sequences_of_fixed_seeds_leave_the_same_money_as_on_the_official_state() {
    if let Some(seed) = seed_of_environment() {
        run_series(seed, 1);
        return;
    }
    let mut tally = Tally::default();
    for (first, count) in SERIES {
        tally.merge(&run_series(first, count));
    }
    // The comparison is worth something only if all kinds of operations succeed, and some are refused.
    for (name, (tried, done)) in &tally.by_name {
        assert!(*done * 10 >= *tried, "only {done} of {tried} {name} succeeded");
    }
    assert_eq!(tally.by_name.len(), 18, "kinds of operations: {:?}", tally.by_name.keys());
    for code in [16, 18, 19, 20] {
        assert!(tally.codes.contains_key(&code), "nothing was refused with exit code {code}");
    }
}

#[test]
fn random_sequences_of_a_fresh_seed_leave_the_same_money_as_on_the_official_state() {
    if seed_of_environment().is_some() {
        return;
    }
    let count = if std::env::var_os("PEGGY_LONG").is_some() { FRESH_LONG } else { FRESH };
    let first = fresh_seed();
    println!("fresh seeds {first}..{}: PEGGY_SEED=<one of them> repeats it", first + count);
    run_series(first, count);
}

#[test]
fn a_miner_is_created_with_the_official_deposit_and_not_with_one_atto_less() {
    for later in [0, 1, 1_439, 2_880, 7_777] {
        let place = Birthplace::new(later).unwrap();
        let at = place.circumstances(&TokenAmount::from_atto(-1)).unwrap();
        let expected = Official::create(place.people(), &at, PEER_ID).err();
        assert_eq!(expected, Some(19));
        assert_eq!(place.create(&at).unwrap().err(), expected);
        let (official, stand_in) = both_sides(later, &TokenAmount::from_atto(0)).unwrap();
        let seen = compare(&official, &stand_in).unwrap();
        assert_eq!(seen.locked, seen.balance);
        assert_eq!(stand_in.vesting_funds().unwrap(), seen.table);
    }
}
