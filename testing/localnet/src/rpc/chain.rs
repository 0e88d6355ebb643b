//! `Version`, `Chain*` and the network's facts.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::message::Message;
use serde_json::json;

use super::error::{Args, Error};
use super::lotus::{
    key_json, ApiMessageJson, BlockHeaderJson, BlockMessagesJson, MessageJson, ReceiptJson, SignatureJson,
    SignedMessageJson, TipsetJson, TipsetKeyJson, VersionJson,
};
use super::node::{tipset, Node};
use super::text::CidJson;
use super::Methods;
use crate::chain::{load_message_cids, load_receipts, BlockHeader, Tipset, TipsetKey, EPOCH_SECONDS};
use crate::message::SignedMessage;
use crate::network::Network;

/// Version 2.3.0 of Lotus' full node API, a byte each.
const API_VERSION: u32 = 0x0002_0300;

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Filecoin.Version", |_, _| {
        Ok(VersionJson {
            version: concat!("peggy-localnet-", env!("CARGO_PKG_VERSION")).to_owned(),
            api_version: API_VERSION,
            block_delay: EPOCH_SECONDS,
            agent: String::new(),
        })
    })?;
    methods.add("Filecoin.StateNetworkName", |node, _| Ok(node.network().config().network_name.clone()))?;
    methods.add("Filecoin.StateNetworkVersion", |_, _| Ok(u32::from(crate::NETWORK_VERSION)))?;
    methods.add("Filecoin.EthChainId", |node, _| Ok(format!("{:#x}", node.network().config().chain_id)))?;
    methods.add("Filecoin.ChainHead", |node, _| Ok(tipset_json(&node.network().head().tipset)))?;
    methods.add("Filecoin.ChainGetGenesis", |node, _| {
        let network = node.network();
        Ok(network.tipsets().first().map(|genesis| tipset_json(&genesis.tipset)))
    })?;
    methods.add("Filecoin.ChainGetTipSet", |node, args| {
        let key = args.optional::<Vec<CidJson>>("tipset key")?;
        Ok(tipset_json(&tipset(&node.network(), &key)?.tipset))
    })?;
    methods.add("Filecoin.ChainGetTipSetByHeight", by_height)?;
    methods.add("Filecoin.ChainGetTipSetAfterHeight", after_height)?;
    methods.add("Filecoin.ChainGetBlock", |node, args| {
        let network = node.network();
        Ok(block_json(find_block(&network, args)?))
    })?;
    methods.add("Filecoin.ChainGetBlockMessages", block_messages)?;
    methods.add("Filecoin.ChainGetParentMessages", parent_messages)?;
    methods.add("Filecoin.ChainGetParentReceipts", |node, args| {
        let network = node.network();
        let root = find_block(&network, args)?.parent_message_receipts;
        let receipts = load_receipts(network.store(), &root)?;
        Ok(receipts.iter().map(ReceiptJson::from).collect::<Vec<_>>())
    })?;
    methods.add("Filecoin.ChainGetMessage", |node, args| {
        let cid = args.next::<CidJson>("message CID")?.0;
        Ok(MessageJson::from(&load_message(&node.network(), &cid)?))
    })?;
    methods.add("Filecoin.ChainReadObj", |node, args| {
        let cid = args.next::<CidJson>("CID")?.0;
        let block = node.network().store().get(&cid)?;
        let block =
            block.ok_or_else(|| Error::new(format!("block {cid} is not on this node: ipld: could not find {cid}")))?;
        Ok(STANDARD.encode(block))
    })?;
    methods.add("Filecoin.ChainHasObj", |node, args| {
        let cid = args.next::<CidJson>("CID")?.0;
        Ok(node.network().store().has(&cid)?)
    })
}

fn by_height(node: &Node, args: &mut Args) -> Result<TipsetJson, Error> {
    let height: ChainEpoch = args.next("height")?;
    let key: TipsetKeyJson = args.optional("tipset key")?;
    let network = node.network();
    let start = tipset(&network, &key)?.height();
    if height > start {
        return Err(Error::new(format!("looking for tipset with height greater than start point: {height} > {start}")));
    }
    let found =
        network.tipset_by_height(height).ok_or_else(|| Error::new(format!("there is no tipset at {height}")))?;
    Ok(tipset_json(&found.tipset))
}

/// Like `by_height`, but a null round answers the next tipset.
fn after_height(node: &Node, args: &mut Args) -> Result<TipsetJson, Error> {
    let height: ChainEpoch = args.next("height")?;
    let network = node.network();
    let found = network.tipset_after(height - 1);
    let found = found.ok_or_else(|| Error::new(format!("there is no tipset at {height} or after")))?;
    Ok(tipset_json(&found.tipset))
}

fn find_block<'a>(network: &'a Network, args: &mut Args) -> Result<&'a BlockHeader, Error> {
    let cid = args.next::<CidJson>("block CID")?.0;
    network.block(&cid).ok_or_else(|| Error::new(format!("{cid} is not a block of this chain")))
}

fn block_messages(node: &Node, args: &mut Args) -> Result<BlockMessagesJson, Error> {
    let network = node.network();
    let lists = load_message_cids(network.store(), &find_block(&network, args)?.messages)?;
    let mut answer = BlockMessagesJson { bls_messages: Vec::new(), secpk_messages: Vec::new(), cids: Vec::new() };
    for cid in &lists.bls {
        answer.bls_messages.push((&network.store().load::<Message>(cid)?).into());
    }
    for cid in &lists.secp {
        answer.secpk_messages.push((&network.store().load::<SignedMessage>(cid)?).into());
    }
    answer.cids = lists.bls.iter().chain(&lists.secp).copied().map(CidJson).collect();
    Ok(answer)
}

/// The messages of a block's parents in the order of their receipts.
fn parent_messages(node: &Node, args: &mut Args) -> Result<Vec<ApiMessageJson>, Error> {
    let network = node.network();
    let parents = TipsetKey(find_block(&network, args)?.parents.clone());
    let Some(parent) = network.tipset(&parents) else { return Ok(Vec::new()) };
    let api = |signed: &SignedMessage| ApiMessageJson { cid: signed.cid().into(), message: (&signed.message).into() };
    Ok(parent.messages.iter().map(api).collect())
}

fn load_message(network: &Network, cid: &Cid) -> Result<Message, Error> {
    // Blocks say of no CID which kind it is: BLS messages are stored unsigned, the others signed.
    if let Ok(message) = network.store().load::<Message>(cid) {
        return Ok(message);
    }
    match network.store().load::<SignedMessage>(cid) {
        Ok(signed) => Ok(signed.message),
        Err(_) => Err(Error::new(format!("{cid} is not a message of this chain"))),
    }
}

/// A tipset in JSON.
pub fn tipset_json(tipset: &Tipset) -> TipsetJson {
    TipsetJson {
        cids: key_json(&tipset.key().0),
        blocks: tipset.blocks().iter().map(block_json).collect(),
        height: tipset.height(),
    }
}

fn block_json(block: &BlockHeader) -> BlockHeaderJson {
    let ticket = block.ticket.as_ref().map(|t| json!({ "VRFProof": STANDARD.encode(&t.vrf_proof) }));
    let election = block
        .election_proof
        .as_ref()
        .map(|p| json!({ "WinCount": p.win_count, "VRFProof": STANDARD.encode(&p.vrf_proof) }));
    let beacon = block.beacon_entries.iter().map(|e| json!({ "Round": e.round, "Data": STANDARD.encode(&e.data) }));
    let proofs = block
        .win_post_proof
        .iter()
        .map(|p| json!({ "PoStProof": p.post_proof, "ProofBytes": STANDARD.encode(&p.proof_bytes) }));
    BlockHeaderJson {
        miner: block.miner.into(),
        ticket,
        election_proof: election,
        beacon_entries: beacon.collect(),
        win_post_proof: proofs.collect(),
        parents: key_json(&block.parents),
        parent_weight: block.parent_weight.to_string(),
        height: block.height,
        parent_state_root: block.parent_state_root.into(),
        parent_message_receipts: block.parent_message_receipts.into(),
        messages: block.messages.into(),
        bls_aggregate: block.bls_aggregate.as_ref().map(SignatureJson::from),
        timestamp: block.timestamp,
        block_sig: block.block_sig.as_ref().map(SignatureJson::from),
        fork_signaling: block.fork_signaling,
        parent_base_fee: block.parent_base_fee.clone(),
    }
}

/// A signed message in JSON.
pub fn signed_json(signed: &SignedMessage) -> SignedMessageJson {
    signed.into()
}
