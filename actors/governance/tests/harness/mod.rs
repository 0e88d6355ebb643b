//! A wired governance on the mock host, with a pool and an nft-share around it that answer from a table of holders. Every call goes
//! through the dispatcher; after each one every invariant is checked, and what was pinned is compared with what is pinned now.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{RawBytes, CBOR};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_governance::invoke;
use peggy_governance::state::State;
use peggy_governance::testing::{check_state_invariants, Summary};
pub use peggy_harness::*;
use peggy_interfaces::governance::{self as api, limits, *};
use peggy_interfaces::owner_proxy::{KeeperCut, SetKeeperCut, SetOperator, SetOperatorParams};
use peggy_interfaces::pool::{
    BondOwner, ExitDemand, ExitDemandReturn, GetBond, GetBondReturn, Pause, PauseParams, SlashBond, SlashBondParams,
    VoteSnapshot, VoteSnapshotReturn, VotesAt, VotesAtParams, VotesAtReturn,
};
use peggy_math::Bps;
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::{encode, ActorError, Findings, Method, Runtime, UpgradeParams};

pub const OWN: ActorID = WIRING.governance;
pub const GUARDIAN: ActorID = 101;
pub const DAY: i64 = limits::DAY;

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

impl Harness for Gov {
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
        let (summary, mut findings) = check_state_invariants(state, &rt.store(), rt.epoch());
        findings.merge("since the last check", summary.check_since(&self.last.borrow()));
        *self.last.borrow_mut() = summary.clone();
        (summary, findings)
    }
    /// The verbs here expect all that success takes.
    fn failed(&self) {
        self.host.forget_expected();
    }
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
        Self { host: host_of(OWN, &[GUARDIAN]), world: RefCell::default(), last: RefCell::default() }
    }

    pub fn unwired() -> Self {
        let gov = Self::blank();
        gov.construct(&constructor()).unwrap();
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
        self.expect_query::<VoteSnapshot>(source, &(), Ok(answer));
        (snapshot, supply)
    }

    pub fn expect_votes(&self, sources: &[(ActorID, Cid)], voter: ActorID) {
        for (source, snapshot) in sources {
            let votes = self.world.borrow().taken[snapshot].get(&voter).cloned().unwrap_or_default();
            let params = VotesAtParams { snapshot: *snapshot, account: id(voter) };
            self.expect_query::<VotesAt>(*source, &params, Ok(VotesAtReturn { votes }));
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
        self.expect_query::<GetBond>(WIRING.pool, &(), Ok(GetBondReturn { shares, owners: owners.collect() }));
    }

    pub fn expect_exits(&self) {
        let (first, next) = self.world.borrow().exits;
        let none = TokenAmount::zero;
        let answer =
            ExitDemandReturn { shares: none(), demand: none(), unmet: none(), exits_owed: none(), first, next };
        self.expect_query::<ExitDemand>(WIRING.pool, &(), Ok(answer));
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
