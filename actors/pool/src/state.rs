//! What the pool remembers, and where.
//!
//! Each byte of a block written costs gas, on every message. So state is in three parts: the hot block ([`State`]) with what a
//! transfer, deposit or claim changes; [`Config`], which only governance changes; [`Cold`], which changes with harvests
//! and allowances. A transfer reads and writes the hot block and two paths of the accounts, nothing else.

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool::{MinerTotals, Terms};
use peggy_ledger::{Account, Accounts, Previous, RewardIndex, Stream};
use peggy_runtime::lifecycle::not_wired;
use peggy_runtime::{ActorError, Host, Map, Runtime, Store, Wiring, WIDTH_HOT, WIDTH_SMALL};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::error::Error;
use crate::queue::Queue;

/// Version of the layout of [`State`] and all it links to.
pub const SCHEMA: u64 = 1;

/// Owners of bond shares, at most.
pub const MAX_BOND_OWNERS: usize = 8;

/// The hot block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Version of this layout.
    pub schema: u64,
    /// The five actors know each other. Repeated here so that a transfer need not read [`Config`].
    pub wired: bool,
    /// Link to [`Config`].
    pub config: Cid,
    /// Link to [`Cold`].
    pub cold: Cid,
    /// Root of the accounts.
    pub accounts: Cid,
    /// The books.
    pub totals: Totals,
    /// Rewards not yet released.
    pub stream: Stream,
    /// Rewards released, by share.
    pub rewards: RewardIndex,
    /// The accounts at the end of the previous epoch.
    pub previous: Previous,
    /// Bond shares, and whose they are.
    pub bond: BondHead,
}

/// The books, in attoFIL and shares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Totals {
    /// Shares that belong to somebody, the bond's and the exit queue's included.
    pub shares: TokenAmount,
    /// Shares in the exit queue. They earn and bear losses as all others, and don't vote.
    pub queued: TokenAmount,
    /// Shares that belong to nobody: out of the supply, still in the price.
    pub dead: TokenAmount,
    /// FIL at hand that backs shares.
    pub liquid: TokenAmount,
    /// Released and not paid.
    pub rewards_owed: TokenAmount,
    /// Fees not paid.
    pub fees_owed: TokenAmount,
    /// FIL with the miners, as the owner-proxy last reported; `miners.principal` is what is pledged.
    pub miners: MinerTotals,
}

/// What every message must know about the bond.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BondHead {
    /// Sum of [`BondRecord`]s: the balance of the pool's own account. These shares don't vote.
    pub shares: TokenAmount,
    /// Who has a [`BondRecord`], in their order: nobody else's claim needs to read [`Cold`].
    pub owners: Vec<ActorID>,
}

/// What only governance changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Config {
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
    /// FRC-46 name.
    pub name: String,
    /// FRC-46 symbol.
    pub symbol: String,
    /// The terms.
    pub terms: Terms,
    /// When the last pause ends or ended; `None` if there never was one.
    pub paused_until: Option<ChainEpoch>,
}

/// What harvests and allowances change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Cold {
    /// (owner, operator) -> shares.
    pub allowances: Cid,
    /// Recipient -> attoFIL owed. Keeps those who are no longer in the terms until they are paid.
    pub fees: Cid,
    /// Miner -> who brought it, for the rewards that were theirs before custody.
    pub custody: Cid,
    /// The bond, at most [`MAX_BOND_OWNERS`].
    pub bonds: Vec<BondRecord>,
    /// The exit queue.
    pub queue: Queue,
}

/// An owner's part of the bond: an account of its own that can't be transferred, redeemed or voted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BondRecord {
    /// Who earns with it.
    pub owner: ActorID,
    /// Shares and reward debt.
    pub account: Account,
    /// They can be withdrawn from this epoch on: the mean over all that came, weighted by amount.
    pub unlock_at: ChainEpoch,
}

/// Allowances by (owner, operator): one or two of thousands change in a message.
pub type Allowances<BS> = Map<BS, (ActorID, ActorID), TokenAmount>;
/// Fees owed by recipient: tens, most of which change with each harvest.
pub type FeeAccounts<BS> = Map<BS, ActorID, TokenAmount>;
/// Who brought a miner: tens, read with a harvest.
pub type Custody<BS> = Map<BS, ActorID, ActorID>;

impl State {
    /// An empty, unwired pool.
    pub fn create<H: Host>(config: &Config, epoch: ChainEpoch, store: Store<'_, H>) -> Result<Self, ActorError> {
        let accounts = Accounts::create(store)?;
        let cold = Cold {
            allowances: Allowances::flush_empty(store, WIDTH_HOT, "the allowances")?,
            fees: FeeAccounts::flush_empty(store, WIDTH_SMALL, "the fee accounts")?,
            custody: Custody::flush_empty(store, WIDTH_SMALL, "the miners' origins")?,
            bonds: Vec::new(),
            queue: Queue::create(store)?,
        };
        Ok(Self {
            schema: SCHEMA,
            wired: false,
            config: config.save(store)?,
            cold: cold.save(store)?,
            accounts,
            totals: Totals::default(),
            stream: Stream { updated_at: epoch, ..Stream::default() },
            rewards: RewardIndex::default(),
            previous: Previous { epoch, accounts, supply: TokenAmount::zero() },
            bond: BondHead::default(),
        })
    }

    /// Reads the state of a wired pool, to look at only.
    pub fn view<H: Host>(rt: &Runtime<H>) -> Result<Self, ActorError> {
        let state: Self = rt.state()?;
        state.require_wired()?;
        Ok(state)
    }

    /// Refuses everything before wiring (32).
    pub fn require_wired(&self) -> Result<(), ActorError> {
        if self.wired {
            Ok(())
        } else {
            Err(not_wired())
        }
    }

    /// What every change begins with: keeps the accounts as of the previous epoch, and releases the rewards that are due, so that
    /// everything after it sees the index of this epoch.
    pub fn begin(&mut self, now: ChainEpoch) -> Result<(), ActorError> {
        self.require_wired()?;
        let (totals, bond) = (&self.totals, &self.bond);
        self.previous.roll(now, &self.accounts, || &totals.shares - &bond.shares - &totals.queued);
        let released = self.stream.release(now, self.totals.shares.is_positive());
        if !released.is_zero() {
            // There are shares, or nothing would have been released.
            if !self.rewards.distribute(&released, &self.totals.shares) {
                return Err(ActorError::assertion("rewards were released to nobody"));
            }
            self.totals.rewards_owed += released;
        }
        Ok(())
    }

    /// Loads the accounts.
    pub fn accounts<'a, H: Host>(&self, store: Store<'a, H>) -> Result<Accounts<Store<'a, H>>, ActorError> {
        Accounts::load(&self.accounts, store)
    }
    /// Loads what governance set.
    pub fn config<H: Host>(&self, store: Store<'_, H>) -> Result<Config, ActorError> {
        store.load(&self.config, "the configuration")
    }
    /// Loads what harvests and allowances change.
    pub fn cold<H: Host>(&self, store: Store<'_, H>) -> Result<Cold, ActorError> {
        store.load(&self.cold, "the cold state")
    }
}

impl Totals {
    /// `liquid + pledged - impaired`, in attoFIL. The price of a share is this by `shares + dead`.
    pub fn nav(&self) -> TokenAmount {
        &self.liquid + &self.miners.principal - &self.miners.impaired
    }
    /// What entrants pay by `shares + dead`: as [`Totals::nav`], but vesting rewards count as far as they heal a loss.
    pub fn entry_nav(&self) -> TokenAmount {
        &self.liquid + &self.miners.principal - &self.miners.impaired_net
    }
    /// `shares + dead`: what the price is divided by.
    pub fn priced(&self) -> TokenAmount {
        &self.shares + &self.dead
    }
}

impl Config {
    /// Writes it and links to it.
    pub fn save<H: Host>(&self, store: Store<'_, H>) -> Result<Cid, ActorError> {
        store.save(self, "the configuration")
    }
    /// The five actors.
    pub fn wiring(&self) -> Result<Wiring, ActorError> {
        self.wiring.ok_or_else(not_wired)
    }
}

impl Cold {
    /// Writes it and links to it.
    pub fn save<H: Host>(&self, store: Store<'_, H>) -> Result<Cid, ActorError> {
        store.save(self, "the cold state")
    }
    /// Loads the allowances.
    pub fn allowances<'a, H: Host>(&self, store: Store<'a, H>) -> Result<Allowances<Store<'a, H>>, ActorError> {
        Allowances::load(&self.allowances, store, WIDTH_HOT, "the allowances")
    }
    /// Loads the fee accounts.
    pub fn fees<'a, H: Host>(&self, store: Store<'a, H>) -> Result<FeeAccounts<Store<'a, H>>, ActorError> {
        FeeAccounts::load(&self.fees, store, WIDTH_SMALL, "the fee accounts")
    }
    /// Loads who brought which miner.
    pub fn custody<'a, H: Host>(&self, store: Store<'a, H>) -> Result<Custody<Store<'a, H>>, ActorError> {
        Custody::load(&self.custody, store, WIDTH_SMALL, "the miners' origins")
    }
    /// An owner's part of the bond, made if there is none.
    pub fn bond_of(&mut self, owner: ActorID, head: &mut BondHead) -> Result<&mut BondRecord, ActorError> {
        let at = match self.bonds.iter().position(|b| b.owner == owner) {
            Some(at) => at,
            None if self.bonds.len() >= MAX_BOND_OWNERS => return Err(Error::TooManyBondOwners.into()),
            None => {
                self.bonds.push(BondRecord { owner, account: Account::default(), unlock_at: 0 });
                head.owners.push(owner);
                self.bonds.len() - 1
            }
        };
        // The index is that of an element just found or made.
        self.bonds.get_mut(at).ok_or_else(|| ActorError::assertion("a bond record vanished"))
    }
    /// Forgets owners who hold nothing and can claim nothing; the fractions of an attoFIL they leave go back to all.
    pub fn prune_bonds(&mut self, head: &mut BondHead, index: &mut RewardIndex) {
        self.bonds.retain(|record| match record.account.dust() {
            Some(dust) => {
                index.give_back(dust);
                false
            }
            None => true,
        });
        head.owners = self.bonds.iter().map(|record| record.owner).collect();
    }
}
