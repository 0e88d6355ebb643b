//! Governance: depositors change the rules and the code, nobody else (DESIGN.md 8).
//!
//! [`state`] says what is kept where and why, [`math`] what carries a proposal, [`actor`] the methods, one file per topic.

pub mod actor;
pub mod emit;
pub mod error;
pub mod math;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::governance as api;
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Method, Runtime};

use actor::{admin, delay, evm, execute, propose, recount, views, vote};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    match rt.method() {
        METHOD_CONSTRUCTOR => return lifecycle::construct(rt, params, admin::construct),
        // Its parameters come in three codecs and its return has one of its own.
        api::InvokeEVM::NUMBER => return evm::invoke(rt, params),
        _ => {}
    }
    dispatch!(rt, params, "governance", {
        api::Wire => admin::wire,
        api::Upgrade => admin::upgrade,
        api::GetWiring => admin::get_wiring,
        api::Propose => propose::propose,
        api::Activate => propose::activate,
        api::Cancel => propose::cancel,
        api::Vote => vote::vote,
        api::Consent => vote::consent,
        api::Recount => recount::recount,
        api::Queue => delay::queue,
        api::Veto => delay::veto,
        api::Execute => execute::execute,
        api::GuardianPause => admin::guardian_pause,
        api::SetGuardian => admin::set_guardian,
        api::SetSettings => admin::set_settings,
        api::GetProposal => views::proposal,
        api::ListProposals => views::list,
        api::GetReceipt => views::receipt,
        api::GetConfig => views::config,
    })
}

/// Takes over state written by older code; so far there is only one layout.
pub fn upgrade<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    lifecycle::accept_upgrade::<state::State, H>(rt, state::SCHEMA)?;
    Ok(None)
}
