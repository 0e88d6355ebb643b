//! Methods all five actors have: wiring, upgrade (DESIGN.md 3.8, 3.9).

use fvm_shared::clock::ChainEpoch;
use fvm_shared::ActorID;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::method::methods;

pub use peggy_runtime::{UpgradeParams, Wiring};

/// What `GetWiring` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct GetWiringReturn {
    /// Version of the layout of this actor's state.
    pub schema: u64,
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
}

/// For how long intake stays closed (DESIGN.md 3.10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct PauseParams {
    /// At most 20,160 epochs (7 days); and not again for as long after it ended. Zero ends a running pause.
    pub epochs: ChainEpoch,
}

methods! {
    /// Names all five actors to this one. Once, from the deployer only; afterwards the deployer has no rights at all.
    "Wire" Wire [change] Deployer (Wiring) -> ();
    /// Swaps this actor's code for installed code and runs its migration, which may refuse.
    "Upgrade" Upgrade [change] Governance (UpgradeParams) -> ();
    /// Says who is who, and the schema of the state. Answers before wiring, too.
    "GetWiring" GetWiring [read] Anyone (()) -> GetWiringReturn;
}
