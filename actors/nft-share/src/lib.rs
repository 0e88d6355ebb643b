//! Positions as FRC-53 tokens whose beneficiary follows the token (DESIGN.md 6).
//!
//! The actor holds shares of the pool as one account there, so a position earns exactly as the same shares held plainly, by the
//! pool's reward index; FIL never stops here. [`state`] says what is kept where and why, [`books`] is the one place that changes
//! it, [`actor`] has the methods, one file per topic.

pub mod actor;
pub mod books;
pub mod emit;
pub mod error;
pub mod metadata;
pub mod shell;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod tokens;

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::{frc53, nft_share};
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Runtime};

use actor::{admin, approval, burn, list, mint, parts, rewards, token, views, votes};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    if rt.method() == METHOD_CONSTRUCTOR {
        return lifecycle::construct(rt, params, admin::construct);
    }
    dispatch!(rt, params, "nft-share", {
        nft_share::Wire => admin::wire,
        nft_share::Upgrade => admin::upgrade,
        nft_share::GetWiring => admin::get_wiring,
        nft_share::Receive => mint::receive,
        nft_share::Deposit => mint::deposit,
        nft_share::SetBeneficiary => rewards::set_beneficiary,
        nft_share::Claim => rewards::claim,
        nft_share::ClaimOwed => rewards::claim_owed,
        nft_share::PayOwed => rewards::push_owed,
        nft_share::Split => parts::split,
        nft_share::Merge => parts::merge,
        nft_share::Unwrap => burn::unwrap,
        nft_share::GetPosition => views::position,
        nft_share::ListPositions => views::positions,
        nft_share::GetOwed => views::owed,
        nft_share::GetTotals => views::totals,
        nft_share::VoteSnapshot => votes::snapshot,
        nft_share::VotesAt => votes::votes_at,
        frc53::Name => token::name,
        frc53::Symbol => token::symbol,
        frc53::Metadata => token::metadata,
        frc53::TotalSupply => token::total_supply,
        frc53::OwnerOf => token::owner_of,
        frc53::BalanceOf => token::balance_of,
        frc53::Transfer => token::transfer,
        frc53::TransferFrom => token::transfer_from,
        frc53::Approve => approval::approve,
        frc53::Revoke => approval::revoke,
        frc53::ApproveForAll => approval::approve_for_all,
        frc53::RevokeForAll => approval::revoke_for_all,
        frc53::IsApprovedForAll => approval::is_approved_for_all,
        frc53::Burn => burn::burn,
        frc53::BurnFrom => burn::burn_from,
        frc53::ListTokens => list::tokens,
        frc53::ListOwnedTokens => list::owned,
        frc53::ListTokenOperators => list::token_operators,
        frc53::ListOperatorTokens => list::operator_tokens,
        frc53::ListAccountOperators => list::account_operators,
    })
}

/// Takes over state written by older code.
pub fn upgrade<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    admin::migrate(rt)?;
    Ok(None)
}
