//! `peggy gov propose ...`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{Propose as Method, ProposeParams};
use peggy_interfaces::init::{InstallCodeParams, InstallCodeReturn, INIT_ACTOR_ID, INSTALL_CODE};
use serde_json::json;

use super::super::{not_evm, sent_with};
use super::actions::{self, File, Wanted};
use super::{changes, describe};
use crate::failure::OrFail;
use crate::output::Report;
use crate::send::Draft;
use crate::session::Session;
use crate::text::{Account, Epochs, Fil, Hex, Shares};
use crate::wallet::address_arg;
use crate::{amount, duration, Failure, Result};

/// Title and description of a shortcut's proposal.
#[derive(Debug, Args)]
pub struct Words {
    /// A title of one's own.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Why.
    #[arg(long, default_value = "", value_name = "TEXT")]
    description: String,
}

/// Put something to the vote. It takes the threshold of votes, held since the epoch before.
#[derive(Debug, Subcommand)]
pub enum Propose {
    /// Any actions, from a TOML file.
    File {
        /// Title, description and actions; see docs/operating.md.
        file: PathBuf,
    },
    /// Another code for one of the five actors, which is installed first.
    Upgrade {
        /// owner-proxy, pool, nft-share, liquidity or governance.
        #[arg(long)]
        actor: String,
        /// The wasm.
        #[arg(long, value_name = "FILE.wasm")]
        code: PathBuf,
        /// Passed to the new code's migration, in hexadecimal.
        #[arg(long, value_name = "HEX", default_value = "")]
        note: String,
        #[command(flatten)]
        words: Words,
    },
    /// Other terms of the pool; what is not named stays.
    Terms {
        /// Such as reward_period='3 days' or 'fees=[{label="operator",recipient="f01001",bps=700}]'.
        #[arg(required = true, value_name = "NAME=VALUE")]
        changes: Vec<String>,
        #[command(flatten)]
        words: Words,
    },
    /// Other delays and quorums of governance; what is not named stays.
    Settings {
        /// Such as voting_period='3 days' or quorum_bps=500.
        #[arg(required = true, value_name = "NAME=VALUE")]
        changes: Vec<String>,
        #[command(flatten)]
        words: Words,
    },
    /// Another operator.
    Operator {
        /// Who.
        #[arg(value_parser = address_arg)]
        operator: Address,
        #[command(flatten)]
        words: Words,
    },
    /// What keepers get of a harvest.
    KeeperCut {
        /// Basis points, at most 100.
        bps: u32,
        /// At most this much a harvest.
        #[arg(value_parser = amount::parse)]
        cap: TokenAmount,
        #[command(flatten)]
        words: Words,
    },
    /// Another guardian, or none.
    Guardian {
        /// Who; nobody if none is named.
        #[arg(value_parser = address_arg)]
        guardian: Option<Address>,
        #[command(flatten)]
        words: Words,
    },
    /// Allow custody of a miner that has a history.
    ApproveMiner {
        /// Which.
        #[arg(value_parser = address_arg)]
        miner: Address,
        #[command(flatten)]
        words: Words,
    },
    /// Make what a miner lost a final loss.
    WriteOff {
        /// Whose.
        #[arg(value_parser = address_arg)]
        miner: Address,
        #[command(flatten)]
        words: Words,
    },
    /// Make shares of the operator's bond dead.
    Slash {
        /// Whose.
        #[arg(value_parser = address_arg)]
        owner: Address,
        /// How many.
        #[arg(value_parser = amount::parse_shares)]
        shares: TokenAmount,
        #[command(flatten)]
        words: Words,
    },
    /// Close the intake of pool or liquidity.
    Pause {
        /// pool or liquidity.
        actor: String,
        /// How long; 0 opens it again.
        #[arg(value_parser = duration::parse, value_name = "DURATION")]
        epochs: i64,
        #[command(flatten)]
        words: Words,
    },
    /// Pay FIL of governance's own.
    Send {
        /// To whom.
        #[arg(value_parser = address_arg)]
        to: Address,
        /// How much.
        #[arg(value_parser = amount::parse)]
        value: TokenAmount,
        #[command(flatten)]
        words: Words,
    },
}

/// Does it.
pub fn run(session: &Session, args: Propose) -> Result<Report> {
    not_evm(&session.key()?, "propose")?;
    let (wanted, words) = match args {
        Propose::File { file } => return propose(session, File::load(&file)?),
        Propose::Upgrade { actor, code, note, words } => {
            let note = hex::decode(&note).or_usage(format!("'{note}' is no hexadecimal"))?;
            let actor = actions::known(&actor)?.to_owned();
            (Wanted::Upgrade { actor, code, note: Some(Hex(note)) }, words)
        }
        Propose::Terms { changes: pairs, words } => (Wanted::SetTerms(Box::new(changes::change(&pairs)?)), words),
        Propose::Settings { changes: pairs, words } => (Wanted::SetSettings(changes::change(&pairs)?), words),
        Propose::Operator { operator, words } => (Wanted::SetOperator { operator: Account(operator) }, words),
        Propose::KeeperCut { bps, cap, words } => (Wanted::SetKeeperCut { bps, cap: Fil(cap) }, words),
        Propose::Guardian { guardian, words } => (Wanted::SetGuardian { guardian: guardian.map(Account) }, words),
        Propose::ApproveMiner { miner, words } => (Wanted::ApproveMiner { miner: Account(miner) }, words),
        Propose::WriteOff { miner, words } => (Wanted::WriteOff { miner: Account(miner) }, words),
        Propose::Slash { owner, shares, words } => {
            (Wanted::SlashBond { owner: Account(owner), shares: Shares(shares) }, words)
        }
        Propose::Pause { actor, epochs, words } => (Wanted::Pause { actor, epochs: Epochs(epochs) }, words),
        Propose::Send { to, value, words } => (Wanted::Send { to: Account(to), value: Fil(value) }, words),
    };
    let title = words.title.unwrap_or_default();
    propose(session, File { title, description: words.description, actions: vec![wanted] })
}

fn propose(session: &Session, file: File) -> Result<Report> {
    let wiring = session.deployment()?.wiring()?;
    for wanted in &file.actions {
        if let Wanted::Upgrade { code, .. } = wanted {
            install(session, code)?;
        }
    }
    let actions = file.actions.iter().map(|wanted| wanted.action(session)).collect::<Result<Vec<_>>>()?;
    let sentences: Vec<_> = actions.iter().map(|action| describe::sentence(&wiring, action)).collect();
    // A shortcut without a title is called what it does, as far as that is short.
    let title = if file.title.is_empty() {
        let first = sentences.first().map(String::as_str).unwrap_or_default();
        first.chars().take(100).collect()
    } else {
        file.title
    };
    let params = ProposeParams { title, description: file.description, actions };
    let (executed, made) = session.invoke::<Method>(wiring.governance, &params, TokenAmount::default())?;
    let kind = if made.critical { "critical" } else { "ordinary" };
    let text = format!(
        "proposal {} ({kind}) would\n{}\nnext: 'peggy gov activate {}', from epoch {} on",
        made.id,
        sentences.iter().map(|sentence| format!("  - {sentence}")).collect::<Vec<_>>().join("\n"),
        made.id,
        made.activate_from
    );
    let json = json!({
        "id": made.id, "critical": made.critical, "activate_from": made.activate_from, "actions": sentences,
    });
    Ok(Report::new(sent_with(&executed, json), text))
}

/// Installs code; whoever did so before, it has the same CID.
fn install(session: &Session, code: &Path) -> Result<()> {
    let wasm = std::fs::read(code).or_usage(format!("cannot read {}", code.display()))?;
    let wanted = actions::code_cid(&wasm)?;
    let params = InstallCodeParams { code: ByteBuf(wasm) };
    let params = fvm_ipld_encoding::RawBytes::serialize(&params).or_usage("the code does not encode")?;
    let draft = Draft {
        to: Address::new_id(INIT_ACTOR_ID),
        value: TokenAmount::default(),
        method: INSTALL_CODE,
        params,
        what: "install the code".to_owned(),
    };
    let executed = session.send(&session.key()?, &draft)?;
    let done: InstallCodeReturn =
        fvm_ipld_encoding::from_slice(&executed.receipt.return_data).or_node("InstallCode's answer does not decode")?;
    if done.code_cid != wanted {
        return Err(Failure::node(format!("the code was installed as {}, not as {wanted}", done.code_cid)));
    }
    Ok(())
}
