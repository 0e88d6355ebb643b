//! The network with the bundle on it and its cast of people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anyhow::Context;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum, METHOD_SEND};
use num_traits::Zero;
use peggy_localnet::{params, Config, Key, KeyKind, Network};
use peggy_runtime::{Method, Wiring};

use crate::deploy::{deploy, install_bundle, Codes, Setup};
use crate::events::Event;
use crate::invariants;
use crate::ledger::Ledger;
use crate::money::fil;
use crate::observe::Observed;
use crate::step::{Outcome, Step};

/// What everybody starts with, in whole FIL.
const START_FIL: i64 = 1_000_000;

/// Real keys with accounts. The kinds differ on purpose.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Deploys the bundle and has no rights afterwards.
    pub deployer: Key,
    /// Runs the miners.
    pub operator: Key,
    /// Owns miners before hand-over.
    pub owner: Key,
    /// BLS: worker of the first miner.
    pub worker: Key,
    /// BLS: a worker to change to.
    pub spare_worker: Key,
    /// Harvests.
    pub keeper: Key,
    /// Fee recipient.
    pub dataset: Key,
    /// Fee recipient.
    pub device: Key,
    /// Holder, secp256k1 (f1).
    pub alice: Key,
    /// Holder, BLS (f3).
    pub bob: Key,
    /// Holder, Ethereum-style (f410): can send InvokeEVM and bare FIL only.
    pub carol: Key,
    /// Holder, secp256k1 (f1).
    pub dave: Key,
    /// Has FIL and nothing else.
    pub stranger: Key,
    /// May pause intake.
    pub guardian: Key,
}

impl Cast {
    fn new(net: &mut Network) -> anyhow::Result<Self> {
        let mut account = |kind| net.create_account(kind, fil(START_FIL));
        Ok(Self {
            deployer: account(KeyKind::Secp256k1)?,
            operator: account(KeyKind::Secp256k1)?,
            owner: account(KeyKind::Secp256k1)?,
            worker: account(KeyKind::Bls)?,
            spare_worker: account(KeyKind::Bls)?,
            keeper: account(KeyKind::Secp256k1)?,
            dataset: account(KeyKind::Secp256k1)?,
            device: account(KeyKind::Secp256k1)?,
            alice: account(KeyKind::Secp256k1)?,
            bob: account(KeyKind::Bls)?,
            carol: account(KeyKind::Delegated)?,
            dave: account(KeyKind::Secp256k1)?,
            stranger: account(KeyKind::Secp256k1)?,
            guardian: account(KeyKind::Secp256k1)?,
        })
    }
}

/// A network with accounts and installed codes, before anything is deployed. Made once per process.
struct Base {
    net: Network,
    cast: Cast,
    codes: Codes,
}

static BASE: OnceLock<Base> = OnceLock::new();
static STANDARD: OnceLock<World> = OnceLock::new();

impl Base {
    fn new(config: Config) -> anyhow::Result<Self> {
        let mut net = Network::new(config).context("a network; `make wasm` builds its actors")?;
        // Rewards come when a test says so.
        net.set_producers(Vec::new());
        let cast = Cast::new(&mut net).context("accounts")?;
        let codes = install_bundle(&mut net, &cast.deployer).context("the bundle installs")?;
        Ok(Self { net, cast, codes })
    }
}

fn base() -> &'static Base {
    BASE.get_or_init(|| {
        let config = Config {
            network_name: "peggy-scenarios".to_owned(),
            seed: "peggy-scenarios".to_owned(),
            ..Config::default()
        };
        Base::new(config).expect("a base for worlds")
    })
}

/// The network, the bundle on it, and the second set of books.
pub struct World {
    /// The network. Going around the world with it also goes around invariants and ledger.
    pub net: Network,
    /// The people.
    pub cast: Cast,
    /// Installed codes.
    pub codes: Codes,
    /// How it was deployed.
    pub setup: Setup,
    /// The five actors.
    pub wiring: Wiring,
    /// The books kept by the tests.
    pub ledger: Ledger,
    /// Raw state after the last step.
    pub seen: Observed,
    /// Every event of the bundle so far, in order: what an indexer has.
    pub history: Vec<Event>,
    /// Miners that left the proxy's list, and not its custody.
    pub closed: BTreeSet<ActorID>,
    /// Epoch and name of every step taken, for messages about failures.
    pub log: Vec<String>,
}

impl World {
    /// A fresh world of the default [`Setup`], with the bundle wired and no miner in custody. Cheap: deployed once per process.
    pub fn new() -> Self {
        STANDARD.get_or_init(|| Self::with(Setup::default())).fork()
    }

    /// A fresh world of another setup.
    pub fn with(setup: Setup) -> Self {
        let base = base();
        let mut net = base.net.fork().expect("a copy of the network");
        let cast = base.cast.clone();
        let wiring = deploy(&mut net, &cast, &base.codes, &setup).expect("the bundle deploys");
        Self::on(net, cast, base.codes.clone(), setup, wiring)
    }

    /// A world on a network of another configuration, such as one on the official actors. It starts that network and installs
    /// the bundle, so whoever needs several should fork one.
    pub fn on_network(config: Config, setup: Setup) -> anyhow::Result<Self> {
        let Base { mut net, cast, codes } = Base::new(config)?;
        let wiring = deploy(&mut net, &cast, &codes, &setup).context("the bundle deploys")?;
        Ok(Self::on(net, cast, codes, setup, wiring))
    }

    /// An undeployed network with cast and installed codes.
    pub fn undeployed() -> (Network, Cast, Codes) {
        let base = base();
        (base.net.fork().expect("a copy of the network"), base.cast.clone(), base.codes.clone())
    }

    fn on(net: Network, cast: Cast, codes: Codes, setup: Setup, wiring: Wiring) -> Self {
        let seen = Observed::of(&net, &wiring).expect("the state of a fresh deployment reads");
        let ledger = Ledger::new(&wiring, &seen);
        let mut world = Self {
            net,
            cast,
            codes,
            setup,
            wiring,
            ledger,
            seen,
            history: Vec::new(),
            closed: BTreeSet::new(),
            log: Vec::new(),
        };
        world.check("deployment");
        world
    }

    /// An independent copy of this world.
    pub fn fork(&self) -> Self {
        Self {
            net: self.net.fork().expect("a copy of the network"),
            cast: self.cast.clone(),
            codes: self.codes.clone(),
            setup: self.setup.clone(),
            wiring: self.wiring,
            ledger: self.ledger.clone(),
            seen: self.seen.clone(),
            history: self.history.clone(),
            closed: self.closed.clone(),
            log: self.log.clone(),
        }
    }

    /// The ID of a key's account.
    pub fn id(&self, key: &Key) -> ActorID {
        self.id_of(&key.address())
    }

    /// The ID of an address that is on chain.
    pub fn id_of(&self, address: &Address) -> ActorID {
        self.net.resolve(address).expect("state reads").unwrap_or_else(|| panic!("{address} is not on chain"))
    }

    /// Balance of an actor.
    pub fn balance(&self, id: ActorID) -> TokenAmount {
        self.net.balance(&Address::new_id(id)).expect("state reads")
    }

    /// The epoch of the last tipset.
    pub fn epoch(&self) -> ChainEpoch {
        self.net.epoch()
    }

    /// Calls a method of an actor, by a signed message in a block of its own.
    pub fn call<M: Method>(&mut self, from: &Key, to: ActorID, request: &M::Params, value: TokenAmount) -> Outcome {
        self.send(M::NAME, from, to, M::NUMBER, encode(request), value)
    }

    /// A bare send.
    pub fn donate(&mut self, from: &Key, to: ActorID, value: TokenAmount) -> Outcome {
        self.send("bare send", from, to, METHOD_SEND, RawBytes::default(), value)
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
        let step = Step { name: name.to_owned(), from: self.id(from), to, value, method, params };
        self.step(step, |net, step| {
            let to = Address::new_id(step.to);
            net.send(from, to, step.value.clone(), step.method, step.params.clone())
        })
    }

    /// Acts as any actor, such as governance: a message of the network itself, at the epoch of the head.
    pub fn act_as<M: Method>(
        &mut self,
        from: ActorID,
        to: ActorID,
        request: &M::Params,
        value: TokenAmount,
    ) -> Outcome {
        let step = Step { name: M::NAME.to_owned(), from, to, value, method: M::NUMBER, params: encode(request) };
        self.send_as(step)
    }

    /// Acts as governance.
    pub fn govern<M: Method>(&mut self, to: ActorID, request: &M::Params) -> Outcome {
        self.act_as::<M>(self.wiring.governance, to, request, TokenAmount::zero())
    }

    /// [`Self::act_as`] with a message of any shape.
    pub fn send_as(&mut self, step: Step) -> Outcome {
        self.step(step, |net, step| {
            let (from, to) = (Address::new_id(step.from), Address::new_id(step.to));
            net.implicit(from, to, step.value.clone(), step.method, step.params.clone())
        })
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

    /// Lets time pass: null rounds, then an empty tipset.
    pub fn skip(&mut self, epochs: ChainEpoch) {
        self.net.advance(epochs).expect("time passes");
        self.look(&format!("{epochs} epochs pass"), None);
    }

    /// A change of the network that is no message: levers, rewards. Invariants are checked; the ledger is told what it needs
    /// by the raw state of the miners.
    pub fn lever(&mut self, name: &str, pull: impl FnOnce(&mut Network) -> anyhow::Result<()>) {
        pull(&mut self.net).unwrap_or_else(|e| panic!("lever '{name}': {e:#}"));
        self.look(name, None);
    }

    fn step(
        &mut self,
        step: Step,
        run: impl FnOnce(&mut Network, &Step) -> anyhow::Result<peggy_localnet::Outcome>,
    ) -> Outcome {
        let name = step.name.clone();
        // Somebody may have gone around the world, to install code for instance.
        if self.net.state_root() != self.seen.root {
            self.seen = Observed::of(&self.net, &self.wiring).expect("the state reads");
        }
        let outcome =
            run(&mut self.net, &step).unwrap_or_else(|e| panic!("{name} never got on chain: {e:#}\n{}", self.story()));
        let ours = self.wiring.all();
        let mut events = Vec::new();
        for stamped in outcome.events.iter().filter(|e| ours.contains(&e.emitter)) {
            events.push(Event::read(stamped).unwrap_or_else(|e| panic!("{name}: {e}")));
        }
        self.history.extend(events.iter().cloned());
        let closed = events.iter().filter(|e| e.kind == "miner-closed").filter_map(|e| e.id("miner").ok());
        self.closed.extend(closed);
        let outcome = Outcome::new(&name, outcome, events);
        self.look(&name, Some((&step, &outcome)));
        outcome
    }

    /// Looks at the raw state after something happened, checks it, and lets the ledger follow.
    fn look(&mut self, name: &str, done: Option<(&Step, &Outcome)>) {
        let code = done.map_or(String::new(), |(step, outcome)| {
            format!(" by f0{} with {} -> {} {}", step.from, step.value, outcome.code, outcome.message)
        });
        self.log.push(format!("{}: {name}{code}", self.net.epoch()));
        let after = Observed::of(&self.net, &self.wiring)
            .unwrap_or_else(|e| panic!("after {name} the state does not read: {e:#}\n{}", self.story()));
        let before = std::mem::replace(&mut self.seen, after);
        let mut findings = invariants::transition(&before, &self.seen, done, &self.wiring);
        findings.merge("ledger", self.ledger.follow(&before, &self.seen, done));
        assert!(findings.is_clean(), "after {name}:\n{findings}\n{}", self.story());
        self.check(name);
    }

    /// Checks what must hold at any time.
    #[track_caller]
    pub fn check(&mut self, after: &str) {
        let mut findings = invariants::standing(&self.seen, &self.wiring, &self.net);
        findings.merge("ledger", self.ledger.compare(&self.seen));
        findings.merge("closed miners", invariants::custody(&self.net, &self.closed, &self.wiring));
        assert!(findings.is_clean(), "after {after}:\n{findings}\n{}", self.story());
    }

    /// The last steps, for messages about failures.
    pub fn story(&self) -> String {
        let from = self.log.len().saturating_sub(40);
        format!("steps so far:\n{}", self.log[from..].join("\n"))
    }

    /// Names of the holders' keys with their IDs, for tests that go through all of them.
    pub fn holders(&self) -> BTreeMap<ActorID, Key> {
        let keys = [&self.cast.alice, &self.cast.bob, &self.cast.carol, &self.cast.dave];
        keys.into_iter().map(|key| (self.id(key), key.clone())).collect()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Parameters as they go into a message; `()` is none at all.
pub fn encode<T: serde::Serialize>(value: &T) -> RawBytes {
    if std::mem::size_of::<T>() == 0 {
        return RawBytes::default();
    }
    params(value).expect("parameters encode")
}
