//! The operator's bond bears losses first, and how it comes and goes.
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use num_traits::Zero;
use peggy_interfaces::pool::*;
use peggy_math::Bps;
use proptest::prelude::*;

const PERIOD: i64 = 259_200;

/// A miner that brought 50 of bond, and 100 of Alice's, all of it with the miner.
fn bonded() -> Pool {
    let pool = Pool::new();
    pool.credit(OPERATOR, MINER, fil(50)).unwrap();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(100));
    pool
}

/// What Alice's 100 shares are worth.
fn alices(pool: &Pool) -> TokenAmount {
    pool.call::<PreviewRedeem>(ALICE, &PreviewRedeemParams { shares: fil(100) }).unwrap().amount
}

fn withdraw(shares: TokenAmount) -> WithdrawBondParams {
    WithdrawBondParams { shares, min_amount: TokenAmount::zero() }
}

#[test]
fn a_loss_takes_the_bond_first_and_moves_no_price() {
    let pool = bonded();
    assert_eq!(pool.impair(fil(30), fil(10)), fil(30));
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.miners.principal), (fil(120), fil(120)));
    assert_eq!((totals.miners.impaired, totals.miners.impaired_net), (fil(0), fil(0)));
    assert_eq!((pool.bond().shares, alices(&pool)), (fil(20), fil(100)));
    // What heals of it later is everybody's reward, not the operator's.
    pool.reward(fil(30));
    assert_eq!(pool.bond().shares, fil(20));
    assert_eq!(pool.totals().stream, fil(27));
}

#[test]
fn a_loss_beyond_the_bond_is_everybodys_and_heals_for_everybody() {
    let pool = bonded();
    assert_eq!(pool.impair(fil(80), fil(80)), fil(50));
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.miners.principal, totals.miners.impaired), (fil(100), fil(100), fil(30)));
    assert!(pool.bond().shares.is_zero() && pool.bond().owners.is_empty());
    assert_eq!(alices(&pool), fil(70));
    pool.impair(fil(0), fil(0));
    assert_eq!(alices(&pool), fil(100));
}

#[test]
fn an_impairment_older_than_the_bond_is_not_its_to_bear() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(100));
    pool.impair(fil(50), fil(50));
    assert_eq!(pool.top_up(fil(10)), fil(20), "at half price");
    assert_eq!(pool.impair(fil(50), fil(50)), fil(0));
    // 10 more: worth 20 shares, all of the bond.
    assert_eq!(pool.impair(fil(60), fil(60)), fil(10));
    assert_eq!((pool.bond().shares, alices(&pool)), (fil(0), fil(50)));
}

#[test]
fn the_present_operators_part_goes_first() {
    let pool = Pool::new();
    pool.credit(BOB, MINER, fil(30)).unwrap();
    pool.credit(OPERATOR, MINER + 1, fil(20)).unwrap();
    let parts = |pool: &Pool| pool.bond().owners.iter().map(|b| (b.owner, b.shares.clone())).collect::<Vec<_>>();
    assert_eq!(pool.impair(fil(15), fil(0)), fil(15));
    assert_eq!(parts(&pool), [(BOB, fil(30)), (OPERATOR, fil(5))]);
    assert_eq!(pool.impair(fil(15), fil(15)), fil(15));
    assert_eq!(parts(&pool), [(BOB, fil(20))]);
}

#[test]
fn what_bond_shares_earned_before_a_loss_stays_their_owners() {
    let pool = bonded();
    pool.reward(fil(30));
    pool.pass(20_160);
    pool.impair(fil(50), fil(50));
    assert!(pool.bond().shares.is_zero());
    let earned = pool.claim(OPERATOR);
    // 10% is its fee, as a recipient of the terms.
    assert!(earned <= fil(9) && earned > fil(9) - atto(10), "{earned}");
    assert!(pool.bond().owners.is_empty(), "an owner that has nothing left leaves its place to others");
}

#[test]
fn governance_writes_a_loss_off_without_moving_the_price() {
    let pool = bonded();
    pool.impair(fil(80), fil(80));
    let before = (pool.totals().nav, alices(&pool));
    let mut totals = pool.books();
    totals.principal -= fil(30);
    (totals.impaired, totals.impaired_net) = (fil(0), fil(0));
    let params = SettleParams { lost: fil(30), ..settle_params(totals) };
    let done = pool.pay::<Settle>(WIRING.owner_proxy, fil(0), &params).unwrap();
    assert!(done.written_off.is_zero());
    assert_eq!((pool.totals().nav, alices(&pool)), before);
    assert_eq!(pool.totals().miners.principal, fil(70));
}

#[test]
fn only_the_operator_tops_up_and_waits_for_a_price() {
    let pool = bonded();
    let params = TopUpBondParams { min_shares: fil(0) };
    for who in [ALICE, DEPLOYER, WIRING.governance, WIRING.owner_proxy] {
        pool.host.expect(operator_is(OPERATOR));
        assert_eq!(pool.refusal::<TopUpBond>(who, fil(1), &params).0, 18);
    }
    let top_up = |value, min_shares| {
        pool.host.expect(operator_is(OPERATOR));
        pool.refusal::<TopUpBond>(OPERATOR, value, &TopUpBondParams { min_shares }).0
    };
    assert_eq!(top_up(fil(0), fil(0)), 64);
    assert_eq!(top_up(fil(1), fil(2)), 65);
    assert_eq!(top_up(fil(1), -fil(2)), 16);
    pool.unsettle(1);
    assert_eq!(top_up(fil(1), fil(0)), 67);
    pool.unsettle(0);
    // A pause closes what grows the risk, not what covers it.
    pool.call::<Pause>(WIRING.governance, &PauseParams { epochs: 100 }).unwrap();
    assert_eq!(pool.top_up(fil(10)), fil(10));
    assert_eq!(pool.bond().owners[0].shares, fil(60));
}

#[test]
fn a_bond_unlocks_at_the_mean_of_what_came_when() {
    let pool = bonded();
    assert_eq!(pool.bond().owners[0].unlock_at, START + PERIOD);
    pool.pass(3_000);
    pool.settle(fil(0), fil(0), pool.books()).unwrap();
    pool.top_up(fil(50));
    assert_eq!(pool.bond().owners[0].unlock_at, START + PERIOD + 1_500);
    // An attoshare moves it by an epoch at most, and only up.
    pool.top_up(atto(1));
    assert_eq!(pool.bond().owners[0].unlock_at, START + PERIOD + 1_501);
}

#[test]
fn a_bond_is_withdrawn_when_nothing_can_be_hidden_behind_it() {
    let pool = Pool::with_terms(TermsParams { min_bond_bps: Bps(1_000), reserve_bps: Bps(1_000), ..easy_terms() });
    pool.credit(OPERATOR, MINER, fil(50)).unwrap();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(50));
    let refused = |who, shares| pool.refusal::<WithdrawBond>(who, fil(0), &withdraw(shares));
    let measure = || pool.settle(fil(0), fil(0), pool.books()).unwrap();
    assert_eq!(refused(ALICE, fil(1)).0, 17);
    assert_eq!(refused(OPERATOR, fil(1)).0, 79, "locked");
    pool.pass(PERIOD);
    pool.host.expect(sync(ExitCode::OK));
    assert_eq!(refused(OPERATOR, fil(1)).0, 66, "every miner must be measured in this epoch");
    measure();
    pool.unsettle(1);
    assert_eq!(refused(OPERATOR, fil(1)).0, 67);
    pool.unsettle(0);
    assert_eq!(refused(OPERATOR, fil(51)).0, 19);
    assert_eq!(refused(OPERATOR, fil(0)).0, 64);
    assert_eq!(refused(OPERATOR, -fil(1)).0, 16);
    // 100 are pledged, so 10 must stay.
    assert_eq!(refused(OPERATOR, fil(40) + atto(1)).0, 68, "50 are liquid; a tenth of 149 stays");
    pool.deposit(BOB, fil(50));
    assert_eq!(refused(OPERATOR, fil(40) + atto(1)).0, 69);
    // Exits go first.
    pool.request(BOB, fil(50));
    assert_eq!(refused(OPERATOR, fil(40)).0, 68);
    pool.finalize(1);
    pool.deposit(CAROL, fil(20));
    let min = WithdrawBondParams { shares: fil(40), min_amount: fil(41) };
    assert_eq!(pool.refused::<WithdrawBond>(OPERATOR, &min), 65);
    pool.host.expect_pay(OPERATOR, fil(40));
    assert_eq!(pool.call::<WithdrawBond>(OPERATOR, &withdraw(fil(40))).unwrap().amount, fil(40));
    assert_eq!((pool.bond().shares, pool.totals().shares), (fil(10), fil(130)));
}

#[test]
fn a_bond_stays_while_anything_is_impaired() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(100));
    pool.pledge(fil(50));
    pool.impair(fil(10), fil(0));
    pool.top_up(fil(90));
    pool.pass(PERIOD);
    pool.settle(fil(0), fil(0), pool.books()).unwrap();
    let (code, message) = pool.refusal::<WithdrawBond>(OPERATOR, fil(0), &withdraw(fil(1)));
    assert!(code == 79 && message.contains("impaired"), "{code} {message}");
}

#[test]
fn slashing_makes_shares_dead_and_moves_no_price() {
    let pool = bonded();
    let slash = |owner, shares| SlashBondParams { owner: id(owner), shares };
    for who in [ALICE, OPERATOR, DEPLOYER, WIRING.owner_proxy] {
        assert_eq!(pool.refused::<SlashBond>(who, &slash(OPERATOR, fil(1))), 18);
    }
    let refused = |params| pool.refused::<SlashBond>(WIRING.governance, &params);
    assert_eq!(refused(slash(ALICE, fil(1))), 17);
    assert_eq!(refused(slash(77_777, fil(1))), 17);
    assert_eq!(refused(slash(OPERATOR, fil(51))), 19);
    assert_eq!(refused(slash(OPERATOR, fil(0))), 64);
    assert_eq!(refused(slash(OPERATOR, -fil(1))), 16);
    let nav = pool.totals().nav;
    pool.call::<SlashBond>(WIRING.governance, &slash(OPERATOR, fil(20))).unwrap();
    let totals = pool.totals();
    assert_eq!((totals.shares, totals.dead, totals.nav), (fil(130), fil(20), nav));
    assert_eq!((pool.bond().shares, alices(&pool)), (fil(30), fil(100)));
}

#[test]
fn the_bonds_rewards_are_claimed_while_it_is_locked() {
    let pool = bonded();
    pool.reward(fil(30));
    pool.pass(20_160);
    let rewards = pool.bond().owners[0].rewards.clone();
    assert!(rewards.is_positive());
    assert_eq!(pool.claim(OPERATOR), rewards);
    assert_eq!(pool.bond().owners[0].shares, fil(50));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is lost and healed in whichever order, while there is a bond the price of all other shares is 1, and rounding is in
    /// favour of those who stay; and what the bond paid is what is written off.
    #[test]
    fn the_price_is_one_while_there_is_a_bond(losses in prop::collection::vec((1u128..9_000_000_000_000_000_000, any::<bool>()), 1..20)) {
        let pool = bonded();
        let mut lost = TokenAmount::zero();
        for (loss, net) in losses {
            let before = pool.books();
            let impaired = &before.impaired + atto(loss);
            let impaired_net = if net { &before.impaired_net + atto(loss) } else { before.impaired_net.clone() };
            lost += atto(loss);
            let bond = pool.bond().shares;
            let written_off = pool.impair(impaired, impaired_net);
            if pool.bond().shares.is_zero() {
                break;
            }
            prop_assert_eq!(written_off, atto(loss));
            prop_assert!(bond - pool.bond().shares >= atto(loss), "rounded against the bond");
            prop_assert_eq!(alices(&pool), fil(100));
        }
        let all = fil(150) - lost;
        prop_assert_eq!(pool.totals().nav, all);
    }
}
