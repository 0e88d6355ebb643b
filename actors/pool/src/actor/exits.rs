//! The exit queue: shares wait for liquid FIL, first come first served, and keep earning and bearing losses until it is their turn.
//!
//! Requesting, cancelling and claiming need no price, so nothing closes them. A claim calls nobody but its recipient, by a bare send.

use fvm_ipld_blockstore::Blockstore;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool::{
    CancelExitReturn, ClaimExitParams, FinalizeExitsParams, FinalizeExitsReturn, PaidReturn, RequestExitParams,
    RequestExitReturn, Terms, TicketParams,
};
use peggy_ledger::Account;
use peggy_runtime::{ActorError, Host, Runtime, Store};

use crate::actor::{not_the_pool, with_fresh};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::math;
use crate::queue::{Queue, Ticket, Tickets, MAX_WAIT};
use crate::state::{State, Totals};

/// Puts the caller's shares at the end of the queue. Anyone who holds them: at least the terms' minimum, or all it holds, lest a
/// small holder could never leave. What accrued on them before stays claimable by `ClaimRewards`.
pub fn request<H: Host>(rt: &Runtime<H>, params: RequestExitParams) -> Result<RequestExitReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.shares, "shares")?;
    let (owner, now, shares) = (rt.caller(), rt.epoch(), &params.shares);
    let number = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let min_ticket = state.config(store)?.terms.min_ticket;
        let mut accounts = state.accounts(store)?;
        let mut account = accounts.get(owner)?;
        let parcel = state.rewards.parcel(shares);
        if shares.is_zero() || (*shares < min_ticket && *shares != account.shares) {
            return Err(Error::TicketTooSmall { shares: shares.clone(), min_ticket }.into());
        }
        if !account.take(&parcel) {
            let balance = account.shares;
            return Err(Error::TooFewShares { owner, balance, wanted: shares.clone() }.into());
        }
        let mut waiting = Account::default();
        waiting.add(&parcel);
        accounts.put(owner, account, &mut state.rewards)?;
        state.accounts = accounts.flush()?;
        state.totals.queued += shares;
        let ticket = Ticket { owner, account: waiting, owed: TokenAmount::zero(), requested_at: now };
        change_queue(state, store, |queue, tickets, state| {
            let number = queue.next;
            queue.next += 1;
            tickets.put(number, ticket, &mut state.rewards)?;
            Ok(number)
        })
    })?;
    emit::exit_requested(rt, owner, number, shares)?;
    Ok(RequestExitReturn { ticket: number })
}

/// Gives a ticket's waiting shares back. Its owner. What all its shares earned in the queue goes into the stream: who only pretends to
/// leave has kept FIL at hand that others could have used. FIL of a part that is finalised stays claimable.
pub fn cancel<H: Host>(rt: &Runtime<H>, params: TicketParams) -> Result<CancelExitReturn, ActorError> {
    rt.accept_anyone();
    let (owner, now, number) = (rt.caller(), rt.epoch(), params.ticket);
    let (shares, forgone, stream_end) = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        let reward_period = state.config(store)?.terms.reward_period;
        let (shares, forgone) = change_queue(state, store, |_, tickets, state| {
            let mut ticket = tickets.get_of(owner, number)?;
            let shares = ticket.account.shares.clone();
            if shares.is_zero() {
                return Err(Error::AlreadyFinalized(number).into());
            }
            let forgone = ticket.account.claimable(&state.rewards.index);
            ticket.account.paid(&forgone);
            if !ticket.account.take(&state.rewards.parcel(&shares)) {
                return Err(ActorError::assertion("a ticket has fewer shares than it has"));
            }
            tickets.put(number, ticket, &mut state.rewards)?;
            Ok((shares, forgone))
        })?;
        state.totals.rewards_owed -= &forgone;
        state.stream.merge(&forgone, now, reward_period);
        state.totals.queued -= &shares;
        let mut accounts = state.accounts(store)?;
        let mut account = accounts.get(owner)?;
        account.add(&state.rewards.parcel(&shares));
        accounts.put(owner, account, &mut state.rewards)?;
        state.accounts = accounts.flush()?;
        Ok((shares, forgone, state.stream.end))
    })?;
    emit::exit_cancelled(rt, owner, number, &shares, &forgone, stream_end)?;
    Ok(CancelExitReturn { shares, forgone })
}

/// Finalises tickets in order while liquid FIL lasts, the last one in part, at the price now: each rounded down, against who leaves.
/// Anyone. Stops at a ticket whose cooldown is not over. Needs measurements as fresh as payments do; for miners that can't be
/// measured it waits [`MAX_WAIT`] epochs at most, and then goes on with the booked values.
pub fn finalize<H: Host>(rt: &Runtime<H>, params: FinalizeExitsParams) -> Result<FinalizeExitsReturn, ActorError> {
    rt.accept_anyone();
    let now = rt.epoch();
    let steps = with_fresh(rt, || {
        rt.transaction(|state: &mut State, store| {
            state.begin(now)?;
            let terms = state.config(store)?.terms;
            change_queue(state, store, |queue, tickets, state| {
                run(queue, tickets, state, &terms, now, params.max_tickets)
            })
        })
    })?;
    let mut done = FinalizeExitsReturn { finalized: 0, shares: TokenAmount::zero(), amount: TokenAmount::zero() };
    for step in &steps {
        emit::exit_finalized(rt, step)?;
        done.finalized += u32::from(step.whole);
        done.shares += &step.shares;
        done.amount += &step.amount;
    }
    Ok(done)
}

/// What became of a ticket.
pub struct Step {
    /// Its number.
    pub ticket: u64,
    /// Whose it is.
    pub owner: ActorID,
    /// Shares turned into FIL.
    pub shares: TokenAmount,
    /// attoFIL owed for them.
    pub amount: TokenAmount,
    /// Nothing of it waits any more.
    pub whole: bool,
}

/// Goes through at most `max` tickets from the first on.
fn run<BS: Blockstore>(
    queue: &mut Queue,
    tickets: &mut Tickets<BS>,
    state: &mut State,
    terms: &Terms,
    now: ChainEpoch,
    max: u32,
) -> Result<Vec<Step>, ActorError> {
    let mut steps = Vec::new();
    let (mut checked, mut served) = (false, false);
    for _ in 0..max {
        if queue.first >= queue.next {
            break;
        }
        let number = queue.first;
        let Some(mut ticket) = tickets.find(number)?.filter(|t| t.account.shares.is_positive()) else {
            // Cancelled.
            queue.first += 1;
            continue;
        };
        if !checked {
            check_price(queue, &state.totals, terms, now)?;
            checked = true;
        }
        let ready = ticket.requested_at.saturating_add(terms.exit_cooldown) <= now;
        let payable = math::payable_exit(&ticket.account.shares, &state.totals).filter(|_| ready);
        let Some((shares, amount)) = payable else {
            served = true;
            break;
        };
        if !ticket.account.take(&state.rewards.parcel(&shares)) {
            return Err(ActorError::assertion("more shares of a ticket were payable than it has"));
        }
        let whole = ticket.account.shares.is_zero();
        let owner = ticket.owner;
        ticket.owed += &amount;
        tickets.put(number, ticket, &mut state.rewards)?;
        queue.owed += &amount;
        state.totals.liquid -= &amount;
        state.totals.shares -= &shares;
        state.totals.queued -= &shares;
        steps.push(Step { ticket: number, owner, shares, amount, whole });
        if !whole {
            served = true;
            break;
        }
        queue.first += 1;
    }
    // Whoever waited has been served as far as FIL went, unless the caller stopped before that.
    served |= queue.first >= queue.next;
    if checked && served && state.totals.miners.unsettled == 0 {
        queue.wait.spent = 0;
    }
    Ok(steps)
}

/// There is a price, and it is one to pay at.
fn check_price(queue: &Queue, totals: &Totals, terms: &Terms, now: ChainEpoch) -> Result<(), Error> {
    let miners = &totals.miners;
    if queue.wait.waited(now) < MAX_WAIT {
        math::check_settled(miners)?;
    }
    math::check_fresh(miners, now, terms.max_staleness_out)?;
    if !totals.nav().is_positive() {
        return Err(Error::NoPrice { shares: totals.priced(), nav: totals.nav() });
    }
    Ok(())
}

/// Pays a ticket's owner, or whom it names, what is finalised of the ticket; with the last of it also what its shares earned in the
/// queue. Its owner. A ticket that still waits pays what there is so far, which may be nothing.
pub fn claim<H: Host>(rt: &Runtime<H>, params: ClaimExitParams) -> Result<PaidReturn, ActorError> {
    rt.accept_anyone();
    let to = rt.resolve(&params.to, "the recipient")?;
    not_the_pool(rt, to, "FIL")?;
    let (owner, now, number) = (rt.caller(), rt.epoch(), params.ticket);
    let (amount, rewards) = rt.transaction(|state: &mut State, store| {
        state.begin(now)?;
        change_queue(state, store, |queue, tickets, state| {
            let mut ticket = tickets.get_of(owner, number)?;
            let amount = std::mem::take(&mut ticket.owed);
            let rewards = if ticket.account.shares.is_zero() {
                ticket.account.claimable(&state.rewards.index)
            } else {
                TokenAmount::zero()
            };
            ticket.account.paid(&rewards);
            tickets.put(number, ticket, &mut state.rewards)?;
            queue.owed -= &amount;
            state.totals.rewards_owed -= &rewards;
            Ok((amount, rewards))
        })
    })?;
    let paid = &amount + &rewards;
    rt.pay(to, &paid)?;
    emit::exit_claimed(rt, owner, to, number, &amount, &rewards)?;
    Ok(PaidReturn { paid })
}

/// Loads the queue, changes it and writes what changed.
fn change_queue<H: Host, T>(
    state: &mut State,
    store: Store<'_, H>,
    change: impl FnOnce(&mut Queue, &mut Tickets<Store<'_, H>>, &mut State) -> Result<T, ActorError>,
) -> Result<T, ActorError> {
    let mut cold = state.cold(store)?;
    let mut tickets = cold.queue.tickets(store)?;
    let result = change(&mut cold.queue, &mut tickets, state)?;
    cold.queue.tickets = tickets.flush()?;
    state.cold = cold.save(store)?;
    Ok(result)
}
