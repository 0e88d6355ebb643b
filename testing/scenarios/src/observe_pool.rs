//! The pool's raw state as plain figures.

use std::collections::BTreeMap;

use anyhow::anyhow;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use peggy_interfaces::pool::Terms;
use peggy_ledger::{Accounts, Stream};
use peggy_localnet::Network;
use peggy_pool::queue::Queue;
use peggy_pool::state::{Allowances, Cold, Config, FeeAccounts, State};
use peggy_runtime::{ActorError, WIDTH_HOT, WIDTH_SMALL};

/// Shares and what they earned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Shares.
    pub shares: TokenAmount,
    /// Owed up to the last release, in multiples of 2^-64 attoFIL.
    pub pending: BigInt,
}

/// An owner's part of the bond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bonded {
    /// Shares.
    pub shares: TokenAmount,
    /// As in [`Holding`].
    pub pending: BigInt,
    /// When it can be withdrawn.
    pub unlock_at: ChainEpoch,
}

/// A ticket of the exit queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose.
    pub owner: ActorID,
    /// What waits, and what it earned.
    pub account: Holding,
    /// FIL to claim.
    pub owed: TokenAmount,
    /// When it was requested.
    pub requested_at: ChainEpoch,
}

/// The pool's books.
#[derive(Clone, Debug)]
pub struct PoolBooks {
    /// The hot block.
    pub state: State,
    /// Accounts by holder.
    pub accounts: BTreeMap<ActorID, Holding>,
    /// Bond records by owner.
    pub bonds: BTreeMap<ActorID, Bonded>,
    /// The exit queue's head.
    pub queue: Queue,
    /// Its tickets by number.
    pub tickets: BTreeMap<u64, Ticket>,
    /// Fees owed by recipient.
    pub fees: BTreeMap<ActorID, TokenAmount>,
    /// Allowances by (owner, operator).
    pub allowances: BTreeMap<(ActorID, ActorID), TokenAmount>,
    /// The terms in force.
    pub terms: Terms,
    /// When the last pause ends or ended.
    pub paused_until: Option<ChainEpoch>,
}

impl PoolBooks {
    /// Reads everything.
    pub fn of(net: &Network, pool: ActorID) -> anyhow::Result<Self> {
        let store = net.store();
        let state: State = net.load_state(pool)?;
        let cold: Cold = store.load(&state.cold)?;
        let config: Config = store.load(&state.config)?;
        let index = &state.rewards.index;
        let mut accounts = BTreeMap::new();
        let map = Accounts::load(&state.accounts, store).map_err(plain)?;
        map.for_each(|id, account| {
            accounts.insert(id, Holding { shares: account.shares.clone(), pending: account.pending(index) });
            Ok(())
        })
        .map_err(plain)?;
        let bonds = cold.bonds.iter().map(|bond| {
            let pending = bond.account.pending(index);
            let shares = bond.account.shares.clone();
            (bond.owner, Bonded { shares, pending, unlock_at: bond.unlock_at })
        });
        let bonds = bonds.collect();
        let mut tickets = BTreeMap::new();
        let visited = cold.queue.tickets(store).and_then(|map| {
            map.for_each(|number, ticket| {
                let account = &ticket.account;
                let account = Holding { shares: account.shares.clone(), pending: account.pending(index) };
                let (owner, owed, requested_at) = (ticket.owner, ticket.owed.clone(), ticket.requested_at);
                tickets.insert(number, Ticket { owner, account, owed, requested_at });
            })
        });
        visited.map_err(plain)?;
        let mut fees = BTreeMap::new();
        FeeAccounts::load(&cold.fees, store, WIDTH_SMALL, "fees")
            .map_err(plain)?
            .for_each(|id, owed| {
                fees.insert(id, owed.clone());
                Ok(())
            })
            .map_err(plain)?;
        let mut allowances = BTreeMap::new();
        Allowances::load(&cold.allowances, store, WIDTH_HOT, "allowances")
            .map_err(plain)?
            .for_each(|pair, left| {
                allowances.insert(pair, left.clone());
                Ok(())
            })
            .map_err(plain)?;
        let (queue, terms, paused_until) = (cold.queue, config.terms, config.paused_until);
        Ok(Self { state, accounts, bonds, queue, tickets, fees, allowances, terms, paused_until })
    }

    /// Rewards not yet released.
    pub fn stream(&self) -> &Stream {
        &self.state.stream
    }

    /// Everything the pool owes or keeps for somebody.
    pub fn tracked(&self) -> TokenAmount {
        let totals = &self.state.totals;
        &totals.liquid + &self.state.stream.amount + &totals.rewards_owed + &totals.fees_owed + &self.queue.owed
    }

    /// `liquid + pledged - impaired`.
    pub fn nav(&self) -> BigInt {
        let totals = &self.state.totals;
        totals.liquid.atto() + totals.miners.principal.atto() - totals.miners.impaired.atto()
    }

    /// What the price is divided by.
    pub fn priced(&self) -> BigInt {
        self.state.totals.shares.atto() + self.state.totals.dead.atto()
    }
}

fn plain(e: ActorError) -> anyhow::Error {
    anyhow!("{}", e.message())
}
