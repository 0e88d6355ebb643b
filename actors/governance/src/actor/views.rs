//! What governance answers about itself.

use peggy_interfaces::governance::{
    limits, GetConfigReturn, GetReceiptParams, ListProposalsParams, ListProposalsReturn, Proposal, ProposalParams,
    ProposalSummary, Receipt,
};
use peggy_runtime::{ActorError, Host, Runtime};

use super::Loaded;
use crate::math;
use crate::state::State;

/// A proposal with all that decides it.
pub fn proposal<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<Proposal, ActorError> {
    let (state, _) = State::view(rt)?;
    let ProposalParams { id } = params;
    let Loaded { proposal, poll } = Loaded::get(rt, &state, id)?;
    let core = proposal.core(rt.store())?;
    let stage = proposal.stage(poll.as_ref(), rt.epoch());
    let ballot = proposal.ballot.as_ref();
    let tally = ballot.map(|ballot| ballot.tally.clone()).unwrap_or_default();
    Ok(Proposal {
        id,
        proposer: core.proposer,
        title: core.title,
        description: core.description,
        actions: core.actions,
        class: proposal.class,
        state: stage,
        created: core.created,
        activate_from: proposal.activate_from,
        activate_until: proposal.activate_until,
        ends: ballot.map(|ballot| ballot.ends),
        extended: ballot.is_some_and(|ballot| ballot.extended),
        queued: ballot.and_then(|ballot| ballot.queued.clone()),
        carried: poll.as_ref().is_some_and(|poll| math::carried(proposal.class, poll, &tally)),
        tally,
        poll,
    })
}

/// Proposals from a number on, at most [`limits::MAX_PAGE`].
pub fn list<H: Host>(rt: &Runtime<H>, params: ListProposalsParams) -> Result<ListProposalsReturn, ActorError> {
    let (state, _) = State::view(rt)?;
    let from = params.from.max(1);
    let end = from.saturating_add(params.limit.min(limits::MAX_PAGE).into());
    let mut proposals = Vec::new();
    for id in (from..end).take_while(|id| *id <= state.count) {
        let Loaded { proposal, poll } = Loaded::get(rt, &state, id)?;
        let core = proposal.core(rt.store())?;
        proposals.push(ProposalSummary {
            id,
            proposer: core.proposer,
            title: core.title,
            class: proposal.class,
            state: proposal.stage(poll.as_ref(), rt.epoch()),
            tally: proposal.ballot.map(|ballot| ballot.tally).unwrap_or_default(),
        });
    }
    Ok(ListProposalsReturn { proposals, next: (end <= state.count).then_some(end) })
}

/// What an account did with its votes; nothing for an address that is not on chain.
pub fn receipt<H: Host>(rt: &Runtime<H>, params: GetReceiptParams) -> Result<Option<Receipt>, ActorError> {
    let (state, _) = State::view(rt)?;
    let proposal = state.proposal(rt.store(), params.id)?;
    match (proposal.ballot, rt.host().resolve(&params.voter)) {
        (Some(ballot), Some(voter)) => ballot.receipt(rt.store(), voter),
        _ => Ok(None),
    }
}

/// Guardian, settings, and how many proposals there are.
pub fn config<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetConfigReturn, ActorError> {
    let (state, _) = State::view(rt)?;
    let config = state.config(rt.store())?;
    Ok(GetConfigReturn { guardian: config.guardian, settings: config.settings, proposals: state.count })
}
