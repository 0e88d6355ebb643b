//! What shares are worth at the last measurement, by the pool's books.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::{GetTotals, GetTotalsReturn};
use peggy_math::{mul_div_tokens, Rounding};

use crate::rpc::Client;
use crate::Result;

/// The price of a share, as a fraction.
#[derive(Clone, Debug)]
pub struct Price {
    nav: TokenAmount,
    priced: TokenAmount,
    /// The measurement it rests on; `None` if nothing is pledged.
    pub measured_at: Option<ChainEpoch>,
}

impl Price {
    /// Asks the pool.
    pub fn ask(client: &Client, pool: ActorID) -> Result<Self> {
        Ok(Self::of(&client.query::<GetTotals>(pool, &())?))
    }

    /// From the pool's books.
    pub fn of(totals: &GetTotalsReturn) -> Self {
        Self {
            nav: totals.nav.clone(),
            priced: &totals.shares + &totals.dead,
            measured_at: totals.miners.oldest_measurement,
        }
    }

    /// What these shares are worth in attoFIL, rounded down as the pool does it. Zero if there are none at all.
    pub fn worth(&self, shares: &TokenAmount) -> TokenAmount {
        mul_div_tokens(shares, &self.nav, &self.priced, Rounding::Down).unwrap_or_default()
    }
}
