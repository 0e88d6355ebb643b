//! Long queues, written into the state as requests would have left them.

use anyhow::{anyhow, ensure};
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_ledger::{Account, Accounts};
use peggy_localnet::Network;
use peggy_pool::queue::Ticket;
use peggy_pool::state::{Cold, State};
use peggy_runtime::ActorError;

/// Adds tickets of `shares` each, taken from the account of `owner`, requested in the epoch of the head. What accrued on the shares
/// stays on the account, as when they are requested.
pub fn seed_tickets(
    net: &mut Network,
    pool: ActorID,
    owner: ActorID,
    count: u64,
    shares: &TokenAmount,
) -> anyhow::Result<()> {
    let epoch = net.epoch();
    let mut actor = net.actor_by_id(pool)?.ok_or(anyhow!("there is no pool"))?;
    let mut state: State = net.load_state(pool)?;
    let store = net.store();
    let mut cold: Cold = store.load(&state.cold)?;
    let mut accounts = Accounts::load(&state.accounts, store).map_err(plain)?;
    let mut account = accounts.get(owner).map_err(plain)?;
    let mut tickets = cold.queue.tickets(store).map_err(plain)?;
    for _ in 0..count {
        let parcel = state.rewards.parcel(shares);
        ensure!(account.take(&parcel), "f0{owner} has too few shares for {count} tickets");
        let mut waiting = Account::default();
        waiting.add(&parcel);
        let ticket = Ticket { owner, account: waiting, owed: TokenAmount::zero(), requested_at: epoch };
        tickets.put(cold.queue.next, ticket, &mut state.rewards).map_err(plain)?;
        cold.queue.next += 1;
        state.totals.queued += shares;
    }
    accounts.put(owner, account, &mut state.rewards).map_err(plain)?;
    state.accounts = accounts.flush().map_err(plain)?;
    cold.queue.tickets = tickets.flush().map_err(plain)?;
    state.cold = store.put_value(&cold)?;
    actor.state = store.put_value(&state)?;
    net.put_actor(pool, actor)
}

fn plain(e: ActorError) -> anyhow::Error {
    anyhow!("{}", e.message())
}
