//! Exec and InstallCode on the mock host.

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, MethodNum, METHOD_CONSTRUCTOR};
use localnet_builtin::init::{
    ConstructorParams, Exec4Params, ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, State, EXEC, EXEC4,
    EXEC_EXPORTED, INSTALL_CODE, INSTALL_CODE_EXPORTED,
};
use localnet_builtin::{ids, types};
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::{ActorError, Host};
use serde::Serialize;

const USER: ActorID = 90;
const CONTRACT: ActorID = 91;

struct Init(MockHost);

fn init() -> Init {
    let host = MockHost::new(ids::INIT);
    for (id, builtin) in [
        (ids::SYSTEM, types::SYSTEM),
        (ids::POWER, types::POWER),
        (ids::EAM, types::EAM),
        (USER, types::ACCOUNT),
        (80, types::MINER),
        (81, types::PLACEHOLDER),
        (82, types::MULTISIG),
    ] {
        let cid = code(&format!("builtin {builtin}"));
        host.set_code(id, cid);
        host.set_builtin_type(cid, builtin);
    }
    host.add_actor(CONTRACT);
    let init = Init(host);
    let params = ConstructorParams { network_name: "test".into() };
    init.call(ids::SYSTEM, METHOD_CONSTRUCTOR, &params).expect("constructs");
    init
}

impl Init {
    fn call<P: Serialize>(&self, caller: ActorID, method: MethodNum, p: &P) -> Result<Option<IpldBlock>, ActorError> {
        let params = IpldBlock::serialize_cbor(p).expect("encodes");
        self.0.call(caller, method, TokenAmount::from_atto(5), |rt| localnet_init::dispatch(rt, params))
    }
    fn code_of<P: Serialize>(&self, caller: ActorID, method: MethodNum, params: &P) -> ExitCode {
        self.call(caller, method, params).expect_err("is refused").code()
    }
    fn install(&self, caller: ActorID, method: MethodNum) -> InstallCodeReturn {
        let params = InstallCodeParams { code: RawBytes::new(b"wasm".to_vec()) };
        self.call(caller, method, &params).expect("installs").expect("answers").deserialize().expect("decodes")
    }
    fn expect_constructor(&self, id: ActorID, exit_code: ExitCode) {
        self.0.expect(Expected {
            to: Address::new_id(id),
            method: METHOD_CONSTRUCTOR,
            params: Some(IpldBlock::serialize_cbor(&7).expect("encodes")),
            value: TokenAmount::from_atto(5),
            answer: Ok((exit_code, None)),
        });
    }
    fn state(&self) -> State {
        self.0.call(USER, 0, TokenAmount::default(), |rt| rt.state().map(|state: State| state)).expect("reads")
    }
}

fn exec(code_cid: Cid) -> ExecParams {
    ExecParams { code_cid, constructor_params: RawBytes::serialize(7).expect("encodes") }
}

#[test]
fn code_must_be_installed_before_it_runs() {
    let init = init();
    let wasm = code("wasm");
    assert_eq!(init.code_of(USER, EXEC, &exec(wasm)), ExitCode::USR_FORBIDDEN);
    assert_eq!(init.install(USER, INSTALL_CODE), InstallCodeReturn { code_cid: wasm, installed: true });
    assert_eq!(init.install(CONTRACT, INSTALL_CODE_EXPORTED), InstallCodeReturn { code_cid: wasm, installed: false });

    init.expect_constructor(100, ExitCode::OK);
    let made: ExecReturn =
        init.call(USER, EXEC, &exec(wasm)).expect("creates").expect("answers").deserialize().expect("decodes");
    assert_eq!(made.id_address, Address::new_id(100));
    assert_eq!((&init.0).code_of(100), Some(wasm));
    init.expect_constructor(101, ExitCode::OK);
    init.call(CONTRACT, EXEC_EXPORTED, &exec(wasm)).expect("creates for a contract");
    assert_eq!(init.state().next_id, 102);
    init.0.verify();
}

#[test]
fn a_failing_constructor_creates_nothing() {
    let init = init();
    init.install(USER, INSTALL_CODE);
    init.expect_constructor(100, ExitCode::new(42));
    assert_eq!(init.code_of(USER, EXEC, &exec(code("wasm"))), ExitCode::new(42));
    assert_eq!(init.state().next_id, 100);
}

#[test]
fn builtin_code_is_not_for_everybody() {
    let init = init();
    let builtin = |number: i32| exec(code(&format!("builtin {number}")));
    assert_eq!(init.code_of(USER, EXEC, &builtin(types::MINER)), ExitCode::USR_FORBIDDEN);
    assert_eq!(init.code_of(USER, EXEC, &builtin(types::ACCOUNT)), ExitCode::USR_FORBIDDEN);
    assert_eq!(init.code_of(ids::POWER, EXEC, &builtin(types::ACCOUNT)), ExitCode::USR_FORBIDDEN);
    init.expect_constructor(100, ExitCode::OK);
    init.call(ids::POWER, EXEC, &builtin(types::MINER)).expect("power makes miners");
    init.expect_constructor(101, ExitCode::OK);
    init.call(USER, EXEC, &builtin(types::MULTISIG)).expect("anyone makes multisigs");
    assert_eq!(init.code_of(CONTRACT, EXEC, &builtin(types::MULTISIG)), ExitCode::USR_FORBIDDEN);
    assert_eq!(init.code_of(CONTRACT, INSTALL_CODE, &0), ExitCode::USR_FORBIDDEN);
}

#[test]
fn only_the_address_manager_gives_out_f4_addresses() {
    let init = init();
    let params = Exec4Params {
        code_cid: code("evm"),
        constructor_params: RawBytes::serialize(7).expect("encodes"),
        subaddress: RawBytes::new(vec![1; 20]),
    };
    assert_eq!(init.code_of(USER, EXEC4, &params), ExitCode::USR_FORBIDDEN);
    init.expect_constructor(100, ExitCode::OK);
    init.call(ids::EAM, EXEC4, &params).expect("creates");
    assert_eq!(init.code_of(ids::EAM, EXEC4, &params), ExitCode::USR_FORBIDDEN, "the address is taken");
}
