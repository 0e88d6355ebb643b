//! What a test can do to the world that nobody could do by a message.
//!
//! Each lever is an implicit message of the system actor, at the head's epoch and after its messages; the stand-ins answer 18 to
//! anybody else. Its effect is part of the state from the next tipset on.
//!
//! The official actors have no levers. On a network with them only those work that are genuine messages of the network
//! ([`Control::award`], [`Control::award_with_penalty`]); the others are refused with a sentence that says what does the same there.

use anyhow::ensure;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::StoragePower;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::miner::levers::{self, ProveCommit, Sick, TerminateSector};
use localnet_builtin::power::{SetMinerPowerParams, SET_MINER_POWER};
use localnet_builtin::reward::{State as RewardState, EXPECTED_LEADERS, SET_EPOCH_REWARD};
use num_traits::Zero;
use serde::Serialize;

use crate::ids;
use crate::message::params;
use crate::network::{award_message, Network};
use crate::outcome::Outcome;

/// The levers of a network whose actors are the stand-ins.
pub struct Control<'a>(pub(crate) &'a mut Network);

impl Network {
    /// The test levers.
    pub fn control(&mut self) -> Control<'_> {
        Control(self)
    }
}

impl Control<'_> {
    /// Sets what one win pays from now on.
    pub fn set_block_reward(&mut self, per_win: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("what a win pays follows from the network's power and age")?;
        self.lever(ids::REWARD, SET_EPOCH_REWARD, &(per_win * EXPECTED_LEADERS))
    }

    /// Pays a miner for `wins` won elections, at the reward in force, as the end of a block does.
    pub fn award(&mut self, miner: ActorID, wins: i64) -> anyhow::Result<()> {
        let message = award_message(miner, TokenAmount::zero(), TokenAmount::zero(), wins)?;
        self.0.run_implicit(message)?.ok()?;
        Ok(())
    }

    /// Pays a miner exactly this much as a block reward, through reward and `ApplyRewards`; the reward in force stays.
    pub fn award_amount(&mut self, miner: ActorID, amount: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("rewards have the size the reward actor gives them; let the miner make blocks instead")?;
        let in_force = self.0.load_state::<RewardState>(ids::REWARD)?.this_epoch_reward;
        self.set_block_reward(amount)?;
        self.award(miner, 1)?;
        self.lever(ids::REWARD, SET_EPOCH_REWARD, &in_force)
    }

    /// Reports a miner for a bad block: three times `penalty` is taken, while the reward in force is paid for one win.
    pub fn award_with_penalty(&mut self, miner: ActorID, penalty: TokenAmount) -> anyhow::Result<()> {
        let message = award_message(miner, penalty, TokenAmount::zero(), 1)?;
        self.0.run_implicit(message)?.ok()?;
        Ok(())
    }

    /// Commits sectors: their pledge is locked out of the unlocked balance.
    pub fn add_pledge(&mut self, miner: ActorID, pledge: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("sectors are pledged by precommitting and proving them")?;
        self.lever(miner, levers::ADD_PLEDGE, pledge)
    }

    /// Precommits sectors: their deposit is locked.
    pub fn add_precommit_deposit(&mut self, miner: ActorID, deposit: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("sectors are precommitted with PreCommitSectorBatch2")?;
        self.lever(miner, levers::ADD_PRECOMMIT_DEPOSIT, deposit)
    }

    /// Turns precommitted sectors into committed ones.
    pub fn prove_commit(&mut self, miner: ActorID, deposit: TokenAmount, pledge: TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("sectors are proved with ProveCommitSectors3")?;
        self.lever(miner, levers::PROVE_COMMIT, &ProveCommit { deposit, pledge })
    }

    /// Lets precommits expire; the deposit is lost.
    pub fn expire_precommit(&mut self, miner: ActorID, deposit: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("a precommit expires when it is not proved in time")?;
        self.lever(miner, levers::EXPIRE_PRECOMMIT, deposit)
    }

    /// Lets sectors expire on time; the pledge is free again.
    pub fn expire_sector(&mut self, miner: ActorID, pledge: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("sectors expire at the end of their life")?;
        self.lever(miner, levers::EXPIRE_SECTOR, pledge)
    }

    /// Processes an early termination: the pledge is released, the fee collected.
    pub fn terminate_sector(&mut self, miner: ActorID, pledge: TokenAmount, fee: TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("sectors are terminated with TerminateSectors")?;
        self.lever(miner, levers::TERMINATE_SECTOR, &TerminateSector { pledge, fee })
    }

    /// Fines the miner: unvested rewards first, then the unlocked balance; the rest becomes debt.
    pub fn fine(&mut self, miner: ActorID, amount: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("a miner is fined for faults, early terminations and bad blocks")?;
        self.lever(miner, levers::FINE, amount)
    }

    /// Adds fee debt without collecting any.
    pub fn add_debt(&mut self, miner: ActorID, amount: &TokenAmount) -> anyhow::Result<()> {
        self.stand_ins_only("debt arises when a miner can't pay a fine")?;
        self.lever(miner, levers::ADD_DEBT, amount)
    }

    /// Holds early terminations back (withdrawals answer 18), or releases them.
    pub fn hold_early_terminations(&mut self, miner: ActorID, held: bool) -> anyhow::Result<()> {
        self.stand_ins_only("early terminations are pending while cron has too many of them")?;
        self.lever(miner, levers::SET_EARLY_TERMINATIONS, &held)
    }

    /// Makes a miner's methods abort or its withdrawals fall short; `None` heals it.
    pub fn set_sick(&mut self, miner: ActorID, sick: Option<Sick>) -> anyhow::Result<()> {
        self.stand_ins_only("a miner does what its code says")?;
        self.lever(miner, levers::SET_SICK, &sick)
    }

    /// Sets a miner's power in bytes, raw and quality-adjusted alike.
    pub fn set_power(&mut self, miner: ActorID, bytes: &StoragePower) -> anyhow::Result<()> {
        self.stand_ins_only("power comes from sectors that are proved")?;
        let power = SetMinerPowerParams { miner, raw_byte_power: bytes.clone(), quality_adj_power: bytes.clone() };
        self.lever(ids::POWER, SET_MINER_POWER, &power)
    }

    /// Any lever of any actor; what the actor answers, also if it refuses.
    pub fn try_lever<T: Serialize>(
        &mut self,
        actor: ActorID,
        method: MethodNum,
        argument: &T,
    ) -> anyhow::Result<Outcome> {
        let system = Address::new_id(ids::SYSTEM);
        self.0.implicit(system, Address::new_id(actor), TokenAmount::zero(), method, params(argument)?)
    }

    /// Refuses a lever on the official actors.
    fn stand_ins_only(&self, instead: &str) -> anyhow::Result<()> {
        ensure!(self.0.official().is_none(), "the official actors have no such lever: {instead}");
        Ok(())
    }

    fn lever<T: Serialize>(&mut self, actor: ActorID, method: MethodNum, argument: &T) -> anyhow::Result<()> {
        self.try_lever(actor, method, argument)?.ok()?;
        Ok(())
    }
}
