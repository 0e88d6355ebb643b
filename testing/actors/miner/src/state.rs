//! The miner's money. Field names, order of the first six and arithmetic are the official ones, so that they can be compared
//! with the published state machine (`fil_actor_miner_state::v18`); nothing here needs a running actor.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::blocks::{get, put};
use localnet_builtin::miner::levers::Sick;
use num_traits::Zero;
use peggy_runtime::ActorError;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::info::MinerInfo;
use crate::vesting::{self, VestSpec, VestingFund};

/// Epochs of one deadline.
pub const DEADLINE: ChainEpoch = 60;

/// The vesting table: its first entry here, the rest behind a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct VestingFunds {
    /// The entry that matures next; zero if penalties used it up.
    pub head: VestingFund,
    /// Link to `Vec<VestingFund>`.
    pub tail: Cid,
}

/// State of a miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Link to [`MinerInfo`].
    pub info: Cid,
    /// Deposits of precommitted sectors.
    pub pre_commit_deposits: TokenAmount,
    /// Sum of the vesting table.
    pub locked_funds: TokenAmount,
    /// Rewards, and the deposit of the miner's creation, until they vest.
    pub vesting_funds: Option<VestingFunds>,
    /// Fees and penalties not yet paid.
    pub fee_debt: TokenAmount,
    /// Pledge of committed sectors.
    pub initial_pledge: TokenAmount,
    /// Where deadlines and vesting steps are counted from.
    pub proving_period_start: ChainEpoch,
    /// Sectors were terminated whose fee is not known yet.
    pub early_terminations: bool,
    /// The miner has sectors or locked funds for cron to look after.
    pub deadline_cron_active: bool,
    /// The earliest cron call asked for and not yet made.
    pub cron_at: Option<ChainEpoch>,
    /// Faults set by a lever.
    pub sick: Option<Sick>,
}

impl State {
    /// A miner without money.
    pub fn new(
        store: &impl Blockstore,
        info: &MinerInfo,
        proving_period_start: ChainEpoch,
    ) -> Result<Self, ActorError> {
        Ok(Self {
            info: put(store, info, "the miner's info")?,
            pre_commit_deposits: TokenAmount::zero(),
            locked_funds: TokenAmount::zero(),
            vesting_funds: None,
            fee_debt: TokenAmount::zero(),
            initial_pledge: TokenAmount::zero(),
            proving_period_start,
            early_terminations: false,
            deadline_cron_active: false,
            cron_at: None,
            sick: None,
        })
    }

    /// Reads the info.
    pub fn info(&self, store: &impl Blockstore) -> Result<MinerInfo, ActorError> {
        get(store, &self.info, "the miner's info")
    }
    /// Writes the info.
    pub fn save_info(&mut self, store: &impl Blockstore, info: &MinerInfo) -> Result<(), ActorError> {
        self.info = put(store, info, "the miner's info")?;
        Ok(())
    }

    // --- the vesting table -----------------------------------------------------------------------------------------

    /// The vesting table, without a first entry that penalties used up.
    pub fn vesting_table(&self, store: &impl Blockstore) -> Result<Vec<VestingFund>, ActorError> {
        let Some(funds) = &self.vesting_funds else {
            return Ok(Vec::new());
        };
        let mut table: Vec<VestingFund> = get(store, &funds.tail, "the vesting table")?;
        if funds.head.amount.is_positive() {
            table.insert(0, funds.head.clone());
        }
        Ok(table)
    }

    fn save_vesting_table(&mut self, store: &impl Blockstore, table: Vec<VestingFund>) -> Result<(), ActorError> {
        let mut entries = table.into_iter();
        self.vesting_funds = match entries.next() {
            None => None,
            Some(head) => {
                let tail: Vec<VestingFund> = entries.collect();
                Some(VestingFunds { head, tail: put(store, &tail, "the vesting table")? })
            }
        };
        Ok(())
    }

    fn take_locked(&mut self, amount: &TokenAmount) -> Result<(), ActorError> {
        self.locked_funds -= amount;
        not_negative(&self.locked_funds, "locked funds")
    }

    /// Locks `sum` in the vesting table and unlocks what has matured. Returns the latter.
    pub fn add_locked_funds(
        &mut self,
        store: &impl Blockstore,
        now: ChainEpoch,
        sum: &TokenAmount,
        spec: &VestSpec,
    ) -> Result<TokenAmount, ActorError> {
        not_negative(sum, "sum to vest")?;
        let steps = vesting::schedule(now, sum, self.proving_period_start, spec);
        let mut table = vesting::merge(self.vesting_table(store)?, steps);
        let unlocked = vesting::take_vested(&mut table, now);
        self.save_vesting_table(store, table)?;
        self.take_locked(&unlocked)?;
        self.locked_funds += sum;
        Ok(unlocked)
    }

    /// Unlocks what has matured, and returns it.
    pub fn unlock_vested_funds(&mut self, store: &impl Blockstore, now: ChainEpoch) -> Result<TokenAmount, ActorError> {
        let matured = self.vesting_funds.as_ref().is_some_and(|funds| funds.head.epoch < now);
        if self.locked_funds.is_zero() || !matured {
            return Ok(TokenAmount::zero());
        }
        let mut table = self.vesting_table(store)?;
        let unlocked = vesting::take_vested(&mut table, now);
        self.save_vesting_table(store, table)?;
        self.take_locked(&unlocked)?;
        Ok(unlocked)
    }

    /// Unlocks what has matured and up to `target` of what has not. Returns the latter, and both together.
    pub fn unlock_vested_and_unvested_funds(
        &mut self,
        store: &impl Blockstore,
        now: ChainEpoch,
        target: &TokenAmount,
    ) -> Result<(TokenAmount, TokenAmount), ActorError> {
        if target.is_zero() || self.locked_funds.is_zero() {
            return Ok((TokenAmount::zero(), TokenAmount::zero()));
        }
        // Most penalties fit into the first entry; the link needs no look then.
        if let Some(funds) = self.vesting_funds.as_mut() {
            if funds.head.epoch >= now && funds.head.amount >= *target {
                funds.head.amount -= target;
                self.take_locked(target)?;
                return Ok((target.clone(), target.clone()));
            }
        }
        let mut table = self.vesting_table(store)?;
        let (vested, unvested) = vesting::take_vested_and_unvested(&mut table, now, target);
        self.save_vesting_table(store, table)?;
        let total = vested + &unvested;
        self.take_locked(&total)?;
        Ok((unvested, total))
    }

    // --- pledge, deposits, debt ------------------------------------------------------------------------------------

    /// Adds to (or takes from) the deposits of precommitted sectors.
    pub fn add_pre_commit_deposit(&mut self, amount: &TokenAmount) -> Result<(), ActorError> {
        let total = &self.pre_commit_deposits + amount;
        not_negative(&total, "precommit deposits")?;
        self.pre_commit_deposits = total;
        Ok(())
    }

    /// Adds to (or takes from) the pledge.
    pub fn add_initial_pledge(&mut self, amount: &TokenAmount) -> Result<(), ActorError> {
        let total = &self.initial_pledge + amount;
        not_negative(&total, "initial pledge")?;
        self.initial_pledge = total;
        Ok(())
    }

    /// Makes a penalty into fee debt.
    pub fn apply_penalty(&mut self, penalty: &TokenAmount) -> Result<(), ActorError> {
        not_negative(penalty, "penalty")?;
        self.fee_debt += penalty;
        Ok(())
    }

    /// Pays fee debt out of unvested rewards first, then out of the unlocked balance, as far as they reach. Returns what is
    /// to be burnt, and what the vesting table gave up.
    pub fn repay_partial_debt_in_priority_order(
        &mut self,
        store: &impl Blockstore,
        now: ChainEpoch,
        balance: &TokenAmount,
    ) -> Result<(TokenAmount, TokenAmount), ActorError> {
        let debt = self.fee_debt.clone();
        let (_, total_unlocked) = self.unlock_vested_and_unvested_funds(store, now, &debt)?;
        let burn = self.unlocked_balance(balance)?.min(debt);
        self.fee_debt -= &burn;
        Ok((burn, total_unlocked))
    }

    /// Pays all fee debt out of the unlocked balance; 19 if that is too small. Returns what is to be burnt.
    pub fn repay_debts(&mut self, balance: &TokenAmount) -> Result<TokenAmount, ActorError> {
        let unlocked = self.unlocked_balance(balance)?;
        if unlocked < self.fee_debt {
            return Err(ActorError::insufficient_funds(format!(
                "the unlocked balance of {unlocked} can't repay the fee debt of {}",
                self.fee_debt
            )));
        }
        Ok(std::mem::take(&mut self.fee_debt))
    }

    /// Balance beyond everything locked; fee debt not taken off. 20 if locked funds are not covered.
    pub fn unlocked_balance(&self, balance: &TokenAmount) -> Result<TokenAmount, ActorError> {
        let unlocked = balance - &self.locked_funds - &self.pre_commit_deposits - &self.initial_pledge;
        not_negative(&unlocked, "unlocked balance")?;
        Ok(unlocked)
    }

    /// Balance beyond everything locked and owed; negative while there is more debt than can be paid. What has matured but
    /// was not unlocked yet is not in it.
    pub fn available_balance(&self, balance: &TokenAmount) -> Result<TokenAmount, ActorError> {
        Ok(self.unlocked_balance(balance)? - &self.fee_debt)
    }

    /// Why the balance doesn't cover what is locked, if it doesn't.
    pub fn balance_shortfall(&self, balance: &TokenAmount) -> Result<(), ActorError> {
        not_negative(&self.pre_commit_deposits, "precommit deposits")?;
        not_negative(&self.locked_funds, "locked funds")?;
        not_negative(&self.initial_pledge, "initial pledge")?;
        not_negative(&self.fee_debt, "fee debt")?;
        let least = &self.pre_commit_deposits + &self.locked_funds + &self.initial_pledge;
        if *balance < least {
            return Err(ActorError::illegal_state(format!("the balance {balance} is below what is locked, {least}")));
        }
        Ok(())
    }

    // --- cron ------------------------------------------------------------------------------------------------------

    /// There is something for cron to look after.
    pub fn continue_deadline_cron(&self) -> bool {
        !(self.pre_commit_deposits.is_zero() && self.initial_pledge.is_zero() && self.locked_funds.is_zero())
    }

    /// The end of the first deadline after `now` at which cron would change anything. The official miner has itself called
    /// at the end of every deadline; between those named here such calls change nothing, and leaving them out makes months
    /// of null rounds cheap.
    pub fn next_cron(&self, info: &MinerInfo, now: ChainEpoch) -> Option<ChainEpoch> {
        if !self.deadline_cron_active {
            return None;
        }
        let matures = self.vesting_funds.as_ref().map(|funds| funds.head.epoch + 1);
        let worker = info.pending_worker_key.as_ref().map(|change| change.effective_at);
        let debt = self.fee_debt.is_positive().then_some(now + 1);
        // With nothing locked at the end of a deadline cron stops, and only new sectors start it again: not a reward.
        let stops = (!self.continue_deadline_cron()).then_some(now + 1);
        let wanted = [matures, worker, debt, stops].into_iter().flatten().min()?.max(now + 1);
        // A deadline's last epoch is the one before the next deadline's first.
        Some(vesting::quantize_up(wanted + 1, DEADLINE, self.proving_period_start) - 1)
    }
}

fn not_negative(amount: &TokenAmount, what: &str) -> Result<(), ActorError> {
    if amount.is_negative() {
        return Err(ActorError::illegal_state(format!("{what} would be negative: {amount}")));
    }
    Ok(())
}
