//! Those who buy shares at once at a discount: what a sale must bring, and what providers must get.

use std::collections::BTreeMap;

use num_traits::Zero;

use super::Expected;
use crate::money::{Atto, Exact};

/// What a sale costs, in basis points of the price.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discount {
    /// With no shares bought yet.
    pub base: u32,
    /// Times the part of all that is shares.
    pub slope: u32,
    /// At most.
    pub max: u32,
}

/// The liquidity actor's books. Its shares, and what they earn, are a holder's like any other: [`NAME`].
#[derive(Clone, Debug, Default)]
pub struct Market {
    /// What a sale costs.
    pub discount: Discount,
    /// FIL at hand.
    pub fil: Atto,
    /// LP tokens by provider.
    pub lp: BTreeMap<&'static str, Atto>,
    /// LP tokens the first provider left behind for ever.
    pub left_behind: Atto,
}

/// The holder the market is among holders.
pub const NAME: &str = "liquidity";
/// So many LP tokens the first provider leaves behind, lest anybody make one of them worth a fortune.
const LEFT_BEHIND: u64 = 1_000_000_000;

impl Market {
    /// All LP tokens.
    pub fn supply(&self) -> Atto {
        self.lp.values().sum::<Atto>() + &self.left_behind
    }

    /// What a sale must bring at a price of one: the discount is the mean of that before and that after, both of what is there once
    /// the shares have come.
    pub fn quote(&self, inventory: &Atto, shares: &Atto) -> Exact {
        let all = &self.fil + inventory + shares;
        let whole = Atto::from(10_000);
        // In basis points of all.
        let rate = |inventory: &Atto| {
            let sloped = &all * self.discount.base + inventory * self.discount.slope;
            sloped.min(&all * self.discount.max)
        };
        let twice = rate(inventory) + rate(&(inventory + shares));
        let kept = &all * &whole * 2 - twice;
        Exact::from(shares).share(&kept, &(all * whole * 2))
    }
}

impl Expected {
    /// Shares the market has bought.
    pub fn inventory(&self) -> Atto {
        self.shares.get(NAME).cloned().unwrap_or_default()
    }

    /// FIL becomes LP tokens, at the value of all there is. The market's rewards come in first: `collected`, as it happened.
    pub fn add_liquidity(&mut self, provider: &'static str, value: &Atto) -> Atto {
        let supply = self.market.supply();
        let lp = if supply.is_zero() {
            self.market.left_behind = LEFT_BEHIND.into();
            value - LEFT_BEHIND
        } else {
            let all = &self.market.fil + self.inventory();
            Exact::from(value).share(&supply, &all).floor()
        };
        *self.market.lp.entry(provider).or_default() += &lp;
        self.market.fil += value;
        lp
    }

    /// Shares are sold for what was paid.
    pub fn sell(&mut self, holder: &'static str, shares: &Atto, paid: &Atto, now: i64) {
        self.transfer(holder, NAME, shares, now);
        self.market.fil -= paid;
    }

    /// What the market's shares have earned comes to it.
    pub fn collect(&mut self, collected: &Atto) {
        *self.claimed.entry(NAME).or_default() += collected;
        self.market.fil += collected;
    }

    /// LP tokens become their part of FIL and shares, after [`Self::collect`]. Answers both.
    pub fn remove_liquidity(&mut self, provider: &'static str, lp: &Atto, now: i64) -> (Atto, Atto) {
        let supply = self.market.supply();
        let part = |of: &Atto| Exact::from(lp).share(of, &supply).floor();
        let (fil, shares) = (part(&self.market.fil), part(&self.inventory()));
        self.market.fil -= &fil;
        *self.market.lp.entry(provider).or_default() -= lp;
        self.transfer(NAME, provider, &shares, now);
        (fil, shares)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::books;
    use super::*;
    use crate::money::fil;

    #[test]
    fn a_sale_pays_the_mean_of_two_discounts() {
        let discount = Discount { base: 100, slope: 1_000, max: 500 };
        let market = Market { discount, fil: fil("90"), ..Market::default() };
        // Nothing before and a tenth after: 1% and 2%.
        assert_eq!(market.quote(&Atto::zero(), &fil("10")).floor(), fil("9.85"));
        // A tenth and then more than four tenths, which the maximum cuts.
        let market = Market { discount, fil: fil("50"), ..Market::default() };
        assert_eq!(market.quote(&fil("10"), &fil("40")).floor(), fil("38.6"));
    }

    #[test]
    fn providers_share_what_is_there() {
        let mut books = books();
        books.deposit("alice", &fil("10"), 0);
        let first = books.add_liquidity("lena", &fil("20"));
        assert_eq!(first, fil("20") - LEFT_BEHIND);
        assert_eq!(books.add_liquidity("leo", &fil("20")), fil("20"));
        books.sell("alice", &fil("10"), &fil("8"), 0);
        books.collect(&fil("2"));
        // 34 FIL and 10 shares for 40 tokens.
        assert_eq!(books.remove_liquidity("leo", &fil("20"), 0), (fil("17"), fil("5")));
        assert_eq!((books.inventory(), books.market.fil.clone()), (fil("5"), fil("17")));
    }
}
