//! Changing the beneficiary (FIP-0029): the owner proposes, the present beneficiary and the new one approve.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::miner::{BeneficiaryTerm, PendingBeneficiaryChange};
use num_traits::Zero;
use peggy_runtime::ActorError;

use crate::info::MinerInfo;

/// What a beneficiary may still take: nothing once its term expired.
pub fn remaining(term: &BeneficiaryTerm, now: ChainEpoch) -> TokenAmount {
    if term.expiration > now {
        (&term.quota - &term.used_quota).max(TokenAmount::zero())
    } else {
        TokenAmount::zero()
    }
}

/// A call of `ChangeBeneficiary` by `caller`.
pub fn change(info: &mut MinerInfo, caller: Address, proposal: &Proposal, now: ChainEpoch) -> Result<(), ActorError> {
    let mut pending =
        if caller == info.owner { propose(info, proposal, now)? } else { check_approval(info, caller, proposal)? };
    if caller == info.beneficiary {
        pending.approved_by_beneficiary = true;
    }
    if caller == pending.new_beneficiary {
        pending.approved_by_nominee = true;
    }
    if !(pending.approved_by_beneficiary && pending.approved_by_nominee) {
        info.pending_beneficiary_term = Some(pending);
        return Ok(());
    }
    if pending.new_beneficiary != info.beneficiary {
        info.beneficiary_term.used_quota = TokenAmount::zero();
    }
    info.beneficiary = pending.new_beneficiary;
    info.beneficiary_term.quota = pending.new_quota;
    info.beneficiary_term.expiration = pending.new_expiration;
    info.pending_beneficiary_term = None;
    Ok(())
}

/// The parameters, with the address resolved to an ID address.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// ID address.
    pub beneficiary: Address,
    /// In all.
    pub quota: TokenAmount,
    /// First epoch in which it may take no more.
    pub expiration: ChainEpoch,
}

fn propose(info: &MinerInfo, proposal: &Proposal, now: ChainEpoch) -> Result<PendingBeneficiaryChange, ActorError> {
    let wrong = |why: String| Err(ActorError::illegal_argument(why));
    if proposal.beneficiary == info.owner {
        if !proposal.quota.is_zero() {
            return wrong(format!("the owner needs no quota: it must be zero, not {}", proposal.quota));
        }
        if proposal.expiration != 0 {
            return wrong(format!("the owner's term does not expire: it must be zero, not {}", proposal.expiration));
        }
    } else if !proposal.quota.is_positive() {
        return wrong(format!("the quota must be positive, not {}", proposal.quota));
    }
    Ok(PendingBeneficiaryChange {
        new_beneficiary: proposal.beneficiary,
        new_quota: proposal.quota.clone(),
        new_expiration: proposal.expiration,
        // A beneficiary whose term is used up or over has nothing to say.
        approved_by_beneficiary: remaining(&info.beneficiary_term, now).is_zero(),
        approved_by_nominee: false,
    })
}

fn check_approval(
    info: &MinerInfo,
    caller: Address,
    proposal: &Proposal,
) -> Result<PendingBeneficiaryChange, ActorError> {
    let Some(pending) = info.pending_beneficiary_term.clone() else {
        return Err(ActorError::forbidden("there is no proposal to approve, and only the owner can make one"));
    };
    if caller != info.beneficiary && caller != pending.new_beneficiary {
        return Err(ActorError::forbidden(format!(
            "{caller} is neither the beneficiary {} nor the proposed one {}",
            info.beneficiary, pending.new_beneficiary
        )));
    }
    if (pending.new_beneficiary, &pending.new_quota, pending.new_expiration)
        != (proposal.beneficiary, &proposal.quota, proposal.expiration)
    {
        return Err(ActorError::illegal_argument(format!(
            "an approval repeats the proposal: beneficiary {}, quota {}, expiration {}",
            pending.new_beneficiary, pending.new_quota, pending.new_expiration
        )));
    }
    Ok(pending)
}
