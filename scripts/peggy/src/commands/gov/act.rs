//! One message each: open, vote, consent, veto, queue, execute, cancel, pause.

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{
    self as api, Choice, GuardianPauseParams, InvokeEVM, ProposalParams, RecountParams, VoteParams,
};
use peggy_runtime::Method;
use serde_json::json;

use super::super::{is_evm, not_evm, sent_with};
use crate::cli::epochs;
use crate::output::Report;
use crate::rpc::Executed;
use crate::send::{decode, Draft};
use crate::session::Session;
use crate::{amount, eth, Result};

/// `gov activate`.
pub fn activate(session: &Session, id: u64) -> Result<Report> {
    let (executed, ends) = on_proposal::<api::Activate, _>(session, id, "activate(uint256)", |r| r.ends)?;
    let text = format!("the vote on proposal {id} is open, until epoch {ends}");
    Ok(Report::new(sent_with(&executed, json!({ "id": id, "ends": ends })), text))
}

/// `gov vote`.
pub fn vote(session: &Session, id: u64, choice: Choice, reason: Option<String>) -> Result<Report> {
    let governance = session.actor("governance")?;
    let key = session.key()?;
    let (executed, votes) = if is_evm(&key) {
        // Governor's castVote has no reason.
        if reason.is_some() {
            not_evm(&key, "give a reason")?;
        }
        let words = [number(id)?, number(u8::from(choice).into())?];
        let draft = evm(governance, "castVote(uint256,uint8)", &words)?;
        let executed = session.send(&key, &draft)?;
        let votes = eth::answer(&executed.receipt.return_data).unwrap_or_default();
        (executed, votes)
    } else {
        let params = VoteParams { id, choice, reason };
        let executed = session.send(&key, &Draft::of::<api::Vote>(governance, &params, TokenAmount::default())?)?;
        let votes = decode::<api::Vote>(&executed.receipt.return_data)?.votes;
        (executed, votes)
    };
    let word = format!("{choice:?}").to_lowercase();
    let json = sent_with(&executed, json!({ "id": id, "choice": word, "votes": amount::atto(&votes) }));
    Ok(Report::new(json, format!("{} votes {word} on proposal {id}", amount::plain(&votes))))
}

/// `gov recount`.
pub fn recount(session: &Session, id: u64, voter: Address) -> Result<Report> {
    not_evm(&session.key()?, "recount votes")?;
    let params = RecountParams { id, voter };
    let (executed, left) =
        session.invoke::<api::Recount>(session.actor("governance")?, &params, TokenAmount::default())?;
    let json = json!({ "id": id, "voter": voter.to_string(), "votes": amount::atto(&left.votes), "veto": amount::atto(&left.veto) });
    let text = format!("{} votes of {voter} still count on proposal {id}", amount::plain(&left.votes));
    Ok(Report::new(sent_with(&executed, json), text))
}

/// `gov consent`.
pub fn consent(session: &Session, id: u64) -> Result<Report> {
    let (executed, consented) = on_proposal::<api::Consent, _>(session, id, "consent(uint256)", |r| r.consented)?;
    let text = format!("owners of {} bond shares agree to proposal {id}", amount::plain(&consented));
    Ok(Report::new(sent_with(&executed, json!({ "id": id, "consented": amount::atto(&consented) })), text))
}

/// `gov veto`.
pub fn veto(session: &Session, id: u64) -> Result<Report> {
    let (executed, veto) = on_proposal::<api::Veto, _>(session, id, "veto(uint256)", |r| r.veto)?;
    let text = format!(
        "{} votes object to proposal {id}; 'peggy gov show {id}' says whether they cancel it",
        amount::plain(&veto)
    );
    Ok(Report::new(sent_with(&executed, json!({ "id": id, "veto": amount::atto(&veto) })), text))
}

/// `gov queue`.
pub fn queue(session: &Session, id: u64) -> Result<Report> {
    let (executed, from) = on_proposal::<api::Queue, _>(session, id, "queue(uint256)", |r| r.execute_from)?;
    let text = format!("proposal {id} waits, and can be executed from epoch {from} on");
    Ok(Report::new(sent_with(&executed, json!({ "id": id, "execute_from": from })), text))
}

/// `gov execute`. An upgrade of governance itself ends in the new code and returns nothing.
pub fn execute(session: &Session, id: u64) -> Result<Report> {
    let (executed, ()) = on_proposal::<api::Execute, _>(session, id, "execute(uint256)", |_| ())?;
    Ok(Report::new(sent_with(&executed, json!({ "id": id })), format!("proposal {id} is executed")))
}

/// `gov cancel`.
pub fn cancel(session: &Session, id: u64) -> Result<Report> {
    not_evm(&session.key()?, "cancel proposals")?;
    let governance = session.actor("governance")?;
    let (executed, ()) = session.invoke::<api::Cancel>(governance, &ProposalParams { id }, TokenAmount::default())?;
    Ok(Report::new(sent_with(&executed, json!({ "id": id })), format!("proposal {id} is cancelled")))
}

/// `gov pause`.
pub fn pause(session: &Session, length: ChainEpoch) -> Result<Report> {
    not_evm(&session.key()?, "be guardian")?;
    let params = GuardianPauseParams { epochs: length };
    let (executed, done) =
        session.invoke::<api::GuardianPause>(session.actor("governance")?, &params, TokenAmount::default())?;
    let closed = |name, done| if done { Some(name) } else { None };
    let what: Vec<_> = closed("pool", done.pool).into_iter().chain(closed("liquidity", done.liquidity)).collect();
    let json = json!({ "epochs": length, "pool": done.pool, "liquidity": done.liquidity });
    Ok(Report::new(
        sent_with(&executed, json),
        format!("closed intake of {} for {}", what.join(" and "), epochs(length)),
    ))
}

/// What a method on a proposal answers, as [`Draft`]s of both kinds of wallets do.
trait Answer: Sized + Default {
    fn of_word(word: Option<TokenAmount>) -> Self;
}

impl Answer for TokenAmount {
    fn of_word(word: Option<TokenAmount>) -> Self {
        word.unwrap_or_default()
    }
}
impl Answer for ChainEpoch {
    fn of_word(word: Option<TokenAmount>) -> Self {
        word.and_then(|word| Self::try_from(word.atto()).ok()).unwrap_or_default()
    }
}
impl Answer for () {
    fn of_word(_: Option<TokenAmount>) {}
}

fn on_proposal<M: Method<Params = ProposalParams>, A: Answer>(
    session: &Session,
    id: u64,
    signature: &str,
    answer: impl FnOnce(M::Return) -> A,
) -> Result<(Executed, A)> {
    let governance = session.actor("governance")?;
    let key = session.key()?;
    if is_evm(&key) {
        let executed = session.send(&key, &evm(governance, signature, &[number(id)?])?)?;
        let value = A::of_word(eth::answer(&executed.receipt.return_data));
        return Ok((executed, value));
    }
    let draft = Draft::of::<M>(governance, &ProposalParams { id }, TokenAmount::default())?;
    let executed = session.send(&key, &draft)?;
    let data = &executed.receipt.return_data;
    let value = if data.is_empty() { A::default() } else { answer(decode::<M>(data)?) };
    Ok((executed, value))
}

fn evm(governance: u64, signature: &str, words: &[[u8; 32]]) -> Result<Draft> {
    Ok(Draft {
        to: Address::new_id(governance),
        value: TokenAmount::default(),
        method: InvokeEVM::NUMBER,
        params: eth::calldata(signature, words)?,
        what: format!("{signature} by InvokeEVM"),
    })
}

fn number(n: u64) -> Result<[u8; 32]> {
    eth::word(&TokenAmount::from_atto(n))
}
