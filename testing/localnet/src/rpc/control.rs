//! The levers of the network, outside of Lotus' API: `Peggy.*`. Only a server started with them has them; no message reaches them.
//!
//! A lever works at the head's epoch, at once; amounts are attoFIL as decimal text, miners any of their addresses.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde::Deserialize;
use serde_json::{json, Value};

use super::error::{Args, Error};
use super::node::Node;
use super::text::{atto, CidJson};
use super::Methods;
use crate::control::Control;
use crate::network::{Network, Producer};

/// attoFIL as decimal text.
#[derive(Deserialize)]
struct Amount(#[serde(with = "atto")] TokenAmount);

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Peggy.Advance", advance)?;
    methods.add("Peggy.Faucet", faucet)?;
    methods.add("Peggy.SetProducer", set_producer)?;
    methods.add("Peggy.SetBlockReward", |node, args| {
        let per_win = amount(args)?;
        done(node.network().control().set_block_reward(&per_win))
    })?;
    methods.add("Peggy.AwardReward", |node, args| {
        with_amount(node, args, |mut control, miner, reward| control.award_amount(miner, reward))
    })?;
    methods.add("Peggy.PledgeSector", |node, args| {
        with_amount(node, args, |mut control, miner, pledge| control.add_pledge(miner, pledge))
    })?;
    methods.add("Peggy.ExpireSector", |node, args| {
        with_amount(node, args, |mut control, miner, pledge| control.expire_sector(miner, pledge))
    })?;
    methods.add("Peggy.TerminateSector", |node, args| {
        let mut network = node.network();
        let miner = miner(&network, args)?;
        let (pledge, fee) = (amount(args)?, amount(args)?);
        done(network.control().terminate_sector(miner, pledge, fee))
    })?;
    methods.add("Peggy.Fine", |node, args| {
        with_amount(node, args, |mut control, miner, fine| control.fine(miner, fine))
    })?;
    methods.add("Peggy.LeaveDebt", |node, args| {
        with_amount(node, args, |mut control, miner, debt| control.add_debt(miner, debt))
    })?;
    methods.add("Peggy.HoldTerminations", |node, args| {
        let mut network = node.network();
        let miner = miner(&network, args)?;
        let held: bool = args.next("held")?;
        done(network.control().hold_early_terminations(miner, held))
    })
}

/// `[epochs]`: skips null rounds and makes a block; answers the new height.
fn advance(node: &Node, args: &mut Args) -> Result<ChainEpoch, Error> {
    let epochs: ChainEpoch = args.next("epochs")?;
    let mut network = node.network();
    node.advance(&mut network, epochs)?;
    Ok(network.epoch())
}

/// `[address, amount]`: FIL from the faucet, in a block of its own; answers the message's CID.
fn faucet(node: &Node, args: &mut Args) -> Result<CidJson, Error> {
    let to = args.address()?;
    let amount = amount(args)?;
    let mut network = node.network();
    let outcome = network.fund(to, amount)?;
    node.tell(&network);
    Ok(CidJson(outcome.cid))
}

/// `[miner, wins]`: this miner makes the blocks from now on and wins so often in each; `[null]` stops all rewards.
fn set_producer(node: &Node, args: &mut Args) -> Result<Value, Error> {
    let mut network = node.network();
    let producers = match args.optional::<super::text::AddressJson>("miner")? {
        None => Vec::new(),
        Some(address) => {
            let miner = resolve(&network, &address.0)?;
            let genesis = network.genesis();
            let worker = (miner == genesis.miner).then(|| genesis.worker.clone());
            vec![Producer { miner, win_count: args.optional("wins")?.unwrap_or(1), worker }]
        }
    };
    network.set_producers(producers);
    Ok(json!(true))
}

/// `[miner, amount]`.
fn with_amount(
    node: &Node,
    args: &mut Args,
    lever: fn(Control<'_>, ActorID, &TokenAmount) -> anyhow::Result<()>,
) -> Result<Value, Error> {
    let mut network = node.network();
    let miner = miner(&network, args)?;
    let amount = amount(args)?;
    done(lever(network.control(), miner, &amount))
}

fn amount(args: &mut Args) -> Result<TokenAmount, Error> {
    Ok(args.next::<Amount>("attoFIL")?.0)
}

fn miner(network: &Network, args: &mut Args) -> Result<ActorID, Error> {
    resolve(network, &args.address()?)
}

fn resolve(network: &Network, address: &fvm_shared::address::Address) -> Result<ActorID, Error> {
    network.resolve(address)?.ok_or_else(|| Error::actor_not_found(address))
}

fn done(result: anyhow::Result<()>) -> Result<Value, Error> {
    result?;
    Ok(json!(true))
}
