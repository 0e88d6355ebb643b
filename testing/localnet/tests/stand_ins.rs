//! The stand-ins on the real VM: what unit tests on a mock host can't show.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::init::{
    ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, EXEC, EXEC_EXPORTED, INSTALL_CODE,
};
use localnet_builtin::miner::levers::{self, Sick};
use localnet_builtin::miner::{
    exported as x, internal as i, ChangeWorkerAddressParams, ControlAddressesReturn, GetOwnerReturn,
    GetVestingFundsReturn, WithdrawBalanceParams,
};
use localnet_builtin::power::{CreateMinerParams, CreateMinerReturn, CREATE_MINER, CREATE_MINER_EXPORTED};
use peggy_localnet::{ids, params, Config, Key, KeyKind, Network, Outcome};
use serde::de::DeserializeOwned;
use serde::Serialize;
use test_forwarder::{CallParams, CallReturn, CallSpec, CALL};

fn fil(whole: u64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}
fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

struct World {
    net: Network,
    user: Key,
    worker: Key,
}

impl World {
    fn new() -> Self {
        let mut net = Network::new(Config::default()).expect("starts");
        let user = net.faucet_account(fil(10_000)).expect("an account");
        let worker = net.create_account(KeyKind::Bls, fil(10)).expect("an account");
        Self { net, user, worker }
    }
    fn send<P: Serialize>(&mut self, to: Address, value: TokenAmount, method: MethodNum, p: &P) -> Outcome {
        let user = self.user.clone();
        self.net.send(&user, to, value, method, params(p).expect("encodes")).expect("is executed")
    }
    fn lever<P: Serialize>(&mut self, to: ActorID, method: MethodNum, p: &P) -> Outcome {
        let none = TokenAmount::default();
        self.net.implicit(id(ids::SYSTEM), id(to), none, method, params(p).expect("encodes")).expect("is executed")
    }
    fn ask<R: DeserializeOwned>(&self, to: ActorID, method: MethodNum) -> R {
        self.net.query(id(to), method, RawBytes::default()).expect("is executed").decode().expect("answers")
    }
    fn request(&self, owner: Address) -> CreateMinerParams {
        CreateMinerParams {
            owner,
            worker: self.worker.address(),
            window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
            peer: vec![1],
            multiaddrs: vec![],
        }
    }
    fn create_miner(&mut self) -> ActorID {
        let request = self.request(self.user.address());
        let made: CreateMinerReturn =
            self.send(id(ids::POWER), fil(100), CREATE_MINER, &request).decode().expect("makes a miner");
        made.id_address.id().expect("an ID address")
    }
    /// Installs and creates the test contract.
    fn contract(&mut self) -> ActorID {
        let wasm = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../out/wasm/test_forwarder.wasm"))
            .expect("out/wasm/test_forwarder.wasm: run 'make wasm'");
        let code = InstallCodeParams { code: RawBytes::new(wasm) };
        let installed: InstallCodeReturn =
            self.send(id(ids::INIT), fil(0), INSTALL_CODE, &code).decode().expect("installs");
        let exec = ExecParams { code_cid: installed.code_cid, constructor_params: RawBytes::default() };
        let made: ExecReturn = self.send(id(ids::INIT), fil(500), EXEC, &exec).decode().expect("creates");
        made.id_address.id().expect("an ID address")
    }
    /// What the contract gets for calls it makes, one exit code each.
    fn through(&mut self, contract: ActorID, calls: Vec<CallSpec>) -> CallReturn {
        self.send(id(contract), fil(0), CALL, &CallParams { calls }).decode().expect("calls")
    }
    fn worker_of(&self, miner: ActorID) -> Address {
        let said: ControlAddressesReturn = self.ask(miner, i::CONTROL_ADDRESSES);
        said.worker
    }
}

fn withdraw(amount: TokenAmount) -> WithdrawBalanceParams {
    WithdrawBalanceParams { amount_requested: amount }
}

#[test]
fn an_account_creates_a_miner_whose_deposit_vests() {
    let mut w = World::new();
    let miner = w.create_miner();
    let owner: GetOwnerReturn = w.ask(miner, x::GET_OWNER);
    assert_eq!(owner.owner, id(w.net.resolve(&w.user.address()).expect("reads").expect("exists")));
    let funds: GetVestingFundsReturn = w.ask(miner, x::GET_VESTING_FUNDS);
    let deposit: TokenAmount = funds.vesting_funds.iter().map(|(_, amount)| amount).sum();
    assert!(deposit > fil(31) && deposit < fil(32), "the network caps it at 1 FIL per 32 GiB of 1 TiB: {deposit}");
    let available: TokenAmount = w.ask(miner, x::GET_AVAILABLE_BALANCE);
    assert_eq!(available + &deposit, fil(100));

    // With a sector cron looks after the miner, through half a year of null rounds.
    assert!(w.lever(miner, levers::ADD_PLEDGE, &fil(10)).is_ok());
    w.net.advance(181 * 2880).expect("half a year passes");
    let funds: GetVestingFundsReturn = w.ask(miner, x::GET_VESTING_FUNDS);
    assert_eq!(funds.vesting_funds, []);
    assert_eq!(w.ask::<TokenAmount>(miner, x::GET_AVAILABLE_BALANCE), fil(90));
}

#[test]
fn a_contract_owns_a_miner_by_exported_methods_only() {
    let mut w = World::new();
    let contract = w.contract();
    let request = RawBytes::serialize(w.request(id(contract))).expect("encodes");
    let create = CallSpec::new(id(ids::POWER), CREATE_MINER_EXPORTED, request.clone()).with_value(fil(100));
    let said = w.through(contract, vec![create.clone()]);
    let made: CreateMinerReturn = said.results[0].data.deserialize().expect("a miner");
    let miner = made.id_address;

    let params = RawBytes::serialize(withdraw(fil(5))).expect("encodes");
    let before = w.net.balance(&id(contract)).expect("reads");
    let said = w.through(
        contract,
        vec![
            CallSpec { method: CREATE_MINER, ..create }.may_fail(),
            CallSpec::new(miner, i::WITHDRAW_BALANCE, params.clone()).may_fail(),
            CallSpec::new(id(ids::INIT), EXEC, params.clone()).may_fail(),
            CallSpec::new(miner, x::WITHDRAW_BALANCE, params),
            CallSpec::new(miner, x::REPAY_DEBT, RawBytes::default()),
            CallSpec::new(miner, x::CONFIRM_CHANGE_WORKER_ADDRESS, RawBytes::default()),
        ],
    );
    let codes: Vec<u32> = said.results.iter().map(|result| result.exit_code).collect();
    assert_eq!(codes, [18, 18, 18, 0, 0, 0]);
    assert_eq!(said.results[3].data.deserialize::<TokenAmount>().expect("an amount"), fil(5));
    assert_eq!(w.net.balance(&id(contract)).expect("reads"), before + fil(5));
}

#[test]
fn user_code_must_be_installed_and_builtin_code_is_refused() {
    let mut w = World::new();
    let contract = w.contract();
    let manifest = w.net.manifest().expect("reads");
    let miner_code = manifest.iter().find(|(name, _)| name == "storageminer").expect("in the manifest").1;
    let exec = ExecParams { code_cid: miner_code, constructor_params: RawBytes::default() };
    assert_eq!(w.send(id(ids::INIT), fil(0), EXEC, &exec).exit_code(), ExitCode::USR_FORBIDDEN);
    let exec = ExecParams { code_cid: w.net.state_root(), constructor_params: RawBytes::default() };
    assert_eq!(w.send(id(ids::INIT), fil(0), EXEC, &exec).exit_code(), ExitCode::USR_FORBIDDEN);
    let nonsense = InstallCodeParams { code: RawBytes::new(b"no wasm".to_vec()) };
    assert_eq!(w.send(id(ids::INIT), fil(0), INSTALL_CODE, &nonsense).exit_code(), ExitCode::USR_ILLEGAL_ARGUMENT);
    // Installed code can be run again, by a contract too.
    let code_cid = w.net.actor_by_id(contract).expect("reads").expect("exists").code;
    let exec = RawBytes::serialize(ExecParams { code_cid, constructor_params: RawBytes::default() }).expect("encodes");
    let said = w.through(contract, vec![CallSpec::new(id(ids::INIT), EXEC_EXPORTED, exec)]);
    assert_eq!(said.results[0].exit_code, 0);
}

#[test]
fn levers_work_for_the_network_and_for_nobody_else() {
    let mut w = World::new();
    let miner = w.create_miner();
    assert_eq!(w.send(id(miner), fil(0), levers::ADD_DEBT, &fil(1)).exit_code(), ExitCode::USR_FORBIDDEN);
    let burnt = w.net.balance(&id(ids::BURNT_FUNDS)).expect("reads");
    assert!(w.lever(miner, levers::FINE, &fil(3)).is_ok());
    assert_eq!(w.net.balance(&id(ids::BURNT_FUNDS)).expect("reads") - burnt, fil(3));
    assert!(w.lever(miner, levers::ADD_DEBT, &fil(200)).is_ok());
    let refused = w.send(id(miner), fil(0), i::WITHDRAW_BALANCE, &withdraw(fil(0)));
    assert_eq!(refused.exit_code(), ExitCode::USR_INSUFFICIENT_FUNDS);
    assert!(refused.message.contains("fee debt"), "{}", refused.message);

    let lie = GetOwnerReturn { owner: id(777), proposed: None };
    let sick = Sick { answer: vec![(x::GET_OWNER, RawBytes::serialize(&lie).expect("encodes"))], ..Sick::default() };
    assert!(w.lever(miner, levers::SET_SICK, &Some(sick)).is_ok());
    assert_eq!(w.ask::<GetOwnerReturn>(miner, x::GET_OWNER), lie);
}

#[test]
fn cron_puts_a_new_worker_in_office() {
    let mut w = World::new();
    let miner = w.create_miner();
    assert!(w.lever(miner, levers::ADD_PLEDGE, &fil(10)).is_ok());
    let key = w.net.create_account(KeyKind::Bls, fil(1)).expect("an account");
    let new_worker = id(w.net.resolve(&key.address()).expect("reads").expect("exists"));
    let change = ChangeWorkerAddressParams { new_worker: key.address(), new_control_addresses: vec![] };
    assert!(w.send(id(miner), fil(0), i::CHANGE_WORKER_ADDRESS, &change).is_ok());
    w.net.advance(890).expect("not yet");
    assert_ne!(w.worker_of(miner), new_worker);
    w.net.advance(80).expect("finality and one deadline have passed");
    assert_eq!(w.worker_of(miner), new_worker);
}

#[test]
fn a_block_reward_is_locked_for_three_quarters() {
    let mut w = World::new();
    let miner = w.net.genesis().miner;
    let total = |w: &World| {
        let funds: GetVestingFundsReturn = w.ask(miner, x::GET_VESTING_FUNDS);
        funds.vesting_funds.iter().map(|(_, amount)| amount).sum::<TokenAmount>()
    };
    let (locked, balance) = (total(&w), w.net.balance(&id(miner)).expect("reads"));
    w.net.mine().expect("mines");
    let reward = w.net.balance(&id(miner)).expect("reads") - balance;
    assert!(reward.is_positive());
    assert_eq!(total(&w) - locked, (reward * 3_u32).div_floor(4_u32));
}
