//! Governance on the real VM: the course of proposals, every refusal, attacks on votes, upgrades of all five actors.

mod attacks;
mod course;
pub mod methods;
mod permissions;
mod random;
mod refusals;
mod upgrades;

use peggy_interfaces::governance::{Action, SetGuardian, SetGuardianParams};
use peggy_interfaces::owner_proxy::{KeeperCut, SetKeeperCut, SetOperator, SetOperatorParams};
use peggy_interfaces::pool::{SlashBond, SlashBondParams, TermsParams};
use peggy_math::Bps;
use peggy_scenarios::council::{action, Council};
use peggy_scenarios::{fil, Setup};

/// A day in epochs.
const DAY: i64 = peggy_interfaces::governance::limits::DAY;

/// Alice 60, Bob 30, Carol (who has an Ethereum-style wallet) 10.
fn council() -> Council {
    Council::with(&[("alice", 60), ("bob", 30), ("carol", 10)])
}

/// Ordinary.
fn keeper_cut(c: &Council, bps: u32) -> Action {
    action::<SetKeeperCut>(c.wiring.owner_proxy, &KeeperCut { bps: Bps(bps), cap: fil(1) })
}

/// Ordinary.
fn set_operator(c: &Council, name: &str) -> Action {
    action::<SetOperator>(c.wiring.owner_proxy, &SetOperatorParams { operator: c.key(name).address() })
}

/// Ordinary, and no concern of the bond.
fn set_guardian(c: &Council, name: &str) -> Action {
    action::<SetGuardian>(c.wiring.governance, &SetGuardianParams { guardian: Some(c.key(name).address()) })
}

/// Critical.
fn set_terms(c: &Council, change: impl FnOnce(&mut TermsParams)) -> Action {
    let mut terms = Setup::default().terms_params(&c.cast);
    change(&mut terms);
    action::<peggy_interfaces::pool::SetTerms>(c.wiring.pool, &terms)
}

/// Critical.
fn slash(c: &Council, shares: i64) -> Action {
    let params = SlashBondParams { owner: c.key("operator").address(), shares: fil(shares) };
    action::<SlashBond>(c.wiring.pool, &params)
}
