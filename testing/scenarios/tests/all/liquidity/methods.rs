//! A use of each method of liquidity that must work, for tests that go through the interface lists.

use frc46_token::token::types::{
    BurnFromParams, BurnParams, DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams,
    RevokeAllowanceParams, TransferFromParams,
};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::frc46;
use peggy_interfaces::liquidity::{self, QuoteBuyParams, QuoteSellParams};
use peggy_scenarios::{fil, Outcome, World};

/// Alice, who has shares, provides; dave may move her LP tokens.
pub fn set_up(w: &mut World) {
    let (alice, dave) = (w.cast.alice.clone(), w.cast.dave.clone());
    w.add_liquidity(&alice, fil(500)).ok();
    w.sell(&alice, fil(50)).ok();
    let allow = IncreaseAllowanceParams { operator: dave.address(), increase: fil(20) };
    w.call::<frc46::IncreaseAllowance>(&alice, w.wiring.liquidity, &allow, TokenAmount::zero()).ok();
}

/// What takes FIL in; `None` if the method doesn't.
pub fn intake(w: &mut World, method: &str) -> Option<Outcome> {
    let alice = w.cast.alice.clone();
    Some(match method {
        "AddLiquidity" => w.add_liquidity(&alice, fil(5)),
        "BuyShares" => w.buy_shares(&alice, fil(5)),
        _ => return None,
    })
}

/// Everything else.
pub fn works(w: &mut World, method: &str) -> Outcome {
    let (alice, bob, dave, keeper) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone(), w.cast.keeper.clone());
    let (id, from, to, none) = (w.wiring.liquidity, alice.address(), bob.address(), TokenAmount::zero());
    match method {
        "RemoveLiquidity" => w.remove_liquidity(&alice, fil(10)),
        // A sale.
        "Receive" => w.sell(&alice, fil(1)),
        "Recycle" => w.recycle(&keeper, fil(1)),
        "Collect" => w.collect(&keeper),
        "SetSettings" => {
            let settings = w.setup.liquidity;
            w.set_discount(&settings)
        }
        // Governance can end it.
        "Pause" => w.pause_liquidity(0),
        "QuoteSell" => w.try_read::<liquidity::QuoteSell>(id, &QuoteSellParams { shares: fil(1) }),
        "QuoteBuy" => w.try_read::<liquidity::QuoteBuy>(id, &QuoteBuyParams { value: fil(1) }),
        "GetTotals" => w.try_read::<liquidity::GetTotals>(id, &()),
        "Name" => w.try_read::<frc46::Name>(id, &()),
        "Symbol" => w.try_read::<frc46::Symbol>(id, &()),
        "Granularity" => w.try_read::<frc46::Granularity>(id, &()),
        "TotalSupply" => w.try_read::<frc46::TotalSupply>(id, &()),
        "BalanceOf" => w.try_read::<frc46::BalanceOf>(id, &from),
        "Allowance" => {
            w.try_read::<frc46::Allowance>(id, &GetAllowanceParams { owner: from, operator: dave.address() })
        }
        "Transfer" => w.move_lp(&alice, to, fil(1)),
        "TransferFrom" => {
            let request = TransferFromParams { from, to, amount: fil(1), operator_data: RawBytes::default() };
            w.call::<frc46::TransferFrom>(&dave, id, &request, none)
        }
        "IncreaseAllowance" => {
            let request = IncreaseAllowanceParams { operator: to, increase: fil(1) };
            w.call::<frc46::IncreaseAllowance>(&alice, id, &request, none)
        }
        "DecreaseAllowance" => {
            let request = DecreaseAllowanceParams { operator: dave.address(), decrease: fil(1) };
            w.call::<frc46::DecreaseAllowance>(&alice, id, &request, none)
        }
        "RevokeAllowance" => {
            let request = RevokeAllowanceParams { operator: dave.address() };
            w.call::<frc46::RevokeAllowance>(&alice, id, &request, none)
        }
        "Burn" => w.call::<frc46::Burn>(&alice, id, &BurnParams { amount: fil(1) }, none),
        "BurnFrom" => w.call::<frc46::BurnFrom>(&dave, id, &BurnFromParams { owner: from, amount: fil(1) }, none),
        other => panic!("say how liquidity {other} is used"),
    }
}
