//! Deployments: cut off, continued, mixed up, checked.

use peggy_localnet::Bundle;
use serde_json::{json, Value};

use crate::support::{ask, bundle, config, instant, User};

/// A user with FIL and a configuration.
fn deployer() -> (User, String) {
    let user = User::new().with("main", "secp256k1", "100 FIL");
    let address = user.key("main").address().to_string();
    let path = user.write("config.toml", &config(&address));
    (user, path)
}

fn record(user: &User) -> Value {
    serde_json::from_slice(&std::fs::read(user.path("deployment.json")).unwrap()).unwrap()
}

fn nonce(user: &User) -> u64 {
    let address = user.key("main").address().to_string();
    ask(instant(), "Filecoin.StateGetActor", &json!([address, null]))["Nonce"].as_u64().unwrap()
}

#[test]
fn cut_off_at_every_moment_of_every_step() {
    let (user, path) = deployer();
    for step in peggy::deploy::steps::all() {
        for moment in ["signed", "sent", "done"] {
            let stop = format!("{step}:{moment}");
            let ran = user.run(&["deploy", &path, "--bundle", bundle(), "--stop-after", &stop]);
            let (error, next) = ran.failed(5);
            assert!(error.contains(&step.to_string()) && next.contains("peggy deploy"), "{error} {next}");
            let pending = record(&user)["pending"].is_object();
            assert_eq!(pending, moment != "done", "{stop}");
        }
        if step.to_string() == "create-pool" {
            let (error, next) = user.run(&["status"]).failed(2);
            assert!(error.contains("not finished") && next.contains("peggy deploy"), "{error} {next}");
        }
    }
    let done = user.run(&["deploy", &path, "--bundle", bundle()]).json();
    assert_eq!(done["complete"], true);
    assert_eq!(nonce(&user), 15, "each of the 15 messages was executed once");
    let again = user.run(&["deploy", &path, "--bundle", bundle()]).json();
    assert_eq!((nonce(&user), &again["actors"]), (15, &done["actors"]), "nothing is left to do");
    let verified = user.run(&["verify", "--bundle", bundle()]).json();
    assert_eq!(verified["ok"], true);
    mixed_up(&user, &path);
}

/// A finished deployment is not confused with another one.
fn mixed_up(user: &User, path: &str) {
    let other = user.write("other.toml", &std::fs::read_to_string(path).unwrap().replace("\"0.1 FIL\"", "\"0.2 FIL\""));
    let (error, next) = user.run_as("main", &["deploy", &other, "--bundle", bundle()]).failed(4);
    assert!(error.contains("another configuration") && next.contains("--deployment"), "{error} {next}");

    let stranger = user.make("stranger", "secp256k1");
    let (error, _) = user.run_as(&stranger, &["deploy", path, "--bundle", bundle()]).failed(4);
    assert!(error.contains("was begun by"), "{error}");

    // The same bundle, but for one byte more in the pool's code (an empty custom section).
    let codes = Bundle::load(bundle()).unwrap();
    let codes = codes.actors().iter().map(|actor| {
        let extra: &[u8] = if actor.name == "pool" { &[0, 2, 1, b'x'] } else { &[] };
        (actor.name.clone(), [actor.wasm.as_slice(), extra].concat())
    });
    let forged = user.path("forged.car");
    Bundle::pack(1, codes, &forged).unwrap();
    let forged = forged.display().to_string();
    let (error, _) = user.run_as("main", &["deploy", path, "--bundle", &forged]).failed(4);
    assert!(error.contains("for pool"), "{error}");
    let verified = user.run(&["verify", "--bundle", &forged]);
    assert!(verified.failed(4).0.contains("1 of"), "{verified:?}");
    assert!(verified.stdout.contains("pool runs the bundle's code"), "{verified:?}");

    let mut foreign = record(user);
    foreign["genesis"] = json!("bafy2bzaceaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let foreign = user.write("foreign.json", &foreign.to_string());
    let (error, _) = user.run_as("main", &["deploy", path, "--bundle", bundle(), "--deployment", &foreign]).failed(4);
    assert!(error.contains("another one"), "{error}");
}

#[test]
fn a_recorded_message_whose_nonce_was_used_otherwise_is_made_anew() {
    let (user, path) = deployer();
    user.run(&["deploy", &path, "--bundle", bundle(), "--stop-after", "create-owner-proxy:signed"]).failed(5);
    user.run(&["send", "f099", "1 nFIL"]).json();
    let ran = user.run(&["deploy", &path, "--bundle", bundle(), "--stop-after", "create-owner-proxy"]);
    ran.failed(5);
    let record = record(&user);
    assert!(record["actors"]["owner-proxy"]["id"].is_u64(), "{record}");
    assert_eq!(nonce(&user), 7, "five codes, one payment, one actor");
}

#[test]
fn a_step_the_chain_refuses_can_be_tried_again() {
    let (user, _) = deployer();
    let address = user.key("main").address().to_string();
    // A fee for somebody who is not on chain: the pool's constructor refuses.
    let stranger = user.make("stranger", "secp256k1");
    let fee = "[device_fee]\nrecipient = \"";
    let toml = config(&address).replace(&format!("{fee}{address}"), &format!("{fee}{stranger}"));
    let path = user.write("wrong.toml", &toml);
    let ran = user.run_as("main", &["deploy", &path, "--bundle", bundle()]);
    let (error, _) = ran.failed(1);
    assert!(error.contains("create-pool was not sent: the fee recipient"), "{error}");
    assert!(record(&user)["pending"].is_null());
    ask(instant(), "Peggy.Faucet", &json!([stranger, "1"]));
    assert_eq!(user.run_as("main", &["deploy", &path, "--bundle", bundle()]).json()["complete"], true);
}
