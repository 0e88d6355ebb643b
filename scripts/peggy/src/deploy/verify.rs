//! Is what is on chain what it claims to be? Anyone can check.

use fvm_shared::address::Address;
use fvm_shared::ActorID;
use peggy_interfaces::common::GetWiring;
use peggy_interfaces::miner::{GetBeneficiary, GetOwner};
use peggy_interfaces::owner_proxy::ListMiners;
use peggy_runtime::Method;
use serde::Serialize;

use super::codes::Codes;
use super::ACTORS;
use crate::deployment::Deployment;
use crate::rpc::Client;
use crate::{Kind, Result};

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// In words.
    pub what: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub found: String,
}

/// Looks at everything a depositor relies on.
pub fn verify(client: &Client, deployment: &Deployment, codes: &Codes) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let genesis = client.genesis()?.to_string();
    checks.push(check("network is the one deployed to", genesis == deployment.genesis, genesis));
    let wiring = deployment.wiring()?;
    for name in ACTORS {
        let id = deployment.id(name)?;
        let Some(actor) = client.actor(&Address::new_id(id))? else {
            checks.push(check(&format!("{name} exists"), false, format!("there is no f0{id}")));
            continue;
        };
        let code = actor.code.0;
        checks.push(check(&format!("{name} runs the bundle's code"), code == codes.cid(name)?, code.to_string()));
        let Some(answer) = ask::<GetWiring>(client, id, &format!("{name} tells its wiring"), &mut checks)? else {
            continue;
        };
        let found = answer.wiring.map_or_else(|| "not wired".to_owned(), |w| format!("{:?}", w.all()));
        checks.push(check(&format!("{name} is wired to these five"), answer.wiring == Some(wiring), found));
        let deployer = answer.deployer.map_or_else(|| "nobody".to_owned(), |id| format!("f0{id}"));
        checks.push(check(&format!("{name} leaves its deployer no rights"), answer.deployer.is_none(), deployer));
    }
    check_miners(client, wiring.owner_proxy, &mut checks)?;
    Ok(checks)
}

/// Custody: the proxy is owner and beneficiary of every miner, and nobody else is proposed.
fn check_miners(client: &Client, proxy: ActorID, checks: &mut Vec<Check>) -> Result<()> {
    let Some(miners) = ask::<ListMiners>(client, proxy, "owner-proxy lists its miners", checks)? else { return Ok(()) };
    let proxy = Address::new_id(proxy);
    for miner in miners.iter().map(|miner| miner.miner) {
        if let Some(answer) = ask::<GetOwner>(client, miner, &format!("miner f0{miner} tells its owner"), checks)? {
            let ok = answer.owner == proxy && answer.proposed.is_none();
            let found = match answer.proposed {
                Some(proposed) => format!("{}, {proposed} proposed", answer.owner),
                None => answer.owner.to_string(),
            };
            checks.push(check(&format!("miner f0{miner} is owned by the proxy"), ok, found));
        }
        let what = format!("miner f0{miner} tells its beneficiary");
        if let Some(answer) = ask::<GetBeneficiary>(client, miner, &what, checks)? {
            let ok = answer.active.beneficiary == proxy && answer.proposed.is_none();
            let found = answer.active.beneficiary.to_string();
            checks.push(check(&format!("miner f0{miner} pays the proxy"), ok, found));
        }
    }
    Ok(())
}

/// A question whose refusal is a failed check, while a node that does not answer is no check at all.
fn ask<M: Method<Params = ()>>(
    client: &Client,
    actor: ActorID,
    what: &str,
    checks: &mut Vec<Check>,
) -> Result<Option<M::Return>> {
    match client.query::<M>(actor, &()) {
        Ok(answer) => Ok(Some(answer)),
        Err(failure) if failure.kind == Kind::Node => Err(failure),
        Err(failure) => {
            checks.push(check(what, false, failure.message));
            Ok(None)
        }
    }
}

fn check(what: &str, ok: bool, found: impl Into<String>) -> Check {
    Check { what: what.to_owned(), ok, found: found.into() }
}
