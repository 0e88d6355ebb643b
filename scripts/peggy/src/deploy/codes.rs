//! The codes of the five actors: `peggy.car`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cid::Cid;
use peggy_localnet::bundle::find_out_dir;
use peggy_localnet::Bundle;
use serde_json::{json, Value};

use super::ACTORS;
use crate::failure::OrFail;
use crate::{Failure, Result};

/// Version of the manifest in a bundle's root block.
const MANIFEST_VERSION: u32 = 1;

/// The codes by actor.
#[derive(Clone, Debug)]
pub struct Codes(BTreeMap<String, (Cid, Vec<u8>)>);

impl Codes {
    /// Reads a bundle and checks that it has all five.
    pub fn load(path: &Path) -> Result<Self> {
        let bundle = Bundle::load(path).or_usage(format!("cannot use the bundle {}", path.display()));
        let bundle = bundle.map_err(|f| f.next("build it with 'make bundle', or name one with --bundle"))?;
        let codes: BTreeMap<_, _> =
            bundle.actors().iter().map(|actor| (actor.name.clone(), (actor.code, actor.wasm.clone()))).collect();
        if let Some(missing) = ACTORS.iter().find(|name| !codes.contains_key(**name)) {
            return Err(Failure::usage(format!("{} has no code for '{missing}'", path.display()))
                .next("build it anew with 'make bundle'"));
        }
        Ok(Self(codes))
    }

    /// The CID of an actor's code.
    pub fn cid(&self, name: &str) -> Result<Cid> {
        self.entry(name).map(|(cid, _)| *cid)
    }

    /// An actor's code.
    pub fn wasm(&self, name: &str) -> Result<&[u8]> {
        self.entry(name).map(|(_, wasm)| wasm.as_slice())
    }

    fn entry(&self, name: &str) -> Result<&(Cid, Vec<u8>)> {
        self.0.get(name).ok_or_else(|| Failure::usage(format!("the bundle has no code for '{name}'")))
    }
}

/// `out/bundle/peggy.car` of the checkout the current folder lies in, unless another is named.
pub fn bundle_path(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = named {
        return Ok(path.to_path_buf());
    }
    let out = find_out_dir().or_usage("the current folder can't be read")?;
    out.map(|out| out.join("bundle").join("peggy.car")).ok_or_else(|| {
        Failure::usage("there is no 'out' folder here or above, so no bundle")
            .next("run this in the checkout after 'make bundle', or name a bundle with --bundle")
    })
}

/// Packs `<wasm>/peggy_*.wasm` as `<out>/peggy.car` and lists it in `<out>/manifest.json`; answers the list. The local network's own
/// actors go to `<out>/localnet.car` if they are built. The same codes give the same bytes.
pub fn pack(wasm: &Path, out: &Path) -> Result<Value> {
    let mut codes = Vec::with_capacity(ACTORS.len());
    for name in ACTORS {
        let file = wasm.join(format!("peggy_{}.wasm", name.replace('-', "_")));
        let code = fs::read(&file).or_usage(format!("cannot read {}", file.display()));
        codes.push((name.to_owned(), code.map_err(|f| f.next("build the codes with 'make wasm'"))?));
    }
    let bundle =
        Bundle::pack(MANIFEST_VERSION, codes, out.join("peggy.car")).or_usage("the bundle can't be written")?;
    let list: Vec<_> = bundle
        .actors()
        .iter()
        .map(|actor| json!({ "name": actor.name, "code": actor.code.to_string(), "bytes": actor.wasm.len() }))
        .collect();
    let manifest = serde_json::to_string_pretty(&list).or_usage("the manifest does not encode")?;
    let path = out.join("manifest.json");
    fs::write(&path, manifest + "\n").or_usage(format!("cannot write {}", path.display()))?;
    if wasm.join("localnet_init.wasm").is_file() {
        let own = Bundle::from_wasm_dir(wasm).or_usage("the local network's actors")?;
        let codes = own.actors().iter().map(|actor| (actor.name.clone(), actor.wasm.clone()));
        Bundle::pack(MANIFEST_VERSION, codes, out.join("localnet.car")).or_usage("the bundle can't be written")?;
    }
    Ok(Value::Array(list))
}
