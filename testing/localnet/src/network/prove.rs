//! Proofs of this network's messages.

use anyhow::{anyhow, Context};
use cid::Cid;

use super::Network;
use crate::chain::proof::{MessageProof, Trusted};

impl Network {
    /// A proof that a message was executed, with its receipt and, if asked for, its events; and what the proof is checked
    /// against: the key of the tipset after the message's, which must exist.
    pub fn prove_message(&self, cid: &Cid, events: bool) -> anyhow::Result<(Trusted, MessageProof)> {
        let found = self.search_message(cid).ok_or_else(|| anyhow!("message {cid} was not executed"))?;
        let executing = found.executing.context("the receipt is on chain with the next tipset only")?;
        let trusted = Trusted::TipsetKey(executing.tipset.key().cid());
        Ok((trusted, MessageProof::make(&self.store, &trusted, cid, events)?))
    }
}
