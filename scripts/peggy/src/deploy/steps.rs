//! The steps of a deployment. Each is one message, recorded before it is sent and after it was executed; running them again does
//! only what is missing.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::common::{GetWiring, Wire};
use peggy_interfaces::init::{self, ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, INIT_ACTOR_ID};
use peggy_localnet::{Key, SignedMessage};
use peggy_runtime::Method;

use super::codes::Codes;
use super::config::Config;
use super::ACTORS;
use crate::deployment::{Deployment, Done, Pending};
use crate::failure::OrFail;
use crate::output::Progress;
use crate::rpc::{Client, Executed};
use crate::send::{encode, prepare, succeeded, Draft};
use crate::{Failure, Kind, Result};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes code runnable.
    Install,
    /// Creates an actor.
    Create,
    /// Tells an actor who the others are.
    Wire,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// To which of the five.
    pub actor: &'static str,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self.action {
            Action::Install => "install",
            Action::Create => "create",
            Action::Wire => "wire",
        };
        write!(f, "{action}-{}", self.actor)
    }
}

/// All steps, in order.
pub fn all() -> Vec<Step> {
    let of = |action| ACTORS.map(|actor| Step { action, actor });
    [Action::Install, Action::Create, Action::Wire].into_iter().flat_map(of).collect()
}

/// A moment at which tests cut a deployment off: `create-pool`, `create-pool:signed` or `create-pool:sent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopAfter {
    step: String,
    moment: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The message is recorded, and not sent.
    Signed,
    /// The message is sent, and its result not recorded.
    Sent,
    /// All is recorded.
    Done,
}

impl FromStr for StopAfter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (step, moment) = text.split_once(':').unwrap_or((text, "done"));
        let moment = match moment {
            "signed" => Moment::Signed,
            "sent" => Moment::Sent,
            "done" => Moment::Done,
            other => return Err(format!("'{other}' is no moment of a step: signed, sent or done")),
        };
        if !all().iter().any(|s| s.to_string() == step) {
            return Err(format!("'{step}' is no step, as 'create-pool' is one"));
        }
        Ok(Self { step: step.to_owned(), moment })
    }
}

/// Everything a deployment needs.
pub struct Deploy<'a> {
    /// The node.
    pub client: &'a Client,
    /// Who deploys.
    pub key: &'a Key,
    /// The codes.
    pub codes: &'a Codes,
    /// What the constructors are given.
    pub config: &'a Config,
    /// Where it is recorded.
    pub path: &'a Path,
    /// When to stop, for tests.
    pub stop_after: Option<StopAfter>,
    /// Shows what is being done.
    pub progress: &'a Progress,
}

impl Deploy<'_> {
    /// Does what is missing, and answers the record.
    pub fn run(&self) -> Result<Deployment> {
        let mut deployment = self.open()?;
        for step in all() {
            if !is_done(&deployment, step) {
                self.progress.say(step.to_string());
                self.take(&mut deployment, step)?;
            }
            self.stop(step, Moment::Done)?;
        }
        Ok(deployment)
    }

    /// The record so far, if it is of this network, this configuration and this bundle; else a new one.
    fn open(&self) -> Result<Deployment> {
        let network = self.client.network_name()?;
        let genesis = self.client.genesis()?;
        let deployer = self.key.address();
        let digest = self.config.digest(deployer)?;
        let Some(deployment) = Deployment::load(self.path)? else {
            let mut new =
                Deployment::new(network, &genesis, deployer.to_string(), self.config.operator.to_string(), digest);
            for name in ACTORS {
                new.actor(name).code = self.codes.cid(name)?.to_string();
            }
            new.save(self.path)?;
            return Ok(new);
        };
        let file = self.path.display();
        let other = |what: String| {
            Err(Failure::new(Kind::Mismatch, what)
                .next(format!("go on with what {file} was begun with, or begin anew with another --deployment file")))
        };
        if deployment.genesis != genesis.to_string() {
            return other(format!("{file} is of the network '{}', the node is on another one", deployment.network));
        }
        if deployment.deployer != deployer.to_string() {
            return other(format!("{file} was begun by {}, not by {deployer}", deployment.deployer));
        }
        if deployment.config != digest {
            return other(format!("{file} was begun with another configuration"));
        }
        for name in ACTORS {
            let recorded = deployment.actors.get(name).map(|actor| actor.code.clone()).unwrap_or_default();
            let local = self.codes.cid(name)?.to_string();
            if recorded != local {
                return other(format!("{file} names the code {recorded} for {name}, the bundle has {local}"));
            }
        }
        Ok(deployment)
    }

    fn take(&self, deployment: &mut Deployment, step: Step) -> Result<()> {
        if step.action == Action::Wire && self.is_wired(deployment, step.actor)? {
            deployment.actor(step.actor).wired = Some(Done { message: None, height: None });
            deployment.pending = None;
            return deployment.save(self.path);
        }
        let executed = match self.recover(deployment, step)? {
            Some(executed) => executed,
            None => self.send(deployment, step)?,
        };
        let executed = match succeeded(self.client, executed, &step.to_string()) {
            Ok(executed) => executed,
            Err(failure) => {
                // The message is spent: another run makes a new one.
                deployment.pending = None;
                deployment.save(self.path)?;
                return Err(failure);
            }
        };
        self.record(deployment, step, &executed)?;
        deployment.pending = None;
        deployment.save(self.path)
    }

    /// What became of a message an earlier run recorded; `None` if there is none, or it can never be executed any more.
    fn recover(&self, deployment: &Deployment, step: Step) -> Result<Option<Executed>> {
        let Some(pending) = deployment.pending.as_ref().filter(|pending| pending.step == step.to_string()) else {
            return Ok(None);
        };
        let signed = pending.signed.to_signed().or_usage("the recorded message is damaged")?;
        let cid = signed.cid();
        if let Some(executed) = self.client.search(&cid)? {
            return Ok(Some(executed));
        }
        let next = self.client.actor(&signed.message.from)?.map_or(0, |actor| actor.nonce);
        if next > signed.message.sequence {
            // Either it was executed since the first look, or another message took its nonce and it never will be.
            return self.client.search(&cid);
        }
        if let Err(failure) = self.client.push(&signed) {
            // A node that has it already may say so in an error; if it does not wait for it, waiting would never end.
            if failure.kind == Kind::Node {
                return Err(failure);
            }
        }
        self.stop(step, Moment::Sent)?;
        self.client.wait(&cid).map(Some)
    }

    fn send(&self, deployment: &mut Deployment, step: Step) -> Result<Executed> {
        let signed: SignedMessage = prepare(self.client, self.key, &self.draft(deployment, step)?)?;
        let cid = signed.cid();
        deployment.pending =
            Some(Pending { step: step.to_string(), message: cid.to_string(), signed: (&signed).into() });
        deployment.save(self.path)?;
        self.stop(step, Moment::Signed)?;
        if let Err(failure) = self.client.push(&signed) {
            if failure.kind == Kind::Chain {
                // The node refused it: it will never be executed.
                deployment.pending = None;
                deployment.save(self.path)?;
            }
            return Err(failure.context(step));
        }
        self.stop(step, Moment::Sent)?;
        self.client.wait(&cid)
    }

    fn draft(&self, deployment: &Deployment, step: Step) -> Result<Draft> {
        let name = step.actor;
        let init = Address::new_id(INIT_ACTOR_ID);
        let (to, method, params) = match step.action {
            Action::Install => {
                let params = InstallCodeParams { code: ByteBuf(self.codes.wasm(name)?.to_vec()) };
                (init, init::INSTALL_CODE, cbor(&params)?)
            }
            Action::Create => {
                let params =
                    ExecParams { code_cid: self.codes.cid(name)?, constructor_params: self.constructor_params(name)? };
                (init, init::EXEC, cbor(&params)?)
            }
            Action::Wire => {
                (Address::new_id(deployment.id(name)?), Wire::NUMBER, encode::<Wire>(&deployment.wiring()?)?)
            }
        };
        Ok(Draft { to, value: TokenAmount::default(), method, params, what: step.to_string() })
    }

    fn constructor_params(&self, name: &str) -> Result<RawBytes> {
        let deployer = self.key.address();
        match name {
            "owner-proxy" => cbor(&self.config.owner_proxy(deployer)),
            "pool" => cbor(&self.config.pool(deployer)),
            "nft-share" => cbor(&self.config.nft_share(deployer)),
            "liquidity" => cbor(&self.config.liquidity(deployer)),
            "governance" => cbor(&self.config.governance(deployer)),
            other => Err(Failure::usage(format!("there is no actor called '{other}'"))),
        }
    }

    fn record(&self, deployment: &mut Deployment, step: Step, executed: &Executed) -> Result<()> {
        let done = Some(Done { message: Some(executed.cid.to_string()), height: Some(executed.height) });
        let data = &executed.receipt.return_data;
        let code = self.codes.cid(step.actor)?;
        match step.action {
            Action::Install => {
                let answer: InstallCodeReturn = from_slice(data).or_node("InstallCode's answer does not decode")?;
                same_code(step, &answer.code_cid, &code)?;
                deployment.actor(step.actor).installed = done;
            }
            Action::Create => {
                let answer: ExecReturn = from_slice(data).or_node("Exec's answer does not decode")?;
                let found = self.client.actor(&answer.id_address)?;
                let found = found.ok_or_else(|| Failure::node(format!("{} is not on chain", answer.id_address)))?;
                same_code(step, &found.code.0, &code)?;
                let actor = deployment.actor(step.actor);
                actor.id = Some(answer.id_address.id().or_node("Exec answered no f0 address")?);
                actor.address = Some(answer.robust_address.to_string());
                actor.created = done;
            }
            Action::Wire => deployment.actor(step.actor).wired = done,
        }
        Ok(())
    }

    /// Whether an actor is wired as it should be; wired in any other way is for good, and an error.
    fn is_wired(&self, deployment: &Deployment, name: &str) -> Result<bool> {
        let id = deployment.id(name)?;
        let Some(wiring) = self.client.query::<GetWiring>(id, &())?.wiring else { return Ok(false) };
        if wiring == deployment.wiring()? {
            return Ok(true);
        }
        Err(Failure::new(Kind::Mismatch, format!("{name} (f0{id}) is wired to other actors: {wiring:?}"))
            .next("begin anew with another --deployment file"))
    }

    fn stop(&self, step: Step, moment: Moment) -> Result<()> {
        match &self.stop_after {
            Some(stop) if stop.step == step.to_string() && stop.moment == moment => {
                Err(Failure::new(Kind::Unfinished, format!("stopped after {step}, as asked"))
                    .next("run 'peggy deploy' again to continue"))
            }
            _ => Ok(()),
        }
    }
}

fn is_done(deployment: &Deployment, step: Step) -> bool {
    deployment.actors.get(step.actor).is_some_and(|actor| match step.action {
        Action::Install => actor.installed.is_some(),
        Action::Create => actor.created.is_some(),
        Action::Wire => actor.wired.is_some(),
    })
}

fn same_code(step: Step, found: &Cid, expected: &Cid) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Failure::new(Kind::Mismatch, format!("{step}: the code on chain is {found}, the bundle has {expected}")))
}

fn cbor<T: serde::Serialize>(params: &T) -> Result<RawBytes> {
    RawBytes::serialize(params).or_usage("parameters do not encode")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_names_and_an_order() {
        let names: Vec<_> = all().iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), 15);
        assert_eq!(
            (names[0].as_str(), names[6].as_str(), names[14].as_str()),
            ("install-owner-proxy", "create-pool", "wire-governance")
        );
    }

    #[test]
    fn stops_are_checked() {
        assert!("create-pool:sent".parse::<StopAfter>().is_ok());
        assert!("create-pool".parse::<StopAfter>().is_ok());
        assert!("create-pol".parse::<StopAfter>().is_err());
        assert!("create-pool:soon".parse::<StopAfter>().is_err());
    }
}
