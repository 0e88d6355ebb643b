//! `peggy lp ...`.

mod trades;
mod views;

pub use views::{liquidity_json, liquidity_rows};

use clap::{Args, Subcommand};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;

use crate::amount::{self, Quantity};
use crate::output::Report;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::Result;

/// Sell shares for FIL at once at a discount, or provide the FIL and earn the discount.
#[derive(Debug, Subcommand)]
pub enum Lp {
    /// What there is to sell to, and what your LP tokens stand for.
    Status,
    /// What a sale would bring now and at what discount, beside the other ways out; or a purchase, with --buy.
    Quote(Quote),
    /// Sell shares for FIL at once.
    Sell(Sell),
    /// Buy shares that others sold, without a discount.
    Buy(Buy),
    /// Provide FIL, for LP tokens.
    Add(Add),
    /// Turn LP tokens into their part of the FIL and of the shares there are. Always works.
    Remove(Remove),
    /// Redeem shares that were sold, as far as the pool has FIL at hand (anyone).
    Recycle(RecycleArgs),
    /// Bring in what the shares that were sold have earned (anyone).
    Collect,
}

/// Options of `lp quote`.
#[derive(Debug, Args)]
pub struct Quote {
    /// How many shares you would sell; with --buy, for how much FIL you would buy.
    #[arg(value_parser = amount::parse_quantity, value_name = "SHARES")]
    amount: Quantity,
    /// Quote a purchase.
    #[arg(long)]
    buy: bool,
}

/// Options of `lp sell`.
#[derive(Debug, Args)]
pub struct Sell {
    /// How many shares; 'all' for every share of the wallet.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
    /// Fail rather than get less than this; what the quote says less 1% if not said.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    min: Option<TokenAmount>,
    /// Who is paid; the wallet itself if nobody is named. Must be on chain.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// Options of `lp buy`.
#[derive(Debug, Args)]
pub struct Buy {
    /// For how much FIL.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
    /// Fail rather than get fewer shares than this; what the quote says less 1% if not said.
    #[arg(long, value_parser = amount::parse_shares, value_name = "SHARES")]
    min: Option<TokenAmount>,
    /// Who gets the shares; the wallet itself if nobody is named.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// Options of `lp add`.
#[derive(Debug, Args)]
pub struct Add {
    /// How much FIL.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
    /// Fail rather than get fewer LP tokens than this.
    #[arg(long, value_parser = amount::parse, value_name = "LP")]
    min_lp: Option<TokenAmount>,
}

/// Options of `lp remove`.
#[derive(Debug, Args)]
pub struct Remove {
    /// How many LP tokens; 'all' for all of the wallet's.
    #[arg(value_parser = amount::parse_quantity, value_name = "LP")]
    lp: Quantity,
    /// Fail rather than get less FIL than this.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    min_fil: Option<TokenAmount>,
    /// Fail rather than get fewer shares than this.
    #[arg(long, value_parser = amount::parse_shares, value_name = "SHARES")]
    min_shares: Option<TokenAmount>,
}

/// Options of `lp recycle`.
#[derive(Debug, Args)]
pub struct RecycleArgs {
    /// How many shares; 'all' for as many as the pool can pay now.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
}

/// The two actors a trade is between.
#[derive(Clone, Copy)]
struct Market<'a> {
    session: &'a Session,
    pool: ActorID,
    liquidity: ActorID,
}

/// Does it.
pub fn run(session: &Session, command: Lp) -> Result<Report> {
    let deployment = session.deployment()?;
    let market = Market { session, pool: deployment.id("pool")?, liquidity: deployment.id("liquidity")? };
    match command {
        Lp::Status => market.status(),
        Lp::Quote(args) if args.buy => market.quote_buy(args.amount),
        Lp::Quote(args) => market.quote_sell(args.amount),
        Lp::Sell(args) => market.sell(args),
        Lp::Buy(args) => market.buy(args),
        Lp::Add(args) => market.add(args),
        Lp::Remove(args) => market.remove(args),
        Lp::Recycle(args) => market.recycle(args.shares),
        Lp::Collect => market.collect(),
    }
}
