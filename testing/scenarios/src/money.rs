//! Amounts as tests write them.

use fvm_shared::econ::TokenAmount;

/// Whole FIL (or whole shares).
pub fn fil(whole: i64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

/// Millionths of a FIL.
pub fn micro_fil(n: i64) -> TokenAmount {
    TokenAmount::from_nano(n * 1_000)
}

/// attoFIL.
pub fn atto(n: i64) -> TokenAmount {
    TokenAmount::from_atto(n)
}
