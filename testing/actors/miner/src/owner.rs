//! Birth, owner, worker, beneficiary, and how to reach the miner.

use fvm_ipld_encoding::BytesDe;
use fvm_shared::address::{Address, Protocol};
use fvm_shared::bigint::BigInt;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::ActorID;
use localnet_builtin::miner::{
    ChangeBeneficiaryParams, ChangeMultiaddrsParams, ChangePeerIdParams, ChangeWorkerAddressParams, ConstructorParams,
};
use localnet_builtin::{ids, pledge, types, EPOCHS_IN_DAY};
use num_traits::Zero;
use peggy_runtime::{ActorError, Host, Runtime};

use crate::beneficiary::{self, Proposal};
use crate::cron::schedule;
use crate::getters::network;
use crate::info::{MinerInfo, WorkerKeyChange};
use crate::state::State;
use crate::steps::{change_info, only};
use crate::vesting::REWARD_VESTING;

/// Epochs until a new worker may take over: the chain's finality.
pub const WORKER_CHANGE_DELAY: ChainEpoch = 900;
/// Epochs of a proving period.
const PROVING_PERIOD: ChainEpoch = EPOCHS_IN_DAY;
/// Addresses that sign the miner's messages, at most.
pub const MAX_CONTROL_ADDRESSES: usize = 10;
/// Bytes of a libp2p identity, at most.
pub const MAX_PEER_ID: usize = 128;
/// Bytes of all libp2p addresses together, at most.
pub const MAX_MULTIADDRS: usize = 1024;
/// `PubkeyAddress` of accounts.
const PUBKEY_ADDRESS: u64 = 2;

/// Creates the miner and locks the network's deposit out of the value, like a reward (FIP-0077). Only init may call.
pub fn constructor<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    rt.require_caller(&[ids::INIT], "the init actor")?;
    check_control_addresses(&params.control_addresses)?;
    check_peer_info(&params.peer_id, &params.multi_addresses)?;
    check_proof_type(params.window_post_proof_type)?;

    let deposit = pledge::initial_pledge(&BigInt::from(pledge::CREATE_MINER_DEPOSIT_POWER), &network(rt)?)?;
    if rt.balance() < deposit {
        return Err(ActorError::insufficient_funds(format!(
            "creating a miner takes a deposit of {deposit}, but only {} was sent",
            rt.balance()
        )));
    }
    let owner = resolve(rt, &params.owner, "the owner")?;
    let worker = resolve_worker(rt, &params.worker)?;
    let control_addresses = resolve_control_addresses(rt, &params.control_addresses)?;
    let info = MinerInfo::new(
        owner,
        worker,
        control_addresses,
        params.peer_id,
        params.multi_addresses,
        params.window_post_proof_type,
    )?;
    let store = rt.store();
    let mut state = State::new(&store, &info, proving_period_start(rt))?;
    state.add_locked_funds(&store, rt.epoch(), &deposit, &REWARD_VESTING)?;
    rt.create(&state)
}

/// Start of the proving period the miner is born in. Periods begin at an offset made of address and epoch, so that miners
/// are spread over the day.
fn proving_period_start<H: Host>(rt: &Runtime<H>) -> ChainEpoch {
    let mut seed = fvm_ipld_encoding::to_vec(&Address::new_id(rt.receiver())).unwrap_or_default();
    seed.extend(rt.epoch().to_be_bytes());
    let digest = rt.host().blake2b(&seed);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    let offset = (u64::from_be_bytes(first) % PROVING_PERIOD as u64) as ChainEpoch;
    rt.epoch() - (rt.epoch() - offset).rem_euclid(PROVING_PERIOD)
}

fn check_proof_type(proof: RegisteredPoStProof) -> Result<(), ActorError> {
    match proof {
        RegisteredPoStProof::StackedDRGWindow32GiBV1P1 | RegisteredPoStProof::StackedDRGWindow64GiBV1P1 => Ok(()),
        other => Err(ActorError::illegal_argument(format!(
            "new miners prove sectors of 32 or 64 GiB (types 13 and 14), not {other:?}"
        ))),
    }
}

fn check_control_addresses(addresses: &[Address]) -> Result<(), ActorError> {
    if addresses.len() > MAX_CONTROL_ADDRESSES {
        return Err(ActorError::illegal_argument(format!(
            "{} control addresses are too many: at most {MAX_CONTROL_ADDRESSES}",
            addresses.len()
        )));
    }
    Ok(())
}

fn check_peer_info(peer_id: &[u8], multiaddrs: &[BytesDe]) -> Result<(), ActorError> {
    if peer_id.len() > MAX_PEER_ID {
        return Err(ActorError::illegal_argument(format!("a peer ID has at most {MAX_PEER_ID} bytes")));
    }
    if multiaddrs.iter().any(|address| address.0.is_empty()) {
        return Err(ActorError::illegal_argument("a multiaddress can't be empty"));
    }
    if multiaddrs.iter().map(|address| address.0.len()).sum::<usize>() > MAX_MULTIADDRS {
        return Err(ActorError::illegal_argument(format!("multiaddresses have at most {MAX_MULTIADDRS} bytes in all")));
    }
    Ok(())
}

fn resolve<H: Host>(rt: &Runtime<H>, address: &Address, what: &str) -> Result<ActorID, ActorError> {
    rt.host()
        .resolve(address)
        .ok_or_else(|| ActorError::illegal_argument(format!("{what} {address} is not known to this network")))
}

fn resolve_control_addresses<H: Host>(rt: &Runtime<H>, addresses: &[Address]) -> Result<Vec<Address>, ActorError> {
    addresses.iter().map(|address| resolve(rt, address, "the control address").map(Address::new_id)).collect()
}

/// A worker must be an account with a BLS key.
fn resolve_worker<H: Host>(rt: &Runtime<H>, address: &Address) -> Result<ActorID, ActorError> {
    let id = resolve(rt, address, "the worker")?;
    let code = rt
        .host()
        .code_of(id)
        .ok_or_else(|| ActorError::illegal_argument(format!("the worker {address} does not exist")))?;
    if rt.host().builtin_type(&code) != Some(types::ACCOUNT) {
        return Err(ActorError::illegal_argument(format!("the worker {address} must be an account with a BLS key")));
    }
    if address.protocol() != Protocol::BLS {
        let key: Address =
            rt.send(id, PUBKEY_ADDRESS, None, &TokenAmount::zero())?.decode("PubkeyAddress of the worker")?;
        if key.protocol() != Protocol::BLS {
            return Err(ActorError::illegal_argument(format!("the worker's key must be BLS (f3), not {key}")));
        }
    }
    Ok(id)
}

/// Replaces the control addresses and, unless a change is pending already, schedules a new worker (owner).
pub fn change_worker_address<H: Host>(rt: &Runtime<H>, params: ChangeWorkerAddressParams) -> Result<(), ActorError> {
    // Asking the worker's account for its key is a send; the caller is checked below, where the owner is known.
    rt.accept_anyone();
    check_control_addresses(&params.new_control_addresses)?;
    let new_worker = Address::new_id(resolve_worker(rt, &params.new_worker)?);
    let control_addresses = resolve_control_addresses(rt, &params.new_control_addresses)?;
    let effective_at = rt.epoch() + WORKER_CHANGE_DELAY;
    change_info(rt, |info, caller| {
        only(caller, &[info.owner], "the owner")?;
        info.control_addresses = control_addresses;
        if new_worker != info.worker && info.pending_worker_key.is_none() {
            info.pending_worker_key = Some(WorkerKeyChange { new_worker, effective_at });
        }
        Ok(())
    })?;
    schedule(rt)
}

/// Puts a new worker in office if its time has come (owner).
pub fn confirm_change_worker_address<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let now = rt.epoch();
    change_info(rt, |info, caller| {
        only(caller, &[info.owner], "the owner")?;
        info.process_pending_worker(now);
        Ok(())
    })
}

/// Proposes, revokes or confirms an owner.
pub fn change_owner_address<H: Host>(rt: &Runtime<H>, new_owner: Address) -> Result<(), ActorError> {
    if new_owner.protocol() != Protocol::ID {
        return Err(ActorError::illegal_argument(format!("an owner is named by its ID address, not {new_owner}")));
    }
    change_info(rt, |info, caller| info.change_owner(caller, new_owner))
}

/// Proposes or approves a beneficiary (FIP-0029).
pub fn change_beneficiary<H: Host>(rt: &Runtime<H>, params: ChangeBeneficiaryParams) -> Result<(), ActorError> {
    let proposal = Proposal {
        beneficiary: Address::new_id(resolve(rt, &params.new_beneficiary, "the new beneficiary")?),
        quota: params.new_quota,
        expiration: params.new_expiration,
    };
    let now = rt.epoch();
    change_info(rt, |info, caller| beneficiary::change(info, caller, &proposal, now))
}

/// Changes the libp2p identity (owner, worker or control address).
pub fn change_peer_id<H: Host>(rt: &Runtime<H>, params: ChangePeerIdParams) -> Result<(), ActorError> {
    check_peer_info(&params.new_id, &[])?;
    change_info(rt, |info, caller| {
        only(caller, &info.controlling(), "owner, worker and control addresses")?;
        info.peer_id = params.new_id;
        Ok(())
    })
}

/// Changes the libp2p addresses (owner, worker or control address).
pub fn change_multiaddrs<H: Host>(rt: &Runtime<H>, params: ChangeMultiaddrsParams) -> Result<(), ActorError> {
    check_peer_info(&[], &params.new_multi_addrs)?;
    change_info(rt, |info, caller| {
        only(caller, &info.controlling(), "owner, worker and control addresses")?;
        info.multi_address = params.new_multi_addrs;
        Ok(())
    })
}
