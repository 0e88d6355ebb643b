//! The interface of `pool`: deposits, the FRC-46 share token, rewards, fees (DESIGN.md 5).
//!
//! The methods of FRC-46 are those of [`crate::frc46`].

mod exits;
mod terms;
mod views;

pub use crate::common::PauseParams;
pub use exits::{
    CancelExitReturn, ClaimExitParams, ExitDemandReturn, FinalizeExitsParams, FinalizeExitsReturn, ListTicketsParams,
    ListTicketsReturn, RequestExitParams, RequestExitReturn, TicketInfo, TicketParams,
};
pub use terms::{limits, Fee, FeeParams, Terms, TermsParams};
pub use views::{
    BondOwner, GetAccountParams, GetAccountReturn, GetBondReturn, GetTotalsReturn, MeasuredPriceReturn,
    PreviewDepositParams, PreviewDepositReturn, PreviewRedeemParams, PreviewRedeemReturn, RewardIndexReturn,
};

use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
    /// FRC-46 name of the share.
    pub name: String,
    /// FRC-46 symbol of the share.
    pub symbol: String,
    /// The terms, public before anyone deposits.
    pub terms: TermsParams,
}

/// A deposit of the value sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DepositParams {
    /// Who gets the shares; the caller if `None`. Created if it is not on chain yet.
    pub recipient: Option<Address>,
    /// Fewer shares than this fail the message.
    pub min_shares: TokenAmount,
}

/// Shares made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DepositReturn {
    /// `floor(value / entry price)`; 1:1 in an empty pool.
    pub shares: TokenAmount,
}

/// How much the proxy draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DrawPledgeParams {
    /// attoFIL from liquid to pledged.
    pub amount: TokenAmount,
}

/// The proxy's books over all miners, after what it reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerTotals {
    /// Sum of principals, in attoFIL.
    pub principal: TokenAmount,
    /// Sum of principal not covered by backing.
    pub impaired: TokenAmount,
    /// Sum of principal not covered by backing and rewards still vesting.
    pub impaired_net: TokenAmount,
    /// When the settled miner with principal that was measured longest ago was measured; `None` if there is none.
    pub oldest_measurement: Option<ChainEpoch>,
    /// Miners with principal whose measurement is incomplete.
    pub unsettled: u32,
}

/// A measurement, and the FIL it brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SettleParams {
    /// The miner; `None` for FIL that came from no miner in custody (`Sweep`).
    pub miner: Option<ActorID>,
    /// Who runs the miners now: a loss is taken from this owner's part of the bond first.
    pub operator: ActorID,
    /// Part of the value that is principal coming home.
    pub home: TokenAmount,
    /// Part of the value that was the operator's before custody: it goes into the bond, free of fees.
    pub legacy: TokenAmount,
    /// Principal of the miner that governance writes off (`WriteOff`): lost for good, and impaired before.
    pub lost: TokenAmount,
    /// The miner's own part of `totals.impaired_net`.
    pub miner_impaired_net: TokenAmount,
    /// The proxy's books after this, but for what the bond will absorb.
    pub totals: MinerTotals,
}

/// What the bond absorbed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SettleReturn {
    /// attoFIL of the miner's principal that are written off, because bond shares of that worth were destroyed. The proxy takes it off
    /// the miner's principal and impairment in the same message.
    pub written_off: TokenAmount,
}

/// Custody of a miner: its backing becomes principal, and shares in the bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreditBondParams {
    /// The operator who brought it.
    pub owner: ActorID,
    /// The miner.
    pub miner: ActorID,
    /// Its backing, in attoFIL, already part of `totals.principal`.
    pub backing: TokenAmount,
    /// The proxy's books after this.
    pub totals: MinerTotals,
}

/// Shares made for the bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct CreditBondReturn {
    /// `floor(backing / entry price)`.
    pub shares: TokenAmount,
}

/// FIL of the operator's own for its bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TopUpBondParams {
    /// Fewer shares than this fail the message.
    pub min_shares: TokenAmount,
}

/// Bond shares to turn into FIL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct WithdrawBondParams {
    /// Of the caller's part of the bond.
    pub shares: TokenAmount,
    /// Less FIL than this fails the message.
    pub min_amount: TokenAmount,
}

/// Bond shares to make dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SlashBondParams {
    /// Whose part of the bond.
    pub owner: Address,
    /// How many.
    pub shares: TokenAmount,
}

/// Where the caller's rewards go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ClaimRewardsParams {
    /// Paid by a bare send. Must exist on chain.
    pub to: Address,
    /// At most this much; all if `None`.
    pub amount: Option<TokenAmount>,
}

/// FIL paid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PaidReturn {
    /// attoFIL.
    pub paid: TokenAmount,
}

/// Shares to turn into FIL at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RedeemParams {
    /// The caller's shares.
    pub shares: TokenAmount,
    /// Less FIL than this fails the message.
    pub min_amount: TokenAmount,
}

/// FIL paid for shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RedeemReturn {
    /// `floor(shares * price)`, in attoFIL.
    pub amount: TokenAmount,
}

/// Accounts as they stood at the end of the previous epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VoteSnapshotReturn {
    /// Links to the accounts; keep it in state and pass it to `VotesAt`.
    pub snapshot: Cid,
    /// The epoch at whose end they stood so.
    pub epoch: ChainEpoch,
    /// Shares that can vote.
    pub supply: TokenAmount,
}

/// Whose votes, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VotesAtParams {
    /// From `VoteSnapshot`.
    pub snapshot: Cid,
    /// The voter.
    pub account: Address,
}

/// Votes of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VotesAtReturn {
    /// Shares held at the snapshot.
    pub votes: TokenAmount,
}

methods! {
    with common;
    /// Turns the value sent into shares at the entry price, rounded down.
    "Deposit" Deposit [payable] Anyone (DepositParams) -> DepositReturn;
    /// What Ethereum-style wallets call: without calldata a deposit for the caller, else a fixed table of ABI methods.
    "InvokeEVM" InvokeEVM [payable] Anyone (Option<ByteBuf>) -> ByteBuf;
    /// Moves FIL from liquid to pledged and sends it to the proxy.
    "DrawPledge" DrawPledge [change] OwnerProxy (DrawPledgeParams) -> ();
    /// Books a measurement, and the FIL that came with it.
    "Settle" Settle [payable] OwnerProxy (SettleParams) -> SettleReturn;
    /// Books custody of a miner as shares in the bond.
    "CreditBond" CreditBond [change] OwnerProxy (CreditBondParams) -> CreditBondReturn;
    /// Pays the caller's accrued rewards to anyone it names, by a bare send; pays at most what is there.
    "ClaimRewards" ClaimRewards [change] Anyone (ClaimRewardsParams) -> PaidReturn;
    /// Claims and deposits in one.
    "Compound" Compound [change] Anyone (()) -> DepositReturn;
    /// Pays a fee recipient what it is owed.
    "ClaimFees" ClaimFees [change] Anyone (()) -> PaidReturn;
    /// Turns shares into FIL at the price, at once, out of liquid FIL beyond the exit demand.
    "Redeem" Redeem [change] Anyone (RedeemParams) -> RedeemReturn;
    /// Puts the caller's shares into the exit queue, where they keep earning and keep bearing losses until finalised.
    "RequestExit" RequestExit [change] Anyone (RequestExitParams) -> RequestExitReturn;
    /// Takes a ticket's shares out of the queue again; what they earned in it goes into the reward stream.
    "CancelExit" CancelExit [change] Anyone (TicketParams) -> CancelExitReturn;
    /// Turns queued shares into FIL owed to their tickets, first come first served, at the price now, while liquid FIL lasts.
    "FinalizeExits" FinalizeExits [change] Anyone (FinalizeExitsParams) -> FinalizeExitsReturn;
    /// Pays what a ticket of the caller's is owed, and what its shares earned, by a bare send to anyone it names.
    "ClaimExit" ClaimExit [change] Anyone (ClaimExitParams) -> PaidReturn;
    /// Turns the value sent into shares of the operator's bond at the entry price.
    "TopUpBond" TopUpBond [payable] Operator (TopUpBondParams) -> DepositReturn;
    /// Turns the caller's bond shares into FIL at the price, once unlocked and nothing is impaired; never below the terms' minimum.
    "WithdrawBond" WithdrawBond [change] Anyone (WithdrawBondParams) -> RedeemReturn;
    /// Makes bond shares dead, for harm no measurement shows. Moves no price.
    "SlashBond" SlashBond [change] Governance (SlashBondParams) -> ();
    /// The price, measured in this message if the last measurement is older than payments may rely on.
    "MeasuredPrice" MeasuredPrice [change] Anyone (()) -> MeasuredPriceReturn;
    /// Sets the terms, within their constant bounds.
    "SetTerms" SetTerms [change] Governance (TermsParams) -> ();
    /// Closes intake (deposits and pledges) for a bounded time.
    "Pause" Pause [change] Governance (PauseParams) -> ();
    /// Accounts as of the end of the previous epoch, as a link.
    "VoteSnapshot" VoteSnapshot [read] Anyone (()) -> VoteSnapshotReturn;
    /// An account's shares at a snapshot.
    "VotesAt" VotesAt [read] Anyone (VotesAtParams) -> VotesAtReturn;
    /// The terms.
    "GetTerms" GetTerms [read] Anyone (()) -> Terms;
    /// The books, at the last measurement.
    "GetTotals" GetTotals [read] Anyone (()) -> GetTotalsReturn;
    /// An account: shares, rewards, fees.
    "GetAccount" GetAccount [read] Anyone (GetAccountParams) -> GetAccountReturn;
    /// The operator's bond.
    "GetBond" GetBond [read] Anyone (()) -> GetBondReturn;
    /// What waits in the exit queue, what of it liquid FIL does not cover, and how far the queue is.
    "ExitDemand" ExitDemand [read] Anyone (()) -> ExitDemandReturn;
    /// An exit ticket.
    "GetTicket" GetTicket [read] Anyone (TicketParams) -> TicketInfo;
    /// Exit tickets in order, paged, of everybody or of one owner.
    "ListTickets" ListTickets [read] Anyone (ListTicketsParams) -> ListTicketsReturn;
    /// What a deposit would bring at the last measurement.
    "PreviewDeposit" PreviewDeposit [read] Anyone (PreviewDepositParams) -> PreviewDepositReturn;
    /// What a redemption would bring at the last measurement.
    "PreviewRedeem" PreviewRedeem [read] Anyone (PreviewRedeemParams) -> PreviewRedeemReturn;
    /// The reward index now: attoFIL per share, times 2^64.
    "RewardIndex" RewardIndex [read] Anyone (()) -> RewardIndexReturn;
}
