//! `peggy-gas`: measures every method, prints the table, and fails if a budget is exceeded.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use indicatif::ProgressBar;
use peggy_gas::{measure, table, Measurement, Row, Stage, ROWS};
use rand::rngs::StdRng;
use rand::SeedableRng;

/// Gas per method, worst and median of random holders, on the real FVM. Exits with 1 if a budget of the project is exceeded.
#[derive(Parser)]
#[command(name = "peggy-gas", version)]
struct Args {
    /// Where the numbers go, as JSON
    #[arg(long, default_value = "out/gas.json")]
    out: PathBuf,
    /// Numbers of holders to measure with
    #[arg(long, value_delimiter = ',', default_value = "10,1000,10000,1000000")]
    holders: Vec<usize>,
    /// Only methods whose name contains one of these
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Random holders each method is tried with
    #[arg(long, default_value_t = peggy_gas::SAMPLES, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    samples: usize,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Also say where the gas of one typical message of each method goes
    #[arg(long)]
    profile: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("peggy-gas: {e:#}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> anyhow::Result<bool> {
    let named = |row: &&Row| args.only.iter().any(|text| row.method.contains(text.as_str()));
    let wanted = |row: &&Row| args.only.is_empty() || named(row);
    let rows: Vec<&Row> = ROWS.iter().filter(wanted).collect();
    if rows.is_empty() {
        let names: Vec<_> = ROWS.iter().map(|row| row.method).collect();
        anyhow::bail!("no method's name contains that; there are {}", names.join(", "));
    }
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let mut measured: Vec<Measurement> = Vec::new();
    for holders in &args.holders {
        let tell = |what: &str| spinner.set_message(format!("{holders} holders: {what}"));
        let mut stage = Stage::new(*holders, tell).with_context(|| format!("setting up {holders} holders"))?;
        for row in &rows {
            spinner.set_message(format!("{holders} holders: {} {}", row.actor, row.method));
            measured.push(measure(&mut stage, row, args.samples)?);
            if args.profile {
                let shot = (row.shot)(&stage, &mut StdRng::seed_from_u64(0));
                if let Some((gas, shares)) = stage.profile(shot)? {
                    spinner.suspend(|| eprintln!("{}", table::render_profile(row, gas, &shares)));
                }
            }
        }
    }
    spinner.finish_and_clear();
    let json = serde_json::to_string_pretty(&measured)?;
    if let Some(folder) = args.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(&args.out, format!("{json}\n")).with_context(|| format!("cannot write {}", args.out.display()))?;
    if args.json {
        println!("{json}");
    } else {
        println!("{}", table::render(&rows, &args.holders, &measured));
        println!("worst / median of {} random holders per method; above 10,000 holders a budget is half as much again; numbers in {}", args.samples, args.out.display());
    }
    let mut ok = true;
    for m in &measured {
        if let Some(row) =
            rows.iter().find(|row| !table::within(row, m) && (row.actor, row.method) == (m.actor, m.method))
        {
            let budget = peggy_gas::budget(row, m.holders).unwrap_or_default();
            eprintln!(
                "over budget: {} {} at {} holders takes {} gas, {} more than allowed",
                m.actor,
                m.method,
                m.holders,
                m.gas,
                m.gas - budget
            );
            ok = false;
        }
    }
    Ok(ok)
}
