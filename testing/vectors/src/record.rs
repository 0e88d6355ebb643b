//! Recording.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{ensure, Context};
use peggy_localnet::{Bundle, Store, NETWORK_VERSION};
use serde::Serialize;

use crate::cases::{book, cast};
use crate::format::{Call, Calls, Situations, Source, FILES};
use crate::stage::{Stage, View};

/// The bundles of builtin-actors v18.0.0, by the CIDs of their manifests.
pub const BUNDLES: &[(&str, &str)] = &[
    ("bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc", "mainnet"),
    ("bafy2bzacebhqxufvuk42n44l2h3ilek5jrp7lgdyapnyu76j5ocgi5koxkh7u", "testing-fake-proofs"),
];

/// Runs all calls on the actors of a bundle. Returns the files: name and content.
pub fn record(bundle: Bundle, init: Vec<u8>) -> anyhow::Result<BTreeMap<String, String>> {
    let source = source(&bundle)?;
    let book = book()?;
    let names: BTreeSet<_> = book.cases.iter().map(|case| (&case.situation, &case.name)).collect();
    ensure!(names.len() == book.cases.len(), "two calls of one situation have the same name");

    let genesis = Stage::of_bundle(bundle, init, cast())?;
    let mut stages: BTreeMap<String, (Stage, View)> = BTreeMap::new();
    let mut situations = Vec::new();
    for mut situation in book.situations {
        let (mut stage, before) = match &situation.after {
            None => (genesis.fork()?, View::default()),
            Some(name) => {
                let (stage, view) = stages.get(name).with_context(|| format!("there is no situation '{name}'"))?;
                (stage.fork()?, view.clone())
            }
        };
        for step in &situation.steps {
            stage.step(step).with_context(|| format!("situation '{}'", situation.name))?;
        }
        let (news, view) = stage.news(&before)?;
        situation.state = news;
        stages.insert(situation.name.clone(), (stage, view));
        situations.push(situation);
    }
    let mut calls: BTreeMap<&str, Vec<Call>> = FILES.iter().map(|name| (*name, Vec::new())).collect();
    for case in book.cases {
        let (stage, _) = stages.get(&case.situation).with_context(|| format!("no situation '{}'", case.situation))?;
        let (answer, sentence) = stage.call(&case.message).with_context(|| case.name.clone())?;
        if std::env::var_os("SAY").is_some() {
            eprintln!("{} ({}): {} {}", case.name, case.situation, answer.exit, sentence);
        }
        let actor = case.calls.split('.').next().unwrap_or_default();
        let file = calls.get_mut(actor).with_context(|| format!("no file for {actor}"))?;
        file.push(Call {
            name: case.name,
            situation: case.situation,
            calls: case.calls,
            message: case.message,
            answer,
        });
    }
    let mut files = BTreeMap::new();
    files.insert("situations".to_owned(), json(&Situations { source: source.clone(), cast: cast(), situations })?);
    for (name, mut calls) in calls {
        calls.sort_by_key(|call| (call.calls.clone(), call.situation.clone(), call.name.clone()));
        files.insert(name.to_owned(), json(&Calls { source: source.clone(), calls })?);
    }
    Ok(files)
}

/// What is recorded with.
pub fn source(bundle: &Bundle) -> anyhow::Result<Source> {
    let store = Store::in_memory();
    let data = bundle.install(&store)?;
    let manifest = store.put_value(&(1, data))?.to_string();
    let (_, network) = BUNDLES
        .iter()
        .find(|(cid, _)| *cid == manifest)
        .with_context(|| format!("{manifest} is no bundle of builtin-actors v18.0.0 that this program knows"))?;
    Ok(Source {
        bundle: format!("builtin-actors v18.0.0, {network}; init's answers are the bundle's, its states ours"),
        manifest,
        network_version: NETWORK_VERSION.into(),
    })
}

fn json<T: Serialize>(value: &T) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Writes the files into a folder.
pub fn write(files: &BTreeMap<String, String>, folder: &Path) -> anyhow::Result<()> {
    for (name, content) in files {
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Names of files in a folder that are not what was recorded.
pub fn differing(files: &BTreeMap<String, String>, folder: &Path) -> Vec<String> {
    let same = |name: &str, content: &str| {
        fs::read_to_string(folder.join(format!("{name}.json"))).is_ok_and(|found| found == content)
    };
    files.iter().filter(|(name, content)| !same(name, content)).map(|(name, _)| name.clone()).collect()
}
