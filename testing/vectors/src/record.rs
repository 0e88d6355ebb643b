//! Recording.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{bail, ensure, Context};
use peggy_localnet::{Bundle, Store, NETWORK_VERSION};
use serde::Serialize;

use crate::cases::{book, cast, Case};
use crate::format::{Call, Calls, Situation, Situations, Source, FILES};
use crate::replay::Recorded;
use crate::stage::{Stage, View};

/// The bundles of builtin-actors v18.0.0, by the CIDs of their manifests.
pub const BUNDLES: &[(&str, &str)] = &[
    ("bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc", "mainnet"),
    ("bafy2bzacebhqxufvuk42n44l2h3ilek5jrp7lgdyapnyu76j5ocgi5koxkh7u", "testing-fake-proofs"),
];

/// Whether a call's exit code follows from the sector sizes or from the deposit of a bundle's network.
fn by_network(call: &Call) -> bool {
    let creates = ["power.CreateMiner for ", "power.CreateMiner with one "];
    creates.iter().any(|start| call.name.starts_with(start)) || call.situation == "an attoFIL under water"
}

type Stages = BTreeMap<String, (Stage, View)>;

/// Runs all calls on the actors of a bundle. `say` is told the sentence each call ended with, which is not recorded.
pub fn record(bundle: Bundle, init: Vec<u8>, mut say: impl FnMut(&str)) -> anyhow::Result<Recorded> {
    let source = source(&bundle)?;
    let book = book()?;
    let names: BTreeSet<_> = book.cases.iter().map(|case| (&case.situation, &case.name)).collect();
    ensure!(names.len() == book.cases.len(), "two calls of one situation have the same name");

    let genesis = Stage::of_bundle(bundle, init, cast())?;
    let mut stages = Stages::new();
    let mut situations = Vec::new();
    for situation in book.situations {
        let name = situation.name.clone();
        situations.push(bring_about(&genesis, &mut stages, situation).with_context(|| format!("situation '{name}'"))?);
    }
    let mut calls: BTreeMap<&'static str, Calls> =
        FILES.iter().map(|name| (*name, Calls { source: source.clone(), calls: Vec::new() })).collect();
    for case in book.cases {
        let (call, sentence) = answer(&stages, case)?;
        say(&format!("{} ({}): {} {sentence}", call.name, call.situation, call.answer.exit));
        let actor = call.calls.split('.').next().unwrap_or_default();
        calls.get_mut(actor).with_context(|| format!("no file for {actor}"))?.calls.push(call);
    }
    for file in calls.values_mut() {
        file.calls.sort_by_key(|call| (call.calls.clone(), call.situation.clone(), call.name.clone()));
    }
    Ok(Recorded { situations: Situations { source, cast: cast(), situations }, calls })
}

fn bring_about(genesis: &Stage, stages: &mut Stages, mut situation: Situation) -> anyhow::Result<Situation> {
    let (mut stage, before) = match &situation.after {
        None => (genesis.fork()?, View::default()),
        Some(name) => {
            let (stage, view) = stages.get(name).with_context(|| format!("there is no situation '{name}'"))?;
            (stage.fork()?, view.clone())
        }
    };
    situation.steps.iter().try_for_each(|step| stage.step(step))?;
    let (news, view) = stage.news(&before)?;
    situation.state = news;
    stages.insert(situation.name.clone(), (stage, view));
    Ok(situation)
}

fn answer(stages: &Stages, case: Case) -> anyhow::Result<(Call, String)> {
    let (stage, _) = stages.get(&case.situation).with_context(|| format!("no situation '{}'", case.situation))?;
    let (answer, sentence) = stage.call(&case.message).with_context(|| case.name.clone())?;
    let Case { name, situation, calls, message } = case;
    Ok((Call { name, situation, calls, message, answer }, sentence))
}

/// What is recorded with.
fn source(bundle: &Bundle) -> anyhow::Result<Source> {
    let store = Store::in_memory();
    let data = bundle.install(&store)?;
    let manifest = store.put_value(&(1, data))?.to_string();
    let (_, network) = BUNDLES
        .iter()
        .find(|(cid, _)| *cid == manifest)
        .with_context(|| format!("{manifest} is no bundle of builtin-actors v18.0.0 that this program knows"))?;
    Ok(Source {
        bundle: format!("builtin-actors v18.0.0, {network}"),
        manifest,
        network_version: NETWORK_VERSION.into(),
    })
}

/// The files: name and content.
pub fn files(recorded: &Recorded) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::from([("situations".to_owned(), json(&recorded.situations)?)]);
    for (name, calls) in &recorded.calls {
        files.insert((*name).to_owned(), json(calls)?);
    }
    Ok(files)
}

fn json<T: Serialize>(value: &T) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Writes the files into a folder.
pub fn write(recorded: &Recorded, folder: &Path) -> anyhow::Result<()> {
    for (name, content) in files(recorded)? {
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Compares what was recorded now with the files in a folder, and says in a sentence what is the same. With the bundle of the
/// files that is every byte. Bundles of other networks have other deposits and sector sizes: there it is the exit codes, but for
/// calls about these.
pub fn check(recorded: &Recorded, folder: &Path) -> anyhow::Result<String> {
    let there = Recorded::load(folder)?;
    let count = recorded.all().count();
    if there.situations.source == recorded.situations.source {
        for (name, content) in files(recorded)? {
            let found = fs::read_to_string(folder.join(format!("{name}.json")))?;
            ensure!(found == content, "recording again gives another {name}.json");
        }
        return Ok(format!("recording again gives the same bytes: {count} calls"));
    }
    ensure!(there.all().count() == count, "{} calls are recorded, now it is {count}", there.all().count());
    let (mut same, mut skipped) = (0, 0);
    for (old, new) in there.all().zip(recorded.all()) {
        if (&old.name, &old.message) != (&new.name, &new.message) {
            bail!("{} became {}", old.name, new.name);
        }
        if by_network(old) {
            skipped += 1;
            continue;
        }
        ensure!(
            old.answer.exit == new.answer.exit,
            "{}: exit code {}, not {}",
            old.name,
            new.answer.exit,
            old.answer.exit
        );
        same += usize::from(old.answer == new.answer);
    }
    Ok(format!(
        "recorded with {}; with {} {} calls end with the same exit codes, {same} of them with the same answer in all; {skipped} depend on \
         the network's sector sizes or deposit",
        there.situations.source.bundle,
        recorded.situations.source.bundle,
        count - skipped
    ))
}
