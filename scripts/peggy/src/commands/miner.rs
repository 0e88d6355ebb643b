//! `peggy miner ...`.

use clap::{Args, Subcommand, ValueEnum};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::ActorID;
use peggy_interfaces::miner::ChangeOwnerAddress;
use peggy_interfaces::owner_proxy::{
    ChangeWorkerAddress, ChangeWorkerAddressParams, ConfirmChangeWorkerAddress, CreateMiner, CreateMinerParams,
    GetMiner, Harvest, ListMiners, MinerInfo, MinerParams, Pledge, PledgeParams, RepayDebt, ReturnPrincipal,
    ReturnPrincipalParams, Sweep, Sync, SyncParams, TakeOwner,
};
use peggy_interfaces::{common, miner, power};
use serde_json::{json, Value};

use super::sent_with;
use crate::amount::{self, Quantity};
use crate::failure::OrFail;
use crate::output::{facts, grid, Report};
use crate::session::Session;
use crate::wallet::address_arg;
use crate::{Failure, Result};

/// Miners in the custody of the owner-proxy.
#[derive(Debug, Subcommand)]
pub enum Miner {
    /// Create a miner: of the proxy from birth (operator), or of this wallet with --own, to be handed over later.
    Create(Create),
    /// Propose the proxy as owner of a miner of yours (its present owner). The first half of a hand-over.
    ProposeOwner(One),
    /// Accept a miner whose owner proposed the proxy (operator). The second half of a hand-over; for good.
    Take(One),
    /// The books of one miner or of all, and what the miner says itself.
    Status(OneOrAll),
    /// Send FIL of the pool to a miner, to be pledged (operator).
    Pledge(PledgeArgs),
    /// Bring a miner's rewards to the pool (anyone; pays the keeper's cut).
    Harvest(One),
    /// Bring idle principal of a miner home to the pool (operator), beyond what exits need: harvests bring that by themselves.
    Return(ReturnArgs),
    /// Change worker and control addresses (operator), or confirm a change that is due (anyone).
    Worker(Worker),
    /// Harvest the miners tried longest ago (anyone).
    Sync(SyncArgs),
    /// Pass FIL that reached the proxy by itself to the pool (anyone).
    Sweep,
    /// Have a miner pay its fee debt (anyone).
    RepayDebt(One),
}

/// One miner.
#[derive(Debug, Args)]
pub struct One {
    /// The miner's address.
    #[arg(value_parser = address_arg)]
    miner: Address,
}

/// One miner or all.
#[derive(Debug, Args)]
pub struct OneOrAll {
    /// The miner's address; all miners if none is named.
    #[arg(value_parser = address_arg)]
    miner: Option<Address>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SectorSize {
    #[value(name = "32GiB")]
    Gib32,
    #[value(name = "64GiB")]
    Gib64,
}

/// Options of `miner create`.
#[derive(Debug, Args)]
pub struct Create {
    /// A BLS (f3) account that will sign for the miner. Must be on chain.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    worker: Address,
    /// FIL that goes along: pays the network's deposit; the rest stays with the miner.
    #[arg(long, value_parser = amount::parse, value_name = "FIL")]
    value: TokenAmount,
    /// Sector size.
    #[arg(long, value_enum, default_value = "32GiB")]
    sector_size: SectorSize,
    /// libp2p peer ID, as text.
    #[arg(long, default_value = "")]
    peer_id: String,
    /// The wallet owns it, as miners without Peggy are owned. Needs no deployment.
    #[arg(long)]
    own: bool,
}

/// Options of `miner pledge`.
#[derive(Debug, Args)]
pub struct PledgeArgs {
    /// The miner's address.
    #[arg(value_parser = address_arg)]
    miner: Address,
    /// How much.
    #[arg(value_parser = amount::parse)]
    amount: TokenAmount,
}

/// Options of `miner return`.
#[derive(Debug, Args)]
pub struct ReturnArgs {
    /// The miner's address.
    #[arg(value_parser = address_arg)]
    miner: Address,
    /// At most this much; 'all' for all that is idle.
    #[arg(value_parser = amount::parse_quantity)]
    amount: Quantity,
}

/// Options of `miner worker`.
#[derive(Debug, Args)]
pub struct Worker {
    /// The miner's address.
    #[arg(value_parser = address_arg)]
    miner: Address,
    /// The new worker, a BLS (f3) account; takes effect after the network's delay.
    #[arg(value_name = "NEW_WORKER", value_parser = address_arg, required_unless_present = "confirm", conflicts_with = "confirm")]
    new: Option<Address>,
    /// A control address. All are replaced at once: name every one there shall be.
    #[arg(long, value_parser = address_arg, value_name = "ADDRESS")]
    control: Vec<Address>,
    /// Confirm a change that is due.
    #[arg(long)]
    confirm: bool,
}

/// Options of `miner sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// At most this many miners.
    #[arg(long, default_value_t = 2)]
    max: u32,
}

/// Does it.
pub fn run(session: &Session, command: Miner) -> Result<Report> {
    let none = TokenAmount::default();
    // Asked for where it is needed: a miner of one's own needs no deployment.
    let proxy = || session.actor("owner-proxy");
    match command {
        Miner::Create(args) => create(session, args),
        Miner::ProposeOwner(one) => propose_owner(session, proxy()?, one.miner),
        Miner::Status(args) => status(session, proxy()?, args.miner),
        Miner::Worker(args) => worker(session, proxy()?, args),
        Miner::Take(one) => {
            let (executed, answer) = session.invoke::<TakeOwner>(proxy()?, &MinerParams { miner: one.miner }, none)?;
            let text =
                format!("{} is in custody; {} became the operator's bond", one.miner, amount::fil(&answer.backing));
            Ok(Report::new(sent_with(&executed, json!({ "backing": amount::atto(&answer.backing) })), text))
        }
        Miner::Pledge(args) => {
            let params = PledgeParams { miner: args.miner, amount: args.amount.clone() };
            let (executed, ()) = session.invoke::<Pledge>(proxy()?, &params, none)?;
            let text = format!("{} went from the pool to {}", amount::fil(&args.amount), args.miner);
            Ok(Report::new(sent_with(&executed, json!({ "amount": amount::atto(&args.amount) })), text))
        }
        Miner::Harvest(one) => {
            let (executed, answer) = session.invoke::<Harvest>(proxy()?, &MinerParams { miner: one.miner }, none)?;
            let (reward, home) = (&answer.reward, &answer.home);
            let text =
                format!("harvested {} of reward, {} of principal came home", amount::fil(reward), amount::fil(home));
            let facts = json!({ "reward": amount::atto(reward), "home": amount::atto(home), "backing": amount::atto(&answer.backing) });
            Ok(Report::new(sent_with(&executed, facts), text))
        }
        Miner::Return(args) => return_principal(session, proxy()?, args),
        Miner::Sync(args) => {
            let (executed, answer) = session.invoke::<Sync>(proxy()?, &SyncParams { max_miners: args.max }, none)?;
            Ok(Report::new(
                sent_with(&executed, json!({ "measured": answer.measured })),
                format!("measured {} miners", answer.measured),
            ))
        }
        Miner::Sweep => {
            let (executed, answer) = session.invoke::<Sweep>(proxy()?, &(), none)?;
            let text = format!("{} went to the pool as reward", amount::fil(&answer.amount));
            Ok(Report::new(sent_with(&executed, json!({ "amount": amount::atto(&answer.amount) })), text))
        }
        Miner::RepayDebt(one) => {
            let (executed, ()) = session.invoke::<RepayDebt>(proxy()?, &MinerParams { miner: one.miner }, none)?;
            Ok(Report::new(super::sent(&executed), format!("{} paid what it could", one.miner)))
        }
    }
}

fn create(session: &Session, args: Create) -> Result<Report> {
    if session.client.lookup_id(&args.worker)?.is_none() {
        return Err(Failure::chain(format!("the worker {} is not on chain yet", args.worker))
            .next(format!("send it some FIL first: peggy send {} 1", args.worker)));
    }
    let proof = match args.sector_size {
        SectorSize::Gib32 => RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        SectorSize::Gib64 => RegisteredPoStProof::StackedDRGWindow64GiBV1P1,
    };
    let (window_post_proof_type, peer) = (proof.into(), ByteBuf(args.peer_id.into_bytes()));
    if args.own {
        let owner = session.key()?.address();
        let params = power::CreateMinerParams {
            owner,
            worker: args.worker,
            window_post_proof_type,
            peer,
            multiaddrs: Vec::new(),
        };
        let (executed, answer) = session.invoke::<power::CreateMiner>(power::POWER_ACTOR_ID, &params, args.value)?;
        let text =
            format!("created {}, owned by {owner}; hand it over with 'peggy miner propose-owner'", answer.id_address);
        return Ok(Report::new(sent_with(&executed, json!({ "miner": answer.id_address.to_string() })), text));
    }
    let params =
        CreateMinerParams { worker: args.worker, window_post_proof_type, peer_id: peer, multiaddrs: Vec::new() };
    let proxy = session.actor("owner-proxy")?;
    let (executed, answer) = session.invoke::<CreateMiner>(proxy, &params, args.value)?;
    let id = format!("f0{}", answer.miner);
    let text = format!("created {id}, owned by the proxy; {} became the operator's bond", amount::fil(&answer.backing));
    Ok(Report::new(sent_with(&executed, json!({ "miner": id, "backing": amount::atto(&answer.backing) })), text))
}

fn propose_owner(session: &Session, proxy: ActorID, miner: Address) -> Result<Report> {
    let id = miner_id(session, miner)?;
    // The miner wants an ID address, and the proxy must be one that takes miners.
    session.client.query::<common::GetWiring>(proxy, &())?;
    let (executed, ()) = session.invoke::<ChangeOwnerAddress>(id, &Address::new_id(proxy), TokenAmount::default())?;
    let text = format!("proposed f0{proxy} as owner of {miner}; the operator finishes with 'peggy miner take {miner}'");
    Ok(Report::new(sent_with(&executed, json!({ "proposed": format!("f0{proxy}") })), text))
}

fn return_principal(session: &Session, proxy: ActorID, args: ReturnArgs) -> Result<Report> {
    // The proxy takes what is idle of it: no more than the principal is ever there.
    let amount = args.amount.or_all(|| {
        let books = session.client.query::<GetMiner>(proxy, &MinerParams { miner: args.miner })?;
        Ok::<_, Failure>(books.principal)
    })?;
    let params = ReturnPrincipalParams { miner: args.miner, amount };
    let (executed, answer) = session.invoke::<ReturnPrincipal>(proxy, &params, TokenAmount::default())?;
    let text = format!("{} of {}'s principal came home to the pool", amount::fil(&answer.returned), args.miner);
    Ok(Report::new(sent_with(&executed, json!({ "returned": amount::atto(&answer.returned) })), text))
}

fn worker(session: &Session, proxy: ActorID, args: Worker) -> Result<Report> {
    let none = TokenAmount::default();
    let Some(new_worker) = args.new else {
        let params = MinerParams { miner: args.miner };
        let (executed, ()) = session.invoke::<ConfirmChangeWorkerAddress>(proxy, &params, none)?;
        return Ok(Report::new(super::sent(&executed), format!("the change of {}'s worker is confirmed", args.miner)));
    };
    let params = ChangeWorkerAddressParams { miner: args.miner, new_worker, control_addresses: args.control };
    let (executed, ()) = session.invoke::<ChangeWorkerAddress>(proxy, &params, none)?;
    let text = format!(
        "{new_worker} will be the worker of {0}; confirm it when it is due: peggy miner worker {0} --confirm",
        args.miner
    );
    Ok(Report::new(sent_with(&executed, json!({ "worker": new_worker.to_string() })), text))
}

fn miner_id(session: &Session, miner: Address) -> Result<ActorID> {
    let id = session.client.lookup_id(&miner)?;
    id.ok_or_else(|| Failure::chain(format!("there is no miner {miner} on this network")).next("check the address"))
}

fn status(session: &Session, proxy: ActorID, miner: Option<Address>) -> Result<Report> {
    let Some(miner) = miner else {
        let miners = session.client.query::<ListMiners>(proxy, &())?;
        let json = Value::Array(miners.iter().map(miner_json).collect());
        let text = if miners.is_empty() { "the proxy holds no miner yet".to_owned() } else { miner_grid(&miners) };
        return Ok(Report::new(json, text));
    };
    let id = miner_id(session, miner)?;
    let live = live(session, id)?;
    // A miner that was not handed over yet has no books, but an owner to look at.
    let all = session.client.query::<ListMiners>(proxy, &())?;
    let known = all.iter().any(|info| info.miner == id);
    if !known {
        let text = format!("f0{id} is not in the proxy's custody\n{}", live.1);
        return Ok(Report::new(json!({ "miner": format!("f0{id}"), "in_custody": false, "live": live.0 }), text));
    }
    let info = session.client.query::<GetMiner>(proxy, &MinerParams { miner: Address::new_id(id) })?;
    let mut json = miner_json(&info);
    json["in_custody"] = json!(true);
    json["live"] = live.0;
    Ok(Report::new(json, format!("{}\n{}", miner_grid(&[info]), live.1)))
}

/// What the miner itself says now.
fn live(session: &Session, id: ActorID) -> Result<(Value, String)> {
    let client = &session.client;
    let balance = client.actor(&Address::new_id(id))?.map(|actor| actor.balance).unwrap_or_default();
    let owner = client.query::<miner::GetOwner>(id, &()).or_node(format!("is f0{id} a miner?"))?;
    let beneficiary = client.query::<miner::GetBeneficiary>(id, &())?.active.beneficiary;
    let available = client.query::<miner::GetAvailableBalance>(id, &())?;
    let pledge = client.query::<miner::InitialPledge>(id, &())?;
    let vesting: TokenAmount =
        client.query::<miner::GetVestingFunds>(id, &())?.vesting_funds.into_iter().map(|(_, amount)| amount).sum();
    let proposed = owner.proposed.map(|proposed| proposed.to_string());
    let text = facts([
        ("owner", owner.owner.to_string()),
        ("proposed owner", proposed.clone().unwrap_or_else(|| "nobody".to_owned())),
        ("beneficiary", beneficiary.to_string()),
        ("balance", amount::fil(&balance)),
        ("available", amount::fil(&available)),
        ("initial pledge", amount::fil(&pledge)),
        ("vesting", amount::fil(&vesting)),
    ]);
    let json = json!({
        "owner": owner.owner.to_string(),
        "proposed_owner": proposed,
        "beneficiary": beneficiary.to_string(),
        "balance": amount::atto(&balance),
        "available": amount::atto(&available),
        "initial_pledge": amount::atto(&pledge),
        "vesting": amount::atto(&vesting),
    });
    Ok((json, text))
}

/// Miners' books in JSON.
pub fn miner_json(info: &MinerInfo) -> Value {
    json!({
        "miner": format!("f0{}", info.miner),
        "principal": amount::atto(&info.principal),
        "impaired": amount::atto(&info.impaired),
        "impaired_net": amount::atto(&info.impaired_net),
        "backing": amount::atto(&info.backing),
        "vesting": amount::atto(&info.vesting),
        "harvestable": amount::atto(&info.harvestable),
        "measured_at": info.measured_at,
        "custody_at": info.custody_at,
        "legacy_vesting": amount::atto(&info.legacy_vesting),
        "tried_at": info.tried_at,
        "unsettled_since": info.unsettled_since,
        "closing": info.closing,
        "pending_worker": info.pending_worker.as_ref().map(|p| json!({ "worker": format!("f0{}", p.worker), "effective_at": p.effective_at })),
    })
}

/// Miners' books as a table.
pub fn miner_grid(miners: &[MinerInfo]) -> String {
    let rows = miners.iter().map(|info| {
        let state = match (info.unsettled_since.is_some(), info.closing) {
            (true, _) => "unsettled",
            (false, true) => "closing",
            (false, false) => "ok",
        };
        vec![
            format!("f0{}", info.miner),
            amount::plain(&info.principal),
            amount::plain(&info.backing),
            amount::plain(&info.impaired),
            amount::plain(&info.vesting),
            info.measured_at.to_string(),
            state.to_owned(),
        ]
    });
    grid(&["miner", "principal", "backing", "impaired", "vesting", "measured", "state"], &[1, 2, 3, 4, 5], rows)
}
