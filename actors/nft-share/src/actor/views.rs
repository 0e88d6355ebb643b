//! What nft-share answers about positions. Accruals are as of this epoch, by the pool's index; nothing changes.

use fvm_shared::bigint::BigInt;
use peggy_interfaces::nft_share::{
    AccountParams, GetOwedReturn, GetTotalsReturn, ListPositionsParams, ListPositionsReturn, Position, TokenParams,
};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{index, list};
use crate::books;
use crate::state::{self, State};
use crate::tokens;

/// A position.
pub fn position<H: Host>(rt: &Runtime<H>, params: TokenParams) -> Result<Position, ActorError> {
    let state = State::view(rt)?;
    let token = params.token_id;
    let position = books::find(&state.positions(rt.store())?, token, state.next_token)?;
    Ok(answer(token, position, &index(rt, state.pool()?)?))
}

/// An owner's positions, ascending by token.
pub fn positions<H: Host>(rt: &Runtime<H>, params: ListPositionsParams) -> Result<ListPositionsReturn, ActorError> {
    let state = State::view(rt)?;
    let limit = list::page(params.limit)?;
    let holder = list::holder(rt, &state, rt.host().resolve(&params.owner))?;
    let (found, next) = tokens::list(&holder, params.from, limit, rt.store())?;
    let index = index(rt, state.pool()?)?;
    let all = state.positions(rt.store())?;
    let positions = found
        .into_iter()
        .map(|token| Ok(answer(token, books::find(&all, token, state.next_token)?, &index)))
        .collect::<Result<_, ActorError>>()?;
    Ok(ListPositionsReturn { positions, next })
}

fn answer(token_id: u64, position: state::Position, index: &BigInt) -> Position {
    Position {
        token_id,
        owner: position.owner,
        beneficiary: position.beneficiary(),
        accrued: position.account.claimable(index),
        shares: position.account.shares,
        minted_at: position.minted_at,
        operators: position.operators,
    }
}

/// What an account owns and is owed. All zero for an address not on chain.
pub fn owed<H: Host>(rt: &Runtime<H>, params: AccountParams) -> Result<GetOwedReturn, ActorError> {
    let state = State::view(rt)?;
    let holder = list::holder(rt, &state, rt.host().resolve(&params.account))?;
    Ok(GetOwedReturn { owed: holder.claimable(), shares: holder.shares, tokens: holder.count })
}

/// All positions together.
pub fn totals<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetTotalsReturn, ActorError> {
    let state = State::view(rt)?;
    let rewards = state.held.claimable(&index(rt, state.pool()?)?);
    Ok(GetTotalsReturn { tokens: state.supply, minted: state.next_token, shares: state.held.shares, rewards })
}
