//! The program on a network of official actors, as `peggy localnet --builtin-actors` runs it.

#[path = "../program/support.rs"]
// The program's other tests use the rest of it.
#[allow(dead_code)]
mod support;

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use serde_json::{json, Value};

use support::{ask, bundle, config, raw, start, Network, User};

fn amount(value: &Value) -> TokenAmount {
    TokenAmount::from_atto(value.as_str().unwrap().parse::<BigInt>().unwrap())
}

fn network() -> Network {
    let file = std::env::var("BUILTIN_ACTORS").unwrap_or_default();
    assert!(!file.is_empty(), "run 'make test-official BUILTIN_ACTORS=FILE.car'");
    let file = std::fs::canonicalize(&file).expect("the file BUILTIN_ACTORS names");
    start(&["--block-time", "instant", "--control", "--builtin-actors", file.to_str().unwrap()])
}

/// Deployed by the program, a miner born and pledged, earning from the official reward actor, harvested.
#[test]
fn from_deployment_to_harvest_on_official_actors() {
    let network = network();
    let net = &network.about;
    assert!(net["builtin_actors"]["manifest"].as_str().unwrap().starts_with("bafy"));
    let mut user = User::of(net).with("operator", "secp256k1", "2000 FIL");
    for (name, kind) in [("alice", "secp256k1"), ("eve", "delegated"), ("worker", "bls")] {
        user = user.with(name, kind, "500 FIL");
    }
    let address = |name: &str| user.key(name).address().to_string();
    let path = user.write("config.toml", &config(&address("operator")));
    assert_eq!(user.run_as("operator", &["deploy", &path, "--bundle", bundle()]).json()["complete"], true);
    assert_eq!(user.run(&["verify", "--bundle", bundle()]).json()["ok"], true);

    let born = user.run_as("operator", &["miner", "create", "--worker", &address("worker"), "--value", "300"]).json();
    let miner = born["miner"].as_str().unwrap().to_owned();
    assert!(amount(&born["backing"]) > TokenAmount::default());
    for holder in ["alice", "eve"] {
        user.run_as(holder, &["deposit", "100"]).json();
    }
    user.run_as("operator", &["miner", "pledge", &miner, "50"]).json();
    let status = user.run(&["miner", "status", &miner]).json();
    assert_eq!(status["in_custody"], true);
    assert_eq!(amount(&status["principal"]), amount(&born["backing"]) + TokenAmount::from_whole(50));

    // A day of it, with one win: a quarter of the reward is free at once.
    ask(net, "Peggy.SetProducer", &json!([miner, 5]));
    ask(net, "Peggy.Advance", &json!([1]));
    ask(net, "Peggy.SetProducer", &json!([null]));
    ask(net, "Peggy.Advance", &json!([2880]));
    let harvest = user.run_as("alice", &["miner", "harvest", &miner]).json();
    assert!(amount(&harvest["reward"]) > TokenAmount::default(), "{harvest}");
    ask(net, "Peggy.Advance", &json!([2880]));
    for holder in ["alice", "eve"] {
        let owed = amount(&user.run_as(holder, &["balance"]).json()["rewards"]);
        assert!(owed > TokenAmount::default(), "{holder}");
    }
    levers_are_refused(net, &miner);
}

/// What can't be done to an official miner from outside is said, and not done.
fn levers_are_refused(net: &Value, miner: &str) {
    for (lever, arguments) in [
        ("Award", json!([miner, "1"])),
        ("SetBlockReward", json!(["1"])),
        ("CommitSectors", json!([miner, "1"])),
        ("ExpireSectors", json!([miner, "1"])),
        ("TerminateSectors", json!([miner, "1", "1"])),
        ("Fine", json!([miner, "1"])),
        ("LeaveDebt", json!([miner, "1"])),
        ("HoldTerminations", json!([miner, true])),
    ] {
        let answer = raw(net, &format!("Peggy.{lever}"), &arguments);
        let said = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(said.contains("the official actors have no such lever"), "{lever}: {answer}");
    }
}

#[test]
fn a_file_that_is_no_official_bundle_is_refused() {
    let user = User::at("http://127.0.0.1:1");
    let path = user.write("text.car", "no bundle");
    let (error, next) = user.run(&["localnet", "--builtin-actors", &path]).failed(2);
    assert!(error.contains("is not an actor bundle") && next.contains("builtin-actors v18"), "{error} {next}");
}
