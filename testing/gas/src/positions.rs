//! nft-share: as many positions as holders, all of them with f1 addresses; some have two.

use anyhow::{ensure, Context};
use frc46_token::token::types::TransferParams;
use frc53_nft::types::{ApproveParams, TransferFromParams, TransferParams as TokenTransfer};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::nft_share::{
    self as nft, ClaimOwedParams, ClaimParams, DepositParams, MergeParams, SetBeneficiaryParams, SplitParams,
};
use peggy_interfaces::{frc46, frc53};
use peggy_localnet::{Call, Key};
use peggy_runtime::Method;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::methods::Shot;
use crate::stage::{as_message, call, odd, Stage};

/// Epochs in which positions earn something first.
const EARN: ChainEpoch = 100;

impl Stage {
    /// Everybody wraps a part of its shares; every fourth twice, so that there are as many positions as holders.
    pub fn make_positions(&mut self) -> anyhow::Result<()> {
        let mut rng = StdRng::seed_from_u64(self.holders() as u64);
        let twice = self.wallets.len();
        let owners: Vec<Key> = self.accounts.iter().chain(self.accounts.iter().take(twice)).cloned().collect();
        let messages = owners.iter().map(|who| as_message(&mints(self, who, &mut rng))).collect::<Vec<_>>();
        self.in_batches(messages).context("positions")?;
        let totals = self.ask::<nft::GetTotals>(self.wiring.nft_share, &())?;
        ensure!(totals.minted as usize == owners.len(), "{} positions for {}", totals.minted, owners.len());
        // IDs are given out in the order of the messages.
        self.positions = owners.into_iter().zip(0..).collect();
        Ok(())
    }
}

fn mints(stage: &Stage, who: &Key, rng: &mut StdRng) -> Call {
    let to = Address::new_id(stage.wiring.nft_share);
    let request = TransferParams { to, amount: odd(rng, 1, 10), operator_data: RawBytes::default() };
    stage.to_pool::<frc46::Transfer>(who, &request, TokenAmount::zero())
}

fn to_nfts<M: Method>(stage: &Stage, from: &Key, request: &M::Params) -> Call {
    call::<M>(from, stage.wiring.nft_share, request, TokenAmount::zero())
}

fn any<'a>(stage: &'a Stage, rng: &mut StdRng) -> &'a (Key, u64) {
    &stage.positions[rng.gen_range(0..stage.positions.len())]
}

fn later(call: Call) -> Shot {
    Shot { skip: EARN, ..call.into() }
}

/// By a holder who has a position or not: the transfer of shares, the hook, the position, the owner's hook.
pub fn mint(stage: &Stage, rng: &mut StdRng) -> Shot {
    later(mints(stage, Stage::any(&stage.accounts, rng), rng))
}

/// FIL to a position.
pub fn deposit(stage: &Stage, rng: &mut StdRng) -> Shot {
    let people = if rng.gen() { &stage.accounts } else { &stage.newcomers };
    let request = DepositParams {
        owner: None,
        beneficiary: None,
        min_shares: TokenAmount::zero(),
        operator_data: RawBytes::default(),
    };
    later(call::<nft::Deposit>(Stage::any(people, rng), stage.wiring.nft_share, &request, odd(rng, 1, 50)))
}

fn recipient<'a>(stage: &'a Stage, than: &Key, rng: &mut StdRng) -> &'a Key {
    loop {
        let found = &any(stage, rng).0;
        if found.address() != than.address() {
            return found;
        }
    }
}

/// From an owner to another, with something accrued.
pub fn transfer(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (from, token) = any(stage, rng);
    let (to, operator_data) = (recipient(stage, from, rng).address(), RawBytes::default());
    later(to_nfts::<frc53::Transfer>(stage, from, &TokenTransfer { to, token_ids: vec![*token], operator_data }))
}

/// The same by an operator approved for the token.
pub fn transfer_from(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (from, token) = any(stage, rng);
    let operator = Stage::any(&stage.newcomers, rng);
    let approve = ApproveParams { operator: operator.address(), token_ids: vec![*token] };
    let request = TransferFromParams {
        from: from.address(),
        to: recipient(stage, from, rng).address(),
        token_ids: vec![*token],
        operator_data: RawBytes::default(),
    };
    let before = vec![to_nfts::<frc53::Approve>(stage, from, &approve)];
    Shot { before, ..later(to_nfts::<frc53::TransferFrom>(stage, operator, &request)) }
}

/// One position, by its owner.
pub fn claim(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    later(to_nfts::<nft::Claim>(stage, owner, &ClaimParams { token_ids: vec![*token], amount: None }))
}

/// What was left by a change of beneficiary.
pub fn claim_owed(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    let beneficiary = Stage::any(&stage.newcomers, rng).address();
    let leave = SetBeneficiaryParams { token_ids: vec![*token], beneficiary };
    let before = vec![to_nfts::<nft::SetBeneficiary>(stage, owner, &leave)];
    let request = ClaimOwedParams { to: owner.address(), amount: None };
    Shot { before, ..later(to_nfts::<nft::ClaimOwed>(stage, owner, &request)) }
}

/// To somebody without a position.
pub fn beneficiary(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    let beneficiary = Stage::any(&stage.newcomers, rng).address();
    later(to_nfts::<nft::SetBeneficiary>(stage, owner, &SetBeneficiaryParams { token_ids: vec![*token], beneficiary }))
}

/// One token, for an operator.
pub fn approve(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    let operator = Stage::any(&stage.newcomers, rng).address();
    to_nfts::<frc53::Approve>(stage, owner, &ApproveParams { operator, token_ids: vec![*token] }).into()
}

/// Into two.
pub fn split(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    let amounts = vec![TokenAmount::from_nano(rng.gen_range(1..900_000_000))];
    later(to_nfts::<nft::Split>(stage, owner, &SplitParams { token_id: *token, amounts }))
}

/// Two into one: one that was just made with one that was there.
pub fn merge(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    let token_ids = vec![*token, stage.tokens()];
    let before = vec![mints(stage, owner, rng)];
    Shot { before, ..later(to_nfts::<nft::Merge>(stage, owner, &MergeParams { token_ids })) }
}

/// Back to shares.
pub fn burn(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (owner, token) = any(stage, rng);
    later(to_nfts::<frc53::Burn>(stage, owner, &vec![*token]))
}
