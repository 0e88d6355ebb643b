//! Follows a message's events, checking every figure in them against the ledger's own sums: the parts by topic are next door.

use std::collections::{BTreeMap, VecDeque};

use fvm_shared::{ActorID, METHOD_SEND};
use num_bigint::BigInt;
use num_traits::Zero;
use peggy_runtime::Findings;

use super::books::Ledger;
use crate::events::Event;
use crate::observe::{n, Money, Observed};
use crate::step::{Outcome, Step};

/// Events that move no money and no share; nothing follows from them here.
const OTHER_KINDS: [&str; 12] = [
    "wired",
    "upgraded",
    "paused",
    "miner-unsettled",
    "worker-change",
    "worker-confirmed",
    "debt-repaid",
    "peer-id-changed",
    "multiaddrs-changed",
    "operator-set",
    "miner-approved",
    "allowance",
];

/// A loss a measurement found, and the books from before it.
#[derive(Debug)]
pub(super) struct Loss {
    pub by: BigInt,
    pub nav: BigInt,
    pub priced: BigInt,
    /// Bond shares then: those that come later in the same message were not there to bear it.
    pub bonded: BigInt,
}

/// What the events of one message make expected of it later in the same message.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// FIL on its way to the pool, by miner, with the part that was the operator's before custody and the principal in it.
    pub underway: BTreeMap<Option<ActorID>, Underway>,
    /// Legacy FIL harvested, not yet bonded.
    pub legacy: BTreeMap<ActorID, BigInt>,
    /// Losses measured, not yet borne by the bond.
    pub losses: BTreeMap<ActorID, Loss>,
    /// Written off by the pool with destroyed bond shares, not yet by the proxy.
    pub absorbed: BTreeMap<ActorID, BigInt>,
    /// Miners taken, not yet bonded.
    pub taken: BTreeMap<ActorID, BigInt>,
    /// FIL drawn from the pool, not yet pledged.
    pub drawn: BigInt,
    /// What the queue's tickets should come to, in order; worked out when the first of them is seen.
    pub exits: Option<VecDeque<Exit>>,
    /// FIL that left the bundle, by who got it.
    pub paid: BTreeMap<ActorID, BigInt>,
    /// FIL that left or reached a miner by pledges and withdrawals.
    pub miners: BTreeMap<ActorID, BigInt>,
}

/// FIL on its way from a miner to the pool.
#[derive(Debug, Default)]
pub(super) struct Underway {
    pub value: BigInt,
    pub legacy: BigInt,
    pub home: BigInt,
}

/// A ticket's turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exit {
    pub ticket: u64,
    pub shares: BigInt,
    pub amount: BigInt,
}

pub(super) type Done = Result<(), String>;

/// One message, followed.
pub struct Follow<'a> {
    pub(super) ledger: &'a mut Ledger,
    pub(super) after: &'a Observed,
    pub(super) step: &'a Step,
    pub(super) message: Message,
    pub(super) findings: Findings,
}

impl Ledger {
    /// Follows what happened between two looks at the chain.
    pub fn follow(&mut self, before: &Observed, after: &Observed, done: Option<(&Step, &Outcome)>) -> Findings {
        let Some((step, outcome)) = done else { return Findings::new() };
        if !outcome.is_ok() {
            return Findings::new();
        }
        // When the chain released is its own business; how much, and to whom, is worked out here.
        if after.pool.stream().updated_at == after.epoch {
            self.release(after.epoch);
        }
        if step.method == METHOD_SEND && step.to == self.pool {
            self.donated += n(&step.value);
        }
        if step.method == METHOD_SEND && step.to == self.liquidity.id {
            self.liquidity.unbooked += n(&step.value);
        }
        let mut follow = Follow { ledger: self, after, step, message: Message::default(), findings: Findings::new() };
        for event in &outcome.events {
            if let Err(what) = follow.event(event) {
                follow.findings.add(format_args!("event {}: {what}", event.kind));
            }
        }
        follow.finish(before, outcome);
        follow.nft_flows(outcome);
        follow.findings
    }
}

impl Follow<'_> {
    fn event(&mut self, e: &Event) -> Done {
        if e.emitter == self.ledger.nft.id {
            return self.nft(e);
        }
        if e.emitter == self.ledger.liquidity.id {
            return self.liquidity_event(e);
        }
        match e.kind.as_str() {
            "harvested" => self.harvested(e),
            "settled" => self.settled(e),
            "written-off" => self.written_off(e),
            "miner-taken" | "miner-created" => self.taken(e),
            "miner-closed" => self.closed(e),
            "bonded" => self.bonded(e),
            "bond-burnt" => self.bond_burnt(e),
            "bond-withdrawn" => self.bond_withdrawn(e),
            "bond-slashed" => self.bond_slashed(e),
            "legacy-owed" => self.legacy_owed(e),
            "surplus" => self.surplus(e),
            "deposited" => self.deposited(e),
            "compounded" => self.compounded(e),
            "redeemed" => self.redeemed(e),
            "transfer" => self.transfer(e),
            "burnt" => self.burnt(e),
            "claimed" => self.claimed(e),
            "fees-claimed" => self.fees_claimed(e),
            "exit-requested" => self.exit_requested(e),
            "exit-cancelled" => self.exit_cancelled(e),
            "exit-finalized" => self.exit_finalized(e),
            "exit-claimed" => self.exit_claimed(e),
            "pledge-drawn" => self.drawn(e),
            "pledged" => self.pledged(e),
            "swept" => self.swept(e),
            "terms" | "keeper-cut-set" => {
                self.ledger.take_terms(self.after);
                Ok(())
            }
            other if OTHER_KINDS.contains(&other) => Ok(()),
            other => Err(format!("the ledger does not know events called {other}")),
        }
    }

    pub(super) fn money(&self, miner: ActorID) -> Result<&Money, String> {
        self.after.miners.get(&miner).map(|m| &m.money).ok_or(format!("f0{miner} is not in custody"))
    }

    pub(super) fn pay(&mut self, who: ActorID, amount: &BigInt) {
        if who == self.ledger.liquidity.id {
            self.ledger.liquidity.unbooked += amount;
        }
        *self.message.paid.entry(who).or_default() += amount;
    }

    /// What the events left open, and whether FIL went where they say.
    fn finish(&mut self, before: &Observed, outcome: &Outcome) {
        let left = &self.message;
        let swept_nothing = left.underway.get(&None).is_some_and(|underway| underway.value.is_zero());
        let open = left.underway.len() - usize::from(swept_nothing);
        self.findings
            .require(open == 0, format_args!("FIL was on its way to the pool and not settled: {:?}", left.underway));
        self.findings.require(left.drawn.is_zero(), format_args!("{} was drawn and not pledged", left.drawn));
        self.findings.require(left.legacy.is_empty(), format_args!("legacy FIL was not booked: {:?}", left.legacy));
        let worthless = left.taken.values().all(Zero::is_zero);
        self.findings.require(worthless, format_args!("custody was not credited: {:?}", left.taken));
        self.findings
            .require(left.absorbed.is_empty(), format_args!("the proxy did not write off: {:?}", left.absorbed));
        self.finish_losses();
        self.finish_exits();
        self.tidy();
        self.check_flows(before, outcome);
    }

    /// Every actor's balance changed by what was sent to it less what it sent. Left out are only those the network itself
    /// pays and burns with, miners' debts, and a contract that was called: what that does is its own business.
    fn check_flows(&mut self, before: &Observed, outcome: &Outcome) {
        let system = [0, 1, 2, 3, 4, 99];
        let bundle = [self.ledger.pool, self.ledger.proxy];
        for (id, actor) in &self.after.actors {
            if system.contains(id) || bundle.contains(id) {
                continue;
            }
            let foreign_contract = *id == self.step.to && self.step.method != METHOD_SEND;
            let mut expected = self.message.paid.get(id).cloned().unwrap_or_default();
            if *id == self.step.from {
                expected -= n(&self.step.value) + n(&outcome.gas_cost);
            }
            if *id == self.step.to && self.step.method == METHOD_SEND {
                expected += n(&self.step.value);
            }
            expected += self.message.miners.get(id).cloned().unwrap_or_default();
            let change = actor.balance.atto() - before.balance(*id).atto();
            if actor.code == self.after.miner_code {
                // It may have burnt debt, or been born with the operator's FIL.
                let born = !before.miners.contains_key(id);
                self.findings.require(
                    born || change <= expected,
                    format_args!("miner f0{id} has {change} more, expected {expected}"),
                );
            } else if !foreign_contract {
                self.findings
                    .require(change == expected, format_args!("f0{id} has {change} more, expected {expected}"));
            }
        }
    }
}

pub(super) fn same(what: &str, ours: &BigInt, theirs: &BigInt) -> Done {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what} is {theirs}, expected {ours}"))
}
