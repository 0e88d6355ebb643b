//! What an operator might try against its investors. Withdrawing a bond before a loss is measured is tried in `bond::withdraw`.

use peggy_interfaces::owner_proxy as proxy;
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{fil, World};

/// Common rewards do not pay the bond back: what was lost is written off, and what comes later is everybody's by shares.
#[test]
fn paying_the_bond_back_out_of_common_rewards() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, operator, keeper) = (w.cast.alice.clone(), w.cast.operator.clone(), w.cast.keeper.clone());
    w.set_terms(&pool::TermsParams { fees: vec![], ..w.setup.terms_params(&w.cast) }).ok();
    w.deposit(&alice, fil(1_000)).ok();
    let liquid = w.totals().liquid;
    w.pledge(miner, liquid).ok();
    w.lose(miner, &fil(250));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.bond().shares, w.totals().miners.impaired), (fil(250), fil(0)));
    // 500 FIL of rewards: alice has 1,000 of 1,250 shares, so 400 are hers. Healing the bond first would leave her 167.
    w.award(miner, &fil(500));
    w.skip(181 * DAY);
    w.harvest(&keeper, miner).ok();
    w.skip(8 * DAY);
    let got = w.claim(&alice).answer::<pool::ClaimRewards>().paid;
    assert!(got > fil(398) && got <= fil(400), "{got}");
    assert_eq!((w.bond().shares, w.totals().nav), (fil(250), fil(1_250)));
    let own = w.claim(&operator).answer::<pool::ClaimRewards>().paid;
    assert!(own <= fil(100), "{own}");
}

/// What vested before custody is the operator's only while nothing is missing: a loss of its miner is not made good with it.
#[test]
fn keeping_old_rewards_while_principal_is_missing() {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, keeper) = (w.cast.alice.clone(), w.cast.keeper.clone());
    w.slash_all();
    w.deposit(&alice, fil(1_000)).ok();
    w.pledge(miner, fil(1_000)).ok();
    let legacy = w.miner_info(miner).legacy_vesting;
    assert!(legacy.is_positive());
    w.lose(miner, &fil(200));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.miner_info(miner).legacy_vesting, w.totals().miners.impaired), (fil(0), fil(200)));
    // New rewards vest in the place of those the fine ate, and are nobody's alone.
    w.award(miner, &fil(1_600));
    w.harvest(&keeper, miner).ok();
    assert!(w.totals().miners.impaired.is_zero(), "alice's principal comes first");
    w.skip(181 * DAY);
    w.harvest(&keeper, miner).ok();
    assert!(w.bond().shares.is_zero());
}

/// Topping up while a loss is open, and withdrawing when it has healed: the entry price counts the recovery.
#[test]
fn topping_up_at_the_price_of_a_loss() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, operator, keeper) = (w.cast.alice.clone(), w.cast.operator.clone(), w.cast.keeper.clone());
    w.slash_all();
    w.deposit(&alice, fil(1_500)).ok();
    w.pledge(miner, fil(1_000)).ok();
    w.lose(miner, &fil(200));
    w.award(miner, &fil(400));
    w.harvest(&keeper, miner).ok();
    assert_eq!((w.totals().nav, w.totals().entry_nav), (fil(1_900), fil(2_000)));
    assert_eq!(w.top_up_bond(&operator, fil(100)).answer::<pool::TopUpBond>().shares, fil(100));
    w.skip(181 * DAY);
    w.harvest(&keeper, miner).ok();
    assert_eq!(w.withdraw_bond(&operator, fil(100)).answer::<pool::WithdrawBond>().amount, fil(100));
}

/// Pledging depositors' FIL to a miner in debt would burn it; taking the bond's place by another account of its own gains nothing.
#[test]
fn burning_pledges_in_a_miners_debt() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, operator) = (w.cast.alice.clone(), w.cast.operator.clone());
    w.deposit(&alice, fil(1_000)).ok();
    let idle = w.seen.miners[&miner].money.unlocked();
    if idle.is_positive() {
        w.commit_sectors(miner, &idle);
    }
    w.lose(miner, &fil(300));
    let before = w.totals().liquid;
    w.pledge(miner, fil(400)).refused(53, "owes");
    assert_eq!(w.totals().liquid, before);
    w.return_principal(&operator, miner, fil(1)).failed();
    w.create_miner(&operator, fil(200)).answer::<proxy::CreateMiner>();
}
