//! A contract for tests. It forwards any calls within one message (a depositor that harvests and redeems at once; an actor in
//! governance's place), and any method called on it does what a script says: refuse a token, call back, lie.

mod types;

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{RawBytes, CBOR, DAG_CBOR};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::{ErrorNumber, ExitCode};
use fvm_shared::sys::SendFlags;
use fvm_shared::{Response, METHOD_CONSTRUCTOR};
use peggy_runtime::{decode_params, encode, ActorError, Event, Host, Runtime};
pub use types::*;

peggy_runtime::entry_points!(dispatch, refuse_upgrade);

/// The lowest FRC-42 method number.
const FIRST_EXPORTED: u64 = 1 << 24;

/// Chooses the method.
pub fn dispatch<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    match rt.method() {
        METHOD_CONSTRUCTOR => {
            let admin = match params {
                None => None,
                some => decode_params::<ConstructorParams>(some, "the constructor")?.admin,
            };
            rt.accept_anyone();
            let admin = admin.map(|address| rt.resolve(&address, "the admin")).transpose()?;
            rt.create(&State { admin, ..State::default() })?;
            Ok(None)
        }
        CALL => {
            require_admin(rt)?;
            let params: CallParams = decode_params(params, "Call")?;
            encode(&CallReturn { results: make_calls(rt, params.calls)? }, "Call")
        }
        CONFIGURE => {
            require_admin(rt)?;
            let params: ConfigureParams = decode_params(params, "Configure")?;
            rt.transaction(|state: &mut State, _| {
                state.scripts = params.scripts;
                state.log.clear();
                Ok(())
            })?;
            Ok(None)
        }
        EMIT => {
            rt.accept_anyone();
            let params: EmitParams = decode_params(params, "Emit")?;
            for number in 0..params.count {
                rt.emit(Event::new("test").with("number", &number))?;
            }
            Ok(None)
        }
        GET_LOG => encode(&GetLogReturn { received: rt.state::<State>()?.log }, "GetLog"),
        method if method >= FIRST_EXPORTED => act(rt, params),
        method => Err(ActorError::unhandled(format!("this contract has no method {method}"))),
    }
}

/// The `upgrade` entry point.
pub fn refuse_upgrade<H: Host>(_: &Runtime<H>, _: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    Err(ActorError::forbidden("a test contract takes over nobody's state"))
}

fn require_admin<H: Host>(rt: &Runtime<H>) -> Result<(), ActorError> {
    let Some(admin) = rt.state::<State>()?.admin else {
        rt.accept_anyone();
        return Ok(());
    };
    rt.require_caller(&[admin], "the admin")
}

/// Follows the script of the method called.
fn act<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    rt.accept_anyone();
    let read_only = rt.host().message().read_only;
    let script = rt.state::<State>()?.scripts.into_iter().find(|script| script.method == rt.method());
    let mut results = Vec::new();
    if let Some(script) = script.as_ref().filter(|script| script.times > 0 && !script.calls.is_empty()) {
        if !read_only {
            // Counted before the calls: one of them may come back here.
            rt.transaction(|state: &mut State, _| {
                state.scripts.iter_mut().filter(|s| s.method == script.method).for_each(|s| s.times -= 1);
                Ok(())
            })?;
        }
        results = make_calls(rt, script.calls.clone())?;
    }
    let method = rt.method();
    if let Some(script) = script.as_ref().filter(|script| script.exit_code != 0) {
        return Err(ActorError::new(ExitCode::new(script.exit_code), format!("method {method} was told to fail")));
    }
    if !read_only {
        log(rt, params, results)?;
    }
    Ok(script.and_then(|script| block(script.answer)))
}

fn log<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>, results: Vec<CallResult>) -> Result<(), ActorError> {
    let received = Received {
        method: rt.method(),
        caller: rt.caller(),
        value: rt.value().clone(),
        params: RawBytes::new(params.map(|block| block.data).unwrap_or_default()),
        results,
    };
    rt.transaction(|state: &mut State, _| {
        if state.log.len() < MAX_LOG {
            state.log.push(received);
        }
        Ok(())
    })
}

fn make_calls<H: Host>(rt: &Runtime<H>, calls: Vec<CallSpec>) -> Result<Vec<CallResult>, ActorError> {
    let mut results = Vec::with_capacity(calls.len());
    for (i, call) in calls.into_iter().enumerate() {
        let must_succeed = call.must_succeed;
        let result = make_call(rt, call);
        if must_succeed && result.exit_code != 0 {
            // Codes below 16 are the network's own: no actor can answer them.
            let code = if result.exit_code < 16 { ExitCode::USR_UNSPECIFIED.value() } else { result.exit_code };
            return Err(ActorError::new(
                ExitCode::new(code),
                format!("call {i} failed with exit code {}", result.exit_code),
            ));
        }
        results.push(result);
    }
    Ok(results)
}

/// Goes past the runtime's guards: a test contract may call what it likes, addresses without an actor included.
fn make_call<H: Host>(rt: &Runtime<H>, call: CallSpec) -> CallResult {
    let value = call.value.clone().unwrap_or_else(|| rt.value().clone());
    match send(rt, &call, &value) {
        Ok(response) => CallResult {
            exit_code: response.exit_code.value(),
            data: RawBytes::new(response.return_data.map(|block| block.data).unwrap_or_default()),
        },
        Err(number) => CallResult {
            exit_code: ActorError::from_syscall(number, "refused").code().value(),
            data: RawBytes::default(),
        },
    }
}

/// As DAG-CBOR, so that links this contract was just given (a vote snapshot's) can be passed on; the network refuses links it can't
/// reach, so anything else goes as plain CBOR.
fn send<H: Host>(rt: &Runtime<H>, call: &CallSpec, value: &TokenAmount) -> Result<Response, ErrorNumber> {
    let linked = block(call.params.clone()).map(|block| IpldBlock { codec: DAG_CBOR, ..block });
    match rt.host().send(&call.to, call.method, linked, value, SendFlags::empty()) {
        Err(
            ErrorNumber::NotFound | ErrorNumber::Serialization | ErrorNumber::IllegalArgument | ErrorNumber::IllegalCid,
        ) => rt.host().send(&call.to, call.method, block(call.params.clone()), value, SendFlags::empty()),
        sent => sent,
    }
}

fn block(data: RawBytes) -> Option<IpldBlock> {
    (!data.is_empty()).then(|| IpldBlock { codec: CBOR, data: data.into() })
}
