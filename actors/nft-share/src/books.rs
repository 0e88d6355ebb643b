//! Positions and holders while a message changes them. Whatever it does, when the books are closed
//!
//! `pending of all positions + owed to all holders + spare = pending of this actor's account at the pool`
//!
//! holds to the last bit of 2^-64 attoFIL, and the shares of all positions are the balance of that account.

use std::collections::BTreeMap;

use frc53_nft::types::TokenID;
use fvm_shared::bigint::{bigint_ser, BigInt};
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::{Signed, Zero};
use peggy_ledger::{Account, RewardIndex};
use peggy_math::INDEX_BITS;
use peggy_runtime::{ActorError, Host, Store};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::state::{is_fraction, Holder, Holders, Position, Positions, State};
use crate::tokens;

/// Multiples of 2^-64 attoFIL, as events carry them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Units(#[serde(with = "bigint_ser")] pub BigInt);

/// What became owed to whom while the books were open.
pub type Settled = Vec<(ActorID, Units)>;

/// The books, open. Nothing is changed on chain before [`Books::close`].
pub struct Books<'a, H: Host> {
    state: &'a mut State,
    store: Store<'a, H>,
    positions: Positions<Store<'a, H>>,
    holders: Holders<Store<'a, H>>,
    touched: BTreeMap<ActorID, Holder>,
    /// A position changed: else its array need not be written again.
    moved: bool,
    index: RewardIndex,
    now: ChainEpoch,
    settled: BTreeMap<ActorID, BigInt>,
}

impl<'a, H: Host> Books<'a, H> {
    /// Opens the books at the pool's reward index of this epoch.
    pub fn open(state: &'a mut State, index: BigInt, now: ChainEpoch, store: Store<'a, H>) -> Result<Self, ActorError> {
        state.begin(now)?;
        let positions = state.positions(store)?;
        let holders = state.holders(store)?;
        let index = RewardIndex { index, carry: BigInt::zero() };
        let (touched, settled) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { state, store, positions, holders, touched, moved: false, index, now, settled })
    }

    /// A position that must exist.
    pub fn position(&self, token: TokenID) -> Result<Position, ActorError> {
        find(&self.positions, token, self.state.next_token)
    }

    /// A holder, made if there is none.
    pub fn holder(&mut self, id: ActorID) -> Result<&mut Holder, ActorError> {
        if !self.touched.contains_key(&id) {
            let holder = self.holders.get(&id)?.cloned().unwrap_or_default();
            self.touched.insert(id, holder);
        }
        // Just found or made.
        self.touched.get_mut(&id).ok_or_else(|| ActorError::assertion("a holder vanished"))
    }

    /// How many tokens an actor owns.
    pub fn balance(&mut self, id: ActorID) -> Result<u64, ActorError> {
        Ok(self.holder(id)?.count)
    }

    /// How many tokens there are.
    pub fn supply(&self) -> u64 {
        self.state.supply
    }

    /// Refuses an operator that is approved neither for all tokens of the owner nor for this one.
    pub fn require_approved(
        &mut self,
        operator: ActorID,
        token: TokenID,
        position: &Position,
    ) -> Result<(), ActorError> {
        let for_all = self.holder(position.owner)?.operators.binary_search(&operator).is_ok();
        if !for_all && position.operators.binary_search(&operator).is_err() {
            return Err(Error::NotApproved { operator, token }.into());
        }
        Ok(())
    }

    /// Shares that arrived at this actor's account at the pool.
    pub fn receive(&mut self, shares: &TokenAmount) {
        self.state.held.add(&self.index.parcel(shares));
    }

    /// Makes a position of shares that are this actor's already. What has accrued up to now is not its.
    pub fn mint(
        &mut self,
        owner: ActorID,
        beneficiary: Option<ActorID>,
        shares: &TokenAmount,
    ) -> Result<TokenID, ActorError> {
        if !shares.is_positive() {
            return Err(Error::NoShares.into());
        }
        let token = self.state.next_token;
        self.state.next_token += 1;
        self.state.supply += 1;
        let mut account = Account::default();
        account.add(&self.index.parcel(shares));
        let beneficiary = beneficiary.filter(|id| *id != owner);
        let position = Position { owner, beneficiary, minted_at: self.now, account, operators: Vec::new() };
        self.put(token, position)?;
        self.credit(owner, &[token], shares)?;
        Ok(token)
    }

    /// Ends a position: what has accrued becomes owed to its beneficiary. Its shares are still this actor's. Its owner's record is
    /// the caller's to change, by [`Books::debit`].
    pub fn end(&mut self, token: TokenID, mut position: Position) -> Result<(), ActorError> {
        self.settle(&mut position)?;
        self.positions.delete(token)?;
        self.moved = true;
        self.state.supply -= 1;
        Ok(())
    }

    /// Shares that are about to leave this actor's account at the pool.
    pub fn release(&mut self, shares: &TokenAmount) -> Result<(), ActorError> {
        if !self.state.held.take(&self.index.parcel(shares)) {
            return Err(ActorError::illegal_state("positions have more shares than there are"));
        }
        Ok(())
    }

    /// Writes a position back.
    pub fn put(&mut self, token: TokenID, position: Position) -> Result<(), ActorError> {
        self.moved = true;
        self.positions.set(token, position)
    }

    /// Turns what a position has accrued, to the last bit, into something its beneficiary is owed whatever becomes of the
    /// token.
    pub fn settle(&mut self, position: &mut Position) -> Result<(), ActorError> {
        let accrued = position.account.pending(&self.index.index);
        position.account.debt += &accrued;
        // A fraction nobody can claim any more goes along, so that none is lost.
        let spare = if self.state.spare.is_positive() { std::mem::take(&mut self.state.spare) } else { BigInt::zero() };
        let units = accrued + spare;
        let beneficiary = position.beneficiary();
        self.holder(beneficiary)?.owed += &units;
        *self.settled.entry(beneficiary).or_default() += units;
        Ok(())
    }

    /// Tokens become an owner's.
    pub fn credit(&mut self, owner: ActorID, tokens: &[TokenID], shares: &TokenAmount) -> Result<(), ActorError> {
        let store = self.store;
        let holder = self.holder(owner)?;
        holder.shares += shares;
        tokens::add(holder, tokens, store)
    }

    /// Tokens stop being an owner's.
    pub fn debit(&mut self, owner: ActorID, tokens: &[TokenID], shares: &TokenAmount) -> Result<(), ActorError> {
        let store = self.store;
        let holder = self.holder(owner)?;
        holder.shares -= shares;
        tokens::remove(holder, tokens, store)
    }

    /// Takes what a position can claim, up to `at_most`, off its accrual.
    pub fn take_accrued(&self, position: &mut Position, at_most: Option<&TokenAmount>) -> TokenAmount {
        let there = position.account.claimable(&self.index.index);
        let taken = at_most.map_or(there.clone(), |limit| there.min(limit.clone()));
        position.account.paid(&taken);
        taken
    }

    /// Takes what an account is owed, up to `at_most`.
    pub fn take_owed(&mut self, id: ActorID, at_most: Option<&TokenAmount>) -> Result<TokenAmount, ActorError> {
        let holder = self.holder(id)?;
        let there = holder.claimable();
        let taken = at_most.map_or(there.clone(), |limit| there.min(limit.clone()));
        holder.owed -= taken.atto() << INDEX_BITS;
        Ok(taken)
    }

    /// Whole attoFIL the pool would pay now: less than the sum of claims by the fractions it took back, if anything.
    pub fn at_pool(&self) -> TokenAmount {
        self.state.held.claimable(&self.index.index)
    }

    /// Notes that the pool pays this much for this actor's account.
    pub fn paid(&mut self, amount: &TokenAmount) {
        self.state.held.paid(amount);
    }

    /// Owes an account this much, which the pool did not pay after all.
    pub fn owe_back(&mut self, id: ActorID, amount: &TokenAmount) -> Result<(), ActorError> {
        self.state.held.owe(amount);
        self.holder(id)?.owed += amount.atto() << INDEX_BITS;
        Ok(())
    }

    /// Writes what changed, and says what became owed to whom. Holders with nothing are forgotten; fractions they leave become
    /// spare. When this actor's account at the pool is empty the pool forgets it in the same way: so do we.
    pub fn close(mut self) -> Result<Settled, ActorError> {
        let touched = std::mem::take(&mut self.touched);
        let met = !touched.is_empty();
        for (id, holder) in touched {
            if holder.is_idle() {
                self.state.spare += &holder.owed;
                self.holders.delete(&id)?;
            } else {
                self.holders.set(&id, holder)?;
            }
        }
        if self.state.held.shares.is_zero() {
            let left = self.state.held.pending(&self.index.index);
            if is_fraction(&left) {
                self.state.spare -= left;
                self.state.held = Account::default();
            }
        }
        if met {
            self.state.holders = self.holders.flush()?;
        }
        if self.moved {
            self.state.positions = self.positions.flush()?;
        }
        Ok(self.settled.into_iter().filter(|(_, units)| !units.is_zero()).map(|(id, u)| (id, Units(u))).collect())
    }
}

/// A position that must exist.
pub fn find<BS: fvm_ipld_blockstore::Blockstore>(
    positions: &Positions<BS>,
    token: TokenID,
    next_token: TokenID,
) -> Result<Position, ActorError> {
    // Beyond the next ID there is nothing to look for, and the array would refuse the greatest ones as broken.
    let found = if token < next_token { positions.get(token)? } else { None };
    found.ok_or_else(|| Error::NoSuchToken(token).into())
}
