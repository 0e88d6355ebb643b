//! A proxy on a MockHost, with a pool, miners and people around it that answer as each test says. Every call goes through the
//! dispatcher, and every invariant is checked after it.
#![allow(dead_code)]

pub mod losses;

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use num_traits::Zero;
pub use peggy_harness::*;
use peggy_interfaces::miner::{
    self, ActiveBeneficiary, BeneficiaryTerm, GetBeneficiaryReturn, GetOwnerReturn, GetVestingFundsReturn,
    WithdrawBalanceParams,
};
use peggy_interfaces::owner_proxy::{self as api, ConstructorParams, KeeperCut, MinerInfo, MinerParams};
use peggy_interfaces::pool::{
    CreditBond, CreditBondParams, CreditBondReturn, ExitDemand, ExitDemandReturn, GetBond, GetBondReturn, GetTotals,
    MinerTotals, Settle, SettleParams, SettleReturn,
};
use peggy_math::Bps;
use peggy_owner_proxy::invoke;
use peggy_owner_proxy::network::{STORAGE_MINER_TYPE, WORKER_CHANGE_DELAY};
use peggy_owner_proxy::state::State;
use peggy_owner_proxy::testing::check_state_invariants;
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::{encode, ActorError, Findings, Method, Runtime};

pub const PROXY: ActorID = WIRING.owner_proxy;
pub const POOL: ActorID = WIRING.pool;
pub const GOVERNANCE: ActorID = WIRING.governance;
pub const OLD_OWNER: ActorID = 103;
pub const MINER: ActorID = 2000;
pub const DELAY: ChainEpoch = WORKER_CHANGE_DELAY;

/// What the pool is told of `MINER`, when no FIL comes and nothing is lost.
pub fn report(miner_impaired_net: TokenAmount, totals: MinerTotals) -> SettleParams {
    SettleParams {
        miner: Some(MINER),
        operator: OPERATOR,
        home: fil(0),
        legacy: fil(0),
        lost: fil(0),
        miner_impaired_net,
        totals,
    }
}

pub fn keeper_cut() -> KeeperCut {
    KeeperCut { bps: Bps(100), cap: fil(1) }
}

pub fn constructor(keeper_cut: KeeperCut) -> ConstructorParams {
    ConstructorParams { deployer: id(DEPLOYER), operator: id(OPERATOR), keeper_cut }
}

/// What a miner answers when it is measured.
#[derive(Debug, Clone)]
pub struct Health {
    pub balance: TokenAmount,
    pub available: TokenAmount,
    pub vesting: Vec<(ChainEpoch, TokenAmount)>,
    pub pledge: TokenAmount,
}

impl Health {
    /// Pledged, free, and vesting far in the future; whole FIL.
    pub fn of(pledge: i64, free: i64, vesting: i64) -> Self {
        Self {
            balance: fil(pledge + free + vesting),
            available: fil(free),
            vesting: vec![(1_000_000, fil(vesting))],
            pledge: fil(pledge),
        }
    }
}

pub struct Proxy {
    pub host: MockHost,
}

impl Harness for Proxy {
    type State = State;
    type Summary = ();
    const OWN: ActorID = PROXY;

    fn host(&self) -> &MockHost {
        &self.host
    }
    fn invoke(rt: &Runtime<&MockHost>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
        invoke(rt, params)
    }
    fn invariants(&self, state: &State, rt: &Runtime<&MockHost>) -> ((), Findings) {
        ((), check_state_invariants(state, |cid| rt.store().load(cid, "books")))
    }
}

impl Proxy {
    /// Without a state, early enough for round numbers of epochs.
    pub fn blank() -> Self {
        let host = host_of(PROXY, &[OLD_OWNER]);
        host.set_epoch(10);
        host.set_builtin_type(code("miner"), STORAGE_MINER_TYPE);
        Self { host }
    }

    pub fn unwired() -> Self {
        let h = Self::blank();
        h.construct(&constructor(keeper_cut())).unwrap();
        h
    }

    pub fn new() -> Self {
        let h = Self::unwired();
        h.call::<api::Wire>(DEPLOYER, &WIRING).unwrap();
        h.host.take_events();
        h
    }

    /// A proxy that holds a miner with this health, taken at this epoch.
    pub fn holding(health: &Health) -> Self {
        let h = Self::new();
        h.take(MINER, health);
        h
    }

    pub fn totals(&self) -> MinerTotals {
        self.state().totals()
    }

    pub fn miner(&self, miner: ActorID) -> MinerInfo {
        self.call::<api::GetMiner>(STRANGER, &MinerParams { miner: id(miner) }).unwrap()
    }

    pub fn harvest(&self, caller: ActorID) -> Result<api::HarvestReturn, ActorError> {
        self.call::<api::Harvest>(caller, &MinerParams { miner: id(MINER) })
    }

    // --- what others answer --------------------------------------------------------------------------------------

    /// RepayDebt and the getters.
    pub fn expect_reading(&self, miner: ActorID, health: &Health) {
        self.host.set_balance(miner, health.balance.clone());
        self.expect::<miner::RepayDebt>(miner, &(), Ok(()));
        self.expect_query::<miner::GetAvailableBalance>(miner, &(), Ok(health.available.clone()));
        let vesting_funds = health.vesting.clone();
        self.expect_query::<miner::GetVestingFunds>(miner, &(), Ok(GetVestingFundsReturn { vesting_funds }));
        self.expect_query::<miner::InitialPledge>(miner, &(), Ok(health.pledge.clone()));
    }

    /// WithdrawBalance: what is asked, what the miner says it paid, and what arrives.
    pub fn expect_withdrawal(
        &self,
        miner: ActorID,
        asked: &TokenAmount,
        answer: Result<TokenAmount, ExitCode>,
        arrives: &TokenAmount,
    ) {
        let params = WithdrawBalanceParams { amount_requested: asked.clone() };
        self.expect_bringing::<miner::WithdrawBalance>(miner, &params, answer, arrives.clone());
    }

    /// A withdrawal that goes as it should.
    pub fn expect_paid(&self, miner: ActorID, amount: &TokenAmount) {
        self.expect_withdrawal(miner, amount, Ok(amount.clone()), amount);
    }

    /// A Settle with this value, and any parameters if none are named; no bond absorbs anything.
    pub fn expect_settle(&self, value: &TokenAmount, params: Option<SettleParams>) {
        self.expect_settle_absorbing(value, params, &fil(0));
    }

    /// The same, and the pool's bond absorbs this much of the loss.
    pub fn expect_settle_absorbing(&self, value: &TokenAmount, params: Option<SettleParams>, absorbed: &TokenAmount) {
        self.host.expect(Self::settle(value, params, absorbed));
    }

    pub fn settle(value: &TokenAmount, params: Option<SettleParams>, absorbed: &TokenAmount) -> Expected {
        let params = params.map(|p| encode(&p, "").unwrap());
        let answer = encode(&SettleReturn { written_off: absorbed.clone() }, "").unwrap();
        let answer = Ok((ExitCode::OK, answer));
        Expected { to: id(POOL), method: Settle::NUMBER, params, value: value.clone(), answer }
    }

    /// The pool is asked, read-only, what exits need beyond its liquid FIL.
    pub fn expect_demand(&self, unmet: &TokenAmount) {
        let zero = TokenAmount::zero;
        let demand = unmet.clone();
        let answer =
            ExitDemandReturn { shares: zero(), demand, unmet: unmet.clone(), exits_owed: zero(), first: 0, next: 0 };
        self.expect_query::<ExitDemand>(POOL, &(), Ok(answer));
    }

    pub fn expect_owner(&self, miner: ActorID, owner: ActorID, proposed: Option<ActorID>) {
        let answer = GetOwnerReturn { owner: id(owner), proposed: proposed.map(id) };
        self.expect_query::<miner::GetOwner>(miner, &(), Ok(answer));
    }

    pub fn expect_beneficiary(
        &self,
        miner: ActorID,
        beneficiary: ActorID,
        proposed: Option<miner::PendingBeneficiaryChange>,
    ) {
        let term = BeneficiaryTerm { quota: fil(0), used_quota: fil(0), expiration: 0 };
        let active = ActiveBeneficiary { beneficiary: id(beneficiary), term };
        self.expect_query::<miner::GetBeneficiary>(miner, &(), Ok(GetBeneficiaryReturn { active, proposed }));
    }

    /// What the pool says of its shares and its bond.
    pub fn expect_holders(&self, shares: i64, bond: i64) {
        let miners = MinerTotals::default();
        let zero = TokenAmount::zero;
        let totals = peggy_interfaces::pool::GetTotalsReturn {
            shares: fil(shares),
            queued: zero(),
            dead: zero(),
            liquid: zero(),
            miners,
            nav: zero(),
            entry_nav: zero(),
            rewards_owed: zero(),
            fees_owed: zero(),
            exits_owed: zero(),
            stream: zero(),
            stream_end: 0,
            untracked: zero(),
            paused_until: 0,
        };
        self.expect_query::<GetTotals>(POOL, &(), Ok(totals));
        self.expect_query::<GetBond>(POOL, &(), Ok(GetBondReturn { shares: fil(bond), owners: vec![] }));
    }

    pub fn expect_credit(&self, miner: ActorID, backing: &TokenAmount, totals: MinerTotals) {
        let params = CreditBondParams { owner: OPERATOR, miner, backing: backing.clone(), totals };
        self.expect::<CreditBond>(POOL, &params, Ok(CreditBondReturn { shares: backing.clone() }));
    }

    /// Everything up to and including the confirmation of a hand-over that is in order.
    pub fn expect_handover(&self, miner: ActorID) {
        self.expect_holders(0, 0);
        self.expect_approved_handover(miner);
    }

    /// The same for a miner governance approved: nobody asks who holds shares.
    pub fn expect_approved_handover(&self, miner: ActorID) {
        self.host.set_code(miner, code("miner"));
        self.expect_owner(miner, OLD_OWNER, Some(PROXY));
        self.expect_beneficiary(miner, OLD_OWNER, None);
        self.expect::<miner::ChangeOwnerAddress>(miner, &id(PROXY), Ok(()));
    }

    /// Takes a miner, all in order. All its balance but what vests is backing.
    pub fn take(&self, miner: ActorID, health: &Health) {
        self.expect_handover(miner);
        self.finish_taking(miner, health);
    }

    /// The rest of [`Proxy::take`], after the hand-over.
    pub fn finish_taking(&self, miner: ActorID, health: &Health) {
        self.expect_owner(miner, PROXY, None);
        self.expect_beneficiary(miner, PROXY, None);
        self.expect::<miner::ConfirmChangeWorkerAddress>(miner, &(), Ok(()));
        self.expect_reading(miner, health);
        self.expect_withdrawal(miner, &fil(0), Ok(fil(0)), &fil(0));
        let mut backing = health.balance.clone();
        for (_, amount) in &health.vesting {
            backing -= amount;
        }
        let mut totals = self.totals();
        totals.principal += &backing;
        if !backing.is_zero() {
            totals.oldest_measurement = totals.oldest_measurement.or(Some(self.epoch()));
            self.expect_credit(miner, &backing, totals);
        }
        let returned = self.call::<api::TakeOwner>(OPERATOR, &MinerParams { miner: id(miner) }).unwrap();
        assert_eq!(returned.backing, backing);
        self.check();
        self.host.take_events();
    }
}
