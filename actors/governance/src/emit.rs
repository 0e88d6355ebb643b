//! One function per event. Together they rebuild every proposal's course and every tally.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::governance::{Choice, Class, GuardianPauseReturn, Poll, Queued, RecountReturn, Settings};
use peggy_runtime::{ActorError, Event, Host, Runtime};

use crate::state::Core;

type Done = Result<(), ActorError>;

/// A proposal was made. `GetProposal` has its actions and its description.
pub fn proposed<H: Host>(
    rt: &Runtime<H>,
    id: u64,
    core: &Core,
    class: Class,
    activate_from: ChainEpoch,
    activate_until: ChainEpoch,
) -> Done {
    rt.emit(
        Event::new("proposed")
            .with("id", &id)
            .party("proposer", core.proposer)
            .with("title", &core.title)
            .with("actions", &core.actions.len())
            .with("class", &class)
            .with("activate-from", &activate_from)
            .with("activate-until", &activate_until),
    )
}

/// A vote was opened, on these votes and this bond, by these settings.
pub fn activated<H: Host>(rt: &Runtime<H>, id: u64, poll: &Poll, ends: ChainEpoch) -> Done {
    rt.emit(
        Event::new("activated")
            .with("id", &id)
            .with("ends", &ends)
            .amount("supply", &poll.supply)
            .amount("bond", &poll.bond)
            .with("settings", &poll.settings),
    )
}

/// Votes were cast. The reason is the voter's word, and is kept nowhere else.
pub fn voted<H: Host>(
    rt: &Runtime<H>,
    id: u64,
    voter: ActorID,
    choice: Choice,
    votes: &TokenAmount,
    reason: Option<String>,
) -> Done {
    let event =
        Event::new("voted").with("id", &id).party("voter", voter).with("choice", &choice).amount("votes", votes);
    rt.emit(match reason {
        Some(reason) => event.with("reason", &reason),
        None => event,
    })
}

/// A vote that turned in its last day ends later; nothing if it did not.
pub fn extended<H: Host>(rt: &Runtime<H>, id: u64, ends: Option<ChainEpoch>) -> Done {
    match ends {
        Some(ends) => rt.emit(Event::new("vote-extended").with("id", &id).with("ends", &ends)),
        None => Ok(()),
    }
}

/// An owner of the bond agreed, with these bond shares.
pub fn consented<H: Host>(rt: &Runtime<H>, id: u64, owner: ActorID, shares: &TokenAmount) -> Done {
    rt.emit(Event::new("consented").with("id", &id).party("owner", owner).amount("shares", shares))
}

/// A voter holds less than it voted with: what counts from now on.
pub fn recounted<H: Host>(rt: &Runtime<H>, id: u64, voter: ActorID, now: &RecountReturn) -> Done {
    rt.emit(
        Event::new("recounted")
            .with("id", &id)
            .party("voter", voter)
            .amount("votes", &now.votes)
            .amount("veto", &now.veto),
    )
}

/// A proposal that succeeded waits.
pub fn queued<H: Host>(rt: &Runtime<H>, id: u64, queued: &Queued) -> Done {
    rt.emit(
        Event::new("queued")
            .with("id", &id)
            .with("execute-from", &queued.execute_from)
            .with("execute-until", &queued.execute_until)
            .with("exits-before", &queued.exits_before),
    )
}

/// A holder objected. Does not say that it was enough: `canceled` does.
pub fn vetoed<H: Host>(rt: &Runtime<H>, id: u64, voter: ActorID, votes: &TokenAmount) -> Done {
    rt.emit(Event::new("vetoed").with("id", &id).party("voter", voter).amount("votes", votes))
}

/// It will never be executed: `by` is `proposer` or `veto`.
pub fn canceled<H: Host>(rt: &Runtime<H>, id: u64, by: &str) -> Done {
    rt.emit(Event::new("canceled").with("id", &id).with("by", &by))
}

/// It is being executed; emitted before its calls. If one of them fails, none of it happened.
pub fn executed<H: Host>(rt: &Runtime<H>, id: u64) -> Done {
    rt.emit(Event::new("executed").with("id", &id).party("executor", rt.caller()))
}

/// Somebody else, or nobody, is guardian.
pub fn guardian_set<H: Host>(rt: &Runtime<H>, guardian: Option<ActorID>) -> Done {
    let event = Event::new("guardian-set");
    rt.emit(match guardian {
        Some(guardian) => event.party("guardian", guardian),
        None => event,
    })
}

/// Votes opened from now on go by these.
pub fn settings_set<H: Host>(rt: &Runtime<H>, settings: &Settings) -> Done {
    rt.emit(Event::new("settings-set").with("settings", settings))
}

/// The guardian closed intake, of the pool, of liquidity, or both.
pub fn guardian_paused<H: Host>(rt: &Runtime<H>, epochs: ChainEpoch, done: &GuardianPauseReturn) -> Done {
    rt.emit(
        Event::new("guardian-paused")
            .party("guardian", rt.caller())
            .with("epochs", &epochs)
            .with("pool", &done.pool)
            .with("liquidity", &done.liquidity),
    )
}
