//! One function per event. Together with the pool's they rebuild every position, owner, approval and debt.
//!
//! `owed` in an event lists what became owed to whom by it, in multiples of 2^-64 attoFIL by ActorID: accruals of the tokens up to now.

use frc53_nft::types::TokenID;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_runtime::{ActorError, Event, Host, Runtime};

use crate::books::Settled;

type Done = Result<(), ActorError>;

/// Shares became a position. Does not say whose shares they were: the pool's own event does.
pub fn minted<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    beneficiary: ActorID,
    token: TokenID,
    shares: &TokenAmount,
) -> Done {
    rt.emit(
        Event::new("minted")
            .party("owner", owner)
            .party("beneficiary", beneficiary)
            .with("token", &token)
            .amount("shares", shares),
    )
}

/// Tokens moved; their approvals ended and the new owner is their beneficiary. The caller is the operator. Emitted before the
/// recipient's hook runs; if that fails, neither happened. Says nothing of a price.
pub fn transferred<H: Host>(
    rt: &Runtime<H>,
    (from, to): (ActorID, ActorID),
    tokens: &[TokenID],
    owed: &Settled,
) -> Done {
    rt.emit(
        Event::new("transfer")
            .party("from", from)
            .party("to", to)
            .party("operator", rt.caller())
            .with("tokens", &tokens)
            .with("owed", owed),
    )
}

/// Positions ended and their shares went to `to`; the caller, owner or operator, is the operator.
pub fn burnt<H: Host>(
    rt: &Runtime<H>,
    (owner, to): (ActorID, ActorID),
    tokens: &[TokenID],
    shares: &TokenAmount,
    owed: &Settled,
) -> Done {
    rt.emit(
        Event::new("burnt")
            .party("owner", owner)
            .party("to", to)
            .party("operator", rt.caller())
            .with("tokens", &tokens)
            .amount("shares", shares)
            .with("owed", owed),
    )
}

/// A position became several, of the same beneficiary.
pub fn split<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    token: TokenID,
    parts: &Vec<(TokenID, TokenAmount)>,
    owed: &Settled,
) -> Done {
    rt.emit(Event::new("split").party("owner", owner).with("token", &token).with("parts", parts).with("owed", owed))
}

/// Positions became one, of the same beneficiary.
pub fn merged<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    tokens: &[TokenID],
    token: TokenID,
    shares: &TokenAmount,
    owed: &Settled,
) -> Done {
    rt.emit(
        Event::new("merged")
            .party("owner", owner)
            .with("tokens", &tokens)
            .with("token", &token)
            .amount("shares", shares)
            .with("owed", owed),
    )
}

/// Tokens have another beneficiary from now on.
pub fn beneficiary<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    beneficiary: ActorID,
    tokens: &[TokenID],
    owed: &Settled,
) -> Done {
    rt.emit(
        Event::new("beneficiary")
            .party("owner", owner)
            .party("beneficiary", beneficiary)
            .with("tokens", &tokens)
            .with("owed", owed),
    )
}

/// Rewards of tokens go to their beneficiary, so much of each. Does not prove that the pool paid: its own event does, and what
/// it did not pay is in an `owed-back` of the same message.
pub fn claimed<H: Host>(
    rt: &Runtime<H>,
    beneficiary: ActorID,
    tokens: &Vec<(TokenID, TokenAmount)>,
    amount: &TokenAmount,
) -> Done {
    rt.emit(Event::new("claimed").party("beneficiary", beneficiary).with("tokens", tokens).amount("amount", amount))
}

/// What an account was owed from other people's tokens, or tokens that are no more, goes to `to`.
pub fn owed_claimed<H: Host>(rt: &Runtime<H>, account: ActorID, to: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("owed-claimed").party("account", account).party("to", to).amount("amount", amount))
}

/// The pool paid so much less than was claimed; it is owed to the account as before.
pub fn owed_back<H: Host>(rt: &Runtime<H>, account: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("owed-back").party("account", account).amount("amount", amount))
}

/// An operator may (or, `approved` false, may no longer) move or burn these tokens.
pub fn approval<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    operator: ActorID,
    tokens: &[TokenID],
    approved: bool,
) -> Done {
    rt.emit(
        Event::new("approval")
            .party("owner", owner)
            .party("operator", operator)
            .with("tokens", &tokens)
            .with("approved", &approved),
    )
}

/// An operator may (or may no longer) move or burn all tokens of an owner.
pub fn approval_for_all<H: Host>(rt: &Runtime<H>, owner: ActorID, operator: ActorID, approved: bool) -> Done {
    rt.emit(
        Event::new("approval-for-all").party("owner", owner).party("operator", operator).with("approved", &approved),
    )
}
