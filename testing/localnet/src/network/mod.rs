//! The network: one chain, one mempool, and the operations scenarios, gas tables and the JSON-RPC server are written with.

mod call;
mod cron;
mod edit;
mod execute;
mod gas;
mod profile;
mod prove;
mod query;
mod send;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::ensure;
use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;

pub(crate) use execute::award_message;
pub use execute::ExecutedTipset;
pub use profile::GasShare;
pub use query::MessageLookup;
pub use send::Call;

use crate::bundle::{Bundle, Official};
use crate::chain::{BlockHeader, Tipset};
use crate::externs::ChainIndex;
use crate::genesis::{self, Genesis};
use crate::keys::Key;
use crate::machine::{circulating_supply, state_tree, VmContext};
use crate::mempool::Mempool;
use crate::store::Store;

/// Which null rounds run cron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullRounds {
    /// Every one of them, as on a real network. On the official actors a round takes about 0.4 ms (cron, power, reward, market:
    /// each a fresh wasm instance), a day of 2,880 rounds a good second, and the 518,400 rounds of 180 days some four minutes.
    Every,
    /// Only those for which a miner has a cron event due, so that 180 days pass in seconds. Right for actors whose state does not
    /// depend on how often cron ran, which holds for our stand-ins and not for the official ones: a network on these runs every round, whatever stands here.
    WhenDue,
}

/// How to set up a network.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name in the init actor's state and in `StateNetworkName`.
    pub network_name: String,
    /// EIP-155 chain ID.
    pub chain_id: u64,
    /// Unix seconds of height 0.
    pub genesis_timestamp: u64,
    /// From which the keys of genesis follow. Public, so these keys are too.
    pub seed: String,
    /// The actors; `None` takes the checkout's stand-ins.
    pub bundle: Option<Bundle>,
    /// Where blocks are kept.
    pub store: Store,
    /// How null rounds are treated.
    pub null_rounds: NullRounds,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            network_name: "peggy-localnet".to_owned(),
            chain_id: 31_415_926,
            genesis_timestamp: 1_750_000_000,
            seed: "peggy-localnet".to_owned(),
            bundle: None,
            store: Store::in_memory(),
            null_rounds: NullRounds::WhenDue,
        }
    }
}

/// A miner that makes a block in every tipset.
#[derive(Clone, Debug)]
pub struct Producer {
    /// The miner.
    pub miner: ActorID,
    /// How often it wins per epoch; each win earns a fifth of the epoch's reward.
    pub win_count: i64,
    /// Its worker's key. Without it the miner's blocks are not signed.
    pub worker: Option<Key>,
}

/// The embedded network.
pub struct Network {
    config: Config,
    store: Store,
    genesis: Genesis,
    index: ChainIndex,
    chain: Vec<Arc<ExecutedTipset>>,
    /// Where each message was executed: index of the tipset, index in its messages.
    locations: HashMap<Cid, (usize, usize)>,
    /// State after the head, with whatever levers did to it since.
    state_root: Cid,
    mempool: Mempool,
    producers: Vec<Producer>,
    keys_made: u64,
}

/// A point to come back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    chain_len: usize,
    state_root: Cid,
    mempool: Mempool,
    producers: Vec<Producer>,
    keys_made: u64,
}

impl Network {
    /// A new network at height 0.
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let store = config.store.clone();
        let bundle = match &config.bundle {
            Some(bundle) => bundle.clone(),
            None => Bundle::find()?,
        };
        let mut config = config;
        if bundle.as_official().is_some() {
            config.null_rounds = NullRounds::Every;
        }
        let genesis = genesis::build(&store, &bundle, &config)?;
        let producer = Producer { miner: genesis.miner, win_count: 1, worker: Some(genesis.worker.clone()) };
        let mut network = Self {
            state_root: genesis.state_root,
            config,
            store,
            genesis,
            index: ChainIndex::default(),
            chain: Vec::new(),
            locations: HashMap::new(),
            mempool: Mempool::default(),
            producers: vec![producer],
            keys_made: 0,
        };
        network.add_genesis_tipset()?;
        Ok(network)
    }

    /// How the network was set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the network's own actors come from, if they are the official ones; `None` for the stand-ins.
    pub fn official(&self) -> Option<Official> {
        self.config.bundle.as_ref().and_then(Bundle::as_official)
    }

    /// Keys and first miner of genesis.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Where all blocks are.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// State after the head. Its root becomes part of the chain with the next tipset.
    pub fn state_root(&self) -> Cid {
        self.state_root
    }

    /// Who makes blocks. Nobody is allowed too: then tipsets have one block of the first miner, and no reward is paid.
    pub fn set_producers(&mut self, producers: Vec<Producer>) {
        self.producers = producers;
    }

    /// The miners that make blocks.
    pub fn producers(&self) -> &[Producer] {
        &self.producers
    }

    /// The newest tipset.
    pub fn head(&self) -> &Arc<ExecutedTipset> {
        // Genesis is never removed.
        self.chain.last().expect("the chain has a genesis")
    }

    /// Height of the newest tipset. The next message is executed at a later epoch.
    pub fn epoch(&self) -> ChainEpoch {
        self.head().tipset.height()
    }

    /// Makes the next tipset, with the messages that wait.
    pub fn mine(&mut self) -> anyhow::Result<Arc<ExecutedTipset>> {
        self.advance(1)
    }

    /// Makes a tipset `epochs` after the head, with the messages that wait; the rounds between are null.
    pub fn advance(&mut self, epochs: ChainEpoch) -> anyhow::Result<Arc<ExecutedTipset>> {
        ensure!(epochs > 0, "time goes forward only");
        let height = self.epoch() + epochs;
        let base_fee = self.next_base_fee();
        let messages = self.select_messages(&base_fee)?;
        // They all go into the first producer's block.
        self.make_tipset(height, base_fee, vec![messages])
    }

    /// Remembers where the network stands. Blocks in the store stay as they are.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            chain_len: self.chain.len(),
            state_root: self.state_root,
            mempool: self.mempool.clone(),
            producers: self.producers.clone(),
            keys_made: self.keys_made,
        }
    }

    /// Goes back to a snapshot of this network, forgetting what came after.
    pub fn restore(&mut self, snapshot: &Snapshot) -> anyhow::Result<()> {
        ensure!(snapshot.chain_len <= self.chain.len(), "the snapshot lies in a future that was already left");
        self.chain.truncate(snapshot.chain_len);
        self.index.truncate(snapshot.chain_len)?;
        self.locations.retain(|_, (tipset, _)| *tipset < snapshot.chain_len);
        self.state_root = snapshot.state_root;
        self.mempool = snapshot.mempool.clone();
        self.producers.clone_from(&snapshot.producers);
        self.keys_made = snapshot.keys_made;
        Ok(())
    }

    /// A network that stands where this one does and goes its own way from here. Blocks are shared, for they never change.
    pub fn fork(&self) -> anyhow::Result<Self> {
        Ok(Self {
            config: self.config.clone(),
            store: self.store.clone(),
            genesis: self.genesis.clone(),
            index: self.index.fork()?,
            chain: self.chain.clone(),
            locations: self.locations.clone(),
            state_root: self.state_root,
            mempool: self.mempool.clone(),
            producers: self.producers.clone(),
            keys_made: self.keys_made,
        })
    }

    /// Unix seconds of an epoch.
    pub fn timestamp_of(&self, epoch: ChainEpoch) -> u64 {
        self.config.genesis_timestamp + crate::chain::EPOCH_SECONDS * epoch.max(0) as u64
    }

    /// The circumstances of messages on top of the state `root`, executed at `epoch`.
    fn vm_context(&self, root: &Cid, epoch: ChainEpoch, base_fee: TokenAmount) -> anyhow::Result<VmContext> {
        Ok(VmContext {
            epoch,
            timestamp: self.timestamp_of(epoch),
            base_fee,
            circulating_supply: circulating_supply(&state_tree(&self.store, root)?)?,
            chain_id: self.config.chain_id,
        })
    }

    fn add_tipset(&mut self, executed: ExecutedTipset) -> anyhow::Result<Arc<ExecutedTipset>> {
        let executed = Arc::new(executed);
        self.index.push(&executed.tipset)?;
        let position = self.chain.len();
        for (i, outcome) in executed.outcomes.iter().enumerate() {
            self.locations.insert(outcome.cid, (position, i));
        }
        self.state_root = executed.state_root;
        self.chain.push(executed.clone());
        Ok(executed)
    }

    fn store_tipset(&self, blocks: Vec<BlockHeader>) -> anyhow::Result<Tipset> {
        let tipset = Tipset::new(blocks)?;
        for block in tipset.blocks() {
            self.store.put_dag_cbor(&block.to_bytes())?;
        }
        self.store.put_dag_cbor(&tipset.key().to_block())?;
        Ok(tipset)
    }
}
