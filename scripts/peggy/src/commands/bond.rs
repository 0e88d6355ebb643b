//! `peggy bond ...`.

use clap::{Args, Subcommand};
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{
    BondOwner, GetBond, GetBondReturn, GetTerms, GetTotals, TopUpBond, TopUpBondParams, WithdrawBond,
    WithdrawBondParams,
};
use peggy_math::Rounding;
use serde_json::{json, Value};

use super::{not_evm, sent_with};
use crate::amount::{self, Quantity};
use crate::output::{facts, grid, Report};
use crate::price::Price;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{duration, Failure, Result};

/// The operator's bond, which bears losses before anybody else does.
#[derive(Debug, Subcommand)]
pub enum Bond {
    /// Whose it is, what it is worth, what the terms want, and when it can be withdrawn.
    Status,
    /// Put FIL of your own into the bond (operator).
    TopUp(TopUp),
    /// Turn shares of your part of the bond into FIL, once unlocked and while nothing is impaired.
    Withdraw(Withdraw),
}

/// Options of `bond top-up`.
#[derive(Debug, Args)]
pub struct TopUp {
    /// How much FIL.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
    /// Fail rather than get fewer shares than this.
    #[arg(long, value_parser = amount::parse_shares, value_name = "SHARES")]
    min_shares: Option<TokenAmount>,
}

/// Options of `bond withdraw`.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// How many shares; 'all' for your whole part of the bond.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
    /// Fail rather than get less than this.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    min: Option<TokenAmount>,
}

/// Does it.
pub fn run(session: &Session, command: Bond) -> Result<Report> {
    let pool = session.actor("pool")?;
    match command {
        Bond::Status => status(session, pool),
        Bond::TopUp(args) => top_up(session, pool, args),
        Bond::Withdraw(args) => withdraw(session, pool, args),
    }
}

fn status(session: &Session, pool: ActorID) -> Result<Report> {
    let client = &session.client;
    let now = client.head()?.height;
    let bond = client.query::<GetBond>(pool, &())?;
    let terms = client.query::<GetTerms>(pool, &())?;
    let totals = client.query::<GetTotals>(pool, &())?;
    let price = Price::of(&totals);
    // Rounded up, as the pool does it.
    let needed = terms.min_bond_bps.of(&totals.miners.principal, Rounding::Up);
    let worth = price.worth(&bond.shares);

    let mut text = if bond.owners.is_empty() {
        "there is no bond\n".to_owned()
    } else {
        let rows = bond.owners.iter().map(|part| {
            vec![
                format!("f0{}", part.owner),
                amount::plain(&part.shares),
                amount::fil(&price.worth(&part.shares)),
                amount::fil(&part.rewards),
                part.unlock_at.to_string(),
                duration::until(part.unlock_at, now),
            ]
        });
        grid(&["owner", "shares", "worth", "rewards to claim", "unlocked at epoch", "unlocked"], &[1, 2, 3, 4], rows)
            + "\n"
    };
    text += "\n";
    text += &facts([
        ("all of it", format!("{} shares, worth {}", amount::plain(&bond.shares), amount::fil(&worth))),
        (
            "the terms want",
            format!("{} of what is pledged: {}", amount::percent(terms.min_bond_bps.0), amount::fil(&needed)),
        ),
        ("impaired now", amount::fil(&totals.miners.impaired)),
    ]);
    let mut json = bond_json(&bond, &price);
    json["needed"] = json!(amount::atto(&needed));
    json["impaired"] = json!(amount::atto(&totals.miners.impaired));
    Ok(Report::new(json, text))
}

/// The bond, for scripts.
pub fn bond_json(bond: &GetBondReturn, price: &Price) -> Value {
    let part = |part: &BondOwner| {
        json!({
            "owner": format!("f0{}", part.owner),
            "shares": amount::atto(&part.shares),
            "worth": amount::atto(&price.worth(&part.shares)),
            "rewards": amount::atto(&part.rewards),
            "unlock_at": part.unlock_at,
        })
    };
    json!({
        "shares": amount::atto(&bond.shares),
        "worth": amount::atto(&price.worth(&bond.shares)),
        "owners": bond.owners.iter().map(part).collect::<Vec<_>>(),
    })
}

fn top_up(session: &Session, pool: ActorID, args: TopUp) -> Result<Report> {
    let key = session.key()?;
    not_evm(&key, "top up the bond")?;
    let params = TopUpBondParams { min_shares: args.min_shares.unwrap_or_default() };
    let fresh = session.send_fresh(&key, &Draft::of::<TopUpBond>(pool, &params, args.amount.clone())?)?;
    let shares = decode::<TopUpBond>(&fresh.executed.receipt.return_data)?.shares;
    let json = json!({
        "amount": amount::atto(&args.amount), "shares": amount::atto(&shares), "sync": fresh.sync_json(),
    });
    let text = format!("{} became {} shares of the bond", amount::fil(&args.amount), amount::plain(&shares));
    Ok(Report::new(sent_with(&fresh.executed, json), text))
}

fn withdraw(session: &Session, pool: ActorID, args: Withdraw) -> Result<Report> {
    let key = session.key()?;
    not_evm(&key, "withdraw from the bond")?;
    let shares = args.shares.or_all(|| own_part(session, pool))?;
    let params = WithdrawBondParams { shares: shares.clone(), min_amount: args.min.unwrap_or_default() };
    let fresh = session.send_fresh(&key, &Draft::of::<WithdrawBond>(pool, &params, TokenAmount::default())?)?;
    let paid = decode::<WithdrawBond>(&fresh.executed.receipt.return_data)?.amount;
    let json = json!({ "shares": amount::atto(&shares), "paid": amount::atto(&paid), "sync": fresh.sync_json() });
    let text = format!("{} shares of the bond became {}", amount::plain(&shares), amount::fil(&paid));
    Ok(Report::new(sent_with(&fresh.executed, json), text))
}

/// The wallet's part of the bond.
fn own_part(session: &Session, pool: ActorID) -> Result<TokenAmount> {
    let address = session.address()?;
    let id = session.client.lookup_id(&address)?;
    let bond = session.client.query::<GetBond>(pool, &())?;
    let part = bond.owners.into_iter().find(|part| Some(part.owner) == id);
    part.map(|part| part.shares).ok_or_else(|| {
        Failure::chain(format!("{address} has no part of the bond"))
            .next("name the wallet that has with --from; 'peggy bond status' shows whose it is")
    })
}
