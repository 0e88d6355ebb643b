//! The levers of the network, outside of Lotus' API: `Peggy.*`. Only a server started with them has them; no message reaches them.
//!
//! A lever works at the head's epoch, at once; amounts are attoFIL as decimal text, miners any of their addresses. All
//! but `Faucet` answer the height of the head. On the official actors only `Advance`, `Faucet` and `SetProducer` work; the others answer
//! with a sentence that says what does the same there.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use serde::Deserialize;

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
        let mut network = node.network();
        network.control().set_block_reward(&per_win)?;
        Ok(network.epoch())
    })?;
    methods.add("Peggy.Award", |node, args| {
        with_amount(node, args, |mut control, miner, reward| control.award_amount(miner, reward))
    })?;
    methods.add("Peggy.CommitSectors", |node, args| {
        with_amount(node, args, |mut control, miner, pledge| control.add_pledge(miner, pledge))
    })?;
    methods.add("Peggy.ExpireSectors", |node, args| {
        with_amount(node, args, |mut control, miner, pledge| control.expire_sector(miner, pledge))
    })?;
    methods.add("Peggy.TerminateSectors", |node, args| {
        let mut network = node.network();
        let miner = miner(&network, args)?;
        let (pledge, fee) = (amount(args)?, amount(args)?);
        network.control().terminate_sector(miner, pledge, fee)?;
        Ok(network.epoch())
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
        network.control().hold_early_terminations(miner, held)?;
        Ok(network.epoch())
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
fn set_producer(node: &Node, args: &mut Args) -> Result<ChainEpoch, Error> {
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
    Ok(network.epoch())
}

/// `[miner, amount]`.
fn with_amount(
    node: &Node,
    args: &mut Args,
    lever: fn(Control<'_>, ActorID, &TokenAmount) -> anyhow::Result<()>,
) -> Result<ChainEpoch, Error> {
    let mut network = node.network();
    let miner = miner(&network, args)?;
    let amount = amount(args)?;
    lever(network.control(), miner, &amount)?;
    Ok(network.epoch())
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
