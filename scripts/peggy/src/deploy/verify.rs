//! Is what is on chain what it claims to be? Anyone can check.

use fvm_shared::address::Address;
use fvm_shared::ActorID;
use peggy_interfaces::common::GetWiring;
use peggy_interfaces::miner::{GetBeneficiary, GetOwner};
use peggy_interfaces::owner_proxy::ListMiners;
use serde::Serialize;

use super::codes::Codes;
use super::ACTORS;
use crate::deployment::Deployment;
use crate::rpc::Client;
use crate::Result;

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
        let answer = match client.query::<GetWiring>(id, &()) {
            Ok(answer) => answer,
            Err(failure) => {
                checks.push(check(&format!("{name} tells its wiring"), false, failure.message));
                continue;
            }
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
    let miners = match client.query::<ListMiners>(proxy, &()) {
        Ok(miners) => miners,
        Err(failure) => {
            checks.push(check("owner-proxy lists its miners", false, failure.message));
            return Ok(());
        }
    };
    let proxy = Address::new_id(proxy);
    for miner in miners.iter().map(|miner| miner.miner) {
        match client.query::<GetOwner>(miner, &()) {
            Ok(answer) => {
                let ok = answer.owner == proxy && answer.proposed.is_none();
                let found = match answer.proposed {
                    Some(proposed) => format!("{}, {proposed} proposed", answer.owner),
                    None => answer.owner.to_string(),
                };
                checks.push(check(&format!("miner f0{miner} is owned by the proxy"), ok, found));
            }
            Err(failure) => checks.push(check(&format!("miner f0{miner} tells its owner"), false, failure.message)),
        }
        match client.query::<GetBeneficiary>(miner, &()) {
            Ok(answer) => {
                let ok = answer.active.beneficiary == proxy && answer.proposed.is_none();
                let found = answer.active.beneficiary.to_string();
                checks.push(check(&format!("miner f0{miner} pays the proxy"), ok, found));
            }
            Err(failure) => checks.push(check(&format!("miner f0{miner} tells its beneficiary"), false, failure.message)),
        }
    }
    Ok(())
}

fn check(what: &str, ok: bool, found: impl Into<String>) -> Check {
    Check { what: what.to_owned(), ok, found: found.into() }
}
