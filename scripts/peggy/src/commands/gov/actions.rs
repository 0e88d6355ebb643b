//! Actions as people write them, in a TOML file or by the shortcuts, and as governance takes them.

use std::path::{Path, PathBuf};

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{MethodNum, METHOD_SEND};
use peggy_interfaces::common::{GetWiring, Upgrade, UpgradeParams};
use peggy_interfaces::governance::{self as api, Action, SetGuardianParams, Settings};
use peggy_interfaces::owner_proxy::{
    ApproveMiner, KeeperCut, MinerParams, ReturnPrincipal, ReturnPrincipalParams, SetKeeperCut, SetOperator,
    SetOperatorParams, WriteOff,
};
use peggy_interfaces::pool::{
    FeeParams, GetTerms, Pause, PauseParams, SetTerms, SlashBond, SlashBondParams, TermsParams,
};
use peggy_localnet::keys::blake2b_256;
use peggy_localnet::rpc::text::parse_address;
use peggy_math::Bps;
use peggy_runtime::Method;
use serde::{de, Deserialize, Deserializer};

use crate::deploy::ACTORS;
use crate::failure::OrFail;
use crate::send::encode;
use crate::session::Session;
use crate::{amount, duration, Failure, Result};

/// A proposal as a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What it is about.
    pub title: String,
    /// Why.
    #[serde(default)]
    pub description: String,
    /// What it would do, in this order.
    pub actions: Vec<Wanted>,
}

/// Text of a type of its own.
macro_rules! text {
    ($name:ident($type:ty), $parse:expr) => {
        #[doc = concat!("A ", stringify!($type), " as text.")]
        #[derive(Clone, Debug)]
        pub struct $name(pub $type);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                ($parse)(text.as_str()).map(Self).map_err(de::Error::custom)
            }
        }
    };
}

text!(Account(Address), |text: &str| parse_address(text).map_err(|e| format!("'{text}' is no address: {e}")));
text!(Fil(TokenAmount), amount::parse);
text!(Shares(TokenAmount), amount::parse_shares);
text!(Epochs(ChainEpoch), duration::parse);
text!(Hex(Vec<u8>), |text: &str| hex::decode(text).map_err(|e| format!("'{text}' is no hexadecimal: {e}")));

/// One action.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wanted {
    /// Name another operator.
    SetOperator {
        /// Who.
        operator: Account,
    },
    /// What keepers get.
    SetKeeperCut {
        /// At most 100.
        bps: u32,
        /// At most this much a harvest.
        cap: Fil,
    },
    /// Name another guardian, or none.
    SetGuardian {
        /// Who.
        guardian: Option<Account>,
    },
    /// Change some of governance's settings.
    SetSettings(SettingsChange),
    /// Change some of the pool's terms.
    SetTerms(Box<TermsChange>),
    /// Close or open the intake of pool or liquidity.
    Pause {
        /// `pool` or `liquidity`.
        actor: String,
        /// How long; 0 opens it again.
        epochs: Epochs,
    },
    /// Allow custody of a miner with a history.
    ApproveMiner {
        /// Which.
        miner: Account,
    },
    /// Make a loss final.
    WriteOff {
        /// Whose.
        miner: Account,
    },
    /// Bring idle principal home.
    ReturnPrincipal {
        /// From which.
        miner: Account,
        /// How much at most.
        amount: Fil,
    },
    /// Make bond shares dead.
    SlashBond {
        /// Whose.
        owner: Account,
        /// How many.
        shares: Shares,
    },
    /// Swap an actor's code.
    Upgrade {
        /// Which of the five.
        actor: String,
        /// The wasm; `peggy gov propose` installs it.
        code: PathBuf,
        /// Passed to the new code's migration.
        #[serde(default)]
        note: Option<Hex>,
    },
    /// Send FIL of governance's own.
    Send {
        /// To whom.
        to: Account,
        /// How much.
        value: Fil,
    },
    /// Any call.
    Call {
        /// Whom; or one of the five by its name.
        to: String,
        /// FRC-42 name of a method, or its number.
        method: String,
        /// CBOR.
        #[serde(default)]
        params: Option<Hex>,
        /// FIL of governance's own.
        #[serde(default)]
        value: Option<Fil>,
    },
}

/// What of governance's settings is to change; the rest stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    threshold_bps: Option<u32>,
    quorum_bps: Option<u32>,
    voting_delay: Option<Epochs>,
    voting_period: Option<Epochs>,
    ordinary_delay: Option<Epochs>,
    critical_delay: Option<Epochs>,
    grace_period: Option<Epochs>,
}

/// What of the terms is to change; the rest stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsChange {
    fees: Option<Vec<Fee>>,
    min_deposit: Option<Fil>,
    min_ticket: Option<Shares>,
    cap: Option<Fil>,
    max_idle: Option<Fil>,
    reserve_bps: Option<u32>,
    reward_period: Option<Epochs>,
    exit_cooldown: Option<Epochs>,
    max_staleness_in: Option<Epochs>,
    max_staleness_out: Option<Epochs>,
    min_bond_bps: Option<u32>,
    bond_period: Option<Epochs>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    label: String,
    recipient: Account,
    bps: u32,
}

impl File {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).or_usage(format!("cannot read {}", path.display()))?;
        toml::from_str(&text).map_err(|e| {
            Failure::usage(format!("{}: {}", path.display(), e.to_string().trim_end()))
                .next("docs/operating.md, \"Deciding together\", shows every kind of action")
        })
    }
}

/// Reads a change written as `key = value` pairs, one an argument.
pub fn change<T: for<'de> Deserialize<'de>>(pairs: &[String]) -> Result<T> {
    let line = |pair: &String| -> Result<String> {
        let wrong = || Failure::usage(format!("'{pair}' is no change: write name=value, as in reward_period='3 days'"));
        let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
        let (name, value) = (name.trim(), value.trim());
        // Numbers and lists as they are, anything else is text.
        let plain = value.starts_with('[') || (name.ends_with("_bps") && value.parse::<u32>().is_ok());
        Ok(if plain { format!("{name} = {value}\n") } else { format!("{name} = {value:?}\n") })
    };
    let text = pairs.iter().map(line).collect::<Result<String>>()?;
    toml::from_str(&text).map_err(|e| Failure::usage(e.to_string().trim_end().to_owned()))
}

impl Wanted {
    /// The call. Asks the chain for what stays as it is.
    pub fn action(&self, session: &Session) -> Result<Action> {
        let id = |name: &str| session.actor(name);
        let proxy = || id("owner-proxy");
        Ok(match self {
            Self::SetOperator { operator } => of::<SetOperator>(proxy()?, &SetOperatorParams { operator: operator.0 })?,
            Self::SetKeeperCut { bps, cap } => {
                of::<SetKeeperCut>(proxy()?, &KeeperCut { bps: Bps(*bps), cap: cap.0.clone() })?
            }
            Self::SetGuardian { guardian } => {
                let guardian = guardian.as_ref().map(|account| account.0);
                of::<api::SetGuardian>(id("governance")?, &SetGuardianParams { guardian })?
            }
            Self::SetSettings(change) => settings(session, change)?,
            Self::SetTerms(change) => terms(session, change)?,
            Self::Pause { actor, epochs } => of::<Pause>(id(known(actor)?)?, &PauseParams { epochs: epochs.0 })?,
            Self::ApproveMiner { miner } => of::<ApproveMiner>(proxy()?, &MinerParams { miner: miner.0 })?,
            Self::WriteOff { miner } => of::<WriteOff>(proxy()?, &MinerParams { miner: miner.0 })?,
            Self::ReturnPrincipal { miner, amount } => {
                of::<ReturnPrincipal>(proxy()?, &ReturnPrincipalParams { miner: miner.0, amount: amount.0.clone() })?
            }
            Self::SlashBond { owner, shares } => {
                of::<SlashBond>(id("pool")?, &SlashBondParams { owner: owner.0, shares: shares.0.clone() })?
            }
            Self::Upgrade { actor, code, note } => {
                upgrade(session, actor, code, note.as_ref().map_or(&[], |note| note.0.as_slice()))?
            }
            Self::Send { to, value } => {
                Action { to: to.0, method: METHOD_SEND, params: RawBytes::default(), value: value.0.clone() }
            }
            Self::Call { to, method, params, value } => Action {
                to: target(session, to)?,
                method: number(method)?,
                params: RawBytes::new(params.as_ref().map(|hex| hex.0.clone()).unwrap_or_default()),
                value: value.as_ref().map(|fil| fil.0.clone()).unwrap_or_default(),
            },
        })
    }
}

fn of<M: Method>(to: u64, params: &M::Params) -> Result<Action> {
    Ok(Action {
        to: Address::new_id(to),
        method: M::NUMBER,
        params: encode::<M>(params)?,
        value: TokenAmount::default(),
    })
}

/// One of the five, by its name.
pub fn known(name: &str) -> Result<&'static str> {
    ACTORS
        .into_iter()
        .find(|known| *known == name)
        .ok_or_else(|| Failure::usage(format!("there is no actor called '{name}'; there are {}", ACTORS.join(", "))))
}

fn target(session: &Session, text: &str) -> Result<Address> {
    if ACTORS.contains(&text) {
        return Ok(Address::new_id(session.actor(text)?));
    }
    parse_address(text).or_usage(format!("'{text}' is neither an address nor one of {}", ACTORS.join(", ")))
}

fn number(method: &str) -> Result<MethodNum> {
    if let Ok(number) = method.parse() {
        return Ok(number);
    }
    let all = peggy_interfaces::bundle().into_iter().flat_map(|(_, methods)| methods);
    let found = all.chain(peggy_interfaces::frc46::METHODS).find(|info| info.name == method);
    found.map(|info| info.number).ok_or_else(|| {
        Failure::usage(format!("no actor of the bundle has a method called '{method}'"))
            .next("name it by its FRC-42 number")
    })
}

/// The code an actor is to be upgraded to: the CID of a file's bytes. What runs now is asked of the chain.
fn upgrade(session: &Session, actor: &str, code: &Path, note: &[u8]) -> Result<Action> {
    let id = session.actor(known(actor)?)?;
    let wasm = std::fs::read(code).or_usage(format!("cannot read {}", code.display()))?;
    let found = session.client.actor(&Address::new_id(id))?;
    let found = found.ok_or_else(|| Failure::node(format!("f0{id} is not on chain")))?;
    let schema = session.client.query::<GetWiring>(id, &())?.schema;
    let params = UpgradeParams {
        new_code: code_cid(&wasm)?,
        old_code: found.code.0,
        old_schema: schema,
        migration_params: RawBytes::new(note.to_vec()),
    };
    of::<Upgrade>(id, &params)
}

/// The CID code is installed under: raw bytes, blake2b-256.
pub fn code_cid(wasm: &[u8]) -> Result<cid::Cid> {
    let hash = cid::multihash::Multihash::<64>::wrap(0xb220, &blake2b_256(wasm)).or_usage("the code's hash")?;
    Ok(cid::Cid::new_v1(fvm_ipld_encoding::IPLD_RAW, hash))
}

fn settings(session: &Session, change: &SettingsChange) -> Result<Action> {
    let governance = session.actor("governance")?;
    let now = session.client.query::<api::GetConfig>(governance, &())?.settings;
    let epochs = |wanted: &Option<Epochs>, now| wanted.as_ref().map_or(now, |epochs| epochs.0);
    let new = Settings {
        threshold: change.threshold_bps.map_or(now.threshold, Bps),
        quorum: change.quorum_bps.map_or(now.quorum, Bps),
        voting_delay: epochs(&change.voting_delay, now.voting_delay),
        voting_period: epochs(&change.voting_period, now.voting_period),
        ordinary_delay: epochs(&change.ordinary_delay, now.ordinary_delay),
        critical_delay: epochs(&change.critical_delay, now.critical_delay),
        grace_period: epochs(&change.grace_period, now.grace_period),
    };
    crate::deploy::governance::check_settings(&new)?;
    of::<api::SetSettings>(governance, &new)
}

fn terms(session: &Session, change: &TermsChange) -> Result<Action> {
    let pool = session.actor("pool")?;
    let now = session.client.query::<GetTerms>(pool, &())?;
    let epochs = |wanted: &Option<Epochs>, now| wanted.as_ref().map_or(now, |epochs| epochs.0);
    let fil = |wanted: &Option<Fil>, now: TokenAmount| wanted.as_ref().map_or(now, |fil| fil.0.clone());
    let fees = match &change.fees {
        Some(fees) => fees
            .iter()
            .map(|fee| FeeParams { label: fee.label.clone(), recipient: fee.recipient.0, bps: Bps(fee.bps) })
            .collect(),
        None => now
            .fees
            .into_iter()
            .map(|fee| FeeParams { label: fee.label, recipient: Address::new_id(fee.recipient), bps: fee.bps })
            .collect(),
    };
    let new = TermsParams {
        fees,
        min_deposit: fil(&change.min_deposit, now.min_deposit),
        min_ticket: change.min_ticket.as_ref().map_or(now.min_ticket, |shares| shares.0.clone()),
        cap: fil(&change.cap, now.cap),
        max_idle: fil(&change.max_idle, now.max_idle),
        reserve_bps: change.reserve_bps.map_or(now.reserve_bps, Bps),
        reward_period: epochs(&change.reward_period, now.reward_period),
        exit_cooldown: epochs(&change.exit_cooldown, now.exit_cooldown),
        max_staleness_in: epochs(&change.max_staleness_in, now.max_staleness_in),
        max_staleness_out: epochs(&change.max_staleness_out, now.max_staleness_out),
        min_bond_bps: change.min_bond_bps.map_or(now.min_bond_bps, Bps),
        bond_period: epochs(&change.bond_period, now.bond_period),
    };
    of::<SetTerms>(pool, &new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_action_reads_from_a_file() {
        let text = r#"
            title = "All kinds"
            actions = [
                { kind = "set-operator", operator = "f0100" },
                { kind = "set-keeper-cut", bps = 50, cap = "1 FIL" },
                { kind = "set-guardian" },
                { kind = "set-settings", voting_period = "3 days", quorum_bps = 500 },
                { kind = "set-terms", reward_period = "2 days", fees = [{ label = "operator", recipient = "f0100", bps = 5 }] },
                { kind = "pause", actor = "pool", epochs = "1 day" },
                { kind = "approve-miner", miner = "f0100" },
                { kind = "write-off", miner = "f0100" },
                { kind = "return-principal", miner = "f0100", amount = "5" },
                { kind = "slash-bond", owner = "f0100", shares = "5" },
                { kind = "upgrade", actor = "pool", code = "pool.wasm", note = "00ff" },
                { kind = "send", to = "f0100", value = "1 FIL" },
                { kind = "call", to = "pool", method = "Pause", params = "8105" },
            ]
        "#;
        let file: File = toml::from_str(text).unwrap();
        assert_eq!(file.actions.len(), 13);
    }

    #[test]
    fn mistakes_are_named() {
        for (action, said) in [
            ("{ kind = \"set-operator\", operator = \"x\" }", "no address"),
            ("{ kind = \"set-operator\" }", "operator"),
            ("{ kind = \"abolish\" }", "unknown variant"),
            ("{ kind = \"set-terms\", reward_perid = \"1 day\" }", "unknown field"),
            ("{ kind = \"call\", to = \"pool\", method = \"Pause\", params = \"xy\" }", "no hexadecimal"),
        ] {
            let error = toml::from_str::<File>(&format!("title = \"t\"\nactions = [{action}]")).unwrap_err();
            assert!(error.to_string().contains(said), "{action}: {error}");
        }
        assert!(number("Abolish").unwrap_err().message.contains("called 'Abolish'"));
        assert_eq!(number("Pause").unwrap(), Pause::NUMBER);
        assert_eq!(number("77").unwrap(), 77);
        assert!(known("pol").unwrap_err().message.contains("owner-proxy"));
    }

    #[test]
    fn changes_are_pairs() {
        let pairs = |list: &[&str]| list.iter().map(|pair| (*pair).to_owned()).collect::<Vec<_>>();
        let change: SettingsChange = change(&pairs(&["voting_period=3 days", "quorum_bps = 500"])).unwrap();
        assert_eq!(change.voting_period.unwrap().0, 3 * 2_880);
        assert_eq!(change.quorum_bps, Some(500));
        assert!(super::change::<TermsChange>(&pairs(&["cap"])).unwrap_err().message.contains("name=value"));
        assert!(super::change::<TermsChange>(&pairs(&["hat=1"])).unwrap_err().message.contains("unknown field"));
        let fees: TermsChange =
            super::change(&pairs(&["fees=[{label=\"operator\",recipient=\"f0100\",bps=5}]", "min_deposit=0.5 FIL"]))
                .unwrap();
        assert_eq!((fees.fees.unwrap().len(), fees.min_deposit.is_some()), (1, true));
    }
}
