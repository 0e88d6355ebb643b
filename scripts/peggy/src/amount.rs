//! Amounts as people write them. Whole numbers of attoFIL inside, never floating point.

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use num_traits::{Signed, Zero};

/// Decimals of FIL and of the share.
const DECIMALS: u32 = 18;

const WRITE_DIGITS: &str = "write digits, with a point before the fraction, as in '1.5 FIL'";

/// Units and how many decimals they have. `FIL` is meant when none is named.
const UNITS: &[(&str, u32)] = &[
    ("FIL", 18),
    ("mFIL", 15),
    ("uFIL", 12),
    ("µFIL", 12),
    ("microFIL", 12),
    ("milliFIL", 15),
    ("nFIL", 9),
    ("nanoFIL", 9),
    ("pFIL", 6),
    ("picoFIL", 6),
    ("fFIL", 3),
    ("femtoFIL", 3),
    ("aFIL", 0),
    ("attoFIL", 0),
    ("atto", 0),
];

/// Reads `1.5`, `1.5 FIL`, `100 nFIL`, `5 attoFIL`. Negative amounts and fractions of an attoFIL are errors.
pub fn parse(text: &str) -> Result<TokenAmount, String> {
    let trimmed = text.trim();
    let split =
        trimmed.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+'))).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(split);
    let unit = unit.trim();
    if number.is_empty() {
        return Err(format!("'{text}' is no amount: {WRITE_DIGITS}"));
    }
    let decimals = match unit {
        "" => DECIMALS,
        _ => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, decimals)| *decimals).ok_or_else(
            || format!("'{unit}' is no unit of FIL: use FIL, mFIL, uFIL, nFIL, pFIL, fFIL or attoFIL, as in '1.5 FIL'"),
        )?,
    };
    digits(number, decimals).map(TokenAmount::from_atto).map_err(|why| format!("'{text}' is no amount: {why}"))
}

/// Reads an amount of shares: as [`parse`], in whole shares of 18 decimals unless `atto` is named.
pub fn parse_shares(text: &str) -> Result<TokenAmount, String> {
    let text = text.trim();
    let text = text.strip_suffix("shares").or_else(|| text.strip_suffix("share")).unwrap_or(text);
    parse(text)
}

/// A number of tokens, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// As many as there are.
    All,
    /// So many.
    Exactly(TokenAmount),
}

impl Quantity {
    /// The number; how many there are is asked for only if all are meant.
    pub fn or_all<E>(self, all: impl FnOnce() -> Result<TokenAmount, E>) -> Result<TokenAmount, E> {
        match self {
            Self::All => all(),
            Self::Exactly(amount) => Ok(amount),
        }
    }
}

/// Reads `all`, or shares as [`parse_shares`] does.
pub fn parse_quantity(text: &str) -> Result<Quantity, String> {
    if text.trim().eq_ignore_ascii_case("all") {
        return Ok(Quantity::All);
    }
    parse_shares(text).map(Quantity::Exactly)
}

fn digits(number: &str, decimals: u32) -> Result<BigInt, String> {
    let number = number.replace('_', "");
    if number.starts_with('-') {
        return Err("it is negative".to_owned());
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(WRITE_DIGITS.to_owned());
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err("it has a fraction of an attoFIL, the smallest unit there is".to_owned());
    }
    let text = format!("{whole}{fraction:0<width$}", width = decimals as usize);
    text.parse().map_err(|e| format!("{e}"))
}

/// `1.5 FIL`, exact, without needless zeros.
pub fn fil(amount: &TokenAmount) -> String {
    format!("{} FIL", plain(amount))
}

/// `1.5`, exact, for FIL and shares alike.
pub fn plain(amount: &TokenAmount) -> String {
    let unit = BigInt::from(10).pow(DECIMALS);
    let magnitude = amount.atto().abs();
    let whole = &magnitude / &unit;
    let rest = &magnitude % &unit;
    let sign = if amount.is_negative() { "-" } else { "" };
    if rest.is_zero() {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{rest:0>18}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// Basis points as a percentage, exact.
pub fn percent(bps: u32) -> String {
    match (bps / 100, bps % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{}%", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}%"),
    }
}

/// The whole number of attoFIL, for JSON.
pub fn atto(amount: &TokenAmount) -> String {
    amount.atto().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        atto(&parse(text).unwrap())
    }

    #[test]
    fn units_and_fractions() {
        assert_eq!(parsed("1.5"), "1500000000000000000");
        assert_eq!(parsed("1.5 FIL"), "1500000000000000000");
        assert_eq!(parsed("1.50FIL"), "1500000000000000000");
        assert_eq!(parsed("100 nFIL"), "100000000000");
        assert_eq!(parsed("5 attoFIL"), "5");
        assert_eq!(parsed("5 afil"), "5");
        assert_eq!(parsed(".5"), "500000000000000000");
        assert_eq!(parsed("0.000000000000000001"), "1");
        assert_eq!(parsed("1_000 FIL"), "1000000000000000000000");
        assert_eq!(parsed("2000000000"), "2000000000000000000000000000");
        assert_eq!(parsed("2.5 µFIL"), "2500000000000");
        assert_eq!(parsed("0"), "0");
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "write digits"),
            (".", "write digits"),
            ("1,5", "no unit"),
            ("1.5.5", "write digits"),
            ("1e3", "no unit"),
            ("-1", "negative"),
            ("+1", "write digits"),
            ("5.5 attoFIL", "fraction of an attoFIL"),
            ("0.0000000000000000001", "fraction of an attoFIL"),
            ("1 BTC", "no unit"),
            ("FIL", "write digits"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn writing_is_exact() {
        for text in ["0", "1", "1.5", "0.000000000000000001", "123456789.123456789123456789"] {
            assert_eq!(plain(&parse(text).unwrap()), text);
        }
        assert_eq!(fil(&TokenAmount::from_atto(-1_500_000_000_000_000_000i64)), "-1.5 FIL");
    }

    #[test]
    fn shares_are_counted_like_fil() {
        assert_eq!(atto(&parse_shares("2 shares").unwrap()), "2000000000000000000");
        assert_eq!(atto(&parse_shares("3 atto").unwrap()), "3");
    }

    #[test]
    fn percentages_are_exact() {
        assert_eq!(
            [percent(0), percent(100), percent(1050), percent(705), percent(10_000)],
            ["0%", "1%", "10.5%", "7.05%", "100%"]
        );
    }

    #[test]
    fn all_is_a_quantity() {
        assert_eq!(parse_quantity(" All "), Ok(Quantity::All));
        assert_eq!(parse_quantity("3 atto"), Ok(Quantity::Exactly(TokenAmount::from_atto(3))));
        assert!(parse_quantity("everything").unwrap_err().contains("write digits"));
        let all = || Ok::<_, ()>(TokenAmount::from_atto(9));
        assert_eq!(Quantity::All.or_all(all), Ok(TokenAmount::from_atto(9)));
        assert_eq!(Quantity::Exactly(TokenAmount::from_atto(3)).or_all(all), Ok(TokenAmount::from_atto(3)));
    }
}
