//! The embedded network's own chain, from head to genesis, by the checks that hold on mainnet and by more: everything that needs
//! the state and the outcomes.

use std::collections::HashMap;

use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::crypto::signature::ops::verify_bls_sig;
use ipld_core::ipld::Ipld;
use localnet_builtin::miner::internal::CONTROL_ADDRESSES;
use localnet_builtin::miner::ControlAddressesReturn;
use peggy_localnet::keys::verify_message;
use peggy_localnet::{ExecutedTipset, Network, Outcome};

use crate::verify::{verify_chain, Found};
use crate::wire::{array, array_root, decode, int, key_cid, link, list, load, nullable, tuple, Message};
use crate::world::World;

/// A receipt, as it must be on chain: `[exit code, return, gas used, events root]`.
fn receipt(outcome: &Outcome) -> Ipld {
    let receipt = &outcome.receipt;
    Ipld::List(vec![
        Ipld::Integer(i128::from(receipt.exit_code.value())),
        Ipld::Bytes(receipt.return_data.bytes().to_vec()),
        Ipld::Integer(i128::from(receipt.gas_used)),
        receipt.events_root.map_or(Ipld::Null, Ipld::Link),
    ])
}

/// The events, as they must be on chain (FIP-0049, FIP-0083): `[emitter, [[flags, key, codec, value]]]`.
fn events(outcome: &Outcome) -> Vec<Ipld> {
    let entry = |e: &fvm_shared::event::Entry| {
        Ipld::List(vec![
            Ipld::Integer(i128::from(e.flags.bits())),
            Ipld::String(e.key.clone()),
            Ipld::Integer(i128::from(e.codec)),
            Ipld::Bytes(e.value.clone()),
        ])
    };
    let event = |e: &fvm_shared::event::StampedEvent| {
        let entries = e.event.entries.iter().map(entry).collect();
        Ipld::List(vec![Ipld::Integer(i128::from(e.emitter)), Ipld::List(entries)])
    };
    outcome.events.iter().map(event).collect()
}

/// The base fee after a tipset (FIP-0115): the premium of the message at 80% of a block's gas, counted from the best paying one,
/// less an eighth of the base fee, and no more than an eighth upwards.
fn next_base_fee(current: &BigInt, executed: &[&Message]) -> BigInt {
    let mut offers: Vec<(BigInt, i128)> = executed
        .iter()
        .map(|m| (m.premium.clone().min(&m.fee_cap - current).max(BigInt::from(0)), m.gas_limit))
        .collect();
    offers.sort();
    let mut left = 8_000_000_000i128;
    let mut premium = BigInt::from(0);
    while let Some((offer, gas)) = offers.pop() {
        left -= gas;
        if left <= 0 {
            premium = offer;
            break;
        }
    }
    let eighth: BigInt = (current + 7) / 8;
    (current + (premium - &eighth).min(eighth)).max(BigInt::from(100))
}

fn id_of(net: &Network, address: &Address) -> Address {
    net.resolve(address).unwrap().map_or(*address, Address::new_id)
}

fn key_of(net: &Network, address: &Address) -> Address {
    let id = net.resolve(address).unwrap().unwrap();
    net.account_key(id).unwrap().unwrap()
}

/// Of a miner, as its actor names it.
fn worker_key(net: &Network, miner: &Address) -> Address {
    let said = net.query(*miner, CONTROL_ADDRESSES, RawBytes::default()).unwrap();
    key_of(net, &said.decode::<ControlAddressesReturn>().unwrap().worker)
}

/// What the network says it executed is what the blocks say.
fn check_executed(net: &Network, found: &Found, ours: &ExecutedTipset, child: Option<&Found>) {
    let store = net.store();
    assert_eq!(ours.tipset.key().0, found.cids);
    assert_eq!(ours.tipset.key().cid(), key_cid(&found.cids));
    assert_eq!(decode(&store.get(&key_cid(&found.cids)).unwrap().unwrap()).clone(), {
        Ipld::Bytes(found.cids.iter().flat_map(cid::Cid::to_bytes).collect())
    });
    let executed = found.executed(|a| id_of(net, a));
    let cids: Vec<_> = executed.iter().map(|m| m.cid).collect();
    assert_eq!(cids, ours.outcomes.iter().map(|o| o.cid).collect::<Vec<_>>(), "the order of execution");
    for (message, signed) in executed.iter().zip(&ours.messages) {
        verify_message(signed, &key_of(net, &message.from), net.config().chain_id).unwrap();
    }
    let receipts: Vec<Ipld> = ours.outcomes.iter().map(receipt).collect();
    for (outcome, receipt) in ours.outcomes.iter().zip(&receipts) {
        let root = nullable(&list(receipt)[3]).map(link);
        assert_eq!(root, (!outcome.events.is_empty()).then(|| array_root(&events(outcome), Some(5))));
        if let Some(root) = root {
            assert_eq!(array(store, &root, Some(5)), events(outcome), "events can be read back");
        }
    }
    let Some(child) = child else { return };
    for block in &child.blocks {
        assert_eq!(array(store, &block.receipts, None), receipts);
        assert_eq!(block.receipts, array_root(&receipts, None));
        assert_eq!(block.base_fee, next_base_fee(&found.blocks[0].base_fee, &executed));
        // No power, no election: every block weighs the same here.
        assert_eq!(block.weight, &found.blocks[0].weight + 256 * found.blocks.len());
    }
}

#[test]
fn a_whole_chain_holds_from_head_to_genesis() {
    let world = World::told();
    let net = &world.net;
    let chain = verify_chain(net.store(), &net.head().tipset.key().0, |a| key_of(net, a));
    assert_eq!(chain.len(), net.tipsets().len());
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (i, found) in chain.iter().enumerate() {
        let ours = &net.tipsets()[i];
        check_executed(net, found, ours, chain.get(i + 1));
        for block in &found.blocks {
            // [version, actors, info] of the state tree, and the actors below it.
            let state = load(net.store(), &block.state);
            let [version, actors, info] = tuple(&state);
            assert_eq!(int(version), 5);
            assert!([actors, info].iter().all(|l| net.store().has(&link(l)).unwrap()));
            assert_eq!(block.timestamp, i128::from(net.config().genesis_timestamp) + 30 * block.height);
            if block.height > 0 {
                let signature = block.signature.as_deref().unwrap();
                assert_eq!(signature[0], 2);
                verify_bls_sig(&signature[1..], &block.signing_bytes(), &worker_key(net, &block.miner)).unwrap();
                assert!(block.wins > 0);
            }
        }
        *seen.entry("blocks").or_default() += found.blocks.len();
        *seen.entry("messages").or_default() += found.all().count();
        *seen.entry("executed").or_default() += ours.outcomes.len();
        *seen.entry("failed").or_default() += ours.outcomes.iter().filter(|o| !o.is_ok()).count();
        *seen.entry("bls").or_default() += found.messages.iter().map(|[bls, _]| bls.len()).sum::<usize>();
        let kinds = found.messages.iter().flat_map(|[_, signed]| signed).map(|m| m.signature.as_ref().unwrap()[0]);
        *seen.entry("delegated").or_default() += kinds.filter(|kind| *kind == 3).count();
        *seen.entry("events").or_default() += ours.outcomes.iter().map(|o| o.events.len()).sum::<usize>();
    }
    let null = chain.windows(2).filter(|w| w[1].blocks[0].height > w[0].blocks[0].height + 1).count();
    // The chain is worth the look: something of everything.
    let at_least = [
        ("blocks", 20),
        ("messages", 90),
        ("executed", 60),
        ("failed", 2),
        ("bls", 30),
        ("delegated", 3),
        ("events", 43),
    ];
    for (what, least) in at_least {
        assert!(seen[what] >= least, "only {} {what}", seen[what]);
    }
    assert!(null >= 3 && chain.iter().any(|t| t.blocks.len() == 3));
    assert!(seen["messages"] > seen["executed"], "duplicates");
}

#[test]
fn a_sender_named_twice_is_executed_once() {
    // By key in one block, by ID in the other. Nodes tell senders apart by ID (Lotus: `BlockMsgsForTipset`).
    let mut world = World::new();
    world.add_miner(1);
    let key = world.bls[0].clone();
    let named = id_of(&world.net, &key.address());
    let to = world.contract;
    let by_id = world.unsigned(key.address(), named, 0, to, 0, RawBytes::default(), 200_000);
    let by_id = key.sign(by_id, 0).unwrap();
    let by_key = world.bare(&key, 0);
    let tipset = world.net.mine_blocks(1, vec![vec![by_id], vec![by_key]]).unwrap();
    assert_eq!(tipset.outcomes.len(), 1);
    assert!(tipset.outcomes[0].is_ok());
    let net = &world.net;
    let chain = verify_chain(net.store(), &net.head().tipset.key().0, |a| key_of(net, a));
    check_executed(net, chain.last().unwrap(), &tipset, None);
}
