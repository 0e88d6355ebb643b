//! Every sum that was compared, and which of them are off.

use num_traits::Zero as _;
use serde_json::{json, Value};

use crate::money::{exact, Atto};

/// A comparison.
#[derive(Clone, Debug)]
pub struct Check {
    what: String,
    expected: Atto,
    found: Atto,
    /// How many attoFIL less than expected are right, because divisions were rounded against who is paid.
    may_lack: Atto,
    /// How many attoFIL more are right.
    may_exceed: Atto,
}

/// All comparisons.
#[derive(Clone, Debug, Default)]
pub struct Checks(Vec<Check>);

impl Check {
    fn ok(&self) -> bool {
        let lacks = &self.expected - &self.found;
        lacks <= self.may_lack && -lacks <= self.may_exceed
    }
}

impl Checks {
    /// Must be the same to the attoFIL.
    pub fn same(&mut self, what: impl Into<String>, expected: &Atto, found: &Atto) {
        self.within(what, expected, found, Atto::zero(), Atto::zero());
    }

    /// May be this much less, and this much more.
    pub fn within(&mut self, what: impl Into<String>, expected: &Atto, found: &Atto, may_lack: Atto, may_exceed: Atto) {
        let (expected, found) = (expected.clone(), found.clone());
        self.0.push(Check { what: what.into(), expected, found, may_lack, may_exceed });
    }

    /// How many there were.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Those that are off, in words.
    pub fn off(&self) -> Vec<String> {
        let wrong = self.0.iter().filter(|check| !check.ok());
        wrong
            .map(|check| {
                let differs = &check.found - &check.expected;
                format!(
                    "{}: expected {} FIL, found {} FIL ({differs} attoFIL)",
                    check.what,
                    exact(&check.expected),
                    exact(&check.found)
                )
            })
            .collect()
    }

    /// For `out/demo.json`.
    pub fn json(&self) -> Value {
        let one = |check: &Check| {
            json!({
                "what": check.what, "ok": check.ok(), "expected": check.expected.to_string(),
                "found": check.found.to_string(),
                "may_lack": check.may_lack.to_string(), "may_exceed": check.may_exceed.to_string(),
            })
        };
        self.0.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_and_too_much_are_both_off() {
        let n = |n: i64| Atto::from(n);
        let mut checks = Checks::default();
        checks.same("a", &n(5), &n(5));
        checks.within("b", &n(5), &n(3), n(2), n(0));
        checks.within("b", &n(5), &n(6), n(0), n(1));
        assert!(checks.off().is_empty());
        checks.within("c", &n(5), &n(2), n(2), n(0));
        checks.within("d", &n(5), &n(6), n(2), n(0));
        checks.same("e", &n(5), &n(4));
        let off = checks.off();
        assert_eq!(off.len(), 3);
        assert!(off[0].starts_with("c: ") && off[0].ends_with("(-3 attoFIL)"), "{}", off[0]);
    }
}
