//! The interface of `liquidity`: so far what all actors of the bundle have. Its own methods follow in an issue of their own.

use fvm_shared::address::Address;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

pub use crate::common::METHODS;

/// Parameters of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Who may call `Wire`, once.
    pub deployer: Address,
}
