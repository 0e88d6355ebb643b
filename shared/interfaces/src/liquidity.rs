//! The interface of `liquidity`: early exit at a known discount, funded by liquidity providers (DESIGN.md 7).
//!
//! The methods of its LP token are those of [`crate::frc46`]. A sale is a transfer of the pool's shares to this actor with
//! [`SellParams`] as `operator_data`; the answer comes back as the transfer's `recipient_data`.

use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_math::Bps;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

pub use crate::common::PauseParams;

/// What no vote can exceed.
pub mod limits {
    use super::Bps;

    /// The largest discount there can be: a quarter.
    pub const MAX_DISCOUNT: Bps = Bps(2_500);
    /// By how much the discount can grow from an empty to a full inventory, before it meets its maximum.
    pub const MAX_SLOPE: Bps = Bps(10_000);
    /// Units of the LP token that the first provider leaves behind for ever (10^-9 of a token): so that nobody can make one unit
    /// worth more than a later provider's rounding bears.
    pub const LOCKED_LP: u64 = 1_000_000_000;
}

/// The discount of a sale: `min(base + slope * u, max)`, where `u` is the part of FIL and inventory together that is inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Settings {
    /// With an empty inventory. At most `max_bps`.
    pub base_bps: Bps,
    /// How much more with a full one. At most [`limits::MAX_SLOPE`].
    pub slope_bps: Bps,
    /// At most [`limits::MAX_DISCOUNT`].
    pub max_bps: Bps,
}

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
    /// FRC-46 name of the LP token.
    pub name: String,
    /// FRC-46 symbol of the LP token.
    pub symbol: String,
    /// The discount.
    pub settings: Settings,
}

/// FIL of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct AddLiquidityParams {
    /// Fewer LP tokens than this fail the message.
    pub min_lp: TokenAmount,
}

/// LP tokens made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct AddLiquidityReturn {
    /// `floor(value * LP tokens / (FIL + inventory at the entry price))` after collecting rewards; of the first provider's, 1:1,
    /// [`limits::LOCKED_LP`] stay behind.
    pub lp: TokenAmount,
}

/// LP tokens to turn into their part of FIL and inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RemoveLiquidityParams {
    /// The caller's LP tokens.
    pub lp: TokenAmount,
    /// Less FIL than this fails the message.
    pub min_fil: TokenAmount,
    /// Fewer shares than this fail the message.
    pub min_shares: TokenAmount,
}

/// What they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RemoveLiquidityReturn {
    /// `floor(lp * FIL / LP tokens)` after collecting rewards, in attoFIL.
    pub fil: TokenAmount,
    /// `floor(lp * inventory / LP tokens)`.
    pub shares: TokenAmount,
}

/// What a sale asks for: `operator_data` of a transfer of the pool's shares to this actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SellParams {
    /// Less FIL than this fails the transfer.
    pub min_out: TokenAmount,
    /// Paid by a bare send; whoever held the shares if `None`. Must exist on chain.
    pub recipient: Option<Address>,
}

/// What a sale brought: `recipient_data` of the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SellReturn {
    /// `floor(shares * price * (1 - discount))`, in attoFIL; the discount is the mean of those before and after.
    pub paid: TokenAmount,
}

/// Who buys inventory with the value sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BuySharesParams {
    /// Fewer shares than this fail the message.
    pub min_shares: TokenAmount,
    /// Who gets the shares; the caller if `None`. Created if it is not on chain yet. Its receiver hook is called.
    pub recipient: Option<Address>,
}

/// Shares sold out of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BuySharesReturn {
    /// `floor(value / entry price)`.
    pub shares: TokenAmount,
}

/// Inventory to redeem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RecycleParams {
    /// Shares.
    pub shares: TokenAmount,
}

/// What the pool paid for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RecycleReturn {
    /// attoFIL.
    pub fil: TokenAmount,
}

/// Rewards of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CollectReturn {
    /// attoFIL the pool paid.
    pub collected: TokenAmount,
}

/// How many shares would be sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct QuoteSellParams {
    /// Shares.
    pub shares: TokenAmount,
}

/// What a sale would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct QuoteSellReturn {
    /// attoFIL that would be paid, if there is as much.
    pub amount: TokenAmount,
    /// What the shares are worth without the discount, in attoFIL, rounded down.
    pub worth: TokenAmount,
    /// attoFIL there are: a sale for more is refused.
    pub available: TokenAmount,
    /// The measurement this rests on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

/// How much FIL would buy inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct QuoteBuyParams {
    /// attoFIL.
    pub value: TokenAmount,
}

/// What it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct QuoteBuyReturn {
    /// `floor(value / entry price)`, if there are as many.
    pub shares: TokenAmount,
    /// Shares there are: more are refused.
    pub available: TokenAmount,
    /// The measurement this rests on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

/// The books. Amounts in attoFIL unless they are shares or LP tokens; prices of the last measurement, rewards as of this epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetTotalsReturn {
    /// FIL at hand. FIL that came by bare sends is not in it, and nobody's.
    pub fil: TokenAmount,
    /// Shares at hand.
    pub inventory: TokenAmount,
    /// Rewards of the inventory that wait at the pool: `Collect`, and every change of liquidity, brings them in.
    pub rewards: TokenAmount,
    /// LP tokens, the locked ones included.
    pub lp: TokenAmount,
    /// `fil + rewards + inventory * price`, rounded down.
    pub value: TokenAmount,
    /// The same with the inventory at the entry price, rounded up: what a provider's FIL is counted against.
    pub entry_value: TokenAmount,
    /// The discount.
    pub settings: Settings,
    /// `AddLiquidity` and `BuyShares` are closed before this epoch.
    pub paused_until: ChainEpoch,
    /// The measurement the prices rest on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

methods! {
    with common;
    /// Turns the value sent into LP tokens of the caller, at the value of what there is, inventory at the entry price.
    "AddLiquidity" AddLiquidity [payable] Anyone (AddLiquidityParams) -> AddLiquidityReturn;
    /// Turns the caller's LP tokens into their part of FIL and of shares. Needs no price and can't be paused.
    "RemoveLiquidity" RemoveLiquidity [change] Anyone (RemoveLiquidityParams) -> RemoveLiquidityReturn;
    /// The pool's receiver hook: buys the shares that arrived for FIL, as `operator_data` (`SellParams`) asks. Refuses every other
    /// caller and token.
    "Receive" Receive [change] Anyone (UniversalReceiverParams) -> SellReturn;
    /// Sells inventory for the value sent, at the entry price.
    "BuyShares" BuyShares [payable] Anyone (BuySharesParams) -> BuySharesReturn;
    /// Redeems inventory at the pool, when its liquid FIL allows. Waits while vesting rewards are about to heal a loss.
    "Recycle" Recycle [change] Anyone (RecycleParams) -> RecycleReturn;
    /// Brings in the inventory's rewards.
    "Collect" Collect [change] Anyone (()) -> CollectReturn;
    /// Sets the discount, within its constant bounds.
    "SetSettings" SetSettings [change] Governance (Settings) -> ();
    /// Closes AddLiquidity and BuyShares for a bounded time.
    "Pause" Pause [change] Governance (PauseParams) -> ();
    /// What a sale would bring at the last measurement.
    "QuoteSell" QuoteSell [read] Anyone (QuoteSellParams) -> QuoteSellReturn;
    /// What FIL would buy of the inventory at the last measurement.
    "QuoteBuy" QuoteBuy [read] Anyone (QuoteBuyParams) -> QuoteBuyReturn;
    /// The books, at the last measurement.
    "GetTotals" GetTotals [read] Anyone (()) -> GetTotalsReturn;
}
