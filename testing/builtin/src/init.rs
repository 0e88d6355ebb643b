//! The init actor's wire types and state.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::RawBytes;
use fvm_ipld_hamt::BytesKey;
use fvm_shared::address::Address;
use fvm_shared::{ActorID, MethodNum};
use peggy_runtime::{ActorError, Map, MapKey, WIDTH_SMALL};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::blocks::{get, put};
use crate::ids;

/// Creates an actor of given code.
pub const EXEC: MethodNum = 2;
/// Creates an actor at an f4 address (f010 only).
pub const EXEC4: MethodNum = 3;
/// Makes wasm runnable. No official init has it (DESIGN.md 2).
pub const INSTALL_CODE: MethodNum = 4;
/// [`EXEC`], for user actors.
pub const EXEC_EXPORTED: MethodNum = frc42_dispatch::method_hash!("Exec");
/// [`INSTALL_CODE`], for user actors.
pub const INSTALL_CODE_EXPORTED: MethodNum = frc42_dispatch::method_hash!("InstallCode");

/// Of the constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ConstructorParams {
    /// Name of the network.
    pub network_name: String,
}

/// Of `Exec`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExecParams {
    /// What the new actor runs.
    pub code_cid: Cid,
    /// CBOR for its constructor.
    pub constructor_params: RawBytes,
}

/// Of `Exec4`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Exec4Params {
    /// What the new actor runs.
    pub code_cid: Cid,
    /// CBOR for its constructor.
    pub constructor_params: RawBytes,
    /// The part of the f4 address after the caller's namespace.
    pub subaddress: RawBytes,
}

/// What `Exec` and `Exec4` return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ExecReturn {
    /// f0 address.
    pub id_address: Address,
    /// f2 address: survives a reorganisation.
    pub robust_address: Address,
}

/// Of `InstallCode`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct InstallCodeParams {
    /// Wasm.
    pub code: RawBytes,
}

/// What `InstallCode` returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct InstallCodeReturn {
    /// Name of the code from now on.
    pub code_cid: Cid,
    /// False if it was there already.
    pub installed: bool,
}

/// As the VM reads it with `m2-native`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// HAMT[address bytes] -> ActorID, the VM's own layout.
    pub address_map: Cid,
    /// The next ID given out.
    pub next_id: ActorID,
    /// Name of the network.
    pub network_name: String,
    /// Link to `Vec<Cid>`: user code that may be run.
    pub installed_actors: Cid,
}

/// An address as key of the address map.
pub struct AddressKey(pub Address);

impl MapKey for AddressKey {
    fn to_key(&self) -> BytesKey {
        BytesKey(self.0.to_bytes())
    }
    fn from_key(bytes: &[u8]) -> Option<Self> {
        Address::from_bytes(bytes).ok().map(Self)
    }
}

type AddressMap<BS> = Map<BS, AddressKey, ActorID>;

impl State {
    /// The state of an empty network.
    pub fn genesis(store: &impl Blockstore, network_name: &str) -> Result<Self, ActorError> {
        Ok(Self {
            address_map: AddressMap::flush_empty(store, WIDTH_SMALL, "the address map")?,
            next_id: ids::FIRST_FREE,
            network_name: network_name.to_owned(),
            installed_actors: put(store, &Vec::<Cid>::new(), "the installed codes")?,
        })
    }

    /// Gives an address the next ID; one address only ever gets one.
    pub fn assign(&mut self, store: &impl Blockstore, address: &Address) -> Result<ActorID, ActorError> {
        self.map_to_id(store, address, None).map(|(id, _)| id)
    }

    /// Maps a new robust address to the ID of `delegated` if that has one, else to a new ID, which `delegated` gets too.
    /// Returns the ID and whether it was there before.
    pub fn map_to_id(
        &mut self,
        store: &impl Blockstore,
        robust: &Address,
        delegated: Option<&Address>,
    ) -> Result<(ActorID, bool), ActorError> {
        let mut map = AddressMap::load(&self.address_map, store, WIDTH_SMALL, "the address map")?;
        let known = match delegated {
            Some(address) => map.get(&AddressKey(*address))?.copied(),
            None => None,
        };
        let id = known.unwrap_or(self.next_id);
        if known.is_none() {
            self.next_id += 1;
            if let Some(address) = delegated {
                map.set(&AddressKey(*address), id)?;
            }
        }
        if map.set(&AddressKey(*robust), id)?.is_some() {
            return Err(ActorError::forbidden(format!("address {robust} has an ID already")));
        }
        self.address_map = map.flush()?;
        Ok((id, known.is_some()))
    }

    /// The codes installed so far.
    pub fn installed(&self, store: &impl Blockstore) -> Result<Vec<Cid>, ActorError> {
        get(store, &self.installed_actors, "the installed codes")
    }

    /// Replaces the list of installed codes.
    pub fn set_installed(&mut self, store: &impl Blockstore, codes: &[Cid]) -> Result<(), ActorError> {
        self.installed_actors = put(store, &codes, "the installed codes")?;
        Ok(())
    }
}
