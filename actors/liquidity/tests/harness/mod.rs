//! A wired liquidity actor on the mock host, and a pool that answers what the test says. Every call goes through the dispatcher, and
//! every invariant is checked after it.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc46_token::token::types::{TransferParams, TransferReturn};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, METHOD_CONSTRUCTOR};
use num_traits::Zero;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::liquidity::*;
use peggy_interfaces::pool::{
    ClaimRewards, ClaimRewardsParams, MeasuredPrice, MeasuredPriceReturn, PaidReturn, Redeem, RedeemParams,
    RedeemReturn,
};
use peggy_interfaces::{frc46, receiver};
use peggy_liquidity::state::State;
use peggy_liquidity::testing::{check_state_invariants, Summary};
use peggy_liquidity::{invoke, math};
use peggy_math::Bps;
use peggy_runtime::mock::{Expected, MockHost};
use peggy_runtime::{encode, ActorError, Host, Method};

pub const WIRING: Wiring = Wiring { owner_proxy: 1001, pool: 1002, nft_share: 1003, liquidity: 1004, governance: 1005 };
pub const OWN: ActorID = WIRING.liquidity;
pub const POOL: ActorID = WIRING.pool;
pub const INIT: ActorID = 1;
pub const DEPLOYER: ActorID = 100;
pub const ALICE: ActorID = 201;
pub const BOB: ActorID = 202;
pub const CAROL: ActorID = 203;
pub const STRANGER: ActorID = 299;
/// The first epoch of every test.
pub const START: i64 = 100_000;

pub struct Liquidity {
    pub host: MockHost,
    /// What the pool answers to `MeasuredPrice`.
    pub price: RefCell<MeasuredPriceReturn>,
    /// What the pool owes the inventory.
    pub rewards: RefCell<TokenAmount>,
}

/// Whole FIL, shares or LP tokens.
pub fn fil(n: i64) -> TokenAmount {
    TokenAmount::from_whole(n)
}
pub fn milli(n: i64) -> TokenAmount {
    TokenAmount::from_nano(n * 1_000_000)
}
pub fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}
pub fn none() -> TokenAmount {
    TokenAmount::zero()
}
pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

/// A thousand shares worth and costing so many thousandths of a FIL each.
pub fn price_of(worth: i64, cost: i64) -> MeasuredPriceReturn {
    MeasuredPriceReturn { nav: fil(worth), entry_nav: fil(cost), priced: fil(1_000) }
}

/// 1% at least, 9% more with a full inventory, 8% at most.
pub fn settings() -> Settings {
    Settings { base_bps: Bps(100), slope_bps: Bps(900), max_bps: Bps(800) }
}

pub fn constructor() -> ConstructorParams {
    ConstructorParams {
        deployer: id(DEPLOYER),
        name: "Peggy liquidity".into(),
        symbol: "PEGLP".into(),
        settings: settings(),
    }
}

impl Liquidity {
    /// A host with everybody on chain, and no state.
    pub fn blank() -> Self {
        let host = MockHost::new(OWN);
        for id in [INIT, DEPLOYER, ALICE, BOB, CAROL, STRANGER].into_iter().chain(WIRING.all()) {
            host.add_actor(id);
            host.set_balance(id, fil(1_000_000));
        }
        host.set_balance(OWN, none());
        host.set_epoch(START);
        Self { host, price: RefCell::new(price_of(1_000, 1_000)), rewards: RefCell::new(none()) }
    }

    /// Constructed, not wired.
    pub fn unwired(params: &ConstructorParams) -> Result<Self, ActorError> {
        let l = Self::blank();
        l.raw(INIT, METHOD_CONSTRUCTOR, none(), encode(params, "constructor")?)?;
        Ok(l)
    }

    pub fn new() -> Self {
        let l = Self::unwired(&constructor()).unwrap();
        l.call::<Wire>(DEPLOYER, &WIRING).unwrap();
        l
    }

    /// With so much FIL of Alice's.
    pub fn with(value: TokenAmount) -> Self {
        let l = Self::new();
        l.add(ALICE, value);
        l
    }

    pub fn raw(
        &self,
        caller: ActorID,
        method: u64,
        value: TokenAmount,
        params: Option<IpldBlock>,
    ) -> Result<Option<IpldBlock>, ActorError> {
        self.host.call(caller, method, value, |rt| invoke(rt, params))
    }

    /// A call with FIL; checks every invariant afterwards, and that a refusal left no trace.
    pub fn pay<M: Method>(
        &self,
        caller: ActorID,
        value: TokenAmount,
        params: &M::Params,
    ) -> Result<M::Return, ActorError> {
        let root = (&self.host).root();
        let result = self.raw(caller, M::NUMBER, value, encode(params, M::NAME).unwrap());
        if result.is_err() {
            self.host.forget_expected();
            assert_eq!((&self.host).root(), root, "a message that failed changed the state");
        }
        self.host.verify();
        self.check();
        peggy_runtime::decode_params(result?, M::NAME)
    }

    pub fn call<M: Method>(&self, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        self.pay::<M>(caller, none(), params)
    }

    /// Checks invariants from the raw state.
    pub fn check(&self) -> Summary {
        self.look(|state, rt| {
            let (summary, findings) = check_state_invariants(state, &rt.store(), OWN, &rt.balance(), rt.epoch());
            assert!(findings.is_clean(), "{findings}\n{state:#?}");
            summary
        })
    }

    fn look<T>(&self, f: impl FnOnce(&State, &peggy_runtime::Runtime<&MockHost>) -> T) -> T {
        self.host.call(STRANGER, 0, none(), |rt| Ok(f(&rt.state::<State>()?, rt))).unwrap()
    }
    pub fn state(&self) -> State {
        self.look(|state, _| state.clone())
    }
    pub fn lp_of(&self, who: ActorID) -> TokenAmount {
        self.call::<frc46::BalanceOf>(STRANGER, &id(who)).unwrap()
    }
    pub fn balance(&self, id: ActorID) -> TokenAmount {
        (&self.host).balance_of(id).unwrap()
    }
    pub fn set_price(&self, worth: i64, cost: i64) {
        *self.price.borrow_mut() = price_of(worth, cost);
    }
    pub fn earn(&self, reward: TokenAmount) {
        *self.rewards.borrow_mut() += reward;
    }
    /// FIL sent by method 0.
    pub fn donate(&self, amount: TokenAmount) {
        self.host.set_balance(OWN, self.balance(OWN) + amount);
    }
    pub fn pass(&self, epochs: i64) {
        self.host.set_epoch((&self.host).epoch() + epochs);
    }
    /// Kinds of the events since the last look.
    pub fn events(&self) -> Vec<String> {
        let kind = |e: fvm_shared::event::ActorEvent| fvm_ipld_encoding::from_slice(&e.entries[0].value).unwrap();
        self.host.take_events().into_iter().map(kind).collect()
    }

    // --- what the pool is asked ---

    fn expect<M: Method>(&self, to: ActorID, params: &M::Params, answer: Result<&M::Return, u32>, brings: TokenAmount) {
        let answer = match answer {
            Ok(answer) => (ExitCode::OK, encode(answer, M::NAME).unwrap()),
            Err(code) => (ExitCode::new(code), None),
        };
        let params = Some(encode(params, M::NAME).unwrap());
        let expected = Expected { to: id(to), method: M::NUMBER, params, value: none(), answer: Ok(answer) };
        self.host.expect_bringing(expected, brings);
    }
    pub fn expect_collect(&self) {
        let paid = self.rewards.replace(none());
        let params = ClaimRewardsParams { to: id(OWN), amount: None };
        self.expect::<ClaimRewards>(POOL, &params, Ok(&PaidReturn { paid: paid.clone() }), paid);
    }
    pub fn expect_price(&self) {
        let price = self.price.borrow().clone();
        self.expect::<MeasuredPrice>(POOL, &(), Ok(&price), none());
    }
    /// The pool has no price to answer.
    pub fn expect_no_price(&self, code: u32) {
        self.expect::<MeasuredPrice>(POOL, &(), Err(code), none());
    }
    pub fn hand_over_params(to: ActorID, shares: &TokenAmount) -> TransferParams {
        TransferParams { to: id(to), amount: shares.clone(), operator_data: RawBytes::default() }
    }
    pub fn expect_hand_over(&self, to: ActorID, shares: &TokenAmount) {
        let answer = TransferReturn { from_balance: none(), to_balance: none(), recipient_data: RawBytes::default() };
        self.expect::<frc46::Transfer>(POOL, &Self::hand_over_params(to, shares), Ok(&answer), none());
    }
    pub fn expect_redeem(&self, shares: &TokenAmount, answer: Result<(), u32>) {
        let amount = math::worth(shares, &self.price.borrow());
        let params = RedeemParams { shares: shares.clone(), min_amount: amount.clone() };
        let paid = RedeemReturn { amount: amount.clone() };
        self.expect::<Redeem>(POOL, &params, answer.map(|()| &paid), amount);
    }
    /// The LP token's call of a receiver hook.
    pub fn hook(to: ActorID, exit_code: ExitCode) -> Expected {
        let (method, value) = (receiver::Receive::NUMBER, none());
        Expected { to: id(to), method, params: None, value, answer: Ok((exit_code, None)) }
    }

    // --- what people do ---

    /// Expects what adding asks of the pool.
    pub fn expect_add(&self) {
        self.expect_collect();
        if !self.state().inventory.is_zero() {
            self.expect_price();
        }
    }
    pub fn try_add(&self, who: ActorID, value: TokenAmount, min_lp: TokenAmount) -> Result<TokenAmount, ActorError> {
        let rewards = self.rewards.borrow().clone();
        self.expect_add();
        let added = self.pay::<AddLiquidity>(who, value, &AddLiquidityParams { min_lp });
        if added.is_err() {
            // The claim is undone with everything else.
            *self.rewards.borrow_mut() = rewards;
        }
        added.map(|r| r.lp)
    }
    pub fn add(&self, who: ActorID, value: TokenAmount) -> TokenAmount {
        self.try_add(who, value, none()).unwrap()
    }

    /// Removes, and checks that FIL and shares go where they should.
    pub fn remove(&self, who: ActorID, lp: TokenAmount) -> RemoveLiquidityReturn {
        let state = self.state();
        let all = state.lp.supply;
        let rewards = self.rewards.borrow().clone();
        let (out, shares) = (math::part(&(state.fil + rewards), &lp, &all), math::part(&state.inventory, &lp, &all));
        self.expect_collect();
        if !out.is_zero() {
            self.host.expect_pay(who, out.clone());
        }
        if !shares.is_zero() {
            self.expect_hand_over(who, &shares);
        }
        let params = RemoveLiquidityParams { lp, min_fil: out.clone(), min_shares: shares.clone() };
        let got = self.call::<RemoveLiquidity>(who, &params).unwrap();
        assert_eq!(got, RemoveLiquidityReturn { fil: out, shares });
        got
    }

    pub fn arrival(seller: ActorID, shares: TokenAmount, operator_data: RawBytes) -> UniversalReceiverParams {
        let received = FRC46TokenReceived {
            from: seller,
            to: OWN,
            operator: seller,
            amount: shares,
            operator_data,
            token_data: RawBytes::default(),
        };
        UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload: RawBytes::serialize(received).unwrap() }
    }
    pub fn sale(min_out: TokenAmount, recipient: Option<ActorID>) -> RawBytes {
        RawBytes::serialize(SellParams { min_out, recipient: recipient.map(id) }).unwrap()
    }
    /// What a sale would bring by the formula; by whose hand it is computed is the concern of `tests/math.rs`.
    pub fn due(&self, shares: &TokenAmount) -> TokenAmount {
        let state = self.state();
        math::payment(shares, &state.fil, &state.inventory, &self.price.borrow(), &state.settings)
    }
    pub fn try_sell(&self, who: ActorID, shares: TokenAmount, min_out: TokenAmount) -> Result<TokenAmount, ActorError> {
        let due = self.due(&shares);
        self.expect_price();
        if due.is_positive() && due <= self.state().fil {
            self.host.expect_pay(who, due);
        }
        self.call::<Receive>(POOL, &Self::arrival(who, shares, Self::sale(min_out, None))).map(|r| r.paid)
    }
    pub fn sell(&self, who: ActorID, shares: TokenAmount) -> TokenAmount {
        self.try_sell(who, shares, none()).unwrap()
    }
    pub fn try_buy(&self, who: ActorID, value: TokenAmount, min: TokenAmount) -> Result<TokenAmount, ActorError> {
        self.expect_price();
        if let Ok(shares) = math::shares_for(&value, &self.price.borrow()) {
            self.expect_hand_over(who, &shares);
        }
        let params = BuySharesParams { min_shares: min, recipient: None };
        self.pay::<BuyShares>(who, value, &params).map(|r| r.shares)
    }
    pub fn buy(&self, who: ActorID, value: TokenAmount) -> TokenAmount {
        self.try_buy(who, value, none()).unwrap()
    }
    pub fn recycle(&self, shares: TokenAmount) -> Result<TokenAmount, ActorError> {
        self.expect_price();
        self.expect_redeem(&shares, Ok(()));
        self.call::<Recycle>(STRANGER, &RecycleParams { shares }).map(|r| r.fil)
    }
}

/// The exit code of a refusal.
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, ActorError>) -> u32 {
    let e = result.unwrap_err();
    assert!(e.message().contains(' '), "no sentence: {e}");
    e.code().value()
}
