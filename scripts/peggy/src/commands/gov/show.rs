//! What there is to decide, and how it stands.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{
    GetConfig, GetProposal, ListProposals, ListProposalsParams, Poll, Proposal, ProposalParams, State, Tally,
};
use peggy_interfaces::pool::ExitDemand;
use peggy_runtime::Wiring;
use serde_json::{json, Value};

use super::describe;
use crate::cli::epochs;
use crate::output::{facts, grid, Report};
use crate::session::Session;
use crate::{amount, Result};

/// Proposals asked for at once.
const PAGE: u32 = 50;

/// `gov list`.
pub fn list(session: &Session, from: u64) -> Result<Report> {
    let governance = session.actor("governance")?;
    let mut all = Vec::new();
    let mut next = Some(from);
    while let Some(from) = next {
        let page = session.client.query::<ListProposals>(governance, &ListProposalsParams { from, limit: PAGE })?;
        all.extend(page.proposals);
        next = page.next;
    }
    let kind = |critical| if critical { "critical" } else { "ordinary" };
    let text = grid(
        &["", "state", "kind", "for", "against", "title"],
        &[0, 3, 4],
        all.iter().map(|p| {
            vec![
                p.id.to_string(),
                format!("{:?}", p.state),
                kind(p.class.critical).to_owned(),
                amount::plain(&p.tally.yes),
                amount::plain(&p.tally.no),
                p.title.clone(),
            ]
        }),
    );
    let rows: Vec<_> = all
        .iter()
        .map(|p| {
            json!({
                "id": p.id, "state": format!("{:?}", p.state), "critical": p.class.critical, "title": p.title,
                "proposer": format!("f0{}", p.proposer), "tally": tally(&p.tally),
            })
        })
        .collect();
    Ok(Report::new(Value::Array(rows), if all.is_empty() { "there are no proposals".to_owned() } else { text }))
}

/// `gov settings`.
pub fn settings(session: &Session) -> Result<Report> {
    let config = session.client.query::<GetConfig>(session.actor("governance")?, &())?;
    let s = &config.settings;
    let guardian = config.guardian.map_or_else(|| "nobody".to_owned(), |id| format!("f0{id}"));
    let rows = [
        ("guardian", guardian.clone()),
        ("proposals so far", config.proposals.to_string()),
        ("proposing takes", format!("{} bps of all votes", s.threshold.0)),
        ("quorum", format!("{} bps of all votes", s.quorum.0)),
        ("from proposal to vote", epochs(s.voting_delay)),
        ("a vote lasts", epochs(s.voting_period)),
        ("ordinary proposals wait", epochs(s.ordinary_delay)),
        ("critical proposals wait", epochs(s.critical_delay)),
        ("each step can be put off", epochs(s.grace_period)),
    ];
    let json = json!({
        "guardian": config.guardian.map(|_| guardian),
        "proposals": config.proposals,
        "threshold_bps": s.threshold.0,
        "quorum_bps": s.quorum.0,
        "voting_delay": s.voting_delay,
        "voting_period": s.voting_period,
        "ordinary_delay": s.ordinary_delay,
        "critical_delay": s.critical_delay,
        "grace_period": s.grace_period,
    });
    Ok(Report::new(json, facts(rows)))
}

/// `gov show`.
pub fn show(session: &Session, id: u64) -> Result<Report> {
    let wiring = session.deployment()?.wiring()?;
    let p = session.client.query::<GetProposal>(wiring.governance, &ProposalParams { id })?;
    let now = session.client.head()?.height;
    let exits = match p.queued.as_ref().and_then(|queued| queued.exits_before) {
        Some(before) => {
            let first = session.client.query::<ExitDemand>(wiring.pool, &())?.first;
            before.saturating_sub(first)
        }
        None => 0,
    };
    let (left, next) = what_next(&p, now, exits);
    let mut rows = vec![
        ("title", p.title.clone()),
        ("proposer", format!("f0{}", p.proposer)),
        ("kind", kind(&p)),
        ("state", format!("{:?}", p.state)),
    ];
    if let Some(poll) = &p.poll {
        rows.extend(votes(&p, poll));
    }
    rows.extend(left.clone().map(|left| ("time left", left)));
    rows.push(("next", next.clone()));
    let actions: Vec<_> = p.actions.iter().map(|action| describe::sentence(&wiring, action)).collect();
    let list: Vec<_> = actions.iter().enumerate().map(|(i, said)| format!("  {}. {said}", i + 1)).collect();
    let description = if p.description.is_empty() { String::new() } else { format!("\n{}\n", p.description) };
    let text = format!("{}\n{description}\nit would\n{}", facts(rows), list.join("\n"));
    Ok(Report::new(as_json(&p, &wiring, left, &next), text))
}

fn kind(p: &Proposal) -> String {
    let mut kind = if p.class.critical { "critical" } else { "ordinary" }.to_owned();
    if p.class.upgrade {
        kind.push_str(", upgrades code: exits requested before it is queued come first");
    }
    kind
}

/// What the votes are, and what they must be.
fn votes(p: &Proposal, poll: &Poll) -> Vec<(&'static str, String)> {
    let t = &p.tally;
    let needed = if p.class.critical {
        "more than half of all votes for it".to_owned()
    } else {
        format!("{} bps of all votes for it or abstaining, and more for than against", poll.settings.quorum.0)
    };
    let part = |votes: &TokenAmount| format!("{} ({})", amount::plain(votes), percent(votes, &poll.supply));
    let mut rows = vec![
        ("votes in all", amount::plain(&poll.supply)),
        ("for", part(&t.yes)),
        ("against", part(&t.no)),
        ("abstain", part(&t.abstain)),
        ("needed", needed),
    ];
    if p.class.bond && !poll.bond.is_zero() {
        let bond = format!(
            "{} shares: more votes than these for it, or the consent of their owners (so far of {})",
            amount::plain(&poll.bond),
            amount::plain(&t.consent)
        );
        rows.push(("bond", bond));
    }
    if !t.veto.is_zero() {
        rows.push(("veto", format!("{}; a third cancels, unless two thirds are for it", part(&t.veto))));
    }
    rows.push(("carried", if p.carried { "yes, as it stands" } else { "no, as it stands" }.to_owned()));
    rows
}

/// Time left in this state, and what anybody can do next.
fn what_next(p: &Proposal, now: ChainEpoch, exits: u64) -> (Option<String>, String) {
    let id = p.id;
    // Votes and queries run in the epoch after the head.
    let until = |epoch: ChainEpoch| Some(format!("{}, until epoch {epoch}", epochs((epoch - now).max(0))));
    let from = |epoch: ChainEpoch| format!("from epoch {epoch} on, in {}", epochs((epoch - now).max(0)));
    match p.state {
        State::Pending if now < p.activate_from => {
            (None, format!("'peggy gov activate {id}' {}", from(p.activate_from)))
        }
        State::Pending => (until(p.activate_until), format!("'peggy gov activate {id}'")),
        State::Active => (p.ends.and_then(until), format!("'peggy gov vote {id} for', 'against' or 'abstain'")),
        State::Succeeded => {
            let grace = p.poll.as_ref().map_or(0, |poll| poll.settings.grace_period);
            (p.ends.and_then(|ends| until(ends + grace)), format!("'peggy gov queue {id}'"))
        }
        State::Queued => {
            let Some(queued) = &p.queued else { return (None, String::new()) };
            let execute = format!("'peggy gov execute {id}'");
            if now < queued.execute_from {
                let veto = if p.class.critical { format!("; 'peggy gov veto {id}' until then") } else { String::new() };
                (None, format!("{execute} {}{veto}", from(queued.execute_from)))
            } else if exits > 0 {
                (
                    until(queued.execute_until),
                    format!("{execute} once {exits} exit ticket(s) from before are finalised"),
                )
            } else {
                (until(queued.execute_until), execute)
            }
        }
        State::Canceled | State::Defeated | State::Expired | State::Executed => {
            (None, "nothing: it is over".to_owned())
        }
    }
}

fn percent(part: &TokenAmount, whole: &TokenAmount) -> String {
    if whole.is_zero() {
        return "-".to_owned();
    }
    let bps = part.atto() * 10_000 / whole.atto();
    let bps = u64::try_from(bps).unwrap_or_default();
    format!("{}.{:02}%", bps / 100, bps % 100)
}

fn tally(t: &Tally) -> Value {
    json!({
        "for": amount::atto(&t.yes), "against": amount::atto(&t.no), "abstain": amount::atto(&t.abstain),
        "veto": amount::atto(&t.veto), "consent": amount::atto(&t.consent),
    })
}

fn as_json(p: &Proposal, wiring: &Wiring, left: Option<String>, next: &str) -> Value {
    let actions: Vec<_> = p.actions.iter().map(|action| describe::json(wiring, action)).collect();
    json!({
        "id": p.id,
        "title": p.title,
        "description": p.description,
        "proposer": format!("f0{}", p.proposer),
        "critical": p.class.critical,
        "upgrade": p.class.upgrade,
        "state": format!("{:?}", p.state),
        "actions": actions,
        "created": p.created,
        "activate_from": p.activate_from,
        "activate_until": p.activate_until,
        "ends": p.ends,
        "extended": p.extended,
        "supply": p.poll.as_ref().map(|poll| amount::atto(&poll.supply)),
        "bond": p.poll.as_ref().map(|poll| amount::atto(&poll.bond)),
        "tally": tally(&p.tally),
        "carried": p.carried,
        "execute_from": p.queued.as_ref().map(|queued| queued.execute_from),
        "execute_until": p.queued.as_ref().map(|queued| queued.execute_until),
        "exits_before": p.queued.as_ref().and_then(|queued| queued.exits_before),
        "left": left,
        "next": next,
    })
}

#[cfg(test)]
mod tests {
    use peggy_interfaces::sample::Sample;

    use super::*;

    fn proposal(state: State) -> Proposal {
        Proposal { state, ..Sample::sample() }
    }

    #[test]
    fn what_comes_next_is_a_command() {
        for (state, wanted) in [
            (State::Pending, "activate"),
            (State::Active, "vote"),
            (State::Succeeded, "queue"),
            (State::Queued, "execute"),
        ] {
            let (_, next) = what_next(&proposal(state), 2_880, 0);
            assert!(next.contains(&format!("'peggy gov {wanted} 1000")), "{state:?}: {next}");
        }
        for state in [State::Canceled, State::Defeated, State::Expired, State::Executed] {
            assert_eq!(what_next(&proposal(state), 0, 0), (None, "nothing: it is over".to_owned()));
        }
        let (_, next) = what_next(&proposal(State::Queued), 0, 0);
        assert!(next.contains("from epoch 2880 on, in 1 day") && next.contains("veto"), "{next}");
        let (_, next) = what_next(&proposal(State::Queued), 2_880, 3);
        assert!(next.contains("3 exit ticket(s)"), "{next}");
    }

    #[test]
    fn parts_are_exact() {
        let fil = TokenAmount::from_whole;
        assert_eq!(percent(&fil(1), &fil(3)), "33.33%");
        assert_eq!(percent(&fil(0), &fil(0)), "-");
    }
}
