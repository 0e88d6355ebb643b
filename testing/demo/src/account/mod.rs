//! The end of the story: where every attoFIL is.

mod held;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{json, Map, Value};

use crate::expect::MARKET;
use crate::money::{exact, trimmed, Atto};
use crate::narrate::{heading, say, table, Progress};
use crate::node::{Spent, BURNT, REWARD};
use crate::stage::{Flow, Stage, OPERATOR};

use held::held;

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
    let lost = vec![line("fines, burnt by the network", &stage.fined)];
    let held = held(stage)?;
    let spent = stage.node.audit()?;
    let gas = check_gas(stage, &spent)?;
    let wallets = check_wallets(stage, &spent)?;
    drop(progress);

    heading("Where every attoFIL is");
    let sum = |lines: &[Line]| lines.iter().map(|line| &line.amount).sum::<Atto>();
    let (all_in, all_paid, all_lost, all_held) = (sum(&came_in), sum(&paid), sum(&lost), sum(&held));
    let gone_and_there = &all_paid + &all_lost + &all_held;
    stage.checks.same("all that came in = paid + lost + there", &all_in, &gone_and_there);
    let mut rows = Vec::new();
    for (title, lines, total) in [
        ("CAME IN", &came_in, &all_in),
        ("PAID OUT", &paid, &all_paid),
        ("LOST", &lost, &all_lost),
        ("STILL THERE", &held, &all_held),
    ] {
        rows.push(vec![title.to_owned(), String::new(), exact(total)]);
        rows.extend(lines.iter().map(|line| vec![format!("  {}", line.what), exact(&line.amount), String::new()]));
    }
    rows.push(vec![
        "CAME IN - PAID OUT - LOST - STILL THERE".to_owned(),
        String::new(),
        exact(&(&all_in - &gone_and_there)),
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
        "lost": lines_json(&lost),
        "still_there": lines_json(&held),
        "sums": {
            "came_in": all_in.to_string(), "paid_out": all_paid.to_string(), "lost": all_lost.to_string(),
            "still_there": all_held.to_string(),
        },
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
    let mut lines: Vec<_> = stage.came_in.iter().map(|(what, amount)| line(what, amount)).collect();
    lines.push(line("block rewards", &stage.awarded));
    lines
}

fn paid(stage: &mut Stage) -> Result<Vec<Line>> {
    let expected = stage.expected()?;
    let mut lines = Vec::new();
    // What liquidity collected did not leave: it is part of the FIL liquidity has.
    for (holder, amount) in expected.claimed.iter().filter(|(holder, _)| **holder != MARKET) {
        lines.push(line(format!("rewards to {}", named(holder)), amount));
    }
    for (recipient, amount) in &expected.fees_paid {
        lines.push(line(format!("fees to {recipient}"), amount));
    }
    for (keeper, amount) in &expected.cuts {
        lines.push(line(format!("cuts to {keeper}"), amount));
    }
    lines.extend(stage.paid_out.iter().map(|(what, amount)| line(what, amount)));
    Ok(lines)
}

fn named(holder: &str) -> String {
    if holder == OPERATOR {
        return "operator (bond)".to_owned();
    }
    holder.to_owned()
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
    let burnt = change(BURNT)? - &stage.fined;
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
