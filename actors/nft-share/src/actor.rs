//! The methods, one file per topic.

pub mod admin;
pub mod approval;
pub mod burn;
pub mod list;
pub mod mint;
pub mod parts;
pub mod rewards;
pub mod token;
pub mod views;
pub mod votes;

use frc53_nft::types::TokenID;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::frc53::{FRC53TokenReceived, FRC53_TOKEN_TYPE};
use peggy_interfaces::nft_share::limits::MAX_TOKENS;
use peggy_interfaces::receiver::Receive;
use peggy_interfaces::{pool, query, try_call};
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::books::{Books, Settled};
use crate::error::Error;
use crate::state::State;

/// The pool's reward index of this epoch. It grows with epochs only, so it is the one the pool's own books have all through this
/// message, whatever is called in between.
fn index<H: Host>(rt: &Runtime<H>, pool: ActorID) -> Result<BigInt, ActorError> {
    Ok(query::<pool::RewardIndex, H>(rt, pool, &())?.index)
}

/// Opens the books, changes them, closes and saves them. Reads the pool's index before any state is held.
fn change<H: Host, T>(
    rt: &Runtime<H>,
    pool: ActorID,
    change: impl FnOnce(&mut Books<H>) -> Result<T, ActorError>,
) -> Result<(T, Settled), ActorError> {
    let index = index(rt, pool)?;
    let now = rt.epoch();
    rt.transaction(|state: &mut State, store| {
        let mut books = Books::open(state, index, now, store)?;
        let done = change(&mut books)?;
        Ok((done, books.close()?))
    })
}

/// Calls the owner's receiver hook (FRC-53): tokens are saved as its, the hook may use them or call back; if it fails, all fails.
fn notify<H: Host>(
    rt: &Runtime<H>,
    operator: ActorID,
    to: ActorID,
    token_ids: &[TokenID],
    operator_data: RawBytes,
) -> Result<RawBytes, ActorError> {
    let token_data = RawBytes::default();
    let received = FRC53TokenReceived { to, operator, token_ids: token_ids.to_vec(), operator_data, token_data };
    let payload = RawBytes::serialize(received).or_serialization("the receiver hook's payload")?;
    let params = UniversalReceiverParams { type_: FRC53_TOKEN_TYPE, payload };
    let returned =
        try_call::<Receive, H>(rt, to, &params, &TokenAmount::zero())?.ok(&format!("the receiver hook of f0{to}"))?;
    Ok(returned.map_or_else(RawBytes::default, |block| RawBytes::new(block.data)))
}

/// Refuses too many tokens and the same one twice. The standard allows none at all, as a message to a receiver; where that makes no
/// sense `at_least` is 1 or more.
fn check_tokens(tokens: &[TokenID], at_least: usize) -> Result<(), Error> {
    if tokens.len() < at_least || tokens.len() > MAX_TOKENS {
        let n = tokens.len();
        return Err(Error::BadTokens(format!("{n} tokens are named, but {at_least} to {MAX_TOKENS} must be")));
    }
    for (i, token) in tokens.iter().enumerate() {
        if tokens[..i].contains(token) {
            return Err(Error::BadTokens(format!("token {token} is named twice")));
        }
    }
    Ok(())
}

/// Refuses nft-share itself and the pool, which could do nothing with what they got.
fn check_party<H: Host>(rt: &Runtime<H>, pool: ActorID, id: ActorID, what: &'static str) -> Result<(), Error> {
    let who = if id == rt.receiver() {
        "nft-share itself"
    } else if id == pool {
        "the pool"
    } else {
        return Ok(());
    };
    Err(Error::NotThere { what, id, who })
}

/// An owner's number of tokens, as the state is now.
fn balance<H: Host>(rt: &Runtime<H>, state: &State, owner: ActorID) -> Result<u64, ActorError> {
    Ok(state.holders(rt.store())?.get(&owner)?.map_or(0, |holder| holder.count))
}
