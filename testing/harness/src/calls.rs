//! Calls of the actor under test. Each goes through its dispatcher, and every invariant is checked after it.

use std::fmt::Debug;

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::{ActorID, MethodNum, METHOD_CONSTRUCTOR};
use peggy_runtime::mock::MockHost;
use peggy_runtime::{decode_params, encode, ActorError, Findings, Host, Method, Runtime};
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::{answer, none, INIT, STRANGER};

/// An actor on a [`MockHost`].
pub trait Harness {
    /// Its state.
    type State: DeserializeOwned + Clone + Debug;
    /// What its invariants are computed from, for checks of a test's own.
    type Summary;

    /// Its ID.
    const OWN: ActorID;

    /// Where it runs.
    fn host(&self) -> &MockHost;
    /// Its dispatcher.
    fn invoke(rt: &Runtime<&MockHost>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError>;
    /// Checks a state, and whatever else must hold between messages.
    fn invariants(&self, state: &Self::State, rt: &Runtime<&MockHost>) -> (Self::Summary, Findings);
    /// What to do when a message has failed, before anything is checked. A harness whose verbs expect all the calls of a message that
    /// succeeds forgets here those that did not come; the others don't, so that a refusal comes neither early nor late.
    fn failed(&self) {}

    // --- calls ---

    /// The constructor, called by init.
    fn construct<P: Serialize>(&self, params: &P) -> Result<(), ActorError> {
        self.raw(INIT, METHOD_CONSTRUCTOR, none(), encode(params, "the constructor").unwrap()).map(|_| ())
    }

    /// A call of bytes by number; checks nothing.
    fn raw(
        &self,
        caller: ActorID,
        method: MethodNum,
        value: TokenAmount,
        params: Option<IpldBlock>,
    ) -> Result<Option<IpldBlock>, ActorError> {
        self.host().call(caller, method, value, |rt| Self::invoke(rt, params))
    }

    /// A call with FIL, and nothing checked but that a failure leaves no trace in the state.
    fn unchecked<M: Method>(
        &self,
        caller: ActorID,
        value: TokenAmount,
        params: &M::Params,
    ) -> Result<M::Return, ActorError> {
        let root = self.host().root();
        let result = self.raw(caller, M::NUMBER, value, encode(params, M::NAME).unwrap());
        if result.is_err() {
            assert_eq!(self.host().root(), root, "a message that failed changed the state");
            self.failed();
        }
        Ok(decode::<M>(result?).unwrap())
    }

    /// A call with FIL; checks everything afterwards.
    fn pay<M: Method>(&self, caller: ActorID, value: TokenAmount, params: &M::Params) -> Result<M::Return, ActorError> {
        let result = self.unchecked::<M>(caller, value, params);
        self.check();
        result
    }

    /// A call without FIL.
    fn call<M: Method>(&self, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        self.pay::<M>(caller, none(), params)
    }

    /// A call that must be refused; returns the exit code and the sentence.
    #[track_caller]
    fn refusal<M: Method>(&self, caller: ActorID, value: TokenAmount, params: &M::Params) -> (u32, String) {
        refusal(self.pay::<M>(caller, value, params))
    }

    /// The exit code of a call without FIL that must be refused.
    #[track_caller]
    fn refused<M: Method>(&self, caller: ActorID, params: &M::Params) -> u32 {
        refused(self.call::<M>(caller, params))
    }

    // --- what is and what passes ---

    /// Checks that all calls came that were expected, and every invariant from the raw state.
    fn check(&self) -> Self::Summary {
        self.host().verify();
        self.look(|state, rt| {
            let (summary, findings) = self.invariants(state, rt);
            assert!(findings.is_clean(), "{findings}\n{state:#?}");
            summary
        })
    }

    /// Looks at state and host between messages.
    fn look<T>(&self, f: impl FnOnce(&Self::State, &Runtime<&MockHost>) -> T) -> T {
        self.host().call(STRANGER, 0, none(), |rt| Ok(f(&rt.state()?, rt))).unwrap()
    }
    /// The state as it is.
    fn state(&self) -> Self::State {
        self.look(|state, _| state.clone())
    }
    /// The epoch.
    fn epoch(&self) -> ChainEpoch {
        self.host().epoch()
    }
    /// Goes to an epoch.
    fn at(&self, epoch: ChainEpoch) {
        self.host().set_epoch(epoch);
    }
    /// Lets epochs pass.
    fn pass(&self, epochs: ChainEpoch) {
        self.at(self.epoch() + epochs);
    }
    /// The FIL an actor has.
    fn balance(&self, id: ActorID) -> TokenAmount {
        self.host().balance_of(id).unwrap()
    }
    /// FIL sent by method 0.
    fn donate(&self, amount: TokenAmount) {
        self.host().set_balance(Self::OWN, self.balance(Self::OWN) + amount);
    }
    /// The kinds of the events since the last look.
    fn kinds(&self) -> Vec<String> {
        let events = self.host().take_events();
        events.iter().map(|event| fvm_ipld_encoding::from_slice(&event.entries[0].value).unwrap()).collect()
    }

    // --- what others are expected to be asked ---

    /// A call, answered as by [`answer`].
    fn expect<M: Method>(&self, to: ActorID, params: &M::Params, answered: Result<M::Return, ExitCode>) {
        self.host().expect(answer::<M>(to, params, answered));
    }
    /// A read-only call.
    fn expect_query<M: Method>(&self, to: ActorID, params: &M::Params, answered: Result<M::Return, ExitCode>) {
        self.host().expect_query(answer::<M>(to, params, answered));
    }
    /// A call that brings FIL if it succeeds.
    fn expect_bringing<M: Method>(
        &self,
        to: ActorID,
        params: &M::Params,
        answered: Result<M::Return, ExitCode>,
        brings: TokenAmount,
    ) {
        self.host().expect_bringing(answer::<M>(to, params, answered), brings);
    }
}

/// What a method returned.
pub fn decode<M: Method>(returned: Option<IpldBlock>) -> Result<M::Return, ActorError> {
    decode_params(returned, M::NAME)
}

/// The exit code of what must have been refused.
#[track_caller]
pub fn refused<T>(result: Result<T, ActorError>) -> u32 {
    refusal(result).0
}

/// Code and sentence of what must have been refused: a caller reads the sentence, so there is one.
#[track_caller]
fn refusal<T>(result: Result<T, ActorError>) -> (u32, String) {
    let Err(e) = result else { panic!("this was not refused") };
    assert!(e.message().contains(' '), "no sentence: {e}");
    (e.code().value(), e.message().to_owned())
}
