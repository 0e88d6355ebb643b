//! Leaving at the price, without a discount, when FIL comes home from the miner: the exit queue.

use anyhow::Result;
use serde_json::Value;

use super::mining::reward_of;
use crate::miner::DAY;
use crate::money::{atto_in, fil, short};
use crate::narrate::{heading, say, table, Progress};
use crate::stage::{Stage, DAVE, HOLDERS, KEEPERS};

/// What carol wants to turn into FIL.
const CAROLS: &str = "333.333333333333333333";
/// Sectors that end: what they locked.
const EXPIRED: &str = "400";
/// Days the two wait, mining going on.
const WAIT: i64 = 5;
/// The tickets by their own names, for shares in the queue earn like a holder's.
const TICKETS: [&str; 2] = ["carol's ticket", "dave's ticket"];

/// Two get in line; what is at hand pays the first in part.
pub fn requests(stage: &mut Stage) -> Result<()> {
    let carol = HOLDERS[2];
    heading(&format!("{carol} and {DAVE} want all their FIL back, without a discount: the exit queue"));
    stage.request_exit(carol, TICKETS[0], CAROLS)?;
    stage.request_exit(DAVE, TICKETS[1], "all")?;
    let waiting = stage.check_queue()?;
    let at_hand = stage.finalize_exits(KEEPERS[0])?;
    let list = stage.check_queue()?;
    say(format!(
        "{carol} asks from her Ethereum-style wallet. The two need {}, of which {} are not at hand: the rest lies in sectors.\n\
         {} finalises what can be paid today, {}, first come, first served:",
        short(&atto_in(&waiting, "/queue/demand")?),
        short(&atto_in(&waiting, "/queue/unmet")?),
        KEEPERS[0],
        short(&at_hand),
    ));
    tickets(&list)?;
    say("What waits goes on earning, and would bear losses like any other share.");
    Ok(())
}

/// Sectors end; the queue brings the principal home, and carol is paid.
pub fn homecoming(stage: &mut Stage) -> Result<()> {
    heading(&format!("{WAIT} days later sectors end, and the principal comes home"));
    let carol = HOLDERS[2];
    let progress = Progress::start("mining");
    for day in 1..=WAIT {
        stage.day(&reward_of(100 + day))?;
    }
    let miner = stage.address("miner")?;
    stage.node.expire_sectors(&miner, &fil(EXPIRED))?;
    stage.expected()?.miner.expire(&fil(EXPIRED));
    let before = stage.node.balance(&miner)?;
    let finalised = stage.finalize_exits(KEEPERS[1])?;
    let home = before - stage.node.balance(&miner)?;
    stage.node.advance(DAY)?;
    let list = stage.check_queue()?;
    let (owed, rewards) = stage.claim_exit(TICKETS[0])?;
    drop(progress);
    say(format!(
        "Sectors that locked {EXPIRED} FIL have ended. {} finalises again; in the same message the proxy fetches {} from the miner,\n\
         rewards and the principal the queue needs, and {} more are owed to the two:",
        KEEPERS[1],
        short(&home),
        short(&finalised),
    ));
    tickets(&list)?;
    say(format!(
        "{carol} claims: {} for her shares and {} they earned in the queue. {DAVE} has not asked yet; what is his is set apart, and\n\
         nothing that happens to the miner can touch it any more.",
        short(&owed),
        short(&rewards),
    ));
    Ok(())
}

fn tickets(list: &Value) -> Result<()> {
    let mut rows = Vec::new();
    for (ticket, name) in list["tickets"].as_array().into_iter().flatten().zip(TICKETS) {
        rows.push(vec![
            name.to_owned(),
            ticket["place"].as_u64().map_or_else(|| "finalised".to_owned(), |place| place.to_string()),
            short(&atto_in(ticket, "/shares")?).replace(" FIL", ""),
            short(&atto_in(ticket, "/owed")?),
            short(&atto_in(ticket, "/rewards")?),
        ]);
    }
    table(&["", "place", "shares waiting", "owed", "earned meanwhile"], rows);
    Ok(())
}
