//! Callers and parameters: wrong, missing, garbage, of another type, negative, huge.

use super::*;

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
        // Fields too few, and too many; a list of tokens may have any number.
        if let (Ipld::List(fields), false) = (tree(&good), method.params.starts_with("Vec")) {
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
    // As much as is idle.
    ("owner-proxy", "ReturnPrincipal"),
    // What an action sends is asked for when it is executed.
    ("governance", "Propose"),
    ("pool", "ClaimRewards"),
    ("nft-share", "ClaimOwed"),
    ("pool", "IncreaseAllowance"),
    ("pool", "DecreaseAllowance"),
    ("pool", "PreviewDeposit"),
    ("pool", "PreviewRedeem"),
    // More than all FIL there is means no cap.
    ("pool", "SetTerms"),
    ("liquidity", "QuoteSell"),
    ("liquidity", "QuoteBuy"),
    ("liquidity", "IncreaseAllowance"),
    ("liquidity", "DecreaseAllowance"),
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
                // 51, 52, 70 and 72 are the owner-proxy's and pool's own words for it, 129 is governance's.
                let what = format!("{actor} {} with {negative}: {tree:?}", method.name);
                give(&tree).refused(&[ILLEGAL_ARGUMENT, 51, 52, 70, 72, 129], &what);
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
