//! The methods of the pool for Ethereum-style wallets and contracts (f410), which can send nothing but `InvokeEVM`.

use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{RawBytes, CBOR, IPLD_RAW};
use fvm_shared::address::Address;
use fvm_shared::bigint::{BigInt, Sign};
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{
    ClaimExitParams, ClaimRewardsParams, DepositParams, InvokeEVM, RedeemParams, RequestExitParams,
};
use peggy_runtime::{decode_params, encode, ActorError, Host, Method, Runtime};

use crate::actor::{deposit, exits, redeem, rewards, token};
use crate::error::Error;

/// First four bytes of keccak-256 of each signature; a test computes them.
pub mod selectors {
    /// `deposit()`
    pub const DEPOSIT: [u8; 4] = [0xd0, 0xe3, 0x0d, 0xb0];
    /// `claimRewards()`
    pub const CLAIM_REWARDS: [u8; 4] = [0x37, 0x25, 0x00, 0xab];
    /// `redeem(uint256,uint256)`
    pub const REDEEM: [u8; 4] = [0x7c, 0xbc, 0x23, 0x73];
    /// `requestExit(uint256)`
    pub const REQUEST_EXIT: [u8; 4] = [0x72, 0x1c, 0x65, 0x13];
    /// `claimExit(uint256)`
    pub const CLAIM_EXIT: [u8; 4] = [0x32, 0x8b, 0xd1, 0x8b];
    /// `transfer(address,uint256)`
    pub const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
    /// `balanceOf(address)`
    pub const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
    /// `totalSupply()`
    pub const TOTAL_SUPPLY: [u8; 4] = [0x18, 0x16, 0x0d, 0xdd];
    /// `decimals()`
    pub const DECIMALS: [u8; 4] = [0x31, 0x3c, 0xe5, 0x67];
    /// `name()`
    pub const NAME: [u8; 4] = [0x06, 0xfd, 0xde, 0x03];
    /// `symbol()`
    pub const SYMBOL: [u8; 4] = [0x95, 0xd8, 0x9b, 0x41];
}

/// Shares have as many decimals as FIL.
const DECIMALS: u64 = TokenAmount::DECIMALS as u64;
/// Namespace of Ethereum-style addresses: the ActorID of the Ethereum address manager.
const EAM: u64 = 10;
const WORD: usize = 32;

/// `InvokeEVM`. Without calldata it is a deposit for the caller. Wallets send calldata as a CBOR byte string; contracts' plain calls
/// send it raw (codec 0x55). The answer is a CBOR byte string of codec 0x51, as the EVM's own actors give it.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    rt.accept_anyone();
    let calldata = match params {
        Some(block) if block.codec == IPLD_RAW => block.data,
        params => {
            decode_params::<Option<ByteBuf>>(params, InvokeEVM::NAME)?.map_or_else(Vec::new, |ByteBuf(data)| data)
        }
    };
    let returned = ByteBuf(call(rt, &calldata)?);
    Ok(encode(&returned, InvokeEVM::NAME)?.map(|block| IpldBlock { codec: CBOR, ..block }))
}

fn call<H: Host>(rt: &Runtime<H>, calldata: &[u8]) -> Result<Vec<u8>, ActorError> {
    if calldata.is_empty() {
        return deposit_all(rt);
    }
    let Some((selector, args)) = calldata.split_first_chunk::<4>() else {
        let what = format!("calldata begins with a selector of 4 bytes; this has {}", calldata.len());
        return Err(Error::BadCalldata(what).into());
    };
    if *selector != selectors::DEPOSIT && !rt.value().is_zero() {
        return Err(ActorError::not_payable(format!("only deposit() takes FIL; {} was sent", rt.value())));
    }
    match *selector {
        selectors::DEPOSIT => deposit_all(rt),
        selectors::CLAIM_REWARDS => {
            let params = ClaimRewardsParams { to: Address::new_id(rt.caller()), amount: None };
            amount_word(&rewards::claim(rt, params)?.paid)
        }
        selectors::REDEEM => {
            let [shares, min_amount] = words(args)?;
            let params = RedeemParams { shares: amount(shares), min_amount: amount(min_amount) };
            amount_word(&redeem::redeem(rt, params)?.amount)
        }
        selectors::REQUEST_EXIT => {
            let [shares] = words(args)?;
            Ok(number(exits::request(rt, RequestExitParams { shares: amount(shares) })?.ticket))
        }
        selectors::CLAIM_EXIT => {
            let [ticket] = words(args)?;
            let params = ClaimExitParams { ticket: ticket_number(ticket)?, to: Address::new_id(rt.caller()) };
            amount_word(&exits::claim(rt, params)?.paid)
        }
        selectors::TRANSFER => {
            let [to, shares] = words(args)?;
            let params =
                TransferParams { to: address(to)?, amount: amount(shares), operator_data: RawBytes::default() };
            token::transfer(rt, params)?;
            Ok(number(1))
        }
        selectors::BALANCE_OF => {
            let [of] = words(args)?;
            amount_word(&token::balance_of(rt, address(of)?)?)
        }
        selectors::TOTAL_SUPPLY => amount_word(&token::total_supply(rt, ())?),
        selectors::DECIMALS => Ok(number(DECIMALS)),
        selectors::NAME => Ok(string(&token::name(rt, ())?)),
        selectors::SYMBOL => Ok(string(&token::symbol(rt, ())?)),
        [a, b, c, d] => Err(Error::BadCalldata(format!(
            "the pool has no Ethereum method {a:02x}{b:02x}{c:02x}{d:02x}; it has deposit(), claimRewards(), \
             redeem(uint256,uint256), requestExit(uint256), claimExit(uint256), transfer(address,uint256), \
             balanceOf(address), totalSupply(), decimals(), name(), symbol()"
        ))
        .into()),
    }
}

fn deposit_all<H: Host>(rt: &Runtime<H>) -> Result<Vec<u8>, ActorError> {
    let params = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
    amount_word(&deposit::deposit(rt, params)?.shares)
}

/// The arguments as words. More bytes than the method takes are ignored, as Solidity does.
fn words<const N: usize>(args: &[u8]) -> Result<[&[u8; WORD]; N], Error> {
    let mut out = [&[0; WORD]; N];
    let mut rest = args;
    for word in &mut out {
        let Some((first, more)) = rest.split_first_chunk::<WORD>() else {
            let what = format!("this method takes {N} arguments of {WORD} bytes each; {} bytes came", args.len());
            return Err(Error::BadCalldata(what));
        };
        (*word, rest) = (first, more);
    }
    Ok(out)
}

/// A ticket's number; one that fits no number of ours is nobody's.
fn ticket_number(word: &[u8; WORD]) -> Result<u64, Error> {
    let (high, low) = word.split_at(WORD - 8);
    let none = || Error::BadCalldata("a ticket's number is below 2^64".to_owned());
    if high.iter().any(|b| *b != 0) {
        return Err(none());
    }
    Ok(u64::from_be_bytes(low.try_into().map_err(|_| none())?))
}

fn amount(word: &[u8; WORD]) -> TokenAmount {
    TokenAmount::from_atto(BigInt::from_bytes_be(Sign::Plus, word))
}

/// The actor behind an Ethereum address: `0xff`, eleven zeros and an ActorID name that actor; any other is an f410 address.
fn address(word: &[u8; WORD]) -> Result<Address, Error> {
    let bad = || Error::BadCalldata("an address is a word of 12 zero bytes and 20 bytes of address".to_owned());
    let (zeros, eth) = word.split_at(12);
    if zeros.iter().any(|b| *b != 0) {
        return Err(bad());
    }
    let (head, id) = eth.split_at(12);
    if head == [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {
        return Ok(Address::new_id(u64::from_be_bytes(id.try_into().map_err(|_| bad())?)));
    }
    if eth.iter().all(|b| *b == 0) {
        return Err(Error::BadCalldata("the zero address is nobody's".to_owned()));
    }
    Address::new_delegated(EAM, eth).map_err(|_| bad())
}

fn amount_word(amount: &TokenAmount) -> Result<Vec<u8>, ActorError> {
    let (_, bytes) = amount.atto().to_bytes_be();
    let mut word = vec![0; WORD.saturating_sub(bytes.len())];
    word.extend(bytes);
    if word.len() == WORD && !amount.is_negative() {
        Ok(word)
    } else {
        Err(ActorError::illegal_state(format!("{amount} fits no uint256")))
    }
}

fn number(n: u64) -> Vec<u8> {
    let mut word = vec![0; WORD - 8];
    word.extend(n.to_be_bytes());
    word
}

/// A lone string: offset, length, bytes padded to whole words.
fn string(s: &str) -> Vec<u8> {
    let mut out = number(WORD as u64);
    out.extend(number(s.len() as u64));
    out.extend(s.as_bytes());
    out.resize(out.len().next_multiple_of(WORD), 0);
    out
}
