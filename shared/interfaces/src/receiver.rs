//! The universal receiver hook (FRC-46): what a token calls on whoever receives it.

use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::RawBytes;

use crate::method::methods;

pub use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};

methods! {
    /// Called after the new balances are saved; a failure undoes the transfer.
    "Receive" Receive [change] Anyone (UniversalReceiverParams) -> RawBytes;
}
