//! The ends of the official miner's deadlines.

use fvm_shared::clock::ChainEpoch;

use crate::official::{code_of, Official};

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
}
