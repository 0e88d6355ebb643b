//! The official miner without its VM: the published state machine, and around it what the methods of the official actor do with
//! it, restated from `actors/miner/src/lib.rs` of builtin-actors (each operation names the method).
//!
//! Sectors, proofs and messages between actors are left out; what they decide (amounts) is given. FIL that moves is counted in
//! [`Purse`]. Where the official actor maps an error that carries no exit code it uses 20 (illegal state).

use std::ops::Neg;

use fil_actor_miner_state::v18::{self as published, MinerInfo, State};
use fil_actors_shared::v18::runtime::Policy;
use fil_actors_shared::v18::ActorError;
use fvm_ipld_blockstore::MemoryBlockstore;
use fvm_ipld_encoding::{to_vec, CborStore};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::ActorID;
use multihash_codetable::{Code, MultihashDigest};
use num_traits::Zero;

use crate::operation::{Answer, Op, People, Who};
use crate::seen::Seen;

/// Exit codes of the official actor.
pub mod code {
    /// Illegal argument.
    pub const ARGUMENT: u32 = 16;
    /// Forbidden.
    pub const FORBIDDEN: u32 = 18;
    /// Insufficient funds.
    pub const FUNDS: u32 = 19;
    /// Illegal state.
    pub const STATE: u32 = 20;
    /// `ERR_BALANCE_INVARIANTS_BROKEN`.
    pub const BALANCE: u32 = 1000;
}

/// FIL of the miner, and where FIL went since it was created.
#[derive(Clone, Debug, Default)]
pub struct Purse {
    /// Of the miner.
    pub balance: TokenAmount,
    /// To f099.
    pub burnt: TokenAmount,
    /// To the owner.
    pub to_owner: TokenAmount,
    /// To the second beneficiary.
    pub to_beneficiary: TokenAmount,
    /// Told the power actor.
    pub reported: TokenAmount,
}

/// What the network says when a miner is created.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Epoch of the message.
    pub epoch: ChainEpoch,
    /// ID the new miner gets.
    pub miner: ActorID,
    /// The deposit, from [`create_miner_deposit`].
    pub deposit: TokenAmount,
    /// Sent along.
    pub value: TokenAmount,
}

/// A miner.
pub struct Official {
    pub(crate) store: MemoryBlockstore,
    pub(crate) policy: Policy,
    /// The published state.
    pub state: State,
    /// FIL.
    pub purse: Purse,
    /// Epoch of the head; its cron has run.
    pub epoch: ChainEpoch,
    /// Who is who.
    pub people: People,
    /// Reward actor: reward of an epoch.
    pub epoch_reward: TokenAmount,
}

/// The exit code an error leads to: its own, else the default.
pub(crate) fn code_of(error: anyhow::Error) -> u32 {
    error.downcast_ref::<ActorError>().map_or(code::STATE, |e| e.exit_code().value())
}

fn balance_broken(_: anyhow::Error) -> u32 {
    code::BALANCE
}

/// `calculate_create_miner_deposit` (FIP-0077).
pub fn create_miner_deposit(
    baseline: &fvm_shared::sector::StoragePower,
    reward: &fil_actors_shared::v18::reward::FilterEstimate,
    power: &fil_actors_shared::v18::reward::FilterEstimate,
    circulating: &TokenAmount,
    since_ramp_start: ChainEpoch,
    ramp_duration: u64,
) -> TokenAmount {
    let deposit_power = fil_actors_shared::v18::runtime::policy_constants::CREATE_MINER_DEPOSIT_POWER.into();
    published::initial_pledge_for_power(
        &deposit_power,
        baseline,
        reward,
        power,
        circulating,
        since_ramp_start,
        ramp_duration,
    )
}

impl Official {
    /// `constructor`, with `assign_proving_period_offset` and `current_proving_period_start`. 19 if the value is below the
    /// deposit.
    pub fn create(people: People, at: &Circumstances, peer_id: &[u8]) -> Result<Self, u32> {
        if at.value < at.deposit {
            return Err(code::FUNDS);
        }
        let (store, policy) = (MemoryBlockstore::new(), Policy::default());
        let period = policy.wpost_proving_period;
        let mut seed = to_vec(&Address::new_id(at.miner)).map_err(|_| code::STATE)?;
        seed.extend(at.epoch.to_be_bytes());
        let digest = Code::Blake2b256.digest(&seed);
        let first: [u8; 8] = digest.digest()[..8].try_into().map_err(|_| code::STATE)?;
        let offset = (u64::from_be_bytes(first) % period as u64) as ChainEpoch;
        let into_day = at.epoch % period;
        let progress = if into_day >= offset { into_day - offset } else { period - (offset - into_day) };
        let start = at.epoch - progress;
        let deadline = (progress / policy.wpost_challenge_window) as u64;

        let proof = RegisteredPoStProof::StackedDRGWindow32GiBV1P1;
        let info = MinerInfo::new(people.owner, people.worker, Vec::new(), peer_id.to_vec(), Vec::new(), proof)
            .map_err(|e| e.exit_code().value())?;
        let info = store.put_cbor(&info, Code::Blake2b256).map_err(|_| code::STATE)?;
        let mut state = State::new(&policy, &store, info, start, deadline).map_err(|e| e.exit_code().value())?;
        state.add_locked_funds(&store, at.epoch, &at.deposit, &published::REWARD_VESTING_SPEC).map_err(code_of)?;
        let purse = Purse { balance: at.value.clone(), ..Purse::default() };
        Ok(Self { store, policy, state, purse, epoch: at.epoch, people, epoch_reward: TokenAmount::zero() })
    }

    /// What must be the same on the other side.
    pub fn seen(&self) -> anyhow::Result<Seen> {
        let table = self.state.vesting_funds.load(&self.store)?;
        Ok(Seen {
            epoch: self.epoch,
            balance: self.purse.balance.clone(),
            available: self.state.get_available_balance(&self.purse.balance).map_err(code_of),
            locked: self.state.locked_funds.clone(),
            pledge: self.state.initial_pledge.clone(),
            deposits: self.state.pre_commit_deposits.clone(),
            debt: self.state.fee_debt.clone(),
            table: table.into_iter().map(|fund| (fund.epoch, fund.amount)).collect(),
            stored_table: to_vec(&self.state.vesting_funds)?,
            info: self.state.info,
            terminations_held: !self.state.early_terminations.is_empty(),
            cron_active: self.state.deadline_cron_active,
            period_offset: self.state.proving_period_start.rem_euclid(self.policy.wpost_proving_period),
            burnt: self.purse.burnt.clone(),
            to_owner: self.purse.to_owner.clone(),
            to_beneficiary: self.purse.to_beneficiary.clone(),
            reported: self.purse.reported.clone(),
        })
    }

    /// Carries out an operation. A refused one changes nothing but time.
    pub fn execute(&mut self, op: &Op) -> Answer {
        if let Op::Repay { signed: true, .. } | Op::Withdraw { signed: true, .. } = op {
            // A tipset of its own: first its message, then its cron.
            self.pass_null_rounds(1);
            self.epoch += 1;
            let answer = self.attempt(op);
            self.tipset_cron();
            return answer;
        }
        if let Op::Advance(epochs) = op {
            self.pass_null_rounds(*epochs);
            self.epoch += epochs;
            self.tipset_cron();
            return Answer::ok();
        }
        self.attempt(op)
    }

    fn attempt(&mut self, op: &Op) -> Answer {
        let (state, purse) = (self.state.clone(), self.purse.clone());
        match self.method(op) {
            Ok(returned) => Answer { code: 0, returned },
            Err(code) => {
                (self.state, self.purse) = (state, purse);
                Answer::refused(code)
            }
        }
    }

    fn method(&mut self, op: &Op) -> Result<Option<TokenAmount>, u32> {
        match op {
            Op::Award { epoch_reward, wins, tips, penalty } => {
                self.award_block_reward(epoch_reward.as_ref(), *wins, tips, penalty)?;
            }
            Op::ApplyRewards { value, reward, penalty } => {
                self.purse.balance += value;
                self.apply_rewards(reward, penalty)?;
            }
            Op::AddPledge(pledge) => self.prove_commit_sectors_ni(pledge)?,
            Op::PreCommit(deposit) => self.pre_commit_sector_batch(deposit)?,
            Op::Prove { deposit, pledge } => self.activate_sectors(deposit, pledge)?,
            Op::ExpirePreCommit(deposit) => self.expire_pre_commits(deposit)?,
            Op::ExpireSector(pledge) => self.expire_on_time(pledge)?,
            Op::Terminate { pledge, fee } => self.process_early_terminations(pledge, fee)?,
            Op::Fine(amount) => self.penalize(amount)?,
            Op::AddDebt(amount) => self.state.apply_penalty(not_negative(amount)?).map_err(code_of)?,
            Op::HoldTerminations(true) => self.state.early_terminations.set(0),
            Op::HoldTerminations(false) => self.state.early_terminations.unset(0),
            Op::Repay { by, .. } => self.repay_debt(*by)?,
            Op::Withdraw { by, amount, .. } => return self.withdraw_balance(*by, amount).map(Some),
            Op::ChangeBeneficiary { by, to, quota, expiration } => {
                self.change_beneficiary(*by, *to, quota, *expiration)?;
            }
            Op::ChangeWorker { by, to } => self.change_worker_address(*by, *to)?,
            Op::ConfirmWorker { by } => self.confirm_change_worker_address(*by)?,
            Op::Receive(amount) => self.purse.balance += amount,
            Op::Advance(_) => {}
        }
        Ok(None)
    }

    /// `MinerInfo` of the state.
    pub fn info(&self) -> Result<MinerInfo, u32> {
        self.state.get_info(&self.store).map_err(code_of)
    }

    pub(crate) fn save_info(&mut self, info: &MinerInfo) -> Result<(), u32> {
        self.state.save_info(&self.store, info).map_err(code_of)
    }

    pub(crate) fn address(&self, who: Who) -> Address {
        Address::new_id(self.people.id(who))
    }

    // --- what most methods end with ---------------------------------------------------------------------------------

    /// `burn_funds`.
    pub(crate) fn burn_funds(&mut self, amount: &TokenAmount) {
        self.purse.balance -= amount;
        self.purse.burnt += amount;
    }

    /// `notify_pledge_changed`.
    pub(crate) fn notify_pledge_changed(&mut self, delta: &TokenAmount) {
        self.purse.reported += delta;
    }

    /// `check_balance_invariants`.
    pub(crate) fn check_balance(&self) -> Result<(), u32> {
        self.state.check_balance_invariants(&self.purse.balance).map_err(balance_broken)
    }

    /// `repay_partial_debt_in_priority_order`, now.
    pub(crate) fn repay_partial_debt(&mut self) -> Result<(TokenAmount, TokenAmount), u32> {
        self.state.repay_partial_debt_in_priority_order(&self.store, self.epoch, &self.purse.balance).map_err(code_of)
    }

    // --- rewards ----------------------------------------------------------------------------------------------------

    /// `award_block_reward` of the reward actor, which never runs dry here. What the miner refuses is burnt.
    fn award_block_reward(
        &mut self,
        epoch_reward: Option<&TokenAmount>,
        wins: i64,
        tips: &TokenAmount,
        penalty: &TokenAmount,
    ) -> Result<(), u32> {
        if let Some(reward) = epoch_reward {
            // The lever in front of it; it takes effect even if the award is refused then.
            self.epoch_reward = reward.clone();
        }
        if penalty.is_negative() || tips.is_negative() || wins <= 0 {
            return Err(code::ARGUMENT);
        }
        let total = tips + (&self.epoch_reward * wins).div_floor(5_u32);
        let before = (self.state.clone(), self.purse.clone());
        self.purse.balance += &total;
        if self.apply_rewards(&total, &(penalty * 3_u32)).is_err() {
            (self.state, self.purse) = before;
            self.purse.burnt += total;
        }
        Ok(())
    }

    /// `apply_rewards`.
    fn apply_rewards(&mut self, reward: &TokenAmount, penalty: &TokenAmount) -> Result<(), u32> {
        if reward.is_negative() || penalty.is_negative() {
            return Err(code::ARGUMENT);
        }
        let (to_lock, spec) = published::locked_reward_from_reward(reward.clone());
        let unlocked = self.state.get_unlocked_balance(&self.purse.balance).map_err(|_| code::STATE)?;
        if unlocked < to_lock {
            return Err(code::FUNDS);
        }
        let newly_vested =
            self.state.add_locked_funds(&self.store, self.epoch, &to_lock, spec).map_err(|_| code::STATE)?;
        self.state.apply_penalty(penalty).map_err(|_| code::STATE)?;
        let (to_burn, total_unlocked) = self.repay_partial_debt()?;
        self.notify_pledge_changed(&(to_lock - newly_vested - total_unlocked));
        self.burn_funds(&to_burn);
        self.check_balance()
    }

    // --- sectors ----------------------------------------------------------------------------------------------------

    /// `prove_commit_sectors_ni`: the pledge out of the unlocked balance first, then all debt out of the rest.
    fn prove_commit_sectors_ni(&mut self, pledge: &TokenAmount) -> Result<(), u32> {
        not_negative(pledge)?;
        let unlocked = self.state.get_unlocked_balance(&self.purse.balance).map_err(|_| code::STATE)?;
        if unlocked < *pledge {
            return Err(code::FUNDS);
        }
        self.state.deadline_cron_active = true;
        self.state.add_initial_pledge(pledge).map_err(|_| code::STATE)?;
        let to_burn = self.state.repay_debts(&self.purse.balance).map_err(code_of)?;
        self.burn_funds(&to_burn);
        self.notify_pledge_changed(pledge);
        self.check_balance()
    }

    /// `pre_commit_sector_batch_inner`. A deposit is never reported to the power actor.
    fn pre_commit_sector_batch(&mut self, deposit: &TokenAmount) -> Result<(), u32> {
        not_negative(deposit)?;
        let available = self.state.get_available_balance(&self.purse.balance).map_err(|_| code::STATE)?;
        let to_burn = self.state.repay_debts(&self.purse.balance).map_err(code_of)?;
        if available < *deposit {
            return Err(code::FUNDS);
        }
        self.state.add_pre_commit_deposit(deposit).map_err(|_| code::STATE)?;
        self.state.deadline_cron_active = true;
        self.burn_funds(&to_burn);
        self.check_balance()
    }

    /// `activate_new_sector_infos` of `prove_commit_sectors3`.
    fn activate_sectors(&mut self, deposit: &TokenAmount, pledge: &TokenAmount) -> Result<(), u32> {
        not_negative(deposit)?;
        not_negative(pledge)?;
        self.state.add_pre_commit_deposit(&deposit.clone().neg()).map_err(|_| code::STATE)?;
        let unlocked = self.state.get_unlocked_balance(&self.purse.balance).map_err(|_| code::STATE)?;
        if unlocked < *pledge {
            return Err(code::FUNDS);
        }
        self.state.add_initial_pledge(pledge).map_err(|_| code::STATE)?;
        self.check_balance()?;
        self.notify_pledge_changed(pledge);
        Ok(())
    }

    /// What `handle_proving_deadline` does with `cleanup_expired_pre_commits`: the deposit becomes a penalty.
    fn expire_pre_commits(&mut self, deposit: &TokenAmount) -> Result<(), u32> {
        not_negative(deposit)?;
        self.state.add_pre_commit_deposit(&deposit.clone().neg()).map_err(code_of)?;
        self.penalize(deposit)
    }

    /// What `handle_proving_deadline` does with the `on_time_pledge` of `advance_deadline`.
    fn expire_on_time(&mut self, pledge: &TokenAmount) -> Result<(), u32> {
        not_negative(pledge)?;
        let delta = pledge.clone().neg();
        self.state.add_initial_pledge(&delta).map_err(code_of)?;
        self.notify_pledge_changed(&delta);
        self.check_balance()
    }

    /// `process_early_terminations`.
    fn process_early_terminations(&mut self, pledge: &TokenAmount, fee: &TokenAmount) -> Result<(), u32> {
        not_negative(pledge)?;
        not_negative(fee)?;
        self.state.apply_penalty(fee).map_err(|_| code::STATE)?;
        let pledge_delta = pledge.clone().neg();
        self.state.add_initial_pledge(&pledge_delta).map_err(|_| code::STATE)?;
        let (to_burn, total_unlocked) = self.repay_partial_debt()?;
        self.burn_funds(&to_burn);
        self.notify_pledge_changed(&(pledge_delta - total_unlocked));
        self.check_balance()
    }

    /// What `handle_proving_deadline` (continued faults) and `report_consensus_fault` do with a penalty.
    fn penalize(&mut self, penalty: &TokenAmount) -> Result<(), u32> {
        self.state.apply_penalty(not_negative(penalty)?).map_err(|_| code::STATE)?;
        let (to_burn, total_unlocked) = self.repay_partial_debt()?;
        self.burn_funds(&to_burn);
        self.notify_pledge_changed(&total_unlocked.neg());
        self.check_balance()
    }
}

/// The levers refuse negative amounts, which the official methods never compute.
fn not_negative(amount: &TokenAmount) -> Result<&TokenAmount, u32> {
    if amount.is_negative() {
        return Err(code::ARGUMENT);
    }
    Ok(amount)
}
