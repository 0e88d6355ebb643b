//! The init actor. Here the official one answers, which the rest of the network's states were not made by.

use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_builtin::init::{ConstructorParams, Exec4Params, ExecParams};
use localnet_builtin::miner::ConstructorParams as MinerParams;
use peggy_localnet::bundle::code_cid;
use serde::Serialize;

use super::{atto, fil, id, p, Book, START};
use crate::methods::{number, Number};
use crate::stage::USER_CODE;

/// Stands for the CID of a code until [`named`].
fn code(name: &str) -> Cid {
    code_cid(format!("code of {name}").as_bytes())
}

/// Parameters with the name of a code in place of its CID: codes differ from bundle to bundle.
fn named<T: Serialize>(name: &str, params: &T) -> String {
    p(params).replace(&hex::encode(code(name).to_bytes()), &format!("<{name}>"))
}

fn exec(name: &str, params: Vec<u8>) -> String {
    named(name, &ExecParams { code_cid: code(name), constructor_params: RawBytes::new(params) })
}

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    let m = "init.Exec";
    let miner = fvm_ipld_encoding::to_vec(&MinerParams {
        owner: id("alice"),
        worker: id("worker2"),
        control_addresses: vec![id("bob")],
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        peer_id: vec![],
        multi_addresses: vec![],
    })?;
    for name in [
        "system",
        "init",
        "cron",
        "account",
        "storagepower",
        "storageminer",
        "storagemarket",
        "reward",
        "verifiedregistry",
        "datacap",
        "placeholder",
        "evm",
        "eam",
        "ethaccount",
    ] {
        book.call(START, "alice", m, &format!("of the code of {name} by an account"), exec(name, vec![]));
    }
    for (from, who) in [("contract", "a contract"), ("evm", "an Ethereum contract")] {
        book.internal(START, from, m, &format!("of a miner by {who}"), exec("storageminer", miner.clone()));
        book.internal(START, from, m, &format!("by {who}, of a multisig"), exec("multisig", vec![]));
    }
    book.paid(START, "alice", m, "of a miner by an account", exec("storageminer", miner.clone()), &atto(&fil(100)));
    book.paid(
        START,
        "power",
        m,
        "of a miner by the power actor, which has no FIL",
        exec("storageminer", miner.clone()),
        &atto(&fil(100)),
    );
    book.call(START, "power", m, "of a miner by the power actor without FIL", exec("storageminer", miner.clone()));
    let funded = "power has FIL";
    book.paid(
        funded,
        "power",
        m,
        "of a miner by the power actor",
        exec("storageminer", miner.clone()),
        &atto(&fil(100)),
    );
    book.call(
        funded,
        "power",
        m,
        "of a miner by the power actor that keeps its FIL",
        exec("storageminer", miner.clone()),
    );
    book.call(funded, "power", m, "of a miner with broken parameters", exec("storageminer", vec![0xff]));
    book.call(START, "power", m, "of a miner without parameters by the power actor", exec("storageminer", vec![]));
    book.call(START, "power", m, "of an account by the power actor", exec("account", vec![]));
    book.call(START, "system", m, "of an account by the system actor", exec("account", vec![]));
    for from in ["alice", "power", "system"] {
        let user = ExecParams { code_cid: code_cid(USER_CODE), constructor_params: RawBytes::default() };
        book.call(START, from, m, &format!("of code nobody installed, by {from}"), p(&user));
    }
    book.call(START, "alice", m, "of a multisig without parameters", exec("multisig", vec![]));
    book.call(START, "alice", m, "of a payment channel without parameters", exec("paymentchannel", vec![]));
    let m = "init.Exec4";
    let exec4 = |name: &str, subaddress: Vec<u8>| {
        let params = Exec4Params {
            code_cid: code(name),
            constructor_params: RawBytes::default(),
            subaddress: RawBytes::new(subaddress),
        };
        named(name, &params)
    };
    for (from, who) in [
        ("alice", "an account"),
        ("system", "the system actor"),
        ("power", "the power actor"),
        ("ethaccount", "an Ethereum account"),
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
    ] {
        book.internal(START, from, m, &format!("by {who}"), exec4("evm", vec![7; 20]));
    }
    let exec4_miner = |subaddress: Vec<u8>| {
        let params = Exec4Params {
            code_cid: code("storageminer"),
            constructor_params: RawBytes::new(miner.clone()),
            subaddress: RawBytes::new(subaddress),
        };
        named("storageminer", &params)
    };
    let hundred = atto(&fil(100));
    book.paid(funded, "eam", m, "of a miner by the address manager", exec4_miner(vec![7; 20]), &hundred);
    book.paid(funded, "eam", m, "at the longest subaddress", exec4_miner(vec![7; 54]), &hundred);
    book.paid(funded, "eam", m, "at an empty subaddress", exec4_miner(vec![]), &hundred);
    book.paid(funded, "eam", m, "of a miner without FIL", exec4_miner(vec![7; 20]), "0");
    book.internal(START, "eam", m, "with too long a subaddress", exec4("evm", vec![7; 55]));
    let m = "init.Constructor";
    let params = p(&ConstructorParams { network_name: "another".to_owned() });
    for (from, who) in [("alice", "an account"), ("power", "the power actor"), ("init", "itself")] {
        book.call(START, from, m, &format!("by {who}"), params.clone());
    }
    book.internal(START, "contract", m, "by a contract", params.clone());
    book.call(START, "system", m, "of an init actor that is there already", params.clone());
    let number = number(m, Number::Internal);
    for (from, who) in [("system", "the system actor"), ("power", "the power actor")] {
        let what = format!("of a new init actor by {who}");
        book.called(START, from, "unborn init", m, &what, number, params.clone(), "0");
    }
    Ok(())
}
