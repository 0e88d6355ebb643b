//! The life of positions: minted, traded, split, merged, claimed, unwrapped; by accounts of every kind.

use fvm_shared::address::Address;
use peggy_interfaces::nft_share::{self as nft, ListPositionsParams};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::{frc53, pool};
use peggy_scenarios::nft_actions::mint_data;
use peggy_scenarios::{atto, fil};

use super::Stage;

#[test]
fn what_has_accrued_stays_with_the_seller_and_the_rest_follows_the_token() {
    let mut s = Stage::new();
    let (alice, bob) = (s.alice.clone(), s.bob.clone());
    let token = s.mint(&alice, fil(40));
    // What Alice earned before is in her account at the pool; the token has what an epoch brings.
    assert!(s.w.position(token).accrued < fil(1) && s.w.account(&alice).rewards > fil(1));
    s.earn();
    let accrued = s.w.position(token).accrued;
    assert!(accrued > fil(1), "{accrued}");
    s.w.nft_transfer(&alice, bob.address(), &[token]).ok();
    let owed = s.w.nft_owed(&alice).owed;
    // An epoch later than it was read.
    assert!(owed >= accrued && owed < accrued.clone() + fil(1), "{owed} of {accrued}");
    s.earn();
    assert_eq!(s.w.nft_owed(&alice).owed, owed, "to the attoFIL, whatever comes");
    let position = s.w.position(token);
    assert_eq!((position.owner, position.beneficiary), (s.w.id(&bob), s.w.id(&bob)));
    assert!(position.accrued > fil(1));
    // Paid straight from the pool; nft-share never has any FIL.
    let stranger = s.w.cast.stranger.clone();
    let paid = s.w.nft_claim(&stranger, &[token], None).answer::<nft::Claim>().paid;
    assert!(paid >= position.accrued);
    assert_eq!(s.w.nft_claim_owed(&alice, alice.address(), None).answer::<nft::ClaimOwed>().paid, owed);
    assert!(s.w.balance(s.w.wiring.nft_share).is_zero());
    assert!(s.w.nft_owed(&alice).owed.is_zero());
}

#[test]
fn a_position_earns_what_the_same_shares_earn_plainly() {
    let mut s = Stage::new();
    let (alice, bob, dave) = (s.alice.clone(), s.bob.clone(), s.dave.clone());
    // Bob keeps plain shares, Dave holds as many in positions, through settlements, changes of hands and losses.
    s.w.deposit(&dave, fil(100)).ok();
    s.w.claim(&bob).ok();
    let token = s.w.next_token();
    s.w.nft_mint_for(&dave, fil(100), mint_data(None, Some(alice.address()))).ok();
    // An epoch passed between the two; from here on everything is read in one.
    let start = s.w.account(&bob).rewards;
    let first = s.w.position(token).accrued;
    let mut settlements = 0;
    let mut tokens = vec![token];
    for round in 0..4 {
        s.earn();
        if round == 1 {
            s.w.fine(s.miner, &fil(90));
            let keeper = s.w.cast.keeper.clone();
            s.w.harvest(&keeper, s.miner).ok();
        }
        if round % 2 == 0 {
            let parts = s.w.nft_split(&dave, tokens[0], &[fil(33), atto(1)]).answer::<nft::Split>().token_ids;
            settlements += 1;
            tokens = parts;
        } else {
            settlements += tokens.len();
            tokens = vec![s.w.nft_merge(&dave, &tokens).answer::<nft::Merge>().token_id];
        }
    }
    let plain = s.w.account(&bob).rewards - start;
    let accrued = tokens.iter().fold(fil(0), |sum, token| sum + s.w.position(*token).accrued);
    let wrapped = accrued + s.w.nft_owed(&alice).owed - first;
    let off = (plain.clone() - &wrapped).atto().clone();
    let allowed = settlements + tokens.len() + 1;
    assert!(plain > fil(10), "{plain}");
    assert!(
        off.magnitude() <= &num_bigint::BigUint::from(allowed),
        "{off} attoFIL apart after {settlements} settlements: {plain} and {wrapped}"
    );
}

#[test]
fn fil_becomes_a_position_for_oneself_or_another() {
    let mut s = Stage::new();
    let (alice, bob, carol) = (s.alice.clone(), s.bob.clone(), s.w.cast.carol.clone());
    let preview = s.w.read::<pool::PreviewDeposit>(s.w.wiring.pool, &pool::PreviewDepositParams { amount: fil(7) });
    let made = s.w.nft_deposit(&alice, fil(7), None, None).answer::<nft::Deposit>();
    assert_eq!(made.shares, preview.shares);
    assert_eq!(s.w.position(made.token_id).owner, s.w.id(&alice));
    // For an Ethereum-style wallet, which could not call this, with a beneficiary that is not on chain yet.
    let newcomer = s.w.net.new_key(peggy_localnet::KeyKind::Secp256k1).unwrap().address();
    let made = s.w.nft_deposit(&bob, fil(7), Some(carol.address()), Some(newcomer)).answer::<nft::Deposit>();
    let position = s.w.position(made.token_id);
    assert_eq!((position.owner, position.beneficiary), (s.w.id(&carol), s.w.id_of(&newcomer)));
    s.earn();
    let stranger = s.w.cast.stranger.clone();
    let paid = s.w.nft_claim(&stranger, &[made.token_id], None).answer::<nft::Claim>().paid;
    assert_eq!(s.w.balance(s.w.id_of(&newcomer)), paid);
    assert!(paid.is_positive());
    // The pool's rules are the rules.
    s.w.nft_deposit(&alice, atto(1), None, None).refused(60, "at least");
    s.w.pause(10).ok();
    s.w.nft_deposit(&alice, fil(7), None, None).refused(35, "paused until");
    // Wrapping what is there already, trading and leaving go on.
    let token = s.mint(&alice, fil(1));
    s.w.nft_transfer(&alice, bob.address(), &[token]).ok();
    s.w.nft_burn(&bob, &[token]).ok();
}

#[test]
fn a_deposit_at_the_pool_for_nft_share_is_the_depositors_position() {
    let mut s = Stage::new();
    let alice = s.alice.clone();
    let token = s.w.next_token();
    let to = s.nft();
    s.w.deposit_for(&alice, fil(3), Some(to), fil(0)).ok();
    assert_eq!(s.w.position(token).owner, s.w.id(&alice));
}

#[test]
fn unwrapped_shares_are_shares_like_any_other() {
    let mut s = Stage::new();
    let (alice, bob) = (s.alice.clone(), s.bob.clone());
    let before = s.w.shares(&alice);
    let (first, second) = (s.mint(&alice, fil(30)), s.mint(&alice, fil(20)));
    assert_eq!(s.w.shares(&alice), before.clone() - fil(50));
    s.earn();
    assert_eq!(s.w.nft_burn(&alice, &[first]).answer::<frc53::Burn>(), 1);
    assert_eq!(s.w.shares(&alice), before.clone() - fil(20));
    s.w.nft_unwrap(&alice, Some(bob.address()), &[second]).ok();
    assert_eq!(s.w.shares(&alice), before - fil(20));
    assert!(s.w.nft_owed(&alice).owed > fil(1));
    // Everybody is gone: what is owed is still paid.
    s.w.nft_claim_owed(&alice, bob.address(), None).ok();
    s.w.skip(DAY);
    assert!(s.w.seen.nft.positions.is_empty() && s.w.seen.nft.holders.is_empty());
}

#[test]
fn operators_of_shares_and_of_tokens_work_as_in_the_standards() {
    let mut s = Stage::new();
    let (alice, bob, dave) = (s.alice.clone(), s.bob.clone(), s.dave.clone());
    // FRC-46: an operator of shares wraps them, for their owner.
    let nft = s.nft();
    s.w.transfer_from(&bob, alice.address(), nft, fil(1)).refused(19, "IncreaseAllowance");
    s.w.increase_allowance(&alice, bob.address(), fil(5)).ok();
    let token = s.w.next_token();
    s.w.transfer_from(&bob, alice.address(), nft, fil(5)).ok();
    assert_eq!(s.w.position(token).owner, s.w.id(&alice));
    // FRC-53.
    let other = s.mint(&alice, fil(1));
    s.w.nft_transfer_from(&bob, alice.address(), dave.address(), &[token]).refused(82, "not approved");
    s.w.nft_approve(&alice, bob.address(), &[token]).ok();
    s.w.nft_transfer_from(&bob, alice.address(), dave.address(), &[token, other]).refused(82, "not approved");
    s.w.nft_transfer_from(&bob, alice.address(), dave.address(), &[token]).ok();
    s.w.nft_transfer_from(&bob, dave.address(), bob.address(), &[token]).refused(82, "not approved");
    s.w.nft_approve_for_all(&dave, bob.address()).ok();
    s.w.nft_burn_from(&bob, dave.address(), &[token]).ok();
    assert_eq!(s.w.shares(&dave), fil(5), "burnt by an operator, the shares are the owner's");
    s.w.nft_revoke_for_all(&dave, bob.address()).ok();
    s.w.nft_approve(&alice, bob.address(), &[other]).ok();
    s.w.nft_revoke(&alice, bob.address(), &[other]).ok();
    s.w.nft_burn_from(&bob, alice.address(), &[other]).refused(82, "not approved");
}

#[test]
fn failure_24_owners_under_all_their_addresses() {
    let mut s = Stage::new();
    let (alice, carol) = (s.alice.clone(), s.w.cast.carol.clone());
    let tokens = [s.mint(&alice, fil(1)), s.mint(&alice, fil(1)), s.mint(&alice, fil(1))];
    // f410 and ID; f1 and ID.
    let ids = [carol.address(), Address::new_id(s.w.id(&carol))];
    s.w.nft_transfer(&alice, ids[0], &tokens[..1]).ok();
    s.w.nft_transfer(&alice, ids[1], &tokens[1..2]).ok();
    assert_eq!((s.balance(ids[0]), s.balance(ids[1])), (2, 2));
    s.w.nft_beneficiary(&alice, Address::new_id(s.w.id(&alice)), &tokens[2..]).ok();
    assert_eq!(s.w.seen.nft.positions[&tokens[2]].beneficiary, None, "the owner is the owner");
    for owner in ids {
        let request = ListPositionsParams { owner, from: 0, limit: 10 };
        let page = s.w.read::<nft::ListPositions>(s.w.wiring.nft_share, &request);
        assert_eq!(page.positions.iter().map(|p| p.token_id).collect::<Vec<_>>(), tokens[..2]);
    }
}

#[test]
fn metadata_is_json_with_a_picture() {
    let mut s = Stage::new();
    let alice = s.alice.clone();
    let token = s.mint(&alice, fil(12));
    let json = s.w.read::<frc53::Metadata>(s.w.wiring.nft_share, &token);
    for part in ["\"shares\":\"12000000000000000000\"", "data:image/svg+xml;base64,", "\"trait_type\":\"Mint epoch\""] {
        assert!(json.contains(part), "{json}");
    }
    s.w.try_read::<frc53::Metadata>(s.w.wiring.nft_share, &99).refused(80, "there is no token 99");
}
