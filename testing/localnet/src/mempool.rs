//! Messages that wait for a block.

use std::collections::BTreeMap;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use thiserror::Error;

use crate::chain::BLOCK_GAS_LIMIT;
use crate::message::SignedMessage;

/// Largest message this network carries. Public nodes stop at 64 KiB; installing an actor's code by message needs more.
pub const MAX_MESSAGE_BYTES: usize = 4 << 20;
/// How far ahead of the chain a sender's nonce may be.
const MAX_NONCE_GAP: u64 = 1000;
/// The base fee never falls below this many attoFIL, so a lower cap could never be paid.
const MINIMUM_FEE_CAP: u64 = 100;
/// A replacement must offer this many percent of the premium it replaces.
const REPLACEMENT_PERCENT: u64 = 125;

/// Why a message was not let in.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PushError {
    /// Message format.
    #[error("message version {0} is not supported, only 0 is")]
    Version(u64),
    /// Too many bytes.
    #[error("the message has {0} bytes; this network carries at most {MAX_MESSAGE_BYTES}")]
    TooLarge(usize),
    /// More gas than fits a block, or none.
    #[error("a gas limit of {0} is not possible: at least {1} pays for the message's size, and a block holds {BLOCK_GAS_LIMIT}")]
    GasLimit(u64, u64),
    /// The cap could never be paid.
    #[error("a gas fee cap of {0} attoFIL is below the lowest base fee of {MINIMUM_FEE_CAP}")]
    FeeCap(TokenAmount),
    /// Premium above the cap.
    #[error("the gas premium ({0} attoFIL) exceeds the fee cap ({1} attoFIL)")]
    Premium(TokenAmount, TokenAmount),
    /// Negative or more than there is.
    #[error("a value of {0} is not possible")]
    Value(TokenAmount),
    /// Unknown sender.
    #[error("the sender {0} does not exist on this network yet: send it some FIL first")]
    Sender(Address),
    /// Not an account.
    #[error("{0} is not an account and can't send messages")]
    NotAnAccount(Address),
    /// Wrong key, wrong scheme or wrong bytes.
    #[error("the signature is not valid: {0}")]
    Signature(String),
    /// Nonce already used on chain.
    #[error("nonce {got} is already used: the next one of this account is {expected}")]
    NonceTooLow {
        /// The message's nonce.
        got: u64,
        /// The next nonce that is free.
        expected: u64,
    },
    /// Nonce far in the future.
    #[error("nonce {got} is too far ahead: the next one of this account is {expected}")]
    NonceTooHigh {
        /// The message's nonce.
        got: u64,
        /// The next nonce that is free.
        expected: u64,
    },
    /// Another message with this nonce is waiting.
    #[error("a message with this nonce is waiting: to replace it, offer a gas premium of at least {0} attoFIL")]
    Replacement(TokenAmount),
    /// Value and gas of all waiting messages.
    #[error("the account has {balance} FIL, but this and its other waiting messages need up to {needed} FIL")]
    Balance {
        /// What the account has.
        balance: TokenAmount,
        /// What the waiting messages may take.
        needed: TokenAmount,
    },
    /// The store or the state failed.
    #[error("{0}")]
    Internal(String),
}

/// What the state says about a sender.
pub(crate) struct Sender {
    pub id: ActorID,
    pub nonce: u64,
    pub balance: TokenAmount,
}

/// The waiting messages, by sender and nonce, each with its turn of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mempool {
    waiting: BTreeMap<ActorID, BTreeMap<u64, (u64, SignedMessage)>>,
    arrivals: u64,
}

/// The checks that need no state.
pub(crate) fn check_form(signed: &SignedMessage, minimum_gas: u64) -> Result<(), PushError> {
    let message = &signed.message;
    let total = TokenAmount::from_whole(crate::genesis::TOTAL_SUPPLY_FIL);
    let size = signed.chain_length();
    if message.version != 0 {
        return Err(PushError::Version(message.version));
    }
    if size > MAX_MESSAGE_BYTES {
        return Err(PushError::TooLarge(size));
    }
    if message.gas_limit < minimum_gas || message.gas_limit > BLOCK_GAS_LIMIT {
        return Err(PushError::GasLimit(message.gas_limit, minimum_gas));
    }
    if message.gas_fee_cap < TokenAmount::from_atto(MINIMUM_FEE_CAP) {
        return Err(PushError::FeeCap(message.gas_fee_cap.clone()));
    }
    if message.gas_premium > message.gas_fee_cap || message.gas_premium.is_negative() {
        return Err(PushError::Premium(message.gas_premium.clone(), message.gas_fee_cap.clone()));
    }
    if message.value.is_negative() || message.value > total {
        return Err(PushError::Value(message.value.clone()));
    }
    Ok(())
}

impl Mempool {
    /// Takes a message in whose form and signature are checked.
    pub fn add(&mut self, sender: &Sender, signed: SignedMessage) -> Result<(), PushError> {
        let nonce = signed.message.sequence;
        if nonce < sender.nonce {
            return Err(PushError::NonceTooLow { got: nonce, expected: sender.nonce });
        }
        if nonce > sender.nonce + MAX_NONCE_GAP {
            return Err(PushError::NonceTooHigh { got: nonce, expected: sender.nonce });
        }
        let queue = self.waiting.entry(sender.id).or_default();
        if let Some((_, old)) = queue.get(&nonce) {
            let raised = old.message.gas_premium.atto() * REPLACEMENT_PERCENT;
            // Rounded up, against the replacement; never the same offer again.
            let least = TokenAmount::from_atto((raised + 99u8) / 100u8)
                .max(&old.message.gas_premium + TokenAmount::from_atto(1));
            if signed != *old && signed.message.gas_premium < least {
                return Err(PushError::Replacement(least));
            }
        }
        let others = queue.iter().filter(|(n, _)| **n != nonce).map(|(_, (_, s))| cost(s));
        let needed = others.fold(cost(&signed), |sum, c| sum + c);
        if needed > sender.balance {
            return Err(PushError::Balance { balance: sender.balance.clone(), needed });
        }
        queue.insert(nonce, (self.arrivals, signed));
        self.arrivals += 1;
        Ok(())
    }

    /// The next nonce of a sender whose next nonce on chain is `on_chain`, counting what waits without a gap.
    pub fn next_nonce(&self, sender: ActorID, on_chain: u64) -> u64 {
        let Some(queue) = self.waiting.get(&sender) else { return on_chain };
        // Among one more nonce than there are messages, one is free.
        let mut nonces = on_chain..=on_chain + queue.len() as u64;
        nonces.find(|nonce| !queue.contains_key(nonce)).unwrap_or(on_chain)
    }

    /// Messages for one block: by arrival, each sender's in order of nonce, as far as gas and base fee allow. Chosen ones leave.
    pub fn select(
        &mut self,
        base_fee: &TokenAmount,
        mut nonce_of: impl FnMut(ActorID) -> anyhow::Result<u64>,
    ) -> anyhow::Result<Vec<SignedMessage>> {
        let mut ready: Vec<(u64, SignedMessage)> = Vec::new();
        for (id, queue) in &mut self.waiting {
            let mut next = nonce_of(*id)?;
            // What the chain has overtaken can never be included.
            *queue = queue.split_off(&next);
            // A later nonce can't come before an earlier one, whenever it arrived.
            let mut turn = 0;
            while let Some((arrival, signed)) = queue.get(&next) {
                if signed.message.gas_fee_cap < *base_fee {
                    break;
                }
                turn = turn.max(*arrival);
                ready.push((turn, signed.clone()));
                next += 1;
            }
        }
        ready.sort_by_key(|(turn, signed)| (*turn, signed.message.sequence));
        let mut gas = 0u64;
        let mut chosen = Vec::new();
        let mut full: Vec<Address> = Vec::new();
        for (_, signed) in ready {
            let with = gas + signed.message.gas_limit;
            if with > BLOCK_GAS_LIMIT || full.contains(&signed.message.from) {
                full.push(signed.message.from);
                continue;
            }
            gas = with;
            chosen.push(signed);
        }
        self.forget(&chosen);
        Ok(chosen)
    }

    fn forget(&mut self, chosen: &[SignedMessage]) {
        for queue in self.waiting.values_mut() {
            queue.retain(|_, (_, signed)| !chosen.contains(signed));
        }
        self.waiting.retain(|_, queue| !queue.is_empty());
    }

    /// All that waits, by arrival.
    pub fn pending(&self) -> Vec<SignedMessage> {
        let mut all: Vec<_> = self.waiting.values().flat_map(|q| q.values()).collect();
        all.sort_by_key(|(arrival, _)| *arrival);
        all.into_iter().map(|(_, signed)| signed.clone()).collect()
    }
}

/// The most a message can take from its sender.
fn cost(signed: &SignedMessage) -> TokenAmount {
    &signed.message.value + &signed.message.gas_fee_cap * signed.message.gas_limit
}
