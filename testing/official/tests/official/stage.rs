//! One world on the official actors, started once and forked by every test: its genesis takes half a minute.

use std::sync::OnceLock;

use anyhow::Context;
use fil_actor_miner_state::v18::State as MinerState;
use fvm_ipld_bitfield::BitField;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_localnet::Producer;
use peggy_scenarios::{fil, Setup, World};

/// Epochs of a day.
pub const DAY: i64 = 2_880;

static WORLD: OnceLock<World> = OnceLock::new();
static EARNING: OnceLock<(World, ActorID)> = OnceLock::new();

/// A fresh world on the official actors: the bundle wired, no miner in custody.
pub fn world() -> World {
    let start = || {
        let config = peggy_official::config().expect("a bundle of official actors");
        let mut w = World::on_network(config, Setup::default()).expect("Peggy on the official actors");
        // The network's pledge does not count what miners lock when they are made, but what they unlock of it: on a network
        // of new miners only it would become negative, which the power actor refuses.
        let first = w.net.genesis().miner;
        w.lever("the first miner is rewarded", |net| net.control().award(first, 10_000));
        w
    };
    WORLD.get_or_init(start).fork()
}

/// A miner in custody, 2,000 FIL of alice's, 1,000 of them pledged.
pub fn pledged() -> (World, ActorID) {
    let (world, miner) = EARNING.get_or_init(|| {
        let mut w = world();
        let miner = w.custody(fil(500));
        let alice = w.cast.alice.clone();
        w.deposit(&alice, fil(2_000)).ok();
        w.pledge(miner, fil(1_000)).ok();
        (w, miner)
    });
    (world.fork(), *miner)
}

/// The same after the bond was slashed: its shares are nobody's, and losses are everybody's.
pub fn unbonded() -> (World, ActorID) {
    let (mut w, miner) = pledged();
    w.slash_all();
    (w, miner)
}

/// What a fine takes before it touches what stands behind principal.
pub fn cushion(w: &World, miner: ActorID) -> TokenAmount {
    let money = &w.seen.miners[&miner].money;
    money.vesting() + (money.backing() - &w.seen.miners[&miner].record.principal).max(TokenAmount::default())
}

/// Fines the miner so that about `loss` of its principal is gone; answers how much exactly.
pub fn lose(w: &mut World, miner: ActorID, loss: &TokenAmount) -> TokenAmount {
    // The fined block is paid for too, and a fine counts three times.
    let reward = w.make_block(miner, 1);
    let fine = cushion(w, miner) + reward + loss;
    w.make_bad_block(miner, &fine.div_floor(3));
    let seen = &w.seen.miners[&miner];
    &seen.record.principal - seen.money.backing()
}

/// What only the tests on the official actors do to a world.
pub trait Stage {
    /// The miner makes a block with this many wins, and is paid by the reward actor as any block is. Answers the reward.
    fn make_block(&mut self, miner: ActorID, wins: i64) -> TokenAmount;
    /// The miner makes a block that the network fines: three times `penalty`, less what its one win pays.
    fn make_bad_block(&mut self, miner: ActorID, penalty: &TokenAmount);
    /// Writes into the miner's state that deadline 0 has early terminations not processed yet, or that none has.
    fn flag_early_terminations(&mut self, miner: ActorID, pending: bool);
}

impl Stage for World {
    fn make_block(&mut self, miner: ActorID, wins: i64) -> TokenAmount {
        let before = self.balance(miner);
        self.net.set_producers(vec![Producer { miner, win_count: wins, worker: Some(self.cast.worker.clone()) }]);
        self.skip(1);
        self.net.set_producers(Vec::new());
        self.balance(miner) - before
    }

    fn make_bad_block(&mut self, miner: ActorID, penalty: &TokenAmount) {
        let name = format!("f0{miner} makes a block fined 3 * {penalty}");
        self.lever(&name, |net| net.control().award_with_penalty(miner, penalty.clone()));
    }
    fn flag_early_terminations(&mut self, miner: ActorID, pending: bool) {
        self.lever(&format!("early terminations of f0{miner}: {pending}"), |net| {
            let mut actor = net.actor_by_id(miner)?.context("the miner is gone")?;
            let mut state: MinerState = net.load_state(miner)?;
            state.early_terminations = if pending { BitField::try_from_bits([0])? } else { BitField::new() };
            actor.state = net.store().put_value(&state)?;
            net.put_actor(miner, actor)
        });
    }
}
