//! nft-share's raw state as plain figures.

use std::collections::BTreeMap;

use anyhow::anyhow;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use peggy_localnet::Network;
use peggy_nft_share::state::{Holder, Position, State};
use peggy_nft_share::testing::check_state_invariants;
use peggy_runtime::{ActorError, Findings, Wiring};

use crate::observe::Observed;
use crate::observe_pool::PoolBooks;

/// Positions and who has them.
#[derive(Clone, Debug)]
pub struct NftBooks {
    /// The hot block.
    pub state: State,
    /// Positions by token.
    pub positions: BTreeMap<u64, Position>,
    /// Owners, and those who are owed something.
    pub holders: BTreeMap<ActorID, Holder>,
    /// The pool's reward index as of the epoch looked at: what it would be if somebody touched the pool in it.
    pub index: BigInt,
}

impl NftBooks {
    /// Reads everything.
    pub fn of(net: &Network, id: ActorID, pool: &PoolBooks, epoch: ChainEpoch) -> anyhow::Result<Self> {
        let store = net.store();
        let state: State = net.load_state(id)?;
        let (mut positions, mut holders) = (BTreeMap::new(), BTreeMap::new());
        let array = state.positions(store).map_err(plain)?;
        array
            .page(0, u64::MAX, |token, position| {
                positions.insert(token, position.clone());
                true
            })
            .map_err(plain)?;
        let map = state.holders(store).map_err(plain)?;
        map.for_each(|id, holder| {
            holders.insert(id, holder.clone());
            Ok(())
        })
        .map_err(plain)?;
        let mut pool = pool.state.clone();
        // Before wiring nothing accrues.
        let _ = pool.begin(epoch);
        Ok(Self { state, positions, holders, index: pool.rewards.index })
    }

    /// What a position has accrued, in multiples of 2^-64 attoFIL.
    pub fn accrued(&self, token: u64) -> BigInt {
        self.positions.get(&token).map_or_else(BigInt::default, |p| p.account.pending(&self.index))
    }
}

fn plain(e: ActorError) -> anyhow::Error {
    anyhow!("{e}")
}

/// nft-share's own check, and that its account at the pool is to the last bit what it believes: so the shares of all positions are
/// its balance, and what they have accrued is what the pool owes it.
pub fn check(seen: &Observed, wiring: &Wiring, net: &Network) -> Findings {
    let nft = &seen.nft;
    let (summary, mut f) = check_state_invariants(&nft.state, net.store(), wiring.nft_share, &nft.index, seen.epoch);
    let there = seen.pool.accounts.get(&wiring.nft_share).cloned().unwrap_or_default();
    f.require(
        summary.shares == there.shares,
        format_args!("positions have {} shares, the pool holds {} for them", summary.shares, there.shares),
    );
    let here = summary.held.pending(&seen.pool.state.rewards.index);
    f.require(
        here == there.pending,
        format_args!("2^64 times: the pool owes {}, positions and holders count on {here}", there.pending),
    );
    f
}
