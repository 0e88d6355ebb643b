//! The whole way: a miner is handed over, FIL deposited, pledged, earned, shared out and paid.

use fvm_shared::econ::TokenAmount;
use serde_json::{json, Value};

use crate::support::{address, amount, ask, bundle, deployed, fil, instant, User};

#[test]
fn from_deposit_to_payment() {
    let holders = [("alice", "secp256k1"), ("bob", "bls"), ("eve", "delegated")];
    // The reserve would grow with what the network's first miner earns in other tests.
    let user = deployed(User::new(), &holders, |config| config.replace("reserve_bps = 500", "reserve_bps = 0"));
    let worker = address(&user, "worker");

    let born = user.run_as("operator", &["miner", "create", "--worker", &worker, "--value", "300"]).json();
    let miner = born["miner"].as_str().unwrap().to_owned();
    assert!(amount(&born["backing"]) > TokenAmount::default());
    hand_over(&user);

    let deposit = user.run_as("alice", &["deposit", "100", "--min-shares", "100"]).json();
    assert_eq!(deposit["shares"], fil("100"));
    assert_eq!(user.run_as("bob", &["deposit", "50.5", "--as-evm"]).json()["shares"], fil("50.5"));
    assert_eq!(user.run_as("eve", &["deposit", "30"]).json()["shares"], fil("30"));

    user.run_as("operator", &["miner", "pledge", &miner, "50"]).json();
    let status = user.run(&["miner", "status", &miner]).json();
    assert_eq!(status["in_custody"], true);
    assert_eq!(amount(&status["principal"]), amount(&born["backing"]) + TokenAmount::from_whole(50));

    ask(instant(), "Peggy.Award", &json!([miner, fil("100")]));
    ask(instant(), "Peggy.Advance", &json!([2880 * 200]));
    let harvest = user.run_as("alice", &["miner", "harvest", &miner]).json();
    assert!(amount(&harvest["reward"]) >= TokenAmount::from_whole(100), "{harvest}");
    ask(instant(), "Peggy.Advance", &json!([2880 * 8]));

    for holder in ["alice", "bob", "eve"] {
        let owed = amount(&user.run_as(holder, &["balance"]).json()["rewards"]);
        assert!(owed > TokenAmount::default(), "{holder}");
        assert_eq!(amount(&user.run_as(holder, &["claim"]).json()["paid"]), owed, "{holder}");
    }
    assert!(amount(&user.run_as("operator", &["claim-fees"]).json()["paid"]) > TokenAmount::default());
    shares_move(&user);
    events_tell(&user, &deposit["message"]);
    assert_eq!(user.run(&["verify", "--bundle", bundle()]).json()["ok"], true);
    refusals(&user, &miner);
}

/// The network's first miner is handed over by the key that owns it.
fn hand_over(user: &User) {
    let about = &instant()["miner"];
    let first = about["id"].as_str().unwrap();
    user.import("owner", about["owner_key"].as_str().unwrap());
    let (error, _) = user.run_as("operator", &["miner", "take", first]).failed(1);
    assert!(error.contains("TakeOwner was not sent"), "{error}");
    user.run_as("owner", &["miner", "propose-owner", first]).json();
    let taken = user.run_as("operator", &["miner", "take", first]).json();
    assert!(amount(&taken["backing"]) > TokenAmount::default());
    assert_eq!(user.run(&["miner", "status"]).json().as_array().unwrap().len(), 2);
}

fn shares_move(user: &User) {
    let bob = address(user, "bob");
    user.run_as("alice", &["transfer", &bob, "10"]).json();
    assert_eq!(user.run_as("alice", &["balance"]).json()["shares"], fil("90"));
    assert_eq!(user.run_as("bob", &["balance"]).json()["shares"], fil("60.5"));
    let bob_id = ask(instant(), "Filecoin.StateLookupID", &json!([bob, null]));
    user.run_as("eve", &["transfer", bob_id.as_str().unwrap(), "5"]).json();
    let redeemed = user.run_as("alice", &["redeem", "10", "--min", "9.9"]).json();
    assert_eq!(redeemed["paid"], fil("10"), "the price is 1");
    assert_eq!(user.run_as("eve", &["redeem", "1"]).json()["paid"], fil("1"));
    let status = user.run(&["status"]).json();
    let totals = &status["pool"];
    assert_eq!(totals["nav"], totals["shares"], "the price is 1: {totals}");
    let terms = user.run(&["terms"]).json();
    assert_eq!(terms["fees"].as_array().unwrap().len(), 4);
}

/// The deposit's event is found by its emitter and by its type, and under its receipt's root.
fn events_tell(user: &User, deposit: &Value) {
    let record: Value = serde_json::from_slice(&std::fs::read(user.path("deployment.json")).unwrap()).unwrap();
    let pool = format!("f0{}", record["actors"]["pool"]["id"]);
    let found =
        |filter: Value| ask(instant(), "Filecoin.GetActorEventsRaw", &json!([filter])).as_array().unwrap().clone();
    let all = found(json!({ "addresses": [pool] }));
    assert!(all.iter().all(|event| event["emitter"] == pool));
    let event = all.iter().find(|event| event["msgCid"]["/"] == *deposit).unwrap();
    let kind = event["entries"].as_array().unwrap().iter().find(|entry| entry["Key"] == "$type").unwrap();
    let wanted = json!({ "codec": kind["Codec"], "value": kind["Value"] });
    let same = found(json!({ "addresses": [pool], "fields": { "$type": [wanted] }, "fromHeight": event["height"] }));
    assert!(same.contains(event));
    assert!(same.len() < all.len(), "other events have other types");
    let lookup = ask(instant(), "Filecoin.StateSearchMsg", &json!([null, { "/": deposit }, -1, true]));
    let events = ask(instant(), "Filecoin.ChainGetEvents", &json!([lookup["Receipt"]["EventsRoot"]]));
    let entries = &event["entries"];
    assert!(events
        .as_array()
        .unwrap()
        .iter()
        .any(|raw| raw["Entries"] == *entries && format!("f0{}", raw["Emitter"]) == pool));
}

fn refusals(user: &User, miner: &str) {
    for (who, arguments, said) in [
        ("alice", &["miner", "pledge", miner, "1"][..], "operator"),
        ("alice", &["redeem", "100000"], "(exit code"),
        ("alice", &["deposit", "0.01"], "at least 0.1 FIL"),
        ("alice", &["deposit", "1", "--min-shares", "2"], "less than"),
        ("operator", &["miner", "take", "f099"], "(exit code"),
    ] {
        let (error, next) = user.run_as(who, arguments).failed(1);
        assert!(error.contains(said), "{arguments:?}: {error}");
        assert!(!next.is_empty(), "{arguments:?}");
    }
    let (error, next) = user.run_as("eve", &["compound"]).failed(2);
    assert!(error.contains("Ethereum-style") && next.contains("f1"), "{error} {next}");
    let (error, next) = user.run(&["deposit", "1"]).failed(2);
    assert!(error.contains("which wallet") && next.contains("--from"), "{error} {next}");
}
