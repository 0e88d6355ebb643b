//! Making tipsets and executing them.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::{ensure, Context};
use bls_signatures::Serialize as _;
use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::receipt::Receipt;
use fvm_shared::{ActorID, MethodNum};
use num_traits::Zero;
use serde_tuple::Serialize_tuple;

use super::{Network, Producer};
use crate::chain::{
    message_meta, put_events, receipts_root, BeaconEntry, BlockHeader, ElectionProof, Ticket, Tipset, BLOCK_GAS_LIMIT,
};
use crate::ids;
use crate::keys::blake2b_256;
use crate::machine::Vm;
use crate::message::{encode, message_cid, params, unsigned, Signature, SignatureKind, SignedMessage};
use crate::outcome::Outcome;

/// `reward.AwardBlockReward`.
const AWARD_BLOCK_REWARD: MethodNum = 2;
/// `cron.EpochTick`.
const EPOCH_TICK: MethodNum = 2;
/// The network's own messages never run out of gas.
const NETWORK_GAS_LIMIT: u64 = BLOCK_GAS_LIMIT * 10_000;
/// Base fee of the first tipset, in attoFIL: the floor.
const INITIAL_BASE_FEE: u64 = 100;

/// A tipset and what executing it did. On chain the results stand in the child's header.
#[derive(Clone, Debug)]
pub struct ExecutedTipset {
    /// The blocks.
    pub tipset: Tipset,
    /// The messages, in the order they were executed.
    pub messages: Vec<SignedMessage>,
    /// What became of each of them.
    pub outcomes: Vec<Outcome>,
    /// State after messages, rewards and cron.
    pub state_root: Cid,
    /// Root of the receipts.
    pub receipts_root: Cid,
}

impl ExecutedTipset {
    /// Epoch.
    pub fn height(&self) -> ChainEpoch {
        self.tipset.height()
    }
}

#[derive(Serialize_tuple)]
struct AwardBlockRewardParams {
    miner: Address,
    penalty: TokenAmount,
    gas_reward: TokenAmount,
    win_count: i64,
}

impl Network {
    pub(super) fn add_genesis_tipset(&mut self) -> anyhow::Result<()> {
        let receipts = receipts_root(&self.store, &[])?;
        let block = BlockHeader {
            miner: Address::new_id(ids::SYSTEM),
            ticket: Some(Ticket { vrf_proof: blake2b_256(self.config.seed.as_bytes()).to_vec() }),
            election_proof: Some(ElectionProof { win_count: 0, vrf_proof: Vec::new() }),
            beacon_entries: vec![BeaconEntry { round: 0, data: vec![0; 32] }],
            win_post_proof: Vec::new(),
            parents: Vec::new(),
            parent_weight: BigInt::zero(),
            height: 0,
            parent_state_root: self.state_root,
            parent_message_receipts: receipts,
            messages: message_meta(&self.store, &[])?,
            bls_aggregate: None,
            timestamp: self.config.genesis_timestamp,
            block_sig: None,
            fork_signaling: 0,
            parent_base_fee: TokenAmount::from_atto(INITIAL_BASE_FEE),
        };
        let tipset = self.store_tipset(vec![block])?;
        self.add_tipset(ExecutedTipset {
            tipset,
            messages: Vec::new(),
            outcomes: Vec::new(),
            state_root: self.state_root,
            receipts_root: receipts,
        })?;
        Ok(())
    }

    /// Makes a tipset `epochs` after the head whose blocks hold these messages, one list for each producer, as miners that know
    /// nothing of each other make them: lists may share messages, of which the first one in order is executed. What waits in the
    /// mempool stays there, and nothing is checked that [`Network::push`] checks.
    pub fn mine_blocks(
        &mut self,
        epochs: ChainEpoch,
        contents: Vec<Vec<SignedMessage>>,
    ) -> anyhow::Result<Arc<ExecutedTipset>> {
        ensure!(epochs > 0, "time goes forward only");
        ensure!(contents.len() == self.producers.len(), "one list of messages for each producer");
        self.make_tipset(self.epoch() + epochs, self.next_base_fee(), contents)
    }

    /// Makes and executes the tipset at `height`, with one list of messages for each producer; what is missing is empty.
    pub(super) fn make_tipset(
        &mut self,
        height: ChainEpoch,
        base_fee: TokenAmount,
        contents: Vec<Vec<SignedMessage>>,
    ) -> anyhow::Result<Arc<ExecutedTipset>> {
        let mut producers = self.producers.clone();
        if producers.is_empty() {
            producers.push(Producer {
                miner: self.genesis.miner,
                win_count: 0,
                worker: Some(self.genesis.worker.clone()),
            });
        }
        let mut blocks = Vec::with_capacity(producers.len());
        let mut lists = contents.into_iter();
        let mut contents = Vec::with_capacity(producers.len());
        for producer in &producers {
            let messages = lists.next().unwrap_or_default();
            let block = self.make_block(height, &base_fee, producer, &messages)?;
            contents.push((block.cid(), messages));
            blocks.push(block);
        }
        let tipset = self.store_tipset(blocks)?;
        let mut in_order = Vec::with_capacity(producers.len());
        for (cid, block) in tipset.key().0.iter().zip(tipset.blocks()) {
            let messages = contents.iter().find(|(c, _)| c == cid).map(|(_, m)| m.clone()).unwrap_or_default();
            in_order.push((block.clone(), messages));
        }
        let executed = self.execute(tipset, in_order)?;
        self.add_tipset(executed)
    }

    fn make_block(
        &self,
        height: ChainEpoch,
        base_fee: &TokenAmount,
        producer: &Producer,
        messages: &[SignedMessage],
    ) -> anyhow::Result<BlockHeader> {
        let head = self.head();
        let parent = head.tipset.first();
        let seed = encode(&(head.tipset.key().cid(), height, producer.miner));
        // Same length as the real proofs (a BLS signature), so that blocks have their real size.
        let hash = |domain: &str| {
            let mut bytes = Vec::with_capacity(96);
            for part in 0..3u8 {
                bytes.extend(blake2b_256(&[domain.as_bytes(), &seed, &[part]].concat()));
            }
            bytes
        };
        let beacon = BeaconEntry {
            round: height as u64,
            data: blake2b_256(format!("{}/beacon/{height}", self.config.seed).as_bytes()).to_vec(),
        };
        let mut block = BlockHeader {
            miner: Address::new_id(producer.miner),
            ticket: Some(Ticket { vrf_proof: hash("ticket") }),
            election_proof: Some(ElectionProof { win_count: producer.win_count, vrf_proof: hash("election") }),
            beacon_entries: vec![beacon],
            win_post_proof: Vec::new(),
            parents: head.tipset.key().0.clone(),
            parent_weight: &parent.parent_weight + (head.tipset.blocks().len() as u64) * 256u64,
            height,
            parent_state_root: self.state_root,
            parent_message_receipts: head.receipts_root,
            messages: message_meta(&self.store, messages)?,
            bls_aggregate: Some(aggregate(messages)?),
            timestamp: self.timestamp_of(height),
            block_sig: None,
            fork_signaling: 0,
            parent_base_fee: base_fee.clone(),
        };
        if let Some(worker) = &producer.worker {
            block.block_sig = Some(worker.sign_bytes(&block.signing_bytes())?);
        }
        Ok(block)
    }

    /// Executes a tipset: cron of the null rounds before it, the messages, the rewards, cron.
    fn execute(
        &self,
        tipset: Tipset,
        blocks: Vec<(BlockHeader, Vec<SignedMessage>)>,
    ) -> anyhow::Result<ExecutedTipset> {
        let height = tipset.height();
        let base_fee = tipset.base_fee().clone();
        let root = self.run_null_rounds(tipset.parent_state(), height, &base_fee)?;
        let mut vm = Vm::new(&self.store, &self.index, &root, &self.vm_context(&root, height, base_fee)?)?;
        let parent_state = tipset.parent_state();
        let mut seen = HashSet::new();
        let mut messages = Vec::new();
        let mut outcomes = Vec::new();
        for (block, contents) in blocks {
            let (mut tips, mut penalties) = (TokenAmount::zero(), TokenAmount::zero());
            let (bls, secp): (Vec<_>, Vec<_>) = contents.into_iter().partition(SignedMessage::is_bls);
            for signed in bls.into_iter().chain(secp) {
                // By ID, as nodes tell senders apart: an account may be named by its key in one block and by its ID in another.
                let sender = self.resolve_in(&parent_state, &signed.message.from)?.map(Address::new_id);
                if !seen.insert((sender.unwrap_or(signed.message.from), signed.message.sequence)) {
                    continue;
                }
                let outcome = Outcome::new(signed.cid(), vm.apply(signed.message.clone(), signed.chain_length())?);
                put_events(&self.store, &outcome.receipt, &outcome.events)?;
                tips += &outcome.miner_tip;
                penalties += &outcome.penalty;
                messages.push(signed);
                outcomes.push(outcome);
            }
            pay_reward(&mut vm, &block, penalties, tips)?;
        }
        run_cron(&mut vm, height)?;
        let receipts: Vec<Receipt> = outcomes.iter().map(|o| o.receipt.clone()).collect();
        let receipts_root = receipts_root(&self.store, &receipts)?;
        Ok(ExecutedTipset { tipset, messages, outcomes, state_root: vm.flush()?, receipts_root })
    }

    /// A VM on the present state; its changes are kept only if the caller flushes and adopts the root.
    pub(super) fn vm_at(&self, epoch: ChainEpoch) -> anyhow::Result<Vm> {
        let context = self.vm_context(&self.state_root, epoch, self.next_base_fee())?;
        Vm::new(&self.store, &self.index, &self.state_root, &context)
    }

    /// Lets a state made outside of any block become the present one.
    pub(super) fn adopt(&mut self, root: Cid) {
        self.state_root = root;
    }
}

/// What `AwardBlockReward` is called with, for levers that reward a miner out of turn.
pub(crate) fn award_message(
    miner: ActorID,
    penalty: TokenAmount,
    gas_reward: TokenAmount,
    win_count: i64,
) -> anyhow::Result<Message> {
    let award = AwardBlockRewardParams { miner: Address::new_id(miner), penalty, gas_reward, win_count };
    Ok(network_message(ids::REWARD, AWARD_BLOCK_REWARD, params(&award)?))
}

fn network_message(to: ActorID, method: MethodNum, params: fvm_ipld_encoding::RawBytes) -> Message {
    let mut message = unsigned(Address::new_id(ids::SYSTEM), Address::new_id(to), TokenAmount::zero(), method, params);
    message.gas_limit = NETWORK_GAS_LIMIT;
    message
}

fn pay_reward(vm: &mut Vm, block: &BlockHeader, penalty: TokenAmount, tips: TokenAmount) -> anyhow::Result<()> {
    let wins = block.election_proof.as_ref().map_or(0, |e| e.win_count);
    if wins == 0 {
        return Ok(());
    }
    let miner = block.miner.id().context("blocks name their miner by ID")?;
    run_network_message(vm, award_message(miner, penalty, tips, wins)?).context("block reward")
}

fn run_cron(vm: &mut Vm, epoch: ChainEpoch) -> anyhow::Result<()> {
    run_network_message(vm, cron_message(epoch)).with_context(|| format!("cron of epoch {epoch}"))
}

/// What runs at the end of every epoch.
pub(super) fn cron_message(epoch: ChainEpoch) -> Message {
    let mut message = network_message(ids::CRON, EPOCH_TICK, fvm_ipld_encoding::RawBytes::default());
    message.sequence = epoch as u64;
    message
}

fn run_network_message(vm: &mut Vm, message: Message) -> anyhow::Result<()> {
    let outcome = Outcome::new(message_cid(&message), vm.apply_implicit(message)?);
    ensure!(outcome.is_ok(), "exit code {}: {}", outcome.exit_code().value(), outcome.backtrace);
    Ok(())
}

/// One signature for all BLS messages of a block; without any, the point at infinity, as other nodes write it.
fn aggregate(messages: &[SignedMessage]) -> anyhow::Result<Signature> {
    let mut signatures = Vec::new();
    for signed in messages.iter().filter(|m| m.is_bls()) {
        signatures.push(bls_signatures::Signature::from_bytes(&signed.signature.bytes)?);
    }
    let bytes = if signatures.is_empty() {
        let mut infinity = vec![0; 96];
        infinity[0] = 0xc0;
        infinity
    } else {
        bls_signatures::aggregate(&signatures)?.as_bytes()
    };
    Ok(Signature { kind: SignatureKind::Bls, bytes })
}
