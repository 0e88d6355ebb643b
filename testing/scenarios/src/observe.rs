//! Raw state, decoded from the blockstore: nothing here asks an actor.

use std::collections::BTreeMap;

use anyhow::Context;
use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, METHOD_SEND};
use localnet_miner::info::MinerInfo;
use num_bigint::BigInt;
use num_traits::Zero;
use peggy_localnet::Network;
use peggy_owner_proxy::state::{Miner as Record, State as ProxyState};
use peggy_runtime::Wiring;

use crate::observe_liquidity::LiquidityBooks;
use crate::observe_miner::MinerBooks;
use crate::observe_nft::NftBooks;
use crate::observe_pool::PoolBooks;

/// Code, state and balance of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Code.
    pub code: Cid,
    /// Root of its state.
    pub state: Cid,
    /// Messages sent, for accounts.
    pub nonce: u64,
    /// attoFIL.
    pub balance: TokenAmount,
}

/// The chain after a step, as far as the tests look at it.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Epoch of the head.
    pub epoch: ChainEpoch,
    /// Root of the whole state.
    pub root: Cid,
    /// All actors.
    pub actors: BTreeMap<ActorID, Actor>,
    /// The pool's books.
    pub pool: PoolBooks,
    /// Positions.
    pub nft: NftBooks,
    /// The owner-proxy's books.
    pub proxy: ProxyState,
    /// Liquidity's books.
    pub liquidity: LiquidityBooks,
    /// The code all miners run.
    pub miner_code: Cid,
    /// Miners in custody.
    pub miners: BTreeMap<ActorID, Miner>,
}

/// A miner in custody: what the proxy wrote down, and what the miner itself says.
#[derive(Clone, Debug)]
pub struct Miner {
    /// The proxy's record.
    pub record: Record,
    /// The miner's own info.
    pub info: MinerInfo,
    /// The miner's own money.
    pub money: Money,
}

/// A miner's money, added up from its own state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Everything in it.
    pub balance: TokenAmount,
    /// Locked in the vesting table, and of it what has matured by the epoch of the observation.
    pub locked: TokenAmount,
    /// See [`Self::locked`].
    pub matured: TokenAmount,
    /// Pledged.
    pub pledge: TokenAmount,
    /// Deposited for precommits.
    pub deposits: TokenAmount,
    /// Owed to the network.
    pub debt: TokenAmount,
    /// Early terminations are held back.
    pub early_terminations: bool,
    /// A lever makes it misbehave.
    pub sick: bool,
}

impl Money {
    fn of(books: MinerBooks, balance: TokenAmount, epoch: ChainEpoch) -> Self {
        let sum = |keep: &dyn Fn(ChainEpoch) -> bool| -> TokenAmount {
            books.vesting.iter().filter(|(at, _)| keep(*at)).map(|(_, amount)| amount.clone()).sum()
        };
        Self {
            balance,
            locked: sum(&|_| true),
            matured: sum(&|at| at < epoch),
            pledge: books.pledge,
            deposits: books.deposits,
            debt: books.debt,
            early_terminations: books.early_terminations,
            sick: books.sick,
        }
    }

    /// Of a miner with nothing in it.
    pub fn nothing() -> Self {
        let zero = TokenAmount::zero;
        Self {
            balance: zero(),
            locked: zero(),
            matured: zero(),
            pledge: zero(),
            deposits: zero(),
            debt: zero(),
            early_terminations: false,
            sick: false,
        }
    }

    /// Neither locked, pledged nor deposited; debt not taken off.
    pub fn unlocked(&self) -> TokenAmount {
        &self.balance - &self.locked - &self.pledge - &self.deposits
    }

    /// Rewards still vesting.
    pub fn vesting(&self) -> TokenAmount {
        &self.locked - &self.matured
    }

    /// What stands behind principal, added up from its parts: pledge, deposits, what is free or matured; less debt.
    pub fn backing(&self) -> TokenAmount {
        let parts = &self.pledge + &self.deposits + self.unlocked() + &self.matured;
        (parts - &self.debt).max(TokenAmount::zero())
    }

    /// What a withdrawal could take.
    pub fn free(&self) -> TokenAmount {
        (self.unlocked() + &self.matured - &self.debt).max(TokenAmount::zero())
    }

    /// Whether every call the owner makes for a measurement is answered.
    pub fn answers(&self) -> bool {
        !self.early_terminations && !self.sick
    }
}

impl Observed {
    /// Reads everything.
    pub fn of(net: &Network, wiring: &Wiring) -> anyhow::Result<Self> {
        let mut actors = BTreeMap::new();
        for (id, actor) in net.actors()? {
            let seen =
                Actor { code: actor.code, state: actor.state, nonce: actor.sequence, balance: actor.balance.clone() };
            actors.insert(id, seen);
        }
        let epoch = net.epoch();
        let proxy: ProxyState = net.load_state(wiring.owner_proxy)?;
        let mut miners = BTreeMap::new();
        for turn in &proxy.turns {
            let (id, record) = (turn.miner, net.store().load::<Record>(&turn.books)?);
            let actor = actors.get(&id).with_context(|| format!("miner f0{id} is gone"))?;
            let books = MinerBooks::read(net.store(), &actor.state).with_context(|| format!("miner f0{id}"))?;
            let info = net.store().load(&books.info)?;
            let money = Money::of(books, actor.balance.clone(), epoch);
            miners.insert(id, Miner { record, info, money });
        }
        let pool = PoolBooks::of(net, wiring.pool)?;
        let nft = NftBooks::of(net, wiring.nft_share, &pool, epoch)?;
        let liquidity = LiquidityBooks::of(net, wiring.liquidity)?;
        let miner_code = actors.get(&net.genesis().miner).context("the first miner is gone")?.code;
        Ok(Self { epoch, root: net.state_root(), actors, pool, nft, proxy, liquidity, miner_code, miners })
    }

    /// Balance of an actor; zero if there is none.
    pub fn balance(&self, id: ActorID) -> TokenAmount {
        self.actors.get(&id).map_or_else(TokenAmount::zero, |a| a.balance.clone())
    }

    /// Sum of all balances.
    pub fn total_fil(&self) -> TokenAmount {
        self.actors.values().map(|a| a.balance.clone()).sum()
    }
}

/// A miner's own word on its owner and beneficiary, in custody or not.
pub fn info_of(net: &Network, miner: ActorID) -> anyhow::Result<MinerInfo> {
    let actor = net.actor_by_id(miner)?.context("the miner is gone")?;
    net.store().load(&MinerBooks::read(net.store(), &actor.state)?.info)
}

/// attoFIL as a plain number.
pub fn n(amount: &TokenAmount) -> BigInt {
    amount.atto().clone()
}

/// Whether a method number is a bare send.
pub fn is_bare(method: u64) -> bool {
    method == METHOD_SEND
}
