//! FRC-46.
#![allow(clippy::unwrap_used)]

mod harness;

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc46_token::token::types::*;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::frc46::*;
use peggy_interfaces::pool;
use peggy_runtime::encode;

fn to(to: u64, amount: TokenAmount) -> TransferParams {
    TransferParams { to: id(to), amount, operator_data: RawBytes::default() }
}
fn from(from: u64, to: u64, amount: TokenAmount) -> TransferFromParams {
    TransferFromParams { from: id(from), to: id(to), amount, operator_data: RawBytes::default() }
}
fn allow(pool: &Pool, owner: u64, operator: u64, amount: TokenAmount) {
    pool.call::<IncreaseAllowance>(owner, &IncreaseAllowanceParams { operator: id(operator), increase: amount })
        .unwrap();
}

#[test]
fn names_and_numbers() {
    let pool = Pool::new();
    assert_eq!(pool.call::<Name>(ALICE, &()).unwrap(), "Peggy");
    assert_eq!(pool.call::<Symbol>(ALICE, &()).unwrap(), "PEG");
    assert_eq!(pool.call::<Granularity>(ALICE, &()).unwrap(), 1);
    assert!(pool.call::<TotalSupply>(ALICE, &()).unwrap().is_zero());
    pool.deposit(ALICE, fil(2));
    assert_eq!(pool.call::<TotalSupply>(ALICE, &()).unwrap(), fil(2));
    assert_eq!(pool.call::<BalanceOf>(ALICE, &id(ALICE)).unwrap(), fil(2));
    let nobody = Address::new_secp256k1(&[7; 65]).unwrap();
    assert!(pool.call::<BalanceOf>(ALICE, &nobody).unwrap().is_zero());
    let params = GetAllowanceParams { owner: nobody, operator: id(BOB) };
    assert!(pool.call::<Allowance>(ALICE, &params).unwrap().is_zero());
}

#[test]
fn the_hook_gets_the_standards_payload_in_its_wrapper() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(2));
    let payload = FRC46TokenReceived {
        from: ALICE,
        to: BOB,
        operator: ALICE,
        amount: fil(1),
        operator_data: RawBytes::new(vec![1, 2]),
        token_data: RawBytes::default(),
    };
    let wrapped = UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload: RawBytes::serialize(payload).unwrap() };
    let mut expected = hook(BOB, ExitCode::OK);
    expected.params = Some(encode(&wrapped, "Receive").unwrap());
    expected.answer = Ok((ExitCode::OK, encode(&7u64, "Receive").unwrap()));
    pool.host.expect(expected);
    let params = TransferParams { operator_data: RawBytes::new(vec![1, 2]), ..to(BOB, fil(1)) };
    let returned = pool.call::<Transfer>(ALICE, &params).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (fil(1), fil(1)));
    assert_eq!(returned.recipient_data, RawBytes::new(vec![7]));
}

#[test]
fn transfers_that_cannot_be_are_refused_whole() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(2));
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(BOB, fil(3))), 19);
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(ALICE, fil(3))), 19, "to oneself, too");
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(BOB, -fil(1))), 16);
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(WIRING.pool, fil(1))), 76);
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(876_543, fil(1))), 17);
    assert_eq!(pool.refusal::<Transfer>(ALICE, fil(1), &to(BOB, fil(1))).0, 26);
    // A recipient that refuses undoes everything.
    pool.expect_hook(BOB, ExitCode::new(99));
    assert_eq!(pool.refused::<Transfer>(ALICE, &to(BOB, fil(1))), 99);
    // Nothing at all may be moved by anybody.
    pool.expect_hook(BOB, ExitCode::OK);
    pool.call::<Transfer>(CAROL, &to(BOB, fil(0))).unwrap();
}

#[test]
fn failure_10_returns_are_read_after_a_hook_that_moved_shares_on() {
    let pool = std::rc::Rc::new(Pool::new());
    pool.deposit(ALICE, fil(5));
    let callee = pool.clone();
    pool.host.expect_reentry(hook(BOB, ExitCode::OK), move |_| callee.transfer(BOB, CAROL, fil(3)).unwrap());
    let returned = pool.call::<Transfer>(ALICE, &to(BOB, fil(4))).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (fil(1), fil(1)));
    assert_eq!(pool.account(CAROL).shares, fil(3));
}

#[test]
fn failure_10_a_hook_on_transfer_from_cannot_spend_the_allowance_twice() {
    let pool = std::rc::Rc::new(Pool::new());
    pool.deposit(ALICE, fil(5));
    allow(&pool, ALICE, BOB, fil(2));
    let callee = pool.clone();
    pool.host.expect_reentry(hook(BOB, ExitCode::OK), move |host| {
        // From within the hook: the allowance is gone already.
        let params = encode(&from(ALICE, BOB, fil(2)), "TransferFrom").unwrap();
        let number = <TransferFrom as peggy_runtime::Method>::NUMBER;
        let e = host.call(BOB, number, fil(0), |rt| peggy_pool::invoke(rt, params)).unwrap_err();
        assert_eq!(e.code().value(), 19);
        callee.check();
    });
    let returned = pool.call::<TransferFrom>(BOB, &from(ALICE, BOB, fil(2))).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance, returned.allowance), (fil(3), fil(2), fil(0)));
}

#[test]
fn allowances_are_the_references() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(5));
    // Without any, even nothing can't be moved.
    assert_eq!(pool.refused::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(0))), 19);
    allow(&pool, ALICE, BOB, fil(3));
    assert_eq!(pool.refused::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(4))), 19);
    pool.expect_hook(CAROL, ExitCode::OK);
    let returned = pool.call::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(1))).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance, returned.allowance), (fil(4), fil(1), fil(2)));
    let burnt = pool.call::<BurnFrom>(BOB, &BurnFromParams { owner: id(ALICE), amount: fil(1) }).unwrap();
    assert_eq!((burnt.balance, burnt.allowance), (fil(3), fil(1)));
    // The owner is no operator.
    assert_eq!(pool.refused::<TransferFrom>(ALICE, &from(ALICE, BOB, fil(1))), 16);
    assert_eq!(pool.refused::<BurnFrom>(ALICE, &BurnFromParams { owner: id(ALICE), amount: fil(1) }), 16);
    let own = IncreaseAllowanceParams { operator: id(ALICE), increase: fil(1) };
    assert_eq!(pool.refused::<IncreaseAllowance>(ALICE, &own), 16);
    // Down to nothing, not below; and away.
    let less = DecreaseAllowanceParams { operator: id(BOB), decrease: fil(9) };
    assert!(pool.call::<DecreaseAllowance>(ALICE, &less).unwrap().is_zero());
    allow(&pool, ALICE, BOB, fil(3));
    pool.call::<RevokeAllowance>(ALICE, &RevokeAllowanceParams { operator: id(BOB) }).unwrap();
    assert_eq!(pool.refused::<BurnFrom>(BOB, &BurnFromParams { owner: id(ALICE), amount: fil(1) }), 19);
    let more = IncreaseAllowanceParams { operator: id(BOB), increase: -fil(1) };
    assert_eq!(pool.refused::<IncreaseAllowance>(ALICE, &more), 16);
    let less = DecreaseAllowanceParams { operator: id(BOB), decrease: -fil(1) };
    assert_eq!(pool.refused::<DecreaseAllowance>(ALICE, &less), 16);
    // More allowed than there is.
    allow(&pool, ALICE, BOB, fil(100));
    assert_eq!(pool.refused::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(4))), 19);
}

#[test]
fn burning_moves_no_price() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(5));
    pool.deposit(BOB, fil(5));
    assert_eq!(pool.call::<Burn>(BOB, &BurnParams { amount: fil(5) }).unwrap().balance, fil(0));
    assert_eq!(pool.call::<TotalSupply>(ALICE, &()).unwrap(), fil(5));
    assert_eq!(pool.redeem(ALICE, fil(5)), fil(5), "not an attoFIL of Bob's five");
    assert_eq!(pool.refused::<Burn>(BOB, &BurnParams { amount: fil(1) }), 19);
    assert_eq!(pool.refused::<Burn>(BOB, &BurnParams { amount: -fil(1) }), 16);
}

#[test]
fn failure_24_all_addresses_of_one_actor_are_one_account() {
    let pool = Pool::new();
    let addresses = [
        Address::new_secp256k1(&[4; 65]).unwrap(),
        Address::new_bls(&[5; 48]).unwrap(),
        Address::new_actor(b"bob"),
        Address::new_delegated(10, &[6; 20]).unwrap(),
    ];
    pool.deposit(ALICE, fil(4));
    for address in addresses {
        pool.host.add_address(BOB, address);
        pool.expect_hook(BOB, ExitCode::OK);
        pool.call::<Transfer>(ALICE, &TransferParams { to: address, ..to(BOB, fil(1)) }).unwrap();
        assert_eq!(pool.call::<BalanceOf>(ALICE, &address).unwrap(), pool.account(BOB).shares);
    }
    assert_eq!(pool.account(BOB).shares, fil(4));
    let fees = vec![
        pool::FeeParams { label: "a".into(), recipient: addresses[0], bps: peggy_math::Bps(1) },
        pool::FeeParams { label: "a".into(), recipient: addresses[3], bps: peggy_math::Bps(1) },
    ];
    let terms = pool::TermsParams { fees, ..easy_terms() };
    assert_eq!(pool.refused::<pool::SetTerms>(WIRING.governance, &terms), 71);
}
