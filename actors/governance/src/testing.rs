//! Checks governance's state against itself, from the raw blocks.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::governance::{limits, Poll, State as Stage, Tally};
use peggy_runtime::{Findings, Wiring, WIDTH_HOT, WIDTH_SHORT};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

use crate::actor::{admin, propose};
use crate::math;
use crate::state::{Ballot, Config, Core, Proposal, Proposals, Receipts, State, RECENT, SCHEMA};

/// What there is, for checks over time and across actors.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Summary {
    /// By number: where each proposal is.
    pub stages: BTreeMap<u64, Stage>,
    /// By number: what was pinned. Once there, it never changes.
    pub polls: BTreeMap<u64, Poll>,
    /// By number: the sums of the receipts.
    pub tallies: BTreeMap<u64, Tally>,
    /// By number: who made it, and what it does. Never changes.
    pub cores: BTreeMap<u64, Cid>,
}

impl Summary {
    /// What may not have happened between an earlier look and this one: a pinned poll changed, a proposal was exchanged, one that was
    /// over came back.
    pub fn check_since(&self, earlier: &Self) -> Findings {
        let mut f = Findings::new();
        for (id, poll) in &earlier.polls {
            f.require(self.polls.get(id) == Some(poll), format_args!("proposal {id}: what was pinned changed"));
        }
        for (id, core) in &earlier.cores {
            f.require(self.cores.get(id) == Some(core), format_args!("proposal {id} says something else now"));
        }
        for (id, stage) in &earlier.stages {
            let now = self.stages.get(id);
            let over = [Stage::Canceled, Stage::Defeated, Stage::Expired, Stage::Executed].contains(stage);
            f.require(!over || now == Some(stage), format_args!("proposal {id} was {stage:?} and is {now:?}"));
        }
        f
    }
}

/// Checks invariant 7 of DESIGN.md 10 and governance's own, and returns all that is wrong.
pub fn check_state_invariants<BS: Blockstore>(state: &State, store: &BS, now: ChainEpoch) -> (Summary, Findings) {
    let (mut f, mut sum) = (Findings::new(), Summary::default());
    f.require(state.schema == SCHEMA, format_args!("schema is {}", state.schema));
    f.require(state.deployer.is_none() == state.wiring.is_some(), "a deployer is left after wiring, or none before");
    f.require(state.wiring.is_some() || state.count == 0, "there are proposals before wiring");
    if let Some(config) = load::<Config, _>(store, &state.config, &mut f, "config") {
        f.expect(admin::check_settings(&config.settings), "settings");
    }
    let mut links = BTreeMap::new();
    if let Some(proposals) = f.expect(Proposals::load(&state.proposals, store, WIDTH_HOT, "proposals"), "proposals") {
        let visited = proposals.for_each(|id, link| {
            links.insert(id, *link);
            Ok(())
        });
        f.expect(visited, "proposals");
    }
    f.require(state.recent.len() as u64 == state.count.min(RECENT as u64), "the newest proposals are not at hand");
    let older = state.count.saturating_sub(state.recent.len() as u64);
    f.require(links.keys().all(|id| *id <= older), "a proposal is there twice");
    links.extend((older + 1..).zip(state.recent.iter().copied()));
    f.require(links.keys().copied().eq(1..=state.count), format_args!("there are {} proposals", links.len()));
    for (id, link) in links {
        f.within(format_args!("proposal {id}"), |f| {
            if let (Some(proposal), Some(wiring)) = (load::<Proposal, _>(store, &link, f, "proposal"), state.wiring) {
                check_proposal(id, &proposal, store, now, &wiring, f, &mut sum);
            }
        });
    }
    (sum, f)
}

fn load<T: DeserializeOwned, BS: Blockstore>(store: &BS, cid: &Cid, f: &mut Findings, what: &str) -> Option<T> {
    let block = f.expect(store.get(cid), what).flatten();
    f.require(block.is_some(), format_args!("{what} is not there"));
    f.expect(fvm_ipld_encoding::from_slice(&block?), what)
}

fn check_proposal<BS: Blockstore>(
    id: u64,
    proposal: &Proposal,
    store: &BS,
    now: ChainEpoch,
    wiring: &Wiring,
    f: &mut Findings,
    sum: &mut Summary,
) {
    sum.cores.insert(id, proposal.core);
    if let Some(core) = load::<Core, _>(store, &proposal.core, f, "core") {
        check_core(&core, proposal, now, wiring, f);
    }
    f.require(proposal.activate_until > proposal.activate_from, "its vote can't be opened");
    f.require(
        matches!(proposal.outcome, None | Some(Stage::Canceled | Stage::Executed)),
        format_args!("its outcome is {:?}", proposal.outcome),
    );
    let mut poll = None;
    match &proposal.ballot {
        None => f.require(proposal.outcome != Some(Stage::Executed), "executed without a vote"),
        Some(ballot) => {
            poll = load::<Poll, _>(store, &ballot.poll, f, "poll");
            if let Some(poll) = &poll {
                check_poll(poll, wiring, f);
                check_ballot(proposal, ballot, poll, store, f);
                sum.polls.insert(id, poll.clone());
                sum.tallies.insert(id, ballot.tally.clone());
            }
        }
    }
    sum.stages.insert(id, proposal.stage(poll.as_ref(), now));
}

fn check_core(core: &Core, proposal: &Proposal, now: ChainEpoch, wiring: &Wiring, f: &mut Findings) {
    f.require(core.created <= now, "made in the future");
    f.require(proposal.activate_from >= core.created + limits::MIN_VOTING_DELAY, "opened without a delay");
    f.require((1..=limits::MAX_ACTIONS).contains(&core.actions.len()), "too few or many actions");
    let bytes: usize = core.actions.iter().map(|action| action.params.len()).sum();
    f.require(bytes <= limits::MAX_PARAMS, format_args!("{bytes} bytes of parameters"));
    f.require(core.actions.iter().all(|action| action.to.id().is_ok()), "a target that is no ID");
    f.require(!wiring.all().contains(&core.proposer), "made by an actor of the bundle");
    let class = propose::class_of(wiring, &core.actions);
    f.require(class == proposal.class, format_args!("is {:?}, but its actions say {class:?}", proposal.class));
}

fn check_poll(poll: &Poll, wiring: &Wiring, f: &mut Findings) {
    f.expect(admin::check_settings(&poll.settings), "pinned settings");
    let actors: Vec<_> = poll.sources.iter().map(|source| source.actor).collect();
    f.require(
        actors == [wiring.pool] || actors == [wiring.pool, wiring.nft_share],
        format_args!("the sources are {actors:?}"),
    );
    for source in &poll.sources {
        f.require(source.epoch < poll.opened, format_args!("votes of f0{} are not of before", source.actor));
        f.require(source.supply <= poll.supply, format_args!("f0{} has more votes than there are", source.actor));
    }
    let bond = poll.bond_owners.iter().fold(TokenAmount::zero(), |sum, owner| sum + &owner.shares);
    f.require(bond == poll.bond, format_args!("bond owners have {bond} of {}", poll.bond));
}

fn check_ballot<BS: Blockstore>(proposal: &Proposal, ballot: &Ballot, poll: &Poll, store: &BS, f: &mut Findings) {
    let t = &ballot.tally;
    let late = if ballot.extended { limits::LATE } else { 0 };
    f.require(ballot.ends == poll.opened + poll.settings.voting_period + late, "ends at another time than pinned");
    let opened = proposal.activate_from..=proposal.activate_until;
    f.require(opened.contains(&poll.opened), "was opened at another time than allowed");

    let mut sums = Tally::default();
    if let Some(receipts) = f.expect(Receipts::load(&ballot.receipts, store, WIDTH_SHORT, "receipts"), "receipts") {
        let visited = receipts.for_each(|voter, receipt| {
            f.require(!receipt.votes.is_negative(), format_args!("f0{voter} has {} votes", receipt.votes));
            f.require(!receipt.veto.is_negative(), format_args!("f0{voter} has a veto of {}", receipt.veto));
            f.require(receipt.choice.is_some() || receipt.votes.is_zero(), format_args!("f0{voter} voted nothing"));
            math::count(&mut sums, receipt);
            Ok(())
        });
        f.expect(visited, "receipts");
    }
    let owners: BTreeSet<_> = ballot.consented.iter().copied().collect();
    f.require(owners.len() == ballot.consented.len(), "an owner consented twice");
    for owner in &owners {
        sums.consent += consent_of(poll, *owner, f);
    }
    f.require(sums == *t, format_args!("the tally is {t:?}, receipts say {sums:?}"));
    f.require(math::cast(t) <= poll.supply, format_args!("{} votes of {}", math::cast(t), poll.supply));
    f.require(t.veto <= poll.supply, format_args!("vetoes of {} of {}", t.veto, poll.supply));
    f.require(t.veto.is_zero() || proposal.class.critical, "a veto of an ordinary proposal");
    f.require(t.veto.is_zero() || ballot.queued.is_some(), "a veto before the delay");

    if let Some(queued) = &ballot.queued {
        let delay = math::delay(proposal.class, &poll.settings);
        f.require(queued.at > ballot.ends, "queued while the vote ran");
        f.require(queued.execute_from == queued.at + delay, "the delay is another than pinned");
        let wait = queued.exits_before.map_or(0, |_| limits::MAX_EXIT_WAIT);
        let until = queued.execute_from + wait + poll.settings.grace_period;
        f.require(queued.execute_until == until, "the grace period is another than pinned");
        f.require(queued.exits_before.is_none() || proposal.class.upgrade, "waits for exits without an upgrade");
    }
    if proposal.outcome == Some(Stage::Executed) {
        f.require(ballot.queued.is_some(), "executed without a delay");
        f.require(math::carried(proposal.class, poll, t), "executed without the votes");
        f.require(!proposal.class.critical || !math::vetoed(poll, t), "executed against a veto");
    }
}

fn consent_of(poll: &Poll, owner: ActorID, f: &mut Findings) -> TokenAmount {
    let part = poll.bond_owners.iter().find(|part| part.owner == owner);
    f.require(part.is_some(), format_args!("f0{owner} consented and owns no bond"));
    part.map(|part| part.shares.clone()).unwrap_or_default()
}
