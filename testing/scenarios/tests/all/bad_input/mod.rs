//! Bad input, generated from the interface list: every method of every actor is tried with everything that can be wrong with a
//! message. A method nobody thought of fails the suite, because tables here must name what is allowed to succeed.

mod params;
mod values;
mod wiring;

use std::collections::BTreeMap;

use cid::Cid;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use ipld_core::ipld::Ipld;
use num_traits::Zero;
use peggy_interfaces::pool::TermsParams;
use peggy_interfaces::sample::{self, Sample};
use peggy_interfaces::{common, frc46, frc53, Caller, MethodInfo};
use peggy_localnet::chain::BLOCK_GAS_LIMIT;
use peggy_localnet::message::unsigned;
use peggy_localnet::{Key, Network};
use peggy_runtime::{lifecycle, Method, Wiring};
use peggy_scenarios::deploy::{create_unwired, wire};
use peggy_scenarios::world::{encode, Cast};
use peggy_scenarios::{fil, Setup, World};

/// A parameter is wrong; too little of something; does not decode; no such method; takes no FIL.
const ILLEGAL_ARGUMENT: u32 = 16;
const NOT_FOUND: u32 = 17;
const FORBIDDEN: u32 = 18;
const INSUFFICIENT: u32 = 19;
const SERIALIZATION: u32 = 21;
const UNHANDLED: u32 = 22;
const NOT_PAYABLE: u32 = 26;

/// Every method of the bundle, the token's included, by actor.
fn everything() -> Vec<(&'static str, &'static MethodInfo)> {
    let of = |actor: &'static str, methods: &'static [MethodInfo]| methods.iter().map(move |m| (actor, m));
    let mut all: Vec<_> =
        peggy_interfaces::bundle().into_iter().flat_map(|(actor, methods)| of(actor, methods)).collect();
    all.extend(of("pool", frc46::METHODS));
    all.extend(of("liquidity", frc46::METHODS));
    all.extend(of("nft-share", frc53::METHODS));
    assert!(all.len() > 60, "only {} methods", all.len());
    all
}

/// Who sends a message.
#[derive(Clone, Debug)]
enum Sender {
    /// An account, by a message of its own.
    Account(Box<Key>),
    /// An actor, as it would within a message.
    Actor(ActorID),
}

/// What a message came back with.
#[derive(Debug)]
struct Reply {
    code: u32,
    message: String,
    /// No actor changed but the sender's nonce.
    untouched: bool,
}

/// A deployed bundle with a miner in custody and a holder.
struct Bench {
    net: Network,
    cast: Cast,
    wiring: Wiring,
    /// Everybody whose state must not change, with what may name them in parameters.
    watched: Vec<ActorID>,
    miner: Option<ActorID>,
}

impl Bench {
    fn wired() -> Self {
        let mut w = World::new();
        let miner = w.custody(fil(500));
        let alice = w.cast.alice.clone();
        w.deposit(&alice, fil(1_000)).ok();
        // Liquidity has both FIL and shares.
        w.add_liquidity(&alice, fil(1_000)).ok();
        w.sell(&alice, fil(500)).ok();
        let watched = w.wiring.all().into_iter().chain([miner]).collect();
        Self { net: w.net.fork().unwrap(), cast: w.cast.clone(), wiring: w.wiring, watched, miner: Some(miner) }
    }

    fn unwired() -> Self {
        let (mut net, cast, codes) = World::undeployed();
        let wiring = create_unwired(&mut net, &cast, &codes, &Setup::default()).unwrap();
        Self { net, cast, wiring, watched: wiring.all().to_vec(), miner: None }
    }

    fn id(&self, actor: &str) -> ActorID {
        let Wiring { owner_proxy, pool, nft_share, liquidity, governance } = self.wiring;
        match actor {
            "owner-proxy" => owner_proxy,
            "pool" => pool,
            "nft-share" => nft_share,
            "liquidity" => liquidity,
            "governance" => governance,
            other => panic!("the bundle has no {other}"),
        }
    }

    fn account(key: &Key) -> Sender {
        Sender::Account(Box::new(key.clone()))
    }

    /// Who may call a method, once wired.
    fn allowed(&self, caller: Caller) -> Sender {
        match caller {
            Caller::Anyone => Self::account(&self.cast.alice),
            Caller::Deployer => Self::account(&self.cast.deployer),
            Caller::Operator | Caller::OperatorOrGovernance => Self::account(&self.cast.operator),
            Caller::Governance => Sender::Actor(self.wiring.governance),
            Caller::OwnerProxy => Sender::Actor(self.wiring.owner_proxy),
            Caller::Guardian => Self::account(&self.cast.guardian),
        }
    }

    /// Everybody else who might try.
    fn others(&self, caller: Caller) -> Vec<Sender> {
        let Cast { deployer, operator, alice, stranger, owner, carol, .. } = &self.cast;
        let mut all: Vec<(Caller, Sender)> = [alice, stranger, owner, carol]
            .map(|key| (Caller::Anyone, Self::account(key)))
            .into_iter()
            .chain([(Caller::Deployer, Self::account(deployer)), (Caller::Operator, Self::account(operator))])
            .collect();
        for id in self.wiring.all().into_iter().chain(self.miner) {
            let who = match id {
                id if id == self.wiring.governance => Caller::Governance,
                id if id == self.wiring.owner_proxy => Caller::OwnerProxy,
                _ => Caller::Anyone,
            };
            all.push((who, Sender::Actor(id)));
        }
        let may = |who: &Caller| match caller {
            Caller::OperatorOrGovernance => [Caller::Operator, Caller::Governance].contains(who),
            caller => *who == caller,
        };
        all.into_iter().filter(|(who, _)| !may(who)).map(|(_, sender)| sender).collect()
    }

    fn states(&self, root: &Cid) -> BTreeMap<ActorID, (Cid, TokenAmount)> {
        let read = |id: &ActorID| {
            let actor = self.net.actor_in(root, &Address::new_id(*id)).unwrap().unwrap();
            (*id, (actor.state, actor.balance))
        };
        self.watched.iter().map(read).collect()
    }

    /// Sends a message, and takes it back.
    fn try_it(&self, from: &Sender, to: ActorID, method: MethodNum, params: &[u8], value: TokenAmount) -> Reply {
        let params = RawBytes::new(params.to_vec());
        let outcome = match from {
            Sender::Actor(id) => {
                let message = unsigned(Address::new_id(*id), Address::new_id(to), value, method, params);
                let outcome = self.net.call(message).unwrap();
                return Reply { code: outcome.exit_code().value(), message: outcome.message, untouched: true };
            }
            Sender::Account(key) => {
                let mut message = unsigned(key.address(), Address::new_id(to), value, method, params);
                message.sequence = self.net.next_nonce(&key.address()).unwrap();
                message.gas_limit = BLOCK_GAS_LIMIT;
                let (outcome, root) = self.net.try_apply(message).unwrap();
                (outcome, root)
            }
        };
        let (outcome, root) = outcome;
        let untouched = self.states(&self.net.state_root()) == self.states(&root);
        Reply { code: outcome.exit_code().value(), message: outcome.message, untouched }
    }
}

impl Reply {
    /// Refused with one of these codes, in a sentence, and without a trace.
    #[track_caller]
    fn refused(&self, codes: &[u32], what: &str) {
        assert!(
            codes.contains(&self.code),
            "{what}: expected exit code {codes:?}, got {}: {}",
            self.code,
            self.message
        );
        assert!(
            self.message.len() > 10 && self.message.contains(' '),
            "{what}: exit code {} without a helpful sentence: '{}'",
            self.code,
            self.message
        );
        assert!(self.untouched, "{what}: refused with {}, but some state changed", self.code);
    }

    /// Refused in whatever way an actor refuses, but neither by a broken rule of its own (20, 24) nor by a trap (below 16).
    #[track_caller]
    fn refused_somehow(&self, what: &str) {
        assert!(
            self.code >= 16 && ![20, 23, 24, 25].contains(&self.code),
            "{what}: exit code {} is no refusal: {}",
            self.code,
            self.message
        );
        self.refused(&[self.code], what);
    }
}

// --- parameters as data -------------------------------------------------------------------------------------------------

fn tree(params: &[u8]) -> Ipld {
    from_slice(params).expect("samples are DAG-CBOR")
}

fn bytes(tree: &Ipld) -> Vec<u8> {
    to_vec(tree).expect("trees encode")
}

/// Every tree that differs from this one in a single node, which `change` replaces.
fn each_node(tree: &Ipld, change: &dyn Fn(&Ipld) -> Vec<Ipld>) -> Vec<Ipld> {
    let mut all = change(tree);
    if let Ipld::List(items) = tree {
        for (i, item) in items.iter().enumerate() {
            for changed in each_node(item, change) {
                let mut items = items.clone();
                items[i] = changed;
                all.push(Ipld::List(items));
            }
        }
    }
    all
}

/// The same tree with every node `change` names replaced.
fn all_nodes(tree: &Ipld, change: &dyn Fn(&Ipld) -> Option<Ipld>) -> Ipld {
    match (change(tree), tree) {
        (Some(changed), _) => changed,
        (None, Ipld::List(items)) => Ipld::List(items.iter().map(|item| all_nodes(item, change)).collect()),
        (None, other) => other.clone(),
    }
}

/// How a value stands in parameters.
fn node<T: serde::Serialize>(value: &T) -> Ipld {
    tree(&to_vec(value).expect("values encode"))
}

/// How a sample stands in parameters, to find those of its type.
fn sampled<T: Sample + serde::Serialize>() -> Ipld {
    node(&T::sample())
}

/// Sample parameters that name actors which are there: the miner to the owner-proxy, a holder to all others.
fn fitting(bench: &Bench, actor: &str, method: &MethodInfo) -> Ipld {
    let dave = bench.net.resolve(&bench.cast.dave.address()).unwrap().unwrap();
    let somebody = match (actor, bench.miner) {
        ("owner-proxy", Some(miner)) => miner,
        _ => dave,
    };
    let (from, to) = (sampled::<Address>(), node(&Address::new_id(somebody)));
    let sample = match method.name {
        "SetTerms" => node(&terms_within_bounds()),
        _ => tree(&(method.sample_params)()),
    };
    all_nodes(&sample, &|node| (*node == from).then(|| to.clone()))
}

/// The sample of terms, with epochs that can be.
fn terms_within_bounds() -> TermsParams {
    let TermsParams { fees, min_deposit, min_ticket, cap, max_idle, reserve_bps, min_bond_bps, .. } =
        TermsParams::sample();
    TermsParams { fees, min_deposit, min_ticket, cap, max_idle, reserve_bps, min_bond_bps, ..Setup::default().terms }
}
