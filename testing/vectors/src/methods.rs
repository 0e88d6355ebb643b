//! The methods whose answers are recorded.

use fvm_shared::{MethodNum, METHOD_CONSTRUCTOR};
use localnet_builtin::miner::{exported as x, internal as i, APPLY_REWARDS, ON_DEFERRED_CRON_EVENT};
use localnet_builtin::{init, power};

/// Which of a method's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Below 2^24: for builtin actors.
    Internal,
    /// FRC-42: for everybody.
    Exported,
}

/// A method.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// `actor.Method`.
    pub name: &'static str,
    /// Below 2^24.
    pub internal: Option<MethodNum>,
    /// FRC-42.
    pub exported: Option<MethodNum>,
    /// Takes parameters.
    pub params: bool,
    /// Refuses nobody and nothing but what does not decode.
    pub view: bool,
}

const fn method(name: &'static str, internal: Option<MethodNum>, exported: Option<MethodNum>) -> Method {
    Method { name, internal, exported, params: true, view: false }
}
const fn bare(method: Method) -> Method {
    Method { params: false, ..method }
}
const fn view(method: Method) -> Method {
    Method { view: true, ..method }
}

/// `PubkeyAddress` of accounts.
const PUBKEY_ADDRESS: MethodNum = 2;
/// `AuthenticateMessage` of accounts: the FRC-42 hash, which our stand-in computes from the name.
const AUTHENTICATE_MESSAGE: MethodNum = 2_643_134_072;
/// `Receive`, the universal receiver hook (FRC-46).
pub const RECEIVE: MethodNum = 3_726_118_371;

/// All of them.
pub const METHODS: &[Method] = &[
    method("account.Constructor", Some(METHOD_CONSTRUCTOR), None),
    bare(view(method("account.PubkeyAddress", Some(PUBKEY_ADDRESS), None))),
    method("account.AuthenticateMessage", None, Some(AUTHENTICATE_MESSAGE)),
    method("init.Constructor", Some(METHOD_CONSTRUCTOR), None),
    method("init.Exec", Some(init::EXEC), None),
    method("init.Exec4", Some(init::EXEC4), None),
    method("miner.Constructor", Some(METHOD_CONSTRUCTOR), None),
    bare(view(method("miner.ControlAddresses", Some(i::CONTROL_ADDRESSES), None))),
    method("miner.ChangeWorkerAddress", Some(i::CHANGE_WORKER_ADDRESS), Some(x::CHANGE_WORKER_ADDRESS)),
    method("miner.ChangePeerID", Some(i::CHANGE_PEER_ID), Some(x::CHANGE_PEER_ID)),
    method("miner.OnDeferredCronEvent", Some(ON_DEFERRED_CRON_EVENT), None),
    method("miner.ApplyRewards", Some(APPLY_REWARDS), None),
    method("miner.WithdrawBalance", Some(i::WITHDRAW_BALANCE), Some(x::WITHDRAW_BALANCE)),
    method("miner.ChangeMultiaddrs", Some(i::CHANGE_MULTIADDRS), Some(x::CHANGE_MULTIADDRS)),
    bare(method(
        "miner.ConfirmChangeWorkerAddress",
        Some(i::CONFIRM_CHANGE_WORKER_ADDRESS),
        Some(x::CONFIRM_CHANGE_WORKER_ADDRESS),
    )),
    bare(method("miner.RepayDebt", Some(i::REPAY_DEBT), Some(x::REPAY_DEBT))),
    method("miner.ChangeOwnerAddress", Some(i::CHANGE_OWNER_ADDRESS), Some(x::CHANGE_OWNER_ADDRESS)),
    method("miner.ChangeBeneficiary", Some(i::CHANGE_BENEFICIARY), Some(x::CHANGE_BENEFICIARY)),
    bare(view(method("miner.GetBeneficiary", Some(i::GET_BENEFICIARY), Some(x::GET_BENEFICIARY)))),
    bare(view(method("miner.GetOwner", None, Some(x::GET_OWNER)))),
    view(method("miner.IsControllingAddress", None, Some(x::IS_CONTROLLING_ADDRESS))),
    bare(view(method("miner.GetSectorSize", None, Some(x::GET_SECTOR_SIZE)))),
    bare(view(method("miner.GetAvailableBalance", None, Some(x::GET_AVAILABLE_BALANCE)))),
    bare(view(method("miner.GetVestingFunds", None, Some(x::GET_VESTING_FUNDS)))),
    bare(view(method("miner.GetPeerID", None, Some(x::GET_PEER_ID)))),
    bare(view(method("miner.GetMultiaddrs", None, Some(x::GET_MULTIADDRS)))),
    view(method("miner.MaxTerminationFee", None, Some(x::MAX_TERMINATION_FEE))),
    bare(view(method("miner.InitialPledge", None, Some(x::INITIAL_PLEDGE)))),
    bare(method("power.Constructor", Some(METHOD_CONSTRUCTOR), None)),
    method("power.CreateMiner", Some(power::CREATE_MINER), Some(power::CREATE_MINER_EXPORTED)),
    method("power.UpdateClaimedPower", Some(power::UPDATE_CLAIMED_POWER), None),
    method("power.EnrollCronEvent", Some(power::ENROLL_CRON_EVENT), None),
    bare(method("power.OnEpochTickEnd", Some(power::ON_EPOCH_TICK_END), None)),
    method("power.UpdatePledgeTotal", Some(power::UPDATE_PLEDGE_TOTAL), None),
    bare(view(method("power.CurrentTotalPower", Some(power::CURRENT_TOTAL_POWER), None))),
    bare(view(method("power.NetworkRawPower", None, Some(power::NETWORK_RAW_POWER)))),
    view(method("power.MinerRawPower", None, Some(power::MINER_RAW_POWER))),
    bare(view(method("power.MinerCount", None, Some(power::MINER_COUNT)))),
    bare(view(method("power.MinerConsensusCount", None, Some(power::MINER_CONSENSUS_COUNT)))),
    view(method("power.MinerPower", None, Some(power::MINER_POWER))),
];

/// The number of a method: the one asked for, or the only one it has.
///
/// # Panics
/// If there is no such method: a slip in the cases.
pub fn number(name: &str, which: Number) -> MethodNum {
    let method = METHODS.iter().find(|method| method.name == name).unwrap_or_else(|| panic!("no method {name}"));
    let (first, second) = match which {
        Number::Internal => (method.internal, method.exported),
        Number::Exported => (method.exported, method.internal),
    };
    first.or(second).expect("a method has a number")
}
