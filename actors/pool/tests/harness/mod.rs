//! A wired pool on the mock host. Every call goes through the dispatcher, and every invariant is checked after it.
#![allow(dead_code, clippy::unwrap_used)]

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use num_traits::Zero;
pub use peggy_harness::*;
use peggy_interfaces::frc46;
use peggy_interfaces::owner_proxy::{GetConfig, GetConfigReturn, KeeperCut, Sync, SyncParams, SyncReturn};
use peggy_interfaces::pool::*;
use peggy_math::Bps;
use peggy_pool::invoke;
use peggy_pool::state::State;
use peggy_pool::testing::{check_state_invariants, Summary};
use peggy_runtime::mock::{Expected, MockHost};
use peggy_runtime::{ActorError, Findings, Runtime};

pub const DATASET: ActorID = 301;
pub const DEVICE: ActorID = 302;
pub const MINER: ActorID = 2000;

pub struct Pool {
    pub host: MockHost,
}

impl Harness for Pool {
    type State = State;
    type Summary = Summary;
    const OWN: ActorID = WIRING.pool;

    fn host(&self) -> &MockHost {
        &self.host
    }
    fn invoke(rt: &Runtime<&MockHost>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
        invoke(rt, params)
    }
    fn invariants(&self, state: &State, rt: &Runtime<&MockHost>) -> (Summary, Findings) {
        check_state_invariants(state, &rt.store(), WIRING.pool, &rt.balance(), rt.epoch())
    }
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
        Self { host: host_of(WIRING.pool, &[DATASET, DEVICE, MINER]) }
    }

    /// Constructed, not wired.
    pub fn unwired(terms: TermsParams) -> Result<Self, ActorError> {
        let pool = Self::blank();
        pool.construct(&constructor(terms))?;
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
    answer::<GetConfig>(WIRING.owner_proxy, &(), Ok(config))
}

/// The call of the proxy's `Sync(2)`.
pub fn sync(exit_code: ExitCode) -> Expected {
    let measured = if exit_code.is_success() { Ok(SyncReturn { measured: 1 }) } else { Err(exit_code) };
    answer::<Sync>(WIRING.owner_proxy, &SyncParams { max_miners: 2 }, measured)
}
