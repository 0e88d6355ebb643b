//! Integer arithmetic on money. Multiplication comes before division, and every division names its rounding
//! (DESIGN.md 3.3): against the person who asks.

mod bps;

pub use bps::{Bps, BPS_WHOLE};

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// Bits after the point of an index: amounts per share are kept as multiples of 2^-64.
pub const INDEX_BITS: usize = 64;

/// Which way a division goes when it does not come out even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards zero: what a user receives.
    Down,
    /// Away from zero: what a user pays or owes.
    Up,
}

/// `a * b / divisor` for amounts that are not negative. `None` if the divisor is zero or any input is negative, so that
/// no input can make it panic.
pub fn mul_div(a: &BigInt, b: &BigInt, divisor: &BigInt, rounding: Rounding) -> Option<BigInt> {
    if !divisor.is_positive() || a.is_negative() || b.is_negative() {
        return None;
    }
    let product = a * b;
    Some(match rounding {
        Rounding::Down => product / divisor,
        Rounding::Up => product.div_ceil(divisor),
    })
}

/// [`mul_div`] on token amounts, in attoFIL or the smallest unit of a token.
pub fn mul_div_tokens(
    a: &TokenAmount,
    b: &TokenAmount,
    divisor: &TokenAmount,
    rounding: Rounding,
) -> Option<TokenAmount> {
    mul_div(a.atto(), b.atto(), divisor.atto(), rounding).map(TokenAmount::from_atto)
}

/// `a - b`, or zero if that would be negative.
pub fn saturating_sub(a: &TokenAmount, b: &TokenAmount) -> TokenAmount {
    if a > b {
        a - b
    } else {
        TokenAmount::zero()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounding_goes_the_way_it_says() {
        let n = BigInt::from;
        assert_eq!(mul_div(&n(7), &n(3), &n(2), Rounding::Down), Some(n(10)));
        assert_eq!(mul_div(&n(7), &n(3), &n(2), Rounding::Up), Some(n(11)));
        assert_eq!(mul_div(&n(8), &n(3), &n(2), Rounding::Up), Some(n(12)));
        assert_eq!(mul_div(&n(0), &n(3), &n(2), Rounding::Up), Some(n(0)));
    }

    #[test]
    fn refuses_what_has_no_answer() {
        let n = BigInt::from;
        assert_eq!(mul_div(&n(1), &n(1), &n(0), Rounding::Down), None);
        assert_eq!(mul_div(&n(-1), &n(1), &n(1), Rounding::Down), None);
        assert_eq!(mul_div(&n(1), &n(-1), &n(1), Rounding::Up), None);
        assert_eq!(mul_div(&n(1), &n(1), &n(-1), Rounding::Up), None);
    }

    proptest! {
        #[test]
        fn up_and_down_enclose_the_quotient(a: u128, b: u128, d in 1u128..) {
            let (a, b, d) = (BigInt::from(a), BigInt::from(b), BigInt::from(d));
            let down = mul_div(&a, &b, &d, Rounding::Down).unwrap();
            let up = mul_div(&a, &b, &d, Rounding::Up).unwrap();
            let product = &a * &b;
            prop_assert!(&down * &d <= product && product <= &up * &d);
            prop_assert!(&up - &down <= BigInt::from(1));
        }
    }
}
