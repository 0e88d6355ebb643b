//! `peggy-vectors`: records the official actors' answers, or checks that recording again gives the same files.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use peggy_localnet::Bundle;
use peggy_vectors::{record, replay};

/// Runs the calls on an embedded network of official actors and writes what came of them.
#[derive(Parser)]
#[command(name = "peggy-vectors", version)]
struct Args {
    /// A builtin-actors v18 bundle
    #[arg(long, value_name = "FILE.car")]
    builtin_actors: PathBuf,
    /// Where the files go
    #[arg(long, default_value_os_t = replay::folder())]
    out: PathBuf,
    /// Write nothing; fail if the files there are not what is recorded now
    #[arg(long)]
    check: bool,
    /// Print the sentence each call ended with
    #[arg(long)]
    sentences: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("peggy-vectors: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<String> {
    let bundle = Bundle::load(&args.builtin_actors)?;
    let ours = Bundle::find().context("the bundle of this checkout, for its init actor")?;
    let init = ours.actors().iter().find(|actor| actor.name == "init").context("it has no init")?.wasm.clone();
    let recorded = record::record(bundle, init, |sentence| {
        if args.sentences {
            println!("{sentence}");
        }
    })?;
    if args.check {
        return record::check(&recorded, &args.out);
    }
    record::write(&recorded, &args.out)?;
    Ok(format!("{} calls recorded in {}", recorded.all().count(), args.out.display()))
}
