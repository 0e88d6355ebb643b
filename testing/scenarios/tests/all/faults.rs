//! Miners that misbehave, and messages that run out of gas.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::miner::levers::Sick;
use num_traits::Zero;
use peggy_interfaces::miner::{GetAvailableBalance, GetVestingFunds, InitialPledge, RepayDebt, WithdrawBalance};
use peggy_interfaces::owner_proxy::{self as proxy, MinerParams};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, DepositParams};
use peggy_localnet::{Key, Network};
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{fil, World};

/// A miner in custody with a day's vested rewards to harvest, and a holder.
fn earning() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let alice = w.cast.alice.clone();
    w.deposit(&alice, fil(100)).ok();
    w.pledge(miner, fil(60)).ok();
    w.award(miner, &fil(400));
    w.skip(DAY);
    (w, miner)
}

fn abort(method: MethodNum, code: u32) -> Sick {
    Sick { abort: vec![(method, code)], ..Sick::default() }
}

/// What a harvest of a healthy twin of this world would bring.
fn healthy_reward(w: &World, miner: ActorID) -> TokenAmount {
    let mut twin = w.fork();
    let keeper = twin.cast.keeper.clone();
    twin.harvest(&keeper, miner).answer::<proxy::Harvest>().reward
}

/// Nothing that needs a price, everything that doesn't.
fn closed_but_not_stuck(w: &World, miner: ActorID, what: &str) {
    let mut w = w.fork();
    let (alice, dave) = (w.cast.alice.clone(), w.cast.dave.clone());
    w.deposit(&alice, fil(5)).refused(67, "can't be measured");
    w.redeem(&alice, fil(5)).refused(67, "can't be measured");
    w.pledge(miner, fil(5)).refused(48, "can't be measured");
    w.claim(&alice).ok();
    w.transfer(&alice, dave.address(), fil(5)).ok();
    w.burn(&alice, fil(1)).ok();
    assert!(w.miner_info(miner).unsettled_since.is_some(), "{what}");
}

#[test]
fn failure_22_a_withdrawal_that_aborts_is_booked_and_comes_later() {
    // 18 is what a miner with early terminations answers, 19 one that can't pay, the others are anything.
    for code in [16, 18, 19, 20, 24, 33, 1_000] {
        let (mut w, miner) = earning();
        let keeper = w.cast.keeper.clone();
        let expected = healthy_reward(&w, miner);
        let (backing, pooled) = (w.miner_info(miner).backing, w.balance(w.wiring.pool));
        w.set_sick(miner, Some(abort(WithdrawBalance::NUMBER, code)));
        let harvest = w.harvest(&keeper, miner).answer::<proxy::Harvest>();
        assert!(harvest.reward.is_zero() && harvest.home.is_zero(), "code {code}: {harvest:?}");
        assert!(harvest.backing >= backing, "code {code}: nothing is lost: {harvest:?}");
        assert_eq!(w.balance(w.wiring.pool), pooled);
        closed_but_not_stuck(&w, miner, "refused withdrawal");

        w.set_sick(miner, None);
        assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward >= expected, "code {code}");
        assert_eq!(w.miner_info(miner).unsettled_since, None);
        let alice = w.cast.alice.clone();
        w.deposit(&alice, fil(5)).ok();
        w.redeem(&alice, fil(5)).ok();
    }
}

#[test]
fn failure_22_early_terminations_hold_a_withdrawal_back() {
    let (mut w, miner) = earning();
    let keeper = w.cast.keeper.clone();
    let expected = healthy_reward(&w, miner);
    w.hold_early_terminations(miner, true);
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward.is_zero());
    closed_but_not_stuck(&w, miner, "early terminations");
    w.hold_early_terminations(miner, false);
    assert!(w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward >= expected);
    assert_eq!(w.miner_info(miner).unsettled_since, None);
}

#[test]
fn failure_22_a_withdrawal_returns_less_than_asked() {
    for most in [TokenAmount::zero(), TokenAmount::from_atto(1), fil(3)] {
        let (mut w, miner) = earning();
        let keeper = w.cast.keeper.clone();
        let expected = healthy_reward(&w, miner);
        assert!(expected > fil(3), "{expected}");
        w.set_sick(miner, Some(Sick { withdraw_at_most: Some(most.clone()), ..Sick::default() }));
        // What returned is what is booked; World compares every attoFIL with its own books.
        let first = w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward;
        assert_eq!(first, most);
        assert_eq!(w.miner_info(miner).unsettled_since, None, "less is less, not a fault");
        w.set_sick(miner, None);
        let second = w.harvest(&keeper, miner).answer::<proxy::Harvest>().reward;
        assert!(first + second >= expected);
    }
}

#[test]
fn failure_22_getters_that_abort_leave_a_miner_unsettled_and_block_nobody_else() {
    let getters = [RepayDebt::NUMBER, GetAvailableBalance::NUMBER, GetVestingFunds::NUMBER, InitialPledge::NUMBER];
    for getter in getters {
        for code in [16, 21, 24] {
            let (mut w, miner) = earning();
            let (keeper, alice, operator) = (w.cast.keeper.clone(), w.cast.alice.clone(), w.cast.operator.clone());
            let healthy = w.create_miner(&operator, fil(300)).answer::<proxy::CreateMiner>().miner;
            w.award(healthy, &fil(40));
            let before = w.miner_info(miner);
            w.set_sick(miner, Some(abort(getter, code)));
            let harvest = w.harvest(&keeper, miner).ok();
            assert!(
                harvest.events.iter().any(|e| e.kind.contains("unsettled")),
                "an event says so: {:?}",
                harvest.events
            );
            let after = w.miner_info(miner);
            assert_eq!((&after.principal, &after.impaired), (&before.principal, &before.impaired), "nothing is booked");
            closed_but_not_stuck(&w, miner, "aborting getter");
            assert!(w.harvest(&keeper, healthy).answer::<proxy::Harvest>().reward.is_positive());
            assert_eq!(w.sync(&keeper, 32).answer::<proxy::Sync>().measured, 2);

            w.set_sick(miner, None);
            w.harvest(&keeper, miner).ok();
            assert_eq!(w.miner_info(miner).unsettled_since, None);
            w.deposit(&alice, fil(5)).ok();
        }
    }
}

#[test]
fn failure_22_a_sick_miner_is_not_taken() {
    let getters = [RepayDebt::NUMBER, GetAvailableBalance::NUMBER, GetVestingFunds::NUMBER, InitialPledge::NUMBER];
    for method in getters.into_iter().chain([WithdrawBalance::NUMBER]) {
        let mut w = World::new();
        let operator = w.cast.operator.clone();
        let miner = w.create_owned_miner(fil(500));
        w.propose_owner(miner, w.wiring.owner_proxy).ok();
        w.set_sick(miner, Some(abort(method, 20)));
        w.take_owner(&operator, miner).refused(48, "can't be measured");
        w.set_sick(miner, None);
        w.take_owner(&operator, miner).ok();
    }
}

// --- out of gas -----------------------------------------------------------------------------------------------------------

const OUT_OF_GAS: u32 = 7;
const POINTS: u64 = 20;

/// Sends a message with the gas it needs, and then, each time in the same state, with less: at every point nothing changes but
/// the sender's nonce and the gas it pays.
fn runs_dry(
    net: &Network,
    watched: &[ActorID],
    from: &Key,
    to: ActorID,
    method: MethodNum,
    params: &RawBytes,
    value: &TokenAmount,
) {
    let send = |limit: Option<u64>| {
        let mut net = net.fork().unwrap();
        let outcome = net
            .send_limited(from, Address::new_id(to), value.clone(), method, params.clone(), limit)
            .unwrap_or_else(|e| panic!("with a limit of {limit:?}: {e:#}"));
        (net, outcome)
    };
    let needed = send(None).1.ok().unwrap().gas_used();
    let sender = net.resolve(&from.address()).unwrap().unwrap();
    // From little more than the inclusion of the message to one unit too few.
    let least = 3_000_000;
    assert!(needed > 2 * least, "{needed}");
    for point in 0..=POINTS {
        let limit = least + (needed - 1 - least) * point / POINTS;
        let (after, outcome) = send(Some(limit));
        let code = outcome.exit_code().value();
        assert_eq!(code, OUT_OF_GAS, "with {limit} of {needed} gas: {}", outcome.message);
        assert!(outcome.events.is_empty());
        for id in watched {
            let (before, now) = (net.actor_by_id(*id).unwrap(), after.actor_by_id(*id).unwrap());
            assert_eq!(before, now, "f0{id} changed with {limit} of {needed} gas");
        }
        let (before, now) = (net.actor_by_id(sender).unwrap().unwrap(), after.actor_by_id(sender).unwrap().unwrap());
        assert_eq!(now.sequence, before.sequence + 1);
        assert_eq!(&before.balance - &now.balance, &outcome.burnt + &outcome.miner_tip, "only gas is paid");
    }
}

#[test]
fn failure_28_a_deposit_runs_out_of_gas() {
    let (w, miner) = earning();
    let watched: Vec<ActorID> = w.wiring.all().into_iter().chain([miner, w.id(&w.cast.keeper)]).collect();
    let request = DepositParams { recipient: Some(w.cast.dave.address()), min_shares: TokenAmount::zero() };
    let params = encode(&request);
    let (from, to) = (&w.cast.alice, w.wiring.pool);
    runs_dry(&w.net, &watched, from, to, pool::Deposit::NUMBER, &params, &fil(7));
    // One that has the proxy measure first: the measurement is too old.
    let mut w = w.fork();
    w.skip(DAY + 1);
    runs_dry(&w.net, &watched, from, to, pool::Deposit::NUMBER, &params, &fil(7));
}

#[test]
fn failure_28_a_harvest_runs_out_of_gas() {
    let (w, miner) = earning();
    let watched: Vec<ActorID> = w.wiring.all().into_iter().chain([miner, w.id(&w.cast.alice)]).collect();
    let params = encode(&MinerParams { miner: Address::new_id(miner) });
    let (from, to) = (&w.cast.keeper, w.wiring.owner_proxy);
    runs_dry(&w.net, &watched, from, to, proxy::Harvest::NUMBER, &params, &TokenAmount::zero());
}
