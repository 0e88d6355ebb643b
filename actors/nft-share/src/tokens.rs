//! The tokens of one owner: listed without looking at anybody else's, and bounded in what a change of them costs, however many
//! somebody sends there unasked.

use frc53_nft::types::TokenID;
use fvm_ipld_blockstore::Blockstore;
use peggy_runtime::ActorError;

use crate::state::{Holder, TokenBits};

/// So many are kept in the owner's record itself; more move into an array of bit sets, until the owner has none.
pub const FEW: usize = 8;

const NAME: &str = "an owner's tokens";
const BITS: u64 = 64;

/// Adds tokens the holder does not own yet.
pub fn add<BS: Blockstore>(holder: &mut Holder, tokens: &[TokenID], store: BS) -> Result<(), ActorError> {
    holder.count += tokens.len() as u64;
    if holder.many.is_none() && holder.tokens.len() + tokens.len() <= FEW {
        holder.tokens.extend_from_slice(tokens);
        holder.tokens.sort_unstable();
        return Ok(());
    }
    let mut bits = match &holder.many {
        Some(root) => TokenBits::load(root, store, NAME)?,
        None => TokenBits::empty(store, NAME),
    };
    for token in std::mem::take(&mut holder.tokens).iter().chain(tokens) {
        let word = bits.get(token / BITS)?.unwrap_or_default();
        bits.set(token / BITS, word | 1 << (token % BITS))?;
    }
    holder.many = Some(bits.flush()?);
    Ok(())
}

/// Takes tokens away that the holder owns.
pub fn remove<BS: Blockstore>(holder: &mut Holder, tokens: &[TokenID], store: BS) -> Result<(), ActorError> {
    let lost = || ActorError::illegal_state(format!("an owner's list lacks one of the tokens {tokens:?}"));
    let left = holder.count.checked_sub(tokens.len() as u64).ok_or_else(lost)?;
    match &holder.many {
        None => {
            for token in tokens {
                let at = holder.tokens.binary_search(token).map_err(|_| lost())?;
                holder.tokens.remove(at);
            }
        }
        Some(_) if left == 0 => holder.many = None,
        Some(root) => {
            let mut bits = TokenBits::load(root, store, NAME)?;
            for token in tokens {
                let word = bits.get(token / BITS)?.unwrap_or_default();
                let bit = 1 << (token % BITS);
                if word & bit == 0 {
                    return Err(lost());
                }
                if word == bit {
                    bits.delete(token / BITS)?;
                } else {
                    bits.set(token / BITS, word & !bit)?;
                }
            }
            holder.many = Some(bits.flush()?);
        }
    }
    holder.count = left;
    Ok(())
}

/// At most `limit` of the holder's tokens from `from` on, ascending, and where the next one is.
pub fn list<BS: Blockstore>(
    holder: &Holder,
    from: TokenID,
    limit: u64,
    store: BS,
) -> Result<(Vec<TokenID>, Option<TokenID>), ActorError> {
    // One more than asked for says whether there are more.
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut found: Vec<TokenID> = match &holder.many {
        None => holder.tokens.iter().copied().filter(|t| *t >= from).take(wanted).collect(),
        Some(root) => {
            let mut found = Vec::new();
            // Each word visited has a token; only the first one may have none from `from` on.
            TokenBits::load(root, store, NAME)?.page(from / BITS, limit.saturating_add(2), |at, word| {
                let bits = (0..BITS).filter(|bit| word & 1 << bit != 0).map(|bit| at * BITS + bit);
                found.extend(bits.filter(|token| *token >= from));
                found.len() < wanted
            })?;
            found.truncate(wanted);
            found
        }
    };
    let next = if found.len() == wanted { found.pop() } else { None };
    Ok((found, next))
}
