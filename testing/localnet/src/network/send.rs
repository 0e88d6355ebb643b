//! Sending messages as accounts do.

use anyhow::{anyhow, bail, Context};
use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::{MethodNum, METHOD_SEND};
use num_traits::Zero;

use super::gas::with_margin;
use super::Network;
use crate::keys::{verify_message, Key, KeyKind};
use crate::machine::NETWORK_VERSION;
use crate::mempool::{check_form, PushError, Sender};
use crate::message::{unsigned, SignedMessage};
use crate::outcome::Outcome;

/// One message of a batch, before nonce, gas and signature.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who signs.
    pub from: Key,
    /// Who receives.
    pub to: Address,
    /// FIL sent along.
    pub value: TokenAmount,
    /// Method; 0 is a bare send.
    pub method: MethodNum,
    /// CBOR parameters.
    pub params: RawBytes,
    /// Gas limit; `None` estimates it.
    pub gas_limit: Option<u64>,
}

impl Network {
    /// A new account of the given kind that holds `balance`, sent to it by the faucet in a block of its own.
    ///
    /// The keys follow from the network's seed, so the same test makes the same accounts.
    pub fn create_account(&mut self, kind: KeyKind, balance: TokenAmount) -> anyhow::Result<Key> {
        let key = self.new_key(kind)?;
        self.fund(key.address(), balance)?;
        Ok(key)
    }

    /// [`Self::create_account`] for the usual kind.
    pub fn faucet_account(&mut self, balance: TokenAmount) -> anyhow::Result<Key> {
        self.create_account(KeyKind::Secp256k1, balance)
    }

    /// A key nobody has used yet, without an account on chain.
    pub fn new_key(&mut self, kind: KeyKind) -> anyhow::Result<Key> {
        self.keys_made += 1;
        Key::from_seed(kind, format!("{}/account/{}", self.config.seed, self.keys_made).as_bytes())
    }

    /// Sends FIL from the faucet.
    pub fn fund(&mut self, to: Address, amount: TokenAmount) -> anyhow::Result<Outcome> {
        let faucet = self.genesis.faucet.clone();
        self.send(&faucet, to, amount, METHOD_SEND, RawBytes::default())?.ok().context("faucet")
    }

    /// Signs a message, sends it and makes a block with it. A message that fails on chain is an outcome, not an error.
    pub fn send(
        &mut self,
        from: &Key,
        to: Address,
        value: TokenAmount,
        method: MethodNum,
        params: RawBytes,
    ) -> anyhow::Result<Outcome> {
        self.send_limited(from, to, value, method, params, None)
    }

    /// [`Self::send`] with a gas limit of one's own.
    pub fn send_limited(
        &mut self,
        from: &Key,
        to: Address,
        value: TokenAmount,
        method: MethodNum,
        params: RawBytes,
        gas_limit: Option<u64>,
    ) -> anyhow::Result<Outcome> {
        let call = Call { from: from.clone(), to, value, method, params, gas_limit };
        Ok(self.execute_batch(vec![call])?.remove(0))
    }

    /// Sends several messages and makes blocks until all are executed, in the order given as far as a block allows (BLS messages
    /// come first in a block).
    pub fn execute_batch(&mut self, calls: Vec<Call>) -> anyhow::Result<Vec<Outcome>> {
        let mut messages: Vec<Message> = calls
            .iter()
            .map(|c| unsigned(c.from.address(), c.to, c.value.clone(), c.method, c.params.clone()))
            .collect();
        if calls.iter().any(|c| c.gas_limit.is_none()) {
            let outcomes = self.dry_run(&messages)?;
            for (message, outcome) in messages.iter_mut().zip(outcomes) {
                // A message that will fail is sent all the same: with what it used until it failed.
                message.gas_limit = with_margin(outcome.gas_used()).max(self.minimum_gas(message));
            }
        }
        let mut cids = Vec::with_capacity(calls.len());
        for (call, mut message) in calls.iter().zip(messages) {
            if let Some(limit) = call.gas_limit {
                message.gas_limit = limit;
            }
            message.sequence = self.next_nonce(&message.from)?;
            self.fill_fees(&mut message, &TokenAmount::zero());
            cids.push(self.push(call.from.sign(message, self.config.chain_id)?)?);
        }
        let mut outcomes = Vec::with_capacity(cids.len());
        while !cids.iter().all(|cid| self.locations.contains_key(cid)) {
            let before = self.pending().len();
            self.mine()?;
            if self.pending().len() == before {
                bail!("no block takes the waiting messages: the base fee is {}", self.next_base_fee())
            }
        }
        for cid in &cids {
            outcomes.push(self.outcome(cid).ok_or_else(|| anyhow!("message {cid} was not executed"))?.clone());
        }
        Ok(outcomes)
    }

    /// Takes a signed message into the mempool, after the checks a node makes.
    pub fn push(&mut self, signed: SignedMessage) -> Result<Cid, PushError> {
        check_form(&signed, self.minimum_gas_of_size(signed.chain_length()))?;
        let internal = |e: anyhow::Error| PushError::Internal(format!("{e:#}"));
        let from = signed.message.from;
        let id = self.resolve(&from).map_err(internal)?.ok_or(PushError::Sender(from))?;
        let actor = self.actor_by_id(id).map_err(internal)?.ok_or(PushError::Sender(from))?;
        let signer = self.account_key(id).map_err(internal)?.ok_or(PushError::NotAnAccount(from))?;
        verify_message(&signed, &signer, self.config.chain_id).map_err(|e| PushError::Signature(format!("{e:#}")))?;
        let cid = signed.cid();
        let sender = Sender { id, nonce: actor.sequence, balance: actor.balance };
        self.mempool.add(&sender, signed)?;
        Ok(cid)
    }

    /// The messages that wait.
    pub fn pending(&self) -> Vec<SignedMessage> {
        self.mempool.pending()
    }

    /// The next nonce of an account, counting what waits.
    pub fn next_nonce(&self, address: &Address) -> anyhow::Result<u64> {
        let Some(id) = self.resolve(address)? else { return Ok(0) };
        let on_chain = self.actor_by_id(id)?.map_or(0, |a| a.sequence);
        Ok(self.mempool.next_nonce(id, on_chain))
    }

    pub(super) fn select_messages(&mut self, base_fee: &TokenAmount) -> anyhow::Result<Vec<SignedMessage>> {
        let tree = crate::machine::state_tree(&self.store, &self.state_root)?;
        let nonce_of = |id| Ok(tree.get_actor(id)?.map_or(0, |a| a.sequence));
        self.mempool.select(base_fee, nonce_of)
    }

    fn minimum_gas(&self, message: &Message) -> u64 {
        self.minimum_gas_of_size(super::call::signed_size(message))
    }

    /// Gas that inclusion of a message of this many bytes costs.
    #[allow(clippy::unused_self)]
    fn minimum_gas_of_size(&self, bytes: usize) -> u64 {
        let prices = fvm::gas::price_list_by_network_version(NETWORK_VERSION);
        prices.on_chain_message(bytes).total().round_up()
    }
}
