//! `peggy deploy`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::deploy::codes::{bundle_path, Codes};
use crate::deploy::config::Config;
use crate::deploy::steps::{self, StopAfter};
use crate::deploy::verify::verify;
use crate::deploy::ACTORS;
use crate::output::{grid, Report};
use crate::session::Session;
use crate::{Failure, Kind, Result};

/// Install the five codes, create the actors, wire them, check them. Every step is recorded in the deployment file; run it again
/// after an interruption, and it continues where it stopped.
#[derive(Debug, Args)]
pub struct Deploy {
    /// Operator, share, keeper's cut, terms and fees; see scripts/deploy.example.toml.
    config: PathBuf,
    /// The actors' codes; out/bundle/peggy.car of this checkout if none is named.
    #[arg(long, value_name = "FILE.car")]
    bundle: Option<PathBuf>,
    /// Stop after a step, such as create-pool, create-pool:signed or create-pool:sent.
    #[arg(long, hide = true, value_name = "STEP")]
    stop_after: Option<StopAfter>,
}

/// Does it.
pub fn run(session: &Session, args: &Deploy) -> Result<Report> {
    let config = Config::load(&args.config)?;
    let codes = Codes::load(&bundle_path(args.bundle.as_deref())?)?;
    // Before a passphrase is asked for: is there a node at all?
    session.client.version()?;
    let key = session.key()?;
    super::not_evm(&key, "deploy")?;
    let progress = session.progress("deploying");
    let deploy = steps::Deploy {
        client: &session.client,
        key: &key,
        codes: &codes,
        config: &config,
        path: &session.deployment_path,
        stop_after: args.stop_after.clone(),
        progress: &progress,
    };
    let mut deployment = deploy.run()?;
    progress.say("checking");
    let wrong: Vec<_> = verify(&session.client, &deployment, &codes)?.into_iter().filter(|check| !check.ok).collect();
    if let Some(first) = wrong.first() {
        return Err(Failure::new(Kind::Mismatch, format!("not so: {} (found: {})", first.what, first.found))
            .next("see all checks with 'peggy verify'; begin anew with another --deployment file"));
    }
    deployment.complete = true;
    deployment.save(&session.deployment_path)?;
    drop(progress);
    let actors: Vec<_> = ACTORS.iter().filter_map(|name| deployment.actors.get(*name).map(|a| (*name, a))).collect();
    let rows = actors.iter().map(|(name, a)| {
        vec![
            (*name).to_owned(),
            format!("f0{}", a.id.unwrap_or_default()),
            a.address.clone().unwrap_or_default(),
            a.code.clone(),
        ]
    });
    let text = format!(
        "{}\ndeployed, wired and checked; recorded in {}",
        grid(&["actor", "ID", "address", "code"], &[], rows),
        session.deployment_path.display()
    );
    let json = json!({ "deployment": session.deployment_path.display().to_string(), "actors": deployment.actors, "complete": true });
    Ok(Report::new(json, text))
}
