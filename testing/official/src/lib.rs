//! A network on the official actors: builtin-actors v18 as released, read from a CAR file that is not part of this repository.
//!
//! Tests name the file with the environment variable `BUILTIN_ACTORS`; `make test-official BUILTIN_ACTORS=FILE.car` runs them.

pub mod post;
pub mod provider;
pub mod sectors;

use std::path::PathBuf;
use std::time::Instant;

pub use provider::Provider;

use anyhow::Context;
use fvm_shared::clock::ChainEpoch;
use peggy_localnet::network::{Config, NullRounds};
use peggy_localnet::{Bundle, Network};

/// Names the bundle.
pub const BUNDLE_VARIABLE: &str = "BUILTIN_ACTORS";

/// The bundle tests run on.
pub fn bundle_path() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os(BUNDLE_VARIABLE).filter(|path| !path.is_empty());
    let path = path.context("BUILTIN_ACTORS names no bundle: run 'make test-official BUILTIN_ACTORS=FILE.car'")?;
    Ok(PathBuf::from(path))
}

/// The configuration of a network on the official actors: the bundle `BUILTIN_ACTORS` names, cron at every epoch.
pub fn config() -> anyhow::Result<Config> {
    let bundle = Bundle::official(bundle_path()?)?;
    Ok(Config { bundle: Some(bundle), null_rounds: NullRounds::Every, ..Config::default() })
}

/// A new network on the official actors.
pub fn network() -> anyhow::Result<Network> {
    Network::new(config()?)
}

/// How many epochs pass between two lines of [`progress`]: ten days, a few seconds.
const EPOCHS_PER_LINE: ChainEpoch = 28_800;

/// Lets time pass until `until`, saying on stderr now and then how far it is.
pub fn progress(what: &str, net: &mut Network, until: ChainEpoch) -> anyhow::Result<()> {
    let (start, first) = (Instant::now(), net.epoch());
    while net.epoch() < until {
        net.advance(EPOCHS_PER_LINE.min(until - net.epoch()))?;
        let (done, all) = (net.epoch() - first, until - first);
        eprintln!("{what}: epoch {done} of {all}, {} s", start.elapsed().as_secs());
    }
    Ok(())
}
