//! The methods.

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{RawBytes, CBOR, IPLD_RAW};
use fvm_shared::address::Address;
use fvm_shared::{ActorID, METHOD_CONSTRUCTOR};
use localnet_builtin::init::{
    ConstructorParams, Exec4Params, ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, State,
};
use localnet_builtin::{ids, require_system, types};
use peggy_runtime::{ActorError, Host, Runtime};

/// Creates an empty network (system only).
pub fn constructor<H: Host>(rt: &Runtime<H>, params: ConstructorParams) -> Result<(), ActorError> {
    require_system(rt)?;
    rt.create(&State::genesis(&rt.store(), &params.network_name)?)
}

/// Creates an actor and runs its constructor, which gets the value. Anyone may, with installed user code, multisigs and
/// payment channels; only the power actor with a miner's code; nobody with any other builtin code (18).
pub fn exec<H: Host>(rt: &Runtime<H>, params: ExecParams) -> Result<ExecReturn, ActorError> {
    rt.accept_anyone();
    if !may_exec(rt, &params.code_cid)? {
        return Err(ActorError::forbidden(format!(
            "f0{} may not create an actor of code {}: it must be installed first, by InstallCode",
            rt.caller(),
            params.code_cid
        )));
    }
    let robust = rt.host().next_actor_address();
    let (id, _) = rt.transaction(|state: &mut State, store| state.map_to_id(&store, &robust, None))?;
    create(rt, id, robust, &params.code_cid, None, params.constructor_params)
}

fn may_exec<H: Host>(rt: &Runtime<H>, code: &Cid) -> Result<bool, ActorError> {
    match rt.host().builtin_type(code) {
        Some(types::MULTISIG | types::PAYMENT_CHANNEL) => Ok(true),
        Some(types::MINER) => {
            let caller = rt.host().code_of(rt.caller()).and_then(|code| rt.host().builtin_type(&code));
            Ok(caller == Some(types::POWER))
        }
        Some(_) => Ok(false),
        None => Ok(rt.state::<State>()?.installed(&rt.store())?.contains(code)),
    }
}

/// Creates an actor at an f4 address in the caller's namespace (the Ethereum address manager only), over a placeholder if
/// there is one.
pub fn exec4<H: Host>(rt: &Runtime<H>, params: Exec4Params) -> Result<ExecReturn, ActorError> {
    rt.require_caller(&[ids::EAM], "the Ethereum address manager")?;
    let delegated = Address::new_delegated(rt.caller(), &params.subaddress)
        .map_err(|e| ActorError::illegal_argument(format!("the subaddress makes no f4 address: {e}")))?;
    let robust = rt.host().next_actor_address();
    let (id, existed) =
        rt.transaction(|state: &mut State, store| state.map_to_id(&store, &robust, Some(&delegated)))?;
    let replaceable = rt.host().code_of(id).and_then(|code| rt.host().builtin_type(&code)) == Some(types::PLACEHOLDER);
    if existed && !replaceable {
        return Err(ActorError::forbidden(format!("{delegated} is taken by f0{id}, which is no placeholder")));
    }
    create(rt, id, robust, &params.code_cid, Some(delegated), params.constructor_params)
}

fn create<H: Host>(
    rt: &Runtime<H>,
    id: ActorID,
    robust: Address,
    code: &Cid,
    delegated: Option<Address>,
    params: RawBytes,
) -> Result<ExecReturn, ActorError> {
    rt.host()
        .create_actor(id, code, delegated)
        .map_err(|e| ActorError::from_syscall(e, format_args!("the network refused to create f0{id}")))?;
    let params = (!params.is_empty()).then(|| IpldBlock { codec: CBOR, data: params.to_vec() });
    rt.send(id, METHOD_CONSTRUCTOR, params, rt.value())?.ok("the constructor")?;
    Ok(ExecReturn { id_address: Address::new_id(id), robust_address: robust })
}

/// Stores wasm and makes it runnable. Anyone may; installing the same again changes nothing. Code the VM can't prepare
/// answers 16.
pub fn install_code<H: Host>(rt: &Runtime<H>, params: InstallCodeParams) -> Result<InstallCodeReturn, ActorError> {
    rt.accept_anyone();
    let code_cid = rt
        .host()
        .block_put(IPLD_RAW, params.code.bytes())
        .map_err(|e| ActorError::from_syscall(e, "the code can't be stored"))?;
    let installed = rt.transaction(|state: &mut State, store| {
        let mut codes = state.installed(&store)?;
        if codes.contains(&code_cid) {
            return Ok(false);
        }
        codes.push(code_cid);
        state.set_installed(&store, &codes)?;
        Ok(true)
    })?;
    if installed {
        rt.host()
            .install_actor(&code_cid)
            .map_err(|e| ActorError::from_syscall(e, "this is no wasm the network can run"))?;
    }
    Ok(InstallCodeReturn { code_cid, installed })
}
