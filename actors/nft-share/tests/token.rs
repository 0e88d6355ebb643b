//! FRC-53 transfers: the documented cases of the reference implementation, and what of them touches rewards.
#![allow(clippy::unwrap_used)]

mod harness;

use frc53_nft::types::*;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::error::ExitCode;
use harness::*;
use num_traits::Zero;
use peggy_interfaces::frc53;
use peggy_interfaces::nft_share::limits::MAX_TOKENS;
use peggy_interfaces::nft_share::AccountParams;

#[test]
fn names_numbers_and_metadata() {
    let nfts = Nfts::new();
    assert_eq!(nfts.call::<frc53::Name>(ALICE, &()).unwrap(), "Peggy position");
    assert_eq!(nfts.call::<frc53::Symbol>(ALICE, &()).unwrap(), "PGYP");
    assert_eq!(nfts.call::<frc53::TotalSupply>(ALICE, &()).unwrap(), 0);
    let token = nfts.mint(ALICE, fil(2));
    let json: serde_json::Value = serde_json::from_str(&nfts.call::<frc53::Metadata>(BOB, &token).unwrap()).unwrap();
    assert_eq!((json["shares"].as_str().unwrap(), json["pool"].as_str().unwrap()), ("2000000000000000000", "f01002"));
    assert_eq!(json["minted_at"], START);
    assert_eq!(nfts.refused::<frc53::Metadata>(BOB, &7), 80);
    assert_eq!(nfts.refused::<frc53::OwnerOf>(BOB, &u64::MAX), 80);
    let nobody = Address::new_secp256k1(&[7; 65]).unwrap();
    assert_eq!(nfts.call::<frc53::BalanceOf>(ALICE, &nobody).unwrap(), 0);
}

#[test]
fn moves_tokens_and_says_how_many_both_have() {
    let nfts = Nfts::new();
    let tokens: Vec<_> = (0..3).map(|_| nfts.mint(ALICE, fil(1))).collect();
    nfts.expect_index();
    nfts.host.expect(hook_with(BOB, ALICE, &tokens[..2], RawBytes::new(vec![4])));
    let params = TransferParams { operator_data: RawBytes::new(vec![4]), ..move_to(BOB, &tokens[..2]) };
    let returned = nfts.call::<frc53::Transfer>(ALICE, &params).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (1, 2));
    assert_eq!(returned.token_ids, tokens[..2]);
    assert_eq!((nfts.owner(0), nfts.owner(1), nfts.owner(2)), (BOB, BOB, ALICE));
    assert_eq!(nfts.owed(BOB).shares, fil(2));
}

#[test]
fn an_empty_transfer_is_a_message_to_the_hook() {
    let nfts = Nfts::new();
    // Nobody owns anything: the hook is called all the same, and decides.
    for (from, to) in [(ALICE, ALICE), (ALICE, BOB)] {
        nfts.host.expect(hook_with(to, from, &[], RawBytes::default()));
        let returned = nfts.call::<frc53::Transfer>(from, &move_to(to, &[])).unwrap();
        assert_eq!((returned.from_balance, returned.to_balance, returned.token_ids.len()), (0, 0, 0));
        nfts.host.expect(hook(to, ExitCode::new(18)));
        assert_eq!(nfts.refused::<frc53::Transfer>(from, &move_to(to, &[])), 18);
    }
    nfts.host.expect(hook_with(CAROL, BOB, &[], RawBytes::default()));
    nfts.call::<frc53::TransferFrom>(BOB, &move_from(ALICE, CAROL, &[])).unwrap();
}

#[test]
fn to_oneself_it_is_a_transfer_like_any_other() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(1));
    nfts.approve(ALICE, BOB, &[token]).unwrap();
    nfts.set_beneficiary(ALICE, &[token], CAROL).unwrap();
    nfts.earn(per_share(3));
    let returned = nfts.transfer(ALICE, ALICE, &[token]).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (1, 1));
    let position = nfts.position(token);
    assert_eq!((position.owner, position.beneficiary, position.operators.len()), (ALICE, ALICE, 0));
    assert_eq!(nfts.owed(CAROL).owed, fil(3));
}

#[test]
fn transfers_that_cannot_be_are_refused_whole() {
    let nfts = Nfts::new();
    let (own, other) = (nfts.mint(ALICE, fil(1)), nfts.mint(BOB, fil(1)));
    assert_eq!(nfts.refused_later::<frc53::Transfer>(ALICE, &move_to(BOB, &[own, other])), 81);
    assert_eq!(nfts.refused_later::<frc53::Transfer>(ALICE, &move_to(BOB, &[own, 99])), 80);
    assert_eq!(nfts.refused_later::<frc53::Transfer>(ALICE, &move_to(BOB, &[u64::MAX])), 80);
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(BOB, &[own, own])), 83);
    let many: Vec<_> = (0..=MAX_TOKENS as u64).collect();
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(BOB, &many)), 83);
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(OWN, &[own])), 88);
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(POOL, &[own])), 88);
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(876_543, &[own])), 17);
    // A recipient that rejects undoes everything.
    nfts.expect_index();
    nfts.host.expect(hook(BOB, ExitCode::new(18)));
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(BOB, &[own])), 18);
    assert_eq!(nfts.owner(own), ALICE);
    // As does one that is no receiver at all.
    nfts.expect_index();
    nfts.host.expect(hook(BOB, ExitCode::USR_UNHANDLED_MESSAGE));
    assert_eq!(nfts.refused::<frc53::Transfer>(ALICE, &move_to(BOB, &[own])), 22);
}

#[test]
fn failure_6_what_has_accrued_stays_with_the_old_beneficiary() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, atto(1_000_003));
    nfts.earn((per_share(5)) / 7);
    // To the last bit of 2^-64, which is what `check` sees after every call.
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    let before = nfts.owed(ALICE).owed;
    assert_eq!(before, atto(1_000_003 * 5 / 7));
    assert!(nfts.position(token).accrued.is_zero());
    nfts.earn(per_share(2));
    assert_eq!(nfts.owed(ALICE).owed, before, "nothing more");
    assert_eq!(nfts.position(token).accrued, atto(2_000_006));
    assert_eq!(nfts.position(token).beneficiary, BOB);
}

#[test]
fn failure_6_a_third_partys_accrual_is_not_the_sellers() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(1));
    nfts.set_beneficiary(ALICE, &[token], CAROL).unwrap();
    nfts.earn(per_share(5));
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    assert_eq!(nfts.owed(CAROL).owed, fil(5));
    assert!(nfts.owed(ALICE).owed.is_zero());
    assert_eq!(nfts.position(token).beneficiary, BOB);
}

#[test]
fn failure_10_returns_are_read_after_a_hook_that_moved_tokens_on() {
    let nfts = std::rc::Rc::new(Nfts::new());
    let token = nfts.mint(ALICE, fil(5));
    let callee = nfts.clone();
    nfts.expect_index();
    nfts.host.expect_reentry(hook(BOB, ExitCode::OK), move |_| {
        callee.transfer(BOB, CAROL, &[token]).unwrap();
    });
    let returned = nfts.call::<frc53::Transfer>(ALICE, &move_to(BOB, &[token])).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (0, 0));
    assert_eq!(nfts.owner(token), CAROL);
}

#[test]
fn failure_10_a_hook_may_burn_some_of_a_batch() {
    let nfts = std::rc::Rc::new(Nfts::new());
    let tokens: Vec<_> = (0..3).map(|_| nfts.mint(ALICE, fil(1))).collect();
    let callee = nfts.clone();
    nfts.expect_index();
    nfts.host.expect_reentry(hook(BOB, ExitCode::OK), move |_| {
        assert_eq!(callee.burn(BOB, &[0, 1]).unwrap(), 1);
    });
    let returned = nfts.call::<frc53::Transfer>(ALICE, &move_to(BOB, &tokens)).unwrap();
    assert_eq!((returned.from_balance, returned.to_balance), (0, 1));
    assert_eq!(returned.token_ids, tokens, "all were transferred");
    assert_eq!((nfts.exists(0), nfts.exists(1), nfts.owner(2)), (false, false, BOB));
}

#[test]
fn failure_10_a_hook_that_claims_gets_nothing_of_the_sellers() {
    let nfts = std::rc::Rc::new(Nfts::new());
    let token = nfts.mint(ALICE, fil(1));
    nfts.earn(per_share(5));
    let callee = nfts.clone();
    nfts.expect_index();
    nfts.host.expect_reentry(hook(BOB, ExitCode::OK), move |_| {
        assert!(callee.claim(&[token], None).is_zero());
        assert!(callee.claim_owed(BOB, BOB, None).is_zero());
    });
    nfts.call::<frc53::Transfer>(ALICE, &move_to(BOB, &[token])).unwrap();
    assert_eq!(nfts.owed(ALICE).owed, fil(5));
}

#[test]
fn failure_24_all_addresses_of_one_actor_are_one_owner() {
    let nfts = Nfts::new();
    let addresses = [
        Address::new_secp256k1(&[4; 65]).unwrap(),
        Address::new_bls(&[5; 48]).unwrap(),
        Address::new_actor(b"bob"),
        Address::new_delegated(10, &[6; 20]).unwrap(),
    ];
    for (i, address) in addresses.into_iter().enumerate() {
        nfts.host.add_address(BOB, address);
        let token = nfts.mint(ALICE, fil(1));
        nfts.expect_index();
        nfts.expect_hook(BOB);
        nfts.call::<frc53::Transfer>(ALICE, &TransferParams { to: address, ..move_to(BOB, &[token]) }).unwrap();
        assert_eq!(nfts.call::<frc53::BalanceOf>(ALICE, &address).unwrap(), i as u64 + 1);
        let owed = nfts.call::<peggy_interfaces::nft_share::GetOwed>(ALICE, &AccountParams { account: address });
        assert_eq!(owed.unwrap().shares, fil(i as i64 + 1));
    }
    // An approval by one address is used under any other, and a beneficiary is itself however it is named.
    nfts.call::<frc53::ApproveForAll>(BOB, &ApproveForAllParams { operator: addresses[1] }).unwrap();
    let asked = IsApprovedForAllParams { owner: addresses[0], operator: addresses[3] };
    assert!(nfts.call::<frc53::IsApprovedForAll>(ALICE, &asked).unwrap());
    let params = peggy_interfaces::nft_share::SetBeneficiaryParams { token_ids: vec![0], beneficiary: addresses[2] };
    nfts.priced::<peggy_interfaces::nft_share::SetBeneficiary>(BOB, &params).unwrap();
    assert_eq!(nfts.check().positions[&0].beneficiary, None, "the owner is the owner");
    let zero = fvm_shared::econ::TokenAmount::zero();
    assert_eq!(nfts.owed(BOB).owed, zero);
}
