//! Stand-in for the miner actor: every method its owner can use, with the official numbers, exit codes and money
//! arithmetic. Sectors and proofs are not modelled: what they do to the miner's money is done by levers
//! ([`localnet_builtin::miner::levers`]) that only the network's control interface reaches.

pub mod beneficiary;
mod cron;
mod getters;
pub mod info;
mod levers;
mod owner;
mod payments;
pub mod state;
mod steps;
pub mod vesting;

pub use owner::{MAX_CONTROL_ADDRESSES, MAX_MULTIADDRS, MAX_PEER_ID, WORKER_CHANGE_DELAY};

use fvm_shared::METHOD_CONSTRUCTOR;
use localnet_builtin::miner::{exported as x, internal as i, levers as l, APPLY_REWARDS, ON_DEFERRED_CRON_EVENT};
use localnet_builtin::{bare, internal_only, with};
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    steps::or_lie(rt, route(rt, params))
}

fn route<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    match rt.method() {
        METHOD_CONSTRUCTOR => with(rt, params, owner::constructor),
        i::CONTROL_ADDRESSES => bare(rt, params, getters::control_addresses),
        i::CHANGE_WORKER_ADDRESS | x::CHANGE_WORKER_ADDRESS => with(rt, params, owner::change_worker_address),
        i::CHANGE_PEER_ID | x::CHANGE_PEER_ID => with(rt, params, owner::change_peer_id),
        ON_DEFERRED_CRON_EVENT => with(rt, params, cron::on_deferred_cron_event),
        APPLY_REWARDS => with(rt, params, payments::apply_rewards),
        i::WITHDRAW_BALANCE | x::WITHDRAW_BALANCE => with(rt, params, payments::withdraw_balance),
        i::CHANGE_MULTIADDRS | x::CHANGE_MULTIADDRS => with(rt, params, owner::change_multiaddrs),
        i::CONFIRM_CHANGE_WORKER_ADDRESS | x::CONFIRM_CHANGE_WORKER_ADDRESS => {
            bare(rt, params, owner::confirm_change_worker_address)
        }
        i::REPAY_DEBT | x::REPAY_DEBT => bare(rt, params, payments::repay_debt),
        i::CHANGE_OWNER_ADDRESS | x::CHANGE_OWNER_ADDRESS => with(rt, params, owner::change_owner_address),
        i::CHANGE_BENEFICIARY | x::CHANGE_BENEFICIARY => with(rt, params, owner::change_beneficiary),
        i::GET_BENEFICIARY | x::GET_BENEFICIARY => bare(rt, params, getters::beneficiary),
        x::GET_OWNER => bare(rt, params, getters::owner),
        x::IS_CONTROLLING_ADDRESS => with(rt, params, getters::is_controlling_address),
        x::GET_SECTOR_SIZE => bare(rt, params, getters::sector_size),
        x::GET_AVAILABLE_BALANCE => bare(rt, params, getters::available_balance),
        x::GET_VESTING_FUNDS => bare(rt, params, getters::vesting_funds),
        x::GET_PEER_ID => bare(rt, params, getters::peer_id),
        x::GET_MULTIADDRS => bare(rt, params, getters::multiaddrs),
        x::MAX_TERMINATION_FEE => with(rt, params, getters::max_termination_fee),
        x::INITIAL_PLEDGE => bare(rt, params, getters::initial_pledge),
        l::ADD_PLEDGE => with(rt, params, levers::add_pledge),
        l::ADD_PRECOMMIT_DEPOSIT => with(rt, params, levers::add_precommit_deposit),
        l::PROVE_COMMIT => with(rt, params, levers::prove_commit),
        l::EXPIRE_PRECOMMIT => with(rt, params, levers::expire_precommit),
        l::EXPIRE_SECTOR => with(rt, params, levers::expire_sector),
        l::TERMINATE_SECTOR => with(rt, params, levers::terminate_sector),
        l::FINE => with(rt, params, levers::fine),
        l::ADD_DEBT => with(rt, params, levers::add_debt),
        l::SET_EARLY_TERMINATIONS => with(rt, params, levers::set_early_terminations),
        l::SET_SICK => with(rt, params, levers::set_sick),
        method => Err(ActorError::unhandled(format!("this miner has no method {method}"))),
    }
}
