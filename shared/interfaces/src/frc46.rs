//! FRC-46 as the standard has it, with `frc46_token`'s types.

use frc46_token::token::types::{
    AllowanceReturn, BalanceReturn, BurnFromParams, BurnFromReturn, BurnParams, BurnReturn, DecreaseAllowanceParams,
    GetAllowanceParams, GranularityReturn, IncreaseAllowanceParams, RevokeAllowanceParams, TotalSupplyReturn,
    TransferFromParams, TransferFromReturn, TransferParams, TransferReturn,
};
use fvm_shared::address::Address;

use crate::method::methods;

/// Bytes of a token's name, at most. Not of the standard: a rule of our tokens.
pub const MAX_NAME: usize = 64;
/// Bytes of a token's symbol, at most.
pub const MAX_SYMBOL: usize = 16;

methods! {
    /// The token's name.
    "Name" Name [read] Anyone (()) -> String;
    /// The token's symbol.
    "Symbol" Symbol [read] Anyone (()) -> String;
    /// The smallest amount that can be moved: 1.
    "Granularity" Granularity [read] Anyone (()) -> GranularityReturn;
    /// All tokens that belong to somebody.
    "TotalSupply" TotalSupply [read] Anyone (()) -> TotalSupplyReturn;
    /// An address' balance; zero for one that is not on chain.
    "BalanceOf" BalanceOf [read] Anyone (Address) -> BalanceReturn;
    /// How much an operator may still move for an owner.
    "Allowance" Allowance [read] Anyone (GetAllowanceParams) -> AllowanceReturn;
    /// Moves the caller's tokens and calls the recipient's receiver hook.
    "Transfer" Transfer [change] Anyone (TransferParams) -> TransferReturn;
    /// Moves an owner's tokens within the allowance and calls the recipient's receiver hook.
    "TransferFrom" TransferFrom [change] Anyone (TransferFromParams) -> TransferFromReturn;
    /// Lets an operator move more of the caller's tokens.
    "IncreaseAllowance" IncreaseAllowance [change] Anyone (IncreaseAllowanceParams) -> AllowanceReturn;
    /// Lets an operator move less of the caller's tokens; down to zero at most.
    "DecreaseAllowance" DecreaseAllowance [change] Anyone (DecreaseAllowanceParams) -> AllowanceReturn;
    /// Lets an operator move nothing any more.
    "RevokeAllowance" RevokeAllowance [change] Anyone (RevokeAllowanceParams) -> ();
    /// Destroys the caller's tokens.
    "Burn" Burn [change] Anyone (BurnParams) -> BurnReturn;
    /// Destroys an owner's tokens within the allowance.
    "BurnFrom" BurnFrom [change] Anyone (BurnFromParams) -> BurnFromReturn;
}
