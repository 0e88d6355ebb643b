//! Miners, cron and pledge on the mock host.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::bigint::{bigint_ser::BigIntSer, BigInt};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::init::{ExecReturn, EXEC};
use localnet_builtin::miner::ON_DEFERRED_CRON_EVENT;
use localnet_builtin::power::{
    CreateMinerParams, EnrollCronEventParams, State, CREATE_MINER, CREATE_MINER_EXPORTED, ENROLL_CRON_EVENT,
    MINER_COUNT, ON_EPOCH_TICK_END, SET_NETWORK_POWER, UPDATE_PLEDGE_TOTAL,
};
use localnet_builtin::reward::{self, ThisEpochRewardReturn, THIS_EPOCH_REWARD, UPDATE_NETWORK_KPI};
use localnet_builtin::{ids, types};
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::ActorError;
use serde::Serialize;

const MINER: ActorID = 1000;
const SECOND: ActorID = 1001;
const USER: ActorID = 90;
const CONTRACT: ActorID = 91;

fn cbor<T: Serialize>(value: &T) -> Option<IpldBlock> {
    IpldBlock::serialize_cbor(value).expect("encodes")
}

fn send(
    host: &MockHost,
    caller: ActorID,
    method: MethodNum,
    params: Option<IpldBlock>,
) -> Result<Option<IpldBlock>, ActorError> {
    host.call(caller, method, TokenAmount::from_whole(1), |rt| localnet_power::dispatch(rt, params))
}

fn expect(host: &MockHost, to: ActorID, method: MethodNum, value: i64, code: ExitCode, answer: Option<IpldBlock>) {
    host.expect(Expected {
        to: Address::new_id(to),
        method,
        params: None,
        value: TokenAmount::from_whole(value),
        answer: Ok((code, answer)),
    });
}

fn power() -> MockHost {
    let host = MockHost::new(ids::POWER);
    for (id, builtin) in [
        (ids::SYSTEM, types::SYSTEM),
        (ids::CRON, types::CRON),
        (USER, types::ACCOUNT),
        (MINER, types::MINER),
        (SECOND, types::MINER),
    ] {
        let cid = code(&format!("builtin {builtin}"));
        host.set_code(id, cid);
        host.set_builtin_type(cid, builtin);
    }
    host.add_actor(CONTRACT);
    send(&host, ids::SYSTEM, 1, None).expect("constructs");
    host
}

fn create(host: &MockHost, caller: ActorID, method: MethodNum, id: ActorID) -> Result<Option<IpldBlock>, ActorError> {
    let made = ExecReturn { id_address: Address::new_id(id), robust_address: Address::new_actor(&[1]) };
    expect(host, ids::INIT, EXEC, 1, ExitCode::OK, cbor(&made));
    let params = CreateMinerParams {
        owner: Address::new_id(USER),
        worker: Address::new_id(USER),
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        peer: vec![],
        multiaddrs: vec![],
    };
    send(host, caller, method, cbor(&params))
}

fn state(host: &MockHost) -> State {
    host.call(0, 0, TokenAmount::default(), |rt| rt.state().map(|state: State| state)).expect("reads")
}

fn enroll(host: &MockHost, miner: ActorID, epoch: i64) {
    let params = EnrollCronEventParams { event_epoch: epoch, payload: RawBytes::new(vec![0x80]) };
    send(host, miner, ENROLL_CRON_EVENT, cbor(&params)).expect("enrols");
}

/// Runs cron; `miners` are expected to be called, with these exit codes.
fn tick(host: &MockHost, epoch: i64, miners: &[(ActorID, ExitCode)]) {
    host.set_epoch(epoch);
    let genesis = reward::State::genesis();
    let said = ThisEpochRewardReturn {
        this_epoch_reward_smoothed: genesis.this_epoch_reward_smoothed,
        this_epoch_baseline_power: genesis.this_epoch_baseline_power,
    };
    expect(host, ids::REWARD, THIS_EPOCH_REWARD, 0, ExitCode::OK, cbor(&said));
    for (miner, code) in miners {
        expect(host, *miner, ON_DEFERRED_CRON_EVENT, 0, *code, None);
    }
    expect(host, ids::REWARD, UPDATE_NETWORK_KPI, 0, ExitCode::OK, None);
    send(host, ids::CRON, ON_EPOCH_TICK_END, None).expect("ticks");
    host.verify();
}

#[test]
fn anyone_creates_miners_and_all_the_value_goes_along() {
    let host = power();
    create(&host, USER, CREATE_MINER, MINER).expect("creates");
    create(&host, CONTRACT, CREATE_MINER_EXPORTED, SECOND).expect("creates for a contract");
    host.verify();
    let count: i64 =
        send(&host, CONTRACT, MINER_COUNT, None).expect("answers").expect("a value").deserialize().expect("decodes");
    assert_eq!(count, 2);
    let refused = send(&host, CONTRACT, CREATE_MINER, None).expect_err("not for contracts");
    assert_eq!(refused.code(), ExitCode::USR_FORBIDDEN);
}

#[test]
fn cron_calls_what_is_due_in_order_and_once() {
    let host = power();
    create(&host, USER, CREATE_MINER, MINER).expect("creates");
    create(&host, USER, CREATE_MINER, SECOND).expect("creates");
    enroll(&host, MINER, 20);
    enroll(&host, SECOND, 10);
    assert_eq!(state(&host).next_due(), Some(10));
    tick(&host, 9, &[]);
    tick(&host, 25, &[(SECOND, ExitCode::OK), (MINER, ExitCode::OK)]);
    tick(&host, 26, &[]);
    assert_eq!(state(&host).next_due(), None);
    // What is asked for too late runs with the next cron.
    enroll(&host, MINER, 3);
    assert_eq!(state(&host).next_due(), Some(27));
}

#[test]
fn a_miner_that_fails_its_cron_is_dropped() {
    let host = power();
    create(&host, USER, CREATE_MINER, MINER).expect("creates");
    create(&host, USER, CREATE_MINER, SECOND).expect("creates");
    enroll(&host, MINER, 5);
    enroll(&host, SECOND, 5);
    tick(&host, 5, &[(MINER, ExitCode::new(1000)), (SECOND, ExitCode::OK)]);
    let state = state(&host);
    assert!(state.claim(MINER).is_none() && state.claim(SECOND).is_some());
    assert_eq!(state.miner_count, 1);
}

#[test]
fn pledge_adds_up_and_only_miners_report_it() {
    let host = power();
    create(&host, USER, CREATE_MINER, MINER).expect("creates");
    let before = state(&host).total_pledge_collateral;
    send(&host, MINER, UPDATE_PLEDGE_TOTAL, cbor(&TokenAmount::from_whole(7))).expect("adds");
    assert_eq!(state(&host).total_pledge_collateral, before + TokenAmount::from_whole(7));
    let code = |caller| {
        let delta = cbor(&TokenAmount::from_whole(-200_000_000));
        send(&host, caller, UPDATE_PLEDGE_TOTAL, delta).expect_err("refused").code()
    };
    assert_eq!(code(MINER), ExitCode::USR_ILLEGAL_STATE);
    assert_eq!(code(SECOND), ExitCode::USR_FORBIDDEN, "has no claim");
    assert_eq!(code(USER), ExitCode::USR_FORBIDDEN);
    let lever = send(&host, USER, SET_NETWORK_POWER, cbor(&BigIntSer(&BigInt::from(1)))).expect_err("no lever");
    assert_eq!(lever.code(), ExitCode::USR_FORBIDDEN);
}
