//! What the ledger keeps, and how it compares with the chain.

use std::collections::BTreeMap;

use fvm_shared::clock::ChainEpoch;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use peggy_runtime::{Findings, Wiring};

use crate::deploy::Setup;
use crate::observe::{n, Observed};

/// Binary digits after the point of what somebody has earned.
pub const FINE: usize = 192;
/// Binary digits the chain keeps.
const CHAIN: usize = 64;

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

/// The tests' own books. Amounts are attoFIL or smallest units of shares.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The pool.
    pub pool: ActorID,
    /// The owner-proxy.
    pub proxy: ActorID,
    /// Shares by holder, without the bond.
    pub shares: BTreeMap<ActorID, BigInt>,
    /// Bond shares by owner.
    pub bond: BTreeMap<ActorID, BigInt>,
    /// Earned and not paid, by person, times 2^192.
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
    /// Who gets how many basis points.
    pub fee_terms: Vec<(ActorID, u32)>,
    /// Epochs over which a reward is released.
    pub reward_period: ChainEpoch,
    /// What keepers get: basis points, and at most this much.
    pub keeper_cut: (u32, BigInt),
    /// Changes of anybody's shares so far.
    pub moves: u64,
    /// The most shares there were.
    pub most_shares: BigInt,
}

impl Ledger {
    /// Empty books of a fresh deployment.
    pub fn new(setup: &Setup, wiring: &Wiring, seen: &Observed) -> Self {
        let mut ledger = Self {
            pool: wiring.pool,
            proxy: wiring.owner_proxy,
            shares: BTreeMap::new(),
            bond: BTreeMap::new(),
            due: BTreeMap::new(),
            dead: BigInt::zero(),
            liquid: BigInt::zero(),
            miners: BTreeMap::new(),
            stream: StreamBook { updated_at: seen.pool.state.stream.updated_at, ..StreamBook::default() },
            rewards_owed: BigInt::zero(),
            fees: BTreeMap::new(),
            donated: BigInt::zero(),
            fee_terms: Vec::new(),
            reward_period: setup.terms.reward_period,
            keeper_cut: (setup.keeper_cut.bps.0, n(&setup.keeper_cut.cap)),
            moves: 0,
            most_shares: BigInt::zero(),
        };
        ledger.take_terms(seen);
        ledger
    }

    /// Takes over the terms in force: they are settings, not sums.
    pub fn take_terms(&mut self, seen: &Observed) {
        self.fee_terms = seen.pool.terms.fees.iter().map(|fee| (fee.recipient, fee.bps.0)).collect();
        self.reward_period = seen.pool.terms.reward_period;
        self.keeper_cut = (seen.proxy.keeper_cut.bps.0, n(&seen.proxy.keeper_cut.cap));
    }

    /// All shares that belong to somebody.
    pub fn supply(&self) -> BigInt {
        self.shares.values().chain(self.bond.values()).sum()
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
        let priced = self.supply() + &self.dead;
        if priced.is_zero() {
            return Some(value.clone());
        }
        let nav = self.nav(true);
        nav.is_positive().then(|| (value * priced).div_floor(&nav))
    }

    /// What shares are worth, rounded down.
    pub fn worth(&self, shares: &BigInt) -> BigInt {
        let priced = self.supply() + &self.dead;
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
        for (who, shares) in self.shares.iter().chain(self.bond.iter()) {
            *self.due.entry(*who).or_default() += ((&released * shares) << FINE).div_floor(&supply);
        }
    }

    /// A reward that reached the pool: fees first, the rest into the stream.
    pub fn reward(&mut self, amount: &BigInt, now: ChainEpoch) {
        let mut rest = amount.clone();
        for (recipient, bps) in &self.fee_terms {
            let fee = (amount * bps).div_floor(&BigInt::from(10_000));
            rest -= &fee;
            if !fee.is_zero() {
                *self.fees.entry(*recipient).or_default() += fee;
            }
        }
        if !rest.is_positive() {
            return;
        }
        let stream = &mut self.stream;
        let left = if stream.amount.is_zero() { 0 } else { (stream.end - now).max(0) };
        let weighted = &stream.amount * left + &rest * self.reward_period;
        stream.amount += &rest;
        let mean = i64::try_from(weighted.div_floor(&stream.amount)).expect("a mean of epoch counts");
        stream.end = now + mean;
        stream.updated_at = now;
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

    /// Compares with the chain.
    pub fn compare(&self, seen: &Observed) -> Findings {
        let mut f = Findings::new();
        let totals = &seen.pool.state.totals;
        let mut same = |what: &str, ours: &BigInt, theirs: &BigInt| {
            f.require(ours == theirs, format_args!("{what}: expected {ours}, the chain has {theirs}"));
        };
        same("shares", &self.supply(), totals.shares.atto());
        same("dead", &self.dead, totals.dead.atto());
        same("liquid", &self.liquid, totals.liquid.atto());
        same("pledged", &self.pledged(), totals.miners.principal.atto());
        same("rewards owed", &self.rewards_owed, totals.rewards_owed.atto());
        same("fees owed", &self.fees.values().sum(), totals.fees_owed.atto());
        same("stream", &self.stream.amount, seen.pool.stream().amount.atto());
        if !self.stream.amount.is_zero() {
            same("end of the stream", &self.stream.end.into(), &seen.pool.stream().end.into());
        }
        same("untracked", &self.donated, &(seen.balance(self.pool) - seen.pool.tracked()).atto().clone());
        self.compare_holders(seen, &mut f);
        self.compare_miners(seen, &mut f);
        f
    }

    fn compare_holders(&self, seen: &Observed, f: &mut Findings) {
        let none = BigInt::zero();
        let slack = self.slack();
        let everybody = self.due.keys().chain(self.shares.keys()).chain(seen.pool.accounts.keys());
        let everybody: std::collections::BTreeSet<_> = everybody.chain(seen.pool.bonds.keys()).collect();
        for who in everybody {
            let account = seen.pool.accounts.get(who).cloned().unwrap_or_default();
            let bond = seen.pool.bonds.get(who).cloned().unwrap_or_default();
            let ours = self.shares.get(who).unwrap_or(&none);
            f.require(
                ours == account.shares.atto(),
                format_args!("f0{who} has {} shares, expected {ours}", account.shares.atto()),
            );
            let ours = self.bond.get(who).unwrap_or(&none);
            f.require(
                ours == bond.shares.atto(),
                format_args!("f0{who} has {} bonded, expected {ours}", bond.shares.atto()),
            );
            let theirs = (account.pending + bond.pending) << (FINE - CHAIN);
            let ours = self.due.get(who).unwrap_or(&none);
            let off = (ours - &theirs).abs();
            f.require(
                off <= slack,
                format_args!("f0{who} earned {} attoFIL, the chain says {}", ours >> FINE, theirs >> FINE),
            );
        }
        for (who, ours) in &self.fees {
            let theirs = seen.pool.fees.get(who).map_or(none.clone(), n);
            f.require(*ours == theirs, format_args!("f0{who} is owed {theirs} of fees, expected {ours}"));
        }
        for (who, theirs) in &seen.pool.fees {
            let known = theirs.is_zero() || self.fees.contains_key(who);
            f.require(known, format_args!("f0{who} is owed {theirs} of fees, expected none"));
        }
    }

    fn compare_miners(&self, seen: &Observed, f: &mut Findings) {
        for (id, miner) in &seen.miners {
            let Some(ours) = self.miners.get(id) else {
                f.add(format_args!("miner f0{id} came into custody unseen"));
                continue;
            };
            let record = &miner.record;
            let theirs = MinerBook {
                principal: n(&record.principal),
                impaired: n(&record.impaired),
                impaired_net: n(&record.impaired_net),
                legacy: n(&record.legacy_vesting),
            };
            f.require(*ours == theirs, format_args!("miner f0{id}: expected {ours:?}, the proxy has {theirs:?}"));
        }
        for id in self.miners.keys() {
            f.require(seen.miners.contains_key(id), format_args!("miner f0{id} left custody"));
        }
    }
}
