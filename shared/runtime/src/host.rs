//! The raw operations the network offers an actor.

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ErrorNumber;
use fvm_shared::event::ActorEvent;
use fvm_shared::sys::SendFlags;
use fvm_shared::{ActorID, MethodNum, Response};

/// What the network says about the message being executed. It never changes while the message runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageInfo {
    /// The actor that called, always by its ID.
    pub caller: ActorID,
    /// The account that signed the message at the start of the call chain.
    pub origin: ActorID,
    /// This actor.
    pub receiver: ActorID,
    /// FRC-42 method number, or 1 for the constructor.
    pub method: MethodNum,
    /// attoFIL that came with the call; already part of the balance.
    pub value: TokenAmount,
    /// The network refuses any change of state, any event and any value sent.
    pub read_only: bool,
    /// The origin's nonce; tells apart two messages of one origin.
    pub nonce: u64,
}

/// The operations of the FVM that the actors use, and no others. Nothing here decides anything: guards live in
/// [`Runtime`](crate::Runtime).
pub trait Host {
    /// The message being executed.
    fn message(&self) -> MessageInfo;
    /// The epoch of the tipset being executed.
    fn epoch(&self) -> ChainEpoch;
    /// The tipset key CID (FIP-0054) of an earlier epoch, if within the network's lookback.
    fn tipset_cid(&self, epoch: ChainEpoch) -> Option<Cid>;

    /// The root of this actor's state; `None` before it was first set.
    fn root(&self) -> Option<Cid>;
    /// Sets the root of this actor's state.
    fn set_root(&self, root: &Cid) -> Result<(), ErrorNumber>;
    /// Reads a block reachable from this actor's state, its parameters or what it was returned.
    fn block_get(&self, cid: &Cid) -> Result<Vec<u8>, ErrorNumber>;
    /// Writes a block, hashed with blake2b-256.
    fn block_put(&self, codec: u64, data: &[u8]) -> Result<Cid, ErrorNumber>;

    /// This actor's balance, the value of the running message included.
    fn balance(&self) -> TokenAmount;
    /// Another actor's balance; `None` if there is no such actor.
    fn balance_of(&self, id: ActorID) -> Option<TokenAmount>;
    /// The ID behind an address; `None` if it has none yet. An ID address answers itself, whether the actor exists or not.
    fn resolve(&self, address: &Address) -> Option<ActorID>;
    /// The f4 address of an actor, if it has one.
    fn delegated_address(&self, id: ActorID) -> Option<Address>;
    /// The code an actor runs; `None` if there is no such actor.
    fn code_of(&self, id: ActorID) -> Option<Cid>;
    /// The builtin type number behind a code CID, if it is a builtin actor's.
    fn builtin_type(&self, code: &Cid) -> Option<i32>;
    /// The code CID of a builtin type number.
    fn code_of_type(&self, builtin_type: i32) -> Option<Cid>;

    /// Calls another actor.
    fn send(
        &self,
        to: &Address,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
        flags: SendFlags,
    ) -> Result<Response, ErrorNumber>;
    /// Emits an event.
    fn emit(&self, event: &ActorEvent) -> Result<(), ErrorNumber>;

    /// The robust address the next created actor gets (init only).
    fn next_actor_address(&self) -> Address;
    /// Creates an actor (init and eam only).
    fn create_actor(&self, id: ActorID, code: &Cid, delegated: Option<Address>) -> Result<(), ErrorNumber>;
    /// Makes a block of wasm runnable code (init only, feature m2-native).
    fn install_actor(&self, code: &Cid) -> Result<(), ErrorNumber>;
    /// Swaps this actor's code and runs the new code's `upgrade` entry point. On success it does not return.
    fn upgrade_actor(&self, code: &Cid, params: Option<IpldBlock>) -> Result<Response, ErrorNumber>;
    /// FIL in circulation.
    fn circulating_supply(&self) -> TokenAmount;
    /// BLAKE2b-256 of some bytes.
    fn blake2b(&self, data: &[u8]) -> [u8; 32];
}
