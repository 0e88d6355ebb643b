//! `peggy lp ...`.

use clap::{Args, Subcommand};
use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::liquidity::{
    AddLiquidity, AddLiquidityParams, BuyShares, BuySharesParams, Collect, QuoteBuy, QuoteBuyParams, QuoteSell,
    QuoteSellParams, QuoteSellReturn, Recycle, RecycleParams, RemoveLiquidity, RemoveLiquidityParams, SellParams,
    SellReturn,
};
use peggy_interfaces::pool::{PreviewRedeem, PreviewRedeemParams};
use peggy_interfaces::{frc46, liquidity};
use peggy_math::{mul_div_tokens, Rounding};
use serde_json::{json, Value};

use super::{not_evm, own_shares, sent_with};
use crate::amount::{self, Quantity};
use crate::failure::OrFail;
use crate::fresh::Fresh;
use crate::output::{facts, Report};
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{Failure, Result};

/// Of what a quote promises, a trade takes this many basis points at least, unless a minimum is named.
const TOLERATED_BPS: u64 = 9_900;

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

/// Liquidity's books, for people.
pub fn liquidity_rows(totals: &liquidity::GetTotalsReturn, head: i64) -> Vec<(&'static str, String)> {
    let settings = &totals.settings;
    let bps = |bps: peggy_math::Bps| amount::percent(bps.0);
    let mut rows = vec![
        ("liquidity has", amount::fil(&totals.fil)),
        ("and has bought", format!("{} shares", amount::plain(&totals.inventory))),
        ("which have earned", amount::fil(&totals.rewards)),
        ("all of it is worth", amount::fil(&totals.value)),
        ("LP tokens", amount::plain(&totals.lp)),
        (
            "discount of sales",
            format!(
                "{}, plus {} times the part that is shares; at most {}",
                bps(settings.base_bps),
                bps(settings.slope_bps),
                bps(settings.max_bps)
            ),
        ),
    ];
    if totals.paused_until > head {
        rows.push(("adding and buying paused until epoch", totals.paused_until.to_string()));
    }
    rows
}

/// Liquidity's books, for scripts.
pub fn liquidity_json(totals: &liquidity::GetTotalsReturn) -> Value {
    json!({
        "fil": amount::atto(&totals.fil),
        "inventory": amount::atto(&totals.inventory),
        "rewards": amount::atto(&totals.rewards),
        "lp": amount::atto(&totals.lp),
        "value": amount::atto(&totals.value),
        "entry_value": amount::atto(&totals.entry_value),
        "base_bps": totals.settings.base_bps.0,
        "slope_bps": totals.settings.slope_bps.0,
        "max_bps": totals.settings.max_bps.0,
        "paused_until": totals.paused_until,
        "measured_at": totals.measured_at,
    })
}

/// By how much a payment is below what was worth it, in basis points, to the nearest.
fn discount_bps(worth: &TokenAmount, paid: &TokenAmount) -> Option<u32> {
    let less = (worth - paid).atto() * 20_000u32 + worth.atto();
    let twice = (worth.atto() * 2u32).clone();
    (worth.is_positive() && paid <= worth).then(|| u32::try_from(less / twice).unwrap_or(u32::MAX))
}

fn tolerated(quoted: &TokenAmount) -> TokenAmount {
    TokenAmount::from_atto(quoted.atto() * TOLERATED_BPS / 10_000u32)
}

impl Market<'_> {
    fn status(&self) -> Result<Report> {
        let client = &self.session.client;
        let head = client.head()?.height;
        let totals = client.query::<liquidity::GetTotals>(self.liquidity, &())?;
        let mut text = facts(liquidity_rows(&totals, head));
        let mut json = liquidity_json(&totals);
        // Without a wallet there is still something to see.
        if let Ok(address) = self.session.address() {
            let lp = self.lp_of(address)?;
            let part = |of: &TokenAmount| mul_div_tokens(&lp, of, &totals.lp, Rounding::Down).unwrap_or_default();
            let (fil, shares) = (part(&(&totals.fil + &totals.rewards)), part(&totals.inventory));
            text += "\n\n";
            text += &facts([
                ("your LP tokens", amount::plain(&lp)),
                ("stand for", format!("{} and {} shares", amount::fil(&fil), amount::plain(&shares))),
            ]);
            json["own"] = json!({
                "address": address.to_string(), "lp": amount::atto(&lp), "fil": amount::atto(&fil), "shares": amount::atto(&shares),
            });
        }
        Ok(Report::new(json, text))
    }

    fn lp_of(&self, owner: Address) -> Result<TokenAmount> {
        self.session.client.query::<frc46::BalanceOf>(self.liquidity, &owner)
    }

    fn ask_sell(&self, shares: &TokenAmount) -> Result<QuoteSellReturn> {
        self.session.client.query::<QuoteSell>(self.liquidity, &QuoteSellParams { shares: shares.clone() })
    }

    fn quote_sell(&self, shares: Quantity) -> Result<Report> {
        let shares = shares.or_all(|| own_shares(self.session, self.pool))?;
        let quote = self.ask_sell(&shares)?;
        let enough = quote.amount <= quote.available;
        let discount = discount_bps(&quote.worth, &quote.amount);
        let client = &self.session.client;
        let redeem = client.query::<PreviewRedeem>(self.pool, &PreviewRedeemParams { shares: shares.clone() })?;
        let queue = client.query::<peggy_interfaces::pool::ExitDemand>(self.pool, &())?;
        let sale = match discount {
            _ if !enough => format!(
                "no: that would be {}, and there are {}",
                amount::fil(&quote.amount),
                amount::fil(&quote.available)
            ),
            None => "nothing: the shares have no price now".to_owned(),
            Some(bps) => format!("{} at once, a discount of {}", amount::fil(&quote.amount), amount::percent(bps)),
        };
        let at_once = if redeem.amount <= redeem.available {
            format!("{} at once", amount::fil(&redeem.amount))
        } else {
            format!("no: the pool has {} at hand for this", amount::fil(&redeem.available))
        };
        let text = facts([
            ("worth", amount::fil(&quote.worth)),
            ("peggy lp sell", sale),
            ("peggy redeem", at_once),
            (
                "peggy exit request",
                format!("after {} of those before you, at the price of that day", amount::fil(&queue.demand)),
            ),
        ]);
        let json = json!({
            "shares": amount::atto(&shares),
            "amount": amount::atto(&quote.amount),
            "worth": amount::atto(&quote.worth),
            "discount_bps": discount,
            "available": amount::atto(&quote.available),
            "enough": enough,
            "measured_at": quote.measured_at,
            "redeem": { "amount": amount::atto(&redeem.amount), "available": amount::atto(&redeem.available) },
            "queue": { "ahead": amount::atto(&queue.demand), "unmet": amount::atto(&queue.unmet) },
        });
        Ok(Report::new(json, text))
    }

    fn quote_buy(&self, value: Quantity) -> Result<Report> {
        let Quantity::Exactly(value) = value else {
            return Err(Failure::usage("'all' is no amount of FIL to buy for")
                .next("name one, as in 'peggy lp quote --buy 50'"));
        };
        let params = QuoteBuyParams { value: value.clone() };
        let quote = self.session.client.query::<QuoteBuy>(self.liquidity, &params)?;
        let enough = quote.shares <= quote.available;
        let json = json!({
            "value": amount::atto(&value),
            "shares": amount::atto(&quote.shares),
            "available": amount::atto(&quote.available),
            "enough": enough,
            "measured_at": quote.measured_at,
        });
        let text = if enough {
            format!("{} would buy {} shares", amount::fil(&value), amount::plain(&quote.shares))
        } else {
            format!(
                "{} is for {} shares, and there are {}",
                amount::fil(&value),
                amount::plain(&quote.shares),
                amount::plain(&quote.available)
            )
        };
        Ok(Report::new(json, text))
    }

    fn sell(&self, args: Sell) -> Result<Report> {
        let key = self.session.key()?;
        not_evm(&key, "sell to liquidity")?;
        let shares = args.shares.or_all(|| own_shares(self.session, self.pool))?;
        let quote = self.ask_sell(&shares)?;
        let min_out = args.min.unwrap_or_else(|| tolerated(&quote.amount));
        let sell = SellParams { min_out, recipient: args.to };
        let params = TransferParams {
            to: Address::new_id(self.liquidity),
            amount: shares.clone(),
            operator_data: RawBytes::serialize(&sell).or_usage("the sale does not encode")?,
        };
        let draft = Draft::of::<frc46::Transfer>(self.pool, &params, TokenAmount::default())?;
        let fresh = self.session.send_fresh(&key, &Draft { what: "a sale by Transfer".to_owned(), ..draft })?;
        let moved = decode::<frc46::Transfer>(&fresh.executed.receipt.return_data)?;
        let sold: SellReturn = from_slice(&moved.recipient_data)
            .or_node("liquidity answered a sale with something this program does not understand")?;
        let discount = discount_bps(&quote.worth, &sold.paid);
        let json = json!({
            "shares": amount::atto(&shares), "paid": amount::atto(&sold.paid), "worth": amount::atto(&quote.worth), "discount_bps": discount,
        });
        let less = discount.map(|bps| format!(", a discount of {}", amount::percent(bps))).unwrap_or_default();
        let text = format!("sold {} shares for {}{less}", amount::plain(&shares), amount::fil(&sold.paid));
        Ok(report(&fresh, json, text))
    }

    fn buy(&self, args: Buy) -> Result<Report> {
        let key = self.session.key()?;
        not_evm(&key, "buy from liquidity")?;
        let min_shares = match args.min {
            Some(min) => min,
            None => {
                let params = QuoteBuyParams { value: args.amount.clone() };
                tolerated(&self.session.client.query::<QuoteBuy>(self.liquidity, &params)?.shares)
            }
        };
        let params = BuySharesParams { min_shares, recipient: args.to };
        let draft = Draft::of::<BuyShares>(self.liquidity, &params, args.amount.clone())?;
        let fresh = self.session.send_fresh(&key, &draft)?;
        let shares = decode::<BuyShares>(&fresh.executed.receipt.return_data)?.shares;
        let json = json!({ "amount": amount::atto(&args.amount), "shares": amount::atto(&shares) });
        let text = format!("bought {} shares for {}", amount::plain(&shares), amount::fil(&args.amount));
        Ok(report(&fresh, json, text))
    }

    fn add(&self, args: Add) -> Result<Report> {
        let key = self.session.key()?;
        not_evm(&key, "provide liquidity")?;
        let params = AddLiquidityParams { min_lp: args.min_lp.unwrap_or_default() };
        let draft = Draft::of::<AddLiquidity>(self.liquidity, &params, args.amount.clone())?;
        let fresh = self.session.send_fresh(&key, &draft)?;
        let lp = decode::<AddLiquidity>(&fresh.executed.receipt.return_data)?.lp;
        let json = json!({ "amount": amount::atto(&args.amount), "lp": amount::atto(&lp) });
        let text = format!("{} became {} LP tokens", amount::fil(&args.amount), amount::plain(&lp));
        Ok(report(&fresh, json, text))
    }

    fn remove(&self, args: Remove) -> Result<Report> {
        let lp = args.lp.or_all(|| self.lp_of(self.session.address()?))?;
        let params = RemoveLiquidityParams {
            lp: lp.clone(),
            min_fil: args.min_fil.unwrap_or_default(),
            min_shares: args.min_shares.unwrap_or_default(),
        };
        let (executed, answer) =
            self.session.invoke::<RemoveLiquidity>(self.liquidity, &params, TokenAmount::default())?;
        let (fil, shares) = (&answer.fil, &answer.shares);
        let json = json!({ "lp": amount::atto(&lp), "fil": amount::atto(fil), "shares": amount::atto(shares) });
        let text = format!(
            "{} LP tokens became {} and {} shares",
            amount::plain(&lp),
            amount::fil(fil),
            amount::plain(shares)
        );
        Ok(Report::new(sent_with(&executed, json), text))
    }

    fn recycle(&self, shares: Quantity) -> Result<Report> {
        let shares = shares.or_all(|| self.redeemable())?;
        let key = self.session.key()?;
        not_evm(&key, "recycle shares of liquidity")?;
        let params = RecycleParams { shares: shares.clone() };
        let draft = Draft::of::<Recycle>(self.liquidity, &params, TokenAmount::default())?;
        let fresh = self.session.send_fresh(&key, &draft)?;
        let fil = decode::<Recycle>(&fresh.executed.receipt.return_data)?.fil;
        let json = json!({ "shares": amount::atto(&shares), "fil": amount::atto(&fil) });
        let text = format!("{} shares of liquidity were redeemed for {}", amount::plain(&shares), amount::fil(&fil));
        Ok(report(&fresh, json, text))
    }

    /// As many shares of the inventory as the pool can pay at the last measurement.
    fn redeemable(&self) -> Result<TokenAmount> {
        let client = &self.session.client;
        let all = client.query::<liquidity::GetTotals>(self.liquidity, &())?.inventory;
        let preview = client.query::<PreviewRedeem>(self.pool, &PreviewRedeemParams { shares: all.clone() })?;
        if preview.amount <= preview.available {
            return Ok(all);
        }
        Ok(mul_div_tokens(&all, &preview.available, &preview.amount, Rounding::Down).unwrap_or_default())
    }

    fn collect(&self) -> Result<Report> {
        let (executed, answer) = self.session.invoke::<Collect>(self.liquidity, &(), TokenAmount::default())?;
        let json = sent_with(&executed, json!({ "collected": amount::atto(&answer.collected) }));
        Ok(Report::new(json, format!("{} came in", amount::fil(&answer.collected))))
    }
}

/// The report on a trade.
fn report(fresh: &Fresh, mut facts: Value, text: String) -> Report {
    facts["sync"] = fresh.sync_json();
    Report::new(sent_with(&fresh.executed, facts), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discounts_are_to_the_nearest() {
        let of = |worth: i64, paid: i64| discount_bps(&TokenAmount::from_atto(worth), &TokenAmount::from_atto(paid));
        assert_eq!([of(10_000, 9_725), of(10_000, 10_000), of(1_000_000, 972_449)], [Some(275), Some(0), Some(276)]);
        assert_eq!([of(0, 0), of(5, 6)], [None, None]);
    }
}
