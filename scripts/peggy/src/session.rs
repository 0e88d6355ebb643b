//! What every command works with: a node, a wallet, a deployment, and how to talk to the user.

use std::io::IsTerminal;
use std::path::PathBuf;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_localnet::rpc::text::parse_address;
use peggy_localnet::{Key, KeyKind};
use peggy_runtime::Method;

use crate::deployment::Deployment;
use crate::failure::OrFail;
use crate::output::Progress;
use crate::rpc::{Client, Executed};
use crate::send::{decode, send, Draft};
use crate::wallet::{home, Wallet};
use crate::{Failure, Result};

/// Names the passphrase for programs that can't be asked.
pub const PASSPHRASE_VARIABLE: &str = "PEGGY_PASSPHRASE";

/// The circumstances of one command.
#[derive(Clone, Debug)]
pub struct Session {
    /// The node.
    pub client: Client,
    /// Name or address of the wallet that acts.
    pub from: Option<String>,
    /// Where the deployment is recorded.
    pub deployment_path: PathBuf,
    /// JSON on stdout and nothing else.
    pub json: bool,
}

impl Session {
    /// The user's keys.
    pub fn wallet(&self) -> Result<Wallet> {
        Wallet::open(&home()?)
    }

    /// The key that acts. Asks for the passphrase if it is encrypted.
    pub fn key(&self) -> Result<Key> {
        let wallet = self.wallet()?;
        wallet.unlock(wallet.find(self.from.as_deref())?, || passphrase("Passphrase"))
    }

    /// The address that acts, without its key.
    pub fn address(&self) -> Result<Address> {
        let wallet = self.wallet()?;
        let entry = wallet.find(self.from.as_deref())?;
        parse_address(&entry.address).or_usage(format!("the address of '{}' is damaged", entry.name))
    }

    /// The deployment, which must be complete.
    pub fn deployment(&self) -> Result<Deployment> {
        let deployment = Deployment::load(&self.deployment_path)?.ok_or_else(|| {
            Failure::usage(format!("there is no deployment at {}", self.deployment_path.display()))
                .next("name its file with --deployment, or make one with 'peggy deploy CONFIG.toml'")
        })?;
        if !deployment.complete {
            return Err(Failure::usage(format!(
                "the deployment in {} is not finished",
                self.deployment_path.display()
            ))
            .next("run 'peggy deploy' again: it continues where it stopped"));
        }
        Ok(deployment)
    }

    /// The actor of the deployment called so.
    pub fn actor(&self, name: &str) -> Result<u64> {
        self.deployment()?.id(name)
    }

    /// A spinner, on terminals.
    pub fn progress(&self, what: &str) -> Progress {
        Progress::start(what, self.json)
    }

    /// Sends a message of the wallet and waits for it.
    pub fn send(&self, key: &Key, draft: &Draft) -> Result<Executed> {
        send(&self.client, key, draft, &self.progress(&draft.what))
    }

    /// Calls a method of an actor and decodes what it returned. Ethereum-style wallets can't: they reach the pool by `InvokeEVM` only.
    pub fn invoke<M: Method>(&self, to: u64, params: &M::Params, value: TokenAmount) -> Result<(Executed, M::Return)> {
        let key = self.key()?;
        not_evm(&key, &format!("call {}", M::NAME))?;
        let executed = self.send(&key, &Draft::of::<M>(to, params, value)?)?;
        let answer = decode::<M>(&executed.receipt.return_data)?;
        Ok((executed, answer))
    }
}

/// Ethereum-style wallets reach the pool by `InvokeEVM` only.
pub fn is_evm(key: &Key) -> bool {
    key.kind() == KeyKind::Delegated
}

/// Refuses what an Ethereum-style wallet has no way to say.
pub fn not_evm(key: &Key, what: &str) -> Result<()> {
    if is_evm(key) {
        return Err(Failure::usage(format!("an Ethereum-style (f410) wallet can't {what}"))
            .next("use an f1 or f3 wallet with --from"));
    }
    Ok(())
}

/// The passphrase of a key: from the environment, or asked for on a terminal.
pub fn passphrase(prompt: &str) -> Result<String> {
    if let Ok(passphrase) = std::env::var(PASSPHRASE_VARIABLE) {
        return Ok(passphrase);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("this key needs a passphrase, and there is no terminal to ask for it")
            .next(format!("set {PASSPHRASE_VARIABLE}; or keep keys of local networks with --no-passphrase")));
    }
    rpassword::prompt_password(format!("{prompt}: ")).or_usage("the passphrase could not be read")
}

/// A new passphrase, asked for twice.
pub fn new_passphrase() -> Result<String> {
    let first = passphrase("New passphrase")?;
    if std::env::var_os(PASSPHRASE_VARIABLE).is_none() && passphrase("Again")? != first {
        return Err(Failure::usage("the two passphrases differ").next("try again"));
    }
    if first.is_empty() {
        return Err(Failure::usage("an empty passphrase protects nothing")
            .next("choose one, or say --no-passphrase for a key of a local network"));
    }
    Ok(first)
}
