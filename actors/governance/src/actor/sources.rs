//! Where votes come from: pool shares, and shares wrapped in positions of nft-share. Both answer `VoteSnapshot` and `VotesAt` alike.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::governance::Source;
use peggy_interfaces::pool::{VoteSnapshot, VotesAt, VotesAtParams};
use peggy_interfaces::query;
use peggy_runtime::{ActorError, Host, Runtime, Wiring};

/// The sources as of the end of the previous epoch: the pool first, then nft-share unless nothing is wrapped. What was bought,
/// borrowed or moved within this epoch does not count.
///
/// Trust: nft-share says who owns positions, the pool says how much it holds for them. If positions claim more than that, its word
/// counts for nothing, and votes never exceed the pool's supply.
pub fn now<H: Host>(rt: &Runtime<H>, wiring: &Wiring) -> Result<Vec<Source>, ActorError> {
    let pool = snapshot(rt, wiring.pool)?;
    let positions = snapshot(rt, wiring.nft_share)?;
    let mut sources = vec![pool];
    if positions.supply.is_positive() && positions.supply <= votes(rt, &sources, wiring.nft_share)? {
        sources.push(positions);
    }
    Ok(sources)
}

/// All votes of an account at these sources.
pub fn votes<H: Host>(rt: &Runtime<H>, sources: &[Source], voter: ActorID) -> Result<TokenAmount, ActorError> {
    let mut sum = TokenAmount::default();
    for source in sources {
        sum += votes_at(rt, source, voter)?;
    }
    Ok(sum)
}

/// All votes there are: those of nft-share are part of the pool's.
pub fn supply(sources: &[Source]) -> TokenAmount {
    sources.first().map(|pool| pool.supply.clone()).unwrap_or_default()
}

/// A source as of the end of the previous epoch.
pub fn snapshot<H: Host>(rt: &Runtime<H>, actor: ActorID) -> Result<Source, ActorError> {
    let taken = query::<VoteSnapshot, H>(rt, actor, &()).map_err(|e| e.context(format!("votes of f0{actor}")))?;
    Ok(Source { actor, snapshot: taken.snapshot, epoch: taken.epoch, supply: taken.supply })
}

/// An account's votes at one source.
pub fn votes_at<H: Host>(rt: &Runtime<H>, source: &Source, voter: ActorID) -> Result<TokenAmount, ActorError> {
    let params = VotesAtParams { snapshot: source.snapshot, account: Address::new_id(voter) };
    let answer = query::<VotesAt, H>(rt, source.actor, &params)
        .map_err(|e| e.context(format!("votes of f0{voter} at f0{}", source.actor)))?;
    Ok(answer.votes)
}
