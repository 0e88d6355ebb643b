//! What there is.

use std::path::PathBuf;

use base64::prelude::{Engine as _, BASE64_STANDARD};
use clap::Args;
use fvm_shared::address::Address;
use peggy_interfaces::frc53::Metadata;
use peggy_interfaces::nft_share::limits::MAX_PAGE;
use peggy_interfaces::nft_share::{
    AccountParams, GetOwed, GetPosition, ListPositions, ListPositionsParams, Position, TokenParams,
};
use serde_json::{json, Value};

use super::id;
use crate::failure::OrFail;
use crate::output::{facts, grid, Report};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{amount, Failure, Result};

/// Options of `nft list`.
#[derive(Debug, Args)]
pub struct List {
    /// Whose; the wallet's own if nobody is named.
    #[arg(value_parser = address_arg)]
    owner: Option<Address>,
}

/// Options of `nft show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The position.
    position: u64,
    /// Write its picture (SVG) to this file.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// All positions of an owner, page by page.
pub fn positions_of(session: &Session, nft: u64, owner: Address) -> Result<Vec<Position>> {
    let (mut all, mut from) = (Vec::new(), 0);
    loop {
        let params = ListPositionsParams { owner, from, limit: MAX_PAGE };
        let page = session.client.query::<ListPositions>(nft, &params)?;
        all.extend(page.positions);
        match page.next {
            Some(next) => from = next,
            None => return Ok(all),
        }
    }
}

/// A table.
pub fn list(session: &Session, nft: u64, args: List) -> Result<Report> {
    let owner = args.owner.map_or_else(|| session.address(), Ok)?;
    let positions = positions_of(session, nft, owner)?;
    let owed = session.client.query::<GetOwed>(nft, &AccountParams { account: owner })?.owed;
    let json: Vec<_> = positions.iter().map(facts_of).collect();
    let rows = positions.iter().map(|p| {
        let beneficiary = if p.beneficiary == p.owner { "owner".to_owned() } else { id(p.beneficiary) };
        vec![
            format!("#{}", p.token_id),
            amount::plain(&p.shares),
            amount::plain(&p.accrued),
            beneficiary,
            p.minted_at.to_string(),
        ]
    });
    let mut text = if positions.is_empty() {
        format!("{owner} has no position\n")
    } else {
        grid(&["position", "shares", "earned, FIL", "for", "since epoch"], &[0, 1, 2, 4], rows) + "\n"
    };
    if owed.is_positive() {
        text.push_str("\nowed from positions that changed hands or form: ");
        text.push_str(&amount::fil(&owed));
    }
    let json = json!({ "owner": owner.to_string(), "positions": json, "owed": amount::atto(&owed) });
    Ok(Report::new(json, text))
}

fn facts_of(position: &Position) -> Value {
    json!({
        "token": position.token_id,
        "owner": id(position.owner),
        "beneficiary": id(position.beneficiary),
        "shares": amount::atto(&position.shares),
        "accrued": amount::atto(&position.accrued),
        "minted_at": position.minted_at,
        "operators": position.operators.iter().map(|operator| id(*operator)).collect::<Vec<_>>(),
    })
}

/// Facts, and what the actor itself says of the token in the form wallets and markets read.
pub fn show(session: &Session, nft: u64, args: &Show) -> Result<Report> {
    let position = session.client.query::<GetPosition>(nft, &TokenParams { token_id: args.position })?;
    let metadata: Value = serde_json::from_str(&session.client.query::<Metadata>(nft, &args.position)?)
        .or_node("the metadata is no JSON")?;
    let mut json = facts_of(&position);
    json["metadata"] = metadata.clone();
    let operators: Vec<_> = position.operators.iter().map(|operator| id(*operator)).collect();
    let mut rows = vec![
        ("name", metadata["name"].as_str().unwrap_or_default().to_owned()),
        ("shares", amount::plain(&position.shares)),
        ("earned and not paid", amount::fil(&position.accrued)),
        ("owner", id(position.owner)),
        ("beneficiary", id(position.beneficiary)),
        ("may move it, too", if operators.is_empty() { "nobody".to_owned() } else { operators.join(", ") }),
        ("since epoch", position.minted_at.to_string()),
    ];
    if let Some(path) = &args.picture {
        let picture = picture(&metadata)?;
        std::fs::write(path, picture).or_usage(format!("cannot write {}", path.display()))?;
        json["picture"] = json!(path.display().to_string());
        rows.push(("picture", path.display().to_string()));
    }
    Ok(Report::new(json, facts(rows)))
}

/// The SVG in a data URI.
fn picture(metadata: &Value) -> Result<Vec<u8>> {
    let none = || Failure::node("the metadata has no picture in a data URI");
    let image = metadata["image"].as_str().ok_or_else(none)?;
    let encoded = image.strip_prefix("data:image/svg+xml;base64,").ok_or_else(none)?;
    BASE64_STANDARD.decode(encoded).or_node("the picture does not decode")
}
