//! Deciding together, by the program alone.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{json, Value};

use crate::support::{ask, bundle, config, start, Network, User};

const DAY: i64 = 2_880;

fn fil(text: &str) -> String {
    peggy::amount::atto(&peggy::amount::parse(text).unwrap())
}

/// A network of these tests' own: others let months pass on the common one.
fn network() -> &'static Value {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    &NETWORK.get_or_init(|| start(&["--block-time", "instant", "--control"])).about
}

/// And one test at a time, for the same reason.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(epochs: i64) {
    ask(network(), "Peggy.Advance", &json!([epochs]));
}

/// A deployment with holders: Alice 60, Bob 30, Eve (Ethereum-style) 10.
fn deployed() -> User {
    let mut user = User::of(network()).with("operator", "secp256k1", "2000 FIL");
    for (name, kind) in
        [("alice", "secp256k1"), ("bob", "bls"), ("eve", "delegated"), ("guardian", "secp256k1"), ("next", "secp256k1")]
    {
        user = user.with(name, kind, "500 FIL");
    }
    let of = |name: &str| user.key(name).address().to_string();
    let text = format!(
        "{}guardian = \"{}\"\nvoting_period = \"2 days\"\n",
        config_without_governance(&of("operator")),
        of("guardian")
    );
    let path = user.write("config.toml", &text);
    user.run_as("operator", &["deploy", &path, "--bundle", bundle()]).json();
    for (name, amount) in [("alice", "60"), ("bob", "30"), ("eve", "10")] {
        user.run_as(name, &["deposit", amount]).json();
    }
    user
}

/// The example without what it says of governance, but with that section begun.
fn config_without_governance(operator: &str) -> String {
    let text = config(operator);
    let (before, after) = text.split_once("[governance]\n").expect("the example has a section for governance");
    // Sections that follow are kept.
    let rest = after.find("\n[").map_or("", |at| &after[at..]);
    format!("{before}{rest}\n[governance]\n")
}

fn gov(user: &User, who: &str, arguments: &[&str]) -> Value {
    let all: Vec<&str> = ["gov"].into_iter().chain(arguments.iter().copied()).collect();
    user.run_as(who, &all).json()
}

fn show(user: &User, id: &str) -> Value {
    user.run(&["gov", "show", id]).json()
}

#[test]
fn from_proposal_to_execution() {
    let _turn = alone();
    let user = deployed();
    let made = gov(&user, "alice", &["propose", "terms", "reward_period=2 days", "reserve_bps=600"]);
    assert_eq!((&made["id"], &made["critical"]), (&json!(1), &json!(true)));
    let (error, next) = user.run_as("bob", &["gov", "activate", "1"]).failed(1);
    assert!(error.contains("from epoch") && error.contains("122"), "{error}");
    assert!(!next.is_empty());
    let pending = show(&user, "1");
    assert_eq!(pending["state"], "Pending");
    assert!(pending["next"].as_str().unwrap().contains("'peggy gov activate 1' from epoch"), "{pending}");
    assert!(pending["actions"][0]["text"].as_str().unwrap().contains("reward_period 2 days"), "{pending}");
    pass(DAY);
    gov(&user, "bob", &["activate", "1"]);
    assert_eq!(gov(&user, "alice", &["vote", "1", "for", "--reason", "sooner paid"])["votes"], fil("60"));
    assert_eq!(gov(&user, "eve", &["vote", "1", "against"])["votes"], fil("10"));
    let (error, _) = user.run_as("alice", &["gov", "vote", "1", "for"]).failed(1);
    assert!(error.contains("once only"), "{error}");
    let active = show(&user, "1");
    assert_eq!((&active["tally"]["for"], &active["tally"]["against"]), (&json!(fil("60")), &json!(fil("10"))));
    assert_eq!(active["carried"], true);
    // Whoever leaves takes the vote along.
    user.run_as("alice", &["transfer", &user.key("bob").address().to_string(), "5"]).json();
    pass(1);
    let alice = user.key("alice").address().to_string();
    assert_eq!(gov(&user, "bob", &["recount", "1", &alice])["votes"], fil("55"));
    pass(2 * DAY);
    gov(&user, "eve", &["queue", "1"]);
    let (error, _) = user.run_as("bob", &["gov", "execute", "1"]).failed(1);
    assert!(error.contains("122"), "{error}");
    gov(&user, "bob", &["veto", "1"]);
    assert_eq!(show(&user, "1")["tally"]["veto"], fil("30"), "of the snapshot");
    pass(14 * DAY);
    gov(&user, "eve", &["execute", "1"]);
    assert_eq!(show(&user, "1")["state"], "Executed");
    let terms = user.run(&["terms"]).json();
    assert_eq!((&terms["reward_period"], &terms["reserve_bps"]), (&json!(2 * DAY), &json!(600)));
    assert_eq!(terms["fees"].as_array().unwrap().len(), 4, "what was not named stays");
    list_and_file(&user);
}

fn list_and_file(user: &User) {
    let next = user.key("next").address().to_string();
    let file = format!(
        "title = \"Two things\"\ndescription = \"Why\"\n[[actions]]\nkind = \"set-operator\"\noperator = \"{next}\"\n\
         [[actions]]\nkind = \"set-keeper-cut\"\nbps = 10\ncap = \"1 FIL\"\n"
    );
    let path = user.write("proposal.toml", &file);
    let made = gov(user, "alice", &["propose", "file", &path]);
    assert_eq!((&made["id"], &made["critical"]), (&json!(2), &json!(false)));
    assert_eq!(made["actions"].as_array().unwrap().len(), 2);
    gov(user, "alice", &["cancel", "2"]);
    let list = user.run(&["gov", "list"]).json();
    let states: Vec<_> = list.as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["Executed", "Canceled"]);
    let settings = user.run(&["gov", "settings"]).json();
    assert_eq!((&settings["voting_period"], &settings["proposals"]), (&json!(2 * DAY), &json!(2)));

    let paused = gov(user, "guardian", &["pause", "1 day"]);
    assert_eq!(paused["pool"], true);
    let (error, _) = user.run_as("alice", &["deposit", "1"]).failed(1);
    assert!(error.contains("(exit code 35)"), "{error}");
    let (error, _) = user.run_as("alice", &["gov", "pause", "1 day"]).failed(1);
    assert!(error.contains("guardian"), "{error}");
}

#[test]
fn an_upgrade_is_installed_proposed_checked_and_executed() {
    let _turn = alone();
    let user = deployed();
    let wasm = concat!(env!("CARGO_MANIFEST_DIR"), "/../../out/wasm/");
    let code = |name: &str| format!("{wasm}{name}.wasm");
    let second = code("second_owner_proxy");
    let made = gov(
        &user,
        "alice",
        &[
            "propose",
            "upgrade",
            "--actor",
            "owner-proxy",
            "--code",
            &second,
            "--note",
            "78",
            "--title",
            "A better proxy",
        ],
    );
    let id = made["id"].to_string();
    let shown = show(&user, &id);
    assert_eq!(shown["title"], "A better proxy");
    let new_code = shown["actions"][0]["new_code"].as_str().unwrap().to_owned();
    // It is not the code of the bundle built here; a proposal of that is.
    let (error, _) = user.run(&["verify", "--bundle", bundle(), "--proposal", &id]).failed(4);
    assert!(error.contains("1 of"), "{error}");
    let same = code("peggy_owner_proxy");
    let again = gov(&user, "alice", &["propose", "upgrade", "--actor", "owner-proxy", "--code", &same, "--note", "78"]);
    let verified = user.run(&["verify", "--bundle", bundle(), "--proposal", &again["id"].to_string()]).json();
    assert_eq!(verified["ok"], true);

    pass(DAY);
    gov(&user, "bob", &["activate", &id]);
    gov(&user, "alice", &["vote", &id, "for"]);
    pass(2 * DAY + 1);
    gov(&user, "bob", &["queue", &id]);
    pass(14 * DAY);
    gov(&user, "bob", &["execute", &id]);
    let record: Value = serde_json::from_slice(&std::fs::read(user.path("deployment.json")).unwrap()).unwrap();
    let proxy = format!("f0{}", record["actors"]["owner-proxy"]["id"]);
    let actor = ask(network(), "Filecoin.StateGetActor", &json!([proxy, null]));
    assert_eq!(actor["Code"]["/"], new_code);
}

#[test]
fn mistakes_cost_nothing() {
    let _turn = alone();
    let user = deployed();
    for (who, arguments, code, said) in [
        ("guardian", &["gov", "propose", "operator", "f01001"][..], 1, "votes"),
        ("alice", &["gov", "propose", "terms", "reward_perid=2 days"], 2, "unknown field"),
        ("alice", &["gov", "propose", "terms", "reward_period"], 2, "name=value"),
        ("alice", &["gov", "propose", "settings", "voting_period=1 day"], 2, "governance.voting_period"),
        ("alice", &["gov", "propose", "upgrade", "--actor", "pol", "--code", "x.wasm"], 2, "no actor called 'pol'"),
        ("alice", &["gov", "propose", "upgrade", "--actor", "pool", "--code", "x.wasm"], 2, "cannot read"),
        ("alice", &["gov", "propose", "file", "x.toml"], 2, "cannot read"),
        ("alice", &["gov", "vote", "1", "maybe"], 2, "maybe"),
        ("eve", &["gov", "propose", "operator", "f01001"], 2, "Ethereum-style"),
        ("alice", &["gov", "show", "7"], 1, "no proposal 7"),
        ("alice", &["gov", "execute", "7"], 1, "no proposal 7"),
    ] {
        let (error, _) = user.run_as(who, arguments).failed(code);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    assert_eq!(user.run(&["gov", "list"]).json(), json!([]));
}
