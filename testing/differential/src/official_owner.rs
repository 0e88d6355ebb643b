//! The official miner's methods for its people: what they take out of it, and who they are.

use std::ops::Neg;

use fil_actor_miner_state::v18::{MinerInfo, PendingBeneficiaryChange, WorkerKeyChange};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;

use crate::official::{code, code_of, Official};
use crate::operation::Who;

impl Official {
    /// `repay_debt`.
    pub(crate) fn repay_debt(&mut self, by: Who) -> Result<(), u32> {
        let (info, caller) = (self.info()?, self.address(by));
        if !info.control_addresses.iter().chain([&info.worker, &info.owner]).any(|allowed| *allowed == caller) {
            return Err(code::FORBIDDEN);
        }
        let (to_burn, total_unlocked) = self.repay_partial_debt()?;
        self.notify_pledge_changed(&total_unlocked.neg());
        self.burn_funds(&to_burn);
        self.check_balance()
    }

    /// `withdraw_balance`.
    pub(crate) fn withdraw_balance(&mut self, by: Who, requested: &TokenAmount) -> Result<TokenAmount, u32> {
        if requested.is_negative() {
            return Err(code::ARGUMENT);
        }
        let (mut info, caller) = (self.info()?, self.address(by));
        if caller != info.owner && caller != info.beneficiary {
            return Err(code::FORBIDDEN);
        }
        if !self.state.early_terminations.is_empty() {
            return Err(code::FORBIDDEN);
        }
        let newly_vested = self.state.unlock_vested_funds(&self.store, self.epoch).map_err(code_of)?;
        let available = self.state.get_available_balance(&self.purse.balance).map_err(|_| code::STATE)?;
        let to_burn = self.state.repay_debts(&self.purse.balance).map_err(code_of)?;
        let mut amount = available.min(requested.clone());
        if amount.is_negative() {
            return Err(code::STATE);
        }
        if info.beneficiary != info.owner {
            let quota = info.beneficiary_term.available(self.epoch);
            if quota.is_zero() {
                return Err(code::FORBIDDEN);
            }
            amount = amount.min(quota);
            if amount.is_positive() {
                info.beneficiary_term.used_quota += &amount;
                self.save_info(&info)?;
            }
        }
        self.purse.balance -= &amount;
        match info.beneficiary.id().ok().and_then(|id| self.people.who(id)) {
            Some(Who::Owner) => self.purse.to_owner += &amount,
            Some(Who::Beneficiary) => self.purse.to_beneficiary += &amount,
            _ => return Err(code::STATE),
        }
        self.burn_funds(&to_burn);
        self.notify_pledge_changed(&newly_vested.neg());
        self.check_balance()?;
        Ok(amount)
    }

    /// `process_pending_worker`.
    pub(crate) fn process_pending_worker(&mut self, info: &mut MinerInfo) -> Result<(), u32> {
        let Some(change) = &info.pending_worker_key else {
            return Ok(());
        };
        if self.epoch < change.effective_at {
            return Ok(());
        }
        info.worker = change.new_worker;
        info.pending_worker_key = None;
        self.save_info(info)
    }

    /// `change_worker_address` without control addresses.
    pub(crate) fn change_worker_address(&mut self, by: Who, to: Who) -> Result<(), u32> {
        if !matches!(to, Who::Worker | Who::Spare) {
            // `resolve_worker_address`: the others' keys are no BLS keys.
            return Err(code::ARGUMENT);
        }
        let mut info = self.info()?;
        if self.address(by) != info.owner {
            return Err(code::FORBIDDEN);
        }
        info.control_addresses = Vec::new();
        let new_worker = self.address(to);
        if new_worker != info.worker && info.pending_worker_key.is_none() {
            let effective_at = self.epoch + self.policy.worker_key_change_delay;
            info.pending_worker_key = Some(WorkerKeyChange { new_worker, effective_at });
        }
        self.save_info(&info)
    }

    /// `confirm_change_worker_address`.
    pub(crate) fn confirm_change_worker_address(&mut self, by: Who) -> Result<(), u32> {
        let mut info = self.info()?;
        if self.address(by) != info.owner {
            return Err(code::FORBIDDEN);
        }
        self.process_pending_worker(&mut info)
    }

    /// `change_beneficiary`.
    pub(crate) fn change_beneficiary(
        &mut self,
        by: Who,
        to: Who,
        quota: &TokenAmount,
        expiration: ChainEpoch,
    ) -> Result<(), u32> {
        let (mut info, caller, nominee) = (self.info()?, self.address(by), self.address(to));
        let mut pending = if caller == info.owner {
            let fits = if nominee == info.owner { quota.is_zero() && expiration == 0 } else { quota.is_positive() };
            if !fits {
                return Err(code::ARGUMENT);
            }
            let mut pending = PendingBeneficiaryChange::new(nominee, quota.clone(), expiration);
            pending.approved_by_beneficiary = info.beneficiary_term.available(self.epoch).is_zero();
            pending
        } else {
            let pending = info.pending_beneficiary_term.clone().ok_or(code::FORBIDDEN)?;
            if caller != info.beneficiary && caller != pending.new_beneficiary {
                return Err(code::FORBIDDEN);
            }
            if pending.new_beneficiary != nominee || pending.new_quota != *quota || pending.new_expiration != expiration
            {
                return Err(code::ARGUMENT);
            }
            pending
        };
        pending.approved_by_beneficiary |= caller == info.beneficiary;
        pending.approved_by_nominee |= caller == nominee;
        if pending.approved_by_beneficiary && pending.approved_by_nominee {
            if nominee != info.beneficiary {
                info.beneficiary_term.used_quota = TokenAmount::zero();
            }
            info.beneficiary = nominee;
            info.beneficiary_term.quota = pending.new_quota;
            info.beneficiary_term.expiration = pending.new_expiration;
            info.pending_beneficiary_term = None;
        } else {
            info.pending_beneficiary_term = Some(pending);
        }
        self.save_info(&info)
    }
}
