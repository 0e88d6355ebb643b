//! The official bundle starts, and time passes on it.

use std::path::Path;

use fil_actor_miner_state::v18::State as MinerState;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_localnet::network::Config;
use peggy_localnet::{ids, Bundle, Network};

/// 16 actors, all but one the bundle's own; genesis made by their constructors.
#[test]
fn genesis_is_built_by_the_official_constructors() {
    let network = peggy_official::network().unwrap();
    let official = Bundle::load(peggy_official::bundle_path().unwrap()).unwrap();
    let manifest = network.manifest().unwrap();
    assert_eq!(manifest.len(), 16);
    for (name, code) in &manifest {
        assert_eq!(official.code(name) == Some(*code), name != "init", "{name}");
    }
    assert_eq!(network.official().unwrap().manifest, official.manifest_cid().unwrap());

    let code = |name: &str| manifest.iter().find(|(n, _)| n == name).map(|(_, code)| *code);
    let singletons = [
        (ids::SYSTEM, "system"),
        (ids::INIT, "init"),
        (ids::REWARD, "reward"),
        (ids::CRON, "cron"),
        (ids::POWER, "storagepower"),
        (ids::MARKET, "storagemarket"),
        (ids::VERIFIED_REGISTRY, "verifiedregistry"),
        (ids::DATACAP, "datacap"),
        (ids::EAM, "eam"),
        (ids::BURNT_FUNDS, "account"),
        (network.genesis().miner, "storageminer"),
    ];
    for (id, name) in singletons {
        assert_eq!(network.actor_by_id(id).unwrap().map(|a| a.code), code(name), "{name}");
    }
    let miner: MinerState = network.load_state(network.genesis().miner).unwrap();
    // The deposit CreateMiner takes is locked as if it had been earned.
    assert!(miner.locked_funds > TokenAmount::zero());
    assert_eq!(network.total_fil().unwrap(), TokenAmount::from_whole(2_000_000_000));
}

/// One machine for a thousand rounds does what one machine for each does: empty blocks run the same crons with the same clocks.
#[test]
fn null_rounds_leave_the_state_that_empty_blocks_leave() {
    let mut at_once = peggy_official::network().unwrap();
    at_once.set_producers(Vec::new());
    let mut one_by_one = at_once.fork().unwrap();
    // The first deadline of the first miner ends within these, and a machine is changed once.
    at_once.advance(1_100).unwrap();
    for _ in 0..1_100 {
        one_by_one.mine().unwrap();
    }
    assert_eq!(at_once.state_root(), one_by_one.state_root());
}

#[test]
fn other_bundles_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| format!("{:#}", Bundle::official(path).unwrap_err());
    assert!(refused(&folder.path().join("none.car")).contains("no actor bundle at"));

    let text = folder.path().join("text.car");
    std::fs::write(&text, "not a bundle").unwrap();
    assert!(refused(&text).contains("is not an actor bundle"));

    let codes = |bundle: &Bundle| bundle.actors().iter().map(|a| (a.name.clone(), a.wasm.clone())).collect::<Vec<_>>();
    let stand_ins = folder.path().join("stand-ins.car");
    Bundle::pack(1, codes(&Bundle::find().unwrap()), &stand_ins).unwrap();
    assert!(refused(&stand_ins).contains("is not an official bundle: its storagemarket has no code"));

    let official = Bundle::load(peggy_official::bundle_path().unwrap()).unwrap();
    let short = folder.path().join("short.car");
    Bundle::pack(1, codes(&official).into_iter().take(15), &short).unwrap();
    assert!(refused(&short).contains("is not a builtin-actors v18 bundle"));
}

/// The levers of the stand-ins don't exist here, and say what to do instead; rewards and fines are messages of the network.
#[test]
fn levers_say_that_they_are_not_for_official_actors() {
    let mut network = peggy_official::network().unwrap();
    let miner = network.genesis().miner;
    let amount = TokenAmount::from_whole(1);
    let before = network.state_root();
    let refused = [
        network.control().set_block_reward(&amount),
        network.control().award_amount(miner, &amount),
        network.control().add_pledge(miner, &amount),
        network.control().add_precommit_deposit(miner, &amount),
        network.control().prove_commit(miner, amount.clone(), amount.clone()),
        network.control().expire_precommit(miner, &amount),
        network.control().expire_sector(miner, &amount),
        network.control().terminate_sector(miner, amount.clone(), amount.clone()),
        network.control().fine(miner, &amount),
        network.control().add_debt(miner, &amount),
        network.control().hold_early_terminations(miner, true),
        network.control().set_sick(miner, None),
        network.control().set_power(miner, &1.into()),
    ];
    for answer in refused {
        let said = answer.unwrap_err().to_string();
        assert!(said.starts_with("the official actors have no such lever: "), "{said}");
    }
    assert_eq!(network.state_root(), before);

    let balance = |network: &Network| network.actor_by_id(miner).unwrap().unwrap().balance;
    let poor = balance(&network);
    network.control().award(miner, 1).unwrap();
    assert!(balance(&network) > poor);
}

/// What the names of the mainnet actors promise: the same genesis, without the laxer rules of the testing builds.
#[test]
fn the_mainnet_bundle_starts_too_if_it_lies_beside() {
    let beside = peggy_official::bundle_path().unwrap().with_file_name("builtin-actors-mainnet.car");
    if !beside.is_file() {
        eprintln!("skipped: there is no {}", beside.display());
        return;
    }
    let bundle = Bundle::official(&beside).unwrap();
    assert_eq!(bundle.as_official().unwrap().release, Some("mainnet"));
    let mut network = Network::new(Config { bundle: Some(bundle), ..Config::default() }).unwrap();
    network.advance(100).unwrap();
    assert_eq!(network.total_fil().unwrap(), TokenAmount::from_whole(2_000_000_000));
}
