//! The end of the story: where every attoFIL is.

use std::collections::BTreeMap;

use anyhow::Result;
use num_traits::Zero;
use serde_json::{json, Map, Value};

use crate::money::{atto_in, exact, trimmed, Atto, Exact};
use crate::narrate::{heading, say, table, Progress};
use crate::node::{Spent, BURNT, REWARD};
use crate::stage::{Flow, Stage, DAVE, HOLDERS, OPERATOR};

/// A line of the account.
#[derive(Clone, Debug)]
struct Line {
    what: String,
    amount: Atto,
}

/// The account, and what of it is written to `out/demo.json`.
pub fn close(stage: &mut Stage) -> Result<Value> {
    let progress = Progress::start("reading all balances and the whole chain back");
    let came_in = came_in(stage);
    let paid = paid(stage)?;
    let held = held(stage)?;
    let spent = stage.node.audit()?;
    let gas = check_gas(stage, &spent)?;
    let wallets = check_wallets(stage, &spent)?;
    drop(progress);

    heading("Where every attoFIL is");
    let sum = |lines: &[Line]| lines.iter().map(|line| &line.amount).sum::<Atto>();
    let (all_in, all_paid, all_held) = (sum(&came_in), sum(&paid), sum(&held));
    stage.checks.same("all that came in = all that was paid + all that is there", &all_in, &(&all_paid + &all_held));
    let mut rows = Vec::new();
    for (title, lines, total) in
        [("CAME IN", &came_in, &all_in), ("PAID OUT", &paid, &all_paid), ("STILL THERE", &held, &all_held)]
    {
        rows.push(vec![title.to_owned(), String::new(), exact(total)]);
        rows.extend(lines.iter().map(|line| vec![format!("  {}", line.what), exact(&line.amount), String::new()]));
    }
    rows.push(vec![
        "CAME IN - PAID OUT - STILL THERE".to_owned(),
        String::new(),
        exact(&(&all_in - &all_paid - &all_held)),
    ]);
    table(&["", "FIL", "sum"], rows);

    say("\nAnd every wallet, gas included (read back from the chain, message by message):");
    table(
        &["wallet", "first FIL", "put in", "paid to it", "gas", "has now"],
        wallets.iter().map(|(row, _)| row.clone()),
    );
    say(format!(
        "\nAll gas: {} FIL, of which {} were burnt and {} went to the miner of the blocks as tips.",
        exact(&gas.all),
        exact(&gas.burnt),
        exact(&gas.tips)
    ));
    Ok(json!({
        "came_in": lines_json(&came_in),
        "paid_out": lines_json(&paid),
        "still_there": lines_json(&held),
        "sums": { "came_in": all_in.to_string(), "paid_out": all_paid.to_string(), "still_there": all_held.to_string() },
        "wallets": wallets.into_iter().map(|(_, json)| json).collect::<Vec<_>>(),
        "gas": { "all": gas.all.to_string(), "burnt": gas.burnt.to_string(), "tips": gas.tips.to_string() },
        "checks": stage.checks.json(),
    }))
}

fn line(what: impl Into<String>, amount: &Atto) -> Line {
    Line { what: what.into(), amount: amount.clone() }
}

fn lines_json(lines: &[Line]) -> Value {
    let fields: Map<_, _> = lines.iter().map(|line| (line.what.clone(), json!(line.amount.to_string()))).collect();
    Value::Object(fields)
}

fn came_in(stage: &mut Stage) -> Vec<Line> {
    let mut lines = Vec::new();
    for holder in HOLDERS {
        let sent = stage.flow(holder).sent.clone();
        lines.push(line(format!("deposit of {holder}"), &sent));
    }
    let put_in = stage.flow(OPERATOR).sent.clone();
    lines.push(line("the operator's miner, at the hand-over", &put_in));
    lines.push(line("block rewards", &stage.awarded));
    lines
}

fn paid(stage: &mut Stage) -> Result<Vec<Line>> {
    let expected = stage.expected()?;
    let mut lines = Vec::new();
    for (holder, amount) in &expected.claimed {
        lines.push(line(format!("rewards to {}", named(holder)), amount));
    }
    for (recipient, amount) in &expected.fees_paid {
        lines.push(line(format!("fees to {recipient}"), amount));
    }
    for (keeper, amount) in &expected.cuts {
        lines.push(line(format!("cuts to {keeper}"), amount));
    }
    // The one who redeemed got an attoFIL a share, which was checked when it happened.
    let deposited = stage.flow(HOLDERS[0]).sent.clone();
    let left = stage.expected()?.shares.get(HOLDERS[0]).cloned().unwrap_or_default();
    lines.push(line(format!("redeemed by {}", HOLDERS[0]), &(deposited - left)));
    Ok(lines)
}

fn named(holder: &str) -> String {
    if holder == OPERATOR {
        return "operator (bond)".to_owned();
    }
    holder.to_owned()
}

/// The pool's books as the program shows them.
struct Books {
    liquid: Atto,
    stream: Atto,
    rewards_owed: Atto,
    fees_owed: Atto,
}

/// What the actors and the miner hold, and whose it is by their books; each line is checked, and their sums against the balances
/// on chain.
fn held(stage: &mut Stage) -> Result<Vec<Line>> {
    // What the actors answer is as of the next epoch.
    let now = stage.node.epoch()? + 1;
    stage.expected()?.release(now);
    stage.expected()?.miner.unlock(now);
    let books = check_books(stage)?;
    let mut lines = vec![line("liquid in the pool, backing shares", &books.liquid)];
    lines.extend(rewards_owed(stage, &books)?);
    lines.extend(fees_owed(stage, &books)?);
    lines.push(line("not yet released to holders", &books.stream));
    lines.extend(miner_lines(stage, now)?);

    let pool = &books.liquid + &books.stream + &books.rewards_owed + &books.fees_owed;
    let found = stage.node.balance(&stage.address("pool")?)?;
    stage.checks.same("the pool's balance", &pool, &found);
    for name in ["owner-proxy", "nft-share", "liquidity", "governance"] {
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
    checks.same("bare sends", &Atto::zero(), &shown("untracked")?);
    checks.same("pledged", &expected.miner.principal, &shown("principal")?);
    Ok(books)
}

fn rewards_owed(stage: &mut Stage, books: &Books) -> Result<Vec<Line>> {
    let expected = stage.expected()?.clone();
    let mut lines = Vec::new();
    let mut owed = Atto::zero();
    for holder in [HOLDERS[0], HOLDERS[1], HOLDERS[2], DAVE, OPERATOR] {
        let answer = stage.peggy.run(&["balance", &stage.address(holder)?])?;
        let rewards = atto_in(&answer, "/rewards")?;
        let (due, off) = (expected.claimable(holder), expected.tolerance(holder));
        stage.checks.within(format!("rewards owed to {holder}"), &due, &rewards, off.clone(), off);
        // The bond's shares stand in the pool's own account.
        let has = expected.shares.get(holder).filter(|_| holder != OPERATOR).cloned().unwrap_or_default();
        stage.checks.same(format!("shares of {holder}"), &has, &atto_in(&answer, "/shares")?);
        owed += &rewards;
        lines.push(line(format!("owed to {}: rewards", named(holder)), &rewards));
    }
    let carry = &books.rewards_owed - &owed;
    let most = expected.unassigned();
    stage.checks.within("released, and not yet anybody's by rounding", &Atto::zero(), &carry, Atto::zero(), most);
    lines.push(line("released, too little to divide: comes with the next", &carry));
    Ok(lines)
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

struct Gas {
    all: Atto,
    burnt: Atto,
    tips: Atto,
}

/// What all senders paid is what was burnt and what the blocks' miner got.
fn check_gas(stage: &mut Stage, spent: &BTreeMap<String, Spent>) -> Result<Gas> {
    // The network's own accounts sent a message before the story began.
    let wallets: Vec<_> = stage.flows.keys().filter_map(|name| stage.addresses.get(name)).collect();
    let all: Atto = spent.iter().filter(|(from, _)| wallets.contains(from)).map(|(_, s)| &s.gas).sum();
    let change =
        |id: &str| -> Result<Atto> { Ok(stage.node.balance(id)? - stage.before.get(id).cloned().unwrap_or_default()) };
    let burnt = change(BURNT)?;
    let block_miner: Atto = stage
        .before
        .keys()
        .filter(|id| ![BURNT, REWARD].contains(&id.as_str()))
        .map(|id| change(id))
        .sum::<Result<_>>()?;
    // The reward actor pays rewards to the block miner and to ours, and passes tips on.
    let tips = change(REWARD)? + block_miner + &stage.awarded;
    stage.checks.same("gas = burnt + tips", &all, &(&burnt + &tips));
    Ok(Gas { all, burnt, tips })
}

/// Every wallet has what it was given and paid, less what it sent and its gas.
fn check_wallets(stage: &mut Stage, spent: &BTreeMap<String, Spent>) -> Result<Vec<(Vec<String>, Value)>> {
    let mut wallets = Vec::new();
    let flows = stage.flows.clone();
    for (name, Flow { funded, sent, paid }) in &flows {
        let address = stage.address(name)?;
        let Spent { messages, gas } = spent.get(&address).cloned().unwrap_or_default();
        let found = stage.node.balance(&address)?;
        stage.checks.same(format!("balance of {name}"), &(funded - sent + paid - &gas), &found);
        let row = [funded, sent, paid, &gas, &found].map(trimmed);
        let json = json!({
            "name": name, "address": address, "messages": messages, "funded": funded.to_string(), "put_in": sent.to_string(),
            "paid": paid.to_string(), "gas": gas.to_string(), "balance": found.to_string(),
        });
        wallets.push((std::iter::once((*name).to_owned()).chain(row).collect(), json));
    }
    Ok(wallets)
}
