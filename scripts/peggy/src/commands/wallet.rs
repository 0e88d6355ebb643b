//! `peggy wallet ...`.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use peggy_localnet::rpc::text::parse_address;
use peggy_localnet::{Key, KeyKind};
use serde_json::{json, Value};

use crate::failure::OrFail;
use crate::output::{grid, Report};
use crate::session::{new_passphrase, passphrase, Session};
use crate::wallet::kind_name;
use crate::{amount, eth, Failure, Result};

/// Keys are kept under PEGGY_HOME (or the system's place for programs' data), encrypted by a passphrase.
#[derive(Debug, Subcommand)]
pub enum Wallet {
    /// Make a new key.
    New(New),
    /// List the keys, and what they hold if a node answers.
    List,
    /// Bring in a key in the form other wallets export (hex of JSON), from a file or from stdin.
    Import(Import),
    /// Print a private key. Whoever sees it owns the account.
    Export(Export),
}

/// What kind of account a key makes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Type {
    /// f1, the usual one.
    Secp256k1,
    /// f3, needed for workers of miners.
    Bls,
    /// f410, as Ethereum wallets have it.
    Delegated,
}

/// Options of `wallet new`.
#[derive(Debug, Args)]
pub struct New {
    /// Kind of account.
    #[arg(long = "type", value_enum, default_value = "secp256k1")]
    kind: Type,
    #[command(flatten)]
    keep: Keep,
}

/// Options of `wallet import`.
#[derive(Debug, Args)]
pub struct Import {
    /// File that holds the exported key; stdin if none is named.
    file: Option<PathBuf>,
    #[command(flatten)]
    keep: Keep,
}

/// How a key is kept.
#[derive(Debug, Args)]
struct Keep {
    /// What to call it.
    #[arg(long)]
    name: Option<String>,
    /// Keep it unencrypted. For keys of local networks only.
    #[arg(long)]
    no_passphrase: bool,
}

/// Options of `wallet export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Name or address; the only one if there is one.
    wallet: Option<String>,
}

/// Does it.
pub fn run(session: &Session, command: Wallet) -> Result<Report> {
    match command {
        Wallet::New(new) => {
            let kind = match new.kind {
                Type::Secp256k1 => KeyKind::Secp256k1,
                Type::Bls => KeyKind::Bls,
                Type::Delegated => KeyKind::Delegated,
            };
            let key = Key::generate(kind, &mut rand::rngs::OsRng).or_usage("no key could be made")?;
            keep(session, &key, &new.keep)
        }
        Wallet::Import(import) => keep(session, &read_key(&import)?, &import.keep),
        Wallet::List => list(session),
        Wallet::Export(export) => {
            let wallet = session.wallet()?;
            let entry = wallet.find(export.wallet.as_deref().or(session.from.as_deref()))?;
            let exported = wallet.unlock(entry, || passphrase("Passphrase"))?.export();
            Ok(Report::new(json!({ "address": entry.address, "key": exported }), exported.clone()))
        }
    }
}

fn read_key(import: &Import) -> Result<Key> {
    let text = if let Some(path) = &import.file {
        std::fs::read_to_string(path).or_usage(format!("cannot read {}", path.display()))?
    } else {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).or_usage("cannot read the key from stdin")?;
        text
    };
    Key::import(&text).map_err(|e| {
        Failure::usage(format!("{e:#}"))
            .next("give what 'peggy wallet export', 'lotus wallet export' or 'forest-wallet export' print")
    })
}

fn keep(session: &Session, key: &Key, keep: &Keep) -> Result<Report> {
    let passphrase = if keep.no_passphrase { None } else { Some(new_passphrase()?) };
    let mut wallet = session.wallet()?;
    let entry = wallet.add(keep.name.as_deref(), key, passphrase.as_deref())?.clone();
    let json = json!({ "name": entry.name, "address": entry.address, "type": entry.kind, "encrypted": entry.is_encrypted(), "eth": eth_text(key) });
    let mut text = format!("{}  {}", entry.name, entry.address);
    if let Some(eth) = eth_text(key) {
        text.push_str("  ");
        text.push_str(&eth);
    }
    if !entry.is_encrypted() {
        text += "\nkept without a passphrase: use it on local networks only";
    }
    Ok(Report::new(json, text))
}

/// How Ethereum wallets show the address.
fn eth_text(key: &Key) -> Option<String> {
    if key.kind() != KeyKind::Delegated {
        return None;
    }
    eth::eth_address(&key.address()).ok().map(|bytes| format!("0x{}", hex::encode(bytes)))
}

fn list(session: &Session) -> Result<Report> {
    let wallet = session.wallet()?;
    let mut rows = Vec::new();
    let mut json = Vec::new();
    // Asked once: without a node the list is still of use.
    let node = session.client.version().is_ok();
    for entry in wallet.keys() {
        let address = parse_address(&entry.address).or_usage("the wallet is damaged")?;
        let balance = if node { session.client.balance(&address).ok() } else { None };
        let protected = if entry.is_encrypted() { "passphrase" } else { "none" };
        rows.push(vec![
            entry.name.clone(),
            entry.kind.clone(),
            protected.to_owned(),
            balance.as_ref().map_or_else(|| "?".to_owned(), amount::fil),
            entry.address.clone(),
        ]);
        json.push(json!({
            "name": entry.name, "address": entry.address, "type": entry.kind, "encrypted": entry.is_encrypted(),
            "balance": balance.as_ref().map(amount::atto),
        }));
    }
    let mut text = if rows.is_empty() {
        "no keys yet: make one with 'peggy wallet new'".to_owned()
    } else {
        grid(&["name", "type", "protection", "balance", "address"], &[3], rows)
    };
    if !node && !wallet.keys().is_empty() {
        text.push_str("\nno node answers at ");
        text.push_str(session.client.url());
        text.push_str(": balances are not known");
    }
    Ok(Report::new(Value::Array(json), text))
}

/// The name of a kind, for tests of other commands.
pub fn type_name(kind: KeyKind) -> &'static str {
    kind_name(kind)
}
