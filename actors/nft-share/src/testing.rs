//! Checks nft-share's state against itself, from the raw blocks.

use std::collections::BTreeMap;

use fvm_ipld_blockstore::Blockstore;
use fvm_shared::bigint::BigInt;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::{Signed, Zero};
use peggy_interfaces::nft_share::limits;
use peggy_ledger::Account;
use peggy_runtime::Findings;
use serde::de::DeserializeOwned;

use crate::state::{Config, Holder, Position, State, SCHEMA};
use crate::tokens;

/// What nft-share holds, recomputed from its positions and holders, for checks across actors.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Every position by token.
    pub positions: BTreeMap<u64, Position>,
    /// Every record of an owner, or of somebody who is owed something.
    pub holders: BTreeMap<ActorID, Holder>,
    /// Shares of all positions: must be nft-share's balance at the pool.
    pub shares: TokenAmount,
    /// Accrued by all positions, in multiples of 2^-64 attoFIL.
    pub pending: BigInt,
    /// Owed to all holders, in the same.
    pub owed: BigInt,
    /// This actor's account at the pool, as it must be there.
    pub held: Account,
}

/// Checks that positions, owners, accruals and the account at the pool agree, and returns all that is wrong. `index` is the pool's reward
/// index of `now`, or of any epoch since the state last changed.
pub fn check_state_invariants<BS: Blockstore>(
    state: &State,
    store: &BS,
    own: ActorID,
    index: &BigInt,
    now: ChainEpoch,
) -> (Summary, Findings) {
    let (mut f, mut sum) = (Findings::new(), Summary { held: state.held.clone(), ..Summary::default() });
    f.require(state.schema == SCHEMA, format_args!("schema is {}", state.schema));
    f.require(state.previous.epoch <= now, "the previous epoch is in the future");
    if let Some(config) = load::<Config, _>(store, &state.config, &mut f, "config") {
        f.require(config.wiring.map(|w| w.pool) == state.pool, "the pool is not the wiring's");
        f.require(
            config.deployer.is_none() == config.wiring.is_some(),
            "a deployer is left after wiring, or none before",
        );
    }
    check_positions(state, store, own, index, now, &mut f, &mut sum);
    check_holders(state, store, own, &mut f, &mut sum);
    check_owners(store, &mut f, &sum);

    f.require(
        sum.shares == state.held.shares,
        format_args!("positions have {} shares, the books {}", sum.shares, state.held.shares),
    );
    // Exact: what the pool owes this actor is accrued by a position, owed to somebody, or spare.
    let there = state.held.pending(index);
    let here = &sum.pending + &sum.owed + &state.spare;
    f.require(there == here, format_args!("the pool has {there} / 2^64 pending, positions and holders {here}"));
    f.require(
        -&state.spare >> 64 < BigInt::from(state.next_token.max(1)),
        format_args!("spare is {}, far below nothing", state.spare),
    );
    (sum, f)
}

fn load<T: DeserializeOwned, BS: Blockstore>(store: &BS, cid: &cid::Cid, f: &mut Findings, what: &str) -> Option<T> {
    let block = f.expect(store.get(cid), what).flatten();
    f.require(block.is_some(), format_args!("{what} is not there"));
    f.expect(fvm_ipld_encoding::from_slice(&block?), what)
}

fn ascending(ids: &[u64]) -> bool {
    ids.windows(2).all(|pair| pair[0] < pair[1])
}

fn check_positions<BS: Blockstore>(
    state: &State,
    store: &BS,
    own: ActorID,
    index: &BigInt,
    now: ChainEpoch,
    f: &mut Findings,
    sum: &mut Summary,
) {
    let Some(positions) = f.expect(state.positions(store), "positions") else { return };
    f.require(
        positions.count() == state.supply,
        format_args!("{} positions, supply {}", positions.count(), state.supply),
    );
    let visited = positions.page(0, u64::MAX, |token, position| {
        sum.positions.insert(token, position.clone());
        true
    });
    f.expect(visited, "positions");
    for (token, position) in &sum.positions {
        f.within(format_args!("token {token}"), |f| {
            f.require(*token < state.next_token, format_args!("the next token is {}", state.next_token));
            f.require(position.account.shares.is_positive(), "no shares");
            let pending = position.account.pending(index);
            f.require(!pending.is_negative(), format_args!("{pending} pending"));
            f.require(position.minted_at <= now, "made in the future");
            f.require(position.beneficiary != Some(position.owner), "the owner is named as beneficiary");
            let lost = [own, state.pool.unwrap_or(own)];
            f.require(!lost.contains(&position.owner), "owned by nft-share or the pool");
            f.require(!lost.contains(&position.beneficiary()), "earns for nft-share or the pool");
            f.require(ascending(&position.operators), "operators out of order");
            f.require(position.operators.len() <= limits::MAX_TOKEN_OPERATORS, "too many operators");
            sum.shares += &position.account.shares;
            sum.pending += pending;
        });
    }
}

fn check_holders<BS: Blockstore>(state: &State, store: &BS, own: ActorID, f: &mut Findings, sum: &mut Summary) {
    let Some(holders) = f.expect(state.holders(store), "holders") else { return };
    let visited = holders.for_each(|id, holder| {
        f.require(id != own, "nft-share has a record of its own");
        f.require(!holder.is_idle(), format_args!("f0{id} is kept and has nothing"));
        f.require(!holder.owed.is_negative(), format_args!("f0{id} is owed {}", holder.owed));
        f.require(ascending(&holder.operators), format_args!("operators of f0{id} out of order"));
        f.require(
            holder.operators.len() <= limits::MAX_ACCOUNT_OPERATORS,
            format_args!("f0{id} has too many operators"),
        );
        f.require(holder.tokens.len() <= tokens::FEW, format_args!("f0{id} lists too many tokens in its record"));
        f.require(holder.many.is_none() || holder.tokens.is_empty(), format_args!("f0{id} has two lists"));
        sum.owed += &holder.owed;
        sum.holders.insert(id, holder.clone());
        Ok(())
    });
    f.expect(visited, "holders");
}

/// Owners' records say what the positions say.
fn check_owners<BS: Blockstore>(store: &BS, f: &mut Findings, sum: &Summary) {
    let mut owned: BTreeMap<ActorID, (TokenAmount, Vec<u64>)> = BTreeMap::new();
    for (token, position) in &sum.positions {
        let (shares, tokens) = owned.entry(position.owner).or_insert_with(|| (TokenAmount::zero(), Vec::new()));
        *shares += &position.account.shares;
        tokens.push(*token);
    }
    for id in owned.keys().filter(|id| !sum.holders.contains_key(id)) {
        f.add(format_args!("f0{id} owns tokens and has no record"));
    }
    for (id, holder) in &sum.holders {
        let (shares, tokens) = owned.remove(id).unwrap_or_default();
        f.require(holder.shares == shares, format_args!("f0{id} has {} votes, positions {shares}", holder.shares));
        f.require(holder.count == tokens.len() as u64, format_args!("f0{id} counts {} tokens", holder.count));
        if let Some((listed, next)) = f.expect(tokens::list(holder, 0, u64::MAX, store), "an owner's tokens") {
            f.require(listed == tokens && next.is_none(), format_args!("f0{id} lists {listed:?}, owns {tokens:?}"));
        }
    }
}
