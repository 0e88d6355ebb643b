//! A host in memory for unit tests: blocks, addresses and balances are real, calls to other actors are expected one by one.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use cid::Cid;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::{ErrorNumber, ExitCode};
use fvm_shared::event::ActorEvent;
use fvm_shared::sys::SendFlags;
use fvm_shared::{ActorID, MethodNum, Response};
use multihash_codetable::{Code, MultihashDigest};
use num_traits::Zero;

use crate::{ActorError, Host, MessageInfo, Runtime};

/// A call the actor under test is expected to make, and the answer it gets.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Who must be called.
    pub to: Address,
    /// By which method.
    pub method: MethodNum,
    /// With which parameters; `None` leaves them unchecked.
    pub params: Option<Option<IpldBlock>>,
    /// With how much FIL.
    pub value: TokenAmount,
    /// The answer.
    pub answer: Result<(ExitCode, Option<IpldBlock>), ErrorNumber>,
}

/// What else is checked about a call that was expected, and what it does.
#[derive(Debug, Clone, Default)]
struct Effect {
    /// Whether it must be read-only; `None` leaves it unchecked.
    read_only: Option<bool>,
    /// FIL it brings the actor under test, if it succeeds.
    brings: TokenAmount,
}

#[derive(Debug, Default)]
struct World {
    blocks: BTreeMap<Cid, Vec<u8>>,
    root: Option<Cid>,
    balances: BTreeMap<ActorID, TokenAmount>,
    addresses: BTreeMap<Address, ActorID>,
    delegated: BTreeMap<ActorID, Address>,
    codes: BTreeMap<ActorID, Cid>,
    builtin_types: BTreeMap<Cid, i32>,
    expected: VecDeque<(Expected, Effect)>,
    events: Vec<ActorEvent>,
    upgraded_to: Option<Cid>,
}

/// What another actor does while it is called.
type Reentry = Box<dyn FnOnce(&MockHost)>;

/// The mock. Set it up, run handlers on it with [`MockHost::call`], look at what happened.
pub struct MockHost {
    world: RefCell<World>,
    reentries: RefCell<VecDeque<Reentry>>,
    message: RefCell<MessageInfo>,
    epoch: RefCell<ChainEpoch>,
}

impl MockHost {
    /// A host for the actor with this ID.
    pub fn new(receiver: ActorID) -> Self {
        let message = MessageInfo {
            caller: 0,
            origin: 0,
            receiver,
            method: 0,
            value: TokenAmount::zero(),
            read_only: false,
            nonce: 0,
        };
        let host = Self {
            world: RefCell::default(),
            reentries: RefCell::default(),
            message: RefCell::new(message),
            epoch: RefCell::new(0),
        };
        host.add_actor(receiver);
        host
    }

    /// Makes an actor exist, with code of its own.
    pub fn add_actor(&self, id: ActorID) {
        self.set_code(id, code(&format!("code of {id}")));
    }
    /// Makes an actor exist with this code.
    pub fn set_code(&self, id: ActorID, code: Cid) {
        self.world.borrow_mut().codes.insert(id, code);
    }
    /// Says that code is a builtin actor's, by its type number.
    pub fn set_builtin_type(&self, code: Cid, builtin_type: i32) {
        self.world.borrow_mut().builtin_types.insert(code, builtin_type);
    }
    /// Gives an actor another address.
    pub fn add_address(&self, id: ActorID, address: Address) {
        if address.protocol() == fvm_shared::address::Protocol::Delegated {
            self.world.borrow_mut().delegated.insert(id, address);
        }
        self.world.borrow_mut().addresses.insert(address, id);
    }
    /// Sets the epoch.
    pub fn set_epoch(&self, epoch: ChainEpoch) {
        *self.epoch.borrow_mut() = epoch;
    }
    /// Sets an actor's balance.
    pub fn set_balance(&self, id: ActorID, balance: TokenAmount) {
        self.world.borrow_mut().balances.insert(id, balance);
    }
    /// Expects a call; calls must come in this order.
    pub fn expect(&self, expected: Expected) {
        self.world.borrow_mut().expected.push_back((expected, Effect::default()));
    }
    /// Expects a call that must be read-only.
    pub fn expect_query(&self, expected: Expected) {
        let effect = Effect { read_only: Some(true), ..Effect::default() };
        self.world.borrow_mut().expected.push_back((expected, effect));
    }
    /// Expects a call in which the actor called, if it succeeds, pays this much to the actor under test.
    pub fn expect_bringing(&self, expected: Expected, brings: TokenAmount) {
        let effect = Effect { read_only: Some(false), brings };
        self.world.borrow_mut().expected.push_back((expected, effect));
    }
    /// Forgets the calls that were expected and did not come, and says how many they were.
    pub fn forget_expected(&self) -> usize {
        self.reentries.borrow_mut().clear();
        self.world.borrow_mut().expected.drain(..).count()
    }
    /// Expects a call, during which the callee does something itself, such as calling back with [`MockHost::call`].
    pub fn expect_reentry(&self, expected: Expected, callee: impl FnOnce(&Self) + 'static) {
        let mut world = self.world.borrow_mut();
        world.expected.push_back((expected, Effect::default()));
        let mut reentries = self.reentries.borrow_mut();
        // One entry for each expected call, in step with it.
        while reentries.len() + 1 < world.expected.len() {
            reentries.push_back(Box::new(|_| ()));
        }
        reentries.push_back(Box::new(callee));
    }
    /// Expects a bare send of FIL that succeeds.
    pub fn expect_pay(&self, to: ActorID, value: TokenAmount) {
        self.expect(Expected {
            to: Address::new_id(to),
            method: fvm_shared::METHOD_SEND,
            params: Some(None),
            value,
            answer: Ok((ExitCode::OK, None)),
        });
    }
    /// Events emitted by calls that succeeded, since the last look.
    pub fn take_events(&self) -> Vec<ActorEvent> {
        std::mem::take(&mut self.world.borrow_mut().events)
    }
    /// The code the actor swapped to.
    pub fn upgraded_to(&self) -> Option<Cid> {
        self.world.borrow().upgraded_to
    }
    /// Panics if a call that was expected did not come.
    pub fn verify(&self) {
        let left = self.world.borrow().expected.iter().map(|(expected, _)| expected.clone()).collect::<Vec<_>>();
        assert!(left.is_empty(), "calls expected but not made: {left:?}");
    }

    /// Runs a handler as the network would: the value arrives first, and if the handler fails nothing has happened.
    pub fn call<T>(
        &self,
        caller: ActorID,
        method: MethodNum,
        value: TokenAmount,
        f: impl FnOnce(&Runtime<&Self>) -> Result<T, ActorError>,
    ) -> Result<T, ActorError> {
        let receiver = self.message.borrow().receiver;
        let before = {
            let mut world = self.world.borrow_mut();
            let before = (world.root, world.balances.clone(), world.events.len());
            *world.balances.entry(receiver).or_default() += &value;
            before
        };
        {
            let mut message = self.message.borrow_mut();
            message.caller = caller;
            message.origin = caller;
            message.method = method;
            message.value = value;
            message.nonce += 1;
        }
        let result = f(&Runtime::new(self));
        if result.is_err() {
            let mut world = self.world.borrow_mut();
            world.root = before.0;
            world.balances = before.1;
            world.events.truncate(before.2);
        }
        result
    }
}

impl std::fmt::Debug for MockHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockHost").field("world", &self.world).field("message", &self.message).finish_non_exhaustive()
    }
}

/// A code CID made of a name.
pub fn code(name: &str) -> Cid {
    Cid::new_v1(fvm_ipld_encoding::IPLD_RAW, Code::Blake2b256.digest(name.as_bytes()))
}

impl Host for &MockHost {
    fn message(&self) -> MessageInfo {
        self.message.borrow().clone()
    }
    fn epoch(&self) -> ChainEpoch {
        *self.epoch.borrow()
    }
    fn tipset_cid(&self, epoch: ChainEpoch) -> Option<Cid> {
        (epoch < *self.epoch.borrow()).then(|| code(&format!("tipset {epoch}")))
    }
    fn root(&self) -> Option<Cid> {
        self.world.borrow().root
    }
    fn set_root(&self, root: &Cid) -> Result<(), ErrorNumber> {
        self.world.borrow_mut().root = Some(*root);
        Ok(())
    }
    fn block_get(&self, cid: &Cid) -> Result<Vec<u8>, ErrorNumber> {
        self.world.borrow().blocks.get(cid).cloned().ok_or(ErrorNumber::NotFound)
    }
    fn block_put(&self, codec: u64, data: &[u8]) -> Result<Cid, ErrorNumber> {
        let cid = Cid::new_v1(codec, Code::Blake2b256.digest(data));
        self.world.borrow_mut().blocks.insert(cid, data.to_vec());
        Ok(cid)
    }
    fn balance(&self) -> TokenAmount {
        self.balance_of(self.message.borrow().receiver).unwrap_or_default()
    }
    fn balance_of(&self, id: ActorID) -> Option<TokenAmount> {
        self.world.borrow().balances.get(&id).cloned()
    }
    fn resolve(&self, address: &Address) -> Option<ActorID> {
        address.id().ok().or_else(|| self.world.borrow().addresses.get(address).copied())
    }
    fn delegated_address(&self, id: ActorID) -> Option<Address> {
        self.world.borrow().delegated.get(&id).copied()
    }
    fn code_of(&self, id: ActorID) -> Option<Cid> {
        self.world.borrow().codes.get(&id).copied()
    }
    fn builtin_type(&self, code: &Cid) -> Option<i32> {
        self.world.borrow().builtin_types.get(code).copied()
    }
    fn code_of_type(&self, builtin_type: i32) -> Option<Cid> {
        self.world.borrow().builtin_types.iter().find(|(_, t)| **t == builtin_type).map(|(c, _)| *c)
    }
    fn send(
        &self,
        to: &Address,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: &TokenAmount,
        flags: SendFlags,
    ) -> Result<Response, ErrorNumber> {
        let reentry = self.reentries.borrow_mut().pop_front();
        let mut world = self.world.borrow_mut();
        let Some((expected, effect)) = world.expected.pop_front() else {
            panic!("unexpected call: method {method} of {to} with {value} and {params:?}");
        };
        assert_eq!((&expected.to, expected.method, &expected.value), (to, method, value), "another call was expected");
        if let Some(wanted) = &expected.params {
            assert_eq!(wanted, &params, "other parameters were expected for method {method} of {to}");
        }
        if let Some(read_only) = effect.read_only {
            assert_eq!(flags.read_only(), read_only, "read-only or not: method {method} of {to}");
        }
        let receiver = self.message.borrow().receiver;
        let own = world.balances.entry(receiver).or_default();
        if *own < *value {
            return Err(ErrorNumber::InsufficientFunds);
        }
        let (exit_code, return_data) = expected.answer?;
        if exit_code.is_success() {
            *world.balances.entry(receiver).or_default() -= value;
            if let Ok(id) = to.id() {
                *world.balances.entry(id).or_default() += value;
                *world.balances.entry(id).or_default() -= &effect.brings;
            }
            *world.balances.entry(receiver).or_default() += &effect.brings;
        }
        drop(world);
        if let Some(reentry) = reentry {
            let message = self.message.borrow().clone();
            reentry(self);
            *self.message.borrow_mut() = message;
        }
        Ok(Response { exit_code, return_data })
    }
    fn emit(&self, event: &ActorEvent) -> Result<(), ErrorNumber> {
        self.world.borrow_mut().events.push(event.clone());
        Ok(())
    }
    fn next_actor_address(&self) -> Address {
        let message = self.message.borrow();
        Address::new_actor(format!("{} {}", message.origin, message.nonce).as_bytes())
    }
    fn create_actor(&self, id: ActorID, code: &Cid, delegated: Option<Address>) -> Result<(), ErrorNumber> {
        let mut world = self.world.borrow_mut();
        if world.codes.contains_key(&id) {
            return Err(ErrorNumber::Forbidden);
        }
        world.codes.insert(id, *code);
        if let Some(address) = delegated {
            world.addresses.insert(address, id);
            world.delegated.insert(id, address);
        }
        Ok(())
    }
    fn install_actor(&self, code: &Cid) -> Result<(), ErrorNumber> {
        self.block_get(code).map(|_| ())
    }
    fn upgrade_actor(&self, code: &Cid, _params: Option<IpldBlock>) -> Result<Response, ErrorNumber> {
        // The real call does not come back on success; tests look at `upgraded_to`.
        self.world.borrow_mut().upgraded_to = Some(*code);
        Ok(Response { exit_code: ExitCode::OK, return_data: None })
    }
    fn circulating_supply(&self) -> TokenAmount {
        TokenAmount::from_whole(600_000_000)
    }
    fn blake2b(&self, data: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(Code::Blake2b256.digest(data).digest());
        out
    }
}
