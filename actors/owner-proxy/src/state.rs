//! What the proxy remembers.
//!
//! A harvest writes two small blocks: this one, and the books of one miner. For each miner the state carries a link to its
//! books and what orders a `Sync` and dates the oldest measurement (about 56 bytes), because reading all 32 books for that
//! would cost more. A map (HAMT) of the books would cost the same at 32 miners (a node and its parent instead of a longer
//! list), more at a few, and as much code again as all the rest here.

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{KeeperCut, MinerInfo, PendingWorker, MAX_MINERS};
use peggy_interfaces::pool::{MinerTotals, SettleParams};
use peggy_math::saturating_sub;
use peggy_runtime::lifecycle::not_wired;
use peggy_runtime::{ActorError, Host, Store, Wiring};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::error::ProxyError;
use crate::math::{impairment, legacy_left, Measurement, Plan};

/// Version of the layout of [`State`].
pub const SCHEMA: u64 = 1;

/// Epochs (a day) by which `Sync` puts off miners that say nothing of how old the measurements are. The pool asks for a few
/// miners only, those it needs for a price, and a sick or empty one must not take their place; none waits for ever.
pub const PATIENCE: ChainEpoch = 2_880;

/// The state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Version of this layout.
    pub schema: u64,
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
    /// Who runs the miners.
    pub operator: ActorID,
    /// What keepers get.
    pub keeper_cut: KeeperCut,
    /// A miner governance approved, until `TakeOwner` takes it.
    pub approved: Option<ActorID>,
    /// Sum of the miners' principal.
    pub principal: TokenAmount,
    /// Sum of the miners' impairment.
    pub impaired: TokenAmount,
    /// Sum of the miners' impairment net of vesting rewards.
    pub impaired_net: TokenAmount,
    /// One entry a miner, by ascending ID; at most 32.
    pub turns: Vec<Turn>,
}

/// Where a miner's books are, and what of them orders the miners in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Turn {
    /// The miner.
    pub miner: ActorID,
    /// When a harvest was last tried.
    pub tried_at: ChainEpoch,
    /// When it was last measured, if it has principal and is settled.
    pub measured_at: Option<ChainEpoch>,
    /// It has principal, and its last measurement was incomplete.
    pub unsettled: bool,
    /// Link to its [`Miner`].
    pub books: Cid,
}

impl Turn {
    /// The entry that belongs to a miner's books.
    pub fn of(id: ActorID, miner: &Miner, books: Cid) -> Self {
        let counts = !miner.principal.is_zero();
        let settled = miner.unsettled_since.is_none();
        Self {
            miner: id,
            tried_at: miner.tried_at,
            measured_at: (counts && settled).then_some(miner.measured_at),
            unsettled: counts && !settled,
            books,
        }
    }
}

/// A miner's books. Amounts in attoFIL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Miner {
    /// What was put in and neither came home nor was written off.
    pub principal: TokenAmount,
    /// Principal not covered by backing.
    pub impaired: TokenAmount,
    /// Principal not covered by backing and rewards still vesting.
    pub impaired_net: TokenAmount,
    /// As of the last complete measurement.
    pub backing: TokenAmount,
    /// As of the last complete measurement.
    pub vesting: TokenAmount,
    /// Reward the last complete measurement showed and the miner did not pay.
    pub harvestable: TokenAmount,
    /// Fee debt not covered, as of the last complete measurement.
    pub debt: TokenAmount,
    /// When it was last measured completely.
    pub measured_at: ChainEpoch,
    /// When custody began.
    pub custody_at: ChainEpoch,
    /// Rewards from before custody that were not harvested yet.
    pub legacy_vesting: TokenAmount,
    /// When a harvest was last tried.
    pub tried_at: ChainEpoch,
    /// Since when no measurement was complete.
    pub unsettled_since: Option<ChainEpoch>,
    /// A change of worker this proxy asked for.
    pub pending_worker: Option<PendingWorker>,
    /// Until this epoch a change of worker the former owner asked for may be pending: no miner method shows it.
    /// `None` when none can be.
    pub foreign_worker_until: Option<ChainEpoch>,
    /// Governance wrote a loss of it off: it leaves the list once nothing is left in it.
    pub closing: bool,
}

/// What a harvest brought, after booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harvested {
    /// Reward, the operator's from before custody included.
    pub reward: TokenAmount,
    /// Principal that came home.
    pub home: TokenAmount,
    /// Part of the reward that was the operator's before custody.
    pub legacy: TokenAmount,
}

impl Miner {
    /// The books on the first day: the backing is the principal, and what vests is still the operator's. For a miner just
    /// created that is the network's deposit, which the operator paid and which vests like a reward.
    pub fn taken(measured: &Measurement, epoch: ChainEpoch, foreign_worker_until: Option<ChainEpoch>) -> Self {
        Self {
            principal: measured.backing.clone(),
            impaired: TokenAmount::zero(),
            impaired_net: TokenAmount::zero(),
            backing: measured.backing.clone(),
            vesting: measured.vesting.clone(),
            harvestable: TokenAmount::zero(),
            debt: measured.debt.clone(),
            measured_at: epoch,
            custody_at: epoch,
            legacy_vesting: measured.vesting.clone(),
            tried_at: epoch,
            unsettled_since: None,
            pending_worker: None,
            foreign_worker_until,
            closing: false,
        }
    }

    /// Books a complete measurement and what arrived of what it showed could be taken.
    pub fn book(&mut self, measured: &Measurement, plan: &Plan, arrived: &TokenAmount, epoch: ChainEpoch) -> Harvested {
        let harvested = self.receive(plan, arrived);
        self.backing = saturating_sub(&measured.backing, arrived);
        self.vesting = measured.vesting.clone();
        self.debt = measured.debt.clone();
        self.harvestable = &plan.reward - &harvested.reward;
        (self.impaired, self.impaired_net) = impairment(&self.principal, &self.backing, &self.vesting);
        self.legacy_vesting = legacy_left(&self.legacy_vesting, &self.principal, &self.backing, &self.vesting);
        self.measured_at = epoch;
        self.tried_at = epoch;
        self.unsettled_since = None;
        harvested
    }

    /// Books an incomplete measurement: of what it shows, if anything, only a growing impairment counts, so that nobody
    /// gains by keeping a miner from being measured. What arrived nevertheless is booked as planned.
    pub fn book_unsettled(
        &mut self,
        measured: Option<&Measurement>,
        plan: &Plan,
        arrived: &TokenAmount,
        epoch: ChainEpoch,
    ) -> Harvested {
        let harvested = self.receive(plan, arrived);
        if let Some(m) = measured {
            let backing = saturating_sub(&m.backing, arrived);
            let (impaired, impaired_net) = impairment(&self.principal, &backing, &m.vesting);
            self.impaired = impaired.max(self.impaired.clone());
            self.impaired_net = impaired_net.max(self.impaired_net.clone());
        }
        self.impaired = self.impaired.clone().min(self.principal.clone());
        self.impaired_net = self.impaired_net.clone().min(self.impaired.clone());
        self.tried_at = epoch;
        self.unsettled_since.get_or_insert(epoch);
        harvested
    }

    fn receive(&mut self, plan: &Plan, arrived: &TokenAmount) -> Harvested {
        let Plan { reward, home } = plan.split(arrived);
        let legacy = reward.clone().min(self.legacy_vesting.clone());
        self.legacy_vesting -= &legacy;
        self.principal -= &home;
        Harvested { reward, home, legacy }
    }

    /// Books FIL of depositors sent to a settled miner: principal and backing grow alike.
    pub fn book_pledge(&mut self, amount: &TokenAmount) {
        self.principal += amount;
        self.backing += amount;
    }

    /// Books impaired principal as lost for good: `amount` is at most `impaired`. It is taken from principal and both
    /// impairments alike, which leaves them what the last measurement makes of the principal that remains.
    pub fn write_off(&mut self, amount: &TokenAmount) {
        self.principal -= amount;
        self.impaired -= amount;
        self.impaired_net = saturating_sub(&self.impaired_net, amount);
    }

    /// Nothing is left of a miner governance wrote off, nor can anything come: no principal, nothing that backs or vests,
    /// no debt. Only a complete measurement shows that. A miner nobody wrote off may be as empty as it likes.
    pub fn is_over(&self) -> bool {
        let left = [&self.principal, &self.backing, &self.vesting, &self.debt];
        self.closing && self.unsettled_since.is_none() && left.iter().all(|amount| amount.is_zero())
    }

    /// As `GetMiner` shows it.
    pub fn info(self, id: ActorID) -> MinerInfo {
        MinerInfo {
            miner: id,
            principal: self.principal,
            impaired: self.impaired,
            impaired_net: self.impaired_net,
            backing: self.backing,
            vesting: self.vesting,
            harvestable: self.harvestable,
            measured_at: self.measured_at,
            custody_at: self.custody_at,
            legacy_vesting: self.legacy_vesting,
            tried_at: self.tried_at,
            unsettled_since: self.unsettled_since,
            pending_worker: self.pending_worker,
            closing: self.closing,
        }
    }
}

impl State {
    /// The first state: not wired, no miners.
    pub fn new(deployer: ActorID, operator: ActorID, keeper_cut: KeeperCut) -> Self {
        Self {
            schema: SCHEMA,
            deployer: Some(deployer),
            wiring: None,
            operator,
            keeper_cut,
            approved: None,
            principal: TokenAmount::zero(),
            impaired: TokenAmount::zero(),
            impaired_net: TokenAmount::zero(),
            turns: Vec::new(),
        }
    }

    /// Who is who, or the error every method but `Wire` answers before wiring.
    pub fn wiring(&self) -> Result<Wiring, ActorError> {
        self.wiring.ok_or_else(not_wired)
    }

    /// A miner's books; an error if it is not held.
    pub fn miner<H: Host>(&self, store: Store<'_, H>, id: ActorID) -> Result<Miner, ActorError> {
        let turn = self.turns.iter().find(|t| t.miner == id).ok_or(ProxyError::NotHeld(id))?;
        store.load(&turn.books, "a miner's books")
    }

    /// True if the miner is held.
    pub fn holds(&self, id: ActorID) -> bool {
        self.turns.binary_search_by_key(&id, |t| t.miner).is_ok()
    }

    /// Refuses one miner too many, or the same twice.
    pub fn check_room_for(&self, id: Option<ActorID>) -> Result<(), ActorError> {
        if let Some(id) = id.filter(|id| self.holds(*id)) {
            return Err(ProxyError::AlreadyHeld(id).into());
        }
        if self.turns.len() >= MAX_MINERS {
            return Err(ProxyError::TooManyMiners.into());
        }
        Ok(())
    }

    /// Changes a miner's books, and with them the sums and its turn.
    pub fn change_miner<H: Host, T>(
        &mut self,
        store: Store<'_, H>,
        id: ActorID,
        change: impl FnOnce(&mut Miner) -> Result<T, ActorError>,
    ) -> Result<T, ActorError> {
        let mut miner = self.miner(store, id)?;
        self.principal -= &miner.principal;
        self.impaired -= &miner.impaired;
        self.impaired_net -= &miner.impaired_net;
        let result = change(&mut miner)?;
        self.put(store, id, &miner)?;
        Ok(result)
    }

    /// Adds a miner just taken.
    pub fn add_miner<H: Host>(&mut self, store: Store<'_, H>, id: ActorID, miner: &Miner) -> Result<(), ActorError> {
        self.check_room_for(Some(id))?;
        self.put(store, id, miner)
    }

    /// Takes a miner that [is over](Miner::is_over) off the list. It has no part in the sums any more.
    pub fn close_miner(&mut self, id: ActorID) {
        self.turns.retain(|t| t.miner != id);
    }

    fn put<H: Host>(&mut self, store: Store<'_, H>, id: ActorID, miner: &Miner) -> Result<(), ActorError> {
        self.principal += &miner.principal;
        self.impaired += &miner.impaired;
        self.impaired_net += &miner.impaired_net;
        let turn = Turn::of(id, miner, store.save(miner, "a miner's books")?);
        match self.turns.binary_search_by_key(&id, |t| t.miner) {
            Ok(at) => self.turns[at] = turn,
            Err(at) => self.turns.insert(at, turn),
        }
        Ok(())
    }

    /// The sums as the pool books them.
    pub fn totals(&self) -> MinerTotals {
        MinerTotals {
            principal: self.principal.clone(),
            impaired: self.impaired.clone(),
            impaired_net: self.impaired_net.clone(),
            oldest_measurement: self.turns.iter().filter_map(|t| t.measured_at).min(),
            unsettled: self.turns.iter().filter(|t| t.unsettled).count() as u32,
        }
    }

    /// What the pool is told when no FIL comes: who operates, and the books, of this miner and of all.
    pub fn report(&self, miner: Option<(ActorID, &Miner)>) -> SettleParams {
        SettleParams {
            miner: miner.map(|(id, _)| id),
            operator: self.operator,
            home: TokenAmount::zero(),
            legacy: TokenAmount::zero(),
            lost: TokenAmount::zero(),
            miner_impaired_net: miner.map(|(_, books)| books.impaired_net.clone()).unwrap_or_default(),
            totals: self.totals(),
        }
    }

    /// At most `max` miners, those tried longest ago first. One that says nothing of how old the measurements are (without
    /// principal, or unsettled) counts as tried [`PATIENCE`] later than it was.
    pub fn longest_untried(&self, max: usize) -> Vec<ActorID> {
        let patience = |turn: &Turn| if turn.measured_at.is_some() { 0 } else { PATIENCE };
        let mut by_age: Vec<_> = self.turns.iter().map(|t| (t.tried_at + patience(t), t.miner)).collect();
        by_age.sort_unstable();
        by_age.into_iter().take(max).map(|(_, miner)| miner).collect()
    }
}
