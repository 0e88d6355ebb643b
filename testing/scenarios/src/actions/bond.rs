//! The operator's bond.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{self, SlashBondParams, TopUpBondParams, WithdrawBondParams};
use peggy_localnet::Key;

use crate::step::Outcome;
use crate::world::World;

impl World {
    /// FIL of the operator's own for its bond.
    pub fn top_up_bond(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        self.top_up_bond_min(who, value, TokenAmount::zero())
    }

    /// [`Self::top_up_bond`] for at least `min_shares`.
    pub fn top_up_bond_min(&mut self, who: &Key, value: TokenAmount, min_shares: TokenAmount) -> Outcome {
        self.call::<pool::TopUpBond>(who, self.wiring.pool, &TopUpBondParams { min_shares }, value)
    }

    /// Bond shares to FIL.
    pub fn withdraw_bond(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        self.withdraw_bond_min(who, shares, TokenAmount::zero())
    }

    /// [`Self::withdraw_bond`] for at least `min_amount`.
    pub fn withdraw_bond_min(&mut self, who: &Key, shares: TokenAmount, min_amount: TokenAmount) -> Outcome {
        let request = WithdrawBondParams { shares, min_amount };
        self.call::<pool::WithdrawBond>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// Governance makes bond shares dead.
    pub fn slash_bond(&mut self, owner: &Key, shares: TokenAmount) -> Outcome {
        self.govern::<pool::SlashBond>(self.wiring.pool, &SlashBondParams { owner: owner.address(), shares })
    }

    /// Governance makes the whole bond dead, so that losses are everybody's. One message an owner.
    pub fn slash_all(&mut self) {
        // One that holds nothing is still owed rewards.
        for record in self.bond().owners.into_iter().filter(|record| !record.shares.is_zero()) {
            let request = SlashBondParams { owner: Address::new_id(record.owner), shares: record.shares };
            self.govern::<pool::SlashBond>(self.wiring.pool, &request).ok();
        }
    }

    /// Bond shares of an owner.
    pub fn bond_of(&self, owner: &Key) -> TokenAmount {
        let id = self.id(owner);
        self.bond().owners.into_iter().filter(|record| record.owner == id).map(|record| record.shares).sum()
    }
}
