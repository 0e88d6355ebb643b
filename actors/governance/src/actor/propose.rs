//! From a proposal to its open vote.

use fvm_shared::address::Address;
use fvm_shared::{ActorID, METHOD_SEND};
use peggy_interfaces::governance::{
    limits, Action, ActivateReturn, BondConsent, Class, Poll, ProposalParams, ProposeParams, ProposeReturn,
    SetGuardian, SetSettings, State as Stage, Tally, Upgrade,
};
use peggy_interfaces::owner_proxy::{ReturnPrincipal, SetKeeperCut, SetOperator};
use peggy_interfaces::{pool, query};
use peggy_runtime::{ActorError, Host, Method, Runtime, UpgradeParams, Wiring};

use super::{not_of_the_bundle, open_to_anyone, sources, Loaded};
use crate::emit;
use crate::error::{not_longer, Error};
use crate::math;
use crate::state::{Ballot, Core, Proposal, State};

/// `Propose`. Targets are resolved now, so that whatever address names them, they are what was read.
pub fn propose<H: Host>(rt: &Runtime<H>, params: ProposeParams) -> Result<ProposeReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let proposer = rt.caller();
    not_of_the_bundle(&wiring, proposer)?;
    let settings = state.config(rt.store())?.settings;
    let core = check(rt, &wiring, params)?;
    let class = class_of(&wiring, &core.actions);

    let sources = sources::now(rt, &wiring)?;
    let votes = sources::votes(rt, &sources, proposer)?;
    let needed = math::threshold(&settings, &sources::supply(&sources));
    if votes.is_zero() || votes < needed {
        return Err(Error::BelowThreshold { votes, needed }.into());
    }

    let activate_from = rt.epoch().saturating_add(settings.voting_delay);
    let activate_until = activate_from.saturating_add(settings.grace_period);
    let id = rt.transaction(|state: &mut State, store| {
        let link = store.save(&core, "what was proposed")?;
        let proposal = Proposal { core: link, class, activate_from, activate_until, ballot: None, outcome: None };
        state.add(store, &proposal)
    })?;
    emit::proposed(rt, id, &core, class, activate_from, activate_until)?;
    Ok(ProposeReturn { id, critical: class.critical, activate_from })
}

/// Checks sizes and actions, and resolves targets.
fn check<H: Host>(rt: &Runtime<H>, wiring: &Wiring, params: ProposeParams) -> Result<Core, ActorError> {
    let ProposeParams { title, description, actions } = params;
    if title.is_empty() {
        return Err(Error::NoTitle.into());
    }
    not_longer("the title", title.len(), limits::MAX_TITLE)?;
    not_longer("the description", description.len(), limits::MAX_DESCRIPTION)?;
    not_longer("the list of actions", actions.len(), limits::MAX_ACTIONS)?;
    let bytes = actions.iter().map(|action| action.params.len()).sum();
    not_longer("what the actions pass on, together,", bytes, limits::MAX_PARAMS)?;
    if actions.is_empty() {
        return Err(Error::BadAction { number: 1, why: "there is none; a proposal does something" }.into());
    }
    let last = actions.len();
    let mut checked = Vec::with_capacity(last);
    for (i, action) in actions.into_iter().enumerate() {
        let to = rt.resolve(&action.to, &format!("the target of action {}", i + 1))?;
        check_action(wiring, to, &action, i + 1 == last).map_err(|why| Error::BadAction { number: i + 1, why })?;
        checked.push(Action { to: Address::new_id(to), ..action });
    }
    Ok(Core { proposer: rt.caller(), created: rt.epoch(), title, description, actions: checked })
}

fn check_action(wiring: &Wiring, to: ActorID, action: &Action, last: bool) -> Result<(), &'static str> {
    let upgrade = action.method == Upgrade::NUMBER && wiring.all().contains(&to);
    if action.value.is_negative() {
        return Err("it sends a negative amount");
    }
    if action.method == METHOD_SEND && !action.params.is_empty() {
        return Err("a bare send (method 0) takes no parameters");
    }
    if upgrade && action.params.deserialize::<UpgradeParams>().is_err() {
        return Err("the parameters of Upgrade do not decode: new_code, old_code, old_schema, migration_params");
    }
    if to == wiring.governance {
        // Votes, vetoes and executions are people's: governance does none of them on its own behalf.
        if ![SetGuardian::NUMBER, SetSettings::NUMBER, Upgrade::NUMBER].contains(&action.method) {
            return Err("of governance's own methods only SetGuardian, SetSettings and Upgrade can be proposed");
        }
        if !action.value.is_zero() {
            return Err("governance's own methods take no FIL");
        }
        if upgrade && !last {
            return Err("an upgrade of governance itself must come last: nothing runs after it");
        }
    }
    Ok(())
}

/// What its actions make a proposal. A short list is ordinary; everything that is not on it is critical.
pub fn class_of(wiring: &Wiring, actions: &[Action]) -> Class {
    let target = |action: &Action| action.to.id().unwrap_or_default();
    let exempt = |action: &Action| {
        let to = target(action);
        action.value.is_zero()
            && ((action.method == pool::Pause::NUMBER && [wiring.pool, wiring.liquidity].contains(&to))
                || (action.method == SetGuardian::NUMBER && to == wiring.governance))
    };
    let ordinary = |action: &Action| {
        let of_proxy = [SetOperator::NUMBER, SetKeeperCut::NUMBER, ReturnPrincipal::NUMBER];
        exempt(action)
            || action.method == METHOD_SEND
            || (action.value.is_zero() && target(action) == wiring.owner_proxy && of_proxy.contains(&action.method))
    };
    Class {
        critical: !actions.iter().all(ordinary),
        bond: !actions.iter().all(exempt),
        upgrade: actions.iter().any(|a| a.method == Upgrade::NUMBER && wiring.all().contains(&target(a))),
    }
}

/// `Activate`: pins votes, bond and settings, and opens the vote.
pub fn activate<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<ActivateReturn, ActorError> {
    let (state, wiring) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let loaded = Loaded::get(rt, &state, id)?;
    let now = rt.epoch();
    loaded.require(id, &[Stage::Pending], now)?;
    let from = loaded.proposal.activate_from;
    if now < from {
        return Err(Error::TooEarly { what: "the vote can be opened", from, now }.into());
    }

    let sources = sources::now(rt, &wiring)?;
    let bond = query::<pool::GetBond, H>(rt, wiring.pool, &())?;
    let owners = bond.owners.into_iter().map(|o| BondConsent { owner: o.owner, shares: o.shares });
    let poll = Poll {
        opened: now,
        settings: state.config(rt.store())?.settings,
        supply: sources::supply(&sources),
        sources,
        bond: bond.shares,
        bond_owners: owners.collect(),
    };
    let ends = now.saturating_add(poll.settings.voting_period);
    rt.transaction(|state: &mut State, store| {
        let ballot = Ballot {
            poll: store.save(&poll, "the poll")?,
            receipts: Ballot::no_receipts(store)?,
            ends,
            extended: false,
            tally: Tally::default(),
            consented: Vec::new(),
            queued: None,
        };
        state.change(store, id, |proposal| {
            proposal.ballot = Some(ballot);
            Ok(())
        })
    })?;
    emit::activated(rt, id, &poll, ends)?;
    Ok(ActivateReturn { ends, supply: poll.supply })
}

/// `Cancel`: the proposer's, until the vote is opened.
pub fn cancel<H: Host>(rt: &Runtime<H>, params: ProposalParams) -> Result<(), ActorError> {
    let (state, _) = open_to_anyone(rt)?;
    let ProposalParams { id } = params;
    let loaded = Loaded::get(rt, &state, id)?;
    let proposer = loaded.proposal.core(rt.store())?.proposer;
    if rt.caller() != proposer {
        return Err(Error::NotTheProposer { id, proposer, caller: rt.caller() }.into());
    }
    loaded.require(id, &[Stage::Pending], rt.epoch())?;
    rt.transaction(|state: &mut State, store| {
        state.change(store, id, |proposal| {
            proposal.outcome = Some(Stage::Canceled);
            Ok(())
        })
    })?;
    emit::canceled(rt, id, "proposer")
}
