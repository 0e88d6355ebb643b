//! Wiring and upgrades: the same rules for all five actors (DESIGN.md 3.8, 3.9).

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{RawBytes, CBOR};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::{decode_params, encode, ActorError, Event, Host, Runtime};

/// Nothing but `Wire` works yet.
pub const NOT_WIRED: ExitCode = ExitCode::new(32);
/// `Wire` comes once only.
pub const ALREADY_WIRED: ExitCode = ExitCode::new(33);
/// The five ActorIDs don't fit this actor.
pub const WRONG_WIRING: ExitCode = ExitCode::new(34);
/// Intake is paused.
pub const PAUSED: ExitCode = ExitCode::new(35);
/// An upgrade names other code, or another schema, than the one it finds.
pub const WRONG_VERSION: ExitCode = ExitCode::new(36);

/// Longest pause, and the shortest time from the end of one to the next: 7 days (DESIGN.md 3.10).
pub const MAX_PAUSE: ChainEpoch = 20_160;

/// Who is who: the five actors by ActorID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Wiring {
    /// Alone holds the miners.
    pub owner_proxy: ActorID,
    /// Holds depositors' FIL and the shares.
    pub pool: ActorID,
    /// Positions as FRC-53 tokens.
    pub nft_share: ActorID,
    /// Early exit.
    pub liquidity: ActorID,
    /// Admin of all.
    pub governance: ActorID,
}

impl Wiring {
    /// All five, in the order of the fields.
    pub fn all(&self) -> [ActorID; 5] {
        [self.owner_proxy, self.pool, self.nft_share, self.liquidity, self.governance]
    }
}

/// The init actor, the only one that calls constructors.
pub const INIT_ACTOR_ID: ActorID = 1;

/// Runs a constructor (method 1): called by init only, without FIL, which no books would know of.
pub fn construct<P: DeserializeOwned, H: Host>(
    rt: &Runtime<H>,
    params: Option<IpldBlock>,
    create: impl FnOnce(&Runtime<H>, P) -> Result<(), ActorError>,
) -> Result<Option<IpldBlock>, ActorError> {
    rt.require_caller(&[INIT_ACTOR_ID], "the init actor")?;
    if !rt.value().is_zero() {
        return Err(ActorError::not_payable(format!("the constructor takes no FIL; {} was sent", rt.value())));
    }
    create(rt, decode_params(params, "the constructor")?)?;
    Ok(None)
}

/// Event: the five actors know each other from now on.
pub fn wired(wiring: &Wiring) -> Event {
    Event::new("wired")
        .party("owner-proxy", wiring.owner_proxy)
        .party("pool", wiring.pool)
        .party("nft-share", wiring.nft_share)
        .party("liquidity", wiring.liquidity)
        .party("governance", wiring.governance)
}

/// Checks a `Wire` call: from the deployer, once, with this actor in its own place and five different existing actors.
/// `deployer` is `None` once wired. Trust: the deployer could wire to actors of its own making; depositors see the wiring and
/// the code CIDs on chain before they deposit (`peggy verify`), and the deployer has no rights afterwards.
pub fn check_wire<H: Host>(
    rt: &Runtime<H>,
    deployer: Option<ActorID>,
    wiring: &Wiring,
    own_place: ActorID,
) -> Result<(), ActorError> {
    let Some(deployer) = deployer else {
        return Err(ActorError::new(ALREADY_WIRED, "this actor is wired already, and that is for good"));
    };
    rt.require_caller(&[deployer], "the deployer")?;
    let wrong = |why: String| Err(ActorError::new(WRONG_WIRING, why));
    if own_place != rt.receiver() {
        return wrong(format!("this actor is f0{}, but its own place names f0{own_place}", rt.receiver()));
    }
    let all = wiring.all();
    for (i, id) in all.iter().enumerate() {
        if all[..i].contains(id) {
            return wrong(format!("f0{id} is named twice"));
        }
        if rt.host().code_of(*id).is_none() {
            return wrong(format!("f0{id} is no actor"));
        }
    }
    Ok(())
}

/// When a pause of so many epochs, begun now, ends; zero ends a running one. `last` is when the last one ends or ended. One pause
/// follows another after [`MAX_PAUSE`] epochs at the earliest, so intake is open at least half of the time. The error is a sentence
/// for the actor's own exit code.
pub fn next_pause(last: Option<ChainEpoch>, now: ChainEpoch, epochs: ChainEpoch) -> Result<ChainEpoch, String> {
    let running = last.is_some_and(|until| until > now);
    if epochs == 0 {
        return if running { Ok(now) } else { Err("intake is not paused, so there is no pause to end".to_owned()) };
    }
    if !(0..=MAX_PAUSE).contains(&epochs) {
        return Err(format!("a pause lasts 1 to {MAX_PAUSE} epochs, not {epochs}; 0 ends a running one"));
    }
    match last.map(|until| until.saturating_add(MAX_PAUSE)) {
        Some(earliest) if now < earliest => Err(format!(
            "the next pause can begin at epoch {earliest}, {MAX_PAUSE} epochs after the last one ended; it is {now}"
        )),
        _ => Ok(now.saturating_add(epochs)),
    }
}

/// The error every method but `Wire` answers before wiring.
pub fn not_wired() -> ActorError {
    ActorError::new(NOT_WIRED, "this actor is not wired yet: its deployer calls Wire first")
}

/// `Upgrade`: governance swaps this actor's code. It names the code and the schema it believes it replaces, so a vote taken
/// on other facts does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct UpgradeParams {
    /// Installed code to run from now on.
    pub new_code: Cid,
    /// The code running now.
    pub old_code: Cid,
    /// The schema of the state now.
    pub old_schema: u64,
    /// Passed to the new code's `upgrade` entry point.
    pub migration_params: RawBytes,
}

/// Checks code and schema, then swaps the code. On success this frame ends inside the network and nothing after it runs;
/// if the new code refuses, all stays as it was and the caller gets the refusal's exit code.
/// The caller check (governance) is the actor's, before this.
pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
    let code = rt.host().code_of(rt.receiver());
    if code != Some(params.old_code) {
        return Err(ActorError::new(WRONG_VERSION, "old_code is not the code this actor is running"));
    }
    let schema = schema_of_state(rt)?;
    if schema != params.old_schema {
        return Err(ActorError::new(
            WRONG_VERSION,
            format!("old_schema is {}, but the state has schema {schema}", params.old_schema),
        ));
    }
    let new_code = params.new_code;
    // Before the swap, because nothing after it runs; a refused upgrade takes the event back with everything else.
    rt.emit(Event::new("upgraded").with("from", &params.old_code).with("to", &new_code))?;
    // As plain CBOR: the network looks for links in DAG-CBOR, and refuses those to code, which is no block an actor can reach.
    let params = encode(&params, "Upgrade")?.map(|block| IpldBlock { codec: CBOR, ..block });
    let sent = rt.swap_code(&new_code, params)?;
    sent.ok("the upgrade to the new code").map(|_| ())
}

/// The `upgrade` entry point of code whose schema is the state's own: nothing to migrate. Refuses any other schema, and a state
/// that is not `S`: another actor's, which may well have the same schema number.
pub fn accept_upgrade<S: DeserializeOwned, H: Host>(rt: &Runtime<H>, own_schema: u64) -> Result<(), ActorError> {
    let found = schema_of_state(rt)?;
    if found != own_schema {
        return Err(ActorError::new(
            WRONG_VERSION,
            format!("this code reads schema {own_schema}; the state has schema {found}"),
        ));
    }
    rt.state::<S>().map(|_| ()).map_err(|e| {
        ActorError::new(WRONG_VERSION, format!("this code can't read the state it would take over: {}", e.message()))
    })
}

fn schema_of_state<H: Host>(rt: &Runtime<H>) -> Result<u64, ActorError> {
    rt.state::<SchemaHead>().map(|head| head.0)
}

/// The first entry of a state tuple, whatever follows.
struct SchemaHead(u64);

impl<'de> Deserialize<'de> for SchemaHead {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Head;
        impl<'de> Visitor<'de> for Head {
            type Value = SchemaHead;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a state that begins with its schema version")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SchemaHead, A::Error> {
                let schema = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(SchemaHead(schema))
            }
        }
        deserializer.deserialize_seq(Head)
    }
}
