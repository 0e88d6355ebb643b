//! Attempts to get a miner out of custody: every method, as every role. The world looks at the miner's owner, beneficiary and what
//! is proposed for them after each.

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{self as proxy, KeeperCut};
use peggy_interfaces::{common, MethodInfo};
use peggy_localnet::Key;
use peggy_math::Bps;

use crate::actions::post_proof;
use crate::money::fil;
use crate::step::Step;
use crate::world::{encode, World};

/// Calls every method of the proxy as operator, former owner, stranger and deployer, and as actors that can't be had: governance,
/// pool, liquidity, the miner itself and the system. Answers how many calls succeeded.
pub fn on_the_proxy(w: &mut World, miner: ActorID) -> u32 {
    let keys: Vec<Key> =
        [&w.cast.operator, &w.cast.owner, &w.cast.stranger, &w.cast.deployer].into_iter().cloned().collect();
    let actors = [w.wiring.governance, w.wiring.pool, w.wiring.liquidity, miner, 0];
    let to = w.wiring.owner_proxy;
    let mut reached = 0;
    for method in proxy::METHODS {
        let mut attempts = aimed_at(method, w, miner);
        attempts.push(RawBytes::new((method.sample_params)()));
        let value = if method.payable { fil(150) } else { TokenAmount::zero() };
        for params in attempts {
            for key in &keys {
                let outcome = w.send(method.name, key, to, method.number, params.clone(), value.clone());
                reached += u32::from(outcome.is_ok());
            }
            for from in actors {
                let (name, value) = (method.name.to_owned(), TokenAmount::zero());
                let step = Step { name, from, to, value, method: method.number, params: params.clone() };
                reached += u32::from(w.send_as(step).is_ok());
            }
        }
    }
    reached
}

/// Parameters that aim at a miner in custody, for every method: a method without an entry fails the test.
fn aimed_at(method: &MethodInfo, w: &World, miner: ActorID) -> Vec<RawBytes> {
    let of = Address::new_id(miner);
    let stranger = w.cast.stranger.address();
    match method.name {
        "Wire" => vec![encode(&w.wiring)],
        "Upgrade" => vec![encode(&common::UpgradeParams {
            new_code: w.codes.actors[1],
            old_code: w.codes.actors[0],
            old_schema: 99,
            migration_params: RawBytes::default(),
        })],
        "GetWiring" | "Sweep" | "GetConfig" | "ListMiners" => vec![RawBytes::default()],
        "TakeOwner"
        | "Harvest"
        | "ConfirmChangeWorkerAddress"
        | "RepayDebt"
        | "GetMiner"
        | "ApproveMiner"
        | "WriteOff" => {
            vec![encode(&proxy::MinerParams { miner: of }), encode(&proxy::MinerParams { miner: stranger })]
        }
        "CreateMiner" => vec![encode(&proxy::CreateMinerParams {
            worker: w.cast.worker.address(),
            window_post_proof_type: post_proof(),
            peer_id: ByteBuf(vec![]),
            multiaddrs: vec![],
        })],
        "Pledge" => vec![encode(&proxy::PledgeParams { miner: of, amount: fil(1) })],
        "ReturnPrincipal" => vec![
            encode(&proxy::ReturnPrincipalParams { miner: of, amount: fil(1) }),
            encode(&proxy::ReturnPrincipalParams { miner: stranger, amount: fil(1) }),
        ],
        "Sync" => vec![encode(&proxy::SyncParams { max_miners: 32 })],
        "ChangeWorkerAddress" => vec![encode(&proxy::ChangeWorkerAddressParams {
            miner: of,
            new_worker: w.cast.spare_worker.address(),
            control_addresses: vec![stranger],
        })],
        "ChangePeerID" => vec![encode(&proxy::ChangePeerIDParams { miner: of, peer_id: ByteBuf(b"x".to_vec()) })],
        "ChangeMultiaddrs" => {
            vec![encode(&proxy::ChangeMultiaddrsParams { miner: of, multiaddrs: vec![ByteBuf(b"y".to_vec())] })]
        }
        "SetOperator" => vec![encode(&proxy::SetOperatorParams { operator: stranger })],
        "SetKeeperCut" => vec![encode(&KeeperCut { bps: Bps(100), cap: fil(100) })],
        other => panic!("{other} is not in the list of methods that try to get at a miner"),
    }
}
