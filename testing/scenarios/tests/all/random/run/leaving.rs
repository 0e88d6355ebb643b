//! Exits, the bond, losses and re-entry.

use frc46_token::token::types::{BurnParams, TransferParams};
use peggy_interfaces::pool::{ClaimRewardsParams, FinalizeExitsParams, RedeemParams, RequestExitParams, TicketParams};
use peggy_scenarios::observe::Miner;
use peggy_scenarios::observe_pool::Ticket;
use test_forwarder::{CallSpec, ConfigureParams, Script, CONFIGURE, RECEIVE};

use super::*;

impl Run {
    /// A ticket there is, with its owner, if that is a person.
    fn any_ticket(&self, n: u8) -> Option<(u64, Key)> {
        self.ticket_that(n, |_| true)
    }

    fn ticket_that(&self, n: u8, fits: impl Fn(&Ticket) -> bool) -> Option<(u64, Key)> {
        let all: Vec<_> = self.w.seen.pool.tickets.iter().filter(|(_, ticket)| fits(ticket)).collect();
        let (number, ticket) = all.get(n as usize % all.len().max(1))?;
        let owner = self.people.iter().find(|key| self.w.id(key) == ticket.owner)?;
        Some((**number, owner.clone()))
    }

    /// An owner of a part of the bond.
    fn bond_owner(&self, n: u8) -> Key {
        let owners: Vec<_> =
            self.w.seen.pool.bonds.iter().filter(|(_, b)| !b.shares.is_zero()).map(|(id, _)| *id).collect();
        let id = owners.get(n as usize % owners.len().max(1));
        let key = id.and_then(|id| self.people.iter().find(|key| self.w.id(key) == *id));
        key.cloned().unwrap_or_else(|| self.operator())
    }

    fn bond_part(&self, owner: &Key, p: u8) -> TokenAmount {
        let bond = self.w.seen.pool.bonds.get(&self.w.id(owner));
        part(&bond.map_or_else(TokenAmount::zero, |b| b.shares.clone()), p)
    }

    pub(super) fn carry_out_leaving(&mut self, command: &Command) -> Option<(&'static str, Outcome)> {
        use Command as C;
        let operator = self.operator();
        Some(match *command {
            C::RequestExit { who, part: p } => {
                let who = self.holder(who);
                let shares = part(&self.shares_of(&who.address()), p);
                let name = if who.kind() == KeyKind::Delegated { "InvokeEVM" } else { "RequestExit" };
                (name, self.w.request_exit(&who, shares))
            }
            C::CancelExit { ticket } => {
                let waits = |ticket: &Ticket| !ticket.account.shares.is_zero();
                let found = self.ticket_that(ticket, waits);
                let (number, owner) = found.filter(|(_, key)| key.kind() != KeyKind::Delegated)?;
                ("CancelExit", self.w.cancel_exit(&owner, number))
            }
            C::FinalizeExits { who, max } => {
                let max = if max < 30 { u32::from(max % 3) } else { u32::from(max) };
                ("FinalizeExits", self.w.finalize_exits(&self.native(who), max))
            }
            C::ClaimExit { ticket, to } => {
                let (number, owner) = self.any_ticket(ticket)?;
                if owner.kind() == KeyKind::Delegated {
                    return Some(("InvokeEVM", self.w.claim_exit(&owner, number)));
                }
                let to = self.who(to).address();
                ("ClaimExit", self.w.claim_exit_to(&owner, number, to))
            }
            C::StealExit { who, ticket } => {
                let (number, owner) = self.any_ticket(ticket)?;
                let thief = self.native(who);
                if thief.address() != owner.address() {
                    self.w.claim_exit(&thief, number).refused(18, "its owner");
                    self.w.cancel_exit(&thief, number).refused(18, "its owner");
                }
                return None;
            }
            C::ReturnPrincipal { miner, part: p } => {
                let miner = self.miner(miner);
                let idle = part(&self.w.seen.miners[&miner].money.free(), p);
                ("ReturnPrincipal", self.w.return_principal(&operator, miner, idle))
            }
            C::TopUpBond { size } => ("TopUpBond", self.w.top_up_bond(&operator, amount(size))),
            C::WithdrawBond { owner, part: p } => {
                let owner = self.bond_owner(owner);
                let shares = self.bond_part(&owner, p / 8);
                // Top-ups lock it again and again, so now and then its owner waits.
                let unlock = self.w.seen.pool.bonds.get(&self.w.id(&owner)).map_or(0, |bond| bond.unlock_at);
                if p % 3 == 0 && unlock > self.w.epoch() {
                    self.w.skip(unlock - self.w.epoch());
                }
                // All miners are measured in the same epoch, which three of them can't be within one message.
                let (keeper, id) = (self.w.id(&self.w.cast.keeper), self.w.id(&owner));
                let (pool, proxy) = (self.w.wiring.pool, self.w.wiring.owner_proxy);
                let sync = proxy::SyncParams { max_miners: 32 };
                self.w.act_as::<proxy::Sync>(keeper, proxy, &sync, TokenAmount::zero()).ok();
                let request = pool::WithdrawBondParams { shares, min_amount: TokenAmount::zero() };
                ("WithdrawBond", self.w.act_as::<pool::WithdrawBond>(id, pool, &request, TokenAmount::zero()))
            }
            C::SlashBond { owner, part: p } => {
                let owner = self.bond_owner(owner);
                let shares = self.bond_part(&owner, p);
                ("SlashBond", self.w.slash_bond(&owner, shares))
            }
            C::WriteOff { miner } => {
                let lossy = |(_, m): &(&ActorID, &Miner)| !m.record.impaired_net.is_zero();
                let lossy: Vec<ActorID> = self.w.seen.miners.iter().filter(lossy).map(|(id, _)| *id).collect();
                let miner = match lossy.get(miner as usize % lossy.len().max(1)) {
                    Some(miner) => *miner,
                    None => self.lose_beyond_the_bond(miner),
                };
                ("WriteOff", self.w.write_off(miner))
            }
            C::MeasuredPrice { who } => {
                let (who, pool) = (self.native(who), self.w.wiring.pool);
                ("MeasuredPrice", self.w.call::<pool::MeasuredPrice>(&who, pool, &(), TokenAmount::zero()))
            }
            C::Reenter { who, trick, part: p } => self.reenter(who, trick, p),
            C::TakeMiner if self.w.seen.miners.len() < 3 => {
                let miner = self.w.create_owned_miner(fil(250));
                self.w.propose_owner(miner, self.w.wiring.owner_proxy).ok();
                let approved = self.w.approve_miner(miner);
                self.note("ApproveMiner", &approved);
                ("TakeOwner", self.w.take_owner(&operator, miner))
            }
            _ => return self.carry_out_elsewhere(command),
        })
    }

    /// The bond is slashed, and then half of a miner's principal is gone.
    fn lose_beyond_the_bond(&mut self, n: u8) -> ActorID {
        let (miner, keeper) = (self.miner(n), self.w.cast.keeper.clone());
        self.w.slash_all();
        let loss = self.w.seen.miners[&miner].record.principal.div_floor(2u32);
        self.w.lose(miner, &loss);
        self.w.harvest(&keeper, miner).ok();
        miner
    }

    /// Shares go to the contract, whose hook tries something with them, or with whatever it holds already.
    fn reenter(&mut self, who: u8, trick: u8, p: u8) -> (&'static str, Outcome) {
        let who = self.native_holder(who);
        let shares = part(&self.shares_of(&who.address()), p / 4);
        let (me, pool) = (Address::new_id(self.contract), Address::new_id(self.w.wiring.pool));
        let held = self.shares_of(&me) + &shares;
        let mine = self.w.seen.pool.tickets.iter().find(|(_, ticket)| ticket.owner == self.contract);
        let ticket = mine.map_or(self.w.seen.pool.queue.next, |(number, _)| *number);
        let to_pool = |method, params| CallSpec::new(pool, method, params).may_fail();
        let request = to_pool(pool::RequestExit::NUMBER, encode(&RequestExitParams { shares: held.clone() }));
        let cancel = to_pool(pool::CancelExit::NUMBER, encode(&TicketParams { ticket }));
        let finalize = to_pool(pool::FinalizeExits::NUMBER, encode(&FinalizeExitsParams { max_tickets: 50 }));
        let claim_exit = to_pool(pool::ClaimExit::NUMBER, encode(&pool::ClaimExitParams { ticket, to: me }));
        let claim = to_pool(pool::ClaimRewards::NUMBER, encode(&ClaimRewardsParams { to: me, amount: None }));
        let redeem = RedeemParams { shares: held.clone(), min_amount: TokenAmount::zero() };
        let redeem = to_pool(pool::Redeem::NUMBER, encode(&redeem));
        let give = TransferParams { to: who.address(), amount: held.clone(), operator_data: RawBytes::default() };
        let give = to_pool(frc46::Transfer::NUMBER, encode(&give));
        let burn = to_pool(frc46::Burn::NUMBER, encode(&BurnParams { amount: held.div_floor(9u32) }));
        let calls = match trick % 6 {
            0 => vec![request.clone(), give, request],
            1 => vec![claim_exit.clone(), cancel, claim_exit],
            2 => vec![redeem.clone(), request, redeem, claim],
            3 => vec![give.clone(), burn, give],
            4 => vec![finalize, claim_exit, claim.clone(), claim],
            _ => vec![request, finalize, claim_exit, redeem],
        };
        let (admin, contract) = (self.w.cast.stranger.clone(), self.contract);
        let params = encode(&ConfigureParams { scripts: vec![Script::call_back(RECEIVE, calls)] });
        self.w.send("Configure", &admin, contract, CONFIGURE, params, TokenAmount::zero()).ok();
        ("Transfer", self.w.transfer(&who, me, shares))
    }

    /// The end of every sequence: all sectors have expired, all debts are paid, and everybody leaves by the queue.
    pub fn everybody_leaves(&mut self) {
        let terms = self.w.setup.terms_params(&self.w.cast);
        self.w.set_terms(&terms).ok();
        for person in self.people.clone() {
            let shares = self.shares_of(&person.address());
            if !shares.is_zero() {
                self.w.request_exit(&person, shares).ok();
            }
        }
        self.unlock_everything();
        let (keeper, proxy, pool) = (self.w.cast.keeper.clone(), self.w.wiring.owner_proxy, self.w.wiring.pool);
        // All in one epoch, as the terms ask for; twice, for what comes home is worked out before all miners are measured.
        let id = self.w.id(&keeper);
        for _ in 0..2 {
            let sync = proxy::SyncParams { max_miners: 32 };
            self.w.act_as::<proxy::Sync>(id, proxy, &sync, TokenAmount::zero()).ok();
        }
        if self.w.totals().nav.is_zero() {
            return;
        }
        let request = FinalizeExitsParams { max_tickets: 100_000 };
        self.w.act_as::<pool::FinalizeExits>(id, pool, &request, TokenAmount::zero()).ok();
        assert!(self.w.totals().queued.is_zero(), "{:?}\n{}", self.w.exit_demand(), self.w.story());
        while let Some((number, owner)) = self.any_ticket(0) {
            self.w.claim_exit(&owner, number).ok();
        }
        for person in self.people.clone() {
            self.w.claim(&person).ok();
            assert!(self.w.shares(&person).is_zero());
            // Whose bond is left goes on earning.
            let bonded = !self.w.bond_of(&person).is_zero();
            assert!(bonded || self.w.account(&person).rewards.is_zero(), "{:?}", self.w.account(&person));
        }
    }

    fn unlock_everything(&mut self) {
        let stranger = self.w.cast.stranger.clone();
        for miner in self.w.seen.miners.keys().copied().collect::<Vec<_>>() {
            let money = self.w.seen.miners[&miner].money.clone();
            self.w.hold_early_terminations(miner, false);
            if !money.debt.is_zero() {
                self.w.donate(&stranger, miner, money.debt.clone()).ok();
                self.w.repay_debt(&stranger, miner).ok();
            }
            self.w.lever("sectors are proved", |net| net.control().prove_commit(miner, money.deposits, fil(0)));
            let pledge = self.w.seen.miners[&miner].money.pledge.clone();
            self.w.expire_sectors(miner, &pledge);
        }
    }

    /// What the network does to sectors.
    pub(super) fn seal(&mut self, command: &Command) {
        use Command as C;
        match *command {
            C::Precommit { miner, part: p } => {
                let miner = self.miner(miner);
                let money = &self.w.seen.miners[&miner].money;
                let deposit = part(&money.unlocked(), p / 4);
                if money.debt.is_zero() && deposit.is_positive() {
                    self.w.precommit(miner, &deposit);
                }
            }
            C::Prove { miner } => {
                let miner = self.miner(miner);
                let deposit = self.w.seen.miners[&miner].money.deposits.clone();
                let room = deposit.clone() + self.w.seen.miners[&miner].money.unlocked();
                if deposit.is_positive() && room >= deposit {
                    self.w
                        .lever("sectors are proved", |net| net.control().prove_commit(miner, deposit.clone(), deposit));
                }
            }
            C::Lose { miner, part: p } => {
                let miner = self.miner(miner);
                let loss = part(&self.w.seen.miners[&miner].record.principal, p);
                self.w.lose(miner, &loss);
            }
            C::Terminate { miner, part: p } => {
                let miner = self.miner(miner);
                let pledge = part(&self.w.seen.miners[&miner].money.pledge, p.min(100));
                let fee = pledge.div_floor(10u32);
                self.w.terminate_sectors(miner, &pledge, &fee);
            }
            _ => {}
        }
    }
}
