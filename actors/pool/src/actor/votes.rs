//! Votes: balances as they stood at the end of the previous epoch, at no cost for transfers (DESIGN.md 5).

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{VoteSnapshotReturn, VotesAtParams, VotesAtReturn};
use peggy_ledger::{Accounts, Snapshot};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::state::State;

/// The accounts as of the end of the previous epoch, as a link to keep. What was moved or bought within this epoch does not count.
/// Bond shares and liquidity's inventory have no vote and are not in the supply.
pub fn snapshot<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<VoteSnapshotReturn, ActorError> {
    let mut state = State::view(rt)?;
    let now = rt.epoch();
    // Without a write in this epoch, the accounts as they are now are those of the end of the previous one.
    state.begin(now)?;
    let epoch = now.saturating_sub(1);
    let liquidity = state.config(rt.store())?.wiring()?.liquidity;
    let inventory = Accounts::load(&state.previous.accounts, rt.store())?.get(liquidity)?.shares;
    let snapshot = Snapshot::save(state.previous.accounts, epoch, rt.store())?;
    Ok(VoteSnapshotReturn { snapshot, epoch, supply: state.previous.supply - inventory })
}

/// An account's shares at a snapshot. The pool itself and liquidity have none; what belongs to an nft-share position is counted
/// there, under the pool account of nft-share, which governance never lets vote.
pub fn votes_at<H: Host>(rt: &Runtime<H>, params: VotesAtParams) -> Result<VotesAtReturn, ActorError> {
    let state = State::view(rt)?;
    let snapshot = Snapshot::load(&params.snapshot, rt.store())?;
    let none = Ok(VotesAtReturn { votes: TokenAmount::zero() });
    let Some(account) = rt.host().resolve(&params.account) else { return none };
    if account == state.config(rt.store())?.wiring()?.liquidity {
        return none;
    }
    let votes = Accounts::load(&snapshot.accounts, rt.store())?.get(account)?.shares;
    Ok(VotesAtReturn { votes })
}
