//! A wired governance on the mock host, with a pool and an nft-share around it that answer from a table of holders. Every call goes
//! through the dispatcher; after each one every invariant is checked, and what was pinned is compared with what is pinned now.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{RawBytes, CBOR};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, METHOD_CONSTRUCTOR};
use num_traits::Zero;
use peggy_governance::invoke;
use peggy_governance::state::State;
use peggy_governance::testing::{check_state_invariants, Summary};
use peggy_interfaces::common::Wiring;
use peggy_interfaces::governance::{self as api, limits, *};
use peggy_interfaces::owner_proxy::{KeeperCut, SetKeeperCut, SetOperator, SetOperatorParams};
use peggy_interfaces::pool::{
    BondOwner, ExitDemand, ExitDemandReturn, GetBond, GetBondReturn, Pause, PauseParams, SlashBond, SlashBondParams,
    VoteSnapshot, VoteSnapshotReturn, VotesAt, VotesAtParams, VotesAtReturn,
};
use peggy_math::Bps;
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::{encode, ActorError, Host, Method, Runtime, UpgradeParams};

pub const WIRING: Wiring = Wiring { owner_proxy: 1001, pool: 1002, nft_share: 1003, liquidity: 1004, governance: 1005 };
pub const OWN: ActorID = WIRING.governance;
pub const INIT: ActorID = 1;
pub const DEPLOYER: ActorID = 100;
pub const GUARDIAN: ActorID = 101;
pub const OPERATOR: ActorID = 110;
pub const ALICE: ActorID = 201;
pub const BOB: ActorID = 202;
pub const CAROL: ActorID = 203;
pub const STRANGER: ActorID = 299;
pub const DAY: i64 = limits::DAY;
/// The first epoch of every test.
pub const START: i64 = 100_000;

type Holders = BTreeMap<ActorID, TokenAmount>;

/// What pool and nft-share would answer.
#[derive(Default, Clone)]
pub struct World {
    /// Shares held directly.
    pub shares: Holders,
    /// Shares in positions.
    pub positions: Holders,
    /// Bond shares.
    pub bond: Holders,
    /// The first exit ticket that waits, and the number the next one gets.
    pub exits: (u64, u64),
    /// Snapshots taken: what they say.
    pub taken: BTreeMap<Cid, Holders>,
}

pub struct Gov {
    pub host: MockHost,
    pub world: RefCell<World>,
    last: RefCell<Summary>,
}

pub fn fil(n: i64) -> TokenAmount {
    TokenAmount::from_whole(n)
}
pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

pub fn constructor() -> ConstructorParams {
    ConstructorParams { deployer: id(DEPLOYER), guardian: Some(id(GUARDIAN)), settings: DEFAULT_SETTINGS }
}

pub fn action<M: Method>(to: ActorID, params: &M::Params) -> Action {
    let data = encode(params, "").unwrap().map_or_else(Vec::new, |block| block.data);
    Action { to: id(to), method: M::NUMBER, params: RawBytes::new(data), value: TokenAmount::zero() }
}

/// Ordinary.
pub fn keeper_cut() -> Action {
    action::<SetKeeperCut>(WIRING.owner_proxy, &KeeperCut { bps: Bps(1), cap: fil(1) })
}
/// Ordinary.
pub fn set_operator() -> Action {
    action::<SetOperator>(WIRING.owner_proxy, &SetOperatorParams { operator: id(ALICE) })
}
/// Critical.
pub fn slash() -> Action {
    action::<SlashBond>(WIRING.pool, &SlashBondParams { owner: id(OPERATOR), shares: fil(1) })
}
/// Ordinary, and no concern of the bond.
pub fn pause() -> Action {
    action::<Pause>(WIRING.pool, &PauseParams { epochs: 10 })
}
pub fn upgrade_of(actor: ActorID) -> Action {
    let params = UpgradeParams {
        new_code: code("new"),
        old_code: code(&format!("code of {actor}")),
        old_schema: 1,
        migration_params: RawBytes::default(),
    };
    action::<api::Upgrade>(actor, &params)
}

impl Gov {
    /// A host with everybody on chain, and no state.
    pub fn blank() -> Self {
        let host = MockHost::new(OWN);
        let people = [INIT, DEPLOYER, GUARDIAN, OPERATOR, ALICE, BOB, CAROL, STRANGER];
        for id in people.into_iter().chain(WIRING.all()) {
            host.add_actor(id);
        }
        host.set_epoch(START);
        Self { host, world: RefCell::default(), last: RefCell::default() }
    }

    pub fn unwired() -> Self {
        let gov = Self::blank();
        gov.raw(INIT, METHOD_CONSTRUCTOR, TokenAmount::zero(), encode(&constructor(), "").unwrap()).unwrap();
        gov
    }

    pub fn wired() -> Self {
        let gov = Self::unwired();
        gov.call::<Wire>(DEPLOYER, &WIRING).unwrap();
        gov.host.take_events();
        gov
    }

    /// Alice holds 60 shares, Bob 30, Carol a position of 10.
    pub fn new() -> Self {
        let gov = Self::wired();
        gov.hold(ALICE, 60);
        gov.hold(BOB, 30);
        gov.hold_position(CAROL, 10);
        gov
    }

    // --- calls ---

    pub fn raw(
        &self,
        caller: ActorID,
        method: u64,
        value: TokenAmount,
        params: Option<IpldBlock>,
    ) -> Result<Option<IpldBlock>, ActorError> {
        self.host.call(caller, method, value, |rt| invoke(rt, params))
    }

    /// A call; what was expected of it must have come, unless it failed. Checks every invariant afterwards.
    pub fn call<M: Method>(&self, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        self.call_as::<M>(M::NAME, caller, params)
    }

    fn call_as<M: Method>(&self, what: &str, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        let root = (&self.host).root();
        let result = self.raw(caller, M::NUMBER, TokenAmount::zero(), encode(params, what).unwrap());
        if result.is_err() {
            self.host.forget_expected();
            assert_eq!((&self.host).root(), root, "a message that failed changed the state");
        } else {
            self.host.verify();
        }
        self.check();
        peggy_runtime::decode_params(result?, what)
    }

    pub fn code<M: Method>(&self, caller: ActorID, params: &M::Params) -> u32 {
        self.call::<M>(caller, params).map_or_else(|e| e.code().value(), |_| 0)
    }

    pub fn check(&self) -> Summary {
        let summary = self.look(|state, rt| {
            let (summary, findings) = check_state_invariants(state, &rt.store(), rt.epoch());
            assert!(findings.is_clean(), "{findings}\n{state:#?}");
            summary
        });
        let findings = summary.check_since(&self.last.borrow());
        assert!(findings.is_clean(), "{findings}");
        *self.last.borrow_mut() = summary.clone();
        summary
    }

    fn look<T>(&self, f: impl FnOnce(&State, &Runtime<&MockHost>) -> T) -> T {
        self.host.call(STRANGER, 0, TokenAmount::zero(), |rt| Ok(f(&rt.state::<State>()?, rt))).unwrap()
    }

    pub fn state(&self) -> State {
        self.look(|state, _| state.clone())
    }

    pub fn kinds(&self) -> Vec<String> {
        let kind = |e: fvm_shared::event::ActorEvent| fvm_ipld_encoding::from_slice(&e.entries[0].value).unwrap();
        self.host.take_events().into_iter().map(kind).collect()
    }

    pub fn epoch(&self) -> i64 {
        (&self.host).epoch()
    }
    pub fn pass(&self, epochs: i64) {
        self.host.set_epoch(self.epoch() + epochs);
    }
    pub fn at(&self, epoch: i64) {
        self.host.set_epoch(epoch);
    }

    // --- the world ---

    pub fn hold(&self, who: ActorID, shares: i64) {
        self.world.borrow_mut().shares.insert(who, fil(shares));
    }
    pub fn hold_position(&self, who: ActorID, shares: i64) {
        let mut world = self.world.borrow_mut();
        world.positions.insert(who, fil(shares));
        let all = world.positions.values().fold(TokenAmount::zero(), |a, b| a + b);
        world.shares.insert(WIRING.nft_share, all);
    }
    pub fn bond(&self, who: ActorID, shares: i64) {
        self.world.borrow_mut().bond.insert(who, fil(shares));
    }
    pub fn exits(&self, first: u64, next: u64) {
        self.world.borrow_mut().exits = (first, next);
    }

    // --- answers of pool and nft-share ---

    pub fn expect_query<M: Method>(&self, to: ActorID, params: &M::Params, answer: &M::Return) {
        self.host.expect_query(Expected {
            to: id(to),
            method: M::NUMBER,
            params: Some(encode(params, "").unwrap()),
            value: TokenAmount::zero(),
            answer: Ok((ExitCode::OK, encode(answer, "").unwrap())),
        });
    }

    pub fn expect_failing_query<M: Method>(&self, to: ActorID, exit_code: u32) {
        self.host.expect_query(Expected {
            to: id(to),
            method: M::NUMBER,
            params: None,
            value: TokenAmount::zero(),
            answer: Ok((ExitCode::new(exit_code), None)),
        });
    }

    pub fn expect_snapshot(&self, source: ActorID) -> (Cid, TokenAmount) {
        let holders = {
            let world = self.world.borrow();
            if source == WIRING.pool {
                world.shares.clone()
            } else {
                world.positions.clone()
            }
        };
        let snapshot = code(&format!("{source} {holders:?}"));
        let supply = holders.values().fold(TokenAmount::zero(), |a, b| a + b);
        self.world.borrow_mut().taken.insert(snapshot, holders);
        let answer = VoteSnapshotReturn { snapshot, epoch: self.epoch() - 1, supply: supply.clone() };
        self.expect_query::<VoteSnapshot>(source, &(), &answer);
        (snapshot, supply)
    }

    pub fn expect_votes(&self, sources: &[(ActorID, Cid)], voter: ActorID) {
        for (source, snapshot) in sources {
            let votes = self.world.borrow().taken[snapshot].get(&voter).cloned().unwrap_or_default();
            let params = VotesAtParams { snapshot: *snapshot, account: id(voter) };
            self.expect_query::<VotesAt>(*source, &params, &VotesAtReturn { votes });
        }
    }

    /// Both sources as they are now, and an account's votes at them.
    pub fn expect_now(&self, voter: Option<ActorID>) {
        let (pool, _) = self.expect_snapshot(WIRING.pool);
        let (positions, wrapped) = self.expect_snapshot(WIRING.nft_share);
        let mut sources = vec![(WIRING.pool, pool)];
        if wrapped.is_positive() {
            self.expect_votes(&sources, WIRING.nft_share);
            // Positions that claim more than is wrapped are not asked.
            let held = self.world.borrow().shares.get(&WIRING.nft_share).cloned().unwrap_or_default();
            if wrapped <= held {
                sources.push((WIRING.nft_share, positions));
            }
        }
        if let Some(voter) = voter {
            self.expect_votes(&sources, voter);
        }
    }

    /// An account's votes at what was pinned; nothing if nothing was.
    pub fn expect_then(&self, proposal: u64, voter: ActorID) {
        let pinned: Vec<_> = match self.last.borrow().polls.get(&proposal) {
            Some(poll) => poll.sources.iter().map(|source| (source.actor, source.snapshot)).collect(),
            None => Vec::new(),
        };
        self.expect_votes(&pinned, voter);
    }

    pub fn expect_bond(&self) {
        let world = self.world.borrow().clone();
        let owners = world.bond.iter().map(|(owner, shares)| BondOwner {
            owner: *owner,
            shares: shares.clone(),
            rewards: TokenAmount::zero(),
            unlock_at: 0,
        });
        let shares = world.bond.values().fold(TokenAmount::zero(), |a, b| a + b);
        self.expect_query::<GetBond>(WIRING.pool, &(), &GetBondReturn { shares, owners: owners.collect() });
    }

    pub fn expect_exits(&self) {
        let (first, next) = self.world.borrow().exits;
        let none = TokenAmount::zero;
        let answer =
            ExitDemandReturn { shares: none(), demand: none(), unmet: none(), exits_owed: none(), first, next };
        self.expect_query::<ExitDemand>(WIRING.pool, &(), &answer);
    }

    pub fn expect_action(&self, action: &Action, exit_code: u32) {
        self.host.expect(called(action, exit_code));
    }

    // --- what people do ---

    pub fn propose(&self, who: ActorID, actions: Vec<Action>) -> Result<u64, ActorError> {
        self.propose_as(who, ProposeParams { title: "A change".into(), description: "Why".into(), actions })
    }
    pub fn propose_as(&self, who: ActorID, params: ProposeParams) -> Result<u64, ActorError> {
        self.expect_now(Some(who));
        self.call::<Propose>(who, &params).map(|r| r.id)
    }
    pub fn activate(&self, proposal: u64) -> Result<ActivateReturn, ActorError> {
        self.expect_now(None);
        self.expect_bond();
        self.call::<Activate>(STRANGER, &ProposalParams { id: proposal })
    }
    pub fn vote(&self, who: ActorID, proposal: u64, choice: Choice) -> Result<TokenAmount, ActorError> {
        self.expect_then(proposal, who);
        self.call::<Vote>(who, &VoteParams { id: proposal, choice, reason: None }).map(|r| r.votes)
    }
    pub fn recount(&self, proposal: u64, voter: ActorID) -> Result<RecountReturn, ActorError> {
        self.expect_now(Some(voter));
        self.call::<Recount>(STRANGER, &RecountParams { id: proposal, voter: id(voter) })
    }
    pub fn consent(&self, who: ActorID, proposal: u64) -> Result<ConsentReturn, ActorError> {
        self.call::<Consent>(who, &ProposalParams { id: proposal })
    }
    pub fn queue(&self, proposal: u64) -> Result<QueueReturn, ActorError> {
        let upgrade = (1..=self.state().count).contains(&proposal) && self.get(proposal).class.upgrade;
        if upgrade {
            self.expect_exits();
        }
        self.call::<Queue>(STRANGER, &ProposalParams { id: proposal })
    }
    pub fn veto(&self, who: ActorID, proposal: u64) -> Result<VetoReturn, ActorError> {
        self.expect_then(proposal, who);
        self.expect_now(Some(who));
        self.call::<Veto>(who, &ProposalParams { id: proposal })
    }
    /// Executes a proposal whose actions all succeed.
    pub fn execute(&self, proposal: u64) -> Result<ExecuteReturn, ActorError> {
        for action in self.get(proposal).actions {
            self.expect_action(&action, 0);
        }
        self.call::<Execute>(STRANGER, &ProposalParams { id: proposal })
    }
    pub fn cancel(&self, who: ActorID, proposal: u64) -> Result<(), ActorError> {
        self.call::<Cancel>(who, &ProposalParams { id: proposal })
    }
    pub fn get(&self, proposal: u64) -> Proposal {
        self.call::<GetProposal>(STRANGER, &ProposalParams { id: proposal }).unwrap()
    }
    pub fn stage(&self, proposal: u64) -> api::State {
        self.get(proposal).state
    }
    pub fn receipt(&self, proposal: u64, voter: ActorID) -> Option<Receipt> {
        self.call::<GetReceipt>(STRANGER, &GetReceiptParams { id: proposal, voter: id(voter) }).unwrap()
    }

    // --- shortcuts through the course of a proposal ---

    /// Proposed by Alice.
    pub fn pending(&self, actions: Vec<Action>) -> u64 {
        self.propose(ALICE, actions).unwrap()
    }
    /// Its vote open.
    pub fn active(&self, actions: Vec<Action>) -> u64 {
        let proposal = self.pending(actions);
        self.pass(DEFAULT_SETTINGS.voting_delay);
        self.activate(proposal).unwrap();
        proposal
    }
    /// To the first epoch after its vote.
    pub fn close(&self, proposal: u64) {
        self.at(self.get(proposal).ends.unwrap() + 1);
    }
    /// Alice and Bob for it.
    pub fn succeeded(&self, actions: Vec<Action>) -> u64 {
        let proposal = self.active(actions);
        self.vote(ALICE, proposal, Choice::For).unwrap();
        self.vote(BOB, proposal, Choice::For).unwrap();
        self.close(proposal);
        assert_eq!(self.stage(proposal), api::State::Succeeded);
        proposal
    }
    pub fn queued(&self, actions: Vec<Action>) -> u64 {
        let proposal = self.succeeded(actions);
        self.queue(proposal).unwrap();
        proposal
    }
    /// At the first epoch in which it can be executed.
    pub fn due(&self, actions: Vec<Action>) -> u64 {
        let proposal = self.queued(actions);
        self.at(self.get(proposal).queued.unwrap().execute_from);
        proposal
    }
}

/// The call of an action, and its exit code.
pub fn called(action: &Action, exit_code: u32) -> Expected {
    let data = action.params.bytes().to_vec();
    Expected {
        to: action.to,
        method: action.method,
        params: Some((!data.is_empty()).then_some(IpldBlock { codec: CBOR, data })),
        value: action.value.clone(),
        answer: Ok((ExitCode::new(exit_code), None)),
    }
}

/// The exit code of what must fail.
pub fn refused<T: std::fmt::Debug>(result: Result<T, ActorError>) -> u32 {
    result.unwrap_err().code().value()
}
