//! The part of a voter in governance for Ethereum-style wallets (f410), which can send nothing but `InvokeEVM`. Where OpenZeppelin's
//! Governor has a method of that name and meaning, signature and numbers are its own.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{CBOR, IPLD_RAW};
use fvm_shared::bigint::{BigInt, Sign};
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{Choice, InvokeEVM, ProposalParams, VoteParams};
use peggy_runtime::{decode_params, encode, ActorError, Host, Method, Runtime};

use super::{delay, execute, propose, vote, Loaded};
use crate::error::Error;
use crate::state::State;

/// First four bytes of keccak-256 of each signature; a test computes them.
pub mod selectors {
    /// `activate(uint256)`
    pub const ACTIVATE: [u8; 4] = [0xb2, 0x60, 0xc4, 0x2a];
    /// `castVote(uint256,uint8)`
    pub const CAST_VOTE: [u8; 4] = [0x56, 0x78, 0x13, 0x88];
    /// `consent(uint256)`
    pub const CONSENT: [u8; 4] = [0x9e, 0xef, 0x6c, 0xe8];
    /// `queue(uint256)`
    pub const QUEUE: [u8; 4] = [0xdd, 0xf0, 0xb0, 0x09];
    /// `veto(uint256)`
    pub const VETO: [u8; 4] = [0x1d, 0x28, 0xde, 0xc7];
    /// `execute(uint256)`
    pub const EXECUTE: [u8; 4] = [0xfe, 0x0d, 0x94, 0xc1];
    /// `state(uint256)`
    pub const STATE: [u8; 4] = [0x3e, 0x4f, 0x49, 0xe6];
}

const WORD: usize = 32;

/// `InvokeEVM`. Wallets send calldata as a CBOR byte string; contracts' plain calls send it raw (codec 0x55). The answer is a word in a
/// CBOR byte string of codec 0x51, as the EVM's own actors give it.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    if !rt.value().is_zero() {
        return Err(ActorError::not_payable(format!("InvokeEVM takes no FIL here; {} was sent", rt.value())));
    }
    State::view(rt)?;
    let calldata = match params {
        Some(block) if block.codec == IPLD_RAW => block.data,
        params => {
            decode_params::<Option<ByteBuf>>(params, InvokeEVM::NAME)?.map_or_else(Vec::new, |ByteBuf(data)| data)
        }
    };
    let returned = ByteBuf(word(&call(rt, &calldata)?)?);
    Ok(encode(&returned, InvokeEVM::NAME)?.map(|block| IpldBlock { codec: CBOR, ..block }))
}

fn call<H: Host>(rt: &Runtime<H>, calldata: &[u8]) -> Result<TokenAmount, ActorError> {
    let Some((selector, args)) = calldata.split_first_chunk::<4>() else {
        let what = format!("calldata begins with a selector of 4 bytes; this has {}", calldata.len());
        return Err(Error::BadCalldata(what).into());
    };
    let proposal = || Ok::<_, ActorError>(ProposalParams { id: argument(args, 0)? });
    match *selector {
        selectors::ACTIVATE => Ok(number(propose::activate(rt, proposal()?)?.ends)),
        selectors::CAST_VOTE => {
            let choice = u8::try_from(argument(args, 1)?).ok().and_then(|number| Choice::try_from(number).ok());
            let choice =
                choice.ok_or_else(|| Error::BadCalldata("a vote is 0 (against), 1 (for) or 2 (abstain)".to_owned()))?;
            Ok(vote::vote(rt, VoteParams { id: argument(args, 0)?, choice, reason: None })?.votes)
        }
        selectors::CONSENT => Ok(vote::consent(rt, proposal()?)?.consented),
        selectors::QUEUE => Ok(number(delay::queue(rt, proposal()?)?.execute_from)),
        selectors::VETO => Ok(delay::veto(rt, proposal()?)?.veto),
        selectors::EXECUTE => Ok(number(execute::execute(rt, proposal()?)?.actions.into())),
        selectors::STATE => {
            let loaded = Loaded::get(rt, &State::view(rt)?.0, argument(args, 0)?)?;
            let stage = loaded.proposal.stage(loaded.poll.as_ref(), rt.epoch());
            Ok(number(u8::from(stage).into()))
        }
        [a, b, c, d] => Err(Error::BadCalldata(format!(
            "governance has no Ethereum method {a:02x}{b:02x}{c:02x}{d:02x}; it has activate(uint256), \
             castVote(uint256,uint8), consent(uint256), queue(uint256), veto(uint256), execute(uint256), state(uint256)"
        ))
        .into()),
    }
}

/// An argument that is a number below 2^64. More bytes than the method takes are ignored, as Solidity does.
fn argument(args: &[u8], index: usize) -> Result<u64, Error> {
    let word = args.chunks_exact(WORD).nth(index);
    let number = word.and_then(|word| u64::try_from(BigInt::from_bytes_be(Sign::Plus, word)).ok());
    number.ok_or_else(|| Error::BadCalldata(format!("argument {} is no word with a number below 2^64", index + 1)))
}

fn number(n: i64) -> TokenAmount {
    TokenAmount::from_atto(n)
}

/// A uint256.
fn word(value: &TokenAmount) -> Result<Vec<u8>, ActorError> {
    let (_, bytes) = value.atto().to_bytes_be();
    let mut word = vec![0; WORD.saturating_sub(bytes.len())];
    word.extend(bytes);
    if word.len() == WORD && !value.is_negative() {
        Ok(word)
    } else {
        Err(ActorError::illegal_state(format!("{value} fits no uint256")))
    }
}
