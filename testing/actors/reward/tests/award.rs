//! Block rewards on the mock host.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::bigint::{bigint_ser::BigIntSer, BigInt};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::miner::{ApplyRewardParams, APPLY_REWARDS};
use localnet_builtin::reward::{AwardBlockRewardParams, State, AWARD_BLOCK_REWARD, SET_EPOCH_REWARD};
use localnet_builtin::{ids, types};
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::ActorError;
use serde::Serialize;

const MINER: ActorID = 1000;

fn fil(whole: i64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

fn call<P: Serialize>(host: &MockHost, caller: ActorID, method: MethodNum, params: &P) -> Result<(), ActorError> {
    let params = IpldBlock::serialize_cbor(params).expect("encodes");
    host.call(caller, method, TokenAmount::default(), |rt| localnet_reward::dispatch(rt, params)).map(|_| ())
}

fn reward_actor() -> MockHost {
    let host = MockHost::new(ids::REWARD);
    host.set_code(ids::SYSTEM, code("system"));
    host.set_builtin_type(code("system"), types::SYSTEM);
    host.set_code(MINER, code("miner"));
    call(&host, ids::SYSTEM, 1, &BigIntSer(&BigInt::from(0))).expect("constructs");
    call(&host, ids::SYSTEM, SET_EPOCH_REWARD, &fil(50)).expect("sets the reward");
    host.set_balance(ids::REWARD, fil(1000));
    host
}

fn award(gas_reward: TokenAmount, win_count: i64) -> AwardBlockRewardParams {
    AwardBlockRewardParams { miner: Address::new_id(MINER), penalty: fil(2), gas_reward, win_count }
}

fn expect_apply(host: &MockHost, reward: TokenAmount, answer: ExitCode) {
    let params = ApplyRewardParams { reward: reward.clone(), penalty: fil(6) };
    host.expect(Expected {
        to: Address::new_id(MINER),
        method: APPLY_REWARDS,
        params: Some(IpldBlock::serialize_cbor(&params).expect("encodes")),
        value: reward,
        answer: Ok((answer, None)),
    });
}

fn paid(host: &MockHost) -> TokenAmount {
    host.call(0, 0, TokenAmount::default(), |rt| Ok(rt.state::<State>()?.total_storage_power_reward)).expect("reads")
}

#[test]
fn a_win_pays_a_fifth_and_thrice_the_penalty() {
    let host = reward_actor();
    expect_apply(&host, fil(2 * 10 + 1), ExitCode::OK);
    call(&host, ids::SYSTEM, AWARD_BLOCK_REWARD, &award(fil(1), 2)).expect("pays");
    assert_eq!(paid(&host), fil(20));
    host.verify();
}

#[test]
fn a_reward_the_miner_refuses_is_burnt() {
    let host = reward_actor();
    expect_apply(&host, fil(10), ExitCode::new(1000));
    host.expect_pay(ids::BURNT_FUNDS, fil(10));
    call(&host, ids::SYSTEM, AWARD_BLOCK_REWARD, &award(fil(0), 1)).expect("goes on");
    host.verify();
}

#[test]
fn an_empty_actor_pays_what_it_has() {
    let host = reward_actor();
    host.set_balance(ids::REWARD, fil(4));
    expect_apply(&host, fil(4), ExitCode::OK);
    call(&host, ids::SYSTEM, AWARD_BLOCK_REWARD, &award(fil(1), 1)).expect("pays");
    assert_eq!(paid(&host), fil(3));
    host.verify();
}

#[test]
fn nonsense_is_refused() {
    let host = reward_actor();
    let code = |caller, params: &AwardBlockRewardParams| {
        call(&host, caller, AWARD_BLOCK_REWARD, params).expect_err("refused").code()
    };
    assert_eq!(code(MINER, &award(fil(0), 1)), ExitCode::USR_FORBIDDEN);
    assert_eq!(code(0, &award(fil(0), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(0, &award(fil(-1), 1)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(0, &award(fil(1001), 1)), ExitCode::USR_ILLEGAL_STATE);
    let negative = AwardBlockRewardParams { penalty: fil(-1), ..award(fil(0), 1) };
    assert_eq!(code(0, &negative), ExitCode::USR_ILLEGAL_ARGUMENT);
    let lever = call(&host, MINER, SET_EPOCH_REWARD, &fil(1)).expect_err("for the network only");
    assert_eq!(lever.code(), ExitCode::USR_FORBIDDEN);
}
