//! The real program, used as a person or a script would use it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{anyhow, bail, ensure, Context as _, Result};
use serde_json::Value;

/// `peggy localnet`, for as long as this lives: dropping it ends it, and so does the end of this process, however it comes.
#[derive(Debug)]
pub struct Localnet {
    child: Child,
    /// Its JSON-RPC.
    pub url: String,
    /// The exported key of a funded account.
    pub key: String,
}

impl Localnet {
    /// Starts a network on a free port and waits until it answers.
    pub fn start(program: &Path, checkout: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args([
                "localnet",
                "--listen",
                "127.0.0.1:0",
                "--block-time",
                "instant",
                "--control",
                "--until-eof",
                "--json",
            ])
            .current_dir(checkout)
            // The network ends when this pipe is closed, which the system does for us if nobody else can.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().ok_or_else(|| anyhow!("the network has no stdout"))?;
        let mut network = Self { child, url: String::new(), key: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("the network's first line")?;
        let about: Value = serde_json::from_str(&line)
            .with_context(|| format!("the network did not start; it said '{}'", line.trim_end()))?;
        network.url = text(&about, "/rpc")?;
        network.key = text(&about, "/key")?;
        Ok(network)
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `peggy`, with a wallet and a deployment of its own.
#[derive(Debug)]
pub struct Program {
    executable: PathBuf,
    checkout: PathBuf,
    home: PathBuf,
    deployment: PathBuf,
    url: String,
}

impl Program {
    /// Keeps wallets and the deployment under `home`.
    pub fn new(program: &Path, checkout: &Path, home: &Path, url: &str) -> Self {
        Self {
            executable: program.to_path_buf(),
            checkout: checkout.to_path_buf(),
            home: home.to_path_buf(),
            deployment: home.join("deployment.json"),
            url: url.to_owned(),
        }
    }

    /// Runs a command in nobody's name.
    pub fn run(&self, arguments: &[&str]) -> Result<Value> {
        finish(self.command(&self.executable, arguments), arguments, None)
    }

    /// Runs a command as somebody.
    pub fn run_as(&self, wallet: &str, arguments: &[&str]) -> Result<Value> {
        let mut command = self.command(&self.executable, arguments);
        command.args(["--from", wallet]);
        finish(command, arguments, None).with_context(|| format!("as {wallet}"))
    }

    /// Runs a command as somebody that must be refused. Answers the actor's exit code, if one refused, and the sentence.
    pub fn refused_as(&self, wallet: &str, arguments: &[&str]) -> Result<(Option<u64>, String)> {
        let mut command = self.command(&self.executable, arguments);
        let output = command.args(["--from", wallet]).stdin(Stdio::null()).output()?;
        ensure!(!output.status.success(), "'peggy {}' must be refused, but was not", arguments.join(" "));
        let stderr = String::from_utf8_lossy(&output.stderr);
        let said: Value =
            serde_json::from_str(stderr.lines().last().unwrap_or_default()).context(stderr.to_string())?;
        Ok((said["exit_code"].as_u64(), text(&said, "/error")?))
    }

    /// Runs a command that reads something from stdin.
    pub fn run_with(&self, input: &str, arguments: &[&str]) -> Result<Value> {
        finish(self.command(&self.executable, arguments), arguments, Some(input))
    }

    /// `scripts/deploy.sh`.
    pub fn deploy(&self, wallet: &str, config: &Path) -> Result<Value> {
        let script = self.checkout.join("scripts/deploy.sh");
        let config = config.display().to_string();
        let mut command = self.command(&script, &[&config]);
        command.env("PEGGY", &self.executable).args(["--from", wallet]);
        finish(command, &["scripts/deploy.sh", &config], None)
    }

    fn command(&self, what: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(what);
        command
            .args(arguments)
            .arg("--json")
            .arg("--deployment")
            .arg(&self.deployment)
            .current_dir(&self.checkout)
            .env("PEGGY_HOME", &self.home)
            .env("PEGGY_RPC", &self.url)
            .env_remove("PEGGY_FROM")
            .env_remove("PEGGY_TOKEN");
        command
    }
}

/// Runs a command to its end and reads its answer: the last line of stdout, or the error in the last line of stderr.
fn finish(mut command: Command, arguments: &[&str], input: Option<&str>) -> Result<Value> {
    let shown = format!("peggy {}", arguments.join(" "));
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut child =
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(|| shown.clone())?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output().with_context(|| shown.clone())?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let said: Option<Value> = stderr.lines().last().and_then(|line| serde_json::from_str(line).ok());
        let said = said.and_then(|said| said["error"].as_str().map(ToOwned::to_owned));
        bail!("'{shown}' failed ({}): {}", output.status, said.unwrap_or_else(|| stderr.trim().to_owned()));
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    let last = stdout.lines().last().unwrap_or_default();
    ensure!(!last.is_empty(), "'{shown}' answered nothing");
    serde_json::from_str(last).with_context(|| format!("'{shown}' answered no JSON: {last}"))
}

/// A text in an answer.
pub fn text(answer: &Value, pointer: &str) -> Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found.map(ToOwned::to_owned).ok_or_else(|| anyhow!("there is no {pointer} in {answer}"))
}
