//! attoFIL per share since the beginning.

use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::econ::TokenAmount;
use num_traits::Signed;
use peggy_math::INDEX_BITS;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::Parcel;

/// A growing index with the remainder of its divisions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct RewardIndex {
    /// attoFIL per share, times 2^64.
    #[serde(with = "bigint_ser")]
    pub index: BigInt,
    /// What did not divide evenly, in multiples of 2^-64 attoFIL: goes out with the next rewards.
    #[serde(with = "bigint_ser")]
    pub carry: BigInt,
}

impl RewardIndex {
    /// Spreads `amount` over `shares`. Without shares nothing happens, and false is returned.
    #[must_use]
    pub fn distribute(&mut self, amount: &TokenAmount, shares: &TokenAmount) -> bool {
        if !shares.is_positive() || amount.is_negative() {
            return false;
        }
        let whole = (amount.atto() << INDEX_BITS) + &self.carry;
        let step = &whole / shares.atto();
        self.carry = whole - &step * shares.atto();
        debug_assert!(!self.carry.is_negative());
        self.index += step;
        true
    }

    /// Shares with what the index says about them now.
    pub fn parcel<'a>(&self, shares: &'a TokenAmount) -> Parcel<'a> {
        Parcel { shares, weight: shares.atto() * &self.index }
    }

    /// Takes back a fraction nobody can claim any more.
    pub fn give_back(&mut self, dust: BigInt) {
        self.carry += dust;
    }
}
