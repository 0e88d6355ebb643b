//! Changes of rules: what is named changes, the rest stays as it is on chain.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{self as api, Action, Settings};
use peggy_interfaces::pool::{FeeParams, GetTerms, SetTerms, TermsParams};
use peggy_math::Bps;
use serde::Deserialize;

use super::actions::of;
use crate::session::Session;
use crate::text::{Account, Epochs, Fil, Shares};
use crate::{Failure, Result};

/// What of governance's settings is to change; the rest stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    threshold_bps: Option<u32>,
    quorum_bps: Option<u32>,
    voting_delay: Option<Epochs>,
    voting_period: Option<Epochs>,
    ordinary_delay: Option<Epochs>,
    critical_delay: Option<Epochs>,
    grace_period: Option<Epochs>,
}

/// What of the terms is to change; the rest stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsChange {
    fees: Option<Vec<Fee>>,
    min_deposit: Option<Fil>,
    min_ticket: Option<Shares>,
    cap: Option<Fil>,
    max_idle: Option<Fil>,
    reserve_bps: Option<u32>,
    reward_period: Option<Epochs>,
    exit_cooldown: Option<Epochs>,
    max_staleness_in: Option<Epochs>,
    max_staleness_out: Option<Epochs>,
    min_bond_bps: Option<u32>,
    bond_period: Option<Epochs>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    label: String,
    recipient: Account,
    bps: u32,
}

/// Reads a change written as `key = value` pairs, one an argument.
pub fn change<T: for<'de> Deserialize<'de>>(pairs: &[String]) -> Result<T> {
    let line = |pair: &String| -> Result<String> {
        let wrong = || Failure::usage(format!("'{pair}' is no change: write name=value, as in reward_period='3 days'"));
        let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
        let (name, value) = (name.trim(), value.trim());
        // Numbers and lists as they are, anything else is text.
        let plain = value.starts_with('[') || (name.ends_with("_bps") && value.parse::<u32>().is_ok());
        Ok(if plain { format!("{name} = {value}\n") } else { format!("{name} = {value:?}\n") })
    };
    let text = pairs.iter().map(line).collect::<Result<String>>()?;
    toml::from_str(&text).map_err(|e| Failure::usage(e.to_string().trim_end().to_owned()))
}

/// The call of a change: what it leaves out is as it is on chain.
pub fn settings(session: &Session, change: &SettingsChange) -> Result<Action> {
    let governance = session.actor("governance")?;
    let now = session.client.query::<api::GetConfig>(governance, &())?.settings;
    let epochs = |wanted: &Option<Epochs>, now| wanted.as_ref().map_or(now, |epochs| epochs.0);
    let new = Settings {
        threshold: change.threshold_bps.map_or(now.threshold, Bps),
        quorum: change.quorum_bps.map_or(now.quorum, Bps),
        voting_delay: epochs(&change.voting_delay, now.voting_delay),
        voting_period: epochs(&change.voting_period, now.voting_period),
        ordinary_delay: epochs(&change.ordinary_delay, now.ordinary_delay),
        critical_delay: epochs(&change.critical_delay, now.critical_delay),
        grace_period: epochs(&change.grace_period, now.grace_period),
    };
    crate::deploy::governance::check_settings(&new)?;
    of::<api::SetSettings>(governance, &new)
}

/// The call of a change: what it leaves out is as it is on chain.
pub fn terms(session: &Session, change: &TermsChange) -> Result<Action> {
    let pool = session.actor("pool")?;
    let now = session.client.query::<GetTerms>(pool, &())?;
    let epochs = |wanted: &Option<Epochs>, now| wanted.as_ref().map_or(now, |epochs| epochs.0);
    let fil = |wanted: &Option<Fil>, now: TokenAmount| wanted.as_ref().map_or(now, |fil| fil.0.clone());
    let fees = match &change.fees {
        Some(fees) => fees
            .iter()
            .map(|fee| FeeParams { label: fee.label.clone(), recipient: fee.recipient.0, bps: Bps(fee.bps) })
            .collect(),
        None => now
            .fees
            .into_iter()
            .map(|fee| FeeParams { label: fee.label, recipient: Address::new_id(fee.recipient), bps: fee.bps })
            .collect(),
    };
    let new = TermsParams {
        fees,
        min_deposit: fil(&change.min_deposit, now.min_deposit),
        min_ticket: change.min_ticket.as_ref().map_or(now.min_ticket, |shares| shares.0.clone()),
        cap: fil(&change.cap, now.cap),
        max_idle: fil(&change.max_idle, now.max_idle),
        reserve_bps: change.reserve_bps.map_or(now.reserve_bps, Bps),
        reward_period: epochs(&change.reward_period, now.reward_period),
        exit_cooldown: epochs(&change.exit_cooldown, now.exit_cooldown),
        max_staleness_in: epochs(&change.max_staleness_in, now.max_staleness_in),
        max_staleness_out: epochs(&change.max_staleness_out, now.max_staleness_out),
        min_bond_bps: change.min_bond_bps.map_or(now.min_bond_bps, Bps),
        bond_period: epochs(&change.bond_period, now.bond_period),
    };
    of::<SetTerms>(pool, &new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_pairs() {
        let pairs = |list: &[&str]| list.iter().map(|pair| (*pair).to_owned()).collect::<Vec<_>>();
        let new: SettingsChange = change(&pairs(&["voting_period=3 days", "quorum_bps = 500"])).unwrap();
        assert_eq!(new.voting_period.unwrap().0, 3 * 2_880);
        assert_eq!(new.quorum_bps, Some(500));
        assert!(change::<TermsChange>(&pairs(&["cap"])).unwrap_err().message.contains("name=value"));
        assert!(change::<TermsChange>(&pairs(&["hat=1"])).unwrap_err().message.contains("unknown field"));
        let fees: TermsChange =
            change(&pairs(&["fees=[{label=\"operator\",recipient=\"f0100\",bps=5}]", "min_deposit=0.5 FIL"])).unwrap();
        assert_eq!((fees.fees.unwrap().len(), fees.min_deposit.is_some()), (1, true));
    }
}
