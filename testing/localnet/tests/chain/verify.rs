//! What holds between the blocks of any Filecoin chain, checked from a head down to genesis.

use std::collections::HashMap;

use cid::Cid;
use fvm_shared::address::{Address, Payload, Protocol};
use fvm_shared::crypto::signature::ops::{verify_bls_aggregate, verify_secp256k1_sig};

use crate::wire::{blake2b, load, messages, Blocks, Header, Message};

/// A tipset as it was found.
pub struct Found {
    pub cids: Vec<Cid>,
    pub blocks: Vec<Header>,
    /// Of each block, BLS before signed ones.
    pub messages: Vec<[Vec<Message>; 2]>,
}

impl Found {
    fn load(blocks: &impl Blocks, cids: &[Cid]) -> Self {
        let headers: Vec<Header> = cids.iter().map(|cid| Header::read(&load(blocks, cid))).collect();
        let messages = headers.iter().map(|header| messages(blocks, &header.messages)).collect();
        Self { cids: cids.to_vec(), blocks: headers, messages }
    }

    /// All messages, duplicates included, in the order of execution.
    pub fn all(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().flatten().flatten()
    }

    /// The messages that are executed: each sender's nonces one after the other, beginning with the first one seen. Senders are
    /// told apart by ID where `id_of` knows it (Lotus: `BlockMsgsForTipset`).
    pub fn executed(&self, id_of: impl Fn(&Address) -> Address) -> Vec<&Message> {
        let mut next: HashMap<Address, i128> = HashMap::new();
        let mut executed = Vec::new();
        for message in self.all() {
            let expected = next.entry(id_of(&message.from)).or_insert(message.nonce);
            if *expected == message.nonce {
                *expected += 1;
                executed.push(message);
            }
        }
        executed
    }
}

/// One tipset by itself.
pub fn verify_tipset(blocks: &impl Blocks, cids: &[Cid]) -> Found {
    let found = Found::load(blocks, cids);
    check_siblings(&found);
    found
}

/// Goes from the head to genesis and checks what needs no state: form, CIDs, order, time and weight, and the BLS and secp256k1
/// signatures of messages. Answers the tipsets, genesis first.
pub fn verify_chain(blocks: &impl Blocks, head: &[Cid], key_of: impl Fn(&Address) -> Address) -> Vec<Found> {
    let mut chain = vec![Found::load(blocks, head)];
    loop {
        let child = chain.last().unwrap();
        check_siblings(child);
        check_signatures(child, &key_of);
        if child.blocks[0].height == 0 {
            break;
        }
        let parent = Found::load(blocks, &child.blocks[0].parents);
        check_link(&parent, child);
        chain.push(parent);
    }
    chain.reverse();
    chain
}

/// The blocks of a tipset agree, and stand in the order of their tickets.
fn check_siblings(tipset: &Found) {
    let first = &tipset.blocks[0];
    for block in &tipset.blocks {
        assert_eq!(block.parents, first.parents);
        assert_eq!(block.height, first.height);
        assert_eq!(block.state, first.state);
        assert_eq!(block.receipts, first.receipts);
        assert_eq!(block.weight, first.weight);
        assert_eq!(block.base_fee, first.base_fee);
        assert_eq!(block.timestamp, first.timestamp);
    }
    let order: Vec<_> =
        tipset.blocks.iter().zip(&tipset.cids).map(|(b, c)| (blake2b(&b.ticket), c.to_bytes())).collect();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "tickets out of order at {}", first.height);
    let mut miners: Vec<_> = tipset.blocks.iter().map(|b| b.miner).collect();
    miners.sort();
    miners.dedup();
    assert_eq!(miners.len(), tipset.blocks.len(), "a miner makes one block in an epoch");
}

fn check_link(parent: &Found, child: &Found) {
    let (before, after) = (&parent.blocks[0], &child.blocks[0]);
    assert_eq!(after.parents, parent.cids);
    assert!(before.height < after.height);
    // 30 seconds an epoch.
    assert_eq!(after.timestamp - before.timestamp, 30 * (after.height - before.height));
    assert!(after.weight >= before.weight, "weight falls from {} to {}", before.height, after.height);
}

/// Signed messages by their sender's key, all BLS messages of a block by one aggregate.
fn check_signatures(tipset: &Found, key_of: &impl Fn(&Address) -> Address) {
    for (block, [bls, signed]) in tipset.blocks.iter().zip(&tipset.messages) {
        let payloads: Vec<Vec<u8>> = bls.iter().map(|m| m.unsigned.to_bytes()).collect();
        let payloads: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
        let keys: Vec<[u8; 48]> = bls.iter().map(|m| bls_key(&key_of(&m.from))).collect();
        match block.aggregate.as_deref() {
            None => assert_eq!((block.height, bls.len()), (0, 0), "only genesis is without aggregate"),
            Some([2, aggregate @ ..]) if bls.is_empty() => {
                let mut infinity = [0; 96];
                infinity[0] = 0xc0;
                assert_eq!(aggregate, infinity);
            }
            Some([2, aggregate @ ..]) => {
                assert!(verify_bls_aggregate(aggregate.try_into().unwrap(), &keys, &payloads).unwrap());
            }
            Some(other) => panic!("an aggregate of type {}", other[0]),
        }
        for message in signed {
            let signature = message.signature.as_deref().unwrap();
            let signer = key_of(&message.from);
            if signer.protocol() == Protocol::Secp256k1 {
                assert_eq!(signature[0], 1);
                verify_secp256k1_sig(&signature[1..], &message.unsigned.to_bytes(), &signer).unwrap();
            } else {
                assert_eq!((signer.protocol(), signature[0]), (Protocol::Delegated, 3));
            }
        }
    }
}

fn bls_key(address: &Address) -> [u8; 48] {
    let Payload::BLS(key) = address.payload() else { panic!("{address} is no BLS key") };
    *key
}
