//! Actions as people write them, in a TOML file or by the shortcuts, and as governance takes them.

use std::path::{Path, PathBuf};

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{MethodNum, METHOD_SEND};
use peggy_interfaces::common::{GetWiring, Upgrade, UpgradeParams};
use peggy_interfaces::governance::{self as api, Action, SetGuardianParams};
use peggy_interfaces::owner_proxy::{
    ApproveMiner, KeeperCut, MinerParams, ReturnPrincipal, ReturnPrincipalParams, SetKeeperCut, SetOperator,
    SetOperatorParams, WriteOff,
};
use peggy_interfaces::pool::{Pause, PauseParams, SlashBond, SlashBondParams};
use peggy_localnet::keys::blake2b_256;
use peggy_localnet::rpc::text::parse_address;
use peggy_math::Bps;
use peggy_runtime::Method;
use serde::Deserialize;

use super::changes::{self, SettingsChange, TermsChange};
use crate::deploy::ACTORS;
use crate::failure::OrFail;
use crate::send::encode;
use crate::session::Session;
use crate::text::{Account, Epochs, Fil, Hex, Shares};
use crate::{Failure, Result};

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
            Self::SetSettings(change) => changes::settings(session, change)?,
            Self::SetTerms(change) => changes::terms(session, change)?,
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

pub(super) fn of<M: Method>(to: u64, params: &M::Params) -> Result<Action> {
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
            ("{ kind = \"set-operator\", operator = \"x\" }", "no Filecoin address"),
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
}
