//! What is measured, and how a typical use of each method looks.

use frc46_token::token::types::{BurnParams, IncreaseAllowanceParams, TransferFromParams, TransferParams};
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{PledgeParams, ReturnPrincipalParams};
use peggy_interfaces::pool::{
    limits, ClaimExitParams, ClaimRewardsParams, DepositParams, FinalizeExitsParams, RedeemParams, RequestExitParams,
    TicketParams, TopUpBondParams, VotesAtParams, WithdrawBondParams,
};
use peggy_interfaces::{frc46, owner_proxy, pool};
use peggy_localnet::{Call, Key};
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use rand::rngs::StdRng;
use rand::Rng;
use test_forwarder::{CallParams, CallSpec, CALL};

use crate::ballot;
use crate::governed;
use crate::market;
use crate::positions;
use crate::stage::{odd, Stage};

const MILLION: u64 = 1_000_000;

/// One method of the table.
pub struct Row {
    /// As in DESIGN.md.
    pub actor: &'static str,
    /// As in DESIGN.md.
    pub method: &'static str,
    /// What ANCHORS.md allows at 10,000 holders, in gas.
    pub budget: Option<u64>,
    /// A use of the method by somebody random.
    pub shot: fn(&Stage, &mut StdRng) -> Shot,
}

/// A message to measure, and what comes before it.
pub struct Shot {
    /// Epochs that pass first.
    pub skip: ChainEpoch,
    /// Sent by the network itself, at the price of nothing, in an earlier epoch.
    pub before: Vec<Call>,
    /// A fine of the miner's after that, which a harvest finds.
    pub fine: Option<TokenAmount>,
    /// Sent in the same block, before the message.
    pub same_block: Option<Call>,
    /// The message is a call of this actor's, as governance makes them; `call.from` says nothing then.
    pub told_by: Option<ActorID>,
    /// The message.
    pub call: Call,
}

impl From<Call> for Shot {
    fn from(call: Call) -> Self {
        Self { skip: 0, before: Vec::new(), same_block: None, fine: None, told_by: None, call }
    }
}

/// The table.
pub const ROWS: &[Row] = &[
    Row { actor: "pool", method: "Transfer", budget: Some(20 * MILLION), shot: transfer },
    Row { actor: "pool", method: "TransferFrom", budget: None, shot: transfer_from },
    Row { actor: "pool", method: "IncreaseAllowance", budget: None, shot: increase_allowance },
    Row { actor: "pool", method: "Burn", budget: None, shot: burn },
    Row { actor: "pool", method: "Deposit", budget: Some(15 * MILLION), shot: deposit },
    Row { actor: "pool", method: "InvokeEVM", budget: None, shot: invoke_evm },
    Row { actor: "pool", method: "ClaimRewards", budget: Some(16 * MILLION), shot: claim_rewards },
    Row { actor: "pool", method: "Compound", budget: None, shot: compound },
    Row { actor: "pool", method: "Redeem", budget: Some(16 * MILLION), shot: redeem },
    Row { actor: "pool", method: "Redeem, measuring first", budget: None, shot: redeem_measuring },
    Row { actor: "pool", method: "RequestExit", budget: Some(16 * MILLION), shot: request_exit },
    Row { actor: "pool", method: "CancelExit", budget: None, shot: cancel_exit },
    Row { actor: "pool", method: "FinalizeExits(1)", budget: None, shot: finalize_one },
    Row { actor: "pool", method: "FinalizeExits(100)", budget: None, shot: finalize_hundred },
    Row { actor: "pool", method: "ClaimExit", budget: None, shot: claim_exit },
    Row { actor: "pool", method: "TopUpBond", budget: None, shot: top_up_bond },
    Row { actor: "pool", method: "WithdrawBond", budget: None, shot: withdraw_bond },
    Row { actor: "pool", method: "SlashBond", budget: None, shot: governed::slash_bond },
    Row { actor: "pool", method: "MeasuredPrice", budget: None, shot: measured_price },
    Row { actor: "pool", method: "ClaimFees", budget: None, shot: claim_fees },
    Row { actor: "pool", method: "VoteSnapshot", budget: None, shot: vote_snapshot },
    Row { actor: "pool", method: "VoteSnapshot and VotesAt", budget: None, shot: votes_at },
    Row { actor: "owner-proxy", method: "Harvest", budget: Some(35 * MILLION), shot: harvest },
    Row { actor: "owner-proxy", method: "Pledge", budget: None, shot: pledge },
    Row { actor: "owner-proxy", method: "ReturnPrincipal", budget: None, shot: return_principal },
    Row { actor: "owner-proxy", method: "WriteOff", budget: None, shot: governed::write_off },
    Row { actor: "owner-proxy", method: "ApproveMiner", budget: None, shot: governed::approve_miner },
    Row { actor: "nft-share", method: "Mint from shares", budget: Some(45 * MILLION), shot: positions::mint },
    Row { actor: "nft-share", method: "Deposit", budget: None, shot: positions::deposit },
    Row { actor: "nft-share", method: "Transfer", budget: Some(32 * MILLION), shot: positions::transfer },
    Row { actor: "nft-share", method: "TransferFrom", budget: None, shot: positions::transfer_from },
    Row { actor: "nft-share", method: "Approve", budget: None, shot: positions::approve },
    Row { actor: "nft-share", method: "Claim", budget: Some(32 * MILLION), shot: positions::claim },
    Row { actor: "nft-share", method: "ClaimOwed", budget: None, shot: positions::claim_owed },
    Row { actor: "nft-share", method: "SetBeneficiary", budget: None, shot: positions::beneficiary },
    Row { actor: "nft-share", method: "Split", budget: None, shot: positions::split },
    Row { actor: "nft-share", method: "Merge", budget: None, shot: positions::merge },
    Row { actor: "nft-share", method: "Burn", budget: None, shot: positions::burn },
    Row { actor: "liquidity", method: "sell", budget: Some(45 * MILLION), shot: market::sell },
    Row { actor: "liquidity", method: "sell, measuring first", budget: None, shot: market::sell_measuring },
    Row { actor: "liquidity", method: "AddLiquidity", budget: None, shot: market::add },
    Row { actor: "liquidity", method: "RemoveLiquidity", budget: None, shot: market::remove },
    Row { actor: "liquidity", method: "BuyShares", budget: None, shot: market::buy },
    Row { actor: "liquidity", method: "Recycle", budget: None, shot: market::recycle },
    Row { actor: "liquidity", method: "Collect", budget: None, shot: market::collect },
    Row { actor: "liquidity", method: "Transfer", budget: None, shot: market::transfer },
    Row { actor: "governance", method: "Propose", budget: None, shot: ballot::propose },
    Row { actor: "governance", method: "Vote, one source", budget: Some(18 * MILLION), shot: ballot::vote },
    Row { actor: "governance", method: "Recount", budget: None, shot: ballot::recount },
];

fn transfer(stage: &Stage, rng: &mut StdRng) -> Shot {
    let from = Stage::any(&stage.accounts, rng);
    let request = TransferParams {
        to: other(stage, from, rng).address(),
        amount: odd(rng, 1, 20),
        operator_data: RawBytes::default(),
    };
    stage.to_pool::<frc46::Transfer>(from, &request, TokenAmount::zero()).into()
}

fn transfer_from(stage: &Stage, rng: &mut StdRng) -> Shot {
    let (operator, owner) = (Stage::any(&stage.newcomers, rng), Stage::any(&stage.accounts, rng));
    let allow = IncreaseAllowanceParams { operator: operator.address(), increase: odd(rng, 30, 40) };
    let allow = stage.to_pool::<frc46::IncreaseAllowance>(owner, &allow, TokenAmount::zero());
    let request = TransferFromParams {
        from: owner.address(),
        to: other(stage, owner, rng).address(),
        amount: odd(rng, 1, 20),
        operator_data: RawBytes::default(),
    };
    let call = stage.to_pool::<frc46::TransferFrom>(operator, &request, TokenAmount::zero());
    Shot { before: vec![allow], ..call.into() }
}

fn increase_allowance(stage: &Stage, rng: &mut StdRng) -> Shot {
    let owner = Stage::any(&stage.accounts, rng);
    let request = IncreaseAllowanceParams { operator: other(stage, owner, rng).address(), increase: odd(rng, 30, 40) };
    stage.to_pool::<frc46::IncreaseAllowance>(owner, &request, TokenAmount::zero()).into()
}

fn burn(stage: &Stage, rng: &mut StdRng) -> Shot {
    let holder = Stage::any(&stage.accounts, rng);
    let request = BurnParams { amount: odd(rng, 1, 20) };
    stage.to_pool::<frc46::Burn>(holder, &request, TokenAmount::zero()).into()
}

/// By a holder or, as often, by somebody new.
fn deposit(stage: &Stage, rng: &mut StdRng) -> Shot {
    let people = if rng.gen() { &stage.accounts } else { &stage.newcomers };
    let request = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
    stage.to_pool::<pool::Deposit>(Stage::any(people, rng), &request, odd(rng, 1, 50)).into()
}

/// A deposit by an Ethereum-style wallet.
fn invoke_evm(stage: &Stage, rng: &mut StdRng) -> Shot {
    let call = stage.to_pool::<pool::InvokeEVM>(Stage::any(&stage.wallets, rng), &None, odd(rng, 1, 50));
    // As wallets send it: without parameters, rather than with none that are encoded.
    Call { params: RawBytes::default(), ..call }.into()
}

fn claim_rewards(stage: &Stage, rng: &mut StdRng) -> Shot {
    let holder = Stage::any(&stage.accounts, rng);
    let request = ClaimRewardsParams { to: holder.address(), amount: None };
    stage.to_pool::<pool::ClaimRewards>(holder, &request, TokenAmount::zero()).into()
}

fn compound(stage: &Stage, rng: &mut StdRng) -> Shot {
    stage.to_pool::<pool::Compound>(Stage::any(&stage.accounts, rng), &(), TokenAmount::zero()).into()
}

/// In an epoch in which somebody harvested: the price rests on a measurement of the same epoch.
fn redeem(stage: &Stage, rng: &mut StdRng) -> Shot {
    // Of a BLS account, whose messages come first in a block.
    Shot { same_block: Some(stage.harvest(&stage.cast.worker)), ..redeem_measuring(stage, rng) }
}

/// A part of the shares, or all of them; the miner is measured within the same message.
fn redeem_measuring(stage: &Stage, rng: &mut StdRng) -> Shot {
    let holder = Stage::any(&stage.accounts, rng);
    let shares = if rng.gen() { odd(rng, 1, 20) } else { stage.shares(holder) };
    let request = RedeemParams { shares, min_amount: TokenAmount::zero() };
    stage.to_pool::<pool::Redeem>(holder, &request, TokenAmount::zero()).into()
}

fn request_exit(stage: &Stage, rng: &mut StdRng) -> Shot {
    let holder = Stage::any(&stage.accounts, rng);
    let shares = if rng.gen() { odd(rng, 1, 20) } else { stage.shares(holder) };
    stage.to_pool::<pool::RequestExit>(holder, &RequestExitParams { shares }, TokenAmount::zero()).into()
}

/// One that waits.
fn cancel_exit(stage: &Stage, rng: &mut StdRng) -> Shot {
    let ticket = rng.gen_range(stage.finalized()..stage.tickets());
    stage.to_pool::<pool::CancelExit>(&stage.leaver, &TicketParams { ticket }, TokenAmount::zero()).into()
}

fn finalize_one(stage: &Stage, rng: &mut StdRng) -> Shot {
    finalize(stage, rng, 1)
}

/// As many as there are, among few holders.
fn finalize_hundred(stage: &Stage, rng: &mut StdRng) -> Shot {
    finalize(stage, rng, 100)
}

/// In an epoch in which somebody harvested, as [`redeem`].
fn finalize(stage: &Stage, rng: &mut StdRng, max_tickets: u32) -> Shot {
    let keeper = Stage::any(&stage.newcomers, rng);
    let call = stage.to_pool::<pool::FinalizeExits>(keeper, &FinalizeExitsParams { max_tickets }, TokenAmount::zero());
    Shot { same_block: Some(stage.harvest(&stage.cast.worker)), ..call.into() }
}

/// One that is finalised.
fn claim_exit(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = ClaimExitParams { ticket: rng.gen_range(0..stage.finalized()), to: stage.leaver.address() };
    stage.to_pool::<pool::ClaimExit>(&stage.leaver, &request, TokenAmount::zero()).into()
}

fn top_up_bond(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = TopUpBondParams { min_shares: TokenAmount::zero() };
    stage.to_pool::<pool::TopUpBond>(&stage.cast.operator, &request, odd(rng, 1, 50)).into()
}

/// Once it is unlocked, in an epoch in which somebody harvested.
fn withdraw_bond(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = WithdrawBondParams { shares: odd(rng, 1, 50), min_amount: TokenAmount::zero() };
    let call = stage.to_pool::<pool::WithdrawBond>(&stage.cast.operator, &request, TokenAmount::zero());
    let skip = limits::MIN_BOND_PERIOD + rng.gen_range(0..2_880);
    Shot { skip, same_block: Some(stage.harvest(&stage.cast.worker)), ..call.into() }
}

fn measured_price(stage: &Stage, rng: &mut StdRng) -> Shot {
    stage.to_pool::<pool::MeasuredPrice>(Stage::any(&stage.newcomers, rng), &(), TokenAmount::zero()).into()
}

fn claim_fees(stage: &Stage, rng: &mut StdRng) -> Shot {
    let recipients = [&stage.cast.operator, &stage.cast.dataset, &stage.cast.device];
    let recipient = recipients[rng.gen_range(0..recipients.len())];
    stage.to_pool::<pool::ClaimFees>(recipient, &(), TokenAmount::zero()).into()
}

fn vote_snapshot(stage: &Stage, rng: &mut StdRng) -> Shot {
    stage.to_pool::<pool::VoteSnapshot>(Stage::any(&stage.newcomers, rng), &(), TokenAmount::zero()).into()
}

/// By a contract, as governance will: what it takes to get a snapshot and to ask it for one voter's votes, in one message.
fn votes_at(stage: &Stage, rng: &mut StdRng) -> Shot {
    let pool = Address::new_id(stage.wiring.pool);
    let request =
        VotesAtParams { snapshot: stage.next_snapshot(), account: Stage::any(&stage.accounts, rng).address() };
    let calls = vec![
        CallSpec::new(pool, pool::VoteSnapshot::NUMBER, RawBytes::default()),
        CallSpec::new(pool, pool::VotesAt::NUMBER, encode(&request)),
    ];
    Call {
        from: Stage::any(&stage.newcomers, rng).clone(),
        to: Address::new_id(stage.contract),
        value: TokenAmount::zero(),
        method: CALL,
        params: encode(&CallParams { calls }),
        gas_limit: None,
    }
    .into()
}

/// Days after the last one, with some 180 entries in the miner's vesting table.
fn harvest(stage: &Stage, rng: &mut StdRng) -> Shot {
    let skip = rng.gen_range(2_000..6_000);
    Shot { skip, ..stage.harvest(Stage::any(&stage.accounts, rng)).into() }
}

fn pledge(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = PledgeParams { miner: Address::new_id(stage.miner), amount: odd(rng, 1, 20) };
    stage.to_proxy::<owner_proxy::Pledge>(&stage.cast.operator, &request).into()
}

/// Idle principal, by the operator.
fn return_principal(stage: &Stage, rng: &mut StdRng) -> Shot {
    let request = ReturnPrincipalParams { miner: Address::new_id(stage.miner), amount: odd(rng, 1, 10) };
    stage.to_proxy::<owner_proxy::ReturnPrincipal>(&stage.cast.operator, &request).into()
}

/// Another holder, of whichever kind.
fn other<'a>(stage: &'a Stage, than: &Key, rng: &mut StdRng) -> &'a Key {
    loop {
        let people = if rng.gen_ratio(1, 5) { &stage.wallets } else { &stage.accounts };
        let found = Stage::any(people, rng);
        if found.address() != than.address() {
            return found;
        }
    }
}
