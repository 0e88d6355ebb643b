//! Liquidity: as many providers as holders with f1 addresses, and an inventory.

use anyhow::Context;
use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use num_traits::Zero;
use peggy_interfaces::frc46;
use peggy_interfaces::liquidity::{
    self, AddLiquidityParams, BuySharesParams, RecycleParams, RemoveLiquidityParams, SellParams,
};
use peggy_localnet::{Call, Key};
use peggy_runtime::Method;
use rand::rngs::StdRng;
use rand::SeedableRng;

use crate::methods::Shot;
use crate::stage::{as_message, call, odd, Stage};

/// Sales that make the inventory.
const SALES: usize = 20;

/// What everybody who provides does first.
pub fn provisions(stage: &Stage) -> Vec<Message> {
    let mut rng = StdRng::seed_from_u64(stage.holders() as u64);
    stage.accounts.iter().map(|who| as_message(&adds(stage, who, odd(&mut rng, 50, 90)))).collect()
}

/// What makes the inventory.
pub fn sales(stage: &Stage) -> Vec<Message> {
    let mut rng = StdRng::seed_from_u64(stage.holders() as u64);
    (0..SALES).map(|_| as_message(&sells(stage, &mut rng, 2))).collect()
}

fn to_liquidity<M: Method>(stage: &Stage, from: &Key, request: &M::Params, value: TokenAmount) -> Call {
    call::<M>(from, stage.wiring.liquidity, request, value)
}

fn adds(stage: &Stage, who: &Key, value: TokenAmount) -> Call {
    let request = AddLiquidityParams { min_lp: TokenAmount::zero() };
    to_liquidity::<liquidity::AddLiquidity>(stage, who, &request, value)
}

fn sells(stage: &Stage, rng: &mut StdRng, most: i64) -> Call {
    let sale = SellParams { min_out: TokenAmount::zero(), recipient: None };
    let operator_data = RawBytes::serialize(sale).unwrap_or_default();
    let to = Address::new_id(stage.wiring.liquidity);
    let request = TransferParams { to, amount: odd(rng, 1, most), operator_data };
    stage.to_pool::<frc46::Transfer>(Stage::any(&stage.accounts, rng), &request, TokenAmount::zero())
}

/// In an epoch in which somebody harvested: the price rests on a measurement of the same epoch.
fn measured(stage: &Stage, call: Call) -> Shot {
    // Of a BLS account, whose messages come first in a block.
    Shot { same_block: Some(stage.harvest(&stage.cast.worker)), ..call.into() }
}

/// The transfer, the hook, the price and the payment.
pub fn sell(stage: &Stage, rng: &mut StdRng) -> Shot {
    measured(stage, sells(stage, rng, 20))
}

/// The miner is measured within the same message.
pub fn sell_measuring(stage: &Stage, rng: &mut StdRng) -> Shot {
    sells(stage, rng, 20).into()
}

/// By a provider who comes again.
pub fn add(stage: &Stage, rng: &mut StdRng) -> Shot {
    let value = odd(rng, 1, 20);
    measured(stage, adds(stage, Stage::any(&stage.accounts, rng), value))
}

/// FIL, and shares by a transfer of the pool.
pub fn remove(stage: &Stage, rng: &mut StdRng) -> Shot {
    let none = TokenAmount::zero;
    let request = RemoveLiquidityParams { lp: odd(rng, 1, 20), min_fil: none(), min_shares: none() };
    let who = Stage::any(&stage.accounts, rng);
    to_liquidity::<liquidity::RemoveLiquidity>(stage, who, &request, none()).into()
}

/// By a holder.
pub fn buy(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = BuySharesParams { min_shares: TokenAmount::zero(), recipient: None };
    let value = odd(rng, 1, 10);
    let who = Stage::any(&stage.accounts, rng);
    measured(stage, to_liquidity::<liquidity::BuyShares>(stage, who, &request, value))
}

/// Inventory to FIL, by anybody.
pub fn recycle(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = RecycleParams { shares: odd(rng, 1, 5) };
    let keeper = Stage::any(&stage.newcomers, rng);
    measured(stage, to_liquidity::<liquidity::Recycle>(stage, keeper, &request, TokenAmount::zero()))
}

/// The inventory's rewards, by anybody.
pub fn collect(stage: &Stage, rng: &mut StdRng) -> Shot {
    let keeper = Stage::any(&stage.newcomers, rng);
    to_liquidity::<liquidity::Collect>(stage, keeper, &(), TokenAmount::zero()).into()
}

/// LP tokens, from one provider to another.
pub fn transfer(stage: &Stage, rng: &mut StdRng) -> Shot {
    let from = Stage::any(&stage.accounts, rng);
    let to = loop {
        let to = Stage::any(&stage.accounts, rng).address();
        if to != from.address() {
            break to;
        }
    };
    let request = TransferParams { to, amount: odd(rng, 1, 5), operator_data: RawBytes::default() };
    to_liquidity::<frc46::Transfer>(stage, from, &request, TokenAmount::zero()).into()
}

impl Stage {
    /// Holders provide, and some sell.
    pub(crate) fn open_the_market(&mut self) -> anyhow::Result<()> {
        self.in_batches(provisions(self)).context("providing")?;
        self.in_batches(sales(self)).context("sales")
    }
}
