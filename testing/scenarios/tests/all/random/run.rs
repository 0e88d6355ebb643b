//! Commands, carried out.

mod leaving;
mod reading;
mod trading;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{self as proxy, KeeperCut};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::{frc46, liquidity, pool, MethodInfo};
use peggy_localnet::{Key, KeyKind};
use peggy_math::Bps;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{atto, deploy, fil, micro_fil, Outcome, World};

use super::command::Command;

/// Two miners, three holders, FIL pledged, and a contract whose hook calls back: where every sequence starts.
pub fn prelude() -> &'static (World, ActorID) {
    static PRELUDE: OnceLock<(World, ActorID)> = OnceLock::new();
    PRELUDE.get_or_init(|| {
        let mut w = World::new();
        let operator = w.cast.operator.clone();
        let first = w.custody(fil(500));
        w.create_miner(&operator, fil(300)).ok();
        let (alice, bob, carol) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone());
        w.deposit(&alice, fil(700)).ok();
        w.deposit(&bob, TokenAmount::from_atto(123_456_789_012_345_678_901i128)).ok();
        w.deposit(&carol, fil(40)).ok();
        w.pledge(first, fil(300)).ok();
        w.skip(1_000);
        // By somebody whose gas the world's books don't follow.
        let faucet = w.net.genesis().faucet.clone();
        let mut contract = 0;
        w.lever("a contract is installed", |net| {
            let code = deploy::install(net, &faucet, deploy::wasm("test_forwarder")?)?;
            contract = deploy::create(net, &faucet, code, RawBytes::default())?;
            Ok(())
        });
        (w, contract)
    })
}

/// A sequence under way.
pub struct Run {
    pub w: World,
    /// Messages sent.
    pub tried: u32,
    /// Of which succeeded.
    pub succeeded: u32,
    /// Names of the methods that succeeded, those the actors call on each other included.
    pub methods: BTreeSet<String>,
    people: Vec<Key>,
    /// Does in its hook what it is told to.
    contract: ActorID,
}

impl Run {
    pub fn new((w, contract): &(World, ActorID)) -> Self {
        let w = w.fork();
        let c = &w.cast;
        let people = [&c.alice, &c.bob, &c.carol, &c.dave, &c.operator, &c.keeper, &c.dataset];
        let people = people.into_iter().cloned().collect();
        // Custody happened before the sequence, by real messages.
        let methods = w.history.iter().flat_map(|e| called_by_event(&e.kind)).map(str::to_owned).collect();
        Self { w, tried: 0, succeeded: 0, methods, people, contract: *contract }
    }

    fn who(&self, n: u8) -> Key {
        self.people[n as usize % self.people.len()].clone()
    }

    /// An account with keys that sends native messages.
    fn native(&self, n: u8) -> Key {
        let who = self.who(n);
        if who.kind() == KeyKind::Delegated {
            self.people[0].clone()
        } else {
            who
        }
    }

    /// A person that holds shares, if anybody does.
    fn holder(&self, n: u8) -> Key {
        let holders: Vec<&Key> = self.people.iter().filter(|k| !self.shares_of(&k.address()).is_zero()).collect();
        holders.get(n as usize % holders.len().max(1)).map_or_else(|| self.who(n), |k| (*k).clone())
    }

    fn native_holder(&self, n: u8) -> Key {
        let who = self.holder(n);
        if who.kind() == KeyKind::Delegated {
            self.people[0].clone()
        } else {
            who
        }
    }

    /// One of the person's addresses.
    fn address(&self, key: &Key, n: u8) -> Address {
        if n.is_multiple_of(2) {
            key.address()
        } else {
            Address::new_id(self.w.id(key))
        }
    }

    fn shares_of(&self, address: &Address) -> TokenAmount {
        self.w.seen.pool.accounts.get(&self.w.id_of(address)).map_or_else(TokenAmount::zero, |h| h.shares.clone())
    }

    fn miner(&self, n: u8) -> ActorID {
        let miners: Vec<ActorID> = self.w.seen.miners.keys().copied().collect();
        miners[n as usize % miners.len()]
    }

    /// An existing allowance, if there is one.
    fn allowed(&self, operator: u8, owner: u8) -> (Key, Key) {
        let of = |id: ActorID| self.people.iter().find(|k| self.w.id(k) == id).cloned();
        let pairs: Vec<_> = self.w.seen.pool.allowances.keys().collect();
        let found = pairs.get(operator as usize % pairs.len().max(1));
        found
            .and_then(|(owner, operator)| Some((of(*operator)?, of(*owner)?)))
            .filter(|(operator, _)| operator.kind() != KeyKind::Delegated)
            .unwrap_or_else(|| (self.native(operator), self.who(owner)))
    }

    /// Who runs the miners now.
    fn operator(&self) -> Key {
        let id = self.w.seen.proxy.operator;
        self.people.iter().find(|key| self.w.id(key) == id).cloned().expect("one of the people")
    }

    fn note(&mut self, name: &str, outcome: &Outcome) {
        self.tried += 1;
        if outcome.is_ok() {
            self.succeeded += 1;
            self.methods.insert(name.to_owned());
            self.methods.extend(outcome.events.iter().flat_map(|e| called_by_event(&e.kind)).map(str::to_owned));
        } else {
            assert!(!outcome.message.is_empty(), "{name} failed with {} and no sentence", outcome.code);
            assert!(outcome.code >= 16, "{name} trapped: {} {}", outcome.code, outcome.backtrace);
        }
    }

    pub fn step(&mut self, command: &Command) {
        if self.w.seen.miners.is_empty() {
            // The last one was written off and closed; the other commands need one.
            let outcome = self.w.create_miner(&self.operator(), fil(200));
            self.note("CreateMiner", &outcome);
        }
        if let Some((name, outcome)) = self.carry_out(command) {
            self.note(name, &outcome);
        }
    }

    fn carry_out(&mut self, command: &Command) -> Option<(&'static str, Outcome)> {
        use Command as C;
        Some(match *command {
            C::Deposit { who, size } => {
                let who = self.who(who);
                let name = if who.kind() == KeyKind::Delegated { "InvokeEVM" } else { "Deposit" };
                (name, self.w.deposit(&who, amount(size)))
            }
            C::DepositFor { who, to, size } => {
                let (who, to) = (self.native(who), self.address(&self.who(to), size));
                ("Deposit", self.w.deposit_for(&who, amount(size), Some(to), TokenAmount::zero()))
            }
            C::Claim { who } => {
                let who = self.holder(who);
                let name = if who.kind() == KeyKind::Delegated { "InvokeEVM" } else { "ClaimRewards" };
                (name, self.w.claim(&who))
            }
            C::ClaimTo { who, to, part: size } => {
                let (who, to) = (self.native_holder(who), self.who(to).address());
                ("ClaimRewards", self.w.claim_to(&who, to, Some(amount(size).div_floor(1_000u32))))
            }
            C::Compound { who } => ("Compound", self.w.compound(&self.native_holder(who))),
            C::ClaimFees { who } => ("ClaimFees", self.w.claim_fees(&self.native(who))),
            C::Redeem { who, part: p } => {
                let who = self.holder(who);
                let shares = part(&self.shares_of(&who.address()), p);
                let name = if who.kind() == KeyKind::Delegated { "InvokeEVM" } else { "Redeem" };
                (name, self.w.redeem(&who, shares))
            }
            C::Transfer { who, to, part: p } => {
                let (who, to) = (self.holder(who), self.address(&self.who(to), p));
                let shares = part(&self.shares_of(&who.address()), p);
                let name = if who.kind() == KeyKind::Delegated { "InvokeEVM" } else { "Transfer" };
                (name, self.w.transfer(&who, to, shares))
            }
            C::Allow { who, operator, size } => {
                let (who, operator) = (self.native_holder(who), self.native(operator).address());
                ("IncreaseAllowance", self.w.increase_allowance(&who, operator, amount(size)))
            }
            C::Disallow { who, operator, size } => {
                let (who, operator) = (self.native_holder(who), self.native(operator).address());
                ("DecreaseAllowance", self.w.decrease_allowance(&who, operator, amount(size)))
            }
            C::Revoke { who, operator } => {
                let (who, operator) = (self.native_holder(who), self.native(operator).address());
                ("RevokeAllowance", self.w.revoke_allowance(&who, operator))
            }
            C::TransferFrom { operator, owner, to, part: p } => {
                let (operator, owner) = self.allowed(operator, owner);
                let to = self.who(to).address();
                let shares = part(&self.usable(&operator, &owner), p);
                ("TransferFrom", self.w.transfer_from(&operator, owner.address(), to, shares))
            }
            C::Burn { who, part: p } => {
                let who = self.native_holder(who);
                let shares = part(&self.shares_of(&who.address()), p / 4);
                ("Burn", self.w.burn(&who, shares))
            }
            C::BurnFrom { operator, owner, part: p } => {
                let (operator, owner) = self.allowed(operator, owner);
                let shares = part(&self.usable(&operator, &owner), p / 4);
                ("BurnFrom", self.w.burn_from(&operator, owner.address(), shares))
            }
            C::Donate { who, to, size } => {
                let to = [self.w.wiring.pool, self.w.wiring.owner_proxy, self.miner(size)][to as usize % 3];
                ("bare send", self.w.donate(&self.native(who), to, amount(size)))
            }
            C::Sweep { who } => ("Sweep", self.w.sweep(&self.native(who))),
            _ => return self.carry_out_for_miners(command),
        })
    }

    /// What an operator may move of an owner's shares.
    fn usable(&self, operator: &Key, owner: &Key) -> TokenAmount {
        let allowed = self.w.seen.pool.allowances.get(&(self.w.id(owner), self.w.id(operator)));
        allowed.cloned().unwrap_or_default().min(self.shares_of(&owner.address()))
    }

    fn carry_out_for_miners(&mut self, command: &Command) -> Option<(&'static str, Outcome)> {
        use Command as C;
        let operator = self.operator();
        let to = self.w.wiring.owner_proxy;
        Some(match *command {
            C::Pledge { miner, part: p } => {
                let liquid = self.w.seen.pool.state.totals.liquid.clone();
                ("Pledge", self.w.pledge_by(&operator, self.miner(miner), part(&liquid, p / 2)))
            }
            C::Harvest { who, miner } => ("Harvest", self.w.harvest(&self.native(who), self.miner(miner))),
            C::Sync { who, max } => ("Sync", self.w.sync(&self.native(who), u32::from(max % 4))),
            C::RepayDebt { who, miner } => ("RepayDebt", self.w.repay_debt(&self.native(who), self.miner(miner))),
            C::ChangeWorker { miner, spare } => {
                let worker = if spare { &self.w.cast.spare_worker } else { &self.w.cast.worker }.address();
                let control = vec![self.w.cast.keeper.address()];
                ("ChangeWorkerAddress", self.w.change_worker(&operator, self.miner(miner), worker, control))
            }
            C::ConfirmWorker { miner } => {
                ("ConfirmChangeWorkerAddress", self.w.confirm_worker(&operator, self.miner(miner)))
            }
            C::ChangePeer { miner } => {
                let request = proxy::ChangePeerIDParams {
                    miner: Address::new_id(self.miner(miner)),
                    peer_id: ByteBuf(vec![miner; 20]),
                };
                ("ChangePeerID", self.w.call::<proxy::ChangePeerID>(&operator, to, &request, TokenAmount::zero()))
            }
            C::ChangeMultiaddrs { miner } => {
                let request = proxy::ChangeMultiaddrsParams {
                    miner: Address::new_id(self.miner(miner)),
                    multiaddrs: vec![ByteBuf(vec![miner; 10])],
                };
                let outcome = self.w.call::<proxy::ChangeMultiaddrs>(&operator, to, &request, TokenAmount::zero());
                ("ChangeMultiaddrs", outcome)
            }
            // More than two can't be measured within one message, and most of what follows would be refused.
            C::CreateMiner if self.w.seen.miners.len() < 3 => ("CreateMiner", self.w.create_miner(&operator, fil(200))),
            _ => return self.carry_out_leaving(command),
        })
    }

    fn carry_out_elsewhere(&mut self, command: &Command) -> Option<(&'static str, Outcome)> {
        use Command as C;
        match *command {
            C::Reward { miner, size } => self.w.award(self.miner(miner), &amount(size).div_floor(4u32)),
            C::Commit { miner, part: p } => {
                let miner = self.miner(miner);
                let money = &self.w.seen.miners[&miner].money;
                let unlocked = part(&money.unlocked(), p / 2);
                if money.debt.is_zero() && unlocked.is_positive() {
                    self.w.commit_sectors(miner, &unlocked);
                }
            }
            C::Expire { miner, part: p } => {
                let miner = self.miner(miner);
                let pledge = part(&self.w.seen.miners[&miner].money.pledge, p.min(200));
                self.w.expire_sectors(miner, &pledge);
            }
            C::Fine { miner, size } => self.w.fine(self.miner(miner), &amount(size).div_floor(2u32)),
            C::Hold { miner } => self.w.hold_early_terminations(self.miner(miner), true),
            C::Release => {
                let held: Vec<_> =
                    self.w.seen.miners.iter().filter(|(_, m)| m.money.early_terminations).map(|(id, _)| *id).collect();
                for miner in held {
                    self.w.hold_early_terminations(miner, false);
                    let outcome = self.w.harvest(&self.w.cast.keeper.clone(), miner);
                    self.note("Harvest", &outcome);
                }
            }
            C::Skip { epochs } => self.w.skip(i64::from(epochs % 4_000) + 1),
            C::SkipDays { days } => self.w.skip(i64::from(days % 40 + 1) * DAY),
            C::SetTerms { fee, period_days, staleness_out, cooldown } => {
                let mut terms = self.w.setup.terms_params(&self.w.cast);
                // One in eight is beyond the bounds.
                terms.fees[0].bps = Bps(u32::from(fee) % 5_200);
                terms.reward_period = i64::from(period_days % 32) * DAY;
                terms.max_staleness_out = i64::from(staleness_out % 125);
                terms.exit_cooldown = i64::from(cooldown / 2);
                terms.reserve_bps = Bps(u32::from(cooldown % 4) * 100);
                terms.min_bond_bps = Bps(u32::from(period_days % 3) * 200);
                return Some(("SetTerms", self.w.set_terms(&terms)));
            }
            C::SetKeeperCut { bps } => {
                let cut = KeeperCut { bps: Bps(u32::from(bps) % 110), cap: micro_fil(i64::from(bps)) };
                return Some(("SetKeeperCut", self.w.set_keeper_cut(&cut)));
            }
            C::SetOperator { dave } => {
                let operator = if dave { &self.w.cast.dave } else { &self.w.cast.operator }.address();
                return Some(("SetOperator", self.w.set_operator(operator)));
            }
            C::Pause { epochs } => return Some(("Pause", self.w.pause(i64::from(epochs)))),
            C::Unpause if self.w.seen.pool.paused_until.is_some_and(|until| until > self.w.epoch()) => {
                return Some(("Pause", self.w.pause(0)));
            }
            _ => return self.carry_out_trading(command),
        }
        None
    }
}

/// Methods only the actors call on each other, by the event that shows it.
fn called_by_event(kind: &str) -> Vec<&'static str> {
    match kind {
        "settled" => vec!["Settle"],
        "pledge-drawn" => vec!["DrawPledge"],
        "bonded" => vec!["CreditBond"],
        "miner-taken" => vec!["TakeOwner"],
        "miner-created" => vec!["CreateMiner"],
        _ => vec![],
    }
}

/// From dust to a whale, with odd ends.
fn amount(size: u8) -> TokenAmount {
    match size % 8 {
        0 => atto(i64::from(size)),
        1 => micro_fil(1),
        2 => micro_fil(i64::from(size) * 7_919),
        3 => TokenAmount::from_atto(i128::from(size) * 7_777_777_777_777_777_777i128),
        4 | 5 => fil(i64::from(size)),
        6 => fil(1) + atto(i64::from(size)),
        _ => fil(i64::from(size) * 20),
    }
}

/// Parts of 200; more than there is from 201 on.
fn part(of: &TokenAmount, p: u8) -> TokenAmount {
    (of * u32::from(p)).div_floor(200u32)
}
