//! The share token (FRC-46): balances, transfers, burning. Semantics are those of the reference implementation; accruals stay with
//! whoever held the shares.

use frc46_token::receiver::FRC46TokenReceived;
use frc46_token::token::types::{
    BurnFromParams, BurnFromReturn, BurnParams, BurnReturn, TransferFromParams, TransferFromReturn, TransferParams,
    TransferReturn,
};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::{allowance, call_hook, not_the_pool};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::State;

/// FRC-46 name.
pub fn name<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.name)
}

/// FRC-46 symbol.
pub fn symbol<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.symbol)
}

/// One: every attoshare can be moved.
pub fn granularity<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<u64, ActorError> {
    State::view(rt)?;
    Ok(1)
}

/// Shares that belong to somebody; not the dead ones.
pub fn total_supply<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<TokenAmount, ActorError> {
    Ok(State::view(rt)?.totals.shares)
}

/// An address' shares; none for one that is not on chain. The pool's own are the bond.
pub fn balance_of<H: Host>(rt: &Runtime<H>, address: Address) -> Result<TokenAmount, ActorError> {
    let state = State::view(rt)?;
    match rt.host().resolve(&address) {
        Some(id) => balance(rt, &state, id),
        None => Ok(TokenAmount::zero()),
    }
}

/// An actor's shares.
pub(super) fn balance<H: Host>(rt: &Runtime<H>, state: &State, id: ActorID) -> Result<TokenAmount, ActorError> {
    if id == rt.receiver() {
        return Ok(state.bond.shares.clone());
    }
    Ok(state.accounts(rt.store())?.get(id)?.shares)
}

/// Moves the caller's shares, then calls the recipient's hook. Anyone. An unknown recipient is created.
pub fn transfer<H: Host>(rt: &Runtime<H>, params: TransferParams) -> Result<TransferReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.amount, "amount")?;
    let to = rt.resolve_or_create(&params.to, "the recipient")?;
    not_the_pool(rt, to, "shares")?;
    let (from, now) = (rt.caller(), rt.epoch());
    let balances = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        move_shares(state, from, to, &params.amount, store)
    })?;
    emit::transferred(rt, from, to, &params.amount)?;
    let received = Moved { operator: from, from, to, amount: params.amount, data: params.operator_data };
    let (recipient_data, (from_balance, to_balance)) = notify(rt, received, balances)?;
    Ok(TransferReturn { from_balance, to_balance, recipient_data })
}

/// Moves an owner's shares within the caller's allowance, then calls the recipient's hook. Anyone but the owner.
pub fn transfer_from<H: Host>(rt: &Runtime<H>, params: TransferFromParams) -> Result<TransferFromReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.amount, "amount")?;
    let from = owner_of(rt, &params.from, &params.amount)?;
    let to = rt.resolve_or_create(&params.to, "the recipient")?;
    not_the_pool(rt, to, "shares")?;
    let (operator, now) = (rt.caller(), rt.epoch());
    let balances = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        allowance::spend(state, from, operator, &params.amount, store)?;
        move_shares(state, from, to, &params.amount, store)
    })?;
    emit::transferred(rt, from, to, &params.amount)?;
    let received = Moved { operator, from, to, amount: params.amount, data: params.operator_data };
    let (recipient_data, (from_balance, to_balance)) = notify(rt, received, balances)?;
    let allowance = allowance::between(&State::view(rt)?, from, operator, rt.store())?;
    emit::allowance(rt, from, operator, &allowance)?;
    Ok(TransferFromReturn { from_balance, to_balance, allowance, recipient_data })
}

/// Makes the caller's shares dead: out of the supply, but still in the price, so that burning moves no price. What has
/// accrued on them stays claimable.
pub fn burn<H: Host>(rt: &Runtime<H>, params: BurnParams) -> Result<BurnReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.amount, "amount")?;
    let (owner, now) = (rt.caller(), rt.epoch());
    let balance = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        kill_shares(state, owner, &params.amount, store)
    })?;
    emit::burnt(rt, owner, &params.amount)?;
    Ok(BurnReturn { balance })
}

/// [`burn`] for an operator, within its allowance. Anyone but the owner.
pub fn burn_from<H: Host>(rt: &Runtime<H>, params: BurnFromParams) -> Result<BurnFromReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.amount, "amount")?;
    let owner = owner_of(rt, &params.owner, &params.amount)?;
    let (operator, now) = (rt.caller(), rt.epoch());
    let (balance, allowance) = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let allowance = allowance::spend(state, owner, operator, &params.amount, store)?;
        Ok((kill_shares(state, owner, &params.amount, store)?, allowance))
    })?;
    emit::burnt(rt, owner, &params.amount)?;
    emit::allowance(rt, owner, operator, &allowance)?;
    Ok(BurnFromReturn { balance, allowance })
}

/// The owner an operator names: it must exist to have allowed anything, and be somebody else.
fn owner_of<H: Host>(rt: &Runtime<H>, owner: &Address, wanted: &TokenAmount) -> Result<ActorID, ActorError> {
    let Some(id) = rt.host().resolve(owner) else {
        return Err(ActorError::insufficient_funds(format!(
            "the owner is not on chain, so it has allowed nobody to move {wanted} shares"
        )));
    };
    if id == rt.caller() {
        return Err(Error::OwnerAsOperator(id).into());
    }
    Ok(id)
}

/// Moves shares between accounts, one flush for both, and returns both balances. What was pending stays on either side. To
/// oneself nothing moves, but the shares must be there.
fn move_shares<H: Host>(
    state: &mut State,
    from: ActorID,
    to: ActorID,
    amount: &TokenAmount,
    store: Store<'_, H>,
) -> Result<(TokenAmount, TokenAmount), ActorError> {
    let mut accounts = state.accounts(store)?;
    let mut sender = accounts.get(from)?;
    let parcel = state.rewards.parcel(amount);
    if !sender.take(&parcel) {
        return Err(Error::TooFewShares { owner: from, balance: sender.shares, wanted: amount.clone() }.into());
    }
    let left = sender.shares.clone();
    if from == to {
        let all = left + amount;
        return Ok((all.clone(), all));
    }
    let mut recipient = accounts.get(to)?;
    recipient.add(&parcel);
    let there = recipient.shares.clone();
    if !amount.is_zero() {
        accounts.put(from, sender, &mut state.rewards)?;
        accounts.put(to, recipient, &mut state.rewards)?;
        state.accounts = accounts.flush()?;
    }
    Ok((left, there))
}

/// Takes shares out of an account and the supply, and leaves them in the price.
fn kill_shares<H: Host>(
    state: &mut State,
    owner: ActorID,
    amount: &TokenAmount,
    store: Store<'_, H>,
) -> Result<TokenAmount, ActorError> {
    let mut accounts = state.accounts(store)?;
    let mut account = accounts.get(owner)?;
    if !account.take(&state.rewards.parcel(amount)) {
        return Err(Error::TooFewShares { owner, balance: account.shares, wanted: amount.clone() }.into());
    }
    let left = account.shares.clone();
    accounts.put(owner, account, &mut state.rewards)?;
    state.accounts = accounts.flush()?;
    state.totals.shares -= amount;
    state.totals.dead += amount;
    Ok(left)
}

/// Shares that moved.
struct Moved {
    operator: ActorID,
    from: ActorID,
    to: ActorID,
    amount: TokenAmount,
    data: RawBytes,
}

/// Calls the hook, and returns what it said and both balances after it: those known, unless the hook changed the pool's state.
fn notify<H: Host>(
    rt: &Runtime<H>,
    moved: Moved,
    balances: (TokenAmount, TokenAmount),
) -> Result<(RawBytes, (TokenAmount, TokenAmount)), ActorError> {
    let before = rt.host().root();
    let Moved { operator, from, to, amount, data } = moved;
    let token_data = RawBytes::default();
    let received = FRC46TokenReceived { from, to, operator, amount, operator_data: data, token_data };
    let said = call_hook(rt, received)?;
    if rt.host().root() == before {
        return Ok((said, balances));
    }
    let state = State::view(rt)?;
    Ok((said, (balance(rt, &state, from)?, balance(rt, &state, to)?)))
}
