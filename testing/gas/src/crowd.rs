//! Holders beyond those who came by messages, written into the state as deposits, mints and votes would have left them: a million
//! messages would take hours, and what a message costs depends on the trees it finds and not on how they grew.

use anyhow::{anyhow, ensure, Context};
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_governance::state::{Proposal, Receipts};
use peggy_interfaces::governance::{Choice, Receipt};
use peggy_ledger::{Account, Accounts};
use peggy_localnet::Network;
use peggy_nft_share::state::{Holder, Position};
use peggy_runtime::{ActorError, Wiring, WIDTH_SHORT};
use rand::rngs::StdRng;
use rand::SeedableRng;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::stage::odd;

/// Their ActorIDs are these and the following: none is on chain, none sends a message.
const FIRST: ActorID = 10_000_000;

/// Adds accounts to the pool, each with shares at the price now and nothing accrued.
pub fn accounts(net: &mut Network, pool: ActorID, count: u64) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(count);
    let sum = change(net, pool, |net, state: &mut peggy_pool::state::State| {
        ensure!(state.totals.nav() == state.totals.priced(), "a share is worth one attoFIL here");
        let mut accounts = Accounts::load(&state.accounts, net.store()).map_err(plain)?;
        let mut sum = TokenAmount::zero();
        for id in FIRST..FIRST + count {
            let shares = odd(&mut rng, 50, 500);
            let mut account = Account::default();
            account.add(&state.rewards.parcel(&shares));
            accounts.put(id, account, &mut state.rewards).map_err(plain)?;
            sum += shares;
        }
        state.accounts = accounts.flush().map_err(plain)?;
        state.totals.shares += &sum;
        state.totals.liquid += &sum;
        Ok(sum)
    })?;
    let faucet = net.resolve(&net.genesis().faucet.address())?.context("the faucet is on chain")?;
    for (id, change) in [(faucet, -&sum), (pool, sum)] {
        let mut actor = net.actor_by_id(id)?.with_context(|| format!("f0{id} is on chain"))?;
        actor.balance += change;
        ensure!(!actor.balance.is_negative(), "f0{id} has too little FIL");
        net.put_actor(id, actor)?;
    }
    Ok(())
}

/// Turns a part of the shares of the first of them into positions, one each.
pub fn positions(net: &mut Network, wiring: &Wiring, count: u64) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(count);
    let epoch = net.epoch();
    let amounts: Vec<TokenAmount> = (0..count).map(|_| odd(&mut rng, 1, 10)).collect();
    // Both actors settle with the index of the last epoch somebody wrote in: nothing has accrued on what moves now.
    let index = change(net, wiring.pool, |net, state: &mut peggy_pool::state::State| {
        let mut accounts = Accounts::load(&state.accounts, net.store()).map_err(plain)?;
        let mut wrapped = accounts.get(wiring.nft_share).map_err(plain)?;
        for (id, shares) in (FIRST..).zip(&amounts) {
            let mut account = accounts.get(id).map_err(plain)?;
            let parcel = state.rewards.parcel(shares);
            ensure!(account.take(&parcel), "f0{id} has too few shares");
            wrapped.add(&parcel);
            accounts.put(id, account, &mut state.rewards).map_err(plain)?;
        }
        accounts.put(wiring.nft_share, wrapped, &mut state.rewards).map_err(plain)?;
        state.accounts = accounts.flush().map_err(plain)?;
        Ok(state.rewards.clone())
    })?;
    change(net, wiring.nft_share, |net, state: &mut peggy_nft_share::state::State| {
        let mut positions = state.positions(net.store()).map_err(plain)?;
        let mut holders = state.holders(net.store()).map_err(plain)?;
        for (owner, shares) in (FIRST..).zip(&amounts) {
            let token = state.next_token;
            let parcel = index.parcel(shares);
            let mut account = Account::default();
            account.add(&parcel);
            state.held.add(&parcel);
            let position = Position { owner, beneficiary: None, minted_at: epoch, account, operators: Vec::new() };
            positions.set(token, position).map_err(plain)?;
            let holder = Holder { shares: shares.clone(), count: 1, tokens: vec![token], ..Holder::default() };
            holders.set(&owner, holder).map_err(plain)?;
            state.next_token += 1;
            state.supply += 1;
        }
        state.positions = positions.flush().map_err(plain)?;
        state.holders = holders.flush().map_err(plain)?;
        Ok(())
    })
}

/// Votes of the first of them on the newest proposal, with all they hold.
pub fn votes(net: &mut Network, wiring: &Wiring, count: u64) -> anyhow::Result<()> {
    let pool: peggy_pool::state::State = net.load_state(wiring.pool)?;
    change(net, wiring.governance, |net, state: &mut peggy_governance::state::State| {
        let store = net.store();
        let accounts = Accounts::load(&pool.accounts, store).map_err(plain)?;
        let link = state.recent.last_mut().context("there is a proposal")?;
        let mut proposal: Proposal = store.load(link)?;
        let ballot = proposal.ballot.as_mut().context("its vote is open")?;
        let mut receipts = Receipts::load(&ballot.receipts, store, WIDTH_SHORT, "receipts").map_err(plain)?;
        for voter in FIRST..FIRST + count {
            let votes = accounts.get(voter).map_err(plain)?.shares;
            ballot.tally.yes += &votes;
            let receipt = Receipt { choice: Some(Choice::For), votes, veto: TokenAmount::zero() };
            receipts.set(&voter, receipt).map_err(plain)?;
        }
        ballot.receipts = receipts.flush().map_err(plain)?;
        *link = store.put_value(&proposal)?;
        Ok(())
    })
}

/// Changes an actor's state behind its back.
fn change<S: Serialize + DeserializeOwned, T>(
    net: &mut Network,
    id: ActorID,
    change: impl FnOnce(&Network, &mut S) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let mut actor = net.actor_by_id(id)?.with_context(|| format!("f0{id} is on chain"))?;
    let mut state: S = net.load_state(id)?;
    let done = change(net, &mut state)?;
    actor.state = net.store().put_value(&state)?;
    net.put_actor(id, actor)?;
    Ok(done)
}

fn plain(e: ActorError) -> anyhow::Error {
    anyhow!("{}", e.message())
}
