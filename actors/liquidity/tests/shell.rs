//! Constructor, wiring, upgrade, through the actor's own dispatch.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum, METHOD_CONSTRUCTOR};
use num_traits::Zero;
use peggy_interfaces::common::{GetWiring, GetWiringReturn, Upgrade, Wire};
use peggy_interfaces::liquidity::{ConstructorParams, METHODS};
use peggy_runtime::mock::{code, MockHost};
use peggy_runtime::{decode_params, encode, Method, UpgradeParams, Wiring, SHELL_SCHEMA};
use serde::Serialize;

const INIT: ActorID = 1;
const DEPLOYER: ActorID = 100;
const STRANGER: ActorID = 101;
const WIRING: Wiring = Wiring { owner_proxy: 1000, pool: 1001, nft_share: 1002, liquidity: 1003, governance: 1004 };
const OWN: ActorID = WIRING.liquidity;

fn call<P: Serialize>(host: &MockHost, caller: ActorID, method: MethodNum, params: &P) -> Result<(), u32> {
    let params = encode(params, "").unwrap();
    let run = host.call(caller, method, TokenAmount::zero(), |rt| peggy_liquidity::invoke(rt, params));
    run.map(|_| ()).map_err(|e| e.code().value())
}

fn wiring_of(host: &MockHost) -> GetWiringReturn {
    let run = host.call(STRANGER, GetWiring::NUMBER, TokenAmount::zero(), |rt| peggy_liquidity::invoke(rt, None));
    decode_params(run.unwrap(), "").unwrap()
}

fn constructed() -> MockHost {
    let host = MockHost::new(OWN);
    for id in WIRING.all().into_iter().chain([DEPLOYER, STRANGER]) {
        host.add_actor(id);
    }
    let params = ConstructorParams { deployer: Address::new_id(DEPLOYER) };
    assert_eq!(call(&host, STRANGER, METHOD_CONSTRUCTOR, &params), Err(18));
    call(&host, INIT, METHOD_CONSTRUCTOR, &params).unwrap();
    host
}

#[test]
fn failure_25_wired_once_by_the_deployer_in_its_own_place() {
    let host = constructed();
    let mut moved = WIRING;
    moved.liquidity = STRANGER;
    assert_eq!(call(&host, STRANGER, Wire::NUMBER, &WIRING), Err(18));
    assert_eq!(call(&host, DEPLOYER, Wire::NUMBER, &moved), Err(34));
    assert_eq!(wiring_of(&host), GetWiringReturn { schema: SHELL_SCHEMA, deployer: Some(DEPLOYER), wiring: None });
    call(&host, DEPLOYER, Wire::NUMBER, &WIRING).unwrap();
    assert_eq!(call(&host, DEPLOYER, Wire::NUMBER, &WIRING), Err(33));
    assert_eq!(wiring_of(&host), GetWiringReturn { schema: SHELL_SCHEMA, deployer: None, wiring: Some(WIRING) });
}

#[test]
fn upgraded_by_governance_only() {
    let host = constructed();
    let params = UpgradeParams {
        new_code: code("new"),
        old_code: code(&format!("code of {OWN}")),
        old_schema: SHELL_SCHEMA,
        migration_params: RawBytes::default(),
    };
    assert_eq!(call(&host, WIRING.governance, Upgrade::NUMBER, &params), Err(32));
    call(&host, DEPLOYER, Wire::NUMBER, &WIRING).unwrap();
    for caller in [DEPLOYER, STRANGER, WIRING.pool] {
        assert_eq!(call(&host, caller, Upgrade::NUMBER, &params), Err(18));
    }
    call(&host, WIRING.governance, Upgrade::NUMBER, &params).unwrap();
    assert_eq!(host.upgraded_to(), Some(code("new")));
    host.call(OWN, 0, TokenAmount::zero(), |rt| peggy_liquidity::upgrade(rt, None)).unwrap();
}

#[test]
fn declared_methods_are_handled_and_others_are_not() {
    let host = constructed();
    for method in METHODS {
        let run = host.call(STRANGER, method.number, TokenAmount::zero(), |rt| peggy_liquidity::invoke(rt, None));
        assert_ne!(run.map_or_else(|e| e.code().value(), |_| 0), 22, "{}", method.name);
    }
    for unknown in [0, 2, 3, 1 << 24, u64::MAX] {
        assert_eq!(call(&host, STRANGER, unknown, &()), Err(22));
    }
}
