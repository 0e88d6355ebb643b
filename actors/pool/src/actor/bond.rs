//! The operator's bond: shares of the pool's own account that earn for their owner. Its rules (write-off, top-up, withdrawal,
//! slashing) come with the exit queue; here it only grows.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{CreditBondParams, CreditBondReturn, SettleParams};
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::settle::from_proxy;
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::{Cold, State};

/// Books custody of a miner: its backing becomes principal, and shares of the bond at the entry price from before it came. The
/// owner-proxy only.
pub fn credit<H: Host>(rt: &Runtime<H>, params: CreditBondParams) -> Result<CreditBondReturn, ActorError> {
    from_proxy(rt)?;
    not_negative(&params.backing, "backing")?;
    // Checked by the proxy, too; an owner that does not exist could never claim.
    let owner = rt.resolve(&fvm_shared::address::Address::new_id(params.owner), "the bond's owner")?;
    let now = rt.epoch();
    let (shares, dead) = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let pledged = &state.totals.miners.principal + &params.backing;
        math::check_books(&params.totals, &pledged, now)?;
        let mut cold = state.cold(store)?;
        let mut custody = cold.custody(store)?;
        custody.set(&params.miner, owner)?;
        cold.custody = custody.flush()?;
        // The price is that of the moment before: everything reported but the backing itself.
        state.totals.miners = params.totals.clone();
        state.totals.miners.principal -= &params.backing;
        let (shares, dead) = if params.backing.is_positive() {
            let dead = math::settle_surplus(&mut state.totals);
            let shares = math::shares_for(&params.backing, &state.totals)?;
            add(state, &mut cold, owner, &shares)?;
            (shares, dead)
        } else {
            (TokenAmount::default(), None)
        };
        state.totals.miners.principal = pledged;
        state.cold = cold.save(store)?;
        Ok((shares, dead))
    })?;
    emit::surplus(rt, dead.as_ref())?;
    emit::bonded(rt, owner, params.miner, &params.backing, &shares)?;
    Ok(CreditBondReturn { shares })
}

/// What became of FIL that was an operator's before custody.
pub(super) struct Legacy {
    owner: ActorID,
    miner: ActorID,
    /// Shares of the bond; `None` if it was too little for one, and is owed as it is.
    shares: Option<TokenAmount>,
    /// Dead shares, if they changed before.
    dead: Option<TokenAmount>,
}

impl Legacy {
    /// Emits what became of it.
    pub(super) fn emit<H: Host>(&self, rt: &Runtime<H>, value: &TokenAmount) -> Result<(), ActorError> {
        emit::surplus(rt, self.dead.as_ref())?;
        match &self.shares {
            Some(shares) => emit::bonded(rt, self.owner, self.miner, value, shares),
            None => emit::returned(rt, self.owner, value),
        }
    }
}

/// Books FIL that was an operator's before custody, as bond shares of whoever brought the miner. If it can't buy a share (dust, or
/// shares have no price) it is owed to that owner like a reward: a harvest must not fail for it, and it is nobody else's.
pub(super) fn book_legacy<H: Host>(
    state: &mut State,
    params: &SettleParams,
    store: Store<'_, H>,
) -> Result<Option<Legacy>, ActorError> {
    if !params.legacy.is_positive() {
        return Ok(None);
    }
    let mut cold = state.cold(store)?;
    let brought = match params.miner {
        Some(miner) => cold.custody(store)?.get(&miner)?.map(|owner| (miner, *owner)),
        None => None,
    };
    let Some((miner, owner)) = brought else {
        let what = format!("{} FIL of legacy came from a miner nobody brought: {:?}", params.legacy, params.miner);
        return Err(Error::BooksDiffer(what).into());
    };
    let dead = math::settle_surplus(&mut state.totals);
    let shares = math::shares_for(&params.legacy, &state.totals).ok();
    if let Some(shares) = &shares {
        add(state, &mut cold, owner, shares)?;
        state.totals.liquid += &params.legacy;
    } else {
        cold.bond_of(owner, &mut state.bond)?.account.owe(&params.legacy);
        state.totals.rewards_owed += &params.legacy;
    }
    state.cold = cold.save(store)?;
    Ok(Some(Legacy { owner, miner, shares, dead }))
}

/// Makes bond shares.
fn add(state: &mut State, cold: &mut Cold, owner: ActorID, shares: &TokenAmount) -> Result<(), ActorError> {
    let parcel = state.rewards.parcel(shares);
    cold.bond_of(owner, &mut state.bond)?.account.add(&parcel);
    state.bond.shares += shares;
    state.totals.shares += shares;
    Ok(())
}
