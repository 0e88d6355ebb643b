//! What the network does to miners: levers, no messages.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;

use crate::world::World;

impl World {
    /// A block reward of exactly this much; a quarter is free at once, the rest vests.
    pub fn award(&mut self, miner: ActorID, amount: &TokenAmount) {
        self.lever(&format!("f0{miner} is rewarded {amount}"), |net| net.control().award_amount(miner, amount));
    }

    /// Sectors with this much pledge are committed.
    pub fn commit_sectors(&mut self, miner: ActorID, pledge: &TokenAmount) {
        self.lever(&format!("f0{miner} commits {pledge}"), |net| net.control().add_pledge(miner, pledge));
    }

    /// Sectors with this much pledge expire on time.
    pub fn expire_sectors(&mut self, miner: ActorID, pledge: &TokenAmount) {
        self.lever(&format!("{pledge} of f0{miner}'s sectors expire"), |net| {
            net.control().expire_sector(miner, pledge)
        });
    }

    /// Sectors with this deposit are precommitted.
    pub fn precommit(&mut self, miner: ActorID, deposit: &TokenAmount) {
        self.lever(&format!("f0{miner} precommits {deposit}"), |net| {
            net.control().add_precommit_deposit(miner, deposit)
        });
    }

    /// Sectors end before their time: the pledge is free, the fee is taken.
    pub fn terminate_sectors(&mut self, miner: ActorID, pledge: &TokenAmount, fee: &TokenAmount) {
        let name = format!("{pledge} of f0{miner}'s sectors end early, for {fee}");
        self.lever(&name, |net| net.control().terminate_sector(miner, pledge.clone(), fee.clone()));
    }

    /// A fine: unvested rewards pay first, then what is unlocked; the rest is debt.
    pub fn fine(&mut self, miner: ActorID, amount: &TokenAmount) {
        self.lever(&format!("f0{miner} is fined {amount}"), |net| net.control().fine(miner, amount));
    }

    /// A fine that takes `loss` of what stands behind principal, whatever still vests.
    pub fn lose(&mut self, miner: ActorID, loss: &TokenAmount) {
        let vesting = self.seen.miners[&miner].money.vesting();
        self.fine(miner, &(vesting + loss));
    }

    /// Early terminations held back (the miner can't be measured), or released.
    pub fn hold_early_terminations(&mut self, miner: ActorID, held: bool) {
        self.lever(&format!("early terminations of f0{miner}: {held}"), |net| {
            net.control().hold_early_terminations(miner, held)
        });
    }

    /// A miner that misbehaves, or behaves again.
    pub fn set_sick(&mut self, miner: ActorID, sick: Option<localnet_builtin::miner::levers::Sick>) {
        self.lever(&format!("f0{miner} is sick: {sick:?}"), |net| net.control().set_sick(miner, sick));
    }
}
