//! Proofs of messages and receipts, for every message of a chain.

use cid::Cid;
use fvm_shared::event::StampedEvent;
use fvm_shared::receipt::Receipt;
use peggy_localnet::chain::proof::{MessageProof, ProofError, Trusted, VerifiedMessage};
use peggy_localnet::chain::receipts_root;
use peggy_localnet::Store;

use crate::mainnet::Mainnet;
use crate::wire::{blake2b, cid_of};
use crate::world::World;

/// Makes, encodes, decodes and checks a proof; answers it with what it says.
pub fn prove(store: &Store, trusted: &Trusted, message: &Cid, events: bool) -> (Vec<u8>, VerifiedMessage) {
    let proof = MessageProof::make(store, trusted, message, events).unwrap();
    let bytes = proof.to_bytes().unwrap();
    let proof = MessageProof::from_bytes(&bytes).unwrap();
    let verified = proof.verify(trusted, blake2b).unwrap();
    assert_eq!(verified.cid, *message);
    (bytes, verified)
}

#[test]
fn every_message_of_a_chain_can_be_proven() {
    let world = World::told();
    let net = &world.net;
    let (mut proven, mut events_seen, mut largest) = (0, 0, 0);
    for pair in net.tipsets().windows(2) {
        let (parent, child) = (&pair[0], &pair[1]);
        for (index, (signed, outcome)) in parent.messages.iter().zip(&parent.outcomes).enumerate() {
            // Under the key, and under every block of the child.
            let mut trusted = vec![Trusted::TipsetKey(child.tipset.key().cid())];
            trusted.extend(child.tipset.key().0.iter().map(|cid| Trusted::Block(*cid)));
            for trusted in trusted {
                for events in [true, false] {
                    let (bytes, verified) = prove(net.store(), &trusted, &outcome.cid, events);
                    let expected = VerifiedMessage {
                        cid: signed.cid(),
                        message: signed.message.clone(),
                        receipt: outcome.receipt.clone(),
                        index: index as u64,
                        events: (events || outcome.events.is_empty()).then(|| outcome.events.clone()),
                        height: parent.height(),
                        executed_before: child.height(),
                    };
                    assert_eq!(verified, expected);
                    // The code that was installed is a message of its own size.
                    if bytes.len() < 100_000 {
                        largest = largest.max(bytes.len());
                    }
                }
            }
            proven += 1;
            events_seen += outcome.events.len();
        }
    }
    assert!(proven >= 60 && events_seen >= 43, "{proven} messages, {events_seen} events");
    println!("{proven} messages proven, largest proof {largest} bytes");
    assert!(largest < 10_000, "a proof of {largest} bytes");
}

#[test]
fn a_proof_is_small_when_nothing_was_dropped() {
    let mut world = World::new();
    let from = world.secp[0].clone();
    let to = world.contract;
    let method = fvm_shared::METHOD_SEND;
    let sent = world.signed(&from, 0, to, method, fvm_ipld_encoding::RawBytes::default());
    let cid = world.net.push(sent).unwrap();
    assert!(world.net.prove_message(&cid, true).unwrap_err().to_string().contains("was not executed"));
    let alone = world.net.mine().unwrap();
    assert!(world.net.prove_message(&cid, true).unwrap_err().to_string().contains("with the next tipset only"));
    let child = world.net.mine().unwrap();
    let trusted = Trusted::TipsetKey(child.tipset.key().cid());
    let (bytes, verified) = prove(world.net.store(), &trusted, &cid, true);
    assert_eq!(world.net.prove_message(&cid, true).unwrap(), (trusted, MessageProof::from_bytes(&bytes).unwrap()));
    assert_eq!((verified.message.to, verified.message.value), (crate::world::id(to), crate::world::fil(1)));
    assert_eq!((verified.receipt, verified.events), (alone.outcomes[0].receipt.clone(), Some(Vec::new())));
    println!("one bare send, one block: {} bytes", bytes.len());
    assert!(bytes.len() < 1700, "{}", bytes.len());
}

#[test]
fn the_story_has_all_three_ways_to_count() {
    let world = World::told();
    let mut ways = [0; 3];
    for pair in world.net.tipsets().windows(2) {
        let store = world.net.store();
        for outcome in &pair[0].outcomes {
            let trusted = Trusted::TipsetKey(pair[1].tipset.key().cid());
            let proof = MessageProof::make(store, &trusted, &outcome.cid, false).unwrap();
            let contents: usize = crate::verify::verify_tipset(store, &pair[0].tipset.key().0).all().count();
            let way = if contents == pair[0].outcomes.len() {
                0
            } else if proof.conflict_count() == 0 {
                1
            } else {
                2
            };
            ways[way] += 1;
        }
    }
    assert!(ways.iter().all(|count| *count > 3), "{ways:?}");
}

#[test]
fn a_message_that_was_dropped_or_never_sent_has_no_proof() {
    let mut world = World::busy();
    world.replaced_messages();
    let parent = world.net.head().clone();
    let child = world.net.mine().unwrap();
    let trusted = Trusted::TipsetKey(child.tipset.key().cid());
    let store = world.net.store();
    let found = crate::verify::verify_tipset(store, &parent.tipset.key().0);
    let executed: Vec<Cid> = parent.outcomes.iter().map(|o| o.cid).collect();
    let dropped: Vec<Cid> = found.all().map(|m| m.cid).filter(|cid| !executed.contains(cid)).collect();
    assert_eq!(dropped.len(), 1, "one of the two that replace each other");
    let refused = MessageProof::make(store, &trusted, &dropped[0], false).unwrap_err();
    assert_eq!(refused.downcast_ref::<ProofError>(), Some(&ProofError::Dropped));
    // In another tipset, or nowhere.
    let elsewhere = world.net.tipsets().iter().find_map(|t| t.outcomes.first()).unwrap().cid;
    for cid in [elsewhere, cid_of(b"no message")] {
        let refused = MessageProof::make(store, &trusted, &cid, false).unwrap_err();
        assert!(refused.to_string().contains("is not among the 10 of this tipset"), "{refused}");
    }
    // Nor has one whose receipt is not on chain yet.
    let young = Trusted::TipsetKey(parent.tipset.key().cid());
    assert!(MessageProof::make(store, &young, &executed[0], false).is_err());
}

#[test]
fn a_sender_under_two_names_hides_what_was_executed() {
    // The account's messages differ in the sender's name only. Which of them was executed is a matter of state.
    let mut world = World::new();
    world.add_miner(1);
    let key = world.bls[0].clone();
    let other = world.secp[1].clone();
    let named = world.net.resolve(&key.address()).unwrap().map(crate::world::id).unwrap();
    let to = world.contract;
    let by_id = world.unsigned(key.address(), named, 0, to, 0, fvm_ipld_encoding::RawBytes::default(), 200_000);
    let by_id = key.sign(by_id, 0).unwrap();
    let lists = vec![vec![by_id], vec![world.bare(&key, 0), world.bare(&other, 0)]];
    let tipset = world.net.mine_blocks(1, lists).unwrap();
    assert_eq!(tipset.outcomes.len(), 2);
    let child = world.net.mine().unwrap();
    let trusted = Trusted::TipsetKey(child.tipset.key().cid());
    for outcome in &tipset.outcomes {
        let refused = MessageProof::make(world.net.store(), &trusted, &outcome.cid, false).unwrap_err();
        assert_eq!(refused.downcast_ref(), Some(&ProofError::Ambiguous { messages: 3, receipts: 2 }));
    }
}

#[test]
fn real_tipsets_of_mainnet_can_be_proven_below_an_invented_child() {
    // The blocks and messages are mainnet's; its receipts of those days are in nobody's snapshot, so these are numbered by us.
    let mainnet = Mainnet::load();
    let store = mainnet.store();
    let (mut proven, mut largest) = (0, 0);
    for pair in mainnet.chain().windows(2) {
        let (parent, child) = (&pair[0], &pair[1]);
        let executed = parent.executed(|a| *a);
        let receipt = |index: usize| Receipt {
            exit_code: fvm_shared::error::ExitCode::OK,
            return_data: fvm_ipld_encoding::RawBytes::default(),
            gas_used: index as u64,
            events_root: None,
        };
        let receipts: Vec<Receipt> = (0..executed.len()).map(receipt).collect();
        let root = receipts_root(&store, &receipts).unwrap();
        let invented = child.blocks[0].with_receipts(&parent.cids, root);
        let trusted = Trusted::Block(store.put_dag_cbor(&invented).unwrap());
        for (index, message) in executed.iter().enumerate() {
            let (bytes, verified) = prove(&store, &trusted, &message.cid, false);
            assert_eq!((verified.index, verified.receipt.gas_used), (index as u64, index as u64));
            assert_eq!((verified.message.from, verified.cid), (message.from, message.cid));
            proven += 1;
            largest = largest.max(bytes.len());
        }
    }
    assert!(proven > 200);
    println!("{proven} messages of mainnet, largest proof {largest} bytes");
    // Three blocks of a hundred messages each, nearly all of them the same.
    assert!(largest < 32_000, "a proof of {largest} bytes");
}

#[test]
fn events_are_proven_in_full_or_not_at_all() {
    let world = World::told();
    let tipsets = world.net.tipsets();
    let (at, outcome) = tipsets
        .iter()
        .enumerate()
        .find_map(|(i, t)| Some((i, t.outcomes.iter().find(|o| o.events.len() == 40)?)))
        .unwrap();
    let trusted = Trusted::TipsetKey(tipsets[at + 1].tipset.key().cid());
    let (with, verified) = prove(world.net.store(), &trusted, &outcome.cid, true);
    let events: Vec<StampedEvent> = verified.events.unwrap();
    assert_eq!(events, outcome.events);
    assert!(events.iter().all(|e| e.emitter == world.contract));
    let (without, verified) = prove(world.net.store(), &trusted, &outcome.cid, false);
    assert!(verified.events.is_none() && verified.receipt.events_root.is_some());
    assert!(with.len() > without.len() + 40 * 20);
}
