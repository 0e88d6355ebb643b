//! Random sequences through the actor itself: whatever anybody does, in whatever order and in how many pieces, takes nothing from
//! those who hold LP tokens, and makes nobody richer.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use harness::*;
use num_traits::Zero;
use peggy_interfaces::pool::MeasuredPriceReturn;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Op {
    Add(usize, u128),
    Remove(usize, u32),
    Sell(usize, u128),
    Buy(usize, u128),
    Recycle(u32),
    Earn(u128),
    Donate(u128),
}

const PLAYERS: [ActorID; 3] = [ALICE, BOB, CAROL];

fn op() -> impl Strategy<Value = Op> {
    let amount = prop_oneof![1u128..1_000, 1u128..10u128.pow(12), 10u128.pow(17)..10u128.pow(20)];
    prop_oneof![
        2 => (0..3usize, amount.clone()).prop_map(|(who, n)| Op::Add(who, n)),
        2 => (0..3usize, 1u32..=100).prop_map(|(who, part)| Op::Remove(who, part)),
        3 => (0..3usize, amount.clone()).prop_map(|(who, n)| Op::Sell(who, n)),
        2 => (0..3usize, amount.clone()).prop_map(|(who, n)| Op::Buy(who, n)),
        1 => (1u32..=100).prop_map(Op::Recycle),
        1 => amount.clone().prop_map(Op::Earn),
        1 => amount.prop_map(Op::Donate),
    ]
}

/// What liquidity's LP tokens are worth at the entry price, in attoFIL / priced: FIL and rewards to come included.
fn value(l: &Liquidity) -> BigInt {
    let (state, price) = (l.state(), l.price.borrow());
    (state.fil + l.rewards.borrow().clone()).atto() * price.priced.atto()
        + state.inventory.atto() * price.entry_nav.atto()
}

/// What somebody is up by trading, in the same unit, apart from its LP tokens.
#[derive(Default, Clone)]
struct Purse {
    fil: TokenAmount,
    shares: TokenAmount,
}

impl Purse {
    fn worth(&self, price: &MeasuredPriceReturn) -> BigInt {
        self.fil.atto() * price.priced.atto() + self.shares.atto() * price.entry_nav.atto()
    }
}

fn percent(of: &TokenAmount, part: u32) -> TokenAmount {
    (of.clone() * part).div_floor(100u64)
}

/// Does it if it is allowed, and keeps the purse.
fn apply(l: &Liquidity, op: &Op, purses: &mut [Purse; 3]) {
    match *op {
        Op::Add(who, n) => {
            if l.try_add(PLAYERS[who], atto(n), none()).is_ok() {
                purses[who].fil -= atto(n);
            }
        }
        Op::Remove(who, part) => {
            let lp = percent(&l.lp_of(PLAYERS[who]), part);
            let (state, rewards) = (l.state(), l.rewards.borrow().clone());
            let out = |whole: &TokenAmount| peggy_liquidity::math::part(whole, &lp, &state.lp.supply);
            if out(&(&state.fil + rewards)).is_zero() && out(&state.inventory).is_zero() {
                return;
            }
            let got = l.remove(PLAYERS[who], lp);
            purses[who].fil += got.fil;
            purses[who].shares += got.shares;
        }
        Op::Sell(who, n) => {
            if let Ok(paid) = l.try_sell(PLAYERS[who], atto(n), none()) {
                purses[who].fil += paid;
                purses[who].shares -= atto(n);
            }
        }
        Op::Buy(who, n) => {
            if let Ok(shares) = l.try_buy(PLAYERS[who], atto(n), none()) {
                purses[who].fil -= atto(n);
                purses[who].shares += shares;
            }
        }
        Op::Recycle(part) => {
            let shares = percent(&l.state().inventory, part);
            // The pool refuses what is worth nothing, and liquidity what is about to heal.
            let worth = peggy_liquidity::math::worth(&shares, &l.price.borrow());
            if worth.is_positive() {
                let _ = l.recycle(shares);
            }
        }
        Op::Earn(n) => l.earn(atto(n)),
        Op::Donate(n) => l.donate(atto(n)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nobody_takes_from_the_providers_and_nobody_gains(
        ops in prop::collection::vec(op(), 1..40), nav in 1i64..2_000, healing in prop_oneof![Just(0i64), 0i64..500],
    ) {
        let l = Liquidity::with(fil(1_000));
        l.set_price(nav, nav + healing);
        let price = l.price.borrow().clone();
        let mut purses: [Purse; 3] = Default::default();
        let start = (value(&l), l.state().lp.supply);
        let mut earned = BigInt::zero();
        for op in &ops {
            let (before, lp) = (value(&l), l.state().lp.supply);
            apply(&l, op, &mut purses);
            if let Op::Earn(n) = op {
                earned += BigInt::from(*n) * price.priced.atto();
            }
            let (after, now) = (value(&l), l.state().lp.supply);
            // A recycling rounds a redemption down, as the pool does: less than one attoFIL for all.
            let rounding = if matches!(op, Op::Recycle(_)) { price.priced.atto().clone() } else { BigInt::zero() };
            // Value per LP token, cross-multiplied.
            prop_assert!((&after + rounding) * lp.atto() >= &before * now.atto(), "{op:?}: an LP token lost value");
        }
        // Nothing came from nowhere: what players are up, with what is here, is what was here and earned, less roundings.
        let all: BigInt = purses.iter().map(|p| p.worth(&price)).sum();
        prop_assert!(all + value(&l) <= start.0 + earned);
    }
}
