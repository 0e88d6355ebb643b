//! A wired nft-share on the mock host, with a pool that keeps one account for it. Every call goes through the dispatcher; after each
//! the state is checked, and its books against the pool's account to the last bit.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;

use frc46_token::receiver::{FRC46TokenReceived, FRC46_TOKEN_TYPE};
use frc53_nft::types::*;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use num_traits::Zero;
pub use peggy_harness::*;
use peggy_interfaces::frc53::{FRC53TokenReceived, FRC53_TOKEN_TYPE};
use peggy_interfaces::nft_share::*;
use peggy_interfaces::{frc46, frc53, pool};
use peggy_ledger::{Account, RewardIndex};
use peggy_nft_share::invoke;
use peggy_nft_share::state::{is_fraction, State};
use peggy_nft_share::testing::{check_state_invariants, Summary};
use peggy_runtime::mock::{Expected, MockHost};
use peggy_runtime::{encode, ActorError, Findings, Method, Runtime};

pub const OWN: ActorID = WIRING.nft_share;
pub const POOL: ActorID = WIRING.pool;
pub const DAVE: ActorID = 204;

/// What the pool has of nft-share: an account like any other's, by the pool's own rules.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    pub account: Account,
    pub index: BigInt,
}

impl Pool {
    fn rewards(&self) -> RewardIndex {
        RewardIndex { index: self.index.clone(), carry: BigInt::zero() }
    }
    pub fn add(&mut self, shares: &TokenAmount) {
        self.account.add(&self.rewards().parcel(shares));
    }
    pub fn take(&mut self, shares: &TokenAmount) {
        assert!(self.account.take(&self.rewards().parcel(shares)));
        self.tidy();
    }
    pub fn pay(&mut self, amount: &TokenAmount) {
        assert!(*amount <= self.account.claimable(&self.index), "more asked for than there is");
        self.account.paid(amount);
        self.tidy();
    }
    /// As the pool's ledger forgets accounts that hold nothing and can claim nothing.
    fn tidy(&mut self) {
        if self.account.shares.is_zero() && is_fraction(&self.account.pending(&self.index)) {
            self.account = Account::default();
        }
    }
}

pub struct Nfts {
    pub host: MockHost,
    pub pool: RefCell<Pool>,
}

impl Harness for Nfts {
    type State = State;
    type Summary = Summary;
    const OWN: ActorID = OWN;

    fn host(&self) -> &MockHost {
        &self.host
    }
    fn invoke(rt: &Runtime<&MockHost>, params: Option<IpldBlock>) -> Result<Option<IpldBlock>, ActorError> {
        invoke(rt, params)
    }
    fn invariants(&self, state: &State, rt: &Runtime<&MockHost>) -> (Summary, Findings) {
        let pool = self.pool.borrow();
        let (summary, mut findings) = check_state_invariants(state, &rt.store(), OWN, &pool.index, rt.epoch());
        let (held, has) = (&summary.held, &pool.account);
        findings.require(held == has, format_args!("the books have {held:?}, the pool's account {has:?}"));
        (summary, findings)
    }
}

/// An index of so many attoFIL per share.
pub fn per_share(n: u64) -> BigInt {
    BigInt::from(n) << 64
}

pub fn constructor() -> ConstructorParams {
    ConstructorParams { deployer: id(DEPLOYER), name: "Peggy position".into(), symbol: "PGYP".into() }
}

impl Nfts {
    /// A host with everybody on chain, and no state.
    pub fn blank() -> Self {
        // So that nothing is right only while the index is zero.
        let pool = Pool { index: BigInt::from(123_456_789_123_456_789u64), ..Pool::default() };
        Self { host: host_of(OWN, &[DAVE]), pool: RefCell::new(pool) }
    }

    pub fn unwired(params: &ConstructorParams) -> Result<Self, ActorError> {
        let nfts = Self::blank();
        nfts.construct(params)?;
        Ok(nfts)
    }

    pub fn new() -> Self {
        let nfts = Self::unwired(&constructor()).unwrap();
        nfts.call::<Wire>(DEPLOYER, &WIRING).unwrap();
        nfts
    }

    /// A call that looks at the pool's index first.
    pub fn priced<M: Method>(&self, caller: ActorID, params: &M::Params) -> Result<M::Return, ActorError> {
        self.expect_index();
        self.call::<M>(caller, params)
    }

    /// A call refused after a look at the pool's index.
    pub fn refused_later<M: Method>(&self, caller: ActorID, params: &M::Params) -> u32 {
        self.expect_index();
        self.refused::<M>(caller, params)
    }

    /// Lets an epoch pass in which each share earns so many 2^-64 attoFIL.
    pub fn earn(&self, index_step: BigInt) {
        self.pass(1);
        self.pool.borrow_mut().index += index_step;
    }

    // --- what the others are expected to be asked ---

    pub fn expect_index(&self) {
        let index = self.pool.borrow().index.clone();
        self.expect_query::<pool::RewardIndex>(POOL, &(), Ok(pool::RewardIndexReturn { index }));
    }
    pub fn expect_hook(&self, to: ActorID) {
        self.host.expect(hook(to, ExitCode::OK));
    }
    /// The pool is told to move shares; it does if the hook of their recipient has it.
    pub fn expect_shares(&self, to: ActorID, amount: TokenAmount, exit_code: ExitCode) {
        let params = frc46_token::token::types::TransferParams {
            to: id(to),
            amount: amount.clone(),
            operator_data: RawBytes::default(),
        };
        let returned = frc46_token::token::types::TransferReturn {
            from_balance: TokenAmount::zero(),
            to_balance: amount.clone(),
            recipient_data: RawBytes::default(),
        };
        let answered = if exit_code.is_success() {
            self.pool.borrow_mut().take(&amount);
            Ok(returned)
        } else {
            Err(exit_code)
        };
        self.expect::<frc46::Transfer>(POOL, &params, answered);
    }
    /// The pool is told to pay `amount`, and pays `paid`.
    pub fn expect_paid(&self, to: ActorID, amount: TokenAmount, paid: TokenAmount) {
        let params = pool::ClaimRewardsParams { to: id(to), amount: Some(amount) };
        self.pool.borrow_mut().pay(&paid);
        self.expect::<pool::ClaimRewards>(POOL, &params, Ok(pool::PaidReturn { paid }));
    }

    // --- what people do, and what must come of it ---

    /// Shares sent here by an FRC-46 transfer.
    pub fn send_shares(
        &self,
        from: ActorID,
        operator: ActorID,
        amount: TokenAmount,
        operator_data: RawBytes,
    ) -> Result<MintReturn, ActorError> {
        let before = self.pool.borrow().clone();
        self.pool.borrow_mut().add(&amount);
        let params = shares(from, operator, amount, operator_data);
        let minted = self.unchecked::<Receive>(POOL, none(), &params);
        if minted.is_err() {
            // The shares go back with everything else.
            *self.pool.borrow_mut() = before;
        }
        self.check();
        minted
    }
    /// A position of one's own.
    pub fn mint(&self, owner: ActorID, amount: TokenAmount) -> TokenID {
        self.expect_index();
        self.expect_hook(owner);
        let returned = self.send_shares(owner, owner, amount, RawBytes::default()).unwrap();
        assert_eq!(returned.token_ids.len(), 1);
        returned.token_ids[0]
    }
    pub fn transfer(&self, from: ActorID, to: ActorID, tokens: &[TokenID]) -> Result<TransferReturn, ActorError> {
        self.expect_index();
        self.expect_hook(to);
        self.call::<frc53::Transfer>(from, &move_to(to, tokens))
    }
    pub fn burn(&self, owner: ActorID, tokens: &[TokenID]) -> Result<u64, ActorError> {
        let shares = tokens.iter().fold(TokenAmount::zero(), |sum, token| sum + self.position(*token).shares);
        self.expect_index();
        self.expect_shares(owner, shares, ExitCode::OK);
        self.call::<frc53::Burn>(owner, &tokens.to_vec())
    }
    pub fn claim(&self, tokens: &[TokenID], amount: Option<TokenAmount>) -> TokenAmount {
        let positions: Vec<_> = tokens.iter().map(|token| self.position(*token)).collect();
        let all = positions.iter().fold(TokenAmount::zero(), |sum, position| sum + &position.accrued);
        let wanted = amount.clone().map_or(all.clone(), |amount| all.min(amount));
        let pool = self.pool.borrow().clone();
        let wanted = wanted.min(pool.account.claimable(&pool.index));
        self.expect_index();
        if wanted.is_positive() {
            self.expect_paid(positions[0].beneficiary, wanted.clone(), wanted.clone());
        }
        let params = ClaimParams { token_ids: tokens.to_vec(), amount };
        assert_eq!(self.call::<Claim>(STRANGER, &params).unwrap().paid, wanted);
        wanted
    }
    pub fn claim_owed(&self, who: ActorID, to: ActorID, amount: Option<TokenAmount>) -> TokenAmount {
        let owed = self.owed(who).owed;
        let wanted = amount.clone().map_or(owed.clone(), |amount| owed.min(amount));
        let pool = self.pool.borrow().clone();
        let wanted = wanted.min(pool.account.claimable(&pool.index));
        self.expect_index();
        if wanted.is_positive() {
            self.expect_paid(to, wanted.clone(), wanted.clone());
        }
        assert_eq!(self.call::<ClaimOwed>(who, &ClaimOwedParams { to: id(to), amount }).unwrap().paid, wanted);
        wanted
    }
    pub fn set_beneficiary(&self, owner: ActorID, tokens: &[TokenID], beneficiary: ActorID) -> Result<(), ActorError> {
        let params = SetBeneficiaryParams { token_ids: tokens.to_vec(), beneficiary: id(beneficiary) };
        self.priced::<SetBeneficiary>(owner, &params)
    }
    pub fn approve(&self, owner: ActorID, operator: ActorID, tokens: &[TokenID]) -> Result<(), ActorError> {
        self.call::<frc53::Approve>(owner, &ApproveParams { operator: id(operator), token_ids: tokens.to_vec() })
    }
    pub fn split(&self, owner: ActorID, token: TokenID, amounts: &[TokenAmount]) -> Result<Vec<TokenID>, ActorError> {
        self.expect_index();
        self.expect_hook(owner);
        let params = SplitParams { token_id: token, amounts: amounts.to_vec() };
        self.call::<Split>(owner, &params).map(|returned| returned.token_ids)
    }
    pub fn merge(&self, owner: ActorID, tokens: &[TokenID]) -> Result<TokenID, ActorError> {
        self.expect_index();
        self.expect_hook(owner);
        self.call::<Merge>(owner, &MergeParams { token_ids: tokens.to_vec() }).map(|returned| returned.token_id)
    }

    // --- what there is ---

    pub fn position(&self, token: TokenID) -> Position {
        self.priced::<GetPosition>(STRANGER, &TokenParams { token_id: token }).unwrap()
    }
    pub fn owed(&self, who: ActorID) -> GetOwedReturn {
        self.call::<GetOwed>(STRANGER, &AccountParams { account: id(who) }).unwrap()
    }
    pub fn count(&self, who: ActorID) -> u64 {
        self.call::<frc53::BalanceOf>(STRANGER, &id(who)).unwrap()
    }
    pub fn owner(&self, token: TokenID) -> ActorID {
        self.call::<frc53::OwnerOf>(STRANGER, &token).unwrap()
    }
    pub fn exists(&self, token: TokenID) -> bool {
        match self.call::<frc53::OwnerOf>(STRANGER, &token) {
            Ok(_) => true,
            Err(e) => {
                assert_eq!(e.code().value(), 80);
                false
            }
        }
    }
}

pub fn move_to(to: ActorID, tokens: &[TokenID]) -> TransferParams {
    TransferParams { to: id(to), token_ids: tokens.to_vec(), operator_data: RawBytes::default() }
}

pub fn move_from(from: ActorID, to: ActorID, tokens: &[TokenID]) -> TransferFromParams {
    let operator_data = RawBytes::default();
    TransferFromParams { from: id(from), to: id(to), token_ids: tokens.to_vec(), operator_data }
}

/// What the pool calls the hook with when shares arrive.
pub fn shares(from: ActorID, operator: ActorID, amount: TokenAmount, data: RawBytes) -> UniversalReceiverParams {
    let token_data = RawBytes::default();
    let received = FRC46TokenReceived { from, to: OWN, operator, amount, operator_data: data, token_data };
    UniversalReceiverParams { type_: FRC46_TOKEN_TYPE, payload: RawBytes::serialize(received).unwrap() }
}

pub fn mint_params(owner: Option<ActorID>, beneficiary: Option<ActorID>) -> RawBytes {
    let (owner, beneficiary) = (owner.map(id), beneficiary.map(id));
    RawBytes::serialize(MintParams { owner, beneficiary, operator_data: RawBytes::default() }).unwrap()
}

/// The call of a receiver hook with the payload checked.
pub fn hook_with(to: ActorID, operator: ActorID, tokens: &[TokenID], data: RawBytes) -> Expected {
    let received = FRC53TokenReceived {
        to,
        operator,
        token_ids: tokens.to_vec(),
        operator_data: data,
        token_data: RawBytes::default(),
    };
    let params = UniversalReceiverParams { type_: FRC53_TOKEN_TYPE, payload: RawBytes::serialize(received).unwrap() };
    Expected { params: Some(encode(&params, "Receive").unwrap()), ..hook(to, ExitCode::OK) }
}
