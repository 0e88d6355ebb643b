//! What only reads.

use super::*;

impl Run {
    /// Every method that only reads answers at the end of a sequence.
    pub fn read_everything(&mut self) {
        let (pool_id, proxy_id) = (self.w.wiring.pool, self.w.wiring.owner_proxy);
        let miner = Address::new_id(self.miner(0));
        // A ticket there is, whatever was left of those before.
        let (alice, keeper) = (self.w.cast.alice.clone(), self.w.cast.keeper.clone());
        if self.shares_of(&alice.address()).is_zero() {
            self.w.sync(&keeper, 5);
            self.w.deposit(&alice, fil(3));
        }
        let ticket = self.w.exit_demand().next;
        let shares = self.shares_of(&alice.address());
        let asked = self.w.request_exit(&alice, shares).is_ok();
        let lp_id = self.w.wiring.liquidity;
        let all = [
            (pool_id, pool::METHODS),
            (pool_id, frc46::METHODS),
            (proxy_id, proxy::METHODS),
            (lp_id, liquidity::METHODS),
            (lp_id, frc46::METHODS),
        ];
        for (to, methods) in all {
            for method in methods.iter().filter(|m| m.read && m.name != pool::VotesAt::NAME) {
                let params = match method.name {
                    proxy::GetMiner::NAME => encode(&proxy::MinerParams { miner }),
                    pool::GetTicket::NAME if !asked => continue,
                    pool::GetTicket::NAME => encode(&pool::TicketParams { ticket }),
                    _ => RawBytes::new((method.sample_params)()),
                };
                let answered = self.answers(to, method, params);
                assert!(answered, "{} of f0{to} does not answer", method.name);
                self.methods.insert(method.name.to_owned());
            }
        }
    }

    fn answers(&self, to: ActorID, method: &MethodInfo, params: RawBytes) -> bool {
        let outcome = self.w.net.query(Address::new_id(to), method.number, params).expect("the network works");
        assert!(outcome.is_ok(), "{}: {} {}", method.name, outcome.exit_code(), outcome.message);
        true
    }
}
