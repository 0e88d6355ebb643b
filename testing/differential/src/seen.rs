//! What both sides must agree on after every operation.

use std::fmt::Write as _;

use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;

/// A miner's money and what depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Epoch of the head.
    pub epoch: ChainEpoch,
    /// All the miner has.
    pub balance: TokenAmount,
    /// What `GetAvailableBalance` answers, or its exit code.
    pub available: Result<TokenAmount, u32>,
    /// Sum of the vesting table.
    pub locked: TokenAmount,
    /// Initial pledge.
    pub pledge: TokenAmount,
    /// Precommit deposits.
    pub deposits: TokenAmount,
    /// Fee debt.
    pub debt: TokenAmount,
    /// Vesting table.
    pub table: Vec<(ChainEpoch, TokenAmount)>,
    /// The same as it is stored, first entry and link: also entries penalties used up.
    pub stored_table: Vec<u8>,
    /// Owner, worker, beneficiary and their terms.
    pub info: Cid,
    /// Early terminations are pending.
    pub terminations_held: bool,
    /// The miner has its deadlines' cron running.
    pub cron_active: bool,
    /// Where vesting steps are counted from, as a distance from a multiple of the proving period: the official state moves the
    /// start along, the stand-in leaves it.
    pub period_offset: ChainEpoch,
    /// Burnt since the miner was created, by it or out of its rewards.
    pub burnt: TokenAmount,
    /// Paid to the owner since then.
    pub to_owner: TokenAmount,
    /// Paid to the second beneficiary since then.
    pub to_beneficiary: TokenAmount,
    /// Sum of what was reported to the power actor as locked or, negative, unlocked.
    pub reported: TokenAmount,
}

impl Seen {
    /// Both sides, field by field, differing fields marked.
    pub fn side_by_side(official: &Self, stand_in: &Self) -> String {
        let mut text = format!("{:<20} {:<45} {}\n", "", "official state machine", "stand-in in the VM");
        for ((name, a), (_, b)) in official.fields().into_iter().zip(stand_in.fields()) {
            let mark = if a == b { ' ' } else { '*' };
            let _ = writeln!(text, "{mark} {name:<18} {a:<45} {b}");
        }
        text.push_str("vesting table (epoch, attoFIL):\n");
        for i in 0..official.table.len().max(stand_in.table.len()) {
            let entry = |table: &[(ChainEpoch, TokenAmount)]| {
                table.get(i).map_or("-".to_owned(), |(epoch, amount)| format!("{epoch} {}", amount.atto()))
            };
            let (a, b) = (entry(&official.table), entry(&stand_in.table));
            if a != b || i < 3 {
                let mark = if a == b { ' ' } else { '*' };
                let _ = writeln!(text, "{mark} {i:<18} {a:<45} {b}");
            }
        }
        text
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("epoch", self.epoch.to_string()),
            ("balance", self.balance.atto().to_string()),
            ("available", self.available.as_ref().map_or_else(|e| format!("exit code {e}"), |a| a.atto().to_string())),
            ("locked funds", self.locked.atto().to_string()),
            ("initial pledge", self.pledge.atto().to_string()),
            ("precommit deposits", self.deposits.atto().to_string()),
            ("fee debt", self.debt.atto().to_string()),
            ("vesting entries", self.table.len().to_string()),
            ("vesting stored", short(&self.stored_table)),
            ("info", self.info.to_string().chars().rev().take(16).collect()),
            ("terminations held", self.terminations_held.to_string()),
            ("cron active", self.cron_active.to_string()),
            ("period offset", self.period_offset.to_string()),
            ("burnt", self.burnt.atto().to_string()),
            ("paid to owner", self.to_owner.atto().to_string()),
            ("paid to benef.", self.to_beneficiary.atto().to_string()),
            ("pledge reported", self.reported.atto().to_string()),
        ]
    }
}

/// Enough of the bytes to see that they differ: length, and a sum that depends on the order.
fn short(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("{} bytes, {sum:016x}", bytes.len())
}
