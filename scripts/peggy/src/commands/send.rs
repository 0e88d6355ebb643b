//! `peggy send`.

use clap::Args;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::METHOD_SEND;
use serde_json::json;

use super::{is_evm, sent_with};
use crate::output::Report;
use crate::send::Draft;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, Result};

/// Send FIL. A new wallet comes on chain with the first FIL it gets.
#[derive(Debug, Args)]
pub struct Send {
    /// To whom.
    #[arg(value_parser = address_arg)]
    to: Address,
    /// How much.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
}

/// Does it.
pub fn run(session: &Session, args: Send) -> Result<Report> {
    let key = session.key()?;
    // All that Ethereum-style wallets send is InvokeEVM, which accounts take for a bare send.
    let method = if is_evm(&key) { frc42_invoke_evm() } else { METHOD_SEND };
    let draft =
        Draft { to: args.to, value: args.amount.clone(), method, params: RawBytes::default(), what: "send".to_owned() };
    let executed = session.send(&key, &draft)?;
    let json = sent_with(&executed, json!({ "to": args.to.to_string(), "amount": amount::atto(&args.amount) }));
    Ok(Report::new(json, format!("sent {} to {}", amount::fil(&args.amount), args.to)))
}

fn frc42_invoke_evm() -> u64 {
    use peggy_runtime::Method as _;
    peggy_interfaces::pool::InvokeEVM::NUMBER
}
