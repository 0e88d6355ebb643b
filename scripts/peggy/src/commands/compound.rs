//! `peggy compound`.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::Compound;
use serde_json::json;

use super::{not_evm, sent_with};
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{amount, Result};

/// Turns the wallet's rewards into shares.
pub fn run(session: &Session) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    not_evm(&key, "compound")?;
    let fresh = session.send_fresh(&key, &Draft::of::<Compound>(pool, &(), TokenAmount::default())?)?;
    let shares = decode::<Compound>(&fresh.executed.receipt.return_data)?.shares;
    let json = json!({ "shares": amount::atto(&shares), "sync": fresh.sync_json() });
    let text = format!("rewards became {} shares", amount::plain(&shares));
    Ok(Report::new(sent_with(&fresh.executed, json), text))
}
