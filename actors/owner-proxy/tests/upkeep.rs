//! Worker, control addresses, debt, peer data.

mod harness;

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::error::ExitCode;
use fvm_shared::ActorID;
use harness::*;
use peggy_interfaces::miner;
use peggy_interfaces::owner_proxy::{
    ChangeMultiaddrs, ChangeMultiaddrsParams, ChangePeerID, ChangePeerIDParams, ChangeWorkerAddress,
    ChangeWorkerAddressParams, ConfirmChangeWorkerAddress, MinerParams, PendingWorker, RepayDebt,
};

const WORKER: ActorID = 200;
const CONTROL: ActorID = 201;

fn change(controls: &[ActorID]) -> ChangeWorkerAddressParams {
    let control_addresses = controls.iter().copied().map(id).collect();
    ChangeWorkerAddressParams { miner: id(MINER), new_worker: id(WORKER), control_addresses }
}

fn expect_change(h: &Proxy, controls: &[ActorID]) {
    let new_control_addresses = controls.iter().copied().map(id).collect();
    let params = miner::ChangeWorkerAddressParams { new_worker: id(WORKER), new_control_addresses };
    h.expect::<miner::ChangeWorkerAddress>(MINER, &params, Ok(()));
}

fn expect_controlling(h: &Proxy, answer: bool) {
    h.expect_query::<miner::IsControllingAddress>(MINER, &id(WORKER), Ok(answer));
}

fn expect_confirmation(h: &Proxy) {
    h.expect::<miner::ConfirmChangeWorkerAddress>(MINER, &(), Ok(()));
}

/// A proxy whose miner was taken at epoch 10, long enough ago for the former owner's changes to be over.
fn settled() -> Proxy {
    let h = Proxy::holding(&Health::of(100, 0, 0));
    h.host.add_actor(WORKER);
    h.host.add_actor(CONTROL);
    h.host.set_epoch(10 + DELAY);
    h
}

#[test]
fn a_change_is_remembered_waited_for_and_confirmed() {
    let h = settled();
    // Whatever the former owner left is confirmed first.
    expect_confirmation(&h);
    expect_change(&h, &[CONTROL]);
    expect_controlling(&h, false);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[CONTROL])).unwrap();
    h.check();
    assert_eq!(h.kinds(), ["worker-confirmed", "worker-change"]);
    let due = 10 + 2 * DELAY;
    assert_eq!(h.miner(MINER).pending_worker, Some(PendingWorker { worker: WORKER, effective_at: due }));

    h.host.set_epoch(due - 1);
    assert_eq!(h.refused::<ChangeWorkerAddress>(OPERATOR, &change(&[])), 49);
    assert_eq!(h.refused::<ConfirmChangeWorkerAddress>(STRANGER, &MinerParams { miner: id(MINER) }), 49);

    h.host.set_epoch(due);
    expect_confirmation(&h);
    h.call::<ConfirmChangeWorkerAddress>(STRANGER, &MinerParams { miner: id(MINER) }).unwrap();
    h.check();
    assert_eq!(h.miner(MINER).pending_worker, None);
}

#[test]
fn the_next_change_confirms_a_due_one_first() {
    let h = settled();
    expect_confirmation(&h);
    expect_change(&h, &[]);
    expect_controlling(&h, false);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[])).unwrap();

    h.host.set_epoch(10 + 2 * DELAY);
    expect_confirmation(&h);
    expect_change(&h, &[CONTROL]);
    expect_controlling(&h, true);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[CONTROL])).unwrap();
    h.check();
    // The address named is the worker by now, so nothing is pending; nor is anything to be confirmed before the next.
    assert_eq!(h.miner(MINER).pending_worker, None);
    expect_change(&h, &[]);
    expect_controlling(&h, true);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[])).unwrap();
    h.check();
}

#[test]
fn right_after_custody_only_control_addresses_change() {
    let h = settled();
    h.host.set_epoch(9 + DELAY);
    // The former owner's change may be pending, and would swallow this one.
    expect_change(&h, &[]);
    expect_controlling(&h, false);
    assert_eq!(h.refused::<ChangeWorkerAddress>(OPERATOR, &change(&[])), 49);
    h.check();
    expect_change(&h, &[CONTROL]);
    expect_controlling(&h, true);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[CONTROL])).unwrap();
    h.check();
    assert_eq!(h.miner(MINER).pending_worker, None);
}

#[test]
fn a_worker_that_is_also_a_control_address_counts_as_pending() {
    let h = settled();
    expect_confirmation(&h);
    expect_change(&h, &[WORKER]);
    h.call::<ChangeWorkerAddress>(OPERATOR, &change(&[WORKER])).unwrap();
    h.check();
    assert!(h.miner(MINER).pending_worker.is_some());
}

#[test]
fn what_the_miner_refuses_changes_nothing() {
    let h = settled();
    expect_confirmation(&h);
    let params = miner::ChangeWorkerAddressParams { new_worker: id(WORKER), new_control_addresses: vec![] };
    h.expect::<miner::ChangeWorkerAddress>(MINER, &params, Err(ExitCode::USR_ILLEGAL_ARGUMENT));
    assert_eq!(h.refused::<ChangeWorkerAddress>(OPERATOR, &change(&[])), 16);
    h.check();
    assert_eq!(h.refused::<ChangeWorkerAddress>(OPERATOR, &change(&[777])), 17);
    assert!(h.kinds().is_empty());
}

#[test]
fn anyone_repays_the_operator_sets_peer_data() {
    let h = settled();
    h.expect::<miner::RepayDebt>(MINER, &(), Ok(()));
    h.call::<RepayDebt>(STRANGER, &MinerParams { miner: id(MINER) }).unwrap();

    let peer = ChangePeerIDParams { miner: id(MINER), peer_id: ByteBuf(vec![1]) };
    h.expect::<miner::ChangePeerID>(MINER, &miner::ChangePeerIDParams { new_id: ByteBuf(vec![1]) }, Ok(()));
    h.call::<ChangePeerID>(OPERATOR, &peer).unwrap();

    let addrs = ChangeMultiaddrsParams { miner: id(MINER), multiaddrs: vec![ByteBuf(vec![2])] };
    let theirs = miner::ChangeMultiaddrsParams { new_multi_addrs: vec![ByteBuf(vec![2])] };
    h.expect::<miner::ChangeMultiaddrs>(MINER, &theirs, Ok(()));
    h.call::<ChangeMultiaddrs>(OPERATOR, &addrs).unwrap();
    h.check();
    assert_eq!(h.kinds(), ["debt-repaid", "peer-id-changed", "multiaddrs-changed"]);

    for caller in [STRANGER, GOVERNANCE, POOL, DEPLOYER, OLD_OWNER] {
        assert_eq!(h.refused::<ChangePeerID>(caller, &peer), 18);
        assert_eq!(h.refused::<ChangeMultiaddrs>(caller, &addrs), 18);
        assert_eq!(h.refused::<ChangeWorkerAddress>(caller, &change(&[])), 18);
    }
}
