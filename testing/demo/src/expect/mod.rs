//! What everybody must get, worked out from the terms alone, with exact fractions and nothing of the actors' arithmetic.
//!
//! All of this story happens at a price of one, for whatever is lost in it the operator's bond bears: a share is an attoFIL.

mod exits;
mod liquidity;

pub use liquidity::{Discount, Market, NAME as MARKET};

use std::collections::BTreeMap;

use num_traits::Zero;

use crate::miner::Miner;
use crate::money::{bps_of, Atto, Exact};

/// The terms a reward is shared out by.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Who gets which part of every reward, in basis points.
    pub fees: Vec<(&'static str, u32)>,
    /// What a keeper gets, in basis points.
    pub keeper_bps: u32,
    /// The most a keeper gets at once.
    pub keeper_cap: Atto,
    /// Epochs over which a reward is released.
    pub period: i64,
}

/// How one harvest is shared out.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// What left the miner as reward.
    pub reward: Atto,
    /// Principal that came home, because the queue needs it.
    pub home: Atto,
    /// The operator's from before custody: into the bond.
    pub legacy: Atto,
    /// The keeper's.
    pub cut: Atto,
    /// Each recipient's, in the order of the terms.
    pub fees: Vec<Atto>,
    /// For holders, over time.
    pub rest: Atto,
}

/// The expected books.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The terms.
    pub terms: Terms,
    /// The miner.
    pub miner: Miner,
    /// Rewards that still vest for whoever brought the miner.
    pub legacy_left: Atto,
    /// FIL in the pool that backs shares.
    pub liquid: Atto,
    /// Those who wait for FIL, in order; what is finalised stays until it is paid.
    pub tickets: Vec<exits::Ticket>,
    /// Those who buy shares at a discount.
    pub market: Market,
    /// What the bond bore.
    pub written_off: Atto,
    /// Whose bond it is.
    bond: &'static str,
    /// Shares by holder.
    pub shares: BTreeMap<&'static str, Atto>,
    /// Released to each holder since the beginning.
    pub released: BTreeMap<&'static str, Exact>,
    /// Paid to each holder, as it happened.
    pub claimed: BTreeMap<&'static str, Atto>,
    /// Fees earned, by recipient.
    pub fees: BTreeMap<&'static str, Atto>,
    /// Fees paid, as it happened.
    pub fees_paid: BTreeMap<&'static str, Atto>,
    /// Keepers' cuts, which are paid at once.
    pub cuts: BTreeMap<&'static str, Atto>,
    /// All that ever joined the stream.
    pub streamed: Atto,
    /// Not yet released.
    pub stream: Exact,
    /// When it all will be.
    pub stream_end: i64,
    released_until: i64,
    /// How often rewards were released: each time an attoFIL may be kept back by rounding.
    pub releases: u32,
    /// The most shares each holder ever had.
    most_shares: BTreeMap<&'static str, Atto>,
}

/// The pool counts rewards by an index of attoFIL per share with 64 binary places (its terms say so); what does not divide is
/// carried to the next release. So a holder may be behind by 2^-64 attoFIL for each smallest unit of a share: 54 attoFIL for a
/// thousand shares.
const INDEX_BITS: usize = 64;

impl Expected {
    /// The books on the day of the hand-over: what backs the miner is the operator's bond.
    pub fn at_custody(terms: Terms, miner: Miner, bond: &'static str, now: i64) -> Self {
        Self {
            terms,
            legacy_left: miner.locked(),
            shares: BTreeMap::from([(bond, miner.principal.clone())]),
            miner,
            liquid: Atto::zero(),
            tickets: Vec::new(),
            market: Market::default(),
            written_off: Atto::zero(),
            bond,
            released: BTreeMap::new(),
            claimed: BTreeMap::new(),
            fees: BTreeMap::new(),
            fees_paid: BTreeMap::new(),
            cuts: BTreeMap::new(),
            streamed: Atto::zero(),
            stream: Exact::zero(),
            stream_end: now,
            released_until: now,
            releases: 0,
            most_shares: BTreeMap::new(),
        }
    }

    /// Releases what is due, to every holder by its shares.
    pub fn release(&mut self, now: i64) {
        self.releases += 1;
        let (elapsed, left) = (now - self.released_until, self.stream_end - self.released_until);
        self.released_until = now;
        if elapsed <= 0 || self.stream.is_zero() {
            return;
        }
        let due = if elapsed >= left { self.stream.clone() } else { self.stream.share(&elapsed.into(), &left.into()) };
        self.stream = &self.stream - &due;
        let all: Atto = self.shares.values().sum();
        for (holder, shares) in &self.shares {
            *self.released.entry(holder).or_insert_with(Exact::zero) += &due.share(shares, &all);
            let most = self.most_shares.entry(holder).or_default();
            *most = (&*most).max(shares).clone();
        }
    }

    /// How far rewards paid or owed to a holder may be from the exact fraction: twice what the index can't express (once from its
    /// last step, and once from a carry that was spread when other shares had come or gone), and an attoFIL for each release.
    pub fn tolerance(&self, holder: &str) -> Atto {
        let shares = self.most_shares.get(holder).cloned().unwrap_or_default();
        ((shares * 2u32) >> INDEX_BITS) + 1 + self.releases
    }

    /// What can be released and not yet owed to anybody by name: the carry of the index, and a fraction of each holder.
    pub fn unassigned(&self) -> Atto {
        let all: Atto = self.shares.values().sum();
        (all >> INDEX_BITS) + 1 + self.shares.len()
    }

    /// FIL becomes shares.
    pub fn deposit(&mut self, holder: &'static str, value: &Atto, now: i64) {
        self.release(now);
        *self.shares.entry(holder).or_default() += value;
        self.liquid += value;
    }

    /// Shares become FIL.
    pub fn redeem(&mut self, holder: &'static str, shares: &Atto, now: i64) {
        self.release(now);
        *self.shares.entry(holder).or_default() -= shares;
        self.liquid -= shares;
    }

    /// Shares change hands; what was released on them stays.
    pub fn transfer(&mut self, from: &'static str, to: &'static str, shares: &Atto, now: i64) {
        self.release(now);
        *self.shares.entry(from).or_default() -= shares;
        *self.shares.entry(to).or_default() += shares;
    }

    /// Deposits go to the miner.
    pub fn pledge(&mut self, amount: &Atto) {
        self.liquid -= amount;
        self.miner.principal += amount;
    }

    /// All that can be taken from the miner is taken and shared out. The pool and the operator harvest too, and get no cut.
    pub fn harvest(&mut self, keeper: Option<&'static str>, now: i64) -> Shared {
        self.release(now);
        self.book_loss();
        let unmet = self.unmet();
        let reward = self.miner.harvest(now);
        let home = self.miner.come_home(&unmet);
        self.liquid += &home;
        let legacy = reward.clone().min(self.legacy_left.clone());
        self.legacy_left -= &legacy;
        *self.shares.entry(self.bond).or_default() += &legacy;
        self.liquid += &legacy;

        let earned = &reward - &legacy;
        let cut = match keeper {
            Some(keeper) => {
                let cut = bps_of(&earned, self.terms.keeper_bps).min(self.terms.keeper_cap.clone());
                *self.cuts.entry(keeper).or_default() += &cut;
                cut
            }
            None => Atto::zero(),
        };
        let to_share = &earned - &cut;
        let fees: Vec<_> = self.terms.fees.iter().map(|(_, bps)| bps_of(&to_share, *bps)).collect();
        for ((recipient, _), fee) in self.terms.fees.iter().zip(&fees) {
            *self.fees.entry(recipient).or_default() += fee;
        }
        let rest = &to_share - fees.iter().sum::<Atto>();
        self.join_stream(&rest, now);
        Shared { reward, home, legacy, cut, fees, rest }
    }

    /// The stream ends after the mean of what was left and a full period, weighted by amounts, rounded down.
    fn join_stream(&mut self, rest: &Atto, now: i64) {
        if rest.is_zero() {
            return;
        }
        let left = if self.stream.is_zero() { 0 } else { self.stream_end - now };
        let one = Atto::from(1);
        let weighted =
            &self.stream.share(&left.into(), &one) + &Exact::from(rest).share(&self.terms.period.into(), &one);
        self.stream += &Exact::from(rest);
        let mean = i64::try_from(weighted.div_floor(&self.stream)).unwrap_or(self.terms.period);
        self.stream_end = now + mean;
        self.released_until = now;
        self.streamed += rest;
    }

    /// What a holder can claim, in whole attoFIL.
    pub fn claimable(&self, holder: &str) -> Atto {
        let released = self.released.get(holder).map_or_else(Atto::zero, Exact::floor);
        released - self.claimed.get(holder).cloned().unwrap_or_default()
    }

    /// Fees a recipient is owed.
    pub fn fees_owed(&self, recipient: &str) -> Atto {
        let of = |map: &BTreeMap<&'static str, Atto>| map.get(recipient).cloned().unwrap_or_default();
        of(&self.fees) - of(&self.fees_paid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::fil;

    pub(super) fn books() -> Expected {
        let terms = Terms { fees: vec![("operator", 1_000)], keeper_bps: 100, keeper_cap: fil("1"), period: 100 };
        Expected::at_custody(terms, Miner::handed_over(&fil("30"), BTreeMap::new(), 0), "bond", 0)
    }

    #[test]
    fn rewards_go_where_the_terms_say() {
        let mut books = books();
        books.deposit("alice", &fil("10"), 0);
        books.miner.award(&fil("4"), 0);
        let shared = books.harvest(Some("keeper"), 0);
        assert_eq!((shared.reward, shared.cut), (fil("1"), fil("0.01")));
        assert_eq!((shared.fees, shared.rest), (vec![fil("0.099")], fil("0.891")));
        // Half of the period: half of it, three quarters of that to the bond.
        books.release(50);
        assert_eq!(books.claimable("alice"), fil("0.891") / 8u32);
        assert_eq!(books.claimable("bond"), fil("0.891") * 3u32 / 8u32);
        // Shares that come later earn from then on only.
        books.transfer("alice", "bob", &fil("10"), 50);
        books.release(1_000);
        assert_eq!(books.claimable("alice"), books.claimable("bob"));
        assert!(books.stream.is_zero());
    }

    #[test]
    fn a_second_reward_moves_the_end_by_its_weight() {
        let mut books = books();
        books.join_stream(&fil("1"), 0);
        assert_eq!(books.stream_end, 100);
        books.release(50);
        // Half a FIL over 50 epochs and half a FIL over 100: 75 on the mean.
        books.join_stream(&fil("0.5"), 50);
        assert_eq!(books.stream_end, 125);
    }
}
