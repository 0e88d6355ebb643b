//! Owners, operators and beneficiaries change.

use clap::Args;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::frc53;
use peggy_interfaces::frc53::types::{
    ApproveForAllParams, ApproveParams, RevokeForAllParams, RevokeParams, TransferFromParams, TransferParams,
};
use peggy_interfaces::nft_share::{SetBeneficiary, SetBeneficiaryParams};
use serde_json::json;

use super::{sent_with, tokens};
use crate::output::Report;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::Result;

/// Options of `nft transfer`.
#[derive(Debug, Args)]
pub struct Transfer {
    /// The positions.
    #[arg(required = true)]
    positions: Vec<u64>,
    /// To whom.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Address,
    /// Whose they are, if the wallet acts as an operator its owner approved.
    #[arg(long, value_parser = address_arg, value_name = "OWNER")]
    of: Option<Address>,
}

/// Options of `nft approve`.
#[derive(Debug, Args)]
pub struct Approve {
    /// Who may move and burn them.
    #[arg(value_parser = address_arg)]
    operator: Address,
    /// The positions.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    positions: Vec<u64>,
    /// All positions of the wallet, those to come included.
    #[arg(long)]
    all: bool,
    /// No longer.
    #[arg(long)]
    revoke: bool,
}

/// Options of `nft beneficiary`.
#[derive(Debug, Args)]
pub struct Beneficiary {
    /// Who gets what they earn from now on.
    #[arg(value_parser = address_arg)]
    beneficiary: Address,
    /// The positions.
    #[arg(required = true)]
    positions: Vec<u64>,
}

/// As owner or as operator.
pub fn transfer(session: &Session, nft: u64, args: Transfer) -> Result<Report> {
    let Transfer { positions: token_ids, to, of } = args;
    let (operator_data, nothing) = (RawBytes::default(), TokenAmount::default());
    let (executed, returned) = match of {
        None => session.invoke::<frc53::Transfer>(nft, &TransferParams { to, token_ids, operator_data }, nothing)?,
        Some(from) => {
            let params = TransferFromParams { from, to, token_ids, operator_data };
            session.invoke::<frc53::TransferFrom>(nft, &params, nothing)?
        }
    };
    let json = json!({ "to": to.to_string(), "tokens": returned.token_ids });
    Ok(Report::new(sent_with(&executed, json), format!("gave {} to {to}", tokens(&returned.token_ids))))
}

/// Grants or ends.
pub fn approve(session: &Session, nft: u64, args: Approve) -> Result<Report> {
    let Approve { operator, positions: token_ids, all, revoke } = args;
    let nothing = TokenAmount::default();
    let what = if all { "all positions of this wallet".to_owned() } else { tokens(&token_ids) };
    let json = json!({ "operator": operator.to_string(), "tokens": token_ids, "all": all, "approved": !revoke });
    let executed = match (all, revoke) {
        (false, false) => session.invoke::<frc53::Approve>(nft, &ApproveParams { operator, token_ids }, nothing)?.0,
        (false, true) => session.invoke::<frc53::Revoke>(nft, &RevokeParams { operator, token_ids }, nothing)?.0,
        (true, false) => session.invoke::<frc53::ApproveForAll>(nft, &ApproveForAllParams { operator }, nothing)?.0,
        (true, true) => session.invoke::<frc53::RevokeForAll>(nft, &RevokeForAllParams { operator }, nothing)?.0,
    };
    let may = if revoke { "may no longer" } else { "may" };
    Ok(Report::new(sent_with(&executed, json), format!("{operator} {may} move and burn {what}")))
}

/// From now on.
pub fn beneficiary(session: &Session, nft: u64, args: Beneficiary) -> Result<Report> {
    let params = SetBeneficiaryParams { token_ids: args.positions, beneficiary: args.beneficiary };
    let (executed, ()) = session.invoke::<SetBeneficiary>(nft, &params, TokenAmount::default())?;
    let json = json!({ "beneficiary": args.beneficiary.to_string(), "tokens": params.token_ids });
    let text = format!("what {} earns from now on goes to {}", tokens(&params.token_ids), args.beneficiary);
    Ok(Report::new(sent_with(&executed, json), text))
}
