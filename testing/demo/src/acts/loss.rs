//! A fine the operator's bond bears, and how things go on.

use anyhow::Result;

use super::mining::{harvest_row, reward_of, DAYS, PATIENCE};
use super::HARVEST_EVERY;
use crate::money::{fil, short};
use crate::narrate::{heading, say, table, Progress};
use crate::stage::{Stage, HOLDERS, KEEPERS, OPERATOR};

/// What the fine takes beyond all rewards that still vest.
const BEYOND_VESTING: &str = "60.5";
/// What the operator wants to pledge next.
const NEXT_PLEDGE: &str = "50";
/// What the operator puts into the bond.
const TOP_UP: &str = "80";

/// The network fines the miner, and a keeper measures it.
pub fn fine(stage: &mut Stage) -> Result<()> {
    heading(&format!("Day {}: the power fails, and the network fines the miner", DAYS + PATIENCE));
    let vesting = {
        let now = stage.node.epoch()?;
        let miner = &mut stage.expected()?.miner;
        miner.unlock(now);
        miner.locked()
    };
    let fine = &vesting + fil(BEYOND_VESTING);
    let before = stage.expected()?.shares.get(OPERATOR).cloned().unwrap_or_default();
    stage.fine(&fine)?;
    let shared = stage.harvest(KEEPERS[0])?;
    stage.check_bond()?;
    let expected = stage.expected()?;
    let (after, lost) = (expected.shares.get(OPERATOR).cloned().unwrap_or_default(), expected.written_off.clone());
    say(format!(
        "The rig stood still for days. The fine is {}: the network takes the {} that still vest first, and the other {}\n\
         out of what backs everybody's shares. {} harvests; there is {} of reward, but the miner is measured now.",
        short(&fine),
        short(&vesting),
        short(&(&fine - &vesting)),
        KEEPERS[0],
        short(&shared.reward),
    ));
    table(
        &["", "before", "after"],
        [
            vec!["shares in the operator's bond".to_owned(), number(&before), number(&after)],
            vec!["a share of anybody else, in FIL".to_owned(), "1".to_owned(), "1".to_owned()],
        ],
    );
    say(format!("The loss of {} is the operator's: so many shares of the bond are gone for good, and no other share lost anything.", short(&lost)));
    Ok(())
}

/// A number of shares.
fn number(shares: &crate::money::Atto) -> String {
    short(shares).replace(" FIL", "")
}

/// The bond must be refilled before more is pledged; then mining goes on, and what it earns is everybody's as before.
pub fn recovery(stage: &mut Stage) -> Result<()> {
    heading("The rig is repaired");
    let miner = stage.address("miner")?;
    let sentence = stage.refused(OPERATOR, &["miner", "pledge", &miner, NEXT_PLEDGE], BOND_TOO_SMALL)?;
    stage.top_up(TOP_UP)?;
    stage.pledge(NEXT_PLEDGE)?;
    stage.node.commit_sectors(&miner, &fil(NEXT_PLEDGE))?;
    stage.expected()?.miner.commit(&fil(NEXT_PLEDGE));
    say(format!(
        "The operator wants to pledge {NEXT_PLEDGE} FIL more. The pool refuses:\n\n    {sentence}\n\nSo {TOP_UP} FIL of the operator's own go into the \
         bond; then the pledge goes through, and new sectors are sealed.\n"
    ));
    let progress = Progress::start("mining");
    let first = DAYS + PATIENCE + 1;
    for day in first..first + HARVEST_EVERY {
        progress.say(format!("mining: day {day}"));
        stage.day(&reward_of(day))?;
    }
    let row = harvest_row(first + HARVEST_EVERY - 1, KEEPERS[1], &stage.harvest(KEEPERS[1])?);
    drop(progress);
    table(&["day", "keeper", "reward", "to the bond", "keeper's cut", "fees", "to holders"], [row]);
    stage.check_bond()?;
    say(format!(
        "Nothing has to be made good first: the loss was written off against the bond, so what the miner earns is {}'s, {}'s and\n\
         everybody's again from the first day.",
        HOLDERS[0], HOLDERS[1]
    ));
    Ok(())
}

/// The pool's exit code for a bond that is too small for what would be pledged.
const BOND_TOO_SMALL: u64 = 69;
