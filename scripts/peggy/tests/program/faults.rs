//! What goes wrong around the program: a clear sentence, and an exit code scripts can trust.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::METHOD_SEND;
use peggy::send::{prepare, succeeded, Draft};

use crate::support::{bundle, config, User};

/// A server that answers everything with this.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/rpc/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn no_node() {
    let user = User::at("http://127.0.0.1:9/rpc/v1");
    let (error, next) = user.run(&["balance", "f099"]).failed(3);
    assert!(error.contains("no node answers at http://127.0.0.1:9"), "{error}");
    assert!(next.contains("peggy localnet"), "{next}");
    let plain = user.run_with(&["status", "--deployment", "none.json"], "", &[]);
    assert!(plain.failed(2).0.contains("no deployment"), "{plain:?}");
}

#[test]
fn wrong_url() {
    let html = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>";
    let (error, next) = User::at(&answering(html)).run(&["balance", "f099"]).failed(3);
    assert!(error.contains("does not answer as a Filecoin node") && next.contains("/rpc/v1"), "{error} {next}");
    let json = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    let (error, _) = User::at(&answering(json)).run(&["balance", "f099"]).failed(3);
    assert!(error.contains("does not answer as a Filecoin node"), "{error}");
    let denied = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
    let (error, next) = User::at(&answering(denied)).run(&["balance", "f099"]).failed(3);
    assert!(error.contains("token") && next.contains("--token"), "{error} {next}");
    for url in ["ftp://127.0.0.1/", "127.0.0.1:1234", ""] {
        let (error, _) = User::at(url).run(&["balance", "f099"]).failed(2);
        assert!(error.contains("no URL of a node"), "{url}: {error}");
    }
}

#[test]
fn wrong_command_lines() {
    let user = User::at("http://127.0.0.1:9/rpc/v1");
    for (arguments, said) in [
        (&["deposit", "lots"][..], "no amount"),
        (&["deposit", "1 BTC"], "no unit of FIL"),
        (&["transfer", "f09x", "1"], "no Filecoin address"),
        (&["exit", "claim", "first"], "a whole number is wanted"),
        (&["nft", "claim", ""], "a whole number is wanted"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let (error, next) = user.run(arguments).failed(2);
        assert!(error.contains(said) && next.contains("--help"), "{arguments:?}: {error}");
    }
}

#[test]
fn malformed_configuration() {
    let user = User::at("http://127.0.0.1:9/rpc/v1");
    let good = config("f0100");
    for (toml, said) in [
        (good.replace("[share]", "[share"), "TOML parse error at line"),
        (good.replace("symbol =", "symbool ="), "unknown field `symbool`"),
        (good.replace("\"0.1 FIL\"", "\"0.1 DOGE\""), "no unit of FIL"),
        (good.replace("bps = 700", "bps = 7000"), "sum of all fees"),
        (String::new(), "missing field"),
    ] {
        let path = user.write("config.toml", &toml);
        let (error, next) = user.run(&["deploy", &path, "--bundle", bundle()]).failed(2);
        assert!(error.contains(said), "{error}");
        assert!(!next.is_empty() || said.contains("sum"), "{error}");
    }
    let (error, next) = user.run(&["deploy", "nowhere.toml"]).failed(2);
    assert!(error.contains("cannot read nowhere.toml") && next.contains("deploy.example.toml"), "{error} {next}");
}

#[test]
fn too_little_fil() {
    let user = User::new().with("poor", "secp256k1", "1 FIL");
    let (error, next) = user.run(&["send", "f099", "2"]).failed(1);
    assert!(error.contains("too little FIL") && error.contains("has 1 FIL, and 2 FIL are needed"), "{error}");
    assert!(next.contains("send FIL to f1"), "{next}");
    let (error, _) = user.run(&["send", "f099", "1"]).failed(1);
    assert!(error.contains("too little FIL"), "the gas is needed, too: {error}");
    let nobody = User::new();
    nobody.make("new", "secp256k1");
    let (error, _) = nobody.run(&["send", "f099", "1"]).failed(1);
    assert!(error.contains("not on chain yet"), "{error}");
}

#[test]
fn a_message_that_fails_on_chain() {
    let user = User::new().with("main", "secp256k1", "10 FIL");
    let (client, key) = (user.client(), user.key("main"));
    // Prepared as a message that works, then turned into one that does not: method 99 of init.
    let draft = Draft {
        to: Address::new_id(99),
        value: TokenAmount::default(),
        method: METHOD_SEND,
        params: fvm_ipld_encoding::RawBytes::default(),
        what: "test".to_owned(),
    };
    let mut message = prepare(&client, &key, &draft).unwrap().message;
    message.to = Address::new_id(1);
    message.method_num = 99;
    message.gas_limit = 50_000_000;
    let cid = client.push(&key.sign(message, 0).unwrap()).unwrap();
    let executed = client.wait(&cid).unwrap();
    assert_eq!(executed.receipt.exit_code, 22);
    let failure = succeeded(&client, executed, "test").unwrap_err();
    assert_eq!((failure.kind.exit_code(), failure.exit_code), (1, Some(22)));
    assert!(failure.message.contains("the init actor has no method 99"), "{failure}");
    assert!(failure.next.unwrap().contains("verify"));
}
