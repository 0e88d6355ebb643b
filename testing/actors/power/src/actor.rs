//! Miners, their power and their pledge.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::bigint::bigint_ser::{BigIntDe, BigIntSer};
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::StoragePower;
use fvm_shared::ActorID;
use localnet_builtin::init::{ExecParams, EXEC};
use localnet_builtin::miner::ConstructorParams;
use localnet_builtin::power::{
    Claim, CreateMinerParams, CreateMinerReturn, CurrentTotalPowerReturn, MinerPowerReturn, MinerRawPowerReturn,
    SetMinerPowerParams, State, UpdateClaimedPowerParams,
};
use localnet_builtin::reward::FilterEstimate;
use localnet_builtin::{call, ids, require_system, require_type, types};
use num_traits::{Signed, Zero};
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

/// Raw power from which on a miner may win blocks: 10 TiB.
const CONSENSUS_MINIMUM: i64 = 10 << 40;
/// With fewer miners of that power, any power at all will do.
const CONSENSUS_MINERS: usize = 4;

/// No miners yet (system only).
pub fn constructor<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    require_system(rt)?;
    rt.create(&State::genesis())
}

/// Creates a miner; anyone may. All of the value goes to the miner, whose constructor locks the network's deposit of it
/// (FIP-0077) and answers 19 if it is too little.
pub fn create_miner<H: Host>(rt: &Runtime<H>, params: CreateMinerParams) -> Result<CreateMinerReturn, ActorError> {
    rt.accept_anyone();
    let code_cid = rt
        .host()
        .code_of_type(types::MINER)
        .ok_or_else(|| ActorError::illegal_state("the network has no code for miners"))?;
    let constructor_params = RawBytes::serialize(ConstructorParams {
        owner: params.owner,
        worker: params.worker,
        control_addresses: Vec::new(),
        window_post_proof_type: params.window_post_proof_type,
        peer_id: params.peer,
        multi_addresses: params.multiaddrs,
    })
    .or_serialization("the miner's constructor parameters")?;
    let returned = call(rt, ids::INIT, EXEC, &ExecParams { code_cid, constructor_params }, rt.value())?
        .ok_or_else(|| ActorError::serialization("init returned nothing"))?;
    let created: CreateMinerReturn = returned.deserialize().or_serialization("what init returned")?;
    let miner = created.id_address.id().or_serialization("init returned no ID address")?;
    rt.transaction(|state: &mut State, _| {
        state.claims.push(Claim {
            miner,
            raw_byte_power: StoragePower::zero(),
            quality_adj_power: StoragePower::zero(),
        });
        state.claims.sort_by_key(|claim| claim.miner);
        state.miner_count += 1;
        Ok(())
    })?;
    Ok(created)
}

fn claim_of(state: &mut State, miner: ActorID) -> Result<&mut Claim, ActorError> {
    state.claim_mut(miner).ok_or_else(|| ActorError::not_found(format!("f0{miner} is no miner of this network")))
}

/// A miner gained or lost power.
pub fn update_claimed_power<H: Host>(rt: &Runtime<H>, params: UpdateClaimedPowerParams) -> Result<(), ActorError> {
    require_type(rt, types::MINER, "a miner")?;
    let miner = rt.caller();
    rt.transaction(|state: &mut State, _| {
        let claim = claim_of(state, miner)?;
        claim.raw_byte_power += &params.raw_byte_delta;
        claim.quality_adj_power += &params.quality_adjusted_delta;
        if claim.raw_byte_power.is_negative() || claim.quality_adj_power.is_negative() {
            return Err(ActorError::illegal_state(format!("the power of f0{miner} would become negative")));
        }
        Ok(())
    })
}

/// A miner locked or released FIL.
pub fn update_pledge_total<H: Host>(rt: &Runtime<H>, delta: TokenAmount) -> Result<(), ActorError> {
    require_type(rt, types::MINER, "a miner")?;
    let miner = rt.caller();
    rt.transaction(|state: &mut State, _| {
        // The official actor forbids (18) rather than not finds a miner whose claim was dropped.
        if state.claim(miner).is_none() {
            return Err(ActorError::forbidden(format!("f0{miner} has no claim to power")));
        }
        state.total_pledge_collateral += delta;
        if state.total_pledge_collateral.is_negative() {
            return Err(ActorError::illegal_state("the pledge of all miners would become negative"));
        }
        Ok(())
    })
}

/// Power and pledge of the network, as of the last cron.
pub fn current_total_power<H: Host>(rt: &Runtime<H>) -> Result<CurrentTotalPowerReturn, ActorError> {
    rt.accept_anyone();
    let state: State = rt.state()?;
    Ok(CurrentTotalPowerReturn {
        raw_byte_power: state.this_epoch_raw_byte_power,
        quality_adj_power: state.this_epoch_quality_adj_power,
        pledge_collateral: state.this_epoch_pledge_collateral,
        quality_adj_power_smoothed: state.this_epoch_qa_power_smoothed,
        ramp_start_epoch: 0,
        ramp_duration_epochs: 0,
    })
}

/// Raw power of the network, as of the last cron.
pub fn network_raw_power<H: Host>(rt: &Runtime<H>) -> Result<Power, ActorError> {
    rt.accept_anyone();
    Ok(Power(rt.state::<State>()?.this_epoch_raw_byte_power))
}

/// Raw power of a miner, and whether it may win blocks. 16, not 17, if it is no miner.
pub fn miner_raw_power<H: Host>(rt: &Runtime<H>, miner: ActorID) -> Result<MinerRawPowerReturn, ActorError> {
    rt.accept_anyone();
    let state: State = rt.state()?;
    let claim = state
        .claim(miner)
        .ok_or_else(|| ActorError::illegal_argument(format!("f0{miner} is no miner of this network")))?;
    let raw_byte_power = claim.raw_byte_power.clone();
    let meets_consensus_minimum =
        is_big(&raw_byte_power) || (big_miners(&state) < CONSENSUS_MINERS && raw_byte_power.is_positive());
    Ok(MinerRawPowerReturn { raw_byte_power, meets_consensus_minimum })
}

/// Number of miners.
pub fn miner_count<H: Host>(rt: &Runtime<H>) -> Result<i64, ActorError> {
    rt.accept_anyone();
    Ok(rt.state::<State>()?.miner_count)
}

/// Number of miners above the consensus minimum.
pub fn miner_consensus_count<H: Host>(rt: &Runtime<H>) -> Result<i64, ActorError> {
    rt.accept_anyone();
    Ok(big_miners(&rt.state()?) as i64)
}

/// Both powers of a miner.
pub fn miner_power<H: Host>(rt: &Runtime<H>, miner: ActorID) -> Result<MinerPowerReturn, ActorError> {
    rt.accept_anyone();
    let mut state: State = rt.state()?;
    let claim = claim_of(&mut state, miner)?;
    Ok(MinerPowerReturn {
        raw_byte_power: claim.raw_byte_power.clone(),
        quality_adj_power: claim.quality_adj_power.clone(),
    })
}

fn is_big(power: &StoragePower) -> bool {
    *power >= StoragePower::from(CONSENSUS_MINIMUM)
}

fn big_miners(state: &State) -> usize {
    state.claims.iter().filter(|claim| is_big(&claim.raw_byte_power)).count()
}

/// Raw and quality-adjusted power of the network: of the miners that may win blocks.
pub fn network_power(state: &State) -> (StoragePower, StoragePower) {
    let all = big_miners(state) < CONSENSUS_MINERS;
    let counted = || state.claims.iter().filter(|claim| all || is_big(&claim.raw_byte_power));
    (counted().map(|claim| &claim.raw_byte_power).sum(), counted().map(|claim| &claim.quality_adj_power).sum())
}

/// Lever: what the network believes its power is, for pledge computations.
pub fn set_network_power<H: Host>(rt: &Runtime<H>, power: BigIntDe) -> Result<(), ActorError> {
    require_system(rt)?;
    if !power.0.is_positive() {
        return Err(ActorError::illegal_argument("the network's power must be positive"));
    }
    rt.transaction(|state: &mut State, _| {
        state.this_epoch_qa_power_smoothed = FilterEstimate::constant(power.0);
        Ok(())
    })
}

/// Lever: a miner's power, as if it had proven sectors.
pub fn set_miner_power<H: Host>(rt: &Runtime<H>, params: SetMinerPowerParams) -> Result<(), ActorError> {
    require_system(rt)?;
    if params.raw_byte_power.is_negative() || params.quality_adj_power.is_negative() {
        return Err(ActorError::illegal_argument("power can't be negative"));
    }
    rt.transaction(|state: &mut State, _| {
        let claim = claim_of(state, params.miner)?;
        claim.raw_byte_power = params.raw_byte_power;
        claim.quality_adj_power = params.quality_adj_power;
        Ok(())
    })
}

/// Power in bytes, as a bare big integer.
pub struct Power(pub StoragePower);

impl serde::Serialize for Power {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BigIntSer(&self.0).serialize(serializer)
    }
}
