//! Installing user code by message.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use localnet_builtin::init::{InstallCodeParams, InstallCodeReturn, INSTALL_CODE};
use num_traits::Zero;
use peggy_localnet::bundle::{code_cid, find_out_dir};
use peggy_localnet::{ids, params, Bundle};

use crate::{fil, id, network};

#[test]
fn code_far_beyond_64_kib_is_installed_once() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let wasm = std::fs::read(find_out_dir().unwrap().unwrap().join("wasm/localnet_reward.wasm")).unwrap();
    assert!(wasm.len() > 64 << 10);
    let cid = code_cid(&wasm);
    let install = params(&InstallCodeParams { code: RawBytes::new(wasm.clone()) }).unwrap();
    for installed in [true, false] {
        let outcome = network.send(&key, id(ids::INIT), TokenAmount::zero(), INSTALL_CODE, install.clone()).unwrap();
        let answer: InstallCodeReturn = outcome.decode().unwrap();
        assert_eq!((answer.code_cid, answer.installed), (cid, installed));
        assert!(outcome.gas_used() as usize > wasm.len() * 1000);
    }
    let garbage = params(&InstallCodeParams { code: RawBytes::new(vec![1, 2, 3]) }).unwrap();
    let outcome = network.send(&key, id(ids::INIT), TokenAmount::zero(), INSTALL_CODE, garbage).unwrap();
    assert_eq!(outcome.exit_code(), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert!(!outcome.message.is_empty());
}

#[test]
fn bundles_come_back_from_their_file_byte_for_byte() {
    let found = Bundle::find().unwrap();
    let mut first = Vec::new();
    found.write(1, &mut first).unwrap();
    let read = Bundle::read(first.as_slice()).unwrap();
    let mut second = Vec::new();
    read.write(1, &mut second).unwrap();
    assert_eq!(first, second);
    assert_eq!(read.code("init"), found.code("init"));
    assert!(read.is_callable("account") && !read.is_callable("storagemarket"));
    // The sixteen official names: an actor's type is its place in the list.
    assert_eq!(read.actors().len(), 16);
    assert_eq!(read.actors()[5].name, "storageminer");

    let mut broken = first.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert!(Bundle::read(broken.as_slice()).is_err());
    let error = format!("{:#}", Bundle::load("nowhere.car").unwrap_err());
    assert!(error.contains("make wasm"), "{error}");
}
