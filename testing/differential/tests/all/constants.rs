//! Constants of the stand-ins beside the published crates, as far as these have them.

use fil_actor_miner_state::v18 as published;
use fil_actors_shared::v18 as shared;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::MethodNum;
use localnet_builtin::miner::{exported, internal, APPLY_REWARDS, BALANCE_INVARIANTS_BROKEN, ON_DEFERRED_CRON_EVENT};
use localnet_builtin::{pledge, reward, EPOCHS_IN_DAY};
use localnet_miner::vesting;
use peggy_differential::official::code;
use published::Method;
use shared::runtime::{policy_constants, Policy};

#[test]
fn rewards_vest_as_published() {
    let (ours, theirs) = (vesting::REWARD_VESTING, published::REWARD_VESTING_SPEC);
    assert_eq!(ours.initial_delay, theirs.initial_delay);
    assert_eq!(ours.vest_period, theirs.vest_period);
    assert_eq!(ours.step_duration, theirs.step_duration);
    assert_eq!(ours.quantization, theirs.quantization);
    for reward in (0..10_000u64).chain([u64::MAX - 1, u64::MAX]) {
        let reward = TokenAmount::from_atto(reward);
        assert_eq!(vesting::locked_part(&reward), published::locked_reward_from_reward(reward).0);
    }
}

#[test]
fn epochs_are_rounded_up_as_published() {
    for unit in [1, 2, 60, 1_440, 2_880] {
        for offset in [-2_881, -1, 0, 1, 59, 1_439, 5_000] {
            let theirs = published::QuantSpec { unit, offset };
            for epoch in (-3_000..9_000).step_by(7).chain([offset, offset + unit - 1, offset + unit, offset + unit + 1])
            {
                assert_eq!(
                    vesting::quantize_up(epoch, unit, offset),
                    theirs.quantize_up(epoch),
                    "{epoch} {unit} {offset}"
                );
            }
        }
    }
}

#[test]
fn the_network_counts_as_published() {
    let policy = Policy::default();
    assert_eq!(EPOCHS_IN_DAY, shared::EPOCHS_IN_DAY);
    assert_eq!(EPOCHS_IN_DAY, policy.wpost_proving_period);
    assert_eq!(localnet_miner::state::DEADLINE, policy.wpost_challenge_window);
    assert_eq!(reward::EXPECTED_LEADERS, shared::EXPECTED_LEADERS_PER_EPOCH);
    assert_eq!(pledge::CREATE_MINER_DEPOSIT_POWER, policy_constants::CREATE_MINER_DEPOSIT_POWER);
    assert_eq!(BigInt::from(pledge::CREATE_MINER_DEPOSIT_POWER) * 10, policy.minimum_consensus_power);
    assert_eq!(localnet_miner::WORKER_CHANGE_DELAY, policy.worker_key_change_delay);
    assert_eq!(localnet_miner::MAX_CONTROL_ADDRESSES, policy.max_control_addresses);
    assert_eq!(localnet_miner::MAX_PEER_ID, policy.max_peer_id_length);
    assert_eq!(localnet_miner::MAX_MULTIADDRS, policy.max_multiaddr_data);
    assert_eq!(BALANCE_INVARIANTS_BROKEN, published::ERR_BALANCE_INVARIANTS_BROKEN);
    assert_eq!(code::BALANCE, published::ERR_BALANCE_INVARIANTS_BROKEN.value());
}

#[test]
fn methods_have_the_published_numbers() {
    let numbers: [(MethodNum, Method); 30] = [
        (internal::CONTROL_ADDRESSES, Method::ControlAddresses),
        (internal::CHANGE_WORKER_ADDRESS, Method::ChangeWorkerAddress),
        (internal::CHANGE_PEER_ID, Method::ChangePeerID),
        (internal::WITHDRAW_BALANCE, Method::WithdrawBalance),
        (internal::CHANGE_MULTIADDRS, Method::ChangeMultiaddrs),
        (internal::CONFIRM_CHANGE_WORKER_ADDRESS, Method::ConfirmChangeWorkerAddress),
        (internal::REPAY_DEBT, Method::RepayDebt),
        (internal::CHANGE_OWNER_ADDRESS, Method::ChangeOwnerAddress),
        (internal::CHANGE_BENEFICIARY, Method::ChangeBeneficiary),
        (internal::GET_BENEFICIARY, Method::GetBeneficiary),
        (exported::CHANGE_WORKER_ADDRESS, Method::ChangeWorkerAddressExported),
        (exported::CHANGE_PEER_ID, Method::ChangePeerIDExported),
        (exported::WITHDRAW_BALANCE, Method::WithdrawBalanceExported),
        (exported::CHANGE_MULTIADDRS, Method::ChangeMultiaddrsExported),
        (exported::CONFIRM_CHANGE_WORKER_ADDRESS, Method::ConfirmChangeWorkerAddressExported),
        (exported::REPAY_DEBT, Method::RepayDebtExported),
        (exported::CHANGE_OWNER_ADDRESS, Method::ChangeOwnerAddressExported),
        (exported::CHANGE_BENEFICIARY, Method::ChangeBeneficiaryExported),
        (exported::GET_BENEFICIARY, Method::GetBeneficiaryExported),
        (exported::GET_OWNER, Method::GetOwnerExported),
        (exported::IS_CONTROLLING_ADDRESS, Method::IsControllingAddressExported),
        (exported::GET_SECTOR_SIZE, Method::GetSectorSizeExported),
        (exported::GET_AVAILABLE_BALANCE, Method::GetAvailableBalanceExported),
        (exported::GET_VESTING_FUNDS, Method::GetVestingFundsExported),
        (exported::GET_PEER_ID, Method::GetPeerIDExported),
        (exported::GET_MULTIADDRS, Method::GetMultiaddrsExported),
        (exported::MAX_TERMINATION_FEE, Method::MaxTerminationFeeExported),
        (exported::INITIAL_PLEDGE, Method::InitialPledgeExported),
        (ON_DEFERRED_CRON_EVENT, Method::OnDeferredCronEvent),
        (APPLY_REWARDS, Method::ApplyRewards),
    ];
    for (ours, theirs) in numbers {
        assert_eq!(ours, theirs as MethodNum);
    }
}
