//! Splitting and merging.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::nft_share::limits::MAX_PARTS;
use peggy_interfaces::nft_share::*;

#[test]
fn parts_are_the_whole_and_new_tokens() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(10));
    nfts.set_beneficiary(ALICE, &[token], CAROL).unwrap();
    nfts.approve(ALICE, BOB, &[token]).unwrap();
    nfts.earn(per_share(2));
    nfts.expect_index();
    nfts.host.expect(hook_with(ALICE, ALICE, &[1, 2, 3], fvm_ipld_encoding::RawBytes::default()));
    let params = SplitParams { token_id: token, amounts: vec![fil(1), fil(4)] };
    let parts = nfts.call::<Split>(ALICE, &params).unwrap().token_ids;
    assert_eq!(parts, [1, 2, 3]);
    assert!(!nfts.exists(token), "no token changes what it stands for");
    for (part, shares) in parts.iter().zip([1, 4, 5]) {
        let position = nfts.position(*part);
        assert_eq!((position.owner, position.beneficiary, position.shares), (ALICE, CAROL, fil(shares)));
        assert_eq!((position.minted_at, position.operators.len()), (START + 1, 0));
        assert!(position.accrued.is_zero());
    }
    assert_eq!(nfts.owed(CAROL).owed, fil(20), "what had accrued, once");
    assert_eq!((nfts.count(ALICE), nfts.owed(ALICE).shares), (3, fil(10)));
}

#[test]
fn parts_that_are_no_whole_are_refused() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(10));
    let split =
        |amounts: Vec<TokenAmount>| nfts.refused_later::<Split>(ALICE, &SplitParams { token_id: token, amounts });
    assert_eq!(split(vec![]), 90);
    assert_eq!(split(vec![fil(10)]), 90, "one part is no split");
    assert_eq!(split(vec![fil(6), fil(5)]), 90);
    let negative = SplitParams { token_id: token, amounts: vec![fil(11), -fil(1)] };
    assert_eq!(nfts.refused::<Split>(ALICE, &negative), 16);
    assert_eq!(split(vec![fil(10), fil(0)]), 90);
    assert_eq!(split(vec![atto(1); MAX_PARTS]), 90, "the rest would be one more");
    assert_eq!(split(vec![atto(1); MAX_PARTS + 1]), 90);
    let foreign = SplitParams { token_id: token, amounts: vec![fil(1)] };
    assert_eq!(nfts.refused_later::<Split>(BOB, &foreign), 81);
    assert_eq!(nfts.refused_later::<Split>(ALICE, &SplitParams { token_id: 9, ..foreign.clone() }), 80);
    // An owner that rejects the parts keeps the whole.
    nfts.expect_index();
    nfts.host.expect(hook(ALICE, ExitCode::new(44)));
    assert_eq!(nfts.refused::<Split>(ALICE, &foreign), 44);
    assert_eq!(nfts.split(ALICE, token, &vec![atto(1); MAX_PARTS - 1]).unwrap().len(), MAX_PARTS);
}

#[test]
fn merging_puts_together_what_one_beneficiary_has() {
    let nfts = Nfts::new();
    let tokens: Vec<_> = (1..=3).map(|n| nfts.mint(ALICE, fil(n))).collect();
    nfts.set_beneficiary(ALICE, &tokens[..2], CAROL).unwrap();
    nfts.earn(per_share(1));
    let params = MergeParams { token_ids: tokens.clone() };
    assert_eq!(nfts.refused_later::<Merge>(ALICE, &params), 89);
    let whole = nfts.merge(ALICE, &tokens[..2]).unwrap();
    let position = nfts.position(whole);
    assert_eq!((position.shares, position.beneficiary, position.owner), (fil(3), CAROL, ALICE));
    assert_eq!(nfts.owed(CAROL).owed, fil(3));
    assert!(!nfts.exists(tokens[0]) && !nfts.exists(tokens[1]));
    assert_eq!(nfts.refused::<Merge>(ALICE, &MergeParams { token_ids: vec![whole] }), 83);
    assert_eq!(nfts.refused::<Merge>(ALICE, &MergeParams { token_ids: vec![whole, whole] }), 83);
    let other = nfts.mint(BOB, fil(1));
    assert_eq!(nfts.refused_later::<Merge>(ALICE, &MergeParams { token_ids: vec![whole, other] }), 81);
}

#[test]
fn split_and_merged_again_it_is_what_it_was() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, atto(1_000_000_007));
    nfts.earn(per_share(1) / 3);
    let parts = nfts.split(ALICE, token, &[atto(333), atto(1), atto(77_777)]).unwrap();
    nfts.earn(per_share(1) / 3);
    let whole = nfts.merge(ALICE, &parts).unwrap();
    assert_eq!(nfts.position(whole).shares, atto(1_000_000_007));
    // Two thirds of each share, less at most an attoFIL: settlements round nothing, the payment does.
    assert_eq!(nfts.owed(ALICE).owed, atto(1_000_000_007 * 2 / 3));
    assert_eq!(nfts.claim_owed(ALICE, ALICE, None), atto(666_666_671));
}
