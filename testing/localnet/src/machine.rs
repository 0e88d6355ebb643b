//! The VM: the same `fvm` that Lotus, Forest and Venus run, with native user actors and upgrades switched on.

use std::sync::OnceLock;

use anyhow::Context;
use cid::Cid;
use fvm::call_manager::DefaultCallManager;
use fvm::engine::MultiEngine;
use fvm::executor::{ApplyKind, ApplyRet, DefaultExecutor, Executor, ThreadedExecutor};
use fvm::kernel::filecoin::DefaultFilecoinKernel;
use fvm::machine::{DefaultMachine, MachineContext, NetworkConfig};
use fvm::state_tree::StateTree;
use fvm_shared::chainid::ChainID;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::version::NetworkVersion;

use crate::externs::ChainIndex;
use crate::store::Store;

/// The network version whose rules and prices hold: builtin-actors v18.
pub const NETWORK_VERSION: NetworkVersion = NetworkVersion::V28;

type PeggyMachine = DefaultMachine<Store, ChainIndex>;
type PeggyKernel = DefaultFilecoinKernel<DefaultCallManager<PeggyMachine>>;

/// Compiled wasm is kept for the life of the process: compiling the actors takes seconds, running them microseconds.
static ENGINES: OnceLock<MultiEngine> = OnceLock::new();

fn engines() -> &'static MultiEngine {
    ENGINES.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        MultiEngine::new(threads as u32)
    })
}

/// The circumstances under which messages are executed.
#[derive(Clone, Debug)]
pub(crate) struct VmContext {
    /// Epoch the messages see.
    pub epoch: ChainEpoch,
    /// Unix seconds the messages see.
    pub timestamp: u64,
    /// Price of gas that is burnt.
    pub base_fee: TokenAmount,
    /// FIL in circulation.
    pub circulating_supply: TokenAmount,
    /// EIP-155 chain ID.
    pub chain_id: u64,
}

/// A VM on top of one state root. Nothing is kept unless `flush` is called.
pub(crate) struct Vm(ThreadedExecutor<DefaultExecutor<PeggyKernel>>);

impl Vm {
    pub fn new(store: &Store, index: &ChainIndex, root: &Cid, context: &VmContext) -> anyhow::Result<Self> {
        Self::start(store, index, machine_context(root, context))
    }

    /// [`Vm::new`] that says where gas goes.
    pub fn traced(store: &Store, index: &ChainIndex, root: &Cid, context: &VmContext) -> anyhow::Result<Self> {
        let mut machine_context = machine_context(root, context);
        machine_context.enable_tracing();
        Self::start(store, index, machine_context)
    }

    fn start(store: &Store, index: &ChainIndex, machine_context: MachineContext) -> anyhow::Result<Self> {
        let engine = engines().get(&machine_context.network)?;
        let machine = DefaultMachine::new(&machine_context, store.clone(), index.clone())?;
        Ok(Self(ThreadedExecutor(DefaultExecutor::new(engine, machine)?)))
    }

    /// A message of an account: pays for gas and uses up a nonce. `raw_length` is its size on chain in bytes.
    pub fn apply(&mut self, message: Message, raw_length: usize) -> anyhow::Result<ApplyRet> {
        self.0.execute_message(message, ApplyKind::Explicit, raw_length)
    }

    /// A message that costs nothing and checks no nonce: the network's own ones, and what-if calls.
    pub fn apply_implicit(&mut self, message: Message) -> anyhow::Result<ApplyRet> {
        self.0.execute_message(message, ApplyKind::Implicit, 0)
    }

    /// Writes the new state to the store and answers its root.
    pub fn flush(&mut self) -> anyhow::Result<Cid> {
        self.0.flush()
    }
}

fn machine_context(root: &Cid, context: &VmContext) -> MachineContext {
    let mut network = NetworkConfig::new(NETWORK_VERSION);
    network.chain_id(ChainID::from(context.chain_id));
    let mut machine = network.for_epoch(context.epoch, context.timestamp, *root);
    machine.set_base_fee(context.base_fee.clone());
    machine.set_circulating_supply(context.circulating_supply.clone());
    machine
}

/// Read access to the actors of a state root.
pub(crate) fn state_tree(store: &Store, root: &Cid) -> anyhow::Result<StateTree<Store>> {
    let tree = StateTree::new_from_root(store.clone(), root).map_err(anyhow::Error::from);
    tree.with_context(|| format!("state root {root} can't be read"))
}
