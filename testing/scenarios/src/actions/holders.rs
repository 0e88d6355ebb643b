//! Holders: deposits, claims, redemptions, transfers.

use frc46_token::token::types::{
    BurnFromParams, BurnParams, DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams,
    RevokeAllowanceParams, TransferFromParams, TransferParams,
};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{ClaimRewardsParams, DepositParams, RedeemParams};
use peggy_interfaces::{frc46, pool};
use peggy_localnet::Key;
use peggy_runtime::Method;

use crate::step::Outcome;
use crate::world::World;

impl World {
    /// A deposit for the caller. An Ethereum-style wallet sends it the only way it can: InvokeEVM without calldata.
    pub fn deposit(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.send(
                "InvokeEVM deposit",
                who,
                self.wiring.pool,
                pool::InvokeEVM::NUMBER,
                RawBytes::default(),
                value,
            );
        }
        self.deposit_for(who, value, None, TokenAmount::zero())
    }

    /// A deposit with recipient and a minimum of shares.
    pub fn deposit_for(
        &mut self,
        who: &Key,
        value: TokenAmount,
        recipient: Option<Address>,
        min_shares: TokenAmount,
    ) -> Outcome {
        self.call::<pool::Deposit>(who, self.wiring.pool, &DepositParams { recipient, min_shares }, value)
    }

    /// Calldata of Ethereum's ABI, sent to the pool.
    pub fn evm(&mut self, who: &Key, calldata: Vec<u8>, value: TokenAmount) -> Outcome {
        let params = crate::world::encode(&ByteBuf(calldata));
        self.send("InvokeEVM", who, self.wiring.pool, pool::InvokeEVM::NUMBER, params, value)
    }

    /// Claims everything, to oneself. An Ethereum-style wallet does it by ABI.
    pub fn claim(&mut self, who: &Key) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.evm(who, crate::abi::claim_rewards(), TokenAmount::zero());
        }
        self.claim_to(who, who.address(), None)
    }

    /// Claims to somebody, at most `amount`.
    pub fn claim_to(&mut self, who: &Key, to: Address, amount: Option<TokenAmount>) -> Outcome {
        self.call::<pool::ClaimRewards>(who, self.wiring.pool, &ClaimRewardsParams { to, amount }, TokenAmount::zero())
    }

    /// Claim and deposit in one.
    pub fn compound(&mut self, who: &Key) -> Outcome {
        self.call::<pool::Compound>(who, self.wiring.pool, &(), TokenAmount::zero())
    }

    /// A fee recipient takes what it is owed.
    pub fn claim_fees(&mut self, who: &Key) -> Outcome {
        self.call::<pool::ClaimFees>(who, self.wiring.pool, &(), TokenAmount::zero())
    }

    /// Shares to FIL at once. An Ethereum-style wallet does it by ABI.
    pub fn redeem(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.evm(who, crate::abi::redeem(&shares, &TokenAmount::zero()), TokenAmount::zero());
        }
        self.redeem_min(who, shares, TokenAmount::zero())
    }

    /// [`Self::redeem`] for at least `min_amount`.
    pub fn redeem_min(&mut self, who: &Key, shares: TokenAmount, min_amount: TokenAmount) -> Outcome {
        self.call::<pool::Redeem>(who, self.wiring.pool, &RedeemParams { shares, min_amount }, TokenAmount::zero())
    }

    /// FRC-46 transfer without operator data. An Ethereum-style wallet does it by ABI.
    pub fn transfer(&mut self, who: &Key, to: Address, amount: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            // Ethereum knows f410 addresses and, masked, IDs.
            let to = if crate::abi::eth_address(&to).is_some() { to } else { Address::new_id(self.id_of(&to)) };
            let calldata = crate::abi::transfer(&to, &amount).expect("an address Ethereum knows");
            return self.evm(who, calldata, TokenAmount::zero());
        }
        self.transfer_with(who, to, amount, RawBytes::default())
    }

    /// FRC-46 transfer.
    pub fn transfer_with(&mut self, who: &Key, to: Address, amount: TokenAmount, operator_data: RawBytes) -> Outcome {
        let request = TransferParams { to, amount, operator_data };
        self.call::<frc46::Transfer>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46 transfer of an owner's shares by its operator.
    pub fn transfer_from(&mut self, who: &Key, from: Address, to: Address, amount: TokenAmount) -> Outcome {
        let request = TransferFromParams { from, to, amount, operator_data: RawBytes::default() };
        self.call::<frc46::TransferFrom>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn increase_allowance(&mut self, who: &Key, operator: Address, increase: TokenAmount) -> Outcome {
        let request = IncreaseAllowanceParams { operator, increase };
        self.call::<frc46::IncreaseAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn decrease_allowance(&mut self, who: &Key, operator: Address, decrease: TokenAmount) -> Outcome {
        let request = DecreaseAllowanceParams { operator, decrease };
        self.call::<frc46::DecreaseAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn revoke_allowance(&mut self, who: &Key, operator: Address) -> Outcome {
        let request = RevokeAllowanceParams { operator };
        self.call::<frc46::RevokeAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn burn(&mut self, who: &Key, amount: TokenAmount) -> Outcome {
        self.call::<frc46::Burn>(who, self.wiring.pool, &BurnParams { amount }, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn burn_from(&mut self, who: &Key, owner: Address, amount: TokenAmount) -> Outcome {
        let request = BurnFromParams { owner, amount };
        self.call::<frc46::BurnFrom>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46 allowance.
    pub fn allowance(&self, owner: Address, operator: Address) -> TokenAmount {
        self.read::<frc46::Allowance>(self.wiring.pool, &GetAllowanceParams { owner, operator })
    }
}
