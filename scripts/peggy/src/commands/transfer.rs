//! `peggy transfer`.

use clap::Args;
use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::frc46;
use serde_json::json;

use super::{is_evm, sent_with};
use crate::output::Report;
use crate::send::Draft;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, eth, Result};

/// Give shares to somebody else. What they have earned so far stays yours to claim.
#[derive(Debug, Args)]
pub struct Transfer {
    /// To whom.
    #[arg(value_parser = address_arg)]
    to: Address,
    /// How many shares.
    #[arg(value_parser = amount::parse_shares)]
    shares: TokenAmount,
}

/// Does it.
pub fn run(session: &Session, args: Transfer) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    let draft = if is_evm(&key) {
        let words = [eth::address_word(&args.to)?, eth::word(&args.shares)?];
        eth::call(pool, "transfer(address,uint256)", &words)?
    } else {
        let params = TransferParams { to: args.to, amount: args.shares.clone(), operator_data: RawBytes::default() };
        Draft::of::<frc46::Transfer>(pool, &params, TokenAmount::default())?
    };
    let executed = session.send(&key, &draft)?;
    let json = sent_with(&executed, json!({ "to": args.to.to_string(), "shares": amount::atto(&args.shares) }));
    Ok(Report::new(json, format!("gave {} shares to {}", amount::plain(&args.shares), args.to)))
}
