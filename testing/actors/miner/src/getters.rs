//! Methods that only read. All but `ControlAddresses` are for everybody.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::SectorSize;
use localnet_builtin::ids;
use localnet_builtin::miner::{
    ActiveBeneficiary, ControlAddressesReturn, GetBeneficiaryReturn, GetMultiaddrsReturn, GetOwnerReturn,
    GetPeerIdReturn, GetVestingFundsReturn, MaxTerminationFeeParams,
};
use localnet_builtin::pledge;
use localnet_builtin::power::{CurrentTotalPowerReturn, CURRENT_TOTAL_POWER};
use localnet_builtin::reward::{ThisEpochRewardReturn, THIS_EPOCH_REWARD};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::steps::view;

/// Owner, worker and control addresses.
pub fn control_addresses<H: Host>(rt: &Runtime<H>) -> Result<ControlAddressesReturn, ActorError> {
    let (_, info) = view(rt)?;
    Ok(ControlAddressesReturn { owner: info.owner, worker: info.worker, control_addresses: info.control_addresses })
}

/// The owner, and who was proposed to be the next.
pub fn owner<H: Host>(rt: &Runtime<H>) -> Result<GetOwnerReturn, ActorError> {
    let (_, info) = view(rt)?;
    Ok(GetOwnerReturn { owner: info.owner, proposed: info.pending_owner_address })
}

/// The beneficiary, and who was proposed to be the next.
pub fn beneficiary<H: Host>(rt: &Runtime<H>) -> Result<GetBeneficiaryReturn, ActorError> {
    let (_, info) = view(rt)?;
    Ok(GetBeneficiaryReturn {
        active: ActiveBeneficiary { beneficiary: info.beneficiary, term: info.beneficiary_term },
        proposed: info.pending_beneficiary_term,
    })
}

/// Whether an address is owner, worker or control address.
pub fn is_controlling_address<H: Host>(rt: &Runtime<H>, address: Address) -> Result<bool, ActorError> {
    let (_, info) = view(rt)?;
    let id = rt.host().resolve(&address);
    Ok(id.is_some_and(|id| info.controlling().contains(&Address::new_id(id))))
}

/// In bytes.
pub fn sector_size<H: Host>(rt: &Runtime<H>) -> Result<SectorSize, ActorError> {
    Ok(view(rt)?.1.sector_size)
}

/// What could be withdrawn, not counting what has matured but was not unlocked; negative in debt.
pub fn available_balance<H: Host>(rt: &Runtime<H>) -> Result<TokenAmount, ActorError> {
    view(rt)?.0.available_balance(&rt.balance())
}

/// The vesting table.
pub fn vesting_funds<H: Host>(rt: &Runtime<H>) -> Result<GetVestingFundsReturn, ActorError> {
    let table = view(rt)?.0.vesting_table(&rt.store())?;
    Ok(GetVestingFundsReturn { vesting_funds: table.into_iter().map(|fund| (fund.epoch, fund.amount)).collect() })
}

/// libp2p identity.
pub fn peer_id<H: Host>(rt: &Runtime<H>) -> Result<GetPeerIdReturn, ActorError> {
    Ok(GetPeerIdReturn { peer_id: view(rt)?.1.peer_id })
}

/// libp2p addresses.
pub fn multiaddrs<H: Host>(rt: &Runtime<H>) -> Result<GetMultiaddrsReturn, ActorError> {
    Ok(GetMultiaddrsReturn { multi_addrs: view(rt)?.1.multi_address })
}

/// Pledge of all committed sectors.
pub fn initial_pledge<H: Host>(rt: &Runtime<H>) -> Result<TokenAmount, ActorError> {
    Ok(view(rt)?.0.initial_pledge)
}

/// The most it can cost to terminate sectors of this power and pledge.
pub fn max_termination_fee<H: Host>(
    rt: &Runtime<H>,
    params: MaxTerminationFeeParams,
) -> Result<TokenAmount, ActorError> {
    rt.accept_anyone();
    let network = network(rt)?;
    pledge::max_termination_fee(&network.reward, &network.power, &params.power, &params.initial_pledge)
}

/// What reward and power actor say about the network.
pub fn network<H: Host>(rt: &Runtime<H>) -> Result<pledge::Network, ActorError> {
    let none = TokenAmount::zero();
    let reward: ThisEpochRewardReturn =
        rt.send(ids::REWARD, THIS_EPOCH_REWARD, None, &none)?.decode("ThisEpochReward")?;
    let power: CurrentTotalPowerReturn =
        rt.send(ids::POWER, CURRENT_TOTAL_POWER, None, &none)?.decode("CurrentTotalPower")?;
    Ok(pledge::Network {
        reward: reward.this_epoch_reward_smoothed,
        power: power.quality_adj_power_smoothed,
        baseline: reward.this_epoch_baseline_power,
        circulating: rt.host().circulating_supply(),
        since_ramp_start: rt.epoch() - power.ramp_start_epoch,
        ramp_duration: power.ramp_duration_epochs,
    })
}
