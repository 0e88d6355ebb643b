//! Votes: owners as they stood at the end of the previous epoch, at no cost for transfers (DESIGN.md 5).
//!
//! A share is counted once: by the pool for who holds it plainly, here for who owns the position it is in. The pool counts all of
//! these for nft-share's own account, which governance never lets vote. Both sources answer for the end of the same epoch, so a
//! share that is wrapped or unwrapped within the present one is where it was.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{VoteSnapshotReturn, VotesAtParams, VotesAtReturn};
use peggy_ledger::Snapshot;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::state::{holders_at, State};

/// The holders as of the end of the previous epoch, as a link to keep. The supply is part of the pool's.
pub fn snapshot<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<VoteSnapshotReturn, ActorError> {
    let mut state = State::view(rt)?;
    let now = rt.epoch();
    // Without a write in this epoch, the holders as they are now are those of the end of the previous one.
    state.begin(now)?;
    let epoch = now.saturating_sub(1);
    let snapshot = Snapshot::save(state.previous.accounts, epoch, rt.store())?;
    Ok(VoteSnapshotReturn { snapshot, epoch, supply: state.previous.supply })
}

/// The shares of an owner's positions at a snapshot. An approval or being beneficiary is no vote.
pub fn votes_at<H: Host>(rt: &Runtime<H>, params: VotesAtParams) -> Result<VotesAtReturn, ActorError> {
    State::view(rt)?;
    let snapshot = Snapshot::load(&params.snapshot, rt.store())?;
    let Some(account) = rt.host().resolve(&params.account) else {
        return Ok(VotesAtReturn { votes: TokenAmount::zero() });
    };
    let holders = holders_at(&snapshot.accounts, rt.store())?;
    let votes = holders.get(&account)?.map_or_else(TokenAmount::zero, |holder| holder.shares.clone());
    Ok(VotesAtReturn { votes })
}
