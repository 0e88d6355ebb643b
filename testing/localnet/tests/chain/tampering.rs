//! Proofs that are not what the network made.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::from_slice;
use ipld_core::ipld::Ipld;
use peggy_localnet::chain::proof::{MessageProof, ProofError, Trusted, VerifiedMessage};

use crate::proofs::prove;
use crate::wire::{array_root, blake2b, cid_of, encode, Header};
use crate::world::World;

fn check(bytes: &[u8], trusted: &Trusted) -> Result<VerifiedMessage, ProofError> {
    MessageProof::from_bytes(bytes)?.verify(trusted, blake2b)
}

/// A proof taken apart: `[version, position, events, conflicts, blocks]`.
fn open(bytes: &[u8]) -> Vec<Ipld> {
    let Ipld::List(parts) = from_slice(bytes).unwrap() else { panic!("a list") };
    assert_eq!(parts.len(), 5);
    parts
}

fn close(parts: Vec<Ipld>) -> Vec<u8> {
    encode(&Ipld::List(parts))
}

fn blocks(parts: &mut [Ipld]) -> &mut Vec<Ipld> {
    let Ipld::List(blocks) = &mut parts[4] else { panic!("a list") };
    blocks
}

struct Case {
    trusted: Trusted,
    proof: Vec<u8>,
    says: VerifiedMessage,
}

/// One proof of each kind: of the first and the last message, from behind duplicates and replacements, with many events.
fn cases(world: &World) -> Vec<Case> {
    let tipsets = world.net.tipsets();
    let mut cases = Vec::new();
    for pair in tipsets.windows(2).filter(|pair| pair[0].outcomes.len() > 2) {
        let trusted = Trusted::TipsetKey(pair[1].tipset.key().cid());
        let outcomes = &pair[0].outcomes;
        let with_events = outcomes.iter().position(|o| o.events.len() == 40);
        for at in [Some(0), Some(9), Some(outcomes.len() - 1), with_events].into_iter().flatten() {
            let Some(outcome) = outcomes.get(at) else { continue };
            let (proof, says) = prove(world.net.store(), &trusted, &outcome.cid, true);
            cases.push(Case { trusted, proof, says });
        }
    }
    assert!(cases.len() > 8);
    cases
}

#[test]
fn no_byte_of_a_proof_can_be_changed() {
    let world = World::told();
    let mut flips = 0;
    for case in cases(&world) {
        for at in 0..case.proof.len() {
            // Every bit of the frame; in the blocks, whose every bit is hashed, one bit that moves along.
            let bits = if at < 16 { 0..8 } else { at as u32 % 8..at as u32 % 8 + 1 };
            for bit in bits {
                let mut forged = case.proof.clone();
                forged[at] ^= 1 << bit;
                let said = check(&forged, &case.trusted);
                assert!(said.is_err(), "bit {bit} of byte {at} is free: {said:?}");
                flips += 1;
            }
        }
    }
    assert!(flips > 20_000, "{flips}");
}

#[test]
fn a_proof_cannot_be_cut_or_padded() {
    let world = World::told();
    for case in cases(&world).iter().step_by(3) {
        for length in 0..case.proof.len() {
            assert_eq!(check(&case.proof[..length], &case.trusted), Err(ProofError::NotAProof), "{length}");
        }
        let padded = [&case.proof[..], &[0]].concat();
        assert_eq!(check(&padded, &case.trusted), Err(ProofError::NotAProof));
        let count = blocks(&mut open(&case.proof)).len();
        for at in 0..count {
            // One block less, one twice, two exchanged.
            let mut parts = open(&case.proof);
            blocks(&mut parts).remove(at);
            assert!(check(&close(parts), &case.trusted).is_err());
            let mut parts = open(&case.proof);
            let twice = blocks(&mut parts)[at].clone();
            blocks(&mut parts).insert(at, twice.clone());
            assert!(check(&close(parts), &case.trusted).is_err());
            let mut parts = open(&case.proof);
            blocks(&mut parts).push(twice);
            assert_eq!(check(&close(parts), &case.trusted), Err(ProofError::SurplusBlocks));
            let mut parts = open(&case.proof);
            blocks(&mut parts).swap(at, (at + 1) % count);
            assert_eq!(check(&close(parts), &case.trusted), Err(ProofError::WrongBlock));
        }
    }
}

#[test]
fn a_proof_holds_for_its_own_position_only() {
    let world = World::told();
    for case in cases(&world) {
        let Ipld::Integer(position) = open(&case.proof)[1] else { panic!("a number") };
        for other in (0..60).chain([i128::from(u32::MAX), i128::from(u64::MAX)]) {
            let mut parts = open(&case.proof);
            parts[1] = Ipld::Integer(other);
            let said = check(&close(parts), &case.trusted);
            assert_eq!(said.is_ok(), other == position, "{other}: {said:?}");
        }
    }
}

#[test]
fn a_proof_holds_under_its_own_tipset_only() {
    let world = World::told();
    let cases = cases(&world);
    let tipsets = world.net.tipsets();
    for case in &cases {
        let mut holds = 0;
        for tipset in tipsets {
            let key = Trusted::TipsetKey(tipset.tipset.key().cid());
            match check(&case.proof, &key) {
                Ok(says) => {
                    assert_eq!((key, &says), (case.trusted, &case.says));
                    holds += 1;
                }
                Err(refused) => assert_eq!(refused, ProofError::WrongBlock),
            }
            for block in &tipset.tipset.key().0 {
                assert_eq!(check(&case.proof, &Trusted::Block(*block)), Err(ProofError::WrongBlock));
            }
        }
        assert_eq!(holds, 1);
    }
    // A CID of another kind is nothing the chain has.
    let sha: Cid = "bafyreiaqpwbbyjo4a42saasj36kkrpv4tsherf2e7bvezkert2a7dhonoi".parse().unwrap();
    assert_eq!(check(&cases[0].proof, &Trusted::TipsetKey(sha)), Err(ProofError::ForeignLink));
}

#[test]
fn another_messages_receipt_or_message_does_not_fit() {
    let world = World::told();
    let cases = cases(&world);
    for case in &cases {
        for other in cases.iter().filter(|other| other.says.height == case.says.height) {
            // Every block of one proof in every place of the other, where it isn't the same.
            let donors = blocks(&mut open(&other.proof)).clone();
            let places = blocks(&mut open(&case.proof)).len();
            for (i, donor) in donors.iter().enumerate().rev().take(4) {
                for place in 0..places {
                    let mut parts = open(&case.proof);
                    if blocks(&mut parts)[place] == *donor {
                        continue;
                    }
                    blocks(&mut parts)[place] = donor.clone();
                    let said = check(&close(parts), &case.trusted);
                    assert_eq!(said, Err(ProofError::WrongBlock), "block {i} in place {place}");
                }
            }
        }
    }
}

#[test]
fn what_was_dropped_cannot_be_chosen() {
    let world = World::told();
    let conflicting = |case: &&Case| matches!(&open(&case.proof)[3], Ipld::List(pairs) if !pairs.is_empty());
    let cases = cases(&world);
    let case = cases.iter().find(conflicting).expect("replaced messages");
    let Ipld::List(pairs) = open(&case.proof)[3].clone() else { panic!("a list") };
    let pair = |earlier: i128, later: i128| Ipld::List(vec![Ipld::Integer(earlier), Ipld::Integer(later)]);
    let claim = |pairs: Vec<Ipld>| {
        let mut parts = open(&case.proof);
        parts[3] = Ipld::List(pairs);
        check(&close(parts), &case.trusted)
    };
    assert_eq!(claim(pairs.clone()).as_ref(), Ok(&case.says));
    assert!(matches!(claim(Vec::new()), Err(ProofError::Ambiguous { .. })));
    let twice = [&pairs[..], &pairs[..]].concat();
    assert_eq!(claim(twice), Err(ProofError::NotInConflict));
    for earlier in 0..12 {
        for later in 0..12 {
            let forged = pair(earlier, later);
            assert_eq!(claim(vec![forged.clone()]).is_ok(), pairs == [forged], "{earlier} {later}");
        }
    }
    // Where nothing was dropped, nothing may be claimed to be.
    let plain = cases.iter().find(|case| !conflicting(case)).unwrap();
    let mut parts = open(&plain.proof);
    parts[3] = Ipld::List(pairs);
    assert!(check(&close(parts), &plain.trusted).is_err());
}

#[test]
fn blocks_that_are_not_what_they_should_be_are_refused_without_a_panic() {
    // Behind a hash function that takes the forged block for the real one: what the readers do with any bytes at all.
    let world = World::told();
    let (mut malformed, mut other) = (0, 0);
    for case in cases(&world).iter().step_by(2) {
        let count = blocks(&mut open(&case.proof)).len();
        for at in 0..count {
            let mut parts = open(&case.proof);
            let Ipld::Bytes(real) = blocks(&mut parts)[at].clone() else { panic!("bytes") };
            let flipped = (0..real.len()).map(|i| {
                let mut bytes = real.clone();
                bytes[i] ^= 1 << (i % 8);
                bytes
            });
            let cut = (0..real.len()).map(|length| real[..length].to_vec());
            for forged in flipped.chain(cut) {
                blocks(&mut parts)[at] = Ipld::Bytes(forged.clone());
                let proof = MessageProof::from_bytes(&close(parts.clone())).unwrap();
                let blind = |bytes: &[u8]| blake2b(if bytes == forged { &real } else { bytes });
                match proof.verify(&case.trusted, blind) {
                    Err(ProofError::Malformed(_) | ProofError::ForeignLink) => malformed += 1,
                    _ => other += 1,
                }
            }
        }
    }
    assert!(malformed > 20_000 && other > 0, "{malformed} {other}");
}

/// A child of our own making, over a real tipset: what a dishonest chain could say. Proofs are only as good as the chain, but
/// their own rules hold even then.
#[test]
fn even_below_a_forged_child_the_rules_hold() {
    let world = World::told();
    let store = world.net.store();
    let parent = world.net.tipsets().iter().rev().find(|t| t.tipset.blocks().len() == 3).unwrap();
    let child = world.net.tipset_after(parent.height()).unwrap();
    let header = Header::read(&from_slice(&child.tipset.first().to_bytes()).unwrap());
    let forge = |parents: &[Cid], receipts: Cid| {
        let bytes = header.with_receipts(parents, receipts);
        store.put_dag_cbor(&bytes).unwrap();
        Trusted::Block(cid_of(&bytes))
    };
    let make = |trusted: &Trusted| {
        let refused = MessageProof::make(store, trusted, &parent.outcomes[0].cid, false).err()?;
        Some(refused.chain().find_map(|e| e.downcast_ref::<ProofError>().copied()).unwrap())
    };
    let key = &parent.tipset.key().0;
    assert_eq!(make(&forge(key, header.receipts)), None);
    // Parents in another order, twice, of another epoch, or none.
    let reversed: Vec<Cid> = key.iter().rev().copied().collect();
    assert_eq!(make(&forge(&reversed, header.receipts)), Some(ProofError::NotATipset));
    assert_eq!(make(&forge(&[key[0], key[0]], header.receipts)), Some(ProofError::NotATipset));
    let mixed = [key[0], child.tipset.key().0[0]];
    assert_eq!(make(&forge(&mixed, header.receipts)), Some(ProofError::NotATipset));
    assert_eq!(make(&forge(&child.tipset.key().0, header.receipts)), Some(ProofError::NotATipset));
    assert_eq!(make(&forge(&[], header.receipts)), Some(ProofError::NotATipset));
    // A receipt more or less than messages were executed.
    let receipts = crate::wire::array(store, &header.receipts, None);
    for count in [receipts.len() - 1, receipts.len() + 1] {
        let mut other = receipts.clone();
        other.resize(count, receipts[0].clone());
        let root = peggy_localnet::chain::receipts_root(
            store,
            &other.iter().map(|r| from_slice(&encode(r)).unwrap()).collect::<Vec<_>>(),
        );
        let root = root.unwrap();
        assert_eq!(root, array_root(&other, None));
        assert!(matches!(make(&forge(key, root)), Some(ProofError::Ambiguous { .. })));
    }
    // Blocks that are something else.
    assert_eq!(make(&forge(key, parent.outcomes[0].cid)), Some(ProofError::Malformed("list of receipts")));
    assert_eq!(make(&Trusted::TipsetKey(key[0])), Some(ProofError::Malformed("tipset key")));
    assert!(store.has(&parent.tipset.key().cid()).unwrap());
    assert_eq!(make(&Trusted::Block(parent.tipset.key().cid())), Some(ProofError::Malformed("block header")));
}
