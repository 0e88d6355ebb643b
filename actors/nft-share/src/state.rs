//! What nft-share remembers, and where.
//!
//! Each byte of a block written costs gas. A transfer writes the hot block ([`State`]), one path of the positions and one path each
//! for the two owners; nothing else. [`books`](crate::books) is the only place that changes any of it.

use cid::Cid;
use frc53_nft::types::TokenID;
use fvm_ipld_amt::Amt;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::{Signed, Zero};
use peggy_ledger::{Account, Previous};
use peggy_math::INDEX_BITS;
use peggy_runtime::lifecycle::not_wired;
use peggy_runtime::{ActorError, Host, Map, ResultExt, Runtime, Store, Wiring, WIDTH_HOT};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Version of the layout of [`State`] and all it links to. Version 1 was the shell of the first release, without positions.
pub const SCHEMA: u64 = 2;

/// The hot block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Version of this layout.
    pub schema: u64,
    /// The pool; `None` before wiring. Repeated here so that a transfer need not read [`Config`].
    pub pool: Option<ActorID>,
    /// Link to [`Config`].
    pub config: Cid,
    /// Root of the [`Positions`].
    pub positions: Cid,
    /// Root of the [`Holders`].
    pub holders: Cid,
    /// The next token's ID. IDs are never used twice.
    pub next_token: TokenID,
    /// Tokens that exist.
    pub supply: u64,
    /// Shares and reward debt of this actor's account at the pool, as they must be there: to the last bit.
    pub held: Account,
    /// What the account at the pool has pending beyond what positions and holders have, in multiples of 2^-64 attoFIL: fractions
    /// left by holders who had nothing else. Goes to whoever is settled next. Negative after the pool took back a fraction
    /// itself, when this account there was empty.
    #[serde(with = "bigint_ser")]
    pub spare: BigInt,
    /// The holders at the end of the previous epoch.
    pub previous: Previous,
}

/// What never changes after wiring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Config {
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
    /// FRC-53 name.
    pub name: String,
    /// FRC-53 symbol.
    pub symbol: String,
}

/// A token and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Position {
    /// Who owns it.
    pub owner: ActorID,
    /// Who gets its rewards; the owner if `None`, which is what a transfer makes of it.
    pub beneficiary: Option<ActorID>,
    /// When the token was made.
    pub minted_at: ChainEpoch,
    /// Its shares, and what they earned since they were settled.
    pub account: Account,
    /// Approved for this token, ascending.
    pub operators: Vec<ActorID>,
}

impl Position {
    /// Who gets its rewards.
    pub fn beneficiary(&self) -> ActorID {
        self.beneficiary.unwrap_or(self.owner)
    }
}

/// What an actor has here: as an owner, and as one who is owed rewards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Holder {
    /// Sum of shares of the positions it owns: its votes.
    pub shares: TokenAmount,
    /// How many it owns.
    pub count: u64,
    /// Their tokens, ascending, while they are few.
    pub tokens: Vec<TokenID>,
    /// Their tokens once they were more: root of a [`TokenBits`].
    pub many: Option<Cid>,
    /// Approved for all its tokens, ascending.
    pub operators: Vec<ActorID>,
    /// Owed from tokens it was the beneficiary of, in multiples of 2^-64 attoFIL.
    #[serde(with = "bigint_ser")]
    pub owed: BigInt,
}

impl Holder {
    /// What it is owed in whole attoFIL, rounded down.
    pub fn claimable(&self) -> TokenAmount {
        TokenAmount::from_atto(self.owed.clone().max(BigInt::zero()) >> INDEX_BITS)
    }
    /// Holds nothing, approves nobody and can claim nothing: not worth a record.
    pub fn is_idle(&self) -> bool {
        self.count == 0 && self.operators.is_empty() && is_fraction(&self.owed)
    }
}

/// Less than an attoFIL, in multiples of 2^-64.
pub fn is_fraction(units: &BigInt) -> bool {
    !units.is_negative() && (units >> INDEX_BITS).is_zero()
}

/// Holders by ActorID: one or two of thousands change in a message.
pub type Holders<BS> = Map<BS, ActorID, Holder>;
/// 64 tokens a bit set, by `token >> 6`.
pub type TokenBits<BS> = Array<BS, u64>;
/// Positions by token. An array, for IDs are given out one by one: it is dense, it lists in order from anywhere, and no path is
/// longer than others.
pub type Positions<BS> = Array<BS, Position>;

/// 8 children a node: among thousands of records one path is about as cheap as with 4, and there are fewer blocks to read.
const ARRAY_WIDTH: u32 = 3;

/// An AMT with the errors of an actor.
pub struct Array<BS: Blockstore, V> {
    amt: Amt<V, BS>,
    name: &'static str,
}

impl<BS, V> Array<BS, V>
where
    BS: Blockstore,
    V: serde::Serialize + serde::de::DeserializeOwned + Clone,
{
    /// An empty array.
    pub fn empty(store: BS, name: &'static str) -> Self {
        Self { amt: Amt::new_with_bit_width(store, ARRAY_WIDTH), name }
    }
    /// Loads an array by its root.
    pub fn load(root: &Cid, store: BS, name: &'static str) -> Result<Self, ActorError> {
        Ok(Self { amt: Amt::load(root, store).or_state(name)?, name })
    }
    /// The entry at `index`.
    pub fn get(&self, index: u64) -> Result<Option<V>, ActorError> {
        Ok(self.amt.get(index).or_state(self.name)?.cloned())
    }
    /// Sets the entry at `index`.
    pub fn set(&mut self, index: u64, value: V) -> Result<(), ActorError> {
        self.amt.set(index, value).or_state(self.name)
    }
    /// Removes the entry at `index`, and returns it.
    pub fn delete(&mut self, index: u64) -> Result<Option<V>, ActorError> {
        self.amt.delete(index).or_state(self.name)
    }
    /// Writes what changed, and returns the root.
    pub fn flush(&mut self) -> Result<Cid, ActorError> {
        self.amt.flush().or_state(self.name)
    }
    /// How many entries there are.
    pub fn count(&self) -> u64 {
        self.amt.count()
    }
    /// Visits at most `limit` entries from `from` on, in order, while `f` wants more. Returns where the next one is, if there
    /// is any.
    pub fn page(&self, from: u64, limit: u64, mut f: impl FnMut(u64, &V) -> bool) -> Result<Option<u64>, ActorError> {
        if from > fvm_ipld_amt::MAX_INDEX {
            return Ok(None);
        }
        let visited = self.amt.for_each_while_ranged(Some(from), Some(limit), |index, value| Ok(f(index, value)));
        Ok(visited.or_state(self.name)?.1)
    }
}

/// Name of the positions in errors.
pub const POSITIONS: &str = "the positions";
const HOLDERS: &str = "the holders";

impl State {
    /// An actor without positions.
    pub fn create<H: Host>(config: &Config, epoch: ChainEpoch, store: Store<'_, H>) -> Result<Self, ActorError> {
        let holders = Holders::flush_empty(store, WIDTH_HOT, HOLDERS)?;
        Ok(Self {
            schema: SCHEMA,
            pool: config.wiring.map(|w| w.pool),
            config: config.save(store)?,
            positions: Positions::empty(store, POSITIONS).flush()?,
            holders,
            next_token: 0,
            supply: 0,
            held: Account::default(),
            spare: BigInt::zero(),
            previous: Previous { epoch, accounts: holders, supply: TokenAmount::zero() },
        })
    }

    /// Reads the state of a wired actor, to look at only.
    pub fn view<H: Host>(rt: &Runtime<H>) -> Result<Self, ActorError> {
        let state: Self = rt.state()?;
        state.pool()?;
        Ok(state)
    }

    /// The pool. Before wiring, the error everything answers then (32).
    pub fn pool(&self) -> Result<ActorID, ActorError> {
        self.pool.ok_or_else(not_wired)
    }

    /// What every change begins with: keeps the holders as of the previous epoch.
    pub fn begin(&mut self, now: ChainEpoch) -> Result<(), ActorError> {
        self.pool()?;
        let shares = &self.held.shares;
        self.previous.roll(now, &self.holders, || shares.clone());
        Ok(())
    }

    /// Loads the positions.
    pub fn positions<BS: Blockstore>(&self, store: BS) -> Result<Positions<BS>, ActorError> {
        Positions::load(&self.positions, store, POSITIONS)
    }
    /// Loads the holders.
    pub fn holders<BS: Blockstore>(&self, store: BS) -> Result<Holders<BS>, ActorError> {
        holders_at(&self.holders, store)
    }
    /// Loads what never changes.
    pub fn config<H: Host>(&self, store: Store<'_, H>) -> Result<Config, ActorError> {
        store.load(&self.config, "the configuration")
    }
}

/// Loads holders by their root: the present ones, or those of a snapshot.
pub fn holders_at<BS: Blockstore>(root: &Cid, store: BS) -> Result<Holders<BS>, ActorError> {
    Holders::load(root, store, WIDTH_HOT, HOLDERS)
}

impl Config {
    /// Writes it and links to it.
    pub fn save<H: Host>(&self, store: Store<'_, H>) -> Result<Cid, ActorError> {
        store.save(self, "the configuration")
    }
}
