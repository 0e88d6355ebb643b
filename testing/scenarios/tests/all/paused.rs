//! During a pause intake is closed and everything else works: every method of the interface list is tried.

use frc46_token::token::types::GetAllowanceParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{ChangeMultiaddrsParams, ChangePeerIDParams, KeeperCut, MinerParams};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{
    DrawPledgeParams, GetAccountParams, ListTicketsParams, PreviewDepositParams, PreviewRedeemParams, TicketParams,
    VotesAtParams,
};
use peggy_interfaces::{common, frc46, frc53, owner_proxy as proxy, pool, MethodInfo};
use peggy_math::Bps;
use peggy_runtime::lifecycle::{self, UpgradeParams};
use peggy_runtime::Method;
use peggy_scenarios::{abi, fil, Outcome, World};

use crate::{governance, liquidity, nft};

/// How long the pause lasts.
const EPOCHS: i64 = 5 * DAY;

/// A paused pool with a miner that earned, holders, an allowance and fees owed.
fn paused() -> (World, ActorID) {
    let mut w = World::new();
    let miner = w.custody(fil(500));
    let (alice, bob, carol, dave) =
        (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.carol.clone(), w.cast.dave.clone());
    w.deposit(&alice, fil(100)).ok();
    w.deposit(&carol, fil(50)).ok();
    w.deposit(&bob, fil(5)).ok();
    w.increase_allowance(&alice, dave.address(), fil(20)).ok();
    w.pledge(miner, fil(60)).ok();
    w.award(miner, &fil(400));
    w.skip(DAY);
    let keeper = w.cast.keeper.clone();
    w.harvest(&keeper, miner).ok();
    w.skip(DAY);
    liquidity::methods::set_up(&mut w);
    w.pause(EPOCHS).ok();
    w.pause_liquidity(EPOCHS).ok();
    (w, miner)
}

#[test]
fn failure_29_a_pause_closes_intake_and_nothing_else() {
    let (world, miner) = paused();
    let all =
        peggy_interfaces::bundle().into_iter().flat_map(|(actor, methods)| methods.iter().map(move |m| (actor, m)));
    let all = all.chain(frc53::METHODS.iter().map(|m| ("nft-share", m)));
    let all = all.chain(["pool", "liquidity"].into_iter().flat_map(|a| frc46::METHODS.iter().map(move |m| (a, m))));
    let (mut closed, mut open, mut wire) = (0, 0, 0);
    for (actor, method) in all {
        let mut w = world.fork();
        if let Some(intake) = intake(&mut w, miner, actor, method) {
            intake.refused(lifecycle::PAUSED.value(), "paused until");
            closed += 1;
        } else if method.name == common::Wire::NAME {
            wire += 1;
        } else {
            works(&mut w, miner, actor, method).ok();
            open += 1;
        }
    }
    assert!((closed, wire) == (8, 5) && open > 100, "{closed} closed, {open} open, {wire} that come once only");
    // It ends by itself.
    let mut w = world.fork();
    let alice = w.cast.alice.clone();
    w.skip(EPOCHS);
    w.deposit(&alice, fil(5)).ok();
    w.pledge(miner, fil(5)).ok();
    // And does not come again at once.
    w.pause(1).refused(74, "the next pause can begin");
}

/// A use of a method that takes FIL in; `None` if it doesn't.
fn intake(w: &mut World, miner: ActorID, actor: &str, method: &MethodInfo) -> Option<Outcome> {
    let (alice, carol) = (w.cast.alice.clone(), w.cast.carol.clone());
    let of_proxy = w.wiring.owner_proxy;
    Some(match (actor, method.name) {
        ("pool", "Deposit") => w.deposit(&alice, fil(10)),
        ("pool", "InvokeEVM") => {
            w.evm(&carol, abi::deposit(), fil(10)).refused(lifecycle::PAUSED.value(), "paused until");
            w.deposit(&carol, fil(10))
        }
        ("pool", "Compound") => w.compound(&alice),
        ("pool", "DrawPledge") => w.act_as::<pool::DrawPledge>(
            of_proxy,
            w.wiring.pool,
            &DrawPledgeParams { amount: fil(1) },
            TokenAmount::zero(),
        ),
        ("owner-proxy", "Pledge") => w.pledge(miner, fil(1)),
        ("liquidity", name) => return liquidity::methods::intake(w, name),
        ("nft-share", "Deposit") => w.nft_deposit(&alice, fil(10), None, None),
        _ => return None,
    })
}

/// A use of a method that must work; a method without one fails the test.
fn works(w: &mut World, miner: ActorID, actor: &str, method: &MethodInfo) -> Outcome {
    let id = match actor {
        "owner-proxy" => w.wiring.owner_proxy,
        "pool" => w.wiring.pool,
        "nft-share" => w.wiring.nft_share,
        "liquidity" => w.wiring.liquidity,
        _ => w.wiring.governance,
    };
    match method.name {
        "GetWiring" => return w.try_read::<common::GetWiring>(id, &()),
        "Upgrade" => return upgrade(w, id),
        _ => {}
    }
    match actor {
        "owner-proxy" => of_proxy(w, miner, method.name),
        "pool" => of_pool(w, method.name),
        "liquidity" => liquidity::methods::works(w, method.name),
        "nft-share" => nft::methods::works(w, method.name),
        "governance" => governance::methods::works(w, method.name),
        other => panic!("say how {other} {} is used", method.name),
    }
}

/// To the same code: the state's schema fits it.
fn upgrade(w: &mut World, id: ActorID) -> Outcome {
    let code = w.net.actor_by_id(id).unwrap().unwrap().code;
    let schema = w.read::<common::GetWiring>(id, &()).schema;
    let params =
        UpgradeParams { new_code: code, old_code: code, old_schema: schema, migration_params: RawBytes::default() };
    w.govern::<common::Upgrade>(id, &params)
}

fn of_proxy(w: &mut World, miner: ActorID, method: &str) -> Outcome {
    let (operator, keeper, stranger) = (w.cast.operator.clone(), w.cast.keeper.clone(), w.cast.stranger.clone());
    let (id, miner_address) = (w.wiring.owner_proxy, Address::new_id(miner));
    let of = MinerParams { miner: miner_address };
    let nothing = TokenAmount::zero();
    match method {
        "TakeOwner" => {
            // Refused for its own reason, which is not the pause.
            let second = w.create_owned_miner(fil(300));
            w.propose_owner(second, id).ok();
            w.take_owner(&operator, second).refused(47, "approval");
            w.create_miner(&operator, fil(300))
        }
        "CreateMiner" => w.create_miner(&operator, fil(300)),
        "ApproveMiner" => {
            let second = w.create_owned_miner(fil(300));
            w.propose_owner(second, id).ok();
            w.approve_miner(second).ok();
            w.take_owner(&operator, second)
        }
        "ReturnPrincipal" => w.return_principal(&operator, miner, fil(1)),
        "WriteOff" => {
            lose_beyond_the_bond(w, miner);
            w.write_off(miner)
        }
        "Harvest" => w.harvest(&keeper, miner),
        "Sync" => w.sync(&keeper, 5),
        "Sweep" => {
            w.donate(&stranger, id, fil(1)).ok();
            w.sweep(&stranger)
        }
        "ChangeWorkerAddress" => {
            let worker = w.cast.spare_worker.address();
            w.change_worker(&operator, miner, worker, vec![operator.address()])
        }
        "ConfirmChangeWorkerAddress" => w.confirm_worker(&stranger, miner),
        "RepayDebt" => w.repay_debt(&stranger, miner),
        "ChangePeerID" => {
            let peer_id = fvm_ipld_encoding::strict_bytes::ByteBuf(b"another peer".to_vec());
            w.call::<proxy::ChangePeerID>(&operator, id, &ChangePeerIDParams { miner: miner_address, peer_id }, nothing)
        }
        "ChangeMultiaddrs" => {
            let request = ChangeMultiaddrsParams { miner: miner_address, multiaddrs: Vec::new() };
            w.call::<proxy::ChangeMultiaddrs>(&operator, id, &request, nothing)
        }
        "SetOperator" => w.set_operator(stranger.address()),
        "SetKeeperCut" => w.set_keeper_cut(&KeeperCut { bps: Bps(10), cap: fil(1) }),
        "GetConfig" => w.try_read::<proxy::GetConfig>(id, &()),
        "GetMiner" => w.try_read::<proxy::GetMiner>(id, &of),
        "ListMiners" => w.try_read::<proxy::ListMiners>(id, &()),
        other => panic!("say how owner-proxy {other} is used"),
    }
}

/// A loss that leaves something for governance to write off.
fn lose_beyond_the_bond(w: &mut World, miner: ActorID) {
    let keeper = w.cast.keeper.clone();
    let principal = w.miner_info(miner).principal;
    w.lose(miner, &principal);
    w.harvest(&keeper, miner).ok();
}

fn of_pool(w: &mut World, method: &str) -> Outcome {
    let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
    let (id, from, to) = (w.wiring.pool, alice.address(), bob.address());
    match method {
        // What measurements call.
        "Settle" => {
            let keeper = w.cast.keeper.clone();
            w.sync(&keeper, 5)
        }
        // What books custody; CreateMiner brings it about.
        "CreditBond" => of_proxy(w, 0, "CreateMiner"),
        "ClaimRewards" => w.claim(&alice),
        "ClaimFees" => {
            let dataset = w.cast.dataset.clone();
            w.claim_fees(&dataset)
        }
        "Redeem" => w.redeem(&alice, fil(10)),
        // Leaving is never closed.
        "RequestExit" => w.request_exit(&alice, fil(10)),
        "CancelExit" => {
            let ticket = w.ticket(&alice, fil(10));
            w.cancel_exit(&alice, ticket)
        }
        "FinalizeExits" => {
            w.request_exit(&alice, fil(10)).ok();
            w.finalize_exits(&bob, 1)
        }
        "ClaimExit" => {
            let ticket = w.ticket(&alice, fil(10));
            w.finalize_exits(&bob, 1).ok();
            w.claim_exit(&alice, ticket)
        }
        "MeasuredPrice" => w.call::<pool::MeasuredPrice>(&bob, id, &(), TokenAmount::zero()),
        // It makes everybody safer.
        "TopUpBond" => {
            let operator = w.cast.operator.clone();
            w.top_up_bond(&operator, fil(10))
        }
        "WithdrawBond" => {
            let operator = w.cast.operator.clone();
            // Refused for its own reason, which is not the pause.
            w.withdraw_bond(&operator, fil(1)).refused(79, "locked until");
            w.claim(&operator)
        }
        "SlashBond" => {
            let operator = w.cast.operator.clone();
            w.slash_bond(&operator, fil(1))
        }
        "ExitDemand" => w.try_read::<pool::ExitDemand>(id, &()),
        "GetTicket" => {
            let ticket = w.ticket(&alice, fil(10));
            w.try_read::<pool::GetTicket>(id, &TicketParams { ticket })
        }
        "ListTickets" => w.try_read::<pool::ListTickets>(id, &ListTicketsParams { owner: None, from: 0, limit: 1_000 }),
        "SetTerms" => {
            let terms = w.setup.terms_params(&w.cast);
            w.set_terms(&terms)
        }
        // Governance can end it.
        "Pause" => w.pause(0),
        "VoteSnapshot" => w.try_read::<pool::VoteSnapshot>(id, &()),
        "VotesAt" => {
            // Refused for its own reason, which is not the pause; with a snapshot it is tried in `votes`.
            let request = VotesAtParams { snapshot: w.seen.pool.state.accounts, account: from };
            w.try_read::<pool::VotesAt>(id, &request).refused(16, "is no snapshot");
            w.try_read::<pool::VoteSnapshot>(id, &())
        }
        "GetTerms" => w.try_read::<pool::GetTerms>(id, &()),
        "GetTotals" => w.try_read::<pool::GetTotals>(id, &()),
        "GetAccount" => w.try_read::<pool::GetAccount>(id, &GetAccountParams { account: from }),
        "GetBond" => w.try_read::<pool::GetBond>(id, &()),
        "PreviewDeposit" => w.try_read::<pool::PreviewDeposit>(id, &PreviewDepositParams { amount: fil(1) }),
        "PreviewRedeem" => w.try_read::<pool::PreviewRedeem>(id, &PreviewRedeemParams { shares: fil(1) }),
        "RewardIndex" => w.try_read::<pool::RewardIndex>(id, &()),
        "Name" => w.try_read::<frc46::Name>(id, &()),
        "Symbol" => w.try_read::<frc46::Symbol>(id, &()),
        "Granularity" => w.try_read::<frc46::Granularity>(id, &()),
        "TotalSupply" => w.try_read::<frc46::TotalSupply>(id, &()),
        "BalanceOf" => w.try_read::<frc46::BalanceOf>(id, &from),
        "Allowance" => {
            w.try_read::<frc46::Allowance>(id, &GetAllowanceParams { owner: from, operator: dave.address() })
        }
        "Transfer" => w.transfer(&alice, to, fil(1)),
        "TransferFrom" => w.transfer_from(&dave, from, to, fil(1)),
        "IncreaseAllowance" => w.increase_allowance(&alice, to, fil(1)),
        "DecreaseAllowance" => w.decrease_allowance(&alice, dave.address(), fil(1)),
        "RevokeAllowance" => w.revoke_allowance(&alice, dave.address()),
        "Burn" => w.burn(&alice, fil(1)),
        "BurnFrom" => w.burn_from(&dave, from, fil(1)),
        other => panic!("say how pool {other} is used"),
    }
}
