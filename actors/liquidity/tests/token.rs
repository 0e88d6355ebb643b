//! The LP token keeps to FRC-46.
#![allow(clippy::unwrap_used)]

mod harness;

use frc46_token::token::types::{
    BurnFromParams, BurnParams, DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams,
    RevokeAllowanceParams, TransferFromParams, TransferParams,
};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, METHOD_SEND};
use harness::*;
use peggy_interfaces::frc46::*;
use peggy_runtime::mock::Expected;
use peggy_runtime::{encode, Method};

fn to(who: ActorID, amount: TokenAmount) -> TransferParams {
    TransferParams { to: id(who), amount, operator_data: RawBytes::new(vec![0x81, 7]) }
}
fn from(owner: ActorID, who: ActorID, amount: TokenAmount) -> TransferFromParams {
    TransferFromParams { from: id(owner), to: id(who), amount, operator_data: RawBytes::default() }
}
fn between(owner: ActorID, operator: ActorID) -> GetAllowanceParams {
    GetAllowanceParams { owner: id(owner), operator: id(operator) }
}

#[test]
fn names_and_supply() {
    let l = Liquidity::with(fil(5));
    assert_eq!(l.call::<Name>(BOB, &()).unwrap(), "Peggy liquidity");
    assert_eq!(l.call::<Symbol>(BOB, &()).unwrap(), "PEGLP");
    assert_eq!(l.call::<Granularity>(BOB, &()).unwrap(), 1);
    assert_eq!(l.call::<TotalSupply>(BOB, &()).unwrap(), fil(5));
    assert_eq!(l.call::<BalanceOf>(BOB, &Address::new_actor(b"nobody")).unwrap(), none());
}

#[test]
fn a_transfer_moves_tokens_and_calls_the_hook() {
    let l = Liquidity::with(fil(5));
    l.host.expect(hook(BOB, ExitCode::OK));
    let got = l.call::<Transfer>(ALICE, &to(BOB, fil(2))).unwrap();
    assert_eq!((got.from_balance, got.to_balance), (l.lp_of(ALICE), fil(2)));
    assert_eq!(refused(l.call::<Transfer>(BOB, &to(CAROL, fil(3)))), 19);
    assert_eq!(refused(l.call::<Transfer>(BOB, &to(CAROL, -fil(3)))), 16);
    for lost in [OWN, POOL] {
        assert_eq!(refused(l.call::<Transfer>(BOB, &to(lost, fil(1)))), 112);
    }
    // To oneself nothing moves, and the hook is called as ever; nothing at all may be moved, too.
    for amount in [fil(2), none()] {
        l.host.expect(hook(BOB, ExitCode::OK));
        assert_eq!(l.call::<Transfer>(BOB, &to(BOB, amount)).unwrap().to_balance, fil(2));
    }
    assert_eq!(refused(l.call::<Transfer>(BOB, &to(BOB, fil(3)))), 19);
}

#[test]
fn failure_09_a_hook_that_refuses_undoes_the_transfer() {
    let l = Liquidity::with(fil(5));
    let before = l.lp_of(ALICE);
    l.host.expect(hook(BOB, ExitCode::new(33)));
    assert_eq!(refused(l.call::<Transfer>(ALICE, &to(BOB, fil(2)))), 33);
    assert_eq!((l.lp_of(ALICE), l.lp_of(BOB)), (before, none()));
}

#[test]
fn failure_10_a_hook_that_sends_tokens_on_is_seen_in_what_is_returned() {
    let l = Liquidity::with(fil(5));
    l.host.expect_reentry(hook(BOB, ExitCode::OK), |host| {
        host.expect(hook(CAROL, ExitCode::OK));
        let params = encode(&to(CAROL, fil(2)), "").unwrap();
        host.call(BOB, Transfer::NUMBER, none(), |rt| peggy_liquidity::invoke(rt, params)).unwrap();
    });
    assert_eq!(l.call::<Transfer>(ALICE, &to(BOB, fil(2))).unwrap().to_balance, none());
    assert_eq!((l.lp_of(BOB), l.lp_of(CAROL)), (none(), fil(2)));
}

#[test]
fn an_unknown_recipient_is_created() {
    let l = Liquidity::with(fil(5));
    let key = Address::new_secp256k1(&[4; 65]).unwrap();
    let bare =
        Expected { to: key, method: METHOD_SEND, params: Some(None), value: none(), answer: Ok((ExitCode::OK, None)) };
    let create = {
        let (host, key) = (&l.host, key);
        host.expect_reentry(bare, move |host| {
            host.add_actor(500);
            host.add_address(500, key);
        });
        TransferParams { to: key, amount: fil(1), operator_data: RawBytes::default() }
    };
    l.host.expect(hook(500, ExitCode::OK));
    l.call::<Transfer>(ALICE, &create).unwrap();
    assert_eq!(l.lp_of(500), fil(1));
}

#[test]
fn allowances_as_the_standard_has_them() {
    let l = Liquidity::with(fil(5));
    let more = |increase| l.call::<IncreaseAllowance>(ALICE, &IncreaseAllowanceParams { operator: id(BOB), increase });
    let less = |decrease| l.call::<DecreaseAllowance>(ALICE, &DecreaseAllowanceParams { operator: id(BOB), decrease });
    assert_eq!(refused(l.call::<TransferFrom>(BOB, &from(ALICE, CAROL, none()))), 19, "none at all");
    assert_eq!(more(fil(3)).unwrap(), fil(3));
    assert_eq!(less(fil(1)).unwrap(), fil(2));
    assert_eq!(l.call::<Allowance>(CAROL, &between(ALICE, BOB)).unwrap(), fil(2));
    assert_eq!((refused(more(-fil(1))), refused(less(-fil(1)))), (16, 16));
    let own = IncreaseAllowanceParams { operator: id(ALICE), increase: fil(1) };
    assert_eq!(refused(l.call::<IncreaseAllowance>(ALICE, &own)), 16);

    l.host.expect(hook(CAROL, ExitCode::OK));
    let got = l.call::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(1))).unwrap();
    assert_eq!((got.allowance, got.to_balance), (fil(1), fil(1)));
    assert_eq!(refused(l.call::<TransferFrom>(BOB, &from(ALICE, CAROL, fil(2)))), 19);
    assert_eq!(refused(l.call::<TransferFrom>(ALICE, &from(ALICE, CAROL, fil(1)))), 16);
    assert_eq!(refused(l.call::<TransferFrom>(BOB, &from(ALICE, OWN, fil(1)))), 112);
    let burnt = l.call::<BurnFrom>(BOB, &BurnFromParams { owner: id(ALICE), amount: fil(1) }).unwrap();
    assert_eq!((burnt.allowance, burnt.balance), (none(), l.lp_of(ALICE)));
    assert_eq!(less(fil(9)).unwrap(), none());
    more(fil(1)).unwrap();
    l.call::<RevokeAllowance>(ALICE, &RevokeAllowanceParams { operator: id(BOB) }).unwrap();
    assert_eq!(l.call::<Allowance>(CAROL, &between(ALICE, BOB)).unwrap(), none());
    let nobody = Address::new_actor(b"nobody");
    l.call::<RevokeAllowance>(ALICE, &RevokeAllowanceParams { operator: nobody }).unwrap();
    let unknown = TransferFromParams { from: nobody, ..from(ALICE, CAROL, fil(1)) };
    assert_eq!(refused(l.call::<TransferFrom>(BOB, &unknown)), 19);
}

#[test]
fn burning_leaves_everything_to_the_others() {
    let l = Liquidity::with(fil(50));
    l.add(BOB, fil(50));
    assert_eq!(refused(l.call::<Burn>(BOB, &BurnParams { amount: fil(51) })), 19);
    assert_eq!(refused(l.call::<Burn>(BOB, &BurnParams { amount: -fil(1) })), 16);
    assert_eq!(l.call::<Burn>(BOB, &BurnParams { amount: fil(50) }).unwrap().balance, none());
    assert_eq!(l.state().fil, fil(100));
    assert!(l.remove(ALICE, l.lp_of(ALICE)).fil > fil(100) - atto(2_000_000_001));
}

#[test]
fn failure_24_all_addresses_of_one_actor_are_one_account() {
    let l = Liquidity::with(fil(5));
    let addresses = [
        Address::new_secp256k1(&[4; 65]).unwrap(),
        Address::new_bls(&[5; 48]).unwrap(),
        Address::new_actor(b"bob"),
        Address::new_delegated(10, &[6; 20]).unwrap(),
    ];
    for address in addresses {
        l.host.add_address(BOB, address);
        l.host.expect(hook(BOB, ExitCode::OK));
        l.call::<Transfer>(ALICE, &TransferParams { to: address, ..to(BOB, fil(1)) }).unwrap();
    }
    assert_eq!(l.lp_of(BOB), fil(4));
}
