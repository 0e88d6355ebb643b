//! The part of the deployment's TOML that governance is made from. All of it may be left out.

use fvm_shared::address::Address;
use peggy_interfaces::governance::{limits, ConstructorParams, Settings, DEFAULT_SETTINGS};
use peggy_math::Bps;
use serde::Deserialize;

use super::config::{at_most, within};
use crate::text::{Account, Epochs};
use crate::{Failure, Result};

/// `[governance]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    guardian: Option<Account>,
    threshold_bps: Option<u32>,
    quorum_bps: Option<u32>,
    voting_delay: Option<Epochs>,
    voting_period: Option<Epochs>,
    ordinary_delay: Option<Epochs>,
    critical_delay: Option<Epochs>,
    grace_period: Option<Epochs>,
}

/// Who may pause intake, and what proposals take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governance {
    /// Nobody if `None`.
    pub guardian: Option<Address>,
    /// What proposals take.
    pub settings: Settings,
}

impl Governance {
    /// What the file says, and defaults for the rest.
    pub fn of(file: File) -> Self {
        let epochs = |given: Option<Epochs>, default| given.map_or(default, |Epochs(epochs)| epochs);
        let d = DEFAULT_SETTINGS;
        let settings = Settings {
            threshold: file.threshold_bps.map_or(d.threshold, Bps),
            quorum: file.quorum_bps.map_or(d.quorum, Bps),
            voting_delay: epochs(file.voting_delay, d.voting_delay),
            voting_period: epochs(file.voting_period, d.voting_period),
            ordinary_delay: epochs(file.ordinary_delay, d.ordinary_delay),
            critical_delay: epochs(file.critical_delay, d.critical_delay),
            grace_period: epochs(file.grace_period, d.grace_period),
        };
        Self { guardian: file.guardian.map(|Account(address)| address), settings }
    }

    /// Parameters of the constructor.
    pub fn constructor(&self, deployer: Address) -> ConstructorParams {
        ConstructorParams { deployer, guardian: self.guardian, settings: self.settings.clone() }
    }

    /// The bounds governance will insist on.
    pub fn check(&self) -> Result<()> {
        check_settings(&self.settings)
    }
}

/// The bounds governance insists on: better told before anything is signed.
pub fn check_settings(s: &Settings) -> Result<()> {
    at_most("governance.threshold_bps", s.threshold.0.into(), limits::MAX_THRESHOLD.0)?;
    at_most("governance.quorum_bps", s.quorum.0.into(), limits::MAX_QUORUM.0)?;
    at_least("governance.threshold_bps", s.threshold, limits::MIN_THRESHOLD)?;
    at_least("governance.quorum_bps", s.quorum, limits::MIN_QUORUM)?;
    let long = limits::MIN_CRITICAL_DELAY.max(s.ordinary_delay);
    for (name, value, least, most) in [
        ("governance.voting_delay", s.voting_delay, limits::MIN_VOTING_DELAY, limits::MAX_VOTING_DELAY),
        ("governance.voting_period", s.voting_period, limits::MIN_VOTING_PERIOD, limits::MAX_VOTING_PERIOD),
        ("governance.ordinary_delay", s.ordinary_delay, limits::MIN_ORDINARY_DELAY, limits::MAX_DELAY),
        ("governance.critical_delay", s.critical_delay, long, limits::MAX_DELAY),
        ("governance.grace_period", s.grace_period, limits::MIN_GRACE_PERIOD, limits::MAX_GRACE_PERIOD),
    ] {
        within(name, value, least, most)?;
    }
    Ok(())
}

fn at_least(name: &str, value: Bps, least: Bps) -> Result<()> {
    if value < least {
        return Err(Failure::usage(format!("{name} is {}, but must be {} at least", value.0, least.0)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Governance {
        Governance::of(toml::from_str(text).unwrap())
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        let none = parse("");
        assert_eq!(none, Governance { guardian: None, settings: DEFAULT_SETTINGS });
        none.check().unwrap();
        let some = parse("guardian = \"f0100\"\nvoting_period = \"3 days\"");
        assert_eq!(some.guardian, Some(Address::new_id(100)));
        assert_eq!(some.settings, Settings { voting_period: 3 * limits::DAY, ..DEFAULT_SETTINGS });
    }

    #[test]
    fn bounds_are_named() {
        for (text, said) in [
            ("threshold_bps = 0", "governance.threshold_bps is 0, but must be 1 at least"),
            ("threshold_bps = 201", "200 at most"),
            ("quorum_bps = 399", "400 at least"),
            (
                "voting_delay = \"59 minutes\"",
                "governance.voting_delay is 118 epochs, but must be from 1 hour to 14 days",
            ),
            ("critical_delay = \"6 days\"", "but must be from 7 days"),
            ("ordinary_delay = \"20 days\"", "governance.critical_delay is 14 days, but must be from 20 days"),
        ] {
            let error = parse(text).check().unwrap_err();
            assert!(error.message.contains(said), "{text}: {error}");
        }
    }
}
