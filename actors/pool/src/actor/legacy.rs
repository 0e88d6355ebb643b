//! FIL that was an operator's before custody: it goes into the bond, free of fees.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::SettleParams;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::bond;
use crate::emit;
use crate::error::Error;
use crate::math;
use crate::state::{Cold, State};

/// What became of it.
pub(super) struct Legacy {
    owner: ActorID,
    miner: ActorID,
    /// Shares of the bond and when they unlock; `None` if it was too little for one, and is owed as it is.
    shares: Option<(TokenAmount, ChainEpoch)>,
    /// Dead shares, if they changed before.
    dead: Option<TokenAmount>,
}

impl Legacy {
    /// Emits what became of it.
    pub(super) fn emit<H: Host>(&self, rt: &Runtime<H>, value: &TokenAmount) -> Result<(), ActorError> {
        emit::surplus(rt, self.dead.as_ref())?;
        match &self.shares {
            Some((shares, unlock_at)) => emit::bonded(rt, self.owner, Some(self.miner), value, shares, *unlock_at),
            None => emit::returned(rt, self.owner, value),
        }
    }
}

/// Books it, as bond shares of whoever brought the miner. If it can't buy a share (dust, or shares have no price) it is owed to that
/// owner like a reward: a harvest must not fail for it, and it is nobody else's.
pub(super) fn book<H: Host>(
    state: &mut State,
    cold: &mut Cold,
    params: &SettleParams,
    unlock_at: ChainEpoch,
    store: Store<'_, H>,
) -> Result<Option<Legacy>, ActorError> {
    if !params.legacy.is_positive() {
        return Ok(None);
    }
    let brought = match params.miner {
        Some(miner) => cold.custody(store)?.get(&miner)?.map(|owner| (miner, *owner)),
        None => None,
    };
    let Some((miner, owner)) = brought else {
        let what = format!("{} FIL of legacy came from a miner nobody brought: {:?}", params.legacy, params.miner);
        return Err(Error::BooksDiffer(what).into());
    };
    let dead = math::settle_surplus(&mut state.totals);
    let shares = if let Ok(shares) = math::shares_for(&params.legacy, &state.totals) {
        let unlock_at = bond::add(state, cold, owner, &shares, unlock_at)?;
        state.totals.liquid += &params.legacy;
        Some((shares, unlock_at))
    } else {
        cold.bond_of(owner, &mut state.bond)?.account.owe(&params.legacy);
        state.totals.rewards_owed += &params.legacy;
        None
    };
    Ok(Some(Legacy { owner, miner, shares, dead }))
}
