//! Deal income: what the market pays for a miner goes to its owner, the proxy, by a bare send.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::owner_proxy as proxy;
use peggy_scenarios::world::encode;
use peggy_scenarios::{fil, micro_fil};

use crate::stage::pledged;

const MARKET: u64 = 5;
const ADD_BALANCE: u64 = 2;
const WITHDRAW_BALANCE: u64 = 3;

#[test]
fn what_the_market_pays_for_a_miner_is_swept_to_the_pool_as_reward() {
    let (mut w, miner) = pledged();
    let (worker, owner, stranger) = (w.cast.worker.clone(), w.cast.owner.clone(), w.cast.stranger.clone());
    let provider = Address::new_id(miner);
    // Anybody may fill a provider's escrow, as deals do when they pay.
    w.send("market.AddBalance", &stranger, MARKET, ADD_BALANCE, encode(&provider), fil(4)).ok();
    let four = encode(&(provider, fil(4)));
    for who in [&owner, &stranger] {
        let outcome =
            w.send("market.WithdrawBalance", who, MARKET, WITHDRAW_BALANCE, four.clone(), TokenAmount::zero());
        assert_eq!(outcome.code, 18, "{}", outcome.message);
    }
    let before = w.balance(w.id(&worker));
    let outcome = w.send("market.WithdrawBalance", &worker, MARKET, WITHDRAW_BALANCE, four, TokenAmount::zero()).ok();
    assert_eq!(w.balance(w.id(&worker)) + outcome.gas_cost, before, "the worker gets nothing");
    assert_eq!(w.balance(w.wiring.owner_proxy), fil(4));
    assert_eq!(w.sweep(&stranger).answer::<proxy::Sweep>().amount, fil(4));
    // 15% of fees.
    assert_eq!((w.seen.pool.stream().amount.clone(), w.totals().fees_owed), (micro_fil(3_400_000), micro_fil(600_000)));
}
