//! Positions as FRC-53 tokens whose beneficiary follows the token (DESIGN.md 6).
//!
//! So far what all actors of the bundle have: constructor, wiring, upgrade. Any other method answers "unhandled" (22).

use fvm_shared::METHOD_CONSTRUCTOR;
use peggy_interfaces::common::{GetWiring, GetWiringReturn, Upgrade, Wire};
use peggy_interfaces::nft_share::ConstructorParams;
use peggy_runtime::{dispatch, lifecycle, ActorError, Host, IpldBlock, Runtime, Shell, SHELL_SCHEMA};

#[cfg(feature = "entry-points")]
peggy_runtime::entry_points!(invoke, upgrade);

/// Runs one message.
pub fn invoke<H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    if rt.method() == METHOD_CONSTRUCTOR {
        return lifecycle::construct(rt, params, |rt, p: ConstructorParams| Shell::create(rt, &p.deployer));
    }
    dispatch!(rt, params, "nft-share", {
        Wire => |rt, wiring| Shell::wire(rt, wiring, wiring.nft_share),
        Upgrade => Shell::upgrade,
        GetWiring => get_wiring,
    })
}

/// Takes over state written by older code; so far there is only one layout.
pub fn upgrade<H: Host>(rt: &Runtime<H>, _params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
    lifecycle::accept_upgrade::<Shell, H>(rt, SHELL_SCHEMA)?;
    Ok(None)
}

fn get_wiring<H: Host>(rt: &Runtime<H>, _params: ()) -> Result<GetWiringReturn, ActorError> {
    let Shell { schema, deployer, wiring } = rt.state()?;
    Ok(GetWiringReturn { schema, deployer, wiring })
}
