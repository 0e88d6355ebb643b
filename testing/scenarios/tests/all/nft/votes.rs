//! Failure 8: no way to count a share twice in a vote.

use cid::Cid;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes, DAG_CBOR};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use multihash_codetable::{Code, MultihashDigest};
use peggy_interfaces::frc46;
use peggy_interfaces::nft_share as nft;
use peggy_interfaces::pool::{self, VoteSnapshotReturn, VotesAtParams, VotesAtReturn};
use peggy_ledger::{Snapshot, SNAPSHOT_SCHEMA};
use peggy_runtime::Method;
use peggy_scenarios::fil;
use peggy_scenarios::nft_actions::token_transfer;
use peggy_scenarios::world::encode;
use test_forwarder::{CallReturn, CallSpec};

use super::Stage;

fn snapshot(root: Cid, epoch: ChainEpoch) -> Cid {
    let block = to_vec(&Snapshot { schema: SNAPSHOT_SCHEMA, accounts: root, epoch }).unwrap();
    Cid::new_v1(DAG_CBOR, Code::Blake2b256.digest(&block))
}

/// Makes calls through a contract, then takes both snapshots and asks for everybody's votes, all in one message, as governance would.
/// Answers the pool's supply and, by voter, the votes at the pool and at nft-share.
fn count(s: &mut Stage, calls: Vec<CallSpec>, voters: &[ActorID]) -> (TokenAmount, Vec<(TokenAmount, TokenAmount)>) {
    let (pool, nft) = (Address::new_id(s.w.wiring.pool), s.nft());
    let epoch = s.w.epoch();
    let roots = [snapshot(s.w.seen.pool.state.accounts, epoch), snapshot(s.w.seen.nft.state.holders, epoch)];
    let mut all = calls;
    let before = all.len();
    all.push(CallSpec::new(pool, pool::VoteSnapshot::NUMBER, RawBytes::default()));
    all.push(CallSpec::new(nft, nft::VoteSnapshot::NUMBER, RawBytes::default()));
    for voter in voters {
        let ask = |snapshot| encode(&VotesAtParams { snapshot, account: Address::new_id(*voter) });
        all.push(CallSpec::new(pool, pool::VotesAt::NUMBER, ask(roots[0])));
        all.push(CallSpec::new(nft, nft::VotesAt::NUMBER, ask(roots[1])));
    }
    let results = s.calls(0, all).decode::<CallReturn>().results.split_off(before);
    let taken: Vec<VoteSnapshotReturn> = results[..2].iter().map(|r| from_slice(r.data.bytes()).unwrap()).collect();
    assert_eq!([taken[0].snapshot, taken[1].snapshot], roots);
    assert_eq!((taken[0].epoch, taken[1].epoch), (epoch, epoch), "both as of the end of the same epoch");
    let votes: Vec<TokenAmount> =
        results[2..].iter().map(|r| from_slice::<VotesAtReturn>(r.data.bytes()).unwrap().votes).collect();
    (taken[0].supply.clone(), votes.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect())
}

fn sum(votes: &[(TokenAmount, TokenAmount)]) -> TokenAmount {
    votes.iter().fold(fil(0), |sum, (plain, wrapped)| sum + plain + wrapped)
}

#[test]
fn failure_8_every_share_votes_once_whatever_is_done_with_it() {
    let mut s = Stage::new();
    let (alice, bob, dave) = (s.alice.clone(), s.bob.clone(), s.dave.clone());
    // One of the contracts holds shares and a position, to move them in the very message that counts.
    let me = s.contract(0);
    s.w.transfer(&alice, me, fil(30)).ok();
    let token = s.mint(&alice, fil(20));
    s.w.nft_transfer(&alice, me, &[token]).ok();
    let voters = [s.w.id(&alice), s.w.id(&bob), s.w.id(&dave), s.contracts[0], s.contracts[1]];
    let nft_share = s.w.wiring.nft_share;

    let (supply, votes) = count(&mut s, vec![], &voters);
    assert_eq!(sum(&votes), supply, "plain and wrapped votes are all there are");
    assert_eq!(votes[3], (fil(30), fil(20)));
    // Wrapped, unwrapped, split and passed on within the message: the count is that of the epoch before.
    let wrap =
        frc46_token::token::types::TransferParams { to: s.nft(), amount: fil(30), operator_data: RawBytes::default() };
    let wrap = s.to_pool::<frc46::Transfer>(&wrap);
    let split = s.to_nft::<nft::Split>(&nft::SplitParams { token_id: token, amounts: vec![fil(5)] });
    let next = s.w.next_token();
    let pass = s.to_nft::<peggy_interfaces::frc53::Transfer>(&token_transfer(s.contract(1), &[next + 1]));
    let unwrap = s.to_nft::<nft::Unwrap>(&nft::UnwrapParams { token_ids: vec![next + 2], to: Some(dave.address()) });
    let (again, same) = count(&mut s, vec![wrap, split, pass, unwrap], &voters);
    assert_eq!((again, same), (supply.clone(), votes));
    // The epoch after, it is that of what was done: still every share once.
    let (supply_after, votes) = count(&mut s, vec![], &voters);
    assert_eq!(supply_after, supply);
    assert_eq!(sum(&votes), supply);
    assert_eq!((votes[3].clone(), votes[4].clone()), ((fil(0), fil(30)), (fil(0), fil(5))));
    assert_eq!(votes[2], (fil(15), fil(0)));
    // nft-share's own account at the pool is what the positions have: governance never lets it vote.
    let (_, own) = count(&mut s, vec![], &[nft_share]);
    let wrapped = votes.iter().fold(fil(0), |sum, (_, wrapped)| sum + wrapped);
    assert_eq!(own[0], (wrapped, fil(0)));
    // Splitting, merging, naming beneficiaries and operators makes no votes.
    let mine = s.mint(&alice, fil(10));
    s.w.nft_beneficiary(&alice, bob.address(), &[mine]).ok();
    s.w.nft_approve(&alice, dave.address(), &[mine]).ok();
    s.w.nft_approve_for_all(&alice, dave.address()).ok();
    let parts = s.w.nft_split(&alice, mine, &[fil(1), fil(2)]).answer::<nft::Split>().token_ids;
    s.w.nft_merge(&alice, &parts).ok();
    let (supply, after) = count(&mut s, vec![], &voters);
    assert_eq!(sum(&after), supply);
    assert_eq!((after[0].1.clone(), after[1].1.clone(), after[2].1.clone()), (fil(10), fil(0), fil(0)));
}
