//! Durations in epochs of 30 seconds, as people write them.

use fvm_shared::clock::ChainEpoch;

/// Units and their length in epochs.
const UNITS: &[(&str, ChainEpoch)] =
    &[("epoch", 1), ("minute", 2), ("hour", 120), ("day", 2_880), ("week", 20_160), ("year", 365 * 2_880)];

/// Reads `20160`, `20160 epochs`, `7 days`, `12 hours`.
pub fn parse(text: &str) -> Result<ChainEpoch, String> {
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(split);
    let wrong = || format!("'{text}' is no duration: write epochs as a number, or as in '7 days', '12 hours'");
    let number: ChainEpoch = number.replace('_', "").parse().map_err(|_| wrong())?;
    let unit = unit.trim();
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let length = if unit.is_empty() {
        1
    } else {
        UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length).ok_or_else(wrong)?
    };
    number.checked_mul(length).ok_or_else(wrong)
}

/// `7 days`, `1 day 12 hours`; epochs where it does not come out even.
pub fn text(epochs: ChainEpoch) -> String {
    let count = |n: ChainEpoch, name: &str| format!("{n} {name}{}", if n == 1 { "" } else { "s" });
    for (name, length) in [("day", 2_880), ("hour", 120)] {
        if epochs != 0 && epochs % length == 0 {
            return count(epochs / length, name);
        }
    }
    count(epochs, "epoch")
}

/// How long from `now` to an epoch: `in about 3 days`, `now` if it has come.
pub fn until(epoch: ChainEpoch, now: ChainEpoch) -> String {
    let left = epoch.saturating_sub(now);
    if left <= 0 {
        return "now".to_owned();
    }
    let (length, name) = UNITS
        .iter()
        .filter(|(name, _)| matches!(*name, "minute" | "hour" | "day"))
        .rev()
        .find(|(_, length)| left >= *length)
        .map_or((1, "epoch"), |(name, length)| (*length, *name));
    let count = left / length;
    let about = if left % length == 0 { "" } else { "about " };
    format!("in {about}{count} {name}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        assert_eq!(parse("7 days"), Ok(20_160));
        assert_eq!(parse("1 day"), Ok(2_880));
        assert_eq!(parse("12hours"), Ok(1_440));
        assert_eq!(parse("20_160"), Ok(20_160));
        assert_eq!(parse("5 epochs"), Ok(5));
        assert_eq!(text(20_160), "7 days");
        assert_eq!(text(120), "1 hour");
        assert_eq!(text(0), "0 epochs");
        assert_eq!(text(7), "7 epochs");
        assert_eq!([until(5, 5), until(6, 5), until(12, 5)], ["now", "in 1 epoch", "in about 3 minutes"]);
        assert_eq!([until(2_880, 0), until(259_300, 0)], ["in 1 day", "in about 90 days"]);
        for wrong in ["", "soon", "-1 days", "1.5 days", "3 parsecs", "99999999999999 years"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
