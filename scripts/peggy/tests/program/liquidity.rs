//! Leaving at once at a discount, and providing the FIL for it.

use fvm_shared::econ::TokenAmount;
use serde_json::{json, Value};

use crate::support::{address, amount, ask, born, deployed, fil, still, User};

/// Two holders have 300 FIL in the pool, all but the reserve of it pledged; two providers have FIL.
fn opened() -> (User, String) {
    let holders = [("alice", "secp256k1"), ("eve", "delegated"), ("lena", "secp256k1"), ("leo", "bls")];
    let user = deployed(User::of(still()), &holders, |config| config);
    let miner = born(&user, "300");
    user.run_as("alice", &["deposit", "200"]).json();
    user.run_as("eve", &["deposit", "100"]).json();
    user.run_as("operator", &["miner", "pledge", &miner, "250"]).json();
    let live = &user.run(&["miner", "status", &miner]).json()["live"];
    ask(still(), "Peggy.CommitSectors", &json!([miner, live["available"]]));
    (user, miner)
}

#[test]
fn from_providing_to_removing() {
    let (user, miner) = opened();
    let empty = user.run(&["lp", "status"]).json();
    assert_eq!((&empty["fil"], &empty["lp"], &empty["own"]), (&json!("0"), &json!("0"), &Value::Null));

    let first = user.run_as("lena", &["lp", "add", "100"]).json();
    let locked = TokenAmount::from_whole(100) - amount(&first["lp"]);
    assert!(locked.is_positive() && locked < TokenAmount::from_nano(10), "the first leaves a little behind: {first}");
    assert_eq!(user.run_as("leo", &["lp", "add", "50", "--min-lp", "50"]).json()["lp"], fil("50"));

    sale(&user);
    purchase(&user);
    recycling(&user, &miner);
    removal(&user);
    refusals(&user);
}

/// 15 shares for 150 FIL: an eleventh of all is shares after it, so the discount is base plus half an eleventh of the slope.
fn sale(user: &User) {
    let quote = user.run_as("alice", &["lp", "quote", "15"]).json();
    assert_eq!((&quote["worth"], &quote["enough"]), (&json!(fil("15")), &json!(true)));
    let discount = quote["discount_bps"].as_u64().unwrap();
    assert!((90..=95).contains(&discount), "half a percent, and half of what an eleventh of inventory adds: {quote}");
    assert_eq!(quote["redeem"]["amount"], fil("15"));

    let sold = user.run_as("alice", &["lp", "sell", "15"]).json();
    assert_eq!((&sold["paid"], &sold["discount_bps"]), (&quote["amount"], &quote["discount_bps"]));
    assert_eq!(user.run_as("alice", &["balance"]).json()["shares"], fil("185"));
    let status = user.run_as("lena", &["lp", "status"]).json();
    assert_eq!(status["inventory"], fil("15"));
    let now = status["discount_bps"].as_u64().unwrap();
    assert!((140..=150).contains(&now), "half a percent, and a tenth of the slope: {status}");
    assert!(amount(&status["value"]) > TokenAmount::from_whole(150), "the discount is the providers'");
    assert_eq!(user.run(&["status"]).json()["liquidity"]["inventory"], fil("15"));

    let leo = address(user, "leo");
    let before = amount(&user.run(&["balance", &leo]).json()["fil"]);
    let paid = amount(&user.run_as("alice", &["lp", "sell", "1", "--to", &leo, "--min", "0.9"]).json()["paid"]);
    assert_eq!(amount(&user.run(&["balance", &leo]).json()["fil"]) - before, paid);
}

fn purchase(user: &User) {
    let quote = user.run(&["lp", "quote", "--buy", "6"]).json();
    assert_eq!((&quote["shares"], &quote["enough"]), (&json!(fil("6")), &json!(true)), "at the price");
    assert_eq!(user.run_as("leo", &["lp", "buy", "6"]).json()["shares"], fil("6"));
    assert_eq!(user.run_as("leo", &["balance"]).json()["shares"], fil("6"));
    let too_much = user.run(&["lp", "quote", "--buy", "11"]).json();
    assert_eq!((&too_much["available"], &too_much["enough"]), (&json!(fil("10")), &json!(false)));
    let (error, next) = user.run_as("leo", &["lp", "buy", "11"]).failed(1);
    assert!(error.contains("(exit code 1") && !next.is_empty(), "{error} {next}");
}

/// 50 FIL are at hand in the pool, so of 10 shares 4 can be redeemed, and then the rest.
fn recycling(user: &User, miner: &str) {
    assert_eq!(user.run_as("eve", &["redeem", "44"]).json()["paid"], fil("44"));
    assert_eq!(user.run_as("leo", &["lp", "recycle", "all"]).json()["fil"], fil("6"), "what is at hand");
    ask(still(), "Peggy.ExpireSectors", &json!([miner, fil("20")]));
    user.run_as("operator", &["miner", "return", miner, "20"]).json();
    assert_eq!(user.run_as("leo", &["lp", "recycle", "1"]).json()["fil"], fil("1"));
    assert_eq!(user.run_as("leo", &["lp", "recycle", "all"]).json()["shares"], fil("3"));
    assert_eq!(user.run(&["lp", "status"]).json()["inventory"], "0");
    user.run_as("leo", &["lp", "collect"]);
}

fn removal(user: &User) {
    user.run_as("alice", &["lp", "sell", "30"]).json();
    let status = user.run_as("leo", &["lp", "status"]).json();
    let removed = user.run_as("leo", &["lp", "remove", "all"]).json();
    assert_eq!((&removed["fil"], &removed["shares"]), (&status["own"]["fil"], &status["own"]["shares"]));
    assert!(!amount(&removed["shares"]).is_zero());
    assert_eq!(user.run_as("leo", &["balance"]).json()["lp"], "0");
    user.run_as("lena", &["lp", "remove", "10", "--min-fil", "1", "--min-shares", "1"]).json();
}

fn refusals(user: &User) {
    for (who, arguments) in [
        ("alice", &["lp", "sell", "10", "--min", "10"][..]),
        ("alice", &["lp", "sell", "150"]),
        ("alice", &["lp", "sell", "1000"]),
        ("lena", &["lp", "add", "1", "--min-lp", "2"]),
        ("lena", &["lp", "remove", "1", "--min-fil", "2"]),
        ("alice", &["lp", "remove", "1"]),
        ("alice", &["lp", "recycle", "100"]),
    ] {
        let (error, next) = user.run_as(who, arguments).failed(1);
        assert!(error.contains("(exit code") && !next.is_empty(), "{arguments:?}: {error}");
    }
    for (who, arguments, said) in [
        ("eve", &["lp", "sell", "1"][..], "Ethereum-style"),
        ("eve", &["lp", "add", "1"], "Ethereum-style"),
        ("alice", &["lp", "quote", "--buy", "all"], "no amount of FIL"),
        ("alice", &["lp", "sell", "some"], "no amount"),
    ] {
        let (error, next) = user.run_as(who, arguments).failed(2);
        assert!(error.contains(said) && !next.is_empty(), "{arguments:?}: {error}");
    }
}
