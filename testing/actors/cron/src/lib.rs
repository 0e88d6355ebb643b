//! Stand-in for the cron actor: once per tipset it calls what its state lists, on a local network the power actor.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{MethodNum, METHOD_CONSTRUCTOR};
use localnet_builtin::{bare, internal_only, require_system, with};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, IpldBlock, Runtime};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

peggy_runtime::entry_points!(dispatch, localnet_builtin::no_upgrade);

/// Calls all entries (system only).
pub const EPOCH_TICK: MethodNum = 2;

/// Whom to call by which method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Entry {
    /// An ID address.
    pub receiver: Address,
    /// Takes no parameters.
    pub method_num: MethodNum,
}

/// State and constructor parameters alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// In the order of calling.
    pub entries: Vec<Entry>,
}

impl State {
    /// Calls the power actor only.
    pub fn genesis() -> Self {
        let receiver = Address::new_id(localnet_builtin::ids::POWER);
        Self { entries: vec![Entry { receiver, method_num: localnet_builtin::power::ON_EPOCH_TICK_END }] }
    }
}

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    internal_only(rt)?;
    match rt.method() {
        METHOD_CONSTRUCTOR => with(rt, params, constructor),
        EPOCH_TICK => bare(rt, params, epoch_tick),
        method => Err(ActorError::unhandled(format!("the cron actor has no method {method}"))),
    }
}

fn constructor<H: Host>(rt: &Runtime<H>, params: State) -> Result<(), ActorError> {
    require_system(rt)?;
    rt.create(&params)
}

fn epoch_tick<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    require_system(rt)?;
    let state: State = rt.state()?;
    for entry in state.entries {
        let receiver = rt.resolve(&entry.receiver, "the receiver of a cron entry")?;
        // As on the network, one entry's failure doesn't keep the others from running.
        let _ignored = rt.send(receiver, entry.method_num, None, &TokenAmount::zero());
    }
    Ok(())
}
