//! Rewards and fees: who gets them, when, and that not an attoFIL is lost or invented.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::econ::TokenAmount;
use harness::*;
use peggy_interfaces::pool::*;
use peggy_math::Bps;
use proptest::prelude::*;

/// True if `got` is `wanted`, or less by at most two grains of the index: `shares / 2^64` attoFIL, plus the rounding of a payment.
fn nearly(got: &TokenAmount, wanted: &TokenAmount, shares: &TokenAmount) -> bool {
    let grain = TokenAmount::from_atto((shares.atto() >> 63) + 2);
    got <= wanted && wanted - got <= grain
}

#[test]
fn rewards_are_released_over_the_period_by_shares() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(30));
    pool.deposit(BOB, fil(10));
    pool.reward(fil(100));
    let totals = pool.totals();
    assert_eq!((totals.fees_owed, totals.stream, totals.stream_end), (fil(10), fil(90), START + 20_160));
    pool.pass(10_080);
    let (a, b) = (pool.claim(ALICE), pool.account(BOB).rewards);
    assert!(nearly(&a, &atto(33_750_000_000_000_000_000), &fil(40)), "{a}");
    assert!(nearly(&b, &atto(11_250_000_000_000_000_000), &fil(40)), "{b}");
    pool.pass(100_000);
    let (a, b) = (pool.claim(ALICE), pool.claim(BOB));
    assert!(nearly(&a, &atto(33_750_000_000_000_000_000), &fil(40)), "{a}");
    assert!(nearly(&b, &atto(22_500_000_000_000_000_000), &fil(40)), "{b}");
    assert!(pool.totals().stream.is_zero());
}

#[test]
fn failure_06_what_accrued_before_a_transfer_stays_with_the_sender() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(fil(100));
    pool.pass(20_160);
    pool.transfer(ALICE, BOB, fil(10)).unwrap();
    let (a, b) = (pool.account(ALICE), pool.account(BOB));
    assert!(nearly(&a.rewards, &fil(90), &fil(10)), "{a:?}");
    assert!(b.rewards.is_zero(), "{b:?}");
    // To oneself: nothing changes, and nothing is paid twice.
    pool.transfer(BOB, BOB, fil(10)).unwrap();
    assert_eq!(pool.account(BOB), b);
    pool.claim(ALICE);
    assert!(pool.claim(ALICE).is_zero());
}

#[test]
fn failure_07_remainders_are_carried_not_lost() {
    let pool = Pool::new();
    pool.deposit(ALICE, atto(3));
    for _ in 0..50 {
        pool.reward(atto(1));
        pool.pass(20_160);
    }
    // 50 rewards of one attoFIL over three shares: none divides evenly, and all but a fraction arrives (fees of so little are nothing).
    assert_eq!(pool.claim(ALICE), atto(49), "50 less the fraction not paid yet");
    assert_eq!(pool.totals().rewards_owed, atto(1));
}

#[test]
fn nothing_is_released_to_nobody_and_the_next_one_waits_like_everybody() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1));
    pool.reward(fil(100));
    pool.redeem(ALICE, fil(1));
    pool.pass(1_000_000);
    pool.deposit(BOB, fil(1));
    assert!(pool.account(BOB).rewards.is_zero());
    pool.pass(20_160);
    assert!(nearly(&pool.claim(BOB), &fil(90), &fil(1)));
}

#[test]
fn dead_shares_earn_nothing() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1));
    pool.deposit(BOB, fil(1));
    let burn = frc46_token::token::types::BurnParams { amount: fil(1) };
    pool.call::<peggy_interfaces::frc46::Burn>(BOB, &burn).unwrap();
    pool.reward(fil(10));
    pool.pass(20_160);
    assert!(nearly(&pool.claim(ALICE), &fil(9), &fil(1)));
    assert_eq!(pool.redeem(ALICE, fil(1)), fil(1), "burning moves no price");
}

#[test]
fn dust_does_not_put_the_release_off_nor_bring_it_forward() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(1));
    pool.reward(fil(100));
    pool.pass(5_000);
    for _ in 0..200 {
        pool.reward(atto(1));
    }
    assert_eq!(pool.totals().stream_end, START + 20_160);
}

#[test]
fn claims_pay_at_most_what_is_there_to_anyone_named() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(fil(10));
    pool.pass(20_160);
    let claim = |to, amount| ClaimRewardsParams { to: id(to), amount: Some(amount) };
    pool.host.expect_pay(CAROL, fil(2));
    assert_eq!(pool.call::<ClaimRewards>(ALICE, &claim(CAROL, fil(2))).unwrap().paid, fil(2));
    let left = pool.account(ALICE).rewards;
    pool.host.expect_pay(CAROL, left.clone());
    assert_eq!(pool.call::<ClaimRewards>(ALICE, &claim(CAROL, fil(1_000_000))).unwrap().paid, left);
    assert!(
        pool.call::<ClaimRewards>(ALICE, &claim(CAROL, fil(1))).unwrap().paid.is_zero(),
        "nothing left pays nothing"
    );
    assert_eq!(pool.refused::<ClaimRewards>(ALICE, &claim(CAROL, -fil(1))), 16);
    assert_eq!(pool.refused::<ClaimRewards>(ALICE, &claim(987_654, fil(1))), 17);
    assert_eq!(pool.refused::<ClaimRewards>(ALICE, &claim(WIRING.pool, fil(1))), 76);
    assert_eq!(pool.refusal::<ClaimRewards>(ALICE, fil(1), &claim(CAROL, fil(1))).0, 26);
}

#[test]
fn compounding_is_claiming_and_depositing() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(fil(10));
    pool.pass(20_160);
    let rewards = pool.account(ALICE).rewards;
    let shares = pool.call::<Compound>(ALICE, &()).unwrap().shares;
    assert_eq!(shares, rewards);
    let account = pool.account(ALICE);
    assert_eq!((account.shares, account.rewards), (fil(10) + rewards, fil(0)));
    assert_eq!(pool.refused::<Compound>(BOB, &()), 64, "nothing to compound");
}

#[test]
fn fees_are_each_recipients_and_stay_theirs_when_terms_change() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(atto(9_999));
    let fees = |who| pool.account(who).fees;
    assert_eq!((fees(OPERATOR), fees(DATASET), fees(DEVICE)), (atto(699), atto(199), atto(99)), "rounded down");
    assert_eq!(pool.totals().stream, atto(9_999 - 699 - 199 - 99));
    // New terms name others: the old ones keep what they are owed, and get no more.
    let new = TermsParams {
        fees: vec![FeeParams { label: "x".into(), recipient: id(CAROL), bps: Bps(5_000) }],
        ..easy_terms()
    };
    pool.call::<SetTerms>(WIRING.governance, &new).unwrap();
    pool.reward(fil(1));
    assert_eq!((fees(OPERATOR), fees(CAROL)), (atto(699), atto(500_000_000_000_000_000)));
    pool.host.expect_pay(OPERATOR, atto(699));
    assert_eq!(pool.call::<ClaimFees>(OPERATOR, &()).unwrap().paid, atto(699));
    assert!(pool.call::<ClaimFees>(OPERATOR, &()).unwrap().paid.is_zero());
    assert!(pool.call::<ClaimFees>(STRANGER, &()).unwrap().paid.is_zero());
}

/// What random people do, as numbers a failing case can print.
#[derive(Debug, Clone)]
enum Step {
    Deposit(usize, u64),
    Redeem(usize, u64),
    Transfer(usize, usize, u64),
    Burn(usize, u64),
    Reward(u64),
    Claim(usize),
    Compound(usize),
    Pass(i64),
    Pledge(u64),
    Home(u64),
    Impair(u64, u64),
    Credit(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0usize..3;
    let much = 1u64..5_000_000_000_000_000_000;
    let bps = 0u64..10_000;
    let step = prop_oneof![
        3 => (who.clone(), much.clone()).prop_map(|(w, n)| Step::Deposit(w, n)),
        2 => (who.clone(), bps.clone()).prop_map(|(w, n)| Step::Redeem(w, n)),
        3 => (who.clone(), who.clone(), bps.clone()).prop_map(|(a, b, n)| Step::Transfer(a, b, n)),
        1 => (who.clone(), 0u64..3_000).prop_map(|(w, n)| Step::Burn(w, n)),
        3 => much.clone().prop_map(Step::Reward),
        2 => who.clone().prop_map(Step::Claim),
        1 => who.prop_map(Step::Compound),
        4 => (1i64..9_000).prop_map(Step::Pass),
        2 => bps.clone().prop_map(Step::Pledge),
        1 => bps.clone().prop_map(Step::Home),
        1 => (bps.clone(), bps).prop_map(|(a, b)| Step::Impair(a, b)),
        1 => much.prop_map(Step::Credit),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    /// Invariants 1 to 3 and 5 after every step (the harness checks the state's own): every attoFIL that came in has left, or is tracked.
    #[test]
    fn nothing_is_lost_whatever_happens(steps in steps()) {
        let pool = Pool::new();
        let people = [ALICE, BOB, CAROL];
        let part = |of: &TokenAmount, bps: u64| TokenAmount::from_atto(of.atto() * bps / 10_000);
        for step in steps {
            match step {
                Step::Deposit(w, n) => {
                    pool.impair(pool.books().impaired, pool.books().impaired_net);
                    let _ = pool.pay::<Deposit>(people[w], TokenAmount::from_atto(n), &deposit_params());
                }
                Step::Redeem(w, n) => {
                    pool.impair(pool.books().impaired, pool.books().impaired_net);
                    let shares = part(&pool.account(people[w]).shares, n);
                    let p = pool.call::<PreviewRedeem>(ALICE, &PreviewRedeemParams { shares: shares.clone() }).unwrap();
                    if p.amount.is_positive() && p.amount <= p.available {
                        pool.redeem(people[w], shares);
                    }
                }
                Step::Transfer(a, b, n) => {
                    let shares = part(&pool.account(people[a]).shares, n);
                    pool.transfer(people[a], people[b], shares).unwrap();
                }
                Step::Burn(w, n) => {
                    let amount = part(&pool.account(people[w]).shares, n);
                    pool.call::<peggy_interfaces::frc46::Burn>(people[w], &frc46_token::token::types::BurnParams { amount }).unwrap();
                }
                Step::Reward(n) => pool.reward(TokenAmount::from_atto(n)),
                Step::Claim(w) => {
                    pool.claim(people[w]);
                }
                Step::Compound(w) => {
                    pool.impair(pool.books().impaired, pool.books().impaired_net);
                    let _ = pool.call::<Compound>(people[w], &());
                }
                Step::Pass(n) => pool.pass(n),
                Step::Pledge(n) => {
                    let amount = part(&pool.totals().liquid, n);
                    if amount.is_positive() {
                        pool.pledge(amount);
                    }
                }
                Step::Home(n) => {
                    let books = pool.books();
                    let healthy = &books.principal - &books.impaired;
                    let home = part(&healthy, n);
                    pool.settle(home.clone(), home, books).unwrap();
                }
                Step::Impair(n, net) => {
                    let impaired = part(&pool.books().principal, n);
                    let net = part(&impaired, net);
                    pool.impair(impaired, net);
                }
                Step::Credit(n) => {
                    let _ = pool.credit(OPERATOR, MINER, TokenAmount::from_atto(n));
                }
            }
            prop_assert_eq!(pool.check().tracked, pool.balance(WIRING.pool), "solvency, with equality");
        }
    }
}
