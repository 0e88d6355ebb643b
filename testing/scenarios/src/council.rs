//! Governance at work on the real VM.
//!
//! A [`Council`] is a network with the bundle on it and holders with shares. It goes around [`World`]'s second set of books, which
//! follows money: here votes are followed. After every message the invariants of governance and of the pool are checked from raw
//! state, and what was pinned is compared with what is pinned now. Of an actor that was upgraded nothing is checked that only its old
//! code could read.

use std::collections::BTreeMap;

use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use num_traits::Zero;
use peggy_governance::testing::{check_state_invariants, Summary};
use peggy_interfaces::common::{Upgrade, UpgradeParams};
use peggy_interfaces::governance::{self as api, Action, Choice, Proposal, ProposalParams, ProposeParams};
use peggy_interfaces::init::ExecReturn;
use peggy_interfaces::{frc46, pool};
use peggy_localnet::{Key, KeyKind, Network};
use peggy_runtime::{Method, Wiring};

use crate::deploy::Codes;
use crate::events::Event;
use crate::step::Outcome;
use crate::world::{encode, Cast};
use crate::{abi, World};

/// A network with governance to be exercised.
pub struct Council {
    /// The network.
    pub net: Network,
    /// The people.
    pub cast: Cast,
    /// Installed codes.
    pub codes: Codes,
    /// The five actors.
    pub wiring: Wiring,
    /// Governance as it was last seen.
    pub last: Summary,
}

impl Council {
    /// Takes a world over.
    pub fn of(world: World) -> Self {
        let World { net, cast, codes, wiring, .. } = world;
        let mut council = Self { net, cast, codes, wiring, last: Summary::default() };
        council.check("taking over");
        council
    }

    /// A world of the default setup in which these people hold so many whole shares.
    pub fn with(holders: &[(&str, i64)]) -> Self {
        let mut world = World::new();
        for (name, shares) in holders {
            let key = person(&world.cast, name);
            world.deposit(&key, crate::fil(*shares)).ok();
        }
        Self::of(world)
    }

    /// An independent copy.
    pub fn fork(&self) -> Self {
        Self {
            net: self.net.fork().expect("a copy of the network"),
            cast: self.cast.clone(),
            codes: self.codes.clone(),
            wiring: self.wiring,
            last: self.last.clone(),
        }
    }

    /// Somebody's key.
    pub fn key(&self, name: &str) -> Key {
        person(&self.cast, name)
    }

    /// The ID of a key's account.
    pub fn id(&self, key: &Key) -> ActorID {
        self.net.resolve(&key.address()).expect("state reads").expect("the account is on chain")
    }

    /// The epoch of the last tipset.
    pub fn epoch(&self) -> ChainEpoch {
        self.net.epoch()
    }

    /// Any signed message, in a block of its own.
    pub fn send(
        &mut self,
        name: &str,
        from: &Key,
        to: ActorID,
        method: MethodNum,
        params: RawBytes,
        value: TokenAmount,
    ) -> Outcome {
        let outcome = self
            .net
            .send(from, Address::new_id(to), value, method, params)
            .unwrap_or_else(|e| panic!("{name} never got on chain: {e:#}"));
        let ours = self.wiring.all();
        let events = outcome.events.iter().filter(|e| ours.contains(&e.emitter));
        let events = events.map(|e| Event::read(e).unwrap_or_else(|e| panic!("{name}: {e}"))).collect();
        let outcome = Outcome::new(name, outcome, events);
        self.check(&format!("{name} -> {} {}", outcome.code, outcome.message));
        outcome
    }

    /// A call of a method.
    pub fn call<M: Method>(&mut self, from: &Key, to: ActorID, request: &M::Params) -> Outcome {
        self.send(M::NAME, from, to, M::NUMBER, encode(request), TokenAmount::zero())
    }

    /// A call of governance.
    pub fn gov<M: Method>(&mut self, from: &Key, request: &M::Params) -> Outcome {
        self.call::<M>(from, self.wiring.governance, request)
    }

    /// Asks a method that only reads.
    #[track_caller]
    pub fn read<M: Method>(&self, to: ActorID, request: &M::Params) -> M::Return {
        self.try_read::<M>(to, request).answer::<M>()
    }

    /// Asks a method that only reads and may fail.
    pub fn try_read<M: Method>(&self, to: ActorID, request: &M::Params) -> Outcome {
        let outcome = self.net.query(Address::new_id(to), M::NUMBER, encode(request)).expect("the network works");
        Outcome::new(M::NAME, outcome, Vec::new())
    }

    /// Lets time pass.
    pub fn skip(&mut self, epochs: ChainEpoch) {
        self.net.advance(epochs).expect("time passes");
        self.check(&format!("{epochs} epochs pass"));
    }

    /// Lets time pass until the next message is executed in this epoch.
    pub fn reach(&mut self, epoch: ChainEpoch) {
        let left = epoch - 1 - self.epoch();
        if left > 0 {
            self.skip(left);
        }
    }

    /// The code an actor runs.
    pub fn code_of(&self, id: ActorID) -> Cid {
        self.net.actor_by_id(id).expect("state reads").expect("the actor exists").code
    }

    /// The root of an actor's state.
    pub fn root_of(&self, id: ActorID) -> Cid {
        self.net.actor_by_id(id).expect("state reads").expect("the actor exists").state
    }

    /// Checks what must hold at any time.
    #[track_caller]
    pub fn check(&mut self, after: &str) {
        let now = self.net.epoch();
        if self.code_of(self.wiring.governance) == self.codes.actors[4] {
            let state: peggy_governance::state::State =
                self.net.load_state(self.wiring.governance).expect("governance has state");
            let (summary, findings) = check_state_invariants(&state, self.net.store(), now);
            assert!(findings.is_clean(), "after {after}:\n{findings}");
            let findings = summary.check_since(&self.last);
            assert!(findings.is_clean(), "after {after}:\n{findings}");
            self.last = summary;
        }
        let pool = self.wiring.pool;
        if self.code_of(pool) == self.codes.actors[1] {
            let state: peggy_pool::state::State = self.net.load_state(pool).expect("the pool has state");
            let balance = self.net.balance(&Address::new_id(pool)).expect("state reads");
            let (_, findings) =
                peggy_pool::testing::check_state_invariants(&state, self.net.store(), pool, &balance, now);
            assert!(findings.is_clean(), "after {after}:\n{findings}");
        }
    }

    // --- what people do ---

    /// Deposits whole FIL.
    pub fn deposit(&mut self, who: &Key, fil: i64) -> Outcome {
        let (pool, value) = (self.wiring.pool, crate::fil(fil));
        if who.kind() == KeyKind::Delegated {
            return self.send("deposit()", who, pool, pool::InvokeEVM::NUMBER, RawBytes::default(), value);
        }
        let params = pool::DepositParams { recipient: None, min_shares: TokenAmount::zero() };
        self.send("Deposit", who, pool, pool::Deposit::NUMBER, encode(&params), value)
    }

    /// Gives whole shares away.
    pub fn transfer(&mut self, who: &Key, to: &Key, shares: i64) -> Outcome {
        let params = frc46_token::token::types::TransferParams {
            to: to.address(),
            amount: crate::fil(shares),
            operator_data: RawBytes::default(),
        };
        self.call::<frc46::Transfer>(who, self.wiring.pool, &params)
    }

    /// Proposes.
    pub fn try_propose(&mut self, who: &Key, actions: Vec<Action>) -> Outcome {
        let title = format!("{} action(s)", actions.len());
        self.gov::<api::Propose>(who, &ProposeParams { title, description: String::new(), actions })
    }

    /// Proposes, and answers the number.
    #[track_caller]
    pub fn propose(&mut self, who: &Key, actions: Vec<Action>) -> u64 {
        self.try_propose(who, actions).answer::<api::Propose>().id
    }

    /// Opens the vote.
    pub fn activate(&mut self, id: u64) -> Outcome {
        self.gov::<api::Activate>(&self.key("stranger"), &ProposalParams { id })
    }

    /// Votes; an Ethereum-style wallet does it by `castVote`.
    pub fn vote(&mut self, who: &Key, id: u64, choice: Choice) -> Outcome {
        if who.kind() == KeyKind::Delegated {
            let words = [id, u8::from(choice).into()].map(|n| abi::word(&TokenAmount::from_atto(n)).to_vec());
            let calldata = [abi::selector("castVote(uint256,uint8)"), words.concat()].concat();
            let params = encode(&ByteBuf(calldata));
            return self.send(
                "castVote",
                who,
                self.wiring.governance,
                api::InvokeEVM::NUMBER,
                params,
                TokenAmount::zero(),
            );
        }
        self.gov::<api::Vote>(who, &api::VoteParams { id, choice, reason: None })
    }

    /// Counts again.
    pub fn recount(&mut self, id: u64, voter: &Key) -> Outcome {
        self.gov::<api::Recount>(&self.key("stranger"), &api::RecountParams { id, voter: voter.address() })
    }

    /// Queues.
    pub fn queue(&mut self, id: u64) -> Outcome {
        self.gov::<api::Queue>(&self.key("stranger"), &ProposalParams { id })
    }

    /// Executes.
    pub fn execute(&mut self, id: u64) -> Outcome {
        self.gov::<api::Execute>(&self.key("stranger"), &ProposalParams { id })
    }

    /// A proposal as it is now.
    #[track_caller]
    pub fn proposal(&self, id: u64) -> Proposal {
        self.read::<api::GetProposal>(self.wiring.governance, &ProposalParams { id })
    }

    /// Where a proposal is.
    #[track_caller]
    pub fn stage(&self, id: u64) -> api::State {
        self.proposal(id).state
    }

    // --- the course of a proposal ---

    /// Proposes and opens the vote.
    #[track_caller]
    pub fn open(&mut self, proposer: &Key, actions: Vec<Action>) -> u64 {
        let id = self.propose(proposer, actions);
        self.reach(self.proposal(id).activate_from);
        self.activate(id).ok();
        id
    }

    /// Lets the vote end.
    pub fn close(&mut self, id: u64) {
        let ends = self.proposal(id).ends.expect("the vote is open");
        self.reach(ends + 1);
    }

    /// Proposes, has these people vote for it, and queues it.
    #[track_caller]
    pub fn carry(&mut self, voters: &[&str], actions: Vec<Action>) -> u64 {
        let keys: Vec<_> = voters.iter().map(|name| self.key(name)).collect();
        let id = self.open(&keys[0], actions);
        for key in &keys {
            self.vote(key, id, Choice::For).ok();
        }
        self.close(id);
        self.queue(id).ok();
        id
    }

    /// Lets a queued proposal's delay pass.
    pub fn wait(&mut self, id: u64) {
        let from = self.proposal(id).queued.expect("the proposal is queued").execute_from;
        self.reach(from);
    }

    /// All of [`Self::carry`], and the execution.
    #[track_caller]
    pub fn decide(&mut self, voters: &[&str], actions: Vec<Action>) -> Outcome {
        let id = self.carry(voters, actions);
        self.wait(id);
        self.execute(id)
    }

    /// An upgrade of one of the five to installed code, from what it is now.
    pub fn upgrade(&self, actor: ActorID, new_code: Cid, note: &[u8]) -> Action {
        let schema = self.read::<peggy_interfaces::common::GetWiring>(actor, &()).schema;
        action::<Upgrade>(
            actor,
            &UpgradeParams {
                new_code,
                old_code: self.code_of(actor),
                old_schema: schema,
                migration_params: RawBytes::new(note.to_vec()),
            },
        )
    }

    /// Installs code by its crate's name.
    pub fn install(&mut self, krate: &str) -> Cid {
        let code = crate::deploy::wasm(krate).expect("the code was built");
        crate::deploy::install(&mut self.net, &self.cast.deployer.clone(), code).expect("the code installs")
    }

    /// Votes of all sources pinned for a proposal, by voter.
    pub fn receipts(&self, id: u64, voters: &[&str]) -> BTreeMap<String, Option<api::Receipt>> {
        let receipt = |name: &&str| {
            let voter = self.key(name).address();
            let found = self.read::<api::GetReceipt>(self.wiring.governance, &api::GetReceiptParams { id, voter });
            ((*name).to_owned(), found)
        };
        voters.iter().map(receipt).collect()
    }
}

/// A call to propose.
pub fn action<M: Method>(to: ActorID, params: &M::Params) -> Action {
    Action { to: Address::new_id(to), method: M::NUMBER, params: encode(params), value: TokenAmount::zero() }
}

fn person(cast: &Cast, name: &str) -> Key {
    let key = match name {
        "deployer" => &cast.deployer,
        "operator" => &cast.operator,
        "alice" => &cast.alice,
        "bob" => &cast.bob,
        "carol" => &cast.carol,
        "dave" => &cast.dave,
        "stranger" => &cast.stranger,
        "guardian" => &cast.guardian,
        "keeper" => &cast.keeper,
        other => panic!("nobody is called {other}"),
    };
    key.clone()
}

/// The f2 address of an actor of the bundle, from the message that created it.
pub fn robust_address(council: &Council, id: ActorID) -> Address {
    let outcomes = council.net.tipsets().iter().flat_map(|tipset| &tipset.outcomes);
    let mut created = outcomes.filter_map(|outcome| outcome.decode::<ExecReturn>().ok());
    let found = created.find(|made| made.id_address == Address::new_id(id));
    found.expect("init made the actor").robust_address
}
