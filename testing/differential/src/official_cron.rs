//! The official miner's deadlines, and the methods about its people whose effect shows in its money or its cron.

use fil_actor_miner_state::v18::{MinerInfo, PendingBeneficiaryChange, WorkerKeyChange};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;

use crate::official::{code, code_of, Official};
use crate::operation::Who;

impl Official {
    /// Cron of the null rounds before the tipset `epochs` from now.
    pub(crate) fn pass_null_rounds(&mut self, epochs: ChainEpoch) {
        let before = self.epoch;
        self.run_deadlines(before + 1, before + epochs - 1);
    }

    /// Cron of the tipset at the head.
    pub(crate) fn tipset_cron(&mut self) {
        self.run_deadlines(self.epoch, self.epoch);
    }

    /// The cron events of the ends of all deadlines in `from..=to`. The official miner enrols the next one at each, beginning
    /// with the method that made its cron active, so that while it is active none is left out. (One made active by a lever in
    /// a deadline's last epoch, which is after that epoch's cron, begins with the next.)
    fn run_deadlines(&mut self, from: ChainEpoch, to: ChainEpoch) {
        let head = self.epoch;
        let mut next = from;
        while self.state.deadline_cron_active {
            let last = self.state.deadline_info(&self.policy, next).last();
            if last > to {
                break;
            }
            self.epoch = last;
            self.handle_proving_deadline().expect("cron never fails while the balance covers what is locked");
            next = last + 1;
        }
        self.epoch = head;
    }

    /// `handle_proving_deadline` of a miner whose sectors, if any, are proven in time (what else happens to them is done by
    /// operations), as `on_deferred_cron_event` calls it.
    fn handle_proving_deadline(&mut self) -> Result<(), u32> {
        let mut info = self.info()?;
        self.process_pending_worker(&mut info)?;
        let deposit_to_burn =
            self.state.cleanup_expired_pre_commits(&self.policy, &self.store, self.epoch).map_err(code_of)?;
        self.state.apply_penalty(&deposit_to_burn).map_err(code_of)?;
        let result = self.state.advance_deadline(&self.policy, &self.store, self.epoch).map_err(code_of)?;
        let mut pledge_delta = result.pledge_delta;
        // Nothing is faulty and no daily fee is due without sectors in the state.
        let (penalty, total_unlocked) = self
            .state
            .repay_partial_debt_in_priority_order(&self.store, self.epoch, &self.purse.balance)
            .map_err(code_of)?;
        pledge_delta -= total_unlocked;
        pledge_delta -= self.state.unlock_vested_funds(&self.store, self.epoch).map_err(code_of)?;
        if !self.state.continue_deadline_cron() {
            self.state.deadline_cron_active = false;
        }
        self.burn_funds(&penalty);
        self.notify_pledge_changed(&pledge_delta);
        self.check_balance()
    }

    /// `process_pending_worker`.
    fn process_pending_worker(&mut self, info: &mut MinerInfo) -> Result<(), u32> {
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
