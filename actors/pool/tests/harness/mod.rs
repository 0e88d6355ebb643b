//! A wired pool on the mock host. Every call goes through the dispatcher, and every invariant is checked after it.
#![allow(dead_code, clippy::unwrap_used)]

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, METHOD_CONSTRUCTOR};
use num_traits::Zero;
use peggy_interfaces::common::Wiring;
use peggy_interfaces::owner_proxy::{GetConfig, GetConfigReturn, KeeperCut, Sync, SyncParams, SyncReturn};
use peggy_interfaces::pool::*;
use peggy_interfaces::{frc46, receiver};
use peggy_math::Bps;
use peggy_pool::invoke;
use peggy_pool::state::State;
use peggy_pool::testing::{check_state_invariants, Summary};
use peggy_runtime::mock::{Expected, MockHost};
use peggy_runtime::{encode, ActorError, Host, Method};

pub const WIRING: Wiring = Wiring { owner_proxy: 1001, pool: 1002, nft_share: 1003, liquidity: 1004, governance: 1005 };
pub const INIT: ActorID = 1;
pub const DEPLOYER: ActorID = 100;
pub const OPERATOR: ActorID = 110;
pub const ALICE: ActorID = 201;
pub const BOB: ActorID = 202;
pub const CAROL: ActorID = 203;
pub const STRANGER: ActorID = 299;
pub const DATASET: ActorID = 301;
pub const DEVICE: ActorID = 302;
pub const MINER: ActorID = 2000;
/// The first epoch of every test.
pub const START: i64 = 100_000;

pub struct Pool {
    pub host: MockHost,
}

/// Whole FIL.
pub fn fil(n: i64) -> TokenAmount {
    TokenAmount::from_whole(n)
}
pub fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}
pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

/// Terms that get in nobody's way; 10% of fees.
pub fn easy_terms() -> TermsParams {
    let fee =
        |label: &str, recipient, bps| FeeParams { label: label.to_owned(), recipient: id(recipient), bps: Bps(bps) };
    TermsParams {
        fees: vec![fee("operator", OPERATOR, 700), fee("dataset", DATASET, 200), fee("device", DEVICE, 100)],
        min_deposit: TokenAmount::zero(),
        min_ticket: TokenAmount::zero(),
        cap: fil(1_000_000),
        max_idle: fil(1_000_000),
        reserve_bps: Bps(0),
        reward_period: 20_160,
        exit_cooldown: 0,
        max_staleness_in: 2_880,
        max_staleness_out: 0,
        min_bond_bps: Bps(0),
        bond_period: 259_200,
    }
}

pub fn constructor(terms: TermsParams) -> ConstructorParams {
    ConstructorParams { deployer: id(DEPLOYER), name: "Peggy".into(), symbol: "PEG".into(), terms }
}

impl Pool {
    /// A host with everybody on chain, and no state.
    pub fn blank() -> Self {
        let host = MockHost::new(WIRING.pool);
        let people = [INIT, DEPLOYER, OPERATOR, ALICE, BOB, CAROL, STRANGER, DATASET, DEVICE, MINER];
        for id in people.into_iter().chain(WIRING.all()) {
            host.add_actor(id);
            host.set_balance(id, fil(1_000_000));
        }
        host.set_balance(WIRING.pool, TokenAmount::zero());
        host.set_epoch(START);
        Self { host }
    }

    /// Constructed, not wired.
    pub fn unwired(terms: TermsParams) -> Result<Self, ActorError> {
        let pool = Self::blank();
        pool.raw(INIT, METHOD_CONSTRUCTOR, TokenAmount::zero(), encode(&constructor(terms), "constructor")?)?;
        Ok(pool)
    }

    pub fn with_terms(terms: TermsParams) -> Self {
        let pool = Self::unwired(terms).unwrap();
        pool.call::<Wire>(DEPLOYER, &WIRING).unwrap();
        pool
    }

    pub fn new() -> Self {
        Self::with_terms(easy_terms())
    }

    /// A call of bytes by number.
    pub fn raw(
        &self,
        caller: ActorID,
        method: u64,
        value: TokenAmount,
        params: Option<IpldBlock>,
    ) -> Result<Option<IpldBlock>, ActorError> {
        self.host.call(caller, method, value, |rt| invoke(rt, params))
    }

    /// A call with FIL; checks every invariant afterwards.
    pub fn pay<M: Method>(
        &self,
        caller: ActorID,
        value: TokenAmount,
        params: &M::Params,
    ) -> Result<M::Return, ActorError> {
        let root = (&self.host).root();
        let result = self.raw(caller, M::NUMBER, value, encode(params, M::NAME).unwrap());
        self.host.verify();
        if result.is_err() {
            assert_eq!((&self.host).root(), root, "a message that failed changed the state");
        }
        self.check();
        decode::<M>(result?)
    }

    pub fn call<M: Method>(&self, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        self.pay::<M>(caller, TokenAmount::zero(), params)
    }

    /// A call that must be refused; returns code and sentence.
    pub fn refused<M: Method>(&self, caller: ActorID, value: TokenAmount, params: &M::Params) -> (u32, String)
    where
        M::Return: std::fmt::Debug,
    {
        let e = self.pay::<M>(caller, value, params).unwrap_err();
        (e.code().value(), e.message().to_owned())
    }

    /// Checks invariants from the raw state.
    pub fn check(&self) -> Summary {
        self.look(|state, rt| {
            let (summary, findings) =
                check_state_invariants(state, &rt.store(), WIRING.pool, &rt.balance(), rt.epoch());
            assert!(findings.is_clean(), "{findings}\n{state:#?}");
            summary
        })
    }

    fn look<T>(&self, f: impl FnOnce(&State, &peggy_runtime::Runtime<&MockHost>) -> T) -> T {
        let value = TokenAmount::zero();
        self.host.call(STRANGER, 0, value, |rt| Ok(f(&rt.state::<State>()?, rt))).unwrap()
    }

    pub fn state(&self) -> State {
        self.look(|state, _| state.clone())
    }

    pub fn epoch(&self) -> i64 {
        (&self.host).epoch()
    }
    /// Lets epochs pass.
    pub fn pass(&self, epochs: i64) {
        self.host.set_epoch(self.epoch() + epochs);
    }
    pub fn balance(&self, id: ActorID) -> TokenAmount {
        (&self.host).balance_of(id).unwrap()
    }
    /// FIL sent by method 0.
    pub fn donate(&self, amount: TokenAmount) {
        self.host.set_balance(WIRING.pool, self.balance(WIRING.pool) + amount);
    }

    // --- what people do ---

    pub fn deposit(&self, who: ActorID, value: TokenAmount) -> TokenAmount {
        self.pay::<Deposit>(who, value, &deposit_params()).unwrap().shares
    }
    pub fn redeem(&self, who: ActorID, shares: TokenAmount) -> TokenAmount {
        let params = RedeemParams { shares: shares.clone(), min_amount: TokenAmount::zero() };
        let amount = self.call::<PreviewRedeem>(who, &PreviewRedeemParams { shares }).unwrap().amount;
        self.host.expect_pay(who, amount.clone());
        assert_eq!(self.call::<Redeem>(who, &params).unwrap().amount, amount);
        amount
    }
    pub fn claim(&self, who: ActorID) -> TokenAmount {
        let rewards = self.account(who).rewards;
        if rewards.is_positive() {
            self.host.expect_pay(who, rewards.clone());
        }
        let params = ClaimRewardsParams { to: id(who), amount: None };
        assert_eq!(self.call::<ClaimRewards>(who, &params).unwrap().paid, rewards);
        rewards
    }
    pub fn transfer(&self, from: ActorID, to: ActorID, amount: TokenAmount) -> Result<(), ActorError> {
        self.expect_hook(to, ExitCode::OK);
        let params =
            frc46_token::token::types::TransferParams { to: id(to), amount, operator_data: RawBytes::default() };
        self.call::<frc46::Transfer>(from, &params).map(|_| ())
    }
    pub fn account(&self, who: ActorID) -> GetAccountReturn {
        self.call::<GetAccount>(STRANGER, &GetAccountParams { account: id(who) }).unwrap()
    }
    pub fn totals(&self) -> GetTotalsReturn {
        self.call::<GetTotals>(STRANGER, &()).unwrap()
    }
    pub fn expect_hook(&self, to: ActorID, exit_code: ExitCode) {
        self.host.expect(hook(to, exit_code));
    }

    // --- what the proxy does ---

    /// Books as they are, measured now.
    pub fn books(&self) -> MinerTotals {
        let mut books = self.state().totals.miners;
        books.oldest_measurement = books.principal.is_positive().then(|| self.epoch());
        books
    }
    pub fn pledge(&self, amount: TokenAmount) {
        self.host.expect_pay(WIRING.owner_proxy, amount.clone());
        self.call::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount }).unwrap();
    }
    /// A harvest that brings this reward.
    pub fn reward(&self, reward: TokenAmount) {
        self.settle(reward, TokenAmount::zero(), self.books()).unwrap();
    }
    pub fn settle(
        &self,
        value: TokenAmount,
        home: TokenAmount,
        mut totals: MinerTotals,
    ) -> Result<TokenAmount, ActorError> {
        totals.principal -= &home;
        if totals.principal.is_zero() {
            totals.oldest_measurement = None;
        }
        let params = SettleParams { home, ..settle_params(totals) };
        self.pay::<Settle>(WIRING.owner_proxy, value, &params).map(|r| r.written_off)
    }
    /// A measurement of now that finds so much impaired, and so much of it not healed by vesting rewards.
    pub fn impair(&self, impaired: TokenAmount, impaired_net: TokenAmount) -> TokenAmount {
        let totals = MinerTotals { impaired, impaired_net, ..self.books() };
        self.settle(TokenAmount::zero(), TokenAmount::zero(), totals).unwrap()
    }
    /// A measurement of now that can't be completed, or can again.
    pub fn unsettle(&self, unsettled: u32) {
        let totals = MinerTotals { unsettled, ..self.books() };
        self.settle(TokenAmount::zero(), TokenAmount::zero(), totals).unwrap();
    }

    // --- leaving ---

    pub fn request(&self, who: ActorID, shares: TokenAmount) -> u64 {
        self.call::<RequestExit>(who, &RequestExitParams { shares }).unwrap().ticket
    }
    pub fn finalize(&self, max_tickets: u32) -> FinalizeExitsReturn {
        self.call::<FinalizeExits>(STRANGER, &FinalizeExitsParams { max_tickets }).unwrap()
    }
    pub fn ticket(&self, ticket: u64) -> TicketInfo {
        self.call::<GetTicket>(STRANGER, &TicketParams { ticket }).unwrap()
    }
    /// Claims a ticket for its owner, and checks that all it shows is paid.
    pub fn claim_exit(&self, who: ActorID, ticket: u64) -> TokenAmount {
        let info = self.ticket(ticket);
        let rewards = if info.shares.is_zero() { info.rewards } else { TokenAmount::zero() };
        let paid = info.owed + rewards;
        if paid.is_positive() {
            self.host.expect_pay(who, paid.clone());
        }
        let params = ClaimExitParams { ticket, to: id(who) };
        assert_eq!(self.call::<ClaimExit>(who, &params).unwrap().paid, paid);
        paid
    }
    pub fn demand(&self) -> ExitDemandReturn {
        self.call::<ExitDemand>(STRANGER, &()).unwrap()
    }

    // --- the bond ---

    pub fn bond(&self) -> GetBondReturn {
        self.call::<GetBond>(STRANGER, &()).unwrap()
    }
    /// The operator adds FIL of its own.
    pub fn top_up(&self, value: TokenAmount) -> TokenAmount {
        self.host.expect(operator_is(OPERATOR));
        self.pay::<TopUpBond>(OPERATOR, value, &TopUpBondParams { min_shares: TokenAmount::zero() }).unwrap().shares
    }
    pub fn credit(&self, owner: ActorID, miner: ActorID, backing: TokenAmount) -> Result<TokenAmount, ActorError> {
        let mut totals = self.books();
        totals.principal += &backing;
        if totals.principal.is_positive() {
            totals.oldest_measurement = Some(self.epoch());
        }
        self.call::<CreditBond>(WIRING.owner_proxy, &CreditBondParams { owner, miner, backing, totals })
            .map(|r| r.shares)
    }
}

pub fn deposit_params() -> DepositParams {
    DepositParams { recipient: None, min_shares: TokenAmount::zero() }
}

/// A settlement of nothing by a miner.
pub fn settle_params(totals: MinerTotals) -> SettleParams {
    SettleParams {
        miner: Some(MINER),
        operator: OPERATOR,
        home: TokenAmount::zero(),
        legacy: TokenAmount::zero(),
        lost: TokenAmount::zero(),
        miner_impaired_net: totals.impaired_net.clone(),
        totals,
    }
}

/// The pool asks the proxy who the operator is.
pub fn operator_is(operator: ActorID) -> Expected {
    let keeper_cut = KeeperCut { bps: Bps(0), cap: TokenAmount::zero() };
    let config = GetConfigReturn { operator, keeper_cut, miners: 1, approved: None };
    Expected {
        to: id(WIRING.owner_proxy),
        method: GetConfig::NUMBER,
        params: None,
        value: TokenAmount::zero(),
        answer: Ok((ExitCode::OK, encode(&config, "GetConfig").unwrap())),
    }
}

/// The call of a receiver hook.
pub fn hook(to: ActorID, exit_code: ExitCode) -> Expected {
    Expected {
        to: id(to),
        method: receiver::Receive::NUMBER,
        params: None,
        value: TokenAmount::zero(),
        answer: Ok((exit_code, None)),
    }
}

/// The call of the proxy's `Sync(2)`.
pub fn sync(exit_code: ExitCode) -> Expected {
    Expected {
        to: id(WIRING.owner_proxy),
        method: Sync::NUMBER,
        params: Some(encode(&SyncParams { max_miners: 2 }, "Sync").unwrap()),
        value: TokenAmount::zero(),
        answer: Ok((exit_code, encode(&SyncReturn { measured: 1 }, "Sync").unwrap())),
    }
}

pub fn decode<M: Method>(returned: Option<IpldBlock>) -> Result<M::Return, ActorError> {
    peggy_runtime::decode_params(returned, M::NAME)
}
