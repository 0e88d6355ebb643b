//! The real host: the FVM's system calls.
#![allow(unsafe_code)] // The SDK's block reads and exits are raw system calls.

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ErrorNumber;
use fvm_shared::event::ActorEvent;
use fvm_shared::sys::SendFlags;
use fvm_shared::{ActorID, MethodNum, Response};

use crate::{ActorError, Host, MessageInfo, Runtime};

/// Hash code of blake2b-256 and its length in bytes.
const BLAKE2B_256: u64 = 0xb220;
const HASH_LEN: u32 = 32;

/// Memory is handed out and never taken back: an execution is short, ends with its memory, and pays for each instruction a real
/// allocator would spend. What leaks is bounded by gas (docs/decisions.md, "Memory is never freed").
#[global_allocator]
static HEAP: mini_alloc::MiniAlloc = mini_alloc::MiniAlloc::INIT;

/// The FVM this wasm runs on.
#[derive(Debug, Clone, Copy)]
pub struct FvmHost;

impl Host for FvmHost {
    fn message(&self) -> MessageInfo {
        use fvm_sdk::message;
        MessageInfo {
            caller: message::caller(),
            origin: message::origin(),
            receiver: message::receiver(),
            method: message::method_number(),
            value: message::value_received(),
            read_only: fvm_sdk::vm::read_only(),
            nonce: message::nonce(),
        }
    }
    fn epoch(&self) -> ChainEpoch {
        fvm_sdk::network::curr_epoch()
    }
    fn tipset_cid(&self, epoch: ChainEpoch) -> Option<Cid> {
        fvm_sdk::network::tipset_cid(epoch).ok()
    }
    fn root(&self) -> Option<Cid> {
        fvm_sdk::sself::root().ok()
    }
    fn set_root(&self, root: &Cid) -> Result<(), ErrorNumber> {
        fvm_sdk::sself::set_root(root).map_err(|_| ErrorNumber::ReadOnly)
    }
    fn block_get(&self, cid: &Cid) -> Result<Vec<u8>, ErrorNumber> {
        fvm_sdk::ipld::get(cid)
    }
    fn block_put(&self, codec: u64, data: &[u8]) -> Result<Cid, ErrorNumber> {
        fvm_sdk::ipld::put(BLAKE2B_256, HASH_LEN, codec, data)
    }
    fn balance(&self) -> TokenAmount {
        fvm_sdk::sself::current_balance()
    }
    fn balance_of(&self, id: ActorID) -> Option<TokenAmount> {
        fvm_sdk::actor::balance_of(id)
    }
    fn resolve(&self, address: &Address) -> Option<ActorID> {
        fvm_sdk::actor::resolve_address(address)
    }
    fn delegated_address(&self, id: ActorID) -> Option<Address> {
        fvm_sdk::actor::lookup_delegated_address(id)
    }
    fn code_of(&self, id: ActorID) -> Option<Cid> {
        fvm_sdk::actor::get_actor_code_cid(&Address::new_id(id))
    }
    fn builtin_type(&self, code: &Cid) -> Option<i32> {
        fvm_sdk::actor::get_builtin_actor_type(code)
    }
    fn code_of_type(&self, builtin_type: i32) -> Option<Cid> {
        Some(fvm_sdk::actor::get_code_cid_for_type(builtin_type))
    }
    fn send(
        &self,
        to: &Address,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
        flags: SendFlags,
    ) -> Result<Response, ErrorNumber> {
        fvm_sdk::send::send(to, method, params, value.clone(), None, flags)
    }
    fn emit(&self, event: &ActorEvent) -> Result<(), ErrorNumber> {
        fvm_sdk::event::emit_event(event)
    }
    fn next_actor_address(&self) -> Address {
        fvm_sdk::actor::next_actor_address()
    }
    fn create_actor(&self, id: ActorID, code: &Cid, delegated: Option<Address>) -> Result<(), ErrorNumber> {
        fvm_sdk::actor::create_actor(id, code, delegated)
    }
    fn install_actor(&self, code: &Cid) -> Result<(), ErrorNumber> {
        fvm_sdk::actor::install_actor(code)
    }
    fn upgrade_actor(&self, code: &Cid, params: Option<IpldBlock>) -> Result<Response, ErrorNumber> {
        fvm_sdk::actor::upgrade_actor(code, params)
    }
    fn circulating_supply(&self) -> TokenAmount {
        fvm_sdk::network::total_fil_circ_supply()
    }
    fn blake2b(&self, data: &[u8]) -> [u8; 32] {
        fvm_sdk::crypto::hash_blake2b(data)
    }
}

/// Runs an entry point: reads the parameters, runs `f`, and ends the execution with what it returned.
pub fn run(
    params: u32,
    f: impl FnOnce(&Runtime<FvmHost>, Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError>,
) -> u32 {
    fvm_sdk::vm::set_panic_handler();
    let result = fvm_sdk::message::params_raw(params)
        .map_err(|e| ActorError::from_syscall(e, "cannot read the parameters"))
        .and_then(|params| f(&Runtime::new(FvmHost), params))
        .and_then(|returned| match returned {
            None => Ok(fvm_sdk::NO_DATA_BLOCK_ID),
            Some(block) => fvm_sdk::ipld::put_block(block.codec, &block.data)
                .map_err(|e| ActorError::from_syscall(e, "cannot return the result")),
        });
    match result {
        Ok(id) => id,
        Err(e) => fvm_sdk::vm::exit(e.code().value(), None, Some(e.message())),
    }
}
