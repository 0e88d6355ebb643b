//! What each method costs, measured: real signed messages on the real FVM, in pools of 10 to 1,000,000 holders whose records have
//! the sizes of real ones. Gas is deterministic, so a number here is a fact and not an estimate.

pub mod ballot;
pub mod crowd;
pub mod governed;
pub mod market;
pub mod methods;
pub mod positions;
mod setup;
pub mod stage;
pub mod table;

use anyhow::Context;
use rand::rngs::StdRng;
use rand::SeedableRng;
use serde::Serialize;

pub use methods::{Row, Shot, ROWS};
pub use stage::Stage;

/// How many random holders a method is tried with, unless told otherwise.
pub const SAMPLES: usize = 20;

/// What was found. Budgets are for the worst case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measurement {
    /// As in DESIGN.md.
    pub actor: &'static str,
    /// As in DESIGN.md.
    pub method: &'static str,
    /// Holders in the pool.
    pub holders: usize,
    /// Gas used by the dearest of the messages tried, as in its receipt.
    pub gas: u64,
    /// The median of them: what a typical message takes.
    pub median: u64,
}

/// Tries a method with this many random holders, each time in the same state. The stage is left as it was.
pub fn measure(stage: &mut Stage, row: &Row, samples: usize) -> anyhow::Result<Measurement> {
    // The same holders are drawn whichever rows are measured before.
    let seed =
        row.method.bytes().fold(stage.holders() as u64, |seed, b| seed.wrapping_mul(31).wrapping_add(u64::from(b)));
    let mut rng = StdRng::seed_from_u64(seed);
    let mut all = Vec::with_capacity(samples);
    for _ in 0..samples {
        let shot = (row.shot)(stage, &mut rng);
        let gas = stage
            .fire(shot)
            .with_context(|| format!("{} {} with {} holders", row.actor, row.method, stage.holders()))?;
        all.push(gas);
    }
    all.sort_unstable();
    let gas = *all.last().with_context(|| format!("{} {} was not measured", row.actor, row.method))?;
    Ok(Measurement { actor: row.actor, method: row.method, holders: stage.holders(), gas, median: all[all.len() / 2] })
}

/// The budget of a row with this many holders: that of the table up to 10,000, and half as much again up to 1,000,000.
pub fn budget(row: &Row, holders: usize) -> Option<u64> {
    row.budget.map(|gas| if holders > 10_000 { gas / 2 * 3 } else { gas })
}
