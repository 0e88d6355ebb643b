//! What people do with positions, by name. Each is one signed message.

use frc53_nft::types::{
    ApproveForAllParams, ApproveParams, BurnFromParams, RevokeForAllParams, RevokeParams, TransferFromParams,
    TransferParams,
};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::nft_share::{
    self as nft, AccountParams, ClaimOwedParams, ClaimParams, DepositParams, GetOwedReturn, MergeParams, MintParams,
    Position, SetBeneficiaryParams, SplitParams, TokenParams, UnwrapParams,
};
use peggy_interfaces::{frc46, frc53};
use peggy_localnet::Key;
use peggy_runtime::Method;

use crate::step::Outcome;
use crate::world::{encode, World};

/// `operator_data` of a transfer of shares that names owner and beneficiary of the position.
pub fn mint_data(owner: Option<Address>, beneficiary: Option<Address>) -> RawBytes {
    encode(&MintParams { owner, beneficiary, operator_data: RawBytes::default() })
}

/// An FRC-53 transfer without operator data.
pub fn token_transfer(to: Address, tokens: &[u64]) -> TransferParams {
    TransferParams { to, token_ids: tokens.to_vec(), operator_data: RawBytes::default() }
}

impl World {
    fn on_nfts<M: Method>(&mut self, who: &Key, request: &M::Params) -> Outcome {
        self.call::<M>(who, self.wiring.nft_share, request, TokenAmount::zero())
    }

    /// The token the next mint will make.
    pub fn next_token(&self) -> u64 {
        self.seen.nft.state.next_token
    }

    /// Shares become a position of their holder.
    pub fn nft_mint(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        self.nft_mint_for(who, shares, RawBytes::default())
    }

    /// Shares become a position of whom `data` names.
    pub fn nft_mint_for(&mut self, who: &Key, shares: TokenAmount, data: RawBytes) -> Outcome {
        let to = Address::new_id(self.wiring.nft_share);
        let request = frc46_token::token::types::TransferParams { to, amount: shares, operator_data: data };
        self.call::<frc46::Transfer>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FIL becomes a position.
    pub fn nft_deposit(
        &mut self,
        who: &Key,
        value: TokenAmount,
        owner: Option<Address>,
        beneficiary: Option<Address>,
    ) -> Outcome {
        let (min_shares, operator_data) = (TokenAmount::zero(), RawBytes::default());
        let request = DepositParams { owner, beneficiary, min_shares, operator_data };
        self.call::<nft::Deposit>(who, self.wiring.nft_share, &request, value)
    }

    /// FRC-53.
    pub fn nft_transfer(&mut self, who: &Key, to: Address, tokens: &[u64]) -> Outcome {
        self.on_nfts::<frc53::Transfer>(who, &token_transfer(to, tokens))
    }

    /// FRC-53.
    pub fn nft_transfer_from(&mut self, who: &Key, from: Address, to: Address, tokens: &[u64]) -> Outcome {
        let operator_data = RawBytes::default();
        let request = TransferFromParams { from, to, token_ids: tokens.to_vec(), operator_data };
        self.on_nfts::<frc53::TransferFrom>(who, &request)
    }

    /// FRC-53.
    pub fn nft_approve(&mut self, who: &Key, operator: Address, tokens: &[u64]) -> Outcome {
        self.on_nfts::<frc53::Approve>(who, &ApproveParams { operator, token_ids: tokens.to_vec() })
    }

    /// FRC-53.
    pub fn nft_revoke(&mut self, who: &Key, operator: Address, tokens: &[u64]) -> Outcome {
        self.on_nfts::<frc53::Revoke>(who, &RevokeParams { operator, token_ids: tokens.to_vec() })
    }

    /// FRC-53.
    pub fn nft_approve_for_all(&mut self, who: &Key, operator: Address) -> Outcome {
        self.on_nfts::<frc53::ApproveForAll>(who, &ApproveForAllParams { operator })
    }

    /// FRC-53.
    pub fn nft_revoke_for_all(&mut self, who: &Key, operator: Address) -> Outcome {
        self.on_nfts::<frc53::RevokeForAll>(who, &RevokeForAllParams { operator })
    }

    /// FRC-53: the shares go back to the owner.
    pub fn nft_burn(&mut self, who: &Key, tokens: &[u64]) -> Outcome {
        self.on_nfts::<frc53::Burn>(who, &tokens.to_vec())
    }

    /// FRC-53.
    pub fn nft_burn_from(&mut self, who: &Key, from: Address, tokens: &[u64]) -> Outcome {
        self.on_nfts::<frc53::BurnFrom>(who, &BurnFromParams { from, token_ids: tokens.to_vec() })
    }

    /// The shares go to anyone.
    pub fn nft_unwrap(&mut self, who: &Key, to: Option<Address>, tokens: &[u64]) -> Outcome {
        self.on_nfts::<nft::Unwrap>(who, &UnwrapParams { token_ids: tokens.to_vec(), to })
    }

    /// Who gets rewards from now on.
    pub fn nft_beneficiary(&mut self, who: &Key, beneficiary: Address, tokens: &[u64]) -> Outcome {
        self.on_nfts::<nft::SetBeneficiary>(who, &SetBeneficiaryParams { token_ids: tokens.to_vec(), beneficiary })
    }

    /// Rewards of tokens, to their beneficiary.
    pub fn nft_claim(&mut self, who: &Key, tokens: &[u64], amount: Option<TokenAmount>) -> Outcome {
        self.on_nfts::<nft::Claim>(who, &ClaimParams { token_ids: tokens.to_vec(), amount })
    }

    /// What one is owed, to anyone.
    pub fn nft_claim_owed(&mut self, who: &Key, to: Address, amount: Option<TokenAmount>) -> Outcome {
        self.on_nfts::<nft::ClaimOwed>(who, &ClaimOwedParams { to, amount })
    }

    /// What somebody is owed, to them.
    pub fn nft_pay_owed(&mut self, who: &Key, account: Address) -> Outcome {
        self.on_nfts::<nft::PayOwed>(who, &AccountParams { account })
    }

    /// A position in parts.
    pub fn nft_split(&mut self, who: &Key, token: u64, amounts: &[TokenAmount]) -> Outcome {
        self.on_nfts::<nft::Split>(who, &SplitParams { token_id: token, amounts: amounts.to_vec() })
    }

    /// Parts together.
    pub fn nft_merge(&mut self, who: &Key, tokens: &[u64]) -> Outcome {
        self.on_nfts::<nft::Merge>(who, &MergeParams { token_ids: tokens.to_vec() })
    }

    /// What nft-share says of a token.
    pub fn position(&self, token: u64) -> Position {
        self.read::<nft::GetPosition>(self.wiring.nft_share, &TokenParams { token_id: token })
    }

    /// What nft-share says of somebody.
    pub fn nft_owed(&self, who: &Key) -> GetOwedReturn {
        self.read::<nft::GetOwed>(self.wiring.nft_share, &AccountParams { account: who.address() })
    }
}
