//! Constructor, wiring, upgrade, dispatch.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::METHOD_CONSTRUCTOR;
use harness::*;
use num_traits::Zero;
use peggy_interfaces::common::{GetWiring, GetWiringReturn, Upgrade, Wire};
use peggy_interfaces::{frc53, nft_share};
use peggy_nft_share::shell::{Shell, SHELL_SCHEMA};
use peggy_nft_share::state::{State, SCHEMA};
use peggy_runtime::mock::code;
use peggy_runtime::{encode, UpgradeParams, Wiring};

#[test]
fn the_constructor_checks_its_parameters() {
    let refused = |name: &str, symbol: &str| {
        let params = nft_share::ConstructorParams { name: name.into(), symbol: symbol.into(), ..constructor() };
        Nfts::unwired(&params).err().map(|e| e.code().value())
    };
    assert_eq!(refused("Peggy position", "PGYP"), None);
    assert_eq!(refused("", "PGYP"), Some(91));
    assert_eq!(refused("Peggy", ""), Some(91));
    assert_eq!(refused(&"x".repeat(65), "PGYP"), Some(91));
    assert_eq!(refused("Peggy", &"x".repeat(17)), Some(91));
    for harmful in ["a\"b", "a\\b", "<svg", "a>b", "a&b", "caf\u{e9}", "a\nb"] {
        assert_eq!(refused(harmful, "PGYP"), Some(91), "{harmful:?}");
        assert_eq!(refused("Peggy", harmful), Some(91), "{harmful:?}");
    }
    let nfts = Nfts::blank();
    let params = || encode(&constructor(), "constructor").unwrap();
    let by_stranger = nfts.raw(STRANGER, METHOD_CONSTRUCTOR, TokenAmount::zero(), params());
    assert_eq!(by_stranger.unwrap_err().code().value(), 18);
    assert_eq!(nfts.raw(INIT, METHOD_CONSTRUCTOR, fil(1), params()).unwrap_err().code().value(), 26);
}

#[test]
fn failure_25_wired_once_by_the_deployer_in_its_own_place() {
    let nfts = Nfts::unwired(&constructor()).unwrap();
    let moved = Wiring { nft_share: STRANGER, ..WIRING };
    assert_eq!(nfts.refused::<Wire>(STRANGER, &WIRING), 18);
    assert_eq!(nfts.refused::<Wire>(DEPLOYER, &moved), 34);
    let wiring = |nfts: &Nfts| nfts.call::<GetWiring>(STRANGER, &()).unwrap();
    assert_eq!(wiring(&nfts), GetWiringReturn { schema: SCHEMA, deployer: Some(DEPLOYER), wiring: None });
    nfts.call::<Wire>(DEPLOYER, &WIRING).unwrap();
    assert_eq!(nfts.refused::<Wire>(DEPLOYER, &WIRING), 33);
    assert_eq!(wiring(&nfts), GetWiringReturn { schema: SCHEMA, deployer: None, wiring: Some(WIRING) });
}

#[test]
fn upgraded_by_governance_only() {
    let params = UpgradeParams {
        new_code: code("new"),
        old_code: code(&format!("code of {OWN}")),
        old_schema: SCHEMA,
        migration_params: RawBytes::default(),
    };
    let nfts = Nfts::unwired(&constructor()).unwrap();
    assert_eq!(nfts.refused::<Upgrade>(WIRING.governance, &params), 32);
    let nfts = Nfts::new();
    for caller in [DEPLOYER, STRANGER, POOL] {
        assert_eq!(nfts.refused::<Upgrade>(caller, &params), 18);
    }
    nfts.call::<Upgrade>(WIRING.governance, &params).unwrap();
    assert_eq!(nfts.host.upgraded_to(), Some(code("new")));
    nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| peggy_nft_share::upgrade(rt, None)).unwrap();
}

#[test]
fn the_shell_of_the_first_release_is_migrated() {
    let nfts = Nfts::blank();
    let write = |schema| {
        let shell = Shell { schema, deployer: None, wiring: Some(WIRING) };
        let run = nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| {
            rt.accept_anyone();
            rt.migrate(&shell)
        });
        run.unwrap();
    };
    write(SHELL_SCHEMA + 7);
    let refused = nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| peggy_nft_share::upgrade(rt, None));
    assert_eq!(refused.unwrap_err().code().value(), 36);
    write(SHELL_SCHEMA);
    nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| peggy_nft_share::upgrade(rt, None)).unwrap();
    nfts.check();
    assert_eq!(nfts.state().pool, Some(POOL));
    assert_eq!(nfts.call::<frc53::Name>(STRANGER, &()).unwrap(), "Peggy position");
    assert_eq!(nfts.call::<frc53::Symbol>(STRANGER, &()).unwrap(), "PGYP");
    let token = nfts.mint(ALICE, fil(1));
    assert_eq!(nfts.owner(token), ALICE);
}

#[test]
fn another_actors_state_is_not_taken_over() {
    let nfts = Nfts::new();
    let foreign = nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| {
        rt.accept_anyone();
        rt.migrate(&(SCHEMA, 7u64))
    });
    foreign.unwrap();
    let refused = nfts.host.call(OWN, 0, TokenAmount::zero(), |rt| peggy_nft_share::upgrade(rt, None));
    assert_eq!(refused.unwrap_err().code().value(), 36);
}

#[test]
fn nothing_works_before_wiring() {
    let nfts = Nfts::unwired(&constructor()).unwrap();
    for method in nft_share::METHODS.iter().chain(frc53::METHODS) {
        if ["Wire", "GetWiring"].contains(&method.name) {
            continue;
        }
        let data = (method.sample_params)();
        let params = (!data.is_empty()).then_some(fvm_ipld_encoding::ipld_block::IpldBlock { codec: 0x71, data });
        let run = nfts.raw(STRANGER, method.number, TokenAmount::zero(), params);
        assert_eq!(run.unwrap_err().code().value(), 32, "{}", method.name);
    }
}

#[test]
fn declared_methods_are_handled_and_others_are_not() {
    let nfts = Nfts::new();
    for method in nft_share::METHODS.iter().chain(frc53::METHODS) {
        // Some look at the pool's index before they miss anything.
        nfts.expect_index();
        let run = nfts.raw(STRANGER, method.number, TokenAmount::zero(), None);
        nfts.host.forget_expected();
        assert_ne!(run.map_or_else(|e| e.code().value(), |_| 0), 22, "{}", method.name);
    }
    for unknown in [0, 2, 3, 1 << 24, u64::MAX] {
        assert_eq!(nfts.raw(STRANGER, unknown, TokenAmount::zero(), None).unwrap_err().code().value(), 22);
    }
    let state: State = nfts.state();
    assert_eq!(state.schema, SCHEMA);
}
