//! What the proxy reports and draws, and the bond.
#![allow(clippy::unwrap_used)]

mod harness;

use harness::*;
use peggy_interfaces::pool::*;
use peggy_math::Bps;

fn settle_params(home: i64, legacy: i64, totals: MinerTotals) -> SettleParams {
    SettleParams { home: fil(home), legacy: fil(legacy), ..harness::settle_params(totals) }
}

#[test]
fn only_the_proxy_settles_draws_and_credits() {
    let pool = Pool::new();
    let params = settle_params(0, 0, MinerTotals::default());
    for who in [ALICE, DEPLOYER, OPERATOR, WIRING.governance, WIRING.nft_share] {
        assert_eq!(pool.refusal::<Settle>(who, fil(1), &params).0, 18);
        assert_eq!(pool.refused::<DrawPledge>(who, &DrawPledgeParams { amount: fil(0) }), 18);
        let credit =
            CreditBondParams { owner: OPERATOR, miner: MINER, backing: fil(0), totals: MinerTotals::default() };
        assert_eq!(pool.refused::<CreditBond>(who, &credit), 18);
    }
}

#[test]
fn books_that_differ_are_refused() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.pledge(fil(6));
    let good = pool.books();
    let bad = [
        MinerTotals { principal: fil(7), ..good.clone() },
        MinerTotals { impaired: fil(7), ..good.clone() },
        MinerTotals { impaired: fil(1), impaired_net: fil(2), ..good.clone() },
        MinerTotals { oldest_measurement: Some(START + 1), ..good.clone() },
        MinerTotals { oldest_measurement: None, ..good.clone() },
    ];
    for totals in bad {
        let (code, message) = pool.refusal::<Settle>(WIRING.owner_proxy, fil(0), &settle_params(0, 0, totals));
        assert_eq!(code, 72, "{message}");
    }
    let refused = |value, params| pool.refusal::<Settle>(WIRING.owner_proxy, value, &params).0;
    // A miner's own part beyond the whole, and negative.
    let part = |miner_impaired_net| SettleParams { miner_impaired_net, ..settle_params(0, 0, good.clone()) };
    assert_eq!(refused(fil(0), part(fil(1))), 72);
    assert_eq!(refused(fil(0), part(-fil(1))), 16);
    let negative = MinerTotals { impaired_net: -fil(1), ..good.clone() };
    assert_eq!(refused(fil(0), SettleParams { miner_impaired_net: -fil(1), ..settle_params(0, 0, negative) }), 16);
    // Written off but still in the books, or out of the books but not written off.
    let lost = |totals| SettleParams { lost: fil(1), ..settle_params(0, 0, totals) };
    assert_eq!(refused(fil(0), lost(good.clone())), 72);
    assert_eq!(refused(fil(0), settle_params(0, 0, MinerTotals { principal: fil(5), ..good.clone() })), 72);
    assert_eq!(refused(fil(0), SettleParams { lost: -fil(1), ..settle_params(0, 0, good.clone()) }), 16);
    // More principal home than the value, or than there is; and negative amounts.
    assert_eq!(refused(fil(1), settle_params(2, 0, MinerTotals { principal: fil(4), ..good.clone() })), 72);
    assert_eq!(refused(fil(7), settle_params(7, 0, MinerTotals { principal: -fil(1), ..good.clone() })), 72);
    assert_eq!(refused(fil(1), settle_params(-1, 0, good.clone())), 16);
    assert_eq!(refused(fil(1), settle_params(0, -1, good.clone())), 16);
    pool.pay::<Settle>(WIRING.owner_proxy, fil(3), &settle_params(2, 0, MinerTotals { principal: fil(4), ..good }))
        .unwrap();
    let totals = pool.totals();
    assert_eq!((totals.liquid, totals.miners.principal), (fil(6), fil(4)));
    assert_eq!(totals.stream + totals.fees_owed, fil(1), "the rest of the value is reward");
}

#[test]
fn the_first_pledge_starts_the_clock_of_measurements() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    assert_eq!(pool.totals().miners.oldest_measurement, None);
    pool.pledge(fil(1));
    assert_eq!(pool.totals().miners.oldest_measurement, Some(START));
    pool.pass(10);
    pool.pledge(fil(1));
    assert_eq!(pool.totals().miners.oldest_measurement, Some(START), "a pledge is no measurement of what was there");
}

#[test]
fn the_bond_is_the_pools_own_account_and_earns_for_its_owner() {
    let pool = Pool::new();
    assert_eq!(pool.credit(OPERATOR, MINER, fil(30)).unwrap(), fil(30));
    pool.deposit(ALICE, fil(10));
    let bond = pool.bond();
    let part =
        BondOwner { owner: OPERATOR, shares: fil(30), rewards: fil(0), unlock_at: START + easy_terms().bond_period };
    assert_eq!((bond.shares, bond.owners), (fil(30), vec![part]));
    assert_eq!(pool.account(WIRING.pool).shares, fil(30));
    assert!(pool.account(OPERATOR).shares.is_zero(), "they can't be moved, redeemed or voted");
    pool.reward(fil(40));
    pool.pass(20_160);
    // 36 after fees: a quarter is Alice's.
    let (alice, operator) = (pool.claim(ALICE), pool.claim(OPERATOR));
    assert!(alice <= fil(9) && alice > fil(9) - atto(10), "{alice}");
    assert!(operator <= fil(27) && operator > fil(27) - atto(10), "{operator}");
    // With shares of its own, too.
    pool.impair(fil(0), fil(0));
    pool.deposit(OPERATOR, fil(40));
    pool.reward(fil(80));
    pool.pass(20_160);
    let operator = pool.account(OPERATOR).rewards;
    assert!(operator <= fil(63) && operator > fil(63) - atto(20), "{operator}");
    let params = ClaimRewardsParams { to: id(BOB), amount: Some(fil(50)) };
    pool.host.expect_pay(BOB, fil(50));
    pool.call::<ClaimRewards>(OPERATOR, &params).unwrap();
    assert_eq!(pool.claim(OPERATOR), operator - fil(50));
}

#[test]
fn legacy_rewards_become_bond_of_who_brought_the_miner() {
    let pool = Pool::new();
    pool.credit(OPERATOR, MINER, fil(30)).unwrap();
    pool.deposit(ALICE, fil(10));
    pool.pay::<Settle>(WIRING.owner_proxy, fil(7), &settle_params(0, 5, pool.books())).unwrap();
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.liquid), (fil(45), fil(15)));
    assert_eq!(pool.call::<GetBond>(ALICE, &()).unwrap().shares, fil(35));
    assert_eq!(totals.fees_owed + totals.stream, fil(2), "no fee on legacy");
    // Shares without a price: it is owed as it is, to the owner alone, and the harvest goes on.
    let draw = DrawPledgeParams { amount: pool.totals().liquid };
    pool.host.expect_pay(WIRING.owner_proxy, draw.amount.clone());
    pool.call::<DrawPledge>(WIRING.owner_proxy, &draw).unwrap();
    let books = pool.books();
    assert_eq!(pool.impair(books.principal.clone(), books.principal), fil(35), "all of the bond");
    assert_eq!(pool.totals().shares, fil(10), "Alice's, whose FIL is lost");
    let before = pool.account(OPERATOR).rewards;
    pool.pay::<Settle>(WIRING.owner_proxy, fil(1), &settle_params(0, 1, pool.books())).unwrap();
    assert_eq!(pool.account(OPERATOR).rewards, before + fil(1));
    // Of a miner nobody brought.
    let params = SettleParams { miner: Some(MINER + 1), ..settle_params(0, 1, pool.books()) };
    assert_eq!(pool.refusal::<Settle>(WIRING.owner_proxy, fil(1), &params).0, 72);
    let params = SettleParams { miner: None, ..settle_params(0, 1, pool.books()) };
    assert_eq!(pool.refusal::<Settle>(WIRING.owner_proxy, fil(1), &params).0, 72);
}

#[test]
fn a_bond_joins_at_the_entry_price() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(100));
    pool.impair(fil(60), fil(50));
    // 50 FIL at an entry price of 0.5.
    assert_eq!(pool.credit(OPERATOR, MINER, fil(50)).unwrap(), fil(100));
    assert!(pool.credit(OPERATOR, MINER + 1, fil(0)).unwrap().is_zero(), "a miner with nothing in it");
}

#[test]
fn pledging_needs_its_part_of_bond() {
    let pool = Pool::with_terms(TermsParams { min_bond_bps: Bps(1_000), ..easy_terms() });
    pool.deposit(ALICE, fil(100));
    let (code, message) = pool.refusal::<DrawPledge>(WIRING.owner_proxy, fil(0), &DrawPledgeParams { amount: fil(1) });
    assert_eq!(code, 69, "{message}");
    pool.credit(OPERATOR, MINER, fil(10)).unwrap();
    // 10 of bond are enough for 100 of principal, of which 10 are the bond's own miner.
    pool.pledge(fil(90));
    assert_eq!(pool.refused::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount: atto(1) }), 69);
    assert_eq!(pool.refused::<DrawPledge>(WIRING.owner_proxy, &DrawPledgeParams { amount: -fil(1) }), 16);
}

#[test]
fn bond_owners_are_bounded() {
    let pool = Pool::new();
    for n in 0..9 {
        pool.host.add_actor(500 + n);
        let credited = pool.credit(500 + n, MINER + n, fil(1));
        assert_eq!(credited.map_err(|e| e.code().value()), if n < 8 { Ok(fil(1)) } else { Err(73) });
    }
}
