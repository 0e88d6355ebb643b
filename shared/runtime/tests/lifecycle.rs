//! Wiring and upgrades, as all five actors have them.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_runtime::lifecycle::{accept_upgrade, check_wire, construct, not_wired, upgrade, wired};
use peggy_runtime::mock::{code, MockHost};
use peggy_runtime::{encode, ActorError, Runtime, UpgradeParams, Wiring};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

const OWN: ActorID = 1000;
const DEPLOYER: ActorID = 100;
const STRANGER: ActorID = 101;
const WIRING: Wiring = Wiring { owner_proxy: OWN, pool: 1001, nft_share: 1002, liquidity: 1003, governance: 1004 };

const SCHEMA: u64 = 1;

/// What every actor has, in the place of owner-proxy, and nothing else.
#[derive(Debug, PartialEq, Serialize_tuple, Deserialize_tuple)]
struct Least {
    schema: u64,
    deployer: Option<ActorID>,
    wiring: Option<Wiring>,
}

impl Least {
    fn create(rt: &Runtime<&MockHost>, deployer: &Address) -> Result<(), ActorError> {
        let deployer = rt.resolve(deployer, "the deployer")?;
        rt.create(&Self { schema: SCHEMA, deployer: Some(deployer), wiring: None })
    }

    fn wire(rt: &Runtime<&MockHost>, wiring: Wiring) -> Result<(), ActorError> {
        check_wire(rt, rt.state::<Self>()?.deployer, &wiring, wiring.owner_proxy)?;
        rt.transaction(|state: &mut Self, _| {
            state.deployer = None;
            state.wiring = Some(wiring);
            Ok(())
        })?;
        rt.emit(wired(&wiring))
    }

    fn upgrade(rt: &Runtime<&MockHost>, params: UpgradeParams) -> Result<(), ActorError> {
        let wiring = rt.state::<Self>()?.wiring.ok_or_else(not_wired)?;
        rt.require_caller(&[wiring.governance], "governance")?;
        upgrade(rt, params)
    }
}

fn host() -> MockHost {
    let host = MockHost::new(OWN);
    for id in WIRING.all().into_iter().chain([DEPLOYER, STRANGER]) {
        host.add_actor(id);
    }
    host
}

fn as_caller<T>(
    host: &MockHost,
    caller: ActorID,
    f: impl FnOnce(&Runtime<&MockHost>) -> Result<T, ActorError>,
) -> Result<T, u32> {
    host.call(caller, 2, TokenAmount::zero(), f).map_err(|e| e.code().value())
}

fn least() -> MockHost {
    let host = host();
    as_caller(&host, 1, |rt| {
        rt.accept_anyone();
        Least::create(rt, &Address::new_id(DEPLOYER))
    })
    .unwrap();
    host
}

fn wire(host: &MockHost, caller: ActorID, wiring: Wiring) -> Result<(), u32> {
    as_caller(host, caller, |rt| Least::wire(rt, wiring))
}

fn state_of(host: &MockHost) -> Least {
    as_caller(host, STRANGER, |rt| {
        let state = rt.state()?;
        Ok(state)
    })
    .unwrap()
}

#[test]
fn only_the_deployer_wires_and_only_once() {
    let host = least();
    assert_eq!(state_of(&host), Least { schema: SCHEMA, deployer: Some(DEPLOYER), wiring: None });
    assert_eq!(wire(&host, STRANGER, WIRING), Err(18));
    assert_eq!(wire(&host, WIRING.governance, WIRING), Err(18));
    wire(&host, DEPLOYER, WIRING).unwrap();
    assert_eq!(state_of(&host), Least { schema: SCHEMA, deployer: None, wiring: Some(WIRING) });
    assert_eq!(host.take_events().len(), 1);
    assert_eq!(wire(&host, DEPLOYER, WIRING), Err(33));
    assert_eq!(wire(&host, STRANGER, WIRING), Err(33));
}

#[test]
fn each_actor_must_have_its_own_place_and_all_must_exist() {
    let host = least();
    for wrong in [
        Wiring { owner_proxy: 1001, pool: OWN, ..WIRING },
        Wiring { pool: OWN, ..WIRING },
        Wiring { governance: 1001, ..WIRING },
        Wiring { liquidity: 77, ..WIRING },
    ] {
        assert_eq!(wire(&host, DEPLOYER, wrong), Err(34), "{wrong:?}");
    }
    assert_eq!(state_of(&host).wiring, None);
    // The check alone, as actors with more state call it.
    let alone = as_caller(&host, DEPLOYER, |rt| check_wire(rt, Some(DEPLOYER), &WIRING, WIRING.pool));
    assert_eq!(alone, Err(34));
}

#[test]
fn the_constructor_is_inits_and_takes_no_fil() {
    let host = host();
    let deployer = Address::new_id(DEPLOYER);
    let attempt = |caller, value: i64, params: Option<IpldBlock>| {
        host.call(caller, 1, TokenAmount::from_atto(value), |rt| {
            construct(rt, params, |rt, deployer: Address| Least::create(rt, &deployer))
        })
        .map(|_| ())
        .map_err(|e| e.code().value())
    };
    let good = encode(&deployer, "").unwrap();
    assert_eq!(attempt(STRANGER, 0, good.clone()), Err(18));
    assert_eq!(attempt(1, 1, good.clone()), Err(26));
    assert_eq!(attempt(1, 0, None), Err(21));
    assert_eq!(attempt(1, 0, Some(IpldBlock { codec: 0x71, data: vec![0xff] })), Err(21));
    assert_eq!(attempt(1, 0, encode(&Address::new_id(77), "").unwrap()), Err(17));
    assert_eq!(attempt(1, 0, good.clone()), Ok(()));
    assert_eq!(attempt(1, 0, good), Err(20));
}

fn upgrade_to(name: &str) -> UpgradeParams {
    UpgradeParams {
        new_code: code(name),
        old_code: code(&format!("code of {OWN}")),
        old_schema: SCHEMA,
        migration_params: RawBytes::default(),
    }
}

#[test]
fn only_governance_upgrades_and_only_from_what_it_names() {
    let host = least();
    let run = |caller, params: UpgradeParams| as_caller(&host, caller, |rt| Least::upgrade(rt, params));
    assert_eq!(run(WIRING.governance, upgrade_to("new")), Err(32), "before wiring nobody is governance");
    wire(&host, DEPLOYER, WIRING).unwrap();
    for caller in [DEPLOYER, STRANGER, WIRING.pool, OWN] {
        assert_eq!(run(caller, upgrade_to("new")), Err(18));
    }
    let other_code = UpgradeParams { old_code: code("other"), ..upgrade_to("new") };
    assert_eq!(run(WIRING.governance, other_code), Err(36));
    for old_schema in [0, SCHEMA + 1] {
        assert_eq!(run(WIRING.governance, UpgradeParams { old_schema, ..upgrade_to("new") }), Err(36));
    }
    assert_eq!(host.upgraded_to(), None);
    host.take_events();
    run(WIRING.governance, upgrade_to("new")).unwrap();
    assert_eq!(host.upgraded_to(), Some(code("new")));
    assert_eq!(host.take_events().len(), 1);
}

/// A state with everything a state may hold after its schema: links, optional and nested values, bytes, big numbers.
#[derive(Serialize_tuple, Deserialize_tuple)]
struct Rich {
    schema: u64,
    link: cid::Cid,
    links: Vec<Option<cid::Cid>>,
    nested: (u64, (String, Option<Wiring>)),
    bytes: RawBytes,
    amount: TokenAmount,
    nothing: (),
    yes: bool,
    epoch: i64,
    address: Address,
}

fn rich(schema: u64) -> Rich {
    Rich {
        schema,
        link: code("a"),
        links: vec![Some(code("b")), None, Some(code("c"))],
        nested: (7, ("text".to_owned(), Some(WIRING))),
        bytes: RawBytes::new(vec![1, 2, 3]),
        amount: TokenAmount::from_whole(-3),
        nothing: (),
        yes: true,
        epoch: -1,
        address: Address::new_id(5),
    }
}

#[test]
fn the_schema_is_read_whatever_follows_it() {
    for schema in [0, 1, 23, 24, u64::MAX] {
        let host = host();
        as_caller(&host, 1, |rt| {
            rt.accept_anyone();
            rt.create(&rich(schema))
        })
        .unwrap();
        as_caller(&host, OWN, |rt| accept_upgrade::<Rich, _>(rt, schema)).unwrap();
        assert_eq!(as_caller(&host, OWN, |rt| accept_upgrade::<Rich, _>(rt, schema ^ 1)), Err(36));
        let params = UpgradeParams { old_schema: schema, ..upgrade_to("new") };
        as_caller(&host, WIRING.governance, |rt| {
            rt.accept_anyone();
            upgrade(rt, params)
        })
        .unwrap();
        assert_eq!(host.upgraded_to(), Some(code("new")));
    }
}

#[test]
fn another_actors_state_is_refused() {
    let host = host();
    as_caller(&host, 1, |rt| {
        rt.accept_anyone();
        rt.create(&rich(7))
    })
    .unwrap();
    assert_eq!(as_caller(&host, OWN, |rt| accept_upgrade::<Least, _>(rt, 7)), Err(36));
}

#[test]
fn a_state_without_schema_is_refused() {
    let host = host();
    as_caller(&host, 1, |rt| {
        rt.accept_anyone();
        rt.create(&("no schema", 1u64))
    })
    .unwrap();
    assert_eq!(as_caller(&host, OWN, |rt| accept_upgrade::<Rich, _>(rt, 1)), Err(20));
    let empty = MockHost::new(OWN);
    assert_eq!(as_caller(&empty, OWN, |rt| accept_upgrade::<Rich, _>(rt, 1)), Err(20));
}
