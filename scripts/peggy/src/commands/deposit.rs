//! `peggy deposit`.

use clap::Args;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::{Deposit as Method, DepositParams, InvokeEVM};
use peggy_localnet::Key;
use peggy_runtime::Method as _;
use serde_json::json;

use super::{account, is_evm, sent_with};
use crate::fresh::Fresh;
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, Failure, Result};

/// Turn FIL into shares at today's price. Ethereum-style (f410) wallets do it by InvokeEVM.
#[derive(Debug, Args)]
pub struct Deposit {
    /// How much FIL.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
    /// Who gets the shares; the wallet itself if nobody is named.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Fail rather than get fewer shares than this.
    #[arg(long, value_parser = amount::parse_shares, value_name = "SHARES")]
    min_shares: Option<TokenAmount>,
    /// Deposit as an Ethereum-style wallet would, by InvokeEVM.
    #[arg(long)]
    as_evm: bool,
}

/// Does it.
pub fn run(session: &Session, args: Deposit) -> Result<Report> {
    let pool = session.actor("pool")?;
    let key = session.key()?;
    let (fresh, shares) = if args.as_evm || is_evm(&key) {
        if args.to.is_some() || args.min_shares.is_some() {
            return Err(Failure::usage("a deposit by InvokeEVM is for the wallet itself and knows no minimum")
                .next("leave out --to and --min-shares, or use an f1 or f3 wallet"));
        }
        by_evm(session, pool, &key, args.amount.clone())?
    } else {
        let params = DepositParams { recipient: args.to, min_shares: args.min_shares.unwrap_or_default() };
        let fresh = session.send_fresh(&key, &Draft::of::<Method>(pool, &params, args.amount.clone())?)?;
        let shares = decode::<Method>(&fresh.executed.receipt.return_data)?.shares;
        (fresh, shares)
    };
    let facts =
        json!({ "amount": amount::atto(&args.amount), "shares": amount::atto(&shares), "sync": fresh.sync_json() });
    let text = format!("deposited {} for {} shares", amount::fil(&args.amount), amount::plain(&shares));
    Ok(Report::new(sent_with(&fresh.executed, facts), text))
}

/// Without calldata, the message says nothing but "deposit for me". The shares are read from the books.
fn by_evm(session: &Session, pool: u64, key: &Key, value: TokenAmount) -> Result<(Fresh, TokenAmount)> {
    let before = account(session, pool, key.address())?.shares;
    let draft = Draft {
        to: Address::new_id(pool),
        value,
        method: InvokeEVM::NUMBER,
        params: RawBytes::default(),
        what: "deposit by InvokeEVM".to_owned(),
    };
    let fresh = session.send_fresh(key, &draft)?;
    let after = account(session, pool, key.address())?.shares;
    Ok((fresh, &after - &before))
}
