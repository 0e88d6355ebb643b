//! Early exit at a known discount, funded by liquidity providers (DESIGN.md 7).
//!
//! Providers bring FIL and get LP tokens (FRC-46, by `frc46_token`). Holders of the pool's shares sell them here in one message and
//! are paid at once; what providers earn is the discount, and the rewards of the shares they took over. [`math`] has every formula,
//! [`state`] what is kept, [`actor`] the methods, one file per topic.

pub mod actor;
pub mod emit;
pub mod error;
pub mod math;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::{frc46, liquidity};
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Runtime};

use actor::{admin, allowance, provide, token, trade, views};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    if rt.method() == METHOD_CONSTRUCTOR {
        return lifecycle::construct(rt, params, admin::construct);
    }
    dispatch!(rt, params, "liquidity", {
        liquidity::Wire => admin::wire,
        liquidity::Upgrade => admin::upgrade,
        liquidity::GetWiring => admin::get_wiring,
        liquidity::SetSettings => admin::set_settings,
        liquidity::Pause => admin::pause,
        liquidity::AddLiquidity => provide::add,
        liquidity::RemoveLiquidity => provide::remove,
        liquidity::Collect => provide::collect_rewards,
        liquidity::Receive => trade::receive,
        liquidity::BuyShares => trade::buy_shares,
        liquidity::Recycle => trade::recycle,
        liquidity::QuoteSell => views::quote_sell,
        liquidity::QuoteBuy => views::quote_buy,
        liquidity::GetTotals => views::totals,
        frc46::Name => token::name,
        frc46::Symbol => token::symbol,
        frc46::Granularity => token::granularity,
        frc46::TotalSupply => token::total_supply,
        frc46::BalanceOf => token::balance_of,
        frc46::Transfer => token::transfer,
        frc46::TransferFrom => token::transfer_from,
        frc46::Burn => token::burn,
        frc46::BurnFrom => token::burn_from,
        frc46::Allowance => allowance::allowance,
        frc46::IncreaseAllowance => allowance::increase,
        frc46::DecreaseAllowance => allowance::decrease,
        frc46::RevokeAllowance => allowance::revoke,
    })
}

/// Takes over state written by older code; so far there is only one layout.
pub fn upgrade<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    lifecycle::accept_upgrade::<state::State, H>(rt, state::SCHEMA)?;
    Ok(None)
}
