//! The interface of `nft-share`: positions as FRC-53 tokens whose beneficiary follows the token (DESIGN.md 6).
//!
//! The methods of FRC-53 are those of [`crate::frc53`]. Votes have the types of the pool's, so that governance asks both in one way.

use frc53_nft::types::{MintReturn, TokenID};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;
use crate::pool::{PaidReturn, VoteSnapshotReturn, VotesAtParams, VotesAtReturn};

/// What a collection is called if nobody says otherwise.
pub const DEFAULT_NAME: &str = "Peggy position";
/// Its symbol.
pub const DEFAULT_SYMBOL: &str = "PGYP";

/// Bounds that are constants of the code.
pub mod limits {
    /// Bytes of the collection's name, at most.
    pub const MAX_NAME: usize = 64;
    /// Bytes of its symbol, at most.
    pub const MAX_SYMBOL: usize = 16;
    /// Tokens in one call, at most.
    pub const MAX_TOKENS: usize = 64;
    /// Entries in one page of a list, at most; a greater limit is taken as this.
    pub const MAX_PAGE: u64 = 1_000;
    /// Parts a token is split into, at most.
    pub const MAX_PARTS: usize = 32;
    /// Operators approved for one token, at most. Each of them is paid for whenever a neighbour of the token changes.
    pub const MAX_TOKEN_OPERATORS: usize = 8;
    /// Operators approved for all tokens of an owner, at most.
    pub const MAX_ACCOUNT_OPERATORS: usize = 32;
}

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
    /// FRC-53 name of the collection: 1 to 64 printable ASCII characters, without `"`, `\`, `<`, `>`, `&`.
    pub name: String,
    /// FRC-53 symbol: the same, 1 to 16.
    pub symbol: String,
}

/// For whom a position is made: what `operator_data` of a transfer of shares to nft-share says. Without any, it is made for the
/// sender.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MintParams {
    /// Who gets the token; whoever held the shares if `None`. Created if it is not on chain yet.
    pub owner: Option<Address>,
    /// Who gets its rewards; the owner if `None`. Created if it is not on chain yet.
    pub beneficiary: Option<Address>,
    /// Passed on to the owner's receiver hook.
    pub operator_data: RawBytes,
}

/// FIL becomes a position in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DepositParams {
    /// Who gets the token; the caller if `None`. Created if it is not on chain yet.
    pub owner: Option<Address>,
    /// Who gets its rewards; the owner if `None`. Created if it is not on chain yet.
    pub beneficiary: Option<Address>,
    /// Fewer shares than this fail the message.
    pub min_shares: TokenAmount,
    /// Passed on to the owner's receiver hook.
    pub operator_data: RawBytes,
}

/// The position made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct DepositReturn {
    /// Its token.
    pub token_id: TokenID,
    /// Its shares: what the pool's deposit brought.
    pub shares: TokenAmount,
    /// What the owner's receiver hook answered.
    pub recipient_data: RawBytes,
}

/// Who gets the rewards of some tokens from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SetBeneficiaryParams {
    /// The caller's tokens.
    pub token_ids: Vec<TokenID>,
    /// Who gets what accrues from now on. Created if it is not on chain yet.
    pub beneficiary: Address,
}

/// Rewards of some tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ClaimParams {
    /// Tokens of one beneficiary.
    pub token_ids: Vec<TokenID>,
    /// At most this much, from the tokens in their order; all if `None`.
    pub amount: Option<TokenAmount>,
}

/// Rewards of tokens the caller is no longer the beneficiary of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ClaimOwedParams {
    /// Paid by a bare send from the pool. Must exist on chain.
    pub to: Address,
    /// At most this much; all if `None`.
    pub amount: Option<TokenAmount>,
}

/// Whose account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct AccountParams {
    /// By any of its addresses.
    pub account: Address,
}

/// A position in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SplitParams {
    /// The caller's token. It ends.
    pub token_id: TokenID,
    /// Shares of the new tokens. What is left of the shares becomes one more.
    pub amounts: Vec<TokenAmount>,
}

/// The parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SplitReturn {
    /// Tokens in the order of the amounts; the rest's is the last.
    pub token_ids: Vec<TokenID>,
}

/// Positions to make one of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MergeParams {
    /// The caller's tokens, of one beneficiary. They end.
    pub token_ids: Vec<TokenID>,
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MergeReturn {
    /// Its token.
    pub token_id: TokenID,
    /// Its shares.
    pub shares: TokenAmount,
}

/// Positions to turn back into shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct UnwrapParams {
    /// The caller's tokens. They end.
    pub token_ids: Vec<TokenID>,
    /// Who gets the shares; the caller if `None`.
    pub to: Option<Address>,
}

/// Shares that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct UnwrapReturn {
    /// Sum of the positions.
    pub shares: TokenAmount,
}

/// Which token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct TokenParams {
    /// Its ID.
    pub token_id: TokenID,
}

/// A position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Position {
    /// Its token.
    pub token_id: TokenID,
    /// Who owns it.
    pub owner: ActorID,
    /// Who gets its rewards.
    pub beneficiary: ActorID,
    /// Its shares: the same as long as the token lives.
    pub shares: TokenAmount,
    /// attoFIL that `Claim` would pay for it now.
    pub accrued: TokenAmount,
    /// When the token was made.
    pub minted_at: ChainEpoch,
    /// Who may move or burn it, besides those approved for all tokens of the owner.
    pub operators: Vec<ActorID>,
}

/// A page of an owner's positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListPositionsParams {
    /// The owner, by any of its addresses.
    pub owner: Address,
    /// The first token ID to look at: 0, or `next` of the page before. It stays valid when tokens change.
    pub from: TokenID,
    /// At most so many.
    pub limit: u64,
}

/// A page of an owner's positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ListPositionsReturn {
    /// In the order of their tokens.
    pub positions: Vec<Position>,
    /// Where the next page begins; `None` if this was the last.
    pub next: Option<TokenID>,
}

/// What an account has here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetOwedReturn {
    /// attoFIL that `ClaimOwed` would pay.
    pub owed: TokenAmount,
    /// Sum of shares of the positions it owns.
    pub shares: TokenAmount,
    /// How many it owns.
    pub tokens: u64,
}

/// All positions together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetTotalsReturn {
    /// Tokens that exist.
    pub tokens: u64,
    /// Tokens ever made; the next one's ID.
    pub minted: u64,
    /// Shares of all positions: nft-share's balance at the pool.
    pub shares: TokenAmount,
    /// attoFIL all beneficiaries together could claim now.
    pub rewards: TokenAmount,
}

methods! {
    with common;
    /// The pool's receiver hook: shares that arrive become a position of whoever `operator_data` (`MintParams`) names, of their
    /// sender if it is empty. Refuses every other token.
    "Receive" Receive [change] Anyone (UniversalReceiverParams) -> MintReturn;
    /// Turns the value sent into shares at the pool, and these into a position.
    "Deposit" Deposit [payable] Anyone (DepositParams) -> DepositReturn;
    /// Names who gets the rewards of tokens from now on. What has accrued stays owed to who got them before. Their owner.
    "SetBeneficiary" SetBeneficiary [change] Anyone (SetBeneficiaryParams) -> ();
    /// Pays the accrued rewards of tokens to their beneficiary, straight from the pool.
    "Claim" Claim [change] Anyone (ClaimParams) -> PaidReturn;
    /// Pays what the caller is owed from tokens that changed hands, beneficiary or form, to anyone it names.
    "ClaimOwed" ClaimOwed [change] Anyone (ClaimOwedParams) -> PaidReturn;
    /// Pays an account what it is owed: for accounts that can't call `ClaimOwed`, such as Ethereum-style wallets.
    "PayOwed" PayOwed [change] Anyone (AccountParams) -> PaidReturn;
    /// Makes several tokens of one. The token ends, so no token ever changes what it stands for. Its owner.
    "Split" Split [change] Anyone (SplitParams) -> SplitReturn;
    /// Makes one token of several. They end. Their owner.
    "Merge" Merge [change] Anyone (MergeParams) -> MergeReturn;
    /// `Burn` with a choice of who gets the shares. Their owner.
    "Unwrap" Unwrap [change] Anyone (UnwrapParams) -> UnwrapReturn;
    /// A position.
    "GetPosition" GetPosition [read] Anyone (TokenParams) -> Position;
    /// An owner's positions, a page at a time.
    "ListPositions" ListPositions [read] Anyone (ListPositionsParams) -> ListPositionsReturn;
    /// What an account owns and is owed.
    "GetOwed" GetOwed [read] Anyone (AccountParams) -> GetOwedReturn;
    /// All positions together.
    "GetTotals" GetTotals [read] Anyone (()) -> GetTotalsReturn;
    /// Owners as of the end of the previous epoch, as a link. The supply is part of the pool's, not in addition to it.
    "VoteSnapshot" VoteSnapshot [read] Anyone (()) -> VoteSnapshotReturn;
    /// Sum of shares of an account's positions at a snapshot.
    "VotesAt" VotesAt [read] Anyone (VotesAtParams) -> VotesAtReturn;
}
