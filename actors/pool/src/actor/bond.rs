//! The operator's bond: shares of the pool's own account that earn for their owner and bear losses before all others.
//!
//! They come from custody of a miner, from what the operator's miners still vested then, and from the operator's own FIL; they go by a
//! loss, by withdrawal, or by slashing. How a loss takes them is in [`absorb`].

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::GetConfig;
use peggy_interfaces::pool::{
    CreditBondParams, CreditBondReturn, DepositReturn, RedeemReturn, SettleParams, SlashBondParams, TopUpBondParams,
    WithdrawBondParams,
};
use peggy_interfaces::query;
use peggy_math::Rounding;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::settle::from_proxy;
use crate::actor::{admin, deposit, with_fresh};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::state::{BondRecord, Cold, Config, State, Totals};

/// Books custody of a miner: its backing becomes principal, and shares of the bond at the entry price from before it came. The
/// owner-proxy only.
pub fn credit<H: Host>(rt: &Runtime<H>, params: CreditBondParams) -> Result<CreditBondReturn, ActorError> {
    let config = from_proxy(rt)?;
    not_negative(&params.backing, "backing")?;
    // Checked by the proxy, too; an owner that does not exist could never claim.
    let owner = rt.resolve(&fvm_shared::address::Address::new_id(params.owner), "the bond's owner")?;
    let now = rt.epoch();
    let (shares, unlock_at, dead) = rt.transaction(|state: &mut State, store| {
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
        let (shares, unlock_at, dead) = if params.backing.is_positive() {
            let dead = math::settle_surplus(&mut state.totals);
            let shares = math::shares_for(&params.backing, &state.totals)?;
            let unlock_at = add(state, &mut cold, owner, &shares, now + config.terms.bond_period)?;
            (shares, unlock_at, dead)
        } else {
            (TokenAmount::zero(), 0, None)
        };
        state.totals.miners.principal = pledged;
        state.cold = cold.save(store)?;
        Ok((shares, unlock_at, dead))
    })?;
    emit::surplus(rt, dead.as_ref())?;
    emit::bonded(rt, owner, Some(params.miner), &params.backing, &shares, unlock_at)?;
    Ok(CreditBondReturn { shares })
}

/// Turns the value sent into bond shares of the operator at the entry price, rounded down. The operator only. Needs measurements as
/// deposits do; not closed by a pause, for it makes everybody safer.
pub fn top_up<H: Host>(rt: &Runtime<H>, params: TopUpBondParams) -> Result<DepositReturn, ActorError> {
    let config = State::view(rt)?.config(rt.store())?;
    let operator = query::<GetConfig, H>(rt, config.wiring()?.owner_proxy, &())?.operator;
    rt.require_caller(&[operator], "the operator")?;
    not_negative(&params.min_shares, "min_shares")?;
    let (value, now) = (rt.value(), rt.epoch());
    let (shares, unlock_at, dead) = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            deposit::check_price(&state.totals.miners, &config, now)?;
            let dead = math::settle_surplus(&mut state.totals);
            let shares = deposit::priced(value, state, &params.min_shares)?;
            let mut cold = state.cold(store)?;
            let unlock_at = add(state, &mut cold, operator, &shares, now + config.terms.bond_period)?;
            state.totals.liquid += value;
            state.cold = cold.save(store)?;
            Ok((shares, unlock_at, dead))
        })
    })?;
    emit::surplus(rt, dead.as_ref())?;
    emit::bonded(rt, operator, None, value, &shares, unlock_at)?;
    Ok(DepositReturn { shares })
}

/// Turns bond shares of the caller's into FIL at the price, rounded down. An owner of a part of the bond, once it is unlocked. Every
/// miner must have been measured in this epoch, and none be impaired or unsettled: nobody leaves before a loss is seen. Paid out
/// of liquid FIL beyond exits and reserve; what stays is worth the terms' part of all that is pledged.
pub fn withdraw<H: Host>(rt: &Runtime<H>, params: WithdrawBondParams) -> Result<RedeemReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.shares, "shares")?;
    not_negative(&params.min_amount, "min_amount")?;
    let (owner, now, shares) = (rt.caller(), rt.epoch(), &params.shares);
    let amount = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            let config = state.config(store)?;
            let mut cold = state.cold(store)?;
            let record = part_of(&mut cold, owner)?;
            check_unlocked(record, &state.totals, now)?;
            remove(state, record, shares)?;
            let amount = math::amount_for(shares, &state.totals);
            if !amount.is_positive() {
                return Err(Error::BringsNothing { given: shares.clone() }.into());
            }
            if amount < params.min_amount {
                return Err(Error::BelowWanted { got: amount, min: params.min_amount.clone() }.into());
            }
            let available = math::beyond_exits_and_reserve(&state.totals, &config.terms);
            if amount > available {
                return Err(Error::NotEnoughLiquid { wanted: amount, available }.into());
            }
            check_enough(state, &config)?;
            state.totals.liquid -= &amount;
            state.totals.shares -= shares;
            cold.prune_bonds(&mut state.bond, &mut state.rewards);
            state.cold = cold.save(store)?;
            Ok(amount)
        })
    })?;
    rt.pay(owner, &amount)?;
    emit::bond_withdrawn(rt, owner, shares, &amount)?;
    Ok(RedeemReturn { amount })
}

fn check_unlocked(record: &BondRecord, totals: &Totals, now: ChainEpoch) -> Result<(), Error> {
    if now < record.unlock_at {
        return Err(Error::BondLocked(format!("it is locked until epoch {}", record.unlock_at)));
    }
    math::check_settled(&totals.miners)?;
    // Of this very epoch, whatever the terms say of payments.
    math::check_fresh(&totals.miners, now, 0)?;
    if !totals.miners.impaired.is_zero() {
        let impaired = &totals.miners.impaired;
        return Err(Error::BondLocked(format!(
            "{impaired} FIL with the miners are impaired; wait until that is healed"
        )));
    }
    Ok(())
}

/// The bond is worth its part of all that is pledged, rounded up (69 otherwise).
pub(super) fn check_enough(state: &State, config: &Config) -> Result<(), Error> {
    let needed = config.terms.min_bond_bps.of(&state.totals.miners.principal, Rounding::Up);
    let bond = math::amount_for(&state.bond.shares, &state.totals);
    if bond < needed {
        return Err(Error::BondTooSmall { bond, needed });
    }
    Ok(())
}

/// Makes bond shares dead: out of the supply, but still in the price, so that nobody profits. Governance only, for harm no measurement
/// shows: penalties eat rewards that still vest before they touch what backs shares. What the shares earned stays the owner's.
pub fn slash<H: Host>(rt: &Runtime<H>, params: SlashBondParams) -> Result<(), ActorError> {
    admin::governed(rt)?;
    not_negative(&params.shares, "shares")?;
    let owner = rt.resolve(&params.owner, "the bond's owner")?;
    let (now, shares) = (rt.epoch(), &params.shares);
    rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let mut cold = state.cold(store)?;
        let record = part_of(&mut cold, owner)?;
        remove(state, record, shares)?;
        state.totals.shares -= shares;
        state.totals.dead += shares;
        cold.prune_bonds(&mut state.bond, &mut state.rewards);
        state.cold = cold.save(store)?;
        Ok(())
    })?;
    emit::bond_slashed(rt, owner, shares)
}

/// What the bond bore of a loss.
pub struct Absorbed {
    /// attoFIL of principal written off.
    pub amount: TokenAmount,
    /// Bond shares destroyed, by owner.
    pub shares: Vec<(ActorID, TokenAmount)>,
}

/// Lets the bond bear what impairment grew by since `before`: bond shares of that worth are destroyed, the present operator's first, and
/// the same is written off principal and impairment for good. So the price of all other shares stays as it was while there is a bond,
/// and rewards that come later belong to everyone again. `None` if nothing was lost or nothing is there to bear it.
///
/// Trust: how much is impaired is the owner-proxy's word, which checks that this miner is impaired by no less than what it is told to
/// write off.
pub(super) fn absorb(
    state: &mut State,
    cold: &mut Cold,
    before: &Totals,
    params: &SettleParams,
) -> Result<Option<Absorbed>, ActorError> {
    let loss = &state.totals.miners.impaired + &params.lost - &before.miners.impaired;
    if !loss.is_positive() || state.bond.shares.is_zero() {
        return Ok(None);
    }
    let (mut left, amount) = math::absorbed(&loss, &state.bond.shares, before);
    if left.is_zero() {
        return Ok(None);
    }
    let mut shares = Vec::new();
    for first in [true, false] {
        for record in cold.bonds.iter_mut().filter(|b| (b.owner == params.operator) == first) {
            let part = record.account.shares.clone().min(left.clone());
            if part.is_positive() {
                remove(state, record, &part)?;
                left -= &part;
                shares.push((record.owner, part));
            }
        }
    }
    state.totals.shares -= shares.iter().fold(TokenAmount::zero(), |sum, (_, part)| sum + part);
    cold.prune_bonds(&mut state.bond, &mut state.rewards);
    math::write_off(&mut state.totals.miners, &amount, &params.miner_impaired_net);
    Ok(Some(Absorbed { amount, shares }))
}

/// Whose part of the bond it is; an error (17) if it is nobody's.
fn part_of(cold: &mut Cold, owner: ActorID) -> Result<&mut BondRecord, Error> {
    cold.bonds.iter_mut().find(|b| b.owner == owner).ok_or(Error::NoBond(owner))
}

/// Takes shares out of a record and the bond; whether they leave the supply or become dead is the caller's to book.
fn remove(state: &mut State, record: &mut BondRecord, shares: &TokenAmount) -> Result<(), Error> {
    if shares.is_zero() {
        return Err(Error::BringsNothing { given: shares.clone() });
    }
    if !record.account.take(&state.rewards.parcel(shares)) {
        let (owner, balance) = (record.owner, record.account.shares.clone());
        return Err(Error::TooFewShares { owner, balance, wanted: shares.clone() });
    }
    state.bond.shares -= shares;
    Ok(())
}

/// Makes bond shares, and returns from when on this owner's part can be withdrawn.
pub(super) fn add(
    state: &mut State,
    cold: &mut Cold,
    owner: ActorID,
    shares: &TokenAmount,
    unlock_at: ChainEpoch,
) -> Result<ChainEpoch, ActorError> {
    let parcel = state.rewards.parcel(shares);
    let record = cold.bond_of(owner, &mut state.bond)?;
    record.unlock_at = math::unlock_at(&record.account.shares, record.unlock_at, shares, unlock_at);
    record.account.add(&parcel);
    let unlock_at = record.unlock_at;
    state.bond.shares += shares;
    state.totals.shares += shares;
    Ok(unlock_at)
}
