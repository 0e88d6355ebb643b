//! The actor that alone holds the miners (DESIGN.md 4).
//!
//! It is their owner and their beneficiary for ever: the only address it ever gives a miner as owner is its own, in
//! `TakeOwner` and `CreateMiner`, and it never calls `ChangeBeneficiary`.

mod actor;
mod emit;
pub mod error;
pub mod math;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

/// Facts about the network that the proxy relies on.
pub mod network {
    pub use crate::actor::custody::STORAGE_MINER_TYPE;
    pub use crate::actor::upkeep::WORKER_CHANGE_DELAY;
}

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::owner_proxy as api;
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Runtime};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    if rt.method() == METHOD_CONSTRUCTOR {
        return lifecycle::construct(rt, params, actor::construct);
    }
    dispatch!(rt, params, "owner-proxy", {
        api::Wire => actor::wire,
        api::Upgrade => actor::upgrade,
        api::GetWiring => actor::get_wiring,
        api::TakeOwner => actor::custody::take_owner,
        api::CreateMiner => actor::custody::create_miner,
        api::Pledge => actor::pledge::pledge,
        api::Harvest => actor::harvest::harvest,
        api::Sync => actor::harvest::sync,
        api::ReturnPrincipal => actor::pledge::return_principal,
        api::Sweep => actor::harvest::sweep,
        api::ChangeWorkerAddress => actor::upkeep::change_worker_address,
        api::ConfirmChangeWorkerAddress => actor::upkeep::confirm_change_worker_address,
        api::RepayDebt => actor::upkeep::repay_debt,
        api::ChangePeerID => actor::upkeep::change_peer_id,
        api::ChangeMultiaddrs => actor::upkeep::change_multiaddrs,
        api::ApproveMiner => actor::custody::approve_miner,
        api::WriteOff => actor::loss::write_off,
        api::SetOperator => actor::set_operator,
        api::SetKeeperCut => actor::set_keeper_cut,
        api::GetConfig => actor::views::get_config,
        api::GetMiner => actor::views::get_miner,
        api::ListMiners => actor::views::list_miners,
    })
}

/// Takes over state written by older code; so far there is only one layout.
pub fn upgrade<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    lifecycle::accept_upgrade::<state::State, H>(rt, state::SCHEMA)?;
    Ok(None)
}
