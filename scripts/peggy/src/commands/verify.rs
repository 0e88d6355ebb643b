//! `peggy verify`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::deploy::codes::{bundle_path, Codes};
use crate::deploy::verify::verify;
use crate::output::{grid, Report};
use crate::session::Session;
use crate::{Failure, Kind, Result};

/// Compare the code on chain with a bundle you built yourself, check that the five actors know only each other, that the deployer
/// has no rights left, and that the proxy owns every miner. Exit code 4 if anything is not so.
#[derive(Debug, Args)]
pub struct Verify {
    /// The actors' codes; out/bundle/peggy.car of this checkout if none is named.
    #[arg(long, value_name = "FILE.car")]
    bundle: Option<PathBuf>,
}

/// Does it.
pub fn run(session: &Session, args: &Verify) -> Result<Report> {
    let deployment = session.deployment()?;
    let codes = Codes::load(&bundle_path(args.bundle.as_deref())?)?;
    let checks = verify(&session.client, &deployment, &codes)?;
    let wrong = checks.iter().filter(|check| !check.ok).count();
    let rows = checks.iter().map(|check| {
        let verdict = if check.ok { "ok" } else { "WRONG" };
        vec![verdict.to_owned(), check.what.clone(), check.found.clone()]
    });
    let text = grid(&["", "check", "found"], &[], rows);
    let mut report = Report::new(json!({ "ok": wrong == 0, "checks": checks }), text);
    if wrong > 0 {
        let failure = Failure::new(Kind::Mismatch, format!("{wrong} of {} checks failed", checks.len()));
        report.failure = Some(failure.next("do not deposit before you know why"));
    }
    Ok(report)
}
