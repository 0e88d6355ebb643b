//! The LP token: FRC-46 on the state of `frc46_token`.

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc46_token::token::types::{
    BurnFromParams, BurnFromReturn, BurnParams, BurnReturn, TransferFromParams, TransferFromReturn, TransferParams,
    TransferReturn,
};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::receiver::Receive;
use peggy_interfaces::try_call;
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::actor::not_lost;
use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::State;

/// The token's name.
pub fn name<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.0.name)
}

/// The token's symbol.
pub fn symbol<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<String, ActorError> {
    Ok(State::view(rt)?.0.symbol)
}

/// LP tokens move in whole units.
pub fn granularity<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<u64, ActorError> {
    State::view(rt)?;
    Ok(1)
}

/// All LP tokens, the locked ones included.
pub fn total_supply<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<TokenAmount, ActorError> {
    Ok(State::view(rt)?.0.lp.supply)
}

/// An address' LP tokens; none for one that is not on chain. This actor's own are the locked ones.
pub fn balance_of<H: Host>(rt: &Runtime<H>, address: Address) -> Result<TokenAmount, ActorError> {
    let (state, _) = State::view(rt)?;
    match rt.host().resolve(&address) {
        Some(id) => state.balance(id, rt.store()),
        None => Ok(TokenAmount::zero()),
    }
}

/// Moves the caller's LP tokens, then calls the recipient's hook. Anyone. An unknown recipient is created.
pub fn transfer<H: Host>(rt: &Runtime<H>, params: TransferParams) -> Result<TransferReturn, ActorError> {
    rt.accept_anyone();
    let from = rt.caller();
    let moved = Moved::new(rt, from, &params.to, params.amount, params.operator_data)?;
    rt.transaction(|state: &mut State, store| state.transfer(from, moved.to, &moved.amount, store))?;
    emit::transferred(rt, from, moved.to, &moved.amount)?;
    let to = moved.to;
    let recipient_data = moved.notify(rt)?;
    let (state, _) = State::view(rt)?;
    Ok(TransferReturn {
        from_balance: state.balance(from, rt.store())?,
        to_balance: state.balance(to, rt.store())?,
        recipient_data,
    })
}

/// Moves an owner's LP tokens within the caller's allowance, then calls the recipient's hook. Anyone but the owner.
pub fn transfer_from<H: Host>(rt: &Runtime<H>, params: TransferFromParams) -> Result<TransferFromReturn, ActorError> {
    rt.accept_anyone();
    State::view(rt)?;
    let (from, operator) = (owner_of(rt, &params.from, &params.amount)?, rt.caller());
    let moved = Moved::new(rt, from, &params.to, params.amount, params.operator_data)?;
    let left = rt.transaction(|state: &mut State, store| {
        let left = state.use_allowance(from, operator, &moved.amount, store)?;
        state.transfer(from, moved.to, &moved.amount, store)?;
        Ok(left)
    })?;
    emit::transferred(rt, from, moved.to, &moved.amount)?;
    emit::allowance(rt, from, operator, &left)?;
    let to = moved.to;
    let recipient_data = moved.notify(rt)?;
    let (state, _) = State::view(rt)?;
    Ok(TransferFromReturn {
        from_balance: state.balance(from, rt.store())?,
        to_balance: state.balance(to, rt.store())?,
        allowance: state.allowance(from, operator, rt.store())?,
        recipient_data,
    })
}

/// Destroys the caller's LP tokens. Their part of FIL and inventory falls to everybody else's.
pub fn burn<H: Host>(rt: &Runtime<H>, params: BurnParams) -> Result<BurnReturn, ActorError> {
    rt.accept_anyone();
    State::view(rt)?;
    not_negative(&params.amount, "amount")?;
    let owner = rt.caller();
    let balance = rt.transaction(|state: &mut State, store| state.burn(owner, &params.amount, store))?;
    emit::burnt(rt, owner, &params.amount)?;
    Ok(BurnReturn { balance })
}

/// [`burn`] for an operator, within its allowance. Anyone but the owner.
pub fn burn_from<H: Host>(rt: &Runtime<H>, params: BurnFromParams) -> Result<BurnFromReturn, ActorError> {
    rt.accept_anyone();
    State::view(rt)?;
    not_negative(&params.amount, "amount")?;
    let (owner, operator) = (owner_of(rt, &params.owner, &params.amount)?, rt.caller());
    let (balance, allowance) = rt.transaction(|state: &mut State, store| {
        let allowance = state.use_allowance(owner, operator, &params.amount, store)?;
        Ok((state.burn(owner, &params.amount, store)?, allowance))
    })?;
    emit::burnt(rt, owner, &params.amount)?;
    emit::allowance(rt, owner, operator, &allowance)?;
    Ok(BurnFromReturn { balance, allowance })
}

/// The owner an operator names: it must exist to have allowed anything, and be somebody else.
fn owner_of<H: Host>(rt: &Runtime<H>, owner: &Address, wanted: &TokenAmount) -> Result<ActorID, ActorError> {
    let operator = rt.caller();
    match rt.host().resolve(owner) {
        None => Err(ActorError::insufficient_funds(format!(
            "the owner is not on chain, so it has allowed nobody to move {wanted} LP tokens"
        ))),
        Some(owner) if owner == operator => Err(Error::OwnerAsOperator(owner).into()),
        Some(owner) => Ok(owner),
    }
}

/// A transfer under way.
struct Moved {
    from: ActorID,
    to: ActorID,
    amount: TokenAmount,
    data: RawBytes,
}

impl Moved {
    /// Checks amount and recipient, and creates the recipient if need be.
    fn new<H: Host>(
        rt: &Runtime<H>,
        from: ActorID,
        to: &Address,
        amount: TokenAmount,
        data: RawBytes,
    ) -> Result<Self, ActorError> {
        not_negative(&amount, "amount")?;
        let (_, wiring) = State::view(rt)?;
        let to = rt.resolve_or_create(to, "the recipient")?;
        not_lost(rt, wiring.pool, to, "LP tokens")?;
        Ok(Self { from, to, amount, data })
    }

    /// Calls the recipient's receiver hook (FRC-46), and returns what it said. The new balances are saved, so it may use them and
    /// call back; if it fails, all fails.
    fn notify<H: Host>(self, rt: &Runtime<H>) -> Result<RawBytes, ActorError> {
        let Self { from, to, amount, data } = self;
        let operator = rt.caller();
        let token_data = RawBytes::default();
        let received = FRC46TokenReceived { from, to, operator, amount, operator_data: data, token_data };
        let payload = RawBytes::serialize(received).or_serialization("the receiver hook's payload")?;
        let params = UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload };
        let sent = try_call::<Receive, H>(rt, to, &params, &TokenAmount::zero())?;
        let said = sent.ok(&format!("the receiver hook of f0{to}"))?;
        Ok(said.map_or_else(RawBytes::default, |block| RawBytes::new(block.data)))
    }
}
