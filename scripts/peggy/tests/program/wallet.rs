//! Keys.

use crate::support::User;

/// Nothing listens there.
const NO_NODE: &str = "http://127.0.0.1:9/rpc/v1";

#[test]
fn keys_are_encrypted_and_come_out_again() {
    let user = User::at(NO_NODE);
    let secret = [("PEGGY_PASSPHRASE", "correct horse")];
    let made = user.run_with(&["wallet", "new", "--name", "savings"], "", &secret).json();
    assert_eq!(made["encrypted"], true);
    let exported = user.run_with(&["wallet", "export", "savings"], "", &secret).json();
    let key = exported["key"].as_str().unwrap();
    assert!(!std::fs::read_to_string(user.path("home/wallet.json")).unwrap().contains(key));

    let (error, next) = user.run(&["wallet", "export", "savings"]).failed(2);
    assert!(error.contains("needs a passphrase") && next.contains("PEGGY_PASSPHRASE"), "{error} {next}");
    let wrong = user.run_with(&["wallet", "export", "savings"], "", &[("PEGGY_PASSPHRASE", "wrong")]);
    assert!(wrong.failed(2).0.contains("passphrase is wrong"), "{wrong:?}");

    let other = User::at(NO_NODE);
    other.import("copy", key);
    let listed = other.run(&["wallet", "list"]).json();
    assert_eq!(listed[0]["address"], made["address"]);
    assert_eq!(listed[0]["balance"], serde_json::Value::Null, "no node, no balance");
}

#[test]
fn what_is_no_key_is_refused() {
    let user = User::at(NO_NODE);
    for (text, said) in [("", "not an exported key"), ("xyz", "not an exported key"), ("{\"Type\":\"rsa\"}", "unknown")]
    {
        let ran = user.run_with(&["wallet", "import", "--no-passphrase"], text, &[]);
        assert!(ran.failed(2).0.contains(said), "{text}: {ran:?}");
    }
    let (error, next) = user.run(&["wallet", "export", "nobody"]).failed(2);
    assert!(error.contains("no key 'nobody'") && next.contains("wallet list"), "{error} {next}");
}
