//! Positions begin and end.

use clap::Args;
use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::frc46;
use peggy_interfaces::frc53::types::MintReturn;
use peggy_interfaces::nft_share::{self, DepositParams, MergeParams, MintParams, SplitParams, UnwrapParams};
use serde_json::json;

use super::{sent_with, tokens};
use crate::amount::{self, Quantity};
use crate::commands::own_shares;
use crate::failure::OrFail;
use crate::output::Report;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::Result;

/// Options of `nft mint`.
#[derive(Debug, Args)]
pub struct Mint {
    /// How many shares; 'all' for every share of the wallet.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
    #[command(flatten)]
    whose: Whose,
}

/// Options of `nft deposit`.
#[derive(Debug, Args)]
pub struct Deposit {
    /// How much FIL.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
    /// Fail rather than get fewer shares than this.
    #[arg(long, value_parser = amount::parse_shares, value_name = "SHARES")]
    min_shares: Option<TokenAmount>,
    #[command(flatten)]
    whose: Whose,
}

/// Whose a new position is.
#[derive(Debug, Args)]
pub struct Whose {
    /// Who owns it; the wallet itself if nobody is named.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Who gets its rewards; its owner if nobody is named.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    beneficiary: Option<Address>,
}

/// Options of `nft split`.
#[derive(Debug, Args)]
pub struct Split {
    /// The position.
    position: u64,
    /// Shares of the parts; what is left becomes one more.
    #[arg(value_parser = amount::parse_shares, required = true)]
    shares: Vec<TokenAmount>,
}

/// Options of `nft merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The positions, two or more, of one beneficiary.
    #[arg(required = true, num_args = 2..)]
    positions: Vec<u64>,
}

/// Options of `nft unwrap`.
#[derive(Debug, Args)]
pub struct Unwrap {
    /// The positions.
    #[arg(required = true)]
    positions: Vec<u64>,
    /// Who gets the shares; the wallet itself if nobody is named.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// By a transfer of shares to nft-share.
pub fn mint(session: &Session, nft: u64, args: Mint) -> Result<Report> {
    let pool = session.actor("pool")?;
    let shares = args.shares.or_all(|| own_shares(session, pool))?;
    let Whose { to, beneficiary } = args.whose;
    let wish = MintParams { owner: to, beneficiary, operator_data: RawBytes::default() };
    let operator_data = RawBytes::serialize(wish).or_usage("the wish does not encode")?;
    let params = TransferParams { to: Address::new_id(nft), amount: shares.clone(), operator_data };
    let (executed, returned) = session.invoke::<frc46::Transfer>(pool, &params, TokenAmount::default())?;
    let minted: MintReturn =
        from_slice(returned.recipient_data.bytes()).or_node("nft-share's answer does not decode")?;
    let json = sent_with(&executed, json!({ "tokens": minted.token_ids, "shares": amount::atto(&shares) }));
    Ok(Report::new(json, format!("made {} of {} shares", tokens(&minted.token_ids), amount::plain(&shares))))
}

/// By nft-share's own deposit.
pub fn deposit(session: &Session, nft: u64, args: Deposit) -> Result<Report> {
    let Whose { to, beneficiary } = args.whose;
    let min_shares = args.min_shares.unwrap_or_default();
    let params = DepositParams { owner: to, beneficiary, min_shares, operator_data: RawBytes::default() };
    let (executed, made) = session.invoke::<nft_share::Deposit>(nft, &params, args.amount.clone())?;
    let json = sent_with(&executed, json!({ "tokens": [made.token_id], "shares": amount::atto(&made.shares) }));
    let text = format!(
        "deposited {} for {} of {} shares",
        amount::fil(&args.amount),
        tokens(&[made.token_id]),
        amount::plain(&made.shares)
    );
    Ok(Report::new(json, text))
}

/// Into parts.
pub fn split(session: &Session, nft: u64, args: Split) -> Result<Report> {
    let params = SplitParams { token_id: args.position, amounts: args.shares };
    let (executed, parts) = session.invoke::<nft_share::Split>(nft, &params, TokenAmount::default())?;
    let json = sent_with(&executed, json!({ "tokens": parts.token_ids }));
    Ok(Report::new(json, format!("split position #{} into {}", args.position, tokens(&parts.token_ids))))
}

/// Into one.
pub fn merge(session: &Session, nft: u64, args: Merge) -> Result<Report> {
    let params = MergeParams { token_ids: args.positions };
    let (executed, whole) = session.invoke::<nft_share::Merge>(nft, &params, TokenAmount::default())?;
    let json = sent_with(&executed, json!({ "tokens": [whole.token_id], "shares": amount::atto(&whole.shares) }));
    let text = format!(
        "merged {} into position #{} of {} shares",
        tokens(&params.token_ids),
        whole.token_id,
        amount::plain(&whole.shares)
    );
    Ok(Report::new(json, text))
}

/// Back into shares.
pub fn unwrap(session: &Session, nft: u64, args: Unwrap) -> Result<Report> {
    let params = UnwrapParams { token_ids: args.positions, to: args.to };
    let (executed, left) = session.invoke::<nft_share::Unwrap>(nft, &params, TokenAmount::default())?;
    let json = sent_with(&executed, json!({ "shares": amount::atto(&left.shares) }));
    let text = format!("turned {} into {} shares", tokens(&params.token_ids), amount::plain(&left.shares));
    Ok(Report::new(json, text))
}
