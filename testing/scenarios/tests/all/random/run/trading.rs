//! Early exits by liquidity.

use frc46_token::token::types::TransferParams;
use peggy_interfaces::liquidity::{
    AddLiquidityParams, BuySharesParams, RecycleParams, RemoveLiquidityParams, Settings,
};
use test_forwarder::{CallParams, CallSpec, ConfigureParams, Script, CALL, CONFIGURE, RECEIVE};

use super::*;

impl Run {
    /// Somebody that has LP tokens, if a person does.
    fn provider(&self, n: u8) -> Key {
        let all = self.people.iter().filter(|k| k.kind() != KeyKind::Delegated && !self.w.lp_of(k).is_zero());
        let all: Vec<&Key> = all.collect();
        all.get(n as usize % all.len().max(1)).map_or_else(|| self.native(n), |key| (*key).clone())
    }

    /// A part of the inventory's cost.
    fn price_of_inventory(&self, p: u8) -> TokenAmount {
        let totals = self.w.liquidity_totals();
        part(&(totals.entry_value - totals.fil - totals.rewards), p)
    }

    pub(super) fn carry_out_trading(&mut self, command: &Command) -> Option<(&'static str, Outcome)> {
        use Command as C;
        Some(match *command {
            C::AddLiquidity { who, size } => ("AddLiquidity", self.w.add_liquidity(&self.native(who), amount(size))),
            C::RemoveLiquidity { who, part: p } => {
                let who = self.provider(who);
                let lp = part(&self.w.lp_of(&who), p);
                ("RemoveLiquidity", self.w.remove_liquidity(&who, lp))
            }
            C::Sell { who, part: p, to } => {
                let who = self.native_holder(who);
                let shares = part(&self.shares_of(&who.address()), p / 2);
                let to = to.is_multiple_of(3).then(|| self.address(&self.who(to), to));
                ("Receive", self.w.sell_for(&who, shares, TokenAmount::zero(), to))
            }
            C::BuyShares { who, part: p, to } => {
                let (who, value) = (self.native(who), self.price_of_inventory(p));
                let to = to.is_multiple_of(3).then(|| self.address(&self.who(to), to));
                ("BuyShares", self.w.buy_shares_for(&who, value, TokenAmount::zero(), to))
            }
            C::Recycle { who, part: p } => {
                let shares = part(&self.w.seen.liquidity.state.inventory, p);
                ("Recycle", self.w.recycle(&self.native(who), shares))
            }
            C::Collect { who } => ("Collect", self.w.collect(&self.native(who))),
            C::MoveLp { who, to, part: p } => {
                let (who, to) = (self.provider(who), self.address(&self.who(to), p));
                let lp = part(&self.w.lp_of(&who), p);
                ("Transfer", self.w.move_lp(&who, to, lp))
            }
            C::DonateToLiquidity { who, size } => {
                let to = self.w.wiring.liquidity;
                ("bare send", self.w.donate(&self.native(who), to, amount(size)))
            }
            C::SetDiscount { base, slope, max } => {
                let settings = Settings {
                    base_bps: Bps(u32::from(base)),
                    slope_bps: Bps(u32::from(slope) * 10),
                    max_bps: Bps(u32::from(max) * 11),
                };
                ("SetSettings", self.w.set_discount(&settings))
            }
            C::PauseLiquidity { epochs } => ("Pause", self.w.pause_liquidity(i64::from(epochs))),
            C::ReenterLiquidity { who, trick, part: p } => self.reenter_liquidity(who, trick, p),
            _ => {
                self.seal(command);
                return None;
            }
        })
    }

    /// Shares and FIL go to the contract, which sells, buys, provides and removes, while its hook does it again.
    fn reenter_liquidity(&mut self, who: u8, trick: u8, p: u8) -> (&'static str, Outcome) {
        let who = self.native_holder(who);
        let shares = part(&self.shares_of(&who.address()), p / 4);
        let (me, stranger) = (Address::new_id(self.contract), self.w.cast.stranger.clone());
        self.w.donate(&stranger, self.contract, fil(5)).ok();
        let (pool, here) = (Address::new_id(self.w.wiring.pool), Address::new_id(self.w.wiring.liquidity));
        let none = TokenAmount::zero;
        let call = |method, params, value| CallSpec::new(here, method, params).with_value(value).may_fail();
        let lp = self.w.read::<frc46::BalanceOf>(self.w.wiring.liquidity, &me);
        let add = call(liquidity::AddLiquidity::NUMBER, encode(&AddLiquidityParams { min_lp: none() }), fil(2));
        let request = RemoveLiquidityParams { lp: part(&lp, 90), min_fil: none(), min_shares: none() };
        let remove = call(liquidity::RemoveLiquidity::NUMBER, encode(&request), none());
        let request = BuySharesParams { min_shares: none(), recipient: None };
        let buy = call(liquidity::BuyShares::NUMBER, encode(&request), fil(1));
        let request = RecycleParams { shares: part(&self.w.seen.liquidity.state.inventory, p / 2) };
        let recycle = call(liquidity::Recycle::NUMBER, encode(&request), none());
        let sale = self.w.sale(part(&(self.shares_of(&me) + &shares), p), none(), None);
        let sell = CallSpec::new(pool, frc46::Transfer::NUMBER, encode(&sale)).may_fail();
        let (first, then) = match trick % 5 {
            0 => (vec![sell.clone(), buy.clone()], vec![add.clone(), sell]),
            1 => (vec![add.clone(), remove.clone()], vec![remove, buy]),
            2 => (vec![buy.clone(), remove.clone()], vec![sell, add]),
            3 => (vec![add, buy], vec![recycle, remove]),
            _ => (vec![remove.clone(), add], vec![sell, buy, remove]),
        };
        let scripts = vec![Script::call_back(RECEIVE, then)];
        let params = encode(&ConfigureParams { scripts });
        self.w.send("Configure", &stranger, self.contract, CONFIGURE, params, none()).ok();
        let request = TransferParams { to: me, amount: shares, operator_data: RawBytes::default() };
        let given = self.w.call::<frc46::Transfer>(&who, self.w.wiring.pool, &request, none());
        self.note("Transfer", &given);
        let params = encode(&CallParams { calls: first });
        ("Call", self.w.send("Call", &stranger, self.contract, CALL, params, none()))
    }
}
