//! Rewards of positions are paid.

use std::collections::BTreeMap;

use clap::Args;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::nft_share::limits::MAX_TOKENS;
use peggy_interfaces::nft_share::{
    self, AccountParams, ClaimOwedParams, ClaimParams, GetOwed, GetPosition, Position, TokenParams,
};
use serde_json::{json, Value};

use super::show::positions_of;
use super::{id, sent_with, tokens};
use crate::amount;
use crate::output::Report;
use crate::session::Session;
use crate::{Failure, Result};

/// Options of `nft claim`.
#[derive(Debug, Args)]
pub struct Claim {
    /// The positions, anybody's; all of the wallet's own, and what it is owed besides, if none is named.
    positions: Vec<u64>,
    /// At most this much, of positions of one beneficiary.
    #[arg(long, value_parser = amount::parse, value_name = "FIL", requires = "positions")]
    amount: Option<TokenAmount>,
}

/// One message for each beneficiary, and for each 64 positions; one more for what the wallet is owed.
pub fn claim(session: &Session, nft: u64, args: Claim) -> Result<Report> {
    let own = args.positions.is_empty();
    let positions = if own {
        positions_of(session, nft, session.address()?)?
    } else {
        let read = |token| session.client.query::<GetPosition>(nft, &TokenParams { token_id: token });
        args.positions.into_iter().map(read).collect::<Result<_>>()?
    };
    let mut by_beneficiary: BTreeMap<ActorID, Vec<Position>> = BTreeMap::new();
    for position in positions {
        by_beneficiary.entry(position.beneficiary).or_default().push(position);
    }
    if args.amount.is_some() && by_beneficiary.len() > 1 {
        return Err(Failure::usage("these positions have several beneficiaries, so --amount says too little")
            .next("claim for each beneficiary by itself; 'peggy nft list' shows them"));
    }
    let (mut payments, mut lines) = (Vec::new(), Vec::new());
    for (beneficiary, positions) in by_beneficiary {
        let ids: Vec<u64> = positions.iter().map(|position| position.token_id).collect();
        for some in ids.chunks(MAX_TOKENS) {
            let params = ClaimParams { token_ids: some.to_vec(), amount: args.amount.clone() };
            let (executed, done) = session.invoke::<nft_share::Claim>(nft, &params, TokenAmount::default())?;
            let more = json!({ "to": id(beneficiary), "tokens": some, "paid": amount::atto(&done.paid) });
            payments.push(sent_with(&executed, more));
            lines.push(format!("{} earned {} for f0{beneficiary}", tokens(some), amount::fil(&done.paid)));
        }
    }
    if own {
        claim_owed(session, nft, session.address()?, &mut payments, &mut lines)?;
    }
    if lines.is_empty() {
        lines.push("this wallet has no position and is owed nothing".to_owned());
    }
    Ok(Report::new(json!({ "payments": payments }), lines.join("\n")))
}

fn claim_owed(
    session: &Session,
    nft: u64,
    me: Address,
    payments: &mut Vec<Value>,
    lines: &mut Vec<String>,
) -> Result<()> {
    let owed = session.client.query::<GetOwed>(nft, &AccountParams { account: me })?.owed;
    if owed.is_zero() {
        return Ok(());
    }
    let params = ClaimOwedParams { to: me, amount: None };
    let (executed, done) = session.invoke::<nft_share::ClaimOwed>(nft, &params, TokenAmount::default())?;
    payments
        .push(sent_with(&executed, json!({ "to": me.to_string(), "tokens": [], "paid": amount::atto(&done.paid) })));
    lines.push(format!("{} was owed from positions that changed hands or form", amount::fil(&done.paid)));
    Ok(())
}
