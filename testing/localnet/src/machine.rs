//! The VM: the same `fvm` that Lotus, Forest and Venus run, with native user actors and upgrades switched on.

use std::sync::OnceLock;

use anyhow::anyhow;
use cid::Cid;
use fvm::call_manager::DefaultCallManager;
use fvm::engine::MultiEngine;
use fvm::executor::{ApplyKind, ApplyRet, DefaultExecutor, Executor, ThreadedExecutor};
use fvm::kernel::filecoin::DefaultFilecoinKernel;
use fvm::machine::{DefaultMachine, Machine, MachineContext, Manifest, NetworkConfig};
use fvm::state_tree::StateTree;
use fvm_ipld_blockstore::Blockstore;
use fvm_shared::chainid::ChainID;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::version::NetworkVersion;

use crate::externs::ChainIndex;
use crate::genesis::TOTAL_SUPPLY_FIL;
use crate::ids;
use crate::store::Store;

/// The network version whose rules and prices hold: builtin-actors v18.
pub const NETWORK_VERSION: NetworkVersion = NetworkVersion::V28;

type PlainMachine = DefaultMachine<Store, ChainIndex>;
type PeggyKernel = DefaultFilecoinKernel<DefaultCallManager<ClockedMachine>>;

/// The VM's own machine, with a clock that can be moved on between messages: the machine fixes its epoch when it is made, and
/// making one for each of the 518,400 null rounds of 180 days would cost as much again as running their cron.
struct ClockedMachine {
    machine: PlainMachine,
    context: MachineContext,
}

impl Machine for ClockedMachine {
    type Blockstore = <PlainMachine as Machine>::Blockstore;
    type Externs = <PlainMachine as Machine>::Externs;
    type Limiter = <PlainMachine as Machine>::Limiter;

    fn blockstore(&self) -> &Self::Blockstore {
        self.machine.blockstore()
    }

    fn context(&self) -> &MachineContext {
        &self.context
    }

    fn externs(&self) -> &Self::Externs {
        self.machine.externs()
    }

    fn builtin_actors(&self) -> &Manifest {
        self.machine.builtin_actors()
    }

    fn state_tree(&self) -> &StateTree<Self::Blockstore> {
        self.machine.state_tree()
    }

    fn state_tree_mut(&mut self) -> &mut StateTree<Self::Blockstore> {
        self.machine.state_tree_mut()
    }

    fn flush(&mut self) -> fvm::kernel::Result<Cid> {
        // The machine's own, which writes the blocks out too.
        self.machine.flush()
    }

    fn into_store(self) -> Self::Blockstore {
        self.machine.into_store()
    }

    fn machine_id(&self) -> &str {
        self.machine.machine_id()
    }

    fn new_limiter(&self) -> Self::Limiter {
        self.machine.new_limiter()
    }
}

/// What the VM wants: 1,024 nested calls.
const VM_STACK_BYTES: usize = 64 << 20;

/// Compiled wasm is kept for the life of the process: compiling the actors takes seconds, running them microseconds.
static ENGINES: OnceLock<MultiEngine> = OnceLock::new();

fn engines() -> &'static MultiEngine {
    ENGINES.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        MultiEngine::new(threads as u32)
    })
}

/// A [`Vm`] on a thread of its own.
pub(crate) struct Inline<'a>(&'a mut DefaultExecutor<PeggyKernel>);

impl Inline<'_> {
    /// See [`Vm::apply_implicit`].
    pub fn apply_implicit(&mut self, message: Message) -> anyhow::Result<ApplyRet> {
        self.0.execute_message(message, ApplyKind::Implicit, 0)
    }

    /// Moves the clock on: the next message sees this epoch, this time and this supply.
    pub fn move_to(&mut self, epoch: ChainEpoch, timestamp: u64, circulating_supply: TokenAmount) {
        let context = &mut self.0.context;
        context.epoch = epoch;
        context.timestamp = timestamp;
        context.circ_supply = circulating_supply;
    }

    /// FIL in circulation as the messages applied so far left it.
    pub fn circulating_supply(&self) -> anyhow::Result<TokenAmount> {
        circulating_supply(self.0.state_tree())
    }
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
        let machine = ClockedMachine { machine, context: machine_context };
        Ok(Self(ThreadedExecutor(DefaultExecutor::new(engine, machine)?)))
    }

    /// Runs many messages on one thread with the stack the VM wants; [`Self::apply_implicit`] hands each to another thread, which
    /// takes about as long as a call of an actor.
    pub fn at_length<R: Send>(&mut self, work: impl FnOnce(&mut Inline<'_>) -> R + Send) -> anyhow::Result<R> {
        let mut inline = Inline(&mut self.0 .0);
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("vm".to_owned()).stack_size(VM_STACK_BYTES);
            let running = thread.spawn_scoped(scope, move || work(&mut inline))?;
            running.join().map_err(|_| anyhow!("the VM panicked"))
        })
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

/// FIL neither unmined nor burnt.
pub(crate) fn circulating_supply<S: Blockstore>(tree: &StateTree<S>) -> anyhow::Result<TokenAmount> {
    let mut supply = TokenAmount::from_whole(TOTAL_SUPPLY_FIL);
    for id in [ids::REWARD, ids::BURNT_FUNDS] {
        if let Some(actor) = tree.get_actor(id)? {
            supply -= actor.balance;
        }
    }
    Ok(supply)
}

/// Read access to the actors of a state root.
pub(crate) fn state_tree(store: &Store, root: &Cid) -> anyhow::Result<StateTree<Store>> {
    let tree = StateTree::new_from_root(store.clone(), root).map_err(anyhow::Error::from);
    tree.map_err(|e| e.context(format!("state root {root} can't be read")))
}
