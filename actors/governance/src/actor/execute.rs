//! Doing what was decided: all of it, or nothing.

use fvm_ipld_encoding::CBOR;
use fvm_shared::ActorID;
use peggy_interfaces::governance::{
    limits, Action, ExecuteReturn, Poll, ProposalParams, Queued, State as Stage, Upgrade,
};
use peggy_interfaces::{pool, query};
use peggy_runtime::{lifecycle, ActorError, Host, IpldBlock, Method, ResultExt, Runtime, UpgradeParams, Wiring};

use super::{open_to_anyone, sources, Loaded};
use crate::emit;
use crate::error::{Error, LOSES_VOTES};
use crate::state::State;

/// `Execute`. The proposal is marked executed, and that is saved, before the first call: whatever the actions call back, it can't be
/// executed again. If one fails, the whole message does, with its exit code, and nothing has happened.
pub fn execute<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<ExecuteReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let now = rt.epoch();
    let loaded = Loaded::get(rt, &state, id)?;
    loaded.require(id, &[Stage::Queued], now)?;
    let (proposal, poll) = loaded.into_poll()?;
    let queued = proposal.ballot.as_ref().and_then(|ballot| ballot.queued.as_ref());
    check_time(rt, &wiring, queued.ok_or_else(|| ActorError::assertion("a queued proposal has no queue"))?)?;
    let core = proposal.core(rt.store())?;

    rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            proposal.outcome = Some(Stage::Executed);
            Ok(())
        })
    })?;
    emit::executed(rt, id)?;

    let count = core.actions.len();
    let own_upgrade = |action: &Action| is_upgrade_of(action, wiring.governance);
    for (i, action) in core.actions.iter().enumerate().filter(|(_, action)| !own_upgrade(action)) {
        perform(rt, action, i + 1, count)?;
    }
    for source in [wiring.pool, wiring.nft_share] {
        if core.actions.iter().any(|action| is_upgrade_of(action, source)) {
            still_answers(rt, &wiring, &poll, source, core.proposer).map_err(|e| {
                ActorError::new(
                    LOSES_VOTES,
                    format!("after its upgrade f0{source} can't be voted with: {}", e.message()),
                )
            })?;
        }
    }
    // Last, in this very frame: the network refuses to swap the code of an actor that is on the call stack twice. On success nothing
    // after it runs.
    if let Some(action) = core.actions.last().filter(|action| own_upgrade(action)) {
        let params: UpgradeParams = action.params.deserialize().or_serialization("the parameters of Upgrade")?;
        lifecycle::upgrade(rt, params).map_err(|e| e.context(format!("action {count} of {count}")))?;
    }
    Ok(ExecuteReturn { actions: count as u32 })
}

/// Refuses before the delay has passed (122), and an upgrade while exits requested before it was queued wait (133), but those for
/// [`limits::MAX_EXIT_WAIT`] only.
fn check_time<H: Host>(rt: &Runtime<H>, wiring: &Wiring, queued: &Queued) -> Result<(), ActorError> {
    let (now, from) = (rt.epoch(), queued.execute_from);
    if now < from {
        return Err(Error::TooEarly { what: "it can be executed", from, now }.into());
    }
    let until = from.saturating_add(limits::MAX_EXIT_WAIT);
    if let Some(before) = queued.exits_before.filter(|_| now < until) {
        let first = query::<pool::ExitDemand, H>(rt, wiring.pool, &())?.first;
        if first < before {
            return Err(Error::ExitsFirst { first, before, until }.into());
        }
    }
    Ok(())
}

/// Makes one call. Parameters go as plain CBOR: the network would look for links in DAG-CBOR, and refuse those to code.
fn perform<H: Host>(rt: &Runtime<H>, action: &Action, number: usize, count: usize) -> Result<(), ActorError> {
    let to = target(action)?;
    let data = action.params.bytes();
    let params = (!data.is_empty()).then(|| IpldBlock { codec: CBOR, data: data.to_vec() });
    let what = || format!("action {number} of {count} (method {} of f0{to})", action.method);
    let sent = rt.send(to, action.method, params, &action.value).map_err(|e| e.context(what()))?;
    sent.ok(&what()).map(|_| ())
}

fn target(action: &Action) -> Result<ActorID, ActorError> {
    action.to.id().or_state("the target of an action")
}

fn is_upgrade_of(action: &Action, actor: ActorID) -> bool {
    action.method == Upgrade::NUMBER && action.to.id() == Ok(actor)
}

/// What governance needs of a source of votes: new snapshots, this proposal's snapshot, and of the pool the bond and the exits. Code
/// that does not answer could never be voted away again.
fn still_answers<H: Host>(
    rt: &Runtime<H>,
    wiring: &Wiring,
    poll: &Poll,
    source: ActorID,
    voter: ActorID,
) -> Result<(), ActorError> {
    let fresh = sources::snapshot(rt, source)?;
    sources::votes_at(rt, &fresh, voter)?;
    if let Some(pinned) = poll.sources.iter().find(|pinned| pinned.actor == source) {
        sources::votes_at(rt, pinned, voter)?;
    }
    if source == wiring.pool {
        query::<pool::GetBond, H>(rt, source, &())?;
        query::<pool::ExitDemand, H>(rt, source, &())?;
    }
    Ok(())
}
