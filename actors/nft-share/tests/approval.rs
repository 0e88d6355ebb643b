//! FRC-53 operators, for tokens and for accounts.
#![allow(clippy::unwrap_used)]

mod harness;

use frc53_nft::types::*;
use fvm_shared::address::Address;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::frc53;
use peggy_interfaces::nft_share::limits::{MAX_ACCOUNT_OPERATORS, MAX_TOKEN_OPERATORS};

fn operator(operator: u64) -> ApproveForAllParams {
    ApproveForAllParams { operator: id(operator) }
}
fn no_operator(operator: u64) -> RevokeForAllParams {
    RevokeForAllParams { operator: id(operator) }
}
fn burn_from(from: u64, tokens: &[u64]) -> BurnFromParams {
    BurnFromParams { from: id(from), token_ids: tokens.to_vec() }
}

#[test]
fn without_approval_nobody_moves_or_burns() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(1));
    for caller in [BOB, CAROL, ALICE] {
        // The owner is no operator of its own, as in the reference.
        assert_eq!(nfts.refused_later::<frc53::TransferFrom>(caller, &move_from(ALICE, BOB, &[token])), 82);
        assert_eq!(nfts.refused_later::<frc53::BurnFrom>(caller, &burn_from(ALICE, &[token])), 82);
    }
    assert_eq!(nfts.refused_later::<frc53::TransferFrom>(BOB, &move_from(BOB, CAROL, &[token])), 81);
    assert_eq!(nfts.refused_later::<frc53::Burn>(BOB, &vec![token]), 81);
    assert_eq!(nfts.refused::<frc53::Approve>(BOB, &ApproveParams { operator: id(BOB), token_ids: vec![token] }), 81);
    assert_eq!(nfts.refused::<frc53::Revoke>(BOB, &RevokeParams { operator: id(BOB), token_ids: vec![token] }), 81);
}

#[test]
fn an_operator_of_a_token_moves_that_token_once() {
    let nfts = Nfts::new();
    let (first, second) = (nfts.mint(ALICE, fil(1)), nfts.mint(ALICE, fil(1)));
    nfts.approve(ALICE, BOB, &[first]).unwrap();
    assert_eq!(nfts.position(first).operators, [BOB]);
    assert_eq!(nfts.refused_later::<frc53::TransferFrom>(BOB, &move_from(ALICE, CAROL, &[first, second])), 82);
    nfts.expect_index();
    nfts.host.expect(hook_with(CAROL, BOB, &[first], fvm_ipld_encoding::RawBytes::default()));
    let returned = nfts.call::<frc53::TransferFrom>(BOB, &move_from(ALICE, CAROL, &[first])).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (1, 1));
    // A transfer ends approvals, even if the token comes back.
    assert!(nfts.position(first).operators.is_empty());
    nfts.transfer(CAROL, ALICE, &[first]).unwrap();
    assert_eq!(nfts.refused_later::<frc53::TransferFrom>(BOB, &move_from(ALICE, BOB, &[first])), 82);
}

#[test]
fn an_operator_of_an_account_moves_what_comes_later_too() {
    let nfts = Nfts::new();
    let first = nfts.mint(ALICE, fil(1));
    nfts.call::<frc53::ApproveForAll>(ALICE, &operator(BOB)).unwrap();
    let second = nfts.mint(ALICE, fil(1));
    nfts.expect_index();
    nfts.expect_hook(CAROL);
    nfts.call::<frc53::TransferFrom>(BOB, &move_from(ALICE, CAROL, &[first, second])).unwrap();
    assert_eq!(nfts.refused_later::<frc53::TransferFrom>(BOB, &move_from(CAROL, BOB, &[first])), 82);
    // It approves nobody in the owner's name.
    let third = nfts.mint(ALICE, fil(1));
    let params = ApproveParams { operator: id(DAVE), token_ids: vec![third] };
    assert_eq!(nfts.refused::<frc53::Approve>(BOB, &params), 81);
    nfts.approve(ALICE, BOB, &[third]).unwrap();
    nfts.call::<frc53::RevokeForAll>(ALICE, &no_operator(BOB)).unwrap();
    // The approval of the single token is another matter.
    nfts.expect_index();
    nfts.expect_hook(CAROL);
    nfts.call::<frc53::TransferFrom>(BOB, &move_from(ALICE, CAROL, &[third])).unwrap();
}

#[test]
fn an_account_may_approve_before_it_owns_anything() {
    // In the reference this first approval is lost.
    let nfts = Nfts::new();
    nfts.call::<frc53::ApproveForAll>(ALICE, &operator(BOB)).unwrap();
    let asked = IsApprovedForAllParams { owner: id(ALICE), operator: id(BOB) };
    assert!(nfts.call::<frc53::IsApprovedForAll>(CAROL, &asked).unwrap());
    let token = nfts.mint(ALICE, fil(1));
    nfts.expect_index();
    nfts.expect_hook(BOB);
    nfts.call::<frc53::TransferFrom>(BOB, &move_from(ALICE, BOB, &[token])).unwrap();
    // Alice's record is kept for the approval alone, and goes with it.
    assert!(nfts.check().holders.contains_key(&ALICE));
    nfts.call::<frc53::RevokeForAll>(ALICE, &no_operator(BOB)).unwrap();
    assert!(!nfts.check().holders.contains_key(&ALICE));
    assert!(!nfts.call::<frc53::IsApprovedForAll>(CAROL, &asked).unwrap());
}

#[test]
fn an_operator_that_burns_gets_nothing() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(2));
    nfts.earn(per_share(3));
    nfts.approve(ALICE, BOB, &[token]).unwrap();
    nfts.expect_index();
    nfts.expect_shares(ALICE, fil(2), ExitCode::OK);
    nfts.call::<frc53::BurnFrom>(BOB, &burn_from(ALICE, &[token])).unwrap();
    assert!(!nfts.exists(token));
    assert_eq!(nfts.owed(ALICE).owed, fil(6));
    assert!(nfts.owed(BOB).owed.is_zero());
}

#[test]
fn revoking_what_is_not_there_succeeds() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(1));
    nfts.call::<frc53::Revoke>(ALICE, &RevokeParams { operator: id(BOB), token_ids: vec![token] }).unwrap();
    nfts.call::<frc53::RevokeForAll>(ALICE, &no_operator(BOB)).unwrap();
    let nobody = Address::new_secp256k1(&[7; 65]).unwrap();
    nfts.call::<frc53::Revoke>(BOB, &RevokeParams { operator: nobody, token_ids: vec![token] }).unwrap();
    nfts.call::<frc53::RevokeForAll>(BOB, &RevokeForAllParams { operator: nobody }).unwrap();
    let asked = IsApprovedForAllParams { owner: id(ALICE), operator: nobody };
    assert!(!nfts.call::<frc53::IsApprovedForAll>(BOB, &asked).unwrap());
    nfts.approve(ALICE, BOB, &[token]).unwrap();
    nfts.approve(ALICE, BOB, &[token]).unwrap();
    assert_eq!(nfts.position(token).operators, [BOB]);
    nfts.call::<frc53::Revoke>(ALICE, &RevokeParams { operator: id(BOB), token_ids: vec![token] }).unwrap();
    assert!(nfts.position(token).operators.is_empty());
}

#[test]
fn lists_of_operators_are_bounded() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(1));
    let operators: Vec<u64> = (0..=MAX_ACCOUNT_OPERATORS as u64).map(|i| 5_000 - i).collect();
    for operator in &operators {
        nfts.host.add_actor(*operator);
    }
    for operator in &operators[..MAX_TOKEN_OPERATORS] {
        nfts.approve(ALICE, *operator, &[token]).unwrap();
    }
    let params = ApproveParams { operator: id(operators[MAX_TOKEN_OPERATORS]), token_ids: vec![token] };
    assert_eq!(nfts.refused::<frc53::Approve>(ALICE, &params), 84);
    for account in &operators[..MAX_ACCOUNT_OPERATORS] {
        nfts.call::<frc53::ApproveForAll>(ALICE, &operator(*account)).unwrap();
    }
    let one_more = operator(operators[MAX_ACCOUNT_OPERATORS]);
    assert_eq!(nfts.refused::<frc53::ApproveForAll>(ALICE, &one_more), 84);
    // Those there are can be named again, and make room.
    nfts.call::<frc53::ApproveForAll>(ALICE, &operator(operators[3])).unwrap();
    nfts.call::<frc53::RevokeForAll>(ALICE, &no_operator(operators[3])).unwrap();
    nfts.call::<frc53::ApproveForAll>(ALICE, &one_more).unwrap();
}
