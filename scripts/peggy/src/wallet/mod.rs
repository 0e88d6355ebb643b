//! Keys of this computer's user, encrypted at rest.

mod seal;

use std::fs;
use std::path::{Path, PathBuf};

use fvm_shared::address::Address;
use peggy_localnet::rpc::text::parse_address;
use peggy_localnet::{Key, KeyKind};
use serde::{Deserialize, Serialize};

use crate::failure::OrFail;
use crate::{Failure, Result};

pub use seal::Sealed;

/// Version of the file's layout.
const VERSION: u32 = 1;

/// One key of the wallet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What its owner calls it.
    pub name: String,
    /// f1, f3 or f410.
    pub address: String,
    /// `secp256k1`, `bls` or `delegated`.
    pub kind: String,
    /// The exported key, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
    /// The exported key as it is: for keys of local networks only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plain: Option<String>,
}

impl Entry {
    /// Whether the key is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.sealed.is_some()
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    keys: Vec<Entry>,
}

/// All keys, in one file.
#[derive(Debug)]
pub struct Wallet {
    path: PathBuf,
    keys: Vec<Entry>,
}

/// `$PEGGY_HOME`, or where this system keeps programs' data.
pub fn home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("PEGGY_HOME") {
        return Ok(home.into());
    }
    let folders = directories::ProjectDirs::from("", "", "peggy");
    let folders = folders.ok_or_else(|| Failure::usage("this system names no home folder").next("set PEGGY_HOME"))?;
    Ok(folders.data_dir().to_path_buf())
}

/// The name of a kind as wallets export it.
pub fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Secp256k1 => "secp256k1",
        KeyKind::Bls => "bls",
        KeyKind::Delegated => "delegated",
    }
}

impl Wallet {
    /// The wallet in `folder`; empty if there is none yet.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("wallet.json");
        if !path.exists() {
            return Ok(Self { path, keys: Vec::new() });
        }
        let text = fs::read(&path).or_usage(format!("cannot read the wallet {}", path.display()))?;
        let file: File = serde_json::from_slice(&text).or_usage(format!("{} is no wallet", path.display()))?;
        if file.version != VERSION {
            return Err(Failure::usage(format!(
                "{} is of version {}, this program reads {VERSION}",
                path.display(),
                file.version
            )));
        }
        Ok(Self { path, keys: file.keys })
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> &[Entry] {
        &self.keys
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a key and saves the wallet. Without a passphrase the key is kept as it is.
    pub fn add(&mut self, name: Option<&str>, key: &Key, passphrase: Option<&str>) -> Result<&Entry> {
        let address = key.address().to_string();
        if let Some(entry) = self.keys.iter().find(|entry| entry.address == address) {
            return Err(Failure::usage(format!("{address} is in the wallet already, as '{}'", entry.name)));
        }
        let name = name.map_or_else(|| self.free_name(), str::to_owned);
        if name.is_empty() || self.keys.iter().any(|entry| entry.name == name) {
            return Err(Failure::usage(format!("there is a key called '{name}' already")).next("choose another --name"));
        }
        if parse_address(&name).is_ok() {
            return Err(Failure::usage(format!("'{name}' is an address, not a name")).next("choose another --name"));
        }
        let exported = key.export();
        let (sealed, plain) = match passphrase {
            Some(passphrase) => (Some(seal::seal(exported.as_bytes(), passphrase)?), None),
            None => (None, Some(exported)),
        };
        self.keys.push(Entry { name, address, kind: kind_name(key.kind()).to_owned(), sealed, plain });
        self.save()?;
        self.keys.last().ok_or_else(|| Failure::usage("the wallet is empty"))
    }

    /// The key called so or with this address; the only one if none is named.
    pub fn find(&self, wanted: Option<&str>) -> Result<&Entry> {
        let Some(wanted) = wanted else {
            return match self.keys.as_slice() {
                [only] => Ok(only),
                [] => Err(Failure::usage("there is no wallet yet")
                    .next("make one with 'peggy wallet new', or bring a key with 'peggy wallet import'")),
                _ => Err(Failure::usage(format!("which wallet? There are {}", self.names()))
                    .next("name one with --from, or PEGGY_FROM")),
            };
        };
        let address = parse_address(wanted).map(|address| address.to_string());
        let is = |entry: &&Entry| entry.name == wanted || address.as_ref() == Ok(&entry.address);
        self.keys.iter().find(is).ok_or_else(|| {
            let there = if self.keys.is_empty() {
                "the wallet is empty".to_owned()
            } else {
                format!("there are {}", self.names())
            };
            Failure::usage(format!("there is no key '{wanted}': {there}")).next("see 'peggy wallet list'")
        })
    }

    /// The private key. The passphrase is asked for only if it is needed.
    pub fn unlock(&self, entry: &Entry, passphrase: impl FnOnce() -> Result<String>) -> Result<Key> {
        let exported = match (&entry.plain, &entry.sealed) {
            (Some(plain), _) => plain.clone().into_bytes(),
            (None, Some(sealed)) => sealed.open(&passphrase()?)?,
            (None, None) => return Err(Failure::usage(format!("the wallet holds no key for '{}'", entry.name))),
        };
        let text = String::from_utf8(exported).or_usage("the wallet's key is damaged")?;
        let key = Key::import(&text).or_usage("the wallet's key is damaged")?;
        // Encryption binds no name to a key: a file in which two were exchanged would sign for the wrong account.
        if key.address().to_string() != entry.address {
            return Err(Failure::usage(format!("the key of '{}' does not belong to {}", entry.name, entry.address)));
        }
        Ok(key)
    }

    fn names(&self) -> String {
        self.keys.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn free_name(&self) -> String {
        let taken = |name: &String| self.keys.iter().any(|entry| entry.name == *name);
        let names = (1..=self.keys.len() + 1).map(|n| if n == 1 { "main".to_owned() } else { format!("wallet-{n}") });
        // One more name than there are keys: one is free.
        names.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }

    /// Written aside and renamed, readable by the user only: a crash never leaves half a wallet.
    fn save(&self) -> Result<()> {
        let file = File { version: VERSION, keys: self.keys.clone() };
        let text = serde_json::to_vec_pretty(&file).or_usage("the wallet does not encode")?;
        let partial = self.path.with_extension("json.partial");
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).or_usage(format!("cannot create {}", folder.display()))?;
        }
        write_private(&partial, &text).or_usage(format!("cannot write {}", partial.display()))?;
        fs::rename(&partial, &self.path).or_usage(format!("cannot write {}", self.path.display()))
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads an address of either prefix, for the command line.
pub fn address_arg(text: &str) -> Result<Address, String> {
    parse_address(text)
        .map_err(|e| format!("'{text}' is no Filecoin address (f0..., f1..., f2..., f3..., f410...): {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: KeyKind) -> Key {
        Key::from_seed(kind, b"test").unwrap()
    }

    #[test]
    fn keys_survive_a_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let mut wallet = Wallet::open(folder.path()).unwrap();
        for (kind, passphrase) in
            [(KeyKind::Secp256k1, Some("secret")), (KeyKind::Bls, None), (KeyKind::Delegated, Some("other"))]
        {
            wallet.add(None, &key(kind), passphrase).unwrap();
        }
        let wallet = Wallet::open(folder.path()).unwrap();
        let names: Vec<_> = wallet.keys().iter().map(|k| k.name.as_str()).collect();
        assert_eq!(names, ["main", "wallet-2", "wallet-3"]);

        let main = wallet.find(Some("main")).unwrap();
        assert!(main.is_encrypted());
        let unlocked = wallet.unlock(main, || Ok("secret".to_owned())).unwrap();
        assert_eq!(unlocked.secret(), key(KeyKind::Secp256k1).secret());
        let wrong = wallet.unlock(main, || Ok("Secret".to_owned())).unwrap_err();
        assert!(wrong.message.contains("passphrase"), "{wrong}");

        let plain = wallet.find(Some("wallet-2")).unwrap();
        let unlocked = wallet.unlock(plain, || panic!("no passphrase is needed")).unwrap();
        assert_eq!(unlocked.address(), key(KeyKind::Bls).address());
        let text = fs::read_to_string(wallet.path()).unwrap();
        assert!(!text.contains(&key(KeyKind::Secp256k1).export()), "the encrypted key is readable");
    }

    #[test]
    fn exchanged_keys_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut wallet = Wallet::open(folder.path()).unwrap();
        wallet.add(Some("a"), &key(KeyKind::Secp256k1), Some("x")).unwrap();
        let other = Key::from_seed(KeyKind::Secp256k1, b"other").unwrap();
        wallet.add(Some("b"), &other, Some("x")).unwrap();
        let mut keys = wallet.keys.clone();
        keys[0].sealed = wallet.keys[1].sealed.clone();
        wallet.keys = keys;
        let error = wallet.unlock(wallet.find(Some("a")).unwrap(), || Ok("x".to_owned())).unwrap_err();
        assert!(error.message.contains("does not belong"), "{error}");
    }

    #[test]
    fn names_are_unique_and_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut wallet = Wallet::open(folder.path()).unwrap();
        assert!(wallet.find(None).unwrap_err().next.unwrap().contains("wallet new"));
        wallet.add(Some("a"), &key(KeyKind::Secp256k1), None).unwrap();
        assert_eq!(wallet.find(None).unwrap().name, "a");
        assert!(wallet.add(Some("a"), &key(KeyKind::Bls), None).is_err());
        assert!(wallet.add(Some("b"), &key(KeyKind::Secp256k1), None).is_err());
        assert!(wallet.add(Some("f01"), &key(KeyKind::Bls), None).is_err());
        wallet.add(Some("b"), &key(KeyKind::Bls), None).unwrap();
        assert!(wallet.find(None).unwrap_err().message.contains("which wallet"));
        let address = key(KeyKind::Bls).address().to_string();
        assert_eq!(wallet.find(Some(&address)).unwrap().name, "b");
        assert_eq!(wallet.find(Some(&address.replacen('f', "t", 1))).unwrap().name, "b");
    }
}
