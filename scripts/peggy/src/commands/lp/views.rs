//! What there is to see of liquidity: its books and its quotes.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::liquidity::{QuoteBuy, QuoteBuyParams, QuoteSell, QuoteSellParams, QuoteSellReturn, Settings};
use peggy_interfaces::pool::{ExitDemand, PreviewRedeem, PreviewRedeemParams};
use peggy_interfaces::{frc46, liquidity};
use peggy_math::{mul_div_tokens, Rounding};
use serde_json::{json, Value};

use super::Market;
use crate::amount::{self, Quantity};
use crate::commands::own_shares;
use crate::output::{facts, Report};
use crate::{Failure, Result};

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
                "{} now: {}, plus {} times the part that is shares; at most {}",
                amount::percent(discount_now(totals)),
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
        "discount_bps": discount_now(totals),
        "paused_until": totals.paused_until,
        "measured_at": totals.measured_at,
    })
}

/// The discount of a sale too small to move it, in basis points, rounded down.
fn discount_now(totals: &liquidity::GetTotalsReturn) -> u32 {
    let Settings { base_bps, slope_bps, max_bps } = totals.settings;
    let inventory = &totals.value - &totals.fil - &totals.rewards;
    let part =
        mul_div_tokens(&TokenAmount::from_atto(slope_bps.0), &inventory, &(&totals.fil + &inventory), Rounding::Down);
    let sloped = part.and_then(|part| u32::try_from(part.atto()).ok()).unwrap_or_default();
    (base_bps.0 + sloped).min(max_bps.0)
}

/// By how much a payment is below what was worth it, in basis points, to the nearest.
pub(super) fn discount_bps(worth: &TokenAmount, paid: &TokenAmount) -> Option<u32> {
    let less = (worth - paid).atto() * 20_000u32 + worth.atto();
    let twice = (worth.atto() * 2u32).clone();
    (worth.is_positive() && paid <= worth).then(|| u32::try_from(less / twice).unwrap_or(u32::MAX))
}

impl Market<'_> {
    pub(super) fn status(&self) -> Result<Report> {
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

    pub(super) fn lp_of(&self, owner: Address) -> Result<TokenAmount> {
        self.session.client.query::<frc46::BalanceOf>(self.liquidity, &owner)
    }

    pub(super) fn ask_sell(&self, shares: &TokenAmount) -> Result<QuoteSellReturn> {
        self.session.client.query::<QuoteSell>(self.liquidity, &QuoteSellParams { shares: shares.clone() })
    }

    pub(super) fn quote_sell(&self, shares: Quantity) -> Result<Report> {
        let shares = shares.or_all(|| own_shares(self.session, self.pool))?;
        let quote = self.ask_sell(&shares)?;
        let enough = quote.amount <= quote.available;
        let discount = discount_bps(&quote.worth, &quote.amount);
        let client = &self.session.client;
        let redeem = client.query::<PreviewRedeem>(self.pool, &PreviewRedeemParams { shares: shares.clone() })?;
        let queue = client.query::<ExitDemand>(self.pool, &())?;
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
        let waiting = if queue.shares.is_positive() {
            format!("after {} of those before you, at the price of that day", amount::fil(&queue.demand))
        } else {
            "nobody waits before you; at the price of the day it is finalised".to_owned()
        };
        let text = facts([
            ("worth", amount::fil(&quote.worth)),
            ("peggy lp sell", sale),
            ("peggy redeem", at_once),
            ("peggy exit request", waiting),
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

    pub(super) fn quote_buy(&self, value: Quantity) -> Result<Report> {
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
