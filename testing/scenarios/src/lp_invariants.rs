//! What must hold of liquidity after every step, recomputed from raw state.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use peggy_interfaces::liquidity::limits;
use peggy_localnet::Network;
use peggy_runtime::{Findings, Wiring};

use crate::observe::Observed;

/// What holds of liquidity at any time.
pub fn standing(seen: &Observed, wiring: &Wiring, net: &Network) -> Findings {
    let (state, balance) = (&seen.liquidity.state, seen.balance(wiring.liquidity));
    let check = peggy_liquidity::testing::check_state_invariants;
    let (summary, mut f) = check(state, net.store(), wiring.liquidity, &balance, seen.epoch);
    let at_the_pool = seen.pool.accounts.get(&wiring.liquidity).map(|h| h.shares.clone()).unwrap_or_default();
    f.require(
        summary.inventory == at_the_pool,
        format_args!("the inventory is {}, at the pool are {at_the_pool}", summary.inventory),
    );
    f.require(summary.balances == seen.liquidity.lp, "its check finds other balances");
    f
}

/// Nothing takes from those who hold LP tokens: what one of them is worth never falls, but with the price of shares.
pub fn transition(before: &Observed, after: &Observed, wiring: &Wiring) -> Findings {
    let mut f = Findings::new();
    let (b, a) = (Worth::of(before, wiring), Worth::of(after, wiring));
    if b.lp.is_zero() || a.lp.is_zero() || b.priced.is_zero() || a.priced.is_zero() {
        return f;
    }
    // Without inventory no price matters.
    let fell = &a.entry_nav * &b.priced < &b.entry_nav * &a.priced;
    if fell && b.inventory.is_positive() {
        return f;
    }
    // Who was there before and still is holds the smaller of both supplies, and may lose two attoFIL in all: the roundings of a
    // redemption and of a claim, or its part of a fraction of an attoFIL that is not counted when somebody joins. All else rounds for
    // the providers.
    let rounding = (BigInt::from(2) << 64) * &a.priced * &b.priced * (&a.lp).max(&b.lp);
    let now = a.value() * &b.priced * &b.lp;
    let was = b.value() * &a.priced * &a.lp;
    f.require(now + rounding >= was, format_args!("LP tokens lost value: {b:?} to {a:?}"));
    f.require(a.lp >= limits::LOCKED_LP.into(), "locked LP tokens are gone");
    f
}

/// What LP tokens stand for.
#[derive(Debug)]
struct Worth {
    lp: BigInt,
    fil: BigInt,
    inventory: BigInt,
    /// Rewards at the pool, in multiples of 2^-64 attoFIL.
    pending: BigInt,
    entry_nav: BigInt,
    priced: BigInt,
}

impl Worth {
    fn of(seen: &Observed, wiring: &Wiring) -> Self {
        let state = &seen.liquidity.state;
        let totals = &seen.pool.state.totals;
        let entry_nav = totals.liquid.atto() + totals.miners.principal.atto() - totals.miners.impaired_net.atto();
        let account = seen.pool.accounts.get(&wiring.liquidity);
        Self {
            lp: state.lp.supply.atto().clone(),
            fil: state.fil.atto().clone(),
            inventory: state.inventory.atto().clone(),
            pending: account.map_or_else(BigInt::zero, |h| h.pending.clone()),
            entry_nav,
            priced: seen.pool.priced(),
        }
    }

    /// In multiples of 2^-64 attoFIL, times all shares.
    fn value(&self) -> BigInt {
        ((&self.fil << 64) + &self.pending) * &self.priced + ((&self.inventory * &self.entry_nav) << 64)
    }
}
