//! The acts, one file for those that belong together. Each does what people would do, by `peggy`, and tells it; what must come of it is
//! worked out by the stage beside it.

mod council;
mod liquidity;
mod loss;
mod mining;
mod opening;
pub mod positions;
mod queue;

use anyhow::Result;

use crate::expect::{Discount, Terms};
use crate::money::fil;
use crate::stage::{Stage, DATASET, DEVICE, OPERATOR};

/// Days between harvests.
const HARVEST_EVERY: i64 = 10;
/// Operator, dataset, device: basis points of every reward.
const FEES: [(&str, u32); 3] = [(OPERATOR, 700), (DATASET, 250), (DEVICE, 150)];
/// Basis points of a harvest for its keeper.
const KEEPER_BPS: u32 = 50;
/// The most a keeper gets at once.
const KEEPER_CAP: &str = "0.25";
/// Days over which a reward is released.
const PERIOD_DAYS: i64 = 7;
/// Basis points of what is pledged that the operator's bond must be worth.
const MIN_BOND_BPS: u32 = 4_200;
/// What a sale to liquidity costs.
const DISCOUNT: Discount = Discount { base: 100, slope: 1_000, max: 1_000 };

fn terms() -> Terms {
    Terms {
        fees: FEES.to_vec(),
        keeper_bps: KEEPER_BPS,
        keeper_cap: fil(KEEPER_CAP),
        period: PERIOD_DAYS * crate::miner::DAY,
    }
}

/// Tells the whole story.
pub fn tell(stage: &mut Stage) -> Result<()> {
    opening::people(stage)?;
    opening::miner(stage)?;
    opening::deployment(stage)?;
    opening::custody(stage)?;
    opening::deposits(stage)?;
    opening::pledge(stage)?;
    mining::mining(stage)?;
    mining::payday(stage)?;
    mining::leaving(stage)?;
    loss::fine(stage)?;
    loss::recovery(stage)?;
    positions::trade(stage)?;
    liquidity::sale(stage)?;
    queue::requests(stage)?;
    queue::homecoming(stage)?;
    liquidity::removal(stage)?;
    council::vote(stage)?;
    council::execution(stage)
}
