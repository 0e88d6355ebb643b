//! Replaying on the stand-ins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::de::DeserializeOwned;

use crate::exceptions::reason;
use crate::format::{Answer, Call, Calls, Facts, Situations, FILES};
use crate::stage::{Stage, View};

/// Everything that was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// The states.
    pub situations: Situations,
    /// By the actor called.
    pub calls: BTreeMap<&'static str, Calls>,
}

/// The folder of the files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

impl Recorded {
    /// Reads the files.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let mut calls = BTreeMap::new();
        for name in FILES {
            calls.insert(name, read(&folder.join(format!("{name}.json")))?);
        }
        Ok(Self { situations: read(&folder.join("situations.json"))?, calls })
    }

    /// All calls.
    pub fn all(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().flat_map(|file| &file.calls)
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} does not decode", path.display()))
}

/// Makes all calls on the stand-ins. Returns a sentence for each difference, and each exception that is none.
pub fn replay(recorded: &Recorded) -> anyhow::Result<Vec<String>> {
    let mut complaints = Vec::new();
    let genesis = Stage::of_stand_ins(recorded.situations.cast.clone())?;
    let mut stages: BTreeMap<&str, (Stage, View)> = BTreeMap::new();
    for situation in &recorded.situations.situations {
        let (mut stage, before) = match &situation.after {
            None => (genesis.fork()?, View::default()),
            Some(name) => {
                let (stage, view) = stages.get(name.as_str()).with_context(|| format!("no situation '{name}'"))?;
                (stage.fork()?, view.clone())
            }
        };
        let taken: anyhow::Result<()> = situation.steps.iter().try_for_each(|step| stage.step(step));
        if let Err(e) = taken {
            complaints.push(format!("situation '{}': {e:#}", situation.name));
        }
        let (news, view) = stage.news(&before)?;
        complaints.extend(differences(&format!("situation '{}'", situation.name), &situation.state, &news));
        stages.insert(&situation.name, (stage, view));
    }
    for call in recorded.all() {
        let (stage, _) = stages.get(call.situation.as_str()).with_context(|| format!("'{}'", call.situation))?;
        let (answer, sentence) = stage.call(&call.message).with_context(|| call.name.clone())?;
        let name = format!("{} ({})", call.name, call.situation);
        let differs = compare(&name, &call.answer, &answer, &sentence);
        match (reason(&call.name), differs.is_empty()) {
            (None, _) => complaints.extend(differs),
            (Some(_), false) => {}
            (Some(reason), true) => {
                complaints.push(format!("{name}: is an exception ('{reason}') but differs in nothing"));
            }
        }
    }
    Ok(complaints)
}

fn compare(name: &str, official: &Answer, ours: &Answer, sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    if official.exit != ours.exit {
        found.push(format!("{name}: exit code {} on chain, {} here ({sentence})", official.exit, ours.exit));
        return found;
    }
    if official.data != ours.data {
        found.push(format!("{name}: returns {} on chain, {} here", official.data, ours.data));
    }
    if official.moved != ours.moved {
        found.push(format!("{name}: moves {:?} on chain, {:?} here", official.moved, ours.moved));
    }
    found.extend(differences(name, &official.after, &ours.after));
    found
}

fn differences(what: &str, official: &Facts, ours: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    let names: std::collections::BTreeSet<_> = official.keys().chain(ours.keys()).collect();
    for name in names {
        let (theirs, here) = (official.get(name), ours.get(name));
        if theirs != here {
            found.push(format!("{what}: {name} is {theirs:?} on chain, {here:?} here"));
        }
    }
    found
}
