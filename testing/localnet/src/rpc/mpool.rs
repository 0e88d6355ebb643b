//! `Mpool*`, `GasEstimateMessageGas`, and waiting for messages.

use std::sync::Arc;

use cid::Cid;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::METHOD_SEND;
use serde_json::Value;

use super::chain::signed_json;
use super::error::{Args, Error};
use super::lotus::{
    key_json, GasCostJson, InvocResultJson, MessageJson, MsgLookupJson, ReceiptJson, SendSpecJson, SignedMessageJson,
};
use super::node::Node;
use super::text::CidJson;
use super::Methods;
use crate::network::{MessageLookup, Network};
use crate::outcome::Outcome;

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Filecoin.MpoolGetNonce", |node, args| {
        let address = args.address()?;
        let network = node.network();
        if network.resolve(&address)?.is_none() {
            return Err(Error::actor_not_found(&address));
        }
        Ok(network.next_nonce(&address)?)
    })?;
    methods.add("Filecoin.MpoolPush", push)?;
    methods.add("Filecoin.MpoolPending", |node, _| {
        Ok(node.network().pending().iter().map(signed_json).collect::<Vec<_>>())
    })?;
    methods.add("Filecoin.GasEstimateMessageGas", estimate)?;
    methods.add("Filecoin.StateSearchMsg", |node, args| {
        // The start tipset bounds nothing here: there is one chain.
        let _from: Option<Vec<CidJson>> = args.optional("tipset key")?;
        let cid = args.next::<CidJson>("message CID")?.0;
        let mut network = node.network();
        settle_if_instant(node, &mut network, &cid)?;
        Ok(lookup(&network, &cid))
    })?;
    methods.add("Filecoin.StateReplay", replay)?;
    methods.module.register_async_method("Filecoin.StateWaitMsg", |params, node, _| async move {
        let cid = Args::new(&params).next::<CidJson>("message CID").map_err(Error::into_object)?.0;
        wait(&node, cid).await.map_err(Error::into_object)
    })?;
    Ok(())
}

fn push(node: &Node, args: &mut Args) -> Result<CidJson, Error> {
    let signed = args.next::<SignedMessageJson>("signed message")?.to_signed()?;
    let mut network = node.network();
    let cid = signed.cid();
    if network.search_message(&cid).is_some() {
        // Pushing again what is on chain is no mistake: whoever was cut off does it.
        return Ok(cid.into());
    }
    network.push(signed).map_err(|e| Error::new(e.to_string()))?;
    node.mine_if_instant(&mut network)?;
    Ok(cid.into())
}

fn estimate(node: &Node, args: &mut Args) -> Result<MessageJson, Error> {
    let message = args.next::<MessageJson>("message")?.to_message()?;
    let spec: SendSpecJson = args.optional("send spec")?.unwrap_or_default();
    let network = node.network();
    if network.resolve(&message.from)?.is_none() {
        return Err(Error::actor_not_found(&message.from));
    }
    let estimated = network.estimate_gas(&message, &spec.max_fee).map_err(|error| explain(&network, message, error))?;
    Ok((&estimated).into())
}

/// Lotus' words for a message that would fail, with the whole way the error took.
fn explain(network: &Network, message: Message, error: anyhow::Error) -> Error {
    match network.call(message) {
        Ok(outcome) if !outcome.is_ok() => Error::reverted(&outcome),
        _ => error.into(),
    }
}

/// A message's receipt is known to nodes once the next block is there; instant networks make it when somebody asks.
fn settle_if_instant(node: &Node, network: &mut Network, cid: &Cid) -> Result<(), Error> {
    if !node.is_instant() {
        return Ok(());
    }
    let waits = |network: &Network| network.pending().iter().any(|signed| signed.cid() == *cid);
    let unsettled = |network: &Network| network.search_message(cid).is_some_and(|found| found.executing.is_none());
    // Two blocks do: one to hold it, one to hold its receipt. A fee cap below the base fee keeps it waiting all the same.
    for _ in 0..2 {
        if waits(network) || unsettled(network) {
            node.advance(network, 1)?;
        }
    }
    Ok(())
}

/// Waits for a message's receipt. Blocks of this network are final at once, so any confidence asked for is reached with it.
async fn wait(node: &Arc<Node>, cid: Cid) -> Result<Value, Error> {
    let mut heads = node.watch();
    loop {
        let node = node.clone();
        let found = tokio::task::spawn_blocking(move || {
            let mut network = node.network();
            settle_if_instant(&node, &mut network, &cid)?;
            Ok::<_, Error>(lookup(&network, &cid))
        });
        if let Some(found) = found.await.map_err(|e| Error::new(e.to_string()))?? {
            return Ok(serde_json::to_value(found)?);
        }
        heads.changed().await.map_err(|_| Error::new("the network has stopped"))?;
    }
}

fn lookup(network: &Network, cid: &Cid) -> Option<MsgLookupJson> {
    let MessageLookup { outcome, executing, .. } = network.search_message(cid)?;
    let executing = executing?;
    Some(MsgLookupJson {
        message: (*cid).into(),
        receipt: (&outcome.receipt).into(),
        return_dec: Value::Null,
        tip_set: key_json(&executing.tipset.key().0),
        height: executing.height(),
    })
}

/// What a message on chain did, with the reason if it failed: receipts don't keep it.
fn replay(node: &Node, args: &mut Args) -> Result<InvocResultJson, Error> {
    let _tipset: Option<Vec<CidJson>> = args.optional("tipset key")?;
    let cid = args.next::<CidJson>("message CID")?.0;
    let network = node.network();
    let found =
        network.search_message(&cid).ok_or_else(|| Error::new(format!("{cid} is not a message of this chain")))?;
    let message = &found.message.message;
    let mut answer = invocation(message, &found.outcome);
    answer.msg_cid = cid.into();
    answer.gas_cost = gas_cost(message, &found.outcome);
    Ok(answer)
}

/// An outcome as `StateCall` and `StateReplay` answer it.
pub fn invocation(message: &Message, outcome: &Outcome) -> InvocResultJson {
    InvocResultJson {
        msg_cid: outcome.cid.into(),
        msg: message.into(),
        msg_rct: ReceiptJson::from(&outcome.receipt),
        gas_cost: GasCostJson::default(),
        execution_trace: Value::Null,
        error: if outcome.is_ok() { String::new() } else { error_text(message, outcome) },
        duration: 0,
    }
}

fn error_text(message: &Message, outcome: &Outcome) -> String {
    if !outcome.backtrace.is_empty() {
        return outcome.backtrace.trim_end().to_owned();
    }
    let what = if message.method_num == METHOD_SEND { "bare send" } else { "message" };
    format!("the {what} failed with exit code {}", outcome.exit_code().value())
}

fn gas_cost(message: &Message, outcome: &Outcome) -> GasCostJson {
    let total = &outcome.burnt + &outcome.miner_tip;
    let offered = &message.gas_fee_cap * message.gas_limit;
    GasCostJson {
        message: Some(outcome.cid.into()),
        gas_used: TokenAmount::from_atto(outcome.gas_used()),
        // Both burns are known together only.
        base_fee_burn: outcome.burnt.clone(),
        over_estimation_burn: TokenAmount::default(),
        miner_penalty: outcome.penalty.clone(),
        miner_tip: outcome.miner_tip.clone(),
        refund: &offered - &total,
        total_cost: total,
    }
}
