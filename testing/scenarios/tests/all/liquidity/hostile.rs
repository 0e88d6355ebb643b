//! Hostile contracts: fake tokens, hooks that call back or refuse, providers and buyers that are contracts.

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc46_token::token::types::TransferParams;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::liquidity::{
    self, AddLiquidityParams, BuySharesParams, RecycleParams, RemoveLiquidityParams, SellParams,
};
use peggy_interfaces::{frc46, pool};
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{fil, Outcome, World};
use test_forwarder::{
    CallParams, CallReturn, CallSpec, ConfigureParams, GetLogReturn, Script, CALL, CONFIGURE, GET_LOG, RECEIVE,
};

use super::*;

/// What a hook of the test contract fails with.
const REFUSES: u32 = 55;

/// [`stocked`], and a contract with 1,000 FIL, 500 shares and 100 LP tokens.
struct Stage {
    w: World,
    contract: ActorID,
}

impl Stage {
    fn new() -> Self {
        let (mut w, _) = stocked();
        let contract = contract(&mut w);
        let (bob, dave, stranger) = (w.cast.bob.clone(), w.cast.dave.clone(), w.cast.stranger.clone());
        w.transfer(&bob, address(contract), fil(500)).ok();
        w.move_lp(&dave, address(contract), fil(100)).ok();
        w.donate(&stranger, contract, fil(1_000)).ok();
        Self { w, contract }
    }

    fn fork(&self) -> Self {
        Self { w: self.w.fork(), contract: self.contract }
    }

    fn to<M: Method>(to: ActorID, request: &M::Params) -> CallSpec {
        CallSpec::new(address(to), M::NUMBER, encode(request))
    }

    fn to_liquidity<M: Method>(&self, request: &M::Params) -> CallSpec {
        Self::to::<M>(self.w.wiring.liquidity, request)
    }

    /// Gives the contract its orders.
    fn script(&mut self, scripts: Vec<Script>) {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&ConfigureParams { scripts });
        self.w.send("Configure", &stranger, self.contract, CONFIGURE, params, TokenAmount::zero()).ok();
    }

    /// Has the contract make calls with what it has.
    fn calls(&mut self, calls: Vec<CallSpec>) -> Outcome {
        let stranger = self.w.cast.stranger.clone();
        self.w.send("Call", &stranger, self.contract, CALL, encode(&CallParams { calls }), TokenAmount::zero())
    }

    fn log(&self) -> GetLogReturn {
        self.w.net.query(address(self.contract), GET_LOG, RawBytes::default()).unwrap().decode().unwrap()
    }

    fn remove(&self, lp: i64) -> CallSpec {
        let none = TokenAmount::zero;
        let request = RemoveLiquidityParams { lp: fil(lp), min_fil: none(), min_shares: none() };
        self.to_liquidity::<liquidity::RemoveLiquidity>(&request)
    }

    fn add(&self, value: i64) -> CallSpec {
        let request = AddLiquidityParams { min_lp: TokenAmount::zero() };
        self.to_liquidity::<liquidity::AddLiquidity>(&request).with_value(fil(value))
    }

    fn buy(&self, value: i64) -> CallSpec {
        let request = BuySharesParams { min_shares: TokenAmount::zero(), recipient: None };
        self.to_liquidity::<liquidity::BuyShares>(&request).with_value(fil(value))
    }

    fn sell(&self, shares: i64) -> CallSpec {
        Self::to::<frc46::Transfer>(self.w.wiring.pool, &self.w.sale(fil(shares), TokenAmount::zero(), None))
    }

    /// FIL, shares and LP tokens of the contract at the price of 1, each of them.
    fn holds(&self) -> (TokenAmount, TokenAmount, TokenAmount) {
        let shares = self.w.read::<frc46::BalanceOf>(self.w.wiring.pool, &address(self.contract));
        let lp = self.w.read::<frc46::BalanceOf>(self.w.wiring.liquidity, &address(self.contract));
        (self.w.balance(self.contract), shares, lp)
    }

    /// What all of it is worth: the price of shares is 1 here.
    fn worth(&self) -> TokenAmount {
        let (cash, shares, lp) = self.holds();
        let totals = self.w.liquidity_totals();
        let part = totals.value.atto() * lp.atto() / totals.lp.atto();
        cash + shares + TokenAmount::from_atto(part)
    }
}

/// A contract says that tokens of its own arrived, in the very words of the pool.
#[test]
fn failure_01_a_fake_token_calling_the_hook_is_refused() {
    let mut s = Stage::new();
    let sale = SellParams { min_out: fil(100), recipient: Some(address(s.contract)) };
    let received = FRC46TokenReceived {
        from: s.contract,
        to: s.w.wiring.liquidity,
        operator: s.contract,
        amount: fil(500),
        operator_data: RawBytes::serialize(sale).unwrap(),
        token_data: RawBytes::default(),
    };
    let payload = RawBytes::serialize(received).unwrap();
    let hook = s.to_liquidity::<liquidity::Receive>(&UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload });
    let before = s.holds();
    s.calls(vec![hook.clone()]).refused(18, "only the pool");
    let done: CallReturn = s.calls(vec![hook.may_fail()]).decode();
    assert_eq!(done.results[0].exit_code, 18);
    assert_eq!(s.holds(), before);
    // A person is no pool either.
    let alice = s.w.cast.alice.clone();
    let params = UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload: RawBytes::default() };
    s.w.call::<liquidity::Receive>(&alice, s.w.wiring.liquidity, &params, TokenAmount::zero())
        .refused(18, "only the pool");
    // LP tokens sent to the pool, or by their own hook to liquidity, buy nothing.
    let dave = s.w.cast.dave.clone();
    let sale = s.w.sale(fil(1), TokenAmount::zero(), None);
    s.w.call::<frc46::Transfer>(&dave, s.w.wiring.liquidity, &sale, TokenAmount::zero()).refused(112, "nobody's");
}

/// Whatever its hook tries while shares are on their way to it, a provider, buyer or recipient of LP tokens gains nothing. After each the
/// world's invariants hold, and its ledger can follow every event.
#[test]
fn failure_10_re_entry_from_hooks_gains_nothing() {
    let stage = Stage::new();
    let recycle = stage.to_liquidity::<liquidity::Recycle>(&RecycleParams { shares: fil(50) });
    let collect = stage.to_liquidity::<liquidity::Collect>(&());
    let tricks: Vec<(&str, Vec<CallSpec>)> = vec![
        ("adds", vec![stage.add(300)]),
        ("adds and removes", vec![stage.add(300), stage.remove(200).may_fail()]),
        ("removes again", vec![stage.remove(100).may_fail(), stage.remove(40).may_fail()]),
        ("sells", vec![stage.sell(30)]),
        ("sells twice", vec![stage.sell(10), stage.sell(10)]),
        ("buys", vec![stage.buy(20)]),
        ("buys and sells", vec![stage.buy(20), stage.sell(25)]),
        ("recycles", vec![recycle.clone(), collect.clone()]),
        ("adds, recycles, sells", vec![stage.add(500), recycle, stage.sell(50), collect]),
    ];
    for (name, calls) in tricks {
        let mut s = stage.fork();
        s.script(vec![Script::call_back(RECEIVE, calls.clone())]);
        let before = s.worth();
        let remove = s.remove(50);
        s.calls(vec![remove]).ok();
        assert!(!s.log().received.is_empty(), "{name}: the hook ran");
        assert!(s.worth() <= before, "{name} while removing: {before} to {}", s.worth());

        let mut s = stage.fork();
        s.script(vec![Script::call_back(RECEIVE, calls.clone())]);
        let before = s.worth();
        let buy = s.buy(60);
        s.calls(vec![buy]).ok();
        assert!(!s.log().received.is_empty(), "{name}: the hook ran");
        assert!(s.worth() <= before, "{name} while buying: {before} to {}", s.worth());

        let mut s = stage.fork();
        s.script(vec![Script::call_back(RECEIVE, calls)]);
        let before = s.worth() + fil(2);
        let dave = s.w.cast.dave.clone();
        s.w.move_lp(&dave, address(s.contract), fil(1)).ok();
        assert!(s.worth() <= before, "{name} while LP tokens arrive: {before} to {}", s.worth());
    }
}

/// A provider whose hook refuses keeps its liquidity, and nobody else is held up; once it takes shares again it leaves.
#[test]
fn failure_09_a_refusing_provider_blocks_nobody() {
    let mut s = Stage::new();
    s.script(vec![Script::reject(RECEIVE, REFUSES)]);
    let (remove, before) = (s.remove(100), s.holds());
    s.calls(vec![remove.clone()]).refused(REFUSES, "told to fail");
    assert_eq!(s.holds(), before);
    let (alice, dave) = (s.w.cast.alice.clone(), s.w.cast.dave.clone());
    s.w.remove_liquidity(&dave, fil(100)).ok();
    s.w.sell(&alice, fil(10)).ok();
    s.w.recycle(&alice, fil(10)).ok();
    // It can always hand its tokens to somebody who takes shares; and without inventory it needs no hook.
    let give = TransferParams { to: dave.address(), amount: fil(1), operator_data: RawBytes::default() };
    let give = s.to_liquidity::<frc46::Transfer>(&give);
    s.calls(vec![give]).ok();
    let inventory = s.w.liquidity_totals().inventory;
    s.w.recycle(&alice, inventory).ok();
    let rest = s.remove(99);
    s.calls(vec![rest]).ok();
    assert!(s.holds().2.is_zero());
}

/// Everything within one message: deposit, sell, buy, add, remove, redeem.
#[test]
fn failure_05_everything_in_one_message_gains_nothing() {
    let stage = Stage::new();
    let pool_id = stage.w.wiring.pool;
    let none = TokenAmount::zero;
    let redeem = |n| Stage::to::<pool::Redeem>(pool_id, &pool::RedeemParams { shares: fil(n), min_amount: none() });
    let sequences: Vec<Vec<CallSpec>> = vec![
        vec![stage.sell(100), stage.buy(90), redeem(90)],
        vec![stage.buy(100), redeem(100), stage.sell(100)],
        vec![stage.add(900), stage.sell(300), stage.remove(500)],
        vec![stage.add(500), stage.buy(300), stage.remove(300), stage.sell(300)],
        vec![stage.remove(100), stage.buy(50), stage.add(50), stage.sell(80)],
    ];
    for (i, calls) in sequences.into_iter().enumerate() {
        let mut s = stage.fork();
        let before = s.worth();
        s.calls(calls).ok();
        assert!(s.worth() <= before, "sequence {i}: {before} to {}", s.worth());
    }
}
