//! Votes count only for as long as their shares are held.

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{Receipt, RecountParams, RecountReturn, State as Stage};
use peggy_runtime::{ActorError, Host, Runtime};

use super::{open_to_anyone, sources, Loaded};
use crate::emit;
use crate::error::Error;
use crate::math;
use crate::state::State;

/// `Recount`: cuts a vote, and a veto, to what the voter holds, as of the end of the previous epoch in both sources: then wrapping and
/// unwrapping change nothing, and shares borrowed for a message save no vote.
///
/// Not once a proposal is defeated: cutting votes against it would revive what its opponents believe dead.
pub fn recount<H: Host>(rt: &Runtime<H>, params: RecountParams) -> Result<RecountReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let id = params.id;
    let voter = rt.resolve(&params.voter, "the voter")?;
    let loaded = Loaded::get(rt, &state, id)?;
    let stage = loaded.require(id, &[Stage::Active, Stage::Succeeded, Stage::Queued], rt.epoch())?;
    let (proposal, poll) = loaded.into_poll()?;
    let receipt = match &proposal.ballot {
        Some(ballot) => ballot.receipt(rt.store(), voter)?,
        None => None,
    };
    let old = receipt.ok_or(Error::NeverVoted { id, voter })?;

    let held = sources::votes(rt, &sources::now(rt, &wiring)?, voter)?;
    let new = Receipt { choice: old.choice, votes: least(&old.votes, &held), veto: least(&old.veto, &held) };
    let answer = RecountReturn { votes: new.votes.clone(), veto: new.veto.clone() };
    if new == old {
        return Ok(answer);
    }
    let canceled = rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            let critical = proposal.class.critical;
            let ballot = proposal.ballot_mut()?;
            ballot.set_receipt(store, voter, new)?;
            // Without the votes cut, two thirds may no longer be for it.
            let canceled = stage == Stage::Queued && critical && math::vetoed(&poll, &ballot.tally);
            if canceled {
                proposal.outcome = Some(Stage::Canceled);
            }
            Ok(canceled)
        })
    })?;
    emit::recounted(rt, id, voter, &answer)?;
    if canceled {
        emit::canceled(rt, id, "veto")?;
    }
    Ok(answer)
}

fn least(a: &TokenAmount, b: &TokenAmount) -> TokenAmount {
    a.min(b).clone()
}
