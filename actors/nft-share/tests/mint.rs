//! Shares become positions: by transfer, by deposit, for oneself and others.
#![allow(clippy::unwrap_used)]

mod harness;

use frc53_nft::types::MintReturn;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::frc53::FRC53_TOKEN_TYPE;
use peggy_interfaces::nft_share::*;
use peggy_interfaces::{frc53, pool};
use peggy_runtime::mock::Expected;

fn ids(returned: &MintReturn) -> &[u64] {
    &returned.token_ids
}

#[test]
fn shares_sent_here_become_their_senders_position() {
    let nfts = Nfts::new();
    nfts.expect_index();
    nfts.host.expect(hook_with(ALICE, ALICE, &[0], RawBytes::default()));
    let returned = nfts.send_shares(ALICE, ALICE, fil(3), RawBytes::default()).unwrap();
    assert_eq!((ids(&returned), returned.balance, returned.supply), (&[0][..], 1, 1));
    let position = nfts.position(0);
    assert_eq!((position.owner, position.beneficiary), (ALICE, ALICE));
    assert_eq!((position.shares, position.minted_at), (fil(3), START));
    assert!(position.accrued.is_zero(), "what accrued before is not its");
    nfts.pass(5);
    let second = nfts.mint(ALICE, fil(1));
    assert_eq!((second, nfts.count(ALICE), nfts.position(second).minted_at), (1, 2, START + 5));
    assert_eq!(nfts.call::<frc53::TotalSupply>(BOB, &()).unwrap(), 2);
}

#[test]
fn a_position_can_be_for_others() {
    let nfts = Nfts::new();
    let data = RawBytes::serialize(MintParams {
        owner: Some(id(BOB)),
        beneficiary: Some(id(CAROL)),
        operator_data: RawBytes::new(vec![1, 2, 3]),
    });
    nfts.expect_index();
    nfts.host.expect(hook_with(BOB, ALICE, &[0], RawBytes::new(vec![1, 2, 3])));
    nfts.send_shares(ALICE, ALICE, fil(3), data.unwrap()).unwrap();
    let position = nfts.position(0);
    assert_eq!((position.owner, position.beneficiary), (BOB, CAROL));
    assert_eq!((nfts.count(ALICE), nfts.count(BOB), nfts.count(CAROL)), (0, 1, 0));
}

#[test]
fn an_operators_transfer_mints_for_the_owner_of_the_shares() {
    let nfts = Nfts::new();
    nfts.expect_index();
    nfts.host.expect(hook_with(ALICE, BOB, &[0], RawBytes::default()));
    nfts.send_shares(ALICE, BOB, fil(3), RawBytes::default()).unwrap();
    assert_eq!(nfts.owner(0), ALICE);
}

#[test]
fn a_deposit_at_the_pool_for_nft_share_is_the_depositors() {
    // The pool made the shares, so it is their sender.
    let nfts = Nfts::new();
    nfts.expect_index();
    nfts.expect_hook(BOB);
    nfts.send_shares(POOL, BOB, fil(3), RawBytes::default()).unwrap();
    assert_eq!(nfts.owner(0), BOB);
}

#[test]
fn unknown_owners_and_beneficiaries_are_created() {
    let nfts = Nfts::new();
    let stranger = Address::new_secp256k1(&[9; 65]).unwrap();
    let data = RawBytes::serialize(MintParams { owner: Some(stranger), ..MintParams::default() }).unwrap();
    // Creating it fails here: the whole mint does.
    nfts.host.expect(Expected {
        to: stranger,
        method: fvm_shared::METHOD_SEND,
        params: Some(None),
        value: TokenAmount::from_atto(0),
        answer: Ok((ExitCode::USR_ILLEGAL_ARGUMENT, None)),
    });
    assert_eq!(nfts.send_shares(ALICE, ALICE, fil(1), data).unwrap_err().code().value(), 16);
    assert_eq!(
        nfts.send_shares(ALICE, ALICE, fil(1), mint_params(Some(999_999), None)).unwrap_err().code().value(),
        17
    );
    assert_eq!(
        nfts.send_shares(ALICE, ALICE, fil(1), mint_params(None, Some(999_999))).unwrap_err().code().value(),
        17
    );
}

#[test]
fn only_the_pools_shares_are_taken() {
    let nfts = Nfts::new();
    let honest = shares(ALICE, ALICE, fil(1), RawBytes::default());
    for caller in [ALICE, OWN, WIRING.liquidity, WIRING.governance] {
        assert_eq!(nfts.refused::<Receive>(caller, &honest), 86);
    }
    // Even from the pool: other types, other recipients, garbage.
    let other = UniversalReceiverParams { type_: FRC53_TOKEN_TYPE, payload: honest.payload.clone() };
    assert_eq!(nfts.refused::<Receive>(POOL, &other), 86);
    let garbage = UniversalReceiverParams { payload: RawBytes::new(vec![0x81]), ..honest.clone() };
    assert_eq!(nfts.refused::<Receive>(POOL, &garbage), 21);
    let mut elsewhere: frc46_token::receiver::FRC46TokenReceived = honest.payload.deserialize().unwrap();
    elsewhere.to = ALICE;
    let elsewhere = UniversalReceiverParams { payload: RawBytes::serialize(elsewhere).unwrap(), ..honest };
    assert_eq!(nfts.refused::<Receive>(POOL, &elsewhere), 86);
}

#[test]
fn bad_wishes_and_empty_positions_fail_the_transfer() {
    let nfts = Nfts::new();
    let code = |returned: Result<MintReturn, peggy_runtime::ActorError>| returned.unwrap_err().code().value();
    assert_eq!(code(nfts.send_shares(ALICE, ALICE, fil(1), RawBytes::new(vec![0x80]))), 87);
    assert_eq!(code(nfts.send_shares(ALICE, ALICE, fil(1), RawBytes::new(vec![1, 2]))), 87);
    nfts.expect_index();
    assert_eq!(code(nfts.send_shares(ALICE, ALICE, fil(0), RawBytes::default())), 85);
    for lost in [OWN, POOL] {
        assert_eq!(code(nfts.send_shares(ALICE, ALICE, fil(1), mint_params(Some(lost), None))), 88);
        assert_eq!(code(nfts.send_shares(ALICE, ALICE, fil(1), mint_params(None, Some(lost)))), 88);
    }
}

#[test]
fn failure_10_an_owner_that_rejects_undoes_the_mint() {
    let nfts = Nfts::new();
    nfts.expect_index();
    nfts.host.expect(hook(BOB, ExitCode::new(40)));
    let refused = nfts.send_shares(ALICE, ALICE, fil(1), mint_params(Some(BOB), None)).unwrap_err();
    assert_eq!(refused.code().value(), 40);
    assert!(!nfts.exists(0));
    assert_eq!(nfts.mint(ALICE, fil(1)), 0, "no ID was used up");
}

/// The pool's `Deposit` for nft-share itself.
fn pool_deposit(min_shares: TokenAmount, value: TokenAmount, answered: Result<TokenAmount, u32>) -> Expected {
    let params = pool::DepositParams { recipient: None, min_shares };
    let answered = answered.map(|shares| pool::DepositReturn { shares }).map_err(ExitCode::new);
    Expected { value, ..answer::<pool::Deposit>(POOL, &params, answered) }
}

#[test]
fn fil_becomes_a_position_in_one_step() {
    let nfts = Nfts::new();
    let params = |owner: Option<u64>, beneficiary: Option<u64>| DepositParams {
        owner: owner.map(id),
        beneficiary: beneficiary.map(id),
        min_shares: fil(2),
        operator_data: RawBytes::new(vec![7]),
    };
    nfts.host.expect(pool_deposit(fil(2), fil(5), Ok(fil(4))));
    nfts.pool.borrow_mut().add(&fil(4));
    nfts.expect_index();
    nfts.host.expect(hook_with(ALICE, ALICE, &[0], RawBytes::new(vec![7])));
    let returned = nfts.pay::<Deposit>(ALICE, fil(5), &params(None, None)).unwrap();
    assert_eq!((returned.token_id, returned.shares), (0, fil(4)));
    assert_eq!((nfts.position(0).owner, nfts.position(0).shares), (ALICE, fil(4)));

    nfts.host.expect(pool_deposit(fil(2), fil(5), Ok(fil(4))));
    nfts.pool.borrow_mut().add(&fil(4));
    nfts.expect_index();
    nfts.host.expect(hook_with(BOB, ALICE, &[1], RawBytes::new(vec![7])));
    nfts.pay::<Deposit>(ALICE, fil(5), &params(Some(BOB), Some(CAROL))).unwrap();
    assert_eq!((nfts.position(1).owner, nfts.position(1).beneficiary), (BOB, CAROL));

    // The pool's refusals are nft-share's, code and all.
    nfts.host.expect(pool_deposit(fil(2), fil(1), Err(65)));
    assert_eq!(nfts.pay::<Deposit>(ALICE, fil(1), &params(None, None)).unwrap_err().code().value(), 65);
    let negative = DepositParams { min_shares: -fil(1), ..params(None, None) };
    assert_eq!(nfts.refused::<Deposit>(ALICE, &negative), 16);
    assert_eq!(nfts.refused::<Deposit>(ALICE, &params(Some(POOL), None)), 88);
}

#[test]
fn failure_10_a_hook_on_mint_sees_its_token_and_may_use_it() {
    let nfts = std::rc::Rc::new(Nfts::new());
    nfts.expect_index();
    let callee = nfts.clone();
    nfts.host.expect_reentry(hook(ALICE, ExitCode::OK), move |_| {
        // The token exists, with all its shares, and can be moved on at once.
        let moved = callee.transfer(ALICE, BOB, &[0]).unwrap();
        assert_eq!((moved.from_balance, moved.to_balance), (0, 1));
    });
    let returned = nfts.send_shares(ALICE, ALICE, fil(3), RawBytes::default()).unwrap();
    assert_eq!((ids(&returned), returned.balance, returned.supply), (&[0][..], 0, 1));
    assert_eq!(nfts.owner(0), BOB);
}

#[test]
fn failure_10_a_hook_on_mint_may_burn_what_it_got() {
    let nfts = std::rc::Rc::new(Nfts::new());
    nfts.expect_index();
    let callee = nfts.clone();
    nfts.host.expect_reentry(hook(ALICE, ExitCode::OK), move |_| {
        assert_eq!(callee.burn(ALICE, &[0]).unwrap(), 0);
    });
    let returned = nfts.send_shares(ALICE, ALICE, fil(3), RawBytes::default()).unwrap();
    // It was minted, though it is gone.
    assert_eq!((ids(&returned), returned.balance, returned.supply), (&[0][..], 0, 0));
    assert_eq!(nfts.mint(ALICE, fil(1)), 1, "IDs are not used twice");
}
