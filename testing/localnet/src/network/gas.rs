//! Gas estimates, as wallets ask a node for them.

use anyhow::bail;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use num_traits::Zero;

use super::call::signed_size;
use super::Network;
use crate::chain::{next_base_fee, BLOCK_GAS_LIMIT};
use crate::message::message_cid;
use crate::outcome::Outcome;

/// Tip per unit of gas, in attoFIL: the least wallets offer.
const GAS_PREMIUM: u64 = 100_000;
/// A gas limit is the estimate and a quarter.
const LIMIT_NUMERATOR: u64 = 5;
const LIMIT_DENOMINATOR: u64 = 4;
/// Rounds a message may have to wait while the base fee rises by an eighth each.
const FEE_CAP_ROUNDS: u32 = 20;
/// Most FIL a message spends on gas unless its sender says otherwise, in attoFIL (0.07 FIL, as Lotus has it).
const DEFAULT_MAX_FEE: u64 = 70_000_000_000_000_000;

impl Network {
    /// Base fee of the next tipset.
    pub fn next_base_fee(&self) -> TokenAmount {
        let head = self.head();
        next_base_fee(head.tipset.base_fee(), head.messages.iter().map(|m| &m.message))
    }

    /// Fills in what is missing of gas limit (0), premium and fee cap (zero). `max_fee` bounds limit times cap; zero means the
    /// usual bound. Fails if the message would fail, with the actor's sentence.
    pub fn estimate_gas(&self, message: &Message, max_fee: &TokenAmount) -> anyhow::Result<Message> {
        let mut estimated = message.clone();
        if estimated.gas_limit == 0 {
            let outcome = self.dry_run(std::slice::from_ref(message))?.remove(0);
            if !outcome.is_ok() {
                bail!("message execution failed: exit code {}: {}", outcome.exit_code().value(), outcome.message)
            }
            estimated.gas_limit = with_margin(outcome.gas_used());
        }
        self.fill_fees(&mut estimated, max_fee);
        Ok(estimated)
    }

    /// What each of these messages would do, one after the other, with all the gas of a block and for free. The waiting messages of
    /// the first one's sender go before.
    pub(super) fn dry_run(&self, messages: &[Message]) -> anyhow::Result<Vec<Outcome>> {
        let mut vm = self.vm_at(self.epoch() + 1)?;
        if let Some(first) = messages.first() {
            let sender = self.resolve(&first.from)?;
            for waiting in self.mempool.pending() {
                if self.resolve(&waiting.message.from)? == sender {
                    vm.apply(waiting.message.clone(), waiting.chain_length())?;
                }
            }
        }
        let mut nonces = std::collections::HashMap::new();
        let mut outcomes = Vec::with_capacity(messages.len());
        for message in messages {
            let mut free = message.clone();
            let nonce = match nonces.get(&free.from) {
                Some(nonce) => *nonce,
                None => self.next_nonce(&free.from)?,
            };
            nonces.insert(free.from, nonce + 1);
            free.sequence = nonce;
            free.gas_limit = BLOCK_GAS_LIMIT;
            free.gas_fee_cap = TokenAmount::zero();
            free.gas_premium = TokenAmount::zero();
            // The size is that of the message as it will be sent: fees and limit take their bytes (five for any limit from
            // 65,536 gas to 4 billion).
            let mut sized = free.clone();
            sized.gas_limit = u64::from(u32::MAX);
            self.fill_fees(&mut sized, &TokenAmount::zero());
            outcomes.push(Outcome::new(message_cid(message), vm.apply(free, signed_size(&sized))?));
        }
        Ok(outcomes)
    }

    /// Sets premium and fee cap where they are zero.
    pub(super) fn fill_fees(&self, message: &mut Message, max_fee: &TokenAmount) {
        if message.gas_premium.is_zero() {
            message.gas_premium = TokenAmount::from_atto(GAS_PREMIUM);
        }
        if message.gas_fee_cap.is_zero() {
            message.gas_fee_cap = fee_after(self.next_base_fee()) + &message.gas_premium;
        }
        let max_fee = if max_fee.is_zero() { TokenAmount::from_atto(DEFAULT_MAX_FEE) } else { max_fee.clone() };
        if message.gas_limit > 0 && &message.gas_fee_cap * message.gas_limit > max_fee {
            message.gas_fee_cap = max_fee.div_floor(message.gas_limit);
        }
        if message.gas_premium > message.gas_fee_cap {
            message.gas_premium = message.gas_fee_cap.clone();
        }
    }
}

/// The estimate with the usual margin.
pub(super) fn with_margin(gas: u64) -> u64 {
    (gas.saturating_mul(LIMIT_NUMERATOR) / LIMIT_DENOMINATOR).min(BLOCK_GAS_LIMIT)
}

/// The base fee if it rose for all the rounds a message may wait.
fn fee_after(base_fee: TokenAmount) -> TokenAmount {
    (0..FEE_CAP_ROUNDS).fold(base_fee, |fee, _| &fee + fee.div_ceil(8u64))
}
