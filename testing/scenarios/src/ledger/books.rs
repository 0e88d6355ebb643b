//! What the ledger keeps.

use std::collections::BTreeMap;

use fvm_shared::clock::ChainEpoch;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_interfaces::pool::Terms;
use peggy_runtime::Wiring;

use super::liquidity::LiquidityBook;
use super::nft::NftBook;
use crate::observe::{n, Observed};

/// Binary digits after the point of what somebody has earned.
pub const FINE: usize = 192;
/// Binary digits the chain keeps.
pub const CHAIN: usize = 64;

/// A miner in custody, worked out from its own state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MinerBook {
    /// Put in, and neither home nor written off.
    pub principal: BigInt,
    /// Not covered by backing, when last measured.
    pub impaired: BigInt,
    /// Not covered by backing and vesting rewards, when last measured.
    pub impaired_net: BigInt,
    /// Vesting rewards that are still the operator's, from before custody.
    pub legacy: BigInt,
}

impl MinerBook {
    /// Gives up principal that was lost. Rewards that still vest beyond the rest are no loss of it.
    pub fn write_off(&mut self, amount: &BigInt) {
        self.principal -= amount;
        self.impaired -= amount;
        self.impaired_net = (&self.impaired_net - amount).max(BigInt::zero());
    }

    /// Books what a measurement found. One that was incomplete counts only where it makes a loss larger.
    pub fn measure(&mut self, complete: bool, readable: bool, backing: &BigInt, vesting: &BigInt) {
        let short = |of: BigInt| (&self.principal - of).max(BigInt::zero());
        let (impaired, impaired_net) = (short(backing.clone()), short(backing + vesting));
        if complete {
            (self.impaired, self.impaired_net) = (impaired, impaired_net);
            let left = (backing + vesting - &self.principal).max(BigInt::zero());
            self.legacy = left.min(std::mem::take(&mut self.legacy));
        } else if readable {
            self.impaired = impaired.max(std::mem::take(&mut self.impaired));
            self.impaired_net = impaired_net.max(std::mem::take(&mut self.impaired_net));
        }
    }
}

/// An owner's part of the bond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BondBook {
    /// Who earns with it.
    pub owner: ActorID,
    /// Shares.
    pub shares: BigInt,
    /// It can be withdrawn from this epoch on.
    pub unlock: ChainEpoch,
}

/// A ticket of the exit queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketBook {
    /// Whose.
    pub owner: ActorID,
    /// Shares that wait.
    pub shares: BigInt,
    /// What its shares earned in the queue, times 2^192.
    pub due: BigInt,
    /// FIL of finalised shares, not claimed.
    pub owed: BigInt,
    /// When it was requested.
    pub requested_at: ChainEpoch,
}

/// Rewards not yet released.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamBook {
    /// attoFIL.
    pub amount: BigInt,
    /// Released up to here.
    pub updated_at: ChainEpoch,
    /// When nothing will be left.
    pub end: ChainEpoch,
}

/// Invariant 9: the price outside the bond is 1, to rounding, unless holders ever bore a loss.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peg {
    /// A loss went beyond the bond: from then on the price is what it is.
    pub broken: bool,
    /// Rounding so far, as a part of the price, times 2^128.
    off: BigInt,
}

impl Peg {
    /// Each change of shares rounds by less than a smallest unit of shares and one of FIL.
    fn drift(&mut self, priced: &BigInt) {
        if priced.is_positive() {
            self.off += (BigInt::from(4) << 128u32).div_ceil(priced);
        }
    }

    /// Shares begin anew at a price of 1.
    pub fn begin(&mut self) {
        *self = Self::default();
    }

    /// Whether a price fits.
    pub fn holds(&self, nav: &BigInt, priced: &BigInt) -> bool {
        self.broken || priced.is_zero() || ((nav - priced).abs() << 128u32) <= &self.off * priced
    }
}

/// The tests' own books. Amounts are attoFIL or smallest units of shares.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The pool.
    pub pool: ActorID,
    /// The owner-proxy.
    pub proxy: ActorID,
    /// Positions of nft-share.
    pub nft: NftBook,
    /// attoFIL per share since the beginning, times 2^192.
    pub index: BigInt,
    /// Shares by holder, without the bond.
    pub shares: BTreeMap<ActorID, BigInt>,
    /// The bond, in the order in which its owners came.
    pub bond: Vec<BondBook>,
    /// The exit queue by number; without tickets that are cancelled or paid.
    pub tickets: BTreeMap<u64, TicketBook>,
    /// The number of the next ticket.
    pub next_ticket: u64,
    /// The first ticket that may wait.
    pub first_ticket: u64,
    /// Earned and not paid, by person, times 2^192; without tickets.
    pub due: BTreeMap<ActorID, BigInt>,
    /// Burnt shares.
    pub dead: BigInt,
    /// FIL at hand that backs shares.
    pub liquid: BigInt,
    /// Miners in custody.
    pub miners: BTreeMap<ActorID, MinerBook>,
    /// Rewards not yet released.
    pub stream: StreamBook,
    /// Released and not paid.
    pub rewards_owed: BigInt,
    /// Fees by recipient, not paid.
    pub fees: BTreeMap<ActorID, BigInt>,
    /// FIL sent to the pool by bare sends.
    pub donated: BigInt,
    /// The terms in force: settings, not sums.
    pub terms: Terms,
    /// What keepers get: basis points, and at most this much.
    pub keeper_cut: (u32, BigInt),
    /// Changes of anybody's shares so far.
    pub moves: u64,
    /// The most shares there were.
    pub most_shares: BigInt,
    /// How far the price may be off 1.
    pub peg: Peg,
    /// Liquidity's books.
    pub liquidity: LiquidityBook,
}

impl Ledger {
    /// Empty books of a fresh deployment.
    pub fn new(wiring: &Wiring, seen: &Observed) -> Self {
        let mut ledger = Self {
            pool: wiring.pool,
            proxy: wiring.owner_proxy,
            nft: NftBook::new(wiring.nft_share),
            index: BigInt::zero(),
            shares: BTreeMap::new(),
            bond: Vec::new(),
            tickets: BTreeMap::new(),
            next_ticket: 0,
            first_ticket: 0,
            due: BTreeMap::new(),
            dead: BigInt::zero(),
            liquid: BigInt::zero(),
            miners: BTreeMap::new(),
            stream: StreamBook { updated_at: seen.pool.state.stream.updated_at, ..StreamBook::default() },
            rewards_owed: BigInt::zero(),
            fees: BTreeMap::new(),
            donated: BigInt::zero(),
            terms: seen.pool.terms.clone(),
            keeper_cut: (0, BigInt::zero()),
            moves: 0,
            most_shares: BigInt::zero(),
            peg: Peg::default(),
            liquidity: LiquidityBook::new(wiring, seen),
        };
        ledger.take_terms(seen);
        ledger
    }

    /// Takes over the terms in force: they are settings, not sums.
    pub fn take_terms(&mut self, seen: &Observed) {
        self.terms = seen.pool.terms.clone();
        self.keeper_cut = (seen.proxy.keeper_cut.bps.0, n(&seen.proxy.keeper_cut.cap));
    }

    /// All shares that belong to somebody.
    pub fn supply(&self) -> BigInt {
        self.shares.values().sum::<BigInt>() + self.bonded() + self.queued()
    }

    /// Shares in the bond.
    pub fn bonded(&self) -> BigInt {
        self.bond.iter().map(|record| &record.shares).sum()
    }

    /// Shares in the exit queue.
    pub fn queued(&self) -> BigInt {
        self.tickets.values().map(|ticket| &ticket.shares).sum()
    }

    /// Finalised exits not claimed.
    pub fn exits_owed(&self) -> BigInt {
        self.tickets.values().map(|ticket| &ticket.owed).sum()
    }

    /// FIL the exit queue needs.
    pub fn demand(&self) -> BigInt {
        self.worth(&self.queued())
    }

    /// FIL that stays liquid when pledging, beyond what exits need: rounded up.
    pub fn reserve(&self) -> BigInt {
        (self.nav(false) * self.terms.reserve_bps.0).div_ceil(&BigInt::from(10_000))
    }

    /// Impairment of all miners.
    pub fn impaired(&self) -> BigInt {
        self.miners.values().map(|m| &m.impaired).sum()
    }

    /// What the price is divided by.
    pub fn priced(&self) -> BigInt {
        self.supply() + &self.dead
    }

    /// Sum of principals.
    pub fn pledged(&self) -> BigInt {
        self.miners.values().map(|m| &m.principal).sum()
    }

    /// Net asset value, at the price or at the entry price.
    pub fn nav(&self, entry: bool) -> BigInt {
        let loss: BigInt = self.miners.values().map(|m| if entry { &m.impaired_net } else { &m.impaired }).sum();
        &self.liquid + self.pledged() - loss
    }

    /// What `value` buys at the entry price, rounded down; 1:1 in an empty pool; `None` when shares are worth nothing.
    pub fn shares_for(&self, value: &BigInt) -> Option<BigInt> {
        let priced = self.priced();
        if priced.is_zero() {
            return Some(value.clone());
        }
        let nav = self.nav(true);
        nav.is_positive().then(|| (value * priced).div_floor(&nav))
    }

    /// What shares are worth, rounded down.
    pub fn worth(&self, shares: &BigInt) -> BigInt {
        let priced = self.priced();
        if priced.is_zero() {
            return BigInt::zero();
        }
        (shares * self.nav(false)).div_floor(&priced)
    }

    /// Releases what is due at `now`, in exact proportion to shares.
    pub fn release(&mut self, now: ChainEpoch) {
        let supply = self.supply();
        let stream = &mut self.stream;
        let elapsed = now - stream.updated_at;
        if elapsed <= 0 {
            return;
        }
        let left = stream.end - stream.updated_at;
        stream.updated_at = now;
        if stream.amount.is_zero() {
            return;
        }
        if supply.is_zero() {
            stream.end += elapsed;
            return;
        }
        let released = if elapsed >= left {
            stream.amount.clone()
        } else {
            (&stream.amount * elapsed).div_floor(&BigInt::from(left))
        };
        stream.amount -= &released;
        self.rewards_owed += &released;
        self.index += (&released << FINE).div_floor(&supply);
        let part = |shares: &BigInt| ((&released * shares) << FINE).div_floor(&supply);
        let bonded = self.bond.iter().map(|record| (&record.owner, &record.shares));
        for (who, shares) in self.shares.iter().chain(bonded) {
            *self.due.entry(*who).or_default() += part(shares);
        }
        for ticket in self.tickets.values_mut() {
            ticket.due += part(&ticket.shares);
        }
    }

    /// A reward that reached the pool: fees first, the rest into the stream.
    pub fn reward(&mut self, amount: &BigInt, now: ChainEpoch) {
        let mut rest = amount.clone();
        for terms in &self.terms.fees {
            let fee = (amount * terms.bps.0).div_floor(&BigInt::from(10_000));
            rest -= &fee;
            if !fee.is_zero() {
                *self.fees.entry(terms.recipient).or_default() += fee;
            }
        }
        self.stream_in(rest, now);
    }

    /// FIL that joins the stream.
    pub fn stream_in(&mut self, rest: BigInt, now: ChainEpoch) {
        if !rest.is_positive() {
            return;
        }
        let stream = &mut self.stream;
        let left = if stream.amount.is_zero() { 0 } else { (stream.end - now).max(0) };
        let weighted = &stream.amount * left + &rest * self.terms.reward_period;
        stream.amount += &rest;
        let mean = i64::try_from(weighted.div_floor(&stream.amount)).expect("a mean of epoch counts");
        stream.end = now + mean;
        stream.updated_at = now;
    }

    /// Notes that shares are about to be made: the first ones begin at a price of 1.
    pub fn enter(&mut self) {
        if self.supply().is_zero() && self.impaired().is_zero() {
            self.peg.begin();
        }
    }

    /// Moves shares; false if there are too few.
    pub fn change(&mut self, who: ActorID, by: &BigInt) -> bool {
        let shares = self.shares.entry(who).or_default();
        *shares += by;
        let enough = !shares.is_negative();
        if shares.is_zero() {
            self.shares.remove(&who);
        }
        self.moved();
        enough
    }

    /// Notes that somebody's shares changed, for [`Self::slack`].
    pub fn moved(&mut self) {
        self.moves += 1;
        self.peg.drift(&self.priced());
        self.most_shares = self.supply().max(std::mem::take(&mut self.most_shares));
    }

    /// How far the chain may be off from what somebody earned exactly, times 2^192.
    ///
    /// The chain's index is short of the exact one by less than 2^-64 attoFIL per share, and makes up for it later; so each change
    /// of a holder's shares can shift less than `shares * 2^-64` attoFIL between holders. An account that is emptied leaves its
    /// fraction of an attoFIL to the others.
    pub fn slack(&self) -> BigInt {
        ((BigInt::from(self.moves + 1) * &self.most_shares) << (FINE - CHAIN)) + (BigInt::from(self.moves + 1) << FINE)
    }
}
