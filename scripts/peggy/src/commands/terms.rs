//! `peggy terms`.

use peggy_interfaces::pool::GetTerms;
use serde_json::json;

use crate::cli::epochs;
use crate::output::{facts, Report};
use crate::session::Session;
use crate::{amount, Result};

/// Shows the terms in force.
pub fn run(session: &Session) -> Result<Report> {
    let terms = session.client.query::<GetTerms>(session.actor("pool")?, &())?;
    let mut rows: Vec<(String, String)> = terms
        .fees
        .iter()
        .map(|fee| (format!("fee: {}", fee.label), format!("{} to f0{}", amount::percent(fee.bps.0), fee.recipient)))
        .collect();
    let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
    row("smallest deposit", amount::fil(&terms.min_deposit));
    row("smallest exit ticket", format!("{} shares", amount::plain(&terms.min_ticket)));
    row("deposits close at", format!("{} of net assets", amount::fil(&terms.cap)));
    row("or when idle", amount::fil(&terms.max_idle));
    row("reserve", format!("{} of net assets", amount::percent(terms.reserve_bps.0)));
    row("rewards released over", epochs(terms.reward_period));
    row("exits wait at least", epochs(terms.exit_cooldown));
    row("measurements for deposits", format!("at most {} old", epochs(terms.max_staleness_in)));
    row("measurements for payments", format!("at most {} old", epochs(terms.max_staleness_out)));
    row("operator's bond", format!("at least {} of what is pledged", amount::percent(terms.min_bond_bps.0)));
    row("bond locked for", epochs(terms.bond_period));
    let fees: Vec<_> = terms
        .fees
        .iter()
        .map(|fee| json!({ "label": fee.label, "recipient": format!("f0{}", fee.recipient), "bps": fee.bps.0 }))
        .collect();
    let json = json!({
        "fees": fees,
        "min_deposit": amount::atto(&terms.min_deposit),
        "min_ticket": amount::atto(&terms.min_ticket),
        "cap": amount::atto(&terms.cap),
        "max_idle": amount::atto(&terms.max_idle),
        "reserve_bps": terms.reserve_bps.0,
        "reward_period": terms.reward_period,
        "exit_cooldown": terms.exit_cooldown,
        "max_staleness_in": terms.max_staleness_in,
        "max_staleness_out": terms.max_staleness_out,
        "min_bond_bps": terms.min_bond_bps.0,
        "bond_period": terms.bond_period,
    });
    Ok(Report::new(json, facts(rows)))
}
