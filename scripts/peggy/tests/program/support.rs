//! One local network for all tests, and wallets of their own for each.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use peggy::rpc::Client;
use serde_json::{json, Value};
use tempfile::TempDir;

/// The network's first line, and the pipe that keeps it alive: it ends when this process does.
pub struct Network {
    pub about: Value,
    _stdin: ChildStdin,
    _child: Child,
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Starts a network with these options and waits for its first line.
pub fn start(options: &[&str]) -> Network {
    let mut child = Command::new(env!("CARGO_BIN_EXE_peggy"))
        .args(["localnet", "--listen", "127.0.0.1:0", "--until-eof", "--json"])
        .args(options)
        .current_dir(checkout())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let about = serde_json::from_str(&line).expect("the network did not start: is out/wasm built ('make wasm')?");
    Network { about, _stdin: child.stdin.take().unwrap(), _child: child }
}

/// The network whose blocks are made at once.
pub fn instant() -> &'static Value {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    &NETWORK.get_or_init(|| start(&["--block-time", "instant", "--control"])).about
}

/// A network whose blocks are made at once, and on which no test lets time pass: nothing vests there between two messages.
pub fn still() -> &'static Value {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    &NETWORK.get_or_init(|| start(&["--block-time", "instant", "--control"])).about
}

/// The network whose blocks are made by the clock.
pub fn ticking() -> &'static Value {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    &NETWORK.get_or_init(|| start(&["--block-time", "400ms"])).about
}

/// Calls a method of a network without any of the program's code.
pub fn raw(network: &Value, method: &str, params: &Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let mut response = ureq::post(network["rpc"].as_str().unwrap()).send_json(&request).unwrap();
    response.body_mut().read_json().unwrap()
}

/// [`raw`], when it must succeed.
pub fn ask(network: &Value, method: &str, params: &Value) -> Value {
    let answer = raw(network, method, params);
    assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
    answer["result"].clone()
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The answer of a run that must have succeeded.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(self.stdout.trim()).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The sentence and the advice of a run that must have failed with this exit code.
    pub fn failed(&self, code: i32) -> (String, String) {
        assert_eq!(self.code, code, "{self:?}");
        let said: Value = serde_json::from_str(self.stderr.trim()).unwrap_or_else(|e| panic!("{e}: {self:?}"));
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        (text("error"), text("next"))
    }
}

/// A user with a wallet and a folder.
pub struct User {
    pub folder: TempDir,
    pub rpc: String,
}

impl User {
    /// A user of the instant network, without any key.
    pub fn new() -> Self {
        Self::of(instant())
    }

    /// A user of a network.
    pub fn of(network: &Value) -> Self {
        Self::at(network["rpc"].as_str().unwrap())
    }

    /// A user of whatever answers at this URL.
    pub fn at(rpc: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), rpc: rpc.to_owned() }
    }

    /// A user with a fresh key called so that has some FIL.
    pub fn with(self, name: &str, kind: &str, fil: &str) -> Self {
        let address = self.make(name, kind);
        let atto = peggy::amount::atto(&peggy::amount::parse(fil).unwrap());
        ask(&json!({ "rpc": self.rpc }), "Peggy.Faucet", &json!([address, atto]));
        self
    }

    /// Makes a key; answers its address.
    pub fn make(&self, name: &str, kind: &str) -> String {
        let made = self.run(&["wallet", "new", "--no-passphrase", "--name", name, "--type", kind]).json();
        made["address"].as_str().unwrap().to_owned()
    }

    /// Brings in an exported key.
    pub fn import(&self, name: &str, key: &str) {
        self.run_with(&["wallet", "import", "--no-passphrase", "--name", name], key, &[]).json();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the user's folder.
    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// Runs the program with `--json`.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "", &[])
    }

    /// Runs the program as one of the wallets.
    pub fn run_as(&self, wallet: &str, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "", &[("PEGGY_FROM", wallet)])
    }

    /// Runs the program with something on stdin and in the environment.
    pub fn run_with(&self, arguments: &[&str], input: &str, environment: &[(&str, &str)]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_peggy"))
            .args(arguments)
            .arg("--json")
            .current_dir(self.folder.path())
            .env_remove("PEGGY_FROM")
            .env_remove("PEGGY_TOKEN")
            .env_remove("PEGGY_PASSPHRASE")
            .env("PEGGY_HOME", self.path("home"))
            .env("PEGGY_RPC", &self.rpc)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that fails early may not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The program's own client.
    pub fn client(&self) -> Client {
        Client::new(&self.rpc, None, Duration::from_mins(1)).unwrap()
    }

    /// The private key of a wallet.
    pub fn key(&self, name: &str) -> peggy_localnet::Key {
        let exported = self.run(&["wallet", "export", name]).json();
        peggy_localnet::Key::import(exported["key"].as_str().unwrap()).unwrap()
    }
}

/// Digits of attoFIL, as answers have them.
pub fn fil(text: &str) -> String {
    peggy::amount::atto(&peggy::amount::parse(text).unwrap())
}

/// An amount in an answer.
pub fn amount(value: &Value) -> TokenAmount {
    TokenAmount::from_atto(value.as_str().unwrap().parse::<BigInt>().unwrap())
}

/// The address of a wallet.
pub fn address(user: &User, name: &str) -> String {
    user.key(name).address().to_string()
}

/// A deployment of a user's own: an `operator` with 2000 FIL, holders and a miner's `worker` with 500 each. `change` edits the example
/// configuration.
pub fn deployed(user: User, holders: &[(&str, &str)], change: impl Fn(String) -> String) -> User {
    let mut user = user.with("operator", "secp256k1", "2000 FIL");
    for (name, kind) in holders.iter().chain(&[("worker", "bls")]) {
        user = user.with(name, kind, "500 FIL");
    }
    let path = user.write("config.toml", &change(config(&address(&user, "operator"))));
    user.run_as("operator", &["deploy", &path, "--bundle", bundle()]).json();
    user
}

/// A miner born in custody, of the operator's FIL.
pub fn born(user: &User, value: &str) -> String {
    let worker = address(user, "worker");
    let born = user.run_as("operator", &["miner", "create", "--worker", &worker, "--value", value]).json();
    born["miner"].as_str().unwrap().to_owned()
}

/// The bundle of the codes built last.
pub fn bundle() -> &'static str {
    static FOLDER: OnceLock<(TempDir, String)> = OnceLock::new();
    let (_, path) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        peggy::deploy::codes::pack(&checkout().join("out/wasm"), folder.path()).unwrap();
        let path = folder.path().join("peggy.car").display().to_string();
        (folder, path)
    });
    path
}

/// The example configuration with this operator, who also gets the fees.
pub fn config(operator: &str) -> String {
    include_str!("../../../deploy.example.toml").replace("f01001", operator)
}
