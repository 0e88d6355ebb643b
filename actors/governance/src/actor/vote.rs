//! While a vote runs: votes, and the consent of the bond's owners.

use peggy_interfaces::governance::{
    limits, ConsentReturn, Poll, ProposalParams, Receipt, State as Stage, Tally, VoteParams, VoteReturn,
};
use peggy_runtime::{ActorError, Host, Runtime};

use super::{not_of_the_bundle, open_to_anyone, sources, Loaded};
use crate::emit;
use crate::error::{not_longer, Error};
use crate::math;
use crate::state::{Proposal, State};

/// `Vote`: all the caller's votes at the snapshot, once.
pub fn vote<H: Host>(rt: &Runtime<H>, params: VoteParams) -> Result<VoteReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let VoteParams { id, choice, reason } = params;
    let voter = rt.caller();
    not_of_the_bundle(&wiring, voter)?;
    not_longer("the reason", reason.as_ref().map_or(0, String::len), limits::MAX_REASON)?;
    let loaded = Loaded::get(rt, &state, id)?;
    loaded.require(id, &[Stage::Active], rt.epoch())?;
    let (_, poll) = loaded.into_poll()?;
    let votes = sources::votes(rt, &poll.sources, voter)?;
    if votes.is_zero() {
        return Err(Error::NoVotes { id, voter }.into());
    }

    let extended = rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            let ballot = proposal.ballot_mut()?;
            let before = ballot.tally.clone();
            let receipt = Receipt { choice: Some(choice), votes: votes.clone(), ..Receipt::default() };
            // Nothing is kept of a message that fails, so to look after the change saves a walk through the receipts.
            if ballot.set_receipt(store, voter, receipt)?.is_some() {
                return Err(Error::Already { id, who: voter, what: "voted" }.into());
            }
            let cast = math::cast(&ballot.tally);
            if cast > poll.supply {
                return Err(Error::TooManyVotes { cast, supply: poll.supply.clone() }.into());
            }
            extend_if_late(proposal, &poll, &before, rt.epoch())
        })
    })?;
    emit::voted(rt, id, voter, choice, &votes, reason)?;
    emit::extended(rt, id, extended)?;
    Ok(VoteReturn { votes })
}

/// `Consent`: by an owner of bond shares as they were pinned, while the vote runs. Not later: nothing revives what was defeated.
pub fn consent<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<ConsentReturn, ActorError> {
    let (state, _) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let owner = rt.caller();
    let loaded = Loaded::get(rt, &state, id)?;
    loaded.require(id, &[Stage::Active], rt.epoch())?;
    let (_, poll) = loaded.into_poll()?;
    let Some(part) = poll.bond_owners.iter().find(|part| part.owner == owner) else {
        return Err(Error::NotABondOwner { id, who: owner }.into());
    };

    let (extended, consented) = rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            let ballot = proposal.ballot_mut()?;
            if ballot.consented.contains(&owner) {
                return Err(Error::Already { id, who: owner, what: "consented" }.into());
            }
            let before = ballot.tally.clone();
            ballot.consented.push(owner);
            ballot.tally.consent += &part.shares;
            let consented = ballot.tally.consent.clone();
            Ok((extend_if_late(proposal, &poll, &before, rt.epoch())?, consented))
        })
    })?;
    emit::consented(rt, id, owner, &part.shares)?;
    emit::extended(rt, id, extended)?;
    Ok(ConsentReturn { enough: &consented * 2 > poll.bond, consented })
}

/// Extends, once, a vote that turned in its last day; returns the new end if it did.
fn extend_if_late(proposal: &mut Proposal, poll: &Poll, before: &Tally, now: i64) -> Result<Option<i64>, ActorError> {
    let class = proposal.class;
    let ballot = proposal.ballot_mut()?;
    if ballot.extended || !math::late(class, poll, before, &ballot.tally, ballot.ends, now) {
        return Ok(None);
    }
    ballot.extended = true;
    ballot.ends = ballot.ends.saturating_add(limits::LATE);
    Ok(Some(ballot.ends))
}
