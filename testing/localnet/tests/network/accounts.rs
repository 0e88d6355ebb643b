//! Accounts and what they send.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::message::Message;
use fvm_shared::METHOD_SEND;
use num_traits::Zero;
use peggy_localnet::message::unsigned;
use peggy_localnet::{ids, Call, Key, KeyKind, Network, PushError};

use crate::{check_supply, fil, id, network};

const INVOKE_EVM: u64 = 3_844_450_837;

fn transfer(network: &mut Network, from: &Key, to: Address, amount: TokenAmount) -> peggy_localnet::Outcome {
    // All an Ethereum-style wallet can send is InvokeEVM; accounts accept it and do nothing.
    let method = if from.kind() == KeyKind::Delegated { INVOKE_EVM } else { METHOD_SEND };
    network.send(from, to, amount, method, RawBytes::default()).unwrap()
}

#[test]
fn every_kind_of_account_pays_every_other_and_only_gas_is_lost() {
    let mut network = network();
    let kinds = [KeyKind::Secp256k1, KeyKind::Bls, KeyKind::Delegated];
    let keys: Vec<Key> = kinds.iter().map(|k| network.create_account(*k, fil(10)).unwrap()).collect();
    for from in &keys {
        for to in &keys {
            if from.address() == to.address() {
                continue;
            }
            // A transaction names its recipient by f0 or f410 address.
            let to = id(network.resolve(&to.address()).unwrap().unwrap());
            let before = (network.balance(&from.address()).unwrap(), network.balance(&to).unwrap());
            let outcome = transfer(&mut network, from, to, fil(1));
            assert!(outcome.is_ok(), "{:?} {}", from.kind(), outcome.backtrace);
            let gas = &outcome.burnt + &outcome.miner_tip;
            assert!(gas > TokenAmount::zero() && gas < fil(1));
            assert_eq!(network.balance(&from.address()).unwrap(), before.0 - fil(1) - gas);
            assert_eq!(network.balance(&to).unwrap(), before.1 + fil(1));
        }
    }
    let eth = network.actor(&keys[2].address()).unwrap().unwrap();
    let manifest = network.manifest().unwrap();
    let ethaccount = manifest.iter().find(|(name, _)| name == "ethaccount").unwrap().1;
    assert_eq!(eth.code, ethaccount, "a placeholder becomes an Ethereum account with its first message");
    check_supply(&network);
}

fn ready(network: &Network, from: &Key, to: Address, amount: TokenAmount) -> Message {
    let mut message = unsigned(from.address(), to, amount, METHOD_SEND, RawBytes::default());
    message.sequence = network.next_nonce(&from.address()).unwrap();
    network.estimate_gas(&message, &TokenAmount::zero()).unwrap()
}

fn push(network: &mut Network, key: &Key, message: Message) -> Result<cid::Cid, PushError> {
    let signed = key.sign(message, network.config().chain_id).unwrap();
    network.push(signed)
}

#[test]
fn messages_a_node_would_not_take_are_refused_with_a_reason() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let other = network.faucet_account(fil(10)).unwrap();
    let good = ready(&network, &key, other.address(), fil(1));
    let change = |f: &dyn Fn(&mut Message)| {
        let mut message = good.clone();
        f(&mut message);
        message
    };

    let forged = other.sign(good.clone(), network.config().chain_id).unwrap();
    assert!(matches!(network.push(forged), Err(PushError::Signature(_))));
    let stranger = network.new_key(KeyKind::Secp256k1).unwrap();
    let from_stranger = change(&|m| m.from = stranger.address());
    assert_eq!(push(&mut network, &stranger, from_stranger), Err(PushError::Sender(stranger.address())));
    let from_actor = change(&|m| m.from = id(ids::REWARD));
    assert_eq!(push(&mut network, &key, from_actor), Err(PushError::NotAnAccount(id(ids::REWARD))));

    let far = push(&mut network, &key, change(&|m| m.sequence = 5000));
    assert!(matches!(far, Err(PushError::NonceTooHigh { got: 5000, expected: 0 })), "{far:?}");
    let poor = push(&mut network, &key, change(&|m| m.value = fil(10)));
    assert!(matches!(poor, Err(PushError::Balance { .. })), "{poor:?}");
    let gas = push(&mut network, &key, change(&|m| m.gas_limit = 10_000_000_001));
    assert!(matches!(gas, Err(PushError::GasLimit(..))), "{gas:?}");
    let gas = push(&mut network, &key, change(&|m| m.gas_limit = 1000));
    assert!(matches!(gas, Err(PushError::GasLimit(..))), "{gas:?}");
    let cap = push(&mut network, &key, change(&|m| m.gas_fee_cap = TokenAmount::from_atto(99)));
    assert!(matches!(cap, Err(PushError::FeeCap(_))), "{cap:?}");
    let premium = push(&mut network, &key, change(&|m| m.gas_premium = &m.gas_fee_cap + TokenAmount::from_atto(1)));
    assert!(matches!(premium, Err(PushError::Premium(..))), "{premium:?}");
    let negative = push(&mut network, &key, change(&|m| m.value = TokenAmount::from_atto(-1)));
    assert!(matches!(negative, Err(PushError::Value(_))), "{negative:?}");
    let large = push(&mut network, &key, change(&|m| m.params = RawBytes::new(vec![0; 5 << 20])));
    assert!(matches!(large, Err(PushError::TooLarge(_))), "{large:?}");
    let version = push(&mut network, &key, change(&|m| m.version = 1));
    assert_eq!(version, Err(PushError::Version(1)));
    assert!(network.pending().is_empty());

    push(&mut network, &key, good.clone()).unwrap();
    network.mine().unwrap();
    let again = push(&mut network, &key, good);
    assert_eq!(again, Err(PushError::NonceTooLow { got: 0, expected: 1 }));
}

#[test]
fn a_waiting_message_is_replaced_by_one_that_pays_a_quarter_more() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let first = ready(&network, &key, id(ids::BURNT_FUNDS), fil(1));
    let old = push(&mut network, &key, first.clone()).unwrap();
    let mut second = first.clone();
    second.value = fil(2);
    let least = TokenAmount::from_atto(first.gas_premium.atto() * 5 / 4);
    assert_eq!(push(&mut network, &key, second.clone()), Err(PushError::Replacement(least.clone())));
    second.gas_premium = least;
    second.gas_fee_cap = &second.gas_premium * 2u64;
    let new = push(&mut network, &key, second).unwrap();
    assert_eq!(network.pending().len(), 1);
    network.mine().unwrap();
    assert!(network.outcome(&old).is_none());
    assert!(network.outcome(&new).unwrap().is_ok());
}

#[test]
fn messages_wait_for_the_nonce_before_theirs() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let message = |n| {
        let mut message = ready(&network, &key, id(ids::BURNT_FUNDS), fil(1));
        message.sequence = n;
        key.sign(message, network.config().chain_id).unwrap()
    };
    let (first, second, fourth) = (message(0), message(1), message(3));
    network.push(fourth).unwrap();
    network.push(second.clone()).unwrap();
    assert_eq!(network.next_nonce(&key.address()).unwrap(), 0);
    assert!(network.mine().unwrap().messages.is_empty());
    network.push(first.clone()).unwrap();
    assert_eq!(network.next_nonce(&key.address()).unwrap(), 2);
    assert_eq!(network.mine().unwrap().messages, [first, second]);
    assert_eq!(network.pending().len(), 1);
}

#[test]
fn more_messages_than_a_block_holds_spread_over_several() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let call = |gas_limit| Call {
        from: key.clone(),
        to: id(ids::BURNT_FUNDS),
        value: fil(1),
        method: METHOD_SEND,
        params: RawBytes::default(),
        gas_limit: Some(gas_limit),
    };
    let before = network.epoch();
    let outcomes = network.execute_batch(vec![call(6_000_000_000), call(6_000_000_000), call(10_000_000)]).unwrap();
    assert!(outcomes.iter().all(peggy_localnet::Outcome::is_ok));
    assert_eq!(network.epoch(), before + 2, "12 billion gas need two blocks");
    check_supply(&network);
}

#[test]
fn a_failed_message_costs_gas_and_nothing_else() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let miner = network.genesis().miner;
    let before = network.balance(&key.address()).unwrap();
    let params = peggy_localnet::params(&(fil(1),)).unwrap();
    let outcome = network.send(&key, id(miner), fil(2), 16, params).unwrap();
    assert_eq!(outcome.exit_code(), ExitCode::USR_FORBIDDEN);
    assert!(!outcome.message.is_empty());
    assert!(outcome.backtrace.contains(&outcome.message));
    assert!(outcome.events.is_empty() && outcome.receipt.events_root.is_none());
    let after = network.balance(&key.address()).unwrap();
    assert_eq!(after, before - outcome.burnt - outcome.miner_tip);
    assert_eq!(network.actor(&key.address()).unwrap().unwrap().sequence, 1);

    // Nobody there: the VM's own words.
    let outcome = network.send(&key, id(999_999), fil(1), METHOD_SEND, RawBytes::default()).unwrap();
    assert_eq!(outcome.exit_code(), ExitCode::SYS_INVALID_RECEIVER);
    assert!(!outcome.message.is_empty());
}

#[test]
fn out_of_gas_changes_nothing_but_the_gas_paid() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let to = network.new_key(KeyKind::Secp256k1).unwrap().address();
    let needed =
        network.call(unsigned(key.address(), to, fil(1), METHOD_SEND, RawBytes::default())).unwrap().gas_used();
    assert!(needed > 100_000);
    let outcome =
        network.send_limited(&key, to, fil(1), METHOD_SEND, RawBytes::default(), Some(needed / 2 + 800_000)).unwrap();
    assert_eq!(outcome.exit_code(), ExitCode::SYS_OUT_OF_GAS);
    assert!(network.actor(&to).unwrap().is_none());
    check_supply(&network);
}

#[test]
fn estimates_suffice_and_failures_are_said_beforehand() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let to = network.new_key(KeyKind::Bls).unwrap().address();
    let message = ready(&network, &key, to, fil(1));
    assert!(message.gas_fee_cap >= network.next_base_fee() + &message.gas_premium);
    let cid = push(&mut network, &key, message.clone()).unwrap();
    network.mine().unwrap();
    let used = network.outcome(&cid).unwrap().gas_used();
    assert!(network.outcome(&cid).unwrap().is_ok());
    assert_eq!(message.gas_limit, used * 5 / 4, "the estimate is exact, the margin a quarter");

    let too_much = unsigned(key.address(), to, fil(100), METHOD_SEND, RawBytes::default());
    let error = network.estimate_gas(&too_much, &TokenAmount::zero()).unwrap_err().to_string();
    assert!(error.contains("exit code 6"), "{error}");
    // A bound on the fee lowers the cap, never the limit.
    let capped = unsigned(key.address(), to, fil(1), METHOD_SEND, RawBytes::default());
    let bound = TokenAmount::from_atto(1_000_000_000u64);
    let capped = network.estimate_gas(&capped, &bound).unwrap();
    assert!(&capped.gas_fee_cap * capped.gas_limit <= bound);
}

#[test]
fn what_if_calls_change_nothing_and_need_no_signature() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let root = network.state_root();
    let to = network.new_key(KeyKind::Bls).unwrap().address();
    let message = unsigned(key.address(), to, fil(1), METHOD_SEND, RawBytes::default());
    assert!(network.call(message.clone()).unwrap().is_ok());
    assert_eq!(network.state_root(), root);

    let mut explicit = ready(&network, &key, to, fil(1));
    let (outcome, reached) = network.try_apply(explicit.clone()).unwrap();
    assert!(outcome.is_ok() && reached != root);
    assert_eq!(network.state_root(), root);
    let (_, again) = network.try_apply(explicit.clone()).unwrap();
    assert_eq!(again, reached, "the same message leads to the same state");
    network.apply(explicit.clone(), true).unwrap();
    assert_eq!(network.state_root(), reached);
    // Its nonce is used up.
    explicit.value = fil(2);
    let outcome = network.apply(explicit, true).unwrap();
    assert_eq!(outcome.exit_code(), ExitCode::SYS_SENDER_STATE_INVALID);
}

#[test]
fn snapshots_and_forks_bring_the_network_back() {
    let mut network = network();
    let key = network.faucet_account(fil(10)).unwrap();
    let (root, epoch, snapshot) = (network.state_root(), network.epoch(), network.snapshot());
    let mut fork = network.fork().unwrap();
    let outcome = transfer(&mut network, &key, id(ids::BURNT_FUNDS), fil(1));
    network.advance(100).unwrap();
    assert_eq!((fork.state_root(), fork.epoch()), (root, epoch), "a fork does not move with its origin");
    network.restore(&snapshot).unwrap();
    assert_eq!((network.state_root(), network.epoch()), (root, epoch));
    assert!(network.outcome(&outcome.cid).is_none());
    // The same again in both gives the same chain.
    transfer(&mut network, &key, id(ids::BURNT_FUNDS), fil(1));
    transfer(&mut fork, &key, id(ids::BURNT_FUNDS), fil(1));
    assert_eq!(network.head().tipset.key(), fork.head().tipset.key());
    assert_eq!(network.state_root(), fork.state_root());
}
