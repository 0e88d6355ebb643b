//! Bad input, generated from the interface list: every method of every actor is tried with everything that can be wrong with a
//! message. A method nobody thought of fails the suite, because tables here must name what is allowed to succeed.

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
use peggy_interfaces::{common, frc46, Caller, MethodInfo};
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
        w.deposit(&alice, fil(100)).ok();
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
            Caller::Operator => Self::account(&self.cast.operator),
            Caller::Governance => Sender::Actor(self.wiring.governance),
            Caller::OwnerProxy => Sender::Actor(self.wiring.owner_proxy),
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
        all.into_iter().filter(|(who, _)| *who != caller).map(|(_, sender)| sender).collect()
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

// --- the cases ----------------------------------------------------------------------------------------------------------

#[test]
fn wrong_callers_are_refused_by_every_method() {
    let bench = Bench::wired();
    let mut restricted = 0;
    for (actor, method) in everything() {
        let expected = match method.caller {
            Caller::Anyone => continue,
            // After wiring the deployer is nobody, and nobody wires again.
            Caller::Deployer => lifecycle::ALREADY_WIRED.value(),
            _ => FORBIDDEN,
        };
        restricted += 1;
        for sender in bench.others(method.caller) {
            let what = format!("{actor} {} by {sender:?}", method.name);
            let params = bytes(&fitting(&bench, actor, method));
            bench
                .try_it(&sender, bench.id(actor), method.number, &params, TokenAmount::zero())
                .refused(&[expected], &what);
        }
    }
    assert!(restricted >= 20, "only {restricted} methods are restricted");
}

#[test]
fn failure_27_garbage_is_refused_by_every_method() {
    let bench = Bench::wired();
    for (actor, method) in everything() {
        let (sender, to) = (bench.allowed(method.caller), bench.id(actor));
        let refused = |params: &[u8], what: &str| {
            let what = format!("{actor} {} with {what} ({params:02x?})", method.name);
            bench.try_it(&sender, to, method.number, params, TokenAmount::zero()).refused(&[SERIALIZATION], &what);
        };
        let good = (method.sample_params)();
        // Only InvokeEVM can do without parameters it could have: that is a deposit.
        if !good.is_empty() && method.name != "InvokeEVM" {
            refused(&[], "no parameters");
            refused(&[0xf6], "null");
        }
        refused(&[0xff, 0x00, 0x13, 0x37], "garbage");
        refused(b"\x9f", "an endless array");
        refused(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "an array of 2^64 items");
        refused(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "a byte string of 2^63 bytes");
        refused(&[&good[..], &[0x00]].concat(), "a byte too many");
        refused(&[0xa1, 0x61, 0x61, 0x01], "a map");
        refused(&[[0x81].repeat(1_000), vec![0x80]].concat(), "arrays in arrays");
        if !good.is_empty() {
            refused(&good[..good.len() - 1], "a byte too few");
        }
    }
}

#[test]
fn failure_27_wrong_types_are_refused_by_every_method() {
    let bench = Bench::wired();
    let mut tried = 0;
    for (actor, method) in everything() {
        let good = (method.sample_params)();
        if good.is_empty() {
            continue;
        }
        let wrong = |node: &Ipld| {
            let mut all = vec![Ipld::Map(BTreeMap::new()), Ipld::Float(1.5)];
            match node {
                Ipld::Integer(_) | Ipld::Bool(_) | Ipld::Link(_) => all.push(Ipld::Bytes(vec![0, 1])),
                Ipld::Bytes(_) | Ipld::String(_) => all.push(Ipld::Integer(1)),
                _ => {}
            }
            all
        };
        let mut trees = each_node(&tree(&good), &wrong);
        // Fields too few, and too many.
        if let Ipld::List(fields) = tree(&good) {
            trees.push(Ipld::List(fields[..fields.len() - 1].to_vec()));
            trees.push(Ipld::List([&fields[..], &[Ipld::Integer(1)]].concat()));
        }
        // What is no address, and no amount: one has a first byte that names its kind, the other its sign.
        let (address, amount) = (sampled::<Address>(), sampled::<TokenAmount>());
        trees.extend(each_node(&tree(&good), &|node| {
            let broken: &[&[u8]] = match node {
                node if *node == address => &[&[], &[9, 9, 9], &[0], &[1, 2, 3]],
                node if *node == amount => &[&[2, 1], &[7], &[0; 200]],
                _ => &[],
            };
            broken.iter().map(|bytes| Ipld::Bytes(bytes.to_vec())).collect()
        }));
        let sender = bench.allowed(method.caller);
        for wrong in trees {
            tried += 1;
            let what = format!("{actor} {} with {wrong:?}", method.name);
            let reply = bench.try_it(&sender, bench.id(actor), method.number, &bytes(&wrong), TokenAmount::zero());
            reply.refused(&[SERIALIZATION], &what);
        }
    }
    assert!(tried > 300, "only {tried} wrong trees");
}

/// Methods that take an amount of any size, because it is only compared, previewed, or an upper bound.
const HUGE_IS_FINE: &[(&str, &str)] = &[
    ("owner-proxy", "SetKeeperCut"),
    ("pool", "ClaimRewards"),
    ("pool", "IncreaseAllowance"),
    ("pool", "DecreaseAllowance"),
    ("pool", "PreviewDeposit"),
    ("pool", "PreviewRedeem"),
    // More than all FIL there is means no cap.
    ("pool", "SetTerms"),
];

#[test]
fn failure_27_negative_and_huge_amounts_are_refused() {
    let bench = Bench::wired();
    let amount = sampled::<TokenAmount>();
    let replaced = |tree: &Ipld, by: TokenAmount| {
        let by = node(&by);
        each_node(tree, &|node| if *node == amount { vec![by.clone()] } else { Vec::new() })
    };
    let mut tried = 0;
    for (actor, method) in everything() {
        if (method.sample_params)().is_empty() {
            continue;
        }
        let good = fitting(&bench, actor, method);
        let (sender, to) = (bench.allowed(method.caller), bench.id(actor));
        let value = match sender {
            Sender::Account(_) if method.payable => fil(1),
            _ => TokenAmount::zero(),
        };
        let give = |tree: &Ipld| bench.try_it(&sender, to, method.number, &bytes(tree), value.clone());
        for negative in [BigInt::from(-1), BigInt::from(-1) << 100] {
            for tree in replaced(&good, TokenAmount::from_atto(negative.clone())) {
                tried += 1;
                // 51, 52, 70 and 72 are the owner-proxy's and pool's own words for it.
                let what = format!("{actor} {} with {negative}: {tree:?}", method.name);
                give(&tree).refused(&[ILLEGAL_ARGUMENT, 51, 52, 70, 72], &what);
            }
        }
        for bits in [96, 200, 1_000] {
            for tree in replaced(&good, TokenAmount::from_atto(BigInt::from(1) << bits)) {
                let what = format!("{actor} {} with 2^{bits}: {tree:?}", method.name);
                let reply = give(&tree);
                if reply.code != 0 {
                    reply.refused_somehow(&what);
                    continue;
                }
                assert!(HUGE_IS_FINE.contains(&(actor, method.name)), "{what} should be refused");
            }
        }
    }
    assert!(tried >= 40, "only {tried} amounts");
}

#[test]
fn failure_27_numbers_at_the_edges_never_break_a_method() {
    let bench = Bench::wired();
    for (actor, method) in everything() {
        if (method.sample_params)().is_empty() {
            continue;
        }
        let (sender, to) = (bench.allowed(method.caller), bench.id(actor));
        let edges = [i128::from(i64::MIN), -1, 0, i128::from(u32::MAX), i128::from(i64::MAX), i128::from(u64::MAX)];
        let trees = each_node(&fitting(&bench, actor, method), &|node| match node {
            Ipld::Integer(_) => edges.map(Ipld::Integer).to_vec(),
            _ => Vec::new(),
        });
        for tree in trees {
            let reply = bench.try_it(&sender, to, method.number, &bytes(&tree), TokenAmount::zero());
            if reply.code != 0 {
                reply.refused_somehow(&format!("{actor} {} with {tree:?}", method.name));
            }
        }
    }
}

/// What payable methods answer when no FIL comes.
const WITHOUT_VALUE: &[(&str, &str, u32)] = &[
    ("owner-proxy", "CreateMiner", INSUFFICIENT),
    // Below the smallest deposit.
    ("pool", "Deposit", 60),
    ("pool", "InvokeEVM", 60),
    // The sample's books say that FIL came home.
    ("pool", "Settle", 72),
];

#[test]
fn value_is_refused_where_none_is_taken_and_asked_for_where_it_is() {
    let bench = Bench::wired();
    for (actor, method) in everything() {
        let to = bench.id(actor);
        let what = format!("{actor} {}", method.name);
        if method.payable {
            let expected = WITHOUT_VALUE.iter().find(|(a, m, _)| (*a, *m) == (actor, method.name));
            let (_, _, code) = expected.unwrap_or_else(|| panic!("say what {what} answers without value"));
            let mut params = (method.sample_params)();
            if method.name == "InvokeEVM" {
                params.clear();
            }
            if method.name == "CreateMiner" {
                params = bytes(&all_nodes(&tree(&params), &|node| match node {
                    node if *node == sampled::<Address>() => Some(node_of_worker(&bench)),
                    Ipld::Integer(_) => Some(Ipld::Integer(peggy_scenarios::actions::post_proof().into())),
                    _ => None,
                }));
            }
            let sender = bench.allowed(method.caller);
            bench.try_it(&sender, to, method.number, &params, TokenAmount::zero()).refused(&[*code], &what);
        } else {
            let params = bytes_or_none(method);
            let sender = Bench::account(&bench.cast.operator);
            bench.try_it(&sender, to, method.number, &params, fil(1)).refused(&[NOT_PAYABLE], &what);
        }
    }
}

fn node_of_worker(bench: &Bench) -> Ipld {
    node(&bench.cast.spare_worker.address())
}

fn bytes_or_none(method: &MethodInfo) -> Vec<u8> {
    (method.sample_params)()
}

/// Addresses that name nobody, and whether a token standard would create an account for them.
fn nobody() -> [(Address, bool); 4] {
    [
        (Address::new_id(987_654_321), false),
        (Address::new_actor(b"no such actor"), false),
        (Address::new_secp256k1(&[4; 65]).unwrap(), true),
        (Address::new_delegated(10, &[7; 20]).unwrap(), true),
    ]
}

/// Methods that answer for somebody who is not there: with nothing.
const NOBODY_HAS_NOTHING: &[&str] = &["BalanceOf", "Allowance", "GetAccount", "RevokeAllowance"];
/// Recipients and operators are created, as the token standard says.
const CREATED: &[&str] = &["Deposit", "Transfer", "TransferFrom", "IncreaseAllowance", "DecreaseAllowance"];
/// Somebody who is not there has allowed nobody anything.
const ALLOWED_NOTHING: &[&str] = &["TransferFrom", "BurnFrom"];

#[test]
fn unresolvable_addresses_are_refused() {
    let bench = Bench::wired();
    let address = sampled::<Address>();
    let mut tried = 0;
    for (actor, method) in everything() {
        if (method.sample_params)().is_empty() {
            continue;
        }
        let (sender, to) = (bench.allowed(method.caller), bench.id(actor));
        let value = match sender {
            Sender::Account(_) if method.payable => fil(200),
            _ => TokenAmount::zero(),
        };
        for (missing, creatable) in nobody() {
            let good = tree(&(method.sample_params)());
            // One address at a time is nobody's, the others are fitting.
            let fit = fitting(&bench, actor, method);
            for (tree, others) in each_address(&good, &address, &missing, &fit) {
                tried += 1;
                let what = format!("{actor} {} with {missing} in {tree:?}", method.name);
                let reply = bench.try_it(&sender, to, method.number, &bytes(&tree), value.clone());
                let name = method.name;
                if reply.code == 0 {
                    let fine = NOBODY_HAS_NOTHING.contains(&name) || (creatable && CREATED.contains(&name));
                    assert!(fine, "{what} should be refused");
                } else if ALLOWED_NOTHING.contains(&name) {
                    reply.refused(&[NOT_FOUND, INSUFFICIENT], &what);
                } else if others && method.name == "CreateMiner" {
                    reply.refused(&[ILLEGAL_ARGUMENT, NOT_FOUND], &what);
                } else if name == "VotesAt" {
                    // The sample's snapshot is none: that is found out first.
                    reply.refused(&[ILLEGAL_ARGUMENT], &what);
                } else {
                    reply.refused(&[NOT_FOUND], &what);
                    // An actor can't write out an address that is not an ID; it says which kind it was.
                    let named = [missing.to_string(), format!("an f{} address", missing.protocol() as u8)];
                    assert!(
                        named.iter().any(|name| reply.message.contains(name.as_str())),
                        "{what}: '{}' does not name it",
                        reply.message
                    );
                }
            }
        }
    }
    assert!(tried >= 60, "only {tried} addresses");
}

/// Trees with one address replaced by `missing` and the others by what fits; and whether that one is the method's only address.
fn each_address(good: &Ipld, address: &Ipld, missing: &Address, fit: &Ipld) -> Vec<(Ipld, bool)> {
    fn walk(good: &Ipld, fit: &Ipld, address: &Ipld, by: &Ipld) -> Vec<Ipld> {
        if good == address {
            return vec![by.clone()];
        }
        let (Ipld::List(good), Ipld::List(fit)) = (good, fit) else { return Vec::new() };
        let mut all = Vec::new();
        for i in 0..good.len() {
            for changed in walk(&good[i], &fit[i], address, by) {
                let mut items = fit.clone();
                items[i] = changed;
                all.push(Ipld::List(items));
            }
        }
        all
    }
    let all = walk(good, fit, address, &node(missing));
    let alone = all.len() == 1;
    all.into_iter().map(|tree| (tree, alone)).collect()
}

#[test]
fn unknown_methods_are_refused() {
    let bench = Bench::wired();
    let known: Vec<MethodNum> = everything().iter().map(|(_, m)| m.number).collect();
    let hashed = [frc42_dispatch::method_hash!("NoSuchMethod"), frc42_dispatch::method_hash!("Receive")];
    for (actor, _) in peggy_interfaces::bundle() {
        for number in [2, 3, 4, 23, (1 << 24) - 1, 1 << 24, u64::MAX].into_iter().chain(hashed) {
            assert!(!known.contains(&number));
            for sender in [Bench::account(&bench.cast.alice), Sender::Actor(bench.wiring.governance)] {
                let what = format!("{actor} method {number}");
                bench.try_it(&sender, bench.id(actor), number, &[], TokenAmount::zero()).refused(&[UNHANDLED], &what);
            }
        }
        // The constructor is init's alone, and ran already.
        let reply = bench.try_it(&Bench::account(&bench.cast.deployer), bench.id(actor), 1, &[], TokenAmount::zero());
        reply.refused(&[FORBIDDEN], &format!("constructor of {actor}"));
        let again = bench.try_it(&Sender::Actor(1), bench.id(actor), 1, &[], TokenAmount::zero());
        assert_ne!(again.code, 0, "the constructor of {actor} ran twice");
    }
}

#[test]
fn failure_25_nothing_but_wiring_works_before_wiring() {
    let bench = Bench::unwired();
    for (actor, method) in everything() {
        let (to, what) = (bench.id(actor), format!("{actor} {} before wiring", method.name));
        let value = if method.payable { fil(10) } else { TokenAmount::zero() };
        for key in [&bench.cast.alice, &bench.cast.operator, &bench.cast.deployer] {
            if method.name == common::Wire::NAME {
                continue;
            }
            let params = bytes(&fitting_or_none(&bench, actor, method));
            // Calldata that is none is told so even before wiring; a plain deposit is told to wait.
            let none = (method.sample_params)().is_empty() || method.name == "InvokeEVM";
            let params = if none { Vec::new() } else { params };
            let reply = bench.try_it(&Bench::account(key), to, method.number, &params, value.clone());
            if method.name == common::GetWiring::NAME {
                assert_eq!(reply.code, 0, "{what}: {}", reply.message);
            } else {
                reply.refused(&[lifecycle::NOT_WIRED.value()], &what);
            }
        }
    }
}

fn fitting_or_none(bench: &Bench, actor: &str, method: &MethodInfo) -> Ipld {
    if (method.sample_params)().is_empty() {
        return Ipld::Null;
    }
    fitting(bench, actor, method)
}

#[test]
fn failure_25_only_the_deployer_wires_once_and_rightly() {
    let mut bench = Bench::unwired();
    let good = bench.wiring;
    let swapped = Wiring { pool: good.nft_share, nft_share: good.pool, ..good };
    let moved = Wiring {
        owner_proxy: good.pool,
        pool: good.nft_share,
        nft_share: good.liquidity,
        liquidity: good.governance,
        governance: good.owner_proxy,
    };
    let twice = Wiring { liquidity: good.governance, ..good };
    let nobody = Wiring { governance: 987_654_321, liquidity: good.liquidity, ..good };
    let wrong = lifecycle::WRONG_WIRING.value();
    for (actor, id) in ["owner-proxy", "pool", "nft-share", "liquidity", "governance"].map(|a| (a, bench.id(a))) {
        let wire_by = |bench: &Bench, sender: &Sender, wiring: &Wiring| {
            bench.try_it(sender, id, common::Wire::NUMBER, encode(wiring).bytes(), TokenAmount::zero())
        };
        let deployer = Bench::account(&bench.cast.deployer);
        for stranger in [&bench.cast.stranger, &bench.cast.operator, &bench.cast.alice] {
            wire_by(&bench, &Bench::account(stranger), &good).refused(&[FORBIDDEN], actor);
        }
        for other in bench.wiring.all() {
            wire_by(&bench, &Sender::Actor(other), &good).refused(&[FORBIDDEN], actor);
        }
        wire_by(&bench, &deployer, &moved).refused(&[wrong], actor);
        wire_by(&bench, &deployer, &twice).refused(&[wrong], actor);
        if actor != "governance" {
            wire_by(&bench, &deployer, &nobody).refused(&[wrong], actor);
        }
        if actor == "pool" || actor == "nft-share" {
            wire_by(&bench, &deployer, &swapped).refused(&[wrong], actor);
        }
        let key = bench.cast.deployer.clone();
        wire(&mut bench.net, &key, id, &good).unwrap();
        wire_by(&bench, &deployer, &good).refused(&[lifecycle::ALREADY_WIRED.value()], actor);
    }
}

#[test]
fn samples_cover_every_parameter() {
    // The generators above find amounts and addresses by the bytes of their samples: these must be unlike anything else's.
    assert_ne!(sample::bytes::<Address>(), sample::bytes::<TokenAmount>());
    let (address, amount) = (sampled::<Address>(), sampled::<TokenAmount>());
    let found = |kind: &Ipld| {
        let has = |m: &MethodInfo| {
            let params = (m.sample_params)();
            !params.is_empty()
                && (tree(&params) == *kind
                    || !each_node(&tree(&params), &|n| if n == kind { vec![Ipld::Null] } else { vec![] }).is_empty())
        };
        everything().into_iter().filter(|(_, m)| has(m)).count()
    };
    let typed = |text: &str| everything().iter().filter(|(_, m)| m.params.contains(text)).count();
    assert!(found(&address) >= 20 && found(&amount) >= 15, "{} addresses, {} amounts", found(&address), found(&amount));
    assert!(typed("Params") > 25);
}
