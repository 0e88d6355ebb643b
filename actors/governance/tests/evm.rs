//! `InvokeEVM`: voters with Ethereum-style wallets (failure 26).
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{CBOR, DAG_CBOR, IPLD_RAW};
use fvm_shared::econ::TokenAmount;
use harness::*;
use multihash_codetable::{Code, MultihashDigest};
use peggy_governance::actor::evm::selectors;
use peggy_interfaces::governance::{Choice, InvokeEVM, State as Stage};
use peggy_runtime::{IpldBlock, Method};

fn word(n: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&n.to_be_bytes());
    word
}

fn calldata(selector: [u8; 4], args: &[u64]) -> Vec<u8> {
    selector.into_iter().chain(args.iter().flat_map(|n| word(*n))).collect()
}

fn call(gov: &Gov, who: u64, codec: u64, data: Vec<u8>) -> Result<TokenAmount, u32> {
    let data = if codec == IPLD_RAW { data } else { fvm_ipld_encoding::to_vec(&ByteBuf(data)).unwrap() };
    let result = gov.raw(who, InvokeEVM::NUMBER, fil(0), Some(IpldBlock { codec, data }));
    gov.host.forget_expected();
    gov.check();
    let block = result.map_err(|e| e.code().value())?.unwrap();
    assert_eq!(block.codec, CBOR);
    let ByteBuf(data) = fvm_ipld_encoding::from_slice(&block.data).unwrap();
    assert_eq!(data.len(), 32);
    Ok(TokenAmount::from_atto(fvm_shared::bigint::BigInt::from_bytes_be(fvm_shared::bigint::Sign::Plus, &data)))
}

#[test]
fn selectors_are_keccaks_of_the_signatures() {
    for (signature, selector) in [
        ("activate(uint256)", selectors::ACTIVATE),
        ("castVote(uint256,uint8)", selectors::CAST_VOTE),
        ("consent(uint256)", selectors::CONSENT),
        ("queue(uint256)", selectors::QUEUE),
        ("veto(uint256)", selectors::VETO),
        ("execute(uint256)", selectors::EXECUTE),
        ("state(uint256)", selectors::STATE),
    ] {
        assert_eq!(Code::Keccak256.digest(signature.as_bytes()).digest()[..4], selector, "{signature}");
    }
}

#[test]
fn an_ethereum_wallet_takes_a_proposal_from_its_vote_to_its_execution() {
    let gov = Gov::new();
    let id = gov.pending(vec![keeper_cut()]);
    gov.pass(DAY);
    let state = || call(&gov, STRANGER, CBOR, calldata(selectors::STATE, &[id])).unwrap().atto().to_string();
    assert_eq!(state(), "0");
    gov.expect_now(None);
    gov.expect_bond();
    let ends = call(&gov, ALICE, CBOR, calldata(selectors::ACTIVATE, &[id])).unwrap();
    assert_eq!(ends, TokenAmount::from_atto(gov.epoch() + 5 * DAY));
    assert_eq!(state(), "1");
    // Wallets send a byte string in either CBOR codec, contracts the bare bytes.
    for (codec, who, choice) in [(DAG_CBOR, ALICE, Choice::For), (IPLD_RAW, BOB, Choice::Against)] {
        gov.expect_then(id, who);
        let votes = call(&gov, who, codec, calldata(selectors::CAST_VOTE, &[id, u8::from(choice).into()])).unwrap();
        assert_eq!(gov.receipt(id, who).map(|r| (r.choice, r.votes)), Some((Some(choice), votes)));
    }
    gov.close(id);
    let from = call(&gov, ALICE, CBOR, calldata(selectors::QUEUE, &[id])).unwrap();
    assert_eq!(from, TokenAmount::from_atto(gov.epoch() + 2 * DAY));
    gov.pass(2 * DAY);
    gov.expect_action(&keeper_cut(), 0);
    call(&gov, CAROL, CBOR, calldata(selectors::EXECUTE, &[id])).unwrap();
    assert_eq!((state().as_str(), gov.stage(id)), ("7", Stage::Executed));
}

#[test]
fn consent_and_veto_too() {
    let gov = Gov::new();
    gov.bond(OPERATOR, 500);
    let id = gov.active(vec![slash()]);
    gov.vote(ALICE, id, Choice::For).unwrap();
    assert_eq!(call(&gov, OPERATOR, CBOR, calldata(selectors::CONSENT, &[id])), Ok(fil(500)));
    gov.close(id);
    gov.queue(id).unwrap();
    gov.expect_then(id, BOB);
    gov.expect_now(Some(BOB));
    assert_eq!(call(&gov, BOB, CBOR, calldata(selectors::VETO, &[id])), Ok(fil(30)));
}

#[test]
fn failure_26_other_calldata_is_refused() {
    let gov = Gov::new();
    let id = gov.active(vec![keeper_cut()]);
    let mut huge = calldata(selectors::CAST_VOTE, &[id, 1]);
    huge[4] = 1;
    for data in [
        vec![],
        vec![0x56, 0x78, 0x13],
        calldata([1, 2, 3, 4], &[id]),
        calldata(selectors::CAST_VOTE, &[]),
        calldata(selectors::CAST_VOTE, &[id]),
        calldata(selectors::CAST_VOTE, &[id, 3]),
        calldata(selectors::CAST_VOTE, &[id, 257]),
        huge,
    ] {
        assert_eq!(call(&gov, ALICE, CBOR, data.clone()), Err(139), "{data:02x?}");
    }
    assert_eq!(call(&gov, ALICE, CBOR, calldata(selectors::STATE, &[99])), Err(120));
    let unwired = Gov::unwired();
    assert_eq!(call(&unwired, ALICE, CBOR, calldata(selectors::STATE, &[1])), Err(32));
    let text = IpldBlock { codec: CBOR, data: vec![0x61, 0x61] };
    assert_eq!(refused(gov.raw(ALICE, InvokeEVM::NUMBER, fil(0), Some(text))), 21);
    assert_eq!(refused(gov.raw(ALICE, InvokeEVM::NUMBER, fil(0), None)), 139);
}
