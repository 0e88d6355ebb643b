//! The whole story of FIL Peggy on a local network, told by driving the real program as its users would.
//!
//! What everybody must get is worked out beside it, from the terms alone and with exact fractions; in the end every attoFIL is
//! accounted for. Exits non-zero if a sum is off, and says which.

mod account;
mod acts;
mod checks;
mod expect;
mod miner;
mod money;
mod narrate;
mod node;
mod program;
mod stage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{anyhow, Context as _, Result};
use clap::Parser;
use serde_json::json;

use crate::narrate::{heading, say, Progress};
use crate::stage::Stage;

/// Tell the whole story on a local network, and account for every attoFIL.
#[derive(Debug, Parser)]
#[command(name = "peggy-demo")]
struct Arguments {
    /// Where the result goes, as JSON.
    #[arg(long, default_value = "out/demo.json", value_name = "FILE")]
    out: PathBuf,
    /// The `peggy` program; the one beside this one if none is named.
    #[arg(long, value_name = "FILE")]
    peggy: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: the story broke off: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let began = Instant::now();
    let checkout = checkout()?;
    let program = match &arguments.peggy {
        Some(program) => {
            std::fs::canonicalize(program).with_context(|| format!("there is no {}", program.display()))?
        }
        None => std::env::current_exe()?.with_file_name("peggy"),
    };
    let home = tempfile::tempdir().context("a folder for wallets")?;
    heading("FIL Peggy: a miner without a key");
    let progress = Progress::start("compiling the network's actors and making its first block");
    let mut stage = Stage::set(&program, &checkout, home.path())?;
    drop(progress);
    say("A local network runs: the real FVM, the real actors, blocks as soon as a message comes. All that follows is done with the\n`peggy` program, over JSON-RPC.");

    acts::tell(&mut stage)?;
    let mut result = account::close(&mut stage)?;

    let off = stage.checks.off();
    let seconds = began.elapsed().as_secs();
    result["ok"] = json!(off.is_empty());
    result["off"] = json!(off);
    result["seconds"] = json!(seconds);
    write(&arguments.out, &serde_json::to_string_pretty(&result)?)?;
    if off.is_empty() {
        say(format!(
            "\nEvery attoFIL is where it must be: {} sums were compared, and none is off. ({seconds} seconds; see {})",
            stage.checks.len(),
            arguments.out.display()
        ));
    } else {
        eprintln!("\nerror: {} of {} sums are off:", off.len(), stage.checks.len());
        for one in &off {
            eprintln!("  {one}");
        }
    }
    Ok(off.is_empty())
}

/// The checkout the current folder lies in: it has the deploy script and the bundle.
fn checkout() -> Result<PathBuf> {
    let here = std::env::current_dir()?;
    let found = here.ancestors().find(|folder| folder.join("scripts/deploy.sh").is_file());
    found
        .map(Path::to_path_buf)
        .ok_or_else(|| anyhow!("run this inside a checkout of the project: scripts/deploy.sh is not here or above"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(path, format!("{text}\n")).with_context(|| format!("cannot write {}", path.display()))
}
