//! How the ledger compares with the chain.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use peggy_runtime::Findings;

use super::books::{Ledger, MinerBook, CHAIN, FINE};
use crate::observe::{n, Observed};

impl Ledger {
    /// Compares with the chain.
    pub fn compare(&self, seen: &Observed) -> Findings {
        let mut f = Findings::new();
        let totals = &seen.pool.state.totals;
        let mut same = |what: &str, ours: &BigInt, theirs: &BigInt| {
            f.require(ours == theirs, format_args!("{what}: expected {ours}, the chain has {theirs}"));
        };
        same("shares", &self.supply(), totals.shares.atto());
        same("queued", &self.queued(), totals.queued.atto());
        same("dead", &self.dead, totals.dead.atto());
        same("liquid", &self.liquid, totals.liquid.atto());
        same("pledged", &self.pledged(), totals.miners.principal.atto());
        same("rewards owed", &self.rewards_owed, totals.rewards_owed.atto());
        same("fees owed", &self.fees.values().sum(), totals.fees_owed.atto());
        same("exits owed", &self.exits_owed(), seen.pool.queue.owed.atto());
        same("stream", &self.stream.amount, seen.pool.stream().amount.atto());
        if !self.stream.amount.is_zero() {
            same("end of the stream", &self.stream.end.into(), &seen.pool.stream().end.into());
        }
        same("untracked", &self.donated, &(seen.balance(self.pool) - seen.pool.tracked()).atto().clone());
        let (nav, priced) = (self.nav(false), self.priced());
        f.require(
            self.peg.holds(&nav, &priced),
            format_args!("no loss went beyond the bond, and the price is {nav} / {priced}"),
        );
        self.compare_holders(seen, &mut f);
        self.compare_liquidity(seen, &mut f);
        self.compare_bond(seen, &mut f);
        self.compare_tickets(seen, &mut f);
        self.compare_miners(seen, &mut f);
        self.compare_nfts(seen, &mut f);
        f
    }

    fn compare_holders(&self, seen: &Observed, f: &mut Findings) {
        let none = BigInt::zero();
        let slack = self.slack();
        let everybody = self.due.keys().chain(self.shares.keys()).chain(seen.pool.accounts.keys());
        let everybody: BTreeSet<_> = everybody.chain(seen.pool.bonds.keys()).collect();
        for who in everybody {
            let account = seen.pool.accounts.get(who).cloned().unwrap_or_default();
            let bonded = seen.pool.bonds.get(who).map_or(BigInt::zero(), |bond| bond.pending.clone());
            let ours = self.shares.get(who).unwrap_or(&none);
            f.require(
                ours == account.shares.atto(),
                format_args!("f0{who} has {} shares, expected {ours}", account.shares.atto()),
            );
            let theirs = (account.pending + bonded) << (FINE - CHAIN);
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

    fn compare_bond(&self, seen: &Observed, f: &mut Findings) {
        let theirs = seen.pool.bonds.iter().map(|(owner, bond)| (*owner, bond.shares.atto(), bond.unlock_at));
        let theirs: Vec<_> = theirs.filter(|(_, shares, _)| !shares.is_zero()).collect();
        let ours = self.bond.iter().map(|record| (record.owner, &record.shares, record.unlock));
        let mut ours: Vec<_> = ours.filter(|(_, shares, _)| !shares.is_zero()).collect();
        ours.sort_unstable_by_key(|(owner, ..)| *owner);
        f.require(ours == theirs, format_args!("the bond is {theirs:?}, expected {ours:?}"));
    }

    fn compare_tickets(&self, seen: &Observed, f: &mut Findings) {
        let (queue, slack) = (&seen.pool.queue, self.slack());
        f.require(
            queue.next == self.next_ticket,
            format_args!("the next ticket is {}, expected {}", queue.next, self.next_ticket),
        );
        for (number, theirs) in &seen.pool.tickets {
            let Some(ours) = self.tickets.get(number) else {
                f.add(format_args!("there is a ticket {number}, expected none"));
                continue;
            };
            let told = (theirs.owner, theirs.account.shares.atto(), theirs.owed.atto(), theirs.requested_at);
            let expected = (ours.owner, &ours.shares, &ours.owed, ours.requested_at);
            f.require(told == expected, format_args!("ticket {number} is {told:?}, expected {expected:?}"));
            let pending = theirs.account.pending.clone() << (FINE - CHAIN);
            let off = (&ours.due - &pending).abs();
            f.require(
                off <= slack,
                format_args!("ticket {number} earned {}, the chain says {}", &ours.due >> FINE, pending >> FINE),
            );
            let waits = theirs.account.shares.is_zero() || *number >= queue.first;
            f.require(waits, format_args!("ticket {number} waits before the first that may, {}", queue.first));
        }
        for (number, ours) in self.tickets.iter().filter(|(number, _)| !seen.pool.tickets.contains_key(number)) {
            // An empty one goes when it can claim nothing any more.
            let gone = ours.shares.is_zero() && ours.owed.is_zero() && ours.due <= (BigInt::from(1) << FINE) + &slack;
            f.require(gone, format_args!("ticket {number} is gone, expected {ours:?}"));
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
