//! Sums as people write them, worked out exactly: numbers, `+ - × /`, brackets.

use std::iter::Peekable;
use std::str::Chars;

use fvm_shared::bigint::{BigInt, Sign};
use num_integer::Integer as _;
use num_traits::{One as _, Zero as _};

/// An exact fraction, in lowest terms with a positive denominator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: BigInt,
    denominator: BigInt,
}

impl Fraction {
    /// `numerator / denominator`.
    pub fn of(numerator: BigInt, denominator: BigInt) -> Self {
        assert!(denominator.sign() != Sign::NoSign, "a division by zero");
        let divisor = numerator.gcd(&denominator) * if denominator.sign() == Sign::Minus { -1 } else { 1 };
        Self { numerator: numerator / &divisor, denominator: denominator / divisor }
    }

    /// Reads `1,234.5`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.replace(',', "");
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let digits: BigInt = format!("{whole}{decimals}").parse().ok()?;
        Some(Self::of(digits, BigInt::from(10).pow(u32::try_from(decimals.len()).ok()?)))
    }

    /// The number if it is whole.
    pub fn whole(&self) -> Option<BigInt> {
        self.denominator.is_one().then(|| self.numerator.clone())
    }

    /// `self * 10^n`.
    pub fn times_power_of_ten(&self, n: u32) -> Self {
        Self::of(&self.numerator * BigInt::from(10).pow(n), self.denominator.clone())
    }

    /// Cut off after so many decimals.
    pub fn rounded_down(&self, decimals: u32) -> Self {
        let scale = BigInt::from(10).pow(decimals);
        Self::of((&self.numerator * &scale).div_floor(&self.denominator), scale)
    }
}

/// Works out a sum.
pub fn evaluate(sum: &str) -> Result<Fraction, String> {
    let mut chars = sum.chars().peekable();
    let result = terms(&mut chars)?;
    match chars.peek() {
        None => Ok(result),
        Some(c) => Err(format!("'{c}' is not understood")),
    }
}

fn next_is(chars: &mut Peekable<Chars>) -> Option<char> {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
    chars.peek().copied()
}

fn terms(chars: &mut Peekable<Chars>) -> Result<Fraction, String> {
    let mut sum = factors(chars)?;
    while let Some(sign @ ('+' | '-')) = next_is(chars) {
        chars.next();
        let Fraction { numerator, denominator } = factors(chars)?;
        let other = &numerator * &sum.denominator;
        let own = &sum.numerator * &denominator;
        sum = Fraction::of(if sign == '+' { own + other } else { own - other }, &sum.denominator * denominator);
    }
    Ok(sum)
}

fn factors(chars: &mut Peekable<Chars>) -> Result<Fraction, String> {
    let mut product = number(chars)?;
    while let Some(sign @ ('×' | '/')) = next_is(chars) {
        chars.next();
        let Fraction { numerator, denominator } = number(chars)?;
        let (by, of) = if sign == '×' { (numerator, denominator) } else { (denominator, numerator) };
        if of.is_zero() {
            return Err("a division by zero".to_owned());
        }
        product = Fraction::of(product.numerator * by, product.denominator * of);
    }
    Ok(product)
}

fn number(chars: &mut Peekable<Chars>) -> Result<Fraction, String> {
    if next_is(chars) == Some('(') {
        chars.next();
        let inside = terms(chars)?;
        return match next_is(chars) {
            Some(')') => {
                chars.next();
                Ok(inside)
            }
            _ => Err("a bracket is not closed".to_owned()),
        };
    }
    let mut digits = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, ',' | '.')) {
        digits.push(c);
    }
    Fraction::parse(&digits).ok_or_else(|| format!("a number is missing after '{digits}'"))
}

#[test]
fn sums_are_exact() {
    let is = |sum: &str, result: &str| assert_eq!(evaluate(sum).unwrap(), Fraction::parse(result).unwrap(), "{sum}");
    is("1 + 2 × 3", "7");
    is("(1 + 2) × 3 - 0.5", "8.5");
    is("1,000 / 8 / 5", "25");
    is("10 - 2 - 3", "5");
    assert_eq!(evaluate("2 / 3").unwrap().rounded_down(4), Fraction::parse("0.6666").unwrap());
    for wrong in ["", "1 +", "(1", "1 / 0", "1 ^ 2", "a"] {
        assert!(evaluate(wrong).is_err(), "{wrong}");
    }
}
