//! `peggy nft ...`: positions, which are shares in the form of a token that carries its own rewards.

mod change;
mod make;
mod pay;
mod show;

use clap::Subcommand;
use fvm_shared::ActorID;

use super::sent_with;
use crate::output::Report;
use crate::session::Session;
use crate::Result;

/// Positions: shares as a token that can be traded, whose rewards go to whom its owner names.
#[derive(Debug, Subcommand)]
pub enum Nft {
    /// Turn shares into a position.
    Mint(make::Mint),
    /// Turn FIL into a position in one step.
    Deposit(make::Deposit),
    /// Somebody's positions, what they earned, and what is owed besides.
    List(show::List),
    /// One position; with --picture its picture, too.
    Show(show::Show),
    /// Give positions away. What they have earned stays owed to who got it; the rest goes to the new owner.
    Transfer(change::Transfer),
    /// Let somebody move or burn positions (all, or those named), or end that.
    Approve(change::Approve),
    /// Name who gets the rewards of positions from now on.
    Beneficiary(change::Beneficiary),
    /// Pay out what positions have earned, to their beneficiaries; of your own, and what you are owed, if none is named.
    Claim(pay::Claim),
    /// Make several positions of one.
    Split(make::Split),
    /// Make one position of several.
    Merge(make::Merge),
    /// Turn positions back into shares.
    Unwrap(make::Unwrap),
}

/// Does it.
pub fn run(session: &Session, command: Nft) -> Result<Report> {
    let nft = session.actor("nft-share")?;
    match command {
        Nft::Mint(args) => make::mint(session, nft, args),
        Nft::Deposit(args) => make::deposit(session, nft, args),
        Nft::List(args) => show::list(session, nft, args),
        Nft::Show(args) => show::show(session, nft, &args),
        Nft::Transfer(args) => change::transfer(session, nft, args),
        Nft::Approve(args) => change::approve(session, nft, args),
        Nft::Beneficiary(args) => change::beneficiary(session, nft, args),
        Nft::Claim(args) => pay::claim(session, nft, args),
        Nft::Split(args) => make::split(session, nft, args),
        Nft::Merge(args) => make::merge(session, nft, args),
        Nft::Unwrap(args) => make::unwrap(session, nft, args),
    }
}

/// Tokens in a sentence.
fn tokens(ids: &[u64]) -> String {
    let all: Vec<_> = ids.iter().map(|id| format!("#{id}")).collect();
    match all.as_slice() {
        [] => "no position".to_owned(),
        [one] => format!("position {one}"),
        several => format!("positions {}", several.join(", ")),
    }
}

/// An ID as people write it.
fn id(id: ActorID) -> String {
    format!("f0{id}")
}
