//! An indexer that has seen nothing but events knows liquidity's books.

use std::collections::BTreeMap;

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_scenarios::events::Event;
use peggy_scenarios::fil;

use super::*;

#[derive(Debug, Default, PartialEq, Eq)]
struct Index {
    fil: TokenAmount,
    inventory: TokenAmount,
    lp: BTreeMap<ActorID, TokenAmount>,
    allowances: BTreeMap<(ActorID, ActorID), TokenAmount>,
}

impl Index {
    fn read(&mut self, e: &Event) -> Result<(), String> {
        match e.kind.as_str() {
            "liquidity-added" => {
                self.fil += e.amount("value")?;
                *self.lp.entry(e.id("provider")?).or_default() += e.amount("lp")?;
            }
            "liquidity-locked" => *self.lp.entry(e.emitter).or_default() += e.amount("lp")?,
            "liquidity-removed" => {
                self.fil -= e.amount("fil")?;
                self.inventory -= e.amount("shares")?;
                *self.lp.entry(e.id("provider")?).or_default() -= e.amount("lp")?;
            }
            "collected" => self.fil += e.amount("amount")?,
            "sold" => {
                self.inventory += e.amount("shares")?;
                self.fil -= e.amount("paid")?;
            }
            "bought" => {
                self.inventory -= e.amount("shares")?;
                self.fil += e.amount("value")?;
            }
            "recycled" => {
                self.inventory -= e.amount("shares")?;
                self.fil += e.amount("fil")?;
            }
            "transfer" => {
                *self.lp.entry(e.id("from")?).or_default() -= e.amount("amount")?;
                *self.lp.entry(e.id("to")?).or_default() += e.amount("amount")?;
            }
            "burnt" => *self.lp.entry(e.id("owner")?).or_default() -= e.amount("amount")?,
            "allowance" => {
                self.allowances.insert((e.id("owner")?, e.id("operator")?), e.amount("amount")?);
            }
            "wired" | "settings" | "paused" => {}
            other => return Err(format!("an indexer does not know {other}")),
        }
        Ok(())
    }
}

#[test]
fn events_alone_rebuild_every_balance() {
    let (mut w, miner) = stocked();
    let (alice, bob, dave, keeper) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone(), w.cast.keeper.clone());
    w.add_liquidity(&bob, fil(50)).ok();
    w.award(miner, &fil(100));
    w.harvest(&keeper, miner).ok();
    w.skip(3_000);
    w.buy_shares(&bob, fil(30)).ok();
    w.recycle(&alice, fil(20)).ok();
    w.collect(&alice).ok();
    w.move_lp(&dave, alice.address(), fil(70)).ok();
    let liquidity = w.wiring.liquidity;
    let none = TokenAmount::zero;
    let allow = frc46_token::token::types::IncreaseAllowanceParams { operator: bob.address(), increase: fil(9) };
    w.call::<peggy_interfaces::frc46::IncreaseAllowance>(&dave, liquidity, &allow, none()).ok();
    let burn = frc46_token::token::types::BurnFromParams { owner: dave.address(), amount: fil(4) };
    w.call::<peggy_interfaces::frc46::BurnFrom>(&bob, liquidity, &burn, none()).ok();
    w.remove_liquidity(&alice, fil(60)).ok();
    w.pause_liquidity(10).ok();

    let mut index = Index::default();
    for event in w.history.iter().filter(|e| e.emitter == liquidity) {
        index.read(event).unwrap();
    }
    index.lp.retain(|_, amount| !amount.is_zero());
    let seen = &w.seen.liquidity;
    let chain = Index {
        fil: seen.state.fil.clone(),
        inventory: seen.state.inventory.clone(),
        lp: seen.lp.clone(),
        allowances: seen.allowances.clone(),
    };
    assert_eq!(index, chain);
}
