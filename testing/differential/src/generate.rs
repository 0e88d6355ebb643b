//! Chooses operations that suit the miner they meet: most succeed, many just about, some just about not.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use rand::rngs::StdRng;
use rand::Rng;

use crate::amounts::{around, atto, income, part, up_to};
use crate::official::Official;
use crate::operation::{Op, Who};
use crate::seen::Seen;

const DAY: ChainEpoch = 2_880;
/// Epochs of a deadline.
const DEADLINE: ChainEpoch = 60;
/// While a miner can't pay its debt the stand-in has cron at every deadline; longer would take long.
const MOST_IN_DEBT: ChainEpoch = DAY / 2 + 2;

/// Chooses operations one by one. Most are independent of each other; once in a while a few serve a purpose that chance would
/// seldom reach.
#[derive(Debug)]
pub struct Generator {
    rng: StdRng,
    emptying: Emptying,
}

/// A miner that holds nothing locked at the end of a deadline loses its cron, and a reward doesn't bring it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emptying {
    No,
    /// Lets go of all that is locked.
    Release,
    /// Passes the end of a deadline, or just not.
    Wait,
    /// Gets a reward.
    Reward,
    /// Passes a deadline after the reward began to vest.
    Vest,
}

impl Generator {
    /// With the choices of a seed.
    pub fn new(rng: StdRng) -> Self {
        Self { rng, emptying: Emptying::No }
    }

    /// The next operation for a miner in this state.
    pub fn next(&mut self, miner: &Official, seen: &Seen) -> Op {
        if self.emptying == Emptying::No && self.rng.gen_range(0..50) == 0 {
            self.emptying = Emptying::Release;
        }
        match self.empty(miner, seen) {
            Some(op) => op,
            None => any(&mut self.rng, miner, seen),
        }
    }

    fn empty(&mut self, miner: &Official, seen: &Seen) -> Option<Op> {
        let rng = &mut self.rng;
        if self.emptying == Emptying::Release {
            if seen.pledge.is_positive() {
                return Some(Op::ExpireSector(seen.pledge.clone()));
            }
            if seen.deposits.is_positive() {
                return Some(Op::ExpirePreCommit(seen.deposits.clone()));
            }
            if seen.locked.is_positive() {
                return Some(Op::Fine((&seen.locked - &seen.debt).max(TokenAmount::zero())));
            }
            self.emptying = Emptying::Wait;
        }
        let (then, op) = match self.emptying {
            Emptying::No | Emptying::Release => return None,
            Emptying::Wait => {
                (Emptying::Reward, Op::Advance((until_deadline_end(miner, seen) + rng.gen_range(-1..=2)).max(1)))
            }
            Emptying::Reward => (Emptying::Vest, award(rng, seen, &seen.balance)),
            Emptying::Vest => {
                let vest = seen.table.first().map_or(DAY, |(epoch, _)| epoch - seen.epoch);
                (Emptying::No, Op::Advance((vest + rng.gen_range(0..3) * DEADLINE).max(1)))
            }
        };
        self.emptying = then;
        Some(op)
    }
}

/// Epochs until the last one of the present deadline.
fn until_deadline_end(miner: &Official, seen: &Seen) -> ChainEpoch {
    DEADLINE - 1 - (seen.epoch - miner.state.proving_period_start).rem_euclid(DEADLINE)
}

/// Any operation.
fn any(rng: &mut StdRng, miner: &Official, seen: &Seen) -> Op {
    let unlocked = &seen.balance - &seen.locked - &seen.pledge - &seen.deposits;
    let available = &unlocked - &seen.debt;
    if seen.debt.is_positive() && available >= TokenAmount::zero() && rng.gen_bool(0.4) {
        // Debt that can be paid is what the next call that asks for it meets.
        return match rng.gen_range(0..3) {
            0 => Op::AddPledge(around(rng, &available)),
            1 => Op::PreCommit(around(rng, &available)),
            _ => withdraw(rng, seen, &available),
        };
    }
    match rng.gen_range(0..100) {
        0..=13 => award(rng, seen, &unlocked),
        14..=16 => apply_rewards(rng, &unlocked),
        17..=24 => Op::AddPledge(to_lock(rng, &available)),
        25..=31 => Op::PreCommit(to_lock(rng, &available)),
        32..=36 => {
            let deposit = around_held(rng, &seen.deposits);
            let pledge = around(rng, &(&unlocked + &deposit).div_floor(2u32));
            Op::Prove { deposit, pledge }
        }
        37..=39 => Op::ExpirePreCommit(around_held(rng, &seen.deposits)),
        40..=43 => Op::ExpireSector(around_held(rng, &seen.pledge)),
        44..=47 => {
            let pledge = around_held(rng, &seen.pledge);
            // Which of two wrong amounts a lever refuses first is nobody's concern.
            Op::Terminate { pledge, fee: penalty(rng, seen, &unlocked).max(TokenAmount::zero()) }
        }
        48..=51 => Op::Fine(penalty(rng, seen, &unlocked)),
        52..=54 => Op::AddDebt(penalty(rng, seen, &unlocked)),
        55 | 56 => Op::HoldTerminations(rng.gen_bool(0.4)),
        57..=62 => {
            let signed = rng.gen_bool(0.3);
            Op::Repay { by: caller(rng, signed), signed }
        }
        63..=70 => withdraw(rng, seen, &available),
        71..=73 => change_beneficiary(rng, miner, seen, &available),
        74 => {
            Op::ChangeWorker { by: caller(rng, false), to: [Who::Worker, Who::Spare, Who::Owner][rng.gen_range(0..3)] }
        }
        75 => Op::ConfirmWorker { by: caller(rng, false) },
        76..=79 => {
            // What it takes to get out of debt, once in a while.
            let gap = if available.is_negative() { -available } else { seen.debt.clone() };
            let amount = if rng.gen_bool(0.5) { around(rng, &gap) } else { income(rng) };
            Op::Receive(amount.min(TokenAmount::from_whole(100_000)))
        }
        _ => Op::Advance(epochs(rng, miner, seen)),
    }
}

/// The owner in most cases; those that sign nothing are left out of signed calls.
fn caller(rng: &mut StdRng, signed: bool) -> Who {
    match rng.gen_range(0..12) {
        0 | 1 => Who::Worker,
        2 if !signed => Who::Spare,
        3 if !signed => Who::Beneficiary,
        4 if !signed => Who::Stranger,
        _ => Who::Owner,
    }
}

fn minus(rng: &mut StdRng, amount: TokenAmount) -> TokenAmount {
    if rng.gen_bool(0.02) {
        -amount
    } else {
        amount
    }
}

/// What is to be locked: most often a part of what is available, so that money stays for what follows.
fn to_lock(rng: &mut StdRng, available: &TokenAmount) -> TokenAmount {
    let amount = if rng.gen_bool(0.3) { around(rng, available) } else { part(rng, available) };
    minus(rng, amount)
}

/// Released or lost: something around what is held, not far beyond.
fn around_held(rng: &mut StdRng, held: &TokenAmount) -> TokenAmount {
    match rng.gen_range(0..10) {
        0 => TokenAmount::zero(),
        1 => held + atto(),
        2..=4 => held.clone(),
        _ => up_to(rng, held),
    }
}

/// Penalties at the edges between what pays them: the first vesting entry, the whole table, the unlocked balance.
fn penalty(rng: &mut StdRng, seen: &Seen, unlocked: &TokenAmount) -> TokenAmount {
    let first = seen.table.first().map_or_else(TokenAmount::zero, |(_, amount)| amount.clone());
    let second = seen.table.get(1).map_or_else(TokenAmount::zero, |(_, amount)| amount.clone());
    let amount = match rng.gen_range(0..16) {
        0..=2 => around(rng, &first),
        3 | 4 => around(rng, &(&first + &second)),
        5 => around(rng, &seen.locked).min(&seen.locked + atto()),
        6 => around(rng, &(&seen.locked + unlocked)).min(&seen.locked + unlocked + atto()),
        7 => around(rng, unlocked).min(unlocked + atto()),
        8 => income(rng).min(TokenAmount::from_whole(10)),
        9 if rng.gen_bool(0.1) => TokenAmount::from_whole(3_000_000_000_u64),
        _ => up_to(rng, &seen.locked.div_floor(5u32)),
    };
    minus(rng, amount)
}

fn award(rng: &mut StdRng, seen: &Seen, unlocked: &TokenAmount) -> Op {
    let fined = if rng.gen_bool(0.3) { penalty(rng, seen, unlocked).div_floor(3u32) } else { TokenAmount::zero() };
    if rng.gen_bool(0.25) {
        let wins = rng.gen_range(0..7);
        return Op::Award { epoch_reward: Some(income(rng)), wins, tips: TokenAmount::zero(), penalty: fined };
    }
    Op::Award { epoch_reward: Some(TokenAmount::zero()), wins: 1, tips: income(rng), penalty: fined }
}

/// With a reward that was not sent along the miner locks what it has, if it has it.
fn apply_rewards(rng: &mut StdRng, unlocked: &TokenAmount) -> Op {
    let value = income(rng).min(TokenAmount::from_whole(1_000));
    // Three quarters of it are locked: this one takes just about all there is.
    let most = ((unlocked + &value) * 4u32).div_floor(3u32);
    let reward = if rng.gen_bool(0.5) { value.clone() } else { around(rng, &most) };
    let penalty = if rng.gen_bool(0.1) { -atto() } else { up_to(rng, &value) };
    Op::ApplyRewards { value, reward: minus(rng, reward), penalty }
}

fn withdraw(rng: &mut StdRng, seen: &Seen, available: &TokenAmount) -> Op {
    let matured: TokenAmount = seen.table.iter().filter(|(epoch, _)| *epoch < seen.epoch).map(|(_, a)| a).sum();
    // Just what is available, or wrongly counting on what has matured or on what is owed.
    let have = match rng.gen_range(0..4) {
        0 => available + &matured,
        1 | 2 => available + &seen.debt,
        _ => available.clone(),
    };
    let amount = if rng.gen_bool(0.5) { around(rng, &have) } else { part(rng, &have) };
    let signed = rng.gen_bool(0.3);
    Op::Withdraw { by: caller(rng, signed), amount: minus(rng, amount), signed }
}

/// An approval of what waits, or a proposal.
fn change_beneficiary(rng: &mut StdRng, miner: &Official, seen: &Seen, available: &TokenAmount) -> Op {
    let info = miner.info().expect("the info reads");
    let who = |address: &fvm_shared::address::Address| {
        address.id().ok().and_then(|id| miner.people.who(id)).unwrap_or(Who::Stranger)
    };
    if let Some(pending) = info.pending_beneficiary_term.filter(|_| rng.gen_bool(0.8)) {
        let to = who(&pending.new_beneficiary);
        let by = if rng.gen_bool(0.5) { to } else { who(&info.beneficiary) };
        let quota = if rng.gen_bool(0.1) { pending.new_quota + atto() } else { pending.new_quota };
        return Op::ChangeBeneficiary { by, to, quota, expiration: pending.new_expiration };
    }
    let by = if rng.gen_bool(0.9) { Who::Owner } else { caller(rng, false) };
    if rng.gen_bool(0.4) {
        return Op::ChangeBeneficiary { by, to: Who::Owner, quota: TokenAmount::zero(), expiration: 0 };
    }
    let expiration = seen.epoch + rng.gen_range(0..20 * DAY);
    Op::ChangeBeneficiary { by, to: Who::Beneficiary, quota: around(rng, available), expiration }
}

/// How long: to just before, at and after what happens next, or a usual time.
fn epochs(rng: &mut StdRng, miner: &Official, seen: &Seen) -> ChainEpoch {
    let nearby = rng.gen_range(-1..=2);
    let until_vest = |i: usize| seen.table.get(i).map_or(DAY, |(epoch, _)| epoch - seen.epoch);
    let wanted = match rng.gen_range(0..40) {
        0..=4 => rng.gen_range(1..=3),
        5..=9 => until_deadline_end(miner, seen) + nearby,
        10..=17 => until_vest(0) + nearby,
        18..=22 => until_vest(rng.gen_range(0..6)) + nearby,
        // The deadline after an entry matures is when cron unlocks it.
        23..=26 => until_vest(0) + DEADLINE + nearby,
        27..=29 => DAY / 2 + nearby,
        30..=32 => DAY + nearby,
        33..=35 => rng.gen_range(1..=DAY),
        36 | 37 => rng.gen_range(1..=30 * DAY),
        38 => 900 + nearby,
        // Beyond the end of all vesting.
        _ if rng.gen_bool(0.2) => seen.table.last().map_or(180 * DAY, |(epoch, _)| epoch - seen.epoch) + nearby,
        _ => rng.gen_range(1..=5 * DAY),
    };
    let wanted = wanted.max(1);
    if seen.debt.is_positive() && seen.cron_active {
        wanted.min(MOST_IN_DEBT)
    } else {
        wanted
    }
}
