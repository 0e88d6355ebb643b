//! One holder's record.

use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::econ::TokenAmount;
use num_traits::{Signed, Zero};
use peggy_math::INDEX_BITS;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Shares and a reward debt.
///
/// `pending = shares * index - debt`, in multiples of 2^-64 attoFIL. When shares come, `debt` grows by `shares * index`; when
/// they go it shrinks by as much: what was pending stays to the last bit, without a division and without rounding. The debt of
/// an account that holds little and is owed much is negative.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Account {
    /// Shares held.
    pub shares: TokenAmount,
    /// What the index says about these shares but is not owed, in multiples of 2^-64 attoFIL.
    #[serde(with = "bigint_ser")]
    pub debt: BigInt,
}

/// Shares on their way from or to an account, with what the index says about them: computed once for both sides.
#[derive(Debug, Clone)]
pub struct Parcel<'a> {
    pub(crate) shares: &'a TokenAmount,
    pub(crate) weight: BigInt,
}

impl Account {
    /// Takes shares in. What is pending stays.
    pub fn add(&mut self, parcel: &Parcel) {
        self.shares += parcel.shares;
        self.debt += &parcel.weight;
    }

    /// Gives shares away; false, and nothing changed, if there are fewer. What is pending stays.
    #[must_use]
    pub fn take(&mut self, parcel: &Parcel) -> bool {
        if self.shares < *parcel.shares {
            return false;
        }
        self.shares -= parcel.shares;
        self.debt -= &parcel.weight;
        true
    }

    /// What is owed, in multiples of 2^-64 attoFIL. Never negative, for the index never falls.
    pub fn pending(&self, index: &BigInt) -> BigInt {
        self.shares.atto() * index - &self.debt
    }

    /// What can be paid: whole attoFIL, rounded down.
    pub fn claimable(&self, index: &BigInt) -> TokenAmount {
        TokenAmount::from_atto(self.pending(index) >> INDEX_BITS)
    }

    /// Notes that this much was paid. The caller checked that it was claimable.
    pub fn paid(&mut self, amount: &TokenAmount) {
        self.debt += amount.atto() << INDEX_BITS;
    }

    /// Notes that this much is owed in addition.
    pub fn owe(&mut self, amount: &TokenAmount) {
        self.debt -= amount.atto() << INDEX_BITS;
    }

    /// The fraction of an attoFIL left in an account that holds nothing and can claim nothing; `None` for any other.
    pub fn dust(&self) -> Option<BigInt> {
        if !self.shares.is_zero() {
            return None;
        }
        let pending = -&self.debt;
        (!pending.is_negative() && (&pending >> INDEX_BITS).is_zero()).then_some(pending)
    }
}
