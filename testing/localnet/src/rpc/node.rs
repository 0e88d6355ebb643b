//! The network behind a lock, and the clock that makes its blocks.

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{bail, Context};
use cid::Cid;
use fvm_shared::clock::ChainEpoch;
use jsonrpsee::server::ServerHandle;
use tokio::sync::watch;

use super::error::Error;
use super::lotus::TipsetKeyJson;
use crate::chain::TipsetKey;
use crate::network::{ExecutedTipset, Network};

/// When blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockTime {
    /// As soon as a message waits; time stands still between messages.
    Instant,
    /// Every so often, as on a real network (every 30 seconds there).
    Every(Duration),
}

impl FromStr for BlockTime {
    type Err = anyhow::Error;

    /// `instant`, or seconds as `30s`, `30` or milliseconds as `500ms`.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "instant" {
            return Ok(Self::Instant);
        }
        let (digits, unit) = match text.strip_suffix("ms") {
            Some(digits) => (digits, 1),
            None => (text.strip_suffix('s').unwrap_or(text), 1000),
        };
        let number: u64 =
            digits.parse().with_context(|| format!("'{text}' is no block time: use 'instant', '30s' or '500ms'"))?;
        if number == 0 {
            bail!("a block time of zero is not possible: use 'instant'")
        }
        Ok(Self::Every(Duration::from_millis(number.saturating_mul(unit))))
    }
}

/// The network as the methods see it. Clones share it.
#[derive(Clone)]
pub struct Node {
    network: Arc<Mutex<Network>>,
    block_time: BlockTime,
    /// Height of the head; tells those who wait for a message.
    heads: Arc<watch::Sender<ChainEpoch>>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({:?})", self.block_time)
    }
}

impl Node {
    pub(super) fn new(network: Network, block_time: BlockTime) -> Self {
        let heads = Arc::new(watch::Sender::new(network.epoch()));
        Self { network: Arc::new(Mutex::new(network)), block_time, heads }
    }

    /// The network, for one request.
    pub fn network(&self) -> MutexGuard<'_, Network> {
        // A panic while the lock was held left a network that never changes half-way: state is adopted whole.
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether blocks are made as soon as a message waits.
    pub fn is_instant(&self) -> bool {
        self.block_time == BlockTime::Instant
    }

    /// Told of every new head.
    pub fn watch(&self) -> watch::Receiver<ChainEpoch> {
        self.heads.subscribe()
    }

    /// Moves the chain on and tells those who wait.
    pub fn advance(&self, network: &mut Network, epochs: ChainEpoch) -> anyhow::Result<()> {
        network.advance(epochs)?;
        self.tell(network);
        Ok(())
    }

    /// Tells those who wait that there may be a new head.
    pub fn tell(&self, network: &Network) {
        self.heads.send_replace(network.epoch());
    }

    /// [`Self::advance`] by one block for instant networks.
    pub fn mine_if_instant(&self, network: &mut Network) -> anyhow::Result<()> {
        if self.is_instant() {
            self.advance(network, 1)?;
        }
        Ok(())
    }
}

/// The tipset a key names; the head for none.
pub fn tipset<'a>(network: &'a Network, key: &TipsetKeyJson) -> Result<&'a Arc<ExecutedTipset>, Error> {
    let Some(key) = key.as_ref().filter(|key| !key.is_empty()) else { return Ok(network.head()) };
    let key = TipsetKey(key.iter().map(|cid| cid.0).collect());
    network.tipset(&key).ok_or_else(|| Error::new("there is no tipset with this key on the chain"))
}

/// The state a key names: that its tipset's messages start from, as nodes have it, so that whatever is in it has a receipt. Without
/// a key (or with the head's) an instant network answers with its state now.
pub fn state_root(node: &Node, network: &Network, key: &TipsetKeyJson) -> Result<Cid, Error> {
    let found = tipset(network, key)?;
    if node.is_instant() && found.height() == network.epoch() {
        return Ok(network.state_root());
    }
    Ok(found.tipset.parent_state())
}

/// Makes blocks by the clock until the server stops.
pub fn make_blocks(node: Node, server: ServerHandle) {
    let BlockTime::Every(period) = node.block_time else { return };
    tokio::spawn(async move {
        let mut clock = tokio::time::interval(period);
        // The first tick is at once.
        clock.tick().await;
        loop {
            tokio::select! {
                _ = clock.tick() => {}
                () = server.clone().stopped() => return,
            }
            let node = node.clone();
            let made = tokio::task::spawn_blocking(move || {
                let mut network = node.network();
                node.advance(&mut network, 1)
            })
            .await;
            if let Ok(Err(error)) = made {
                eprintln!("no block was made: {error:#}");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_times() {
        assert_eq!("instant".parse::<BlockTime>().unwrap(), BlockTime::Instant);
        assert_eq!("30s".parse::<BlockTime>().unwrap(), BlockTime::Every(Duration::from_secs(30)));
        assert_eq!("2".parse::<BlockTime>().unwrap(), BlockTime::Every(Duration::from_secs(2)));
        assert_eq!("250ms".parse::<BlockTime>().unwrap(), BlockTime::Every(Duration::from_millis(250)));
        for wrong in ["", "0s", "-1s", "soon", "1.5s"] {
            assert!(wrong.parse::<BlockTime>().is_err(), "{wrong}");
        }
    }
}
