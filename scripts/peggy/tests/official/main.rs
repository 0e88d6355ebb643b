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
    positions_and_the_market(&user);
    ways_out(&user, &miner);
    a_vote(net, &user);
    levers_are_refused(net, &miner);
}

fn fil(text: &str) -> String {
    peggy::amount::atto(&peggy::amount::parse(text).unwrap())
}

/// A position is made, traded and unwrapped; shares are sold to liquidity and bought back.
fn positions_and_the_market(user: &User) {
    let eve = user.key("eve").address().to_string();
    let made = user.run_as("alice", &["nft", "mint", "10"]).json();
    let token = made["tokens"][0].to_string();
    user.run_as("alice", &["nft", "transfer", &token, "--to", &eve]).json();
    let list = user.run(&["nft", "list", &eve]).json();
    assert_eq!(list["positions"][0]["shares"], fil("10"), "{list}");
    let own = user.run_as("alice", &["nft", "deposit", "5"]).json()["tokens"][0].to_string();
    assert!(user.run(&["nft", "show", &own]).json()["metadata"]["shares"].as_str().is_some());
    user.run_as("alice", &["nft", "unwrap", &own]).json();

    user.run_as("operator", &["lp", "add", "30"]).json();
    let sold = user.run_as("alice", &["lp", "sell", "10"]).json();
    let paid = amount(&sold["paid"]);
    assert!(paid > TokenAmount::from_whole(8) && paid < TokenAmount::from_whole(10), "{sold}");
    assert_eq!(user.run_as("operator", &["lp", "buy", "4"]).json()["shares"], fil("4"));
    assert_eq!(user.run(&["lp", "status"]).json()["inventory"], fil("6"));
}

/// Principal comes home from the official miner for a ticket, and the bond can be filled up.
fn ways_out(user: &User, miner: &str) {
    let bond = user.run_as("operator", &["bond", "status"]).json();
    user.run_as("operator", &["bond", "top-up", "20"]).json();
    assert_ne!(user.run_as("operator", &["bond", "status"]).json(), bond);
    // More than is at hand: some of it lies with the miner.
    let ticket = user.run_as("alice", &["exit", "request", "all"]).json();
    let number = ticket["ticket"].to_string();
    user.run_as("eve", &["exit", "request", "90"]).json();
    user.run(&["exit", "list", "--all"]).json();
    user.run_as("alice", &["miner", "harvest", miner]).json();
    assert_eq!(user.run_as("alice", &["exit", "finalize"]).json()["finalized"], 2);
    let paid = user.run_as("alice", &["exit", "claim", &number]).json();
    // At a price of 1, with what the shares earned in the queue.
    let (paid, shares) = (amount(&paid["paid"]), amount(&ticket["shares"]));
    assert!(paid > shares && paid < shares + TokenAmount::from_whole(1), "{paid}");
}

/// A proposal is made, opened and voted on.
fn a_vote(net: &Value, user: &User) {
    user.run_as("alice", &["deposit", "50"]).json();
    ask(net, "Peggy.Advance", &json!([1]));
    let made = user.run_as("alice", &["gov", "propose", "terms", "reward_period=2 days"]).json();
    let id = made["id"].to_string();
    ask(net, "Peggy.Advance", &json!([2880]));
    user.run_as("alice", &["gov", "activate", &id]).json();
    assert_eq!(user.run_as("alice", &["gov", "vote", &id, "for"]).json()["votes"], fil("50"));
    assert_eq!(user.run(&["gov", "show", &id]).json()["state"], "Active");
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
