//! Ways out of the pool that wait for something: the exit queue, the bond; and what the program does when measurements are too old.

use serde_json::{json, Value};

use crate::support::{address, amount, ask, born, deployed, fil, instant, start, still, User};

/// Three holders have 200 FIL in the pool; 150 of them lie with a miner, whose sectors lock nearly all it has.
fn pledged() -> (User, String) {
    let user =
        deployed(User::of(still()), &[("alice", "secp256k1"), ("bob", "bls"), ("eve", "delegated")], |config| config);
    let miner = born(&user, "300");
    user.run_as("alice", &["deposit", "100"]).json();
    user.run_as("bob", &["deposit", "60"]).json();
    user.run_as("eve", &["deposit", "40"]).json();
    user.run_as("operator", &["miner", "pledge", &miner, "150"]).json();
    let live = &user.run(&["miner", "status", &miner]).json()["live"];
    ask(still(), "Peggy.CommitSectors", &json!([miner, live["available"]]));
    (user, miner)
}

fn tickets(list: &Value) -> Vec<(u64, Value, String)> {
    let of = |ticket: &Value| {
        let shares = ticket["shares"].as_str().unwrap().to_owned();
        (ticket["ticket"].as_u64().unwrap(), ticket["place"].clone(), shares)
    };
    list["tickets"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn leaving_by_the_queue() {
    let (user, miner) = pledged();
    assert_eq!(user.run_as("alice", &["exit", "request", "70"]).json()["ticket"], 0);
    assert_eq!(user.run_as("bob", &["exit", "request", "all"]).json()["shares"], fil("60"));
    assert_eq!(user.run_as("eve", &["exit", "request", "10"]).json()["ticket"], 2, "by InvokeEVM");

    let own = user.run_as("bob", &["exit", "list"]).json();
    assert_eq!(tickets(&own), [(1, json!(2), fil("60"))]);
    assert_eq!(own["tickets"][0]["worth"], fil("60"), "the price is 1");
    assert_eq!(own["tickets"][0]["shares_ahead"], fil("70"));
    assert!(own["tickets"][0]["ready_at"].as_i64().unwrap() <= own["epoch"].as_i64().unwrap(), "no cooldown");
    assert_eq!(own["queue"]["demand"], fil("140"));
    assert_eq!(own["queue"]["unmet"], fil("90"), "50 are at hand");
    let all = user.run(&["exit", "list", "--all"]).json();
    assert_eq!(tickets(&all), [(0, json!(1), fil("70")), (1, json!(2), fil("60")), (2, json!(3), fil("10"))]);
    assert_eq!(user.run_as("eve", &["exit", "list", &address(&user, "bob")]).json()["tickets"], own["tickets"]);

    let (error, next) = user.run_as("bob", &["exit", "claim", "1"]).failed(1);
    assert!(error.contains("nothing of ticket 1 is finalised") && next.contains("exit list"), "{error} {next}");
    partly(&user);
    home(&user, &miner);
    refusals(&user);
}

/// What is at hand pays the first ticket in part; the second leaves the queue again.
fn partly(user: &User) {
    let done = user.run_as("operator", &["exit", "finalize"]).json();
    assert_eq!((&done["finalized"], &done["shares"]), (&json!(0), &json!(fil("50"))));
    let first = user.run_as("alice", &["exit", "list"]).json();
    assert_eq!(tickets(&first), [(0, json!(1), fil("20"))]);
    assert_eq!(first["tickets"][0]["owed"], fil("50"));
    assert_eq!(user.run_as("alice", &["exit", "claim", "0"]).json()["paid"], fil("50"), "while the rest waits");

    let back = user.run_as("bob", &["exit", "cancel", "1"]).json();
    assert_eq!(back["shares"], fil("60"));
    assert_eq!(user.run_as("bob", &["balance"]).json()["shares"], fil("60"));
    let (error, next) = user.run_as("bob", &["exit", "cancel", "1"]).failed(1);
    assert!(error.contains("ticket 1") && !next.is_empty(), "{error} {next}");
    assert_eq!(tickets(&user.run_as("eve", &["exit", "list"]).json()), [(2, json!(2), fil("10"))]);
}

/// Sectors expire, and the next message that needs a price brings the principal home that the queue needs.
fn home(user: &User, miner: &str) {
    ask(still(), "Peggy.ExpireSectors", &json!([miner, fil("100")]));
    let done = user.run_as("bob", &["exit", "finalize", "--max", "5"]).json();
    assert_eq!((&done["finalized"], &done["amount"]), (&json!(2), &json!(fil("30"))));
    assert_eq!(user.run_as("eve", &["exit", "claim", "2"]).json()["paid"], fil("10"));
    let other = user.make("other", "secp256k1");
    ask(still(), "Peggy.Faucet", &json!([other, "1"]));
    assert_eq!(user.run_as("alice", &["exit", "claim", "0", "--to", &other]).json()["paid"], fil("20"));
    assert_eq!(user.run(&["balance", &other]).json()["fil"], fil("20.000000000000000001"));
    let list = user.run(&["exit", "list", "--all"]).json();
    assert_eq!((&list["tickets"], &list["queue"]["shares"]), (&json!([]), &json!("0")));

    // The operator brings more home than anybody asked for.
    let returned = user.run_as("operator", &["miner", "return", miner, "5"]).json();
    assert_eq!(returned["returned"], fil("5"));
    let rest = user.run_as("operator", &["miner", "return", miner, "all"]).json();
    assert_eq!(rest["returned"], fil("65"), "100 expired, 30 went to the queue and 5 are home already");
    assert_eq!(user.run_as("bob", &["redeem", "all"]).json()["shares"], fil("60"));
}

fn refusals(user: &User) {
    for (who, arguments, said) in [
        ("alice", &["exit", "request", "0.01"][..], "at least 0.1"),
        ("alice", &["exit", "request", "1000"], "fewer than 1000"),
        ("alice", &["exit", "claim", "99"], "ticket 99"),
        ("alice", &["miner", "return", "f0100", "1"], "(exit code"),
    ] {
        let (error, next) = user.run_as(who, arguments).failed(1);
        assert!(error.contains(said) && !next.is_empty(), "{arguments:?}: {error}");
    }
    assert_eq!(user.run_as("alice", &["exit", "request", "1"]).json()["ticket"], 3);
    let (error, _) = user.run_as("bob", &["exit", "claim", "3"]).failed(1);
    assert!(error.contains("only its owner"), "{error}");
    for (who, arguments, said) in [
        ("alice", &["exit", "request", "everything"][..], "no amount"),
        ("alice", &["exit", "claim"], "required"),
        ("alice", &["exit", "finalize", "--max", "0"], "--max"),
        ("eve", &["exit", "cancel", "3"], "Ethereum-style"),
        ("eve", &["exit", "claim", "3", "--to", "f0100"], "Ethereum-style"),
        ("alice", &["exit", "list", "f0100", "--all"], "cannot be used with"),
    ] {
        let (error, next) = user.run_as(who, arguments).failed(2);
        assert!(error.contains(said) && !next.is_empty(), "{arguments:?}: {error}");
    }
}

#[test]
fn the_bond() {
    let user = deployed(User::new(), &[("alice", "secp256k1")], |config| {
        config.replace("min_bond_bps = 0", "min_bond_bps = 1000")
    });
    assert_eq!(user.run(&["bond", "status"]).json()["owners"], json!([]));
    let miner = born(&user, "300");
    user.run_as("alice", &["deposit", "200"]).json();
    user.run_as("operator", &["miner", "pledge", &miner, "150"]).json();
    let top_up = user.run_as("operator", &["bond", "top-up", "40", "--min-shares", "40"]).json();
    assert_eq!(top_up["shares"], fil("40"));

    let status = user.run(&["bond", "status"]).json();
    let own = &status["owners"][0];
    assert_eq!((&own["shares"], &own["worth"]), (&status["shares"], &status["worth"]));
    assert_eq!(status["shares"], status["worth"], "the price is 1");
    let principal = amount(&user.run(&["miner", "status", &miner]).json()["principal"]);
    assert_eq!(amount(&status["needed"]) * 10u32, principal, "a tenth of what is pledged");
    assert_eq!(user.run(&["status"]).json()["bond"]["shares"], status["shares"]);

    let (error, next) = user.run_as("operator", &["bond", "withdraw", "40"]).failed(1);
    assert!(error.contains("locked until epoch") && !next.is_empty(), "{error} {next}");
    let (error, next) = user.run_as("alice", &["bond", "withdraw", "all"]).failed(1);
    assert!(error.contains("no part of the bond") && next.contains("bond status"), "{error} {next}");
    let (error, _) = user.run_as("alice", &["bond", "top-up", "1"]).failed(1);
    assert!(error.contains("operator"), "{error}");

    // Rewards from before custody join the bond with the first measurement, and put its unlocking off by their weight.
    ask(instant(), "Peggy.Advance", &json!([2880 * 100]));
    let paid = user.run_as("operator", &["bond", "withdraw", "40", "--min", "40"]).json();
    assert_eq!(paid["paid"], fil("40"));
    let (error, _) = user.run_as("operator", &["bond", "withdraw", "1", "--min", "2"]).failed(1);
    assert!(error.contains("less than"), "{error}");
    let (error, next) = user.run_as("operator", &["bond", "withdraw", "all"]).failed(1);
    assert!(error.contains("(exit code 6") && !next.is_empty(), "more than is at hand: {error}");
}

/// Three miners, of which the pool has two measured within a message.
fn three_miners(user: User, staleness: u32) -> User {
    let user = deployed(user, &[("alice", "secp256k1"), ("eve", "delegated")], |config| {
        config.replace("max_staleness_out = 0", &format!("max_staleness_out = {staleness}"))
    });
    for _ in 0..3 {
        born(&user, "300");
    }
    user.run_as("alice", &["deposit", "100"]).json();
    user.run_as("eve", &["deposit", "10"]).json();
    user
}

#[test]
fn miners_are_measured_first_when_the_pool_asks_for_it() {
    let user = three_miners(User::new(), 100);
    ask(instant(), "Peggy.Advance", &json!([200]));
    let (error, next) = user.run_as("eve", &["redeem", "1"]).failed(1);
    assert!(error.contains("(exit code 66)") && next.contains("peggy miner sync"), "{error} {next}");
    let redeemed = user.run_as("alice", &["redeem", "10"]).json();
    assert_eq!(redeemed["paid"], fil("10"));
    assert!(redeemed["sync"].is_string(), "{redeemed}");
    let again = user.run_as("alice", &["redeem", "10"]).json();
    assert!(again["sync"].is_null(), "measured a moment ago: {again}");
}

#[test]
fn measuring_and_paying_share_an_epoch_where_blocks_take_their_time() {
    // Where every message makes a block of its own, terms that want the same epoch can't be met.
    let user = three_miners(User::new(), 0);
    ask(instant(), "Peggy.Advance", &json!([200]));
    let (error, next) = user.run_as("alice", &["redeem", "10"]).failed(1);
    assert!(error.contains("were measured first, and still") && next.contains("peggy terms"), "{error} {next}");

    let network = start(&["--block-time", "600ms", "--control"]);
    let user = three_miners(User::of(&network.about), 0);
    ask(&network.about, "Peggy.Advance", &json!([200]));
    let redeemed = user.run_as("alice", &["redeem", "10"]).json();
    assert_eq!(redeemed["paid"], fil("10"));
    assert!(redeemed["sync"].is_string(), "{redeemed}");
}
