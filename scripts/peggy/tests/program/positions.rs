//! Positions: shares as tokens that are made, traded, split, claimed and unwrapped.

use serde_json::{json, Value};

use crate::support::{address, amount, ask, born, deployed, fil, instant, User};

const DAY: u64 = 2_880;

/// Two holders have positions to make of, and the miner earned for a day.
fn opened() -> (User, String) {
    let holders = [("alice", "secp256k1"), ("bob", "bls"), ("eve", "delegated")];
    let user = deployed(User::new(), &holders, |config| config);
    let miner = born(&user, "300");
    user.run_as("alice", &["deposit", "200"]).json();
    user.run_as("operator", &["miner", "pledge", &miner, "100"]).json();
    (user, miner)
}

fn earn(user: &User, miner: &str) {
    ask(instant(), "Peggy.Award", &json!([miner, fil("400")]));
    ask(instant(), "Peggy.Advance", &json!([DAY]));
    user.run_as("alice", &["miner", "harvest", miner]).json();
    ask(instant(), "Peggy.Advance", &json!([DAY]));
}

fn positions(user: &User, who: &str) -> Vec<Value> {
    user.run(&["nft", "list", &address(user, who)]).json()["positions"].as_array().unwrap().clone()
}

#[test]
fn from_minting_to_unwrapping() {
    let (user, miner) = opened();
    let (alice, bob, eve) = (address(&user, "alice"), address(&user, "bob"), address(&user, "eve"));
    assert!(positions(&user, "alice").is_empty());

    let made = user.run_as("alice", &["nft", "mint", "60"]).json();
    assert_eq!((&made["tokens"], &made["shares"]), (&json!([0]), &json!(fil("60"))));
    let made = user.run_as("alice", &["nft", "deposit", "10", "--to", &eve, "--beneficiary", &bob]).json();
    assert_eq!(made["tokens"], json!([1]));
    assert_eq!(positions(&user, "eve").len(), 1);

    let file = user.path("position.svg").display().to_string();
    let shown = user.run(&["nft", "show", "0", "--picture", &file]).json();
    assert_eq!(shown["metadata"]["shares"], fil("60"));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<svg "));

    // What the position earned before the trade stays with the seller; a keeper may pay out for the wallet that can't.
    earn(&user, &miner);
    let accrued = amount(&positions(&user, "alice")[0]["accrued"]);
    assert!(accrued.is_positive());
    user.run_as("alice", &["nft", "transfer", "0", "--to", &bob]).json();
    let owed = amount(&user.run(&["nft", "list", &alice]).json()["owed"]);
    assert!(owed >= accrued, "{owed} {accrued}");
    let paid = user.run_as("alice", &["nft", "claim", "1"]).json()["payments"][0].clone();
    assert!(amount(&paid["paid"]).is_positive() && paid["to"] != json!(alice));
    let payments = user.run_as("alice", &["nft", "claim"]).json()["payments"].as_array().unwrap().clone();
    assert_eq!((payments.len(), amount(&payments[0]["paid"])), (1, owed));

    // Bob lets Alice act for him, and she splits nothing of his but moves and returns it.
    user.run_as("bob", &["nft", "approve", &alice, "0"]).json();
    let (error, next) = user.run_as("alice", &["nft", "split", "0", "10"]).failed(1);
    assert!(error.contains("belongs to") && !next.is_empty(), "{error}");
    user.run_as("alice", &["nft", "transfer", "0", "--to", &alice, "--of", &bob]).json();
    user.run_as("alice", &["nft", "approve", &bob, "--all"]).json();
    user.run_as("alice", &["nft", "approve", &bob, "--all", "--revoke"]).json();

    let parts = user.run_as("alice", &["nft", "split", "0", "10", "20"]).json()["tokens"].clone();
    assert_eq!(parts, json!([2, 3, 4]));
    user.run_as("alice", &["nft", "beneficiary", &bob, "2", "3"]).json();
    earn(&user, &miner);
    let payments = user.run_as("alice", &["nft", "claim"]).json()["payments"].as_array().unwrap().clone();
    assert_eq!(payments.len(), 3, "for herself, for Bob, and what the split left: {payments:?}");
    let whole = user.run_as("alice", &["nft", "merge", "2", "3"]).json();
    assert_eq!((&whole["tokens"], &whole["shares"]), (&json!([5]), &json!(fil("30"))));

    let before = amount(&user.run_as("alice", &["balance"]).json()["shares"]);
    assert_eq!(user.run_as("alice", &["nft", "unwrap", "4", "5"]).json()["shares"], fil("60"));
    let after = amount(&user.run_as("alice", &["balance"]).json()["shares"]);
    assert_eq!(after - before, amount(&json!(fil("60"))));
    assert!(positions(&user, "alice").is_empty());
    refusals(&user, &bob);
}

fn refusals(user: &User, bob: &str) {
    for (who, arguments) in [
        ("alice", &["nft", "show", "77"][..]),
        ("alice", &["nft", "transfer", "77", "--to", bob]),
        ("bob", &["nft", "unwrap", "1"]),
        ("bob", &["nft", "mint", "1"]),
        ("alice", &["nft", "deposit", "1", "--min-shares", "2"]),
    ] {
        let (error, _) = user.run_as(who, arguments).failed(1);
        assert!(error.contains("(exit code"), "{arguments:?}: {error}");
    }
    for (who, arguments, said) in [
        ("eve", &["nft", "transfer", "1", "--to", bob][..], "Ethereum-style"),
        ("alice", &["nft", "merge", "1"], "values required"),
        ("alice", &["nft", "mint", "some"], "no amount"),
    ] {
        let (error, _) = user.run_as(who, arguments).failed(2);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}
