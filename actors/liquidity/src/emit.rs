//! One function per event. Together they rebuild FIL, inventory, and every balance of LP tokens.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::liquidity::Settings;
use peggy_runtime::{ActorError, Event, Host, Runtime};

type Done = Result<(), ActorError>;

/// FIL became LP tokens of `provider`.
pub fn added<H: Host>(rt: &Runtime<H>, provider: ActorID, value: &TokenAmount, lp: &TokenAmount) -> Done {
    rt.emit(Event::new("liquidity-added").party("provider", provider).amount("value", value).amount("lp", lp))
}

/// LP tokens were made that are nobody's for ever, out of the first provider's FIL.
pub fn locked<H: Host>(rt: &Runtime<H>, lp: &TokenAmount) -> Done {
    rt.emit(Event::new("liquidity-locked").amount("lp", lp))
}

/// LP tokens became FIL and shares, sent to `provider`.
pub fn removed<H: Host>(
    rt: &Runtime<H>,
    provider: ActorID,
    lp: &TokenAmount,
    fil: &TokenAmount,
    shares: &TokenAmount,
) -> Done {
    rt.emit(
        Event::new("liquidity-removed")
            .party("provider", provider)
            .amount("lp", lp)
            .amount("fil", fil)
            .amount("shares", shares),
    )
}

/// Rewards of the inventory came in from the pool.
pub fn collected<H: Host>(rt: &Runtime<H>, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("collected").amount("amount", amount))
}

/// Shares of `seller` joined the inventory, and `recipient` was paid. Emitted within the pool's transfer, whose event says who moved
/// them.
pub fn sold<H: Host>(
    rt: &Runtime<H>,
    seller: ActorID,
    recipient: ActorID,
    shares: &TokenAmount,
    paid: &TokenAmount,
) -> Done {
    rt.emit(
        Event::new("sold")
            .party("seller", seller)
            .party("recipient", recipient)
            .amount("shares", shares)
            .amount("paid", paid),
    )
}

/// Inventory went to `recipient` for FIL of `buyer`.
pub fn bought<H: Host>(
    rt: &Runtime<H>,
    buyer: ActorID,
    recipient: ActorID,
    value: &TokenAmount,
    shares: &TokenAmount,
) -> Done {
    rt.emit(
        Event::new("bought")
            .party("buyer", buyer)
            .party("recipient", recipient)
            .amount("value", value)
            .amount("shares", shares),
    )
}

/// Inventory was redeemed at the pool.
pub fn recycled<H: Host>(rt: &Runtime<H>, shares: &TokenAmount, fil: &TokenAmount) -> Done {
    rt.emit(Event::new("recycled").amount("shares", shares).amount("fil", fil))
}

/// LP tokens moved. Emitted before the recipient's hook runs; if that fails, neither happened.
pub fn transferred<H: Host>(rt: &Runtime<H>, from: ActorID, to: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("transfer").party("from", from).party("to", to).amount("amount", amount))
}

/// LP tokens were destroyed, and nothing was paid for them.
pub fn burnt<H: Host>(rt: &Runtime<H>, owner: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("burnt").party("owner", owner).amount("amount", amount))
}

/// What an operator may move from now on.
pub fn allowance<H: Host>(rt: &Runtime<H>, owner: ActorID, operator: ActorID, amount: &TokenAmount) -> Done {
    rt.emit(Event::new("allowance").party("owner", owner).party("operator", operator).amount("amount", amount))
}

/// The discount is another now.
pub fn settings<H: Host>(rt: &Runtime<H>, settings: &Settings) -> Done {
    rt.emit(Event::new("settings").with("settings", settings))
}

/// Intake is closed before this epoch.
pub fn paused<H: Host>(rt: &Runtime<H>, until: ChainEpoch) -> Done {
    rt.emit(Event::new("paused").with("until", &until))
}
