//! FIL where none is taken, none where some is; addresses and methods that are not there.

use super::*;

/// What payable methods answer when no FIL comes.
const WITHOUT_VALUE: &[(&str, &str, u32)] = &[
    ("owner-proxy", "CreateMiner", INSUFFICIENT),
    // Below the smallest deposit.
    ("pool", "Deposit", 60),
    ("pool", "InvokeEVM", 60),
    // The sample's books say that FIL came home.
    ("pool", "Settle", 72),
    // Nothing brings no share.
    ("pool", "TopUpBond", 64),
    ("liquidity", "AddLiquidity", 100),
    ("liquidity", "BuyShares", 100),
    // The pool's answer.
    ("nft-share", "Deposit", 60),
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
const NOBODY_HAS_NOTHING: &[&str] = &[
    "BalanceOf",
    "Allowance",
    "GetAccount",
    "RevokeAllowance",
    "ListTickets",
    "Revoke",
    "RevokeForAll",
    "IsApprovedForAll",
    "ListPositions",
    "GetOwed",
];
/// Recipients and operators are created, as the token standard says.
const CREATED: &[&str] =
    &["Deposit", "BuyShares", "Transfer", "TransferFrom", "IncreaseAllowance", "DecreaseAllowance", "ApproveForAll"];
/// nft-share creates recipients, operators and beneficiaries, and then finds that there is no such token as the sample's.
const NO_TOKEN: u32 = 80;
/// Lists of nft-share whose sample has no cursor: that is found out first.
const NO_CURSOR: u32 = 92;
/// governance's code for a proposal that is not there.
const NO_PROPOSAL: u32 = 120;
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
                } else if actor == "nft-share" && [NO_TOKEN, NO_CURSOR].contains(&reply.code) {
                    assert!(
                        // Nothing is to be revoked of an operator that can't be named.
                        creatable || name == "Revoke" || reply.code == NO_CURSOR && name.starts_with("List"),
                        "{what}: {}",
                        reply.message
                    );
                } else if ALLOWED_NOTHING.contains(&name) {
                    reply.refused(&[NOT_FOUND, INSUFFICIENT], &what);
                } else if others && method.name == "CreateMiner" {
                    reply.refused(&[ILLEGAL_ARGUMENT, NOT_FOUND], &what);
                } else if name == "GetReceipt" {
                    // Nobody voted on the sample's proposal: there is none.
                    reply.refused(&[NO_PROPOSAL], &what);
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
    let hashed = [frc42_dispatch::method_hash!("NoSuchMethod"), frc42_dispatch::method_hash!("AuthenticateMessage")];
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
