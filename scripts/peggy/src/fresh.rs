//! Calls that need a price. The pool has miners measured within such a message, but only a few; when it says that its measurements
//! are still too old, all of them are measured first.

use cid::Cid;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::owner_proxy::{Sync, SyncParams, MAX_MINERS};
use peggy_localnet::Key;
use serde_json::{json, Value};

use crate::rpc::Executed;
use crate::send::{hand_in, succeeded, Draft, STALE};
use crate::session::{is_evm, Session};
use crate::{Failure, Result};

/// An executed message that needed a price.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The message.
    pub executed: Executed,
    /// The `Sync` before it, if one was needed.
    pub sync: Option<Cid>,
}

impl Fresh {
    /// For `--json`: the message that measured the miners, if there was one.
    pub fn sync_json(&self) -> Value {
        json!(self.sync.map(|cid| cid.to_string()))
    }
}

impl Session {
    /// Sends a message that needs a price and waits for it. If the pool finds its measurements too old, `Sync` goes first, in a message
    /// of its own, and the user is told.
    pub fn send_fresh(&self, key: &Key, draft: &Draft) -> Result<Fresh> {
        let stale = match self.send(key, draft) {
            Err(failure) if is_stale(&failure) => failure,
            done => return done.map(|executed| Fresh { executed, sync: None }),
        };
        if is_evm(key) {
            return Err(stale.next("an Ethereum-style wallet can't have miners measured: run 'peggy miner sync --max 32' as an f1 or f3 wallet first"));
        }
        if !self.json {
            eprintln!("The last measurements are too old: the miners are measured first.");
        }
        let progress = self.progress("Sync");
        let sync = SyncParams { max_miners: u32::try_from(MAX_MINERS).unwrap_or(u32::MAX) };
        let sync = Draft::of::<Sync>(self.actor("owner-proxy")?, &sync, TokenAmount::default())?;
        let measuring = hand_in(&self.client, key, &sync, &progress)?;
        // Handed in behind it, this one is estimated on top of it, and gets into the same block where blocks take their time: terms that
        // want measurements of the very same epoch can be met in no other way.
        let behind = hand_in(&self.client, key, draft, &progress);
        let measured = succeeded(&self.client, self.client.wait(&measuring)?, &sync.what);
        let executed = match behind {
            Ok(cid) => succeeded(&self.client, self.client.wait(&cid)?, &draft.what),
            Err(failure) if is_stale(&failure) => measured.and_then(|_| self.send(key, draft)),
            Err(failure) => Err(failure),
        };
        executed.map(|executed| Fresh { executed, sync: Some(measuring) }).map_err(still_stale)
    }
}

fn is_stale(failure: &Failure) -> bool {
    failure.exit_code == Some(STALE)
}

fn still_stale(failure: Failure) -> Failure {
    if !is_stale(&failure) {
        return failure;
    }
    failure.context("all miners were measured first, and still").next(
        "the terms want measurements of the very same epoch, and the two messages came into different ones: try again; 'peggy terms' shows \
         how old a measurement may be",
    )
}
