//! Collects everything that is wrong with a state, instead of stopping at the first.

use std::fmt;

/// Violations found by a `check_state_invariants`, each with the path to where it was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings {
    prefix: String,
    found: Vec<String>,
}

impl Findings {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// Runs `check` with `prefix` put before all it finds.
    pub fn within(&mut self, prefix: impl fmt::Display, check: impl FnOnce(&mut Self)) {
        let outer = self.prefix.clone();
        self.prefix = format!("{outer}{prefix}: ");
        check(self);
        self.prefix = outer;
    }
    /// Notes a violation unless `holds`.
    pub fn require(&mut self, holds: bool, what: impl fmt::Display) {
        if !holds {
            self.add(what);
        }
    }
    /// Notes a violation.
    pub fn add(&mut self, what: impl fmt::Display) {
        self.found.push(format!("{}{what}", self.prefix));
    }
    /// The value, or a violation that says why there is none.
    pub fn expect<T, E: fmt::Display>(&mut self, r: Result<T, E>, what: impl fmt::Display) -> Option<T> {
        match r {
            Ok(value) => Some(value),
            Err(e) => {
                self.add(format_args!("{what}: {e}"));
                None
            }
        }
    }
    /// All violations.
    pub fn found(&self) -> &[String] {
        &self.found
    }
    /// Adds another's violations.
    pub fn merge(&mut self, prefix: impl fmt::Display, other: Self) {
        for line in other.found {
            self.found.push(format!("{}{prefix}: {line}", self.prefix));
        }
    }
    /// True if nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.found.join("\n"))
    }
}
