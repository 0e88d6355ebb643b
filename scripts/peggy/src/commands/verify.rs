//! `peggy verify`.

use std::path::PathBuf;

use clap::Args;
use peggy_interfaces::governance::{GetProposal, ProposalParams};
use peggy_runtime::Wiring;
use serde_json::json;

use super::gov::upgrade_of;
use crate::deploy::codes::{bundle_path, Codes};
use crate::deploy::verify::{verify, Check};
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
    /// Also check that the code this proposal would upgrade an actor to is the bundle's.
    #[arg(long, value_name = "NUMBER")]
    proposal: Option<u64>,
}

/// Does it.
pub fn run(session: &Session, args: &Verify) -> Result<Report> {
    let deployment = session.deployment()?;
    let codes = Codes::load(&bundle_path(args.bundle.as_deref())?)?;
    let mut checks = verify(&session.client, &deployment, &codes)?;
    if let Some(id) = args.proposal {
        checks.extend(proposed(session, &deployment.wiring()?, &codes, id)?);
    }
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

/// Which build the codes a proposal names come from: this bundle's, or not.
fn proposed(session: &Session, wiring: &Wiring, codes: &Codes, id: u64) -> Result<Vec<Check>> {
    let proposal = session.client.query::<GetProposal>(wiring.governance, &ProposalParams { id })?;
    let upgrades: Vec<_> = proposal.actions.iter().filter_map(|action| upgrade_of(wiring, action)).collect();
    if upgrades.is_empty() {
        return Err(Failure::usage(format!("proposal {id} upgrades nothing, so there is no code to compare"))
            .next(format!("'peggy gov show {id}' says what it would do")));
    }
    let mut checks = Vec::new();
    for (actor, params) in upgrades {
        checks.push(Check {
            what: format!("proposal {id} would have {actor} run the bundle's code"),
            ok: params.new_code == codes.cid(&actor)?,
            found: params.new_code.to_string(),
        });
    }
    Ok(checks)
}
