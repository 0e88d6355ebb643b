//! TakeOwner and CreateMiner.

mod harness;

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::error::ExitCode;
use harness::*;
use peggy_interfaces::miner::{self, PendingBeneficiaryChange};
use peggy_interfaces::owner_proxy::{
    ApproveMiner, CreateMiner, CreateMinerParams, CreateMinerReturn, GetConfig, Harvest, MinerParams, TakeOwner,
};
use peggy_interfaces::pool::MinerTotals;
use peggy_interfaces::power;
use peggy_runtime::mock::{code, Expected};
use peggy_runtime::Method;

fn take(h: &Proxy, miner: u64) -> u32 {
    let refused = h.refused::<TakeOwner>(OPERATOR, &MinerParams { miner: id(miner) });
    h.check();
    assert!(h.state().turns.iter().all(|t| t.miner != miner), "a refused miner was taken");
    refused
}

#[test]
fn takes_a_miner_and_credits_what_backs_it() {
    let h = Proxy::holding(&Health::of(70, 30, 20));
    let m = h.miner(MINER);
    assert_eq!((m.principal, m.backing, m.vesting), (fil(100), fil(100), fil(20)));
    assert_eq!((m.legacy_vesting, m.custody_at, m.measured_at), (fil(20), 10, 10));
    assert_eq!(h.totals().principal, fil(100));
}

#[test]
fn an_empty_miner_brings_no_bond() {
    let h = Proxy::holding(&Health::of(0, 0, 5));
    assert_eq!(h.totals(), MinerTotals::default());
}

#[test]
fn failure_20_a_foreign_beneficiary_is_refused() {
    let h = Proxy::new();
    h.host.set_code(MINER, code("miner"));
    h.expect_holders(0, 0);
    h.expect_owner(MINER, OLD_OWNER, Some(PROXY));
    h.expect_beneficiary(MINER, STRANGER, None);
    assert_eq!(take(&h, MINER), 45);
}

#[test]
fn failure_20_a_pending_beneficiary_is_refused() {
    let h = Proxy::new();
    h.host.set_code(MINER, code("miner"));
    h.expect_holders(0, 0);
    h.expect_owner(MINER, OLD_OWNER, Some(PROXY));
    let pending = PendingBeneficiaryChange {
        new_beneficiary: id(STRANGER),
        new_quota: fil(1),
        new_expiration: 100,
        approved_by_beneficiary: true,
        approved_by_nominee: false,
    };
    h.expect_beneficiary(MINER, OLD_OWNER, Some(pending));
    assert_eq!(take(&h, MINER), 45);
}

#[test]
fn failure_21_custody_is_read_back() {
    let still_pending = PendingBeneficiaryChange {
        new_beneficiary: id(STRANGER),
        new_quota: fil(1),
        new_expiration: 100,
        approved_by_beneficiary: true,
        approved_by_nominee: true,
    };
    for (owner, proposed, beneficiary, pending) in [
        (OLD_OWNER, Some(PROXY), PROXY, None),
        (PROXY, Some(OLD_OWNER), PROXY, None),
        (PROXY, None, OLD_OWNER, None),
        (PROXY, None, PROXY, Some(still_pending)),
    ] {
        let h = Proxy::new();
        h.expect_handover(MINER);
        h.expect_owner(MINER, owner, proposed);
        h.expect_beneficiary(MINER, beneficiary, pending);
        assert_eq!(take(&h, MINER), 46);
    }
}

#[test]
fn only_a_proposed_proxy_takes() {
    for proposed in [None, Some(STRANGER)] {
        let h = Proxy::new();
        h.host.set_code(MINER, code("miner"));
        h.expect_holders(0, 0);
        h.expect_owner(MINER, OLD_OWNER, proposed);
        assert_eq!(take(&h, MINER), 44);
    }
}

#[test]
fn a_confirmation_that_fails_fails_all() {
    let h = Proxy::new();
    h.host.set_code(MINER, code("miner"));
    h.expect_holders(0, 0);
    h.expect_owner(MINER, OLD_OWNER, Some(PROXY));
    h.expect_beneficiary(MINER, OLD_OWNER, None);
    h.expect::<miner::ChangeOwnerAddress>(MINER, &id(PROXY), Err(ExitCode::USR_FORBIDDEN));
    assert_eq!(take(&h, MINER), 18);
}

#[test]
fn other_code_is_no_miner() {
    let h = Proxy::new();
    h.host.add_actor(MINER);
    assert_eq!(take(&h, MINER), 43);
    h.host.set_builtin_type(code("evm"), 14);
    h.host.set_code(MINER, code("evm"));
    assert_eq!(take(&h, MINER), 43);
    assert_eq!(take(&h, 9_999), 17);
}

#[test]
fn outside_holders_must_approve() {
    let h = Proxy::new();
    h.host.set_code(MINER, code("miner"));
    h.expect_holders(101, 100);
    assert_eq!(take(&h, MINER), 47);
}

#[test]
fn shares_that_wait_to_leave_are_outside_too() {
    let h = Proxy::new();
    h.host.set_code(MINER, code("miner"));
    // The pool counts queued shares among all shares; 5 of these 105 are somebody's in the queue.
    h.expect_holders(105, 100);
    assert_eq!(take(&h, MINER), 47);
    h.take(MINER, &Health::of(1, 0, 0));
}

fn approve(h: &Proxy, miner: u64) {
    h.host.set_code(miner, code("miner"));
    h.call::<ApproveMiner>(GOVERNANCE, &MinerParams { miner: id(miner) }).unwrap();
    assert_eq!(h.call::<GetConfig>(STRANGER, &()).unwrap().approved, Some(miner));
    assert_eq!(h.kinds(), ["miner-approved"]);
    h.check();
}

#[test]
fn an_approval_lets_one_miner_in_once() {
    let h = Proxy::new();
    approve(&h, MINER);
    // Nobody is asked who holds shares.
    h.expect_approved_handover(MINER);
    h.finish_taking(MINER, &Health::of(70, 30, 20));
    assert_eq!(h.call::<GetConfig>(STRANGER, &()).unwrap().approved, None);
    // The next one needs its own.
    h.host.set_code(3000, code("miner"));
    h.expect_holders(200, 100);
    assert_eq!(take(&h, 3000), 47);
}

#[test]
fn an_approval_is_of_the_miner_it_names() {
    let h = Proxy::new();
    approve(&h, MINER);
    h.host.set_code(3000, code("miner"));
    h.expect_holders(101, 100);
    assert_eq!(take(&h, 3000), 47);
    // While only the bond holds shares another one may come; the approval is left.
    h.take(3001, &Health::of(1, 0, 0));
    assert_eq!(h.state().approved, Some(MINER));
    // A later approval replaces it.
    approve(&h, 3000);
    h.expect_holders(101, 100);
    assert_eq!(take(&h, MINER), 47);
    h.expect_approved_handover(3000);
    h.finish_taking(3000, &Health::of(1, 0, 0));
}

#[test]
fn an_approval_replaces_no_other_check_and_survives_a_refusal() {
    let h = Proxy::new();
    approve(&h, MINER);
    h.expect_owner(MINER, OLD_OWNER, None);
    assert_eq!(take(&h, MINER), 44);
    h.expect_owner(MINER, OLD_OWNER, Some(PROXY));
    h.expect_beneficiary(MINER, STRANGER, None);
    assert_eq!(take(&h, MINER), 45);
    h.expect_approved_handover(MINER);
    h.expect_owner(MINER, OLD_OWNER, Some(PROXY));
    h.expect_beneficiary(MINER, PROXY, None);
    assert_eq!(take(&h, MINER), 46);
    for caller in [STRANGER, GOVERNANCE, OLD_OWNER] {
        assert_eq!(h.refused::<TakeOwner>(caller, &MinerParams { miner: id(MINER) }), 18);
    }
    h.expect_approved_handover(MINER);
    h.finish_taking(MINER, &Health::of(1, 0, 0));
}

#[test]
fn governance_alone_approves_and_only_miners_not_held() {
    let h = Proxy::holding(&Health::of(1, 0, 0));
    h.host.set_code(3000, code("miner"));
    let approve = |caller, miner| h.refused::<ApproveMiner>(caller, &MinerParams { miner: id(miner) });
    for caller in [STRANGER, OPERATOR, POOL, DEPLOYER, OLD_OWNER, 3000] {
        assert_eq!(approve(caller, 3000), 18);
    }
    assert_eq!(approve(GOVERNANCE, MINER), 42);
    assert_eq!(approve(GOVERNANCE, STRANGER), 43);
    assert_eq!(approve(GOVERNANCE, 9_999), 17);
    assert_eq!(h.state().approved, None);
    h.check();
}

#[test]
fn a_miner_that_cannot_be_measured_is_not_taken() {
    let h = Proxy::new();
    h.expect_handover(MINER);
    h.expect_owner(MINER, PROXY, None);
    h.expect_beneficiary(MINER, PROXY, None);
    h.expect::<miner::ConfirmChangeWorkerAddress>(MINER, &(), Ok(()));
    h.expect_reading(MINER, &Health::of(70, 30, 0));
    h.expect_withdrawal(MINER, &fil(0), Err(ExitCode::USR_FORBIDDEN), &fil(0));
    assert_eq!(take(&h, MINER), 48);
}

#[test]
fn not_twice_and_not_33() {
    let h = Proxy::new();
    for n in 0..32 {
        h.take(MINER + n, &Health::of(1, 0, 0));
    }
    assert_eq!(h.refused::<TakeOwner>(OPERATOR, &MinerParams { miner: id(MINER) }), 42);
    h.host.set_code(5000, code("miner"));
    assert_eq!(take(&h, 5000), 41);
    assert_eq!(h.totals().principal, fil(32));
    assert_eq!(h.refused::<CreateMiner>(OPERATOR, &creation()), 41);
}

#[test]
fn only_the_operator_brings_miners() {
    let h = Proxy::new();
    for caller in [STRANGER, DEPLOYER, GOVERNANCE, POOL] {
        assert_eq!(h.refused::<TakeOwner>(caller, &MinerParams { miner: id(MINER) }), 18);
        assert_eq!(h.refused::<CreateMiner>(caller, &creation()), 18);
    }
}

fn creation() -> CreateMinerParams {
    let peer_id = ByteBuf(vec![]);
    CreateMinerParams { worker: id(STRANGER), window_post_proof_type: 8, peer_id, multiaddrs: vec![] }
}

fn expect_birth(h: &Proxy, value: i64) {
    h.host.set_code(MINER, code("miner"));
    let params = power::CreateMinerParams {
        owner: id(PROXY),
        worker: id(STRANGER),
        window_post_proof_type: 8,
        peer: ByteBuf(vec![]),
        multiaddrs: vec![],
    };
    let born = power::CreateMinerReturn { id_address: id(MINER), robust_address: id(MINER) };
    let call = answer::<power::CreateMiner>(power::POWER_ACTOR_ID, &params, Ok(born));
    h.host.expect(Expected { value: fil(value), ..call });
}

#[test]
fn a_miner_is_born_in_custody() {
    let h = Proxy::new();
    expect_birth(&h, 10);
    h.expect_owner(MINER, PROXY, None);
    h.expect_beneficiary(MINER, PROXY, None);
    // The network locked 7 of the 10 as its deposit; they vest, and stay the operator's.
    let health = Health::of(0, 3, 7);
    h.expect_reading(MINER, &health);
    h.expect_withdrawal(MINER, &fil(0), Ok(fil(0)), &fil(0));
    let totals = MinerTotals { principal: fil(3), oldest_measurement: Some(10), ..MinerTotals::default() };
    h.expect_credit(MINER, &fil(3), totals);
    let born = h.pay::<CreateMiner>(OPERATOR, fil(10), &creation()).unwrap();
    assert_eq!(born, CreateMinerReturn { miner: MINER, backing: fil(3) });
    h.check();
    assert_eq!(h.kinds(), ["miner-created"]);
    assert_eq!(h.miner(MINER).legacy_vesting, fil(7));
}

#[test]
fn failure_22_a_miner_is_born_while_others_are_old_or_sick() {
    let h = Proxy::new();
    h.take(3000, &Health::of(50, 0, 0));
    h.take(3001, &Health::of(50, 0, 0));
    h.expect::<miner::RepayDebt>(3001, &(), Ok(()));
    h.expect_query::<miner::GetAvailableBalance>(3001, &(), Err(ExitCode::USR_ILLEGAL_STATE));
    h.expect_settle(&fil(0), None);
    h.call::<Harvest>(STRANGER, &MinerParams { miner: id(3001) }).unwrap();
    // Months later nobody has measured either. No other miner is asked, and nobody asks who holds shares.
    h.host.set_epoch(300_000);
    expect_birth(&h, 10);
    h.expect_owner(MINER, PROXY, None);
    h.expect_beneficiary(MINER, PROXY, None);
    h.expect_reading(MINER, &Health::of(0, 3, 7));
    h.expect_withdrawal(MINER, &fil(0), Ok(fil(0)), &fil(0));
    let totals =
        MinerTotals { principal: fil(103), oldest_measurement: Some(10), unsettled: 1, ..MinerTotals::default() };
    h.expect_credit(MINER, &fil(3), totals);
    h.pay::<CreateMiner>(OPERATOR, fil(10), &creation()).unwrap();
    h.check();
}

#[test]
fn failure_21_a_miner_born_to_others_fails_all() {
    let h = Proxy::new();
    expect_birth(&h, 10);
    h.expect_owner(MINER, STRANGER, None);
    h.expect_beneficiary(MINER, STRANGER, None);
    let failed = h.pay::<CreateMiner>(OPERATOR, fil(10), &creation()).unwrap_err();
    assert_eq!(failed.code().value(), 46);
    h.check();
    assert!(h.state().turns.is_empty());
    assert_eq!(CreateMiner::NUMBER, power::CreateMiner::NUMBER);
}
