//! `peggy gov ...`: depositors decide.

mod act;
mod actions;
mod changes;
mod describe;
mod propose;
mod show;

use clap::{Args, Subcommand, ValueEnum};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use peggy_interfaces::governance::Choice;

use crate::output::Report;
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{duration, Result};

pub use describe::upgrade_of;

/// Depositors decide: propose, vote, queue, execute.
#[derive(Debug, Subcommand)]
pub enum Gov {
    /// Put something to the vote.
    #[command(subcommand)]
    Propose(propose::Propose),
    /// All proposals, the newest last.
    List(List),
    /// A proposal: what it would do, the votes, the time left, and what comes next.
    Show(One),
    /// Guardian, delays and quorums.
    Settings,
    /// Open the vote on a proposal, after the voting delay (anyone).
    Activate(One),
    /// Vote with all the shares this wallet held when the vote was opened.
    Vote(Vote),
    /// Cut a vote down to what the voter still holds (anyone).
    Recount(Recount),
    /// Agree to a proposal as an owner of the operator's bond, while the vote runs.
    Consent(One),
    /// Object to a critical proposal during its delay.
    Veto(One),
    /// Start the delay of a proposal that succeeded (anyone).
    Queue(One),
    /// Do what a queued proposal says, after its delay (anyone).
    Execute(One),
    /// Withdraw a proposal of this wallet's, until its vote is opened.
    Cancel(One),
    /// Close the intake of pool and liquidity for a while (the guardian).
    Pause(Pause),
}

/// A proposal.
#[derive(Debug, Args)]
pub struct One {
    /// Its number.
    #[arg(value_name = "PROPOSAL")]
    id: u64,
}

/// Options of `gov list`.
#[derive(Debug, Args)]
pub struct List {
    /// Begin with this number.
    #[arg(long, default_value_t = 1, value_name = "PROPOSAL")]
    first: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Say {
    For,
    Against,
    Abstain,
}

impl From<Say> for Choice {
    fn from(say: Say) -> Self {
        match say {
            Say::For => Self::For,
            Say::Against => Self::Against,
            Say::Abstain => Self::Abstain,
        }
    }
}

/// Options of `gov vote`.
#[derive(Debug, Args)]
pub struct Vote {
    /// Its number.
    #[arg(value_name = "PROPOSAL")]
    id: u64,
    /// What the votes say.
    #[arg(value_enum)]
    choice: Say,
    /// Why; public, in the message's event.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Options of `gov recount`.
#[derive(Debug, Args)]
pub struct Recount {
    /// Its number.
    #[arg(value_name = "PROPOSAL")]
    id: u64,
    /// Who voted or vetoed.
    #[arg(value_parser = address_arg)]
    voter: Address,
}

/// Options of `gov pause`.
#[derive(Debug, Args)]
pub struct Pause {
    /// How long, as epochs or as in '3 days'; at most 7 days.
    #[arg(value_parser = duration::parse, value_name = "DURATION")]
    epochs: ChainEpoch,
}

/// Does it.
pub fn run(session: &Session, command: Gov) -> Result<Report> {
    match command {
        Gov::Propose(args) => propose::run(session, args),
        Gov::List(args) => show::list(session, args.first),
        Gov::Show(args) => show::show(session, args.id),
        Gov::Settings => show::settings(session),
        Gov::Activate(args) => act::activate(session, args.id),
        Gov::Vote(args) => act::vote(session, args.id, args.choice.into(), args.reason),
        Gov::Recount(args) => act::recount(session, args.id, args.voter),
        Gov::Consent(args) => act::consent(session, args.id),
        Gov::Veto(args) => act::veto(session, args.id),
        Gov::Queue(args) => act::queue(session, args.id),
        Gov::Execute(args) => act::execute(session, args.id),
        Gov::Cancel(args) => act::cancel(session, args.id),
        Gov::Pause(args) => act::pause(session, args.epochs),
    }
}
