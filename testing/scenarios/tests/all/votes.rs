//! Vote snapshots: balances as they stood at the end of the previous epoch.

use cid::Cid;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes, DAG_CBOR};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use multihash_codetable::{Code, MultihashDigest};
use num_traits::Zero;
use peggy_interfaces::pool::{self, VoteSnapshotReturn, VotesAtParams, VotesAtReturn};
use peggy_ledger::{Snapshot, SNAPSHOT_SCHEMA};
use peggy_localnet::Key;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{deploy, fil, World};
use test_forwarder::{CallParams, CallReturn, CallSpec, CALL};

fn contract(w: &mut World) -> ActorID {
    let deployer = w.cast.deployer.clone();
    let code = deploy::install(&mut w.net, &deployer, deploy::wasm("test_forwarder").unwrap()).unwrap();
    deploy::create(&mut w.net, &deployer, code, RawBytes::default()).unwrap()
}

/// The CID `VoteSnapshot` will answer in the next message, worked out from what the accounts are now: nothing was written since.
fn next_snapshot(w: &World) -> Cid {
    let epoch = w.epoch();
    let accounts = w.seen.pool.state.accounts;
    let block = to_vec(&Snapshot { schema: SNAPSHOT_SCHEMA, accounts, epoch }).unwrap();
    Cid::new_v1(DAG_CBOR, Code::Blake2b256.digest(&block))
}

/// Takes a snapshot and asks it for somebody's votes, after some calls, all in one message.
fn votes_after(
    w: &mut World,
    from: &Key,
    contract: ActorID,
    calls: Vec<CallSpec>,
    of: Address,
    value: TokenAmount,
) -> (VoteSnapshotReturn, TokenAmount) {
    let pool = Address::new_id(w.wiring.pool);
    let snapshot = next_snapshot(w);
    let mut all = calls;
    all.push(CallSpec::new(pool, pool::VoteSnapshot::NUMBER, RawBytes::default()));
    all.push(CallSpec::new(pool, pool::VotesAt::NUMBER, encode(&VotesAtParams { snapshot, account: of })));
    let outcome = w.send("Call", from, contract, CALL, encode(&CallParams { calls: all }), value);
    let results = outcome.decode::<CallReturn>().results;
    let [.., taken, votes] = results.as_slice() else { panic!("two answers at least") };
    let taken: VoteSnapshotReturn = from_slice(taken.data.bytes()).unwrap();
    assert_eq!(taken.snapshot, snapshot, "the block links to the accounts as of the last epoch");
    let votes: VotesAtReturn = from_slice(votes.data.bytes()).unwrap();
    (taken, votes.votes)
}

#[test]
fn failure_13_shares_of_this_epoch_have_no_votes() {
    let mut w = World::new();
    let contract = contract(&mut w);
    w.custody(fil(500));
    let (alice, bob, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(10)).ok();
    w.deposit(&bob, fil(5)).ok();

    let (taken, votes) = votes_after(&mut w, &stranger, contract, vec![], alice.address(), TokenAmount::zero());
    assert_eq!(votes, fil(10));
    assert_eq!(taken.epoch, w.epoch() - 1);
    assert_eq!(taken.supply, fil(15), "the bond does not vote");

    // A flash deposit: in the same message, bought with borrowed FIL.
    let pool = Address::new_id(w.wiring.pool);
    let deposit = encode(&pool::DepositParams { recipient: None, min_shares: TokenAmount::zero() });
    let buy = CallSpec::new(pool, pool::Deposit::NUMBER, deposit).with_value(fil(100));
    let me = Address::new_id(contract);
    let (taken, votes) = votes_after(&mut w, &stranger, contract, vec![buy], me, fil(100));
    assert!(votes.is_zero(), "{votes} votes bought for one message");
    assert_eq!(taken.supply, fil(15));

    // Held over the end of an epoch, they count.
    let (_, votes) = votes_after(&mut w, &stranger, contract, vec![], me, TokenAmount::zero());
    assert_eq!(votes, fil(100));
}

#[test]
fn a_transfer_in_the_same_epoch_moves_no_votes() {
    let mut w = World::new();
    let contract = contract(&mut w);
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit_for(&alice, fil(10), Some(Address::new_id(contract)), fil(10)).ok();
    let give = frc46_token::token::types::TransferParams {
        to: alice.address(),
        amount: fil(10),
        operator_data: RawBytes::default(),
    };
    let pool = Address::new_id(w.wiring.pool);
    let give = CallSpec::new(pool, peggy_interfaces::frc46::Transfer::NUMBER, encode(&give));
    let (_, votes) = votes_after(&mut w, &stranger, contract, vec![give], alice.address(), TokenAmount::zero());
    assert!(votes.is_zero());
    assert_eq!(w.shares(&alice), fil(10));
    let (_, votes) = votes_after(&mut w, &stranger, contract, vec![], alice.address(), TokenAmount::zero());
    assert_eq!(votes, fil(10));
}

/// Failure 5: deposit, harvest and redeem in one message brings nothing of the rewards others waited for.
#[test]
fn failure_05_deposit_harvest_redeem_in_one_message_gains_nothing() {
    let mut w = World::new();
    let contract = contract(&mut w);
    let miner = w.vested_custody(fil(500));
    let (alice, stranger) = (w.cast.alice.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(100)).ok();
    w.pledge(miner, fil(50)).ok();
    // Half a year of rewards nobody harvested.
    w.award(miner, &fil(4_000));
    w.set_keeper_cut(&peggy_interfaces::owner_proxy::KeeperCut { bps: peggy_math::Bps(0), cap: fil(0) }).ok();
    let pool = Address::new_id(w.wiring.pool);
    let proxy = Address::new_id(w.wiring.owner_proxy);
    let deposit = encode(&pool::DepositParams { recipient: None, min_shares: TokenAmount::zero() });
    let harvest = encode(&peggy_interfaces::owner_proxy::MinerParams { miner: Address::new_id(miner) });
    let claim = encode(&pool::ClaimRewardsParams { to: Address::new_id(contract), amount: None });
    let redeem = encode(&pool::RedeemParams { shares: fil(100_000), min_amount: TokenAmount::zero() });
    let calls = vec![
        CallSpec::new(pool, pool::Deposit::NUMBER, deposit).with_value(fil(100_000)),
        CallSpec::new(proxy, peggy_interfaces::owner_proxy::Harvest::NUMBER, harvest),
        CallSpec::new(pool, pool::ClaimRewards::NUMBER, claim.clone()),
        CallSpec::new(pool, pool::Redeem::NUMBER, redeem),
        CallSpec::new(pool, pool::ClaimRewards::NUMBER, claim),
    ];
    w.send("Call", &stranger, contract, CALL, encode(&CallParams { calls }), fil(100_000)).ok();
    assert!(w.balance(contract) <= fil(100_000), "{} out of 100,000", w.balance(contract));
    assert!(w.seen.pool.stream().amount > fil(800), "the harvest itself happened");
}
