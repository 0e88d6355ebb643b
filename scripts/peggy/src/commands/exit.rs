//! `peggy exit ...`.

use clap::{Args, Subcommand};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::ToPrimitive as _;
use peggy_interfaces::pool::{
    CancelExit, ClaimExit, ClaimExitParams, ExitDemandReturn, FinalizeExits, FinalizeExitsParams, GetTicket,
    RequestExit, RequestExitParams, TicketInfo, TicketParams,
};
use serde_json::{json, Value};

use super::{is_evm, not_evm, own_shares, sent_with};
use crate::amount::{self, Quantity};
use crate::output::{facts, grid, Report};
use crate::price::Price;
use crate::queue::{Placed, Queue};
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{duration, eth, Failure, Result};

/// Leave by the queue: first come, first served, at the price of the day it is your turn.
#[derive(Debug, Subcommand)]
pub enum Exit {
    /// Put shares into the queue. They keep earning, and keep bearing losses, until they are finalised.
    Request(Request),
    /// Tickets: their place, what they are worth today, when they are ready, what can be claimed.
    List(List),
    /// Take a ticket's shares out of the queue. What they earned in it goes to all holders.
    Cancel(Ticket),
    /// Take what a ticket is owed: FIL of its finalised shares, and what they earned in the queue.
    Claim(Claim),
    /// Turn queued shares into FIL owed to their tickets, in order, while FIL lasts (anyone).
    Finalize(Finalize),
}

/// Options of `exit request`.
#[derive(Debug, Args)]
pub struct Request {
    /// How many shares; 'all' for every share of the wallet.
    #[arg(value_parser = amount::parse_quantity)]
    shares: Quantity,
}

/// Options of `exit list`.
#[derive(Debug, Args)]
pub struct List {
    /// Whose tickets; the wallet's if nobody is named.
    #[arg(value_parser = address_arg)]
    owner: Option<Address>,
    /// Everybody's tickets.
    #[arg(long, conflicts_with = "owner")]
    all: bool,
}

/// One ticket.
#[derive(Debug, Args)]
pub struct Ticket {
    /// The ticket's number; 'peggy exit list' shows yours.
    ticket: u64,
}

/// Options of `exit claim`.
#[derive(Debug, Args)]
pub struct Claim {
    /// The ticket's number; 'peggy exit list' shows yours.
    ticket: u64,
    /// Who is paid; the wallet itself if nobody is named. Must be on chain.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// Options of `exit finalize`.
#[derive(Debug, Args)]
pub struct Finalize {
    /// At most this many tickets, cancelled ones included.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    max: u32,
}

/// Does it.
pub fn run(session: &Session, command: Exit) -> Result<Report> {
    let pool = session.actor("pool")?;
    match command {
        Exit::Request(args) => request(session, pool, args.shares),
        Exit::List(args) => list(session, pool, args),
        Exit::Cancel(args) => cancel(session, pool, args.ticket),
        Exit::Claim(args) => claim(session, pool, &args),
        Exit::Finalize(args) => finalize(session, pool, args.max),
    }
}

fn request(session: &Session, pool: ActorID, shares: Quantity) -> Result<Report> {
    let shares = shares.or_all(|| own_shares(session, pool))?;
    let key = session.key()?;
    let (executed, ticket) = if is_evm(&key) {
        let executed = session.send(&key, &eth::call(pool, "requestExit(uint256)", &[eth::word(&shares)?])?)?;
        let ticket = eth::answer(&executed.receipt.return_data).and_then(|number| number.atto().to_u64());
        let odd = || Failure::node("requestExit(uint256) did not answer the number of a ticket");
        (executed, ticket.ok_or_else(|| odd().next("'peggy exit list' shows it"))?)
    } else {
        let params = RequestExitParams { shares: shares.clone() };
        let executed = session.send(&key, &Draft::of::<RequestExit>(pool, &params, TokenAmount::default())?)?;
        let ticket = decode::<RequestExit>(&executed.receipt.return_data)?.ticket;
        (executed, ticket)
    };
    let text = format!(
        "ticket {ticket}: {} shares are in the queue; 'peggy exit list' shows their place, and once they are finalised 'peggy exit claim \
         {ticket}' pays",
        amount::plain(&shares)
    );
    Ok(Report::new(sent_with(&executed, json!({ "ticket": ticket, "shares": amount::atto(&shares) })), text))
}

fn list(session: &Session, pool: ActorID, args: List) -> Result<Report> {
    let owner = match args.owner {
        _ if args.all => None,
        Some(owner) => Some(owner),
        None => Some(session.address()?),
    };
    let progress = session.progress("reading the queue");
    let now = session.client.head()?.height;
    let price = Price::ask(&session.client, pool)?;
    let queue = Queue::read(&session.client, pool, owner)?;
    drop(progress);
    let mut text = if queue.tickets.is_empty() {
        "no tickets\n".to_owned()
    } else {
        ticket_grid(&queue.tickets, &price, now) + "\n"
    };
    text += "\n";
    text += &facts(queue_rows(&queue.demand));
    let json = json!({
        "epoch": now,
        "measured_at": price.measured_at,
        "tickets": queue.tickets.iter().map(|placed| ticket_json(placed, &price)).collect::<Vec<_>>(),
        "queue": queue_json(&queue.demand),
    });
    Ok(Report::new(json, text))
}

fn ticket_grid(tickets: &[Placed], price: &Price, now: i64) -> String {
    let rows = tickets.iter().map(|Placed { ticket, place }| {
        let claimable = &ticket.owed + &ticket.rewards;
        let (number, ready) = match place {
            Some(place) => (place.number.to_string(), duration::until(ticket.ready_at, now)),
            None => ("-".to_owned(), "finalised".to_owned()),
        };
        vec![
            number,
            ticket.ticket.to_string(),
            format!("f0{}", ticket.owner),
            amount::plain(&ticket.shares),
            amount::fil(&price.worth(&ticket.shares)),
            amount::fil(&claimable),
            ticket.ready_at.to_string(),
            ready,
        ]
    });
    let heading = ["place", "ticket", "owner", "shares", "worth today", "owed and earned", "ready at epoch", "ready"];
    grid(&heading, &[0, 1, 3, 4, 5, 6], rows)
}

fn ticket_json(Placed { ticket, place }: &Placed, price: &Price) -> Value {
    json!({
        "ticket": ticket.ticket,
        "owner": format!("f0{}", ticket.owner),
        "place": place.as_ref().map(|place| place.number),
        "shares_ahead": place.as_ref().map(|place| amount::atto(&place.ahead)),
        "shares": amount::atto(&ticket.shares),
        "worth": amount::atto(&price.worth(&ticket.shares)),
        "owed": amount::atto(&ticket.owed),
        "rewards": amount::atto(&ticket.rewards),
        "requested_at": ticket.requested_at,
        "ready_at": ticket.ready_at,
    })
}

/// The queue's length, for people.
pub fn queue_rows(demand: &ExitDemandReturn) -> [(&'static str, String); 3] {
    [
        ("waiting in the exit queue", worth(&demand.shares, &demand.demand)),
        ("of that not at hand yet", amount::fil(&demand.unmet)),
        ("finalised exits to claim", amount::fil(&demand.exits_owed)),
    ]
}

fn worth(shares: &TokenAmount, value: &TokenAmount) -> String {
    format!("{} shares, worth {}", amount::plain(shares), amount::fil(value))
}

/// The queue's length, for scripts.
pub fn queue_json(demand: &ExitDemandReturn) -> Value {
    json!({
        "shares": amount::atto(&demand.shares),
        "demand": amount::atto(&demand.demand),
        "unmet": amount::atto(&demand.unmet),
        "exits_owed": amount::atto(&demand.exits_owed),
        "first": demand.first,
        "next": demand.next,
    })
}

fn cancel(session: &Session, pool: ActorID, ticket: u64) -> Result<Report> {
    let (executed, answer) = session.invoke::<CancelExit>(pool, &TicketParams { ticket }, TokenAmount::default())?;
    let (shares, forgone) = (&answer.shares, &answer.forgone);
    let json = sent_with(
        &executed,
        json!({ "ticket": ticket, "shares": amount::atto(shares), "forgone": amount::atto(forgone) }),
    );
    let text = format!(
        "ticket {ticket} is cancelled: {} shares are back, and the {} they earned in the queue go to all holders",
        amount::plain(shares),
        amount::fil(forgone)
    );
    Ok(Report::new(json, text))
}

fn claim(session: &Session, pool: ActorID, args: &Claim) -> Result<Report> {
    let key = session.key()?;
    // Nothing would be paid, and gas would. What else is wrong with a ticket the pool says itself.
    let own = session.client.lookup_id(&key.address())?;
    let ticket = session.client.query::<GetTicket>(pool, &TicketParams { ticket: args.ticket }).ok();
    let waits = |t: TicketInfo| Some(t.owner) == own && t.shares.is_positive() && !t.owed.is_positive();
    if ticket.is_some_and(waits) {
        return Err(Failure::chain(format!("nothing of ticket {} is finalised yet", args.ticket))
            .next("'peggy exit list' shows its place; 'peggy exit finalize' pays whose turn it is"));
    }
    let (executed, paid) = if is_evm(&key) {
        if args.to.is_some() {
            return Err(Failure::usage("an Ethereum-style wallet claims for itself").next("leave out --to"));
        }
        let word = eth::word(&TokenAmount::from_atto(args.ticket))?;
        let executed = session.send(&key, &eth::call(pool, "claimExit(uint256)", &[word])?)?;
        let paid = eth::answer(&executed.receipt.return_data).unwrap_or_default();
        (executed, paid)
    } else {
        let params = ClaimExitParams { ticket: args.ticket, to: args.to.unwrap_or(key.address()) };
        let executed = session.send(&key, &Draft::of::<ClaimExit>(pool, &params, TokenAmount::default())?)?;
        let paid = decode::<ClaimExit>(&executed.receipt.return_data)?.paid;
        (executed, paid)
    };
    let json = sent_with(&executed, json!({ "ticket": args.ticket, "paid": amount::atto(&paid) }));
    Ok(Report::new(json, format!("ticket {} paid {}", args.ticket, amount::fil(&paid))))
}

fn finalize(session: &Session, pool: ActorID, max_tickets: u32) -> Result<Report> {
    let key = session.key()?;
    not_evm(&key, "finalise exits")?;
    let draft = Draft::of::<FinalizeExits>(pool, &FinalizeExitsParams { max_tickets }, TokenAmount::default())?;
    let fresh = session.send_fresh(&key, &draft)?;
    let answer = decode::<FinalizeExits>(&fresh.executed.receipt.return_data)?;
    let json = json!({
        "finalized": answer.finalized,
        "shares": amount::atto(&answer.shares),
        "amount": amount::atto(&answer.amount),
        "sync": fresh.sync_json(),
    });
    let text = if answer.shares.is_positive() || answer.finalized > 0 {
        format!(
            "finalised {} tickets whole; {} shares became {} owed to their tickets",
            answer.finalized,
            amount::plain(&answer.shares),
            amount::fil(&answer.amount)
        )
    } else {
        format!("nothing was finalised: {}", why_nothing(session, pool)?)
    };
    Ok(Report::new(sent_with(&fresh.executed, json), text))
}

/// Why the queue did not move.
fn why_nothing(session: &Session, pool: ActorID) -> Result<String> {
    let now = session.client.head()?.height;
    let queue = Queue::read(&session.client, pool, None)?;
    let first = queue.tickets.into_iter().find(|placed| placed.place.is_some());
    Ok(match first {
        None => "nobody waits".to_owned(),
        Some(Placed { ticket, .. }) if ticket.ready_at > now => {
            let ready = duration::until(ticket.ready_at, now);
            format!("the first ticket, {}, is ready at epoch {} ({ready})", ticket.ticket, ticket.ready_at)
        }
        Some(_) => "no FIL is at hand; harvests bring principal home as sectors end".to_owned(),
    })
}
