//! The share as an FRC-46 token, and one person under several addresses.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::{frc46, pool};
use peggy_localnet::{Key, KeyKind};
use peggy_scenarios::{deploy, fil, World};

#[test]
fn it_says_who_it_is() {
    let w = World::new();
    let pool = w.wiring.pool;
    assert_eq!(w.read::<frc46::Name>(pool, &()), "Peggy test share");
    assert_eq!(w.read::<frc46::Symbol>(pool, &()), "TPEG");
    assert_eq!(w.read::<frc46::Granularity>(pool, &()), 1);
    assert!(w.read::<frc46::TotalSupply>(pool, &()).is_zero());
}

#[test]
fn transfers_and_their_refusals() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(10)).ok();
    let moved = w.transfer(&alice, bob.address(), fil(4)).answer::<frc46::Transfer>();
    assert_eq!((moved.from_balance, moved.to_balance), (fil(6), fil(4)));
    w.transfer(&alice, bob.address(), fil(7)).refused(19, "fewer than");
    w.transfer(&alice, bob.address(), -fil(1)).refused(16, "negative");
    w.transfer(&alice, Address::new_id(w.wiring.pool), fil(1)).refused(76, "the pool itself");
    w.transfer(&alice, bob.address(), fil(0)).ok();
    assert_eq!(w.read::<frc46::TotalSupply>(w.wiring.pool, &()), fil(10));
}

#[test]
fn an_unknown_recipient_is_created() {
    let mut w = World::new();
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(10)).ok();
    for kind in [KeyKind::Secp256k1, KeyKind::Bls, KeyKind::Delegated] {
        let nobody: Key = w.net.new_key(kind).unwrap();
        assert!(w.read::<frc46::BalanceOf>(w.wiring.pool, &nobody.address()).is_zero());
        w.transfer(&alice, nobody.address(), fil(1)).ok();
        assert_eq!(w.read::<frc46::BalanceOf>(w.wiring.pool, &nobody.address()), fil(1));
        w.deposit_for(&alice, fil(2), Some(nobody.address()), fil(2)).ok();
        assert_eq!(w.shares(&nobody), fil(3));
    }
    // An ID nobody has can't be created.
    w.transfer(&alice, Address::new_id(999_999), fil(1)).failed();
}

#[test]
fn allowances_bound_what_operators_move() {
    let mut w = World::new();
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    w.deposit(&alice, fil(10)).ok();
    w.transfer_from(&bob, alice.address(), dave.address(), fil(1)).refused(19, "may move");
    w.increase_allowance(&alice, bob.address(), fil(5)).ok();
    let moved = w.transfer_from(&bob, alice.address(), dave.address(), fil(2)).answer::<frc46::TransferFrom>();
    assert_eq!((moved.from_balance, moved.to_balance, moved.allowance), (fil(8), fil(2), fil(3)));
    w.transfer_from(&bob, alice.address(), dave.address(), fil(4)).refused(19, "may move");
    let burnt = w.burn_from(&bob, alice.address(), fil(1)).answer::<frc46::BurnFrom>();
    assert_eq!((burnt.balance, burnt.allowance), (fil(7), fil(2)));
    w.decrease_allowance(&alice, bob.address(), fil(9)).ok();
    assert!(w.allowance(alice.address(), bob.address()).is_zero());
    w.increase_allowance(&alice, bob.address(), fil(5)).ok();
    w.revoke_allowance(&alice, bob.address()).ok();
    w.transfer_from(&bob, alice.address(), dave.address(), fil(1)).refused(19, "may move");
    w.increase_allowance(&alice, alice.address(), fil(1)).refused(16, "owner");
    // An allowance is no money: alice may have less than she allowed.
    w.increase_allowance(&alice, bob.address(), fil(100)).ok();
    w.transfer_from(&bob, alice.address(), dave.address(), fil(50)).refused(19, "fewer than");
}

#[test]
fn burnt_shares_stay_in_the_price() {
    let mut w = World::new();
    let (alice, bob) = (w.cast.alice.clone(), w.cast.bob.clone());
    w.deposit(&alice, fil(10)).ok();
    w.deposit(&bob, fil(10)).ok();
    assert_eq!(w.burn(&alice, fil(4)).answer::<frc46::Burn>().balance, fil(6));
    w.burn(&alice, fil(7)).refused(19, "fewer than");
    assert_eq!(w.read::<frc46::TotalSupply>(w.wiring.pool, &()), fil(16));
    assert_eq!(w.redeem(&bob, fil(10)).answer::<pool::Redeem>().amount, fil(10), "nobody gains by a burn");
}

/// Failure 24: one person is one account, whatever address it uses.
#[test]
fn failure_24_one_person_under_all_its_addresses() {
    let mut w = World::new();
    let deployer = w.cast.deployer.clone();
    let code = deploy::install(&mut w.net, &deployer, deploy::wasm("test_forwarder").unwrap()).unwrap();
    let contract = deploy::create(&mut w.net, &deployer, code, RawBytes::default()).unwrap();
    // The robust (f2) address the contract was created under is the only one in init's map that is none of the keys.
    let robust = f2_of(&w, contract);
    let (alice, bob, carol) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone());
    let people = [
        (alice.address(), w.id(&alice)),
        (bob.address(), w.id(&bob)),
        (carol.address(), w.id(&carol)),
        (robust, contract),
    ];
    let dave = w.cast.dave.clone();
    for (address, id) in people {
        let by_id = Address::new_id(id);
        w.deposit_for(&dave, fil(2), Some(address), fil(2)).ok();
        w.deposit_for(&dave, fil(3), Some(by_id), fil(3)).ok();
        for alias in [address, by_id] {
            assert_eq!(w.read::<frc46::BalanceOf>(w.wiring.pool, &alias), fil(5), "{alias}");
            let account = w.read::<pool::GetAccount>(w.wiring.pool, &pool::GetAccountParams { account: alias });
            assert_eq!(account.shares, fil(5), "{alias}");
        }
    }
    // A transfer from one's key address to one's ID is one to oneself.
    w.transfer(&alice, Address::new_id(w.id(&alice)), fil(5)).ok();
    assert_eq!(w.shares(&alice), fil(5));
    // An allowance given under one address is used and revoked under the other; one to oneself is none.
    w.increase_allowance(&alice, Address::new_id(w.id(&bob)), fil(3)).ok();
    assert_eq!(w.allowance(Address::new_id(w.id(&alice)), bob.address()), fil(3));
    w.transfer_from(&bob, Address::new_id(w.id(&alice)), bob.address(), fil(1)).ok();
    w.revoke_allowance(&alice, bob.address()).ok();
    assert!(w.allowance(alice.address(), Address::new_id(w.id(&bob))).is_zero());
    w.increase_allowance(&alice, Address::new_id(w.id(&alice)), fil(1)).refused(16, "owner");
}

fn f2_of(w: &World, contract: u64) -> Address {
    let state: (cid::Cid, u64, String, cid::Cid) = w.net.load_state(peggy_localnet::ids::INIT).unwrap();
    let map = fvm_ipld_hamt::Hamt::<_, u64>::load_with_config(
        &state.0,
        w.net.store(),
        fvm_ipld_hamt::Config { bit_width: fvm_shared::HAMT_BIT_WIDTH, ..Default::default() },
    )
    .unwrap();
    let mut found = None;
    map.for_each(|key, id| {
        if *id == contract {
            found = Some(Address::from_bytes(&key.0)?);
        }
        Ok(())
    })
    .unwrap();
    found.expect("every actor init made has a robust address")
}

#[test]
fn deposits_have_limits() {
    let mut setup = deploy::Setup::default();
    setup.terms.min_deposit = fil(2);
    setup.terms.cap = fil(100);
    setup.terms.max_idle = fil(50);
    let mut w = World::with(setup);
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(1)).refused(60, "at least");
    w.deposit(&alice, fil(101)).refused(61, "cap");
    w.deposit(&alice, fil(51)).refused(62, "wait");
    w.deposit_for(&alice, fil(10), None, fil(11)).refused(65, "less than");
    w.deposit(&alice, fil(50)).ok();
    w.deposit(&alice, TokenAmount::zero()).failed();
    w.redeem_min(&alice, fil(10), fil(11)).refused(65, "less than");
    w.redeem(&alice, fil(51)).refused(19, "fewer than");
}
