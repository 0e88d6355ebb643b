//! The state of the first release, which had no positions yet: what an upgrade from it finds.

use fvm_shared::ActorID;
use peggy_runtime::Wiring;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

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
