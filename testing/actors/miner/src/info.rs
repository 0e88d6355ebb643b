//! Who the miner is: fields and order as in the official `MinerInfo`.

use fvm_ipld_encoding::{strict_bytes, BytesDe};
use fvm_shared::address::Address;
use fvm_shared::clock::{ChainEpoch, EPOCH_UNDEFINED};
use fvm_shared::sector::{RegisteredPoStProof, SectorSize};
use fvm_shared::ActorID;
use localnet_builtin::miner::{BeneficiaryTerm, PendingBeneficiaryChange};
use peggy_runtime::{ActorError, ResultExt};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// A new worker that takes over at an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct WorkerKeyChange {
    /// ID address.
    pub new_worker: Address,
    /// First epoch in which it may be confirmed.
    pub effective_at: ChainEpoch,
}

/// What changes seldom. All addresses are ID addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MinerInfo {
    /// Rules the miner.
    pub owner: Address,
    /// Signs blocks and proofs.
    pub worker: Address,
    /// Sign messages.
    pub control_addresses: Vec<Address>,
    /// Waiting.
    pub pending_worker_key: Option<WorkerKeyChange>,
    /// libp2p identity.
    #[serde(with = "strict_bytes")]
    pub peer_id: Vec<u8>,
    /// libp2p addresses.
    pub multi_address: Vec<BytesDe>,
    /// Fixes the next two.
    pub window_post_proof_type: RegisteredPoStProof,
    /// In bytes.
    pub sector_size: SectorSize,
    /// Sectors per proof.
    pub window_post_partition_sectors: u64,
    /// End of the penalty for a consensus fault; undefined (-1) if there was none.
    pub consensus_fault_elapsed: ChainEpoch,
    /// A new owner that has not confirmed yet.
    pub pending_owner_address: Option<Address>,
    /// Gets what is withdrawn.
    pub beneficiary: Address,
    /// Meaningless while the beneficiary is the owner.
    pub beneficiary_term: BeneficiaryTerm,
    /// Waiting.
    pub pending_beneficiary_term: Option<PendingBeneficiaryChange>,
}

impl MinerInfo {
    /// A new miner, its own owner's beneficiary.
    pub fn new(
        owner: ActorID,
        worker: ActorID,
        control_addresses: Vec<Address>,
        peer_id: Vec<u8>,
        multi_address: Vec<BytesDe>,
        window_post_proof_type: RegisteredPoStProof,
    ) -> Result<Self, ActorError> {
        Ok(Self {
            owner: Address::new_id(owner),
            worker: Address::new_id(worker),
            control_addresses,
            pending_worker_key: None,
            peer_id,
            multi_address,
            window_post_proof_type,
            sector_size: window_post_proof_type.sector_size().or_illegal_argument("the proof type")?,
            window_post_partition_sectors: window_post_proof_type
                .window_post_partition_sectors()
                .or_illegal_argument("the proof type")?,
            consensus_fault_elapsed: EPOCH_UNDEFINED,
            pending_owner_address: None,
            beneficiary: Address::new_id(owner),
            beneficiary_term: BeneficiaryTerm::default(),
            pending_beneficiary_term: None,
        })
    }

    /// Owner, worker and control addresses.
    pub fn controlling(&self) -> Vec<Address> {
        let mut all = self.control_addresses.clone();
        all.extend([self.worker, self.owner]);
        all
    }

    /// Puts a worker in office whose time has come. Returns whether it did.
    pub fn process_pending_worker(&mut self, now: ChainEpoch) -> bool {
        match self.pending_worker_key.take_if(|change| now >= change.effective_at) {
            Some(change) => {
                self.worker = change.new_worker;
                true
            }
            None => false,
        }
    }

    /// Proposes an owner (by the owner), revokes a proposal (by naming the owner), or confirms one (by the proposed).
    pub fn change_owner(&mut self, caller: Address, new_owner: Address) -> Result<(), ActorError> {
        match self.pending_owner_address {
            Some(pending) if caller != self.owner => {
                if caller != pending {
                    return Err(forbidden(caller, "the owner and the proposed owner"));
                }
                if new_owner != pending {
                    return Err(ActorError::illegal_argument(format!(
                        "the proposal is {pending}: confirming takes that address, not {new_owner}"
                    )));
                }
                // A beneficiary that is the owner moves along.
                if self.beneficiary == self.owner {
                    self.beneficiary = pending;
                }
                self.pending_beneficiary_term = None;
                self.owner = pending;
            }
            _ => {
                if caller != self.owner {
                    return Err(forbidden(caller, "the owner"));
                }
                self.pending_owner_address = Some(new_owner);
            }
        }
        if self.pending_owner_address == Some(self.owner) {
            self.pending_owner_address = None;
        }
        Ok(())
    }
}

/// 18: not this caller.
pub fn forbidden(caller: Address, who: &str) -> ActorError {
    ActorError::forbidden(format!("only {who} may call this; the caller is {caller}"))
}
