//! The state and the three methods every actor of the bundle has, for actors that have no others yet.

use fvm_shared::address::Address;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::lifecycle::{check_wire, not_wired, upgrade, wired, UpgradeParams, Wiring};
use crate::{ActorError, Host, Runtime};

/// Version of the layout of [`Shell`].
pub const SHELL_SCHEMA: u64 = 1;

/// Wiring, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Shell {
    /// Version of this layout.
    pub schema: u64,
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
}

impl Shell {
    /// The constructor's work, inside [`crate::lifecycle::construct`]. The deployer must exist.
    pub fn create<H: Host>(rt: &Runtime<H>, deployer: &Address) -> Result<(), ActorError> {
        let deployer = rt.resolve(deployer, "the deployer")?;
        rt.create(&Self { schema: SHELL_SCHEMA, deployer: Some(deployer), wiring: None })
    }

    /// `Wire`. `own_place` is the ID the wiring gives this actor.
    pub fn wire<H: Host>(rt: &Runtime<H>, wiring: Wiring, own_place: ActorID) -> Result<(), ActorError> {
        check_wire(rt, rt.state::<Self>()?.deployer, &wiring, own_place)?;
        rt.transaction(|state: &mut Self, _| {
            state.deployer = None;
            state.wiring = Some(wiring);
            Ok(())
        })?;
        rt.emit(wired(&wiring))
    }

    /// `Upgrade`, from governance only.
    pub fn upgrade<H: Host>(rt: &Runtime<H>, params: UpgradeParams) -> Result<(), ActorError> {
        let wiring = rt.state::<Self>()?.wiring.ok_or_else(not_wired)?;
        rt.require_caller(&[wiring.governance], "governance")?;
        upgrade(rt, params)
    }
}
