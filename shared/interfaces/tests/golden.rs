//! Pins every method number and the bytes of every parameter and return. A changed line is a changed interface: other
//! actors and clients compiled against the old one break. `PEGGY_BLESS=1 cargo test -p peggy_interfaces` rewrites the file.

use std::fmt::Write;

use peggy_interfaces as interfaces;

fn table() -> String {
    let mut out = String::new();
    let lists = [
        ("frc46", interfaces::frc46::METHODS),
        ("frc53", interfaces::frc53::METHODS),
        ("receiver", interfaces::receiver::METHODS),
        ("miner", interfaces::miner::METHODS),
        ("storagepower", interfaces::power::METHODS),
    ];
    for (actor, methods) in interfaces::bundle().into_iter().chain(lists) {
        for m in methods {
            let (params, returned) = (hex::encode((m.sample_params)()), hex::encode((m.sample_return)()));
            writeln!(out, "{actor} {} {} ({params}) -> ({returned})", m.name, m.number).unwrap();
        }
    }
    out
}

#[test]
fn interfaces_have_not_changed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden.txt");
    let table = table();
    if std::env::var_os("PEGGY_BLESS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(path).expect("tests/golden.txt is part of the repository");
    for (now, pinned) in table.lines().zip(golden.lines()) {
        assert_eq!(now, pinned, "the interface changed");
    }
    assert_eq!(table.lines().count(), golden.lines().count(), "methods were added or removed");
}

#[test]
fn method_numbers_are_those_of_the_standards() {
    use interfaces::{frc46, miner, pool};
    use peggy_runtime::Method;
    // From the published specifications: FRC-46's and the builtin actors' FRC-42 numbers.
    assert_eq!(frc46::Transfer::NUMBER, 80_475_954);
    assert_eq!(interfaces::receiver::Receive::NUMBER, 3_726_118_371);
    assert_eq!(interfaces::nft_share::Receive::NUMBER, interfaces::receiver::Receive::NUMBER);
    assert_eq!(interfaces::frc53::Transfer::NUMBER, frc46::Transfer::NUMBER);
    assert_eq!(pool::InvokeEVM::NUMBER, 3_844_450_837);
    assert_eq!(miner::ChangeOwnerAddress::NUMBER, 1_010_589_339);
    assert_eq!(miner::WithdrawBalance::NUMBER, 2_280_458_852);
    assert_eq!(interfaces::power::CreateMiner::NUMBER, 1_173_380_165);
}

#[test]
fn numbers_are_unique_within_an_actor() {
    for (actor, methods) in interfaces::bundle() {
        let mut numbers: Vec<_> = methods.iter().map(|m| m.number).collect();
        match actor {
            "pool" | "liquidity" => numbers.extend(interfaces::frc46::METHODS.iter().map(|m| m.number)),
            "nft-share" => numbers.extend(interfaces::frc53::METHODS.iter().map(|m| m.number)),
            _ => {}
        }
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all, "{actor} has two methods of one number");
        assert!(numbers.iter().all(|n| *n >= 1 << 24), "{actor} has a method below 2^24");
    }
}

#[test]
fn what_comes_in_operator_data_has_not_changed() {
    // No method's parameters, but read by nft-share all the same.
    let bytes = interfaces::sample::bytes::<interfaces::nft_share::MintParams>();
    assert_eq!(hex::encode(bytes), "834300e9074300e9074180");
}
