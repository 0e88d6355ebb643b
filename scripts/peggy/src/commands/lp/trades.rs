//! What people do with liquidity.

use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::liquidity::{
    AddLiquidity, AddLiquidityParams, BuyShares, BuySharesParams, Collect, QuoteBuy, QuoteBuyParams, Recycle,
    RecycleParams, RemoveLiquidity, RemoveLiquidityParams, SellParams, SellReturn,
};
use peggy_interfaces::pool::{PreviewRedeem, PreviewRedeemParams};
use peggy_interfaces::{frc46, liquidity};
use peggy_math::{mul_div_tokens, Rounding};
use serde_json::{json, Value};

use super::views::discount_bps;
use super::{Add, Buy, Market, Remove, Sell};
use crate::amount::{self, Quantity};
use crate::commands::{own_shares, sent_with};
use crate::failure::OrFail;
use crate::fresh::Fresh;
use crate::output::Report;
use crate::send::{decode, Draft};
use crate::session::not_evm;
use crate::Result;

/// Of what a quote promises, a trade takes this many basis points at least, unless a minimum is named.
const TOLERATED_BPS: u64 = 9_900;

fn tolerated(quoted: &TokenAmount) -> TokenAmount {
    TokenAmount::from_atto(quoted.atto() * TOLERATED_BPS / 10_000u32)
}

impl Market<'_> {
    pub(super) fn sell(&self, args: Sell) -> Result<Report> {
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

    pub(super) fn buy(&self, args: Buy) -> Result<Report> {
        let key = self.session.key()?;
        not_evm(&key, "buy from liquidity")?;
        let min_shares = if let Some(min) = args.min {
            min
        } else {
            let params = QuoteBuyParams { value: args.amount.clone() };
            tolerated(&self.session.client.query::<QuoteBuy>(self.liquidity, &params)?.shares)
        };
        let params = BuySharesParams { min_shares, recipient: args.to };
        let draft = Draft::of::<BuyShares>(self.liquidity, &params, args.amount.clone())?;
        let fresh = self.session.send_fresh(&key, &draft)?;
        let shares = decode::<BuyShares>(&fresh.executed.receipt.return_data)?.shares;
        let json = json!({ "amount": amount::atto(&args.amount), "shares": amount::atto(&shares) });
        let text = format!("bought {} shares for {}", amount::plain(&shares), amount::fil(&args.amount));
        Ok(report(&fresh, json, text))
    }

    pub(super) fn add(&self, args: Add) -> Result<Report> {
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

    pub(super) fn remove(&self, args: Remove) -> Result<Report> {
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

    pub(super) fn recycle(&self, shares: Quantity) -> Result<Report> {
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

    pub(super) fn collect(&self) -> Result<Report> {
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
