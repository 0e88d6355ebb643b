//! FRC-53 as `frc53_nft` has it, with its types.
//!
//! The published draft of the standard and its reference implementation differ in names and in how sets of tokens are written; the
//! implementation is what other actors are compiled against, so its names, types and numbers are these.

use frc53_nft::types::{
    ApproveForAllParams, ApproveParams, BurnFromParams, IsApprovedForAllParams, ListAccountOperatorsParams,
    ListAccountOperatorsReturn, ListOperatorTokensParams, ListOperatorTokensReturn, ListOwnedTokensParams,
    ListOwnedTokensReturn, ListTokenOperatorsParams, ListTokenOperatorsReturn, ListTokensParams, ListTokensReturn,
    RevokeForAllParams, RevokeParams, TokenID, TransferFromParams, TransferParams, TransferReturn,
};
use fvm_shared::address::Address;
use fvm_shared::ActorID;

use crate::method::methods;

pub use frc53_nft::receiver::{FRC53TokenReceived, FRC53_TOKEN_TYPE};
pub use frc53_nft::state::Cursor;
pub use frc53_nft::types;

methods! {
    /// The collection's name.
    "Name" Name [read] Anyone (()) -> String;
    /// The collection's symbol.
    "Symbol" Symbol [read] Anyone (()) -> String;
    /// A token as JSON: shares, mint epoch, pool, and a picture as data URI.
    "Metadata" Metadata [read] Anyone (TokenID) -> String;
    /// How many tokens there are.
    "TotalSupply" TotalSupply [read] Anyone (()) -> u64;
    /// Who owns a token.
    "OwnerOf" OwnerOf [read] Anyone (TokenID) -> ActorID;
    /// How many tokens an address owns; zero for one that is not on chain.
    "BalanceOf" BalanceOf [read] Anyone (Address) -> u64;
    /// Whether an operator may move all tokens of an owner.
    "IsApprovedForAll" IsApprovedForAll [read] Anyone (IsApprovedForAllParams) -> bool;
    /// Moves the caller's tokens and calls the recipient's receiver hook. Approvals of the tokens end.
    "Transfer" Transfer [change] Anyone (TransferParams) -> TransferReturn;
    /// Moves an owner's tokens for an approved operator and calls the recipient's receiver hook. Approvals of the tokens end.
    "TransferFrom" TransferFrom [change] Anyone (TransferFromParams) -> TransferReturn;
    /// Lets an operator move or burn some of the caller's tokens.
    "Approve" Approve [change] Anyone (ApproveParams) -> ();
    /// Ends such an approval.
    "Revoke" Revoke [change] Anyone (RevokeParams) -> ();
    /// Lets an operator move or burn all tokens of the caller, those to come included.
    "ApproveForAll" ApproveForAll [change] Anyone (ApproveForAllParams) -> ();
    /// Ends such an approval. Approvals of single tokens stay.
    "RevokeForAll" RevokeForAll [change] Anyone (RevokeForAllParams) -> ();
    /// Destroys the caller's tokens: their shares go back to the caller. Returns how many tokens it still owns.
    "Burn" Burn [change] Anyone (Vec<TokenID>) -> u64;
    /// Destroys an owner's tokens for an approved operator: their shares go back to the owner.
    "BurnFrom" BurnFrom [change] Anyone (BurnFromParams) -> ();
    /// All tokens, a page at a time.
    "ListTokens" ListTokens [read] Anyone (ListTokensParams) -> ListTokensReturn;
    /// An owner's tokens, a page at a time.
    "ListOwnedTokens" ListOwnedTokens [read] Anyone (ListOwnedTokensParams) -> ListOwnedTokensReturn;
    /// Who is approved for a token by itself, a page at a time.
    "ListTokenOperators" ListTokenOperators [read] Anyone (ListTokenOperatorsParams) -> ListTokenOperatorsReturn;
    /// Tokens an operator is approved for by themselves. A page looks at `limit` tokens, so it may be empty and not the last.
    "ListOperatorTokens" ListOperatorTokens [read] Anyone (ListOperatorTokensParams) -> ListOperatorTokensReturn;
    /// Who is approved for all tokens of an owner, a page at a time.
    "ListAccountOperators" ListAccountOperators [read] Anyone (ListAccountOperatorsParams) -> ListAccountOperatorsReturn;
}
