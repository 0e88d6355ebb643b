//! `peggy claim-fees`.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::ClaimFees;
use serde_json::json;

use super::{not_evm, sent_with};
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{amount, Result};

/// Takes the fees of the wallet.
pub fn run(session: &Session) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    not_evm(&key, "claim fees")?;
    let executed = session.send(&key, &Draft::of::<ClaimFees>(pool, &(), TokenAmount::default())?)?;
    let paid = decode::<ClaimFees>(&executed.receipt.return_data)?.paid;
    let json = sent_with(&executed, json!({ "paid": amount::atto(&paid) }));
    Ok(Report::new(json, format!("claimed {} of fees", amount::fil(&paid))))
}
