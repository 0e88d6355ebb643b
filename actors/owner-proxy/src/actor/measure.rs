//! Asking a miner what it is worth. A miner that aborts or answers nonsense is a finding here, never an error: an error
//! would let one sick miner block every other, and every exit with them.
//!
//! Trust: only miners with the network's own code are held (`TakeOwner` checks), so answers are the network's. What could
//! be faked is still checked: figures must fit each other, and FIL counts only once it has arrived.

use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::miner::{
    GetAvailableBalance, GetVestingFunds, InitialPledge, RepayDebt, WithdrawBalance, WithdrawBalanceParams,
};
use peggy_interfaces::try_call;
use peggy_math::saturating_sub;
use peggy_runtime::{encode, ActorError, Host, Method, Runtime};

use crate::math::{Figures, Measurement};

/// What reading a miner came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The measurement, if all figures could be read.
    pub measured: Option<Measurement>,
    /// Why the measurement is incomplete, in words; `None` if it is complete.
    pub fault: Option<String>,
}

/// What asking a miner for FIL came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// attoFIL that arrived here.
    pub arrived: TokenAmount,
    /// Why the miner is unsettled, in words; `None` if it is not.
    pub fault: Option<String>,
}

/// Has the miner repay its debt, then reads its figures. Changes nothing here.
pub fn read<H: Host>(rt: &Runtime<H>, miner: ActorID) -> Result<Reading, ActorError> {
    let repaid = try_call::<RepayDebt, H>(rt, miner, &(), &TokenAmount::zero())?.ok(RepayDebt::NAME);
    let figures = match figures(rt, miner)? {
        Ok(figures) => figures,
        Err(fault) => return Ok(Reading { measured: None, fault: Some(fault) }),
    };
    let measured = Measurement::of(&figures, rt.epoch());
    let fault = match (&repaid, &measured) {
        (Err(e), _) => Some(e.message().to_owned()),
        (Ok(_), None) => Some("its figures contradict each other".to_owned()),
        (Ok(_), Some(_)) => None,
    };
    Ok(Reading { measured, fault })
}

fn figures<H: Host>(rt: &Runtime<H>, miner: ActorID) -> Result<Result<Figures, String>, ActorError> {
    let available = match ask::<GetAvailableBalance, H>(rt, miner)? {
        Ok(available) => available,
        Err(fault) => return Ok(Err(fault)),
    };
    let vesting_funds = match ask::<GetVestingFunds, H>(rt, miner)? {
        Ok(answer) => answer.vesting_funds,
        Err(fault) => return Ok(Err(fault)),
    };
    let initial_pledge = match ask::<InitialPledge, H>(rt, miner)? {
        Ok(pledge) => pledge,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(balance) = rt.host().balance_of(miner) else {
        return Ok(Err("it is no actor any more".to_owned()));
    };
    Ok(Ok(Figures { balance, available, vesting_funds, initial_pledge }))
}

/// Calls a getter read-only. The outer error is the network's, the inner one the miner's, in words.
fn ask<M: Method<Params = ()>, H: Host>(
    rt: &Runtime<H>,
    miner: ActorID,
) -> Result<Result<M::Return, String>, ActorError> {
    let sent = rt.query(miner, M::NUMBER, encode(&(), M::NAME)?)?;
    Ok(sent.decode(M::NAME).map_err(|e| e.message().to_owned()))
}

/// Asks the miner for `amount`, which may be zero: the answer also tells whether it is in a state to pay at all. Exit 19
/// says that fee debt can't be covered, which `debt` shows is known; everything else that fails leaves it unsettled (18:
/// early terminations are pending, with fees nobody knows yet).
pub fn withdraw<H: Host>(
    rt: &Runtime<H>,
    miner: ActorID,
    amount: &TokenAmount,
    debt: &TokenAmount,
) -> Result<Withdrawal, ActorError> {
    let before = rt.balance();
    let params = WithdrawBalanceParams { amount_requested: amount.clone() };
    let sent = try_call::<WithdrawBalance, H>(rt, miner, &params, &TokenAmount::zero())?;
    let arrived = saturating_sub(&rt.balance(), &before);
    if sent.exit_code == ExitCode::USR_INSUFFICIENT_FUNDS && !debt.is_zero() {
        return Ok(Withdrawal { arrived, fault: None });
    }
    let fault = match sent.decode::<TokenAmount>(WithdrawBalance::NAME) {
        Err(e) => Some(e.message().to_owned()),
        Ok(paid) if paid != arrived || paid > *amount => {
            Some(format!("asked for {amount} it says it paid {paid}, but {arrived} arrived"))
        }
        Ok(_) => None,
    };
    Ok(Withdrawal { arrived, fault })
}
