//! Claims, and that no fraction of an attoFIL is lost or paid twice.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use harness::*;
use num_traits::{One, Zero};
use peggy_interfaces::nft_share::*;
use peggy_interfaces::pool::PaidReturn;

#[test]
fn claims_go_to_the_beneficiary_whoever_asks() {
    let nfts = Nfts::new();
    let tokens = [nfts.mint(ALICE, fil(2)), nfts.mint(ALICE, fil(3))];
    assert!(nfts.claim(&tokens, None).is_zero());
    nfts.earn(per_share(2));
    // `claim` has a stranger call, and expects the pool to be told to pay Alice.
    assert_eq!(nfts.claim(&tokens, None), fil(10));
    assert!(nfts.claim(&tokens, None).is_zero(), "once");
    nfts.earn(per_share(1));
    nfts.set_beneficiary(ALICE, &tokens[..1], CAROL).unwrap();
    assert_eq!(nfts.owed(ALICE).owed, fil(2));
    nfts.earn(per_share(1));
    assert_eq!(nfts.claim(&tokens[..1], None), fil(2), "Carol's");
    assert_eq!(nfts.claim(&tokens[1..], None), fil(6), "Alice's");
    let mixed = ClaimParams { token_ids: tokens.to_vec(), amount: None };
    assert_eq!(nfts.refused_later::<Claim>(ALICE, &mixed), 89);
}

#[test]
fn amounts_limit_claims_in_the_order_of_the_tokens() {
    let nfts = Nfts::new();
    let tokens = [nfts.mint(ALICE, fil(2)), nfts.mint(ALICE, fil(3))];
    nfts.earn(per_share(1));
    assert_eq!(nfts.claim(&tokens, Some(fil(4))), fil(4));
    assert_eq!((nfts.position(0).accrued, nfts.position(1).accrued), (fil(0), fil(1)));
    assert_eq!(nfts.claim(&tokens, Some(fil(9))), fil(1));
    assert!(nfts.claim(&tokens, Some(fil(0))).is_zero());
    let params = |token_ids: Vec<u64>, amount| ClaimParams { token_ids, amount };
    assert_eq!(nfts.refused::<Claim>(ALICE, &params(vec![0], Some(-fil(1)))), 16);
    assert_eq!(nfts.refused::<Claim>(ALICE, &params(vec![], None)), 83);
    assert_eq!(nfts.refused::<Claim>(ALICE, &params(vec![0, 0], None)), 83);
    assert_eq!(nfts.refused::<Claim>(ALICE, &params((0..65).collect(), None)), 83);
    assert_eq!(nfts.refused_later::<Claim>(ALICE, &params(vec![0, 7], None)), 80);
}

#[test]
fn what_is_owed_can_be_sent_anywhere_or_pushed() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(2));
    nfts.earn(per_share(3));
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    assert_eq!(nfts.claim_owed(ALICE, DAVE, Some(fil(1))), fil(1));
    assert!(nfts.claim_owed(BOB, BOB, None).is_zero(), "nothing is Bob's");
    let to = |id| ClaimOwedParams { to: id, amount: None };
    assert_eq!(nfts.refused::<ClaimOwed>(ALICE, &to(id(POOL))), 88);
    assert_eq!(nfts.refused::<ClaimOwed>(ALICE, &to(id(OWN))), 88);
    assert_eq!(nfts.refused::<ClaimOwed>(ALICE, &to(id(999_999))), 17);
    let negative = ClaimOwedParams { to: id(ALICE), amount: Some(-fil(1)) };
    assert_eq!(nfts.refused::<ClaimOwed>(ALICE, &negative), 16);
    // A stranger pushes the rest: to Alice, and nobody else.
    nfts.expect_index();
    nfts.expect_paid(ALICE, fil(5), fil(5));
    let paid = nfts.call::<PayOwed>(STRANGER, &AccountParams { account: id(ALICE) }).unwrap();
    assert_eq!(paid, PaidReturn { paid: fil(5) });
    assert!(!nfts.check().holders.contains_key(&ALICE));
}

#[test]
fn beneficiaries_cannot_be_where_rewards_are_lost() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(2));
    let params = |beneficiary| SetBeneficiaryParams { token_ids: vec![token], beneficiary: id(beneficiary) };
    for lost in [OWN, POOL] {
        assert_eq!(nfts.refused::<SetBeneficiary>(ALICE, &params(lost)), 88);
    }
    assert_eq!(nfts.refused_later::<SetBeneficiary>(BOB, &params(BOB)), 81);
    // Being the beneficiary or an operator gives no right to name another.
    nfts.set_beneficiary(ALICE, &[token], BOB).unwrap();
    nfts.approve(ALICE, CAROL, &[token]).unwrap();
    for other in [BOB, CAROL] {
        assert_eq!(nfts.refused_later::<SetBeneficiary>(other, &params(other)), 81);
    }
}

#[test]
fn failure_7_fractions_are_kept_until_they_make_an_attofil() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, atto(1));
    let third: BigInt = per_share(1) / 3 + BigInt::one();
    nfts.earn(third.clone());
    assert!(nfts.claim(&[token], None).is_zero());
    // Two owners, three settlements: the thirds are one attoFIL again in the end.
    nfts.set_beneficiary(ALICE, &[token], CAROL).unwrap();
    nfts.earn(third.clone());
    nfts.set_beneficiary(ALICE, &[token], ALICE).unwrap();
    let spare = nfts.state().spare;
    assert!(!spare.is_zero(), "the thirds of those who have nothing else wait for the next settlement");
    nfts.earn(third);
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    assert!(nfts.state().spare.is_zero());
    assert_eq!(nfts.owed(ALICE).owed, atto(1));
    assert_eq!(nfts.claim_owed(ALICE, ALICE, None), atto(1));
}

#[test]
fn failure_7_a_fraction_the_pool_took_back_is_no_debt_that_blocks() {
    let nfts = Nfts::new();
    // All shares leave with half an attoFIL accrued: the pool forgets the account, and with it the half.
    let token = nfts.mint(ALICE, atto(1));
    nfts.earn(per_share(1) / 2);
    nfts.call::<peggy_interfaces::frc53::ApproveForAll>(
        ALICE,
        &frc53_nft::types::ApproveForAllParams { operator: id(DAVE) },
    )
    .unwrap();
    nfts.burn(ALICE, &[token]).unwrap();
    assert_eq!(nfts.check().held, peggy_ledger::Account::default());
    assert!(nfts.state().spare < BigInt::zero(), "Alice's half is not there any more");
    // Another half makes Alice claim an attoFIL of which the pool has half: nothing is paid yet, nothing fails.
    let token = nfts.mint(ALICE, atto(1));
    nfts.earn(per_share(1) / 2);
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    assert_eq!(nfts.owed(ALICE).owed, atto(1));
    assert!(nfts.claim_owed(ALICE, ALICE, None).is_zero());
    // What Bob earns later is there for both but for that half: who is last waits for one attoFIL.
    nfts.earn(per_share(2));
    assert_eq!(nfts.claim_owed(ALICE, ALICE, None), atto(1));
    assert_eq!(nfts.claim(&[token], None), atto(1));
    assert_eq!(nfts.position(token).accrued, atto(1));
    nfts.earn(per_share(5));
    assert_eq!(nfts.claim(&[token], None), atto(5));
    assert_eq!(nfts.position(token).accrued, atto(1));
}

#[test]
fn what_the_pool_does_not_pay_stays_owed() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(2));
    nfts.set_beneficiary(ALICE, &[token], CAROL).unwrap();
    nfts.earn(per_share(3));
    nfts.expect_index();
    nfts.expect_paid(CAROL, fil(6), fil(6) - atto(3));
    nfts.expect_index();
    let paid = nfts.call::<Claim>(ALICE, &ClaimParams { token_ids: vec![token], amount: None }).unwrap().paid;
    assert_eq!(paid, fil(6) - atto(3));
    assert_eq!(nfts.owed(CAROL).owed, atto(3));
    assert_eq!(nfts.claim_owed(CAROL, CAROL, None), atto(3));
}

#[test]
fn totals_are_those_of_all() {
    let nfts = Nfts::new();
    let totals = |nfts: &Nfts| nfts.priced::<GetTotals>(BOB, &()).unwrap();
    let zero = TokenAmount::zero();
    let empty = GetTotalsReturn { tokens: 0, minted: 0, shares: zero.clone(), rewards: zero };
    assert_eq!(totals(&nfts), empty);
    let tokens = [nfts.mint(ALICE, fil(2)), nfts.mint(BOB, fil(3)), nfts.mint(BOB, fil(1))];
    nfts.earn(per_share(1));
    nfts.burn(BOB, &tokens[2..]).unwrap();
    let wanted = GetTotalsReturn { tokens: 2, minted: 3, shares: fil(5), rewards: fil(6) };
    assert_eq!(totals(&nfts), wanted);
}
