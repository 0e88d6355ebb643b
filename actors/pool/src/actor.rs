//! The methods, one file per topic.

pub mod admin;
pub mod allowance;
pub mod bond;
pub mod deposit;
pub mod evm;
pub mod exits;
mod legacy;
pub mod redeem;
pub mod rewards;
pub mod settle;
pub mod token;
pub mod views;
pub mod votes;

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{Sync, SyncParams};
use peggy_interfaces::receiver::Receive;
use peggy_interfaces::try_call;
use peggy_runtime::{ActorError, Host, ResultExt, Runtime};

use crate::error::{Error, STALE};
use crate::state::State;

/// Miners the proxy measures within a message of the pool: two, lest a deposit cost as much as all of them.
const SYNC_MINERS: u32 = 2;

/// Runs a change that needs a fresh measurement. If it finds the measurement too old, nothing has changed and no state is held: the
/// proxy measures, which re-enters `Settle`, and the change is tried once more. Whether measuring succeeded is for the second
/// try to see, so its failure is not an error here.
fn with_fresh<H: Host, T>(rt: &Runtime<H>, change: impl Fn() -> Result<T, ActorError>) -> Result<T, ActorError> {
    match change() {
        Err(e) if e.code() == STALE => {
            let proxy = State::view(rt)?.config(rt.store())?.wiring()?.owner_proxy;
            let sent = try_call::<Sync, H>(rt, proxy, &SyncParams { max_miners: SYNC_MINERS }, &TokenAmount::zero())?;
            let note = format!("after Sync within this message (exit code {})", sent.exit_code.value());
            change().map_err(|e| if e.code() == STALE { e.context(note) } else { e })
        }
        done => done,
    }
}

/// Calls the recipient's receiver hook (FRC-46): new balances are saved, the hook may use them or call back; if it fails, all
/// fails. `from` is the pool itself for shares that were made.
fn call_hook<H: Host>(rt: &Runtime<H>, received: FRC46TokenReceived) -> Result<RawBytes, ActorError> {
    let to = received.to;
    let payload = RawBytes::serialize(received).or_serialization("the receiver hook's payload")?;
    let params = UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload };
    let returned =
        try_call::<Receive, H>(rt, to, &params, &TokenAmount::zero())?.ok(&format!("the receiver hook of f0{to}"))?;
    Ok(returned.map_or_else(RawBytes::default, |block| RawBytes::new(block.data)))
}

/// Refuses the pool as the recipient of anything.
fn not_the_pool<H: Host>(rt: &Runtime<H>, to: ActorID, what: &'static str) -> Result<(), Error> {
    if to == rt.receiver() {
        return Err(Error::ToThePool { what, pool: to });
    }
    Ok(())
}
