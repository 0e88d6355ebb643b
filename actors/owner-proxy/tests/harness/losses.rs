//! Losses of the harness's miner, for the tests of what becomes of them.
#![allow(dead_code)]

use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::MinerParams;
use peggy_interfaces::pool::{MinerTotals, SettleParams};

use super::{fil, id, report, Health, Proxy, MINER};

pub fn miner(miner: ActorID) -> MinerParams {
    MinerParams { miner: id(miner) }
}

/// The proxy's books, in whole FIL, measured when the miner was taken.
pub fn totals(principal: i64, impaired: i64, impaired_net: i64) -> MinerTotals {
    MinerTotals {
        principal: fil(principal),
        impaired: fil(impaired),
        impaired_net: fil(impaired_net),
        oldest_measurement: (principal > 0).then_some(10),
        unsettled: 0,
    }
}

/// A complete measurement with nothing to take; the pool hears `told`, and its bond absorbs this much.
pub fn expect_loss(h: &Proxy, health: &Health, told: SettleParams, absorbed: i64) {
    h.expect_reading(MINER, health);
    h.expect_paid(MINER, &fil(0));
    h.expect_settle_absorbing(&fil(0), Some(told), &fil(absorbed));
}

/// What the pool hears of a loss of this much that governance writes off.
pub fn lost(amount: i64, totals: MinerTotals) -> SettleParams {
    SettleParams { lost: fil(amount), ..report(fil(0), totals) }
}
