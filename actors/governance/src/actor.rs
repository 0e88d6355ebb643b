//! The methods, one file per topic.

pub mod admin;
pub mod delay;
pub mod evm;
pub mod execute;
pub mod propose;
pub mod recount;
pub mod sources;
pub mod views;
pub mod vote;

use fvm_shared::ActorID;
use peggy_interfaces::governance::{Poll, State as Stage};
use peggy_runtime::{ActorError, Host, Runtime, Wiring};

use crate::error::Error;
use crate::state::{Proposal, State};

/// A proposal with what was pinned for it.
struct Loaded {
    proposal: Proposal,
    poll: Option<Poll>,
}

impl Loaded {
    fn get<H: Host>(rt: &Runtime<H>, state: &State, id: u64) -> Result<Self, ActorError> {
        let proposal = state.proposal(rt.store(), id)?;
        let poll = proposal.poll(rt.store())?;
        Ok(Self { proposal, poll })
    }

    /// Refuses (121) a proposal that is in none of these states.
    fn require(&self, id: u64, allowed: &[Stage], now: i64) -> Result<Stage, Error> {
        let state = self.proposal.stage(self.poll.as_ref(), now);
        if allowed.contains(&state) {
            Ok(state)
        } else {
            Err(Error::WrongState { id, state, allowed: allowed.to_vec() })
        }
    }

    /// What was pinned, of a proposal whose vote was opened.
    fn into_poll(self) -> Result<(Proposal, Poll), ActorError> {
        match self.poll {
            Some(poll) => Ok((self.proposal, poll)),
            None => Err(ActorError::assertion("the vote was never opened")),
        }
    }
}

/// Lets anyone pass, and returns the state as it is now.
fn open_to_anyone<H: Host>(rt: &Runtime<H>) -> Result<(State, Wiring), ActorError> {
    let wired = State::view(rt)?;
    rt.accept_anyone();
    Ok(wired)
}

/// Refuses (129) the five actors: what they hold is others', and counted where it is theirs.
fn not_of_the_bundle(wiring: &Wiring, who: ActorID) -> Result<(), Error> {
    if wiring.all().contains(&who) {
        return Err(Error::OfTheBundle(who));
    }
    Ok(())
}
