//! Two months of mining, and the day everybody is paid.

use anyhow::Result;

use super::{FEES, HARVEST_EVERY};
use crate::expect::Shared;
use crate::money::{atto_in, fil, short, Atto};
use crate::narrate::{heading, say, table, Progress};
use crate::stage::{Stage, DAVE, HOLDERS, KEEPERS, OPERATOR};

/// What bob gives dave, on day 30.
const GIFT: &str = "100.25";
/// What alice redeems.
const REDEEMED: &str = "120";
/// The day on which carol does not want to wait any longer.
const EARLY_CLAIM: i64 = 45;
/// Days of mining.
pub const DAYS: i64 = 60;
/// Days from the last harvest to the day everybody claims.
pub const PATIENCE: i64 = 3;

/// What the miner earns on a day: a little more every day, and never an even number.
pub fn reward_of(day: i64) -> Atto {
    fil("7.7") + fil("0.010000000000000007") * day
}

pub fn mining(stage: &mut Stage) -> Result<()> {
    heading(&format!("{DAYS} days of mining"));
    say("A block reward a day: the network pays a quarter at once and the rest over 180 days. Anybody may harvest, and the two\nkeepers take turns. What the miner had locked before the hand-over is given back first, to the operator's bond.\n");
    let progress = Progress::start("mining");
    let mut rows = Vec::new();
    for day in 1..=DAYS {
        progress.say(format!("mining: day {day} of {DAYS}"));
        stage.day(&reward_of(day))?;
        if day % HARVEST_EVERY == 0 {
            let keeper = KEEPERS[usize::try_from(day / HARVEST_EVERY)? % KEEPERS.len()];
            rows.push(harvest_row(day, keeper, &stage.harvest(keeper)?));
        }
        if day == DAYS / 2 {
            stage.transfer(HOLDERS[1], DAVE, GIFT)?;
        }
        if day == EARLY_CLAIM {
            stage.claim(HOLDERS[2])?;
        }
    }
    drop(progress);
    table(&["day", "keeper", "reward", "to the bond", "keeper's cut", "fees", "to holders"], rows);
    let earned = short(&stage.awarded);
    let vesting = short(&stage.expected()?.miner.locked());
    say(format!(
        "The miner earned {earned}, of which {vesting} still vest. On day {} {} gave {GIFT} shares to {DAVE}, a stranger to the pool, and\n\
         on day {EARLY_CLAIM} {} claimed what her shares had earned by then.",
        DAYS / 2,
        HOLDERS[1],
        HOLDERS[2],
    ));
    Ok(())
}

pub fn harvest_row(day: i64, keeper: &str, shared: &Shared) -> Vec<String> {
    let fees: Atto = shared.fees.iter().sum();
    let amounts = [&shared.reward, &shared.legacy, &shared.cut, &fees, &shared.rest];
    let mut row = vec![day.to_string(), keeper.to_owned()];
    row.extend(amounts.map(short));
    row
}

pub fn payday(stage: &mut Stage) -> Result<()> {
    heading(&format!("Day {}: everybody claims", DAYS + PATIENCE));
    let progress = Progress::start("claiming");
    stage.node.advance(PATIENCE * crate::miner::DAY)?;
    let mut rows = Vec::new();
    for holder in [HOLDERS[0], HOLDERS[1], HOLDERS[2], DAVE, OPERATOR] {
        let paid = stage.claim(holder)?;
        let expected = stage.expected()?;
        let shares = expected.shares.get(holder).cloned().unwrap_or_default();
        let total = expected.claimed.get(holder).cloned().unwrap_or_default();
        let name = if holder == OPERATOR { "operator (bond)" } else { holder };
        rows.push(vec![name.to_owned(), short(&shares).replace(" FIL", ""), short(&paid), short(&total)]);
    }
    let mut fees = Vec::new();
    for (recipient, bps) in FEES {
        let paid = stage.claim_fees(recipient)?;
        fees.push(vec![recipient.to_owned(), format!("{}.{:02}%", bps / 100, bps % 100), short(&paid)]);
    }
    drop(progress);
    table(&["holder", "shares", "rewards paid now", "in all"], rows);
    table(&["fee recipient", "of rewards", "paid"], fees);
    Ok(())
}

pub fn leaving(stage: &mut Stage) -> Result<()> {
    let alice = HOLDERS[0];
    stage.redeem(alice, REDEEMED)?;
    let left = stage.expected()?.shares.get(alice).cloned().unwrap_or_default();
    let status = stage.peggy.run(&["status"])?;
    let liquid = atto_in(&status, "/pool/liquid")?;
    say(format!(
        "{alice} needs money and redeems {REDEEMED} shares at once, for {REDEEMED} FIL: nothing was lost, so a share is still worth one FIL. She\n\
         keeps {}; {} stay at hand in the pool.",
        short(&left).replace("FIL", "shares"),
        short(&liquid),
    ));
    Ok(())
}
