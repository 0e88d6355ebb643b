//! What the pool's read methods take and answer. Reads never measure: they answer with the last measured values.

use fvm_shared::address::Address;
use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use super::MinerTotals;

/// The books. Amounts in attoFIL unless they are shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetTotalsReturn {
    /// Shares that belong to somebody.
    pub shares: TokenAmount,
    /// Shares in the exit queue, part of `shares`.
    pub queued: TokenAmount,
    /// Shares burnt: out of the supply, still in the price.
    pub dead: TokenAmount,
    /// FIL at hand that backs shares.
    pub liquid: TokenAmount,
    /// FIL with the miners, and the proxy's other books.
    pub miners: MinerTotals,
    /// `liquid + pledged - impaired`; price is this by `shares + dead`.
    pub nav: TokenAmount,
    /// What entrants pay by `shares + dead`: `nav + impaired - impaired_net`.
    pub entry_nav: TokenAmount,
    /// Rewards released to holders and not claimed.
    pub rewards_owed: TokenAmount,
    /// Fees not claimed.
    pub fees_owed: TokenAmount,
    /// Finalised exits not claimed.
    pub exits_owed: TokenAmount,
    /// Rewards not yet released.
    pub stream: TokenAmount,
    /// When the stream will be empty.
    pub stream_end: ChainEpoch,
    /// The pool's balance minus everything above: FIL that came by bare sends.
    pub untracked: TokenAmount,
    /// Intake is closed before this epoch.
    pub paused_until: ChainEpoch,
}

/// Whose account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetAccountParams {
    /// The holder, by any of its addresses.
    pub account: Address,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetAccountReturn {
    /// Shares.
    pub shares: TokenAmount,
    /// attoFIL that `ClaimRewards` would pay now.
    pub rewards: TokenAmount,
    /// attoFIL that `ClaimFees` would pay now.
    pub fees: TokenAmount,
}

/// The operator's bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetBondReturn {
    /// Shares in the bond.
    pub shares: TokenAmount,
    /// Whose they are; at most 8.
    pub owners: Vec<BondOwner>,
}

/// An owner's part of the bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct BondOwner {
    /// Who earns with it.
    pub owner: ActorID,
    /// Shares.
    pub shares: TokenAmount,
    /// attoFIL they earned, claimed with `ClaimRewards`.
    pub rewards: TokenAmount,
    /// `WithdrawBond` works from this epoch on.
    pub unlock_at: ChainEpoch,
}

/// The price of shares as it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MeasuredPriceReturn {
    /// What `priced` shares are worth to who leaves, in attoFIL.
    pub nav: TokenAmount,
    /// What `priced` shares cost who enters, in attoFIL.
    pub entry_nav: TokenAmount,
    /// All shares, dead ones included.
    pub priced: TokenAmount,
}

/// How much would be deposited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PreviewDepositParams {
    /// attoFIL.
    pub amount: TokenAmount,
}

/// What it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PreviewDepositReturn {
    /// `floor(amount / entry price)`.
    pub shares: TokenAmount,
    /// The measurement this rests on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

/// How many shares would be redeemed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PreviewRedeemParams {
    /// Shares.
    pub shares: TokenAmount,
}

/// What it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PreviewRedeemReturn {
    /// `floor(shares * price)`, in attoFIL.
    pub amount: TokenAmount,
    /// attoFIL that can be redeemed at once, by everybody together.
    pub available: TokenAmount,
    /// The measurement this rests on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

/// The reward index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RewardIndexReturn {
    /// attoFIL per share released since the beginning, times 2^64, rounded down.
    #[serde(with = "bigint_ser")]
    pub index: BigInt,
}
