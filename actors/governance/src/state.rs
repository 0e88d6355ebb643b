//! What governance remembers, and where.
//!
//! A vote must stay cheap among ten thousand voters, and each byte of a block written costs gas. So what a vote changes (the
//! tally, the root of the receipts) is a small block of its own, [`Proposal`]. What is said once is behind links: [`Core`] when it is
//! made, [`Poll`] when its vote is opened.

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::ActorID;
use peggy_interfaces::governance::{Action, Class, Poll, Queued, Receipt, Settings, State as Stage, Tally};
use peggy_runtime::lifecycle::not_wired;
use peggy_runtime::{ActorError, Host, Map, Runtime, Store, Wiring, WIDTH_HOT, WIDTH_SHORT};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::error::Error;
use crate::math;

/// Version of the layout of [`State`] and all it links to.
pub const SCHEMA: u64 = 1;

/// Proposals the root block links to itself. Each costs every message the writing of a link, and saves votes on it a block.
pub const RECENT: usize = 3;

/// The root block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Version of this layout.
    pub schema: u64,
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
    /// Link to [`Config`].
    pub config: Cid,
    /// Links to the newest [`Proposal`]s, at most [`RECENT`], by ascending number. Those are the ones voted on, and a vote then
    /// writes no map.
    pub recent: Vec<Cid>,
    /// Number -> link, of all older ones.
    pub proposals: Cid,
    /// How many proposals there are: the newest has this number, so a number says nothing about what it will hold before it does.
    pub count: u64,
}

/// What proposals change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Config {
    /// Who may pause intake.
    pub guardian: Option<ActorID>,
    /// For votes opened from now on.
    pub settings: Settings,
}

/// What a vote changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Proposal {
    /// Link to [`Core`].
    pub core: Cid,
    /// By its actions.
    pub class: Class,
    /// Its vote can be opened from this epoch on.
    pub activate_from: ChainEpoch,
    /// The last epoch in which its vote can be opened.
    pub activate_until: ChainEpoch,
    /// The vote, once opened.
    pub ballot: Option<Ballot>,
    /// `Canceled` or `Executed`, for good; what else it is follows from votes and time.
    pub outcome: Option<Stage>,
}

/// An open vote, and what follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Ballot {
    /// Link to the [`Poll`]. It links to the snapshots, which stay readable for as long as it does.
    pub poll: Cid,
    /// Voter -> [`Receipt`].
    pub receipts: Cid,
    /// The last epoch in which votes are taken.
    pub ends: ChainEpoch,
    /// A late quorum extended it.
    pub extended: bool,
    /// Sums of the receipts.
    pub tally: Tally,
    /// Bond owners that agreed, at most as many as the poll has.
    pub consented: Vec<ActorID>,
    /// The wait, once queued.
    pub queued: Option<Queued>,
}

/// What is said once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Core {
    /// Who made it.
    pub proposer: ActorID,
    /// When.
    pub created: ChainEpoch,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Its actions, targets by ID.
    pub actions: Vec<Action>,
}

/// Links to proposals: one changes in a message.
pub type Proposals<BS> = Map<BS, u64, Cid>;
/// Receipts by voter: one of thousands changes in a message.
pub type Receipts<BS> = Map<BS, ActorID, Receipt>;

const PROPOSALS: &str = "the proposals";
const RECEIPTS: &str = "the receipts";

impl State {
    /// Nothing proposed yet.
    pub fn create<H: Host>(deployer: ActorID, config: &Config, store: Store<'_, H>) -> Result<Self, ActorError> {
        Ok(Self {
            schema: SCHEMA,
            deployer: Some(deployer),
            wiring: None,
            config: config.save(store)?,
            recent: Vec::new(),
            proposals: Proposals::flush_empty(store, WIDTH_HOT, PROPOSALS)?,
            count: 0,
        })
    }

    /// Reads the state of a wired governance, to look at only.
    pub fn view<H: Host>(rt: &Runtime<H>) -> Result<(Self, Wiring), ActorError> {
        let state: Self = rt.state()?;
        let wiring = state.wiring.ok_or_else(not_wired)?;
        Ok((state, wiring))
    }

    /// Loads guardian and settings.
    pub fn config<H: Host>(&self, store: Store<'_, H>) -> Result<Config, ActorError> {
        store.load(&self.config, "the configuration")
    }

    /// Where a proposal is among the newest; `None` if it is older than these.
    fn place(&self, id: u64) -> Result<Option<usize>, Error> {
        if !(1..=self.count).contains(&id) {
            return Err(Error::NoProposal { id, count: self.count });
        }
        let older = self.count.saturating_sub(self.recent.len() as u64);
        Ok(id.checked_sub(older + 1).map(|at| at as usize))
    }

    /// Loads a proposal.
    pub fn proposal<H: Host>(&self, store: Store<'_, H>, id: u64) -> Result<Proposal, ActorError> {
        let recent = self.place(id)?.and_then(|at| self.recent.get(at));
        if let Some(link) = recent {
            return store.load(link, "the proposal");
        }
        let older = Proposals::load(&self.proposals, store, WIDTH_HOT, PROPOSALS)?;
        let link = older.get(&id)?.ok_or_else(|| ActorError::illegal_state("a proposal is missing"))?;
        store.load(link, "the proposal")
    }

    /// Adds a proposal and answers its number.
    pub fn add<H: Host>(&mut self, store: Store<'_, H>, proposal: &Proposal) -> Result<u64, ActorError> {
        self.recent.push(store.save(proposal, "the proposal")?);
        self.count = self.count.saturating_add(1);
        if self.recent.len() > RECENT {
            let oldest = self.recent.remove(0);
            self.keep(store, self.count.saturating_sub(RECENT as u64), oldest)?;
        }
        Ok(self.count)
    }

    /// Changes a proposal.
    pub fn change<H: Host, T>(
        &mut self,
        store: Store<'_, H>,
        id: u64,
        change: impl FnOnce(&mut Proposal) -> Result<T, ActorError>,
    ) -> Result<T, ActorError> {
        let mut proposal = self.proposal(store, id)?;
        let value = change(&mut proposal)?;
        self.put(store, id, &proposal)?;
        Ok(value)
    }

    fn put<H: Host>(&mut self, store: Store<'_, H>, id: u64, proposal: &Proposal) -> Result<(), ActorError> {
        let link = store.save(proposal, "the proposal")?;
        let place = self.place(id)?;
        match place.and_then(|at| self.recent.get_mut(at)) {
            Some(recent) => *recent = link,
            None => self.keep(store, id, link)?,
        }
        Ok(())
    }

    /// Links to an older proposal.
    fn keep<H: Host>(&mut self, store: Store<'_, H>, id: u64, link: Cid) -> Result<(), ActorError> {
        let mut older = Proposals::load(&self.proposals, store, WIDTH_HOT, PROPOSALS)?;
        older.set(&id, link)?;
        self.proposals = older.flush()?;
        Ok(())
    }
}

impl Config {
    /// Writes it and links to it.
    pub fn save<H: Host>(&self, store: Store<'_, H>) -> Result<Cid, ActorError> {
        store.save(self, "the configuration")
    }
}

impl Proposal {
    /// What was said when it was made.
    pub fn core<H: Host>(&self, store: Store<'_, H>) -> Result<Core, ActorError> {
        store.load(&self.core, "what was proposed")
    }

    /// What was pinned; `None` before its vote was opened.
    pub fn poll<H: Host>(&self, store: Store<'_, H>) -> Result<Option<Poll>, ActorError> {
        self.ballot.as_ref().map(|ballot| store.load(&ballot.poll, "the poll")).transpose()
    }

    /// Where it is at an epoch. `poll` is what [`Proposal::poll`] answers.
    pub fn stage(&self, poll: Option<&Poll>, now: ChainEpoch) -> Stage {
        if let Some(outcome) = self.outcome {
            return outcome;
        }
        let (Some(ballot), Some(poll)) = (&self.ballot, poll) else {
            return if now > self.activate_until { Stage::Expired } else { Stage::Pending };
        };
        if now <= ballot.ends {
            return Stage::Active;
        }
        if !math::carried(self.class, poll, &ballot.tally) {
            return Stage::Defeated;
        }
        let (waiting, until) = match &ballot.queued {
            None => (Stage::Succeeded, ballot.ends.saturating_add(poll.settings.grace_period)),
            Some(queued) => (Stage::Queued, queued.execute_until),
        };
        if now > until {
            Stage::Expired
        } else {
            waiting
        }
    }

    /// The open vote; an error of the actor's own before it was opened.
    pub fn ballot_mut(&mut self) -> Result<&mut Ballot, ActorError> {
        self.ballot.as_mut().ok_or_else(|| ActorError::assertion("the vote was never opened"))
    }
}

impl Ballot {
    /// An empty set of receipts.
    pub fn no_receipts<H: Host>(store: Store<'_, H>) -> Result<Cid, ActorError> {
        Receipts::flush_empty(store, WIDTH_SHORT, RECEIPTS)
    }

    /// What an account did with its votes.
    pub fn receipt<H: Host>(&self, store: Store<'_, H>, voter: ActorID) -> Result<Option<Receipt>, ActorError> {
        Ok(Receipts::load(&self.receipts, store, WIDTH_SHORT, RECEIPTS)?.get(&voter)?.cloned())
    }

    /// Replaces a receipt, keeps the tally the sum of all, and answers the one that was there.
    pub fn set_receipt<H: Host>(
        &mut self,
        store: Store<'_, H>,
        voter: ActorID,
        receipt: Receipt,
    ) -> Result<Option<Receipt>, ActorError> {
        let mut receipts = Receipts::load(&self.receipts, store, WIDTH_SHORT, RECEIPTS)?;
        math::count(&mut self.tally, &receipt);
        let old = receipts.set(&voter, receipt)?;
        if let Some(old) = &old {
            math::uncount(&mut self.tally, old);
        }
        self.receipts = receipts.flush()?;
        Ok(old)
    }
}
