//! Checks the state against itself, from the raw blocks.

use std::collections::BTreeMap;

use fvm_ipld_blockstore::Blockstore;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::liquidity::limits;
use peggy_runtime::lifecycle::MAX_PAUSE;
use peggy_runtime::Findings;

use crate::state::{State, SCHEMA};

/// What liquidity holds and who owns it, recomputed from the token's balances, for checks across actors.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// attoFIL of the providers: what the balance must cover.
    pub fil: TokenAmount,
    /// Shares of the providers: this actor's balance at the pool.
    pub inventory: TokenAmount,
    /// LP tokens by holder; the locked ones under this actor's own ID.
    pub balances: BTreeMap<ActorID, TokenAmount>,
    /// All of them.
    pub lp: TokenAmount,
}

/// Checks the invariants of liquidity alone, and returns all that is wrong. `balance` is its FIL, `now` the current epoch, `own` its
/// ID.
pub fn check_state_invariants<BS: Blockstore>(
    state: &State,
    store: &BS,
    own: ActorID,
    balance: &TokenAmount,
    now: ChainEpoch,
) -> (Summary, Findings) {
    let mut f = Findings::new();
    f.require(state.schema == SCHEMA, format_args!("schema is {}", state.schema));
    f.require(state.wiring.is_some() == state.deployer.is_none(), "a deployer is left after wiring, or none before");
    f.require(!state.fil.is_negative(), format_args!("{} FIL", state.fil));
    f.require(!state.inventory.is_negative(), format_args!("{} shares", state.inventory));
    f.require(*balance >= state.fil, format_args!("solvency: {balance} at hand, {} tracked", state.fil));

    let s = &state.settings;
    f.require(s.base_bps <= s.max_bps, "the base exceeds the maximum");
    f.require(s.max_bps <= limits::MAX_DISCOUNT && s.slope_bps <= limits::MAX_SLOPE, format_args!("settings: {s:?}"));
    let latest = now.saturating_add(MAX_PAUSE);
    f.require(state.paused_until.is_none_or(|until| until <= latest), "paused for longer than can be");

    let (token, errors) = state.lp.check_invariants(store, 1);
    for error in errors {
        f.add(format_args!("LP token: {error}"));
    }
    let balances: BTreeMap<_, _> = token.balance_map.unwrap_or_default().into_iter().collect();
    let locked = balances.get(&own).cloned().unwrap_or_default();
    if state.lp.supply.is_zero() {
        f.require(state.fil.is_zero() && state.inventory.is_zero(), "there is something, and nobody's");
    } else {
        f.require(locked == TokenAmount::from_atto(limits::LOCKED_LP), format_args!("{locked} LP tokens are locked"));
    }
    let summary =
        Summary { fil: state.fil.clone(), inventory: state.inventory.clone(), balances, lp: state.lp.supply.clone() };
    (summary, f)
}
