//! The chain a network leaves behind.

use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::crypto::signature::ops::verify_bls_sig;
use fvm_shared::METHOD_SEND;
use peggy_localnet::chain::{load_message_cids, load_receipts, BlockHeader, EPOCH_SECONDS};
use peggy_localnet::{ids, Call, KeyKind, Producer};

use crate::{check_supply, fil, id, network};

#[test]
fn a_childs_header_commits_to_what_its_parent_did() {
    let mut network = network();
    let secp = network.create_account(KeyKind::Secp256k1, fil(10)).unwrap();
    let bls = network.create_account(KeyKind::Bls, fil(10)).unwrap();
    let call = |from| Call {
        from,
        to: id(ids::BURNT_FUNDS),
        value: fil(1),
        method: METHOD_SEND,
        params: RawBytes::default(),
        gas_limit: None,
    };
    let outcomes = network.execute_batch(vec![call(secp), call(bls)]).unwrap();
    let parent = network.head().clone();
    assert_eq!(parent.messages.len(), 2);
    assert!(parent.messages[0].is_bls(), "BLS messages come first");
    assert!(network.search_message(&outcomes[0].cid).unwrap().executing.is_none());

    let child = network.mine().unwrap();
    let header = child.tipset.first();
    assert_eq!(header.parents, parent.tipset.key().0);
    assert_eq!(header.parent_state_root, parent.state_root);
    assert_eq!(header.timestamp, parent.tipset.timestamp() + EPOCH_SECONDS);
    let receipts = load_receipts(network.store(), &header.parent_message_receipts).unwrap();
    let expected: Vec<_> = parent.outcomes.iter().map(|o| o.receipt.clone()).collect();
    assert_eq!(receipts, expected);
    let lists = load_message_cids(network.store(), &parent.tipset.first().messages).unwrap();
    assert_eq!((lists.bls, lists.secp), (vec![outcomes[1].cid], vec![outcomes[0].cid]));

    let lookup = network.search_message(&outcomes[0].cid).unwrap();
    assert_eq!(lookup.included.height(), parent.height());
    assert_eq!(lookup.executing.unwrap().height(), child.height());
}

#[test]
fn headers_and_keys_are_in_the_store_and_the_worker_signed() {
    let mut network = network();
    let tipset = network.mine().unwrap();
    let cid = tipset.tipset.key().0[0];
    let stored: BlockHeader = from_slice(&network.store().get(&cid).unwrap().unwrap()).unwrap();
    assert_eq!(&stored, tipset.tipset.first());
    assert_eq!(network.block(&cid), Some(&stored));
    assert!(network.store().has(&tipset.tipset.key().cid()).unwrap(), "actors can link to tipset keys");
    let worker = network.genesis().worker.address();
    let signature = stored.block_sig.clone().unwrap();
    verify_bls_sig(&signature.bytes, &stored.signing_bytes(), &worker).unwrap();
    assert_eq!(network.tipset(tipset.tipset.key()).unwrap().height(), tipset.height());
}

#[test]
fn null_rounds_have_no_tipset_but_time_passes() {
    let mut network = network();
    let before = network.head().clone();
    let after = network.advance(1000).unwrap();
    assert_eq!(after.height(), before.height() + 1000);
    assert_eq!(after.tipset.parents(), *before.tipset.key());
    assert_eq!(after.tipset.timestamp(), before.tipset.timestamp() + 1000 * EPOCH_SECONDS);
    let null = network.tipset_by_height(before.height() + 500).unwrap();
    assert_eq!(null.tipset.key(), before.tipset.key(), "a null round answers with the tipset before it");
    let next = network.tipset_after(before.height() + 500).unwrap();
    assert_eq!(next.tipset.key(), after.tipset.key());
    assert!(network.tipset_by_height(after.height() + 1).is_none());
    assert!(network.advance(0).is_err());
}

#[test]
fn several_producers_make_one_tipset_of_several_blocks() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let first = network.producers()[0].clone();
    // No miner behind it: what it wins is burnt, as on every network.
    let second = Producer { miner: ids::BURNT_FUNDS, win_count: 2, worker: None };
    network.set_producers(vec![first, second]);
    let burnt = network.balance(&id(ids::BURNT_FUNDS)).unwrap();
    let outcome = network.send(&key, id(ids::INIT), fil(1), METHOD_SEND, RawBytes::default()).unwrap();
    assert!(outcome.is_ok());
    let head = network.head();
    assert_eq!(head.tipset.blocks().len(), 2);
    assert_eq!(head.messages.len(), 1, "executed once");
    let miners: Vec<Address> = head.tipset.blocks().iter().map(|b| b.miner).collect();
    assert!(miners.contains(&id(ids::BURNT_FUNDS)));
    assert!(network.balance(&id(ids::BURNT_FUNDS)).unwrap() > burnt);
    check_supply(&network);
    network.set_producers(Vec::new());
    let reserve = network.balance(&id(ids::REWARD)).unwrap();
    network.mine().unwrap();
    assert_eq!(network.balance(&id(ids::REWARD)).unwrap(), reserve, "no producer, no reward");
}
