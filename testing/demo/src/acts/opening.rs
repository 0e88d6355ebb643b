//! How it begins: a miner like any other, five actors, and people who trust code more than a key.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{terms, DISCOUNT, FEES, KEEPER_BPS, KEEPER_CAP, MIN_BOND_BPS, PERIOD_DAYS};
use crate::money::{fil, short, Atto};
use crate::narrate::{heading, say, table, Progress};
use crate::program::text;
use crate::stage::{Stage, DATASET, DAVE, DEVICE, HOLDERS, KEEPERS, LENA, OPERATOR, WORKER};

/// What the operator puts into the new miner.
const MINER_FIL: &str = "1000";
/// What the three deposit.
const DEPOSITS: [&str; 3] = ["1000", "250.5", "333.333333333333333333"];
/// What of it is pledged.
const PLEDGE: &str = "1300";
/// What the sectors lock of the miner's balance.
const SECTORS: &str = "2160";

pub fn people(stage: &mut Stage) -> Result<()> {
    heading("The people");
    let progress = Progress::start("making wallets and giving everybody some FIL");
    stage.enter(OPERATOR, "secp256k1", "1200")?;
    stage.enter(WORKER, "bls", "1")?;
    let [alice, bob, carol] = HOLDERS;
    stage.enter(alice, "secp256k1", "1100")?;
    stage.enter(bob, "bls", "300")?;
    stage.enter(carol, "delegated", "400")?;
    stage.enter(LENA, "secp256k1", "600")?;
    for name in [DAVE, KEEPERS[0], KEEPERS[1], DATASET, DEVICE] {
        stage.enter(name, "secp256k1", "5")?;
    }
    drop(progress);
    say(format!(
        "An operator has a mining rig and {}. Three people have FIL to spare: {alice} with 1,100 FIL, {bob} with 300 FIL, and {carol}\n\
         with 400 FIL in an Ethereum-style wallet ({}). {LENA} has 600 FIL and will lend a hand to who must leave at once.\n\
         {} and {} will run keepers' scripts.",
        short(&fil("1200")),
        stage.address(carol)?,
        KEEPERS[0],
        KEEPERS[1],
    ));
    Ok(())
}

pub fn miner(stage: &mut Stage) -> Result<()> {
    heading("Day 0: a miner like any other");
    let worker = stage.address(WORKER)?;
    let arguments = ["miner", "create", "--own", "--worker", &worker, "--value", MINER_FIL];
    let answer = stage.peggy.run_as(OPERATOR, &arguments)?;
    stage.book_in(OPERATOR, "the operator's miner, at the hand-over", &fil(MINER_FIL));
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

pub fn deployment(stage: &mut Stage) -> Result<()> {
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
         reward_period = \"{PERIOD_DAYS} days\"\nmin_bond_bps = {MIN_BOND_BPS}\n\
         [liquidity]\nname = \"Demo liquidity\"\nsymbol = \"dLP\"\nbase_bps = {}\nslope_bps = {}\nmax_bps = {}\n",
        stage.address(OPERATOR)?,
        DISCOUNT.base,
        DISCOUNT.slope,
        DISCOUNT.max,
    );
    for (name, bps) in FEES {
        write!(toml, "[{name}_fee]\nrecipient = \"{}\"\nbps = {bps}\n", stage.address(name)?)?;
    }
    let path = stage.home.join("deploy.toml");
    std::fs::write(&path, toml).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

pub fn custody(stage: &mut Stage) -> Result<()> {
    heading("The miner is handed over");
    let miner = stage.address("miner")?;
    stage.peggy.run_as(OPERATOR, &["miner", "propose-owner", &miner])?;
    stage.take_custody(terms(), &fil(MINER_FIL))?;
    let expected = stage.expected()?;
    expected.market.discount = DISCOUNT;
    let (bond, legacy) = (expected.miner.principal.clone(), expected.legacy_left.clone());
    say(format!(
        "The operator's key proposes the proxy as owner, and the proxy accepts. From now on nobody holds the miner. What backs it, {},\n\
         becomes the operator's bond in shares; the {} that still vest will join the bond as they come free.",
        short(&bond),
        short(&legacy)
    ));
    Ok(())
}

pub fn deposits(stage: &mut Stage) -> Result<()> {
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

pub fn pledge(stage: &mut Stage) -> Result<()> {
    stage.pledge(PLEDGE)?;
    let miner = stage.address("miner")?;
    stage.node.commit_sectors(&miner, &fil(SECTORS))?;
    stage.expected()?.miner.commit(&fil(SECTORS));
    say(format!(
        "The operator pledges {} of it to the miner and seals sectors: {} of the miner's balance are locked as their pledge.",
        short(&fil(PLEDGE)),
        short(&fil(SECTORS))
    ));
    Ok(())
}
