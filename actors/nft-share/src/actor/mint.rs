//! Shares become positions.

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc53_nft::types::MintReturn;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::nft_share::{DepositParams, DepositReturn, MintParams};
use peggy_interfaces::{call, pool};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::actor::{change, check_party, notify};
use crate::emit;
use crate::error::{not_negative, Error};
use crate::state::State;

/// Who gets a position and its rewards, by ActorID.
struct For {
    owner: ActorID,
    beneficiary: Option<ActorID>,
    data: RawBytes,
}

/// The pool's receiver hook: shares that just arrived here become a position. The pool only, for its own shares.
///
/// Trust: only the pool's word counts for what arrived, and the pool calls this after it booked it. Who calls without having sent
/// shares is not the pool; who sends other tokens calls as another actor. Either is refused, and no position exists without
/// shares.
pub fn receive<H: Host>(rt: &Runtime<H>, params: UniversalReceiverParams) -> Result<MintReturn, ActorError> {
    let pool = State::view(rt)?.pool()?;
    if rt.caller() != pool {
        let caller = rt.caller();
        let why = format!("positions are made of shares of the pool f0{pool}; f0{caller} can't send any");
        return Err(Error::WrongToken(why).into());
    }
    rt.accept_anyone();
    let received = shares_received(rt, &params)?;
    // Shares the pool made for nft-share itself come from the pool, on a deposit by the operator.
    let sender = if received.from == pool { received.operator } else { received.from };
    let whom = read_mint_params(&received.operator_data)?;
    let whom = resolve(rt, pool, sender, whom.owner.as_ref(), whom.beneficiary.as_ref(), whom.operator_data)?;
    mint(rt, pool, received.operator, whom, &received.amount)
}

fn shares_received<H: Host>(
    rt: &Runtime<H>,
    params: &UniversalReceiverParams,
) -> Result<FRC46TokenReceived, ActorError> {
    if params.type_ != FRC46_TOKEN_TYPE {
        let why = format!("this takes FRC-46 tokens (type {FRC46_TOKEN_TYPE:#x}), not type {:#x}", params.type_);
        return Err(Error::WrongToken(why).into());
    }
    let received: FRC46TokenReceived = params
        .payload
        .deserialize()
        .map_err(|e| ActorError::serialization(format!("the payload is no FRC46TokenReceived: {e}")))?;
    if received.to != rt.receiver() {
        return Err(Error::WrongToken(format!("the shares went to f0{}, not here", received.to)).into());
    }
    Ok(received)
}

/// Empty data is no wish at all.
fn read_mint_params(data: &RawBytes) -> Result<MintParams, Error> {
    if data.is_empty() {
        return Ok(MintParams::default());
    }
    data.deserialize().map_err(|e| Error::BadMintParams(e.to_string()))
}

/// Turns the value sent into shares at the pool, and these into a position. Anyone. The pool's rules for deposits are the rules: its
/// refusals come back with its exit codes.
pub fn deposit<H: Host>(rt: &Runtime<H>, params: DepositParams) -> Result<DepositReturn, ActorError> {
    rt.accept_anyone();
    not_negative(&params.min_shares, "min_shares")?;
    let pool = State::view(rt)?.pool()?;
    let sender = rt.caller();
    let whom = resolve(rt, pool, sender, params.owner.as_ref(), params.beneficiary.as_ref(), params.operator_data)?;
    // For nft-share itself, so the pool calls no hook: the shares are in the return value.
    let params = pool::DepositParams { recipient: None, min_shares: params.min_shares };
    let shares = call::<pool::Deposit, H>(rt, pool, &params, rt.value())?.shares;
    let minted = mint(rt, pool, sender, whom, &shares)?;
    let token_id = *minted.token_ids.first().ok_or_else(|| ActorError::assertion("a mint made no token"))?;
    Ok(DepositReturn { token_id, shares, recipient_data: minted.recipient_data })
}

/// Owner and beneficiary by ActorID; those not on chain yet are created, which runs nobody's code.
fn resolve<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    sender: ActorID,
    owner: Option<&Address>,
    beneficiary: Option<&Address>,
    data: RawBytes,
) -> Result<For, ActorError> {
    let owner = owner.map_or(Ok(sender), |address| rt.resolve_or_create(address, "the owner"))?;
    let beneficiary = beneficiary.map(|address| rt.resolve_or_create(address, "the beneficiary")).transpose()?;
    check_party(rt, pool, owner, "the owner")?;
    if let Some(id) = beneficiary {
        check_party(rt, pool, id, "the beneficiary")?;
    }
    Ok(For { owner, beneficiary, data })
}

/// Makes a position of shares that arrived, saves it, then calls the owner's hook.
fn mint<H: Host>(
    rt: &Runtime<H>,
    pool: ActorID,
    operator: ActorID,
    whom: For,
    shares: &TokenAmount,
) -> Result<MintReturn, ActorError> {
    let For { owner, beneficiary, data } = whom;
    let ((token, mut balance, mut supply), _) = change(rt, pool, |books| {
        books.receive(shares);
        Ok((books.mint(owner, beneficiary, shares)?, books.balance(owner)?, books.supply()))
    })?;
    emit::minted(rt, owner, beneficiary.unwrap_or(owner), token, shares)?;
    let saved = rt.host().root();
    let recipient_data = notify(rt, operator, owner, &[token], data)?;
    // The hook may have used the token already.
    if rt.host().root() != saved {
        let state = State::view(rt)?;
        (balance, supply) = (super::balance(rt, &state, owner)?, state.supply);
    }
    Ok(MintReturn { balance, supply, token_ids: vec![token], recipient_data })
}
