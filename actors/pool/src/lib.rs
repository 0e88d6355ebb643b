//! The pool: deposits, the FRC-46 share token, rewards by ratio, fees (DESIGN.md 5).
//!
//! Only this actor holds depositors' FIL. [`state`] says what is kept where and why, [`math`] has every formula, [`actor`] the
//! methods, one file per topic.

pub mod actor;
pub mod emit;
pub mod error;
pub mod math;
pub mod queue;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::{frc46, pool};
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Method, Runtime};

use actor::{admin, allowance, bond, deposit, evm, exits, redeem, rewards, settle, token, views, votes};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    match rt.method() {
        METHOD_CONSTRUCTOR => return lifecycle::construct(rt, params, admin::construct),
        // Its parameters come in three codecs and its return has one of its own.
        pool::InvokeEVM::NUMBER => return evm::invoke(rt, params),
        _ => {}
    }
    dispatch!(rt, params, "pool", {
        pool::Wire => admin::wire,
        pool::Upgrade => admin::upgrade,
        pool::GetWiring => admin::get_wiring,
        pool::SetTerms => admin::set_terms,
        pool::Pause => admin::pause,
        pool::Deposit => deposit::deposit,
        pool::Compound => deposit::compound,
        pool::Redeem => redeem::redeem,
        pool::DrawPledge => settle::draw_pledge,
        pool::Settle => settle::settle,
        pool::CreditBond => bond::credit,
        pool::TopUpBond => bond::top_up,
        pool::WithdrawBond => bond::withdraw,
        pool::SlashBond => bond::slash,
        pool::RequestExit => exits::request,
        pool::CancelExit => exits::cancel,
        pool::FinalizeExits => exits::finalize,
        pool::ClaimExit => exits::claim,
        pool::MeasuredPrice => redeem::measured_price,
        pool::ClaimRewards => rewards::claim,
        pool::ClaimFees => rewards::claim_fees,
        pool::VoteSnapshot => votes::snapshot,
        pool::VotesAt => votes::votes_at,
        pool::GetTerms => views::terms,
        pool::GetTotals => views::totals,
        pool::GetAccount => views::account,
        pool::GetBond => views::bond,
        pool::ExitDemand => views::exit_demand,
        pool::GetTicket => views::ticket,
        pool::ListTickets => views::list_tickets,
        pool::PreviewDeposit => views::preview_deposit,
        pool::PreviewRedeem => views::preview_redeem,
        pool::RewardIndex => views::reward_index,
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
