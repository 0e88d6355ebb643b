//! Stand-in for the power actor: creates miners through init, runs their cron, adds up what they pledge.

mod actor;
mod cron;

use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::power as m;
use localnet_builtin::{bare, internal_only, with};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => bare(rt, params, actor::constructor),
        m::CREATE_MINER | m::CREATE_MINER_EXPORTED => with(rt, params, actor::create_miner),
        m::UPDATE_CLAIMED_POWER => with(rt, params, actor::update_claimed_power),
        m::ENROLL_CRON_EVENT => with(rt, params, cron::enroll_cron_event),
        m::ON_EPOCH_TICK_END => bare(rt, params, cron::on_epoch_tick_end),
        m::UPDATE_PLEDGE_TOTAL => with(rt, params, actor::update_pledge_total),
        m::CURRENT_TOTAL_POWER => bare(rt, params, actor::current_total_power),
        m::NETWORK_RAW_POWER => bare(rt, params, actor::network_raw_power),
        m::MINER_RAW_POWER => with(rt, params, actor::miner_raw_power),
        m::MINER_COUNT => bare(rt, params, actor::miner_count),
        m::MINER_CONSENSUS_COUNT => bare(rt, params, actor::miner_consensus_count),
        m::MINER_POWER => with(rt, params, actor::miner_power),
        m::SET_NETWORK_POWER => with(rt, params, actor::set_network_power),
        m::SET_MINER_POWER => with(rt, params, actor::set_miner_power),
        method => Err(ActorError::unhandled(format!("the power actor has no method {method}"))),
    }
}
