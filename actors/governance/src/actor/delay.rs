//! Between a vote and what it decided: the queue and the veto.

use peggy_interfaces::governance::{limits, ProposalParams, QueueReturn, Queued, Receipt, State as Stage, VetoReturn};
use peggy_interfaces::{pool, query};
use peggy_runtime::{ActorError, Host, Runtime};

use super::{not_of_the_bundle, open_to_anyone, sources, Loaded};
use crate::emit;
use crate::error::Error;
use crate::math;
use crate::state::State;

/// `Queue`: starts the delay. An upgrade also remembers which exits were requested before.
pub fn queue<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<QueueReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let now = rt.epoch();
    let loaded = Loaded::get(rt, &state, id)?;
    loaded.require(id, &[Stage::Succeeded], now)?;
    let (proposal, poll) = loaded.into_poll()?;
    let exits_before = if proposal.class.upgrade {
        let exits = query::<pool::ExitDemand, H>(rt, wiring.pool, &())?;
        (exits.first < exits.next).then_some(exits.next)
    } else {
        None
    };

    let execute_from = now.saturating_add(math::delay(proposal.class, &poll.settings));
    // When the exits will be done is not known yet, so the grace period begins when they are waited for no longer.
    let wait = exits_before.map_or(0, |_| limits::MAX_EXIT_WAIT);
    let execute_until = execute_from.saturating_add(wait).saturating_add(poll.settings.grace_period);
    let queued = Queued { at: now, execute_from, execute_until, exits_before };
    rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            proposal.ballot_mut()?.queued = Some(queued.clone());
            Ok(())
        })
    })?;
    emit::queued(rt, id, &queued)?;
    Ok(QueueReturn { execute_from, execute_until })
}

/// `Veto`: with the votes of the snapshot the caller still holds, during the delay of a critical proposal.
pub fn veto<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<VetoReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let voter = rt.caller();
    not_of_the_bundle(&wiring, voter)?;
    let now = rt.epoch();
    let loaded = Loaded::get(rt, &state, id)?;
    loaded.require(id, &[Stage::Queued], now)?;
    let (proposal, poll) = loaded.into_poll()?;
    if !proposal.class.critical {
        return Err(Error::NotCritical { id }.into());
    }
    let from = proposal.ballot.and_then(|ballot| ballot.queued).map_or(0, |queued| queued.execute_from);
    if now >= from {
        return Err(Error::TooLate { what: "the delay", ended: from, now }.into());
    }
    let then = sources::votes(rt, &poll.sources, voter)?;
    let held = sources::votes(rt, &sources::now(rt, &wiring)?, voter)?;
    let votes = then.min(held);
    if votes.is_zero() {
        return Err(Error::NoVotes { id, voter }.into());
    }

    let answer = rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            let ballot = proposal.ballot_mut()?;
            let old = ballot.receipt(store, voter)?.unwrap_or_default();
            if !old.veto.is_zero() {
                return Err(Error::Already { id, who: voter, what: "vetoed" }.into());
            }
            ballot.set_receipt(store, voter, Receipt { veto: votes.clone(), ..old })?;
            let answer = VetoReturn { veto: ballot.tally.veto.clone(), canceled: math::vetoed(&poll, &ballot.tally) };
            if answer.canceled {
                proposal.outcome = Some(Stage::Canceled);
            }
            Ok(answer)
        })
    })?;
    emit::vetoed(rt, id, voter, &votes)?;
    if answer.canceled {
        emit::canceled(rt, id, "veto")?;
    }
    Ok(answer)
}
