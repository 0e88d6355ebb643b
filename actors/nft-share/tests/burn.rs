//! Positions become shares again.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::frc53;
use peggy_interfaces::nft_share::*;

#[test]
fn the_shares_go_back_to_the_owner_and_rewards_to_the_beneficiary() {
    let nfts = Nfts::new();
    let (first, second) = (nfts.mint(ALICE, fil(2)), nfts.mint(ALICE, fil(3)));
    nfts.set_beneficiary(ALICE, &[first], CAROL).unwrap();
    nfts.earn(per_share(4));
    // One transfer for all.
    assert_eq!(nfts.burn(ALICE, &[first, second]).unwrap(), 0);
    assert_eq!((nfts.owed(ALICE).owed, nfts.owed(CAROL).owed), (fil(12), fil(8)));
    assert_eq!(nfts.call::<frc53::TotalSupply>(ALICE, &()).unwrap(), 0);
    assert_eq!(nfts.refused_later::<frc53::Burn>(ALICE, &vec![first]), 80, "once");
    // What is owed is paid though nobody has a position any more.
    assert_eq!(nfts.claim_owed(CAROL, CAROL, None), fil(8));
    assert_eq!(nfts.claim_owed(ALICE, ALICE, None), fil(12));
    assert!(nfts.check().holders.is_empty());
}

#[test]
fn shares_can_go_to_another() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(2));
    nfts.expect_index();
    nfts.expect_shares(BOB, fil(2), ExitCode::OK);
    let params = UnwrapParams { token_ids: vec![token], to: Some(id(BOB)) };
    assert_eq!(nfts.call::<Unwrap>(ALICE, &params).unwrap().shares, fil(2));
    let token = nfts.mint(ALICE, fil(2));
    for lost in [OWN, POOL] {
        let params = UnwrapParams { token_ids: vec![token], to: Some(id(lost)) };
        assert_eq!(nfts.refused::<Unwrap>(ALICE, &params), 88);
    }
    assert_eq!(nfts.refused_later::<Unwrap>(BOB, &UnwrapParams { token_ids: vec![token], to: None }), 81);
    assert_eq!(nfts.refused::<Unwrap>(ALICE, &UnwrapParams { token_ids: vec![], to: None }), 83);
    assert_eq!(nfts.refused::<frc53::Burn>(ALICE, &vec![]), 83);
    assert_eq!(nfts.refused::<frc53::Burn>(ALICE, &vec![token, token]), 83);
}

#[test]
fn failure_9_a_recipient_that_rejects_blocks_its_own_exit_only() {
    let nfts = Nfts::new();
    let (own, other) = (nfts.mint(ALICE, fil(2)), nfts.mint(BOB, fil(2)));
    nfts.expect_index();
    nfts.expect_shares(ALICE, fil(2), ExitCode::new(41));
    assert_eq!(nfts.refused::<frc53::Burn>(ALICE, &vec![own]), 41);
    assert_eq!(nfts.owner(own), ALICE);
    // Others leave as before, and Alice sends the shares elsewhere.
    nfts.burn(BOB, &[other]).unwrap();
    nfts.expect_index();
    nfts.expect_shares(CAROL, fil(2), ExitCode::OK);
    nfts.call::<Unwrap>(ALICE, &UnwrapParams { token_ids: vec![own], to: Some(id(CAROL)) }).unwrap();
}

#[test]
fn failure_10_a_hook_on_unwrap_finds_the_token_gone() {
    let nfts = std::rc::Rc::new(Nfts::new());
    let (token, other) = (nfts.mint(ALICE, fil(2)), nfts.mint(ALICE, fil(1)));
    nfts.expect_index();
    let params = frc46_token::token::types::TransferParams {
        to: id(ALICE),
        amount: fil(2),
        operator_data: fvm_ipld_encoding::RawBytes::default(),
    };
    let mut expected = hook(POOL, ExitCode::OK);
    expected.method = <peggy_interfaces::frc46::Transfer as peggy_runtime::Method>::NUMBER;
    expected.params = Some(peggy_runtime::encode(&params, "Transfer").unwrap());
    let returned = frc46_token::token::types::TransferReturn {
        from_balance: fil(1),
        to_balance: fil(2),
        recipient_data: fvm_ipld_encoding::RawBytes::default(),
    };
    expected.answer = Ok((ExitCode::OK, peggy_runtime::encode(&returned, "Transfer").unwrap()));
    nfts.pool.borrow_mut().take(&fil(2));
    let callee = nfts.clone();
    nfts.host.expect_reentry(expected, move |_| {
        assert_eq!(callee.refused_later::<frc53::Burn>(ALICE, &vec![token]), 80);
        assert_eq!(callee.refused_later::<frc53::Transfer>(ALICE, &move_to(BOB, &[token])), 80);
        callee.transfer(ALICE, BOB, &[other]).unwrap();
    });
    assert_eq!(nfts.call::<frc53::Burn>(ALICE, &vec![token]).unwrap(), 0, "as the hook left it");
    assert_eq!(nfts.owner(other), BOB);
}
