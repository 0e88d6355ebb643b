//! Liquidity on the real network, with the real wasm of all actors.
//!
//! [`World`] checks after every step that liquidity's books are those of the tests' own ledger (which works out every sale and every
//! part by itself), that its inventory is its balance at the pool, and that nothing but a fall of the price takes value from an LP token.

mod attacks;
mod closed;
mod events;
mod hostile;
pub mod methods;
mod provide;
mod sell;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::liquidity::Settings;
use peggy_interfaces::pool::{self, limits::DAY};
use peggy_localnet::Key;
use peggy_math::Bps;
use peggy_scenarios::{deploy, fil, Outcome, World};

/// 1% at least, 9% more with nothing but inventory, 8% at most.
const DISCOUNT: Settings = Settings { base_bps: Bps(100), slope_bps: Bps(900), max_bps: Bps(800) };

/// A world with a miner at work and without a bond (its 500 shares are dead, so losses are everybody's), alice's and bob's 1,000 shares
/// each, 1,000 FIL of them pledged; and 600 FIL of carol's friend dave in liquidity.
fn stage() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    w.slash_all();
    w.set_terms(&pool::TermsParams { fees: vec![], ..w.setup.terms_params(&w.cast) }).ok();
    w.deposit(&alice, fil(1_000)).ok();
    w.deposit(&bob, fil(1_000)).ok();
    w.pledge(miner, fil(1_000)).ok();
    w.set_discount(&DISCOUNT).ok();
    w.add_liquidity(&dave, fil(600)).ok();
    (w, miner)
}

/// The same, after alice sold 400 shares: 600 FIL and 400 shares of 1 FIL, at 1% and 4.6%.
fn stocked() -> (World, ActorID) {
    let (mut w, miner) = stage();
    let alice = w.cast.alice.clone();
    assert_eq!(w.sell(&alice, fil(400)).paid(), milli(388_800));
    (w, miner)
}

/// A loss of 200 FIL, of which vesting rewards will heal all: the price is 0.92, the entry price 1.
fn healing(w: &mut World, miner: ActorID) {
    let keeper = w.cast.keeper.clone();
    w.lose(miner, &fil(200));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    let totals = w.totals();
    assert!(totals.nav < totals.entry_nav, "{} {}", totals.nav, totals.entry_nav);
    assert_eq!(totals.entry_nav, totals.shares + totals.dead);
}

/// Lets a loss heal by what vests.
fn heal(w: &mut World, miner: ActorID) {
    let keeper = w.cast.keeper.clone();
    while !w.totals().miners.impaired.is_zero() {
        w.skip(10 * DAY);
        w.harvest(&keeper, miner).ok();
    }
}

fn milli(n: i64) -> TokenAmount {
    TokenAmount::from_nano(n * 1_000_000)
}

/// Installs the test contract, by somebody whose gas the world's books don't follow.
fn contract(w: &mut World) -> ActorID {
    let faucet = w.net.genesis().faucet.clone();
    let mut contract = 0;
    w.lever("a contract is installed", |net| {
        let code = deploy::install(net, &faucet, deploy::wasm("test_forwarder")?)?;
        contract = deploy::create(net, &faucet, code, RawBytes::default())?;
        Ok(())
    });
    contract
}

/// FIL and shares of a person; gas of the messages counted in is given back.
struct Purse {
    who: Key,
    fil: TokenAmount,
    shares: TokenAmount,
    gas: TokenAmount,
}

impl Purse {
    fn of(w: &World, who: &Key) -> Self {
        Self { who: who.clone(), fil: w.balance(w.id(who)), shares: w.shares(who), gas: TokenAmount::zero() }
    }

    /// A message of this person's that must succeed.
    fn pays(&mut self, outcome: Outcome) -> Outcome {
        let outcome = outcome.ok();
        self.gas += &outcome.gas_cost;
        outcome
    }

    /// FIL and shares gained.
    fn gained(&self, w: &World) -> (TokenAmount, TokenAmount) {
        (w.balance(w.id(&self.who)) + &self.gas - &self.fil, w.shares(&self.who) - &self.shares)
    }
}

fn address(id: ActorID) -> Address {
    Address::new_id(id)
}
