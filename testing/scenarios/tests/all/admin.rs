//! Governance: terms, pause, operator, upgrades.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::common::{GetWiring, Upgrade, UpgradeParams};
use peggy_interfaces::pool::{self, limits, FeeParams, PauseParams};
use peggy_math::Bps;
use peggy_scenarios::{deploy, fil, World};

#[test]
fn terms_are_governances_and_bounded() {
    let mut w = World::new();
    let stranger = w.cast.stranger.clone();
    let good = w.setup.terms_params(&w.cast);
    w.call::<pool::SetTerms>(&stranger, w.wiring.pool, &good, TokenAmount::zero()).refused(18, "governance");
    let bad = [
        pool::TermsParams { reward_period: limits::MIN_REWARD_PERIOD - 1, ..good.clone() },
        pool::TermsParams { reward_period: limits::MAX_REWARD_PERIOD + 1, ..good.clone() },
        pool::TermsParams { max_staleness_out: limits::MAX_STALENESS_OUT + 1, ..good.clone() },
        pool::TermsParams { reserve_bps: Bps(5_001), ..good.clone() },
        pool::TermsParams { bond_period: limits::MIN_BOND_PERIOD - 1, ..good.clone() },
        pool::TermsParams { min_deposit: -fil(1), ..good.clone() },
    ];
    for terms in bad {
        w.set_terms(&terms).refused(70, "must be");
    }
    w.set_terms(&pool::TermsParams { reward_period: limits::DAY, ..good }).ok();
    assert_eq!(w.read::<pool::GetTerms>(w.wiring.pool, &()).reward_period, limits::DAY);
}

#[test]
fn failure_23_fees_that_break_a_rule_are_refused() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.address(), w.cast.bob.address());
    let fee = |label: &str, recipient, bps| FeeParams { label: label.to_owned(), recipient, bps: Bps(bps) };
    let good = w.setup.terms_params(&w.cast);
    let with = |fees: Vec<FeeParams>| pool::TermsParams { fees, ..good.clone() };
    w.set_terms(&with(vec![fee("a", alice, 3_000), fee("b", bob, 2_001)])).refused(71, "");
    w.set_terms(&with(vec![fee("a", alice, 10_001)])).refused(71, "");
    w.set_terms(&with(vec![fee("a", alice, 1), fee("a", alice, 1)])).refused(71, "");
    // The same person by another address.
    w.set_terms(&with(vec![fee("a", alice, 1), fee("a", Address::new_id(w.id_of(&alice)), 1)])).refused(71, "");
    let nobody = w.net.new_key(peggy_localnet::KeyKind::Secp256k1).unwrap().address();
    w.set_terms(&with(vec![fee("a", nobody, 1)])).failed();
    w.set_terms(&with((0..17).map(|i| fee(&format!("fee {i}"), alice, 1)).collect())).refused(71, "");
    w.set_terms(&with(vec![fee("", alice, 1)])).refused(71, "");
    // The same recipient under two labels is two fees, and it is paid both.
    w.set_terms(&with(vec![fee("a", alice, 1_000), fee("b", alice, 500)])).ok();
    let stranger = w.cast.stranger.clone();
    w.deposit(&stranger, fil(1)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(100)).ok();
    w.sweep(&stranger).ok();
    let alice = w.cast.alice.clone();
    // Who is no longer in the terms keeps what it was owed.
    w.set_terms(&with(vec![])).ok();
    assert_eq!(w.claim_fees(&alice).answer::<pool::ClaimFees>().paid, fil(15));
}

#[test]
fn failure_29_a_pause_ends_and_blocks_no_exit() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.award(miner, &fil(40));
    let pause = PauseParams { epochs: 100 };
    w.call::<pool::Pause>(&stranger, w.wiring.pool, &pause, TokenAmount::zero()).refused(18, "governance");
    w.pause(limits::MAX_PAUSE + 1).refused(74, "pause");
    w.pause(limits::MAX_PAUSE).ok();
    w.deposit(&alice, fil(1)).refused(35, "paused");
    w.compound(&alice).refused(35, "paused");
    w.pledge(miner, fil(1)).refused(35, "paused");
    w.harvest(&stranger, miner).ok();
    w.skip(limits::DAY);
    assert!(w.claim(&alice).answer::<pool::ClaimRewards>().paid.is_positive());
    w.transfer(&alice, stranger.address(), fil(1)).ok();
    w.redeem(&alice, fil(1)).ok();
    // It can't be prolonged, ends by itself, and the next one has to wait.
    w.pause(limits::MAX_PAUSE).refused(74, "pause");
    w.skip(limits::MAX_PAUSE);
    w.deposit(&alice, fil(1)).ok();
    w.pause(1).refused(74, "pause");
    w.skip(limits::MAX_PAUSE);
    w.pause(100).ok();
    w.pause(0).ok();
    w.deposit(&alice, fil(1)).ok();
}

#[test]
fn another_operator_takes_over_and_the_bond_stays_whose_it_is() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (operator, dave, alice) = (w.cast.operator.clone(), w.cast.dave.clone(), w.cast.alice.clone());
    w.deposit(&alice, fil(10)).ok();
    w.set_operator(dave.address()).ok();
    w.pledge(miner, fil(1)).refused(18, "the operator");
    w.pledge_by(&dave, miner, fil(1)).ok();
    assert_eq!(w.bond().owners[0].owner, w.id(&operator));
}

/// The same wasm with a section nothing reads: other code, as far as the network can tell.
fn other_bytes(mut wasm: Vec<u8>) -> Vec<u8> {
    wasm.extend([0, 5, 4]);
    wasm.extend(b"copy");
    wasm
}

#[test]
fn failure_17_upgrades_keep_the_state_or_change_nothing() {
    let mut w = World::new();
    let (alice, deployer) = (w.cast.alice.clone(), w.cast.deployer.clone());
    w.deposit(&alice, fil(10)).ok();
    let [proxy_code, pool_code, ..] = w.codes.actors;
    let copy = deploy::install(&mut w.net, &deployer, other_bytes(deploy::wasm("peggy_pool").unwrap())).unwrap();
    let proxy_copy =
        deploy::install(&mut w.net, &deployer, other_bytes(deploy::wasm("peggy_owner_proxy").unwrap())).unwrap();
    let refusing = deploy::install(&mut w.net, &deployer, deploy::wasm("test_forwarder").unwrap()).unwrap();
    let missing = peggy_localnet::bundle::code_cid(b"nothing");
    let schema = w.read::<GetWiring>(w.wiring.pool, &()).schema;
    let swap = |new_code, old_code, old_schema| UpgradeParams {
        new_code,
        old_code,
        old_schema,
        migration_params: RawBytes::default(),
    };
    let pool = w.wiring.pool;
    let right = swap(copy, pool_code, schema);

    w.call::<Upgrade>(&deployer, pool, &right, TokenAmount::zero()).refused(18, "governance");
    w.govern::<Upgrade>(pool, &swap(copy, proxy_code, schema)).refused(36, "old_code");
    w.govern::<Upgrade>(pool, &swap(copy, pool_code, schema + 1)).refused(36, "old_schema");
    w.govern::<Upgrade>(pool, &swap(missing, pool_code, schema)).failed();
    w.govern::<Upgrade>(pool, &swap(refusing, pool_code, schema)).failed();
    // Code of another actor, whose schema happens to have the same number.
    w.govern::<Upgrade>(pool, &swap(w.codes.actors[4], pool_code, schema))
        .refused(36, "the upgrade to the new code failed");
    assert_eq!(w.seen.actors[&pool].code, pool_code);

    let before = w.seen.actors[&pool].state;
    w.govern::<Upgrade>(pool, &right).ok();
    assert_eq!((w.seen.actors[&pool].code, w.seen.actors[&pool].state), (copy, before));
    w.govern::<Upgrade>(w.wiring.owner_proxy, &swap(proxy_copy, proxy_code, 1)).ok();
    assert_eq!(w.seen.actors[&w.wiring.owner_proxy].code, proxy_copy);
    // Everything goes on.
    w.deposit(&alice, fil(1)).ok();
    let miner =
        w.create_miner(&w.cast.operator.clone(), fil(200)).answer::<peggy_interfaces::owner_proxy::CreateMiner>().miner;
    w.harvest(&alice, miner).ok();
    w.redeem(&alice, fil(11)).ok();
    w.govern::<Upgrade>(pool, &right).refused(36, "old_code");
}
