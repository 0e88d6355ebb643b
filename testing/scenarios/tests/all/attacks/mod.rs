//! Attacks, with their numbers: each is carried out, and gains nothing. What liquidity providers could be robbed of is next to
//! liquidity's own scenarios.

mod entering;
mod leaving;
mod operator;
mod price;
mod queue;
mod rewards;

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_localnet::Key;
use peggy_scenarios::{fil, World};

/// A pool without a bond (it is slashed, its 500 shares dead), alice's 1,500, of which 1,000 are pledged: losses are everybody's.
fn unbonded() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let alice = w.cast.alice.clone();
    w.slash_all();
    w.deposit(&alice, fil(1_500)).ok();
    w.pledge(miner, fil(1_000)).ok();
    (w, miner)
}

/// FIL of a person, gas of the messages since `from` given back.
struct Purse {
    who: Key,
    before: TokenAmount,
    gas: TokenAmount,
}

impl Purse {
    fn of(w: &World, who: &Key) -> Self {
        Self { who: who.clone(), before: w.balance(w.id(who)), gas: fil(0) }
    }

    /// A message of this person's that must succeed; its gas is not counted as a loss.
    fn pays(&mut self, outcome: peggy_scenarios::Outcome) -> peggy_scenarios::Outcome {
        let outcome = outcome.ok();
        self.gas += &outcome.gas_cost;
        outcome
    }

    /// What was gained, in FIL.
    fn gained(&self, w: &World) -> TokenAmount {
        w.balance(w.id(&self.who)) + &self.gas - &self.before
    }
}
