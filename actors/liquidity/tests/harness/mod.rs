//! A wired liquidity actor on the mock host, and a pool that answers what the test says. Every call goes through the dispatcher, and
//! every invariant is checked after it.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc46_token::token::types::{TransferParams, TransferReturn};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
pub use peggy_harness::*;
use peggy_interfaces::frc46;
use peggy_interfaces::liquidity::*;
use peggy_interfaces::pool::{
    ClaimRewards, ClaimRewardsParams, MeasuredPrice, MeasuredPriceReturn, PaidReturn, Redeem, RedeemParams,
    RedeemReturn,
};
use peggy_liquidity::state::State;
use peggy_liquidity::testing::{check_state_invariants, Summary};
use peggy_liquidity::{invoke, math};
use peggy_math::Bps;
use peggy_runtime::mock::MockHost;
use peggy_runtime::{ActorError, Findings, Runtime};

pub const OWN: ActorID = WIRING.liquidity;
pub const POOL: ActorID = WIRING.pool;

pub struct Liquidity {
    pub host: MockHost,
    /// What the pool answers to `MeasuredPrice`.
    pub price: RefCell<MeasuredPriceReturn>,
    /// What the pool owes the inventory.
    pub rewards: RefCell<TokenAmount>,
}

impl Harness for Liquidity {
    type State = State;
    type Summary = Summary;
    const OWN: ActorID = OWN;

    fn host(&self) -> &MockHost {
        &self.host
    }
    fn invoke(rt: &Runtime<&MockHost>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
        invoke(rt, params)
    }
    fn invariants(&self, state: &State, rt: &Runtime<&MockHost>) -> (Summary, Findings) {
        check_state_invariants(state, &rt.store(), OWN, &rt.balance(), rt.epoch())
    }
    /// The verbs here expect all that success takes.
    fn failed(&self) {
        self.host.forget_expected();
    }
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
        Self { host: host_of(OWN, &[]), price: RefCell::new(price_of(1_000, 1_000)), rewards: RefCell::new(none()) }
    }

    /// Constructed, not wired.
    pub fn unwired(params: &ConstructorParams) -> Result<Self, ActorError> {
        let l = Self::blank();
        l.construct(params)?;
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

    pub fn lp_of(&self, who: ActorID) -> TokenAmount {
        self.call::<frc46::BalanceOf>(STRANGER, &id(who)).unwrap()
    }
    pub fn set_price(&self, worth: i64, cost: i64) {
        *self.price.borrow_mut() = price_of(worth, cost);
    }
    pub fn earn(&self, reward: TokenAmount) {
        *self.rewards.borrow_mut() += reward;
    }

    // --- what the pool is asked ---

    pub fn expect_collect(&self) {
        let paid = self.rewards.replace(none());
        let params = ClaimRewardsParams { to: id(OWN), amount: None };
        self.expect_bringing::<ClaimRewards>(POOL, &params, Ok(PaidReturn { paid: paid.clone() }), paid);
    }
    pub fn expect_price(&self) {
        let price = self.price.borrow().clone();
        self.expect_bringing::<MeasuredPrice>(POOL, &(), Ok(price), none());
    }
    /// The pool has no price to answer.
    pub fn expect_no_price(&self, code: u32) {
        self.expect_bringing::<MeasuredPrice>(POOL, &(), Err(ExitCode::new(code)), none());
    }
    pub fn hand_over_params(to: ActorID, shares: &TokenAmount) -> TransferParams {
        TransferParams { to: id(to), amount: shares.clone(), operator_data: RawBytes::default() }
    }
    pub fn expect_hand_over(&self, to: ActorID, shares: &TokenAmount) {
        let answer = TransferReturn { from_balance: none(), to_balance: none(), recipient_data: RawBytes::default() };
        self.expect_bringing::<frc46::Transfer>(POOL, &Self::hand_over_params(to, shares), Ok(answer), none());
    }
    pub fn expect_redeem(&self, shares: &TokenAmount, answer: Result<(), u32>) {
        let amount = math::worth(shares, &self.price.borrow());
        let params = RedeemParams { shares: shares.clone(), min_amount: amount.clone() };
        let answer = answer.map(|()| RedeemReturn { amount: amount.clone() }).map_err(ExitCode::new);
        self.expect_bringing::<Redeem>(POOL, &params, answer, amount);
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
