//! Taking rewards others waited for, or keeping them from others.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{self as proxy, KeeperCut};
use peggy_interfaces::pool;
use peggy_interfaces::pool::limits::DAY;
use peggy_math::Bps;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{atto, deploy, fil, Setup, World};
use test_forwarder::{CallParams, CallSpec, CALL};

/// Half a year of rewards waits to be harvested. 100,000 FIL are lent for one message: deposited, harvested, claimed, queued,
/// finalised and claimed again.
#[test]
fn failure_05_deposit_harvest_and_exit_in_one_message_gains_nothing() {
    let mut w = World::new();
    let miner = w.vested_custody(fil(500));
    let (alice, stranger, deployer) = (w.cast.alice.clone(), w.cast.stranger.clone(), w.cast.deployer.clone());
    let code = deploy::install(&mut w.net, &deployer, deploy::wasm("test_forwarder").unwrap()).unwrap();
    let contract = deploy::create(&mut w.net, &deployer, code, RawBytes::default()).unwrap();
    w.deposit(&alice, fil(100)).ok();
    w.award(miner, &fil(4_000));
    w.set_keeper_cut(&KeeperCut { bps: Bps(0), cap: fil(0) }).ok();
    let (pool, proxy) = (Address::new_id(w.wiring.pool), Address::new_id(w.wiring.owner_proxy));
    let (me, ticket) = (Address::new_id(contract), w.exit_demand().next);
    let call = |to, method, params| CallSpec::new(to, method, params);
    let calls = vec![
        call(
            pool,
            pool::Deposit::NUMBER,
            encode(&pool::DepositParams { recipient: None, min_shares: TokenAmount::zero() }),
        )
        .with_value(fil(100_000)),
        call(proxy, proxy::Harvest::NUMBER, encode(&proxy::MinerParams { miner: Address::new_id(miner) })),
        call(pool, pool::ClaimRewards::NUMBER, encode(&pool::ClaimRewardsParams { to: me, amount: None })),
        call(pool, pool::RequestExit::NUMBER, encode(&pool::RequestExitParams { shares: fil(100_000) })),
        call(pool, pool::FinalizeExits::NUMBER, encode(&pool::FinalizeExitsParams { max_tickets: 5 })),
        call(pool, pool::ClaimExit::NUMBER, encode(&pool::ClaimExitParams { ticket, to: me })),
        call(pool, pool::ClaimRewards::NUMBER, encode(&pool::ClaimRewardsParams { to: me, amount: None })),
    ];
    w.send("Call", &stranger, contract, CALL, encode(&CallParams { calls }), fil(100_000)).ok();
    assert_eq!(w.balance(contract), fil(100_000), "what went in came out");
    assert!(w.seen.pool.stream().amount > fil(800), "the harvest itself happened");
    // 850 are released to alice and the bond over the week.
    w.skip(8 * DAY);
    assert!(w.claim(&alice).answer::<pool::ClaimRewards>().paid > fil(140));
}

/// Staying for a day of a week's release brings a day's part: rewards are for time.
#[test]
fn staying_a_little_brings_a_little() {
    let mut w = World::with(Setup { fees: [0, 0, 0], ..Setup::default() });
    let (alice, eve, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(100)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(70)).ok();
    w.sweep(&stranger).ok();
    w.deposit(&eve, fil(100)).ok();
    w.skip(DAY);
    w.redeem(&eve, fil(100)).ok();
    let got = w.claim(&eve).answer::<pool::ClaimRewards>().paid;
    assert!(got < fil(5) + TokenAmount::from_nano(20_000_000), "half of a day's 10: {got}");
}

/// Dust joins the stream again and again, by sweeps and by cancelled exits; each time the end is a mean rounded down, so the
/// release is not put off by an epoch.
#[test]
fn dust_that_postpones_the_reward_stream() {
    let mut w = World::with(Setup { fees: [0, 0, 0], ..Setup::default() });
    let (alice, mallory, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(100)).ok();
    w.deposit(&mallory, fil(1)).ok();
    w.donate(&stranger, w.wiring.owner_proxy, fil(70)).ok();
    w.sweep(&stranger).ok();
    let end = w.totals().stream_end;
    let mut forgone = TokenAmount::zero();
    for _ in 0..12 {
        w.skip(DAY / 2);
        w.donate(&stranger, w.wiring.owner_proxy, atto(3)).ok();
        w.sweep(&stranger).ok();
        assert!(w.totals().stream_end <= end, "dust by a sweep");
        let ticket = w.ticket(&mallory, fil(1));
        let done = w.cancel_exit(&mallory, ticket).answer::<pool::CancelExit>();
        forgone += done.forgone;
        assert!(w.totals().stream_end <= end, "dust by a cancelled exit");
    }
    assert!(forgone.is_positive() && forgone < fil(1), "{forgone}");
    w.skip(DAY + DAY / 2);
    assert!(w.epoch() >= end);
    let got = w.claim(&alice).answer::<pool::ClaimRewards>().paid;
    assert!(got > fil(69), "all is released in its time: {got}");
}

/// More than dust moves the end, in proportion: what a cancelled exit gives back is released over a full period of its own.
#[test]
fn forgone_rewards_are_released_over_a_period() {
    let mut w = World::with(Setup { fees: [0, 0, 0], ..Setup::default() });
    let (alice, mallory, stranger) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.stranger.clone());
    w.deposit(&alice, fil(100)).ok();
    w.deposit(&mallory, fil(100)).ok();
    let ticket = w.ticket(&mallory, fil(100));
    w.donate(&stranger, w.wiring.owner_proxy, fil(70)).ok();
    w.sweep(&stranger).ok();
    w.skip(8 * DAY);
    let done = w.cancel_exit(&mallory, ticket).answer::<pool::CancelExit>();
    assert!(done.forgone > fil(34));
    assert_eq!(w.totals().stream_end, w.epoch() + 7 * DAY);
    w.skip(8 * DAY);
    let got = w.claim(&alice).answer::<pool::ClaimRewards>().paid;
    assert!(got > fil(52), "her half, and half of what mallory gave up: {got}");
}
