//! What the pool answers about itself. Nothing here measures or changes anything: amounts are as of the last measurement, rewards
//! as of this epoch.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{
    BondOwner, ExitDemandReturn, GetAccountParams, GetAccountReturn, GetBondReturn, GetTotalsReturn, ListTicketsParams,
    ListTicketsReturn, PreviewDepositParams, PreviewDepositReturn, PreviewRedeemParams, PreviewRedeemReturn,
    RewardIndexReturn, Terms, TicketInfo, TicketParams,
};
use peggy_math::saturating_sub;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::token::balance;
use crate::error::not_negative;
use crate::math;
use crate::state::State;

/// Numbers of tickets a page looks at, at most.
const MAX_PAGE: u32 = 1_000;

/// The state as it would be if somebody touched it now: rewards due are released.
fn now<H: Host>(rt: &Runtime<H>) -> Result<State, ActorError> {
    let mut state = State::view(rt)?;
    state.begin(rt.epoch())?;
    Ok(state)
}

/// The terms.
pub fn terms<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<Terms, ActorError> {
    Ok(State::view(rt)?.config(rt.store())?.terms)
}

/// The books.
pub fn totals<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetTotalsReturn, ActorError> {
    let state = now(rt)?;
    let paused_until = state.config(rt.store())?.paused_until.unwrap_or_default();
    let exits_owed = state.cold(rt.store())?.queue.owed;
    let State { totals, stream, .. } = state;
    let tracked = &totals.liquid + &totals.rewards_owed + &totals.fees_owed + &stream.amount + &exits_owed;
    Ok(GetTotalsReturn {
        nav: totals.nav(),
        entry_nav: totals.entry_nav(),
        untracked: rt.balance() - tracked,
        shares: totals.shares,
        queued: totals.queued,
        dead: totals.dead,
        liquid: totals.liquid,
        miners: totals.miners,
        rewards_owed: totals.rewards_owed,
        fees_owed: totals.fees_owed,
        exits_owed,
        stream: stream.amount,
        stream_end: stream.end,
        paused_until,
    })
}

/// An account: shares, and what it could claim now, its part of the bond included. All zero for an address not on chain.
pub fn account<H: Host>(rt: &Runtime<H>, params: GetAccountParams) -> Result<GetAccountReturn, ActorError> {
    let state = now(rt)?;
    let zero = TokenAmount::zero;
    let Some(id) = rt.host().resolve(&params.account) else {
        return Ok(GetAccountReturn { shares: zero(), rewards: zero(), fees: zero() });
    };
    let index = &state.rewards.index;
    let cold = state.cold(rt.store())?;
    let own = state.accounts(rt.store())?.get(id)?.claimable(index);
    let bonded = cold.bonds.iter().filter(|b| b.owner == id).map(|b| b.account.claimable(index));
    Ok(GetAccountReturn {
        shares: balance(rt, &state, id)?,
        rewards: bonded.fold(own, |sum, more| sum + more),
        fees: cold.fees(rt.store())?.get(&id)?.cloned().unwrap_or_default(),
    })
}

/// The operator's bond.
pub fn bond<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetBondReturn, ActorError> {
    let state = now(rt)?;
    let owners = state.cold(rt.store())?.bonds.into_iter().map(|b| BondOwner {
        owner: b.owner,
        rewards: b.account.claimable(&state.rewards.index),
        shares: b.account.shares,
        unlock_at: b.unlock_at,
    });
    Ok(GetBondReturn { owners: owners.collect(), shares: state.bond.shares })
}

/// What the exit queue needs.
pub fn exit_demand<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<ExitDemandReturn, ActorError> {
    let state = State::view(rt)?;
    let queue = state.cold(rt.store())?.queue;
    let demand = math::exit_demand(&state.totals);
    // Cancelled tickets may be left at the head; without waiting shares there is nothing but them.
    let first = if state.totals.queued.is_zero() { queue.next } else { queue.first };
    Ok(ExitDemandReturn {
        unmet: saturating_sub(&demand, &state.totals.liquid),
        demand,
        shares: state.totals.queued,
        exits_owed: queue.owed,
        first,
        next: queue.next,
    })
}

/// An exit ticket.
pub fn ticket<H: Host>(rt: &Runtime<H>, params: TicketParams) -> Result<TicketInfo, ActorError> {
    let state = now(rt)?;
    let cooldown = state.config(rt.store())?.terms.exit_cooldown;
    let ticket = state.cold(rt.store())?.queue.tickets(rt.store())?.get(params.ticket)?;
    Ok(ticket.info(params.ticket, &state.rewards.index, cooldown))
}

/// Exit tickets that are there among so many numbers.
pub fn list_tickets<H: Host>(rt: &Runtime<H>, params: ListTicketsParams) -> Result<ListTicketsReturn, ActorError> {
    if params.limit == 0 || params.limit > MAX_PAGE {
        return Err(ActorError::illegal_argument(format!("limit is {}, but must be 1 to {MAX_PAGE}", params.limit)));
    }
    let state = now(rt)?;
    let cooldown = state.config(rt.store())?.terms.exit_cooldown;
    let owner = params.owner.map(|address| rt.resolve(&address, "the owner")).transpose()?;
    let queue = state.cold(rt.store())?.queue;
    let tickets = queue.tickets(rt.store())?;
    let end = params.from.saturating_add(params.limit.into()).min(queue.next);
    let mut page = Vec::new();
    for number in params.from..end {
        if let Some(ticket) = tickets.find(number)?.filter(|t| owner.is_none_or(|owner| owner == t.owner)) {
            page.push(ticket.info(number, &state.rewards.index, cooldown));
        }
    }
    Ok(ListTicketsReturn { tickets: page, next: (end < queue.next).then_some(end) })
}

/// What a deposit would bring at the last measurement: rounded down, as the deposit itself. Does not look at pauses and limits.
pub fn preview_deposit<H: Host>(
    rt: &Runtime<H>,
    params: PreviewDepositParams,
) -> Result<PreviewDepositReturn, ActorError> {
    not_negative(&params.amount, "amount")?;
    let mut totals = State::view(rt)?.totals;
    math::settle_surplus(&mut totals);
    let shares = math::shares_for(&params.amount, &totals)?;
    Ok(PreviewDepositReturn { shares, measured_at: totals.miners.oldest_measurement })
}

/// What a redemption would bring at the last measurement: rounded down, as the redemption itself.
pub fn preview_redeem<H: Host>(
    rt: &Runtime<H>,
    params: PreviewRedeemParams,
) -> Result<PreviewRedeemReturn, ActorError> {
    not_negative(&params.shares, "shares")?;
    let totals = State::view(rt)?.totals;
    let amount = math::amount_for(&params.shares, &totals);
    Ok(PreviewRedeemReturn {
        amount,
        available: math::beyond_exits(&totals),
        measured_at: totals.miners.oldest_measurement,
    })
}

/// The reward index of this epoch.
pub fn reward_index<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<RewardIndexReturn, ActorError> {
    Ok(RewardIndexReturn { index: now(rt)?.rewards.index })
}
