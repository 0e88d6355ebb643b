//! Depositors change a fee and the code of the pool, by vote; one of them disagrees and leaves first.

use anyhow::{ensure, Context as _, Result};
use serde_json::Value;

use super::mining::{harvest_row, reward_of};
use super::FEES;
use crate::money::{atto_in, fil, short};
use crate::narrate::{heading, say, table, Progress};
use crate::program::text;
use crate::stage::{Stage, DAVE, DEVICE, HOLDERS, KEEPERS, OPERATOR};

/// What the operator gets of every reward from now on, in basis points.
const NEW_FEE: u32 = 500;
/// Sectors that end during the delay: what they locked.
const EXPIRED: &str = "300";
/// Days of a vote, and of the delay of what is critical, as governance's settings have them.
const VOTE: i64 = 5;
const DELAY: i64 = 14;
/// Exits requested before come first.
const EXITS_FIRST: u64 = 137;
/// The one who leaves.
const TICKET: &str = "bob's ticket";

/// Proposed, voted on, queued.
pub fn vote(stage: &mut Stage) -> Result<()> {
    let [alice, bob, _] = HOLDERS;
    heading("Depositors change the rules, and nobody else does");
    let proposal = write_proposal(stage)?;
    let made = stage.peggy.run_as(alice, &["gov", "propose", "file", &proposal])?;
    ensure!(made["critical"] == true, "new code is critical");
    stage.day(&reward_of(201))?;
    stage.peggy.run_as(KEEPERS[0], &["gov", "activate", "1"])?;
    let yes = stage.peggy.run_as(alice, &["gov", "vote", "1", "for", "--reason", "fees are too high"])?;
    let no = stage.peggy.run_as(bob, &["gov", "vote", "1", "against"])?;
    let expected = stage.expected()?.clone();
    for (holder, answer) in [(alice, &yes), (bob, &no)] {
        let shares = expected.shares.get(holder).cloned().unwrap_or_default();
        stage.checks.same(format!("votes of {holder}"), &shares, &atto_in(answer, "/votes")?);
    }
    let before = shown(stage)?;
    stage.peggy.run_as(OPERATOR, &["gov", "consent", "1"])?;
    let after = shown(stage)?;
    ensure!(before["carried"] == false && after["carried"] == true, "the bond's owner decides beside so large a bond");
    let actions = after["actions"].as_array().context("no actions")?;
    say(format!(
        "{alice} proposes a lower fee for the operator and a new version of the pool's code. `peggy gov show 1` says what it would do:\n\n    - {}\n    - {}\n\n\
         {alice} votes for it with {} shares, {bob} against it with {}. The operator's bond, {} shares, has no vote; but a change of code beside\n\
         a larger bond needs its owner's consent, and the operator consents.",
        cut(&text(&actions[0], "/text")?),
        cut(&text(&actions[1], "/text")?),
        short(&atto_in(&yes, "/votes")?).replace(" FIL", ""),
        short(&atto_in(&no, "/votes")?).replace(" FIL", ""),
        short(&atto_in(&after, "/bond")?).replace(" FIL", ""),
    ));
    let progress = Progress::start("voting");
    for day in 1..=VOTE {
        stage.day(&reward_of(201 + day))?;
    }
    stage.node.advance(2)?;
    drop(progress);
    stage.request_exit(bob, TICKET, "all")?;
    stage.peggy.run_as(DAVE, &["gov", "queue", "1"])?;
    say(format!("{VOTE} days later the vote is over and won. {bob} wants no part of it and asks for his FIL back; then {DAVE} queues the proposal."));
    Ok(())
}

/// Bob leaves during the delay; then the proposal is executed, and a harvest goes by the new fee.
pub fn execution(stage: &mut Stage) -> Result<()> {
    let bob = HOLDERS[1];
    heading(&format!("{DELAY} days of delay: {bob} leaves first"));
    let progress = Progress::start("mining");
    for day in 1..=DELAY {
        stage.day(&reward_of(210 + day))?;
    }
    drop(progress);
    let sentence = stage.refused(DAVE, &["gov", "execute", "1"], EXITS_FIRST)?;
    say(format!("The delay is over, and {DAVE} wants to execute it. Governance refuses:\n\n    {sentence}\n"));
    let miner = stage.address("miner")?;
    stage.node.expire_sectors(&miner, &fil(EXPIRED))?;
    stage.expected()?.miner.expire(&fil(EXPIRED));
    stage.finalize_exits(KEEPERS[0])?;
    let (owed, rewards) = stage.claim_exit(TICKET)?;
    let pool = stage.address("pool")?;
    let code = code_of(stage, &pool)?;
    stage.peggy.run_as(DAVE, &["gov", "execute", "1"])?;
    stage.expected()?.terms.fees[0].1 = NEW_FEE;
    ensure!(code_of(stage, &pool)? != code, "the pool runs other code");
    ensure!(shown(stage)?["state"] == "Executed", "the proposal was executed");
    for holder in [HOLDERS[0], OPERATOR] {
        let shares = stage.expected()?.shares.get(holder).cloned().unwrap_or_default();
        let found = if holder == OPERATOR {
            atto_in(&stage.peggy.run(&["status"])?, "/bond/shares")?
        } else {
            atto_in(&stage.peggy.run_as(holder, &["balance"])?, "/shares")?
        };
        stage.checks.same(format!("shares of {holder} after the upgrade"), &shares, &found);
    }
    stage.day(&reward_of(230))?;
    let shared = stage.harvest(KEEPERS[1])?;
    say(format!(
        "So sectors end, {} finalises, and {bob} is paid {} and {} of rewards. Now it goes through: the pool runs its new code, every\n\
         balance is what it was, and the next harvest pays the operator {NEW_FEE} basis points instead of {}.",
        KEEPERS[0],
        short(&owed),
        short(&rewards),
        FEES[0].1,
    ));
    table(
        &["harvest", "keeper", "reward", "to the bond", "keeper's cut", "fees", "to holders"],
        [harvest_row(1, KEEPERS[1], &shared)],
    );
    Ok(())
}

fn shown(stage: &Stage) -> Result<Value> {
    stage.peggy.run(&["gov", "show", "1"])
}

fn code_of(stage: &Stage, actor: &str) -> Result<String> {
    let found = stage.node.call("Filecoin.StateGetActor", &serde_json::json!([actor, null]))?;
    text(&found, "/Code/~1")
}

/// The beginning of a long sentence.
fn cut(text: &str) -> String {
    const MOST: usize = 110;
    if text.len() <= MOST {
        return text.to_owned();
    }
    let short: String = text.chars().take(MOST).collect();
    format!("{short}...")
}

/// A proposal as a file: the fees of before, but for the operator's; and the second version of the pool that `make wasm` builds.
fn write_proposal(stage: &Stage) -> Result<String> {
    let mut fees = Vec::new();
    for (label, bps) in FEES {
        let bps = if label == OPERATOR { NEW_FEE } else { bps };
        fees.push(format!("{{ label = \"{label}\", recipient = \"{}\", bps = {bps} }}", stage.address(label)?));
    }
    ensure!(FEES.len() == 3 && FEES[2].0 == DEVICE, "three fees are known");
    let code = stage.checkout.join("out/wasm/second_pool.wasm");
    let toml = format!(
        "title = \"A lower fee, and new code for the pool\"\ndescription = \"As discussed.\"\n\
         [[actions]]\nkind = \"set-terms\"\nfees = [{}]\n\
         [[actions]]\nkind = \"upgrade\"\nactor = \"pool\"\ncode = \"{}\"\nnote = \"00\"\n",
        fees.join(", "),
        code.display()
    );
    let path = stage.home.join("proposal.toml");
    std::fs::write(&path, toml).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path.display().to_string())
}
