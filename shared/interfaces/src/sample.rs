//! A sample of every parameter and return: golden tests pin its bytes, bad-input tests start from it.

use cid::Cid;
use frc46_token::token::types as frc46;
use frc53_nft::types as frc53;
use fvm_actor_utils::receiver::UniversalReceiverParams;
use fvm_ipld_bitfield::BitField;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use peggy_math::Bps;
use peggy_runtime::mock::code;
use serde::Serialize;

/// Something there is a sample of.
pub trait Sample {
    /// The sample. Always the same.
    fn sample() -> Self;
}

/// The sample's DAG-CBOR bytes; none for `()`.
pub fn bytes<T: Sample + Serialize>() -> Vec<u8> {
    if std::mem::size_of::<T>() == 0 {
        return Vec::new();
    }
    fvm_ipld_encoding::to_vec(&T::sample()).expect("samples encode")
}

macro_rules! samples {
    ($($type:ty = $value:expr;)*) => {
        $(impl Sample for $type {
            fn sample() -> Self {
                $value
            }
        })*
    };
}

/// Samples of structs, field by field.
macro_rules! struct_samples {
    ($($type:ty { $($field:ident),* $(,)? })*) => {
        $(impl Sample for $type {
            fn sample() -> Self {
                Self { $($field: Sample::sample()),* }
            }
        })*
    };
}

impl<T: Sample> Sample for Option<T> {
    fn sample() -> Self {
        Some(T::sample())
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample() -> Self {
        vec![T::sample()]
    }
}

impl<A: Sample, B: Sample> Sample for (A, B) {
    fn sample() -> Self {
        (A::sample(), B::sample())
    }
}

samples! {
    () = ();
    bool = true;
    u32 = 7;
    u64 = 1000;
    i64 = 2880;
    String = "Peggy".to_owned();
    Address = Address::new_id(1001);
    TokenAmount = TokenAmount::from_nano(1_500_000_000);
    BigInt = BigInt::from(1u128 << 64);
    Bps = Bps(25);
    Cid = code("sample");
    RawBytes = RawBytes::new(vec![0x80]);
    ByteBuf = ByteBuf(vec![1, 2, 3]);
    BitField = BitField::try_from_bits([1u64, 2, 5]).expect("small bits");
    governance::Choice = governance::Choice::For;
    governance::State = governance::State::Queued;
    UniversalReceiverParams = UniversalReceiverParams { type_: crate::receiver::FRC46_TOKEN_TYPE, payload: Sample::sample() };
}

use crate::{common, governance, liquidity, miner, nft_share, owner_proxy, pool, power};

struct_samples! {
    peggy_runtime::Wiring { owner_proxy, pool, nft_share, liquidity, governance }
    peggy_runtime::UpgradeParams { new_code, old_code, old_schema, migration_params }
    common::GetWiringReturn { schema, deployer, wiring }
    common::PauseParams { epochs }

    liquidity::Settings { base_bps, slope_bps, max_bps }
    liquidity::AddLiquidityParams { min_lp }
    liquidity::AddLiquidityReturn { lp }
    liquidity::RemoveLiquidityParams { lp, min_fil, min_shares }
    liquidity::RemoveLiquidityReturn { fil, shares }
    liquidity::SellParams { min_out, recipient }
    liquidity::SellReturn { paid }
    liquidity::BuySharesParams { min_shares, recipient }
    liquidity::BuySharesReturn { shares }
    liquidity::RecycleParams { shares }
    liquidity::RecycleReturn { fil }
    liquidity::CollectReturn { collected }
    liquidity::QuoteSellParams { shares }
    liquidity::QuoteSellReturn { amount, worth, available, measured_at }
    liquidity::QuoteBuyParams { value }
    liquidity::QuoteBuyReturn { shares, available, measured_at }
    liquidity::GetTotalsReturn { fil, inventory, rewards, lp, value, entry_value, settings, paused_until, measured_at }

    owner_proxy::KeeperCut { bps, cap }
    owner_proxy::MinerParams { miner }
    owner_proxy::TakeOwnerReturn { backing }
    owner_proxy::CreateMinerParams { worker, window_post_proof_type, peer_id, multiaddrs }
    owner_proxy::CreateMinerReturn { miner, backing }
    owner_proxy::PledgeParams { miner, amount }
    owner_proxy::HarvestReturn { reward, home, backing }
    owner_proxy::SyncParams { max_miners }
    owner_proxy::SyncReturn { measured }
    owner_proxy::SweepReturn { amount }
    owner_proxy::ChangeWorkerAddressParams { miner, new_worker, control_addresses }
    owner_proxy::ChangePeerIDParams { miner, peer_id }
    owner_proxy::ChangeMultiaddrsParams { miner, multiaddrs }
    owner_proxy::SetOperatorParams { operator }
    owner_proxy::GetConfigReturn { operator, keeper_cut, miners, approved }
    owner_proxy::ReturnPrincipalParams { miner, amount }
    owner_proxy::ReturnPrincipalReturn { returned }
    owner_proxy::WriteOffReturn { written_off }
    owner_proxy::MinerInfo {
        miner, principal, impaired, impaired_net, backing, vesting, harvestable, measured_at, custody_at, legacy_vesting,
        tried_at, unsettled_since, pending_worker, closing,
    }
    owner_proxy::PendingWorker { worker, effective_at }

    pool::DepositParams { recipient, min_shares }
    pool::DepositReturn { shares }
    pool::DrawPledgeParams { amount }
    pool::MinerTotals { principal, impaired, impaired_net, oldest_measurement, unsettled }
    pool::SettleParams { miner, operator, home, legacy, lost, miner_impaired_net, totals }
    pool::SettleReturn { written_off }
    pool::CreditBondParams { owner, miner, backing, totals }
    pool::CreditBondReturn { shares }
    pool::ClaimRewardsParams { to, amount }
    pool::PaidReturn { paid }
    pool::RedeemParams { shares, min_amount }
    pool::RedeemReturn { amount }
    pool::VoteSnapshotReturn { snapshot, epoch, supply }
    pool::VotesAtParams { snapshot, account }
    pool::VotesAtReturn { votes }
    pool::FeeParams { label, recipient, bps }
    pool::Fee { label, recipient, bps }
    pool::TermsParams {
        fees, min_deposit, min_ticket, cap, max_idle, reserve_bps, reward_period, exit_cooldown, max_staleness_in,
        max_staleness_out, min_bond_bps, bond_period,
    }
    pool::Terms {
        fees, min_deposit, min_ticket, cap, max_idle, reserve_bps, reward_period, exit_cooldown, max_staleness_in,
        max_staleness_out, min_bond_bps, bond_period,
    }
    pool::GetTotalsReturn {
        shares, queued, dead, liquid, miners, nav, entry_nav, rewards_owed, fees_owed, exits_owed, stream, stream_end, untracked,
        paused_until,
    }
    pool::GetAccountParams { account }
    pool::GetAccountReturn { shares, rewards, fees }
    pool::GetBondReturn { shares, owners }
    pool::BondOwner { owner, shares, rewards, unlock_at }
    pool::MeasuredPriceReturn { nav, entry_nav, priced }
    pool::RequestExitParams { shares }
    pool::RequestExitReturn { ticket }
    pool::TicketParams { ticket }
    pool::CancelExitReturn { shares, forgone }
    pool::FinalizeExitsParams { max_tickets }
    pool::FinalizeExitsReturn { finalized, shares, amount }
    pool::ClaimExitParams { ticket, to }
    pool::TicketInfo { ticket, owner, shares, owed, rewards, requested_at, ready_at }
    pool::ListTicketsParams { owner, from, limit }
    pool::ListTicketsReturn { tickets, next }
    pool::ExitDemandReturn { shares, demand, unmet, exits_owed, first, next }
    pool::TopUpBondParams { min_shares }
    pool::WithdrawBondParams { shares, min_amount }
    pool::SlashBondParams { owner, shares }
    pool::PreviewDepositParams { amount }
    pool::PreviewDepositReturn { shares, measured_at }
    pool::PreviewRedeemParams { shares }
    pool::PreviewRedeemReturn { amount, available, measured_at }
    pool::RewardIndexReturn { index }

    nft_share::MintParams { owner, beneficiary, operator_data }
    nft_share::DepositParams { owner, beneficiary, min_shares, operator_data }
    nft_share::DepositReturn { token_id, shares, recipient_data }
    nft_share::SetBeneficiaryParams { token_ids, beneficiary }
    nft_share::ClaimParams { token_ids, amount }
    nft_share::ClaimOwedParams { to, amount }
    nft_share::AccountParams { account }
    nft_share::SplitParams { token_id, amounts }
    nft_share::SplitReturn { token_ids }
    nft_share::MergeParams { token_ids }
    nft_share::MergeReturn { token_id, shares }
    nft_share::UnwrapParams { token_ids, to }
    nft_share::UnwrapReturn { shares }
    nft_share::TokenParams { token_id }
    nft_share::Position { token_id, owner, beneficiary, shares, accrued, minted_at, operators }
    nft_share::ListPositionsParams { owner, from, limit }
    nft_share::ListPositionsReturn { positions, next }
    nft_share::GetOwedReturn { owed, shares, tokens }
    nft_share::GetTotalsReturn { tokens, minted, shares, rewards }

    power::CreateMinerParams { owner, worker, window_post_proof_type, peer, multiaddrs }
    power::CreateMinerReturn { id_address, robust_address }

    miner::GetOwnerReturn { owner, proposed }
    miner::BeneficiaryTerm { quota, used_quota, expiration }
    miner::ActiveBeneficiary { beneficiary, term }
    miner::PendingBeneficiaryChange {
        new_beneficiary, new_quota, new_expiration, approved_by_beneficiary, approved_by_nominee,
    }
    miner::GetBeneficiaryReturn { active, proposed }
    miner::WithdrawBalanceParams { amount_requested }
    miner::ChangeWorkerAddressParams { new_worker, new_control_addresses }
    miner::ChangePeerIDParams { new_id }
    miner::ChangeMultiaddrsParams { new_multi_addrs }
    miner::ChangeBeneficiaryParams { new_beneficiary, new_quota, new_expiration }
    miner::GetVestingFundsReturn { vesting_funds }

    frc46::GetAllowanceParams { owner, operator }
    frc46::TransferParams { to, amount, operator_data }
    frc46::TransferReturn { from_balance, to_balance, recipient_data }
    frc46::TransferFromParams { from, to, amount, operator_data }
    frc46::TransferFromReturn { from_balance, to_balance, allowance, recipient_data }
    frc46::IncreaseAllowanceParams { operator, increase }
    frc46::DecreaseAllowanceParams { operator, decrease }
    frc46::RevokeAllowanceParams { operator }
    frc46::BurnParams { amount }
    frc46::BurnReturn { balance }
    frc46::BurnFromParams { owner, amount }
    frc46::BurnFromReturn { balance, allowance }

    frc53::MintReturn { balance, supply, token_ids, recipient_data }
    frc53::TransferParams { to, token_ids, operator_data }
    frc53::TransferReturn { from_balance, to_balance, token_ids }
    frc53::TransferFromParams { from, to, token_ids, operator_data }
    frc53::BurnFromParams { from, token_ids }
    frc53::ApproveParams { operator, token_ids }
    frc53::ApproveForAllParams { operator }
    frc53::IsApprovedForAllParams { owner, operator }
    frc53::RevokeParams { operator, token_ids }
    frc53::RevokeForAllParams { operator }
    frc53::ListTokensParams { cursor, limit }
    frc53::ListTokensReturn { tokens, next_cursor }
    frc53::ListOwnedTokensParams { owner, cursor, limit }
    frc53::ListOwnedTokensReturn { tokens, next_cursor }
    frc53::ListTokenOperatorsParams { token_id, cursor, limit }
    frc53::ListTokenOperatorsReturn { operators, next_cursor }
    frc53::ListOperatorTokensParams { operator, cursor, limit }
    frc53::ListOperatorTokensReturn { tokens, next_cursor }
    frc53::ListAccountOperatorsParams { owner, cursor, limit }
    frc53::ListAccountOperatorsReturn { operators, next_cursor }
}

struct_samples! {
    governance::Settings {
        threshold, voting_delay, voting_period, quorum, ordinary_delay, critical_delay, grace_period,
    }
    governance::SetGuardianParams { guardian }
    governance::GuardianPauseParams { epochs }
    governance::GuardianPauseReturn { pool, liquidity }
    governance::Action { to, method, params, value }
    governance::ProposeParams { title, description, actions }
    governance::ProposeReturn { id, critical, activate_from }
    governance::ProposalParams { id }
    governance::ActivateReturn { ends, supply }
    governance::VoteParams { id, choice, reason }
    governance::VoteReturn { votes }
    governance::RecountParams { id, voter }
    governance::RecountReturn { votes, veto }
    governance::ConsentReturn { consented, enough }
    governance::QueueReturn { execute_from, execute_until }
    governance::VetoReturn { veto, canceled }
    governance::ExecuteReturn { actions }
    governance::Class { critical, bond, upgrade }
    governance::Source { actor, snapshot, epoch, supply }
    governance::BondConsent { owner, shares }
    governance::Poll { opened, settings, sources, supply, bond, bond_owners }
    governance::Tally { yes, no, abstain, veto, consent }
    governance::Queued { at, execute_from, execute_until, exits_before }
    governance::Proposal {
        id, proposer, title, description, actions, class, state, created, activate_from, activate_until, ends, extended,
        poll, tally, queued, carried,
    }
    governance::ProposalSummary { id, proposer, title, class, state, tally }
    governance::ListProposalsParams { from, limit }
    governance::ListProposalsReturn { proposals, next }
    governance::GetReceiptParams { id, voter }
    governance::Receipt { choice, votes, veto }
    governance::GetConfigReturn { guardian, settings, proposals }
}
