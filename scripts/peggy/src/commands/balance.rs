//! `peggy balance`.

use clap::Args;
use fvm_shared::address::Address;
use peggy_interfaces::frc46::BalanceOf;
use serde_json::json;

use super::account;
use crate::deployment::Deployment;
use crate::output::{facts, Report};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, Result};

/// FIL of an address; and, where there is a deployment, its shares, rewards, fees and LP tokens.
#[derive(Debug, Args)]
pub struct Balance {
    /// Whose; the wallet's if nobody is named.
    #[arg(value_parser = address_arg)]
    address: Option<Address>,
}

/// Does it.
pub fn run(session: &Session, args: Balance) -> Result<Report> {
    let address = match args.address {
        Some(address) => address,
        None => session.address()?,
    };
    let fil = session.client.balance(&address)?;
    let mut rows = vec![("address", address.to_string()), ("FIL", amount::fil(&fil))];
    let mut json = json!({ "address": address.to_string(), "fil": amount::atto(&fil) });
    // Wallets exist before there is a pool, and without one.
    if Deployment::load(&session.deployment_path)?.is_some_and(|deployment| deployment.complete) {
        let account = account(session, session.actor("pool")?, address)?;
        rows.push(("shares", amount::plain(&account.shares)));
        rows.push(("rewards to claim", amount::fil(&account.rewards)));
        rows.push(("fees to claim", amount::fil(&account.fees)));
        let lp = session.client.query::<BalanceOf>(session.actor("liquidity")?, &address)?;
        rows.push(("LP tokens", amount::plain(&lp)));
        json["lp"] = json!(amount::atto(&lp));
        json["shares"] = json!(amount::atto(&account.shares));
        json["rewards"] = json!(amount::atto(&account.rewards));
        json["fees"] = json!(amount::atto(&account.fees));
    }
    Ok(Report::new(json, facts(rows)))
}
