//! What is still there: each line is checked against what is expected, and their sums against the balances on chain.

use anyhow::Result;
use num_traits::Zero;

use super::{line, named, Line};
use crate::acts::positions::{BOUGHT, SOLD};
use crate::expect::{Expected, MARKET};
use crate::money::{atto_in, Atto, Exact};
use crate::stage::{Stage, HOLDERS, LENA, OPERATOR};

/// The pool's books as the program shows them.
struct Books {
    liquid: Atto,
    stream: Atto,
    rewards_owed: Atto,
    fees_owed: Atto,
    exits_owed: Atto,
}

/// What the actors and the miner hold, and whose it is by their books.
pub fn held(stage: &mut Stage) -> Result<Vec<Line>> {
    // What the actors answer is as of the next epoch.
    let now = stage.node.epoch()? + 1;
    stage.expected()?.release(now);
    stage.expected()?.miner.unlock(now);
    let books = check_books(stage)?;
    let mut lines = vec![line("liquid in the pool, backing shares", &books.liquid)];
    lines.extend(rewards_owed(stage, &books)?);
    lines.extend(fees_owed(stage, &books)?);
    lines.extend(exits_owed(stage, &books)?);
    lines.push(line("not yet released to holders", &books.stream));
    lines.extend(miner_lines(stage, now)?);

    let pool = &books.liquid + &books.stream + &books.rewards_owed + &books.fees_owed + &books.exits_owed;
    let found = stage.node.balance(&stage.address("pool")?)?;
    stage.checks.same("the pool's balance", &pool, &found);
    stage.check_market()?;
    let market = stage.expected()?.market.fil.clone();
    let found = stage.node.balance(&stage.address(MARKET)?)?;
    stage.checks.same("liquidity's balance", &market, &found);
    lines.push(line("with liquidity: FIL to buy shares with", &market));
    for name in ["owner-proxy", "nft-share", "governance"] {
        let found = stage.node.balance(&stage.address(name)?)?;
        stage.checks.same(format!("{name} keeps nothing"), &Atto::zero(), &found);
    }
    Ok(lines)
}

fn check_books(stage: &mut Stage) -> Result<Books> {
    let status = stage.peggy.run(&["status"])?;
    let shown = |name: &str| atto_in(&status, &format!("/pool/{name}"));
    let books = Books {
        liquid: shown("liquid")?,
        stream: shown("stream")?,
        rewards_owed: shown("rewards_owed")?,
        fees_owed: shown("fees_owed")?,
        exits_owed: shown("exits_owed")?,
    };
    let expected = stage.expected()?.clone();
    let (claimed, shares): (Atto, Atto) = (expected.claimed.values().sum(), expected.shares.values().sum());
    let checks = &mut stage.checks;
    checks.same("liquid in the pool", &expected.liquid, &books.liquid);
    let unclaimed = &books.stream + &books.rewards_owed;
    checks.same("rewards released or not, and not claimed", &(&expected.streamed - &claimed), &unclaimed);
    // What rounding has kept back so far is still in the stream.
    let (exactly, most) = (ceiling(&expected.stream), expected.releases.into());
    checks.within("not yet released", &exactly, &books.stream, Atto::zero(), most);
    checks.same("the stream's end", &expected.stream_end.into(), &shown("stream_end")?);
    checks.same("shares", &shares, &shown("shares")?);
    checks.same("the price is one", &shown("shares")?, &shown("nav")?);
    checks.same("bare sends", &Atto::zero(), &shown("untracked")?);
    checks.same("pledged", &expected.miner.principal, &shown("principal")?);
    Ok(books)
}

/// What is owed to everybody who ever had shares: people, the bond, tickets in the queue, liquidity.
fn rewards_owed(stage: &mut Stage, books: &Books) -> Result<Vec<Line>> {
    let expected = stage.expected()?.clone();
    let mut lines = Vec::new();
    let mut owed = Atto::zero();
    for (holder, shares) in &expected.shares {
        let (rewards, found) = account(stage, &expected, holder)?;
        let (due, off) = (expected.claimable(holder), expected.tolerance(holder));
        stage.checks.within(format!("rewards owed to {holder}"), &due, &rewards, off.clone(), off);
        stage.checks.same(format!("shares of {holder}"), shares, &found);
        owed += &rewards;
        lines.push(line(format!("owed to {}: rewards", named(holder)), &rewards));
    }
    let carry = &books.rewards_owed - &owed;
    let most = expected.unassigned();
    stage.checks.within("released, and not yet anybody's by rounding", &Atto::zero(), &carry, Atto::zero(), most);
    lines.push(line("released, too little to divide: comes with the next", &carry));
    Ok(lines)
}

/// Rewards and shares of a holder, by the program.
fn account(stage: &Stage, expected: &Expected, holder: &str) -> Result<(Atto, Atto)> {
    if let Some(ticket) = expected.tickets.iter().find(|ticket| ticket.name == holder) {
        let list = stage.peggy.run(&["exit", "list", "--all"])?;
        let shown =
            list["tickets"].as_array().into_iter().flatten().find(|t| t["ticket"].as_u64() == Some(ticket.number));
        // A ticket that was paid is gone.
        return shown
            .map_or(Ok((Atto::zero(), Atto::zero())), |t| Ok((atto_in(t, "/rewards")?, atto_in(t, "/shares")?)));
    }
    // What positions earned is nft-share's account at the pool, and by name there.
    match holder {
        SOLD => return stage.position(HOLDERS[0], SOLD),
        BOUGHT => return stage.position(LENA, BOUGHT),
        _ => {}
    }
    let answer = stage.peggy.run(&["balance", &stage.address(holder)?])?;
    let rewards = atto_in(&answer, "/rewards")?;
    if holder == OPERATOR {
        // The bond's shares stand in the pool's own account; what they earn is the operator's to claim.
        let bond = stage.peggy.run(&["bond", "status"])?;
        return Ok((rewards, atto_in(&bond, "/shares")?));
    }
    Ok((rewards, atto_in(&answer, "/shares")?))
}

fn exits_owed(stage: &mut Stage, books: &Books) -> Result<Vec<Line>> {
    stage.check_queue()?;
    let expected = stage.expected()?.clone();
    stage.checks.same("all exits owed", &expected.exits_owed(), &books.exits_owed);
    let owed = expected.tickets.iter().filter(|ticket| !ticket.owed.is_zero());
    Ok(owed.map(|ticket| line(format!("owed to {}: finalised exit", ticket.owner), &ticket.owed)).collect())
}

fn fees_owed(stage: &mut Stage, books: &Books) -> Result<Vec<Line>> {
    let expected = stage.expected()?.clone();
    let mut lines = Vec::new();
    let mut owed = Atto::zero();
    for recipient in expected.fees.keys() {
        let answer = stage.peggy.run(&["balance", &stage.address(recipient)?])?;
        let fees = atto_in(&answer, "/fees")?;
        stage.checks.same(format!("fees owed to {recipient}"), &expected.fees_owed(recipient), &fees);
        owed += &fees;
        lines.push(line(format!("owed to {recipient}: fees"), &fees));
    }
    stage.checks.same("all fees owed", &owed, &books.fees_owed);
    Ok(lines)
}

fn ceiling(amount: &Exact) -> Atto {
    let floor = amount.floor();
    if (amount - &Exact::from(&floor)).is_zero() {
        floor
    } else {
        floor + 1
    }
}

fn miner_lines(stage: &mut Stage, now: i64) -> Result<Vec<Line>> {
    let miner = stage.address("miner")?;
    let balance = stage.node.balance(&miner)?;
    let table = stage.node.vesting(&miner)?;
    let vesting: Atto = table.iter().filter(|(epoch, _)| **epoch >= now).map(|(_, amount)| amount).sum();
    let expected = stage.expected()?.miner.clone();
    stage.checks.same("the miner's balance", &expected.balance(), &balance);
    stage.checks.same("rewards still vesting", &expected.locked(), &vesting);
    let free = &balance - &expected.principal - &vesting;
    stage.checks.same("rewards free at the miner", expected.free(), &free);
    Ok(vec![
        line("with the miner: principal, backing shares", &expected.principal),
        line("with the miner: rewards still vesting", &vesting),
        line("with the miner: rewards free, not harvested", &free),
    ])
}
