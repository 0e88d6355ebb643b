//! Second versions of the five actors, for tests of upgrades: the first version's methods on a state of another layout.
//!
//! The root block of the second layout ([`SecondState`]) says the next schema, keeps what the first layout had behind a link, and counts every
//! change since the migration. Neither version reads the other's root. [`Second`] is a host that shows the first version's methods the
//! state behind the link, so a second version is its migration and nothing else.
#![warn(missing_docs)]

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::{from_slice, to_vec, RawBytes, DAG_CBOR};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ErrorNumber;
use fvm_shared::event::ActorEvent;
use fvm_shared::sys::SendFlags;
use fvm_shared::{ActorID, MethodNum, Response};
use peggy_interfaces::common::{GetWiring, GetWiringReturn, Upgrade};
use peggy_runtime::{decode_params, encode, lifecycle, ActorError, Host, MessageInfo, Method, Runtime, UpgradeParams};
use serde::de::DeserializeOwned;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// The second layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct SecondState {
    /// One more than the first layout's.
    pub schema: u64,
    /// What the first layout had.
    pub first: Cid,
    /// When it was migrated.
    pub migrated_at: ChainEpoch,
    /// What came as migration parameters.
    pub note: RawBytes,
    /// Changes since.
    pub changes: u64,
}

type Returned = Result<Option<IpldBlock>, ActorError>;

/// The migration. Refuses (36) another schema or another actor's state, and (16) migration parameters that are none.
pub fn upgrade<S: DeserializeOwned, H: Host>(rt: &Runtime<H>, params: Option<IpldBlock>, schema: u64) -> Returned {
    lifecycle::accept_upgrade::<S, H>(rt, schema)?;
    let params: UpgradeParams = decode_params(params, "upgrade")?;
    if params.migration_params.is_empty() {
        return Err(ActorError::illegal_argument("the second version wants migration parameters, and there are none"));
    }
    let first = rt.host().root().ok_or_else(|| ActorError::illegal_state("there is no state to migrate"))?;
    rt.accept_anyone();
    rt.migrate(&SecondState {
        schema: schema.saturating_add(1),
        first,
        migrated_at: rt.epoch(),
        note: params.migration_params,
        changes: 0,
    })?;
    Ok(None)
}

/// Runs a method of the first version, except what speaks of schemas.
pub fn invoke<H: Host>(
    rt: &Runtime<H>,
    params: Option<IpldBlock>,
    first: impl for<'a> Fn(&Runtime<Second<'a, H>>, Option<IpldBlock>) -> Returned,
) -> Returned {
    let wiring = || -> Result<GetWiringReturn, ActorError> {
        let asked = Second { host: rt.host(), method: Some(GetWiring::NUMBER) };
        let answer: GetWiringReturn = decode_params(first(&Runtime::new(asked), None)?, GetWiring::NAME)?;
        Ok(GetWiringReturn { schema: answer.schema.saturating_add(1), ..answer })
    };
    match rt.method() {
        GetWiring::NUMBER => encode(&wiring()?, GetWiring::NAME),
        Upgrade::NUMBER => {
            let wiring = wiring()?.wiring.ok_or_else(lifecycle::not_wired)?;
            rt.require_caller(&[wiring.governance], "governance")?;
            lifecycle::upgrade(rt, decode_params(params, Upgrade::NAME)?)?;
            Ok(None)
        }
        _ => first(&Runtime::new(Second { host: rt.host(), method: None }), params),
    }
}

/// A host on which the state is what [`SecondState::first`] links to.
pub struct Second<'a, H: Host> {
    host: &'a H,
    /// Another method than the message's, to ask for.
    method: Option<MethodNum>,
}

impl<H: Host> Second<'_, H> {
    fn state(&self) -> Option<SecondState> {
        let block = self.host.block_get(&self.host.root()?).ok()?;
        from_slice(&block).ok()
    }
}

impl<H: Host> Host for Second<'_, H> {
    fn root(&self) -> Option<Cid> {
        self.state().map(|state| state.first)
    }
    fn set_root(&self, root: &Cid) -> Result<(), ErrorNumber> {
        let state = self.state().ok_or(ErrorNumber::NotFound)?;
        let changes = state.changes.saturating_add(1);
        let block = to_vec(&SecondState { first: *root, changes, ..state }).map_err(|_| ErrorNumber::Serialization)?;
        self.host.set_root(&self.host.block_put(DAG_CBOR, &block)?)
    }
    fn message(&self) -> MessageInfo {
        let message = self.host.message();
        MessageInfo { method: self.method.unwrap_or(message.method), ..message }
    }

    // Everything else as it is.
    fn epoch(&self) -> ChainEpoch {
        self.host.epoch()
    }
    fn tipset_cid(&self, epoch: ChainEpoch) -> Option<Cid> {
        self.host.tipset_cid(epoch)
    }
    fn block_get(&self, cid: &Cid) -> Result<Vec<u8>, ErrorNumber> {
        self.host.block_get(cid)
    }
    fn block_put(&self, codec: u64, data: &[u8]) -> Result<Cid, ErrorNumber> {
        self.host.block_put(codec, data)
    }
    fn balance(&self) -> TokenAmount {
        self.host.balance()
    }
    fn balance_of(&self, id: ActorID) -> Option<TokenAmount> {
        self.host.balance_of(id)
    }
    fn resolve(&self, address: &Address) -> Option<ActorID> {
        self.host.resolve(address)
    }
    fn delegated_address(&self, id: ActorID) -> Option<Address> {
        self.host.delegated_address(id)
    }
    fn code_of(&self, id: ActorID) -> Option<Cid> {
        self.host.code_of(id)
    }
    fn builtin_type(&self, code: &Cid) -> Option<i32> {
        self.host.builtin_type(code)
    }
    fn code_of_type(&self, builtin_type: i32) -> Option<Cid> {
        self.host.code_of_type(builtin_type)
    }
    fn send(
        &self,
        to: &Address,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
        flags: SendFlags,
    ) -> Result<Response, ErrorNumber> {
        self.host.send(to, method, params, value, flags)
    }
    fn emit(&self, event: &ActorEvent) -> Result<(), ErrorNumber> {
        self.host.emit(event)
    }
    fn next_actor_address(&self) -> Address {
        self.host.next_actor_address()
    }
    fn create_actor(&self, id: ActorID, code: &Cid, delegated: Option<Address>) -> Result<(), ErrorNumber> {
        self.host.create_actor(id, code, delegated)
    }
    fn install_actor(&self, code: &Cid) -> Result<(), ErrorNumber> {
        self.host.install_actor(code)
    }
    fn upgrade_actor(&self, code: &Cid, params: Option<IpldBlock>) -> Result<Response, ErrorNumber> {
        self.host.upgrade_actor(code, params)
    }
    fn circulating_supply(&self) -> TokenAmount {
        self.host.circulating_supply()
    }
    fn blake2b(&self, data: &[u8]) -> [u8; 32] {
        self.host.blake2b(data)
    }
}

/// The second version of an actor, by its crate.
#[macro_export]
macro_rules! second_version {
    ($first:ident) => {
        peggy_runtime::entry_points!(invoke, upgrade);

        /// Runs one message.
        pub fn invoke<H: peggy_runtime::Host>(
            rt: &peggy_runtime::Runtime<H>,
            params: Option<peggy_runtime::IpldBlock>,
        ) -> Result<Option<peggy_runtime::IpldBlock>, peggy_runtime::ActorError> {
            $crate::invoke(rt, params, |rt, params| $first::invoke(rt, params))
        }

        /// Migrates the first version's state.
        pub fn upgrade<H: peggy_runtime::Host>(
            rt: &peggy_runtime::Runtime<H>,
            params: Option<peggy_runtime::IpldBlock>,
        ) -> Result<Option<peggy_runtime::IpldBlock>, peggy_runtime::ActorError> {
            $crate::upgrade::<$first::state::State, H>(rt, params, $first::state::SCHEMA)
        }
    };
}
