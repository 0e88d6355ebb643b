//! `deployment.json`: what was deployed where, and how far a deployment got.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use peggy_localnet::rpc::lotus::SignedMessageJson;
use peggy_runtime::Wiring;
use serde::{Deserialize, Serialize};

use crate::failure::OrFail;
use crate::{Failure, Result};

/// Version of the file's layout.
const VERSION: u32 = 1;

/// A message that did its part of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Its CID; none if the work turned out to be done already.
    pub message: Option<String>,
    /// Height at which its receipt is on chain.
    pub height: Option<ChainEpoch>,
}

/// One of the five actors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorRecord {
    /// CID of its code.
    pub code: String,
    /// ActorID, once created.
    pub id: Option<u64>,
    /// f2 address, once created.
    pub address: Option<String>,
    /// The message that installed the code.
    pub installed: Option<Done>,
    /// The message that created the actor.
    pub created: Option<Done>,
    /// The message that wired it.
    pub wired: Option<Done>,
}

/// A message that was signed and may be on its way. It is recorded before it is sent, so that nothing is done twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// The step it belongs to.
    pub step: String,
    /// Its CID.
    pub message: String,
    /// The message itself, to be sent again unchanged.
    pub signed: SignedMessageJson,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    version: u32,
    /// The network's name.
    pub network: String,
    /// CID of its first block.
    pub genesis: String,
    /// Who deployed.
    pub deployer: String,
    /// Who runs the miners.
    pub operator: String,
    /// Digest of what the constructors are given: a deployment is continued with the configuration it began with.
    pub config: String,
    /// The actors by name.
    pub actors: BTreeMap<String, ActorRecord>,
    /// A message on its way.
    pub pending: Option<Pending>,
    /// Everything is done and was checked.
    pub complete: bool,
}

impl Deployment {
    /// A deployment of which nothing is done yet.
    pub fn new(network: String, genesis: &Cid, deployer: String, operator: String, config: String) -> Self {
        Self {
            version: VERSION,
            network,
            genesis: genesis.to_string(),
            deployer,
            operator,
            config,
            actors: BTreeMap::new(),
            pending: None,
            complete: false,
        }
    }

    /// Reads the file; `None` if there is none.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read(path).or_usage(format!("cannot read {}", path.display()))?;
        let deployment: Self =
            serde_json::from_slice(&text).or_usage(format!("{} is no deployment", path.display()))?;
        if deployment.version != VERSION {
            return Err(Failure::usage(format!(
                "{} is of version {}, this program reads {VERSION}",
                path.display(),
                deployment.version
            )));
        }
        Ok(Some(deployment))
    }

    /// Writes the file aside and renames it: a crash leaves the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).or_usage("the deployment does not encode")?;
        let partial = path.with_extension("json.partial");
        let write = || {
            let mut file = fs::File::create(&partial)?;
            file.write_all(&text)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&partial, path)
        };
        write().or_usage(format!("cannot write {}", path.display()))
    }

    /// The record of an actor.
    pub fn actor(&mut self, name: &str) -> &mut ActorRecord {
        self.actors.entry(name.to_owned()).or_default()
    }

    /// ActorID of an actor.
    pub fn id(&self, name: &str) -> Result<u64> {
        let id = self.actors.get(name).and_then(|actor| actor.id);
        id.ok_or_else(|| Failure::usage(format!("the deployment has no actor called '{name}' yet")))
    }

    /// All five, once they are created.
    pub fn wiring(&self) -> Result<Wiring> {
        Ok(Wiring {
            owner_proxy: self.id("owner-proxy")?,
            pool: self.id("pool")?,
            nft_share: self.id("nft-share")?,
            liquidity: self.id("liquidity")?,
            governance: self.id("governance")?,
        })
    }
}
