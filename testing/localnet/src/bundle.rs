//! Actor bundles: CAR files in the format of builtin-actors.
//!
//! The root block is `[1, manifest_data]`, `manifest_data` is `[[name, code], ...]`, and a code CID is the blake2b-256 of the
//! wasm as a raw block (codec 0x55). The order of the list is the order of the manifest and gives each actor its type number.

use std::fs;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, ensure, Context};
use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_car::{load_car, Block, CarHeader, CarWriter};
use fvm_ipld_encoding::{to_vec, IPLD_RAW};
use multihash_codetable::{Code, MultihashDigest};

use crate::store::{dag_cbor_cid, Store};

/// The manifest of the network: official names in the official order, because an actor's type number is its position (from 1),
/// and the crates our stand-ins are built from. A name without crate keeps its number with a module that can't be called.
const STAND_INS: &[(&str, Option<&str>)] = &[
    ("system", Some("localnet_system")),
    ("init", Some("localnet_init")),
    ("cron", Some("localnet_cron")),
    ("account", Some("localnet_account")),
    ("storagepower", Some("localnet_power")),
    ("storageminer", Some("localnet_miner")),
    ("storagemarket", None),
    ("paymentchannel", None),
    ("multisig", None),
    ("reward", Some("localnet_reward")),
    ("verifiedregistry", None),
    ("datacap", None),
    ("placeholder", Some("localnet_placeholder")),
    ("evm", None),
    ("eam", Some("localnet_eam")),
    ("ethaccount", Some("localnet_ethaccount")),
];

/// The only version of manifests there is.
const MANIFEST_VERSION: u32 = 1;

/// File name of the bundle `make bundle` (or `make wasm`) leaves in the bundle folder.
const BUNDLE_FILE: &str = "localnet.car";

/// The manifests of the builtin-actors v18.0.0 release, one for each network it was built for, as Lotus lists them in
/// `build/builtin_actors_gen.go`.
const OFFICIAL_V18: &[(&str, &str)] = &[
    ("butterflynet", "bafy2bzacedg3y3ylp3w4bqmfgyiasrikg3bgfibblc7o4gri3b7j7ftgjhyuu"),
    ("calibrationnet", "bafy2bzacebkfatnbe6w4rj7lf6gkjh7mywlrpdh2dj6hu2dl4rmtwksszm2hs"),
    ("caterpillarnet", "bafy2bzacebmy7xg5qcvxnlnu7vg32hdmgdn4jqljwnazdeetitesbovnlnctw"),
    ("devnet", "bafy2bzaced35gjxagazf2fne5dakbok5abmivsh7cq7huwfuptebgwjmcpcf6"),
    ("mainnet", "bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc"),
    ("testing", "bafy2bzacece6i7k26rjexzyedrr5qcag7xdntw72tdsealzy6qqdrankk4a7g"),
    ("testing-fake-proofs", "bafy2bzacebhqxufvuk42n44l2h3ilek5jrp7lgdyapnyu76j5ocgi5koxkh7u"),
];

/// The CID an actor's code has on chain: raw codec, blake2b-256.
pub fn code_cid(wasm: &[u8]) -> Cid {
    Cid::new_v1(IPLD_RAW, Code::Blake2b256.digest(wasm))
}

/// One actor's code under its manifest name.
#[derive(Clone, Debug)]
pub struct BundledActor {
    /// Name in the manifest, for instance `storageminer`.
    pub name: String,
    /// CID of the code.
    pub code: Cid,
    /// The code itself.
    pub wasm: Vec<u8>,
}

/// Where the codes of an official bundle come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Official {
    /// CID of the bundle's manifest as it was in the file, before any code was replaced.
    pub manifest: Cid,
    /// The network the v18.0.0 release built it for, as `mainnet`; `None` if the manifest is none of that release's.
    pub release: Option<&'static str>,
}

/// The codes of the network's own actors, in manifest order.
#[derive(Clone, Debug)]
pub struct Bundle {
    actors: Vec<BundledActor>,
    official: Option<Official>,
}

impl Bundle {
    /// A bundle of `(name, wasm)`, in the order given. Names must be distinct.
    pub fn from_codes(codes: impl IntoIterator<Item = (String, Vec<u8>)>) -> anyhow::Result<Self> {
        let mut actors: Vec<BundledActor> = Vec::new();
        for (name, wasm) in codes {
            ensure!(actors.iter().all(|a| a.name != name), "actor '{name}' is in the bundle twice");
            actors.push(BundledActor { code: code_cid(&wasm), name, wasm });
        }
        Ok(Self { actors, official: None })
    }

    /// Reads a bundle from a CAR file, checking every block against its CID.
    pub fn load(path: impl AsRef<Path>) -> anyhow::Result<Self> {
        let path = path.as_ref();
        let file = fs::File::open(path)
            .with_context(|| format!("no actor bundle at {}: run 'make wasm' to build it", path.display()))?;
        Self::read(BufReader::new(file)).with_context(|| format!("{} is not an actor bundle", path.display()))
    }

    /// An official builtin-actors v18 bundle, with the one replacement Peggy needs: its `init` gives way to ours, which lets users
    /// install and create native actors. The other 15 codes are the bundle's own, byte for byte.
    ///
    /// A bundle does not say which version it is. One that is not of the v18.0.0 release is taken if it has v18's actors;
    /// genesis then asks its miner for a method that is new in v18.
    pub fn official(path: impl AsRef<Path>) -> anyhow::Result<Self> {
        let path = path.as_ref();
        let file = fs::File::open(path).with_context(|| format!("no actor bundle at {}", path.display()))?;
        let read = Self::read(BufReader::new(file));
        let mut bundle = read.with_context(|| format!("{} is not an actor bundle", path.display()))?;
        let names: Vec<&str> = bundle.actors.iter().map(|a| a.name.as_str()).collect();
        let wanted: Vec<&str> = STAND_INS.iter().map(|(name, _)| *name).collect();
        ensure!(
            names == wanted,
            "{} is not a builtin-actors v18 bundle: it has the actors {}, v18 has {}",
            path.display(),
            names.join(", "),
            wanted.join(", "),
        );
        for actor in &bundle.actors {
            ensure!(
                bundle.is_callable(&actor.name),
                "{} is not an official bundle: its {} has no code",
                path.display(),
                actor.name
            );
        }
        let manifest = bundle.manifest_cid()?;
        let text = manifest.to_string();
        let release = OFFICIAL_V18.iter().find(|(_, cid)| *cid == text).map(|(network, _)| *network);
        let ours = Self::find().context("the init actor of this checkout")?;
        let init = ours.actors.into_iter().find(|a| a.name == "init").context("the checkout has no init actor")?;
        bundle = bundle.with_actor("init", init.wasm);
        bundle.official = Some(Official { manifest, release });
        Ok(bundle)
    }

    /// Reads a bundle from the bytes of a CAR file.
    pub fn read(reader: impl std::io::Read) -> anyhow::Result<Self> {
        let store = Store::in_memory();
        let roots = load_car(&store, reader)?;
        ensure!(roots.len() == 1, "expected one root, found {}", roots.len());
        let (version, data): (u32, Cid) = store.load(&roots[0]).context("root block")?;
        ensure!(version == MANIFEST_VERSION, "manifest version {version} is not supported, only 1 is");
        let entries: Vec<(String, Cid)> = store.load(&data).context("manifest")?;
        let mut actors = Vec::with_capacity(entries.len());
        for (name, code) in entries {
            let wasm = store.get(&code)?.ok_or_else(|| anyhow!("the code of '{name}' ({code}) is missing"))?;
            ensure!(code == code_cid(&wasm), "the code of '{name}' is not under a raw blake2b-256 CID");
            actors.push(BundledActor { name, code, wasm });
        }
        Ok(Self { actors, official: None })
    }

    /// Writes `(name, wasm)` as a CAR file and returns the bundle. The same input gives the same bytes.
    pub fn pack(
        version: u32,
        codes: impl IntoIterator<Item = (String, Vec<u8>)>,
        path: impl AsRef<Path>,
    ) -> anyhow::Result<Self> {
        let bundle = Self::from_codes(codes)?;
        let path = path.as_ref();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        // Written aside and renamed, so that nobody ever reads half a bundle.
        let partial = path.with_extension("car.partial");
        let file = fs::File::create(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
        bundle.write(version, BufWriter::new(file))?;
        fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(bundle)
    }

    /// Writes the CAR: root, manifest, then the codes in manifest order.
    pub fn write(&self, version: u32, mut writer: impl Write) -> anyhow::Result<()> {
        let manifest = to_vec(&self.manifest())?;
        let root = to_vec(&(version, dag_cbor_cid(&manifest)))?;
        let root_cid = dag_cbor_cid(&root);
        let mut car = CarWriter::new(CarHeader::new(vec![root_cid], 1), &mut writer)?;
        car.write(Block { cid: root_cid, data: root })?;
        car.write(Block { cid: dag_cbor_cid(&manifest), data: manifest })?;
        let mut written = Vec::new();
        for actor in &self.actors {
            // Two names may share one code; the block is written once.
            if !written.contains(&actor.code) {
                car.write(Block { cid: actor.code, data: actor.wasm.clone() })?;
                written.push(actor.code);
            }
        }
        car.flush()?;
        Ok(())
    }

    /// The stand-ins straight from a folder of `<crate>.wasm` files (`out/wasm`).
    pub fn from_wasm_dir(folder: impl AsRef<Path>) -> anyhow::Result<Self> {
        let folder = folder.as_ref();
        let mut codes = Vec::with_capacity(STAND_INS.len());
        for (name, krate) in STAND_INS {
            let Some(krate) = krate else {
                codes.push(((*name).to_owned(), absent_module(name)));
                continue;
            };
            let file = folder.join(format!("{krate}.wasm"));
            let wasm = fs::read(&file)
                .with_context(|| format!("cannot read {}: run 'make wasm' to build it", file.display()))?;
            codes.push(((*name).to_owned(), wasm));
        }
        Self::from_codes(codes)
    }

    /// The bundle of this checkout: `localnet.car` in `$PEGGY_BUNDLE_DIR` or in `out/bundle`, else the files in `out/wasm`.
    ///
    /// `out` is looked for in the current folder and its parents, so tests of any crate find it.
    pub fn find() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("PEGGY_BUNDLE_DIR") {
            return Self::load(Path::new(&folder).join(BUNDLE_FILE));
        }
        let Some(out) = find_out_dir()? else {
            bail!("no actor code found: there is no 'out' folder here or above; run 'make wasm' in the checkout")
        };
        let wasm = out.join("wasm");
        let car = out.join("bundle").join(BUNDLE_FILE);
        if wasm.join("localnet_init.wasm").is_file() && is_newer(&wasm.join("localnet_init.wasm"), &car) {
            return Self::from_wasm_dir(wasm);
        }
        Self::load(car)
    }

    /// Where the codes come from, if they are the official ones ([`Self::official`]).
    pub fn as_official(&self) -> Option<Official> {
        self.official
    }

    /// CID of the manifest, the root of the bundle's CAR file.
    pub fn manifest_cid(&self) -> anyhow::Result<Cid> {
        let manifest = to_vec(&self.manifest())?;
        Ok(dag_cbor_cid(&to_vec(&(MANIFEST_VERSION, dag_cbor_cid(&manifest)))?))
    }

    /// The actors in manifest order.
    pub fn actors(&self) -> &[BundledActor] {
        &self.actors
    }

    /// The code of the actor called `name`, if the bundle has it.
    pub fn code(&self, name: &str) -> Option<Cid> {
        self.actors.iter().find(|a| a.name == name).map(|a| a.code)
    }

    /// Whether the bundle has code behind `name` that can be called, not only a number reserved for it.
    pub fn is_callable(&self, name: &str) -> bool {
        self.actors.iter().any(|a| a.name == name && a.wasm != absent_module(name))
    }

    /// The same bundle with the code of `name` replaced, or added at the end.
    pub fn with_actor(mut self, name: &str, wasm: Vec<u8>) -> Self {
        let actor = BundledActor { name: name.to_owned(), code: code_cid(&wasm), wasm };
        match self.actors.iter_mut().find(|a| a.name == name) {
            Some(slot) => *slot = actor,
            None => self.actors.push(actor),
        }
        self
    }

    /// Stores codes and manifest, returning the CID of the manifest's data (what the system actor's state holds).
    pub fn install(&self, store: &Store) -> anyhow::Result<Cid> {
        for actor in &self.actors {
            store.put_keyed(&actor.code, &actor.wasm)?;
        }
        store.put_value(&self.manifest())
    }

    fn manifest(&self) -> Vec<(&str, Cid)> {
        self.actors.iter().map(|a| (a.name.as_str(), a.code)).collect()
    }
}

/// `out` of the checkout the current folder lies in.
pub fn find_out_dir() -> anyhow::Result<Option<PathBuf>> {
    let here = std::env::current_dir().context("no current folder")?;
    Ok(here.ancestors().map(|folder| folder.join("out")).find(|out| out.is_dir()))
}

/// Whether `a` was modified after `b`; a missing `b` counts as older.
fn is_newer(a: &Path, b: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).ok();
    match (time(a), time(b)) {
        (Some(a), Some(b)) => a > b,
        (Some(_), None) => true,
        _ => false,
    }
}

/// A valid wasm module without any export, made distinct by a custom section that holds `name` (codes must differ, or two names
/// would share one type number). It has one empty function, because the VM's gas metering wants a function section.
fn absent_module(name: &str) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    // One type `() -> ()`, one function of it, its empty body.
    wasm.extend([1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b]);
    // Custom section: id 0, size, length of the section's name, name. Names are far below 128 bytes, so one byte holds each size.
    wasm.extend([0, name.len() as u8 + 1, name.len() as u8]);
    wasm.extend(name.as_bytes());
    wasm
}
