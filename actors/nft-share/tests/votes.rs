//! Votes: owners at the end of the previous epoch.
#![allow(clippy::unwrap_used)]

mod harness;

use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use harness::*;
use peggy_interfaces::nft_share::*;
use peggy_interfaces::pool::VotesAtParams;
use peggy_runtime::mock::code;

fn snapshot(nfts: &Nfts) -> (Cid, TokenAmount) {
    let returned = nfts.call::<VoteSnapshot>(STRANGER, &()).unwrap();
    (returned.snapshot, returned.supply)
}
fn votes(nfts: &Nfts, snapshot: Cid, who: u64) -> TokenAmount {
    nfts.call::<VotesAt>(STRANGER, &VotesAtParams { snapshot, account: id(who) }).unwrap().votes
}
/// Everybody's votes are the supply: nobody is counted twice.
fn all(nfts: &Nfts, (snapshot, supply): (Cid, TokenAmount)) -> [TokenAmount; 4] {
    let all = [ALICE, BOB, CAROL, DAVE].map(|who| votes(nfts, snapshot, who));
    assert_eq!(all.iter().fold(fil(0), |sum, votes| sum + votes), supply);
    all
}

#[test]
fn failure_13_what_moves_within_an_epoch_counts_where_it_was() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(5));
    assert_eq!(all(&nfts, snapshot(&nfts)), [fil(0), fil(0), fil(0), fil(0)]);
    nfts.pass(1);
    let then = snapshot(&nfts);
    assert_eq!(all(&nfts, then.clone()), [fil(5), fil(0), fil(0), fil(0)]);
    nfts.transfer(ALICE, BOB, &[token]).unwrap();
    nfts.mint(CAROL, fil(9));
    assert_eq!(snapshot(&nfts), then, "the same all through the epoch");
    nfts.pass(1);
    assert_eq!(all(&nfts, snapshot(&nfts)), [fil(0), fil(5), fil(9), fil(0)]);
    assert_eq!(all(&nfts, then), [fil(5), fil(0), fil(0), fil(0)], "and for ever");
    assert_eq!(nfts.call::<VoteSnapshot>(ALICE, &()).unwrap().epoch, START + 1);
}

#[test]
fn failure_8_no_way_to_count_a_share_twice() {
    let nfts = Nfts::new();
    let token = nfts.mint(ALICE, fil(6));
    nfts.pass(1);
    let then = snapshot(&nfts);
    // Split, moved, merged, unwrapped and minted anew: the snapshot of this epoch stays, the next one counts what there is.
    let parts = nfts.split(ALICE, token, &[fil(1), fil(2)]).unwrap();
    nfts.transfer(ALICE, BOB, &parts[..1]).unwrap();
    let whole = nfts.merge(ALICE, &parts[1..]).unwrap();
    nfts.burn(BOB, &parts[..1]).unwrap();
    nfts.mint(CAROL, fil(1));
    assert_eq!(all(&nfts, snapshot(&nfts)), [fil(6), fil(0), fil(0), fil(0)]);
    nfts.pass(1);
    assert_eq!(all(&nfts, snapshot(&nfts)), [fil(5), fil(0), fil(1), fil(0)]);
    assert_eq!(all(&nfts, then), [fil(6), fil(0), fil(0), fil(0)]);
    // Beneficiaries and operators don't vote.
    nfts.set_beneficiary(ALICE, &[whole], DAVE).unwrap();
    nfts.approve(ALICE, DAVE, &[whole]).unwrap();
    nfts.pass(1);
    assert_eq!(all(&nfts, snapshot(&nfts)), [fil(5), fil(0), fil(1), fil(0)]);
    // nft-share itself, the pool and those who are not on chain have none here.
    let now = snapshot(&nfts).0;
    assert!(votes(&nfts, now, OWN).is_zero() && votes(&nfts, now, POOL).is_zero());
    let nobody = Address::new_secp256k1(&[7; 65]).unwrap();
    assert!(nfts.call::<VotesAt>(ALICE, &VotesAtParams { snapshot: now, account: nobody }).unwrap().votes.is_zero());
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let nfts = Nfts::new();
    nfts.mint(ALICE, fil(1));
    let params = VotesAtParams { snapshot: code("anything"), account: id(ALICE) };
    assert_eq!(nfts.refused::<VotesAt>(ALICE, &params), 16);
    let params = VotesAtParams { snapshot: nfts.state().positions, account: id(ALICE) };
    assert_eq!(nfts.refused::<VotesAt>(ALICE, &params), 16);
}
