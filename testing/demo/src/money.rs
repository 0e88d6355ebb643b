//! attoFIL as whole numbers, exact fractions of them, and how people read them.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use anyhow::{anyhow, Result};
use fvm_shared::bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};
use serde_json::Value;

/// Decimals of FIL and of the share.
const DECIMALS: u32 = 18;

/// attoFIL, or the smallest unit of a share.
pub type Atto = BigInt;

/// Reads `1234.5` as FIL.
///
/// # Panics
/// On anything that is no such number: the demo's own constants only.
pub fn fil(text: &str) -> Atto {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<18}");
    digits.parse().unwrap_or_else(|e| panic!("'{text}' is no amount: {e}"))
}

/// A whole number of attoFIL in an answer, as text or as a number.
pub fn atto_in(answer: &Value, pointer: &str) -> Result<Atto> {
    let found = answer.pointer(pointer).ok_or_else(|| anyhow!("there is no {pointer} in {answer}"))?;
    let text = found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned);
    text.parse().map_err(|e| anyhow!("{pointer} is '{text}', no number of attoFIL: {e}"))
}

/// All 18 decimals, thousands set apart.
pub fn exact(amount: &Atto) -> String {
    let unit = BigInt::from(10).pow(DECIMALS);
    let (whole, rest) = amount.abs().div_rem(&unit);
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{}.{rest:0>18}", thousands(&whole.to_string()))
}

/// As [`exact`], without zeros at the end.
pub fn trimmed(amount: &Atto) -> String {
    exact(amount).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Four decimals, cut off, never rounded up: `~` marks that something was cut.
pub fn short(amount: &Atto) -> String {
    let full = exact(amount);
    let (whole, fraction) = full.split_once('.').unwrap_or((&full, ""));
    let (shown, cut) = fraction.split_at(4);
    let mark = if cut.bytes().any(|b| b != b'0') { "~" } else { "" };
    let shown = shown.trim_end_matches('0');
    if shown.is_empty() && mark.is_empty() {
        return format!("{whole} FIL");
    }
    if shown.is_empty() && whole.trim_start_matches('-') == "0" {
        return format!("{amount} attoFIL");
    }
    if shown.is_empty() {
        return format!("{mark}{whole} FIL");
    }
    format!("{mark}{whole}.{shown} FIL")
}

fn thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `floor(amount * bps / 10000)`, of amounts that are not negative.
pub fn bps_of(amount: &Atto, bps: u32) -> Atto {
    (amount * bps).div_floor(&BigInt::from(10_000))
}

/// An exact fraction of attoFIL: no rounding anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    numerator: BigInt,
    /// Positive, and without a common divisor.
    denominator: BigInt,
}

impl Exact {
    /// Nothing.
    pub fn zero() -> Self {
        Self::from(&BigInt::zero())
    }

    /// `self * times / by`.
    ///
    /// # Panics
    /// If `by` is not positive, which would be a mistake of the model.
    pub fn share(&self, times: &BigInt, by: &BigInt) -> Self {
        assert!(by.is_positive(), "a share of nothing was asked for");
        Self::new(&self.numerator * times, &self.denominator * by)
    }

    /// The largest whole number that is not more.
    pub fn floor(&self) -> Atto {
        self.numerator.div_floor(&self.denominator)
    }

    /// `floor(self / other)`.
    pub fn div_floor(&self, other: &Self) -> BigInt {
        (&self.numerator * &other.denominator).div_floor(&(&self.denominator * &other.numerator))
    }

    /// Nothing at all.
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    fn new(numerator: BigInt, denominator: BigInt) -> Self {
        let divisor = numerator.gcd(&denominator);
        if divisor.is_one() || divisor.is_zero() {
            return Self { numerator, denominator };
        }
        Self { numerator: numerator / &divisor, denominator: denominator / divisor }
    }
}

impl From<&Atto> for Exact {
    fn from(whole: &Atto) -> Self {
        Self { numerator: whole.clone(), denominator: BigInt::one() }
    }
}

impl Add<&Exact> for &Exact {
    type Output = Exact;
    fn add(self, other: &Exact) -> Exact {
        let numerator = &self.numerator * &other.denominator + &other.numerator * &self.denominator;
        Exact::new(numerator, &self.denominator * &other.denominator)
    }
}

impl Sub<&Exact> for &Exact {
    type Output = Exact;
    fn sub(self, other: &Exact) -> Exact {
        let numerator = &self.numerator * &other.denominator - &other.numerator * &self.denominator;
        Exact::new(numerator, &self.denominator * &other.denominator)
    }
}

impl AddAssign<&Exact> for Exact {
    fn add_assign(&mut self, other: &Exact) {
        *self = &*self + other;
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", exact(&self.floor()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_write() {
        assert_eq!(exact(&fil("1234567.5")), "1,234,567.500000000000000000");
        assert_eq!(exact(&-fil("0.1")), "-0.100000000000000000");
        assert_eq!([trimmed(&fil("1100")), trimmed(&fil("0.5"))], ["1,100", "0.5"]);
        assert_eq!(short(&fil("1000")), "1,000 FIL");
        assert_eq!(short(&fil("250.5")), "250.5 FIL");
        assert_eq!(short(&fil("333.333333333333333333")), "~333.3333 FIL");
        assert_eq!(short(&fil("2.00001")), "~2 FIL");
        assert_eq!(short(&BigInt::from(7)), "7 attoFIL");
        assert_eq!(short(&BigInt::zero()), "0 FIL");
    }

    #[test]
    fn fractions_are_exact() {
        let third = Exact::from(&BigInt::one()).share(&BigInt::one(), &BigInt::from(3));
        let one = &(&third + &third) + &third;
        assert_eq!(one, Exact::from(&BigInt::one()));
        assert_eq!((&one - &third).floor(), BigInt::zero());
        assert_eq!(one.div_floor(&third), BigInt::from(3));
        assert_eq!(bps_of(&BigInt::from(9_999), 1), BigInt::zero());
    }
}
