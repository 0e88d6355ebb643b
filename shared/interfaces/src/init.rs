//! The part of the init actor that deployment uses: `Exec`, and `InstallCode` of a network with native user actors.

use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::{ActorID, MethodNum};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// The singleton's ID.
pub const INIT_ACTOR_ID: ActorID = 1;
/// Number of `Exec`.
pub const EXEC: MethodNum = 2;
/// Number of `InstallCode` (ref-fvm's m2-native).
pub const INSTALL_CODE: MethodNum = 4;

/// Parameters of `Exec`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExecParams {
    /// Code of the new actor.
    pub code_cid: Cid,
    /// Passed to its constructor.
    pub constructor_params: RawBytes,
}

/// The new actor's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExecReturn {
    /// f0 address.
    pub id_address: Address,
    /// f2 address.
    pub robust_address: Address,
}

/// Parameters of `InstallCode`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct InstallCodeParams {
    /// Wasm.
    pub code: ByteBuf,
}

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct InstallCodeReturn {
    /// CID of the code.
    pub code_cid: Cid,
    /// False if it was there already.
    pub installed: bool,
}
