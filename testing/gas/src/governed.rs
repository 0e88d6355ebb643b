//! What governance alone can tell the others: measured as the last call of a proposal is made, without the proposal.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::owner_proxy::{ApproveMiner, GetMiner, MinerParams, Pledge, PledgeParams, WriteOff};
use peggy_interfaces::pool::{SlashBond, SlashBondParams};
use peggy_localnet::Call;
use peggy_scenarios::fil;
use rand::rngs::StdRng;

use crate::methods::Shot;
use crate::stage::{odd, Stage};

/// In whole FIL.
const PLEDGE: i64 = 500;

/// A part of the operator's bond.
pub fn slash_bond(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = SlashBondParams { owner: stage.cast.operator.address(), shares: odd(rng, 1, 10) };
    told(stage, stage.to_pool::<SlashBond>(&stage.cast.keeper, &request, TokenAmount::default()))
}

/// A loss beyond the bond, which a harvest has found: nearly all that was in the miner, rewards that would have healed it included.
pub fn write_off(stage: &Stage, _rng: &mut StdRng) -> Shot {
    let request = MinerParams { miner: Address::new_id(stage.miner) };
    let there = stage.ask::<GetMiner>(stage.wiring.owner_proxy, &request).expect("the miner is in custody");
    // The bond bears what the miner was born with: depositors' FIL must be lost, too.
    let pledge = PledgeParams { miner: request.miner, amount: fil(PLEDGE) };
    let loss = there.backing + there.vesting + fil(PLEDGE - 3);
    let before = vec![stage.to_proxy::<Pledge>(&stage.cast.operator, &pledge)];
    let call = stage.to_proxy::<WriteOff>(&stage.cast.keeper, &request);
    Shot { before, fine: Some(loss), ..told(stage, call) }
}

/// The network's first miner, which is not in custody.
pub fn approve_miner(stage: &Stage, _rng: &mut StdRng) -> Shot {
    let request = MinerParams { miner: Address::new_id(stage.network().genesis().miner) };
    told(stage, stage.to_proxy::<ApproveMiner>(&stage.cast.keeper, &request))
}

fn told(stage: &Stage, call: Call) -> Shot {
    Shot { told_by: Some(stage.wiring.governance), ..call.into() }
}
