//! The test contract on the mock host.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::{ErrorNumber, ExitCode};
use fvm_shared::{ActorID, MethodNum};
use peggy_runtime::mock::{Expected, MockHost};
use peggy_runtime::ActorError;
use serde::Serialize;
use test_forwarder::{
    CallParams, CallReturn, CallSpec, ConfigureParams, ConstructorParams, GetLogReturn, Script, CALL, CONFIGURE,
    GET_LOG, RECEIVE,
};

const SELF: ActorID = 500;
const ADMIN: ActorID = 100;
const STRANGER: ActorID = 101;
const OTHER: Address = Address::new_id(200);

fn send(
    host: &MockHost,
    caller: ActorID,
    method: MethodNum,
    params: Option<IpldBlock>,
) -> Result<Option<IpldBlock>, ActorError> {
    host.call(caller, method, TokenAmount::from_atto(9), |rt| test_forwarder::dispatch(rt, params))
}
fn cbor<T: Serialize>(value: &T) -> Option<IpldBlock> {
    IpldBlock::serialize_cbor(value).expect("encodes")
}
fn contract(admin: Option<ActorID>) -> MockHost {
    let host = MockHost::new(SELF);
    host.add_actor(ADMIN);
    let params = admin.map(|id| ConstructorParams { admin: Some(Address::new_id(id)) });
    send(&host, 1, 1, params.and_then(|params| cbor(&params))).expect("constructs");
    host
}
fn expect(host: &MockHost, method: MethodNum, value: i64, answer: Result<(ExitCode, Option<IpldBlock>), ErrorNumber>) {
    host.expect(Expected { to: OTHER, method, params: None, value: TokenAmount::from_atto(value), answer });
}
fn call(method: MethodNum) -> CallSpec {
    CallSpec::new(OTHER, method, RawBytes::default())
}

#[test]
fn calls_are_made_in_order_and_reported() {
    let host = contract(None);
    expect(&host, 7, 9, Ok((ExitCode::OK, cbor(&42))));
    expect(&host, 8, 3, Ok((ExitCode::new(33), None)));
    expect(&host, 9, 0, Err(ErrorNumber::InsufficientFunds));
    let calls = vec![
        CallSpec { value: None, ..call(7) },
        call(8).with_value(TokenAmount::from_atto(3)).may_fail(),
        call(9).may_fail(),
    ];
    let said: CallReturn = send(&host, STRANGER, CALL, cbor(&CallParams { calls }))
        .expect("calls")
        .expect("a value")
        .deserialize()
        .expect("decodes");
    assert_eq!(said.results.iter().map(|r| r.exit_code).collect::<Vec<_>>(), [0, 33, 19]);
    assert_eq!(said.results[0].data, RawBytes::serialize(42).expect("encodes"));
    host.verify();
}

#[test]
fn a_call_that_must_succeed_fails_the_message_with_its_code() {
    let host = contract(None);
    expect(&host, 7, 0, Ok((ExitCode::new(61), None)));
    let refused = send(&host, STRANGER, CALL, cbor(&CallParams { calls: vec![call(7)] })).expect_err("fails");
    assert_eq!(refused.code(), ExitCode::new(61));
}

#[test]
fn with_an_admin_nobody_else_may() {
    let host = contract(Some(ADMIN));
    let nothing = CallParams { calls: vec![] };
    assert_eq!(send(&host, STRANGER, CALL, cbor(&nothing)).expect_err("refused").code(), ExitCode::USR_FORBIDDEN);
    let none = ConfigureParams::default();
    assert_eq!(send(&host, STRANGER, CONFIGURE, cbor(&none)).expect_err("refused").code(), ExitCode::USR_FORBIDDEN);
    send(&host, ADMIN, CALL, cbor(&nothing)).expect("calls");
    send(&host, ADMIN, CONFIGURE, cbor(&none)).expect("configures");
}

#[test]
fn unscripted_methods_are_accepted_and_logged() {
    let host = contract(None);
    assert_eq!(send(&host, STRANGER, RECEIVE, cbor(&1)).expect("accepts"), None);
    let log: GetLogReturn =
        send(&host, STRANGER, GET_LOG, None).expect("answers").expect("a value").deserialize().expect("decodes");
    assert_eq!(log.received.len(), 1);
    assert_eq!((log.received[0].method, log.received[0].caller), (RECEIVE, STRANGER));
    assert_eq!(log.received[0].value, TokenAmount::from_atto(9));
    let unknown = send(&host, STRANGER, 5, None).expect_err("is internal");
    assert_eq!(unknown.code(), ExitCode::USR_UNHANDLED_MESSAGE);
}

#[test]
fn scripts_reject_answer_and_call_back_once() {
    let host = contract(None);
    let asked: MethodNum = 1 << 30;
    let scripts = vec![
        Script::call_back(RECEIVE, vec![call(7)]),
        Script::answer(asked, RawBytes::serialize(5).expect("encodes")),
        Script::reject(asked + 1, 99),
    ];
    send(&host, STRANGER, CONFIGURE, cbor(&ConfigureParams { scripts })).expect("configures");
    expect(&host, 7, 0, Ok((ExitCode::OK, None)));
    send(&host, STRANGER, RECEIVE, None).expect("calls back");
    send(&host, STRANGER, RECEIVE, None).expect("does not again");
    let said = send(&host, STRANGER, asked, None).expect("answers").expect("a value");
    assert_eq!(said.deserialize::<u64>().expect("decodes"), 5);
    assert_eq!(send(&host, STRANGER, asked + 1, None).expect_err("rejects").code(), ExitCode::new(99));
    host.verify();
}
