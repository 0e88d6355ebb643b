//! The state the chain starts from.
//!
//! Only what nobody can construct by a message is written by hand: the system actor's manifest, the init actor's empty map and
//! the burnt-funds account. Everything else is built by the actors' own constructors and by messages, so that any bundle with
//! the official interfaces can be started.

use anyhow::{anyhow, ensure, Context};
use cid::Cid;
use fvm::state_tree::StateTree;
use fvm_ipld_encoding::{BytesSer, RawBytes};
use fvm_ipld_hamt::Hamt;
use fvm_shared::address::Address;
use fvm_shared::bigint::{bigint_ser::BigIntSer, BigInt};
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::state::{ActorState, StateTreeVersion};
use fvm_shared::{ActorID, MethodNum, EMPTY_ARR_CID, HAMT_BIT_WIDTH, METHOD_CONSTRUCTOR, METHOD_SEND};
use num_traits::Zero;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::bundle::Bundle;
use crate::chain::BLOCK_GAS_LIMIT;
use crate::externs::ChainIndex;
use crate::ids;
use crate::keys::{Key, KeyKind};
use crate::machine::{Vm, VmContext};
use crate::message::{params, unsigned};
use crate::network::Config;
use crate::outcome::Outcome;
use crate::store::Store;

/// All FIL there will ever be, in whole FIL.
pub const TOTAL_SUPPLY_FIL: u64 = 2_000_000_000;
/// The part that is mined, in whole FIL. The rest is the faucet's.
const MINING_RESERVE_FIL: u64 = 1_100_000_000;
/// First ID given to an actor that is created by a message.
const FIRST_ID: ActorID = 1000;
/// What the owner of the first miner starts with, in whole FIL.
const OWNER_FIL: u64 = 10_000;
/// What comes with the creation of the first miner, in whole FIL; the network's deposit is taken out of it.
const MINER_FIL: u64 = 1_000;

/// `storagepower.CreateMiner`.
const CREATE_MINER: MethodNum = 2;
/// `storagepower.OnEpochTickEnd`.
const POWER_TICK: MethodNum = 5;
/// `storagemarket.CronTick`.
const MARKET_TICK: MethodNum = 9;

/// `storageminer.GenerateSectorLocation`, new in v18 (FRC-0108).
const GENERATE_SECTOR_LOCATION: MethodNum = frc42_dispatch::method_hash!("GenerateSectorLocation");

/// What genesis made.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// State root at height 0.
    pub state_root: Cid,
    /// Holds all FIL that is not mined.
    pub faucet: Key,
    /// Owner of the first miner.
    pub owner: Key,
    /// Its worker, who signs blocks.
    pub worker: Key,
    /// The first miner.
    pub miner: ActorID,
}

/// `[address_map, next_id, network_name, installed_actors]`: the init state of a network that lets users install code.
#[derive(Serialize_tuple, Deserialize_tuple)]
struct InitState {
    address_map: Cid,
    next_id: ActorID,
    network_name: String,
    installed_actors: Cid,
}

#[derive(Serialize_tuple)]
struct CreateMinerParams<'a> {
    owner: Address,
    worker: Address,
    window_post_proof_type: RegisteredPoStProof,
    peer: BytesSer<'a>,
    multiaddrs: Vec<BytesSer<'a>>,
}

#[derive(Deserialize_tuple)]
struct CreateMinerReturn {
    id_address: Address,
    _robust_address: Address,
}

/// Builds the genesis state in `store`.
pub(crate) fn build(store: &Store, bundle: &Bundle, config: &Config) -> anyhow::Result<Genesis> {
    let root = bare_state(store, bundle, config)?;
    let context = VmContext {
        epoch: 0,
        timestamp: config.genesis_timestamp,
        base_fee: TokenAmount::zero(),
        circulating_supply: TokenAmount::from_whole(TOTAL_SUPPLY_FIL - MINING_RESERVE_FIL),
        chain_id: config.chain_id,
    };
    let mut vm = Vm::new(store, &ChainIndex::default(), &root, &context)?;
    construct_singletons(&mut vm, bundle)?;

    let key = |kind, name: &str| Key::from_seed(kind, format!("{}/{name}", config.seed).as_bytes());
    let faucet = key(KeyKind::Secp256k1, "faucet")?;
    let owner = key(KeyKind::Secp256k1, "owner")?;
    let worker = key(KeyKind::Bls, "worker")?;
    let faucet_fil = TOTAL_SUPPLY_FIL - MINING_RESERVE_FIL - OWNER_FIL;
    send(&mut vm, &faucet, faucet_fil)?;
    send(&mut vm, &owner, OWNER_FIL)?;
    send(&mut vm, &worker, 0)?;
    let miner = create_miner(&mut vm, &owner, &worker)?;
    if bundle.as_official().is_some() {
        check_version(&mut vm, miner)?;
    }

    let state_root = vm.flush()?;
    Ok(Genesis { state_root, faucet, owner, worker, miner })
}

/// System, init, burnt funds, and the other singletons before their constructors ran.
fn bare_state(store: &Store, bundle: &Bundle, config: &Config) -> anyhow::Result<Cid> {
    let manifest = bundle.install(store)?;
    let mut tree = StateTree::new(store.clone(), StateTreeVersion::V5)?;
    let code = |name: &str| bundle.code(name).ok_or_else(|| anyhow!("the bundle has no actor called '{name}'"));

    let premine = TokenAmount::from_whole(TOTAL_SUPPLY_FIL - MINING_RESERVE_FIL);
    tree.set_actor(ids::SYSTEM, actor(code("system")?, store.put_value(&(manifest,))?, premine));
    let init = InitState {
        address_map: Hamt::<_, ActorID>::new_with_bit_width(store, HAMT_BIT_WIDTH).flush()?,
        next_id: FIRST_ID,
        network_name: config.network_name.clone(),
        installed_actors: store.put_value(&Vec::<Cid>::new())?,
    };
    tree.set_actor(ids::INIT, actor(code("init")?, store.put_value(&init)?, TokenAmount::zero()));
    let burnt = (Address::new_id(ids::BURNT_FUNDS),);
    tree.set_actor(ids::BURNT_FUNDS, actor(code("account")?, store.put_value(&burnt)?, TokenAmount::zero()));

    // The VM gives every account the empty array as its first state, and constructors check that they find it.
    store.put_value::<[(); 0]>(&[])?;
    for (id, name, _) in singletons()? {
        if bundle.is_callable(name) {
            let balance =
                if id == ids::REWARD { TokenAmount::from_whole(MINING_RESERVE_FIL) } else { TokenAmount::zero() };
            tree.set_actor(id, actor(code(name)?, EMPTY_ARR_CID, balance));
        }
    }
    Ok(tree.flush()?)
}

fn actor(code: Cid, state: Cid, balance: TokenAmount) -> ActorState {
    ActorState { code, state, sequence: 0, balance, delegated_address: None }
}

/// The singletons that have constructors, with their parameters. Those the bundle lacks are left out.
fn singletons() -> anyhow::Result<Vec<(ActorID, &'static str, RawBytes)>> {
    let ticks = vec![(Address::new_id(ids::POWER), POWER_TICK), (Address::new_id(ids::MARKET), MARKET_TICK)];
    let no_power = BigInt::zero();
    let root_key = Address::new_id(ids::VERIFIED_REGISTRY_ROOT);
    Ok(vec![
        (ids::REWARD, "reward", params(&BigIntSer(&no_power))?),
        (ids::CRON, "cron", params(&(ticks,))?),
        (ids::POWER, "storagepower", RawBytes::default()),
        (ids::MARKET, "storagemarket", RawBytes::default()),
        (ids::VERIFIED_REGISTRY, "verifiedregistry", params(&root_key)?),
        (ids::DATACAP, "datacap", params(&Address::new_id(ids::VERIFIED_REGISTRY))?),
        (ids::EAM, "eam", RawBytes::default()),
    ])
}

fn construct_singletons(vm: &mut Vm, bundle: &Bundle) -> anyhow::Result<()> {
    for (id, name, mut params) in singletons()? {
        if !bundle.is_callable(name) {
            continue;
        }
        if id == ids::CRON && !bundle.is_callable("storagemarket") {
            params = crate::message::params(&(vec![(Address::new_id(ids::POWER), POWER_TICK)],))?;
        }
        apply(vm, ids::SYSTEM, Address::new_id(id), 0, METHOD_CONSTRUCTOR, params)
            .with_context(|| format!("constructor of {name}"))?;
    }
    Ok(())
}

/// Money from the premine; the VM creates the account on the way.
fn send(vm: &mut Vm, to: &Key, fil: u64) -> anyhow::Result<()> {
    apply(vm, ids::SYSTEM, to.address(), fil, METHOD_SEND, RawBytes::default())
        .with_context(|| format!("first payment to {}", to.address()))?;
    Ok(())
}

fn create_miner(vm: &mut Vm, owner: &Key, worker: &Key) -> anyhow::Result<ActorID> {
    let request = CreateMinerParams {
        owner: owner.address(),
        worker: worker.address(),
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        peer: BytesSer(b"localnet"),
        multiaddrs: Vec::new(),
    };
    let mut message = unsigned(
        owner.address(),
        Address::new_id(ids::POWER),
        TokenAmount::from_whole(MINER_FIL),
        CREATE_MINER,
        params(&request)?,
    );
    // The miner's f2 address follows from the sender and its nonce: with 0 it would be that of the owner's first own creation.
    message.sequence = u64::MAX;
    let created: CreateMinerReturn = run(vm, message).context("creation of the first miner")?.decode()?;
    created.id_address.id().map_err(|e| anyhow!("the first miner has no ID: {e}"))
}

/// Tells builtin-actors v18 from what came before, which has actors of the same names.
fn check_version(vm: &mut Vm, miner: ActorID) -> anyhow::Result<()> {
    let nobody = Address::new_id(ids::BURNT_FUNDS);
    let mut message =
        unsigned(nobody, Address::new_id(miner), TokenAmount::zero(), GENERATE_SECTOR_LOCATION, params(&(0u64,))?);
    message.gas_limit = BLOCK_GAS_LIMIT;
    let code = vm.apply_implicit(message)?.msg_receipt.exit_code;
    ensure!(
        code != ExitCode::USR_UNHANDLED_MESSAGE,
        "the bundle is older than builtin-actors v18: its miner has no method GenerateSectorLocation"
    );
    Ok(())
}

fn apply(
    vm: &mut Vm,
    from: ActorID,
    to: Address,
    fil: u64,
    method: MethodNum,
    params: RawBytes,
) -> anyhow::Result<Outcome> {
    run(vm, unsigned(Address::new_id(from), to, TokenAmount::from_whole(fil), method, params))
}

fn run(vm: &mut Vm, mut message: fvm_shared::message::Message) -> anyhow::Result<Outcome> {
    message.gas_limit = BLOCK_GAS_LIMIT;
    let cid = crate::message::message_cid(&message);
    let outcome = Outcome::new(cid, vm.apply_implicit(message)?);
    ensure!(outcome.is_ok(), "exit code {}: {}", outcome.exit_code().value(), outcome.backtrace);
    Ok(outcome)
}
