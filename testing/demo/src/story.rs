//! The acts.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::expect::{Shared, Terms};
use crate::money::{atto_in, fil, short, Atto};
use crate::narrate::{heading, say, table, Progress};
use crate::program::text;
use crate::stage::{Stage, DATASET, DAVE, DEVICE, HOLDERS, KEEPERS, OPERATOR, WORKER};

/// What the operator puts into the new miner.
const MINER_FIL: &str = "1000";
/// What the three deposit.
const DEPOSITS: [&str; 3] = ["1000", "250.5", "333.333333333333333333"];
/// What of it is pledged.
const PLEDGE: &str = "1300";
/// What the sectors lock of the miner's balance.
const SECTORS: &str = "2200";
/// What bob gives dave, on day 30.
const GIFT: &str = "100.25";
/// What alice redeems.
const REDEEMED: &str = "120";
/// The day on which carol does not want to wait any longer.
const EARLY_CLAIM: i64 = 45;
/// Days of mining.
const DAYS: i64 = 60;
/// Days between harvests.
const HARVEST_EVERY: i64 = 10;
/// Days from the last harvest to the day everybody claims.
const PATIENCE: i64 = 3;
/// Operator, dataset, device: basis points of every reward.
const FEES: [(&str, u32); 3] = [(OPERATOR, 700), (DATASET, 250), (DEVICE, 150)];
/// Basis points of a harvest for its keeper.
const KEEPER_BPS: u32 = 50;
/// The most a keeper gets at once.
const KEEPER_CAP: &str = "0.25";
/// Days over which a reward is released.
const PERIOD_DAYS: i64 = 7;

/// What the miner earns on a day: a little more every day, and never an even number.
fn reward_of(day: i64) -> Atto {
    fil("7.7") + fil("0.010000000000000007") * day
}

fn terms() -> Terms {
    Terms {
        fees: FEES.to_vec(),
        keeper_bps: KEEPER_BPS,
        keeper_cap: fil(KEEPER_CAP),
        period: PERIOD_DAYS * crate::miner::DAY,
    }
}

/// Tells the whole story.
pub fn tell(stage: &mut Stage) -> Result<()> {
    people(stage)?;
    miner(stage)?;
    deployment(stage)?;
    custody(stage)?;
    deposits(stage)?;
    pledge(stage)?;
    mining(stage)?;
    payday(stage)?;
    leaving(stage)
}

fn people(stage: &mut Stage) -> Result<()> {
    heading("The people");
    let progress = Progress::start("making wallets and giving everybody some FIL");
    stage.enter(OPERATOR, "secp256k1", "1100")?;
    stage.enter(WORKER, "bls", "1")?;
    let [alice, bob, carol] = HOLDERS;
    stage.enter(alice, "secp256k1", "1100")?;
    stage.enter(bob, "bls", "300")?;
    stage.enter(carol, "delegated", "400")?;
    for name in [DAVE, KEEPERS[0], KEEPERS[1], DATASET, DEVICE] {
        stage.enter(name, "secp256k1", "5")?;
    }
    drop(progress);
    say(format!(
        "An operator has a mining rig and {}. Three people have FIL to spare: {alice} with 1,100 FIL, {bob} with 300 FIL, and {carol}\n\
         with 400 FIL in an Ethereum-style wallet ({}). {} and {} will run keepers' scripts.",
        short(&fil("1100")),
        stage.address(carol)?,
        KEEPERS[0],
        KEEPERS[1],
    ));
    Ok(())
}

fn miner(stage: &mut Stage) -> Result<()> {
    heading("Day 0: a miner like any other");
    let worker = stage.address(WORKER)?;
    let arguments = ["miner", "create", "--own", "--worker", &worker, "--value", MINER_FIL];
    let answer = stage.peggy.run_as(OPERATOR, &arguments)?;
    stage.flow(OPERATOR).sent += fil(MINER_FIL);
    let miner = text(&answer, "/miner")?;
    let locked: Atto = stage.node.vesting(&miner)?.values().sum();
    say(format!(
        "The operator creates miner {miner} with {}. It belongs to the operator's key, as all miners do. The network locks {}\n\
         of it as a new miner's deposit, to be freed over 180 days like a reward.",
        short(&fil(MINER_FIL)),
        short(&locked)
    ));
    stage.addresses.insert("miner", miner);
    Ok(())
}

fn deployment(stage: &mut Stage) -> Result<()> {
    heading("Five actors are deployed: scripts/deploy.sh");
    let config = write_config(stage)?;
    let progress = Progress::start("installing, creating, wiring and checking the five actors");
    let answer = stage.peggy.deploy(OPERATOR, &config)?;
    drop(progress);
    for name in ["owner-proxy", "pool", "nft-share", "liquidity", "governance"] {
        let id =
            answer.pointer(&format!("/actors/{name}/id")).and_then(Value::as_u64).context("an actor without ID")?;
        stage.addresses.insert(name, format!("f0{id}"));
    }
    let verified = stage.peggy.run(&["verify"])?;
    let checks = verified["checks"].as_array().map_or(0, Vec::len);
    say(format!(
        "owner-proxy is {}, pool {}, nft-share {}, liquidity {}, governance {}. `peggy verify` compares code and wiring on chain with\n\
         the bundle built here: all {checks} checks pass, and the deployer has no rights left.",
        stage.address("owner-proxy")?,
        stage.address("pool")?,
        stage.address("nft-share")?,
        stage.address("liquidity")?,
        stage.address("governance")?,
    ));
    say("Of every reward the terms give 7% to the operator, 2.5% for the dataset, 1.5% for the devices; the rest is released to\nholders over 7 days. A keeper gets 0.5% of what it harvests.");
    Ok(())
}

/// The one TOML a deployment is made from.
fn write_config(stage: &Stage) -> Result<PathBuf> {
    let mut toml = format!(
        "operator = \"{}\"\n[share]\nname = \"Demo share\"\nsymbol = \"dFIL\"\n\
         [keeper]\ncut_bps = {KEEPER_BPS}\ncap = \"{KEEPER_CAP} FIL\"\n\
         [terms]\nmin_deposit = \"1 FIL\"\nmin_ticket = \"1\"\ncap = \"100000 FIL\"\nmax_idle = \"10000 FIL\"\nreserve_bps = 500\n\
         reward_period = \"{PERIOD_DAYS} days\"\nmin_bond_bps = 1000\n",
        stage.address(OPERATOR)?,
    );
    for (name, bps) in FEES {
        write!(toml, "[{name}_fee]\nrecipient = \"{}\"\nbps = {bps}\n", stage.address(name)?)?;
    }
    let path = stage.home.join("deploy.toml");
    std::fs::write(&path, toml).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn custody(stage: &mut Stage) -> Result<()> {
    heading("The miner is handed over");
    let miner = stage.address("miner")?;
    stage.peggy.run_as(OPERATOR, &["miner", "propose-owner", &miner])?;
    stage.take_custody(terms(), &fil(MINER_FIL))?;
    let expected = stage.expected()?;
    let (bond, legacy) = (expected.miner.principal.clone(), expected.legacy_left.clone());
    say(format!(
        "The operator's key proposes the proxy as owner, and the proxy accepts. From now on nobody holds the miner. What backs it, {},\n\
         becomes the operator's bond in shares; the {} that still vest will join the bond as they come free.",
        short(&bond),
        short(&legacy)
    ));
    Ok(())
}

fn deposits(stage: &mut Stage) -> Result<()> {
    heading("Three deposits");
    for (holder, amount) in HOLDERS.into_iter().zip(DEPOSITS) {
        stage.deposit(holder, amount)?;
    }
    table(
        &["holder", "wallet", "deposit", "shares"],
        HOLDERS.into_iter().zip(DEPOSITS).zip(["f1, Deposit", "f3, Deposit", "f410, InvokeEVM"]).map(
            |((holder, amount), wallet)| {
                vec![holder.into(), wallet.into(), short(&fil(amount)), short(&fil(amount)).replace(" FIL", "")]
            },
        ),
    );
    Ok(())
}

fn pledge(stage: &mut Stage) -> Result<()> {
    stage.pledge(PLEDGE)?;
    let miner = stage.address("miner")?;
    stage.node.commit_sectors(&miner, &fil(SECTORS))?;
    say(format!(
        "The operator pledges {} of it to the miner and seals sectors: {} of the miner's balance are locked as their pledge.",
        short(&fil(PLEDGE)),
        short(&fil(SECTORS))
    ));
    Ok(())
}

fn mining(stage: &mut Stage) -> Result<()> {
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

fn harvest_row(day: i64, keeper: &str, shared: &Shared) -> Vec<String> {
    let fees: Atto = shared.fees.iter().sum();
    let amounts = [&shared.reward, &shared.legacy, &shared.cut, &fees, &shared.rest];
    let mut row = vec![day.to_string(), keeper.to_owned()];
    row.extend(amounts.map(short));
    row
}

fn payday(stage: &mut Stage) -> Result<()> {
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

fn leaving(stage: &mut Stage) -> Result<()> {
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
