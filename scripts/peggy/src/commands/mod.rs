//! One file per command.

pub mod balance;
pub mod bundle;
pub mod claim;
pub mod claim_fees;
pub mod compound;
pub mod deploy;
pub mod deposit;
pub mod gov;
pub mod localnet;
pub mod miner;
pub mod redeem;
pub mod send;
pub mod status;
pub mod terms;
pub mod transfer;
pub mod verify;
pub mod wallet;

use peggy_interfaces::pool::{GetAccount, GetAccountParams, GetAccountReturn};
use peggy_localnet::{Key, KeyKind};
use serde_json::{json, Value};

use crate::rpc::Executed;
use crate::session::Session;
use crate::{Failure, Result};

/// What every report on a sent message says.
fn sent(executed: &Executed) -> Value {
    json!({ "message": executed.cid.to_string(), "height": executed.height, "gas": executed.receipt.gas_used })
}

/// [`sent`] with more facts.
fn sent_with(executed: &Executed, more: Value) -> Value {
    let mut all = sent(executed);
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

/// An account of the pool.
fn account(session: &Session, pool: u64, account: fvm_shared::address::Address) -> Result<GetAccountReturn> {
    session.client.query::<GetAccount>(pool, &GetAccountParams { account })
}

/// Ethereum-style wallets reach the pool by InvokeEVM only.
fn is_evm(key: &Key) -> bool {
    key.kind() == KeyKind::Delegated
}

/// Refuses what an Ethereum-style wallet has no way to say.
fn not_evm(key: &Key, what: &str) -> Result<()> {
    if is_evm(key) {
        return Err(Failure::usage(format!("an Ethereum-style (f410) wallet can't {what}"))
            .next("use an f1 or f3 wallet with --from"));
    }
    Ok(())
}
