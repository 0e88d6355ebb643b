//! An indexer that has seen nothing but events knows every balance.

use std::collections::btree_map::{BTreeMap, Entry};

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::events::Event;
use peggy_scenarios::{fil, World};

#[derive(Debug, Default, PartialEq, Eq)]
struct Index {
    shares: BTreeMap<ActorID, TokenAmount>,
    bond: BTreeMap<ActorID, TokenAmount>,
    /// Shares that wait, and FIL owed, by ticket.
    tickets: BTreeMap<u64, (TokenAmount, TokenAmount)>,
    fees: BTreeMap<ActorID, TokenAmount>,
    allowances: BTreeMap<(ActorID, ActorID), TokenAmount>,
    dead: TokenAmount,
    liquid: TokenAmount,
    /// FIL that came in as reward, less fees, claims and what was compounded.
    rewards: TokenAmount,
    principal: BTreeMap<ActorID, TokenAmount>,
}

impl Index {
    fn read(&mut self, e: &Event) -> Result<(), String> {
        match e.kind.as_str() {
            "deposited" => {
                *self.shares.entry(e.id("recipient")?).or_default() += e.amount("shares")?;
                self.liquid += e.amount("value")?;
            }
            "compounded" => {
                *self.shares.entry(e.id("owner")?).or_default() += e.amount("shares")?;
                self.liquid += e.amount("value")?;
                self.rewards -= e.amount("value")?;
            }
            "redeemed" => {
                *self.shares.entry(e.id("owner")?).or_default() -= e.amount("shares")?;
                self.liquid -= e.amount("amount")?;
            }
            "transfer" => {
                *self.shares.entry(e.id("from")?).or_default() -= e.amount("amount")?;
                *self.shares.entry(e.id("to")?).or_default() += e.amount("amount")?;
            }
            "burnt" => {
                *self.shares.entry(e.id("owner")?).or_default() -= e.amount("amount")?;
                self.dead += e.amount("amount")?;
            }
            "surplus" => self.dead = e.amount("dead")?,
            "bonded" => {
                *self.bond.entry(e.id("owner")?).or_default() += e.amount("shares")?;
                // The first time for a miner it is its backing, later FIL from before custody; without a miner the operator's own.
                let value = e.amount("value")?;
                let miner = if e.has("miner") { Some(e.id("miner")?) } else { None };
                match miner.map(|miner| self.principal.entry(miner)) {
                    None | Some(Entry::Occupied(_)) => self.liquid += value,
                    Some(Entry::Vacant(first)) => {
                        first.insert(value);
                    }
                }
            }
            "bond-burnt" => {
                for (owner, shares) in e.get::<Vec<(ActorID, TokenAmount)>>("shares")? {
                    *self.bond.entry(owner).or_default() -= shares;
                }
            }
            "bond-withdrawn" => {
                *self.bond.entry(e.id("owner")?).or_default() -= e.amount("shares")?;
                self.liquid -= e.amount("amount")?;
            }
            "bond-slashed" => {
                *self.bond.entry(e.id("owner")?).or_default() -= e.amount("shares")?;
                self.dead += e.amount("shares")?;
            }
            "exit-requested" => {
                *self.shares.entry(e.id("owner")?).or_default() -= e.amount("shares")?;
                self.tickets.insert(e.get("ticket")?, (e.amount("shares")?, TokenAmount::default()));
            }
            "exit-cancelled" => {
                *self.shares.entry(e.id("owner")?).or_default() += e.amount("shares")?;
                self.tickets.entry(e.get("ticket")?).or_default().0 -= e.amount("shares")?;
                // What its shares earned stays a reward, not released yet.
            }
            "exit-finalized" => {
                let (shares, owed) = self.tickets.entry(e.get("ticket")?).or_default();
                *shares -= e.amount("shares")?;
                *owed += e.amount("amount")?;
                self.liquid -= e.amount("amount")?;
            }
            "exit-claimed" => {
                self.tickets.entry(e.get("ticket")?).or_default().1 -= e.amount("amount")?;
                self.rewards -= e.amount("rewards")?;
            }
            "written-off" => *self.principal.entry(e.id("miner")?).or_default() -= e.amount("amount")?,
            "harvested" | "pledged" => {
                self.principal.insert(e.id("miner")?, e.amount("principal")?);
            }
            "miner-closed" => {
                self.principal.remove(&e.id("miner")?);
            }
            "legacy-owed" => self.rewards += e.amount("amount")?,
            "settled" => {
                self.rewards += e.amount("rest")?;
                self.liquid += e.amount("home")?;
                for (who, fee) in e.get::<Vec<(ActorID, TokenAmount)>>("fees")? {
                    *self.fees.entry(who).or_default() += fee;
                }
            }
            "fees-claimed" => *self.fees.entry(e.id("recipient")?).or_default() -= e.amount("amount")?,
            "claimed" => self.rewards -= e.amount("amount")?,
            "pledge-drawn" => self.liquid -= e.amount("amount")?,
            "allowance" => {
                self.allowances.insert((e.id("owner")?, e.id("operator")?), e.amount("amount")?);
            }
            _ => {}
        }
        Ok(())
    }

    fn tidy(mut self) -> Self {
        for map in [&mut self.shares, &mut self.bond, &mut self.fees] {
            map.retain(|_, amount| !amount.is_zero());
        }
        self.tickets.retain(|_, (shares, owed)| !shares.is_zero() || !owed.is_zero());
        self.allowances.retain(|_, amount| !amount.is_zero());
        self
    }
}

/// What the index should be, from raw state.
fn on_chain(w: &World) -> Index {
    let books = &w.seen.pool;
    let totals = &books.state.totals;
    Index {
        shares: books.accounts.iter().map(|(id, h)| (*id, h.shares.clone())).collect(),
        bond: books.bonds.iter().map(|(id, b)| (*id, b.shares.clone())).collect(),
        tickets: books.tickets.iter().map(|(n, t)| (*n, (t.account.shares.clone(), t.owed.clone()))).collect(),
        fees: books.fees.clone(),
        allowances: books.allowances.clone(),
        dead: totals.dead.clone(),
        liquid: totals.liquid.clone(),
        rewards: &totals.rewards_owed + &books.stream().amount,
        principal: w.seen.miners.iter().map(|(id, m)| (*id, m.record.principal.clone())).collect(),
    }
    .tidy()
}

#[test]
fn every_balance_can_be_rebuilt_from_events() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, bob, carol, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone(), w.cast.dave.clone());
    let (operator, keeper, device) = (w.cast.operator.clone(), w.cast.keeper.clone(), w.cast.device.clone());
    let second = w.create_miner(&operator, fil(200)).answer::<peggy_interfaces::owner_proxy::CreateMiner>().miner;
    w.deposit(&alice, fil(100)).ok();
    w.deposit_for(&bob, fil(50), Some(dave.address()), fil(1)).ok();
    w.deposit(&carol, fil(25)).ok();
    w.pledge(miner, fil(60)).ok();
    w.pledge(second, fil(20)).ok();
    w.increase_allowance(&alice, bob.address(), fil(30)).ok();
    for _ in 0..3 {
        w.award(miner, &fil(300));
        w.skip(10 * DAY);
        w.sync(&keeper, 5).ok();
    }
    w.transfer(&alice, carol.address(), fil(10)).ok();
    w.transfer_from(&bob, alice.address(), dave.address(), fil(10)).ok();
    w.burn(&dave, fil(3)).ok();
    w.burn_from(&bob, alice.address(), fil(2)).ok();
    w.compound(&alice).ok();
    w.claim(&carol).ok();
    w.claim_to(&dave, keeper.address(), Some(fil(1))).ok();
    w.claim_fees(&device).ok();
    w.redeem(&carol, fil(5)).ok();
    leave_and_lose(&mut w, miner, second);
    // A message that fails leaves nothing an indexer could misread.
    w.transfer(&carol, bob.address(), fil(1_000)).failed();
    let mut index = Index::default();
    for event in &w.history {
        index.read(event).unwrap();
    }
    assert_eq!(index.tidy(), on_chain(&w));
}

/// Tickets in every state, a bond that is topped up, burnt, slashed and withdrawn, principal that comes home and is written off.
fn leave_and_lose(w: &mut World, miner: ActorID, second: ActorID) {
    let (alice, carol, dave) = (w.cast.alice.clone(), w.cast.carol.clone(), w.cast.dave.clone());
    let (operator, keeper) = (w.cast.operator.clone(), w.cast.keeper.clone());
    let kept = w.ticket(&dave, fil(20));
    let paid = w.ticket(&alice, fil(30));
    w.ticket(&carol, fil(12));
    w.cancel_exit(&dave, kept).ok();
    w.harvest(&keeper, miner).ok();
    w.skip(DAY);
    w.finalize_exits(&keeper, 2).ok();
    w.claim_exit(&alice, paid).ok();
    w.top_up_bond(&operator, fil(50)).ok();
    w.slash_bond(&operator, fil(3)).ok();
    w.lose(second, &fil(40));
    w.sync(&keeper, 5).ok();
    w.return_principal(&operator, miner, fil(7)).ok();
    // Years later everything has vested, and the bond may go.
    w.skip(200 * DAY);
    w.sync(&keeper, 5).ok();
    w.skip(100 * DAY);
    w.sync(&keeper, 5).ok();
    w.withdraw_bond(&operator, fil(2)).ok();
    w.slash_all();
    w.lose(second, &fil(50));
    w.sync(&keeper, 5).ok();
    w.write_off(second).ok();
}
