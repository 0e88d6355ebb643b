//! `peggy status`.

use peggy_interfaces::liquidity;
use peggy_interfaces::owner_proxy::{GetConfig, ListMiners};
use peggy_interfaces::pool::{ExitDemand, GetBond, GetTotals, GetTotalsReturn};
use serde_json::json;

use super::bond::bond_json;
use super::exit::{queue_json, queue_rows};
use super::lp::{liquidity_json, liquidity_rows};
use super::miner::{miner_grid, miner_json};
use crate::cli::epochs;
use crate::output::{facts, Report};
use crate::price::Price;
use crate::session::Session;
use crate::{amount, Result};

/// Shows the pool's books, the exit queue, liquidity, the bond and the miners.
pub fn run(session: &Session) -> Result<Report> {
    let deployment = session.deployment()?;
    let (pool, proxy) = (deployment.id("pool")?, deployment.id("owner-proxy")?);
    let head = session.client.head()?.height;
    let totals = session.client.query::<GetTotals>(pool, &())?;
    let bond = session.client.query::<GetBond>(pool, &())?;
    let demand = session.client.query::<ExitDemand>(pool, &())?;
    let liquidity = session.client.query::<liquidity::GetTotals>(deployment.id("liquidity")?, &())?;
    let config = session.client.query::<GetConfig>(proxy, &())?;
    let miners = session.client.query::<ListMiners>(proxy, &())?;

    let price = Price::of(&totals);
    let operations = facts([
        ("operator", format!("f0{}", config.operator)),
        (
            "operator's bond",
            format!("{} shares, worth {}", amount::plain(&bond.shares), amount::fil(&price.worth(&bond.shares))),
        ),
        (
            "keepers get",
            format!(
                "{} basis points of a harvest, at most {}",
                config.keeper_cut.bps.0,
                amount::fil(&config.keeper_cut.cap)
            ),
        ),
        ("epoch", head.to_string()),
    ]);
    let mut sections = vec![
        facts(rows(&totals, head)),
        facts(queue_rows(&demand)),
        facts(liquidity_rows(&liquidity, head)),
        operations,
    ];
    if !miners.is_empty() {
        sections.push(miner_grid(&miners));
    }
    let json = json!({
        "epoch": head,
        "pool": totals_json(&totals),
        "queue": queue_json(&demand),
        "liquidity": liquidity_json(&liquidity),
        "bond": bond_json(&bond, &price),
        "operator": format!("f0{}", config.operator),
        "keeper_cut": { "bps": config.keeper_cut.bps.0, "cap": amount::atto(&config.keeper_cut.cap) },
        "miners": miners.iter().map(miner_json).collect::<Vec<_>>(),
    });
    Ok(Report::new(json, sections.join("\n\n")))
}

fn rows(totals: &GetTotalsReturn, head: i64) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("shares", amount::plain(&totals.shares)),
        ("net assets", amount::fil(&totals.nav)),
        ("at hand", amount::fil(&totals.liquid)),
        ("with miners", amount::fil(&totals.miners.principal)),
        ("impaired", amount::fil(&totals.miners.impaired)),
        ("rewards being released", amount::fil(&totals.stream)),
        ("rewards to claim", amount::fil(&totals.rewards_owed)),
        ("fees to claim", amount::fil(&totals.fees_owed)),
    ];
    if totals.stream_end > head {
        rows.push(("release ends in", epochs(totals.stream_end - head)));
    }
    if totals.miners.unsettled > 0 {
        rows.push(("miners that can't be measured", totals.miners.unsettled.to_string()));
    }
    if totals.untracked > fvm_shared::econ::TokenAmount::default() {
        rows.push(("came by bare sends", amount::fil(&totals.untracked)));
    }
    if totals.paused_until > head {
        rows.push(("deposits and pledges paused for", epochs(totals.paused_until - head)));
    }
    rows
}

fn totals_json(totals: &GetTotalsReturn) -> serde_json::Value {
    json!({
        "shares": amount::atto(&totals.shares),
        "queued": amount::atto(&totals.queued),
        "dead": amount::atto(&totals.dead),
        "liquid": amount::atto(&totals.liquid),
        "principal": amount::atto(&totals.miners.principal),
        "impaired": amount::atto(&totals.miners.impaired),
        "impaired_net": amount::atto(&totals.miners.impaired_net),
        "oldest_measurement": totals.miners.oldest_measurement,
        "unsettled": totals.miners.unsettled,
        "nav": amount::atto(&totals.nav),
        "entry_nav": amount::atto(&totals.entry_nav),
        "rewards_owed": amount::atto(&totals.rewards_owed),
        "fees_owed": amount::atto(&totals.fees_owed),
        "exits_owed": amount::atto(&totals.exits_owed),
        "stream": amount::atto(&totals.stream),
        "stream_end": totals.stream_end,
        "untracked": amount::atto(&totals.untracked),
        "paused_until": totals.paused_until,
    })
}
