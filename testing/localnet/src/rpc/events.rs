//! `ChainGetEvents` and `GetActorEventsRaw`.

use std::collections::HashSet;

use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::event::StampedEvent;
use fvm_shared::ActorID;

use super::error::{Args, Error};
use super::lotus::{key_json, ActorEventJson, EventEntryJson, EventFilterJson, EventJson};
use super::node::{tipset, Node};
use super::text::CidJson;
use super::Methods;
use crate::network::{ExecutedTipset, Network};

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Filecoin.ChainGetEvents", |node, args| {
        let root = args.next::<CidJson>("events root")?.0;
        let events = node.network().events(&root)?;
        let event = |event: &StampedEvent| EventJson { emitter: event.emitter, entries: entries(event) };
        Ok(events.iter().map(event).collect::<Vec<_>>())
    })?;
    methods.add("Filecoin.GetActorEventsRaw", search)
}

/// Events in order. Without heights the whole chain is searched.
fn search(node: &Node, args: &mut Args) -> Result<Vec<ActorEventJson>, Error> {
    let filter: EventFilterJson = args.optional("filter")?.unwrap_or_default();
    let network = node.network();
    let heights = heights(&network, &filter)?;
    let mut emitters = HashSet::new();
    for address in filter.addresses.iter().flatten() {
        // An address that is not on chain has emitted nothing.
        emitters.extend(network.resolve(&address.0)?);
    }
    let any_emitter = filter.addresses.as_ref().is_none_or(Vec::is_empty);
    let mut found = Vec::new();
    for tipset in network.tipsets().iter().filter(|t| heights.0 <= t.height() && t.height() <= heights.1) {
        for outcome in &tipset.outcomes {
            for event in &outcome.events {
                if (any_emitter || emitters.contains(&event.emitter)) && matches(&filter, event) {
                    found.push(answer(&network, tipset, outcome.cid, event)?);
                }
            }
        }
    }
    Ok(found)
}

/// First and last height, inclusive.
fn heights(network: &Network, filter: &EventFilterJson) -> Result<(ChainEpoch, ChainEpoch), Error> {
    if filter.tipset_key.is_some() {
        if filter.from_height.is_some() || filter.to_height.is_some() {
            return Err(Error::new("a filter has either a tipset key or heights, not both"));
        }
        let height = tipset(network, &filter.tipset_key)?.height();
        return Ok((height, height));
    }
    // Lotus reads -1 as "no bound".
    let bound = |height: Option<ChainEpoch>, none: ChainEpoch| height.filter(|h| *h >= 0).unwrap_or(none);
    Ok((bound(filter.from_height, 0), bound(filter.to_height, network.epoch())))
}

/// Each key of the filter must be there with one of its values; a key without values with any.
fn matches(filter: &EventFilterJson, event: &StampedEvent) -> bool {
    filter.fields.iter().flatten().all(|(key, values)| {
        event
            .event
            .entries
            .iter()
            .filter(|entry| entry.key == *key)
            .any(|entry| values.is_empty() || values.iter().any(|v| v.codec == entry.codec && v.value == entry.value))
    })
}

fn answer(
    network: &Network,
    tipset: &ExecutedTipset,
    message: cid::Cid,
    event: &StampedEvent,
) -> anyhow::Result<ActorEventJson> {
    Ok(ActorEventJson {
        entries: entries(event),
        emitter: emitter(network, event.emitter)?.into(),
        reverted: false,
        height: tipset.height(),
        tipset_key: key_json(&tipset.tipset.key().0),
        msg_cid: message.into(),
    })
}

fn emitter(network: &Network, id: ActorID) -> anyhow::Result<Address> {
    let actor = network.actor_by_id(id)?;
    Ok(actor.and_then(|actor| actor.delegated_address).unwrap_or(Address::new_id(id)))
}

fn entries(event: &StampedEvent) -> Vec<EventEntryJson> {
    let entry = |entry: &fvm_shared::event::Entry| EventEntryJson {
        flags: entry.flags.bits(),
        key: entry.key.clone(),
        codec: entry.codec,
        value: entry.value.clone(),
    };
    event.event.entries.iter().map(entry).collect()
}
