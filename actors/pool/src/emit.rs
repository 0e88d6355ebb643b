//! One function per event. Together they rebuild every balance of shares, fees and FIL.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{SettleParams, Terms};
use peggy_runtime::{ActorError, Event, Host, Runtime};

use crate::actor::bond::Absorbed;
use crate::actor::exits::Step;
use crate::actor::settle;

type Done = Result<(), ActorError>;

/// FIL became shares of `recipient`. Does not say who sent it: that is the message's sender.
pub fn deposited<H: Host>(rt: &Runtime<H>, recipient: ActorID, value: &TokenAmount, shares: &TokenAmount) -> Done {
    rt.emit(Event::new("deposited").party("recipient", recipient).amount("value", value).amount("shares", shares))
}

/// Rewards became shares of their owner, without leaving the pool.
pub fn compounded<H: Host>(rt: &Runtime<H>, owner: ActorID, value: &TokenAmount, shares: &TokenAmount) -> Done {
    rt.emit(Event::new("compounded").party("owner", owner).amount("value", value).amount("shares", shares))
}

/// Shares became FIL, paid to their owner.
pub fn redeemed<H: Host>(rt: &Runtime<H>, owner: ActorID, shares: &TokenAmount, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("redeemed").party("owner", owner).amount("shares", shares).amount("amount", amount))
}

/// Shares moved. Emitted before the recipient's hook runs; if that fails, neither happened.
pub fn transferred<H: Host>(rt: &Runtime<H>, from: ActorID, to: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("transfer").party("from", from).party("to", to).amount("amount", amount))
}

/// Shares became dead: nobody's, but still in the price.
pub fn burnt<H: Host>(rt: &Runtime<H>, owner: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("burnt").party("owner", owner).amount("amount", amount))
}

/// What an operator may move from now on.
pub fn allowance<H: Host>(rt: &Runtime<H>, owner: ActorID, operator: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("allowance").party("owner", owner).party("operator", operator).amount("amount", amount))
}

/// Rewards were paid.
pub fn claimed<H: Host>(rt: &Runtime<H>, owner: ActorID, to: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("claimed").party("owner", owner).party("to", to).amount("amount", amount))
}

/// Fees were paid.
pub fn fees_claimed<H: Host>(rt: &Runtime<H>, recipient: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("fees-claimed").party("recipient", recipient).amount("amount", amount))
}

/// FIL went out to be pledged. Does not prove that it reached a miner: the proxy's own event does.
pub fn drawn<H: Host>(rt: &Runtime<H>, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("pledge-drawn").amount("amount", amount))
}

/// A measurement was booked. `fees` are what each recipient is owed in addition, by ActorID; `rest` joined the stream, which
/// now ends at `stream-end`. The measurement itself is the proxy's word; the books are those after what the bond bore.
pub fn settled<H: Host>(rt: &Runtime<H>, params: &SettleParams, done: &settle::Done) -> Done {
    let event = Event::new("settled");
    let event = match params.miner {
        Some(miner) => event.party("miner", miner),
        None => event,
    };
    rt.emit(
        event
            .amount("home", &params.home)
            .amount("rest", &done.rest)
            .with("fees", &done.fees)
            .with("stream-end", &done.stream_end)
            .amount("principal", &done.miners.principal)
            .amount("impaired", &done.miners.impaired)
            .amount("impaired-net", &done.miners.impaired_net),
    )
}

/// Shares were made for the bond: of a miner's principal, of FIL that was the owner's before custody (both name the miner), or of
/// the operator's own FIL. All of this owner's part can be withdrawn from epoch `unlock` on.
pub fn bonded<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    miner: Option<ActorID>,
    value: &TokenAmount,
    shares: &TokenAmount,
    unlock: ChainEpoch,
) -> Done {
    let event = Event::new("bonded").party("owner", owner);
    let event = match miner {
        Some(miner) => event.party("miner", miner),
        None => event,
    };
    rt.emit(event.amount("value", value).amount("shares", shares).with("unlock", &unlock))
}

/// The bond bore a loss of `amount`: `shares` of it were destroyed, by owner. The loss itself is the proxy's word.
pub fn bond_burnt<H: Host>(rt: &Runtime<H>, miner: Option<ActorID>, absorbed: &Absorbed) -> Done {
    let event = Event::new("bond-burnt");
    let event = match miner {
        Some(miner) => event.party("miner", miner),
        None => event,
    };
    rt.emit(event.amount("amount", &absorbed.amount).with("shares", &absorbed.shares))
}

/// Bond shares became FIL, paid to their owner.
pub fn bond_withdrawn<H: Host>(rt: &Runtime<H>, owner: ActorID, shares: &TokenAmount, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("bond-withdrawn").party("owner", owner).amount("shares", shares).amount("amount", amount))
}

/// Bond shares became dead. Why is governance's to say.
pub fn bond_slashed<H: Host>(rt: &Runtime<H>, owner: ActorID, shares: &TokenAmount) -> Done {
    rt.emit(Event::new("bond-slashed").party("owner", owner).amount("shares", shares))
}

/// Shares joined the exit queue.
pub fn exit_requested<H: Host>(rt: &Runtime<H>, owner: ActorID, ticket: u64, shares: &TokenAmount) -> Done {
    rt.emit(Event::new("exit-requested").party("owner", owner).with("ticket", &ticket).amount("shares", shares))
}

/// Shares left the queue for their owner's account; what they earned in it joined the stream, which now ends at `stream-end`.
pub fn exit_cancelled<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    ticket: u64,
    shares: &TokenAmount,
    forgone: &TokenAmount,
    stream_end: ChainEpoch,
) -> Done {
    rt.emit(
        Event::new("exit-cancelled")
            .party("owner", owner)
            .with("ticket", &ticket)
            .amount("shares", shares)
            .amount("forgone", forgone)
            .with("stream-end", &stream_end),
    )
}

/// Shares of a ticket became FIL owed to it. Does not say that it was paid.
pub fn exit_finalized<H: Host>(rt: &Runtime<H>, step: &Step) -> Done {
    rt.emit(
        Event::new("exit-finalized")
            .party("owner", step.owner)
            .with("ticket", &step.ticket)
            .amount("shares", &step.shares)
            .amount("amount", &step.amount),
    )
}

/// A ticket was paid: `amount` for its shares, and `rewards` they earned in the queue.
pub fn exit_claimed<H: Host>(
    rt: &Runtime<H>,
    owner: ActorID,
    to: ActorID,
    ticket: u64,
    amount: &TokenAmount,
    rewards: &TokenAmount,
) -> Done {
    rt.emit(
        Event::new("exit-claimed")
            .party("owner", owner)
            .party("to", to)
            .with("ticket", &ticket)
            .amount("amount", amount)
            .amount("rewards", rewards),
    )
}

/// FIL that was the owner's before custody and is too little for a share is owed to the owner as it is.
pub fn returned<H: Host>(rt: &Runtime<H>, owner: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("legacy-owed").party("owner", owner).amount("amount", amount))
}

/// Assets nobody owns became dead shares (or dead shares without assets were forgotten): `dead` is what there is now; `None` if
/// that did not change.
pub fn surplus<H: Host>(rt: &Runtime<H>, dead: Option<&TokenAmount>) -> Done {
    match dead {
        Some(dead) => rt.emit(Event::new("surplus").amount("dead", dead)),
        None => Ok(()),
    }
}

/// The terms are others now.
pub fn terms<H: Host>(rt: &Runtime<H>, terms: &Terms) -> Done {
    rt.emit(Event::new("terms").with("terms", terms))
}

/// Intake is closed before this epoch.
pub fn paused<H: Host>(rt: &Runtime<H>, until: ChainEpoch) -> Done {
    rt.emit(Event::new("paused").with("until", &until))
}
