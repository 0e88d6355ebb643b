//! Liquidity's raw state as plain figures.

use std::collections::BTreeMap;

use anyhow::ensure;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_liquidity::state::State;
use peggy_localnet::Network;

/// Liquidity's books.
#[derive(Clone, Debug)]
pub struct LiquidityBooks {
    /// Its one block.
    pub state: State,
    /// LP tokens by holder, the locked ones under its own ID.
    pub lp: BTreeMap<ActorID, TokenAmount>,
    /// What operators may move of LP tokens, by (owner, operator).
    pub allowances: BTreeMap<(ActorID, ActorID), TokenAmount>,
}

impl LiquidityBooks {
    /// Reads everything.
    pub fn of(net: &Network, liquidity: ActorID) -> anyhow::Result<Self> {
        let state: State = net.load_state(liquidity)?;
        let (token, errors) = state.lp.check_invariants(net.store(), 1);
        ensure!(errors.is_empty(), "the LP token: {errors:?}");
        let allowances = token.allowance_map.unwrap_or_default().into_iter().flat_map(|(owner, operators)| {
            operators.into_iter().map(move |(operator, amount)| ((owner, operator), amount))
        });
        let allowances = allowances.collect();
        Ok(Self { state, lp: token.balance_map.unwrap_or_default().into_iter().collect(), allowances })
    }
}
