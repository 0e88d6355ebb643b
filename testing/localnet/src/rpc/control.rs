//! The levers of the network, outside of Lotus' API: `Peggy.*`. Only a server started with them has them; no message reaches them.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use serde::Deserialize;

use super::error::Error;
use super::text::atto;
use super::Methods;

/// attoFIL as decimal text.
#[derive(Deserialize)]
struct Amount(#[serde(with = "atto")] TokenAmount);

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Peggy.Advance", |node, args| {
        let epochs: ChainEpoch = args.next("epochs")?;
        let mut network = node.network();
        node.advance(&mut network, epochs)?;
        Ok(network.epoch())
    })?;
    methods.add("Peggy.Faucet", |node, args| {
        let to = args.address()?;
        let amount = args.next::<Amount>("attoFIL")?.0;
        let outcome = node.network().fund(to, amount)?;
        Ok(super::text::CidJson(outcome.cid))
    })?;
    methods.add("Peggy.Award", |node, args| {
        let miner = args.address()?;
        let amount = args.next::<Amount>("attoFIL")?.0;
        let mut network = node.network();
        let miner = network.resolve(&miner)?.ok_or_else(|| Error::actor_not_found(&miner))?;
        network.control().award_amount(miner, &amount)?;
        Ok(network.epoch())
    })?;
    methods.add("Peggy.CommitSectors", |node, args| {
        let miner = args.address()?;
        let pledge = args.next::<Amount>("attoFIL")?.0;
        let mut network = node.network();
        let miner = network.resolve(&miner)?.ok_or_else(|| Error::actor_not_found(&miner))?;
        network.control().add_pledge(miner, &pledge)?;
        Ok(network.epoch())
    })
}
