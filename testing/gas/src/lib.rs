//! What each method costs, measured: real signed messages on the real FVM, in pools of 10 to 10,000 holders whose records have
//! the sizes of real ones. Gas is deterministic, so a number here is a fact and not an estimate.

pub mod ballot;
pub mod market;
pub mod methods;
pub mod positions;
pub mod stage;
pub mod table;

use anyhow::{ensure, Context};
use rand::rngs::StdRng;
use rand::SeedableRng;
use serde::Serialize;

pub use methods::{Row, Shot, ROWS};
pub use stage::Stage;

/// How many random holders a method is tried with.
pub const SAMPLES: usize = 20;

/// The worst case found.
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
}

/// Tries a method with [`SAMPLES`] random holders, each time in the same state. The stage is left as it was.
pub fn measure(stage: &mut Stage, row: &Row) -> anyhow::Result<Measurement> {
    // The same holders are drawn whichever rows are measured before.
    let seed =
        row.method.bytes().fold(stage.holders() as u64, |seed, b| seed.wrapping_mul(31).wrapping_add(u64::from(b)));
    let mut rng = StdRng::seed_from_u64(seed);
    let mut worst = 0;
    for _ in 0..SAMPLES {
        let shot = (row.shot)(stage, &mut rng);
        let gas = stage
            .fire(shot)
            .with_context(|| format!("{} {} with {} holders", row.actor, row.method, stage.holders()))?;
        worst = worst.max(gas);
    }
    ensure!(worst > 0, "{} {} was not measured", row.actor, row.method);
    Ok(Measurement { actor: row.actor, method: row.method, holders: stage.holders(), gas: worst })
}

/// The budget of a row with this many holders: that of the table up to 10,000, and half as much again up to 1,000,000.
pub fn budget(row: &Row, holders: usize) -> Option<u64> {
    row.budget.map(|gas| if holders > 10_000 { gas / 2 * 3 } else { gas })
}
