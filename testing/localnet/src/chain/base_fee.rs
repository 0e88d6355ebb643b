//! The base fee of the next tipset, by the rule of network version 28 (FIP-0115).

use std::collections::HashSet;

use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use num_traits::Zero;

use super::BLOCK_GAS_LIMIT;

/// The base fee never falls below this many attoFIL.
const MINIMUM: u64 = 100;
/// It moves by an eighth at most.
const MAX_CHANGE_DENOM: u64 = 8;
/// Gas position, counted from the best paying message, whose premium decides: just below 80% of a block.
const TARGET_INDEX: u64 = BLOCK_GAS_LIMIT / 100 * 80 - 1;

/// The base fee that follows `current` after a tipset with these messages.
///
/// The premium at the target position says how crowded the tipset was: none, if the messages do not reach that far. The fee moves
/// by that premium less an eighth, and by at most an eighth (rounded up) upwards.
pub fn next_base_fee<'a>(current: &TokenAmount, messages: impl IntoIterator<Item = &'a Message>) -> TokenAmount {
    let mut seen = HashSet::new();
    let mut offers: Vec<(TokenAmount, u64)> = messages
        .into_iter()
        .filter(|m| seen.insert((m.from, m.sequence)))
        .map(|m| (effective_premium(m, current), m.gas_limit))
        .collect();
    offers.sort_by(|a, b| b.0.cmp(&a.0));
    let premium = premium_at(&offers, TARGET_INDEX);
    let step = TokenAmount::from_atto((current.atto() + (MAX_CHANGE_DENOM - 1)) / MAX_CHANGE_DENOM);
    let change = (&premium - &step).min(step);
    (current + change).max(TokenAmount::from_atto(MINIMUM))
}

/// What is left for the miner once the base fee is paid; never negative here, as an unpayable message bids nothing.
fn effective_premium(message: &Message, base_fee: &TokenAmount) -> TokenAmount {
    let available = &message.gas_fee_cap - base_fee;
    available.min(message.gas_premium.clone()).max(TokenAmount::zero())
}

/// The premium of the message that covers gas position `index` of the list, best first; zero beyond its end.
fn premium_at(offers: &[(TokenAmount, u64)], index: u64) -> TokenAmount {
    let mut covered = 0u64;
    for (premium, limit) in offers {
        covered = covered.saturating_add(*limit);
        if index < covered {
            return premium.clone();
        }
    }
    TokenAmount::zero()
}
