//! `peggy redeem`.

use clap::Args;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::{InvokeEVM, Redeem as Method, RedeemParams};
use peggy_runtime::Method as _;
use serde_json::json;

use super::{is_evm, sent_with};
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{amount, eth, Result};

/// Turn shares into FIL at the price, at once, as far as the pool has FIL at hand.
#[derive(Debug, Args)]
pub struct Redeem {
    /// How many shares.
    #[arg(value_parser = amount::parse_shares)]
    shares: TokenAmount,
    /// Fail rather than get less than this.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    min: Option<TokenAmount>,
}

/// Does it.
pub fn run(session: &Session, args: Redeem) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    let min = args.min.unwrap_or_default();
    let (executed, paid) = if is_evm(&key) {
        let draft = Draft {
            to: Address::new_id(pool),
            value: TokenAmount::default(),
            method: InvokeEVM::NUMBER,
            params: eth::calldata("redeem(uint256,uint256)", &[eth::word(&args.shares)?, eth::word(&min)?])?,
            what: "redeem(uint256,uint256) by InvokeEVM".to_owned(),
        };
        let executed = session.send(&key, &draft)?;
        let paid = eth::answer(&executed.receipt.return_data).unwrap_or_default();
        (executed, paid)
    } else {
        let params = RedeemParams { shares: args.shares.clone(), min_amount: min };
        let executed = session.send(&key, &Draft::of::<Method>(pool, &params, TokenAmount::default())?)?;
        let paid = decode::<Method>(&executed.receipt.return_data)?.amount;
        (executed, paid)
    };
    let json = sent_with(&executed, json!({ "shares": amount::atto(&args.shares), "paid": amount::atto(&paid) }));
    Ok(Report::new(json, format!("redeemed {} shares for {}", amount::plain(&args.shares), amount::fil(&paid))))
}
