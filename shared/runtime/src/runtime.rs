//! What actors are written against: guards, transactions, sends, events.

use std::cell::{Cell, Ref, RefCell};

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::{ErrorNumber, ExitCode};
use fvm_shared::sys::SendFlags;
use fvm_shared::{ActorID, MethodNum, METHOD_SEND};
use num_traits::Zero;
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::{codec, store, ActorError, Event, Host, MessageInfo, Store};

/// One execution of an actor. Every rule an actor relies on is enforced here, in tests and on chain alike:
/// the caller is checked before anything changes, nothing is sent while state is held, reads change nothing.
pub struct Runtime<H: Host> {
    host: H,
    message: MessageInfo,
    in_transaction: Cell<bool>,
    caller_checked: Cell<bool>,
    reading: Cell<bool>,
    /// The state block last read or written, by its CID: most methods look at their state before they change it, and the network
    /// charges for each read.
    seen: RefCell<Option<StateBlock>>,
}

/// A block that was the state, and its CID.
type StateBlock = (Cid, Vec<u8>);

/// The state's name in errors.
const STATE: &str = "the actor's state";

/// What a call to another actor came back with. The other side may have failed: look before use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Sent {
    /// The exit code of the call.
    pub exit_code: ExitCode,
    /// What it returned.
    pub data: Option<IpldBlock>,
}

impl Sent {
    /// What was returned, or an error with the callee's own exit code.
    #[inline(never)]
    pub fn ok(self, what: &str) -> Result<Option<IpldBlock>, ActorError> {
        if self.exit_code.is_success() {
            return Ok(self.data);
        }
        // System codes (below 16) can't be returned by an actor itself: the network would turn them into "illegal exit code".
        let code = if self.exit_code.is_system_error() { ExitCode::USR_UNSPECIFIED } else { self.exit_code };
        Err(ActorError::new(code, format!("{what} failed with exit code {}", self.exit_code.value())))
    }

    /// What was returned, decoded.
    pub fn decode<T: DeserializeOwned>(self, what: &str) -> Result<T, ActorError> {
        let data = self.some_data(what)?;
        codec::from_bytes(&data).map_err(|e| codec::no_decode(&format!("what {what} returned"), e))
    }

    #[inline(never)]
    fn some_data(self, what: &str) -> Result<Vec<u8>, ActorError> {
        match self.ok(what)? {
            Some(block) => Ok(block.data),
            None => Err(ActorError::serialization(format!("{what} returned nothing"))),
        }
    }
}

impl<H: Host> Runtime<H> {
    /// Starts an execution on `host`.
    pub fn new(host: H) -> Self {
        let message = host.message();
        Self {
            host,
            message,
            in_transaction: Cell::new(false),
            caller_checked: Cell::new(false),
            reading: Cell::new(false),
            seen: RefCell::new(None),
        }
    }

    /// The host itself, for the operations that need no guard.
    pub fn host(&self) -> &H {
        &self.host
    }
    /// The caller's ActorID.
    pub fn caller(&self) -> ActorID {
        self.message.caller
    }
    /// This actor's ID.
    pub fn receiver(&self) -> ActorID {
        self.message.receiver
    }
    /// The method called.
    pub fn method(&self) -> MethodNum {
        self.message.method
    }
    /// attoFIL that came with the call; already part of [`Runtime::balance`].
    pub fn value(&self) -> &TokenAmount {
        &self.message.value
    }
    /// The current epoch.
    pub fn epoch(&self) -> ChainEpoch {
        self.host.epoch()
    }
    /// This actor's balance, the value of the message included.
    pub fn balance(&self) -> TokenAmount {
        self.host.balance()
    }
    /// The blocks this actor can reach.
    pub fn store(&self) -> Store<'_, H> {
        Store(&self.host)
    }

    // --- caller checks -------------------------------------------------------------------------------------------

    /// Says that anyone may call.
    pub fn accept_anyone(&self) {
        self.caller_checked.set(true);
    }

    /// Refuses (18) every caller but those listed; `who` names them in the error, as in "the operator".
    #[inline(never)]
    pub fn require_caller(&self, allowed: &[ActorID], who: &str) -> Result<(), ActorError> {
        if !allowed.contains(&self.message.caller) {
            return Err(ActorError::forbidden(format!(
                "only {who} may call this; the caller is f0{}",
                self.message.caller
            )));
        }
        self.caller_checked.set(true);
        Ok(())
    }

    /// Marks this execution as one that may change nothing. Set by the dispatcher for read methods.
    pub(crate) fn read_only(&self) {
        self.reading.set(true);
        self.caller_checked.set(true);
    }

    #[inline(never)]
    fn check_may_change(&self, what: &str) -> Result<(), ActorError> {
        if self.reading.get() {
            return Err(ActorError::assertion(format!("a read method tried to {what}")));
        }
        if !self.caller_checked.get() {
            return Err(ActorError::assertion(format!("tried to {what} before checking the caller")));
        }
        if self.in_transaction.get() {
            return Err(ActorError::assertion(format!("tried to {what} while holding state")));
        }
        Ok(())
    }

    // --- state ---------------------------------------------------------------------------------------------------

    /// Writes the first state. Only the constructor calls this.
    pub fn create<S: Serialize>(&self, state: &S) -> Result<(), ActorError> {
        self.check_may_change("create state")?;
        if self.host.root().is_some_and(|root| root.to_bytes() != EMPTY_ARRAY) {
            return Err(ActorError::illegal_state("the constructor runs once only"));
        }
        self.save(state)
    }

    /// Reads the state, to look at only. Change it in a [`Runtime::transaction`].
    pub fn state<S: DeserializeOwned>(&self) -> Result<S, ActorError> {
        let seen = self.state_block()?;
        let data = seen.as_ref().map_or(&[][..], |(_, data)| data);
        store::decode(data, STATE)
    }

    /// The block the state root links to now. Whatever was called in between may have changed it.
    #[inline(never)]
    fn state_block(&self) -> Result<Ref<'_, Option<StateBlock>>, ActorError> {
        let root = self
            .host
            .root()
            .ok_or_else(|| ActorError::illegal_state("the actor has no state yet: it was never constructed"))?;
        if self.seen.borrow().as_ref().is_none_or(|(cid, _)| *cid != root) {
            let data = self.store().block(&root, STATE)?;
            self.seen.replace(Some((root, data)));
        }
        Ok(self.seen.borrow())
    }

    /// Reads the state, changes it and saves it. Whatever must be sent is sent afterwards: a send inside fails the message.
    pub fn transaction<S, T>(
        &self,
        change: impl FnOnce(&mut S, Store<'_, H>) -> Result<T, ActorError>,
    ) -> Result<T, ActorError>
    where
        S: Serialize + DeserializeOwned,
    {
        self.check_may_change("change state")?;
        let mut state: S = self.state()?;
        self.in_transaction.set(true);
        let result = change(&mut state, self.store());
        self.in_transaction.set(false);
        let value = result?;
        self.save(&state)?;
        Ok(value)
    }

    /// Replaces the state by one of another layout. Only the `upgrade` entry point calls this.
    pub fn migrate<S: Serialize>(&self, state: &S) -> Result<(), ActorError> {
        self.check_may_change("migrate state")?;
        self.save(state)
    }

    #[inline(never)]
    fn save<S: Serialize>(&self, state: &S) -> Result<(), ActorError> {
        let data = codec::to_bytes(state).map_err(|e| codec::no_encode(STATE, e))?;
        let root = self.store().put_block(&data, STATE)?;
        self.host.set_root(&root).map_err(|e| ActorError::from_syscall(e, "cannot set the state root"))?;
        self.seen.replace(Some((root, data)));
        Ok(())
    }

    // --- addresses -----------------------------------------------------------------------------------------------

    /// The ActorID behind an address that must exist (17 otherwise). The same actor always gives the same ID, under
    /// whichever of its addresses it is named.
    #[inline(never)]
    pub fn resolve(&self, address: &Address, what: &str) -> Result<ActorID, ActorError> {
        let id = self.host.resolve(address).ok_or_else(|| unresolved(address, what))?;
        // An ID address resolves to itself even when no such actor exists.
        if self.host.code_of(id).is_none() {
            return Err(unresolved(address, what));
        }
        Ok(id)
    }

    /// The ActorID behind a recipient's address; a new account is created by a bare send of nothing, as FRC-46 has it.
    /// May send a message: call it before any transaction.
    #[inline(never)]
    pub fn resolve_or_create(&self, address: &Address, what: &str) -> Result<ActorID, ActorError> {
        if let Some(id) = self.host.resolve(address) {
            return if self.host.code_of(id).is_some() { Ok(id) } else { Err(unresolved(address, what)) };
        }
        self.send_to(address, METHOD_SEND, None, &TokenAmount::zero(), false)?
            .ok(&format!("creating an account for {what} ({})", name(address)))?;
        self.resolve(address, what)
    }

    // --- calls ---------------------------------------------------------------------------------------------------

    /// Calls another actor. An error means the network refused the call before any code ran.
    pub fn send(
        &self,
        to: ActorID,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
    ) -> Result<Sent, ActorError> {
        self.send_to(&Address::new_id(to), method, params, value, false)
    }

    /// Calls another actor in a way that lets it, and whatever it calls, change nothing.
    pub fn query(&self, to: ActorID, method: MethodNum, params: Option<IpldBlock>) -> Result<Sent, ActorError> {
        self.send_to(&Address::new_id(to), method, params, &TokenAmount::zero(), true)
    }

    /// Pays by method 0: no code of the recipient runs, so nothing can re-enter (DESIGN.md 2).
    #[inline(never)]
    pub fn pay(&self, to: ActorID, amount: &TokenAmount) -> Result<(), ActorError> {
        if amount.is_zero() {
            return Ok(());
        }
        self.send(to, METHOD_SEND, None, amount)?.ok("paying out").map(|_| ())
    }

    #[inline(never)]
    fn send_to(
        &self,
        to: &Address,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
        read_only: bool,
    ) -> Result<Sent, ActorError> {
        if self.in_transaction.get() {
            return Err(ActorError::assertion("tried to send while holding state"));
        }
        if !read_only {
            self.check_may_change("send")?;
        }
        let flags = if read_only { SendFlags::READ_ONLY } else { SendFlags::empty() };
        match self.host.send(to, method, params, value, flags) {
            Ok(response) => Ok(Sent { exit_code: response.exit_code, data: response.return_data }),
            // An actor that is not there is an answer, not a broken rule: the caller of `send` decides.
            Err(ErrorNumber::NotFound) => Ok(Sent { exit_code: ExitCode::USR_NOT_FOUND, data: None }),
            Err(e) => Err(ActorError::from_syscall(e, format_args!("cannot call {} (method {method})", name(to)))),
        }
    }

    // --- events and code -----------------------------------------------------------------------------------------

    /// Emits an event.
    #[inline(never)]
    pub fn emit(&self, event: Event) -> Result<(), ActorError> {
        if self.reading.get() {
            return Err(ActorError::assertion("a read method tried to emit an event"));
        }
        let event = event.finish().ok_or_else(|| ActorError::serialization("an event does not encode"))?;
        self.host.emit(&event).map_err(|e| ActorError::from_syscall(e, "cannot emit an event"))
    }

    /// Swaps this actor's code. Returns only when the new code refused, or could not be run.
    pub(crate) fn swap_code(&self, code: &Cid, params: Option<IpldBlock>) -> Result<Sent, ActorError> {
        self.check_may_change("swap code")?;
        let response = self
            .host
            .upgrade_actor(code, params)
            .map_err(|e| ActorError::from_syscall(e, "the network refused to run the new code"))?;
        Ok(Sent { exit_code: response.exit_code, data: response.return_data })
    }
}

fn unresolved(address: &Address, what: &str) -> ActorError {
    let name = name(address);
    ActorError::not_found(format!("{what} ({name}) is no actor on this network; send it some FIL first, or use its ID"))
}

/// An address for an error message: by ID, or just by its class. Spelling a key's address out takes a hash for its
/// checksum and base32: 40 KB in every actor, for something the sender of the message can see there.
fn name(address: &Address) -> String {
    match address.id() {
        Ok(id) => format!("f0{id}"),
        Err(_) => format!("an f{} address", address.protocol() as u8),
    }
}

/// The root the network gives a new actor: the CID (DAG-CBOR, blake2b-256) of an empty array. Spelt out, because hashing here
/// would put a hash function into every actor.
const EMPTY_ARRAY: [u8; 38] = [
    0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20, 0x45, 0xb0, 0xcf, 0xc2, 0x20, 0xce, 0xec, 0x5b, 0x7c, 0x1c, 0x62, 0xc4, 0xd4,
    0x19, 0x3d, 0x38, 0xe4, 0xeb, 0xa4, 0x8e, 0x88, 0x15, 0x72, 0x9c, 0xe7, 0x5f, 0x9c, 0x0a, 0xb0, 0xe4, 0xc1, 0xc0,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::MockHost;

    #[test]
    fn the_first_root_is_the_networks_empty_array() {
        let host = MockHost::new(1);
        let root = (&host).block_put(fvm_ipld_encoding::DAG_CBOR, &[0x80]).unwrap();
        assert_eq!(root.to_bytes(), EMPTY_ARRAY);
    }

    /// A block once read is not read again; a state somebody else wrote meanwhile, in a call back, is.
    #[test]
    fn the_state_is_that_of_the_root_now() {
        let host = MockHost::new(1);
        let rt = Runtime::new(&host);
        rt.accept_anyone();
        rt.create(&1u64).unwrap();
        let first = (&host).root().unwrap();
        assert_eq!(rt.state::<u64>().unwrap(), 1);
        let inner = Runtime::new(&host);
        inner.accept_anyone();
        inner.transaction(|state: &mut u64, _| Ok(std::mem::replace(state, 2))).unwrap();
        assert_eq!(rt.state::<u64>().unwrap(), 2);
        rt.transaction(|state: &mut u64, _| Ok(std::mem::replace(state, 20))).unwrap();
        assert_eq!((rt.state::<u64>().unwrap(), inner.state::<u64>().unwrap()), (20, 20));
        // What fails on the way back takes its changes along.
        (&host).set_root(&first).unwrap();
        assert_eq!((rt.state::<u64>().unwrap(), inner.state::<u64>().unwrap()), (1, 1));
    }
}
