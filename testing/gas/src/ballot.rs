//! A vote on which nearly everybody has voted, and what is done in it.

use peggy_interfaces::governance::{
    Action, Activate, Choice, GetProposal, Proposal, ProposalParams, Propose, ProposeParams, Recount, RecountParams,
    Vote, VoteParams,
};
use peggy_interfaces::owner_proxy::{KeeperCut, SetKeeperCut};
use peggy_localnet::{Call, Key};
use peggy_math::Bps;
use peggy_scenarios::council::action;
use peggy_scenarios::fil;
use rand::rngs::StdRng;

use crate::methods::Shot;
use crate::stage::Stage;

/// The running proposal.
pub const RUNNING: u64 = 1;
/// One holder of so many has not voted yet.
pub const SILENT_EVERY: usize = 10;

/// What is proposed: something of an ordinary size.
pub fn proposal(stage: &Stage) -> ProposeParams {
    let cut = KeeperCut { bps: Bps(40), cap: fil(1) };
    ProposeParams {
        title: "A smaller part of harvests for their keepers".to_owned(),
        description: "Keepers' costs have fallen. ".repeat(20),
        actions: vec![action::<SetKeeperCut>(stage.wiring.owner_proxy, &cut), pay(stage)],
    }
}

fn pay(stage: &Stage) -> Action {
    Action { to: stage.cast.dataset.address(), method: 0, params: Vec::new().into(), value: fil(1) }
}

/// A vote for it.
pub fn ballot(stage: &Stage, voter: &Key) -> Call {
    stage.to_governance::<Vote>(voter, &VoteParams { id: RUNNING, choice: Choice::For, reason: None })
}

/// Opens the vote.
pub fn opening(stage: &Stage, who: &Key) -> Call {
    stage.to_governance::<Activate>(who, &ProposalParams { id: RUNNING })
}

/// Of a holder who has not voted yet, with shares in the pool alone.
pub fn vote(stage: &Stage, rng: &mut StdRng) -> Shot {
    ballot(stage, Stage::any(&stage.silent, rng)).into()
}

/// Of one who voted and has given nothing away.
pub fn recount(stage: &Stage, rng: &mut StdRng) -> Shot {
    let voter = loop {
        let found = Stage::any(&stage.accounts, rng);
        if stage.silent.iter().all(|silent| silent.address() != found.address()) {
            break found;
        }
    };
    let request = RecountParams { id: RUNNING, voter: voter.address() };
    stage.to_governance::<Recount>(Stage::any(&stage.newcomers, rng), &request).into()
}

/// By the one holder who has votes enough to propose.
pub fn propose(stage: &Stage, _rng: &mut StdRng) -> Shot {
    stage.to_governance::<Propose>(stage.proposer(), &proposal(stage)).into()
}

/// What the running proposal looks like.
pub fn running(stage: &Stage) -> anyhow::Result<Proposal> {
    stage.ask::<GetProposal>(stage.wiring.governance, &ProposalParams { id: RUNNING })
}
