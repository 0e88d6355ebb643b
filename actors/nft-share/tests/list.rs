//! Lists: complete, in pages, and an owner's without looking at others.
#![allow(clippy::unwrap_used)]

mod harness;

use frc53_nft::types::*;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use harness::*;
use peggy_interfaces::frc53::{self, Cursor};
use peggy_interfaces::nft_share::*;
use peggy_nft_share::tokens::FEW;
use peggy_runtime::Host;

fn bits(set: &TokenSet) -> Vec<u64> {
    set.iter().collect()
}

/// All of a list by pages of `limit`.
fn all(limit: u64, page: impl Fn(RawBytes, u64) -> (Vec<u64>, Option<RawBytes>)) -> Vec<u64> {
    let (mut found, mut cursor) = (Vec::new(), RawBytes::default());
    loop {
        let (more, next) = page(cursor.clone(), limit);
        assert!(more.len() as u64 <= limit);
        found.extend(more);
        match next {
            Some(next) => {
                assert_ne!(next, cursor, "the standard: a next cursor differs");
                cursor = next;
            }
            None => return found,
        }
    }
}

#[test]
fn lists_what_the_reference_lists() {
    // The scene of the reference implementation's enumeration test.
    let nfts = Nfts::new();
    for owner in [ALICE, ALICE, ALICE, ALICE, BOB, BOB, BOB, BOB] {
        nfts.mint(owner, fil(1));
    }
    nfts.burn(BOB, &[5, 6]).unwrap();
    for owner in [ALICE, BOB] {
        nfts.call::<frc53::ApproveForAll>(owner, &ApproveForAllParams { operator: id(CAROL) }).unwrap();
    }
    nfts.approve(ALICE, CAROL, &[0, 1]).unwrap();
    nfts.approve(ALICE, BOB, &[0]).unwrap();

    for limit in [1, 2, 100, u64::MAX] {
        let tokens = all(limit, |cursor, limit| {
            let page = nfts.call::<frc53::ListTokens>(DAVE, &ListTokensParams { cursor, limit }).unwrap();
            (bits(&page.tokens), page.next_cursor)
        });
        assert_eq!(tokens, [0, 1, 2, 3, 4, 7]);
        for (owner, wanted) in [(ALICE, &[0, 1, 2, 3][..]), (BOB, &[4, 7]), (CAROL, &[])] {
            let owned = all(limit, |cursor, limit| {
                let params = ListOwnedTokensParams { owner: id(owner), cursor, limit };
                let page = nfts.call::<frc53::ListOwnedTokens>(DAVE, &params).unwrap();
                (bits(&page.tokens), page.next_cursor)
            });
            assert_eq!(owned, wanted);
        }
        for (token_id, wanted) in [(0, &[BOB, CAROL][..]), (1, &[CAROL]), (2, &[])] {
            let operators = all(limit, |cursor, limit| {
                let params = ListTokenOperatorsParams { token_id, cursor, limit };
                let page = nfts.call::<frc53::ListTokenOperators>(DAVE, &params).unwrap();
                (bits(&page.operators), page.next_cursor)
            });
            assert_eq!(operators, wanted);
        }
        // Account approvals don't count here: only explicit ones.
        for (operator, wanted) in [(CAROL, &[0, 1][..]), (BOB, &[0]), (DAVE, &[])] {
            let tokens = all(limit, |cursor, limit| {
                let params = ListOperatorTokensParams { operator: id(operator), cursor, limit };
                let page = nfts.call::<frc53::ListOperatorTokens>(DAVE, &params).unwrap();
                (bits(&page.tokens), page.next_cursor)
            });
            assert_eq!(tokens, wanted);
        }
        for (owner, wanted) in [(ALICE, &[CAROL][..]), (BOB, &[CAROL]), (CAROL, &[])] {
            let operators = all(limit, |cursor, limit| {
                let params = ListAccountOperatorsParams { owner: id(owner), cursor, limit };
                let page = nfts.call::<frc53::ListAccountOperators>(DAVE, &params).unwrap();
                (bits(&page.operators), page.next_cursor)
            });
            assert_eq!(operators, wanted);
        }
    }
    let nobody = Address::new_secp256k1(&[7; 65]).unwrap();
    let params = ListOwnedTokensParams { owner: nobody, cursor: RawBytes::default(), limit: 5 };
    assert!(nfts.call::<frc53::ListOwnedTokens>(DAVE, &params).unwrap().tokens.is_empty());
    let params = ListOperatorTokensParams { operator: nobody, cursor: RawBytes::default(), limit: 5 };
    assert!(nfts.call::<frc53::ListOperatorTokens>(DAVE, &params).unwrap().next_cursor.is_none());
}

#[test]
fn stale_and_forged_cursors_are_refused() {
    let nfts = Nfts::new();
    for _ in 0..3 {
        nfts.mint(ALICE, fil(1));
    }
    let list = |cursor: RawBytes, limit| nfts.call::<frc53::ListTokens>(DAVE, &ListTokensParams { cursor, limit });
    let owned = |cursor: RawBytes| {
        nfts.call::<frc53::ListOwnedTokens>(DAVE, &ListOwnedTokensParams { owner: id(ALICE), cursor, limit: 1 })
    };
    let code = |e: peggy_runtime::ActorError| e.code().value();
    let first = list(RawBytes::default(), 1).unwrap().next_cursor.unwrap();
    let own = owned(RawBytes::default()).unwrap().next_cursor.unwrap();
    assert_eq!(bits(&list(first.clone(), 1).unwrap().tokens), [1]);
    assert_eq!(code(list(own.clone(), 1).unwrap_err()), 92, "of another list");
    assert_eq!(code(list(RawBytes::new(vec![1, 2, 3]), 1).unwrap_err()), 92);
    assert_eq!(code(list(RawBytes::default(), 0).unwrap_err()), 93);
    // Beyond the end there is nothing, however far.
    for index in [3, 4, 8, 1 << 40, u64::MAX - 1, u64::MAX] {
        let forged = RawBytes::serialize(Cursor { root: nfts.state().positions, index }).unwrap();
        let page = list(forged, 5).unwrap();
        assert!(page.tokens.is_empty() && page.next_cursor.is_none(), "{index}");
        let forged = RawBytes::serialize(Cursor { root: nfts.state().holders, index }).unwrap();
        assert!(owned(forged).unwrap().tokens.is_empty());
    }
    nfts.mint(ALICE, fil(1));
    assert_eq!(code(list(first, 1).unwrap_err()), 92, "of another state");
    assert_eq!(code(owned(own).unwrap_err()), 92);
}

#[test]
fn an_owner_of_many_lists_and_loses_them_like_an_owner_of_few() {
    let nfts = Nfts::new();
    // Alice's tokens lie among Bob's, over several bit sets.
    let (mut alices, mut bobs) = (Vec::new(), Vec::new());
    for i in 0..200u64 {
        if i % 7 == 0 || i > 180 {
            alices.push(nfts.mint(ALICE, atto(1 + u128::from(i))));
        } else if i % 20 == 0 {
            bobs.push(nfts.mint(BOB, atto(1)));
        } else {
            nfts.mint(CAROL, atto(1));
        }
    }
    assert!(alices.len() > FEW * 4 && bobs.len() <= FEW);
    let pages = |owner, limit| {
        let (mut found, mut from) = (Vec::new(), 0);
        loop {
            let params = ListPositionsParams { owner: id(owner), from, limit };
            let page = nfts.priced::<ListPositions>(DAVE, &params).unwrap();
            assert!(page.positions.len() as u64 <= limit);
            found.extend(page.positions.iter().map(|position| position.token_id));
            match page.next {
                Some(next) => from = next,
                None => return found,
            }
        }
    };
    for limit in [1, 3, 64, 1000] {
        assert_eq!(pages(ALICE, limit), alices);
        assert_eq!(pages(BOB, limit), bobs);
    }
    let params = ListPositionsParams { owner: id(ALICE), from: 180, limit: 2 };
    let page = nfts.priced::<ListPositions>(DAVE, &params).unwrap();
    assert_eq!(page.positions.iter().map(|p| p.token_id).collect::<Vec<_>>(), [181, 182]);
    assert_eq!(page.next, Some(183));
    assert_eq!(page.positions[0].shares, atto(182));
    assert_eq!(nfts.refused::<ListPositions>(DAVE, &ListPositionsParams { limit: 0, ..params.clone() }), 93);
    let params = ListPositionsParams { from: u64::MAX, ..params };
    assert!(nfts.priced::<ListPositions>(DAVE, &params).unwrap().positions.is_empty());

    // Down to none, and up again: the list in the record is used again.
    while let Some(tokens) = alices.chunks(16).last().map(<[u64]>::to_vec) {
        alices.truncate(alices.len() - tokens.len());
        nfts.transfer(ALICE, DAVE, &tokens).unwrap();
        assert_eq!(pages(ALICE, 64), alices);
    }
    assert!(!nfts.check().holders.contains_key(&ALICE));
    nfts.transfer(DAVE, ALICE, &[7, 0]).unwrap();
    assert_eq!(pages(ALICE, 1), [0, 7]);
    assert!((&nfts.host).root().is_some());
}
