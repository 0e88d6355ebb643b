//! `peggy claim`.

use clap::Args;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::{ClaimRewards, ClaimRewardsParams};
use serde_json::json;

use super::{is_evm, sent_with};
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, eth, Failure, Result};

/// Take the rewards your shares have earned so far.
#[derive(Debug, Args)]
pub struct Claim {
    /// Who is paid; the wallet itself if nobody is named. Must be on chain.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
    /// At most this much; everything if not said.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    amount: Option<TokenAmount>,
}

/// Does it.
pub fn run(session: &Session, args: Claim) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    let (executed, paid) = if is_evm(&key) {
        if args.to.is_some() || args.amount.is_some() {
            return Err(Failure::usage("an Ethereum-style wallet claims everything, for itself")
                .next("leave out --to and --amount"));
        }
        let draft = eth::call(pool, "claimRewards()", &[])?;
        let executed = session.send(&key, &draft)?;
        let paid = eth::answer(&executed.receipt.return_data).unwrap_or_default();
        (executed, paid)
    } else {
        let params = ClaimRewardsParams { to: args.to.unwrap_or(key.address()), amount: args.amount };
        let executed = session.send(&key, &Draft::of::<ClaimRewards>(pool, &params, TokenAmount::default())?)?;
        let paid = decode::<ClaimRewards>(&executed.receipt.return_data)?.paid;
        (executed, paid)
    };
    let json = sent_with(&executed, json!({ "paid": amount::atto(&paid) }));
    Ok(Report::new(json, format!("claimed {}", amount::fil(&paid))))
}
