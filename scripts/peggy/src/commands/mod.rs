//! One file per command.

pub mod balance;
pub mod bond;
pub mod bundle;
pub mod claim;
pub mod claim_fees;
pub mod compound;
pub mod deploy;
pub mod deposit;
pub mod exit;
pub mod gov;
pub mod localnet;
pub mod lp;
pub mod miner;
pub mod nft;
pub mod redeem;
pub mod send;
pub mod status;
pub mod terms;
pub mod transfer;
pub mod verify;
pub mod wallet;

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{GetAccount, GetAccountParams, GetAccountReturn};
use serde_json::{json, Value};

use crate::rpc::Executed;
use crate::session::{is_evm, not_evm, Session};
use crate::Result;

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
fn account(session: &Session, pool: ActorID, account: Address) -> Result<GetAccountReturn> {
    session.client.query::<GetAccount>(pool, &GetAccountParams { account })
}

/// All shares of the wallet that acts.
fn own_shares(session: &Session, pool: ActorID) -> Result<TokenAmount> {
    Ok(account(session, pool, session.address()?)?.shares)
}
