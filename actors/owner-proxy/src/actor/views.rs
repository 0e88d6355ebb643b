//! Reads: they never measure, and answer with the books as they are.

use peggy_interfaces::owner_proxy::{GetConfigReturn, MinerInfo, MinerParams};
use peggy_runtime::{ActorError, Host, Runtime};

use crate::state::State;

/// `GetConfig`.
pub fn get_config<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetConfigReturn, ActorError> {
    let State { operator, keeper_cut, approved, turns, .. } = wired_state(rt)?;
    Ok(GetConfigReturn { operator, keeper_cut, miners: turns.len() as u32, approved })
}

/// `GetMiner`.
pub fn get_miner<H: Host>(rt: &Runtime<H>, params: MinerParams) -> Result<MinerInfo, ActorError> {
    let state = wired_state(rt)?;
    let id = super::held(rt, &state, &params.miner)?;
    Ok(state.miner(rt.store(), id)?.info(id))
}

/// `ListMiners`: at most 32, which a constant bounds.
pub fn list_miners<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<Vec<MinerInfo>, ActorError> {
    let state = wired_state(rt)?;
    state.turns.iter().map(|turn| Ok(state.miner(rt.store(), turn.miner)?.info(turn.miner))).collect()
}

fn wired_state<H: Host>(rt: &Runtime<H>) -> Result<State, ActorError> {
    let state: State = rt.state()?;
    state.wiring()?;
    Ok(state)
}
