//! `peggy redeem`.

use clap::Args;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::{Redeem as Method, RedeemParams};
use serde_json::json;

use super::{is_evm, own_shares, sent_with};
use crate::amount::{self, Quantity};
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{eth, Result};

/// Turn shares into FIL at the price, at once, as far as the pool has FIL at hand.
#[derive(Debug, Args)]
pub struct Redeem {
    /// How many shares; 'all' for every share of the wallet.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
    /// Fail rather than get less than this.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    min: Option<TokenAmount>,
}

/// Does it.
pub fn run(session: &Session, args: Redeem) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    let shares = args.shares.or_all(|| own_shares(session, pool))?;
    let min = args.min.unwrap_or_default();
    let evm = is_evm(&key);
    let draft = if evm {
        eth::call(pool, "redeem(uint256,uint256)", &[eth::word(&shares)?, eth::word(&min)?])?
    } else {
        Draft::of::<Method>(pool, &RedeemParams { shares: shares.clone(), min_amount: min }, TokenAmount::default())?
    };
    let fresh = session.send_fresh(&key, &draft)?;
    let answer = &fresh.executed.receipt.return_data;
    let paid = if evm { eth::answer(answer).unwrap_or_default() } else { decode::<Method>(answer)?.amount };
    let json = json!({ "shares": amount::atto(&shares), "paid": amount::atto(&paid), "sync": fresh.sync_json() });
    let text = format!("redeemed {} shares for {}", amount::plain(&shares), amount::fil(&paid));
    Ok(Report::new(sent_with(&fresh.executed, json), text))
}
