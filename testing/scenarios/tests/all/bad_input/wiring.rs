//! Before wiring, wrong wiring, and whether the samples cover every parameter.

use super::*;

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
