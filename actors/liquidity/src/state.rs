//! What is kept: a single block, and the two maps of the LP token behind it.
//!
//! Every trade changes FIL and inventory and reads wiring and settings; only what providers do among themselves touches the maps.

use frc46_token::token::state::{StateError, TokenState};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::liquidity::Settings;
use peggy_runtime::lifecycle::not_wired;
use peggy_runtime::{ActorError, Host, Runtime, Store, Wiring};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

use crate::error::Error;

/// Version of the layout of [`State`] and all it links to.
pub const SCHEMA: u64 = 1;

/// The state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct State {
    /// Version of this layout.
    pub schema: u64,
    /// Who may wire; `None` once wired.
    pub deployer: Option<ActorID>,
    /// The five actors; `None` before wiring.
    pub wiring: Option<Wiring>,
    /// FRC-46 name of the LP token.
    pub name: String,
    /// FRC-46 symbol of the LP token.
    pub symbol: String,
    /// The discount.
    pub settings: Settings,
    /// When the last pause ends or ended; `None` if there never was one.
    pub paused_until: Option<ChainEpoch>,
    /// attoFIL that belong to the providers. The balance may be more: FIL that came by bare sends is nobody's.
    pub fil: TokenAmount,
    /// Shares of the pool that belong to the providers: this actor's balance there, for nothing else gets in.
    pub inventory: TokenAmount,
    /// LP tokens. This actor's own balance are the locked ones.
    pub lp: TokenState,
}

impl State {
    /// Reads the state, to look at only, and the five actors. Refuses before wiring (32).
    pub fn view<H: Host>(rt: &Runtime<H>) -> Result<(Self, Wiring), ActorError> {
        let state: Self = rt.state()?;
        let wiring = state.wiring()?;
        Ok((state, wiring))
    }

    /// The five actors (32 before wiring).
    pub fn wiring(&self) -> Result<Wiring, ActorError> {
        self.wiring.ok_or_else(not_wired)
    }

    /// Refuses while intake is paused.
    pub fn require_open(&self, now: ChainEpoch) -> Result<(), Error> {
        match self.paused_until {
            Some(until) if until > now => Err(Error::Paused { until }),
            _ => Ok(()),
        }
    }

    /// An actor's LP tokens.
    pub fn balance<H: Host>(&self, owner: ActorID, store: Store<'_, H>) -> Result<TokenAmount, ActorError> {
        self.lp.get_balance(&store, owner).map_err(broken_token)
    }

    /// What `operator` may move of `owner`'s LP tokens.
    pub fn allowance<H: Host>(
        &self,
        owner: ActorID,
        operator: ActorID,
        store: Store<'_, H>,
    ) -> Result<TokenAmount, ActorError> {
        self.lp.get_allowance_between(&store, owner, operator).map_err(broken_token)
    }

    /// Makes LP tokens.
    pub fn mint<H: Host>(
        &mut self,
        owner: ActorID,
        amount: &TokenAmount,
        store: Store<'_, H>,
    ) -> Result<(), ActorError> {
        self.lp.change_balance_by(&store, owner, amount).map_err(broken_token)?;
        self.lp.change_supply_by(amount).map(|_| ()).map_err(broken_token)
    }

    /// Destroys LP tokens, and returns how many their owner has left.
    pub fn burn<H: Host>(
        &mut self,
        owner: ActorID,
        amount: &TokenAmount,
        store: Store<'_, H>,
    ) -> Result<TokenAmount, ActorError> {
        let left = self.lp.change_balance_by(&store, owner, &-amount.clone()).map_err(broken_token)?;
        self.lp.change_supply_by(&-amount.clone()).map_err(broken_token)?;
        Ok(left)
    }

    /// Moves LP tokens. To oneself nothing moves, but they must be there.
    pub fn transfer<H: Host>(
        &mut self,
        from: ActorID,
        to: ActorID,
        amount: &TokenAmount,
        store: Store<'_, H>,
    ) -> Result<(), ActorError> {
        self.lp.make_transfer(&store, from, to, amount).map_err(broken_token)
    }

    /// Uses an allowance, and returns what is left of it. As in the reference implementation, an operator without any is refused even
    /// when it moves nothing.
    pub fn use_allowance<H: Host>(
        &mut self,
        owner: ActorID,
        operator: ActorID,
        wanted: &TokenAmount,
        store: Store<'_, H>,
    ) -> Result<TokenAmount, ActorError> {
        let left = self.lp.attempt_use_allowance(&store, operator, owner, wanted);
        left.map_err(|e| match e {
            StateError::InsufficientAllowance { allowance, .. } => {
                Error::TooLittleAllowance { owner, operator, allowance, wanted: wanted.clone() }.into()
            }
            e => broken_token(e),
        })
    }
}

/// What the token library refuses, in our words: too small a balance is its owner's mistake, everything else is broken state. Its own
/// sentences spell out addresses, which takes 30 KB of hash and base32 (as `peggy_runtime` has it).
pub(crate) fn broken_token(e: StateError) -> ActorError {
    let why = match e {
        StateError::InsufficientBalance { owner, balance, delta } => {
            return Error::TooFewTokens { owner, balance, wanted: -delta }.into();
        }
        StateError::IpldHamt(e) => e.to_string(),
        StateError::Serialization(e) => e,
        StateError::MissingState(_) => "it is not there".to_owned(),
        StateError::InsufficientAllowance { .. } => "an allowance is too small".to_owned(),
        StateError::NegativeTotalSupply { .. } => "the supply would be negative".to_owned(),
        StateError::NegativeAllowance { .. } => "an allowance would be negative".to_owned(),
        StateError::NegativeBalance { .. } => "a balance would be negative".to_owned(),
    };
    ActorError::illegal_state(format!("the LP token: {why}"))
}
