//! Ratios in basis points.

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use serde::{Deserialize, Serialize};

use crate::{mul_div, Rounding};

/// The whole: 10,000 basis points.
pub const BPS_WHOLE: u32 = 10_000;

/// A ratio in hundredths of a percent. What it may reach is checked where it is set; [`Bps::of`] is safe for any value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bps(pub u32);

impl Bps {
    /// This share of an amount that is not negative (a negative one gives zero).
    pub fn of(self, amount: &TokenAmount, rounding: Rounding) -> TokenAmount {
        let part = mul_div(amount.atto(), &BigInt::from(self.0), &BigInt::from(BPS_WHOLE), rounding);
        part.map_or_else(TokenAmount::default, TokenAmount::from_atto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_amounts() {
        let atto = TokenAmount::from_atto;
        assert_eq!(Bps(250).of(&atto(1000), Rounding::Down), atto(25));
        assert_eq!(Bps(1).of(&atto(9_999), Rounding::Down), atto(0));
        assert_eq!(Bps(1).of(&atto(9_999), Rounding::Up), atto(1));
        assert_eq!(Bps(BPS_WHOLE).of(&atto(77), Rounding::Down), atto(77));
        assert_eq!(Bps(100).of(&atto(-5), Rounding::Down), atto(0));
    }
}
