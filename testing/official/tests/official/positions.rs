//! Positions on the official actors: real rewards, wrapped shares, a trade, and the way back.

use peggy_interfaces::nft_share as nft;
use peggy_scenarios::fil;
use peggy_scenarios::nft_actions::mint_data;

use crate::stage::{pledged, Stage, DAY};

#[test]
fn a_position_is_made_traded_split_and_unwrapped_on_official_actors() {
    let (mut w, miner) = pledged();
    let (alice, bob, keeper) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.keeper.clone());
    // From shares, and from FIL for a wallet that can only own it.
    let token = w.next_token();
    w.nft_mint(&alice, fil(400)).ok();
    let carol = w.cast.carol.address();
    let made = w.nft_deposit(&bob, fil(50), Some(carol), Some(bob.address())).answer::<nft::Deposit>();
    // A block of the official miner, paid by the official reward actor.
    w.make_block(miner, 5);
    w.harvest(&keeper, miner).ok();
    w.skip(DAY);
    let accrued = w.position(token).accrued;
    assert!(accrued.is_positive());
    w.nft_transfer(&alice, bob.address(), &[token]).ok();
    w.skip(DAY);
    let owed = w.nft_owed(&alice).owed;
    assert!(owed >= accrued);
    assert_eq!(w.nft_claim_owed(&alice, alice.address(), None).answer::<nft::ClaimOwed>().paid, owed);
    assert!(w.nft_claim(&keeper, &[token], None).answer::<nft::Claim>().paid.is_positive());
    assert!(w.nft_claim(&keeper, &[made.token_id], None).answer::<nft::Claim>().paid.is_positive());

    let parts = w.nft_split(&bob, token, &[fil(100)]).answer::<nft::Split>().token_ids;
    let whole = w.nft_merge(&bob, &parts).answer::<nft::Merge>();
    assert_eq!(whole.shares, fil(400));
    // A key that was never seen becomes an official account, and its own address is that of the owner.
    let newcomer = w.net.new_key(peggy_localnet::KeyKind::Secp256k1).expect("a key").address();
    w.nft_transfer(&bob, newcomer, &[whole.token_id]).ok();
    assert_eq!(w.position(whole.token_id).owner, w.id_of(&newcomer));

    let before = w.shares(&alice);
    let token = w.next_token();
    w.nft_mint_for(&alice, fil(30), mint_data(None, Some(bob.address()))).ok();
    w.nft_burn(&alice, &[token]).ok();
    assert_eq!(w.shares(&alice), before);
    assert!(w.balance(w.wiring.nft_share).is_zero());
}
